//! Saved output of `az`, of Azure PowerShell and of Resource Manager itself: what was there when it was taken.
//!
//! A file is known by the shape of what is in it, never by its name. Commands print a resource flattened or as Resource
//! Manager has it, alone, in a list, or one for each line; all of them become resources in the shape of ARM. What a
//! resource says of others (the object id of an identity, the application behind a principal) becomes resources as well,
//! so that facts from several files meet.

mod derived;
mod document;
mod listing;
mod merge;
mod recognise;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::document::{Document, read};
use self::recognise::{Found, recognise};
use super::{Lowered, Problem};
use crate::azure::kinds::ROLE_ASSIGNMENT;
use crate::ir::{
    Address, Cond, Deployment, Entry, Gap, Hides, Language, Node, Origin, Resource, ResourceId, Step, Value, Why,
};
use crate::source::{SourceId, Span, Store};
use crate::syntax::tree::Tree;

/// Reads everything among `sources` that was saved; `scripts` are looked through for what pushes images.
pub fn lower(store: &Store, sources: &[SourceId], scripts: &[SourceId]) -> Lowered {
    let mut lowered = Lowered::default();
    let mut files: Vec<(Arc<str>, SourceId)> = sources.iter().map(|&id| (store.source(id).path.clone(), id)).collect();
    files.sort();
    files.dedup();
    for (path, id) in files {
        match read(&path, &store.source(id).text, id) {
            Document::Foreign => {}
            Document::Broken(fault) => {
                let gap = Gap { why: Why::Unreadable(path.clone()), span: fault.span, hides: Some(Hides::Anything) };
                lowered
                    .deployments
                    .push(Deployment { gaps: vec![gap], ..Deployment::new(path, Language::AzureCli, id) });
                lowered.problems.push(Problem::from(fault));
            }
            Document::Read(outputs) => {
                let outputs = resources(&path, &outputs);
                if !outputs.is_empty() {
                    lowered.inputs.push(id);
                }
                let deployment =
                    |resources| Deployment { resources, ..Deployment::new(path.clone(), Language::AzureCli, id) };
                lowered.deployments.extend(outputs.into_iter().map(deployment));
            }
        }
    }
    merge::once(&mut lowered.deployments);
    if lowered.deployments.iter().flat_map(|it| &it.resources).any(|it| it.is_kind(listing::REPOSITORY)) {
        listing::doubt(&mut lowered.deployments, store, sources.iter().chain(scripts));
    }
    lowered
}

/// The resources of a file, and those that follow from them. Further lists of role assignments are by themselves: whether
/// one is complete is asked of each.
fn resources(path: &Arc<str>, outputs: &[Vec<Tree>]) -> Vec<Vec<Resource>> {
    let mut making = Making { root: path.clone(), taken: BTreeMap::new(), made: Vec::new() };
    let (mut whole, mut lists) = (Vec::new(), Vec::new());
    for output in outputs {
        for found in output.iter().flat_map(|tree| recognise(tree, path)) {
            match found {
                Found::Resource(kind, id, body) => making.resource(kind, Some(&id), body),
                Found::Object(kind, body) => making.resource(kind, None, body),
            }
        }
        let made = std::mem::take(&mut making.made);
        let assignments = made.iter().any(|it| it.is_kind(ROLE_ASSIGNMENT));
        match assignments && !whole.is_empty() {
            true => lists.push(made),
            false => whole.extend(made),
        }
    }
    for (kind, id, body) in whole.iter().chain(lists.iter().flatten()).flat_map(derived::from).collect::<Vec<_>>() {
        making.resource(kind, id.as_ref(), body);
    }
    whole.extend(making.made);
    std::iter::once(whole).chain(lists).filter(|made| !made.is_empty()).collect()
}

/// Resources of one file, each at an address of its own.
struct Making {
    root: Arc<str>,
    taken: BTreeMap<String, i64>,
    made: Vec<Resource>,
}

impl Making {
    fn resource(&mut self, kind: &'static str, id: Option<&ResourceId>, body: Node) {
        let extent = body.span;
        let name = name_of(&body, id);
        let short = kind.rsplit('/').next().unwrap_or(kind);
        let called = match name.as_str() {
            Some(name) if !name.is_empty() && !name_is_secret(&name_node(&body)) => format!("{short}/{name}"),
            _ => short.to_owned(),
        };
        let count = self.taken.entry(called.clone()).or_default();
        *count += 1;
        // A number behind the name is no instance: two of one name have nothing to do with each other.
        let called = if *count > 1 { format!("{called} ({count})") } else { called };
        let address = Address { root: self.root.clone(), path: vec![Step { name: called.into(), key: None }] };
        self.made.push(Resource {
            address: Arc::new(address),
            kind: kind.into(),
            api_version: None,
            declared: if name.is_null() { head(extent) } else { name.span },
            scope: scope_of(&body, id),
            id: id.map_or_else(|| Node::null(head(extent)), |id| Node::id(id.clone(), extent)),
            name,
            body,
            origin: Origin::Dump,
            deployed: Cond::Always,
            extent,
            language: Language::AzureCli,
        });
    }
}

fn name_node(body: &Node) -> Option<&Node> {
    body.get("name")
}

fn name_is_secret(name: &Option<&Node>) -> bool {
    name.is_some_and(|name| name.secret)
}

/// A place for what has no name: where the object begins.
fn head(extent: Span) -> Span {
    Span { end: extent.start, ..extent }
}

/// The last name of the id, at the place where the object is named.
fn name_of(body: &Node, id: Option<&ResourceId>) -> Node {
    let written = body.get("name").filter(|name| name.as_str().is_some());
    let span = written.map_or(head(body.span), |name| name.span);
    match id.and_then(|id| id.names.last()) {
        Some(name) => Node { span, ..name.clone() },
        None => written.cloned().unwrap_or_else(|| Node::null(span)),
    }
}

/// What it stands on: for a role assignment the scope that it states, for anything else its group.
fn scope_of(body: &Node, id: Option<&ResourceId>) -> Node {
    if let Some(scope) = body.at(&["properties", "scope"]) {
        let Some(text) = scope.as_str() else { return Node { value: Value::Null, ..scope.clone() } };
        // The root of the tenant is above everything.
        return match text.trim_matches('/').is_empty() {
            true => Node::null(scope.span),
            false => ResourceId::parse(scope).map_or_else(|| scope.clone(), |id| Node::id(id, scope.span)),
        };
    }
    match id.map(|id| (id.subscription.clone(), id.group.clone())) {
        Some((Some(subscription), Some(group))) => Node::id(ResourceId::of_group(subscription, group), head(body.span)),
        Some((Some(subscription), None)) => Node::id(ResourceId::of_subscription(subscription), head(body.span)),
        _ => Node::null(head(body.span)),
    }
}

/// A member of an object that nobody wrote as such.
fn member(key: &str, value: Node) -> Entry {
    Entry::new(key, value.span, value)
}
