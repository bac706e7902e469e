//! Modules and nested deployments: their templates' instances, their outputs, and all resources inside.

use std::rc::Rc;
use std::sync::Arc;

use super::bodies::Found;
use super::evaluate::{Evaluation, reason};
use super::frame::{Frame, Given, Kind, Loaded};
use super::registry::Whereabouts;
use super::resources::Instance;
use super::scope::{Place, Standing};
use super::template::{Declaration, ModuleTemplate, TargetScope, What};
use crate::ir::{Address, GROUP, Hides, Node, Ref, Resource, Value, Why};
use crate::source::{SourceId, Span, Via};

/// Modules deeper than this are not followed.
const DEEPEST: usize = 40;

/// What a module deploys.
pub enum ModuleBody {
    /// An instance of a template.
    Local(Rc<Frame>),
    /// Nobody knows.
    Unknown(Why),
}

impl Evaluation<'_> {
    /// What a module deploys; a module that is asked for while it is being made contains itself.
    pub(super) fn module(&self, instance: &Rc<Instance>) -> Rc<ModuleBody> {
        let known = self.modules.borrow().get(&*instance.address).cloned();
        if let Some(known) = known {
            return known.unwrap_or_else(|| {
                Rc::new(ModuleBody::Unknown(Why::LimitReached("modules inside themselves".into())))
            });
        }
        self.modules.borrow_mut().insert((*instance.address).clone(), None);
        let body = Rc::new(self.new_module(instance));
        self.modules.borrow_mut().insert((*instance.address).clone(), Some(body.clone()));
        body
    }

    fn new_module(&self, instance: &Rc<Instance>) -> ModuleBody {
        let template = instance.template();
        let declaration = template.resources.get(instance.declaration);
        let Some((declaration, What::Module { template: inner, outer, .. })) = declaration.map(|it| (it, &it.what))
        else {
            return ModuleBody::Unknown(Why::UnsupportedSyntax("a module".into()));
        };
        if !self.closed.is_empty() && self.closed.contains(&super::canonical::canonical(&self.written_name(instance))) {
            return ModuleBody::Unknown(Why::UnresolvedModule("closed".into()));
        }
        let loaded = match inner {
            ModuleTemplate::Inline(inner) => Ok(Arc::new(Loaded::new(inner.clone()))),
            ModuleTemplate::File(path, span) => self.library.module(template.source, path, *span),
            ModuleTemplate::Remote(path, span) => {
                self.beyond(template.source, path, instance, declaration);
                self.library.registry(template.source, path, *span)
            }
            ModuleTemplate::Computed(why, _) => Err(why.clone()),
        };
        match loaded {
            Ok(loaded) => self.enter(instance, declaration, loaded, *outer),
            Err(why) => {
                // A module that is never deployed hides nothing.
                if instance.deployed != crate::ir::Cond::Never {
                    self.gap(why.clone(), declaration.span, Some(self.inputs(instance, declaration)));
                }
                ModuleBody::Unknown(why)
            }
        }
    }

    /// Counts the parameters that what is known of a module leaves out.
    fn beyond(&self, from: SourceId, path: &str, instance: &Instance, declaration: &Declaration) {
        let Some(Whereabouts::Known(model)) = self.library.place(from, path) else { return };
        let What::Module { parameters: Some(parameters), .. } = &declaration.what else { return };
        for name in model.beyond() {
            if self.argument(parameters, name, &instance.names()).is_some_and(|value| !value.is_null()) {
                let why = Why::NotAnalysed(format!("parameter `{name}` of `{path}`").into());
                self.gap(why, declaration.span, None);
            }
        }
    }

    fn enter(
        &self,
        instance: &Rc<Instance>,
        declaration: &Declaration,
        loaded: Arc<Loaded>,
        outer: bool,
    ) -> ModuleBody {
        let parent = &instance.scope.frame;
        if parent.depth() >= DEEPEST || parent.is_inside(&loaded.template) {
            let why = Why::LimitReached("modules inside themselves".into());
            self.gap(why.clone(), declaration.span, Some(Hides::Anything));
            return ModuleBody::Unknown(why);
        }
        let place = self.module_place(instance, declaration);
        let given = Given::Call(instance.scope.clone(), instance.declaration);
        let mut frame = self.frame(loaded, (*instance.address).clone(), place, given);
        frame.deployed = instance.deployed.clone();
        frame.outer = outer.then(|| instance.scope.clone());
        frame.parent = Some(parent.clone());
        frame.name = Some(self.written_name(instance));
        self.lost(&frame);
        ModuleBody::Local(Rc::new(frame))
    }

    /// Declarations that could not be read may be anything.
    pub(super) fn lost(&self, frame: &Frame) {
        for (why, span) in &frame.loaded.template.lost {
            self.gap(why.clone(), *span, Some(Hides::Anything));
        }
    }

    /// What an unknown module may touch: what its inputs refer to, what it waits for, where it is deployed to.
    fn inputs(&self, instance: &Instance, declaration: &Declaration) -> Hides {
        let What::Module { parameters, template, .. } = &declaration.what else { return Hides::Anything };
        let names = instance.names();
        let mut touched = Vec::new();
        if !makes_one_resource(template) {
            touched = self.around(instance, declaration);
        }
        let Some(parameters) = parameters else { return Hides::Touching(touched) };
        match &self.value(parameters, &names).value {
            Value::Map(map) if map.open.is_none() => {
                touched.extend(map.entries.iter().map(|entry| entry.value.clone()));
                Hides::Touching(touched)
            }
            _ => Hides::Anything,
        }
    }

    /// What a module waits for and where it is deployed to.
    fn around(&self, instance: &Instance, declaration: &Declaration) -> Vec<Node> {
        let names = instance.names();
        let places = [&declaration.scope, &declaration.subscription, &declaration.group];
        let around = declaration.depends_on.iter().chain(places.into_iter().flatten());
        around.map(|expr| self.value(expr, &names)).collect()
    }

    /// Where a module deploys to.
    pub(super) fn module_place(&self, instance: &Instance, declaration: &Declaration) -> Place {
        let here = &instance.scope.frame.place;
        let names = instance.names();
        if let Some(expr) = &declaration.scope {
            let scope = self.value(expr, &names);
            return match self.stands_on(here, &scope) {
                Standing::Container(place) => place,
                Standing::Resource(node) | Standing::Unknown(node) => self.unknown_place(instance, &node),
            };
        }
        self.moved(instance, declaration).unwrap_or_else(|| here.clone())
    }

    /// The place that ARM's `subscriptionId` and `resourceGroup` name.
    pub(super) fn moved(&self, instance: &Instance, declaration: &Declaration) -> Option<Place> {
        let here = &instance.scope.frame.place;
        let names = instance.names();
        let given = [&declaration.subscription, &declaration.group]
            .map(|expr| expr.as_ref().map(|expr| self.value(expr, &names)).filter(|node| !node.is_null()));
        let span = declaration.span;
        let moved = match given {
            [None, None] => return None,
            [None, Some(group)] => super::scope::resource_group(here, &self.name, &[group], span),
            [Some(subscription), Some(group)] => {
                super::scope::resource_group(here, &self.name, &[subscription, group], span)
            }
            [Some(subscription), None] => super::scope::subscription(here, &self.name, &[subscription], span),
        };
        Some(match here.standing(&moved) {
            Standing::Container(place) => self.declared_place(&instance.scope.frame, place),
            Standing::Resource(node) | Standing::Unknown(node) => self.unknown_place(instance, &node),
        })
    }

    /// A place whose group the template declares has the location that is written there.
    fn declared_place(&self, frame: &Rc<Frame>, place: Place) -> Place {
        let is_group = |what: &What| matches!(what, What::Resource { kind, .. } if kind.eq_ignore_ascii_case(GROUP));
        let group = place.group.as_ref().and_then(|name| self.named(frame, name, is_group));
        match group {
            Some(group) => {
                let location = Node::reference(group.address.clone(), &["location"], place.location.span);
                Place { location, ..place }
            }
            None => place,
        }
    }

    fn unknown_place(&self, instance: &Instance, scope: &Node) -> Place {
        let why = reason(scope);
        let symbol = |key: &str| {
            Node::symbol(why.clone(), format!("{}#{}#{key}", self.name, super::canonical::canonical(scope)), scope.span)
        };
        let here = &instance.scope.frame.place;
        Place {
            subscription: Some(symbol("subscription")),
            group: Some(symbol("group")),
            management_group: None,
            location: here.location.clone(),
        }
    }

    /// `module.outputs.x`, `reference(deployment).outputs.x.value`, `module.name`.
    pub(super) fn of_module(&self, instance: &Rc<Instance>, reference: &Ref, key: &str, span: Span) -> Option<Node> {
        let path: Vec<String> = reference.path.iter().map(|step| step.to_ascii_lowercase()).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (path.as_slice(), key.to_ascii_lowercase().as_str()) {
            ([], "name") => Some(self.written_name(instance)),
            (["outputs"], name) => Some(self.module_output(instance, name, key, span)),
            (["properties", "outputs", name], "value") => Some(self.module_output(instance, name, name, span)),
            _ => None,
        }
    }

    fn module_output(&self, instance: &Rc<Instance>, name: &str, written: &str, span: Span) -> Node {
        let _level = match self.fuel.enter() {
            Ok(level) => level,
            Err(limit) => return self.missing(Why::LimitReached(limit.into()), span),
        };
        match &*self.module(instance) {
            ModuleBody::Local(frame) => match frame.loaded.find(Kind::Output, name) {
                Some(at) => self.output(frame, at).through(span, Via::Module),
                None => self.missing(Why::UnresolvedName(written.into()), span),
            },
            ModuleBody::Unknown(why) => {
                let id = self.id(instance);
                let module = match super::canonical::is_stable(&id) {
                    true => super::canonical::canonical(&id),
                    false => format!("{:?}", instance.address.path),
                };
                let symbol = format!("{}#{module}#output:{name}", self.name);
                Node::symbol(why.clone(), symbol, span)
            }
        }
    }

    /// All resources of a frame and of the modules in it, in source order.
    fn resources(&self, frame: &Rc<Frame>, found: &mut Found) {
        self.note_asked(frame);
        let template = frame.loaded.template.clone();
        for (at, declaration) in template.resources.iter().enumerate() {
            if self.fuel.spend(1).is_err() {
                self.gap(Why::LimitReached("evaluation steps".into()), declaration.span, Some(Hides::Anything));
                return;
            }
            for instance in self.unfold(frame, at).iter() {
                self.deployed(instance, declaration, found);
            }
        }
    }

    fn deployed(&self, instance: &Rc<Instance>, declaration: &Declaration, found: &mut Found) {
        if let What::Resource { kind, .. } = &declaration.what {
            return found.take(self, instance, kind);
        }
        if let What::Object(_) = &declaration.what {
            return found.take_object(self, instance);
        }
        if let ModuleBody::Local(frame) = &*self.module(instance) {
            self.calls.borrow_mut().entry(instance.address.without_keys().into()).or_insert(declaration.span);
            self.resources(frame, found);
        }
    }

    /// All modules that were deployed, in the order of their addresses.
    pub(super) fn deployed_modules(&self) -> Vec<super::Deployed> {
        let known = self.modules.borrow();
        let mut addresses: Vec<Address> = known.keys().cloned().collect();
        drop(known);
        addresses.sort();
        let deployed = |address: Address| {
            let instance = self.instances.borrow().get(&address).cloned()?;
            Some(super::Deployed {
                id: self.id(&instance),
                name: super::canonical::canonical(&self.written_name(&instance)),
                deployed: instance.deployed.clone(),
                resolved: matches!(*self.module(&instance), ModuleBody::Local(_)),
                address: instance.address.clone(),
            })
        };
        addresses.into_iter().filter_map(deployed).collect()
    }

    /// Evaluates a deployment.
    pub fn run(&self, loaded: Arc<Loaded>, given: Given) -> Vec<Resource> {
        let template = loaded.template.clone();
        let place = Place::chosen(&self.name, template.target, Span::file(template.source));
        let address = crate::ir::Address::root(self.name.clone());
        self.resources_of(&Rc::new(self.frame(loaded, address, place, given)))
    }

    /// All resources that a frame deploys.
    pub(super) fn resources_of(&self, frame: &Rc<Frame>) -> Vec<Resource> {
        self.lost(frame);
        let mut found = Found::default();
        self.resources(frame, &mut found);
        found.finish(self)
    }

    /// The values that a `.bicepparam` file gives, which are variables to this evaluation.
    pub fn lines(&self, loaded: &Arc<Loaded>, names: &[Arc<str>]) -> Vec<(Arc<str>, Node)> {
        let place = Place::chosen(&self.name, TargetScope::Group, Span::file(loaded.template.source));
        let frame =
            Rc::new(self.frame(loaded.clone(), crate::ir::Address::root(self.name.clone()), place, Given::Nothing));
        let line = |name: &Arc<str>| Some((name.clone(), self.variable(&frame, loaded.find(Kind::Variable, name)?)));
        names.iter().filter_map(line).collect()
    }
}

/// Resource modules of the public registry make one resource and what stands on it: what they touch, they are given.
fn makes_one_resource(template: &ModuleTemplate) -> bool {
    let ModuleTemplate::Remote(path, _) = template else { return false };
    let public = ["br/public:avm/res/", "br:mcr.microsoft.com/bicep/avm/res/"];
    let rest = public.iter().find_map(|start| path.strip_prefix(start));
    rest.is_some_and(|rest| !["authorization/", "resources/"].iter().any(|start| rest.starts_with(start)))
}

/// The reason for a file that can't be had.
pub fn unreadable(path: &str, error: &crate::source::OpenError) -> Why {
    match error {
        crate::source::OpenError::NotFound | crate::source::OpenError::OutsideRoot => {
            Why::UnresolvedModule(Arc::from(path))
        }
        _ => Why::Unreadable(Arc::from(path)),
    }
}
