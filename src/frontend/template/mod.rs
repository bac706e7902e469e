//! The deployment language: Bicep and ARM template JSON are lowered to one template and evaluated by one evaluator.
//!
//! Each root (a template that no other one deploys) with each of its parameter files is a deployment.

mod access;
pub mod arm;
mod arm_resource;
mod arm_value;
mod asked;
pub mod bicep;
mod bodies;
mod body;
mod canonical;
mod embedded;
mod evaluate;
mod frame;
mod fuel;
mod functions;
mod known;
mod library;
mod modules;
mod names;
mod objects;
mod parameters;
mod placed;
mod registry;
mod resources;
mod scope;
// Named for what it holds, the template both spellings become.
#[allow(clippy::module_inception)]
pub mod template;
#[cfg(test)]
mod tests;
mod twin;
mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use embedded::{Embedded, Embedding, Ready, Templates};
use evaluate::Evaluation;
use frame::{Given, Loaded};
use library::{Library, locked};
use parameters::{ParameterFiles, ParameterSet, is_json};
pub use registry::Registries;
pub use scope::Cloud;
pub use twin::{HEAD, is_compiled};

use super::{Lowered, Problem, Trouble, arguments};
use crate::ir::{Address, Cond, Deployment, Gap, Node, Why};
use crate::source::{SourceId, Store};

/// The evaluator recurses as deep as its fuel allows; this stack is enough for that in a debug build too.
const STACK: usize = 256 << 20;

/// What the user says of the world outside of the tree, for templates.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Where modules of registries are.
    pub registries: Registries,
    /// The cloud that is deployed to.
    pub cloud: Cloud,
}

/// Lowers all templates among the sources. `compiled` are the paths of what the Bicep compiler made of some of them.
pub fn lower(store: &Store, sources: &[SourceId], compiled: &[String], outside: &Outside) -> Lowered {
    super::with_stack(STACK, || lower_here(store, sources, compiled, outside))
}

/// One template deployed without parameters, with the bodies of all resources and the modules that it deploys: what an
/// oracle compares.
pub struct Whole {
    /// What it deploys.
    pub deployment: Deployment,
    /// Its modules and nested deployments at any depth, in the order of their addresses.
    pub modules: Vec<Deployed>,
}

/// A module or nested deployment.
pub struct Deployed {
    /// Its address.
    pub address: Arc<Address>,
    /// Its id.
    pub id: Node,
    /// The canonical text of its name.
    pub name: String,
    /// When it is deployed.
    pub deployed: Cond,
    /// Whether its template is there.
    pub resolved: bool,
}

/// Deploys one template whole. Modules from registries are not resolved, those whose names are `closed` are not looked
/// into.
pub fn whole(store: &Store, source: SourceId, name: &str, closed: Vec<String>) -> Result<Whole, Why> {
    let library = Library::without_registries(store);
    let loaded = library.load(source)?;
    let (language, name) = (loaded.template.language, Arc::<str>::from(name));
    let evaluation = Evaluation { whole: true, closed, ..Evaluation::new(&library, name.clone()) };
    let resources = evaluation.run(loaded, Given::Nothing);
    let modules = evaluation.deployed_modules();
    let gaps = evaluation.gaps.take();
    Ok(Whole { deployment: Deployment { resources, gaps, ..Deployment::new(name, language, source) }, modules })
}

/// A template of the tree.
struct Candidate {
    source: SourceId,
    path: Arc<str>,
    loaded: Arc<Loaded>,
}

fn lower_here(store: &Store, sources: &[SourceId], compiled: &[String], outside: &Outside) -> Lowered {
    let library = Library::new(store, outside.clone());
    let files = ParameterFiles::of(&library, sources);
    let roots = roots(&library, candidates(&library, sources));
    let mut passed = arguments::of_templates(store);
    passed.extend(files.strangers(&roots));
    let jobs = jobs(&roots, &files);
    let mut deployments = super::on_all_cores(STACK, &jobs, |(root, set)| {
        super::without_placeholders(deploy(&library, root, *set, &passed))
    });
    deployments.sort_by(|a, b| a.name.cmp(&b.name));
    let mut problems = std::mem::take(&mut *locked(&library.problems));
    problems.extend(deployments.iter().flat_map(|it| &it.gaps).filter_map(limit));
    problems.extend(twin::problems(&library, compiled, &problems));
    let inputs = std::mem::take(&mut *locked(&library.inputs)).into_iter().collect();
    Lowered { deployments, problems, inputs, ..Lowered::default() }
}

/// A limit that evaluation reached is told like one that reading reaches.
fn limit(gap: &Gap) -> Option<Problem> {
    let Why::LimitReached(_) = &gap.why else { return None };
    Some(Problem { trouble: Trouble::Limit, message: gap.why.to_string(), span: gap.span, help: None })
}

/// A root and one of its parameter files.
type Job<'a> = (&'a Candidate, Option<(SourceId, &'a ParameterSet)>);

/// Each root that deploys something, with each of its parameter files.
fn jobs<'a>(roots: &'a [Candidate], files: &'a ParameterFiles) -> Vec<Job<'a>> {
    let folder = |candidate: &'a Candidate| candidate.path.rsplit_once('/').map(|(folder, _)| folder);
    let mut neighbours: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for root in roots {
        *neighbours.entry(folder(root)).or_default() += 1;
    }
    let mut jobs = Vec::new();
    for root in roots {
        let template = &root.loaded.template;
        if template.resources.is_empty() && template.lost.is_empty() {
            continue;
        }
        let alone = neighbours.get(&folder(root)) == Some(&1);
        let sets = files.for_template(root.source, &root.path, &root.loaded, alone);
        if sets.is_empty() {
            jobs.push((root, None));
        }
        jobs.extend(sets.into_iter().map(|set| (root, Some(set))));
    }
    jobs
}

/// Bicep files are parsed on all cores first; imports and the rest go one after the other, so that what is opened on the
/// way has the same number each time.
fn candidates(library: &Library<'_>, sources: &[SourceId]) -> Vec<Candidate> {
    let path = |source: SourceId| library.store.source(source).path.clone();
    let bicep: Vec<SourceId> =
        sources.iter().copied().filter(|&source| path(source).to_ascii_lowercase().ends_with(".bicep")).collect();
    super::on_all_cores(STACK, &bicep, |&source| library.parse(source));
    bicep.iter().for_each(|&source| library.open_loads(source));
    let mut found = Vec::new();
    for &source in sources {
        let file = library.store.source(source);
        let lower = file.path.to_ascii_lowercase();
        let ours = lower.ends_with(".bicep") || is_json(&lower) && looks_like_template(&file.text);
        if let Some(loaded) = ours.then(|| library.load(source).ok()).flatten() {
            found.push(Candidate { source, path: file.path.clone(), loaded });
        }
    }
    found
}

fn looks_like_template(text: &str) -> bool {
    text.contains("eploymentTemplate.json") || text.contains("\"contentVersion\"") && text.contains("\"resources\"")
}

/// Templates that no other template deploys. Templates that only deploy each other in a circle have their first one as
/// a root.
fn roots(library: &Library<'_>, candidates: Vec<Candidate>) -> Vec<Candidate> {
    let uses: Vec<Vec<SourceId>> =
        candidates.iter().map(|candidate| library.uses(&candidate.loaded.template)).collect();
    let used_by_others: BTreeSet<SourceId> = candidates
        .iter()
        .zip(&uses)
        .flat_map(|(candidate, uses)| uses.iter().copied().filter(|&used| used != candidate.source))
        .collect();
    let of: BTreeMap<SourceId, &Vec<SourceId>> =
        candidates.iter().zip(&uses).map(|(candidate, uses)| (candidate.source, uses)).collect();
    let (mut chosen, mut covered) = (BTreeSet::new(), BTreeSet::new());
    let plain = candidates.iter().filter(|candidate| !used_by_others.contains(&candidate.source));
    for candidate in plain.chain(&candidates) {
        if covered.contains(&candidate.source) {
            continue;
        }
        chosen.insert(candidate.source);
        let mut open = vec![candidate.source];
        while let Some(source) = open.pop() {
            if covered.insert(source) {
                open.extend(of.get(&source).copied().into_iter().flatten());
            }
        }
    }
    candidates.into_iter().filter(|candidate| chosen.contains(&candidate.source)).collect()
}

/// One deployment. A parameter that something else of the tree passes may have any value where the set gives it none.
fn deploy(
    library: &Library<'_>,
    root: &Candidate,
    set: Option<(SourceId, &ParameterSet)>,
    passed: &BTreeSet<String>,
) -> Deployment {
    let name: Arc<str> = match set {
        Some((file, _)) => format!("{} with {}", root.path, library.store.source(file).path).into(),
        None => root.path.clone(),
    };
    let evaluation = Evaluation::new(library, name.clone());
    let mut given = set.map_or_else(Vec::new, |(_, set)| parameters::values(set, &evaluation));
    for parameter in root.loaded.template.parameters.iter().filter(|parameter| parameter.default.is_some()) {
        let own = given.iter().any(|(name, _)| name.eq_ignore_ascii_case(&parameter.name));
        if !own && passed.contains(&parameter.name.to_ascii_lowercase()) {
            let symbol = format!("{name}#param:{}", parameter.name);
            let value = Node::symbol(Why::Parameter(parameter.name.clone()), symbol, parameter.span);
            given.push((parameter.name.clone(), value));
        }
    }
    let resources = evaluation.run(root.loaded.clone(), Given::Values(given));
    Deployment {
        parameters: set.map(|(file, _)| file),
        asked: evaluation.asked.take(),
        calls: evaluation.calls.take(),
        resources,
        gaps: evaluation.gaps.take(),
        ..Deployment::new(name, root.loaded.template.language, root.source)
    }
}
