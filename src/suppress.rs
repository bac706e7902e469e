//! Findings that the user allows: with a comment, `# acrlint: allow ACR101 -- reason`, with the annotation
//! `acrlint.dev/allow` of a Kubernetes object, or in the configuration.
//!
//! A comment behind code covers its line; a comment on lines of its own covers the next line, and the whole declaration or
//! block that begins there. Above the call of a module it covers the resources that come of this call as well, wherever
//! they are written; an annotation covers what is about its object in the same way. Of a finding's places only the one to
//! change counts; where that is in another repository, the one where the finding is told as well.

mod annotation;
mod block;
mod directive;
mod elsewhere;
mod given;
mod owner;

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::Deployment;
use crate::rules::Found;
use crate::settings::Allowed;
use crate::source::{SourceId, Span, Store};
use crate::suggestion::nearest;
use directive::Word;
pub use elsewhere::{Covered, Given, given};
use given::{Allowances, Reader};

/// What is judged: findings come from these files and deployments.
pub struct Scene<'a> {
    /// The texts.
    pub store: &'a Store,
    /// The files whose comments count.
    pub sources: &'a [SourceId],
    /// What the tree deploys.
    pub deployments: &'a [Deployment],
    /// Ids and names of all rules.
    pub rules: &'a [(&'static str, &'static str)],
    /// What the configuration allows.
    pub configured: &'a [Allowed],
    /// The configuration file, when it allows something.
    pub configuration: Option<SourceId>,
    /// What other repositories allow in their files.
    pub elsewhere: &'a [Given],
    /// Everything below the root was walked: what is not there is nowhere.
    pub whole: bool,
}

/// What is left after the user had their say.
#[derive(Default)]
pub struct Outcome {
    /// Findings that nothing allows, in the order they came in.
    pub kept: Vec<Found>,
    /// The places whose faults are left out, all or some of them, by rule.
    pub suppressed: BTreeSet<(&'static str, Span)>,
    /// What is wrong with what the user wrote, in order of place.
    pub remarks: Vec<Remark>,
}

/// What is to be said of a comment, an annotation or an entry of the configuration, or of a word of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The word, or the whole.
    pub span: Span,
    /// What is wrong with it: lower-case start, no full stop.
    pub message: String,
    /// The rule that it allows, when there is one of that name.
    pub rule: Option<&'static str>,
    /// What kind of remark it is.
    pub kind: RemarkKind,
}

/// A kind of remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemarkKind {
    /// It allows nothing.
    Unused,
    /// It allows something and doesn't say why.
    Unexplained,
}

/// Leaves out what the user allows. Findings are given one by one, before those of one place are joined: each of them has
/// to be allowed for the place to be silent.
pub fn apply(found: Vec<Found>, scene: &Scene<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut allowances = Reader::new(scene).read(&mut outcome.remarks);
    for found in found {
        match allowances.cover(&found) {
            true => drop(outcome.suppressed.insert((found.finding.rule, found.finding.primary.span))),
            false => outcome.kept.push(found),
        }
    }
    tell(&allowances, scene, &mut outcome.remarks);
    outcome.remarks.sort();
    outcome.remarks.dedup();
    outcome
}

/// What allows nothing, and what allows something without saying why.
fn tell(allowances: &Allowances<'_>, scene: &Scene<'_>, remarks: &mut Vec<Remark>) {
    // What is written once may be read several times, as the annotation that a template gives to two objects.
    let mut used: BTreeMap<(Span, &str), bool> = BTreeMap::new();
    for allowance in allowances.all() {
        *used.entry((allowance.word, allowance.rule)).or_default() |= allowance.used;
    }
    for allowance in allowances.all().iter().filter(|allowance| !allowance.elsewhere) {
        let is_used = used.get(&(allowance.word, allowance.rule)).copied().unwrap_or_default();
        if !is_used && allowance.is_looked_at(scene) {
            let message = format!("nothing to allow: `{}` finds nothing {}", allowance.rule, allowance.whereabouts());
            let (span, rule) = (allowance.word, Some(allowance.rule));
            remarks.push(Remark { span, message, rule, kind: RemarkKind::Unused });
        }
        if is_used && !allowance.reasoned {
            let message = match allowance.loose {
                true => "no reason is read here; write ` -- ` in front of it".to_owned(),
                false => "allows findings without a reason; write `-- why` behind it".to_owned(),
            };
            // One remark for a comment of several rules.
            remarks.push(Remark { span: allowance.whole, message, rule: None, kind: RemarkKind::Unexplained });
        }
    }
}

/// Whether a word behind the first rule of a list may be meant as a rule: else a reason begins there.
fn is_meant(word: &Word, rules: &[(&'static str, &'static str)]) -> bool {
    let text = word.text.to_ascii_lowercase();
    let is_id = text.strip_prefix("acr").is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
    let named = || nearest(&text, rules.iter().map(|&(_, name)| name)).is_some();
    word.listed || is_id || text.contains('-') && named()
}

fn rule_of(word: &Word, rules: &[(&'static str, &'static str)]) -> Result<&'static str, String> {
    let text = word.text.as_str();
    let found = rules.iter().find(|(id, name)| id.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text));
    found.map(|&(id, _)| id).ok_or_else(|| {
        let nearest = nearest(text, rules.iter().flat_map(|&(id, name)| [id, name])).map(str::to_owned);
        crate::cli::UnknownRule { typed: text.to_owned(), nearest }.to_string()
    })
}

#[cfg(test)]
mod tests;
