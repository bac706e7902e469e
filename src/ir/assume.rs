//! Values under assumptions about flags, and the flags that a value hangs on.

use std::sync::Arc;

use super::{Assumption, Cond, Entry, List, Map, Node, Ref, ResourceId, Target, Value};

impl Node {
    /// The value when the flags are as assumed: choices whose condition is decided are replaced by their arm.
    pub fn under(&self, assumed: &Assumption) -> Node {
        match &self.value {
            Value::Choice(choice) => match choice.on.under(assumed) {
                Some(true) => choice.yes.under(assumed),
                Some(false) => choice.no.under(assumed),
                None => self.clone(),
            },
            Value::Concat(pieces) => {
                let pieces = pieces.iter().map(|piece| piece.under(assumed)).collect();
                Node { trail: self.trail.clone(), ..Node::concat(pieces, self.span) }
            }
            Value::Call(name, arguments) => {
                let arguments = arguments.iter().map(|argument| argument.under(assumed)).collect();
                Node { value: Value::Call(name.clone(), Arc::new(arguments)), ..self.clone() }
            }
            Value::Id(id) => {
                let part = |node: &Node| node.under(assumed);
                let id = ResourceId {
                    subscription: id.subscription.as_ref().map(part),
                    group: id.group.as_ref().map(part),
                    kind: id.kind.clone(),
                    names: id.names.iter().map(part).collect(),
                    extends: id.extends.as_ref().map(|node| Box::new(part(node))),
                };
                Node { value: Value::Id(Arc::new(id)), ..self.clone() }
            }
            Value::List(list) => {
                let items = list.items.iter().map(|item| item.under(assumed)).collect();
                Node { value: Value::List(Arc::new(List { items, open: list.open.clone() })), ..self.clone() }
            }
            Value::Map(map) => {
                let entries = map
                    .entries
                    .iter()
                    .map(|entry| Entry { key: entry.key.under(assumed), value: entry.value.under(assumed) });
                Node {
                    value: Value::Map(Arc::new(Map { entries: entries.collect(), open: map.open.clone() })),
                    ..self.clone()
                }
            }
            Value::Ref(reference) => match &reference.target {
                Target::Id(id) => {
                    let target = Target::Id(Box::new(id.under(assumed)));
                    Node { value: Value::Ref(Arc::new(Ref { target, path: reference.path.clone() })), ..self.clone() }
                }
                Target::Resource(_) => self.clone(),
            },
            _ => self.clone(),
        }
    }

    /// The text when no flag holds: what [`Node::under`] makes of it for the completion of all flags that is tried first,
    /// without naming them. Other values than texts stay as they are.
    pub(super) fn without_flags(&self) -> Node {
        match &self.value {
            Value::Choice(choice) if choice.on.without_flags() => choice.yes.without_flags(),
            Value::Choice(choice) => choice.no.without_flags(),
            Value::Concat(pieces) if pieces.iter().any(|piece| matches!(piece.value, Value::Choice(_))) => {
                Node::concat(pieces.iter().map(Node::without_flags).collect(), self.span)
            }
            _ => self.clone(),
        }
    }

    /// The flags that choices inside hang on, in order of appearance. Arguments of functions are left out: what a
    /// function makes of them is not known in any case, only whether they are the same.
    pub fn flags(&self) -> Vec<Arc<str>> {
        let mut found = Vec::new();
        self.collect_flags(&mut found);
        found
    }

    fn collect_flags(&self, found: &mut Vec<Arc<str>>) {
        let mut add = |cond: &Cond| {
            for flag in cond.atoms() {
                if !found.contains(&flag) {
                    found.push(flag);
                }
            }
        };
        match &self.value {
            Value::Choice(choice) => {
                add(&choice.on);
                choice.yes.collect_flags(found);
                choice.no.collect_flags(found);
            }
            Value::Concat(nodes) => nodes.iter().for_each(|node| node.collect_flags(found)),
            Value::List(list) => list.items.iter().for_each(|node| node.collect_flags(found)),
            Value::Map(map) => map.entries.iter().for_each(|entry| {
                entry.key.collect_flags(found);
                entry.value.collect_flags(found);
            }),
            Value::Id(id) => {
                let parts = id.subscription.iter().chain(&id.group).chain(&id.names).chain(id.extends.as_deref());
                parts.for_each(|node| node.collect_flags(found));
            }
            Value::Ref(reference) => {
                if let Target::Id(id) = &reference.target {
                    id.collect_flags(found);
                }
            }
            _ => {}
        }
    }
}
