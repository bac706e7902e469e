//! What a pipeline is once everything that it includes is in it, and a job once it has what it extends.

use globset::GlobBuilder;

use super::super::{called, filled, scalar};
use super::DIALECT;
use crate::frontend::script::run::{Run, Tree as Files};
use crate::source::path::folder_of;
use crate::syntax::tree::{Member, Tree, TreeKind};

/// Objects inside of each other.
const DEEPEST: u32 = 32;
/// Jobs that a job extends, all told.
const PARENTS: u32 = 60;
/// Files that one entry includes.
const FILES: usize = 40;

/// A whole pipeline.
pub(super) struct Whole {
    pub root: Tree,
    /// Something of it comes from elsewhere.
    pub unseen: bool,
    /// From somebody who may know Azure: the templates that GitLab brings along don't.
    pub foreign: bool,
}

impl Whole {
    /// A pipeline with the files that it includes; what it says itself comes last.
    pub fn of(run: &mut Run<'_>, root: &Tree) -> Whole {
        let mut whole = Whole { root: object_like(root), unseen: false, foreign: false };
        whole.include(run, root);
        whole
    }

    fn include(&mut self, run: &mut Run<'_>, root: &Tree) {
        for entry in root.get("include").into_iter().flat_map(entries) {
            let Some(path) = local(entry) else {
                self.unseen = true;
                self.foreign |= entry.get("template").is_none();
                continue;
            };
            let files = files(run.tree, &run.path, path);
            self.unseen |= files.is_empty();
            self.foreign |= files.is_empty();
            for path in files {
                let Some(file) = called::opened(run, &path) else { continue };
                let file = given(run, &file, entry.get("inputs"), entry.span.start);
                run.calling(&path, entry.span, |run| self.include(run, &file));
            }
        }
        self.root = merge(&self.root, root, DEEPEST);
    }

    /// A job with what it extends, and whether all of that is here.
    pub fn extended(&self, job: &Tree) -> (Tree, bool) {
        let mut fuel = PARENTS;
        self.extend(job, &mut fuel)
    }

    fn extend(&self, job: &Tree, fuel: &mut u32) -> (Tree, bool) {
        let Some(extends) = job.get("extends") else { return (job.clone(), true) };
        let (mut base, mut complete) = (object_like(job), true);
        for parent in entries(extends) {
            let found = parent.as_str().and_then(|name| self.root.get(name)).filter(|_| *fuel > 0);
            *fuel = fuel.saturating_sub(1);
            match found.map(|found| self.extend(found, fuel)) {
                Some((found, whole)) => {
                    base = merge(&base, &found, DEEPEST);
                    complete &= whole;
                }
                None => complete = false,
            }
        }
        (merge(&base, job, DEEPEST), complete)
    }

    /// What `!reference [job, key]` means.
    pub fn referred(&self, run: &Run<'_>, data: &Tree) -> Option<&Tree> {
        let steps = data.as_list().filter(|_| is_reference(run, data))?;
        steps.iter().try_fold(&self.root, |at, step| at.get(step.as_str()?))
    }
}

/// The reader of YAML leaves tags out; they stand in front of what they are for.
fn is_reference(run: &Run<'_>, data: &Tree) -> bool {
    let file = run.store.source(data.span.source);
    let (from, range) = (data.span.range().start, data.span.range());
    let before = file.text.get(..from).is_some_and(|before| before.trim_end().ends_with("!reference"));
    before || file.text.get(range).is_some_and(|own| own.starts_with("!reference"))
}

fn object_like(data: &Tree) -> Tree {
    Tree { kind: TreeKind::Map(Vec::new()), span: data.span, via: Vec::new() }
}

/// One value or several.
pub(super) fn entries(data: &Tree) -> &[Tree] {
    data.as_list().unwrap_or(std::slice::from_ref(data))
}

/// The file of the same project that an entry of `include` names.
pub(super) fn local(entry: &Tree) -> Option<&str> {
    let text = entry.as_str().or_else(|| entry.get("local")?.as_str())?;
    (!text.contains("://")).then_some(text)
}

/// The files of the tree that a path of a project means; it may have wildcards.
pub(super) fn files(tree: &Files, own: &str, path: &str) -> Vec<String> {
    let path = path.trim_start_matches('/');
    if !path.contains('*') {
        return tree.at_root(own, path).into_iter().collect();
    }
    let glob = GlobBuilder::new(path).literal_separator(true).build().map(|glob| glob.compile_matcher());
    let Ok(glob) = glob else { return Vec::new() };
    let mut folder = own;
    loop {
        folder = folder_of(folder);
        let inside = |file: &str| match folder {
            "" => glob.is_match(file),
            folder => {
                file.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).is_some_and(|it| glob.is_match(it))
            }
        };
        let found: Vec<String> =
            tree.files.iter().filter(|file| inside(file)).take(FILES).map(|file| file.to_string()).collect();
        if !found.is_empty() || folder.is_empty() {
            return found;
        }
    }
}

/// Two objects as one, in which the second one wins; anything but objects is replaced.
fn merge(base: &Tree, over: &Tree, depth: u32) -> Tree {
    let (Some(own), Some(more)) = (base.as_map(), over.as_map().filter(|_| depth > 0)) else { return over.clone() };
    let mut members: Vec<Member> = own.to_vec();
    for member in more {
        match members.iter_mut().find(|known| known.key == member.key) {
            Some(known) => {
                *known = Member { value: merge(&known.value, &member.value, depth - 1), ..member.clone() };
            }
            None => members.push(member.clone()),
        }
    }
    Tree { kind: TreeKind::Map(members), span: over.span, via: over.via.clone() }
}

/// A file with its inputs filled in: `$[[ inputs.name ]]` becomes a variable, which is set where the value is given.
fn given(run: &mut Run<'_>, file: &Tree, inputs: Option<&Tree>, at: u32) -> Tree {
    for input in inputs.and_then(Tree::as_map).unwrap_or_default() {
        if let Some(text) = scalar(&input.value) {
            let node = filled(run, &text, input.value.span, DIALECT);
            run.shell.vars.insert(variable_of(at, &input.key), node);
        }
    }
    interpolated(file, at)
}

fn variable_of(at: u32, name: &str) -> String {
    format!("inputs_{at}_{}", name.replace('-', "_"))
}

fn interpolated(data: &Tree, at: u32) -> Tree {
    let kind = match &data.kind {
        TreeKind::Str(text) if text.contains("$[[") => TreeKind::Str(with_variables(text, at).into()),
        TreeKind::List(items) => TreeKind::List(items.iter().map(|item| interpolated(item, at)).collect()),
        TreeKind::Map(members) => {
            let one = |member: &Member| Member { value: interpolated(&member.value, at), ..member.clone() };
            TreeKind::Map(members.iter().map(one).collect())
        }
        kind => kind.clone(),
    };
    Tree { kind, ..data.clone() }
}

fn with_variables(text: &str, at: u32) -> String {
    let (mut found, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("$[[") {
        let Some((inner, behind)) = after.split_once("]]") else { break };
        let name = inner.split('|').next().unwrap_or_default().trim().trim_start_matches("inputs.");
        found.push_str(before);
        found.push_str(&format!("${{{}}}", variable_of(at, name)));
        rest = behind;
    }
    found.push_str(rest);
    found
}
