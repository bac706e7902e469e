//! Copies by `count` and `for_each`, module instances, variables and outputs.

use std::rc::Rc;
use std::sync::Arc;

use super::evaluate::Session;
use super::keys::members;
use super::scope::{Call, Copy, Instance, Scope};
use super::types::with_defaults;
use crate::frontend::terraform::sources::config::Module;
use crate::frontend::terraform::value::{MOST_MEMBERS, choose, each_of, failed, set_of, text_of, whole};
use crate::ir::{Address, Cond, Gap, Key, Node, Step, Value, Why};
use crate::source::{Span, Via};
use crate::syntax::hcl::{Block, Expr, ExprKind};

/// Modules within modules.
const DEEPEST_MODULE: usize = 24;
/// The limit of a module that leads back to itself.
pub const RING: &str = "modules within modules";
/// The limit of modules that are too many or too deep.
pub const TOO_MANY: &str = "module instances";
/// Module instances in one deployment.
const MOST_INSTANCES: usize = 10_000;

impl Session<'_> {
    /// The copies of a block; nothing when they are being worked out.
    pub fn copies(&self, instance: &Rc<Instance>, name: &str, block: &Block, span: Span) -> Option<Rc<Vec<Copy>>> {
        if let Some(known) = instance.copies.borrow().get(name) {
            return known.clone();
        }
        instance.copies.borrow_mut().insert(name.into(), None);
        let copies = self.unfold(instance, block, span);
        let copies = Rc::new(self.planned(instance, name, block, &copies).unwrap_or(copies));
        instance.copies.borrow_mut().insert(name.into(), Some(copies.clone()));
        Some(copies)
    }

    /// The copies that a plan has, where the configuration alone doesn't tell.
    fn planned(&self, instance: &Rc<Instance>, name: &str, block: &Block, copies: &[Copy]) -> Option<Vec<Copy>> {
        let sure = |copy: &Copy| copy.deployed == Cond::Always && !matches!(copy.key, Some(Key::Each(_)));
        if copies.iter().all(sure) {
            return None;
        }
        let keys = self.beside?.keys(&instance.address.path, name)?;
        let over = block.body.attribute("for_each").map(|over| (self.evaluate(Scope::of(instance), over), over.span));
        let copy = |key: Key| {
            let each_key = match &key {
                Key::Int(at) => Node::new(Value::Int(*at), block.head),
                Key::Str(text) | Key::Each(text) => Node::text(text.clone(), block.head),
            };
            let known = copies.iter().find(|copy| copy.key.as_ref() == Some(&key));
            let each_value = match (known, &over) {
                (Some(known), _) => known.each_value.clone(),
                (None, Some((over, span))) if over.as_list().is_none() => self.index(over, &each_key, *span),
                _ => each_key.clone(),
            };
            Copy { key: Some(key), each_key, each_value, deployed: Cond::Always }
        };
        Some(keys.into_iter().map(copy).collect())
    }

    fn unfold(&self, instance: &Rc<Instance>, block: &Block, span: Span) -> Vec<Copy> {
        let scope = Scope::of(instance);
        if let Some(count) = block.body.attribute("count") {
            let node = self.evaluate(scope, count);
            return self
                .counted(&node, &Cond::Always)
                .unwrap_or_else(|| vec![self.unknown_set(instance, &node, count)]);
        }
        if let Some(over) = block.body.attribute("for_each") {
            let node = self.evaluate(scope, over);
            return self.mapped(&node, &Cond::Always).unwrap_or_else(|| vec![self.unknown_set(instance, &node, over)]);
        }
        let nothing = failed("each", span);
        vec![Copy { key: None, each_key: nothing.clone(), each_value: nothing, deployed: Cond::Always }]
    }

    fn counted(&self, node: &Node, on: &Cond) -> Option<Vec<Copy>> {
        if let Value::Choice(choice) = &node.value {
            let yes = self.counted(&choice.yes, &Cond::all([on.clone(), choice.on.clone()]))?;
            let no = self.counted(&choice.no, &Cond::all([on.clone(), choice.on.negate()]))?;
            return Some(merge(yes, no, &choice.on, node.span));
        }
        let count = match &node.value {
            Value::Bool(_) | Value::Null => return None,
            _ => usize::try_from(whole(node)?.max(0)).ok()?,
        };
        if count > MOST_MEMBERS {
            self.gap(Gap { why: Why::LimitReached("instances".into()), span: node.span, hides: None });
            return None;
        }
        let copy = |at: usize| {
            let index = Node::new(Value::Int(at as i64), node.span);
            Copy { key: Some(Key::Int(at as i64)), each_key: index.clone(), each_value: index, deployed: on.clone() }
        };
        Some((0..count).map(copy).collect())
    }

    fn mapped(&self, node: &Node, on: &Cond) -> Option<Vec<Copy>> {
        if let Value::Choice(choice) = &node.value {
            let yes = self.mapped(&choice.yes, &Cond::all([on.clone(), choice.on.clone()]))?;
            let no = self.mapped(&choice.no, &Cond::all([on.clone(), choice.on.negate()]))?;
            return Some(merge(yes, no, &choice.on, node.span));
        }
        if each_of(node).is_some() {
            return None;
        }
        let (members, open) = members(node, node.span)?;
        if open.is_some() || members.len() > MOST_MEMBERS {
            return None;
        }
        let is_list = node.as_list().is_some();
        let copy = |(key, value): (Node, Node)| {
            let key = if is_list { value.clone() } else { key };
            let text = text_of(&key)?;
            let each_key = Node { value: Value::Str(text.clone()), ..key };
            Some(Copy { key: Some(Key::Str(text)), each_key, each_value: value, deployed: on.clone() })
        };
        members.into_iter().map(copy).collect()
    }

    /// One copy that stands for each member of a collection that is not known.
    fn unknown_set(&self, instance: &Rc<Instance>, node: &Node, expr: &Expr) -> Copy {
        let one = each_of(node);
        let set: Arc<str> = match (&node.value, one.and_then(set_of)) {
            (_, Some(set)) => set,
            (Value::Unknown { sym: Some(sym), .. }, None) => sym.0.clone(),
            _ => {
                let text: String = self.store.snippet(expr.span).split_whitespace().collect::<Vec<_>>().join(" ");
                format!("{}:{}:{text}", self.deployment, instance.address).into()
            }
        };
        let each_key = self.each_key(&set, expr.span);
        let value =
            || self.symbol(Why::Element(self.store.snippet(expr.span).into()), &format!("each-value:{set}"), expr.span);
        let each_value = one.cloned().unwrap_or_else(value);
        Copy { key: Some(Key::Each(set)), each_key, each_value, deployed: Cond::Always }
    }

    /// The value of a variable in a module instance.
    pub fn variable(&self, instance: &Rc<Instance>, name: &str, span: Span) -> Node {
        let Some(block) = instance.module.block(&format!("var.{name}")) else {
            return failed(&format!("var.{name}"), span);
        };
        let make = || {
            let value = self.input(instance, block, name, span);
            let shaped = match block.body.attribute("type") {
                Some(kind) => with_defaults(self, Scope::of(instance), kind, value),
                None => value,
            };
            let sensitive =
                block.body.attribute("sensitive").is_some_and(|flag| matches!(flag.kind, ExprKind::Bool(true)));
            if sensitive { shaped.secret() } else { shaped }
        };
        self.once(instance, &format!("var.{name}"), span, make).through(span, Via::Name)
    }

    fn input(&self, instance: &Rc<Instance>, block: &Block, name: &str, span: Span) -> Node {
        let default = block.body.attribute("default").map(|default| self.evaluate(Scope::of(instance), default));
        let refuses_null =
            block.body.attribute("nullable").is_some_and(|flag| matches!(flag.kind, ExprKind::Bool(false)));
        let given = match &instance.call {
            Some(call) => call.block.body.attribute(name).map(|value| {
                self.evaluate(Scope::of_copy(&call.caller, &call.copy), value).through(value.span, Via::Module)
            }),
            None => instance.given.get(name).cloned(),
        };
        match (given, default) {
            (Some(given), Some(default)) if refuses_null && given.is_null() => default,
            (Some(given), _) => given,
            // A caller that leaves a variable out means its default; of a root somebody may still give it.
            (None, Some(default)) if instance.call.is_none() => {
                let span = default.span;
                default.through(span, Via::Default)
            }
            (None, Some(default)) => default,
            (None, None) => {
                let at = if instance.call.is_some() { format!("{}.", instance.address) } else { String::new() };
                self.symbol(
                    Why::Parameter(name.into()),
                    &format!("var:{at}{name}"),
                    if block.head.end > 0 { block.head } else { span },
                )
            }
        }
    }

    /// An output of a module instance.
    pub fn output(&self, address: &Address, name: &str, span: Span) -> Node {
        let Some((last, modules)) = address.path.split_last() else { return failed(name, span) };
        let caller = self.instances.borrow().get(modules).cloned();
        let Some(caller) = caller else { return failed(name, span) };
        let Some(block) = caller.module.block(&last.name) else { return failed(name, span) };
        let copies = self.copies(&caller, &last.name, block, span);
        let copy = copies.as_ref().and_then(|copies| copies.iter().find(|copy| copy.key == last.key));
        let child = copy.map(|copy| self.child(&caller, block, copy));
        let instance = match child {
            Some(Ok(instance)) => instance,
            Some(Err(why)) => return self.symbol(why, &format!("output:{address}.{name}"), span),
            None => return failed(name, span),
        };
        let Some(output) =
            instance.module.block(&format!("output.{name}")).and_then(|output| output.body.attribute("value"))
        else {
            let broken = !instance.module.gaps.is_empty();
            return match broken {
                true => Node::unknown(Why::Unreadable(instance.module.folder.clone()), span),
                false => failed(&format!("{}.{name}", last.name), span),
            };
        };
        let make = || self.evaluate(Scope::of(&instance), output);
        self.once(&instance, &format!("output.{name}"), span, make).through(span, Via::Module)
    }

    /// The module that a call leads to, or why it can't be followed.
    fn callee(&self, caller: &Rc<Instance>, block: &Block, address: &Address) -> Result<Rc<Module>, Why> {
        let root = self.instances.borrow().get::<[Step]>(&[]).map(|root| root.module.folder.clone());
        let found =
            self.folders.callee(&root.unwrap_or_default(), &path_of_calls(address), &caller.module, block).cloned();
        // A plan knows better than a model.
        let found = found.filter(|module| module.model.is_none() || !self.is_planned(caller, block));
        let source = block.body.attribute("source").and_then(Expr::as_text).unwrap_or_default();
        found.ok_or_else(|| Why::UnresolvedModule(source.into()))
    }

    /// The instance that a module call makes, or why its source can't be followed.
    pub fn child(&self, caller: &Rc<Instance>, block: &Block, copy: &Copy) -> Result<Rc<Instance>, Why> {
        let name = block.labels.first().cloned().unwrap_or_default();
        let address = caller.address.child(format!("module.{name}"), copy.key.clone());
        if let Some(known) = self.instances.borrow().get(&address.path) {
            return Ok(known.clone());
        }
        let module = self.callee(caller, block, &address)?;
        if calls_itself(caller, &module.folder) {
            return Err(Why::LimitReached(RING.into()));
        }
        if address.path.len() > DEEPEST_MODULE || self.instances.borrow().len() >= MOST_INSTANCES {
            return Err(Why::LimitReached(TOO_MANY.into()));
        }
        let call = Some(Call { caller: caller.clone(), copy: copy.clone(), block: block.clone() });
        let instance = Rc::new(Instance {
            module,
            address: address.clone(),
            call,
            given: Default::default(),
            known: Default::default(),
            copies: Default::default(),
        });
        self.instances.borrow_mut().insert(address.path, instance.clone());
        Ok(instance)
    }
}

/// The names of the calls from the root to a module: `aks.inner`.
fn path_of_calls(address: &Address) -> String {
    let names = address.path.iter().map(|step| step.name.strip_prefix("module.").unwrap_or(&step.name));
    names.collect::<Vec<_>>().join(".")
}

/// Whether the folder is already on the way from the root to here.
fn calls_itself(from: &Rc<Instance>, folder: &str) -> bool {
    let mut at = from;
    loop {
        if &*at.module.folder == folder {
            return true;
        }
        match &at.call {
            Some(call) => at = &call.caller,
            None => return false,
        }
    }
}

/// The copies under a condition and under its contrary; a key of both lives in either case.
fn merge(yes: Vec<Copy>, mut no: Vec<Copy>, on: &Cond, span: Span) -> Vec<Copy> {
    let mut merged = Vec::new();
    for copy in yes {
        let twin = no.iter().position(|other| other.key == copy.key).map(|at| no.remove(at));
        merged.push(match twin {
            None => copy,
            Some(twin) => Copy {
                each_value: choose(on.clone(), copy.each_value, twin.each_value, span),
                deployed: either(on, copy.deployed, twin.deployed),
                ..copy
            },
        });
    }
    merged.extend(no);
    merged
}

/// Holds in both cases: simply what holds without the condition when that is all there was.
fn either(on: &Cond, yes: Cond, no: Cond) -> Cond {
    if yes == *on && no == on.negate() { Cond::Always } else { Cond::any([yes, no]) }
}
