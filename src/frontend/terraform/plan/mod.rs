//! Plan JSON: resources as they will be, unknown values joined through the configuration's references.

mod address;
mod beside;
mod change;
mod filling;
mod foreign;
mod part;
mod references;

#[cfg(test)]
mod tests;

pub(super) use beside::Beside;

use std::collections::BTreeSet;
use std::sync::Arc;

use change::{Action, Change, Reading};
use filling::{Filling, mark};
use part::{Object, Part};
use references::{Place, PlanWorld, Resolved};

use super::effects::may_do_anything;
use super::order;
use super::tables::by_version;
use super::tables::providers::Providers;
use super::tables::shape::Written;
use crate::frontend::{Problem, node_of};
use crate::ir::{
    Address, Cond, Deployment, Fate, Former, Gap, Hides, Language, Node, Origin, Resource, Step, Value, Why,
};
use crate::source::path::folder_of;
use crate::source::{SourceId, Span, Store, Via};
use crate::syntax::json;
use crate::syntax::tree::{Member, Tree, TreeKind};

/// A plan as read.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) source: SourceId,
    configuration: Tree,
    variables: Tree,
    /// What is there after apply and what goes, each resource once.
    changes: Vec<Change>,
    /// What somebody deleted outside of Terraform.
    gone: Vec<Change>,
    /// It says whether it is complete; Terraform does since 1.8.
    tells: bool,
    /// What the plan itself says of being incomplete.
    gaps: Vec<Gap>,
}

/// Modules within modules that are looked through.
const DEEPEST: usize = 32;

/// Types of which a missing instance would be taken for a fault.
const NEEDED: [&str; 4] =
    ["azurerm_role_assignment", "azurerm_private_endpoint", "kubernetes_secret", "kubernetes_secret_v1"];

impl Plan {
    /// The plan in a JSON file; nothing when it is something else. A text that only looks like a plan and can't be read
    /// is told as a problem.
    pub(super) fn read(store: &Store, source: SourceId, problems: &mut Vec<Problem>) -> Option<Plan> {
        let text = store.source(source).text.clone();
        if foreign::is_log(&text) {
            problems.push(foreign::log(source));
            return None;
        }
        let has = |word: &str| text.contains(word);
        let planned = has("\"planned_values\"") || has("\"resource_changes\"");
        let stated = has("\"terraform_version\"") && (has("\"values\"") || has("\"lineage\""));
        if !planned && !stated {
            return None;
        }
        let Some(object) = Part::whole(source, &text).object() else {
            if planned && has("\"format_version\"") {
                problems.extend(json::parse(source, &text).2.into_iter().map(Problem::from));
            }
            return None;
        };
        if let Some(problem) = foreign::named(&object, source) {
            problems.push(problem);
            return None;
        }
        let is_plan = object.has("format_version") && (object.has("planned_values") || object.has("resource_changes"));
        is_plan.then(|| Plan::take(source, &object, problems))
    }

    fn take(source: SourceId, object: &Object<'_>, problems: &mut Vec<Problem>) -> Plan {
        let broken = problems.len();
        let mut reading = Reading { problems };
        let nothing = || Tree { kind: TreeKind::Null, span: Span::file(source), via: Vec::new() };
        let configuration = reading.tree(object.get("configuration")).unwrap_or_else(nothing);
        let variables = reading.tree(object.get("variables")).unwrap_or_else(nothing);
        let mut changes = changes(object, &mut reading);
        // What nothing changes need not be among the changes; data that was read while planning stands in the prior state.
        let known: BTreeSet<Vec<Step>> = changes.iter().map(|change| change.steps.clone()).collect();
        reading.values(object.get("planned_values"), &|steps, _| !known.contains(steps), &mut changes);
        let state = object.get("prior_state").and_then(Part::object).and_then(|state| state.get("values"));
        reading.values(state, &|steps, data| data && !known.contains(steps), &mut changes);
        let mut seen = BTreeSet::new();
        changes.retain(|change| seen.insert(change.steps.clone()));
        let drift = object.get("resource_drift").into_iter().flat_map(Part::elements);
        let gone =
            drift.filter_map(|part| reading.change(part)).filter(|change| change.action == Action::Delete).collect();
        let flag = |name: &str, bad: bool| {
            object.get(name).and_then(|part| part.tree().ok()).filter(|flag| flag.kind == TreeKind::Bool(bad))
        };
        let errored = flag("errored", true).map(|tree| (tree.span, "a plan that ended with an error"));
        let incomplete = flag("complete", false).map(|tree| (tree.span, "a plan that is not complete"));
        let partly = (reading.problems.len() > broken).then(|| (Span::file(source), "a part of the plan"));
        let gaps = errored.into_iter().chain(incomplete).chain(partly).map(|(span, what)| gap(span, what));
        let tells = object.has("complete");
        Plan { source, configuration, variables, changes, gone, tells, gaps: gaps.collect() }
    }

    /// The values that the plan's variables had.
    pub(super) fn variables(&self) -> Vec<(Arc<str>, Node)> {
        let value = |variable: &Member| {
            let value = node_of(variable.value.get("value")?).through(variable.key_span, Via::Parameter);
            let declared = self.configuration.get("root_module")?.get("variables")?.get(&variable.key)?;
            let sensitive = matches!(declared.get("sensitive").map(|flag| &flag.kind), Some(TreeKind::Bool(true)));
            Some((variable.key.clone(), if sensitive { value.secret() } else { value }))
        };
        self.variables.as_map().unwrap_or_default().iter().filter_map(value).collect()
    }

    /// The deployment that the plan leads to, without the configuration that it was made of.
    pub(super) fn deploy(&self, store: &Store) -> Deployment {
        let name = store.source(self.source).path.clone();
        let world = PlanWorld::of(self, name.clone());
        let staying = || self.changes.iter().filter(|change| change.stays());
        let mut resources: Vec<Resource> = staying().flat_map(|change| world.written(change).shapes()).collect();
        by_version::settle(&mut resources, &Providers::of_plan(store, folder_of(&name), &self.configuration));
        let mut deployment = Deployment {
            former: world.former(),
            resources,
            gaps: self
                .gaps
                .iter()
                .cloned()
                .chain(world.left_out())
                .chain(staying().filter_map(|it| world.effects(it)))
                .collect(),
            ..Deployment::new(name, Language::Plan, self.source)
        };
        let order = || order::of_plan(&self.configuration);
        deployment.order = if order::matters(&deployment) { order() } else { None };
        deployment
    }
}

fn changes(object: &Object<'_>, reading: &mut Reading<'_>) -> Vec<Change> {
    let parts = object.get("resource_changes").into_iter().flat_map(Part::elements);
    parts.filter_map(|part| reading.change(part)).collect()
}

fn gap(span: Span, what: &str) -> Gap {
    Gap { why: Why::UnsupportedSyntax(what.into()), span, hides: Some(Hides::Anything) }
}

impl PlanWorld<'_> {
    /// A resource as it will be.
    fn written(&self, change: &Change) -> Written {
        let place = Place::of(self, &change.steps);
        let forgotten = change.action == Action::Forget;
        let body = match forgotten {
            true => change.before.node(change.extent),
            false => self.body(change, place.as_ref()),
        };
        let provider = place.as_ref().and_then(|place| place.block.get("provider_config_key")).and_then(Tree::as_str);
        Written {
            terraform: change.kind.clone(),
            address: Arc::new(Address { root: self.name.clone(), path: change.steps.clone() }),
            body: Node { span: change.extent, ..body },
            subscription: self.subscription(provider.unwrap_or("azurerm"), change.address),
            tenant: self.of_provider(provider.unwrap_or("azurerm"), "tenant_id"),
            deployed: Cond::Always,
            origin: match (change.data, forgotten) {
                (true, _) => Origin::Existing,
                (_, true) => Origin::Dump,
                _ => Origin::Declared,
            },
            declared: change.address,
            extent: change.extent,
            language: Language::Plan,
        }
    }

    /// The values of a resource, in Terraform's vocabulary.
    fn body(&self, change: &Change, place: Option<&Place<'_>>) -> Node {
        // It was not kept, or it can't be read.
        if change.after.body.is_none() {
            let why = Why::NotAnalysed(format!("what the plan says of a `{}`", change.kind).into());
            return Node::unknown(why, change.extent);
        }
        let expressions = place.and_then(|place| place.block.get("expressions"));
        let filling = Filling { world: self, place, declared: change.address, partial: change.partial };
        let body = filling.object(change.after.body.as_ref(), change.unknown.as_ref(), expressions);
        change.after.sensitive.iter().fold(body, mark)
    }

    /// What exists now and is changed, as it is now.
    fn former(&self) -> Vec<Former> {
        fn now(change: &Change) -> Option<(&Change, Fate)> {
            let fate = match change.action {
                Action::Delete => Fate::Deleted,
                Action::Replace => Fate::Replaced,
                Action::Update => Fate::Changed,
                Action::Keep | Action::Create | Action::Forget => return None,
            };
            Some((change, fate))
        }
        let drifted = self.plan.gone.iter().map(|change| (change, Fate::Gone));
        let changed = self.plan.changes.iter().filter_map(now).chain(drifted);
        let known = changed.filter(|(change, _)| !change.data && change.before.body.is_some());
        let as_it_is = |(change, fate): (&Change, Fate)| {
            let body = change.before.node(change.extent);
            let shapes = Written { body, ..self.written(change) }.shapes();
            shapes.into_iter().map(move |resource| Former { resource, fate })
        };
        known.flat_map(as_it_is).collect()
    }

    /// A resource of the configuration that is not in the plan: it was made for some targets only. What is repeated may
    /// have no instances; where a plan doesn't say whether it is complete, that is no proof for what others need.
    fn left_out(&self) -> Option<Gap> {
        let root = self.plan.configuration.get("root_module")?;
        let (name, span) = self.missing(root, "", false, DEEPEST)?;
        Some(gap(span, &format!("a plan that leaves `{name}` out")))
    }

    fn missing(&self, module: &Tree, at: &str, repeated: bool, depth: usize) -> Option<(String, Span)> {
        let depth = depth.checked_sub(1)?;
        let looped = |block: &Tree| block.get("count_expression").or(block.get("for_each_expression")).is_some();
        let blocks = module.get("resources").and_then(Tree::as_list).unwrap_or_default();
        for block in blocks.iter().filter(|block| block.get("mode").and_then(Tree::as_str) != Some("data")) {
            let Some(address) = block.get("address").and_then(Tree::as_str) else { continue };
            let name = format!("{at}{address}");
            let kind = block.get("type").and_then(Tree::as_str).unwrap_or_default();
            let needed = !(repeated || looped(block)) || !self.plan.tells && NEEDED.contains(&kind);
            if needed && !self.mentions(&name) {
                return Some((name, block.span));
            }
        }
        let calls = module.get("module_calls").and_then(Tree::as_map).unwrap_or_default();
        calls.iter().find_map(|call| {
            let repeated = repeated || looped(&call.value);
            self.missing(call.value.get("module")?, &format!("{at}module.{}.", call.key), repeated, depth)
        })
    }

    /// What a resource may do besides itself: its commands, and what a type that may do anything is given, may join what
    /// they refer to.
    fn effects(&self, change: &Change) -> Option<Gap> {
        let place = Place::of(self, &change.steps).filter(|_| !change.data)?;
        let commands = place.block.get("provisioners").and_then(Tree::as_list).unwrap_or_default();
        let commands: Vec<&Tree> = commands.iter().filter_map(|it| it.get("expressions")).collect();
        let own = place.block.get("expressions").filter(|_| may_do_anything(&change.kind));
        if commands.is_empty() && own.is_none() {
            return None;
        }
        let mut arguments = Vec::new();
        commands.into_iter().chain(own).for_each(|it| self.mentioned(it, &place, change.address, &mut arguments));
        let why = Why::NotAnalysed(format!("what `{}` does", change.kind).into());
        // Of what the plan doesn't tell it may be anything.
        let opaque = arguments.iter().any(|argument| argument.why().is_some());
        let hides = if opaque { Hides::Anything } else { Hides::Joining(arguments) };
        Some(Gap { why, span: change.address, hides: Some(hides) })
    }

    /// What the expressions of a block are made of, blocks within it included. One that can't be told may be anything.
    fn mentioned(&self, tree: &Tree, place: &Place<'_>, at: Span, found: &mut Vec<Node>) {
        if tree.get("references").is_some() || tree.get("constant_value").is_some() {
            found.push(match place.resolve(self, tree, None) {
                Resolved::Value(node) => node,
                Resolved::Candidates(candidates) => Node::new(Value::Derived(Arc::new(candidates)), at),
                Resolved::Opaque => Node::unknown(Why::KnownAfterApply, at),
            });
            return;
        }
        tree.as_map().unwrap_or_default().iter().for_each(|it| self.mentioned(&it.value, place, at, found));
        tree.as_list().unwrap_or_default().iter().for_each(|it| self.mentioned(it, place, at, found));
    }

    /// The subscription of a provider, as far as the configuration says it.
    fn subscription(&self, provider: &str, span: Span) -> Node {
        if let Some(written) = self.of_provider(provider, "subscription_id") {
            return written;
        }
        let own = if provider == "azurerm" { String::new() } else { format!(":{provider}") };
        Node::symbol(Why::DeploymentScope("subscription".into()), format!("{}#subscription{own}", self.name), span)
    }

    /// The value that a provider has for one of its arguments, as far as the plan tells.
    fn of_provider(&self, provider: &str, argument: &str) -> Option<Node> {
        let written = self.plan.configuration.get("provider_config").and_then(|providers| providers.get(provider));
        let expression = written.and_then(|provider| provider.get("expressions")?.get(argument))?;
        if let Some(constant) = expression.get("constant_value") {
            return Some(node_of(constant));
        }
        let [only] = expression.get("references")?.as_list()? else { return None };
        only.as_str().and_then(|name| self.variables.get(name.strip_prefix("var.")?)).cloned()
    }
}
