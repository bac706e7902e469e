//! Where rules put what they find.

use std::fmt;
use std::sync::Arc;

use super::Rule;
use crate::finding::{Finding, Label, Severity};
use crate::ir::Address;
use crate::source::Span;

/// What a finding is known by. The first address is that of the resource to change: the finding is of its deployment.
pub struct Key {
    text: String,
    deployment: Option<Arc<str>>,
}

impl Key {
    /// The key of a finding about these resources.
    pub fn of(addresses: &[&Address]) -> Key {
        let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        Key { text: texts.join(":"), deployment: addresses.first().map(|address| address.root.clone()) }
    }

    /// This key with one more name.
    pub fn and(self, name: &str) -> Key {
        Key { text: format!("{}:{name}", self.text), ..self }
    }
}

impl From<&Arc<Address>> for Key {
    fn from(address: &Arc<Address>) -> Key {
        Key::of(&[address])
    }
}

/// For what belongs to no deployment alone.
impl From<fmt::Arguments<'_>> for Key {
    fn from(text: fmt::Arguments<'_>) -> Key {
        Key { text: text.to_string(), deployment: None }
    }
}

/// For what belongs to no deployment alone.
impl From<String> for Key {
    fn from(text: String) -> Key {
        Key { text, deployment: None }
    }
}

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
        key: impl Into<Key>,
    ) -> Told<'_> {
        let (message, key) = (message.into(), key.into());
        self.findings.push(Finding {
            rule: self.rule.id,
            severity,
            primary: Label::new(span, message.clone()),
            message,
            related: Vec::new(),
            help: None,
            fix: None,
            key: format!("{}:{}", self.rule.id, key.text),
            deployment: key.deployment,
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
