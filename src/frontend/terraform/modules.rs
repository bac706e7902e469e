//! From a root module to its deployment: variable files, providers, and all resources with modules unfolded.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::effects::may_do_anything;
use super::embedded;
use super::ignored::without_ignored;
use super::language::evaluate::Session;
use super::language::instances::{RING, TOO_MANY};
use super::language::scope::{Copy, Instance, Scope};
use super::order;
use super::plan::Beside;
use super::sources::config::{Folders, Module, name_of};
use super::tables::by_version;
use super::tables::providers::Providers;
use super::tables::reference::Settler;
use super::tables::shape::Written;
use crate::frontend::arguments::Passed;
use crate::frontend::template::Templates;
use crate::frontend::{Problem, Trouble};
use crate::ir::{Address, Cond, Deployment, Gap, Hides, Language, Node, Origin, Resource, Step, Value, Why};
use crate::source::Span;
use crate::syntax::hcl::{Block, Expr, ExprKind, StepKind};

/// Resources in one deployment.
const MOST_RESOURCES: usize = 20_000;

/// The name of a root's deployment.
pub(super) fn deployment_name(folder: &str) -> Arc<str> {
    if folder.is_empty() { ".".into() } else { folder.into() }
}

/// Evaluates a root module.
pub(super) fn deploy(
    templates: &Templates<'_>,
    folders: &Folders,
    root: &Rc<Module>,
    name: Arc<str>,
    mut given: BTreeMap<Arc<str>, Node>,
    passed: &Passed,
    beside: Option<&Beside<'_>>,
) -> Deployment {
    let mut session = Session::new(templates, folders, name.clone());
    session.beside = beside;
    for block in root.of_kind("variable").filter(|block| block.body.attribute("default").is_some()) {
        let Some(variable) = block.labels.first().filter(|variable| passed.has(variable)) else { continue };
        // Something of the tree passes it: the default need not hold.
        let any = || session.symbol(Why::Parameter(variable.clone()), &format!("var:{variable}"), block.head);
        given.entry(variable.clone()).or_insert_with(any);
    }
    let instance = Rc::new(Instance {
        module: root.clone(),
        address: Address::root(name.clone()),
        call: None,
        given,
        known: Default::default(),
        copies: Default::default(),
    });
    session.instances.borrow_mut().insert(Vec::new(), instance.clone());
    let mut resources = Vec::new();
    session.emit(&instance, &Cond::Always, &mut resources);
    // What a template is given was looked at where it was evaluated.
    let is_read = |it: &&Resource| session.embedded(&it.address).is_some_and(|made| made.is_ok());
    for resource in resources.iter().filter(|it| !is_read(it)) {
        note_unknowns(&session, &resource.body);
    }
    let gaps = session.gaps.take();
    let (mut resources, mut gaps) = session.placed(resources, gaps);
    let mut former = Vec::new();
    if let Some(beside) = beside {
        let taken: BTreeSet<Vec<Step>> = resources.iter().map(|resource| resource.address.path.clone()).collect();
        let (others, effects) = beside.others(&taken);
        resources.extend(others);
        gaps.extend(effects);
        gaps.extend(beside.gaps());
        former = beside.former();
    }
    by_version::settle(&mut resources, &Providers::of_config(templates.store(), folders, root));
    let mut deployment = Deployment {
        asked: session.asked.take(),
        former,
        calls: session.calls.take(),
        resources,
        gaps,
        ..Deployment::new(name, Language::Terraform, root.source)
    };
    deployment.order = if order::matters(&deployment) { order::of_configuration(root, folders) } else { None };
    deployment
}

/// Constructs that were not evaluated count as gaps, unknown parameters don't.
fn note_unknowns(session: &Session<'_>, node: &Node) {
    match &node.value {
        Value::List(list) => list.items.iter().for_each(|item| note_unknowns(session, item)),
        Value::Map(map) => map.entries.iter().for_each(|entry| note_unknowns(session, &entry.value)),
        Value::Concat(pieces) => pieces.iter().for_each(|piece| note_unknowns(session, piece)),
        Value::Unknown { why, .. } => {
            use Why::{LimitReached, Unreadable, UnresolvedName, UnsupportedCall, UnsupportedSyntax};
            if matches!(
                why,
                UnsupportedCall(_) | UnsupportedSyntax(_) | LimitReached(_) | UnresolvedName(_) | Unreadable(_)
            ) {
                session.gap(Gap { why: why.clone(), span: node.span, hides: None });
            }
        }
        _ => {}
    }
}

impl Session<'_> {
    fn emit(&self, instance: &Rc<Instance>, deployed: &Cond, resources: &mut Vec<Resource>) {
        instance.module.gaps.iter().for_each(|gap| self.gap(gap.clone()));
        let module = instance.module.clone();
        for block in module.of_kind("removed") {
            let from = block.body.attribute("from").and_then(dotted).unwrap_or_default();
            // What is destroyed grants nothing any more; what is only forgotten stays.
            let forgotten = block.body.blocks.iter().filter(|inner| &*inner.kind == "lifecycle").any(|inner| {
                inner.body.attribute("destroy").is_some_and(|flag| !matches!(flag.kind, ExprKind::Bool(true)))
            });
            if forgotten && (from.contains("role_assignment") || from.starts_with("module.")) {
                let why = Why::NotAnalysed("a role assignment that is no longer managed here".into());
                self.gap(Gap { why, span: block.head, hides: Some(Hides::Anything) });
            }
        }
        for block in &module.blocks {
            let Some(name) = name_of(block).filter(|_| matches!(&*block.kind, "resource" | "data" | "module")) else {
                continue;
            };
            let Some(copies) = self.copies(instance, &name, block, block.head) else { continue };
            for copy in copies.iter() {
                let deployed = Cond::all([deployed.clone(), copy.deployed.clone()]);
                if resources.len() >= MOST_RESOURCES {
                    let why = Why::LimitReached("resources".into());
                    return self.gap(Gap { why, span: block.head, hides: Some(Hides::Anything) });
                }
                match &*block.kind {
                    "module" => self.enter(instance, block, copy, &deployed, resources),
                    _ => {
                        for resource in self.emit_one(instance, block, &name, copy, deployed) {
                            let made = self.embedded(&resource.address);
                            let deployed = resource.deployed.clone();
                            resources.push(resource);
                            self.unfold_template(made.as_deref(), &deployed, resources);
                        }
                    }
                }
            }
        }
    }

    fn enter(&self, caller: &Rc<Instance>, block: &Block, copy: &Copy, deployed: &Cond, resources: &mut Vec<Resource>) {
        let name = block.labels.first().map_or("", |name| &**name);
        let call = caller.address.child(format!("module.{name}"), None).without_keys();
        self.calls.borrow_mut().entry(call.into()).or_insert(block.head);
        match self.child(caller, block, copy) {
            Ok(child) => {
                self.note_beyond(&child, block, copy);
                self.emit(&child, deployed, resources);
            }
            // What the plan has of it is taken from there.
            Err(Why::UnresolvedModule(_)) if self.is_planned(caller, block) => {}
            Err(why) => {
                let hides = match why {
                    Why::UnresolvedModule(_) => self.touched(caller, block, copy),
                    _ => Hides::Anything,
                };
                self.gap(Gap { why, span: block.head, hides: Some(hides) });
            }
        }
    }

    /// Whether the plan beside says what a call makes.
    pub(super) fn is_planned(&self, caller: &Rc<Instance>, block: &Block) -> bool {
        let name = block.labels.first().map_or("", |name| &**name);
        self.beside.is_some_and(|beside| beside.has_call(&caller.address.path, name))
    }

    /// Inputs that what is known of a module leaves out may make anything of what they refer to.
    fn note_beyond(&self, child: &Instance, block: &Block, copy: &Copy) {
        let (Some(model), Some(call)) = (child.module.model, &child.call) else { return };
        for input in block.body.attributes.iter().filter(|input| model.beyond.contains(&&*input.name)) {
            let value = Settler::new().settle(&self.evaluate(Scope::of_copy(&call.caller, copy), &input.value));
            let empty = value.as_bool() == Some(false)
                || value.as_list().is_some_and(|list| list.items.is_empty() && list.open.is_none())
                || value.as_map().is_some_and(|map| map.entries.is_empty() && map.open.is_none());
            if value.is_null() || empty {
                continue;
            }
            let why = Why::NotAnalysed(format!("input `{}` of `{}`", input.name, block.labels.join(".")).into());
            self.gap(Gap { why, span: input.name_span, hides: Some(Hides::Touching(vec![value])) });
        }
    }

    /// What the inputs of a module that can't be followed refer to.
    fn touched(&self, caller: &Rc<Instance>, block: &Block, copy: &Copy) -> Hides {
        let scope = Scope::of_copy(caller, copy);
        let meta = ["source", "version", "count", "for_each", "providers", "depends_on"];
        let inputs = block.body.attributes.iter().filter(|input| !meta.contains(&&*input.name));
        let mut settler = Settler::new();
        let values: Vec<Node> = inputs.map(|input| settler.settle(&self.evaluate(scope, &input.value))).collect();
        let lost =
            |node: &Node| matches!(&node.value, Value::Unknown { why: Why::LimitReached(_) | Why::Unreadable(_), .. });
        if values.iter().any(lost) { Hides::Anything } else { Hides::Touching(values) }
    }

    fn emit_one(
        &self,
        instance: &Rc<Instance>,
        block: &Block,
        name: &str,
        copy: &Copy,
        deployed: Cond,
    ) -> Vec<Resource> {
        let scope = Scope::of_copy(instance, copy);
        let terraform: Arc<str> = block.labels.first().cloned().unwrap_or_default();
        let subscription = self.subscription(instance, &provider_of(block), block.head);
        let address = instance.address.child(name, copy.key.clone());
        let body = self.body(scope, &block.body, block.extent, true);
        let mut body = without_ignored(&terraform, block, body);
        if let Some(beside) = self.beside {
            body = beside.body(&address.path, body, block.head);
        }
        self.complete_data(&terraform, &mut body, &subscription, block);
        self.take_imported(instance, name, copy, &mut body);
        let address = Arc::new(address);
        if &*block.kind == "resource" && !self.embedded(&address).is_some_and(|made| made.is_ok()) {
            self.note_effects(scope, &terraform, &body, block);
        }
        Written {
            terraform,
            address,
            body,
            subscription,
            tenant: self.of_provider(instance, &provider_of(block), "tenant_id").0,
            deployed,
            origin: if &*block.kind == "data" { Origin::Existing } else { Origin::Declared },
            declared: block.head,
            extent: block.extent,
            language: Language::Terraform,
        }
        .shapes()
    }

    /// What a resource makes that stands nowhere as a resource: by a command, by a template, by a foreign provider's call.
    fn note_effects(&self, scope: Scope<'_>, terraform: &str, body: &Node, block: &Block) {
        let mut settler = Settler::new();
        let mut arguments = vec![settler.settle(body)];
        for provisioner in block.body.blocks.iter().filter(|inner| &*inner.kind == "provisioner") {
            let written = provisioner.body.attributes.iter();
            arguments.extend(written.map(|attribute| settler.settle(&self.evaluate(scope, &attribute.value))));
        }
        let hides = match terraform {
            _ if terraform.ends_with("_template_deployment") || embedded::deploys(terraform, body) => {
                Hides::Touching(arguments)
            }
            _ if arguments.len() > 1 || may_do_anything(terraform) => Hides::Joining(arguments),
            _ => return,
        };
        let why = Why::NotAnalysed(format!("what `{terraform}` does").into());
        self.gap(Gap { why, span: block.head, hides: Some(hides) });
    }

    /// Data sources about the deployment itself.
    fn complete_data(&self, terraform: &str, body: &mut Node, subscription: &Node, block: &Block) {
        if matches!(terraform, "azurerm_client_config" | "azurerm_subscription") {
            super::tables::attributes::put(body, "subscription_id", Node { span: block.head, ..subscription.clone() });
        }
    }

    /// The subscription that a provider deploys to.
    pub(super) fn subscription(&self, instance: &Rc<Instance>, provider: &str, span: Span) -> Node {
        let (written, provider) = self.of_provider(instance, provider, "subscription_id");
        let why = Why::DeploymentScope("subscription".into());
        // Without an alias it is the subscription that everything else here goes to.
        let name = if provider == "azurerm" { "subscription".to_owned() } else { format!("subscription:{provider}") };
        written.unwrap_or_else(|| self.symbol(why, &name, span))
    }

    /// The value that a provider has for one of its arguments, and what the provider is called where it is configured.
    fn of_provider(&self, instance: &Rc<Instance>, provider: &str, argument: &str) -> (Option<Node>, String) {
        let own = instance.module.of_kind("provider").find(|block| {
            let alias = block.body.attribute("alias").and_then(Expr::as_text);
            let name = block.labels.first().map_or("", |name| &**name);
            name == "azurerm" && provider == alias.map_or_else(|| name.to_owned(), |alias| format!("{name}.{alias}"))
        });
        if let Some(written) = own.and_then(|block| block.body.attribute(argument)) {
            let value = self.evaluate(Scope::of(instance), written);
            if !value.is_null() && value.as_str() != Some("") {
                return (Some(value), provider.to_owned());
            }
        }
        let Some(call) = instance.call.as_ref().filter(|_| own.is_none()) else { return (None, provider.to_owned()) };
        let passed = call.block.body.attribute("providers").and_then(|providers| match &providers.kind {
            ExprKind::Object(members) => members.iter().find(|(key, _)| dotted(key).as_deref() == Some(provider)),
            _ => None,
        });
        let outer = passed.and_then(|(_, value)| dotted(value)).unwrap_or_else(|| provider.to_owned());
        self.of_provider(&call.caller, &outer, argument)
    }
}

/// `azurerm.alias` as text.
pub(super) fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Text(name) => Some(name.to_string()),
        ExprKind::Traversal(base, steps) => {
            let mut text = dotted(base)?;
            for step in steps {
                let StepKind::Attribute(name) = &step.kind else { return None };
                text.push('.');
                text.push_str(name);
            }
            Some(text)
        }
        _ => None,
    }
}

/// Modules that lead back to themselves, or are too many, are told like other limits.
pub(super) fn limits(deployment: &Deployment) -> impl Iterator<Item = Problem> {
    let problem = |gap: &Gap| {
        let message = match &gap.why {
            Why::LimitReached(what) if &**what == RING => "this call leads back to a module around it".to_owned(),
            Why::LimitReached(what) if &**what == TOO_MANY => gap.why.to_string(),
            _ => return None,
        };
        Some(Problem { trouble: Trouble::Limit, message, span: gap.span, help: None })
    };
    deployment.gaps.iter().filter_map(problem)
}

/// The provider that a block names.
pub(super) fn provider_of(block: &Block) -> String {
    block.body.attribute("provider").and_then(dotted).unwrap_or_else(|| "azurerm".to_owned())
}
