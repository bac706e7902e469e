//! The change that a run is about: the diff of `--diff`, and where its paths may begin.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::location::{Location, relative};
use super::{Flags, SIZE_LIMIT, Settings, SettingsError, View, config};
use crate::diff::{self, Diff};
use crate::source::path;

/// The change that findings have to have to do with.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The diff as the user calls it.
    pub name: String,
    /// What it says.
    pub diff: Diff,
    /// Folders of the tree that its paths may be relative to, the likeliest one first.
    pub bases: Vec<String>,
    /// What the root of the tree may be called in it.
    pub above: Vec<String>,
}

/// So many folders above the root are taken for what the diff compares.
const MOST_ABOVE: usize = 8;

/// So many repositories inside of a folder are looked for.
const MOST_REPOSITORIES: usize = 64;

/// A change is looked at by the command that reports findings, and fixes move the lines that it speaks of.
pub(super) fn check(view: View, flags: &Flags) -> Result<(), SettingsError> {
    match &flags.diff {
        Some(_) if view != View::Findings => Err(SettingsError::ChangeOfPulls),
        Some(_) if flags.fix || flags.unsafe_fixes || flags.dry_run => Err(SettingsError::FixOfChange),
        _ => Ok(()),
    }
}

/// Reads the diff that was typed.
pub(super) fn read(
    typed: Option<&Path>,
    location: &Location,
    current: &Path,
) -> Result<Option<Changes>, SettingsError> {
    let Some(typed) = typed else { return Ok(None) };
    let shown = typed.display().to_string();
    let bad = |why: String| SettingsError::BadDiff { path: shown.clone(), why };
    let bytes = bytes(typed, current).map_err(bad)?;
    let diff = diff::read(&bytes).map_err(|refused| match refused {
        diff::Refused::NoDiff => bad(format!("{refused}; what --fix would change is shown by `--dry-run`")),
        refused => bad(refused.to_string()),
    })?;
    let name = if typed == Path::new("-") { "the diff".to_owned() } else { format!("`{shown}`") };
    // Above the root of a repository git compares nothing.
    let above = if location.in_git { Vec::new() } else { above(&location.root) };
    Ok(Some(Changes { name, diff, bases: bases(location, current), above }))
}

fn bytes(typed: &Path, current: &Path) -> Result<Vec<u8>, String> {
    if typed.as_os_str().is_empty() {
        let hint =
            "needs a file with a diff, or `-` for standard input; what --fix would change is shown by `--dry-run`";
        return Err(hint.to_owned());
    }
    let file = current.join(typed);
    let read = match typed == Path::new("-") {
        true => limited(std::io::stdin().lock()),
        false if file.is_dir() => {
            return Err("is a folder; it takes a diff, and what --fix would change is shown by `--dry-run`".to_owned());
        }
        false => std::fs::File::open(&file).and_then(limited),
    };
    let bytes = read.map_err(|error| format!("can't be read: {}", error.kind()))?;
    match bytes.len() as u64 > SIZE_LIMIT {
        true => Err(format!("is larger than the limit of {} MiB", SIZE_LIMIT >> 20)),
        false => Ok(bytes),
    }
}

fn limited(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Settings {
    /// Whether a file of the tree decides what is read and what is reported, or did so where it `is_gone`: with another one,
    /// another run is made.
    pub fn decides(&self, path: &str, is_gone: bool) -> bool {
        let (folder, name) = (path::folder_of(path), path::name_of(path));
        let is = |file: Option<&String>| file.is_some_and(|file| file == path);
        let facts = || self.with.iter().filter_map(|facts| relative(&facts.path.canonicalize().ok()?, &self.root));
        name == ".gitignore"
            || is(self.config.as_ref().map(|config| &config.path))
            || is(self.baseline.as_ref().and_then(|baseline| baseline.path.as_ref()))
            || facts().any(|facts| facts == path)
            // The nearest one counted that lies above all that is looked at.
            || is_gone
                && name == config::NAME
                && self.targets.iter().all(|target| folder.is_empty() || path::below(folder, &target.path).is_some())
    }
}

/// The root; for a diff that was made with `--relative`, the current folder and those above it; repositories in the root.
fn bases(location: &Location, current: &Path) -> Vec<String> {
    let current = current.canonicalize().unwrap_or_else(|_| current.to_owned());
    let folders = current.ancestors().chain(location.start.ancestors());
    let inside = folders.filter_map(|folder| relative(folder, &location.root));
    let mut bases: Vec<String> = std::iter::once(String::new()).chain(inside).collect();
    if !location.in_git {
        bases.extend(repositories(&location.root).iter().filter_map(|folder| relative(folder, &location.root)));
    }
    let mut seen = std::collections::BTreeSet::new();
    bases.retain(|base| seen.insert(base.clone()));
    bases
}

fn repositories(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries.filter(|folder| folder.join(".git").exists()).collect();
    found.sort();
    found.truncate(MOST_REPOSITORIES);
    found
}

/// `infra`, `shop/infra`, …: what a diff of a folder further up calls the root.
fn above(root: &Path) -> Vec<String> {
    root.ancestors().skip(1).take(MOST_ABOVE).filter_map(|folder| relative(root, folder)).collect()
}
