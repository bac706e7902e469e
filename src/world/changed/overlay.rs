//! One body laid over another.

use std::sync::Arc;

use crate::ir::{Cond, Entry, List, Map, Node, Resource, Value, Why};

/// How deep bodies are followed.
const DEPTH: usize = 24;

/// Whether what is laid over a body counts.
#[derive(Clone, Copy)]
pub(super) enum How<'w> {
    /// Whatever the unknowns are.
    Surely,
    /// When this holds.
    When(&'w Cond),
    /// It may or may not.
    Perhaps,
}

/// A change that is laid over a body.
pub(super) struct Layer<'l> {
    pub how: How<'l>,
    pub change: &'l Resource,
    /// What is not written in the body is not there.
    pub told: bool,
}

impl Layer<'_> {
    /// The body with the change laid over it.
    pub fn lay(&self, base: Option<&Node>, over: &Node) -> Node {
        self.within(base, over, DEPTH)
    }

    fn within(&self, base: Option<&Node>, over: &Node, depth: usize) -> Node {
        let there = base.filter(|base| !base.is_null());
        let Some(base) = there.filter(|_| depth > 0) else { return self.set(base, over) };
        let arms = |on: &Cond, yes: Node, no: Node, span| Node::choice(on.clone(), yes, no, span);
        match (&base.value, &over.value) {
            (_, Value::Map(map)) if map.open.is_some() && matches!(self.how, How::Perhaps) => self.doubt(base.span),
            // Each arm of what a condition picks is changed for itself, as long as there are few.
            (Value::Choice(_), Value::Map(_) | Value::List(_)) if choices(base, CHOICES) == 0 => self.doubt(base.span),
            (Value::Choice(choice), Value::Map(_)) => arms(
                &choice.on,
                self.within(Some(&choice.yes), over, depth - 1),
                self.within(Some(&choice.no), over, depth - 1),
                base.span,
            ),
            (Value::Choice(choice), Value::List(_)) if adds(over) => arms(
                &choice.on,
                self.within(Some(&choice.yes), over, depth - 1),
                self.within(Some(&choice.no), over, depth - 1),
                base.span,
            ),
            (_, Value::Choice(choice)) if matches!(self.how, How::Surely) && self.is_terraform() => {
                arms(&choice.on, self.arm(base, &choice.yes, depth), self.arm(base, &choice.no, depth), over.span)
            }
            (Value::Map(inner), Value::Map(map)) => self.merge(base, inner, map, depth),
            (Value::Unknown { why, .. }, Value::Map(map)) => self.merge(base, &nothing(why), map, depth),
            (Value::Ref(_) | Value::Call(..) | Value::Derived(_), Value::Map(map)) => {
                self.merge(base, &nothing(&Why::UnsupportedSyntax("a computed object".into())), map, depth)
            }
            (_, Value::List(list)) if adds(over) => self.add(base, list),
            (_, Value::List(list)) if self.merges_lists() && !list.items.iter().all(|it| it.as_map().is_none()) => {
                self.doubt(over.span)
            }
            _ => self.set(Some(base), over),
        }
    }

    /// What a condition picks for a provider of Terraform: `null` writes nothing.
    fn arm(&self, base: &Node, arm: &Node, depth: usize) -> Node {
        if arm.is_null() { base.clone() } else { self.within(Some(base), arm, depth - 1) }
    }

    fn is_terraform(&self) -> bool {
        self.change.language.is_terraform()
    }

    /// The provider azapi reads the resource, puts in what is written, and sends all of it: lists of objects are matched
    /// by rules of its own.
    fn merges_lists(&self) -> bool {
        self.change.address.path.last().is_some_and(|step| step.name.starts_with("azapi_"))
    }

    /// An unknown in the place of what the change may write.
    fn doubt(&self, span: crate::source::Span) -> Node {
        Node::unknown(Why::Overridden(self.change.address.to_string().into()), span)
    }

    fn merge(&self, whole: &Node, base: &Map, over: &Map, depth: usize) -> Node {
        let mut entries = Vec::with_capacity(base.entries.len());
        for entry in &base.entries {
            let written = entry.key.as_str().and_then(|key| over.get(key));
            let value = match (written, &over.open) {
                (Some(written), _) => self.within(Some(&entry.value), written, depth - 1),
                (None, Some(_)) => self.doubt(entry.value.span),
                (None, None) => entry.value.clone(),
            };
            entries.push(Entry { key: entry.key.clone(), value });
        }
        for (at, entry) in over.entries.iter().enumerate() {
            let key = entry.key.as_str();
            let known = key.is_some_and(|key| base.get(key).is_some());
            let again = key.is_some_and(|key| over.entries.iter().skip(at + 1).any(|it| it.key.as_str() == Some(key)));
            if known || again {
                continue;
            }
            // Every resource has `properties`, written or not.
            let always = key.is_some_and(|key| key.eq_ignore_ascii_case("properties"));
            let absent = match (&base.open, always) {
                (Some(why), _) => Some(Node::unknown(why.clone(), whole.span)),
                (None, true) => Some(Node::map(Vec::new(), whole.span)),
                (None, false) => None,
            };
            let value = self.within(absent.as_ref(), &entry.value, depth - 1);
            entries.push(Entry { key: entry.key.clone(), value });
        }
        let open = base.open.clone().or_else(|| over.open.clone());
        Node { value: Value::Map(Arc::new(Map { entries, open })), ..whole.clone() }
    }

    /// Members that are put behind those that are there.
    fn add(&self, base: &Node, list: &List) -> Node {
        let why = || Why::Overridden(self.change.address.to_string().into());
        let (items, open) = match &base.value {
            Value::List(own) => (own.items.clone(), own.open.clone()),
            Value::Unknown { why, .. } => (Vec::new(), Some(why.clone())),
            _ => (Vec::new(), Some(why())),
        };
        let with = |items, open| Node { value: Value::List(Arc::new(List { items, open })), ..base.clone() };
        let all = || items.iter().chain(&list.items).cloned().collect::<Vec<Node>>();
        match self.how {
            How::Surely => with(all(), open),
            How::When(when) => Node::choice(when.clone(), with(all(), open), base.clone(), base.span),
            How::Perhaps => with(items.clone(), open.or_else(|| Some(why()))),
        }
    }

    /// Puts a value in the place of another one, or where there is none.
    fn set(&self, base: Option<&Node>, over: &Node) -> Node {
        let written = match &over.value {
            // What a provider does with a `null` is its own affair.
            Value::Null if self.is_terraform() => self.doubt(over.span),
            _ => self.closed(over, DEPTH),
        };
        if base.is_some_and(|base| base.is_identical(&written)) {
            return base.cloned().unwrap_or(written);
        }
        match self.how {
            How::Surely => written,
            How::When(when) => {
                let absent = || match self.told {
                    true => Node::null(over.span),
                    false => Node::unknown(Why::External(self.change.address.to_string().into()), over.span),
                };
                match base.is_some_and(|base| choices(base, CHOICES) == 0) {
                    true => self.doubt(over.span),
                    false => Node::choice(when.clone(), written, base.cloned().unwrap_or_else(absent), over.span),
                }
            }
            How::Perhaps => self.doubt(over.span),
        }
    }

    /// A value in a place where nothing was: members that are added are all there are, where the body is known.
    fn closed(&self, over: &Node, depth: usize) -> Node {
        if depth == 0 {
            return self.doubt(over.span);
        }
        match &over.value {
            Value::Map(map) => {
                let inner = |entry: &Entry| Entry { value: self.closed(&entry.value, depth - 1), ..entry.clone() };
                let entries = map.entries.iter().map(inner).collect();
                Node { value: Value::Map(Arc::new(Map { entries, open: map.open.clone() })), ..over.clone() }
            }
            Value::List(list) if adds(over) => {
                let open = (!self.told).then(|| Why::External(self.change.address.to_string().into()));
                Node { value: Value::List(Arc::new(List { items: list.items.clone(), open })), ..over.clone() }
            }
            _ => over.clone(),
        }
    }
}

/// Conditions in one place that are told apart.
const CHOICES: usize = 4;

/// How many more choices a value may have around it, at least none.
fn choices(node: &Node, left: usize) -> usize {
    match &node.value {
        Value::Choice(choice) if left > 0 => choices(&choice.yes, left - 1).min(choices(&choice.no, left - 1)),
        _ => left,
    }
}

/// An object of which nothing is known.
fn nothing(why: &Why) -> Map {
    Map { entries: Vec::new(), open: Some(why.clone()) }
}

/// Whether a list only says what is added to the one that is there.
pub(super) fn adds(node: &Node) -> bool {
    node.as_list().is_some_and(|list| list.open.as_ref().is_some_and(super::is_added))
}

/// What a body writes, each value with its path in lower case; members that are only added contradict nothing.
pub(super) fn leaves(node: &Node, path: &mut String, found: &mut Vec<(String, Node)>) {
    match &node.value {
        Value::Map(map) if map.open.is_none() && path.len() < 400 => {
            for entry in &map.entries {
                let length = path.len();
                path.push('/');
                path.push_str(&entry.key.as_str().unwrap_or("?").to_ascii_lowercase());
                leaves(&entry.value, path, found);
                path.truncate(length);
            }
        }
        _ if adds(node) => {}
        _ => found.push((path.clone(), node.clone())),
    }
}

/// What several bodies may write, as one: only the places count.
pub(super) fn joined<'n>(bodies: impl Iterator<Item = &'n Node>) -> Node {
    let mut whole: Option<Node> = None;
    for body in bodies {
        whole = Some(match whole {
            None => body.clone(),
            Some(known) => join(&known, body, DEPTH),
        });
    }
    whole.unwrap_or_else(|| Node::map(Vec::new(), crate::source::Span::file(crate::source::SourceId(0))))
}

fn join(a: &Node, b: &Node, depth: usize) -> Node {
    match (&a.value, &b.value) {
        (Value::Map(x), Value::Map(y)) if depth > 0 => {
            let mut entries = x.entries.clone();
            for entry in &y.entries {
                let own = entry.key.as_str().and_then(|key| {
                    entries.iter_mut().find(|it| it.key.as_str().is_some_and(|own| own.eq_ignore_ascii_case(key)))
                });
                match own {
                    Some(own) => own.value = join(&own.value, &entry.value, depth - 1),
                    None => entries.push(entry.clone()),
                }
            }
            let open = x.open.clone().or_else(|| y.open.clone());
            Node { value: Value::Map(Arc::new(Map { entries, open })), ..a.clone() }
        }
        _ if adds(a) && adds(b) => a.clone(),
        _ if adds(a) => b.clone(),
        _ => a.clone(),
    }
}
