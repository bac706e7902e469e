//! Expressions become values. Names are looked up only when somebody asks; what was worked out is kept.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::functions;
use super::keys::{gather, keyed, members, open_groups, shade, unseen_key, wider};
use super::scope::{Instance, Names, Scope};
use crate::frontend::template::Templates;
use crate::frontend::terraform::plan::Beside;
use crate::frontend::terraform::sources::config::Folders;
use crate::frontend::terraform::value::{
    call, choose, equal, failure, is_bounded, known, limit, negate, number, of_number, over_choice, refused, text_of,
    text_of_pieces,
};
use crate::ir::{Cond, Entry, Gap, List, Map, Node, Step as AddressStep, Value, Why};
use crate::source::{Span, Store, Via};
use crate::syntax::hcl::{Expr, ExprKind, For, Piece, TemplateFor};

/// Expressions within expressions, and names that lead to further expressions.
const DEEPEST: u32 = 400;
/// Evaluations in one deployment.
const FUEL: u64 = 2_000_000;

/// The evaluation of one deployment.
pub struct Session<'a> {
    pub store: &'a Store,
    pub folders: &'a Folders,
    pub deployment: Arc<str>,
    /// What a plan knows.
    pub beside: Option<&'a Beside<'a>>,
    pub instances: RefCell<BTreeMap<Vec<AddressStep>, Rc<Instance>>>,
    pub gaps: RefCell<Vec<Gap>>,
    /// Where modules are called, by their addresses without keys.
    pub calls: RefCell<BTreeMap<Arc<str>, Span>>,
    pub templates: &'a Templates<'a>,
    pub embedded: crate::frontend::terraform::embedded::Known,
    /// Values that ask for credentials, in templates that are deployed.
    pub asked: RefCell<Vec<(Node, Cond)>>,
    fuel: Cell<u64>,
    depth: Cell<u32>,
}

impl<'a> Session<'a> {
    /// A new session for the deployment of this name.
    pub fn new(templates: &'a Templates<'a>, folders: &'a Folders, deployment: Arc<str>) -> Session<'a> {
        Session {
            store: templates.store(),
            templates,
            embedded: Default::default(),
            asked: RefCell::default(),
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
    pub fn gap(&self, gap: Gap) {
        let mut gaps = self.gaps.borrow_mut();
        if !gaps.iter().any(|other| other.span == gap.span && other.why == gap.why) {
            gaps.push(gap);
        }
    }

    /// An unknown that is the same wherever this name stands in the deployment.
    pub fn symbol(&self, why: Why, name: &str, span: Span) -> Node {
        Node::symbol(why, format!("{}#{name}", self.deployment), span)
    }

    /// The value of an expression.
    pub fn evaluate(&self, scope: Scope<'_>, expr: &Expr) -> Node {
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
    pub fn bound(&self, node: Node) -> Node {
        if is_bounded(&node) { node } else { limit("value size", node.span) }
    }

    fn conditional(&self, scope: Scope<'_>, parts: &(Expr, Expr, Expr), span: Span) -> Node {
        let on = self.evaluate(scope, &parts.0);
        if failure(&on).is_some() {
            return on;
        }
        if on.is_null() {
            return refused("null as a condition", span);
        }
        match Cond::of(&on) {
            Cond::Always => beside(self.evaluate(scope, &parts.1), &parts.2),
            Cond::Never => beside(self.evaluate(scope, &parts.2), &parts.1),
            cond => self.bound(choose(cond, self.evaluate(scope, &parts.1), self.evaluate(scope, &parts.2), span)),
        }
    }

    fn object(&self, scope: Scope<'_>, members: &[(Expr, Expr)], span: Span) -> Node {
        let entry = |(key, value): &(Expr, Expr)| Entry {
            key: keyed(self.evaluate(scope, key)),
            value: self.evaluate(scope, value),
        };
        let mut entries: Vec<Entry> = members.iter().map(entry).collect();
        if let Some(failed) = entries.iter().map(|entry| &entry.key).find(|key| failure(key).is_some()) {
            return failed.clone();
        }
        shade(&mut entries);
        let open = unseen_key(&entries);
        self.bound(Node::new(Value::Map(Arc::new(Map { entries, open })), span))
    }

    /// A template. One that is a single `${…}` is the value itself, of whatever type.
    pub fn template(&self, scope: Scope<'_>, pieces: &[Piece], span: Span) -> Node {
        if let [Piece::Value(only)] = pieces {
            let value = self.evaluate(scope, only);
            return if failure(&value).is_some() { value } else { Node { span, ..value } };
        }
        let mut parts = Vec::new();
        for piece in pieces {
            let part = match piece {
                Piece::Text(text, span) => Node::text(text.clone(), *span),
                Piece::Value(expr) => self.evaluate(scope, expr),
                Piece::For(each) => self.template_for(scope, each, span),
                Piece::If(on, yes, no) => {
                    let cond = Cond::of(&self.evaluate(scope, on));
                    choose(cond, self.template(scope, yes, on.span), self.template(scope, no, on.span), span)
                }
            };
            match failure(&part) {
                Some(_) => return part,
                None if part.is_null() => return refused("null in a template", span),
                None if matches!(part.value, Value::List(_) | Value::Map(_)) => {
                    return refused("a collection in a template", span);
                }
                None => parts.push(part),
            }
        }
        self.bound(text_of_pieces(parts, span))
    }

    /// What a template writes for each member. A collection that isn't seen whole gives a text that isn't known.
    fn template_for(&self, scope: Scope<'_>, each: &TemplateFor, span: Span) -> Node {
        let over = self.evaluate(scope, &each.over);
        over_choice(&over, span, &mut |over| {
            if failure(over).is_some() {
                return over.clone();
            }
            let unseen = |why: Option<Why>| {
                let why = why.unwrap_or_else(|| Why::Element("a collection".into()));
                Node::unknown(why, span)
            };
            let (members, open) = match members(over, span) {
                Some(members) => members,
                None => return unseen(over.why().cloned()),
            };
            if open.is_some() {
                return unseen(open);
            }
            let written = members.into_iter().map(|(key, value)| {
                let outer = Names { name: each.key.as_deref().unwrap_or_default(), value: key, outer: scope.names };
                let names = Names { name: &each.item, value, outer: Some(&outer) };
                self.template(Scope { names: Some(&names), ..scope }, &each.pieces, span)
            });
            let written: Vec<Node> = written.collect();
            let failed = written.iter().find(|part| failure(part).is_some()).cloned();
            failed.unwrap_or_else(|| self.bound(text_of_pieces(written, span)))
        })
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
            if known(over) {
                return refused("a `for` over what is no collection", span);
            }
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
            let key = each.result_key.as_ref().map(|key| keyed(self.evaluate(inner, key)));
            if let Some(failed) = key.as_ref().filter(|key| failure(key).is_some()) {
                return failed.clone();
            }
            let twice = |key: &Node| entries.iter().any(|entry| entry.key.as_str() == key.as_str());
            if kept == Cond::Always
                && open.is_none()
                && !each.group
                && key.as_ref().is_some_and(|key| key.as_str().is_some() && twice(key))
            {
                return refused("a key that is there twice", span);
            }
            match key {
                None => items.push(result),
                // A member that may be left out is not shown: whoever finds it would take it for there.
                Some(_) if kept != Cond::Always => {}
                Some(key) => gather(&mut entries, key, result, each.group),
            }
        }
        self.bound(match each.result_key {
            None => Node::new(Value::List(Arc::new(List { items, open })), span),
            Some(_) => {
                if each.group {
                    open_groups(&mut entries, open.as_ref());
                }
                let open = wider(unseen_key(&entries), open);
                Node::new(Value::Map(Arc::new(Map { entries, open })), span)
            }
        })
    }

    /// Works out a named value once; a name that needs itself is an unknown.
    pub fn once(&self, instance: &Rc<Instance>, name: &str, span: Span, make: impl FnOnce() -> Node) -> Node {
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

/// Both arms of a condition have one type: beside a text a number becomes one.
fn beside(value: Node, other: &Expr) -> Node {
    let scalar = matches!(value.value, Value::Int(_) | Value::Float(_) | Value::Bool(_));
    let text = match &other.kind {
        ExprKind::Text(_) => true,
        ExprKind::Template(pieces) => pieces.len() > 1,
        _ => false,
    };
    match text_of(&value).filter(|_| scalar && text) {
        Some(text) => Node { value: Value::Str(text), ..value },
        None => value,
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
        if known(&left) && known(&right) {
            return refused("a number that is none", span);
        }
        return call(&format!("tf:{operator}"), vec![left, right], span);
    };
    if let (Value::Int(a), Value::Int(b)) = (&left.value, &right.value) {
        let exact = match operator {
            "+" => a.checked_add(*b),
            "-" => a.checked_sub(*b),
            "*" => a.checked_mul(*b),
            "%" => a.checked_rem(*b),
            _ => None,
        };
        if let Some(exact) = exact {
            return Node::new(Value::Int(exact), span);
        }
    }
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
        // Terraform makes it an infinite number, which is good for nothing but isn't refused yet.
        _ => call(&format!("tf:{operator}"), vec![left, right], span),
    }
}

/// `left == right`.
pub fn equals(left: &Node, right: &Node, span: Span) -> Node {
    match equal(left, right) {
        Some(value) => Node::new(Value::Bool(value), span),
        None => call("equals", vec![left.clone(), right.clone()], span),
    }
}

/// `left && right`, `left || right`.
pub fn junction(and: bool, left: Node, right: Node, span: Span) -> Node {
    let decides = |node: &Node| node.as_bool() == Some(!and);
    let drops = |node: &Node| node.as_bool() == Some(and);
    match (&left, &right) {
        (one, _) | (_, one) if decides(one) => Node { span, ..one.clone() },
        (neutral, other) | (other, neutral) if drops(neutral) => Node { span, ..other.clone() },
        _ => call(if and { "and" } else { "or" }, vec![left, right], span),
    }
}

/// The value seen through a name.
pub fn through_name(node: Node, span: Span) -> Node {
    node.through(span, Via::Name)
}
