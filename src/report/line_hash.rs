//! The fingerprint of a line as code scanning computes it (`primaryLocationLineHash`): a hash of the text that begins
//! at the line, and a number that tells equal ones in the file apart. An alert keeps its identity when lines move.
//!
//! The text is read as UTF-16 units without spaces and tabs, every line end is one line feed, and an end mark follows
//! the last unit. A line's hash covers the 100 units from its first one, filled up with zeros.

use std::collections::BTreeMap;

const BASE: u64 = 37;
const LENGTH: usize = 100;
const END_OF_FILE: u16 = u16::MAX;
const LINE_FEED: u16 = b'\n' as u16;

/// The fingerprints of the lines of a text, line 1 first. The end mark counts as a line when it stands alone.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let (units, starts) = units(text);
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let fingerprint = |start| {
        let hash = hash(units.get(start..).unwrap_or_default());
        let times = seen.entry(hash).or_default();
        *times += 1;
        format!("{hash:x}:{times}")
    };
    starts.into_iter().map(fingerprint).collect()
}

/// The units that count, and the index of each line's first one.
fn units(text: &str) -> (Vec<u16>, Vec<usize>) {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut starts = Vec::new();
    let mut at_line_start = true;
    let mut after_return = false;
    for unit in text.encode_utf16().chain([END_OF_FILE]) {
        let feed_of_return = after_return && unit == LINE_FEED;
        after_return = unit == u16::from(b'\r');
        if feed_of_return || unit == u16::from(b' ') || unit == u16::from(b'\t') {
            continue;
        }
        let unit = if after_return { LINE_FEED } else { unit };
        if at_line_start {
            starts.push(units.len());
        }
        at_line_start = unit == LINE_FEED;
        units.push(unit);
    }
    (units, starts)
}

fn hash(units: &[u16]) -> u64 {
    let filled = units.iter().copied().chain(std::iter::repeat(0)).take(LENGTH);
    filled.fold(0, |hash: u64, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)))
}

#[cfg(test)]
mod tests {
    use super::line_hashes;

    #[test]
    fn equal_to_what_code_scanning_computes() {
        let expected = [
            "84abd01edc1847d8:1",
            "73334d326b272879:1",
            "d61504810e8aae1d:1",
            "6f7821bf6a94a0cc:1",
            "243cbaa4685aab12:1",
        ];
        assert_eq!(line_hashes("a\n b\r\n\tc\n\na\n").get(..5), Some(&expected.map(str::to_owned)[..]));
    }

    #[test]
    fn indentation_does_not_count_and_repetition_is_numbered() {
        let long = "x".repeat(120);
        let hashes = line_hashes(&format!("{long}\n  {long}\n{long}"));
        let (first, second) = (hashes[0].split_once(':').unwrap(), hashes[1].split_once(':').unwrap());
        assert_eq!(first.0, second.0);
        assert_eq!((first.1, second.1), ("1", "2"));
    }
}
