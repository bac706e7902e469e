//! Which rules run, and how loud their findings are.

use std::collections::BTreeMap;

use super::SettingsError;
use crate::cli::UnknownRule;
use crate::finding::Severity;
use crate::suggestion::nearest;

/// The rules that something was said about; all others run as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    said: BTreeMap<&'static str, Level>,
}

/// A level that the configuration gives to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Findings of the rule are left out.
    Off,
    /// All findings of the rule have this level.
    At(Severity),
}

/// The rules about the files themselves. `--select` leaves them on, or a file that wasn't read would look clean.
const ABOUT_FILES: &str = "ACR9";

impl Selection {
    /// The level at which a finding of `rule` is reported that the rule itself would give as `found`; none: left out.
    pub fn severity(&self, rule: &str, found: Severity) -> Option<Severity> {
        match self.said.get(rule) {
            None => Some(found),
            Some(Level::At(severity)) => Some(*severity),
            Some(Level::Off) => None,
        }
    }

    /// Joins flags and configuration. `levels` are the configuration's, by id; flags win where they are as exact.
    pub(super) fn resolve(
        select: &[String],
        ignore: &[String],
        levels: &BTreeMap<&'static str, Level>,
        rules: &[(&'static str, &'static str)],
    ) -> Result<Selection, SettingsError> {
        let given = !select.is_empty();
        let select = selectors(select, rules)?;
        if given && select.is_empty() {
            return Err(SettingsError::NothingSelected);
        }
        let ignore = selectors(ignore, rules)?;
        let mut said = BTreeMap::new();
        for &(id, name) in rules {
            let (selected, ignored) = (exactness(&select, id, name), exactness(&ignore, id, name));
            let left_out = !select.is_empty() && selected == 0 && !id.starts_with(ABOUT_FILES);
            let level = match levels.get(id) {
                _ if left_out || ignored > 0 && ignored >= selected => Some(Level::Off),
                Some(Level::Off) if selected == EXACT => None,
                level => level.copied(),
            };
            said.extend(level.map(|level| (id, level)));
        }
        Ok(Selection { said })
    }
}

/// The id of the rule with this id or name.
pub(super) fn find(word: &str, rules: &[(&'static str, &'static str)]) -> Option<&'static str> {
    let is = |&&(id, name): &&(&str, &str)| id.eq_ignore_ascii_case(word) || name.eq_ignore_ascii_case(word);
    rules.iter().find(is).map(|&(id, _)| id)
}

/// The words of a list, each of which must say something about some rule.
fn selectors<'a>(words: &'a [String], rules: &[(&'static str, &'static str)]) -> Result<Vec<&'a str>, SettingsError> {
    let words: Vec<&str> = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    for &word in &words {
        if !rules.iter().any(|&(id, name)| matches(word, id, name) > 0) {
            let known = rules.iter().flat_map(|&(id, name)| [id, name]);
            let nearest = nearest(word, known).map(str::to_owned);
            return Err(SettingsError::UnknownRule(UnknownRule { typed: word.to_owned(), nearest }));
        }
    }
    Ok(words)
}

/// Above the length of every prefix.
const EXACT: usize = usize::MAX;

fn exactness(words: &[&str], id: &str, name: &str) -> usize {
    words.iter().map(|word| matches(word, id, name)).max().unwrap_or_default()
}

/// How exactly a word means a rule: the length of the prefix, [`EXACT`] for its id or name, 0 if it doesn't.
fn matches(word: &str, id: &str, name: &str) -> usize {
    if word.eq_ignore_ascii_case(id) || word.eq_ignore_ascii_case(name) {
        return EXACT;
    }
    match id.get(..word.len()) {
        // Shorter than `ACR` is a slip rather than a wish for everything.
        Some(prefix) if word.len() >= 3 && prefix.eq_ignore_ascii_case(word) => word.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[(&str, &str)] =
        &[("ACR101", "missing-pull-grant"), ("ACR102", "control-plane-grant"), ("ACR203", "a"), ("ACR901", "b")];

    fn on(select: &[&str], ignore: &[&str], levels: &[(&'static str, Level)]) -> Vec<&'static str> {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let levels = levels.iter().copied().collect();
        let selection = Selection::resolve(&owned(select), &owned(ignore), &levels, RULES).unwrap();
        RULES.iter().map(|&(id, _)| id).filter(|id| selection.severity(id, Severity::Error).is_some()).collect()
    }

    #[test]
    fn the_more_exact_word_wins() {
        assert_eq!(on(&[], &[], &[]), ["ACR101", "ACR102", "ACR203", "ACR901"]);
        assert_eq!(on(&["acr1"], &[], &[]), ["ACR101", "ACR102", "ACR901"]);
        assert_eq!(on(&["ACR1"], &["control-plane-grant", "ACR9"], &[]), ["ACR101"]);
        assert_eq!(on(&["ACR101"], &["ACR1"], &[]), ["ACR101", "ACR901"]);
        assert_eq!(on(&["ACR101"], &["ACR101"], &[]), ["ACR901"]);
    }

    #[test]
    fn the_configuration_sets_levels() {
        assert_eq!(on(&[], &[], &[("ACR101", Level::Off)]), ["ACR102", "ACR203", "ACR901"]);
        assert_eq!(on(&["ACR1"], &[], &[("ACR101", Level::Off)]), ["ACR102", "ACR901"]);
        let levels = [("ACR203", Level::At(Severity::Note))].into();
        let selection = Selection::resolve(&[], &[], &levels, RULES).unwrap();
        assert_eq!(selection.severity("ACR203", Severity::Error), Some(Severity::Note));
    }

    #[test]
    fn an_unknown_word_is_an_error() {
        let error = Selection::resolve(&["ACR1O1".into()], &[], &BTreeMap::new(), RULES).unwrap_err();
        assert_eq!(error.to_string(), "unknown rule `ACR1O1`; did you mean `ACR101`?");
        let nothing = Selection::resolve(&["".into()], &[], &BTreeMap::new(), RULES);
        assert_eq!(nothing, Err(SettingsError::NothingSelected));
        assert!(Selection::resolve(&["AC".into()], &[], &BTreeMap::new(), RULES).is_err());
        assert!(Selection::resolve(&["ACRü".into()], &[], &BTreeMap::new(), RULES).is_err());
    }
}
