//! The rules in SARIF, as code scanning shows them: a title, a paragraph, the page, and words to filter by.

use sarif_rust::{MultiformatMessage, NotificationLevel, ReportingConfiguration, ReportingDescriptor};
use serde_json::json;

use super::RuleText;
use crate::finding::Severity;

/// Where the pages of the rules are.
pub(super) const PAGES: &str = "https://github.com/acrlint/acrlint/blob/main/docs/rules";

/// Code scanning cuts a description here, in characters.
const LONGEST_DESCRIPTION: usize = 1024;

/// Code scanning keeps so many tags of a rule.
const MOST_TAGS: usize = 10;

/// A rule as SARIF lists it.
pub(super) fn descriptor(rule: &RuleText) -> ReportingDescriptor {
    let mut descriptor = ReportingDescriptor::new(rule.id);
    let page = body(rule.page);
    descriptor.name = Some(pascal_case(rule.name));
    descriptor.short_description = Some(MultiformatMessage::new(sentence(rule.summary)));
    descriptor.full_description = Some(MultiformatMessage::new(full_description(rule.summary, page)));
    descriptor.help_uri = Some(format!("{PAGES}/{}.md", rule.id));
    let mut help = MultiformatMessage::new(format!("{}\n\n{page}", sentence(rule.summary)).trim_end());
    help.markdown = Some(page.to_owned()).filter(|page| !page.is_empty()).or_else(|| Some(sentence(rule.summary)));
    descriptor.help = Some(help);
    descriptor.default_configuration = Some(ReportingConfiguration {
        enabled: None,
        level: Some(level(rule.severity)),
        parameters: None,
        properties: None,
    });
    descriptor.properties = Some([("properties".to_owned(), properties(rule))].into());
    descriptor
}

fn level(severity: Severity) -> NotificationLevel {
    match severity {
        Severity::Note => NotificationLevel::Note,
        Severity::Warning => NotificationLevel::Warning,
        Severity::Error => NotificationLevel::Error,
    }
}

fn properties(rule: &RuleText) -> serde_json::Value {
    let (precision, problem) = match rule.severity {
        Severity::Error => ("very-high", "error"),
        Severity::Warning => ("high", "warning"),
        Severity::Note => ("medium", "recommendation"),
    };
    let mut tags = rule.tags.clone();
    if rule.security_severity.is_some() && !tags.contains(&"security") {
        tags.insert(0, "security");
    }
    tags.truncate(MOST_TAGS);
    let mut properties = json!({ "tags": tags, "precision": precision, "problem.severity": problem });
    if let (Some(severity), Some(map)) = (rule.security_severity, properties.as_object_mut()) {
        map.insert("security-severity".to_owned(), json!(severity));
    }
    properties
}

/// The page without front matter.
fn body(page: &str) -> &str {
    let page = page.trim();
    let after = page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    after.map_or(page, |(_, body)| body.trim())
}

/// The first paragraph of prose on the page, or the summary.
fn full_description(summary: &str, page: &str) -> String {
    let prose = |paragraph: &&str| !paragraph.trim_start().starts_with(['#', '`', '|', '>', '<', '-', '*', '~']);
    let found = page.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()).find(prose);
    let text = found
        .map_or_else(|| summary.to_owned(), |paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    if text.chars().count() < LONGEST_DESCRIPTION {
        return sentence(&text);
    }
    text.chars().take(LONGEST_DESCRIPTION - 1).chain(['…']).collect()
}

/// Text with a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

/// `wrong-pull-identity` as `WrongPullIdentity`.
fn pascal_case(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    name.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_descriptions() {
        assert_eq!(pascal_case("wrong-pull-identity"), "WrongPullIdentity");
        assert_eq!(body("---\na: 1\n---\n# T\n"), "# T");
        assert_eq!(full_description("s", "# T\n\nWhy it\nbreaks.\n\nmore"), "Why it breaks.");
        assert_eq!(full_description("only this", "# T"), "only this.");
        assert_eq!(full_description("s", &"x".repeat(5000)).chars().count(), 1024);
    }
}
