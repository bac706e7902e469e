//! Kustomization files: what they say and which files they name.

use std::sync::Arc;

use crate::frontend::kubernetes::edit::{leave_open, list_of, member, remove, set};
use crate::frontend::kubernetes::rewritten;
use crate::frontend::{Problem, node_of};
use crate::ir::{Node, Value};
use crate::source::path;
use crate::source::{SourceId, Span, Store};
use crate::syntax::yaml;

/// The names that kustomize looks for, in its order.
const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields that list files and folders of objects.
const LISTS_OBJECTS: [&str; 5] = ["resources", "bases", "components", "generators", "transformers"];

/// Fields that list other files.
const LISTS_FILES: [&str; 4] = ["patchesStrategicMerge", "configurations", "crds", "validators"];

/// Whether a file is a kustomization by its name.
pub(in super::super) fn is_kustomization(path: &str) -> bool {
    FILE_NAMES.contains(&path.rsplit('/').next().unwrap_or(path))
}

/// The kustomization in a folder that is given relative to the root.
pub(super) fn in_folder(store: &Store, folder: &str) -> Option<SourceId> {
    FILE_NAMES.iter().find_map(|name| store.open_path(&path::in_folder(folder, name)).ok())
}

/// A kustomization file.
pub(super) struct Kustomization {
    pub(super) id: SourceId,
    pub(super) body: Node,
    pub(super) problems: Vec<Problem>,
}

/// What an entry of `resources` or `components` stands for.
pub(super) enum Named {
    Manifest(SourceId),
    Kustomization(SourceId),
    Remote,
    Missing,
}

impl Kustomization {
    pub(super) fn read(store: &Store, id: SourceId) -> Kustomization {
        let text = store.source(id).text.clone();
        let (documents, _, faults) = yaml::parse(id, &text);
        let mut body = documents.first().map_or_else(|| Node::null(Span::file(id)), |document| node_of(&document.root));
        if text.contains("#{") {
            keep_tokens(&mut body, &text);
        }
        let body = rewritten::members(store, id, body);
        Kustomization { id, body, problems: faults.into_iter().map(Problem::from).collect() }
    }

    /// Something that changes objects as a kustomization would, said by the kustomization `id` or for it.
    pub(super) fn of_members(id: SourceId, members: &Node) -> Kustomization {
        Kustomization { id, body: members.clone(), problems: Vec::new() }
    }

    /// This one after `kustomize edit`: a member that is set takes the place of the old one, an image that of the entry
    /// with its name. `*` for a new name keeps the one that is there.
    pub(super) fn edited(mut self, members: &Node) -> Kustomization {
        let Value::Map(set_members) = &members.value else { return self };
        if self.body.as_map().is_none() {
            return self;
        }
        for entry in &set_members.entries {
            let Some(key) = entry.key.as_str() else { continue };
            match key {
                "images" => {
                    let images = retagged(list_of(self.body.get("images")), list_of(Some(&entry.value)));
                    set(&mut self.body, key, Node::list(images, entry.value.span));
                }
                _ => set(&mut self.body, key, entry.value.clone()),
            }
        }
        if let Some(why) = &set_members.open {
            leave_open(&mut self.body, why);
        }
        self
    }

    pub(super) fn items(&self, key: &str) -> &[Node] {
        self.body.get(key).and_then(Node::as_list).map_or(&[], |list| &list.items)
    }

    /// A member that says something.
    pub(super) fn stated(&self, key: &str) -> Option<&Node> {
        self.body.get(key).filter(|node| !node.is_null() && node.as_str() != Some(""))
    }

    /// Whether it only changes what others bring.
    pub(super) fn is_component(&self) -> bool {
        self.body.get("kind").and_then(Node::as_str) == Some("Component")
    }

    pub(super) fn entry(&self, store: &Store, path: &str) -> Named {
        let is_remote = path.contains("://") || path.contains("?ref=") || path.starts_with("git@");
        let hosts = ["github.com/", "github.com:", "gitlab.com/", "bitbucket.org/", "dev.azure.com/"];
        if is_remote || hosts.iter().any(|host| path.starts_with(host)) {
            return Named::Remote;
        }
        if let Ok(id) = store.open(self.id, path) {
            return Named::Manifest(id);
        }
        let inside = FILE_NAMES.iter().find_map(|name| store.open(self.id, &format!("{path}/{name}")).ok());
        inside.map_or(Named::Missing, Named::Kustomization)
    }

    /// The kustomizations and files of objects that this one lists.
    fn listed(&self, store: &Store) -> Vec<SourceId> {
        let paths = LISTS_OBJECTS.into_iter().flat_map(|key| self.items(key)).filter_map(path_of);
        let found = paths.filter_map(|path| match self.entry(store, path) {
            Named::Manifest(id) | Named::Kustomization(id) => Some(id),
            Named::Remote | Named::Missing => None,
        });
        found.collect()
    }

    /// All files that this one refers to.
    pub(super) fn files(&self, store: &Store) -> Vec<SourceId> {
        let entries = ["patches", "patchesJson6902", "replacements"].into_iter().flat_map(|key| self.items(key));
        let named = entries.filter_map(|entry| path_of(entry.get("path")?));
        let plain = LISTS_FILES.into_iter().flat_map(|key| self.items(key)).filter_map(path_of);
        let generators = ["secretGenerator", "configMapGenerator"].into_iter().flat_map(|key| self.items(key));
        let sources =
            generators.flat_map(|it| it.get("files").and_then(Node::as_list).map_or(&[][..], |list| &list.items));
        let sources = sources.filter_map(path_of).map(|text| text.split_once('=').map_or(text, |(_, path)| path));
        let others = named.chain(plain).chain(sources).filter_map(|path| store.open(self.id, path).ok());
        self.listed(store).into_iter().chain(others).collect()
    }
}

/// Entries of `images` with others set on top of them.
fn retagged(own: &[Node], given: &[Node]) -> Vec<Node> {
    let mut images = own.to_vec();
    let text = |image: &Node, key: &str| member(image, key).and_then(Node::as_str).map(str::to_owned);
    for image in given {
        let mut image = image.clone();
        let name = text(&image, "name");
        let old = images.iter().position(|old| text(old, "name") == name);
        if text(&image, "newName").as_deref() == Some("*") {
            match old.and_then(|at| images.get(at)).and_then(|old| member(old, "newName")).cloned() {
                Some(kept) => set(&mut image, "newName", kept),
                None => drop(remove(&mut image, "newName")),
            }
        }
        match old.and_then(|at| images.get_mut(at)) {
            Some(place) => *place = image,
            None => images.push(image),
        }
    }
    images
}

/// A path; a text of several lines stands for itself.
fn path_of(node: &Node) -> Option<&str> {
    node.as_str().filter(|text| !text.contains('\n'))
}

/// `key: #{X}#` has a comment for a value until it is filled in.
fn keep_tokens(node: &mut Node, text: &str) {
    match &mut node.value {
        Value::List(list) => Arc::make_mut(list).items.iter_mut().for_each(|item| keep_tokens(item, text)),
        Value::Map(map) => {
            for entry in &mut Arc::make_mut(map).entries {
                if !entry.value.is_null() {
                    keep_tokens(&mut entry.value, text);
                    continue;
                }
                let rest = text.get(entry.key.span.range().end..).and_then(|rest| rest.strip_prefix(':'));
                let line = rest.and_then(|rest| rest.lines().next()).map(str::trim);
                if let Some(token) = line.filter(|line| line.starts_with("#{")) {
                    entry.value = Node::text(token, entry.key.span);
                }
            }
        }
        _ => {}
    }
}
