//! Findings that the user allows with a comment: `# acrlint: allow ACR101 -- reason`.
//!
//! A comment behind code covers its line; a comment on lines of its own covers the next line, and the whole declaration
//! if one begins there. Only a finding's primary place counts.

mod directive;

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::source::{Source, SourceId, Span, Store};
use crate::suggestion::nearest;
use directive::{Directive, Word, directives};

/// What is left after the comments had their say.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Findings that no comment allows, in the order they came in.
    pub kept: Vec<Finding>,
    /// How many are left out.
    pub suppressed: usize,
    /// Comments that allow nothing, in order of place.
    pub unused: Vec<Unused>,
}

/// A comment, or a word of one, that allows nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// The word, or the comment.
    pub span: Span,
    /// What is wrong with it: lower-case start, no full stop.
    pub message: String,
    /// The rule that it allows, when there is one of that name.
    pub rule: Option<&'static str>,
}

/// One rule that one comment allows.
struct Allowance {
    word: Span,
    rule: &'static str,
    /// What it covers: the bytes of a line, or of a declaration.
    covers: Vec<Span>,
    used: bool,
}

/// Leaves out what comments in `sources` allow. `extents` are the places of declarations, decorators included;
/// `known_rules` are ids and names of all rules.
pub fn apply(
    findings: Vec<Finding>,
    store: &Store,
    sources: &[SourceId],
    extents: &[Span],
    known_rules: &[(&'static str, &'static str)],
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut allowances = BTreeMap::new();
    for &id in sources {
        let source = store.source(id);
        // Most files have no such comment: they cost one search.
        if !source.text.contains(directive::MARK) {
            continue;
        }
        let found = directives(id, &source);
        let starts = starts_by_line(id, &source, extents);
        allowances.insert(id, allow(&found, &source, &starts, known_rules, &mut outcome.unused));
    }
    for finding in findings {
        match allowances.get_mut(&finding.primary.span.source).is_some_and(|given| covered(given, &finding)) {
            true => outcome.suppressed += 1,
            false => outcome.kept.push(finding),
        }
    }
    for allowance in allowances.into_values().flatten().filter(|allowance| !allowance.used) {
        let message = format!("nothing to allow: `{}` finds nothing here", allowance.rule);
        outcome.unused.push(Unused { span: allowance.word, message, rule: Some(allowance.rule) });
    }
    outcome.unused.sort_by_key(|unused| unused.span);
    outcome
}

/// The declarations of a file by the line on which they begin.
fn starts_by_line(id: SourceId, source: &Source, extents: &[Span]) -> BTreeMap<usize, Vec<Span>> {
    let mut starts: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    for &extent in extents.iter().filter(|extent| extent.source == id) {
        starts.entry(source.line_of(extent.start)).or_default().push(extent);
    }
    starts
}

fn allow(
    directives: &[Directive],
    source: &Source,
    starts: &BTreeMap<usize, Vec<Span>>,
    rules: &[(&'static str, &'static str)],
    unused: &mut Vec<Unused>,
) -> Vec<Allowance> {
    let mut given = Vec::new();
    for directive in directives {
        if let Some(message) = &directive.mistake {
            unused.push(Unused { span: directive.span, message: message.clone(), rule: None });
        }
        let mut covers = starts.get(&directive.covers_line).cloned().unwrap_or_default();
        covers.extend(line_span(directive.span.source, source, directive.covers_line));
        for word in &directive.words {
            match rule_of(word, rules) {
                Ok(rule) => given.push(Allowance { word: word.span, rule, covers: covers.clone(), used: false }),
                Err(message) => unused.push(Unused { span: word.span, message, rule: None }),
            }
        }
    }
    given
}

fn line_span(id: SourceId, source: &Source, line: usize) -> Option<Span> {
    let start = *source.line_starts().get(line.checked_sub(1)?)? as usize;
    Some(Span::new(id, start, start + source.line(line)?.len()))
}

/// Every comment that allows a finding counts as used by it, so that none of two nested ones is called unused.
fn covered(given: &mut [Allowance], finding: &Finding) -> bool {
    let at = finding.primary.span.start;
    let mut allowed = false;
    for allowance in given.iter_mut().filter(|allowance| allowance.rule == finding.rule) {
        if allowance.covers.iter().any(|span| span.start <= at && at <= span.end) {
            allowance.used = true;
            allowed = true;
        }
    }
    allowed
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
