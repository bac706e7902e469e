//! A plan beside the configuration that it was made of: instances and values come from the plan, places and expressions
//! from the configuration.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Plan;
use super::references::{Place, PlanWorld};
use crate::frontend::node_of;
use crate::frontend::terraform::sources::config::{Folders, Module, local_folder, name_of};
use crate::frontend::terraform::tables::azurerm;
use crate::frontend::terraform::value::{failure, known as is_known, text_of};
use crate::ir::{Entry, Former, Gap, Key, List, Map, Node, Resource, Step, Target, Value};
use crate::source::Span;
use crate::syntax::hcl::{Block, Expr, ExprKind};
use crate::syntax::tree::{Tree, TreeKind};

/// A plan in the place of the state that configuration lacks.
pub struct Beside<'a> {
    world: PlanWorld<'a>,
    /// It says of everything what becomes of it.
    whole: bool,
}

impl<'a> Beside<'a> {
    /// The plan for a deployment.
    pub fn of(plan: &'a Plan, deployment: Arc<str>) -> Beside<'a> {
        let world = PlanWorld::of(plan, deployment);
        let whole = plan.gaps.is_empty() && world.left_out().is_none();
        Beside { world, whole }
    }

    /// The keys of the instances of a resource, or of a module call that has resources; nothing when the plan doesn't tell.
    pub fn keys(&self, modules: &[Step], name: &str) -> Option<Vec<Key>> {
        let mut block = modules.to_vec();
        block.push(Step { name: name.into(), key: None });
        let is_module = name.starts_with("module.");
        if !self.whole || !is_module && Place::of(&self.world, &block).is_none() {
            return None;
        }
        let keys = self.world.staying(modules, name).filter_map(|steps| steps.get(modules.len())?.key.clone());
        let keys: BTreeSet<Key> = keys.collect();
        (!is_module || !keys.is_empty()).then(|| keys.into_iter().collect())
    }

    /// The value of an attribute that is known, for what is no resource of Azure: of those the reference says more.
    pub fn value(&self, steps: &[Step], path: &[Arc<str>], span: Span) -> Option<Node> {
        let change = self.world.change(steps)?;
        let first = path.first()?;
        let unknown = change.unknown.as_ref().and_then(|unknown| unknown.get(first));
        if azurerm::find(&change.kind).is_some() || !unknown.is_none_or(says_nothing) {
            return None;
        }
        let sensitive = change.after.sensitive.as_ref().and_then(|marks| marks.get(first));
        let value = node_of(change.value_at(path)?);
        let value = if sensitive.is_none_or(says_nothing) { value } else { value.secret() };
        Some(at(&value, span))
    }

    /// The body of a resource with what the plan knows of it; as it is when the plan doesn't have it.
    pub fn body(&self, steps: &[Step], written: Node, head: Span) -> Node {
        let Some(change) = self.world.change(steps).filter(|change| change.stays()) else { return written };
        let planned = self.world.body(change, Place::of(&self.world, steps).as_ref());
        joined(&written, &planned, head)
    }

    /// Resources of the plan that the configuration at hand doesn't have, those of modules from elsewhere, and what they
    /// may do besides.
    pub fn others(&self, taken: &BTreeSet<Vec<Step>>) -> (Vec<Resource>, Vec<Gap>) {
        let staying = self.world.plan.changes.iter().filter(|change| change.stays());
        let others: Vec<_> = staying.filter(|change| !taken.contains(&change.steps)).collect();
        let effects = others.iter().filter_map(|change| self.world.effects(change)).collect();
        (others.into_iter().flat_map(|change| self.world.written(change).shapes()).collect(), effects)
    }

    /// What exists now and is changed.
    pub fn former(&self) -> Vec<Former> {
        self.world.former()
    }

    /// What the plan leaves open.
    pub fn gaps(&self) -> Vec<Gap> {
        self.world.plan.gaps.iter().cloned().chain(self.world.left_out()).collect()
    }

    /// Whether the plan has what a module call makes.
    pub fn has_call(&self, modules: &[Step], name: &str) -> bool {
        let mut call = modules.to_vec();
        call.push(Step { name: format!("module.{name}").into(), key: None });
        // Any resource of the module would do: only the way there counts.
        call.push(Step { name: "".into(), key: None });
        self.whole && Place::module_of(&self.world, &call).is_some()
    }
}

impl Plan {
    /// Whether some resource of the root module is declared there.
    pub fn shares_resources_with(&self, root: &Module) -> bool {
        let planned = self.configuration.get("root_module");
        let names = |key: &str, name: &str, prefix: &str| {
            let blocks = planned.and_then(|module| module.get(key));
            let listed = blocks.and_then(Tree::as_list).unwrap_or_default();
            let listed = listed.iter().filter_map(|block| block.get(name)?.as_str());
            let called = blocks.and_then(Tree::as_map).unwrap_or_default().iter().map(|call| &*call.key);
            listed.chain(called).map(|name| format!("{prefix}{name}")).any(|name| root.block(&name).is_some())
        };
        names("resources", "address", "") || names("module_calls", "", "module.")
    }

    /// Whether it was made of this configuration as it is now: the same resources with the same literals. What differs.
    pub fn differs_from(&self, root: &Module, folders: &Folders) -> Option<String> {
        let planned = self.configuration.get("root_module")?;
        differs(planned, root, folders, 0)
    }
}

/// Modules within modules that are compared.
const DEEPEST: usize = 16;

fn differs(planned: &Tree, module: &Module, folders: &Folders, depth: usize) -> Option<String> {
    let blocks = planned.get("resources").and_then(Tree::as_list).unwrap_or_default();
    let managed = |block: &&Tree| block.get("mode").and_then(Tree::as_str) == Some("managed");
    let address = |block: &Tree| block.get("address").and_then(Tree::as_str).map(Arc::<str>::from);
    let in_plan: BTreeSet<Arc<str>> = blocks.iter().filter(managed).filter_map(address).collect();
    let in_files: BTreeSet<Arc<str>> = module.of_kind("resource").filter_map(name_of).collect();
    if let Some(new) = in_files.difference(&in_plan).next() {
        return Some(format!("it doesn't have `{new}`"));
    }
    if let Some(old) = in_plan.difference(&in_files).next().filter(|_| module.gaps.is_empty()) {
        return Some(format!("it still has `{old}`"));
    }
    for block in blocks.iter().filter(managed) {
        let (Some(name), Some(planned)) = (address(block), block.get("expressions")) else { continue };
        let changed = module.block(&name).and_then(|written| {
            changed_literal(planned, written).or_else(|| in_one_only(planned, written, module.gaps.is_empty()))
        });
        if let Some(attribute) = changed {
            return Some(format!("it was made with another `{attribute}` of `{name}`"));
        }
    }
    if depth == DEEPEST {
        return None;
    }
    let calls = planned.get("module_calls").and_then(Tree::as_map).unwrap_or_default();
    calls.iter().find_map(|call| {
        let written = module.block(&format!("module.{}", call.key))?;
        let source = written.body.attribute("source").and_then(Expr::as_text)?;
        let inner = folders.get(&local_folder(&module.folder, source)?)?;
        differs(call.value.get("module")?, inner, folders, depth + 1)
    })
}

/// The first argument that is a literal in both and isn't the same.
fn changed_literal(planned: &Tree, written: &Block) -> Option<Arc<str>> {
    let changed = |attribute: &&crate::syntax::hcl::Attribute| {
        let constant = planned.get(&attribute.name).and_then(|expression| expression.get("constant_value"));
        match (constant.map(|constant| &constant.kind), &attribute.value.kind) {
            (Some(TreeKind::Str(planned)), ExprKind::Text(written)) => planned != written,
            (Some(TreeKind::Bool(planned)), ExprKind::Bool(written)) => planned != written,
            (Some(TreeKind::Int(planned)), ExprKind::Int(written)) => planned != written,
            _ => false,
        }
    };
    written.body.attributes.iter().find(changed).map(|attribute| attribute.name.clone())
}

/// The first argument that only one of both has. What is `null` counts as not written; blocks are left out, which a plan
/// has only where they are not dynamic.
fn in_one_only(planned: &Tree, written: &Block, whole: bool) -> Option<Arc<str>> {
    let plain = |expr: &Expr| !matches!(expr.kind, ExprKind::Null | ExprKind::Object(_) | ExprKind::List(_));
    let new = |attribute: &&crate::syntax::hcl::Attribute| {
        let about = META.contains(&&*attribute.name) || !plain(&attribute.value);
        !about && planned.get(&attribute.name).is_none()
    };
    let added = written.body.attributes.iter().find(new).map(|attribute| attribute.name.clone());
    let made = |name: &str| {
        let block = |block: &Block| &*block.kind == name || block.labels.first().is_some_and(|label| &**label == name);
        written.body.attribute(name).is_some() || written.body.blocks.iter().any(block)
    };
    let members = planned.as_map().unwrap_or_default().iter();
    let constant = |expression: &Tree| {
        expression.get("constant_value").is_some_and(|value| {
            matches!(value.kind, TreeKind::Str(_) | TreeKind::Bool(_) | TreeKind::Int(_) | TreeKind::Float(_))
        })
    };
    let mut gone = members.filter(|member| whole && constant(&member.value) && !made(&member.key));
    added.or_else(|| gone.next().map(|member| member.key.clone()))
}

/// Arguments of Terraform itself, which a plan keeps elsewhere.
const META: [&str; 4] = ["count", "for_each", "provider", "depends_on"];

/// Whether a tree of flags has none that is set.
fn says_nothing(flags: &Tree) -> bool {
    match &flags.kind {
        TreeKind::Bool(flag) => !flag,
        TreeKind::List(flags) => flags.iter().all(says_nothing),
        TreeKind::Map(flags) => flags.iter().all(|flag| says_nothing(&flag.value)),
        _ => true,
    }
}

/// What is written, with what the plan knows. What is only in the plan stands at `head`.
fn joined(written: &Node, planned: &Node, head: Span) -> Node {
    let secret = written.secret || planned.secret;
    let node = match (&written.value, &planned.value) {
        (Value::Map(own), Value::Map(known)) => maps(written, own, known, head),
        (Value::List(own), Value::List(known)) => lists(written, own, known),
        (_, Value::Unknown { .. }) => written.clone(),
        (_, Value::Derived(_)) if !is_opaque(written) => written.clone(),
        (Value::Ref(reference), _) if is_azure(&reference.target) => written.clone(),
        (Value::Id(_), _) => written.clone(),
        (_, Value::Ref(_)) if !is_vague(written) => written.clone(),
        (Value::Null, Value::Null) => written.clone(),
        // Where both are known and differ, the file has changed since the plan was made.
        _ if written.value == planned.value || is_one_text(written, planned).is_some() => written.clone(),
        _ => Node { trail: written.trail.clone(), ..at(planned, written.span) },
    };
    if secret { node.secret() } else { node }
}

fn maps(written: &Node, own: &Map, known: &Map, head: Span) -> Node {
    let mut entries: Vec<Entry> = Vec::new();
    for entry in &own.entries {
        let planned = entry.key.as_str().and_then(|key| known.get_exact(key));
        let value =
            planned.map_or_else(|| entry.value.clone(), |planned| joined(&entry.value, planned, entry.value.span));
        entries.push(Entry { key: entry.key.clone(), value });
    }
    // Keys that are computed may be any of those that the plan has.
    let keyed = own.entries.iter().all(|entry| entry.key.as_str().is_some());
    if !keyed {
        return at(&Node::new(Value::Map(Arc::new(known.clone())), written.span), written.span);
    }
    for entry in known.entries.iter().filter(|entry| entry.key.as_str().is_some_and(|key| own.get_exact(key).is_none()))
    {
        entries.push(Entry { key: Node { span: head, ..entry.key.clone() }, value: at(&entry.value, head) });
    }
    Node { value: Value::Map(Arc::new(Map { entries, open: known.open.clone() })), ..written.clone() }
}

/// Members in the order of the plan: each with its twin of the configuration where both have as many.
fn lists(written: &Node, own: &List, known: &List) -> Node {
    let paired = own.open.is_none() && own.items.len() == known.items.len();
    let twins = || own.items.iter().zip(&known.items);
    // A single member has no order to lose.
    if paired && (own.items.len() == 1 || twins().all(|(own, known)| agrees(own, known))) {
        let items = twins().map(|(own, known)| joined(own, known, own.span)).collect();
        return Node { value: Value::List(Arc::new(List { items, open: known.open.clone() })), ..written.clone() };
    }
    if known.items.is_empty() && known.open.is_none() && own.open.is_none() {
        return written.clone();
    }
    // What is wholly known and has other members than the plan is newer.
    if is_known(written) && !same_members(own, known) {
        return written.clone();
    }
    // Sets have an order of their own in a plan.
    let twin = |known: &Node| own.items.iter().find(|own| own.value == known.value);
    let opaque = known.items.iter().any(|item| matches!(item.value, Value::Unknown { .. } | Value::Derived(_)));
    if paired && opaque {
        return written.clone();
    }
    let items = known.items.iter().map(|item| twin(item).cloned().unwrap_or_else(|| at(item, written.span))).collect();
    Node { value: Value::List(Arc::new(List { items, open: known.open.clone() })), ..written.clone() }
}

/// Whether both have the same members, in whatever order.
fn same_members(own: &List, known: &List) -> bool {
    let holds = |one: &List, other: &Node| one.items.iter().any(|item| agrees(item, other));
    own.items.len() == known.items.len() && known.items.iter().all(|item| holds(own, item))
}

/// Whether nothing that is known on both sides differs.
fn agrees(own: &Node, known: &Node) -> bool {
    match (&own.value, &known.value) {
        (Value::Map(a), Value::Map(b)) => a.entries.iter().all(|entry| {
            let other = entry.key.as_str().and_then(|key| b.get_exact(key));
            other.is_none_or(|other| agrees(&entry.value, other))
        }),
        (Value::List(a), Value::List(b)) if a.open.is_none() => {
            a.items.len() == b.items.len() && a.items.iter().zip(&b.items).all(|(a, b)| agrees(a, b))
        }
        _ => is_one_text(own, known).unwrap_or(true),
    }
}

/// Whether two scalars are the same, whatever type the provider gives them; nothing when one of them is no scalar.
fn is_one_text(own: &Node, known: &Node) -> Option<bool> {
    Some(text_of(own)? == text_of(known)?)
}

/// Whether nothing at all is known of a value.
fn is_opaque(node: &Node) -> bool {
    matches!(node.value, Value::Unknown { .. }) || failure(node).is_some()
}

/// Whether a value hangs on something that the plan knows better.
fn is_vague(node: &Node) -> bool {
    matches!(node.value, Value::Unknown { .. } | Value::Choice(_) | Value::Call(..) | Value::Null)
}

/// Whether a reference goes to a resource that Azure has.
fn is_azure(target: &Target) -> bool {
    let Target::Resource(address) = target else { return true };
    let name = address.path.last().map(|step| step.name.clone()).unwrap_or_default();
    let kind = name.strip_prefix("data.").unwrap_or(&name);
    azurerm::find(kind.split('.').next().unwrap_or_default()).is_some()
}

/// A value of the plan, at a place of the configuration. A secret stands in the plan and not there: it gets no text.
fn at(node: &Node, span: Span) -> Node {
    let place = span.range().start;
    let span = if node.secret { Span::new(span.source, place, place) } else { span };
    let value = match &node.value {
        Value::List(list) => {
            let items = list.items.iter().map(|item| at(item, span)).collect();
            Value::List(Arc::new(List { items, open: list.open.clone() }))
        }
        Value::Map(map) => {
            let entry =
                |entry: &Entry| Entry { key: Node { span, ..entry.key.clone() }, value: at(&entry.value, span) };
            Value::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), open: map.open.clone() }))
        }
        value => value.clone(),
    };
    Node { value, span, ..node.clone() }
}
