//! What a name stands for: loop variables, parameters, variables, resources, modules, imports.

use std::rc::Rc;
use std::sync::Arc;

use super::access::each_arm;
use super::evaluate::Evaluation;
use super::frame::{Frame, Given, Kind, Loaded, Scope};
use super::scope::Place;
use super::template::{Expr, ExprKind, TargetScope, What};
use crate::ir::{Address, Cond, Key, List, Node, Ref, Target, Value, Why};
use crate::source::{Span, Via};

impl Evaluation<'_> {
    /// A bare name.
    pub(super) fn name(&self, name: &Arc<str>, span: Span, scope: &Scope) -> Node {
        if let Some(local) = scope.local(name) {
            return local.clone().through(span, Via::Name);
        }
        let loaded = &scope.frame.loaded;
        if let Some(at) = loaded.find(Kind::Parameter, name) {
            return self.parameter(&scope.frame, at).through(span, Via::Parameter);
        }
        if let Some(at) = loaded.find(Kind::Variable, name) {
            return self.variable(&scope.frame, at).through(span, Via::Name);
        }
        if let Some(at) = loaded.find(Kind::Resource, name) {
            return self.symbol(&scope.frame, at, span);
        }
        if let Some((_, from, exported)) = loaded.imports.iter().find(|(own, ..)| own == name) {
            return self.exported(from, exported, span);
        }
        self.missing(self.unresolved(loaded, name), span)
    }

    fn unresolved(&self, loaded: &Loaded, name: &Arc<str>) -> Why {
        let path = loaded.unresolved.iter().find(|(names, _)| names.contains(name)).map(|(_, path)| path.clone());
        path.map_or_else(|| Why::UnresolvedName(name.clone()), Why::UnresolvedModule)
    }

    /// Whether something else than a namespace has this name.
    pub(super) fn is_declared(&self, name: &str, scope: &Scope) -> bool {
        let declared = |kind| scope.frame.loaded.find(kind, name).is_some();
        scope.local(name).is_some() || [Kind::Parameter, Kind::Variable, Kind::Resource].into_iter().any(declared)
    }

    /// A variable that another file exports.
    fn exported(&self, from: &Arc<Loaded>, name: &Arc<str>, span: Span) -> Node {
        let frame = self.imported(from);
        match from.find(Kind::Variable, name) {
            Some(at) => self.variable(&frame, at).through(span, Via::Name),
            None => self.missing(Why::UnresolvedName(name.clone()), span),
        }
    }

    /// The frame in which what a file exports is evaluated.
    fn imported(&self, from: &Arc<Loaded>) -> Rc<Frame> {
        let source = from.template.source;
        if let Some(frame) = self.imports.borrow().get(&source) {
            return frame.clone();
        }
        let place = Place::chosen(&self.name, TargetScope::Group, Span::file(source));
        let frame = self.frame(from.clone(), Address::root(self.name.clone()), place, Given::Import);
        let frame = Rc::new(frame);
        self.imports.borrow_mut().insert(source, frame.clone());
        frame
    }

    /// A frame that nothing deploys.
    pub(super) fn frame(&self, loaded: Arc<Loaded>, address: Address, place: Place, given: Given) -> Frame {
        let number = self.frames.get();
        self.frames.set(number + 1);
        Frame { number, loaded, address, deployed: Cond::Always, place, given, outer: None, parent: None, name: None }
    }

    /// `alias.name` of `import * as alias`.
    pub(super) fn namespaced(&self, base: &Expr, key: &Node, span: Span, scope: &Scope) -> Option<Node> {
        let ExprKind::Name(alias) = &base.kind else { return None };
        if scope.local(alias).is_some() {
            return None;
        }
        let (_, from) = scope.frame.loaded.namespaces.iter().find(|(own, _)| own == alias)?;
        let Value::Str(name) = &key.value else { return None };
        Some(self.exported(from, name, span))
    }

    /// `alias.name(…)` of `import * as alias`.
    pub(super) fn imported_call(
        &self,
        alias: &str,
        name: &str,
        arguments: &[Expr],
        span: Span,
        scope: &Scope,
    ) -> Option<Node> {
        let (_, from) = scope.frame.loaded.namespaces.iter().find(|(own, _)| &**own == alias)?;
        let at = from.find(Kind::Function, name)?;
        Some(self.user_call(&self.imported(from), at, arguments, span, scope))
    }

    /// A user's function, own or imported.
    pub(super) fn own_call(&self, name: &str, arguments: &[Expr], span: Span, scope: &Scope) -> Option<Node> {
        let loaded = &scope.frame.loaded;
        if let Some(at) = loaded.find(Kind::Function, name) {
            return Some(self.user_call(&scope.frame, at, arguments, span, scope));
        }
        let (_, from, exported) = loaded.imports.iter().find(|(own, ..)| &**own == name)?;
        let at = from.find(Kind::Function, exported)?;
        Some(self.user_call(&self.imported(from), at, arguments, span, scope))
    }

    /// Evaluates once; a name that needs itself is a limit that was reached.
    fn once(&self, frame: &Frame, kind: Kind, at: usize, span: Span, of: impl FnOnce() -> Node) -> Node {
        let slot = (frame.number, kind, at);
        let known = self.values.borrow().get(&slot).cloned();
        match known {
            Some(Some(node)) => return node,
            Some(None) => return self.missing(Why::LimitReached("names that refer to themselves".into()), span),
            None => {}
        }
        self.values.borrow_mut().insert(slot, None);
        let node = self.bounded(of());
        self.values.borrow_mut().insert(slot, Some(node.clone()));
        node
    }

    /// A variable.
    pub(super) fn variable(&self, frame: &Rc<Frame>, at: usize) -> Node {
        let template = frame.loaded.template.clone();
        let Some(definition) = template.variables.get(at) else { return Node::null(Span::file(template.source)) };
        self.once(frame, Kind::Variable, at, definition.span, || self.value(&definition.value, &Scope::of(frame)))
    }

    /// An output.
    pub(super) fn output(&self, frame: &Rc<Frame>, at: usize) -> Node {
        let template = frame.loaded.template.clone();
        let Some(definition) = template.outputs.get(at) else { return Node::null(Span::file(template.source)) };
        let scope = Scope::of(frame).evaluated();
        self.once(frame, Kind::Output, at, definition.span, || {
            let value = self.value(&definition.value, &scope);
            let condition = definition
                .condition
                .as_ref()
                .map_or(Cond::Always, |condition| Cond::of(&self.value(condition, &scope)));
            Node::choice(condition, value, Node::null(definition.span), definition.span)
        })
    }

    /// A parameter: what the module's caller or the parameter file gives, else the default, else a symbol.
    pub(super) fn parameter(&self, frame: &Rc<Frame>, at: usize) -> Node {
        let template = frame.loaded.template.clone();
        let Some(parameter) = template.parameters.get(at) else { return Node::null(Span::file(template.source)) };
        self.once(frame, Kind::Parameter, at, parameter.span, || {
            let absent = || match (&parameter.default, parameter.nullable) {
                (Some(default), _) => self.value(default, &Scope::of(frame)),
                (None, true) => Node::null(parameter.span),
                (None, false) => self.without_value(frame, &parameter.name, parameter.span),
            };
            let value = match self.given(frame, &parameter.name, parameter.span) {
                Some(given) => filled(given, &absent),
                None => absent(),
            };
            if parameter.secure { value.secret() } else { value }
        })
    }

    fn without_value(&self, frame: &Frame, name: &Arc<str>, span: Span) -> Node {
        let symbol = match &frame.given {
            Given::Import => return Node::unknown(Why::UnresolvedName(name.clone()), span),
            _ if frame.parent.is_none() => format!("{}#param:{name}", self.name),
            _ => format!("{}#{:?}#param:{name}", self.name, frame.address.path),
        };
        Node::symbol(Why::Parameter(name.clone()), symbol, span)
    }

    fn given(&self, frame: &Frame, name: &str, span: Span) -> Option<Node> {
        match &frame.given {
            Given::Nothing | Given::Import => None,
            Given::Values(values) => {
                let (_, value) = values.iter().rev().find(|(own, _)| own.eq_ignore_ascii_case(name))?;
                Some(value.clone().through(span, Via::Parameter))
            }
            Given::Call(scope, declaration) => {
                let template = scope.frame.loaded.template.clone();
                let What::Module { parameters: Some(expr), .. } = &template.resources.get(*declaration)?.what else {
                    return None;
                };
                let value = self.argument(expr, name, &scope.evaluated())?;
                Some(value.through(span, Via::Module))
            }
        }
    }

    /// The argument for one parameter of a module. A key or an object that isn't known leaves all arguments open.
    pub(super) fn argument(&self, expr: &Expr, name: &str, scope: &Scope) -> Option<Node> {
        if let ExprKind::Object(properties) = &expr.kind {
            let literal = |property: &super::template::Property| {
                !property.spread && matches!(property.key.kind, ExprKind::Text(_))
            };
            if properties.iter().all(literal) {
                let named = |property: &&super::template::Property| matches!(&property.key.kind, ExprKind::Text(key) if key.eq_ignore_ascii_case(name));
                return properties.iter().rev().find(named).map(|property| self.value(&property.value, scope));
            }
        }
        let object = self.value(expr, scope);
        let found = self.member_of(&object, &Node::text(name, expr.span), true, expr.span);
        (!found.is_null()).then_some(found)
    }

    /// A resource or module by its symbol: a reference to all of it, a list of such for a loop.
    pub(super) fn symbol(&self, frame: &Rc<Frame>, at: usize, span: Span) -> Node {
        let template = frame.loaded.template.clone();
        let looped = template.resources.get(at).is_some_and(|declaration| declaration.repeat.is_some());
        if !looped {
            let label = frame.loaded.labels.get(at).cloned().unwrap_or_default();
            // The instance must be known by its address before the reference is followed.
            self.unfold(frame, at);
            return whole(Arc::new(frame.address.child(label, None)), span);
        }
        let instances = self.unfold(frame, at);
        let uncertain = instances.iter().any(|instance| instance.uncertain());
        let open =
            uncertain.then(|| Why::Element(template.resources.get(at).map(|it| it.symbol.clone()).unwrap_or_default()));
        let items = instances.iter().map(|instance| whole(instance.address.clone(), span)).collect();
        Node::new(Value::List(Arc::new(List { items, open })), span)
    }

    /// `symbol[index]` of a resource loop.
    pub(super) fn indexed(&self, base: &Expr, index: &Node, span: Span, scope: &Scope) -> Option<Node> {
        let ExprKind::Name(name) = &base.kind else { return None };
        let loaded = &scope.frame.loaded;
        if scope.local(name).is_some()
            || loaded.find(Kind::Parameter, name).or(loaded.find(Kind::Variable, name)).is_some()
        {
            return None;
        }
        let at = loaded.find(Kind::Resource, name)?;
        loaded.template.resources.get(at)?.repeat.as_ref()?;
        self.instance(&scope.frame, at, index, span)
    }

    /// The instance of a loop at an index, known or the loop's own.
    pub(super) fn instance(&self, frame: &Rc<Frame>, at: usize, index: &Node, span: Span) -> Option<Node> {
        let instances = self.unfold(frame, at);
        let fits = |key: &Option<Key>| match (key, &index.value) {
            (Some(Key::Int(own)), Value::Int(wanted)) => own == wanted,
            (Some(Key::Each(over)), Value::Unknown { sym: Some(sym), .. }) => {
                sym.0.strip_prefix("each:").and_then(|rest| rest.strip_suffix("#index")) == Some(&**over)
            }
            _ => false,
        };
        if let Some(instance) = instances.iter().find(|instance| fits(&instance.key)) {
            return Some(whole(instance.address.clone(), span));
        }
        if let Some(id) = self.id_at(frame, at, index) {
            return Some(Node::new(
                Value::Ref(Arc::new(Ref { target: Target::Id(Box::new(id)), path: Vec::new() })),
                span,
            ));
        }
        let label = frame.loaded.labels.get(at).cloned().unwrap_or_default();
        let address = frame.address.child(label.clone(), None);
        let symbol = format!("{}#{address}[{}]", self.name, super::canonical::canonical(index));
        Some(Node::symbol(Why::Element(label), symbol, span))
    }

    /// `parent::child`.
    pub(super) fn nested(&self, parent: &Expr, name: &Arc<str>, span: Span, scope: &Scope) -> Node {
        let loaded = &scope.frame.loaded;
        let declared = loaded.template.resources.iter().position(|declaration| {
            declaration.symbol == *name && declaration.parent.as_ref().is_some_and(|own| same_symbol(own, parent))
        });
        match declared.or_else(|| loaded.find(Kind::Resource, name)) {
            Some(at) => self.symbol(&scope.frame, at, span),
            None => self.missing(Why::UnresolvedName(name.clone()), span),
        }
    }
}

/// `null` given to a parameter means that nothing is given, also when a condition picks it.
fn filled(given: Node, absent: &dyn Fn() -> Node) -> Node {
    match &given.value {
        Value::Null => absent(),
        Value::Choice(choice) if choice.yes.is_null() || choice.no.is_null() => {
            Node { value: each_arm(choice, given.span, |arm| filled(arm.clone(), absent)).value, ..given }
        }
        _ => given,
    }
}

/// A reference to a resource as a whole.
pub fn whole(address: Arc<Address>, span: Span) -> Node {
    Node::new(Value::Ref(Arc::new(Ref { target: Target::Resource(address), path: Vec::new() })), span)
}

fn same_symbol(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Name(a), ExprKind::Name(b)) => a == b,
        (ExprKind::Nested(a, name), ExprKind::Nested(b, other)) => name == other && same_symbol(a, b),
        _ => false,
    }
}
