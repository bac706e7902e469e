//! What other repositories declare comes in, and what this one declares goes out, as files of facts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::clock::Clock;
use super::secrets::{names, secrets};
use super::settle::Settling;
use super::{Given, Opened, Outcome, Read, RunError, open, outlook, outside, read};
use crate::discover::Discovered;
use crate::facts::{self, Declared, Facts, Gate};
use crate::finding::Finding;
use crate::ir::Deployment;
use crate::pull;
use crate::report::{Report, Told, Words};
use crate::rules;
use crate::settings::Settings;
use crate::source::{Over, Span, Store};
use crate::suppress;

/// What the files of `--with` say, together. Each repository counts once.
pub(super) fn of_others(settings: &Settings, store: &Store) -> Result<Facts, RunError> {
    let mut all = Facts::default();
    let rules: Vec<&'static str> = rules::all().iter().map(|rule| rule.id).collect();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for file in &settings.with {
        let shown = file.shown.as_str();
        let trouble = |why: String| RunError(format!("{shown}: {why}"));
        let text = std::fs::read(&file.path).map_err(|error| trouble(format!("can't be read: {}", error.kind())))?;
        let text = String::from_utf8(text).map_err(|_| trouble("no UTF-8 text".to_owned()))?;
        let facts = facts::read(&text, store, &rules).map_err(trouble)?;
        if let Some(other) = known.insert(facts.repository.clone(), shown.to_owned()) {
            let name = &facts.repository;
            let why = format!("`{name}` is in {other} already; call one of them otherwise: `acrlint facts --name`");
            return Err(trouble(why));
        }
        all.lowered.join(facts.lowered);
        all.imperative.extend(facts.imperative);
        all.clusters.extend(facts.clusters);
        all.assumed.extend(facts.assumed);
        all.allowed.extend(facts.allowed);
    }
    Ok(all)
}

/// Findings whose line to change is in another repository are told at the first place of this one, where there is one.
pub(super) fn told_here(findings: &mut [Finding], store: &Store) {
    let is_here = |span: Span| !store.source(span.source).is_elsewhere();
    for finding in findings.iter_mut().filter(|finding| !is_here(finding.primary.span)) {
        if let Some(at) = finding.related.iter().position(|label| is_here(label.span)) {
            let place = store.source(finding.primary.span.source).path.clone();
            finding.help = finding.help.take().map(|help| format!("in {place}: {help}"));
            finding.tell_at(at);
        }
    }
}

/// What this repository declares, as the text of a file, and lines about what could not be read.
pub fn facts(settings: &Settings, name: &str, file: Option<PathBuf>) -> Result<Outcome, RunError> {
    let mut clock = Clock::new(settings.verbose, settings.progress);
    let Opened { store, found, applied, missing } = open(settings, Over::new(), &mut clock)?;
    let read = read(&store, &found, &outside(settings), Given { applied, ..Given::default() }, &mut clock);
    let text = written(settings, name, &store, &found, &read);
    let lost = read.failures.iter().filter(|failure| failure.is_about_the_file());
    let lost: BTreeSet<_> =
        lost.map(|failure: &Finding| store.source(failure.primary.span.source).path.clone()).collect();
    let mut notes = missing;
    notes.extend(clock.notes());
    notes.extend(lost.iter().map(|path| format!("{path}: not read whole; run acrlint here to see why")));
    if !settings.quiet {
        let resources: usize = read.lowered.deployments.iter().map(|it| it.resources.len()).sum();
        let (deployments, resources) =
            (count(read.lowered.deployments.len(), "deployment"), count(resources, "resource"));
        notes.push(format!("facts of `{name}`: {deployments}, {resources}"));
    }
    std::mem::forget(read);
    Ok(match file {
        Some(file) => Outcome { files: vec![(file, text)], notes, ..Outcome::default() },
        None => Outcome { told: text, notes, ..Outcome::default() },
    })
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn written(settings: &Settings, name: &str, store: &Store, found: &Discovered, read: &Read) -> String {
    let deployments = &read.lowered.deployments;
    let (secrets, names) = (secrets(deployments), names(deployments));
    let report = Report::default();
    let words = Words::new(&Told { report: &report, store, secrets: &secrets, names: &names });
    let outlook = outlook(settings, store);
    let logins: Vec<Span> = pull::login_lines(store).into_iter().map(|line| line.place).collect();
    let allowed = allowed(settings, store, found, deployments);
    let declared = Declared {
        repository: name,
        deployments,
        imperative: &read.imperative,
        deliveries: &read.lowered.deliveries,
        clusters: &outlook.clusters,
        assumed: &outlook.assumed,
        allowed: &allowed,
        logins: &logins,
    };
    facts::write(&declared, store, &words)
}

fn allowed(settings: &Settings, store: &Store, found: &Discovered, deployments: &[Deployment]) -> Vec<suppress::Given> {
    let settling = Settling { store, found, deployments, settings: Some(settings), listed: &[], others: &[] };
    settling.given()
}

impl Gate for Words {
    fn words(&self, text: &str) -> String {
        self.of(text)
    }

    fn line(&self, line: &str) -> String {
        self.of_line(line)
    }
}
