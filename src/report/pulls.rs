//! The path of every pull as a tree, grouped by cluster: each step with what proves it, or why it can't be known.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::closing;
use super::look::Ink;
use super::snippet::one_line;
use super::telling::Telling;
use super::{Pull, Step, Verdict};
use crate::source::Span;

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let namesakes = namesakes(telling);
    // Clusters without a known name come last.
    let mut clusters: BTreeMap<(bool, &str, &[String]), Vec<&Pull>> = BTreeMap::new();
    for pull in &telling.report.pulls {
        let cluster = pull.cluster.as_deref();
        let with = if namesakes.contains(&pull.cluster) { &*pull.parameters } else { &[] };
        clusters.entry((cluster.is_none(), cluster.unwrap_or_default(), with)).or_default().push(pull);
    }
    for ((unnamed, name, with), pulls) in clusters {
        let mut title =
            if unnamed { "a cluster that is not known".to_owned() } else { format!("cluster {}", one_line(name)) };
        if !with.is_empty() {
            title.push_str(&format!(" with {}", one_line(&with.join(", "))));
        }
        writeln!(out, "{}", telling.look.paint(Ink::Bold, &title))?;
        for (at, pull) in pulls.iter().enumerate() {
            write_pull(telling, pull, at + 1 == pulls.len(), out)?;
        }
        writeln!(out)?;
    }
    for gap in closing::gaps(telling) {
        writeln!(out, "{gap}")?;
    }
    closing::write_line(telling, out)
}

/// Names that several clusters have, each with its own parameters.
fn namesakes<'t>(telling: &'t Telling<'_>) -> BTreeSet<&'t Option<String>> {
    let mut first: BTreeMap<&Option<String>, &[String]> = BTreeMap::new();
    let mut other = |pull: &&'t Pull| *first.entry(&pull.cluster).or_insert(&pull.parameters) != pull.parameters;
    telling.report.pulls.iter().filter(|pull| other(pull)).map(|pull| &pull.cluster).collect()
}

fn write_pull(telling: &Telling<'_>, pull: &Pull, last: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let (branch, indent) = if last { ("└─", "   ") } else { ("├─", "│  ") };
    let image = pull.image.as_deref().map_or_else(|| tied_pair(pull), one_line);
    let workload = pull.workload.as_deref().map(|workload| format!(" for {}", one_line(workload))).unwrap_or_default();
    writeln!(out, "{branch} {} {image}{workload}{}", sign(telling, pull.verdict), place(telling, pull.place))?;
    for (at, step) in pull.steps.iter().enumerate() {
        let branch = if at + 1 == pull.steps.len() { "└─" } else { "├─" };
        writeln!(out, "{indent}{branch} {}", step_line(telling, step))?;
    }
    Ok(())
}

/// What stands in the place of an image where a cluster and a registry are tied without a workload.
fn tied_pair(pull: &Pull) -> String {
    let registry = pull.registry.as_deref().map_or_else(|| "a registry that is not known".to_owned(), one_line);
    format!("any image of {registry}")
}

fn step_line(telling: &Telling<'_>, step: &Step) -> String {
    let place = step.place.map(|span| place(telling, span)).unwrap_or_default();
    format!("{} {:<10} {}{place}", sign(telling, step.verdict), step.name, one_line(&step.text))
}

fn sign(telling: &Telling<'_>, verdict: Verdict) -> String {
    match verdict {
        Verdict::Fine => telling.look.paint(Ink::Green, "✓"),
        Verdict::Broken => telling.look.paint(Ink::Red, "✗"),
        Verdict::Unknown => telling.look.paint(Ink::Yellow, "?"),
    }
}

fn place(telling: &Telling<'_>, span: Span) -> String {
    let place = telling.place(span);
    format!("  {}", telling.look.paint(Ink::Dim, &format!("{}:{}", place.path, place.start.line)))
}
