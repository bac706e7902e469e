//! One resource in Terraform's vocabulary becomes one in Resource Manager's or Kubernetes'.

use std::sync::Arc;

use super::attributes::pick;
use super::azurerm::{self, Parent};
use super::reference::Settler;
use super::value::failure;
use super::{azapi, kubernetes};
use crate::ir::{Address, Cond, Language, Node, Origin, Resource, ResourceId, Value, Why};
use crate::source::Span;

/// A resource as Terraform says it.
pub(super) struct Written {
    pub(super) terraform: Arc<str>,
    pub(super) address: Arc<Address>,
    pub(super) body: Node,
    /// The id of the subscription that its provider deploys to.
    pub(super) subscription: Node,
    pub(super) deployed: Cond,
    pub(super) origin: Origin,
    pub(super) declared: Span,
    pub(super) extent: Span,
    pub(super) language: Language,
}

struct Shaped {
    kind: Arc<str>,
    api_version: Option<Arc<str>>,
    body: Node,
    name: Node,
    id: Option<Node>,
    scope: Node,
}

impl Written {
    /// The resource in its final shape.
    pub(super) fn shape(self) -> Resource {
        let shaped = self.shaped();
        let origin = if &*self.terraform == "azapi_update_resource" { Origin::Update } else { self.origin };
        let mut settler = Settler::new();
        let id = shaped.id.unwrap_or_else(|| self.no_id());
        Resource {
            kind: shaped.kind,
            api_version: shaped.api_version,
            name: settler.settle(&shaped.name),
            id: settler.settle(&id),
            scope: settler.settle(&shaped.scope),
            body: settler.settle(&shaped.body),
            deployed: settler.cond(&self.deployed),
            address: self.address,
            origin,
            declared: self.declared,
            extent: self.extent,
            language: self.language,
        }
    }

    /// An id that equals itself, and nothing that is known.
    fn no_id(&self) -> Node {
        let name = format!("{}#id:{}", self.address.root, self.address);
        Node::symbol(Why::Runtime("id".into()), name, self.declared)
    }

    fn shaped(&self) -> Shaped {
        let written = &self.body;
        if let Some(entry) = azurerm::find(&self.terraform) {
            return self.azure(entry);
        }
        if let Some(kind) = kubernetes::kind_of(&self.terraform) {
            return self.object(kind.into(), kubernetes::manifest(kind, written));
        }
        if self.terraform.starts_with("kubernetes_manifest")
            && let Some((kind, manifest)) = kubernetes::raw(written)
        {
            return self.object(kind, manifest);
        }
        if &*self.terraform == "azapi_update_resource"
            && let Some((kind, api_version)) = azapi::type_of(written)
        {
            let id = pick(written, "resource_id").map_or_else(|| self.no_id(), as_id);
            let scope = Node::null(self.declared);
            return Shaped {
                kind,
                api_version,
                body: azapi::body(written),
                name: self.name("name"),
                id: Some(id),
                scope,
            };
        }
        if self.terraform.starts_with("azapi_resource")
            && let Some((kind, api_version)) = azapi::type_of(written)
        {
            let name = self.name("name");
            let scope = pick(written, "parent_id").map_or_else(|| self.no_id(), as_id);
            let id = match pick(written, "resource_id").filter(|id| !id.is_null()) {
                Some(id) => Some(as_id(id)),
                None => self.known_id().or_else(|| child_id(&scope, &kind, name.clone(), self.declared)),
            };
            return Shaped { kind, api_version, body: azapi::body(written), name, id, scope };
        }
        let kind = format!("Terraform/{}", self.terraform).into();
        Shaped {
            kind,
            api_version: None,
            body: written.clone(),
            name: self.name("name"),
            id: self.known_id(),
            scope: Node::null(self.declared),
        }
    }

    fn name(&self, attribute: &str) -> Node {
        let unnamed = || {
            let symbol = format!("{}#name:{}", self.address.root, self.address);
            Node::symbol(Why::Runtime("name".into()), symbol, self.declared)
        };
        pick(&self.body, attribute).filter(|name| !name.is_null()).unwrap_or_else(unnamed)
    }

    /// The id that a plan knows of a resource which exists.
    fn known_id(&self) -> Option<Node> {
        let id = pick(&self.body, "id")?;
        ResourceId::parse(&id).map(|parsed| Node {
            trail: id.trail.clone(),
            secret: id.secret,
            ..Node::id(parsed, id.span)
        })
    }

    fn object(&self, kind: Arc<str>, body: Node) -> Shaped {
        let name = pick(&body, "metadata.name").unwrap_or_else(|| self.name("metadata.name"));
        Shaped { kind, api_version: None, body, name, id: None, scope: Node::null(self.declared) }
    }

    fn azure(&self, entry: &azurerm::Type) -> Shaped {
        let body = azurerm::body(entry, &self.body);
        let name = self.name("name");
        let (scope, id) = self.place(entry, &name);
        // A role assignment stands on its scope whatever its own id says.
        Shaped { kind: entry.kind.into(), api_version: None, body, name, id: self.known_id().or(id), scope }
    }

    fn place(&self, entry: &azurerm::Type, name: &Node) -> (Node, Option<Node>) {
        let group = || {
            let group = self.name("resource_group_name");
            Node::id(ResourceId::of_group(self.subscription.clone(), group.clone()), group.span)
        };
        let subscription = Node::id(ResourceId::of_subscription(self.subscription.clone()), self.declared);
        let within = |scope: &Node, names: Vec<Node>| {
            Some(Node::id(ResourceId::within(scope, entry.kind, names), self.declared))
        };
        match entry.parent {
            Parent::Nowhere => (Node::null(self.declared), None),
            Parent::Subscription => (
                subscription,
                Some(Node::id(ResourceId::of_group(self.subscription.clone(), name.clone()), self.declared)),
            ),
            Parent::Group(parents) => {
                let scope = group();
                let names = parents.iter().map(|parent| self.name(parent)).chain([name.clone()]).collect();
                let id = within(&scope, names);
                (scope, id)
            }
            Parent::Scope(attribute) => {
                let scope = pick(&self.body, attribute).filter(|scope| !scope.is_null()).map_or(subscription, as_id);
                let id = within(&scope, vec![name.clone()]);
                (scope, id)
            }
            Parent::Id(attribute) => {
                let parent = pick(&self.body, attribute).map_or_else(|| self.no_id(), as_id);
                let id = child_id(&parent, entry.kind, name.clone(), self.declared);
                (parent, id)
            }
        }
    }
}

/// A text that is a resource id, taken apart; anything else as it is.
pub(super) fn as_id(node: Node) -> Node {
    if failure(&node).is_some() {
        return node;
    }
    match &node.value {
        Value::Choice(choice) => {
            let (yes, no) = (as_id(choice.yes.clone()), as_id(choice.no.clone()));
            Node {
                trail: node.trail.clone(),
                secret: node.secret,
                ..Node::choice(choice.on.clone(), yes, no, node.span)
            }
        }
        _ => match ResourceId::parse(&node) {
            Some(id) => Node { trail: node.trail, secret: node.secret, ..Node::id(id, node.span) },
            None => node,
        },
    }
}

/// The id of a child of `parent`, when the parent's is known part by part.
fn child_id(parent: &Node, kind: &str, name: Node, span: Span) -> Option<Node> {
    let Value::Id(id) = &parent.value else { return None };
    if id.is_container() {
        return Some(Node::id(ResourceId::within(parent, kind, vec![name]), span));
    }
    let is_child = kind.len() > id.kind.len()
        && kind.get(..id.kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(&id.kind));
    if !is_child {
        return Some(Node::id(ResourceId::within(parent, kind, vec![name]), span));
    }
    let mut child = (**id).clone();
    child.kind = kind.into();
    child.names.push(name);
    Some(Node::id(child, span))
}
