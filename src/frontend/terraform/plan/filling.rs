//! Values of a plan as nodes: what is unknown until apply is filled in from the references of the configuration.

use std::sync::Arc;

use super::change::Values;
use super::references::{Place, PlanWorld, Resolved, joins};
use crate::frontend::node_of;
use crate::ir::{Entry, List, Map, Node, Value, Why};
use crate::source::Span;
use crate::syntax::tree::{Tree, TreeKind};

/// Blocks that no provider computes: unknown and not in the configuration of the plan, they come from a dynamic block.
const STATED: [&str; 3] = ["identity", "service_principal", "default_node_pool"];

/// Fills in what is unknown until apply.
pub(super) struct Filling<'a> {
    pub(super) world: &'a PlanWorld<'a>,
    pub(super) place: Option<&'a Place<'a>>,
    pub(super) declared: Span,
    pub(super) partial: bool,
}

impl Filling<'_> {
    pub(super) fn object(&self, after: Option<&Tree>, unknown: Option<&Tree>, expressions: Option<&Tree>) -> Node {
        self.members(after, unknown, expressions, false)
    }

    /// The members of an object. Of one that the configuration in the plan doesn't have, because a dynamic block makes it,
    /// what is unknown may be anything.
    fn members(&self, after: Option<&Tree>, unknown: Option<&Tree>, expressions: Option<&Tree>, dynamic: bool) -> Node {
        let mut entries = Vec::new();
        let members = |tree: Option<&Tree>| tree.and_then(Tree::as_map).map(<[_]>::to_vec).unwrap_or_default();
        let unknown_members = members(unknown);
        let expression = |name: &str| expressions.and_then(|expressions| expressions.get(name));
        // One operand for the whole object: each of its members is made of it.
        let whole = expressions.filter(|expressions| expressions.get("references").is_some());
        for member in members(after) {
            let below = unknown_members.iter().find(|other| other.key == member.key).map(|other| &other.value);
            let from = whole.or_else(|| expression(&member.key));
            if let Some(value) = self.value(&member.key, Some(&member.value), below, from) {
                entries.push(Entry { key: Node::text(member.key.clone(), member.key_span), value });
            }
        }
        for member in &unknown_members {
            let is_new = !entries.iter().any(|entry: &Entry| entry.key.as_str() == Some(&member.key));
            let from = whole.or_else(|| expression(&member.key));
            let made = dynamic || STATED.contains(&&*member.key) && member.value.kind == TreeKind::Bool(true);
            let unseen = || made.then(|| Node::unknown(Why::KnownAfterApply, self.declared));
            if is_new && let Some(value) = self.value(&member.key, None, Some(&member.value), from).or_else(unseen) {
                entries.push(Entry { key: Node::text(member.key.clone(), member.key_span), value });
            }
        }
        if self.partial {
            for member in members(expressions) {
                if !entries.iter().any(|entry| entry.key.as_str() == Some(&member.key)) {
                    let value = self.unknown(&member.key, &member.value);
                    entries.push(Entry { key: Node::text(member.key.clone(), member.key_span), value });
                }
            }
        }
        Node::new(Value::Map(Arc::new(Map { entries, open: None })), after.map_or(self.declared, |after| after.span))
    }

    /// One value; nothing for a computed attribute that nobody set.
    fn value(
        &self,
        name: &str,
        after: Option<&Tree>,
        unknown: Option<&Tree>,
        expression: Option<&Tree>,
    ) -> Option<Node> {
        match unknown.map(|unknown| &unknown.kind) {
            Some(TreeKind::Bool(true)) => expression.map(|expression| self.unknown(name, expression)),
            Some(TreeKind::Map(_)) => Some(self.members(after, unknown, expression, expression.is_none())),
            Some(TreeKind::List(flags)) if !flags.is_empty() => Some(self.list(name, after, flags, expression)),
            _ => after.map(|after| self.known(name, after, expression)),
        }
    }

    /// A value that is known. Where it is proved to be a property of a resource of the plan it is told as that: what an
    /// expression reads says more than the value.
    fn known(&self, name: &str, after: &Tree, expression: Option<&Tree>) -> Node {
        let plain = node_of(after);
        let (Some(place), Some(expression), Some(text)) = (self.place, expression, after.as_str()) else {
            return plain;
        };
        if !joins(name) || expression.get("references").is_none() {
            return plain;
        }
        match place.resolve(self.world, expression, Some(name)) {
            Resolved::Value(node) if self.world.is_value_of(&node, text) => Node { span: plain.span, ..node },
            _ => plain,
        }
    }

    fn list(&self, name: &str, after: Option<&Tree>, flags: &[Tree], expression: Option<&Tree>) -> Node {
        let items = after.and_then(Tree::as_list).unwrap_or_default();
        // Nothing is told of blocks that are written as an attribute and are no plain expression.
        let expression = expression.filter(|it| it.as_map().is_none_or(|members| !members.is_empty()));
        let blocks = expression.and_then(Tree::as_list);
        let item = |at: usize| {
            let from = match blocks {
                // A dynamic block is written once, however many blocks it makes.
                Some([only]) => Some(only),
                Some(blocks) => blocks.get(at).filter(|_| blocks.len() == flags.len().max(items.len())),
                None => expression,
            };
            let unset = || Node::unknown(Why::KnownAfterApply, self.declared);
            let value = match flags.get(at).map(|flag| &flag.kind) {
                Some(TreeKind::Bool(true)) => from.map(|expression| self.made_of(name, expression)),
                _ => self.value(name, items.get(at), flags.get(at), from),
            };
            value.unwrap_or_else(unset)
        };
        let items = (0..flags.len().max(items.len())).map(item).collect();
        Node::list(items, after.map_or(self.declared, |after| after.span))
    }

    /// What is known of an attribute that is unknown until apply. A list of ids that is unknown as a whole holds at least
    /// what it is made of.
    fn unknown(&self, name: &str, expression: &Tree) -> Node {
        let node = self.made_of(name, expression);
        match node.value {
            Value::Ref(_) if name.ends_with("_ids") => {
                let open = Some(Why::KnownAfterApply);
                Node::new(Value::List(Arc::new(List { items: vec![node], open })), self.declared)
            }
            _ => node,
        }
    }

    /// What a value that is unknown until apply is made of.
    fn made_of(&self, name: &str, expression: &Tree) -> Node {
        let span = self.declared;
        let opaque = || Node::unknown(Why::KnownAfterApply, span);
        let Some(place) = self.place else { return opaque() };
        let resolved = place.resolve(self.world, expression, Some(name));
        match resolved {
            Resolved::Value(node) => node,
            Resolved::Candidates(candidates) if candidates.is_empty() => opaque(),
            Resolved::Candidates(candidates) => Node::new(Value::Derived(Arc::new(candidates)), span),
            Resolved::Opaque => opaque(),
        }
    }
}

impl Values {
    /// The values as they are, marked where the plan calls them sensitive.
    pub(super) fn node(&self, span: Span) -> Node {
        let node = self.body.as_ref().map_or_else(|| Node::map(Vec::new(), span), node_of);
        self.sensitive.iter().fold(node, mark)
    }
}

/// Marks what the plan calls sensitive.
pub(super) fn mark(node: Node, marks: &Tree) -> Node {
    match (&marks.kind, &node.value) {
        (TreeKind::Bool(true), _) => node.secret(),
        (TreeKind::Map(members), Value::Map(map)) => {
            let mut map = (**map).clone();
            for entry in &mut map.entries {
                if let Some(marks) =
                    entry.key.as_str().and_then(|key| members.iter().find(|member| &*member.key == key))
                {
                    entry.value = mark(entry.value.clone(), &marks.value);
                }
            }
            Node { value: Value::Map(map.into()), ..node }
        }
        (TreeKind::List(marks), Value::List(list)) => {
            let mut list = (**list).clone();
            for (item, marks) in list.items.iter_mut().zip(marks) {
                *item = mark(item.clone(), marks);
            }
            Node { value: Value::List(list.into()), ..node }
        }
        _ => node,
    }
}
