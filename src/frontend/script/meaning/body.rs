//! Bodies of resources, put together from options.

use std::sync::Arc;

use crate::ir::{Entry, Map, Node, Value, Why};
use crate::source::Span;

/// A body that grows.
#[derive(Debug, Default)]
pub(super) struct Body {
    members: Vec<(Vec<&'static str>, Node)>,
}

impl Body {
    /// Puts a value at a path, when there is one.
    pub fn put(&mut self, path: &[&'static str], value: Option<Node>) -> &mut Body {
        self.members.extend(value.map(|value| (path.to_vec(), value)));
        self
    }

    /// Whether something is put at a path.
    pub fn has(&self, path: &[&str]) -> bool {
        self.members.iter().any(|(own, _)| own == path)
    }

    /// The same for a member of one of its objects.
    pub fn has_named(&self, object: &str, name: &str) -> bool {
        self.has(&[object, name])
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The body; open where options may have been given that nobody sees.
    pub fn close(self, span: Span, open: Option<Why>) -> Node {
        let mut whole = Tree::default();
        for (path, value) in self.members {
            whole.put(&path, value);
        }
        whole.close(span, open)
    }
}

#[derive(Debug, Default)]
struct Tree {
    members: Vec<(&'static str, Part)>,
}

#[derive(Debug)]
enum Part {
    Inner(Tree),
    Value(Node),
}

impl Tree {
    fn put(&mut self, path: &[&'static str], value: Node) {
        match path {
            [] => {}
            [only] => self.members.push((only, Part::Value(value))),
            [first, rest @ ..] => {
                if !self.members.iter().any(|(name, _)| name == first) {
                    self.members.push((first, Part::Inner(Tree::default())));
                }
                let inner = self.members.iter_mut().find(|(name, _)| name == first);
                if let Some((_, Part::Inner(inner))) = inner {
                    inner.put(rest, value);
                }
            }
        }
    }

    fn close(self, span: Span, open: Option<Why>) -> Node {
        let entry = |(name, part): (&'static str, Part)| match part {
            Part::Value(value) => Entry::new(name, value.span, value),
            Part::Inner(inner) => Entry::new(name, span, inner.close(span, open.clone())),
        };
        let entries = self.members.into_iter().map(entry).collect();
        Node::new(Value::Map(Arc::new(Map { entries, open: open.clone() })), span)
    }
}

/// An object that is put together in place.
pub(super) fn object(members: Vec<(&str, Node)>, span: Span) -> Node {
    Node::map(members.into_iter().map(|(name, value)| Entry::new(name, value.span, value)).collect(), span)
}

/// What an option of `az` that takes `true` or `false` says: `yes` or `no` as a value.
pub(super) fn switched(node: Option<Node>, yes: &Value, no: &Value) -> Option<Node> {
    let node = node?;
    let value = match node.as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("true" | "t" | "yes" | "1" | "enabled" | "$true") => yes.clone(),
        Some("false" | "f" | "no" | "0" | "disabled" | "$false") => no.clone(),
        Some(text) => Value::Unknown { why: Why::UnresolvedName(text.into()), sym: None },
        None => Value::Unknown { why: node.why().cloned().unwrap_or(Why::External("a variable".into())), sym: None },
    };
    Some(Node { value, ..node })
}
