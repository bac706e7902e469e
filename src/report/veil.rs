//! What must not be shown. The last gate before the output: secrets are known by their place, and the longer ones by
//! their text too, so that a sentence that quotes one by mistake doesn't let it out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, Range};

use super::{Told, suspect};
use crate::finding::{Finding, Label};
use crate::source::{SourceId, Span};

/// Stands in the place of a secret.
pub(super) const MASK: &str = "•••";

/// Secret texts shorter than this are too likely to be ordinary words to look for them in sentences.
const SHORTEST: usize = 8;

/// The secrets of a run.
#[derive(Debug, Default)]
pub(super) struct Veil {
    places: BTreeMap<SourceId, Vec<Range<usize>>>,
    /// Texts by how they begin.
    texts: BTreeMap<Vec<u8>, BTreeSet<String>>,
}

impl Veil {
    /// Gathers the secrets that the run knows and those that findings point at.
    pub(super) fn new(told: &Told<'_>) -> Veil {
        let mut veil = Veil::default();
        let labels = told.report.findings.iter().flat_map(labels);
        let pointed_at = labels.filter(|label| label.secret).map(|label| label.span);
        for span in told.secrets.iter().copied().chain(pointed_at) {
            veil.places.entry(span.source).or_default().push(span.range());
        }
        veil.places.values_mut().for_each(merge);
        veil.texts = sorted(texts(&veil.places, told));
        // What is only beside is covered at its place; as a text it is not known to be a secret.
        for span in beside(told) {
            veil.places.entry(span.source).or_default().push(span.range());
        }
        veil.places.values_mut().for_each(merge);
        veil
    }

    /// The secret ranges that meet `line`, in order, never overlapping.
    pub(super) fn within(&self, source: SourceId, line: &Range<usize>) -> impl Iterator<Item = &Range<usize>> {
        let ranges = self.places.get(&source).map_or(&[][..], Vec::as_slice);
        let first = ranges.partition_point(|range| range.end <= line.start);
        let end = line.end;
        ranges.iter().skip(first).take_while(move |range| range.start < end)
    }

    /// The places in a text where a secret of the run is quoted.
    pub(super) fn quoted(&self, text: &str) -> Vec<Range<usize>> {
        let (mut found, mut end) = (Vec::new(), 0);
        if self.texts.is_empty() {
            return found;
        }
        for (at, head) in text.as_bytes().windows(SHORTEST).enumerate() {
            let alike = self.texts.get(head).filter(|_| at >= end);
            if let Some(length) = alike.zip(text.get(at..)).and_then(|(alike, rest)| longest_start(alike, rest)) {
                end = at + length;
                found.push(at..end);
            }
        }
        found
    }

    /// A sentence without the secrets that it quotes.
    pub(super) fn words<'a>(&self, sentence: &'a str) -> Cow<'a, str> {
        let mut covered: Vec<Range<usize>> = suspect::in_words(sentence);
        covered.extend(self.quoted(sentence));
        if covered.is_empty() {
            return Cow::Borrowed(sentence);
        }
        Cow::Owned(masked(sentence, covered))
    }
}

pub(super) fn masked(sentence: &str, mut covered: Vec<Range<usize>>) -> String {
    merge(&mut covered);
    let (mut words, mut from) = (String::new(), 0);
    for range in covered {
        words.push_str(sentence.get(from..range.start).unwrap_or_default());
        words.push_str(MASK);
        from = range.end;
    }
    words.push_str(sentence.get(from..).unwrap_or_default());
    words
}

/// The lines that are beside what is meant, without those that are evidence as well.
fn beside(told: &Told<'_>) -> Vec<Span> {
    let all = || told.report.findings.iter().flat_map(labels);
    let evidence: BTreeSet<(SourceId, u32)> =
        all().filter(|label| !label.beside).map(|label| (label.span.source, label.span.start)).collect();
    let is_evidence = |span: Span| evidence.range((span.source, span.start)..(span.source, span.end)).next().is_some();
    let spans = all().filter(|label| label.beside && label.span.start < label.span.end).map(|label| label.span);
    spans.filter(|span| !is_evidence(*span)).collect()
}

fn labels(finding: &Finding) -> impl Iterator<Item = &Label> {
    std::iter::once(&finding.primary).chain(&finding.related)
}

/// Sorts the ranges and joins those that overlap or touch.
pub(super) fn merge(ranges: &mut Vec<Range<usize>>) {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, last| {
        let joins = next.start <= last.end;
        if joins {
            last.end = last.end.max(next.end);
        }
        joins
    });
}

/// The secrets' texts as written, each line of one that has several, since sentences quote lines, and the passwords in
/// those that are documents.
fn texts(places: &BTreeMap<SourceId, Vec<Range<usize>>>, told: &Told<'_>) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for (&source, ranges) in places {
        for range in ranges {
            let text = told.store.snippet(Span::new(source, range.start, range.end));
            for line in text.lines() {
                texts.extend(suspect::literals(line, false).into_iter().filter_map(|it| line.get(it)).map(bare));
                texts.insert(bare(line));
            }
            texts.insert(bare(&text));
        }
    }
    texts.retain(|text| text.len() >= SHORTEST && !is_open(text, told.names));
    texts
}

fn bare(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || "\"'`".contains(c)).to_owned()
}

/// What may stand in a secret and is none: names of things, hosts, and short words, which are in every other line.
fn is_open(text: &str, names: &BTreeSet<String>) -> bool {
    let is_word = text.len() < 16 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    let lower = text.to_ascii_lowercase();
    let host = lower.strip_prefix("https://").or(lower.strip_prefix("http://")).unwrap_or(&lower);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let of_letters = |label: &&str| label.len() > 1 && label.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_host = labels.len() > 2 && labels.iter().all(is_label) && labels.last().is_some_and(of_letters);
    names.contains(text) || is_word || is_host && !text.contains('@')
}

fn sorted(texts: BTreeSet<String>) -> BTreeMap<Vec<u8>, BTreeSet<String>> {
    let mut sorted: BTreeMap<Vec<u8>, BTreeSet<String>> = BTreeMap::new();
    for text in texts {
        if let Some(head) = text.as_bytes().get(..SHORTEST) {
            sorted.entry(head.to_vec()).or_default().insert(text);
        }
    }
    sorted
}

/// The length of the longest of the texts that a sentence begins with, so that a secret inside another one doesn't leave
/// the rest of the longer one. Of thousands that begin alike only those on the way are looked at.
fn longest_start(texts: &BTreeSet<String>, sentence: &str) -> Option<usize> {
    let mut rest = sentence;
    while !rest.is_empty() {
        let nearest = texts.range::<str, _>((Bound::Unbounded, Bound::Included(rest))).next_back()?;
        if rest.starts_with(nearest.as_str()) {
            return Some(nearest.len());
        }
        // What begins the sentence is no longer than what the nearest one has in common with it.
        let common = nearest.chars().zip(rest.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        rest = rest.get(..common)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_joined() {
        let mut ranges = vec![7..9, 0..3, 2..5, 6..6, 8..12];
        merge(&mut ranges);
        assert_eq!(ranges, [0..5, 7..12]);
    }

    #[test]
    fn only_ranges_that_meet_the_line_are_given() {
        let veil = Veil { places: BTreeMap::from([(SourceId(0), vec![0..2, 4..8, 10..11])]), ..Veil::default() };
        let within = |line: Range<usize>| veil.within(SourceId(0), &line).cloned().collect::<Vec<_>>();
        assert_eq!(within(1..5), [0..2, 4..8]);
        assert_eq!(within(5..11), [4..8, 10..11]);
        assert!(within(2..4).is_empty());
        assert_eq!(veil.within(SourceId(1), &(0..9)).count(), 0);
    }

    #[test]
    fn a_quoted_secret_is_taken_out_of_a_sentence() {
        let texts = ["hunter2hunter2", "hunter2h"].map(str::to_owned).into();
        let veil = Veil { texts: sorted(texts), ..Veil::default() };
        assert_eq!(veil.words("the password `hunter2hunter2` is here"), "the password `•••` is here");
    }

    #[test]
    fn the_longest_of_many_that_begin_alike_is_found() {
        let texts: BTreeSet<String> = ["hunter2h", "hunter2hab", "hunter2habz", "hunter2hb"].map(str::to_owned).into();
        for (sentence, length) in [("hunter2habc", 10), ("hunter2hac", 8), ("hunter2hb!", 9), ("hunter2habzz", 11)] {
            assert_eq!(longest_start(&texts, sentence), Some(length), "{sentence}");
        }
        assert_eq!(longest_start(&texts, "hunter2"), None);
    }

    #[test]
    fn names_and_hosts_are_open() {
        let names = BTreeSet::from(["storefront".to_owned()]);
        for open in ["storefront", "contoso.azurecr.io", "https://index.docker.io/v1/", "password"] {
            assert!(is_open(open, &names), "{open}");
        }
        for closed in ["hunter2hunter2", "storefront2", "hunter2.hunter2", "u:Tz9@contoso.azurecr.io"] {
            assert!(!is_open(closed, &names), "{closed}");
        }
    }
}
