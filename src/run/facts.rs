//! What other repositories declare comes in, and what this one declares goes out, as files of facts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
use crate::settings::{Settings, repository_name};
use crate::source::{Over, Span, Store, decode};
use crate::suppress;

/// What the files of `--with` say, together, in the order of the repositories. Each counts once, and this one not at all.
pub(super) fn of_others(settings: &Settings, store: &Store) -> Result<Facts, RunError> {
    let rules: Vec<&'static str> = rules::all().iter().map(|rule| rule.id).collect();
    let own = repository_name(&settings.root);
    let mut found: BTreeMap<String, (String, Facts)> = BTreeMap::new();
    for file in &settings.with {
        let shown = file.shown.as_str();
        let trouble = |why: String| RunError(format!("{shown}: {why}"));
        let facts = facts::read(&text_of(&file.path).map_err(trouble)?, store, &rules).map_err(trouble)?;
        let name = facts.repository.clone();
        if name == own {
            let why = "this repository is called so itself, and is read as it is now; leave the file out, or call the other one otherwise";
            return Err(trouble(format!("facts of `{name}`: {why}: `acrlint facts --name`")));
        }
        if let Some((other, _)) = found.insert(name.clone(), (shown.to_owned(), facts)) {
            let why = format!("`{name}` is in {other} already; call one of them otherwise: `acrlint facts --name`");
            return Err(trouble(why));
        }
    }
    let mut all = Facts::default();
    for (_, facts) in found.into_values() {
        all.lowered.join(facts.lowered);
        all.imperative.extend(facts.imperative);
        all.clusters.extend(facts.clusters);
        all.assumed.extend(facts.assumed);
        all.allowed.extend(facts.allowed);
    }
    Ok(all)
}

fn text_of(path: &Path) -> Result<Arc<str>, String> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        kind => format!("can't be read: {kind}"),
    })?;
    decode(bytes).map_err(|error| format!("can't be read: {error}"))
}

/// Findings whose line to change is in another repository are told at the first place of this one, where there is one.
pub(super) fn told_here(findings: &mut [Finding], store: &Store) {
    let is_here = |span: Span| !store.source(span.source).is_elsewhere();
    for finding in findings.iter_mut().filter(|finding| !is_here(finding.primary.span)) {
        if let Some(at) = finding.first_related(is_here) {
            let place = store.source(finding.primary.span.source).path.clone();
            finding.help = finding.help.take().map(|help| format!("in {place}: {help}"));
            finding.tell_at(at);
            // Two repositories may call different things alike.
            finding.key = format!("{} in {place}", finding.key);
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
    let mut logins: Vec<(Span, String)> =
        pull::login_lines(store).into_iter().map(|line| (line.place, line.told())).collect();
    // Files have the order in which they were read, which is another one each time.
    logins.sort_by_cached_key(|(place, _)| (store.source(place.source).path.clone(), *place));
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
