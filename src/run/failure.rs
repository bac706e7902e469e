//! Findings about files and about acrlint itself.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::finding::{Finding, Label, Severity};
use crate::frontend::{Problem, Trouble};
use crate::source::{SourceId, Span};

pub(super) fn trouble(problem: Problem, named: bool) -> Finding {
    let (rule, severity) = match problem.trouble {
        Trouble::Unreadable => ("ACR900", Severity::Warning),
        Trouble::Syntax if named => ("ACR901", Severity::Error),
        Trouble::Syntax => ("ACR901", Severity::Warning),
        Trouble::Limit => ("ACR902", Severity::Warning),
        Trouble::Stale => ("ACR905", Severity::Note),
    };
    Finding { help: problem.help, ..about_file(rule, severity, problem.message, problem.span) }
}

pub(super) fn about_file(rule: &'static str, severity: Severity, message: String, span: Span) -> Finding {
    Finding {
        rule,
        severity,
        key: format!("{rule}:{message}"),
        primary: Label::new(span, message.clone()),
        message,
        related: Vec::new(),
        help: None,
        fix: None,
        deployment: None,
        each: Vec::new(),
        moved_from: None,
    }
}

/// One finding for one trouble of one file: the first one, and how many more there are.
pub(super) fn first_of_each(failures: Vec<Finding>) -> Vec<Finding> {
    let mut found: BTreeMap<(SourceId, &'static str), (Finding, usize)> = BTreeMap::new();
    for failure in failures {
        let place = |finding: &Finding| finding.primary.span.start;
        match found.entry((failure.primary.span.source, failure.rule)) {
            Entry::Vacant(free) => drop(free.insert((failure, 0))),
            Entry::Occupied(mut taken) => {
                let (first, more) = taken.get_mut();
                *more += 1;
                if place(&failure) < place(first) {
                    *first = failure;
                }
            }
        }
    }
    let counted = found.into_values().map(|(mut finding, more)| {
        if more > 0 {
            finding.message = format!("{} (and {more} more in this file)", finding.message);
        }
        finding
    });
    counted.collect()
}

pub(super) fn internal(source: Option<SourceId>, message: &str) -> Finding {
    Finding {
        rule: "ACR903",
        severity: Severity::Error,
        message: message.to_owned(),
        primary: Label::new(Span::file(source.unwrap_or_default()), message),
        related: Vec::new(),
        help: Some("please report it with the input that caused it".to_owned()),
        fix: None,
        key: format!("ACR903:{message}"),
        deployment: None,
        each: Vec::new(),
        moved_from: None,
    }
}
