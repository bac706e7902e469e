//! What is told: a finding with one primary place and the story around it. Plain data with a total order.

use std::sync::Arc;

use crate::source::Span;

/// How loud a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Proved, but the pull may still work.
    Warning,
    /// The pull or the deployment fails whatever the unknowns are.
    Error,
}

impl Severity {
    /// The word for it in every output.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// One clause: lower-case start, no full stop, names in backticks.
    pub text: String,
    /// The text at the place must not be shown: it holds a secret.
    pub secret: bool,
    /// It is only beside what is meant: the text at the place is no evidence, and is not shown for it.
    pub beside: bool,
}

impl Label {
    /// A label whose text may be shown.
    pub fn new(span: Span, text: impl Into<String>) -> Label {
        Label { span, text: text.into(), secret: false, beside: false }
    }

    /// A label on a secret.
    pub fn secret(span: Span, text: impl Into<String>) -> Label {
        Label { span, text: text.into(), secret: true, beside: false }
    }
}

/// A change of the user's files that repairs the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// Replacements in order of place, never overlapping.
    pub edits: Vec<(Span, String)>,
    /// Whether it can be applied without a look.
    pub safe: bool,
}

impl Fix {
    /// This fix, which has to be looked at unless something holds as well.
    pub fn only_safe_if(self, sure: bool) -> Fix {
        Fix { safe: self.safe && sure, ..self }
    }
}

/// One cause of a pull that fails or may fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `ACR101`.
    pub rule: &'static str,
    /// How loud.
    pub severity: Severity,
    /// What is wrong with this configuration: under 100 characters, names in backticks.
    pub message: String,
    /// The line to change.
    pub primary: Label,
    /// The story, in telling order: image, cluster, identity, grant, registry.
    pub related: Vec<Label>,
    /// The change to make, in the user's own language; may have several lines.
    pub help: Option<String>,
    /// The change as edits.
    pub fix: Option<Fix>,
    /// Built from addresses, not lines: the same finding keeps it when code moves.
    pub key: String,
    /// The deployment that it was found in, by its name; none where it is about a file or no deployment alone.
    pub deployment: Option<Arc<str>>,
    /// The findings that are told by this one, where they are put together: services that keep findings know each of them.
    pub each: Vec<One>,
    /// The line to change, where the finding is told at another one.
    pub moved_from: Option<Span>,
}

/// One of the findings that are told as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct One {
    /// What it is known by.
    pub key: String,
    /// The deployment that it was found in, or the file.
    pub home: String,
    /// How loud.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
}

impl Finding {
    /// It says that a file could not be read, not what is wrong in it: nobody knows which of its words are secrets.
    pub fn is_about_the_file(&self) -> bool {
        self.rule.starts_with("ACR90")
    }

    /// The place to change.
    pub fn change(&self) -> Span {
        self.moved_from.unwrap_or(self.primary.span)
    }

    /// The first part of the story that lies at a place of a kind.
    pub fn first_related(&self, fits: impl Fn(Span) -> bool) -> Option<usize> {
        self.related.iter().position(|label| fits(label.span))
    }

    /// Tells the finding at another place of its story: that label becomes the primary one, and the one that was becomes
    /// the first related one. What it is known by stays.
    pub fn tell_at(&mut self, related: usize) {
        if related < self.related.len() {
            self.moved_from.get_or_insert(self.primary.span);
            let label = self.related.remove(related);
            self.related.insert(0, std::mem::replace(&mut self.primary, label));
        }
    }

    /// The order of findings in every output: by file (in the order of `path_of`), place, rule, message.
    pub fn sort(findings: &mut Vec<Finding>, path_of: impl Fn(&Finding) -> String) {
        findings.sort_by_cached_key(|finding| {
            (
                path_of(finding),
                finding.primary.span.start,
                finding.primary.span.end,
                finding.rule,
                finding.message.clone(),
            )
        });
        findings.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn a_finding_can_be_told_at_another_place_of_its_story() {
        let label = |at: usize| Label::new(Span::new(SourceId(0), at, at + 1), at.to_string());
        let mut finding = Finding {
            rule: "ACR101",
            severity: Severity::Error,
            message: "m".into(),
            primary: label(0),
            related: vec![label(1), label(2), label(3)],
            help: None,
            fix: None,
            key: "k".into(),
            deployment: None,
            each: Vec::new(),
            moved_from: None,
        };
        finding.tell_at(7);
        finding.tell_at(1);
        assert_eq!(finding.change(), label(0).span);
        assert_eq!((finding.primary, finding.related), (label(2), vec![label(0), label(1), label(3)]));
        assert_eq!((&*finding.message, &*finding.key), ("m", "k"));
    }
}
