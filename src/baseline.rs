//! The baseline: findings of earlier that a run leaves out, so that it tells what is new.
//!
//! A finding is known by its key, which is made of its rule and of the addresses of resources, in the deployment that it
//! was found in. Entries are counted, and an entry stands for findings that are as loud as itself or less: what has become
//! an error is new. Findings about files are never in it, because a file that could not be read must not look clean.

mod file;

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Severity};

pub use file::{parse, render};

/// Findings that are alike, as the file lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id of the rule.
    pub rule: String,
    /// How loud the rule itself calls it, whatever the configuration makes of that.
    pub severity: Severity,
    /// The file that it was found in, for people.
    pub path: String,
    /// The deployment that it was found in.
    pub deployment: Option<String>,
    /// What was said, for people.
    pub message: String,
    /// What it is known by; no word of it holds a secret.
    pub key: String,
    /// How many.
    pub count: u64,
}

impl Entry {
    /// What its findings are of: the deployment, or the file where there is none.
    pub fn home(&self) -> &str {
        self.deployment.as_deref().unwrap_or(&self.path)
    }

    /// What is compared between two baselines.
    fn identity(&self) -> (&str, &str, Severity) {
        (&self.key, self.home(), self.severity)
    }
}

/// A finding as the baseline sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The finding.
    pub finding: Finding,
    /// What an entry for it would say.
    pub entry: Entry,
}

/// What a run can say about entries that nothing was found for.
pub struct Sight<'a> {
    /// Whether the run would have found the findings of an entry.
    pub looked_at: &'a dyn Fn(&Entry) -> bool,
    /// Whether what an entry is of is nowhere in the tree, by its deployment or file.
    pub is_gone: &'a dyn Fn(&Entry) -> bool,
}

/// What the baseline makes of the findings of a run.
#[derive(Debug, Default)]
pub struct Parted {
    /// Findings that are not in it.
    pub new: Vec<Seen>,
    /// Findings that are.
    pub old: Vec<Finding>,
    /// Entries for which nothing was found though it was looked for, with how often.
    pub stale: Vec<Entry>,
    /// Entries that the run can't say anything about.
    pub unseen: Vec<Entry>,
}

/// Parts the findings of a run by what a baseline lists.
pub fn part(seen: Vec<Seen>, entries: Vec<Entry>, sight: &Sight<'_>) -> Parted {
    let mut left = Left::of(entries);
    let mut order: Vec<usize> = (0..seen.len()).collect();
    // The loudest first: where there are fewer entries than findings, those that are left are no louder than need be.
    order.sort_by_key(|&at| seen.get(at).map(|it| std::cmp::Reverse(it.entry.severity)));
    let mut old: BTreeSet<usize> = BTreeSet::new();
    old.extend(order.iter().copied().filter(|&at| seen.get(at).is_some_and(|it| left.take(&it.entry))));
    // What was renamed as a whole keeps its entries.
    order.retain(|at| !old.contains(at));
    old.extend(order.into_iter().filter(|&at| seen.get(at).is_some_and(|it| left.take_moved(&it.entry, sight))));
    let mut parted = Parted::default();
    for (at, seen) in seen.into_iter().enumerate() {
        match old.contains(&at) {
            true => parted.old.push(seen.finding),
            false => parted.new.push(seen),
        }
    }
    let rest = left.entries.into_iter().filter(|entry| entry.count > 0);
    (parted.stale, parted.unseen) = rest.partition(|entry| (sight.looked_at)(entry));
    parted
}

/// Entries with what is left of their counts.
struct Left {
    entries: Vec<Entry>,
    /// The loudest first.
    by_key: BTreeMap<String, Vec<usize>>,
    /// What the baseline knows: nothing was renamed to it.
    homes: BTreeSet<String>,
}

impl Left {
    fn of(mut entries: Vec<Entry>) -> Left {
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.severity));
        let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_key.entry(entry.key.clone()).or_default().push(at);
        }
        let homes = entries.iter().map(|entry| entry.home().to_owned()).collect();
        Left { entries, by_key, homes }
    }

    /// Takes one of an entry that stands for this one and is of the same home.
    fn take(&mut self, wanted: &Entry) -> bool {
        self.take_where(wanted, |entry| entry.home() == wanted.home())
    }

    /// Takes one of an entry whose home is gone, for a home that the baseline doesn't know.
    fn take_moved(&mut self, wanted: &Entry, sight: &Sight<'_>) -> bool {
        !self.homes.contains(wanted.home()) && self.take_where(wanted, |entry| (sight.is_gone)(entry))
    }

    fn take_where(&mut self, wanted: &Entry, fits: impl Fn(&Entry) -> bool) -> bool {
        let alike = self.by_key.get(&wanted.key).into_iter().flatten();
        for &at in alike {
            let Some(entry) = self.entries.get_mut(at) else { continue };
            if entry.count > 0 && entry.severity >= wanted.severity && fits(entry) {
                entry.count -= 1;
                return true;
            }
        }
        false
    }
}

/// Entries for what a run found and for what it can't say anything about, in the order of the file.
pub fn entries(seen: &[Seen], unseen: &[Entry]) -> Vec<Entry> {
    let mut found: BTreeMap<(String, String, Severity), Entry> = BTreeMap::new();
    for entry in seen.iter().map(|it| &it.entry).chain(unseen) {
        let (key, home, severity) = entry.identity();
        match found.entry((key.to_owned(), home.to_owned(), severity)) {
            std::collections::btree_map::Entry::Vacant(free) => drop(free.insert(entry.clone())),
            std::collections::btree_map::Entry::Occupied(mut taken) => {
                let one = taken.get_mut();
                one.count = one.count.saturating_add(entry.count);
                // The words are those of the first one in a fixed order.
                if (&entry.path, &entry.message) < (&one.path, &one.message) {
                    (one.path, one.message) = (entry.path.clone(), entry.message.clone());
                }
            }
        }
    }
    let mut entries: Vec<Entry> = found.into_values().collect();
    entries.sort_by(|a, b| {
        let place = |it: &Entry| (it.path.clone(), it.rule.clone(), it.key.clone(), it.deployment.clone());
        place(a).cmp(&place(b)).then(b.severity.cmp(&a.severity))
    });
    entries
}

/// How many findings one baseline lists that another one doesn't.
pub fn more(in_this: &[Entry], than: &[Entry]) -> u64 {
    let mut known: BTreeMap<(&str, &str, Severity), u64> = BTreeMap::new();
    for entry in than {
        let count = known.entry(entry.identity()).or_default();
        *count = count.saturating_add(entry.count);
    }
    let mut more = 0_u64;
    for entry in in_this {
        let known = known.entry(entry.identity()).or_default();
        more = more.saturating_add(entry.count.saturating_sub(*known));
        *known = known.saturating_sub(entry.count);
    }
    more
}

#[cfg(test)]
mod tests;
