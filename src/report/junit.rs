//! JUnit's XML, as build services show it among the tests: a suite for each file, a case for each thing that is wrong and
//! for each pull. A pull that fails is skipped: what is wrong with it fails as a case of its own, unless it is allowed, in the
//! baseline or not asked for, and then nothing should fail.
//!
//! There are several schemas of this format; what is written here is valid by the strictest one
//! (github.com/windyroad/JUnit-Schema) and by the one of Jenkins' xUnit plugin (`junit-10.xsd`).

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::snippet::one_line;
use super::telling::Telling;
use super::xml::escaped;
use super::{Pull, Verdict};
use crate::finding::{Finding, One, Severity};

/// What became of a case.
enum Outcome {
    Passed,
    Skipped {
        message: String,
    },
    Failed {
        rule: &'static str,
        message: String,
        text: String,
    },
    /// The file could not be read: nothing was tested.
    Erred {
        rule: &'static str,
        message: String,
        text: String,
    },
}

/// Why a pull that fails fails nothing here.
const BROKEN: &str = "what is wrong is a case of its own, unless it is left out";

struct Case {
    name: String,
    class: String,
    outcome: Outcome,
}

/// The cases of one file.
#[derive(Default)]
struct Suite {
    cases: Vec<Case>,
    names: BTreeSet<(String, String)>,
}

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut suites: BTreeMap<String, Suite> = BTreeMap::new();
    for finding in &telling.report.findings {
        let suite = suites.entry(file(telling.path(finding.primary.span.source))).or_default();
        telling.each(finding).iter().for_each(|one| suite.add(of_finding(telling, finding, one)));
    }
    for pull in &telling.report.pulls {
        suites.entry(file(telling.path(pull.place.source))).or_default().add(of_pull(telling, pull));
    }
    if suites.is_empty() {
        // Jenkins takes a report without a case for one that went missing.
        let case = Case { name: "no finding".to_owned(), class: "acrlint".to_owned(), outcome: Outcome::Passed };
        suites.entry("acrlint".to_owned()).or_default().add(case);
    }
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites>")?;
    for (id, (name, suite)) in suites.iter().enumerate() {
        write_suite(telling, id, name, suite, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn file(path: String) -> String {
    if path.trim().is_empty() { "no file".to_owned() } else { path }
}

impl Suite {
    /// Services know a case by its name: of several with the same one they would show one.
    fn add(&mut self, case: Case) {
        let (mut name, mut times) = (case.name.clone(), 1);
        while !self.names.insert((case.class.clone(), name.clone())) {
            times += 1;
            name = format!("{} ({times})", case.name);
        }
        self.cases.push(Case { name, ..case });
    }

    fn count(&self, is: impl Fn(&Outcome) -> bool) -> usize {
        self.cases.iter().filter(|case| is(&case.outcome)).count()
    }
}

fn of_finding(telling: &Telling<'_>, finding: &Finding, one: &One) -> Case {
    let place = telling.place(finding.primary.span);
    let of = if is_implied(&place.path, &one.home) { String::new() } else { format!(" in {}", one_line(&one.home)) };
    let place = format!("{}:{}:{}", place.path, place.start.line, place.start.chars);
    let resource = one.key.strip_prefix(finding.rule).and_then(|rest| rest.strip_prefix(':'));
    let resource = resource.filter(|resource| !resource.trim().is_empty()).unwrap_or(&place);
    let message = one_line(&one.message);
    let (rule, severity) = (finding.rule, one.severity.word());
    let mut text = vec![format!("{place}: {severity}[{rule}] {message}")];
    text.extend(finding.help.as_deref().map(|help| format!("help: {help}")));
    text.extend(finding.related.iter().map(|label| {
        let place = telling.place(label.span);
        format!("{}:{}: {}", place.path, place.start.line, one_line(&label.text))
    }));
    let text = text.join("\n");
    Case {
        name: format!("{rule}@{}{of}", one_line(resource)),
        class: format!("acrlint.{}", Some(telling.rule_name(rule)).filter(|name| !name.is_empty()).unwrap_or(rule)),
        outcome: match one.severity {
            // Nothing is wrong for certain.
            Severity::Note => Outcome::Skipped { message },
            _ if finding.is_about_the_file() => Outcome::Erred { rule, message, text },
            _ => Outcome::Failed { rule, message, text },
        },
    }
}

/// Whether who reads a file's path knows the deployment: the file itself, or those of a folder around it.
fn is_implied(path: &str, home: &str) -> bool {
    let folder = home.strip_suffix("*.yaml").unwrap_or(home).trim_end_matches('/');
    folder.is_empty()
        || folder == "."
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn of_pull(telling: &Telling<'_>, pull: &Pull) -> Case {
    let image = pull.image.as_deref().map_or_else(|| "any image".to_owned(), one_line);
    let cluster = pull.cluster.as_deref().map_or_else(|| "a cluster that is not known".to_owned(), one_line);
    let workload = pull.workload.as_deref().map(|workload| format!(" for {}", one_line(workload)));
    let steps = || pull.steps.iter();
    let decisive = steps().find(|step| step.verdict == pull.verdict);
    let open = decisive.or_else(|| steps().find(|step| step.verdict != Verdict::Fine));
    let why = open.map_or_else(String::new, |step| {
        let place = step.place.map(|span| telling.place(span));
        let place = place.map(|place| format!(" ({}:{})", place.path, place.start.line)).unwrap_or_default();
        format!(": {}: {}{place}", step.name, one_line(&step.text))
    });
    let outcome = match pull.verdict {
        Verdict::Fine => Outcome::Passed,
        Verdict::Unknown => Outcome::Skipped { message: format!("unknown{why}") },
        Verdict::Broken => Outcome::Skipped { message: format!("fails{why}; {BROKEN}") },
    };
    Case {
        name: format!("{cluster} pulls {image}{}", workload.unwrap_or_default()),
        class: "acrlint.pulls".to_owned(),
        outcome,
    }
}

fn write_suite(telling: &Telling<'_>, id: usize, name: &str, suite: &Suite, out: &mut dyn io::Write) -> io::Result<()> {
    let today = if telling.report.today.is_empty() { "1970-01-01" } else { &telling.report.today };
    let (tests, name) = (suite.cases.len(), escaped(name));
    let failures = suite.count(|outcome| matches!(outcome, Outcome::Failed { .. }));
    let errors = suite.count(|outcome| matches!(outcome, Outcome::Erred { .. }));
    let skipped = suite.count(|outcome| matches!(outcome, Outcome::Skipped { .. }));
    // The time of day and the machine would make equal runs differ.
    writeln!(
        out,
        "  <testsuite id=\"{id}\" package=\"acrlint\" name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" \
         errors=\"{errors}\" skipped=\"{skipped}\" time=\"0\" timestamp=\"{}T00:00:00\" hostname=\"localhost\">",
        escaped(today)
    )?;
    writeln!(out, "    <properties/>")?;
    for case in &suite.cases {
        write_case(case, out)?;
    }
    writeln!(out, "    <system-out/>")?;
    writeln!(out, "    <system-err/>")?;
    writeln!(out, "  </testsuite>")
}

fn write_case(case: &Case, out: &mut dyn io::Write) -> io::Result<()> {
    let (name, class) = (escaped(&case.name), escaped(&case.class));
    let head = format!("    <testcase name=\"{name}\" classname=\"{class}\" time=\"0\"");
    let (tag, rule, message, text) = match &case.outcome {
        Outcome::Passed => return writeln!(out, "{head}/>"),
        Outcome::Skipped { message } => {
            return writeln!(out, "{head}><skipped message=\"{}\"/></testcase>", escaped(message));
        }
        Outcome::Failed { rule, message, text } => ("failure", rule, message, text),
        Outcome::Erred { rule, message, text } => ("error", rule, message, text),
    };
    let (message, text) = (escaped(message), escaped(text).replace("&#10;", "\n"));
    writeln!(out, "{head}>")?;
    writeln!(out, "      <{tag} type=\"{rule}\" message=\"{message}\">{text}</{tag}>")?;
    writeln!(out, "    </testcase>")
}
