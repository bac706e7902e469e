//! Settling: what was evaluated in Terraform's own vocabulary is put in Resource Manager's before it leaves the room.

use std::sync::Arc;

use super::vocabulary;
use crate::frontend::terraform::value::{each_of, failure, limit, set_of, text_of};
use crate::ir::{Cond, Entry, List, Map, Node, Ref, ResourceId, Target, Value, Why};

/// Nodes in one resource.
const MOST_NODES: u32 = 100_000;

/// Settles values.
#[derive(Debug)]
pub struct Settler {
    left: u32,
}

impl Settler {
    /// For one resource.
    pub fn new() -> Settler {
        Settler { left: MOST_NODES }
    }

    /// The value without marks that only this room knows, references in Resource Manager's vocabulary.
    pub fn settle(&mut self, node: &Node) -> Node {
        let Some(left) = self.left.checked_sub(1) else { return limit("value size", node.span) };
        self.left = left;
        if let Some(why) = failure(node) {
            return Node { span: node.span, trail: node.trail.clone(), ..why.clone() };
        }
        if let Some(one) = each_of(node) {
            let open = Some(Why::Element(set_of(one).unwrap_or_else(|| "collection".into())));
            let items = vec![self.settle(one)];
            return Node { value: Value::List(Arc::new(List { items, open })), ..node.clone() };
        }
        if let Some(reference) = decoded(node, DEEPEST) {
            return self.reference(&reference, node);
        }
        let value = match &node.value {
            Value::Ref(reference) => return self.reference(reference, node),
            Value::List(list) => Value::List(Arc::new(List { items: self.all(&list.items), open: list.open.clone() })),
            Value::Map(map) => {
                let entry = |entry: &Entry| Entry { key: self.settle(&entry.key), value: self.settle(&entry.value) };
                Value::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), open: map.open.clone() }))
            }
            Value::Concat(pieces) => {
                let pieces = self.all(pieces);
                return Node { trail: node.trail.clone(), secret: node.secret, ..Node::concat(pieces, node.span) };
            }
            Value::Call(name, arguments) => Value::Call(name.clone(), Arc::new(self.all(arguments))),
            Value::Choice(choice) => match (failure(&choice.yes), failure(&choice.no)) {
                // Terraform refuses the other arm, so wherever there is a deployment this one was taken.
                (Some(_), _) => return self.settle(&choice.no),
                (_, Some(_)) => return self.settle(&choice.yes),
                _ => {
                    let (yes, no) = (self.settle(&choice.yes), self.settle(&choice.no));
                    let settled = Node::choice(self.cond(&choice.on), yes, no, node.span);
                    return Node { trail: node.trail.clone(), secret: node.secret, ..settled };
                }
            },
            Value::Id(id) => {
                let id = ResourceId {
                    subscription: id.subscription.as_ref().map(|part| self.settle(part)),
                    group: id.group.as_ref().map(|part| self.settle(part)),
                    names: self.all(&id.names),
                    extends: id.extends.as_ref().map(|scope| Box::new(self.settle(scope))),
                    kind: id.kind.clone(),
                };
                Value::Id(Arc::new(id))
            }
            Value::Derived(references) => Value::Derived(Arc::new(references.iter().map(settled).collect())),
            other => other.clone(),
        };
        Node { value, ..node.clone() }
    }

    fn all(&mut self, nodes: &[Node]) -> Vec<Node> {
        nodes.iter().map(|node| self.settle(node)).collect()
    }

    /// A condition with its values settled.
    pub fn cond(&mut self, cond: &Cond) -> Cond {
        match cond {
            Cond::Always | Cond::Never => cond.clone(),
            Cond::When(node) => Cond::of(&self.settle(node)),
            Cond::Not(inner) => self.cond(inner).negate(),
            Cond::All(parts) => Cond::all(parts.iter().map(|part| self.cond(part)).collect::<Vec<_>>()),
            Cond::Any(parts) => Cond::any(parts.iter().map(|part| self.cond(part)).collect::<Vec<_>>()),
        }
    }

    fn reference(&mut self, reference: &Ref, node: &Node) -> Node {
        if reference.path.is_empty() {
            let why = Why::UnsupportedSyntax("a resource as a whole".into());
            return Node { value: Value::Unknown { why, sym: None }, ..node.clone() };
        }
        Node { value: Value::Ref(Arc::new(settled(reference))), ..node.clone() }
    }
}

/// Steps into one text.
const DEEPEST: usize = 32;

/// `jsondecode(azapi_resource.x.output).properties.y`: an output that is a text, and the steps into what it says, are a
/// path into the resource.
fn decoded(node: &Node, depth: usize) -> Option<Ref> {
    let depth = depth.checked_sub(1)?;
    let Value::Call(name, arguments) = &node.value else { return None };
    match (&**name, arguments.as_slice()) {
        ("tf:jsondecode", [Node { value: Value::Ref(text), .. }]) => {
            let is_output = matches!(text.path.last().map(|step| &**step), Some("output" | "output_content"));
            is_output.then(|| (**text).clone())
        }
        ("tf:get" | "tf:index", [base, step]) => {
            let mut reference = decoded(base, depth)?;
            reference.path.push(text_of(step)?);
            Some(reference)
        }
        _ => None,
    }
}

/// A reference in Resource Manager's vocabulary.
pub fn settled(reference: &Ref) -> Ref {
    let Target::Resource(address) = &reference.target else { return reference.clone() };
    let name = address.path.last().map(|step| step.name.clone()).unwrap_or_default();
    let kind = name.strip_prefix("data.").unwrap_or(&name);
    let kind = kind.split('.').next().unwrap_or_default();
    Ref { target: reference.target.clone(), path: vocabulary::path_of(kind, &reference.path) }
}
