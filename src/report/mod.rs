//! What a run found out, as plain data, and one file for each format that tells it.

mod annotation;
mod azure;
mod closing;
mod concise;
mod difference;
mod excerpt;
mod github;
mod gitlab;
pub mod graph;
mod human;
mod json;
mod junit;
mod line_hash;
mod look;
mod markdown;
mod pulls;
mod sarif;
mod sarif_fix;
mod sarif_location;
mod sarif_rules;
mod snippet;
mod suspect;
mod telling;
mod veil;
mod words;
mod xml;

use std::collections::BTreeSet;
use std::io;

use crate::finding::{Finding, Severity};
use crate::source::{Span, Store};

pub use difference::{Revision, difference};
pub use look::Look;
pub use words::Words;

/// Everything that a run found out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Findings in their total order, suppressed ones left out.
    pub findings: Vec<Finding>,
    /// How many findings were suppressed.
    pub suppressed: usize,
    /// How many findings were left out because the baseline lists them.
    pub in_baseline: usize,
    /// How many findings a change has nothing to do with, where only those that it has to do with are told.
    pub elsewhere: Option<usize>,
    /// One for each pair under judgement, or image and cluster.
    pub pulls: Vec<Pull>,
    /// The picture of the pulls.
    pub graph: graph::Graph,
    /// What was read and what was not understood.
    pub coverage: Coverage,
    /// The date that the run counted as today, `2026-01-31`.
    pub today: String,
}

/// Whether a pull works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every step is fine.
    Fine,
    /// Some step is broken whatever the unknowns are.
    Broken,
    /// Neither can be proved.
    Unknown,
}

impl Verdict {
    /// The word for it in every output.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Fine => "fine",
            Verdict::Broken => "broken",
            Verdict::Unknown => "unknown",
        }
    }
}

/// The path of one image to one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// The image as written, pieces that are not known as `…`; none for a tied pair without a workload.
    pub image: Option<String>,
    /// `Deployment shop/storefront`.
    pub workload: Option<String>,
    /// Where the image, or what ties the pair, is written.
    pub place: Span,
    /// The cluster's name, as far as known.
    pub cluster: Option<String>,
    /// The registry's name or host, as far as known.
    pub registry: Option<String>,
    /// The parameter files with which the cluster is so, where its template has several.
    pub parameters: Vec<String>,
    /// The outcome.
    pub verdict: Verdict,
    /// The steps in order: registry, credential, permission, network.
    pub steps: Vec<Step>,
}

/// One step of a pull path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `registry`, `credential`, `permission`, `network`.
    pub name: &'static str,
    /// The outcome of this step.
    pub verdict: Verdict,
    /// One clause: the proof, or why it can't be known.
    pub text: String,
    /// What proves it.
    pub place: Option<Span>,
}

/// What was read and what was not understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files that were read.
    pub files: usize,
    /// Files that hold something acrlint understands (templates, configurations, plans, manifests, saved output).
    pub inputs: usize,
    /// Deployments found.
    pub deployments: usize,
    /// Resources found.
    pub resources: usize,
    /// Values that decide about a pull (principals, scopes, roles, names, hosts).
    pub join_values: usize,
    /// How many of them are unknown.
    pub join_values_unknown: usize,
    /// Reasons for unknown join values with their number, most frequent first.
    pub reasons: Vec<(String, usize)>,
    /// What was not understood, in order of place.
    pub not_understood: Vec<NotUnderstood>,
}

/// A construct that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood {
    /// The reason.
    pub why: String,
    /// Where.
    pub place: Span,
}

/// What every format gets.
pub struct Told<'a> {
    /// The findings and pulls.
    pub report: &'a Report,
    /// The texts, for lines, columns and snippets.
    pub store: &'a Store,
    /// Every place that holds a secret, also where no finding points: no snippet shows them.
    pub secrets: &'a [Span],
    /// Names of things, which may stand in a secret too and are none.
    pub names: &'a BTreeSet<String>,
}

/// What a rule says about itself, handed in by the caller so that this room knows no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// `ACR102`.
    pub id: &'static str,
    /// `wrong-pull-identity`.
    pub name: &'static str,
    /// What it finds, in one sentence.
    pub summary: &'static str,
    /// How loud its findings are when nothing else is configured.
    pub severity: Severity,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// Words to filter by.
    pub tags: Vec<&'static str>,
    /// A number from 0.0 to 10.0, for rules about security only: it makes a code scanning alert a security alert.
    pub security_severity: Option<&'static str>,
}

/// How a run is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// The story of each finding with its source lines, for a terminal.
    Human,
    /// One line for each finding.
    Concise,
    /// `acrlint/1`, described by `testdata/schema/acrlint-1.schema.json`.
    Json,
    /// Workflow commands of GitHub Actions, and a log.
    Github,
    /// A code quality report of GitLab.
    Gitlab,
    /// Logging commands of Azure Pipelines, and a log.
    Azure,
    /// JUnit's XML: a suite for each file.
    Junit,
    /// A page for a step summary or a comment.
    Markdown,
    /// SARIF 2.1.0 as code scanning reads it.
    Sarif,
    /// The path of every pull as a tree.
    Pulls,
    /// The picture as a Mermaid flowchart.
    Mermaid,
    /// The picture in the language of Graphviz.
    Dot,
}

impl Format {
    /// Whether colours may be in it: the others are read by machines.
    pub fn has_colours(self) -> bool {
        matches!(self, Format::Human | Format::Concise | Format::Pulls)
    }
}

/// Tells a run in one format. The same run gives the same bytes; an error of the writer is handed back.
pub fn write(
    format: Format,
    told: &Told<'_>,
    rules: &[RuleText],
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let telling = telling::Telling::new(format, told, rules, look);
    match format {
        Format::Human => human::write(&telling, out)?,
        Format::Concise => concise::write(&telling, out)?,
        Format::Json => json::write(&telling, out)?,
        Format::Github => github::write(&telling, out)?,
        Format::Gitlab => gitlab::write(&telling, out)?,
        Format::Azure => azure::write(&telling, out)?,
        Format::Junit => junit::write(&telling, out)?,
        Format::Markdown => markdown::write(&telling, out)?,
        Format::Sarif => sarif::write(&telling, out)?,
        Format::Pulls => pulls::write(&telling, out)?,
        Format::Mermaid => graph::write_mermaid(&telling, out)?,
        Format::Dot => graph::write_dot(&telling, out)?,
    }
    out.flush()
}
