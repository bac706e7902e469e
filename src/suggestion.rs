//! "Did you mean": the nearest of some known words.

/// The candidate nearest to `word` without regard to ASCII case, when one is near enough to be a slip.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A word of any length comes in; distances cost its length times the candidate's.
    if word.len() > 64 {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let allowed = word.chars().count().div_ceil(4).clamp(1, 4);
    let scored = candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_ascii_lowercase()), candidate));
    scored.filter(|&(distance, _)| distance <= allowed).min().map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let rules = ["ACR101", "ACR102", "missing-pull-grant"];
        assert_eq!(nearest("ACR1O2", rules), Some("ACR102"));
        assert_eq!(nearest("mising-pull-grants", rules), Some("missing-pull-grant"));
        assert_eq!(nearest("network", rules), None);
        assert_eq!(nearest("", rules), None);
    }
}
