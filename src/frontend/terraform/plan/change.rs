//! Resource changes: what a plan does with a resource, and its values before and after.

use std::sync::Arc;

use super::address::parse_address;
use super::part::{Object, Part};
use crate::frontend::terraform::tables::azurerm;
use crate::frontend::{Problem, Trouble};
use crate::ir::Step;
use crate::source::Span;
use crate::syntax::tree::{Tree, TreeKind};

/// What applying a plan does with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing, or it is only read.
    Keep,
    Create,
    Update,
    Replace,
    Delete,
    /// It stays, and Terraform doesn't look after it any more.
    Forget,
}

/// One resource of a plan.
#[derive(Debug)]
pub(super) struct Change {
    /// Where its address is written.
    pub(super) address: Span,
    pub(super) extent: Span,
    pub(super) data: bool,
    pub(super) kind: Arc<str>,
    pub(super) steps: Vec<Step>,
    pub(super) action: Action,
    pub(super) before: Values,
    pub(super) after: Values,
    /// Which values are known only after apply.
    pub(super) unknown: Option<Tree>,
    /// No list of unknown values is there: what the configuration sets and the values lack is unknown.
    pub(super) partial: bool,
}

/// The values of a resource at one time.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) body: Option<Tree>,
    /// Which of them are sensitive.
    pub(super) sensitive: Option<Tree>,
}

/// Changes of types that have nothing to do with pulls keep their values only when they are shorter than this: names are
/// made of random texts, scopes are read from remote states.
const LONGEST_STRANGER: usize = 16 << 10;

/// Modules within modules.
const DEEPEST_MODULE: usize = 64;

/// Whether a type's values are looked at.
fn is_looked_at(kind: &str) -> bool {
    let tables = ["azapi_", "azuread_", "helm_", "kubectl_"];
    azurerm::find(kind).is_some()
        || kind.starts_with("kubernetes_")
        || tables.iter().any(|start| kind.starts_with(start))
}

/// What all entries of a plan's lists have in common.
struct Entry<'t> {
    object: Object<'t>,
    whole: Part<'t>,
    steps: Vec<Step>,
    kind: &'t str,
    address: Span,
}

impl<'t> Entry<'t> {
    fn read(part: Part<'t>) -> Option<Entry<'t>> {
        let object = part.object()?;
        let address = object.get("address")?.tree().ok()?;
        let kind = object.get("type")?.word()?;
        Some(Entry { steps: parse_address(address.as_str()?)?, address: address.span, kind, object, whole: part })
    }

    fn is_kept(&self) -> bool {
        is_looked_at(self.kind) || self.whole.length() < LONGEST_STRANGER
    }

    fn is_data(&self) -> bool {
        self.object.get("mode").and_then(|mode| mode.word()) == Some("data")
    }

    fn change(&self, action: Action, partial: bool) -> Change {
        Change {
            address: self.address,
            extent: self.whole.span(),
            data: self.is_data(),
            kind: self.kind.into(),
            steps: self.steps.clone(),
            action,
            before: Values::default(),
            after: Values::default(),
            unknown: None,
            partial,
        }
    }
}

/// Reads trees out of parts and keeps what went wrong.
pub(super) struct Reading<'p> {
    pub(super) problems: &'p mut Vec<Problem>,
}

impl Reading<'_> {
    /// What a part says; nothing when it is broken.
    pub(super) fn tree(&mut self, part: Option<Part<'_>>) -> Option<Tree> {
        part?.tree().map_err(|fault| self.problems.push(fault.into())).ok()
    }

    /// An entry of `resource_changes` or `resource_drift`. An object that is left over from an earlier replacement is none.
    pub(super) fn change(&mut self, part: Part<'_>) -> Option<Change> {
        let entry = Entry::read(part)?;
        if entry.object.has("deposed") {
            return None;
        }
        let about = entry.object.get("change")?.object()?;
        let actions = self.tree(about.get("actions"))?;
        let mut change = entry.change(action(&actions)?, false);
        if entry.is_kept() {
            if !matches!(change.action, Action::Keep | Action::Create) {
                change.before = Values {
                    body: self.tree(about.get("before")),
                    sensitive: self.tree(about.get("before_sensitive")),
                };
            }
            change.after =
                Values { body: self.tree(about.get("after")), sensitive: self.tree(about.get("after_sensitive")) };
            change.unknown = self.tree(about.get("after_unknown"));
        }
        Some(change)
    }

    /// The resources of a `values` object (`planned_values`, a state) that are wanted.
    pub(super) fn values(
        &mut self,
        from: Option<Part<'_>>,
        wanted: &dyn Fn(&[Step], bool) -> bool,
        found: &mut Vec<Change>,
    ) {
        let root = from.and_then(Part::object).and_then(|values| values.get("root_module"));
        let mut waiting: Vec<(Part<'_>, usize)> = root.into_iter().map(|root| (root, 0)).collect();
        while let Some((part, depth)) = waiting.pop() {
            // Every level is skimmed again.
            if depth > DEEPEST_MODULE {
                let message = "modules within modules deeper than 64 levels".to_owned();
                let problem = Problem { trouble: Trouble::Limit, message, span: part.span(), help: None };
                return self.problems.push(problem);
            }
            let Some(module) = part.object() else { continue };
            let entries = module.get("resources").into_iter().flat_map(Part::elements).filter_map(Entry::read);
            for entry in entries.filter(|entry| wanted(&entry.steps, entry.is_data())) {
                let mut change = entry.change(Action::Keep, !entry.is_data());
                if entry.is_kept() {
                    let (body, sensitive) = (entry.object.get("values"), entry.object.get("sensitive_values"));
                    change.after = Values { body: self.tree(body), sensitive: self.tree(sensitive) };
                }
                found.push(change);
            }
            let children = module.get("child_modules").into_iter().flat_map(Part::elements);
            waiting.extend(children.map(|child| (child, depth + 1)));
        }
    }
}

fn action(actions: &Tree) -> Option<Action> {
    let words: Vec<&str> = actions.as_list()?.iter().filter_map(Tree::as_str).collect();
    Some(match words.as_slice() {
        ["no-op" | "read"] => Action::Keep,
        ["create"] => Action::Create,
        ["update"] => Action::Update,
        ["delete"] => Action::Delete,
        ["forget"] => Action::Forget,
        ["delete", "create"] | ["create", "delete"] | ["create", "forget"] => Action::Replace,
        _ => return None,
    })
}

impl Change {
    /// Whether the resource is there once the plan is applied.
    pub(super) fn stays(&self) -> bool {
        !matches!(self.action, Action::Delete)
    }

    /// The plain value at a path, after apply or, where nothing changes, now.
    pub(super) fn value_at(&self, path: &[Arc<str>]) -> Option<&Tree> {
        let mut at = self.after.body.as_ref()?;
        for step in path {
            at = match &at.kind {
                TreeKind::List(items) => items.get(step.parse::<usize>().ok()?)?,
                TreeKind::Map(_) => at.get(step)?,
                _ => return None,
            };
        }
        Some(at)
    }
}
