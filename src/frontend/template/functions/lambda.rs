//! Functions that take lambdas.

use std::sync::Arc;

use super::super::access::each_arm;
use super::super::canonical::{canonical, is_stable};
use super::super::evaluate::{Evaluation, reason};
use super::super::frame::{LocalKind, Scope};
use super::super::template::{Expr, ExprKind};
use super::super::wording::wording;
use super::logic;
use crate::ir::{Cond, Entry, List, Map, Node, Value};
use crate::source::Span;

impl Evaluation<'_> {
    /// `map`, `filter`, `reduce`, `sort`, `groupBy`, `toObject`, `mapValues`.
    pub(super) fn with_lambda(&self, name: &str, arguments: &[Expr], span: Span, scope: &Scope) -> Option<Node> {
        if !matches!(name, "map" | "filter" | "reduce" | "sort" | "groupby" | "toobject" | "mapvalues")
            || !Self::is_lambda(arguments.last())
        {
            return None;
        }
        let over = self.value(arguments.first()?, scope);
        Some(self.over(name, &over, arguments, span, scope, 0))
    }

    fn over(&self, name: &str, over: &Node, arguments: &[Expr], span: Span, scope: &Scope, depth: usize) -> Node {
        if let (Value::Choice(choice), true) = (&over.value, depth < 4) {
            return each_arm(choice, span, |arm| self.over(name, arm, arguments, span, scope, depth + 1));
        }
        if let (Value::Map(map), "mapvalues") = (&over.value, name) {
            return self.map_values(map, arguments, span, scope);
        }
        let Value::List(list) = &over.value else { return self.over_unknown(name, over, arguments, span, scope) };
        match (name, &list.open) {
            ("map", _) => {
                let items = list
                    .items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| self.apply(arguments.last(), &[item.clone(), index(at, span)], scope));
                Node::new(Value::List(Arc::new(List { items: items.collect(), open: list.open.clone() })), span)
            }
            ("filter", _) => self.filter(list, arguments, span, scope),
            ("reduce", None) => {
                let Some(start) = arguments.get(1) else { return Node::null(span) };
                let mut so_far = self.value(start, scope);
                for (at, item) in list.items.iter().enumerate() {
                    so_far =
                        self.bounded(self.apply(arguments.last(), &[so_far, item.clone(), index(at, span)], scope));
                }
                so_far
            }
            ("sort", None) => self
                .sort(list, arguments, span, scope)
                .unwrap_or_else(|| self.over_unknown(name, over, arguments, span, scope)),
            ("toobject", _) => self.to_object(list, arguments, span, scope),
            ("groupby", None) => self
                .group_by(list, arguments, span, scope)
                .unwrap_or_else(|| self.over_unknown(name, over, arguments, span, scope)),
            _ => self.over_unknown(name, over, arguments, span, scope),
        }
    }

    /// Equal when the collection, the lambda and the names around are.
    fn over_unknown(&self, name: &str, over: &Node, arguments: &[Expr], span: Span, scope: &Scope) -> Node {
        let why = reason(over);
        let around: Vec<String> = scope.locals().map(|local| canonical(&local.value)).collect();
        let stable = is_stable(over) && scope.locals().all(|local| is_stable(&local.value));
        let Some(lambda) = arguments.last().filter(|_| stable) else { return Node::unknown(why, span) };
        let lambda = format!("{}@{}", scope.frame.address, wording(lambda));
        Node::symbol(why, format!("{}#{name}({},{lambda},{})", self.name, canonical(over), around.join(",")), span)
    }

    fn apply(&self, lambda: Option<&Expr>, values: &[Node], scope: &Scope) -> Node {
        let Some(Expr { kind: ExprKind::Lambda(names, body), .. }) = lambda else { return Node::null(Span::default()) };
        let bind =
            |scope: Scope, (name, value): (&Arc<str>, &Node)| scope.with(LocalKind::Name(name.clone()), value.clone());
        let inner = names.iter().zip(values).fold(scope.clone(), bind);
        self.value(body, &inner)
    }

    fn filter(&self, list: &List, arguments: &[Expr], span: Span, scope: &Scope) -> Node {
        let mut kept = List { items: Vec::new(), open: list.open.clone() };
        for (at, item) in list.items.iter().enumerate() {
            let fits = self.apply(arguments.last(), &[item.clone(), index(at, span)], scope);
            match Cond::of(&fits) {
                Cond::Always => kept.items.push(item.clone()),
                Cond::Never => {}
                _ => {
                    kept.items.push(item.clone());
                    kept.open = kept.open.or_else(|| Some(reason(&fits)));
                }
            }
        }
        Node::new(Value::List(Arc::new(kept)), span)
    }

    /// By insertion, so that an unknown comparison is noticed; nothing then.
    fn sort(&self, list: &List, arguments: &[Expr], span: Span, scope: &Scope) -> Option<Node> {
        let mut sorted: Vec<Node> = Vec::new();
        for item in &list.items {
            let mut at = sorted.len();
            while at > 0 {
                let before = sorted.get(at - 1)?.clone();
                if !self.apply(arguments.last(), &[item.clone(), before], scope).as_bool()? {
                    break;
                }
                at -= 1;
            }
            sorted.insert(at, item.clone());
        }
        Some(Node::list(sorted, span))
    }

    fn to_object(&self, list: &List, arguments: &[Expr], span: Span, scope: &Scope) -> Node {
        let entry = |item: &Node| Entry {
            key: self.apply(arguments.get(1), std::slice::from_ref(item), scope),
            value: match arguments.get(2) {
                Some(value) => self.apply(Some(value), std::slice::from_ref(item), scope),
                None => item.clone(),
            },
        };
        let entries = list.items.iter().map(entry).collect();
        Node::new(Value::Map(Arc::new(Map { entries, open: list.open.clone() })), span)
    }

    fn map_values(&self, map: &Map, arguments: &[Expr], span: Span, scope: &Scope) -> Node {
        let entry = |entry: &Entry| Entry {
            key: entry.key.clone(),
            value: self.apply(arguments.last(), std::slice::from_ref(&entry.value), scope),
        };
        let entries = map.entries.iter().map(entry).collect();
        Node::new(Value::Map(Arc::new(Map { entries, open: map.open.clone() })), span)
    }

    fn group_by(&self, list: &List, arguments: &[Expr], span: Span, scope: &Scope) -> Option<Node> {
        let mut groups: Vec<(Node, Vec<Node>)> = Vec::new();
        for item in &list.items {
            let key = self.apply(arguments.last(), std::slice::from_ref(item), scope);
            key.as_str()?;
            match groups.iter_mut().find(|(own, _)| logic::equal(own, &key) == Some(true)) {
                Some((_, items)) => items.push(item.clone()),
                None => groups.push((key, vec![item.clone()])),
            }
        }
        let entries = groups.into_iter().map(|(key, items)| Entry { key, value: Node::list(items, span) });
        Some(Node::map(entries.collect(), span))
    }
}

fn index(at: usize, span: Span) -> Node {
    Node::new(Value::Int(at as i64), span)
}
