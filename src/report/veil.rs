//! What must not be shown. The last gate before the output: secrets are known by their place, and the longer ones by
//! their text too, so that a sentence that quotes one by mistake doesn't let it out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Told;
use crate::finding::{Finding, Label};
use crate::source::{SourceId, Span, Store};

/// Stands in the place of a secret.
pub(super) const MASK: &str = "•••";

/// Secret texts shorter than this are too likely to be ordinary words to look for them in sentences.
const SHORTEST: usize = 8;

/// The secrets of a run.
#[derive(Debug, Default)]
pub(super) struct Veil {
    places: BTreeMap<SourceId, Vec<Range<usize>>>,
    /// Longest first, so that a secret inside another one doesn't leave the rest of the longer one.
    texts: Vec<String>,
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
        for ranges in veil.places.values_mut() {
            merge(ranges);
        }
        veil.texts = texts(&veil.places, told.store);
        veil
    }

    /// The secret ranges that meet `line`, in order, never overlapping.
    pub(super) fn within(&self, source: SourceId, line: &Range<usize>) -> impl Iterator<Item = &Range<usize>> {
        let ranges = self.places.get(&source).map_or(&[][..], Vec::as_slice);
        let first = ranges.partition_point(|range| range.end <= line.start);
        let end = line.end;
        ranges.iter().skip(first).take_while(move |range| range.start < end)
    }

    /// A sentence without the secrets that it quotes.
    pub(super) fn words<'a>(&self, sentence: &'a str) -> Cow<'a, str> {
        let mut words = Cow::Borrowed(sentence);
        for text in &self.texts {
            if words.contains(text.as_str()) {
                words = Cow::Owned(words.replace(text.as_str(), MASK));
            }
        }
        words
    }
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

/// The secrets' texts as written, and each line of one that has several: sentences quote lines.
fn texts(places: &BTreeMap<SourceId, Vec<Range<usize>>>, store: &Store) -> Vec<String> {
    let mut texts = BTreeSet::new();
    for (&source, ranges) in places {
        for range in ranges {
            let text = store.snippet(Span::new(source, range.start, range.end));
            let bare = |text: &str| text.trim_matches(|c: char| c.is_whitespace() || "\"'`".contains(c)).to_owned();
            texts.extend(text.lines().map(bare));
            texts.insert(bare(&text));
        }
    }
    let mut texts: Vec<String> = texts.into_iter().filter(|text| text.len() >= SHORTEST).collect();
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts
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
        let veil = Veil { places: BTreeMap::from([(SourceId(0), vec![0..2, 4..8, 10..11])]), texts: Vec::new() };
        let within = |line: Range<usize>| veil.within(SourceId(0), &line).cloned().collect::<Vec<_>>();
        assert_eq!(within(1..5), [0..2, 4..8]);
        assert_eq!(within(5..11), [4..8, 10..11]);
        assert!(within(2..4).is_empty());
        assert_eq!(veil.within(SourceId(1), &(0..9)).count(), 0);
    }

    #[test]
    fn a_quoted_secret_is_taken_out_of_a_sentence() {
        let veil = Veil { texts: vec!["hunter2hunter2".into(), "hunter2h".into()], ..Veil::default() };
        assert_eq!(veil.words("the password `hunter2hunter2` is here"), "the password `•••` is here");
    }
}
