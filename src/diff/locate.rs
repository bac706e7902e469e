//! Which file of the tree a path of a diff means. A diff is written from the root of a repository, or from a folder in it;
//! its paths may have a prefix or none; and the tree that is looked at may be a part of the one that was compared.

use super::{Diff, FileChange};
use crate::source::path;

/// How paths of a diff become paths of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// So many parts are taken off, where the path has a prefix at all.
    strip: usize,
    /// The folder, relative to what the diff compares, that is the root of the tree.
    without: String,
    /// The folder of the tree that the diff is relative to.
    base: String,
}

/// A diff whose paths are known, and whether it leads to the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// How its paths are meant.
    pub mapping: Mapping,
    /// The first file, as a path of the tree, and the line, from 1, that the diff doesn't lead to; no line where the file as
    /// a whole is the other way round: missing, or still there.
    pub misfit: Option<(String, Option<usize>)>,
}

/// The most prefixes that are tried: tools have written more than one part, nobody three.
const STRIPS: usize = 3;

/// The first parts of paths that git writes, before and after: as it is, with `diff.mnemonicPrefix`, and turned round.
const PREFIXES: [(&str, &str); 10] = [
    ("a", "b"),
    ("i", "w"),
    ("c", "i"),
    ("c", "w"),
    ("o", "w"),
    ("1", "2"),
    ("b", "a"),
    ("w", "i"),
    ("i", "c"),
    ("w", "c"),
];

/// Reads a file of the tree: nothing when it is missing, and nothing inside when it can't be compared.
pub type Reader<'a> = &'a dyn Fn(&str) -> Option<Option<Vec<u8>>>;

/// Finds out how the paths of a diff are meant: the first way in which everything fits, or else the one in which most does.
///
/// `bases` are folders of the tree that it may be relative to, the likeliest one first; `above` are the folders that the
/// tree itself may be for it, as in `shop/infra`.
pub fn locate(diff: &Diff, bases: &[String], above: &[String], bytes: Reader<'_>) -> Located {
    let mut best: Option<(usize, Located)> = None;
    let mut empty: Option<Located> = None;
    let prefixed = has_prefixes(diff);
    for mapping in mappings(diff, bases, above) {
        if !mapping.covers(diff) {
            continue;
        }
        let (met, misfit) = fit(diff, &mapping, bytes);
        let fits = misfit.is_none();
        let located = Located { mapping, misfit };
        match (fits, met) {
            (true, 0) => drop(empty.get_or_insert(located)),
            (true, _) => return located,
            // Where git's prefixes say how paths begin, a less likely way that something contradicts is no better than one
            // that nothing does.
            (false, met) if !(prefixed && empty.is_some()) && best.as_ref().is_none_or(|(most, _)| met > *most) => {
                best = Some((met, located));
            }
            _ => {}
        }
    }
    // Where nothing contradicts and nothing confirms, that is the best there is: only files that are gone, or binary ones.
    let best = best.filter(|(met, _)| *met > 0 || empty.is_none()).map(|(_, located)| located);
    best.or(empty).unwrap_or_else(|| Located { mapping: Mapping::default(), misfit: None })
}

fn mappings(diff: &Diff, bases: &[String], above: &[String]) -> Vec<Mapping> {
    let prefixed = has_prefixes(diff);
    let strips: Vec<usize> = if prefixed { vec![1, 0, 2, STRIPS] } else { vec![0, 1, 2, STRIPS] };
    let mut found = Vec::new();
    for strip in strips {
        let base = |base: &String| Mapping { strip, without: String::new(), base: base.clone() };
        let without = |folder: &String| Mapping { strip, without: folder.clone(), base: String::new() };
        found.extend(bases.iter().map(base));
        found.extend(above.iter().map(without));
    }
    found
}

/// Whether all paths begin as git lets them begin.
fn has_prefixes(diff: &Diff) -> bool {
    let first =
        |path: &Option<String>| path.as_deref().map(|path| path.split('/').next().unwrap_or_default().to_owned());
    diff.files.iter().filter(|file| !file.bare).all(|file| {
        let (old, new) = (first(&file.before), first(&file.after));
        PREFIXES.iter().any(|(before, after)| {
            old.as_deref().is_none_or(|old| old == *before) && new.as_deref().is_none_or(|new| new == *after)
        })
    })
}

/// How many files of the tree it speaks of, and the first one that is not what it says.
fn fit(diff: &Diff, mapping: &Mapping, bytes: Reader<'_>) -> (usize, Option<(String, Option<usize>)>) {
    let (mut met, mut misfit) = (0, None);
    for file in &diff.files {
        let Some((path, fit)) = fit_of(file, mapping, bytes) else { continue };
        met += usize::from(!matches!(fit, Fit::Gone | Fit::Missing) && !file.is_bodiless());
        match fit {
            Fit::Good | Fit::Gone => {}
            Fit::Differs(line) => drop(misfit.get_or_insert((path, Some(line)))),
            Fit::Missing | Fit::StillThere => drop(misfit.get_or_insert((path, None))),
        }
    }
    (met, misfit)
}

/// Whether a file of the tree is what the diff says it became.
enum Fit {
    Good,
    /// It is not there, as it should be.
    Gone,
    /// It differs at this line, from 1.
    Differs(usize),
    /// It is not there.
    Missing,
    /// It should be gone.
    StillThere,
}

/// The path of a file in the tree and how it fits; nothing where there is nothing to compare.
fn fit_of(file: &FileChange, mapping: &Mapping, bytes: Reader<'_>) -> Option<(String, Fit)> {
    if file.opaque {
        return None;
    }
    let path = mapping.path(file.after.as_ref().or(file.before.as_ref())?, file.bare)?;
    let fit = match (bytes(&path), &file.after) {
        (Some(None), Some(_)) => return None,
        (Some(Some(now)), Some(_)) => match file.undone(&now, |_| true) {
            Ok(_) => Fit::Good,
            Err(misfit) => Fit::Differs(misfit.line),
        },
        (None, None) => Fit::Gone,
        // A plain diff tells a file that is gone and one that is empty now in the same way.
        (Some(Some(now)), None) if now.is_empty() => Fit::Gone,
        (None, Some(_)) => Fit::Missing,
        (Some(_), None) => Fit::StillThere,
    };
    Some((path, fit))
}

impl Mapping {
    /// Whether a diff is about this tree: all of its files are in it, or some where the tree is a part of what it compares.
    fn covers(&self, diff: &Diff) -> bool {
        let inside = |file: &FileChange| {
            let path = file.after.as_ref().or(file.before.as_ref());
            path.is_some_and(|path| self.path(path, file.bare).is_some())
        };
        match self.without.is_empty() {
            true => diff.files.iter().all(inside),
            false => diff.files.iter().any(inside),
        }
    }

    /// The path in the tree; nothing for a file outside of it.
    pub fn path(&self, written: &str, bare: bool) -> Option<String> {
        let mut rest = written;
        for _ in 0..if bare { 0 } else { self.strip } {
            rest = rest.split_once('/')?.1;
        }
        let inside = path::below(&self.without, rest).filter(|inside| !inside.is_empty())?;
        path::joined(&self.base, inside)
    }
}
