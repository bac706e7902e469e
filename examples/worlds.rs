//! Compares what acrlint makes of a Terraform configuration with what it makes of a plan of it.
//!
//! `cargo run --release --example worlds -- FOLDER… [--show]`: every folder below that holds a plan as JSON beside `.tf` files
//! is read three times: the configuration alone, the plan alone, and both together. Facts of the three worlds are compared
//! by the addresses of what they are about: who pulls for a cluster, what a registry is set to, whom each grant serves and
//! what it covers, whether a cluster may pull from a registry, which registry each image comes from.
//!
//! Two worlds *agree* on a fact when both know it and say the same, one is *weaker* when it doesn't know it, and they
//! *contradict* each other when both know it and say something else. That must not be, except where the plan was made with
//! other values or is older than the configuration.

// A command that talks on standard output.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acrlint::frontend::terraform;
use acrlint::ir::{Address, Truth};
use acrlint::pull::Case;
use acrlint::source::{FolderFiles, MemoryFiles, SourceId, Store};
use acrlint::world::knowledge::Fact;
use acrlint::world::workload::shown;
use acrlint::{Outlook, world::World};

/// Files larger than this, in bytes, are not read.
const LARGEST: u64 = 64 << 20;

/// What is known, by what it is about; nothing where it isn't known.
type Facts = BTreeMap<String, Option<String>>;

/// How two worlds stand to each other.
#[derive(Default)]
struct Score {
    agree: usize,
    weaker: usize,
    contradict: Vec<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (options, folders): (Vec<_>, Vec<_>) = arguments.iter().partition(|it| it.starts_with("--"));
    if folders.is_empty() {
        eprintln!("usage: worlds FOLDER… [--show]");
        return ExitCode::from(2);
    }
    let mut plans = Vec::new();
    folders.iter().for_each(|folder| gather(Path::new(folder), &mut plans));
    let (mut apart, mut together, mut beside) = (Score::default(), Score::default(), Score::default());
    for plan in &plans {
        let Some((configuration, planned, both)) = worlds(plan) else { continue };
        let name = plan.display().to_string();
        apart.add(&name, &configuration, &planned);
        together.add(&name, &configuration, &both);
        beside.add(&name, &planned, &both);
    }
    println!("{} folders with a plan beside its configuration", plans.len());
    let rows = [("configuration : plan", apart), ("configuration : both", together), ("plan : both", beside)];
    for (what, score) in rows {
        println!("{what}: agree {}, weaker {}, contradict {}", score.agree, score.weaker, score.contradict.len());
        score.contradict.iter().filter(|_| !options.is_empty()).for_each(|line| println!("  {line}"));
    }
    ExitCode::SUCCESS
}

/// Plans beside `.tf` files, the first of each folder.
fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let ends = |path: &PathBuf, ending: &str| path.extension().is_some_and(|own| own == ending);
    if paths.iter().any(|path| ends(path, "tf")) {
        let is_plan = |path: &&PathBuf| {
            ends(path, "json") && std::fs::read_to_string(path).is_ok_and(|text| text.contains("\"planned_values\""))
        };
        found.extend(paths.iter().find(is_plan).cloned());
    }
    paths.iter().filter(|path| path.is_dir() && !path.is_symlink()).for_each(|path| gather(path, found));
}

fn worlds(plan: &Path) -> Option<(Facts, Facts, Facts)> {
    let folder = plan.parent()?;
    let name = plan.file_name()?.to_str()?;
    let of_folder = |with_plan: bool| {
        let store = Store::new(FolderFiles::new(folder, LARGEST).ok()?);
        let mut names: Vec<String> = store.list("").into_iter().filter(|it| it.ends_with(".tf")).collect();
        names.extend(with_plan.then(|| name.to_owned()));
        let sources: Vec<SourceId> = names.iter().filter_map(|name| store.open_path(name).ok()).collect();
        Some(facts(&store, &sources))
    };
    let alone = Store::new(MemoryFiles(BTreeMap::from([(name.to_owned(), std::fs::read(plan).ok()?)])));
    let source = alone.open_path(name).ok()?;
    Some((of_folder(false)?, facts(&alone, &[source]), of_folder(true)?))
}

fn facts(store: &Store, sources: &[SourceId]) -> Facts {
    let lowered = terraform::lower(store, sources, &acrlint::frontend::template::Outside::default());
    let world = World::new(&lowered.deployments, Vec::new(), Outlook::default());
    let case = Case::judge(&world, store);
    let mut facts = Facts::new();
    for registry in &world.registries {
        let of = |what: &str| format!("registry {} {what}", registry.resource.address);
        facts.insert(of("admin"), flag(&registry.admin));
        facts.insert(of("public"), flag(&registry.public));
        facts.insert(of("admits all"), flag(&registry.admits_all));
        facts.insert(of("anonymous"), flag(&registry.anonymous));
        facts.insert(of("mode"), registry.mode.value().map(|mode| format!("{mode:?}")));
        facts.insert(of("name"), registry.name.as_str().map(str::to_owned));
    }
    for cluster in &world.clusters {
        let stated = format!("{:?}", cluster.stated);
        let of = |what: &str| format!("cluster {} {what}", cluster.resource.address);
        facts.insert(of("identity"), Some(stated).filter(|stated| stated != "Unknown"));
        facts.insert(of("name"), cluster.name.as_str().map(str::to_owned));
    }
    for grant in &world.grants {
        let own = &grant.resource.address;
        let role = grant.role_name();
        facts.insert(format!("grant {own} role"), Some(role).filter(|role| !role.starts_with("a role that")));
        for cluster in &world.clusters {
            let about = format!("grant {own} for {}", cluster.resource.address);
            facts.insert(about, truth(grant.pulls_for(cluster)));
        }
        for registry in &world.registries {
            facts.insert(format!("grant {own} on {}", registry.resource.address), truth(grant.covers(registry)));
        }
    }
    let address = |at: Option<&Address>| at.map(ToString::to_string).unwrap_or_default();
    for pair in &case.pairs {
        let cluster = world.clusters.get(pair.cluster).map(|it| &*it.resource.address);
        let registry = world.registries.get(pair.registry).map(|it| &*it.resource.address);
        let about = format!("pull by {} from {}", address(cluster), address(registry));
        facts.insert(about, truth(pair.permission.truth));
    }
    for path in case.paths.iter() {
        let Some(workload) = path.workload.and_then(|at| world.workloads.get(at)) else { continue };
        let registry = path.registry.and_then(|at| world.registries.get(at)).map(|it| &*it.resource.address);
        let repository = path.repository.clone().unwrap_or_default();
        facts.insert(format!("image {repository} of {}", workload.resource.address), registry.map(|it| it.to_string()));
    }
    for secret in &world.secrets {
        let name = Some(shown(&secret.name)).filter(|name| !name.contains('…'));
        facts.insert(format!("secret {} name", secret.resource.address), name);
    }
    facts
}

fn flag(fact: &Fact<bool>) -> Option<String> {
    fact.value().map(ToString::to_string)
}

fn truth(truth: Truth) -> Option<String> {
    match truth {
        Truth::Yes => Some("yes".to_owned()),
        Truth::No => Some("no".to_owned()),
        Truth::Unknown => None,
    }
}

impl Score {
    fn add(&mut self, name: &str, one: &Facts, other: &Facts) {
        for (about, said) in one {
            match (said, other.get(about).and_then(Option::as_ref)) {
                (Some(one), Some(other)) if one == other => self.agree += 1,
                (Some(one), Some(other)) => {
                    self.contradict.push(format!("{name}: {about}: {one} here, {other} there"));
                }
                _ => self.weaker += 1,
            }
        }
    }
}
