//! A diff laid on the tree: which bytes of which text it changed, and what the tree was before.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use super::{is_unread, tell_at_new};
use crate::diff::{self, Block, Diff, FileChange, Mapping};
use crate::discover::{is_input, is_script};
use crate::finding::{Finding, Label};
use crate::settings::{Changes, Settings};
use crate::source::{OpenError, Over, Source, SourceId, Span, Store, path};

/// A change of a file of the tree.
pub(super) struct Change {
    file: FileChange,
    /// The paths in the tree.
    pub before: Option<String>,
    pub after: Option<String>,
    /// What it holds now; empty when it is gone, and nothing when it can't be compared.
    now: Option<Vec<u8>>,
    /// What changed in it, in bytes of the text.
    pub blocks: Vec<Block>,
    /// The text, where the run has read it.
    pub source: Option<SourceId>,
}

/// A diff laid on the tree.
pub(super) struct Placed<'c> {
    changes: Vec<Change>,
    by_source: BTreeMap<SourceId, usize>,
    /// By the paths before.
    by_before: BTreeMap<String, usize>,
    /// Files of the diff that are not in the tree, as it writes them.
    outside: Vec<String>,
    /// What can't be looked into, but is in the diff.
    paths: BTreeSet<String>,
    mapping: Mapping,
    of: &'c Changes,
}

/// A part of a change: the file, and the block in it; no block where the file as a whole is gone, new or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub change: usize,
    pub block: Option<usize>,
}

impl<'c> Placed<'c> {
    /// Lays a diff on the tree, or says why it doesn't fit.
    pub fn of(changes: &'c Changes, store: &Store) -> Result<Placed<'c>, String> {
        let concerned = concerned(&changes.diff, store);
        let read = |path: &str| now(path, store);
        let located = diff::locate(&concerned, &changes.bases, &changes.above, &read);
        if let Some((path, line)) = located.misfit {
            let wrong = match line {
                Some(line) => format!("`{path}:{line}` is not what the diff makes of it"),
                None if store.bytes(&path).is_ok() => format!("`{path}` is still there"),
                None => format!("`{path}` is missing"),
            };
            return Err(format!("{} doesn't lead to this tree: {wrong}", changes.name));
        }
        let (mut made, mut outside) = (Vec::new(), Vec::new());
        for file in &concerned.files {
            match Change::of(file, &located.mapping, store) {
                Some(change) => made.push(change),
                None => outside.extend(file.paths().last().map(str::to_owned)),
            }
        }
        if let Some(path) = outside.first().filter(|_| made.is_empty()) {
            return Err(format!("{} speaks of no file in this tree (`{path}` is outside of it)", changes.name));
        }
        let staying = made.iter().enumerate().filter(|(_, change)| !change.file.copied);
        let by_before = staying.filter_map(|(at, change)| Some((change.before.clone()?, at))).collect();
        let by_after: BTreeMap<&str, usize> =
            made.iter().enumerate().filter_map(|(at, change)| Some((change.after.as_deref()?, at))).collect();
        let sources = store.sources();
        let own = sources.iter().filter_map(|(id, source)| Some((*id, *by_after.get(&*source.path)?)));
        let by_source = own.collect();
        let paths = paths(&changes.diff, &located.mapping);
        let mapping = located.mapping;
        let placed = Placed { changes: made, by_source, by_before, outside, paths, mapping, of: changes };
        placed.once()?;
        Ok(placed)
    }

    /// The diffs of several commits, one behind the other, speak of trees in between.
    fn once(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        let again = self.changes.iter().filter_map(|it| it.after.as_ref()).find(|&path| !seen.insert(path));
        match again {
            Some(path) => Err(format!("{} changes `{path}` twice, as a diff of several commits does", self.of.name)),
            None => Ok(()),
        }
    }

    /// Why it can't be said what the change has to do with: it changes what decides what is reported, so that the tree
    /// before is not judged as it was, or something that was read and that it doesn't show line by line. `read` are the paths
    /// that the run had read before the diff was laid.
    pub fn hides(&self, settings: &Settings, read: &BTreeSet<Arc<str>>) -> Option<String> {
        let name = &self.of.name;
        for file in &self.of.diff.files {
            let in_tree = |path: &Option<String>| self.mapping.path(path.as_ref()?, file.bare);
            let after = in_tree(&file.after);
            let stays = file.copied || file.after.is_some() && !file.bare;
            let before = if stays { None } else { in_tree(&file.before) };
            let paths = || before.iter().map(|path| (path, true)).chain(after.iter().map(|path| (path, false)));
            if let Some((path, _)) = paths().find(|(path, is_gone)| settings.decides(path, *is_gone)) {
                return Some(format!("{name} changes `{path}`, which decides what is reported"));
            }
            let hidden = paths().find(|(path, is_gone)| file.opaque && is_hidden(file, path, *is_gone, read));
            if let Some((path, _)) = hidden {
                return Some(format!("{name} doesn't show what changes in `{path}`"));
            }
        }
        // Links and modules were looked at as what the diff calls them.
        let closed = self.changes.iter().filter(|change| change.is_closed() && !change.file.opaque);
        let path = closed.filter_map(|change| change.after.as_ref()).find(|path| read.contains(path.as_str()))?;
        Some(format!("{name} doesn't show what changes in `{path}`"))
    }

    /// Whether it takes anything away.
    pub fn takes_away(&self) -> bool {
        let takes =
            |change: &Change| change.after.is_none() || change.blocks.iter().any(|block| !block.gone.is_empty());
        self.changes.iter().any(takes)
    }

    /// What is to be said of files of the diff that are not in the tree.
    pub fn note(&self) -> Option<String> {
        let first = self.outside.first()?;
        let more = self.outside.len() - 1;
        let others = if more > 0 { format!(" and {more} more are") } else { " is".to_owned() };
        Some(format!("{}: `{first}`{others} not in this tree, and left out", self.of.name))
    }

    /// Whether it changes anything that a run reads.
    pub fn matters(&self) -> bool {
        !self.changes.is_empty()
    }

    pub fn change(&self, at: usize) -> Option<&Change> {
        self.changes.get(at)
    }

    pub fn changes(&self) -> impl Iterator<Item = (usize, &Change)> {
        self.changes.iter().enumerate()
    }

    /// The block of a deletion or change that a place of the tree before it lies in.
    pub fn spot_before(&self, path: &str, line: usize) -> Option<Spot> {
        let at = *self.by_before.get(path)?;
        let change = self.change(at)?;
        if change.after.is_none() {
            return Some(Spot { change: at, block: None });
        }
        let block = change.blocks.iter().position(|block| block.gone.contains(&line))?;
        Some(Spot { change: at, block: Some(block) })
    }

    /// Whether some line of a place is new or changed.
    pub fn touches(&self, span: Span) -> bool {
        self.touched(span).is_some()
    }

    fn touched(&self, span: Span) -> Option<&Block> {
        let change = self.changes.get(*self.by_source.get(&span.source)?)?;
        // What is said about a file as a whole is no line of it, unless all of it is new.
        if span.end == 0 && change.before.is_some() {
            return None;
        }
        let (start, end) = (span.start as usize, (span.end as usize).max(span.start as usize + 1));
        change.blocks.iter().find(|block| block.now.start < end && start < block.now.end)
    }

    /// Tells a finding at the first place of its story that the change touches. Whether there is one.
    pub fn tell(&self, finding: &mut Finding, store: &Store) -> bool {
        let path = &store.source(finding.primary.span.source).path;
        if is_unread(finding) && self.paths.contains(&**path) {
            return true;
        }
        if self.touches(finding.primary.span) {
            self.sharpen(finding, store);
            return true;
        }
        let Some(at) = finding.related.iter().position(|label| self.touches(label.span)) else { return false };
        finding.tell_at(at);
        self.sharpen(finding, store);
        true
    }

    /// A place of several lines of which the first one is as it was is told at the first one that changed.
    fn sharpen(&self, finding: &mut Finding, store: &Store) {
        let span = finding.primary.span;
        let Some(block) = self.touched(span).filter(|block| block.now.start > span.start as usize) else { return };
        let source = store.source(span.source);
        let starts_in_block = source.line_of(span.start) == source.line_of(block.now.start as u32);
        if !starts_in_block {
            let label = Label { span: line_at(&source, span.source, block.now.start), ..finding.primary.clone() };
            tell_at_new(finding, label);
        }
    }

    /// The tree before those parts of the change that are chosen by file and block.
    pub fn before(&self, chosen: impl Fn(usize, usize) -> bool) -> Over {
        let mut over = Over::new();
        for (at, change) in self.changes() {
            change.lay(&mut over, |block| chosen(at, block));
        }
        over
    }

    /// The tree before one part of the change.
    pub fn before_spot(&self, spot: Spot) -> Over {
        let mut over = Over::new();
        let change = self.change(spot.change);
        change.into_iter().for_each(|change| {
            change.lay(&mut over, |block| spot.block.is_none_or(|chosen| chosen == block));
        });
        over
    }

    /// The path in the tree of what had this path before; nothing where it is the same.
    pub fn renamed(&self, path: &str) -> Option<&str> {
        let change = self.change(*self.by_before.get(path)?)?;
        change.after.as_deref().filter(|after| *after != path)
    }

    /// Whether the file of this path is gone.
    pub fn removes(&self, path: &str) -> bool {
        self.by_before.get(path).and_then(|&at| self.change(at)).is_some_and(|change| change.after.is_none())
    }

    /// Where files were and are that have moved.
    pub fn renames(&self) -> impl Iterator<Item = (&str, &str)> {
        let moved = self.changes.iter().filter(|change| !change.file.copied);
        let both = moved.filter_map(|change| Some((change.before.as_deref()?, change.after.as_deref()?)));
        both.filter(|(before, after)| before != after)
    }
}

impl Change {
    fn of(file: &FileChange, mapping: &Mapping, store: &Store) -> Option<Change> {
        let in_tree = |path: &Option<String>| mapping.path(path.as_ref()?, file.bare);
        let after = in_tree(&file.after);
        let before = match &file.before {
            // A diff of two folders calls one file by two names; only what says so moves a file.
            Some(_) if !file.bare && file.after.is_some() => after.clone(),
            before => in_tree(before),
        };
        if before.is_none() && after.is_none() {
            return None;
        }
        let bytes = match &after {
            Some(after) if !file.opaque => now(after, store).flatten(),
            Some(_) => None,
            None => Some(Vec::new()),
        };
        let source = after.as_ref().and_then(|after| store.open_path(after).ok());
        let blocks = bytes.as_ref().filter(|_| after.is_some()).map(|now| text_blocks(file, now)).unwrap_or_default();
        Some(Change { file: file.clone(), before, after, now: bytes, blocks, source })
    }

    /// The paths in the tree.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.before.iter().chain(&self.after).map(String::as_str)
    }

    /// Whether it is one of several parts that can be taken back by themselves.
    pub fn has_parts(&self) -> bool {
        self.before == self.after && self.blocks.len() > 1
    }

    /// Whether nothing can be taken back.
    pub fn is_closed(&self) -> bool {
        self.now.is_none() || self.file.opaque
    }

    fn lay(&self, over: &mut Over, chosen: impl Fn(usize) -> bool) {
        // A part of a file that is new or moved can't be taken back without the rest.
        let any = (0..self.blocks.len().max(1)).any(&chosen);
        let Some(now) = self.now.as_ref().filter(|_| any) else { return };
        let whole = self.before != self.after;
        if let Some(path) = self.after.as_ref().filter(|_| whole) {
            over.entry(path.clone()).or_insert(None);
        }
        let Some(before) = self.before.as_ref().filter(|_| !self.file.copied && !self.file.opaque) else { return };
        if let Ok(text) = self.file.undone(now, |block| whole || chosen(block)) {
            over.insert(before.clone(), Some(text));
        }
    }
}

/// Whether a run has read what a diff tells nothing of, or may have read it before that.
fn is_hidden(file: &FileChange, path: &str, is_gone: bool, read: &BTreeSet<Arc<str>>) -> bool {
    let inside = || {
        let folder = format!("{path}/");
        read.range::<str, _>((Bound::Included(folder.as_str()), Bound::Unbounded))
            .next()
            .is_some_and(|it| it.starts_with(&folder))
    };
    // A file whose name is no text is never read.
    if path.contains('\u{fffd}') {
        return false;
    }
    // The walk follows no links: only what names one reads it.
    let was_read = is_gone && (file.module || is_input(path) || !file.link && is_script(path));
    read.contains(path) || was_read || file.module && inside()
}

/// The files of a diff that acrlint reads, or has read, or that decide what it reads.
fn concerned(diff: &Diff, store: &Store) -> Diff {
    let sources = store.sources();
    let read: BTreeSet<&str> = sources.iter().map(|(_, source)| path::name_of(&source.path)).collect();
    let is_read = |path: &str| {
        let name = path::name_of(path);
        let decides = name == ".gitignore" || name.ends_with(".acrfacts.json");
        decides || is_input(name) || is_script(name) || read.contains(name)
    };
    Diff { files: diff.files.iter().filter(|file| file.paths().any(is_read)).cloned().collect() }
}

fn paths(diff: &Diff, mapping: &Mapping) -> BTreeSet<String> {
    diff.files.iter().filter_map(|file| mapping.path(file.after.as_ref()?, file.bare)).collect()
}

/// What a file of the tree holds: nothing when it is missing, and nothing inside when it can't be compared.
fn now(path: &str, store: &Store) -> Option<Option<Vec<u8>>> {
    match store.bytes(path) {
        Err(OpenError::NotFound | OpenError::OutsideRoot) => None,
        // What a link leads to is not what git knows of the link, and UTF-16 is no text for it.
        Ok(bytes) => Some(Some(bytes).filter(|bytes| store.is_own(path) && !bytes.contains(&0))),
        Err(_) => Some(None),
    }
}

/// The blocks of a file in bytes of its text, which has no byte order mark.
fn text_blocks(file: &FileChange, now: &[u8]) -> Vec<Block> {
    let mark = if now.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut blocks = file.blocks(now);
    for block in &mut blocks {
        block.now = block.now.start.saturating_sub(mark)..block.now.end.saturating_sub(mark);
    }
    blocks
}

/// What stands on the line of a byte; where nothing does, on the next line that says something, or else on the last one.
pub(super) fn line_at(source: &Source, id: SourceId, at: usize) -> Span {
    let first = source.line_of(at as u32);
    let lines = source.line_starts().len();
    let says = |line: &usize| source.line(*line).is_some_and(|text| !text.trim().is_empty());
    let line = (first..=lines).find(says).or_else(|| (1..=first.min(lines)).rev().find(says));
    let Some((line, text)) = line.and_then(|line| Some((line, source.line(line)?))) else { return Span::file(id) };
    let start = source.line_starts().get(line - 1).map_or(0, |&start| start as usize);
    let from = start + text.len() - text.trim_start().len();
    Span::new(id, from, from + text.trim().len())
}
