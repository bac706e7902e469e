//! `acrlint rules` and `acrlint explain`: the catalogue as text. The rules come in as plain data, so that the command
//! line knows no rule.

use std::fmt::Write as _;

use crate::finding::Severity;

/// What the command line says of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// `ACR101`.
    pub id: &'static str,
    /// `missing-pull-grant`.
    pub name: &'static str,
    /// The level it has unless something lowers it.
    pub severity: Severity,
    /// One clause.
    pub summary: &'static str,
    /// The rule's page, Markdown.
    pub page: &'static str,
}

/// A rule that doesn't exist, and the one that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// As typed.
    pub typed: String,
    /// The nearest id or name.
    pub nearest: Option<String>,
}

impl std::fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unknown rule `{}`", self.typed)?;
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
            None => write!(f, "; `acrlint rules` lists them all"),
        }
    }
}

impl std::error::Error for UnknownRule {}

/// The page of the rule with this id or name.
pub fn explain<'a>(rule: &str, entries: &'a [Entry]) -> Result<&'a str, UnknownRule> {
    let found =
        entries.iter().find(|entry| entry.id.eq_ignore_ascii_case(rule) || entry.name.eq_ignore_ascii_case(rule));
    found.map(|entry| entry.page).ok_or_else(|| {
        let words = entries.iter().flat_map(|entry| [entry.id, entry.name]);
        UnknownRule { typed: rule.to_owned(), nearest: crate::suggestion::nearest(rule, words).map(str::to_owned) }
    })
}

/// All rules, one line each, or as JSON.
pub fn list(entries: &[Entry], format: super::ListFormat) -> String {
    match format {
        super::ListFormat::Human => lines(entries),
        super::ListFormat::Json => json(entries),
    }
}

fn lines(entries: &[Entry]) -> String {
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for entry in entries {
        let Entry { id, name, summary, .. } = entry;
        // Writing to a string can't fail.
        let _ = writeln!(text, "{id}  {:7}  {name:width$}  {summary}", entry.severity.word());
    }
    text
}

fn json(entries: &[Entry]) -> String {
    let rule = |entry: &Entry| {
        serde_json::json!({
            "id": entry.id,
            "name": entry.name,
            "level": entry.severity.word(),
            "summary": entry.summary,
        })
    };
    let rules: Vec<_> = entries.iter().map(rule).collect();
    format!("{:#}\n", serde_json::Value::from(rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRIES: &[Entry] = &[Entry {
        id: "ACR101",
        name: "missing-pull-grant",
        severity: Severity::Error,
        summary: "no grant",
        page: "# the page\n",
    }];

    #[test]
    fn a_rule_is_found_by_id_and_name() {
        assert_eq!(explain("acr101", ENTRIES), Ok("# the page\n"));
        assert_eq!(explain("missing-pull-grant", ENTRIES), Ok("# the page\n"));
        let error = explain("missing-pull-grants", ENTRIES).unwrap_err().to_string();
        assert_eq!(error, "unknown rule `missing-pull-grants`; did you mean `missing-pull-grant`?");
    }

    #[test]
    fn the_list_has_two_forms() {
        assert_eq!(list(ENTRIES, crate::cli::ListFormat::Human), "ACR101  error    missing-pull-grant  no grant\n");
        let json: serde_json::Value = serde_json::from_str(&list(ENTRIES, crate::cli::ListFormat::Json)).unwrap();
        assert_eq!(json[0]["name"], "missing-pull-grant");
    }
}
