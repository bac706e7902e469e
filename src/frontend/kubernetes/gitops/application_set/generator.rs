//! Generators of parameters. Those that ask a cluster or a forge give one set of which little is known.

use std::cell::Cell;

use globset::GlobBuilder;

use super::parameters::{Parameters, Style};
use crate::frontend::kubernetes::gitops::{Scene, items, member};
use crate::frontend::node_of;
use crate::ir::{Node, Why};
use crate::source::Span;
use crate::syntax::{json, yaml};

/// Matrices of matrices.
const DEEPEST: usize = 4;

/// The generators of a set.
pub(super) struct Generators<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) style: Style,
    /// How many sets may still be made.
    pub(super) left: Cell<usize>,
}

impl Generators<'_> {
    /// The sets that a generator gives.
    pub(super) fn sets(&self, generator: &Node, depth: usize) -> Vec<Parameters> {
        self.given(&Parameters::default(), generator, depth)
    }

    /// The sets of a generator that may use what an earlier one gave.
    fn given(&self, earlier: &Parameters, generator: &Node, depth: usize) -> Vec<Parameters> {
        let generator = match earlier.known.is_empty() {
            true => generator.clone(),
            false => earlier.put_into(self.scene.store, generator, self.style),
        };
        let known = ["list", "git", "matrix", "merge"].iter().find_map(|kind| Some((*kind, generator.get(kind)?)));
        let mut sets = match known {
            Some(("list", of)) => self.list(of),
            Some(("git", of)) => self.git(of),
            Some(("matrix", of)) if depth < DEEPEST => self.matrix(earlier, of, depth),
            Some(("merge", of)) if depth < DEEPEST => self.merge(earlier, of, depth),
            _ => vec![Parameters::default()],
        };
        sets.truncate(self.left.get());
        self.left.set(self.left.get() - sets.len());
        let own = generator.as_map().into_iter().flat_map(|map| &map.entries).find_map(|it| it.value.get("template"));
        for set in &mut sets {
            self.finish(set, &generator, own);
        }
        sets
    }

    /// Values that the generator adds, its template, and its selector.
    fn finish(&self, set: &mut Parameters, generator: &Node, template: Option<&Node>) {
        set.template = template.cloned().or_else(|| set.template.take());
        let members = generator.as_map().into_iter().flat_map(|map| &map.entries);
        for values in members.filter_map(|entry| entry.value.get("values")) {
            let values = set.put_into(self.scene.store, values, self.style);
            set.take("values", &values, 0);
        }
        if let Some(selector) = member(generator, &["selector"]) {
            let why = Why::UnsupportedSyntax("a selector of parameters".into());
            set.perhaps = Some(why).filter(|_| !selector.as_map().is_some_and(|map| map.entries.is_empty()));
        }
    }

    fn list(&self, list: &Node) -> Vec<Parameters> {
        let sets = items(list, &["elements"]).iter().map(|element| {
            let mut set = Parameters::default();
            set.take("", element, 0);
            set
        });
        let mut sets: Vec<Parameters> = sets.collect();
        let open = list.get("elements").and_then(Node::as_list).is_none_or(|list| list.open.is_some());
        if open || member(list, &["elementsYaml"]).is_some() {
            sets.push(Parameters::default());
        }
        sets
    }

    fn matrix(&self, earlier: &Parameters, matrix: &Node, depth: usize) -> Vec<Parameters> {
        let mut sets = vec![earlier.clone()];
        for generator in items(matrix, &["generators"]) {
            let product = |set: &Parameters| {
                let given = self.given(set, generator, depth + 1);
                given.iter().map(|next| set.and(next)).collect::<Vec<_>>()
            };
            sets = sets.iter().flat_map(product).take(crate::frontend::kubernetes::gitops::MOST_CARRIERS).collect();
        }
        sets
    }

    /// The sets of the first generator, each with those of later ones that have the same values under the keys.
    fn merge(&self, earlier: &Parameters, merge: &Node, depth: usize) -> Vec<Parameters> {
        let keys: Vec<&str> = items(merge, &["mergeKeys"]).iter().filter_map(Node::as_str).collect();
        let mut all = items(merge, &["generators"]).iter().map(|generator| self.given(earlier, generator, depth + 1));
        let mut sets = all.next().unwrap_or_default();
        for others in all {
            for set in &mut sets {
                let text =
                    |set: &Parameters, key: &str| set.known.get(key).and_then(|it| it.as_str().map(str::to_owned));
                let fits = |other: &&Parameters| keys.iter().all(|key| text(set, key) == text(other, key));
                if let Some(other) = others.iter().find(fits) {
                    *set = set.and(other);
                }
                // One that can't be seen may replace anything.
                if others.iter().any(|other| keys.iter().any(|key| text(other, key).is_none())) {
                    let unknown = Node::unknown(Why::TemplateText, merge.span);
                    let replaced = |(key, _): &(&String, &mut Node)| !keys.contains(&key.as_str());
                    set.known.iter_mut().filter(replaced).for_each(|(_, value)| *value = unknown.clone());
                }
            }
        }
        sets
    }

    fn git(&self, git: &Node) -> Vec<Parameters> {
        let prefix = member(git, &["pathParamPrefix"]).and_then(Node::as_str).map(|it| format!("{it}."));
        let prefix = prefix.unwrap_or_default();
        let mut sets = Vec::new();
        for folder in self.directories(items(git, &["directories"])) {
            let mut set = Parameters::default();
            set.take_path(&prefix, folder, self.style, git.span);
            sets.push(set);
        }
        for pattern in items(git, &["files"]) {
            for (path, value) in self.files(pattern) {
                let mut set = Parameters::default();
                set.take("", &value, 0);
                let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
                set.take_path(&prefix, folder, self.style, pattern.span);
                set.known.insert(format!("{prefix}path.filename"), Node::text(name, pattern.span));
                sets.push(set);
            }
        }
        if sets.is_empty() { vec![Parameters::default()] } else { sets }
    }

    /// Folders that a pattern takes and none leaves out. Hidden ones don't count.
    fn directories(&self, patterns: &[Node]) -> Vec<&str> {
        let pattern = |it: &Node| {
            let text = it.get("path").and_then(Node::as_str)?.trim_start_matches("./").trim_end_matches('/');
            let glob = GlobBuilder::new(text).literal_separator(true).build().ok()?.compile_matcher();
            Some((glob, it.get("exclude").and_then(Node::as_bool) == Some(true)))
        };
        let patterns: Vec<_> = patterns.iter().filter_map(pattern).collect();
        let matches = |folder: &str, excludes: bool| {
            patterns.iter().any(|(glob, excluded)| *excluded == excludes && glob.is_match(folder))
        };
        let hidden = |folder: &str| folder.split('/').any(|part| part.starts_with('.'));
        let folders = self.scene.tree.folders().filter(|folder| !folder.is_empty() && !hidden(folder));
        folders.filter(|folder| matches(folder, false) && !matches(folder, true)).collect()
    }

    /// The files of a pattern with what they hold; a list gives a set for each item.
    fn files(&self, pattern: &Node) -> Vec<(String, Node)> {
        let text = pattern.get("path").and_then(Node::as_str).unwrap_or_default().trim_start_matches("./");
        let Ok(glob) = GlobBuilder::new(text).literal_separator(true).build() else { return Vec::new() };
        let glob = glob.compile_matcher();
        let files = self.scene.tree.files_in("", true).filter(|(path, _)| glob.is_match(path));
        let held = files.flat_map(|(path, id)| {
            let text = &self.scene.store.source(id).text;
            let root = match path.ends_with(".json") {
                true => json::parse(id, text).0.map(|tree| node_of(&tree)),
                false => yaml::parse(id, text).0.first().map(|document| node_of(&document.root)),
            };
            let root = root.unwrap_or_else(|| Node::null(Span::file(id)));
            let each = root.as_list().map_or_else(|| vec![root.clone()], |list| list.items.clone());
            each.into_iter().map(move |value| (path.to_owned(), value))
        });
        held.collect()
    }
}
