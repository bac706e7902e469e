//! The pipeline, top to bottom: find, read, join, judge, tell.

mod apply;
mod changed;
mod clock;
mod facts;
mod failure;
mod fixing;
mod judging;
mod places;
mod reading;
mod secrets;
mod settle;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clock::Clock;
pub use facts::facts;
pub use fixing::Rewritten;
pub use settle::WrittenBaseline;

use fixing::Fixing;
use judging::{Judged, Stranger, judge};
use reading::{Given, Read, read};
use secrets::{names, secrets};
use settle::{Settled, Settling};

use crate::baseline::Entry;
use crate::cli;
use crate::discover::{self, Discovered};
use crate::finding::Finding;
use crate::frontend::template::{Outside, Registries};
use crate::frontend::{template, terraform};
use crate::ir::Delivery;
use crate::report::{self, Coverage, Look, NotUnderstood, Report, RuleText, Told, Verdict};
use crate::rules;
use crate::settings::{Fact, SIZE_LIMIT, Settings, View};
use crate::source::{FolderFiles, Laid, MemoryFiles, Over, SourceId, Span, Store};
use crate::tell;
use crate::world::{Assumed, Completeness, Outlook};

/// What a run gives to the command.
#[derive(Debug, Default)]
pub struct Outcome {
    /// For standard output.
    pub told: String,
    /// Files that the user asked for.
    pub files: Vec<(PathBuf, String)>,
    /// Files of the tree that were repaired, for the caller to write.
    pub rewritten: Vec<Rewritten>,
    /// The baseline, for the caller to write.
    pub baseline: Option<WrittenBaseline>,
    /// Lines for standard error.
    pub notes: Vec<String>,
    /// The exit status.
    pub exit_code: u8,
}

/// Why a run could not be made at all.
#[derive(Debug)]
pub struct RunError(String);

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RunError {}

/// A run over files in memory and everything it found out.
pub struct Linted {
    /// What was found.
    pub report: Report,
    /// The texts, for places.
    pub store: Store,
}

/// Lints files that are given as path and bytes. No file outside of them is read.
pub fn lint(files: Vec<(String, Vec<u8>)>, outlook: &Outlook) -> Linted {
    let store = Store::new(MemoryFiles(files.iter().cloned().collect()));
    let mut found = Discovered::default();
    for (path, _) in &files {
        if COMPILED.covers(path, |beside| files.iter().any(|(other, _)| other == beside), &store) {
            found.made.push(path.clone());
            continue;
        }
        match store.open_path(path) {
            Ok(source) if discover::is_input(path) => found.sources.push(source),
            Ok(source) if discover::is_script(path) => found.scripts.push(source),
            Ok(_) => {}
            Err(error) => {
                found.unreadable.push(discover::Unreadable { path: path.clone(), message: error.to_string() });
            }
        }
    }
    let read = read(&store, &found, &Outside::default(), Given::default(), &mut Clock::default());
    let mut judged = judge(&store, &found, &read, outlook.clone(), &mut Clock::default());
    let deployments = &read.lowered.deployments;
    let settling = Settling { store: &store, found: &found, deployments, settings: None, listed: &[], others: &[] };
    let settled = settling.settle(std::mem::take(&mut judged.found));
    let report = report(&store, &read, judged, settled, String::new());
    Linted { report, store }
}

/// Runs as the settings say.
pub fn run(settings: &Settings) -> Result<Outcome, RunError> {
    let mut clock = Clock::new(settings.verbose, settings.progress);
    let mut fixing = Fixing::default();
    let listed = settle::listed(settings).map_err(RunError)?;
    let mut round = round(settings, &listed, fixing.changed(), &mut clock)?;
    let rounds = if settings.fixes.made { fixing::ROUNDS } else { 0 };
    for _ in 0..rounds {
        if !fixing.round(&round.report, &round.store, settings.fixes.unsafe_too) {
            break;
        }
        let next = self::round(settings, &listed, fixing.changed(), &mut clock)?;
        if fixing.keep(&round.report, &next.report) {
            round = next;
        }
    }
    fixing.forget(&mut round.report, &round.store);
    let narrowed = changed::narrow(settings, &mut round, &mut clock)?;
    let mut outcome = clock.step("tell", || match settings.fixes.shown {
        true => shown(&round, &fixing),
        false => Outcome { rewritten: fixing.rewritten(), ..tell(settings, &round.store, &round.report, &round.read) },
    });
    let done = if settings.fixes.shown { left(&round.report, settings) } else { fixing.notes() };
    let notes = round.notes.iter().cloned().chain(narrowed).chain(done).chain(clock.notes()).collect();
    outcome = outcome.with(notes, &round.report, settings);
    outcome.baseline = round.baseline;
    // The process ends here: giving millions of values back one by one would only take time.
    std::mem::forget(round.read);
    Ok(outcome)
}

/// What was found out with the files as they are edited so far.
struct Round {
    store: Store,
    read: Read,
    report: Report,
    baseline: Option<WrittenBaseline>,
    /// Every finding as its rule told it, before those of one place became one.
    traces: Vec<changed::Trace>,
    notes: Vec<String>,
}

/// The tree of a run: its texts, what the walk finds, and what the configuration applies there, with lines about that.
struct Opened {
    store: Store,
    found: Discovered,
    applied: Vec<Delivery>,
    missing: Vec<String>,
}

fn open(settings: &Settings, over: Over, clock: &mut Clock) -> Result<Opened, RunError> {
    let below = FolderFiles::new(&settings.root, settings.size_limit)
        .map_err(|error| RunError(format!("can't open `{}`: {}", settings.root.display(), error.kind())))?
        .but(terraform::PLANS);
    let files = Laid::new(below, over.clone());
    let store = match &settings.module_cache {
        Some(folder) => Store::new(files).with(MODULE_CACHE, cache(folder)?),
        None => Store::new(files),
    };
    let found = clock.step("find", || discover::discover_laid(&store, settings, &COMPILED, &over));
    let (applied, missing) = apply::deliveries(settings, &store);
    Ok(Opened { store, found, applied, missing })
}

fn round(settings: &Settings, listed: &[Entry], over: Over, clock: &mut Clock) -> Result<Round, RunError> {
    let Opened { store, found, applied, missing } = open(settings, over, clock)?;
    let mut others = facts::of_others(settings, &store)?;
    let (clusters, assumed) = (std::mem::take(&mut others.clusters), std::mem::take(&mut others.assumed));
    let allowed = std::mem::take(&mut others.allowed);
    let read = read(&store, &found, &outside(settings), Given { applied, others }, clock);
    let mut outlook = outlook(settings, &store);
    outlook.clusters.extend(clusters);
    outlook.assumed.extend(assumed);
    let mut judged = judge(&store, &found, &read, outlook, clock);
    // What another repository's configuration names is told there.
    judged.strangers.retain(|it| settings.names(&it.name));
    let settling = Settling {
        store: &store,
        found: &found,
        deployments: &read.lowered.deployments,
        settings: Some(settings),
        listed,
        others: &allowed,
    };
    let mut settled = settling.settle(std::mem::take(&mut judged.found));
    if !settings.with.is_empty() {
        facts::told_here(&mut settled.findings, &store);
        Finding::sort(&mut settled.findings, |finding| store.source(finding.primary.span.source).path.to_string());
    }
    fixing::keep_editable(&mut settled.findings, &store, &found);
    let mut notes: Vec<String> = judged.strangers.iter().map(|it| strange(settings, it)).collect();
    notes.extend(missing);
    notes.append(&mut settled.notes);
    let (baseline, traces) = (settled.written.take(), std::mem::take(&mut settled.traces));
    let report = report(&store, &read, judged, settled, settings.today.to_string());
    Ok(Round { store, read, report, baseline, traces, notes })
}

/// What a diff of safe fixes doesn't show.
fn left(report: &Report, settings: &Settings) -> Vec<String> {
    let left = report.findings.iter().filter(|finding| finding.fix.as_ref().is_some_and(|fix| !fix.safe)).count();
    let more = (left > 0 && !settings.fixes.unsafe_too && !settings.quiet)
        .then(|| format!("{left} more fixable with --unsafe-fixes"));
    more.into_iter().collect()
}

/// What fixes would change.
fn shown(round: &Round, fixing: &Fixing) -> Outcome {
    let secrets: Vec<Span> = secrets(&round.read.lowered.deployments);
    let names = names(&round.read.lowered.deployments);
    let told = Told { report: &round.report, store: &round.store, secrets: &secrets, names: &names };
    let revisions = fixing.revisions();
    Outcome {
        told: report::difference(&told, &revisions),
        exit_code: u8::from(!revisions.is_empty()),
        ..Outcome::default()
    }
}

/// What the Bicep compiler makes counts as the Bicep file beside it.
const COMPILED: discover::Made =
    discover::Made { to: "json", from: "bicep", head: template::HEAD, is_made: template::is_compiled };

/// The name under which the store knows the module cache; no path of a tree can have it.
const MODULE_CACHE: &str = "module cache:";

fn cache(folder: &Path) -> Result<FolderFiles, RunError> {
    FolderFiles::new(folder, SIZE_LIMIT)
        .map_err(|error| RunError(format!("can't open the module cache `{}`: {}", folder.display(), error.kind())))
}

/// What templates are told of the world outside.
fn outside(settings: &Settings) -> Outside {
    let cloud = match settings.cloud {
        cli::Cloud::Public => template::Cloud::Public,
        cli::Cloud::Government => template::Cloud::Government,
        cli::Cloud::China => template::Cloud::China,
    };
    let cache = settings.module_cache.as_ref().map(|_| MODULE_CACHE.to_owned());
    Outside { registries: Registries { mapped: settings.modules.clone(), cache }, cloud }
}

fn strange(settings: &Settings, stranger: &Stranger) -> String {
    let Stranger { what, name, nearest } = stranger;
    let file = settings.config.as_ref().map_or("the configuration", |config| &config.shown);
    let meant = nearest.as_ref().map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
    format!("{file}: no {what} of this tree is called `{name}`{meant}")
}

impl Outcome {
    fn with(mut self, notes: Vec<String>, report: &Report, settings: &Settings) -> Outcome {
        self.notes.extend(notes);
        let failed = report.findings.iter().any(Finding::is_about_the_file);
        if report.coverage.inputs == 0
            && settings.with.is_empty()
            && !failed
            && !settings.quiet
            && settings.format != crate::cli::Format::Human
        {
            self.notes.push("no inputs found: no template, configuration, plan or manifest here".to_owned());
        }
        if settings.view == View::Graph && !settings.quiet {
            let empty =
                (report.pulls.is_empty()).then(|| "nothing to draw: no pull from a registry was found".to_owned());
            self.notes.extend(empty.or_else(|| report.graph.omission()));
        }
        self
    }
}

fn outlook(settings: &Settings, store: &Store) -> Outlook {
    let assumed = settings.assumptions.iter().map(|assumption| match assumption.fact.clone() {
        Fact::Grant { registry, cluster } => Assumed::Grant { registry, cluster },
        Fact::Secret { namespace, name } => Assumed::Secret { namespace, name },
        Fact::Reachable { registry, cluster } => Assumed::Reachable { registry, cluster },
    });
    let paths = store.sources().into_iter().map(|(_, source)| source.path.to_string());
    let mapped =
        paths.filter_map(|path| settings.cluster_of(&path).map(|mapping| (path.clone(), mapping.cluster.clone())));
    Outlook {
        completeness: match settings.world {
            crate::cli::World::Repository => Completeness::Repository,
            crate::cli::World::Open => Completeness::Open,
            crate::cli::World::Closed => Completeness::Closed,
        },
        assumed: assumed.collect(),
        clusters: mapped.collect(),
        examples: BTreeSet::new(),
        today: settings.today,
    }
}

fn report(store: &Store, read: &Read, judged: Judged, settled: Settled, today: String) -> Report {
    let deployments = &read.lowered.deployments;
    let mut inputs: Vec<SourceId> = read.lowered.inputs.clone();
    inputs.sort();
    inputs.dedup();
    // A file that could not be read and gave nothing was not understood.
    let given: BTreeSet<SourceId> =
        deployments.iter().flat_map(|deployment| &deployment.resources).map(|it| it.extent.source).collect();
    let failed: BTreeSet<SourceId> = read.failures.iter().map(|failure| failure.primary.span.source).collect();
    inputs.retain(|id| given.contains(id) || !failed.contains(id));
    let gaps = deployments.iter().flat_map(|deployment| &deployment.gaps);
    let mut not_understood: Vec<NotUnderstood> =
        gaps.map(|gap| NotUnderstood { why: gap.why.to_string(), place: gap.span }).collect();
    not_understood
        .sort_by_cached_key(|gap| (store.source(gap.place.source).path.to_string(), gap.place, gap.why.clone()));
    not_understood.dedup();
    let coverage = Coverage {
        files: read.files,
        inputs: inputs.len(),
        deployments: deployments.len(),
        resources: deployments.iter().map(|deployment| deployment.resources.len()).sum(),
        join_values: judged.joins.values,
        join_values_unknown: judged.joins.unknown,
        reasons: judged.joins.reasons,
        not_understood,
    };
    let (suppressed, in_baseline) = settled.left_out();
    let (pulls, graph, findings) = (judged.pulls, judged.graph, settled.findings);
    Report { findings, suppressed, in_baseline, elsewhere: None, pulls, graph, coverage, today }
}

fn tell(settings: &Settings, store: &Store, report: &Report, read: &Read) -> Outcome {
    let secrets: Vec<Span> = secrets(&read.lowered.deployments);
    let names = names(&read.lowered.deployments);
    let told = Told { report, store, secrets: &secrets, names: &names };
    let texts: Vec<RuleText> = rules::all().iter().map(|rule| tell::rule_text(rule)).collect();
    let plain =
        Look { verbose: settings.verbose, quiet: settings.quiet, address: settings.address.clone(), ..Look::default() };
    let written = |format: report::Format, look: &Look| {
        let mut bytes = Vec::new();
        // A vector takes everything.
        let _ = report::write(format, &told, &texts, look, &mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let format = match (settings.view, settings.format) {
        (View::Pulls, crate::cli::Format::Human) => report::Format::Pulls,
        (View::Graph, crate::cli::Format::Human) => report::Format::Mermaid,
        (_, format) => tell::format(format),
    };
    let quiet = settings.quiet
        && report.findings.is_empty()
        && matches!(format, report::Format::Human | report::Format::Concise);
    let look = Look { colour: settings.color && format.has_colours(), ..plain.clone() };
    let loudest = report.findings.iter().map(|finding| finding.severity).max();
    let unknown = report.pulls.iter().filter(|pull| pull.verdict == Verdict::Unknown).count();
    Outcome {
        told: if quiet { String::new() } else { written(format, &look) },
        files: settings
            .outputs
            .iter()
            .map(|output| (output.file.clone(), written(tell::format(output.format), &plain)))
            .collect(),
        rewritten: Vec::new(),
        baseline: None,
        notes: Vec::new(),
        exit_code: settings.exit_code(loudest, unknown),
    }
}
