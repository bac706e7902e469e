//! The pulls of one verdict as a table.

use std::collections::BTreeMap;

use super::section::Section;
use super::spelt;
use crate::report::snippet::one_line;
use crate::report::telling::Telling;
use crate::report::{Pull, Verdict, closing};

/// More rows than this of what is not known are folded away.
const MOST_ROWS: usize = 10;

/// A name that is longer is cut, in characters.
const LONGEST_NAME: usize = 200;

/// The table, folded away where it holds what is fine or more of what is not known than anybody reads.
pub(super) fn table(telling: &Telling<'_>, verdict: Verdict) -> Section {
    let rows = rows(telling, verdict);
    let (number, has_reasons) = (count(telling, verdict), verdict != Verdict::Fine);
    let head = match has_reasons {
        true => "| verdict | image | cluster | registry | why |\n| --- | --- | --- | --- | --- |\n",
        false => "| verdict | image | cluster | registry |\n| --- | --- | --- | --- |\n",
    };
    if verdict == Verdict::Broken || verdict == Verdict::Unknown && rows.len() <= MOST_ROWS {
        return Section::new(head, rows, "\n");
    }
    let pulls = closing::number_of(number, "pull");
    let are = if number == 1 { "is" } else { "are" };
    let title = match verdict {
        Verdict::Unknown => format!("{pulls} can't be decided"),
        _ => format!("{pulls} {are} fine"),
    };
    Section::new(format!("<details><summary>{title}</summary>\n\n{head}"), rows, "\n</details>\n\n")
}

fn count(telling: &Telling<'_>, verdict: Verdict) -> usize {
    telling.report.pulls.iter().filter(|pull| pull.verdict == verdict).count()
}

/// A row for each pull; those that look alike as one.
fn rows(telling: &Telling<'_>, verdict: Verdict) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for pull in telling.report.pulls.iter().filter(|pull| pull.verdict == verdict) {
        let row = row(telling, pull);
        let seen = times.entry(row.clone()).or_default();
        *seen += 1;
        if *seen == 1 {
            order.push(row);
        }
    }
    let counted = |row: String| match times.get(&row) {
        Some(&times) if times > 1 => format!("{row}{} ×{times} |\n", if verdict == Verdict::Fine { "" } else { "," }),
        _ => format!("{row} |\n"),
    };
    order.into_iter().map(counted).collect()
}

/// A row without its end.
fn row(telling: &Telling<'_>, pull: &Pull) -> String {
    let sign = match pull.verdict {
        Verdict::Broken => "❌ fails",
        Verdict::Unknown => "❔ unknown",
        Verdict::Fine => "✅ fine",
    };
    let name = |name: &Option<String>, none: &str| {
        name.as_deref().map_or_else(|| none.to_owned(), |name| spelt::code(&spelt::cut(name, LONGEST_NAME)))
    };
    let (image, cluster) = (name(&pull.image, "any image"), name(&pull.cluster, "not known"));
    let registry = name(&pull.registry, "not known");
    let workload = pull.workload.as_deref().map(|workload| {
        let workload = spelt::cut(&one_line(workload), LONGEST_NAME);
        format!("<br>{}", spelt::sentence(&workload))
    });
    let row = format!("| {sign} | {image}{} | {cluster} | {registry}", workload.unwrap_or_default());
    if pull.verdict == Verdict::Fine {
        return row;
    }
    let open = pull.steps.iter().find(|step| step.verdict == pull.verdict);
    let why = open.map(|step| {
        let place = step.place.map(|span| format!(" ({})", spelt::place(telling, span))).unwrap_or_default();
        format!("{}: {}{place}", step.name, spelt::sentence(&step.text))
    });
    format!("{row} | {}", why.unwrap_or_default())
}
