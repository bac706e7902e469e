//! Resource ids, taken apart: compared part by part and without regard to case, never as text.

use std::sync::Arc;

use super::{Node, Value};
use crate::source::Span;

/// The type of a subscription's own id.
pub const SUBSCRIPTION: &str = "Microsoft.Resources/subscriptions";
/// The type of a resource group's own id.
pub const GROUP: &str = "Microsoft.Resources/resourceGroups";
/// The type of a management group's id.
pub const MANAGEMENT_GROUP: &str = "Microsoft.Management/managementGroups";

/// `/subscriptions/S/resourceGroups/G/providers/TYPE/NAME…`, each part perhaps unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceId {
    /// The subscription's GUID; none for tenant and management group resources.
    pub subscription: Option<Node>,
    /// The resource group's name; none above resource groups.
    pub group: Option<Node>,
    /// The full type, for example `Microsoft.ContainerRegistry/registries/replications`.
    pub kind: Arc<str>,
    /// One name for each segment of the type after the namespace. Empty for a subscription's or group's own id.
    pub names: Vec<Node>,
    /// For extension resources (role assignments, locks): the id of the resource it stands on, when that is not a
    /// group, subscription or the tenant.
    pub extends: Option<Box<Node>>,
}

impl ResourceId {
    /// The id of a subscription.
    pub fn of_subscription(subscription: Node) -> ResourceId {
        ResourceId {
            subscription: Some(subscription),
            group: None,
            kind: SUBSCRIPTION.into(),
            names: Vec::new(),
            extends: None,
        }
    }

    /// The id of a resource group.
    pub fn of_group(subscription: Node, group: Node) -> ResourceId {
        ResourceId {
            subscription: Some(subscription),
            group: Some(group),
            kind: GROUP.into(),
            names: Vec::new(),
            extends: None,
        }
    }

    /// The id of a management group.
    pub fn of_management_group(name: Node) -> ResourceId {
        ResourceId { subscription: None, group: None, kind: MANAGEMENT_GROUP.into(), names: vec![name], extends: None }
    }

    /// The id of a resource of type `kind` in the scope that `scope` is the id of (a group, a subscription, `null` for
    /// the tenant, or a resource, which it then extends).
    pub fn within(scope: &Node, kind: &str, names: Vec<Node>) -> ResourceId {
        let mut id = ResourceId { subscription: None, group: None, kind: kind.into(), names, extends: None };
        match &scope.value {
            Value::Id(at) => {
                id.subscription = at.subscription.clone();
                id.group = at.group.clone();
                if !at.is_container() {
                    id.extends = Some(Box::new(scope.clone()));
                }
            }
            Value::Null => {}
            _ => id.extends = Some(Box::new(scope.clone())),
        }
        id
    }

    /// The id as text, its unknown parts as pieces; nothing for what stands on something else.
    pub fn text(&self, span: Span) -> Option<Node> {
        if self.extends.is_some() {
            return None;
        }
        let mut pieces = Vec::new();
        for (word, part) in [("/subscriptions/", &self.subscription), ("/resourceGroups/", &self.group)] {
            pieces.extend(part.iter().flat_map(|part| [Node::text(word, span), part.clone()]));
        }
        if !self.is_container() {
            let mut steps = self.kind.split('/');
            pieces.push(Node::text(format!("/providers/{}", steps.next()?), span));
            for (step, name) in steps.zip(&self.names) {
                pieces.extend([Node::text(format!("/{step}/"), span), name.clone()]);
            }
        }
        Some(Node::concat(pieces, span))
    }

    /// Whether it is the id of a group, subscription or management group.
    pub fn is_container(&self) -> bool {
        [SUBSCRIPTION, GROUP, MANAGEMENT_GROUP].iter().any(|kind| self.is_kind(kind))
    }

    /// Whether it is of this type, without regard to case.
    pub fn is_kind(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// Takes a text apart, known or in pieces: `"/subscriptions/${var.s}/resourceGroups/rg/providers/…"`. A piece that
    /// is not known must stand for whole segments' inside, not for a slash; it is taken that way.
    pub fn parse(node: &Node) -> Option<ResourceId> {
        let pieces: &[Node] = match &node.value {
            Value::Id(id) => return Some((**id).clone()),
            Value::Str(_) => std::slice::from_ref(node),
            Value::Concat(pieces) => pieces,
            _ => return None,
        };
        parse_segments(&split(pieces, node)?)
    }
}

/// The segments between the slashes; nothing when the text doesn't begin with one.
fn split(pieces: &[Node], whole: &Node) -> Option<Vec<Node>> {
    let mut segments: Vec<Vec<Node>> = Vec::new();
    for piece in pieces {
        let Some(text) = piece.as_str() else {
            segments.last_mut()?.push(piece.clone());
            continue;
        };
        let mut parts = text.split('/');
        let head = parts.next().unwrap_or_default();
        match segments.last_mut() {
            Some(last) if !head.is_empty() => last.push(Node { value: Value::Str(head.into()), ..piece.clone() }),
            None if !head.is_empty() => return None,
            _ => {}
        }
        for part in parts {
            segments.push(if part.is_empty() {
                Vec::new()
            } else {
                vec![Node { value: Value::Str(part.into()), ..piece.clone() }]
            });
        }
    }
    let joined = segments.into_iter().filter(|pieces| !pieces.is_empty());
    Some(joined.map(|pieces| Node { trail: whole.trail.clone(), ..Node::concat(pieces, whole.span) }).collect())
}

fn parse_segments(segments: &[Node]) -> Option<ResourceId> {
    let is = |node: Option<&Node>, word: &str| {
        node.and_then(Node::as_str).is_some_and(|text| text.eq_ignore_ascii_case(word))
    };
    let mut rest = segments;
    let mut id = ResourceId { subscription: None, group: None, kind: "".into(), names: Vec::new(), extends: None };
    if is(rest.first(), "subscriptions") {
        id.subscription = Some(rest.get(1)?.clone());
        id.kind = SUBSCRIPTION.into();
        rest = rest.get(2..)?;
        if is(rest.first(), "resourceGroups") {
            id.group = Some(rest.get(1)?.clone());
            id.kind = GROUP.into();
            rest = rest.get(2..)?;
        }
    }
    while !rest.is_empty() {
        if !is(rest.first(), "providers") {
            return None;
        }
        let namespace = rest.get(1)?.as_str()?;
        let body = rest.get(2..)?;
        let end = body.iter().step_by(2).position(|node| is(Some(node), "providers")).map_or(body.len(), |at| at * 2);
        let (own, after) = body.split_at_checked(end)?;
        if own.is_empty() || own.len() % 2 != 0 {
            return None;
        }
        let mut kind = namespace.to_owned();
        for segment in own.iter().step_by(2) {
            kind.push('/');
            kind.push_str(segment.as_str()?);
        }
        let names = own.iter().skip(1).step_by(2).cloned().collect();
        let extends = match id.is_container() || id.kind.is_empty() {
            true => None,
            false => Some(Box::new(Node::id(id.clone(), segments.first()?.span))),
        };
        id = ResourceId { kind: kind.into(), names, extends, ..id };
        rest = after;
    }
    (!id.kind.is_empty()).then_some(id)
}
