//! Where rules put what they find.

use super::Rule;
use crate::finding::{Finding, Label, Severity};
use crate::source::Span;

/// Takes the findings of one rule.
pub struct Reporter {
    rule: &'static Rule,
    findings: Vec<Finding>,
}

impl Reporter {
    pub(super) fn new(rule: &'static Rule) -> Reporter {
        Reporter { rule, findings: Vec::new() }
    }

    /// A finding at `span`; `key` is built from addresses and stays when code moves.
    pub fn report(
        &mut self,
        severity: Severity,
        span: Span,
        message: impl Into<String>,
        key: impl std::fmt::Display,
    ) -> Told<'_> {
        let message = message.into();
        self.findings.push(Finding {
            rule: self.rule.id,
            severity,
            primary: Label::new(span, message.clone()),
            message,
            related: Vec::new(),
            help: None,
            fix: None,
            key: format!("{}:{key}", self.rule.id),
        });
        Told(self.findings.last_mut())
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}

/// A finding that is being told.
pub struct Told<'f>(Option<&'f mut Finding>);

impl Told<'_> {
    /// What to say at the primary place, when it is not the message.
    pub fn at(self, text: impl Into<String>) -> Self {
        self.change(|finding| finding.primary.text = text.into())
    }

    /// The primary place holds a secret.
    pub fn hidden(self) -> Self {
        self.change(|finding| finding.primary.secret = true)
    }

    /// One more part of the story.
    pub fn with(self, span: Span, text: impl Into<String>) -> Self {
        self.change(|finding| finding.related.push(Label::new(span, text)))
    }

    /// The change to make.
    pub fn help(self, text: impl Into<String>) -> Self {
        self.change(|finding| finding.help = Some(text.into()))
    }

    fn change(mut self, how: impl FnOnce(&mut Finding)) -> Self {
        if let Some(finding) = self.0.as_deref_mut() {
            how(finding);
        }
        self
    }
}
