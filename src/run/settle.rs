//! What of all that was found is told: not what the user allows, and not what the baseline lists.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::changed::Trace;
use super::failure::about_file;
use super::places::one_for_each_place;
use super::secrets::{names, secrets};
use crate::baseline::{self, Entry, Parted, Seen, Sight};
use crate::discover::{self, Discovered};
use crate::finding::{Finding, Severity};
use crate::ir::Deployment;
use crate::report::{Report, Told, Words};
use crate::rules::{self, Found};
use crate::settings::{self, BaselineFile, Selection, Settings};
use crate::source::{SourceId, Span, Store};
use crate::suppress::{self, Given, Remark, RemarkKind, Scene};

/// So many stale entries of a baseline are named.
const NAMED: usize = 3;

/// What findings are settled by.
pub(super) struct Settling<'a> {
    pub store: &'a Store,
    pub found: &'a Discovered,
    pub deployments: &'a [Deployment],
    /// None for a run over files in memory, of which nothing is configured.
    pub settings: Option<&'a Settings>,
    /// What the baseline lists.
    pub listed: &'a [Entry],
    /// What other repositories allow in their files.
    pub others: &'a [Given],
}

/// Findings of one rule at one place are told as one.
type Place = (&'static str, Span);

/// What is told, and how much is not.
#[derive(Default)]
pub(super) struct Settled {
    pub findings: Vec<Finding>,
    /// The places whose findings are left out because the user allows them.
    suppressed: BTreeSet<Place>,
    /// The places whose findings are left out because the baseline lists them.
    in_baseline: BTreeSet<Place>,
    /// Lines for standard error.
    pub notes: Vec<String>,
    /// What is told or in the baseline, as its rule told it, before those of one place became one.
    pub traces: Vec<Trace>,
    /// The baseline, where it is to be written.
    pub written: Option<WrittenBaseline>,
}

/// A baseline that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenBaseline {
    /// Where.
    pub file: PathBuf,
    /// What is there now, if it is there.
    pub before: Option<Vec<u8>>,
    /// What shall be there.
    pub after: Vec<u8>,
}

/// What the baseline of a run lists.
pub(super) fn listed(settings: &Settings) -> Result<Vec<Entry>, String> {
    let Some(file) = &settings.baseline else { return Ok(Vec::new()) };
    // What was made empty for the baseline to be written into lists nothing.
    let is_fresh = |bytes: &[u8]| file.update && bytes.trim_ascii().is_empty();
    let bytes = file.bytes.as_deref().filter(|bytes| !is_fresh(bytes));
    let parsed = bytes.map(baseline::parse).transpose();
    Ok(parsed.map_err(|error| format!("{}{error}", file.shown))?.unwrap_or_default())
}

impl Settling<'_> {
    /// Settles what was found.
    pub(super) fn settle(&self, found: Vec<Found>) -> Settled {
        let everything = Selection::default();
        let is_read = !found.iter().any(|found| is_unread(found.finding.rule));
        let selection = self.settings.map_or(&everything, |settings| &settings.selection);
        let allowed = self.allowed(found);
        let mut findings: Vec<Finding> = allowed.kept.into_iter().map(|found| found.finding).collect();
        findings.retain(|finding| selection.severity(finding.rule, finding.severity).is_some());
        let path = |finding: &Finding| self.store.source(finding.primary.span.source).path.to_string();
        // What is said twice in the same words is counted once.
        Finding::sort(&mut findings, path);
        let traces = findings.iter().map(Trace::of).collect();
        let mut settled = self.without_old(findings, is_read);
        settled.traces = traces;
        settled.suppressed = allowed.suppressed;
        settled.findings.iter_mut().for_each(|finding| settled_fix(finding, &settled.suppressed, &settled.in_baseline));
        Finding::sort(&mut settled.findings, path);
        settled.findings = one_for_each_place(settled.findings, self.deployments, self.store);
        // Of a rule that is switched off nobody can say whether it would find something.
        let runs = |remark: &Remark| remark.rule.is_none_or(|rule| selection.severity(rule, Severity::Error).is_some());
        settled.findings.extend(allowed.remarks.into_iter().filter(runs).map(remarked));
        settled.findings.retain_mut(|finding| levelled(finding, selection));
        Finding::sort(&mut settled.findings, path);
        settled
    }

    fn allowed(&self, found: Vec<Found>) -> suppress::Outcome {
        // In pages and programs comments are examples more often than not: they count where something is found.
        let places: BTreeSet<SourceId> = found.iter().map(|found| found.finding.primary.span.source).collect();
        self.scene(|id| places.contains(&id), |scene| suppress::apply(found, scene))
    }

    /// What comments and the configuration allow, for other repositories.
    pub(super) fn given(&self) -> Vec<Given> {
        self.scene(|_| true, suppress::given)
    }

    /// The scene: of scripts those of shells and those that matter.
    fn scene<T>(&self, matters: impl Fn(SourceId) -> bool, work: impl FnOnce(&Scene<'_>) -> T) -> T {
        let known: Vec<(&'static str, &'static str)> = rules::all().iter().map(|rule| (rule.id, rule.name)).collect();
        let counts = |id: &&SourceId| matters(**id) || discover::is_shell(&self.store.source(**id).path);
        let scripts = self.found.scripts.iter().filter(counts);
        let sources: Vec<SourceId> = self.found.sources.iter().chain(scripts).copied().collect();
        let settings = self.settings.filter(|settings| !settings.allowed.is_empty());
        let configuration = settings.and_then(|settings| settings.config.as_ref());
        let configuration = configuration.and_then(|it| self.store.add(&it.path, it.text.clone().into_bytes()).ok());
        let scene = Scene {
            store: self.store,
            sources: &sources,
            deployments: self.deployments,
            rules: &known,
            configured: settings.map_or(&[], |settings| &settings.allowed),
            configuration,
            elsewhere: self.others,
            whole: self.settings.is_some_and(Settings::is_whole),
        };
        work(&scene)
    }

    /// The findings that the baseline doesn't list.
    fn without_old(&self, findings: Vec<Finding>, is_read: bool) -> Settled {
        let with_baseline = self.settings.and_then(|settings| Some((settings, settings.baseline.as_ref()?)));
        let Some((settings, file)) = with_baseline else { return Settled { findings, ..Settled::default() } };
        let (about_files, seen) = self.seen(findings);
        let (known, others) = (self.known(), self.repositories());
        let sight = Sight {
            looked_at: &|entry| {
                let places = [entry.path.as_str(), entry.home()];
                is_read && !places.iter().any(|it| is_away(it, &others, &known)) && looked_at(entry, settings)
            },
            is_gone: &|entry| {
                let reads = is_read && settings.is_whole() && settings.reads(&entry.path);
                reads && !known.contains(entry.home()) && !self.is_there(entry.home())
            },
        };
        if file.update {
            return self.updated(file, &about_files, seen, &sight, is_read).with(about_files);
        }
        let parted = baseline::part(seen, self.listed.to_vec(), &sight);
        let notes = stale(file, &parted).filter(|_| !settings.quiet);
        let in_baseline = places(&parted.old);
        let settled = Settled {
            findings: found_in(&parted.new),
            in_baseline,
            notes: notes.into_iter().collect(),
            ..Settled::default()
        };
        settled.with(about_files)
    }

    /// Everything is in the baseline from now on, but for what is wrong with files.
    fn updated(
        &self,
        file: &BaselineFile,
        about_files: &[Finding],
        seen: Vec<Seen>,
        sight: &Sight<'_>,
        is_read: bool,
    ) -> Settled {
        let found = found_in(&seen);
        let parted = baseline::part(seen.clone(), self.listed.to_vec(), sight);
        // What could not be read may have made findings quieter: what is listed stays as loud as it is.
        let entries = match is_read {
            true => baseline::entries(&seen, &parted.unseen),
            false => baseline::entries(&parted.new, self.listed),
        };
        let after = baseline::render(&entries).into_bytes();
        let is_written = file.bytes.as_ref() != Some(&after);
        let (added, removed) = (baseline::more(&entries, self.listed), baseline::more(self.listed, &entries));
        let all = entries.iter().fold(0_u64, |all, entry| all.saturating_add(entry.count));
        let mut notes = vec![format!("{}: {added} added, {removed} removed, {all} in all", file.shown)];
        if !is_read {
            notes.push(format!("{}: what it lists is kept, because some files could not be read", file.shown));
        }
        if !about_files.is_empty() {
            notes.push(format!("{}: what is wrong with files themselves can't be put into a baseline", file.shown));
        }
        let before = file.bytes.clone();
        let written = is_written.then(|| WrittenBaseline { file: file.file.clone(), before, after });
        Settled { in_baseline: places(&found), notes, written, ..Settled::default() }
    }

    /// The findings about files, and all others as the baseline sees them.
    fn seen(&self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Seen>) {
        let (secrets, names): (Vec<Span>, _) = (secrets(self.deployments), names(self.deployments));
        let report = Report { findings, ..Report::default() };
        let words = Words::new(&Told { report: &report, store: self.store, secrets: &secrets, names: &names });
        let (about_files, others): (Vec<Finding>, Vec<Finding>) =
            report.findings.iter().cloned().partition(Finding::is_about_the_file);
        let seen = |finding: Finding| {
            let entry = Entry {
                rule: finding.rule.to_owned(),
                severity: finding.severity,
                path: self.store.source(finding.primary.span.source).path.to_string(),
                deployment: finding.deployment.as_deref().map(str::to_owned),
                message: words.of(&finding.message),
                key: words.of(&finding.key),
                count: 1,
            };
            Seen { finding, entry }
        };
        (about_files, others.into_iter().map(seen).collect())
    }

    /// The repositories that this run has facts of.
    fn repositories(&self) -> BTreeSet<String> {
        let sources = self.store.sources().into_iter().map(|(_, source)| source);
        let names = sources.filter(|source| source.is_elsewhere());
        names.filter_map(|source| source.path.split_once(':').map(|(name, _)| name.to_owned())).collect()
    }

    /// Whether the tree still has what a deployment is called by, read or not: its file, or inputs in its folder.
    fn is_there(&self, home: &str) -> bool {
        let path = home.split(" with ").next().unwrap_or(home);
        let path = if path == "." { "" } else { path.trim_end_matches("*.yaml").trim_end_matches('/') };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.store.list(folder).iter().any(|file| file == path)
            || self.store.list(path).iter().any(|file| discover::is_input(file))
    }

    /// The deployments and files of this run.
    fn known(&self) -> BTreeSet<String> {
        let deployments = self.deployments.iter().map(|deployment| deployment.name.to_string());
        deployments.chain(self.store.sources().into_iter().map(|(_, source)| source.path.to_string())).collect()
    }
}

impl Settled {
    /// How many findings the user allows, and how many the baseline lists.
    pub(super) fn left_out(&self) -> (usize, usize) {
        (self.suppressed.len(), self.in_baseline.len())
    }

    fn with(mut self, more: Vec<Finding>) -> Settled {
        self.findings.extend(more);
        self
    }
}

fn remarked(remark: Remark) -> Finding {
    let rule = match remark.kind {
        RemarkKind::Unused => "ACR904",
        RemarkKind::Unexplained => "ACR906",
    };
    about_file(rule, Severity::Note, remark.message, remark.span)
}

fn places(findings: &[Finding]) -> BTreeSet<Place> {
    findings.iter().map(|finding| (finding.rule, finding.primary.span)).collect()
}

/// An edit of a place where something is left as it is decides for that as well.
fn settled_fix(finding: &mut Finding, suppressed: &BTreeSet<Place>, in_baseline: &BTreeSet<Place>) {
    let place = (finding.rule, finding.primary.span);
    let is_shared = suppressed.contains(&place) || in_baseline.contains(&place);
    finding.fix = finding.fix.take().map(|fix| fix.only_safe_if(!is_shared));
}

/// Whether a run would have found what an entry lists: a rule that is gone finds nothing any more.
fn looked_at(entry: &Entry, settings: &Settings) -> bool {
    settings.selection.severity(&entry.rule, entry.severity).is_some() && settings.reads(&entry.path)
}

/// Whether a file or a deployment is of another repository, `contoso/infra:main.tf`, of which this run has no facts.
fn is_away(place: &str, others: &BTreeSet<String>, known: &BTreeSet<String>) -> bool {
    let of_another = |(name, _): (&str, &str)| settings::checked_name(name).is_ok() && !others.contains(name);
    !known.contains(place) && place.split_once(':').is_some_and(of_another)
}

fn found_in(seen: &[Seen]) -> Vec<Finding> {
    seen.iter().map(|it| it.finding.clone()).collect()
}

/// Whether a rule says that a file was not read as a whole: what is in it, and what depends on it, was not found.
fn is_unread(rule: &str) -> bool {
    matches!(rule, "ACR900" | "ACR901" | "ACR902" | "ACR903")
}

/// Makes a finding as loud as the configuration says, and says whether it is told at all.
fn levelled(finding: &mut Finding, selection: &Selection) -> bool {
    let rule = finding.rule;
    let level = |severity: &mut Severity| selection.severity(rule, *severity).map(|it| *severity = it).is_some();
    finding.each.retain_mut(|one| level(&mut one.severity));
    level(&mut finding.severity)
}

fn stale(file: &BaselineFile, parted: &Parted) -> Option<String> {
    let number = parted.stale.iter().fold(0_u64, |all, entry| all.saturating_add(entry.count));
    let named: Vec<String> =
        parted.stale.iter().take(NAMED).map(|entry| format!("{} in `{}`", entry.rule, entry.path)).collect();
    let more = if parted.stale.len() > NAMED { ", …" } else { "" };
    let what = if number == 1 { "1 finding of it is".to_owned() } else { format!("{number} findings of it are") };
    let text = format!(
        "{}: {what} found no more ({}{more}); the same command with `--update-baseline` takes {} out",
        file.shown,
        named.join(", "),
        if number == 1 { "it" } else { "them" }
    );
    (number > 0).then(|| Words::printable(&text))
}
