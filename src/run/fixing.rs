//! Fixes applied in memory, round by round: what one round repairs may show what the next one can repair.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::discover::Discovered;
use crate::edit;
use crate::finding::{Finding, Fix, Severity};
use crate::report::{Pull, Report, Revision, Verdict};
use crate::source::{Over, SourceId, Store};

/// More rounds than this are not made.
pub(super) const ROUNDS: usize = 24;

/// A file that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// Relative to the root.
    pub path: String,
    /// What it holds now.
    pub before: Vec<u8>,
    /// What it shall hold.
    pub after: Vec<u8>,
}

/// One file in the course of being edited.
#[derive(Debug)]
struct Draft {
    /// The bytes before the text: a byte order mark.
    mark: Vec<u8>,
    /// All texts that it has had, the first one being what is on disk.
    texts: Vec<Arc<str>>,
}

impl Draft {
    fn bytes(&self, text: Option<&Arc<str>>) -> Vec<u8> {
        [self.mark.as_slice(), text.map_or(&b""[..], |text| text.as_bytes())].concat()
    }
}

/// What was fixed so far.
#[derive(Debug)]
pub(super) struct Fixing {
    drafts: BTreeMap<String, Draft>,
    fixed: usize,
    /// Fixes that were made once, with what they changed where.
    over: BTreeSet<(Name, String)>,
    /// Fixes that made something worse, or that would have undone another one.
    spoilt: BTreeSet<Name>,
    /// What the last round did.
    last: Made,
    /// How many fixes a round may make: fewer where one of them made something worse.
    most: usize,
    notes: Vec<String>,
}

/// One round.
#[derive(Debug, Default)]
struct Made {
    fixed: usize,
    fixes: Vec<(Name, String)>,
    files: Vec<String>,
}

impl Default for Fixing {
    fn default() -> Fixing {
        Fixing {
            drafts: BTreeMap::new(),
            fixed: 0,
            over: BTreeSet::new(),
            spoilt: BTreeSet::new(),
            last: Made::default(),
            most: usize::MAX,
            notes: Vec::new(),
        }
    }
}

/// Takes the fixes away that are not of files which the walk found as they are: nothing beside them is ever written.
pub(super) fn keep_editable(findings: &mut [Finding], store: &Store, found: &Discovered) {
    let mut known: BTreeMap<SourceId, bool> = BTreeMap::new();
    let mut is_editable = |id: SourceId| {
        *known.entry(id).or_insert_with(|| {
            let source = store.source(id);
            found.sources.contains(&id)
                && store.is_own(&source.path)
                && mark(store, &source.path, &source.text).is_some()
        })
    };
    for finding in findings.iter_mut() {
        let fix = finding.fix.take();
        finding.fix = fix.filter(|fix| fix.edits.iter().all(|(span, _)| is_editable(span.source)));
    }
    keep_sound(findings, store);
}

/// Takes the fixes away that leave a file which can't be read any more: each of them has to be right on its own, as others
/// take them one by one. Where all together are, each of them is.
fn keep_sound(findings: &mut [Finding], store: &Store) {
    let mut together = Edits::new();
    let mut apart: BTreeSet<SourceId> = BTreeSet::new();
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        if !take(&mut together, fix) {
            apart.extend(fix.edits.iter().map(|(span, _)| span.source));
        }
    }
    let spoilt = together.iter().filter(|(id, edits)| sound(store, **id, edits).is_none());
    apart.extend(spoilt.map(|(id, _)| *id));
    for finding in findings {
        let alone = |fix: &Fix| {
            let mut own = Edits::new();
            take(&mut own, fix) && own.iter().all(|(id, edits)| sound(store, *id, edits).is_some())
        };
        let touches = |fix: &Fix| fix.edits.iter().any(|(span, _)| apart.contains(&span.source));
        finding.fix = finding.fix.take().filter(|fix| !touches(fix) || alone(fix));
    }
}

/// A file with edits, when it can be read as well as before.
fn sound(store: &Store, id: SourceId, edits: &[(Range<usize>, String)]) -> Option<String> {
    let source = store.source(id);
    edit::applied(&source.text, edits).filter(|after| edit::is_sound(&source.path, &source.text, after))
}

/// What stands before the text in a file's bytes; nothing where the text is not in them as it is (UTF-16).
fn mark(store: &Store, path: &str, text: &str) -> Option<Vec<u8>> {
    store.bytes(path).ok()?.strip_suffix(text.as_bytes()).map(<[u8]>::to_vec).filter(|mark| mark.len() <= 3)
}

/// The edits of one round, by file.
type Edits = BTreeMap<SourceId, Vec<(Range<usize>, String)>>;

impl Fixing {
    /// The files as they are edited so far.
    pub(super) fn changed(&self) -> Over {
        self.drafts.iter().map(|(path, draft)| (path.clone(), Some(draft.bytes(draft.texts.last())))).collect()
    }

    /// The files to be written.
    pub(super) fn rewritten(&self) -> Vec<Rewritten> {
        let changed = self.drafts.iter().filter(|(_, draft)| draft.texts.first() != draft.texts.last());
        let file = |(path, draft): (&String, &Draft)| Rewritten {
            path: path.clone(),
            before: draft.bytes(draft.texts.first()),
            after: draft.bytes(draft.texts.last()),
        };
        changed.map(file).collect()
    }

    /// The same as texts.
    pub(super) fn revisions(&self) -> Vec<Revision> {
        let text = |text: Option<&Arc<str>>| text.map_or_else(String::new, |text| text.to_string());
        let revision = |(path, draft): (&String, &Draft)| Revision {
            path: path.clone(),
            before: text(draft.texts.first()),
            after: text(draft.texts.last()),
        };
        self.drafts.iter().map(revision).filter(|revision| revision.before != revision.after).collect()
    }

    /// What was done, for standard error.
    pub(super) fn notes(&self) -> Vec<String> {
        let files = self.rewritten().len();
        let number = |count: usize, thing: &str| format!("{count} {thing}{}", if count == 1 { "" } else { "s" });
        let done = format!("fixed {} in {}", number(self.fixed, "finding"), number(files, "file"));
        self.notes.iter().cloned().chain((self.fixed > 0).then_some(done)).collect()
    }

    /// Applies what can be applied at once. Whether anything was.
    pub(super) fn round(&mut self, report: &Report, store: &Store, unsafe_too: bool) -> bool {
        let mut edits = Edits::new();
        let mut taken: Vec<(&Finding, &Fix)> = Vec::new();
        for finding in &report.findings {
            let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safe || unsafe_too) else { continue };
            if taken.len() < self.most && !self.is_over(finding, fix, store) && take(&mut edits, fix) {
                taken.push((finding, fix));
            }
        }
        // A fix is made as a whole or not at all.
        let texts = loop {
            let (texts, worse) = self.made(&edits, store);
            if worse.is_empty() {
                break texts;
            }
            // Only the one that spoils a file, where it does so alone.
            let meets = |fix: &Fix| fix.edits.iter().any(|(span, _)| worse.contains(&span.source));
            let alone: Vec<bool> = taken.iter().map(|(_, fix)| meets(fix) && self.spoils(fix, store)).collect();
            let any = alone.contains(&true);
            let mut alone = alone.into_iter();
            let (out, kept): (Vec<_>, Vec<_>) = taken.into_iter().partition(|(_, fix)| {
                let spoils = alone.next().unwrap_or_default();
                if any { spoils } else { meets(fix) }
            });
            self.spoilt.extend(out.iter().map(|(finding, _)| name(finding)));
            taken = kept;
            edits = Edits::new();
            for (_, fix) in &taken {
                take(&mut edits, fix);
            }
        };
        let fixed = taken.iter().map(|(finding, fix)| (finding.rule, &fix.edits)).collect::<BTreeSet<_>>().len();
        let fixes: Vec<_> = taken.iter().map(|(finding, fix)| (name(finding), places(fix, store))).collect();
        self.fixed += fixed;
        self.over.extend(fixes.iter().cloned());
        let files = texts.iter().map(|(source, _)| store.source(*source).path.to_string()).collect();
        self.last = Made { fixed, fixes, files };
        for (source, text) in texts {
            let source = store.source(source);
            let draft = self.drafts.entry(source.path.to_string()).or_insert_with(|| Draft {
                mark: mark(store, &source.path, &source.text).unwrap_or_default(),
                texts: vec![source.text.clone()],
            });
            draft.texts.push(text);
        }
        !taken.is_empty()
    }

    /// Whether it was made, or is not to be made.
    fn is_over(&self, finding: &Finding, fix: &Fix, store: &Store) -> bool {
        let name = name(finding);
        self.spoilt.contains(&name) || !self.over.is_empty() && self.over.contains(&(name, places(fix, store)))
    }

    /// Whether a fix spoils a file by itself.
    fn spoils(&mut self, fix: &Fix, store: &Store) -> bool {
        let mut own = Edits::new();
        !take(&mut own, fix) || !self.made(&own, store).1.is_empty()
    }

    /// Looks at what the last round led to. Should something be worse than before, it is taken back as a whole, and the next
    /// ones make fewer fixes until the one is found. Whether it stays.
    pub(super) fn keep(&mut self, before: &Report, after: &Report) -> bool {
        let last = std::mem::take(&mut self.last);
        if !is_worse(before, after, last.fixes.len()) {
            self.most = self.most.saturating_mul(2);
            return true;
        }
        self.fixed -= last.fixed;
        for file in &last.files {
            let texts = self.drafts.get_mut(file).map(|draft| &mut draft.texts);
            texts.into_iter().for_each(|texts| drop(texts.pop()));
        }
        for fix in &last.fixes {
            self.over.remove(fix);
        }
        match last.fixes.as_slice() {
            [(name, _)] => drop(self.spoilt.insert(name.clone())),
            fixes => self.most = fixes.len() / 2,
        }
        false
    }

    /// Takes fixes away that were tried: nobody is told of them a second time.
    pub(super) fn forget(&self, report: &mut Report, store: &Store) {
        for finding in &mut report.findings {
            let tried = finding.fix.as_ref().is_some_and(|fix| self.is_over(finding, fix, store));
            finding.fix = finding.fix.take().filter(|_| !tried);
        }
    }

    /// The edited texts, and the files that must not be edited like this.
    fn made(&mut self, edits: &Edits, store: &Store) -> (Vec<(SourceId, Arc<str>)>, BTreeSet<SourceId>) {
        let (mut texts, mut worse) = (Vec::new(), BTreeSet::new());
        for (&id, edits) in edits {
            let source = store.source(id);
            let made = sound(store, id, edits);
            let known =
                |text: &str| self.drafts.get(&*source.path).is_some_and(|it| it.texts.iter().any(|old| **old == *text));
            match made {
                None => {
                    let note = format!("{}: not edited: it would not be readable any more", source.path);
                    if !self.notes.contains(&note) {
                        self.notes.push(note);
                    }
                    worse.insert(id);
                }
                // Two fixes that undo each other would go on for ever.
                Some(text) if known(&text) => {
                    worse.insert(id);
                }
                Some(text) => texts.push((id, text.into())),
            }
        }
        (texts, worse)
    }
}

/// Whether fixes led to something that is worse than what they repaired: an assignment that is made twice, a pull that did
/// not fail before, or errors where none has gone. An error may stand behind another one; which of several fixes led to
/// one is not known.
fn is_worse(before: &Report, after: &Report, made: usize) -> bool {
    let errors = |report: &Report| -> BTreeSet<(&'static str, String)> {
        let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
        errors.map(|finding| (finding.rule, finding.key.clone())).collect()
    };
    let (old, new) = (errors(before), errors(after));
    let (come, gone) = (new.difference(&old).count(), old.difference(&new).count());
    let twice = new.difference(&old).any(|(rule, _)| *rule == "ACR110");
    let fails = |report: &Report, broken: bool| -> BTreeSet<_> {
        let pulls = report.pulls.iter().filter(|pull| (pull.verdict == Verdict::Broken) == broken);
        let known =
            |pull: &Pull| (pull.image.clone(), pull.workload.clone(), pull.cluster.clone(), pull.parameters.clone());
        pulls.map(known).collect()
    };
    let (worked, fail, failed) = (fails(before, false), fails(after, true), fails(before, true));
    twice
        || come > 0 && (made > 1 || gone == 0)
        || fail.iter().any(|pull| worked.contains(pull) && !failed.contains(pull))
}

/// What a fix is called: its finding and its title.
type Name = (String, String);

/// Where a fix changes what, as text.
fn places(fix: &Fix, store: &Store) -> String {
    let edits = fix.edits.iter().map(|(span, by)| format!("{}:{}:{by}", store.source(span.source).path, span.start));
    edits.collect::<Vec<_>>().join("\n")
}

/// What a fix is known by in all rounds.
fn name(finding: &Finding) -> Name {
    let fix = finding.fix.as_ref().map(|fix| fix.title.clone()).unwrap_or_default();
    (finding.key.clone(), fix)
}

/// Takes the edits of a fix, when none of them meets one that was taken before. The same edit of two findings is one.
fn take(edits: &mut Edits, fix: &Fix) -> bool {
    let meets = |one: &Range<usize>, other: &Range<usize>| {
        one.start < other.end && other.start < one.end
            || one.start == other.start
            || one.is_empty() && one.start == other.end
            || other.is_empty() && other.start == one.end
    };
    let own = |range: &Range<usize>, by: &String, (taken, with): &(Range<usize>, String)| range == taken && by == with;
    let known = |source: &SourceId, range: &Range<usize>, by: &String| {
        edits.get(source).is_some_and(|taken| taken.iter().any(|it| own(range, by, it)))
    };
    let ranges: Vec<(SourceId, Range<usize>, &String)> =
        fix.edits.iter().map(|(span, by)| (span.source, span.range(), by)).collect();
    if ranges.iter().all(|(source, range, by)| known(source, range, by)) {
        return true;
    }
    let free = |(source, range, _): &(SourceId, Range<usize>, &String)| {
        edits.get(source).is_none_or(|taken| !taken.iter().any(|(other, _)| meets(range, other)))
    };
    if !ranges.iter().all(free) {
        return false;
    }
    ranges.into_iter().for_each(|(source, range, by)| edits.entry(source).or_default().push((range, by.clone())));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn fix(edits: &[(usize, usize, &str)]) -> Fix {
        let edits = edits.iter().map(|&(start, end, by)| (Span::new(SourceId(0), start, end), by.to_owned()));
        Fix { title: String::new(), edits: edits.collect(), safe: true }
    }

    #[test]
    fn the_first_of_two_that_meet_wins() {
        let mut edits = Edits::new();
        assert!(take(&mut edits, &fix(&[(0, 4, "a"), (9, 9, "b")])));
        // The same edits, of another finding.
        assert!(take(&mut edits, &fix(&[(0, 4, "a"), (9, 9, "b")])));
        assert!(!take(&mut edits, &fix(&[(3, 6, "c")])));
        // One part meets: nothing of it is taken.
        assert!(!take(&mut edits, &fix(&[(20, 21, "d"), (9, 9, "e")])));
        assert!(take(&mut edits, &fix(&[(20, 21, "d")])));
        assert_eq!(edits[&SourceId(0)].len(), 3);
    }
}
