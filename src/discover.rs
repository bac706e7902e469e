//! Finds the files of a run: the walk, what it leaves out, and what it could not read. Nothing here knows a language
//! beyond the extensions that may hold one.

use std::collections::BTreeMap;
use std::path::Path;

use ignore::gitignore::Gitignore;
use ignore::{DirEntry, WalkBuilder};

use crate::settings::{Settings, Target};
use crate::source::{Over, SourceId, Store, path};

/// What a walk found.
#[derive(Debug, Default)]
pub struct Discovered {
    /// Files that were read, in the order of their paths.
    pub sources: Vec<SourceId>,
    /// Those of them that the command line names, in the same order.
    pub named: Vec<SourceId>,
    /// Scripts and pages with commands, in the order of their paths.
    pub scripts: Vec<SourceId>,
    /// Paths of files that are the output of another one beside them; they are not read.
    pub made: Vec<String>,
    /// Files and folders that could not be read (ACR900), in the order of their paths.
    pub unreadable: Vec<Unreadable>,
}

/// Files that something makes of others, which lie beside them under the same name.
pub struct Made {
    /// The extension of what is made.
    pub to: &'static str,
    /// The extension of what it is made from.
    pub from: &'static str,
    /// How many bytes of its beginning tell.
    pub head: usize,
    /// Whether a file that begins so is made.
    pub is_made: fn(&str) -> bool,
}

impl Made {
    /// Whether a file is made of one beside it, which `has` knows.
    pub fn covers(&self, path: &str, has: impl Fn(&str) -> bool, store: &Store) -> bool {
        let stem = path.strip_suffix(self.to).and_then(|stem| stem.strip_suffix('.'));
        stem.is_some_and(|stem| has(&format!("{stem}.{}", self.from))) && (self.is_made)(&store.head(path, self.head))
    }
}

/// A file or folder that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// Relative to the root; characters that are no Unicode are replaced.
    pub path: String,
    /// Why: lower-case start, no full stop.
    pub message: String,
}

/// Extensions that may hold something acrlint understands.
const EXTENSIONS: &[&str] = &["bicep", "bicepparam", "json", "jsonc", "tf", "tfvars", "tofu", "yaml", "yml", "gotmpl"];

/// How the names of files of facts end: what stands in them was read already.
const FACTS: &str = ".acrfacts.json";

/// Folders of tools: copies of what lies elsewhere, or nothing of the user's.
const SKIPPED: &[&str] = &[".git", ".terraform", "node_modules"];

/// Walks the targets and takes what may be an input into the store.
///
/// Symbolic links are not followed, so loops can't occur; pipes, sockets and devices are never opened.
pub fn discover(store: &Store, settings: &Settings, made: &Made) -> Discovered {
    discover_laid(store, settings, made, &Over::new())
}

/// As `discover`, in a tree that has changes laid over it: files that are not there are not found, and those that come back
/// are found where the walk would have found them.
pub fn discover_laid(store: &Store, settings: &Settings, made: &Made, over: &Over) -> Discovered {
    let mut walk = Walk { settings, files: BTreeMap::new(), unreadable: Vec::new() };
    for target in &settings.targets {
        match target.folder {
            true => walk.folder(target),
            false => drop(walk.files.insert(target.path.clone(), true)),
        }
    }
    // What it lists would be read as text that somebody wrote.
    let baseline = settings.baseline.as_ref().and_then(|baseline| baseline.path.as_ref());
    walk.files.retain(|path, named| *named || Some(path) != baseline);
    walk.lay(over);
    let mut found = Discovered { unreadable: walk.unreadable, ..Discovered::default() };
    let covered = |(path, named): &(&String, &bool)| {
        !**named && made.covers(path, |beside| walk.files.contains_key(beside), store)
    };
    found.made = walk.files.iter().filter(covered).map(|(path, _)| path.clone()).collect();
    walk.files.retain(|path, _| !found.made.contains(path));
    let paths: Vec<String> = walk.files.keys().cloned().collect();
    let opened = store.open_all(&paths);
    for ((path, named), opened) in walk.files.into_iter().zip(opened) {
        match opened {
            Ok(source) if !named && is_script(&path) => found.scripts.push(source),
            // A script that is no text has nothing to say.
            Err(_) if !named && is_script(&path) => {}
            Ok(source) => {
                found.sources.push(source);
                found.named.extend(named.then_some(source));
            }
            Err(error) => found.unreadable.push(Unreadable { path, message: format!("can't be read: {error}") }),
        }
    }
    found.unreadable.sort();
    found.unreadable.dedup();
    found
}

/// Whether a file of this name may hold something acrlint understands.
pub fn is_input(name: &str) -> bool {
    if name.ends_with(FACTS) {
        return false;
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    name == "Kustomization" || EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// Whether a file of this name is a script of a shell, whose comments are comments.
pub fn is_shell(path: &str) -> bool {
    const SHELLS: [&str; 8] = ["sh", "bash", "zsh", "ksh", "azcli", "ps1", "psm1", "psd1"];
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    SHELLS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// Whether a file of this name may hold commands: a script, a pipeline, a program, a page, or a file without an extension.
pub fn is_script(path: &str) -> bool {
    const SCRIPTS: &[&str] = &[
        "sh",
        "bash",
        "zsh",
        "ksh",
        "fish",
        "azcli",
        "ps1",
        "psm1",
        "psd1",
        "cmd",
        "bat",
        "md",
        "markdown",
        "mdx",
        "rst",
        "adoc",
        "asciidoc",
        "ipynb",
        "txt",
        "mk",
        "make",
        "groovy",
        "jenkinsfile",
        "py",
        "ts",
        "js",
        "mjs",
        "cjs",
        "go",
        "cs",
        "fs",
        "vb",
        "java",
        "kt",
        "rb",
        "rs",
        "j2",
        "tpl",
        "tftpl",
        "toml",
        "hcl",
        "jsonnet",
        "libsonnet",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.trim_start_matches('.').rsplit_once('.') {
        // What somebody copies to `terraform.tfvars`, under whatever ending.
        Some((stem, _)) if stem.ends_with(".tfvars") && !is_input(name) => true,
        Some((_, extension)) => SCRIPTS.iter().any(|known| known.eq_ignore_ascii_case(extension)),
        None => !is_input(name),
    }
}

struct Walk<'a> {
    settings: &'a Settings,
    /// Path → whether the command line names it.
    files: BTreeMap<String, bool>,
    unreadable: Vec<Unreadable>,
}

impl Walk<'_> {
    fn folder(&mut self, target: &Target) {
        let start = self.settings.root.join(&target.path);
        let (root, excludes) = (self.settings.root.clone(), self.settings.excludes.clone());
        let mut builder = WalkBuilder::new(&start);
        // In a repository its own ignore files count, from its root down. Elsewhere only those below the start do: what
        // happens to lie further up is none of the user's business, nor are the settings of one machine.
        builder.require_git(self.settings.in_git).parents(self.settings.in_git);
        builder.git_global(false).git_exclude(false).ignore(false).hidden(false).follow_links(false);
        builder.filter_entry(move |entry| entry.depth() == 0 || !left_out(entry, &root, &excludes));
        for entry in builder.build() {
            match entry {
                Ok(entry) => self.entry(&entry),
                Err(error) => self.lost(&error, &target.path),
            }
        }
    }

    fn entry(&mut self, entry: &DirEntry) {
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        let name = entry.file_name().to_string_lossy();
        if !is_file || !(is_input(&name) || is_script(&name)) {
            return;
        }
        match relative(entry.path(), &self.settings.root) {
            Ok(path) => drop(self.files.entry(path).or_insert(false)),
            Err(path) => self.unreadable.push(Unreadable { path, message: "its name is no Unicode".to_owned() }),
        }
    }

    /// Takes files out that are not there, and in that come back.
    fn lay(&mut self, over: &Over) {
        self.files.retain(|path, _| over.get(path).is_none_or(Option::is_some));
        self.unreadable.retain(|file| !over.contains_key(&file.path));
        for path in over.iter().filter(|(_, bytes)| bytes.is_some()).map(|(path, _)| path) {
            if !self.files.contains_key(path) && self.would_find(path) {
                self.files.insert(path.clone(), false);
            }
        }
    }

    /// Whether the walk would find a file of this path, were it there.
    fn would_find(&self, path: &str) -> bool {
        let name = path::name_of(path);
        let Some(target) = self.settings.targets.iter().find(|it| it.folder && path::below(&it.path, path).is_some())
        else {
            return false;
        };
        let folders = || path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        let inside = || folders().filter(|folder| folder.len() > target.path.len());
        let left_out = inside()
            .any(|folder| SKIPPED.contains(&path::name_of(folder)) || self.settings.excludes.cover(folder, true));
        (is_input(name) || is_script(name))
            && !left_out
            && !self.settings.excludes.cover(path, false)
            && !self.ignored(path)
    }

    /// Whether an ignore file leaves it out: the nearest one that speaks of it counts.
    fn ignored(&self, path: &str) -> bool {
        let root = &self.settings.root;
        let folders = std::iter::once("").chain(path.match_indices('/').filter_map(|(at, _)| path.get(..at)));
        let files: Vec<_> = folders.map(|folder| root.join(folder).join(".gitignore")).collect();
        for file in files.into_iter().rev().filter(|file| file.is_file()) {
            let patterns = Gitignore::new(&file).0;
            let matched = patterns.matched_path_or_any_parents(root.join(path), false);
            if !matched.is_none() {
                return matched.is_ignore();
            }
        }
        false
    }

    /// A folder that can't be listed. A line of a `.gitignore` that can't be read is git's business: it is skipped.
    fn lost(&mut self, error: &ignore::Error, target: &str) {
        let Some(io) = error.io_error() else { return };
        let path = path_of(error).map(|path| relative(path, &self.settings.root).unwrap_or_else(|lossy| lossy));
        let message = format!("can't be listed: {}", io.kind());
        self.unreadable.push(Unreadable { path: path.unwrap_or_else(|| target.to_owned()), message });
    }
}

fn left_out(entry: &DirEntry, root: &Path, excludes: &crate::settings::Excludes) -> bool {
    let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if folder && entry.file_name().to_str().is_some_and(|name| SKIPPED.contains(&name)) {
        return true;
    }
    let path = relative(entry.path(), root).unwrap_or_else(|lossy| lossy);
    excludes.cover(&path, folder)
}

/// The path below the root with `/`; with replaced characters as the error when it is no Unicode.
fn relative(path: &Path, root: &Path) -> Result<String, String> {
    let below = path.strip_prefix(root).unwrap_or(Path::new(""));
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    parts
        .map(|parts| parts.join("/"))
        .ok_or_else(|| below.iter().map(|part| part.to_string_lossy().into_owned()).collect::<Vec<_>>().join("/"))
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SIZE_LIMIT;
    use crate::source::FolderFiles;

    fn tree(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        folder
    }

    const OUTPUT: Made = Made { to: "json", from: "bicep", head: 16, is_made: |head| head.contains("made") };

    #[test]
    fn what_is_made_of_a_file_beside_it_is_not_read() {
        let tree =
            tree(&[("a.bicep", b""), ("a.json", b"made"), ("b.json", b"made"), ("c.bicep", b""), ("c.json", b"")]);
        let settings = settings(tree.path());
        let store = Store::new(FolderFiles::new(&settings.root, SIZE_LIMIT).unwrap());
        assert_eq!(discover(&store, &settings, &OUTPUT).made, ["a.json"]);
        assert_eq!(store.sources().len(), 4);
    }

    fn settings(folder: &Path) -> Settings {
        Settings::of_folder(folder, jiff::civil::date(2026, 1, 31)).unwrap()
    }

    fn walk(settings: &Settings) -> (Vec<String>, Vec<Unreadable>) {
        let store = Store::new(FolderFiles::new(&settings.root, SIZE_LIMIT).unwrap());
        let found = discover(&store, settings, &OUTPUT);
        (found.sources.iter().map(|&id| store.source(id).path.to_string()).collect(), found.unreadable)
    }

    #[test]
    fn inputs_are_found_in_order_and_tools_are_left_out() {
        let tree = tree(&[
            ("z/main.tf", b""),
            ("a.Bicep", b""),
            ("k8s/Kustomization", b""),
            ("readme.md", b"\xff"),
            (".terraform/modules/x.tf", b""),
            ("web/node_modules/x/package.json", b""),
            (".github/workflows/ci.yml", b""),
            ("out/x.json", b""),
            (".gitignore", b"/out\n"),
        ]);
        assert_eq!(
            walk(&settings(tree.path())),
            (
                vec![
                    ".github/workflows/ci.yml".into(),
                    "a.Bicep".into(),
                    "k8s/Kustomization".into(),
                    "z/main.tf".into()
                ],
                vec![]
            )
        );
    }

    #[test]
    fn what_comes_back_is_found_where_the_walk_would_have_found_it() {
        let tree = tree(&[("a.tf", b""), ("b.tf", b""), (".gitignore", b"/out\n*.tmp.yaml\n!keep.tmp.yaml\n")]);
        let mut settings = settings(tree.path());
        let back =
            ["k8s/x.yaml", "out/y.yaml", "k8s/z.tmp.yaml", "keep.tmp.yaml", "node_modules/z.json", "logo.png", "b.tf"];
        let mut over: Over = back.map(|path| (path.to_owned(), Some(b"a: 1".to_vec()))).into();
        over.insert("a.tf".into(), None);
        let walk = |settings: &Settings| {
            let files = crate::source::Laid::new(FolderFiles::new(&settings.root, SIZE_LIMIT).unwrap(), over.clone());
            let store = Store::new(files);
            let found = discover_laid(&store, settings, &OUTPUT, &over);
            found.sources.iter().map(|&id| store.source(id).path.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(walk(&settings), ["b.tf", "k8s/x.yaml", "keep.tmp.yaml"]);
        settings.targets = vec![Target { path: "k8s".into(), folder: true }];
        std::fs::create_dir(tree.path().join("k8s")).unwrap();
        assert_eq!(walk(&settings), ["k8s/x.yaml"]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let tree = tree(&[("a.yaml", b"a: \xff"), ("b.yaml", b"b: 1")]);
        let (read, unreadable) = walk(&settings(tree.path()));
        assert_eq!(read, ["b.yaml"]);
        assert_eq!(
            unreadable,
            [Unreadable { path: "a.yaml".into(), message: "can't be read: not UTF-8 (byte 3)".into() }]
        );
    }

    #[test]
    fn a_named_file_is_read_whatever_it_is_called() {
        let tree = tree(&[("deploy.txt", b"x"), ("main.tf", b"")]);
        let mut settings = settings(tree.path());
        settings.targets = vec![Target { path: "deploy.txt".into(), folder: false }];
        assert_eq!(walk(&settings).0, ["deploy.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let tree = tree(&[("a/main.tf", b"")]);
        std::os::unix::fs::symlink(tree.path(), tree.path().join("a/loop")).unwrap();
        std::os::unix::fs::symlink(tree.path().join("a/main.tf"), tree.path().join("link.tf")).unwrap();
        assert_eq!(walk(&settings(tree.path())).0, ["a/main.tf"]);
    }

    #[test]
    fn ignore_files_above_a_repository_do_not_count() {
        let tree = tree(&[
            (".gitignore", b"*.tf\n"),
            ("repo/main.tf", b""),
            ("repo/x/old.tf", b""),
            ("repo/.gitignore", b"old.*"),
        ]);
        std::fs::create_dir(tree.path().join("repo/.git")).unwrap();
        let mut settings = settings(&tree.path().join("repo"));
        settings.in_git = true;
        assert_eq!(walk(&settings).0, ["main.tf"]);
        settings.in_git = false;
        assert_eq!(walk(&settings).0, ["main.tf"]);
    }
}
