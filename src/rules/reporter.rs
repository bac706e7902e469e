//! Where rules put what they find.

use std::fmt;
use std::sync::Arc;

use super::{Found, Rule};
use crate::finding::{Finding, Fix, Label, Severity};
use crate::source::Span;
use crate::world::{Address, World};

/// What a finding is known by. The first address is that of the resource to change: the finding is of its deployment.
pub struct Key {
    text: String,
    address: Option<Address>,
    /// What the finding is about.
    about: Vec<Address>,
}

impl Key {
    /// The key of a finding about these resources.
    pub fn of(addresses: &[&Address]) -> Key {
        let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        let about: Vec<Address> = addresses.iter().map(|&address| address.clone()).collect();
        Key { text: texts.join(":"), address: about.first().cloned(), about }
    }

    /// This key, which says no address, of a finding about these resources. It stays of no deployment alone.
    pub fn about<'k>(self, addresses: impl IntoIterator<Item = &'k Arc<Address>>) -> Key {
        Key { about: addresses.into_iter().map(|address| (**address).clone()).collect(), ..self }
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
        Key::from(text.to_string())
    }
}

/// For what belongs to no deployment alone.
impl From<String> for Key {
    fn from(text: String) -> Key {
        Key { text, address: None, about: Vec::new() }
    }
}

/// Takes the findings of one rule.
pub struct Reporter {
    rule: &'static Rule,
    findings: Vec<Finding>,
    /// What each of them is known by.
    keys: Vec<Key>,
}

impl Reporter {
    pub(super) fn new(rule: &'static Rule) -> Reporter {
        Reporter { rule, findings: Vec::new(), keys: Vec::new() }
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
            deployment: key.address.as_ref().map(|address| address.root.clone()),
            each: Vec::new(),
            moved_from: None,
        });
        self.keys.push(key);
        Told(self.findings.last_mut())
    }

    /// The findings, each with the calls of the modules that it lies in. What only a plan has is told as such.
    pub(super) fn into_found(self, world: &World<'_>) -> Vec<Found> {
        let mut findings = self.findings;
        for (finding, key) in findings.iter_mut().zip(&self.keys) {
            let Some(address) = &key.address else { continue };
            let planned = world.place_in_plan(address).filter(|it| it.source == finding.primary.span.source);
            if let Some(span) = planned {
                let text = format!("`{address}` in the plan: its configuration is not in this tree");
                finding.related.push(Label::new(span, text));
            }
            for (module, span) in world.calls_of(address) {
                finding.related.push(Label::new(span, format!("`{module}` is called here")));
            }
        }
        findings.into_iter().zip(self.keys).map(|(finding, key)| Found { finding, about: key.about }).collect()
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

    /// The change as edits, where it can be made in place.
    pub fn fix(self, fix: Option<Fix>) -> Self {
        self.change(|finding| finding.fix = fix)
    }

    fn change(mut self, how: impl FnOnce(&mut Finding)) -> Self {
        if let Some(finding) = self.0.as_deref_mut() {
            how(finding);
        }
        self
    }
}
