//! One resource in Terraform's vocabulary becomes one in Resource Manager's or Kubernetes'.

use std::sync::Arc;

use super::attributes::{pick, put};
use super::conditional::under_conditions;
use super::reference::Settler;
use super::{azapi, azurerm, helm, kubernetes};
use crate::frontend::terraform::value::failure;
use crate::ir::{Address, Cond, Language, Node, Origin, Resource, ResourceId, Value, Why};
use crate::source::Span;

/// Types that are asked for the tenant that their provider signs in to. Resource Manager has no such member.
const WITH_TENANT: [&str; 2] = ["Microsoft.ContainerRegistry/registries", "Microsoft.ContainerService/managedClusters"];

/// A resource as Terraform says it.
pub struct Written {
    pub terraform: Arc<str>,
    pub address: Arc<Address>,
    pub body: Node,
    /// The id of the subscription that its provider deploys to.
    pub subscription: Node,
    /// The tenant that its provider signs in to, where it says so.
    pub tenant: Option<Node>,
    pub deployed: Cond,
    pub origin: Origin,
    pub declared: Span,
    pub extent: Span,
    pub language: Language,
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
    /// The resource in its final shape, and beside it the pods of a chart, as far as its values tell of them.
    pub fn shapes(self) -> Vec<Resource> {
        let mut made = vec![self.shape()];
        let is_chart = &*self.terraform == "helm_release" && self.origin == Origin::Declared;
        if let Some((kind, body)) = is_chart.then(|| helm::pods(&self.body)).flatten() {
            let address = Arc::new(self.address.child("values", None));
            made.push(self.settled(self.object(kind, body), address));
        }
        made
    }

    fn shape(&self) -> Resource {
        self.settled(self.shaped(), self.address.clone())
    }

    fn settled(&self, shaped: Shaped, address: Arc<Address>) -> Resource {
        let change = &*self.terraform == "azapi_update_resource"
            || azurerm::find(&self.terraform).is_some_and(|entry| entry.parent.is_change());
        let origin = if change { Origin::Update } else { self.origin };
        let mut settler = Settler::new();
        let id = shaped.id.unwrap_or_else(|| self.no_id());
        let mut body = shaped.body;
        // Only what pulls and what is pulled from is asked for its tenant.
        let asked = WITH_TENANT.iter().any(|kind| shaped.kind.eq_ignore_ascii_case(kind));
        if let Some(tenant) = self.tenant.as_ref().filter(|tenant| asked && !tenant.is_null()) {
            put(&mut body, "tenantId", tenant.clone());
        }
        // Only what Azure has made already has an id in a plan.
        if self.language == Language::Plan && asked && origin == Origin::Declared && self.known_id().is_some() {
            put(&mut body, "properties.provisioningState", Node::text("Succeeded", self.declared));
        }
        Resource {
            kind: shaped.kind,
            api_version: shaped.api_version,
            name: settler.settle(&shaped.name),
            id: settler.settle(&id),
            scope: settler.settle(&shaped.scope),
            body: settler.settle(&body),
            deployed: settler.cond(&self.deployed),
            address,
            origin,
            declared: self.declared,
            extent: self.extent,
            language: self.language,
        }
    }

    /// An id that equals itself, and nothing that is known.
    pub fn no_id(&self) -> Node {
        let name = format!("{}#id:{}", self.address.root, self.address);
        Node::symbol(Why::Runtime("id".into()), name, self.declared)
    }

    fn shaped(&self) -> Shaped {
        let written = &self.body;
        if let Some(entry) = azurerm::find(&self.terraform) {
            return self.azure(entry);
        }
        let existing = self.origin == Origin::Existing;
        if let Some((kind, _)) = kubernetes::object(&self.terraform, written, existing) {
            let manifest = under_conditions(written, &|written| {
                let object = kubernetes::object(&self.terraform, written, existing);
                object.map_or_else(|| Node::map(Vec::new(), written.span), |(_, manifest)| manifest)
            });
            return self.object(kind, manifest);
        }
        if let Some((kind, api_version)) = azapi::kind_of(&self.terraform, written) {
            return self.azapi(kind, api_version);
        }
        Shaped {
            kind: format!("Terraform/{}", kubernetes::unread(&self.terraform)).into(),
            api_version: None,
            body: written.clone(),
            name: self.name("name"),
            id: self.known_id(),
            scope: Node::null(self.declared),
        }
    }

    fn azapi(&self, kind: Arc<str>, api_version: Option<Arc<str>>) -> Shaped {
        let written = &self.body;
        let name = self.name("name");
        let scope = pick(written, "parent_id").filter(|id| !id.is_null()).map_or_else(|| self.no_id(), as_id);
        let id = match pick(written, "resource_id").filter(|id| !id.is_null()) {
            Some(id) => Some(as_id(id)),
            None => self.known_id().or_else(|| self.child_id(&scope, &kind, name.clone())),
        };
        Shaped { kind, api_version, body: azapi::body(written, &self.address), name, id, scope }
    }

    pub fn name(&self, attribute: &str) -> Node {
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
        let body = under_conditions(&self.body, &|written| azurerm::body(entry, written));
        let name = self.azure_name(entry, &body);
        let kind = azurerm::kind_of(entry, &self.body);
        let (scope, id) = self.place(entry, kind, &name);
        // A change has an id of its own, which is not that of what it changes.
        let known = self.known_id().filter(|_| !entry.parent.is_change());
        // A role assignment stands on its scope whatever its own id says.
        Shaped { kind: kind.into(), api_version: None, body, name, id: known.or(id), scope }
    }

    /// Role definitions are called by their GUID; the name that is written is one for people.
    fn azure_name(&self, entry: &azurerm::Type, body: &Node) -> Node {
        let guid = || body.get("name").filter(|name| name.as_str().is_some_and(|name| !name.contains('/'))).cloned();
        match entry.kind.ends_with("/roleDefinitions").then(guid).flatten() {
            Some(guid) => guid,
            None => self.name("name"),
        }
    }
}

/// A text that is a resource id, taken apart; anything else as it is.
pub fn as_id(node: Node) -> Node {
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
