//! What fixes change, as a unified diff that `git apply` and `patch -p1` take.

use std::ops::Range;

use super::Told;
use super::snippet::printable;
use super::suspect;
use super::veil::{MASK, Veil, merge};
use crate::source::SourceId;

/// A file before and after its fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Relative to the root.
    pub path: String,
    /// Its text on disk.
    pub before: String,
    /// Its text with the fixes.
    pub after: String,
}

/// Lines that stay the same around those that change.
const CONTEXT: usize = 3;

/// More changed lines than this are told as one block.
const MOST: usize = 1_000;

/// All files as one diff. What may be a secret is covered, also in lines that stay the same.
pub fn difference(told: &Told<'_>, revisions: &[Revision]) -> String {
    let veil = Veil::new(told);
    // Places are those of the texts as they are edited.
    let sources = told.store.sources();
    let edited = |revision: &Revision| {
        let own = sources.iter().find(|(_, source)| *source.path == *revision.path);
        own.filter(|(_, source)| *source.text == *revision.after).map(|(id, _)| *id)
    };
    revisions.iter().map(|revision| of_file(revision, edited(revision), &veil)).collect()
}

/// The name of a file as `git diff` writes it: in quotes where a sign in it has a meaning, and with a tab behind it where
/// a blank would end it.
fn named(side: &str, path: &str) -> String {
    let path = format!("{side}/{path}");
    if path.contains(['"', '\\']) || path.chars().any(char::is_control) {
        let mut quoted = String::from("\"");
        for character in path.chars() {
            match character {
                '"' | '\\' => quoted.extend(['\\', character]),
                '\t' => quoted.push_str("\\t"),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                control if control.is_ascii_control() => quoted.push_str(&format!("\\{:03o}", u32::from(control))),
                other => quoted.push(other),
            }
        }
        return printable(&quoted).to_string() + "\"";
    }
    let end = if path.contains(' ') { "\t" } else { "" };
    format!("{}{end}", printable(&path))
}

fn of_file(revision: &Revision, edited: Option<SourceId>, veil: &Veil) -> String {
    let (old, new) = (lines(&revision.before), lines(&revision.after));
    let mut told = format!("--- {}\n+++ {}\n", named("a", &revision.path), named("b", &revision.path));
    let quoted = suspect::quotes_texts(&revision.path);
    let starts = starts(&new);
    let shown = |lines: &[&str], at: usize, known: bool| {
        let line = |at: Option<usize>| at.and_then(|at| lines.get(at)).copied().unwrap_or_default();
        let own = line(Some(at));
        let start = starts.get(at).copied().filter(|_| known).unwrap_or_default();
        let range = start..start + own.len();
        let places = edited.filter(|_| known).into_iter().flat_map(|id| veil.within(id, &range));
        let places = places.map(|it| it.start.max(start) - start..it.end.min(range.end) - start).collect();
        covered(own, (line(at.checked_sub(1)), line(Some(at + 1))), quoted, veil, places)
    };
    for hunk in hunks(&changes(&old, &new), old.len(), new.len()) {
        told.push_str(&format!("@@ -{} +{} @@\n", numbers(&hunk.old), numbers(&hunk.new)));
        // Lines that stay are told as the edited text has them.
        let mut from = hunk.new.start;
        for change in &hunk.changes {
            while from < change.new.start {
                told.push_str(&format!(" {}", shown(&new, from, true)));
                from += 1;
            }
            change.old.clone().for_each(|at| told.push_str(&format!("-{}", shown(&old, at, false))));
            change.new.clone().for_each(|at| told.push_str(&format!("+{}", shown(&new, at, true))));
            from = change.new.end;
        }
        (from..hunk.new.end).for_each(|at| told.push_str(&format!(" {}", shown(&new, at, true))));
    }
    told
}

/// Where each line begins.
fn starts(lines: &[&str]) -> Vec<usize> {
    let mut start = 0;
    let mut starts = Vec::with_capacity(lines.len());
    for line in lines {
        starts.push(start);
        start += line.len();
    }
    starts
}

/// The lines of a text, each with its end.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A line without what may be a secret, and with a line end.
fn covered(
    line: &str,
    (before, after): (&str, &str),
    quoted: bool,
    veil: &Veil,
    mut parts: Vec<Range<usize>>,
) -> String {
    // A secret may go on in the next line.
    let ends = line.trim_end_matches(['\r', '\n']).len();
    parts.iter_mut().for_each(|part| part.end = part.end.min(ends));
    parts.retain(|part| part.start < part.end);
    parts.extend(suspect::parts(line, before, after, quoted));
    parts.extend(veil.quoted(line));
    merge(&mut parts);
    let (mut shown, mut from) = (String::new(), 0);
    for part in parts {
        shown.push_str(line.get(from..part.start).unwrap_or_default());
        shown.push_str(MASK);
        from = part.end;
    }
    shown.push_str(line.get(from..).unwrap_or_default());
    // A carriage return at the end of a line is part of it; whatever else acts on a terminal is not shown.
    let (body, end) = match shown.strip_suffix("\r\n") {
        Some(body) => (body, "\r\n"),
        None => (shown.strip_suffix('\n').unwrap_or(&shown), "\n"),
    };
    let missing = if line.ends_with('\n') { "" } else { "\\ No newline at end of file\n" };
    format!("{}{end}{missing}", printable(body))
}

/// Lines that are taken out and lines that come in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// Changes that are told together.
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
    changes: Vec<Change>,
}

fn hunks(changes: &[Change], old: usize, new: usize) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    for change in changes {
        let before = change.old.start.min(change.new.start).min(CONTEXT);
        let (start, from) = (change.old.start - before, change.new.start - before);
        let after = (old - change.old.end).min(new - change.new.end).min(CONTEXT);
        let (end, to) = (change.old.end + after, change.new.end + after);
        match hunks.last_mut().filter(|hunk| start <= hunk.old.end) {
            Some(hunk) => {
                (hunk.old.end, hunk.new.end) = (end, to);
                hunk.changes.push(change.clone());
            }
            None => hunks.push(Hunk { old: start..end, new: from..to, changes: vec![change.clone()] }),
        }
    }
    hunks
}

/// `12,3`; an empty range is told by the line before it.
fn numbers(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        length => format!("{},{length}", range.start + 1),
    }
}

/// What is different, in order: what both begin and end with is left out, and for the rest the shortest way from one to the
/// other is looked for, as Myers described it (An O(ND) difference algorithm and its variations).
fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let head = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let (rest, news) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = rest.iter().rev().zip(news.iter().rev()).take_while(|(one, other)| one == other).count();
    let (rest, news) = (rest.get(..rest.len() - tail), news.get(..news.len() - tail));
    let (rest, news) = (rest.unwrap_or_default(), news.unwrap_or_default());
    if rest.is_empty() && news.is_empty() {
        return Vec::new();
    }
    let Some(kept) = common(rest, news) else {
        return vec![Change { old: head..head + rest.len(), new: head..head + news.len() }];
    };
    let (mut found, mut from, mut to) = (Vec::new(), 0, 0);
    for (x, y) in kept.into_iter().chain([(rest.len(), news.len())]) {
        if from < x || to < y {
            found.push(Change { old: head + from..head + x, new: head + to..head + y });
        }
        (from, to) = (x + 1, y + 1);
    }
    found
}

fn line<'t>(of: &[&'t str], at: isize) -> Option<&'t str> {
    usize::try_from(at).ok().and_then(|at| of.get(at)).copied()
}

/// The lines that both have, in order; nothing where too much is different.
fn common(old: &[&str], new: &[&str]) -> Option<Vec<(usize, usize)>> {
    let (n, m) = (old.len() as isize, new.len() as isize);
    let same = |x: isize, y: isize| line(old, x).is_some() && line(old, x) == line(new, y);
    // How far one gets on each diagonal with so many changes.
    let mut rounds: Vec<std::collections::BTreeMap<isize, isize>> = Vec::new();
    let mut reached = std::collections::BTreeMap::from([(1_isize, 0_isize)]);
    let far = |reached: &std::collections::BTreeMap<isize, isize>, k: isize| reached.get(&k).copied().unwrap_or(-1);
    for d in 0..=MOST as isize {
        rounds.push(reached.clone());
        for k in (-d..=d).step_by(2) {
            let down = k == -d || k != d && far(&reached, k - 1) < far(&reached, k + 1);
            let mut x = if down { far(&reached, k + 1) } else { far(&reached, k - 1) + 1 };
            while same(x, x - k) {
                x += 1;
            }
            reached.insert(k, x);
            if x >= n && x - k >= m {
                return Some(way_back(&rounds, n, m));
            }
        }
    }
    None
}

fn way_back(rounds: &[std::collections::BTreeMap<isize, isize>], n: isize, m: isize) -> Vec<(usize, usize)> {
    let (mut x, mut y, mut kept) = (n, m, Vec::new());
    for (d, reached) in rounds.iter().enumerate().rev() {
        let (d, k) = (d as isize, x - y);
        let far = |k: isize| reached.get(&k).copied().unwrap_or(-1);
        let before = if k == -d || k != d && far(k - 1) < far(k + 1) { k + 1 } else { k - 1 };
        let (from, to) = (far(before), far(before) - before);
        while x > from && y > to && x > 0 && y > 0 {
            (x, y) = (x - 1, y - 1);
            kept.extend(usize::try_from(x).ok().zip(usize::try_from(y).ok()));
        }
        if d > 0 {
            (x, y) = (from, to);
        }
    }
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(before: &str, after: &str) -> String {
        let revision = Revision { path: "a.bicep".into(), before: before.into(), after: after.into() };
        of_file(&revision, None, &Veil::default())
    }

    #[test]
    fn lines_that_change_are_told_with_three_around_them() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let expected =
            "--- a/a.bicep\n+++ b/a.bicep\n@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n+and a half\n 6\n 7\n 8\n";
        assert_eq!(diff(before, &before.replace("5", "five\nand a half")), expected);
    }

    #[test]
    fn changes_far_apart_are_told_apart_and_line_ends_stay() {
        let before: String = (1..=20).map(|number| format!("{number}\r\n")).collect();
        let after = before.replace("2\r\n3\r\n", "2\r\n").replace("19\r\n20\r\n", "19\r\nxx");
        let told = diff(&before, &after);
        assert_eq!(told.matches("@@ -").count(), 2, "{told}");
        assert!(told.contains("-3\r\n") && told.contains("+xx\n\\ No newline at end of file\n"), "{told}");
    }

    #[test]
    fn the_kept_lines_make_both_texts() {
        let (old, new) = (["a", "b", "c", "a", "b", "b", "a"], ["c", "b", "a", "b", "a", "c"]);
        let kept = common(&old, &new).unwrap();
        assert_eq!(kept.len(), 4);
        assert!(kept.iter().all(|&(x, y)| old[x] == new[y]));
        assert!(kept.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
    }

    #[test]
    fn names_are_written_as_git_does() {
        assert_eq!(named("a", "k8s/web.yaml"), "a/k8s/web.yaml");
        assert_eq!(named("a", "my app/web.yaml"), "a/my app/web.yaml\t");
        assert_eq!(named("b", "a\tb\"c.tf"), "\"b/a\\tb\\\"c.tf\"");
    }

    #[test]
    fn a_secret_among_arguments_is_covered() {
        let before = "a: 1\nargs: [\"--token\", \"Winter2024tok\"]\nmore:\n- --password\n- Summer2025pw\n";
        let told = diff(before, &before.replace("more:", "others:"));
        assert!(!told.contains("Winter") && !told.contains("Summer"), "{told}");
    }

    #[test]
    fn a_secret_nearby_is_covered() {
        let before = "a: 1\npassword: hunter2hunter2hunter2\n";
        let told = diff(before, &before.replace("a: 1", "a: 2"));
        assert!(!told.contains("hunter2"), "{told}");
    }
}
