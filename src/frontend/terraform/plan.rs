//! Plan JSON: resources as they will be, unknown values joined through the configuration's references.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::plan_references::{Place, PlanWorld, Resolved, parse_address};
use super::shape::Written;
use crate::frontend::{Problem, node_of};
use crate::ir::{
    Address, Cond, Deployment, Entry, Gap, Hides, Language, List, Map, Node, Origin, Resource, Step, Value, Why,
};
use crate::source::{SourceId, Span, Store, Via};
use crate::syntax::json;
use crate::syntax::tree::{Tree, TreeKind};

/// A plan as read.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) source: SourceId,
    pub(super) tree: Tree,
}

/// One resource of a plan.
struct Change<'a> {
    address: &'a Tree,
    extent: Span,
    data: bool,
    kind: &'a str,
    steps: Vec<Step>,
    after: Option<&'a Tree>,
    unknown: Option<&'a Tree>,
    sensitive: Option<&'a Tree>,
    /// No list of unknown values is there: what the configuration sets and the values lack is unknown.
    partial: bool,
}

impl Plan {
    /// The plan in a JSON file; nothing when it is something else. A text that only looks like a plan and can't be read
    /// is told as a problem.
    pub(super) fn read(store: &Store, source: SourceId, problems: &mut Vec<Problem>) -> Option<Plan> {
        let text = store.source(source).text.clone();
        let has = |word: &str| text.contains(word);
        if !has("\"format_version\"") || !(has("\"planned_values\"") || has("\"resource_changes\"")) {
            return None;
        }
        let (tree, _, faults) = json::parse(source, &text);
        problems.extend(faults.into_iter().map(Problem::from));
        let tree = tree?;
        let is_plan = tree.get("format_version").is_some()
            && (tree.get("planned_values").is_some() || tree.get("resource_changes").is_some());
        is_plan.then_some(Plan { source, tree })
    }

    /// The values that the plan's variables had.
    pub(super) fn variables(&self) -> Vec<(Arc<str>, Node)> {
        let variables = self.tree.get("variables").and_then(Tree::as_map).unwrap_or_default();
        let value = |variable: &crate::syntax::tree::Member| {
            let value = node_of(variable.value.get("value")?).through(variable.key_span, Via::Parameter);
            let declared = self.tree.get("configuration")?.get("root_module")?.get("variables")?.get(&variable.key)?;
            let sensitive = matches!(declared.get("sensitive").map(|flag| &flag.kind), Some(TreeKind::Bool(true)));
            Some((variable.key.clone(), if sensitive { value.secret() } else { value }))
        };
        variables.iter().filter_map(value).collect()
    }

    /// The deployment that the plan leads to.
    pub(super) fn deploy(&self, store: &Store) -> Deployment {
        let name = store.source(self.source).path.clone();
        let changes = self.changes();
        let known: BTreeSet<Vec<Step>> = changes.iter().map(|change| change.steps.clone()).collect();
        let variables: BTreeMap<Arc<str>, Node> = self.variables().into_iter().collect();
        let empty = Tree { kind: TreeKind::Null, span: Span::file(self.source), via: Vec::new() };
        let configuration = self.tree.get("configuration").unwrap_or(&empty);
        let world = PlanWorld { name: name.clone(), configuration, known: &known, variables: &variables };
        Deployment {
            name,
            language: Language::Plan,
            source: self.source,
            parameters: None,
            asked: Vec::new(),
            resources: changes.iter().map(|change| world.resource(change)).collect(),
            gaps: self.gaps().into_iter().chain(changes.iter().filter_map(|change| world.effects(change))).collect(),
        }
    }

    /// What the plan itself says of being incomplete.
    fn gaps(&self) -> Vec<Gap> {
        let flag = |name: &str, bad: bool| self.tree.get(name).filter(|flag| flag.kind == TreeKind::Bool(bad));
        let gap = |tree: &Tree, what: &str| Gap {
            why: Why::UnsupportedSyntax(what.into()),
            span: tree.span,
            hides: Some(Hides::Anything),
        };
        let errored = flag("errored", true).map(|tree| gap(tree, "a plan that ended with an error"));
        let incomplete = flag("complete", false).map(|tree| gap(tree, "a plan that is not complete"));
        errored.into_iter().chain(incomplete).collect()
    }

    fn changes(&self) -> Vec<Change<'_>> {
        let mut found = Vec::new();
        match self.tree.get("resource_changes").and_then(Tree::as_list) {
            Some(changes) => found.extend(changes.iter().filter_map(change)),
            None => values(self.tree.get("planned_values"), &|_| true, &mut found),
        }
        // Data sources that were read while planning stand in the prior state only.
        values(self.tree.get("prior_state").and_then(|state| state.get("values")), &|data| data, &mut found);
        let mut seen = BTreeSet::new();
        found.retain(|change| seen.insert(change.steps.clone()));
        found
    }
}

fn change(tree: &Tree) -> Option<Change<'_>> {
    let change = tree.get("change")?;
    let actions: Vec<&str> = change.get("actions")?.as_list()?.iter().filter_map(Tree::as_str).collect();
    if matches!(actions.as_slice(), ["delete"] | ["forget"] | []) {
        return None;
    }
    let address = tree.get("address")?;
    Some(Change {
        address,
        extent: tree.span,
        data: tree.get("mode").and_then(Tree::as_str) == Some("data"),
        kind: tree.get("type")?.as_str()?,
        steps: parse_address(address.as_str()?)?,
        after: change.get("after"),
        unknown: change.get("after_unknown"),
        sensitive: change.get("after_sensitive"),
        partial: false,
    })
}

/// Resources of a `values` object whose mode (is it data?) is wanted.
fn values<'a>(from: Option<&'a Tree>, wanted: &dyn Fn(bool) -> bool, found: &mut Vec<Change<'a>>) {
    let mut waiting: Vec<&Tree> = from.and_then(|values| values.get("root_module")).into_iter().collect();
    while let Some(module) = waiting.pop() {
        for tree in module.get("resources").and_then(Tree::as_list).unwrap_or_default() {
            let data = tree.get("mode").and_then(Tree::as_str) == Some("data");
            let parts = || {
                let address = tree.get("address")?;
                Some((address, tree.get("type")?.as_str()?, parse_address(address.as_str()?)?))
            };
            if let Some((address, kind, steps)) = parts().filter(|_| wanted(data)) {
                let (after, sensitive) = (tree.get("values"), tree.get("sensitive_values"));
                found.push(Change {
                    address,
                    extent: tree.span,
                    data,
                    kind,
                    steps,
                    after,
                    unknown: None,
                    sensitive,
                    partial: !data,
                });
            }
        }
        waiting.extend(module.get("child_modules").and_then(Tree::as_list).unwrap_or_default());
    }
}

impl PlanWorld<'_> {
    fn resource(&self, change: &Change<'_>) -> Resource {
        let declared = change.address.span;
        let place = Place::of(self, &change.steps);
        let expressions = place.as_ref().and_then(|place| place.block.get("expressions"));
        let filling = Filling { world: self, place: place.as_ref(), declared, partial: change.partial };
        let body = filling.object(change.after, change.unknown, expressions);
        let body = match change.sensitive {
            Some(marks) => mark(body, marks),
            None => body,
        };
        let provider = place.as_ref().and_then(|place| place.block.get("provider_config_key")).and_then(Tree::as_str);
        Written {
            terraform: change.kind.into(),
            address: Arc::new(Address { root: self.name.clone(), path: change.steps.clone() }),
            body: Node { span: change.extent, ..body },
            subscription: self.subscription(provider.unwrap_or("azurerm"), declared),
            deployed: Cond::Always,
            origin: if change.data { Origin::Existing } else { Origin::Declared },
            declared,
            extent: change.extent,
            language: Language::Plan,
        }
        .shape()
    }

    /// What the commands of a resource are made of: they may join what they refer to.
    fn effects(&self, change: &Change<'_>) -> Option<Gap> {
        let place = Place::of(self, &change.steps)?;
        let provisioners = place.block.get("provisioners")?.as_list()?;
        let expressions = provisioners.iter().filter_map(|it| it.get("expressions")?.as_map()).flatten();
        let argument = |member: &crate::syntax::tree::Member| match place.resolve(self, &member.value, None) {
            Resolved::Value(node) => Some(node),
            Resolved::Candidates(found) => Some(Node::new(Value::Derived(Arc::new(found)), change.address.span)),
            Resolved::Opaque => None,
        };
        let hides = Some(Hides::Joining(expressions.filter_map(argument).collect()));
        let why = Why::NotAnalysed(format!("what `{}` does", change.kind).into());
        Some(Gap { why, span: change.address.span, hides })
    }

    /// The subscription of a provider, as far as the configuration says it.
    fn subscription(&self, provider: &str, span: Span) -> Node {
        let written = self.configuration.get("provider_config").and_then(|providers| providers.get(provider));
        let expression = written.and_then(|provider| provider.get("expressions")?.get("subscription_id"));
        if let Some(constant) = expression.and_then(|expression| expression.get("constant_value")) {
            return node_of(constant);
        }
        let references = expression.and_then(|expression| expression.get("references")?.as_list());
        if let Some([only]) = references
            && let Some(value) = only.as_str().and_then(|name| self.variables.get(name.strip_prefix("var.")?))
        {
            return value.clone();
        }
        let own = if provider == "azurerm" { String::new() } else { format!(":{provider}") };
        Node::symbol(Why::DeploymentScope("subscription".into()), format!("{}#subscription{own}", self.name), span)
    }
}

/// Fills in what is unknown until apply.
struct Filling<'a> {
    world: &'a PlanWorld<'a>,
    place: Option<&'a Place<'a>>,
    declared: Span,
    partial: bool,
}

impl Filling<'_> {
    fn object(&self, after: Option<&Tree>, unknown: Option<&Tree>, expressions: Option<&Tree>) -> Node {
        let mut entries = Vec::new();
        let members = |tree: Option<&Tree>| tree.and_then(Tree::as_map).map(<[_]>::to_vec).unwrap_or_default();
        let unknown_members = members(unknown);
        let expression = |name: &str| expressions.and_then(|expressions| expressions.get(name));
        // One operand for the whole object: each of its members is made of it.
        let whole = expressions.filter(|expressions| expressions.get("references").is_some());
        for member in members(after) {
            let below = unknown_members.iter().find(|other| other.key == member.key).map(|other| &other.value);
            let from = whole.or_else(|| expression(&member.key));
            if let Some(value) = self.value(&member.key, Some(&member.value), below, from) {
                entries.push(Entry { key: Node::text(member.key.clone(), member.key_span), value });
            }
        }
        for member in &unknown_members {
            let is_new = !entries.iter().any(|entry: &Entry| entry.key.as_str() == Some(&member.key));
            let from = whole.or_else(|| expression(&member.key));
            if is_new && let Some(value) = self.value(&member.key, None, Some(&member.value), from) {
                entries.push(Entry { key: Node::text(member.key.clone(), member.key_span), value });
            }
        }
        if self.partial {
            for member in members(expressions) {
                if !entries.iter().any(|entry| entry.key.as_str() == Some(&member.key)) {
                    let value = self.unknown(&member.key, &member.value);
                    entries.push(Entry { key: Node::text(member.key.clone(), member.key_span), value });
                }
            }
        }
        Node::new(Value::Map(Arc::new(Map { entries, open: None })), after.map_or(self.declared, |after| after.span))
    }

    /// One value; nothing for a computed attribute that nobody set.
    fn value(
        &self,
        name: &str,
        after: Option<&Tree>,
        unknown: Option<&Tree>,
        expression: Option<&Tree>,
    ) -> Option<Node> {
        match unknown.map(|unknown| &unknown.kind) {
            Some(TreeKind::Bool(true)) => expression.map(|expression| self.unknown(name, expression)),
            Some(TreeKind::Map(_)) => Some(self.object(after, unknown, expression)),
            Some(TreeKind::List(flags)) if !flags.is_empty() => Some(self.list(name, after, flags, expression)),
            _ => after.map(node_of),
        }
    }

    fn list(&self, name: &str, after: Option<&Tree>, flags: &[Tree], expression: Option<&Tree>) -> Node {
        let items = after.and_then(Tree::as_list).unwrap_or_default();
        let blocks = expression.and_then(Tree::as_list);
        let item = |at: usize| {
            let from = match blocks {
                // A dynamic block is written once, however many blocks it makes.
                Some([only]) => Some(only),
                Some(blocks) => blocks.get(at).filter(|_| blocks.len() == flags.len().max(items.len())),
                None => expression,
            };
            let unset = || Node::unknown(Why::KnownAfterApply, self.declared);
            let value = match flags.get(at).map(|flag| &flag.kind) {
                Some(TreeKind::Bool(true)) => from.map(|expression| self.made_of(name, expression)),
                _ => self.value(name, items.get(at), flags.get(at), from),
            };
            value.unwrap_or_else(unset)
        };
        let items = (0..flags.len().max(items.len())).map(item).collect();
        Node::list(items, after.map_or(self.declared, |after| after.span))
    }

    /// What is known of an attribute that is unknown until apply. A list of ids that is unknown as a whole holds at least
    /// what it is made of.
    fn unknown(&self, name: &str, expression: &Tree) -> Node {
        let node = self.made_of(name, expression);
        match node.value {
            Value::Ref(_) if name.ends_with("_ids") => {
                let open = Some(Why::KnownAfterApply);
                Node::new(Value::List(Arc::new(List { items: vec![node], open })), self.declared)
            }
            _ => node,
        }
    }

    /// What a value that is unknown until apply is made of.
    fn made_of(&self, name: &str, expression: &Tree) -> Node {
        let span = self.declared;
        let opaque = || Node::unknown(Why::KnownAfterApply, span);
        let Some(place) = self.place else { return opaque() };
        let resolved = place.resolve(self.world, expression, Some(name));
        match resolved {
            Resolved::Value(node) => node,
            Resolved::Candidates(candidates) if candidates.is_empty() => opaque(),
            Resolved::Candidates(candidates) => Node::new(Value::Derived(Arc::new(candidates)), span),
            Resolved::Opaque => opaque(),
        }
    }
}

/// Marks what the plan calls sensitive.
fn mark(node: Node, marks: &Tree) -> Node {
    match (&marks.kind, &node.value) {
        (TreeKind::Bool(true), _) => node.secret(),
        (TreeKind::Map(members), Value::Map(map)) => {
            let mut map = (**map).clone();
            for entry in &mut map.entries {
                if let Some(marks) =
                    entry.key.as_str().and_then(|key| members.iter().find(|member| &*member.key == key))
                {
                    entry.value = mark(entry.value.clone(), &marks.value);
                }
            }
            Node { value: Value::Map(map.into()), ..node }
        }
        (TreeKind::List(marks), Value::List(list)) => {
            let mut list = (**list).clone();
            for (item, marks) in list.items.iter_mut().zip(marks) {
                *item = mark(item.clone(), marks);
            }
            Node { value: Value::List(list.into()), ..node }
        }
        _ => node,
    }
}
