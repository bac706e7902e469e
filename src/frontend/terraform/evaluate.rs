//! Expressions become values. Names are looked up only when somebody asks; what was worked out is kept.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::config::Folders;
use super::functions;
use super::plan::Beside;
use super::scope::{Instance, Names, Scope};
use super::value::{
    call, choose, each_of, equal, failed, failure, is_bounded, limit, number, of_number, over_choice, text_of,
};
use crate::ir::{Cond, Entry, Gap, List, Map, Node, Step as AddressStep, Value, Why};
use crate::source::{Span, Store, Via};
use crate::syntax::hcl::{Expr, ExprKind, For, Piece};

/// Expressions within expressions, and names that lead to further expressions.
const DEEPEST: u32 = 400;
/// Evaluations in one deployment.
const FUEL: u64 = 2_000_000;

/// The evaluation of one deployment.
pub(super) struct Session<'a> {
    pub(super) store: &'a Store,
    pub(super) folders: &'a Folders,
    pub(super) deployment: Arc<str>,
    /// What a plan knows.
    pub(super) beside: Option<&'a Beside<'a>>,
    pub(super) instances: RefCell<BTreeMap<Vec<AddressStep>, Rc<Instance>>>,
    pub(super) gaps: RefCell<Vec<Gap>>,
    /// Where modules are called, by their addresses without keys.
    pub(super) calls: RefCell<BTreeMap<Arc<str>, Span>>,
    fuel: Cell<u64>,
    depth: Cell<u32>,
}

impl<'a> Session<'a> {
    /// A new session for the deployment of this name.
    pub(super) fn new(store: &'a Store, folders: &'a Folders, deployment: Arc<str>) -> Session<'a> {
        Session {
            store,
            folders,
            deployment,
            beside: None,
            instances: RefCell::default(),
            gaps: RefCell::default(),
            calls: RefCell::default(),
            fuel: Cell::new(FUEL),
            depth: Cell::new(0),
        }
    }

    /// Notes something that was not understood, once for each place.
    pub(super) fn gap(&self, gap: Gap) {
        let mut gaps = self.gaps.borrow_mut();
        if !gaps.iter().any(|other| other.span == gap.span && other.why == gap.why) {
            gaps.push(gap);
        }
    }

    /// An unknown that is the same wherever this name stands in the deployment.
    pub(super) fn symbol(&self, why: Why, name: &str, span: Span) -> Node {
        Node::symbol(why, format!("{}#{name}", self.deployment), span)
    }

    /// The value of an expression.
    pub(super) fn evaluate(&self, scope: Scope<'_>, expr: &Expr) -> Node {
        let Some(fuel) = self.fuel.get().checked_sub(1) else { return limit("evaluations", expr.span) };
        if self.depth.get() >= DEEPEST {
            return limit("expression depth", expr.span);
        }
        self.fuel.set(fuel);
        self.depth.set(self.depth.get() + 1);
        let node = self.evaluate_kind(scope, expr);
        self.depth.set(self.depth.get() - 1);
        node
    }

    fn evaluate_kind(&self, scope: Scope<'_>, expr: &Expr) -> Node {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => Node::null(span),
            ExprKind::Bool(value) => Node::new(Value::Bool(*value), span),
            ExprKind::Int(value) => Node::new(Value::Int(*value), span),
            ExprKind::Float(value) => Node::new(Value::Float(*value), span),
            ExprKind::Text(text) => Node::text(text.clone(), span),
            ExprKind::Template(pieces) => self.template(scope, pieces, span),
            ExprKind::List(items) => {
                self.bound(Node::list(items.iter().map(|item| self.evaluate(scope, item)).collect(), span))
            }
            ExprKind::Object(members) => self.object(scope, members, span),
            ExprKind::Name(_) => self.traversal(scope, expr, &[], span),
            ExprKind::Traversal(base, steps) => self.traversal(scope, base, steps, span),
            ExprKind::Conditional(parts) => self.conditional(scope, parts, span),
            ExprKind::Call { name, arguments, expand } => {
                functions::call_function(self, scope, name, arguments, *expand, span)
            }
            ExprKind::Not(inner) => negate(&self.evaluate(scope, inner), span),
            ExprKind::Negate(inner) => {
                let inner = self.evaluate(scope, inner);
                number(&inner).map_or_else(|| call("tf:negate", vec![inner], span), |value| of_number(-value, span))
            }
            ExprKind::Binary(operator, sides) => self.binary(scope, operator, &sides.0, &sides.1, span),
            ExprKind::For(each) => self.for_each(scope, each, span),
        }
    }

    /// The value, or a limit when it is too large to be handed on.
    pub(super) fn bound(&self, node: Node) -> Node {
        if is_bounded(&node) { node } else { limit("value size", node.span) }
    }

    fn conditional(&self, scope: Scope<'_>, parts: &(Expr, Expr, Expr), span: Span) -> Node {
        let on = self.evaluate(scope, &parts.0);
        if failure(&on).is_some() {
            return on;
        }
        match Cond::of(&on) {
            Cond::Always => self.evaluate(scope, &parts.1),
            Cond::Never => self.evaluate(scope, &parts.2),
            cond => self.bound(choose(cond, self.evaluate(scope, &parts.1), self.evaluate(scope, &parts.2), span)),
        }
    }

    fn object(&self, scope: Scope<'_>, members: &[(Expr, Expr)], span: Span) -> Node {
        let entry = |(key, value): &(Expr, Expr)| Entry {
            key: keyed(self.evaluate(scope, key)),
            value: self.evaluate(scope, value),
        };
        let entries: Vec<Entry> = members.iter().map(entry).collect();
        let open = unseen_key(&entries);
        self.bound(Node::new(Value::Map(Arc::new(Map { entries, open })), span))
    }

    fn template(&self, scope: Scope<'_>, pieces: &[Piece], span: Span) -> Node {
        let mut parts = Vec::new();
        for piece in pieces {
            let part = match piece {
                Piece::Text(text, span) => Node::text(text.clone(), *span),
                Piece::Value(expr) => self.evaluate(scope, expr),
                Piece::For(span) => Node::unknown(Why::UnsupportedSyntax("a template `for`".into()), *span),
                Piece::If(on, yes, no) => {
                    let cond = Cond::of(&self.evaluate(scope, on));
                    choose(cond, self.template(scope, yes, on.span), self.template(scope, no, on.span), span)
                }
            };
            match failure(&part) {
                Some(_) => return part,
                None if part.is_null() => return failed("null in a template", span),
                None => parts.push(part),
            }
        }
        self.bound(Node::concat(parts, span))
    }

    fn binary(&self, scope: Scope<'_>, operator: &str, left: &Expr, right: &Expr, span: Span) -> Node {
        let left = self.evaluate(scope, left);
        if failure(&left).is_some() {
            return left;
        }
        let decided = match operator {
            "&&" => left.as_bool() == Some(false),
            "||" => left.as_bool() == Some(true),
            _ => false,
        };
        if decided {
            return Node { span, ..left };
        }
        let right = self.evaluate(scope, right);
        self.bound(operate(operator, left, right, span))
    }

    fn for_each(&self, scope: Scope<'_>, each: &For, span: Span) -> Node {
        let over = self.evaluate(scope, &each.over);
        over_choice(&over, span, &mut |over| self.for_members(scope, each, over, span))
    }

    fn for_members(&self, scope: Scope<'_>, each: &For, over: &Node, span: Span) -> Node {
        if failure(over).is_some() {
            return over.clone();
        }
        let Some((members, mut open)) = members(over, span) else {
            let why = over.why().cloned().unwrap_or_else(|| Why::Element("the collection".into()));
            let unseen = Node::new(Value::List(Arc::new(List { items: Vec::new(), open: Some(why.clone()) })), span);
            let unseen_map = Node::new(Value::Map(Arc::new(Map { entries: Vec::new(), open: Some(why) })), span);
            return if each.result_key.is_some() { unseen_map } else { unseen };
        };
        let mut items = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for (key, value) in members {
            let outer = Names { name: each.key.as_deref().unwrap_or_default(), value: key, outer: scope.names };
            let names = Names { name: &each.item, value, outer: Some(&outer) };
            let inner = Scope { names: Some(&names), ..scope };
            let kept =
                each.condition.as_ref().map_or(Cond::Always, |condition| Cond::of(&self.evaluate(inner, condition)));
            match kept {
                Cond::Always => {}
                Cond::Never => continue,
                // It may be left out: the list is as good as open.
                _ => open = open.or(Some(Why::UnsupportedSyntax("a `for` with an unknown condition".into()))),
            }
            let result = self.evaluate(inner, &each.result);
            match &each.result_key {
                None => items.push(result),
                Some(key) => gather(&mut entries, keyed(self.evaluate(inner, key)), result, each.group),
            }
        }
        self.bound(match each.result_key {
            None => Node::new(Value::List(Arc::new(List { items, open })), span),
            Some(_) => {
                let open = open.or_else(|| unseen_key(&entries));
                Node::new(Value::Map(Arc::new(Map { entries, open })), span)
            }
        })
    }

    /// Works out a named value once; a name that needs itself is an unknown.
    pub(super) fn once(&self, instance: &Rc<Instance>, name: &str, span: Span, make: impl FnOnce() -> Node) -> Node {
        if let Some(known) = instance.known.borrow().get(name) {
            let cycle = || Node::unknown(Why::UnsupportedSyntax(format!("`{name}`, which needs itself,").into()), span);
            return known.clone().unwrap_or_else(cycle);
        }
        instance.known.borrow_mut().insert(name.into(), None);
        let node = make();
        instance.known.borrow_mut().insert(name.into(), Some(node.clone()));
        node
    }
}

/// Keys are texts, whatever scalar they are written as.
fn keyed(key: Node) -> Node {
    match text_of(&key) {
        Some(text) => Node { value: Value::Str(text), ..key },
        None => key,
    }
}

/// A key that is not known may be any key.
fn unseen_key(entries: &[Entry]) -> Option<Why> {
    let unseen = entries.iter().any(|entry| entry.key.as_str().is_none());
    unseen.then(|| Why::Element("an object with a computed key".into()))
}

fn gather(entries: &mut Vec<Entry>, key: Node, value: Node, group: bool) {
    if !group {
        return entries.push(Entry { key, value });
    }
    let known = key.as_str().map(str::to_owned);
    let found = entries.iter_mut().find(|entry| known.is_some() && entry.key.as_str() == known.as_deref());
    match found.map(|entry| &mut entry.value.value) {
        Some(Value::List(list)) => Arc::make_mut(list).items.push(value),
        _ => {
            let span = value.span;
            entries.push(Entry { key, value: Node::list(vec![value], span) });
        }
    }
}

/// Pairs of key and value, and why there may be more.
pub(super) type Members = (Vec<(Node, Node)>, Option<Why>);

/// Members of a collection with their keys or indices, and whether there may be more.
pub(super) fn members(over: &Node, span: Span) -> Option<Members> {
    if let Some(one) = each_of(over) {
        let set: Arc<str> = super::value::set_of(one).unwrap_or_else(|| "collection".into());
        let key = Node::unknown(Why::Element(set.clone()), span);
        return Some((vec![(key, one.clone())], Some(Why::Element(set))));
    }
    match &over.value {
        Value::List(list) => {
            let index = |at: usize| Node::new(Value::Int(at as i64), span);
            Some((
                list.items.iter().enumerate().map(|(at, item)| (index(at), item.clone())).collect(),
                list.open.clone(),
            ))
        }
        Value::Map(map) => {
            // The last one of a key counts, and Terraform goes through objects in the order of their keys.
            let mut seen = BTreeSet::new();
            let last = |entry: &&Entry| entry.key.as_str().is_none_or(|key| seen.insert(key.to_owned()));
            let kept = map.entries.iter().rev().filter(last);
            let mut pairs: Vec<(Node, Node)> = kept.map(|entry| (entry.key.clone(), entry.value.clone())).collect();
            pairs.reverse();
            if map.open.is_none() {
                pairs.sort_by(|a, b| a.0.as_str().cmp(&b.0.as_str()));
            }
            Some((pairs, map.open.clone()))
        }
        _ => None,
    }
}

/// `!inner`.
pub(super) fn negate(inner: &Node, span: Span) -> Node {
    match inner.as_bool() {
        Some(value) => Node::new(Value::Bool(!value), span),
        None => call("not", vec![inner.clone()], span),
    }
}

fn operate(operator: &str, left: Node, right: Node, span: Span) -> Node {
    match operator {
        "==" | "!=" => {
            let is = |node: Node| if operator == "==" { node } else { negate(&node, span) };
            return over_choice(&left, span, &mut |left| {
                over_choice(&right, span, &mut |right| is(equals(left, right, span)))
            });
        }
        "&&" | "||" => return junction(operator == "&&", left, right, span),
        _ => {}
    }
    let truth = |value: bool| Node::new(Value::Bool(value), span);
    let (Some(a), Some(b)) = (number(&left), number(&right)) else {
        return call(&format!("tf:{operator}"), vec![left, right], span);
    };
    match operator {
        "<" => truth(a < b),
        "<=" => truth(a <= b),
        ">" => truth(a > b),
        ">=" => truth(a >= b),
        "+" => of_number(a + b, span),
        "-" => of_number(a - b, span),
        "*" => of_number(a * b, span),
        "/" if b != 0.0 => of_number(a / b, span),
        "%" if b != 0.0 => of_number(a % b, span),
        _ => failed("a division by zero", span),
    }
}

/// `left == right`.
pub(super) fn equals(left: &Node, right: &Node, span: Span) -> Node {
    match equal(left, right) {
        Some(value) => Node::new(Value::Bool(value), span),
        None => call("equals", vec![left.clone(), right.clone()], span),
    }
}

fn junction(and: bool, left: Node, right: Node, span: Span) -> Node {
    let decides = |node: &Node| node.as_bool() == Some(!and);
    let drops = |node: &Node| node.as_bool() == Some(and);
    match (&left, &right) {
        (one, _) | (_, one) if decides(one) => Node { span, ..one.clone() },
        (neutral, other) | (other, neutral) if drops(neutral) => Node { span, ..other.clone() },
        _ => call(if and { "and" } else { "or" }, vec![left, right], span),
    }
}

/// The value seen through a name.
pub(super) fn through_name(node: Node, span: Span) -> Node {
    node.through(span, Via::Name)
}
