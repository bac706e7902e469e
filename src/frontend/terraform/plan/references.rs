//! From the `references` of a plan's configuration to the resources that a value is made of.
//!
//! A plan lists what an expression mentions, not the expression. One operand stands in the list with all its prefixes
//! (`a.b.c[0].d`, `a.b.c[0]`, `a.b.c`, `a.b`). A single operand is taken for the value itself only where nothing else is
//! possible: an attribute that takes a principal's GUID, made of one computed GUID (no function makes another GUID that
//! means anything of it), a next hop made of one private address, and an attribute that takes an id, made of one `id` of a resource that is no container (the id
//! of a group or subscription is often the beginning of a longer one). Everything else gives candidates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Plan;
use super::address::{is_ambient, longest, take_apart, type_of};
use super::change::Change;
use crate::frontend::node_of;
use crate::frontend::terraform::tables::vocabulary;
use crate::ir::{Address, Key, Node, Ref, Step, Target, Value};
use crate::source::Span;
use crate::syntax::tree::Tree;

/// What all resources of a plan share.
pub(super) struct PlanWorld<'a> {
    pub(super) name: Arc<str>,
    pub(super) plan: &'a Plan,
    pub(super) variables: BTreeMap<Arc<str>, Node>,
    by_steps: BTreeMap<Vec<Step>, &'a Change>,
    names: BTreeSet<String>,
    /// The blocks of each module of the configuration by their addresses, by where the module stands.
    blocks: BTreeMap<Span, BTreeMap<&'a str, &'a Tree>>,
}

impl<'a> PlanWorld<'a> {
    /// The resources of a plan in the deployment of this name.
    pub(super) fn of(plan: &'a Plan, name: Arc<str>) -> PlanWorld<'a> {
        let by_steps = plan.changes.iter().map(|change| (change.steps.clone(), change)).collect();
        let name_of = |change: &Change| Address { root: name.clone(), path: change.steps.clone() }.without_keys();
        let names = plan.changes.iter().map(name_of).collect();
        PlanWorld {
            plan,
            variables: plan.variables().into_iter().collect(),
            by_steps,
            names,
            name,
            blocks: blocks(plan),
        }
    }

    /// The block of a module that has this address.
    fn block(&self, module: &Tree, address: &str) -> Option<&'a Tree> {
        self.blocks.get(&module.span)?.get(address).copied()
    }

    /// The change at an address.
    pub(super) fn change(&self, steps: &[Step]) -> Option<&'a Change> {
        self.by_steps.get(steps).copied()
    }

    /// What stays of the instances of a block, or within the instances of a module call: by the modules around it and its
    /// name.
    pub(super) fn staying(&self, modules: &[Step], name: &str) -> impl Iterator<Item = &Vec<Step>> {
        let (modules, name): (Vec<Step>, Arc<str>) = (modules.to_vec(), name.into());
        let mut first = modules.clone();
        first.push(Step { name: name.clone(), key: None });
        let here = move |(steps, _): &(&Vec<Step>, &&Change)| {
            steps.starts_with(&modules) && steps.get(modules.len()).is_some_and(|step| step.name == name)
        };
        let found = self.by_steps.range(first..).take_while(here);
        found.filter(|(_, change)| change.stays()).map(|(steps, _)| steps)
    }

    /// The keys of what stays of a block or a module call.
    fn keys(&self, modules: &[Step], name: &str) -> BTreeSet<Key> {
        self.staying(modules, name).filter_map(|steps| steps.get(modules.len())?.key.clone()).collect()
    }

    /// Whether the plan has an instance of a block, by its address without keys; what goes counts, too.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether a reference is proved to have this value.
    pub(super) fn is_value_of(&self, node: &Node, text: &str) -> bool {
        let Value::Ref(reference) = &node.value else { return false };
        let Target::Resource(address) = &reference.target else { return false };
        let value = self.change(&address.path).and_then(|change| change.value_at(&reference.path));
        value.and_then(Tree::as_str).is_some_and(|value| value.eq_ignore_ascii_case(text))
    }
}

/// The first block of each address, of every module of the configuration.
fn blocks(plan: &Plan) -> BTreeMap<Span, BTreeMap<&str, &Tree>> {
    let mut found = BTreeMap::new();
    let mut modules: Vec<&Tree> = plan.configuration.get("root_module").into_iter().collect();
    while let Some(module) = modules.pop() {
        let resources = module.get("resources").and_then(Tree::as_list).unwrap_or_default();
        let addressed = resources.iter().rev().filter_map(|block| Some((block.get("address")?.as_str()?, block)));
        found.insert(module.span, addressed.collect());
        let calls = module.get("module_calls").and_then(Tree::as_map).unwrap_or_default();
        modules.extend(calls.iter().filter_map(|call| call.value.get("module")));
    }
    found
}

/// Whether an attribute takes the id of something, so that values of it are joined.
pub(super) fn joins(attribute: &str) -> bool {
    GUIDS.contains(&attribute) || attribute == "scope" || attribute.ends_with("_id") || attribute.ends_with("_ids")
}

/// Variables, outputs and `each.value` on the way to a resource.
const MOST_HOPS: u32 = 40;
/// Candidates for one value.
const MOST_CANDIDATES: usize = 64;

/// Attributes that are GUIDs of principals or applications.
const GUIDS: [&str; 8] = [
    "principal_id",
    "object_id",
    "client_id",
    "application_id",
    "member_object_id",
    "group_object_id",
    "app_id",
    "objectId",
];
/// Types whose ids are beginnings of other ids.
const CONTAINERS: [&str; 4] =
    ["azurerm_resource_group", "azurerm_subscription", "azurerm_management_group", "azurerm_virtual_network"];

/// What a value is made of.
pub(super) enum Resolved {
    /// It can be nothing else.
    Value(Node),
    /// It is made of some of these.
    Candidates(Vec<Ref>),
    /// The plan doesn't tell.
    Opaque,
}

/// One block of the configuration, in one instance of its module.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    /// The resource or module call.
    pub(super) block: &'a Tree,
    /// The modules around it, the outermost first.
    modules: Vec<(&'a Tree, Step)>,
    root: &'a Tree,
    /// How addresses call it.
    name: Arc<str>,
    key: Option<Key>,
}

/// An operand taken apart.
struct Operand {
    first: Step,
    path: Vec<Arc<str>>,
    keyed: Keyed,
}

/// Which loop variables stand beside an operand.
#[derive(Clone, Copy)]
struct Keyed {
    each: bool,
    count: bool,
}

/// What was found on the way.
#[derive(Default)]
struct Found {
    references: Vec<Ref>,
    known: Option<Node>,
    /// Something on the way was more than a plain reference.
    inexact: bool,
    opaque: bool,
}

impl<'a> Place<'a> {
    /// The module around an instance, with the calls that lead there; nothing when the configuration doesn't have it.
    pub(super) fn module_of(world: &PlanWorld<'a>, steps: &[Step]) -> Option<(&'a Tree, Vec<(&'a Tree, Step)>)> {
        let (_, around) = steps.split_last()?;
        let mut module = world.plan.configuration.get("root_module")?;
        let mut modules = Vec::new();
        for step in around {
            let call = module.get("module_calls")?.get(step.name.strip_prefix("module.")?)?;
            modules.push((call, step.clone()));
            module = call.get("module")?;
        }
        Some((module, modules))
    }

    /// The block of an instance; nothing when the configuration doesn't have it.
    pub(super) fn of(world: &PlanWorld<'a>, steps: &[Step]) -> Option<Place<'a>> {
        let root = world.plan.configuration.get("root_module")?;
        let (module, modules) = Place::module_of(world, steps)?;
        let last = steps.last()?;
        let block = world.block(module, &last.name)?;
        Some(Place { name: last.name.clone(), block, modules, root, key: last.key.clone() })
    }

    /// The module call around it, as a block of the module further out.
    fn caller(&self) -> Option<Place<'a>> {
        let mut modules = self.modules.clone();
        let (block, step) = modules.pop()?;
        Some(Place { name: step.name, block, modules, root: self.root, key: step.key })
    }

    fn module(&self) -> Option<&'a Tree> {
        self.modules.last().map_or(Some(self.root), |(call, _)| call.get("module"))
    }

    /// What an expression for `attribute` is made of.
    pub(super) fn resolve(&self, world: &PlanWorld<'a>, expression: &Tree, attribute: Option<&str>) -> Resolved {
        let mut found = Found::default();
        let mut hops = MOST_HOPS;
        self.collect(world, expression, &[], &mut found, &mut hops);
        if found.opaque && found.references.is_empty() {
            return Resolved::Opaque;
        }
        if let (Some(known), true, false) = (&found.known, found.references.is_empty(), found.inexact) {
            return Resolved::Value(known.clone());
        }
        let cut_off = found.references.iter().any(|reference| reference.path.is_empty());
        match found.references.as_slice() {
            // An index that is no literal cuts the attribute off, and a whole resource is no candidate.
            [_, _, ..] if cut_off => Resolved::Opaque,
            [only] if !found.inexact && !found.opaque && found.known.is_none() => match exactly(only, attribute) {
                Some(reference) => Resolved::Value(Node::new(
                    Value::Ref(Arc::new(reference)),
                    self.block.get("address").map_or(self.block.span, |address| address.span),
                )),
                None if cut_off => Resolved::Opaque,
                None => Resolved::Candidates(found.references),
            },
            _ if cut_off => Resolved::Opaque,
            _ => Resolved::Candidates(found.references),
        }
    }

    /// Gathers what an expression refers to; `rest` is the path that follows it.
    fn collect(&self, world: &PlanWorld<'a>, expression: &Tree, rest: &[Arc<str>], found: &mut Found, hops: &mut u32) {
        let Some(left) = hops.checked_sub(1) else {
            found.opaque = true;
            return;
        };
        *hops = left;
        if let Some(constant) = expression.get("constant_value") {
            found.known = Some(node_of(constant));
            found.inexact |= !rest.is_empty();
            return;
        }
        let Some(references) = expression.get("references").and_then(Tree::as_list) else {
            found.opaque = true;
            return;
        };
        let names: Vec<&str> = references.iter().filter_map(Tree::as_str).collect();
        let operands = longest(&names);
        let repeated = operands.iter().any(|name| name.starts_with("each."));
        let counted = operands.contains(&"count.index");
        let real: Vec<&str> = operands.iter().copied().filter(|name| !is_ambient(name)).collect();
        found.inexact |= real.len() > 1;
        for name in real {
            self.operand(world, name, rest, Keyed { each: repeated, count: counted }, found, hops);
        }
    }

    fn operand(
        &self,
        world: &PlanWorld<'a>,
        name: &str,
        rest: &[Arc<str>],
        keyed: Keyed,
        found: &mut Found,
        hops: &mut u32,
    ) {
        let Some((steps, path)) = take_apart(name, false) else {
            found.opaque = true;
            return;
        };
        let Some(first) = steps.into_iter().next() else {
            found.opaque = true;
            return;
        };
        let operand = Operand { path: self.joined(&first, &path, rest, found), first, keyed };
        match operand.first.name.split_once('.') {
            Some(("var", name)) => self.variable(world, name, &operand.path, found, hops),
            Some(("each", _)) => self.each_value(world, &operand.path, found, hops),
            Some(("local" | "path" | "terraform" | "self", _)) | None => found.opaque = true,
            Some(("module", name)) => self.output(world, name, &operand, found, hops),
            Some(_) => self.resource(world, &operand, found),
        }
    }

    /// The path of an operand and what follows it. When both are there the operand may be a member of an object that the
    /// expression builds; they are joined only when that names something a resource of the type has.
    fn joined(&self, first: &Step, path: &[Arc<str>], rest: &[Arc<str>], found: &mut Found) -> Vec<Arc<str>> {
        let joined: Vec<Arc<str>> = path.iter().chain(rest).cloned().collect();
        if path.is_empty()
            || rest.is_empty()
            || ["var.", "each.", "module."].iter().any(|base| first.name.starts_with(base))
        {
            return joined;
        }
        let kind = type_of(&first.name);
        if vocabulary::path_of(kind, &joined) != joined {
            return joined;
        }
        found.inexact = true;
        path.to_vec()
    }

    fn variable(&self, world: &PlanWorld<'a>, name: &str, path: &[Arc<str>], found: &mut Found, hops: &mut u32) {
        match self.caller() {
            None => match world.variables.get(name) {
                Some(value) if path.is_empty() => found.known = Some(value.clone()),
                _ => found.opaque = true,
            },
            Some(caller) => {
                let given = caller.block.get("expressions").and_then(|inputs| inputs.get(name));
                let default = || self.module()?.get("variables")?.get(name)?.get("default");
                match (given, default()) {
                    // A path into an object or list that the caller builds: any of its operands.
                    (Some(given), _) => {
                        found.inexact |= !path.is_empty();
                        caller.collect(world, given, &[], found, hops);
                    }
                    (None, Some(default)) => {
                        found.known = Some(node_of(default));
                        found.inexact |= !path.is_empty();
                    }
                    (None, None) => found.opaque = true,
                }
            }
        }
    }

    /// `each.value.…` of a loop over the instances of one resource is the instance with the same key.
    fn each_value(&self, world: &PlanWorld<'a>, path: &[Arc<str>], found: &mut Found, hops: &mut u32) {
        let over =
            self.block.get("for_each_expression").and_then(|over| over.get("references")).and_then(Tree::as_list);
        let names: Vec<&str> = over.unwrap_or_default().iter().filter_map(Tree::as_str).collect();
        let operands = longest(&names);
        match operands.as_slice() {
            [only] => self.operand(world, only, path, Keyed { each: true, count: false }, found, hops),
            _ => {
                found.inexact = true;
                for name in operands {
                    self.operand(world, name, path, Keyed { each: true, count: false }, found, hops);
                }
            }
        }
    }

    fn output(&self, world: &PlanWorld<'a>, name: &str, operand: &Operand, found: &mut Found, hops: &mut u32) {
        let call = self.module().and_then(|module| module.get("module_calls")?.get(name));
        let Some((call, module)) = call.and_then(|call| Some((call, call.get("module")?))) else {
            found.opaque = true;
            return;
        };
        let loops = call.get("for_each_expression").is_some() || call.get("count_expression").is_some();
        let key = match (operand.first.key.clone(), loops) {
            (Some(key), _) => Some(key),
            (None, false) => None,
            (None, true) if operand.keyed.each => self.key.clone(),
            (None, true) => {
                // Which instance is meant isn't told.
                found.opaque = true;
                return;
            }
        };
        let Some((output, rest)) = operand.path.split_first() else {
            found.opaque = true;
            return;
        };
        let expression = module.get("outputs").and_then(|outputs| outputs.get(output)?.get("expression"));
        let Some(expression) = expression else {
            found.opaque = true;
            return;
        };
        let mut modules = self.modules.clone();
        let step = Step { name: format!("module.{name}").into(), key: key.clone() };
        modules.push((call, step.clone()));
        let inside = Place { name: step.name, block: call, modules, root: self.root, key };
        // A path into an output that is a whole resource goes on in the resource; into an object, anywhere.
        inside.collect(world, expression, rest, found, hops);
    }

    fn resource(&self, world: &PlanWorld<'a>, operand: &Operand, found: &mut Found) {
        let (step, keyed) = (&operand.first, operand.keyed);
        let around: Vec<Step> = self.modules.iter().map(|(_, step)| step.clone()).collect();
        let instances: Vec<&Vec<Step>> = world.staying(&around, &step.name).collect();
        let key_of = |steps: &Vec<Step>| steps.last().and_then(|last| last.key.clone());
        let wanted = step.key.clone().or_else(|| self.key.clone().filter(|_| keyed.each));
        let same: Vec<&Vec<Step>> =
            instances.iter().copied().filter(|steps| key_of(steps).is_some() && key_of(steps) == wanted).collect();
        // One key is one member only where both loops run over the same keys: a `for` between them may have moved them.
        let own: BTreeSet<Key> = world.keys(&around, &self.name);
        let theirs: BTreeSet<Key> = instances.iter().copied().filter_map(key_of).collect();
        let moved = step.key.is_none() && own != theirs;
        let chosen = match (instances.as_slice(), same.as_slice()) {
            (_, [only]) if !moved => vec![*only],
            ([only], _) => vec![*only],
            ([], _) => {
                found.opaque = true;
                return;
            }
            (all, _) => {
                found.inexact = true;
                all.to_vec()
            }
        };
        // `count.index` may be part of a sum: with several instances each is a candidate.
        found.inexact |= keyed.count && instances.len() > 1;
        let chosen = if keyed.count { instances } else { chosen };
        for steps in chosen.into_iter().take(MOST_CANDIDATES) {
            let address = Arc::new(Address { root: world.name.clone(), path: steps.clone() });
            let reference = Ref { target: Target::Resource(address), path: operand.path.clone() };
            if found.references.len() < MOST_CANDIDATES && !found.references.contains(&reference) {
                found.references.push(reference);
            }
        }
    }
}

/// The reference that an attribute must be, when its only operand is this one.
fn exactly(reference: &Ref, attribute: Option<&str>) -> Option<Ref> {
    let attribute = attribute?;
    let Target::Resource(address) = &reference.target else { return None };
    let name = address.path.last().map(|step| step.name.clone())?;
    let kind = type_of(&name).to_owned();
    let last = reference.path.last().map(|step| &**step);
    let takes_guid = GUIDS.contains(&attribute);
    let takes_id = !takes_guid && (attribute == "scope" || attribute.ends_with("_id") || attribute.ends_with("_ids"));
    match last {
        Some(last) if takes_guid && GUIDS.contains(&last) => Some(reference.clone()),
        // A resource id where a GUID belongs is what was written, wrong as it is.
        Some("id") if takes_guid => Some(reference.clone()),
        Some("id") if takes_id && !CONTAINERS.contains(&&*kind) => Some(reference.clone()),
        // A longer id would be none of a network.
        Some("id") if attribute.ends_with("virtual_network_id") && kind == "azurerm_virtual_network" => {
            Some(reference.clone())
        }
        // What is made of one address and is an address itself can be no other.
        Some("private_ip_address") if attribute == "next_hop_in_ip_address" => Some(reference.clone()),
        // An index that is no literal cuts the rest of the path off; a registry has no other id.
        None if attribute == "scope" && kind == "azurerm_container_registry" => {
            Some(Ref { target: reference.target.clone(), path: vec!["id".into()] })
        }
        _ => None,
    }
}
