//! Patches: which objects they are aimed at, and what becomes of those.

use super::build::Notes;
use super::embedded;
use super::item::{Id, Item, is_bounded, loosen_item, written};
use super::select::Selector;
use super::{json_patch, merge};
use crate::frontend::kubernetes::edit::{at, list_of, member, members, remove, set, set_metadata};
use crate::frontend::kubernetes::loosen::unname;
use crate::ir::{Node, Truth, Why};
use crate::source::{SourceId, Span, Store};

/// What patches change, and where what is wrong with them is told.
pub(super) struct Patching<'a> {
    pub(super) store: &'a Store,
    /// The kustomization that names the patches.
    pub(super) from: SourceId,
    pub(super) notes: &'a mut Notes,
}

/// What a strategic merge may change besides.
#[derive(Clone, Copy, Default)]
struct Allowed {
    name: bool,
    kind: bool,
}

impl Patching<'_> {
    /// An entry of `patches` or `patchesJson6902`: a file or a text, perhaps with a target.
    pub(super) fn entry(&mut self, items: &mut Vec<Item>, entry: &Node) {
        let target = member(entry, "target").filter(|target| !target.is_null());
        let option = |key: &str| at(entry, &["options", key]).and_then(Node::as_bool).unwrap_or(false);
        let allowed = Allowed { name: option("allowNameChange"), kind: option("allowKindChange") };
        let inline = ["patch", "jsonOp"].into_iter().find_map(|key| member(entry, key));
        let content = match (inline, member(entry, "path")) {
            // Some carriers write a patch as what it is, not as a text.
            (Some(patch), _) if patch.as_str().is_none() => Some(vec![patch.clone()]),
            (Some(text), _) => embedded::documents(self.store, text),
            (None, Some(path)) => self.file(path),
            (None, None) => return self.notes.refuse("a patch needs `patch` or `path`".to_owned(), entry.span),
        };
        let span = inline.or_else(|| member(entry, "path")).map_or(entry.span, |node| node.span);
        match content {
            Some(documents) => self.documents(items, &documents, target, allowed, span),
            None => self.unreadable(items, target, span),
        }
    }

    /// An entry of `patchesStrategicMerge`: the name of a file, or the patch itself.
    pub(super) fn plain(&mut self, items: &mut Vec<Item>, entry: &Node) {
        if entry.as_map().is_some() {
            let patch = std::slice::from_ref(entry);
            return self.documents(items, patch, None, Allowed::default(), entry.span);
        }
        let text = entry.as_str().unwrap_or_default();
        let inline = text.contains(['\n', '{']).then(|| embedded::documents(self.store, entry)).flatten();
        let inline = inline.filter(|roots| roots.iter().all(|root| root.as_map().is_some()));
        match inline.or_else(|| self.file(entry)) {
            Some(documents) => self.documents(items, &documents, None, Allowed::default(), entry.span),
            None => self.unreadable(items, None, entry.span),
        }
    }

    fn file(&mut self, path: &Node) -> Option<Vec<Node>> {
        let id = self.store.open(self.from, path.as_str()?).ok()?;
        self.notes.read.insert(id);
        embedded::documents_of_file(self.store, id, path.span)
    }

    /// What a patch that isn't there or can't be read changes is not known.
    fn unreadable(&mut self, items: &mut [Item], target: Option<&Node>, span: Span) {
        let why = Why::UnsupportedSyntax("a kustomize patch that can't be read".into());
        self.notes.note(why.clone(), span);
        let selector = target.map(Selector::read);
        for item in items.iter_mut().filter(|item| selector.as_ref().is_none_or(|it| it.fits(item) != Truth::No)) {
            loosen_item(item, &why);
        }
    }

    fn documents(
        &mut self,
        items: &mut Vec<Item>,
        documents: &[Node],
        target: Option<&Node>,
        allowed: Allowed,
        span: Span,
    ) {
        if let [operations, ..] = documents
            && operations.as_list().is_some()
        {
            return match target {
                Some(target) => self.json(items, operations, target),
                None => self.notes.refuse("a JSON patch needs a `target`".to_owned(), span),
            };
        }
        match (target, documents) {
            (_, []) => {}
            (Some(target), [patch]) => self.merge_selected(items, patch, target, allowed),
            (Some(_), _) => self.notes.refuse("a patch with a `target` holds one document".to_owned(), span),
            (None, documents) => documents.iter().for_each(|patch| self.merge_named(items, patch, allowed, span)),
        }
    }

    fn json(&mut self, items: &mut [Item], operations: &Node, target: &Node) {
        let selector = Selector::read(target);
        for item in items.iter_mut() {
            match selector.fits(item) {
                Truth::No => {}
                Truth::Yes => self.operate(item, operations),
                Truth::Unknown => weaken(item, operations),
            }
        }
    }

    fn operate(&mut self, item: &mut Item, operations: &Node) {
        item.remember();
        let before = item.object.body.clone();
        for operation in list_of(Some(operations)) {
            let outcome = json_patch::apply(&mut item.object.body, operation);
            // Copies of copies would grow without end.
            let copies = member(operation, "op").and_then(Node::as_str) == Some("copy");
            if copies && !is_bounded(&item.object.body) {
                break;
            }
            if let Err(refused) = outcome {
                let message = format!("{} in `{}`", refused.message, item.id());
                self.notes.refuse(message, operation.span);
                weaken(item, operations);
                break;
            }
        }
        if !is_bounded(&item.object.body) {
            item.object.body = before;
            weaken(item, operations);
            self.notes.note(Why::LimitReached("what a JSON patch makes".into()), operations.span);
        }
        item.reread();
    }

    fn merge_selected(&mut self, items: &mut Vec<Item>, patch: &Node, target: &Node, allowed: Allowed) {
        let selector = Selector::read(target);
        items.retain_mut(|item| match selector.fits(item) {
            Truth::No => true,
            Truth::Yes => merge_into(item, patch, allowed),
            Truth::Unknown => {
                weaken(item, patch);
                true
            }
        });
    }

    /// A patch without a target says itself which object it means.
    fn merge_named(&mut self, items: &mut Vec<Item>, patch: &Node, allowed: Allowed, span: Span) {
        let text = |key: &str| member(patch, key).and_then(written).unwrap_or_default();
        let wanted = Id::of(&text("apiVersion"), &text("kind"), patch);
        let called: Vec<Truth> = items.iter().map(|item| item.is_called(&wanted)).collect();
        let sure = called.iter().filter(|truth| **truth == Truth::Yes).count();
        let open = called.contains(&Truth::Unknown);
        if sure == 0 && !open {
            // What isn't seen may be what is meant.
            if self.notes.is_closed() {
                let at = at(patch, &["metadata", "name"]).map_or(span, |name| name.span);
                self.notes.refuse(format!("there is no `{wanted}` for this patch to change"), at);
            }
            return;
        }
        if sure > 1 {
            self.notes.refuse(format!("there are several `{wanted}` that this patch may mean"), span);
        }
        let mut called = called.into_iter();
        items.retain_mut(|item| match called.next().unwrap_or(Truth::No) {
            Truth::Yes if sure == 1 && !open => merge_into(item, patch, allowed),
            Truth::No => true,
            _ => {
                weaken(item, patch);
                true
            }
        });
    }
}

/// Merges a patch; false when it deletes the object. Name, namespace and kind stay unless they may change.
fn merge_into(item: &mut Item, patch: &Node, allowed: Allowed) -> bool {
    let id = item.id();
    if allowed.name || allowed.kind {
        item.remember();
    }
    let before = item.object.body.clone();
    let Some(mut body) = merge::merged(before.clone(), patch, &id) else { return false };
    if body.as_map().is_some_and(|map| map.entries.is_empty()) {
        return false;
    }
    let old = |path: &[&str]| at(&before, path).cloned();
    for key in ["apiVersion", "kind"] {
        if let Some(old) = old(&[key]).filter(|_| key == "apiVersion" || !allowed.kind) {
            set(&mut body, key, old);
        }
    }
    if let Some(name) = old(&["metadata", "name"]).filter(|_| !allowed.name) {
        set_metadata(&mut body, "name", name);
    }
    match old(&["metadata", "namespace"]) {
        Some(namespace) => set_metadata(&mut body, "namespace", namespace),
        None => members(&mut body, &mut |key, value| {
            if key == "metadata" {
                remove(value, "namespace");
            }
        }),
    }
    item.object.body = body;
    item.reread();
    true
}

/// Takes back what a patch changes where it may be applied or not.
fn weaken(item: &mut Item, patch: &Node) {
    let why = Why::UnsupportedSyntax("a kustomize patch that may change it".into());
    let renames = |operation: &Node| {
        let path = member(operation, "path").and_then(Node::as_str).unwrap_or_default();
        ["", "/metadata", "/metadata/name", "/metadata/namespace"].contains(&path)
    };
    if list_of(Some(patch)).iter().any(renames) {
        item.remember();
        unname(&mut item.object.body, &why);
    }
    loosen_item(item, &why);
}
