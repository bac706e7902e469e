//! Expressions become values: lazily, each name once, with fuel.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::access::{each_arm, member, why_of};
use super::frame::{Frame, Kind, LocalKind, Scope};
use super::fuel::{Fuel, INSTANCES, is_small};
use super::functions;
use super::library::Library;
use super::modules::ModuleBody;
use super::resources::Instance;
use super::template::{Expr, ExprKind, Item, Property, Repeat};
use crate::ir::{Address, Cond, Entry, Gap, Hides, List, Map, Node, Value, Why};
use crate::source::{SourceId, Span};

/// The instances of one declaration.
pub type Instances = Rc<Vec<Rc<Instance>>>;

/// The evaluation of one deployment.
pub struct Evaluation<'a> {
    /// Where templates come from.
    pub library: &'a Library<'a>,
    /// The deployment's name, with which all symbols begin.
    pub name: Arc<str>,
    /// What was not understood.
    pub gaps: RefCell<Vec<Gap>>,
    /// Values of outputs and parameters that ask for credentials.
    pub asked: RefCell<Vec<(Node, Cond)>>,
    /// Where modules and nested deployments are written, by their addresses without keys.
    pub calls: RefCell<BTreeMap<Arc<str>, Span>>,
    /// All bodies are evaluated, not only those that can decide about pulls or that such a one reads.
    pub whole: bool,
    /// Modules that are not looked into, by the canonical text of their names.
    pub closed: Vec<String>,
    pub(super) fuel: Fuel,
    /// Values of names; nothing while one is being evaluated.
    pub(super) values: RefCell<HashMap<(usize, Kind, usize), Option<Node>>>,
    /// Instances of declarations; nothing while they are being found.
    pub(super) unfolded: RefCell<HashMap<(usize, usize), Option<Instances>>>,
    pub(super) instances: RefCell<HashMap<Address, Rc<Instance>>>,
    pub(super) modules: RefCell<HashMap<Address, Option<Rc<ModuleBody>>>>,
    pub(super) imports: RefCell<BTreeMap<SourceId, Rc<Frame>>>,
    pub(super) frames: Cell<usize>,
}

/// One member of a collection that a loop runs over.
pub struct Turn {
    /// The member.
    pub item: Node,
    /// Its index.
    pub index: Node,
    /// The instance; the text of the collection when it isn't known.
    pub key: crate::ir::Key,
    /// When it is there.
    pub there: Cond,
}

impl<'a> Evaluation<'a> {
    /// The evaluation of the deployment `name`.
    pub fn new(library: &'a Library<'a>, name: Arc<str>) -> Evaluation<'a> {
        Evaluation {
            library,
            name,
            gaps: RefCell::default(),
            asked: RefCell::default(),
            calls: RefCell::default(),
            whole: false,
            closed: Vec::new(),
            fuel: Fuel::default(),
            values: RefCell::default(),
            unfolded: RefCell::default(),
            instances: RefCell::default(),
            modules: RefCell::default(),
            imports: RefCell::default(),
            frames: Cell::default(),
        }
    }

    /// Counts something that was not understood, once for each place.
    pub fn gap(&self, why: Why, span: Span, hides: Option<Hides>) {
        let gap = Gap { why, span, hides };
        let mut gaps = self.gaps.borrow_mut();
        if !gaps.contains(&gap) {
            gaps.push(gap);
        }
    }

    /// An unknown that is counted.
    pub fn missing(&self, why: Why, span: Span) -> Node {
        self.gap(why.clone(), span, None);
        Node::unknown(why, span)
    }

    /// The value of an expression.
    pub fn value(&self, expr: &Expr, scope: &Scope) -> Node {
        let _level = match self.fuel.enter() {
            Ok(level) => level,
            Err(limit) => return self.missing(Why::LimitReached(limit.into()), expr.span),
        };
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => Node::null(span),
            ExprKind::Bool(value) => Node::new(Value::Bool(*value), span),
            ExprKind::Int(value) => Node::new(Value::Int(*value), span),
            ExprKind::Float(value) => Node::new(Value::Float(*value), span),
            ExprKind::Text(text) => Node::text(text.clone(), span),
            ExprKind::Interpolation(pieces) => {
                functions::joined(pieces.iter().map(|piece| self.value(piece, scope)).collect(), span)
            }
            ExprKind::List(items) => self.list(items, span, scope),
            ExprKind::Object(properties) => self.object(properties, span, scope),
            ExprKind::For(repeat, condition, body) => {
                self.property_loop(repeat, condition.as_deref(), body, span, scope)
            }
            ExprKind::Name(name) => self.name(name, span, scope),
            ExprKind::Property { base, key, safe, from_end } => self.property(base, key, *safe, *from_end, span, scope),
            ExprKind::Nested(parent, name) => self.nested(parent, name, span, scope),
            ExprKind::Call(name, arguments) => self.call(name, arguments, span, scope),
            ExprKind::Method(base, name, arguments) => self.method(base, name, arguments, span, scope),
            ExprKind::Lambda(..) => self.missing(Why::UnsupportedSyntax("a lambda outside of a call".into()), span),
            ExprKind::Lost(why) => self.missing(why.clone(), span),
        }
    }

    /// The value, unless it has grown beyond what readers can bear.
    pub(super) fn bounded(&self, node: Node) -> Node {
        match is_small(&node) {
            true => node,
            false => self.missing(Why::LimitReached("the size of a value".into()), node.span),
        }
    }

    fn list(&self, items: &[Item], span: Span, scope: &Scope) -> Node {
        let mut list = List::default();
        for item in items {
            let value = self.value(&item.value, scope);
            match &value.value {
                Value::List(inner) if item.spread => {
                    list.items.extend(inner.items.iter().cloned());
                    list.open = list.open.or_else(|| inner.open.clone());
                }
                _ if item.spread => list.open = list.open.or_else(|| Some(reason(&value))),
                _ => list.items.push(value),
            }
        }
        Node::new(Value::List(Arc::new(list)), span)
    }

    fn object(&self, properties: &[Property], span: Span, scope: &Scope) -> Node {
        let mut done = Vec::new();
        let mut entries = Vec::new();
        for property in properties {
            let value = self.value(&property.value, scope);
            if property.spread {
                done.push(Node::map(std::mem::take(&mut entries), span));
                done.push(value);
            } else {
                entries.push(Entry { key: self.value(&property.key, scope), value });
            }
        }
        let last = Node::map(entries, span);
        if done.is_empty() {
            return last;
        }
        done.push(last);
        functions::merge(&done, false, span)
    }

    fn property_loop(&self, repeat: &Repeat, condition: Option<&Expr>, body: &Expr, span: Span, scope: &Scope) -> Node {
        let mut list = List::default();
        for turn in self.turns(repeat, scope) {
            let inner = scope_of(repeat, &turn, scope);
            let kept = condition.map_or(Cond::Always, |condition| Cond::of(&self.value(condition, &inner)));
            let there = Cond::all([turn.there.clone(), kept]);
            if there == Cond::Never {
                continue;
            }
            if there != Cond::Always || matches!(turn.key, crate::ir::Key::Each(_)) {
                list.open = list.open.or_else(|| why_of(&turn.item).or(Some(Why::Element("…".into()))));
            }
            list.items.push(self.value(body, &inner));
        }
        self.bounded(Node::new(Value::List(Arc::new(list)), span))
    }

    /// The members of a collection that a loop runs over; one stands for all when they are not known.
    pub(super) fn turns(&self, repeat: &Repeat, scope: &Scope) -> Vec<Turn> {
        if let Some(turns) = self.counted(repeat, scope) {
            return turns;
        }
        let over = self.value(&repeat.over, scope);
        let mut turns = Vec::new();
        self.turns_of(&over, Cond::Always, repeat.over.span, &mut turns);
        turns
    }

    /// `range(0, count)` is not unfolded to a list first: the count may be a million.
    fn counted(&self, repeat: &Repeat, scope: &Scope) -> Option<Vec<Turn>> {
        let ExprKind::Call(name, arguments) = &repeat.over.kind else { return None };
        let ("range", [from, count]) = (name.to_ascii_lowercase().as_str(), arguments.as_slice()) else { return None };
        let span = repeat.over.span;
        let (from, count) = (self.value(from, scope), self.value(count, scope));
        match (&from.value, &count.value) {
            (Value::Int(_), Value::Int(count)) if *count > INSTANCES as i64 => Some(vec![self.too_many(*count, span)]),
            (Value::Int(from), Value::Int(count)) => {
                let index = |at: i64| Node::new(Value::Int(at), span);
                let turn = |at| Turn {
                    item: index(from.saturating_add(at)),
                    index: index(at),
                    key: crate::ir::Key::Int(at),
                    there: Cond::Always,
                };
                Some((0..*count).map(turn).collect())
            }
            // `range(0, length(x))` runs over `x`: the index of both spellings is the same.
            (Value::Int(0), Value::Call(name, of)) if &**name == "length" => {
                let over = super::canonical::canonical(of.first()?);
                let mut turn = each(&over, reason(&count), span);
                turn.item = turn.index.clone();
                Some(vec![turn])
            }
            (Value::Int(0), Value::Choice(choice)) => {
                let mut turns = Vec::new();
                self.either(
                    &counted_list(&choice.yes, span)?,
                    &counted_list(&choice.no, span)?,
                    &choice.on,
                    span,
                    &mut turns,
                );
                Some(turns)
            }
            _ => None,
        }
    }

    fn too_many(&self, count: i64, span: Span) -> Turn {
        let why = Why::LimitReached("instances of a loop".into());
        self.gap(why.clone(), span, None);
        let mut turn = each(&format!("range(0,{count})"), why, span);
        turn.item = turn.index.clone();
        turn
    }

    fn turns_of(&self, over: &Node, there: Cond, span: Span, turns: &mut Vec<Turn>) {
        match &over.value {
            Value::List(list) if list.open.is_none() && list.items.len() <= INSTANCES => {
                for (at, item) in list.items.iter().enumerate() {
                    let index = Node::new(Value::Int(at as i64), span);
                    turns.push(Turn {
                        item: item.clone(),
                        index,
                        key: crate::ir::Key::Int(at as i64),
                        there: there.clone(),
                    });
                }
            }
            Value::Choice(choice) if is_listed(&choice.yes) && is_listed(&choice.no) => {
                self.either(&choice.yes, &choice.no, &choice.on, span, turns);
            }
            Value::Null => {}
            Value::Call(name, arguments) if &**name == "range" && is_huge(arguments) => {
                turns.push(self.too_many(arguments.get(1).and_then(count_of).unwrap_or(i64::MAX), span));
            }
            _ => {
                let mut turn = each(&super::canonical::canonical(over), reason(over), span);
                if let Value::Call(name, arguments) = &over.value
                    && &**name == "range"
                    && arguments.first().is_some_and(|from| matches!(from.value, Value::Int(0)))
                {
                    turn.item = turn.index.clone();
                }
                turns.push(turn);
            }
        }
    }

    /// A loop over one of two lists: each index is there when the list that is picked is long enough.
    fn either(&self, yes: &Node, no: &Node, on: &Cond, span: Span, turns: &mut Vec<Turn>) {
        let items = |node: &Node| node.as_list().map(|list| list.items.clone()).unwrap_or_default();
        let (yes, no) = (items(yes), items(no));
        for at in 0..yes.len().max(no.len()).min(INSTANCES) {
            let (item, there) = match (yes.get(at), no.get(at)) {
                (Some(yes), Some(no)) => (Node::choice(on.clone(), yes.clone(), no.clone(), span), Cond::Always),
                (Some(yes), None) => (yes.clone(), on.clone()),
                (None, Some(no)) => (no.clone(), on.negate()),
                (None, None) => continue,
            };
            let index = Node::new(Value::Int(at as i64), span);
            turns.push(Turn { item, index, key: crate::ir::Key::Int(at as i64), there });
        }
    }

    fn property(&self, base: &Expr, key: &Expr, safe: bool, from_end: bool, span: Span, scope: &Scope) -> Node {
        let key = self.value(key, scope);
        if let Some(node) = self.indexed(base, &key, span, scope) {
            return node;
        }
        if let Some(node) = self.namespaced(base, &key, span, scope) {
            return node;
        }
        let base = self.value(base, scope);
        if safe && let Some(instance) = self.instance_of(&base).filter(|it| it.own != Cond::Always) {
            // `maybe.?outputs` is `null` when there is no deployment.
            let found = self.member_of(&base, &key, true, span);
            return Node::choice(instance.own.clone(), found, Node::null(span), span);
        }
        if from_end {
            return match (&base.value, &key.value) {
                (Value::List(list), Value::Int(back)) if list.open.is_none() => {
                    let at = list.items.len() as i64 - back;
                    member(&base, &Node::new(Value::Int(at), span), safe, span)
                }
                _ => Node::unknown(reason(&base), span),
            };
        }
        self.member_of(&base, &key, safe, span)
    }

    /// A member, of resources and modules too.
    pub(super) fn member_of(&self, base: &Node, key: &Node, safe: bool, span: Span) -> Node {
        if self.fuel.spend(1).is_err() {
            return Node::unknown(Why::LimitReached("evaluation steps".into()), span);
        }
        match &base.value {
            Value::Ref(reference) => match key.as_str().and_then(|key| self.of_resource(reference, key, span)) {
                Some(found) => found,
                None => member(base, key, safe, span),
            },
            Value::Choice(choice) => super::access::item_of_loop(base, key, span)
                .unwrap_or_else(|| each_arm(choice, span, |arm| self.member_of(arm, key, safe, span))),
            _ => member(base, key, safe, span),
        }
    }

    fn method(&self, base: &Expr, name: &Arc<str>, arguments: &[Expr], span: Span, scope: &Scope) -> Node {
        if let ExprKind::Name(namespace) = &base.kind {
            let declared = self.is_declared(namespace, scope);
            if !declared && ["az", "sys"].contains(&&**namespace) {
                return self.builtin(name, arguments, span, scope);
            }
            if let Some(node) = self.imported_call(namespace, name, arguments, span, scope) {
                return node;
            }
        }
        let base = self.value(base, scope);
        match &base.value {
            Value::Ref(_) if name.eq_ignore_ascii_case("getSecret") => {
                Node::unknown(Why::External("getSecret()".into()), span).secret()
            }
            Value::Ref(_) => member(&base, &Node::text(format!("{name}()"), span), false, span),
            _ => self.missing(Why::UnsupportedCall(name.clone()), span),
        }
    }

    /// The scope of a user's function and its arguments.
    pub(super) fn user_call(
        &self,
        frame: &Rc<Frame>,
        at: usize,
        arguments: &[Expr],
        span: Span,
        scope: &Scope,
    ) -> Node {
        let template = frame.loaded.template.clone();
        let Some(function) = template.functions.get(at) else {
            return self.missing(Why::UnsupportedCall("function".into()), span);
        };
        let values = arguments.iter().map(|argument| self.value(argument, scope));
        let bound = function.parameters.iter().zip(values);
        let inner =
            bound.fold(Scope::of(frame), |inner, (name, value)| inner.with(LocalKind::Name(name.clone()), value));
        self.bounded(self.value(&function.body, &inner))
    }
}

/// The names inside of a loop.
pub fn scope_of(repeat: &Repeat, turn: &Turn, scope: &Scope) -> Scope {
    let scope = scope.named(repeat.item.as_ref(), &turn.item).named(repeat.index.as_ref(), &turn.index);
    scope.with(LocalKind::Loop(repeat.label.clone()), turn.index.clone())
}

/// The arguments of a `range` that was not unfolded because it is too long.
fn is_huge(arguments: &[Node]) -> bool {
    arguments.iter().all(|argument| count_of(argument).is_some())
}

fn count_of(node: &Node) -> Option<i64> {
    match node.value {
        Value::Int(count) => Some(count),
        _ => None,
    }
}

fn is_listed(node: &Node) -> bool {
    node.as_list().is_some_and(|list| list.open.is_none())
}

/// `count` as a list of indices, when it is known and small.
fn counted_list(count: &Node, span: Span) -> Option<Node> {
    match count.value {
        Value::Int(count) if count <= INSTANCES as i64 => {
            Some(Node::list((0..count).map(|at| Node::new(Value::Int(at), span)).collect(), span))
        }
        _ => None,
    }
}

fn each(over: &str, why: Why, span: Span) -> Turn {
    Turn {
        item: Node::symbol(why.clone(), format!("each:{over}"), span),
        index: Node::symbol(why, format!("each:{over}#index"), span),
        key: crate::ir::Key::Each(over.into()),
        there: Cond::Always,
    }
}

/// Why a value is not known enough.
pub fn reason(node: &Node) -> Why {
    why_of(node).unwrap_or_else(|| Why::UnsupportedSyntax("a value of another type".into()))
}

/// An object that may have further members.
pub fn opened(node: &Node, why: Why) -> Node {
    let Value::Map(map) = &node.value else { return node.clone() };
    let entries =
        map.entries.iter().map(|entry| Entry { key: entry.key.clone(), value: opened(&entry.value, why.clone()) });
    Node { value: Value::Map(Arc::new(Map { entries: entries.collect(), open: Some(why) })), ..node.clone() }
}
