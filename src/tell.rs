//! From judgements to plain data that reports can tell.

mod graph;

use std::collections::{BTreeMap, HashMap};

use crate::cli;
use crate::ir::{Deployment, Node, Truth};
use crate::pull::{Case, Path};
use crate::report::{Format, Pull, RuleText, Step, Verdict};
use crate::rules::Rule;
use crate::source::SourceId;
use crate::world::World;
use crate::world::grant::Granted;
use crate::world::identity::Holder;
use crate::world::mutation::rewriter;
use crate::world::workload::shown;
pub use graph::graph;

/// How many of the values that decide about pulls are known.
#[derive(Clone, Debug, Default)]
pub struct Joins {
    /// Principals, scopes, roles, names, hosts.
    pub values: usize,
    /// Those that are unknown.
    pub unknown: usize,
    /// Reasons with their number, most frequent first.
    pub reasons: Vec<(String, usize)>,
}

/// Counts the join values of a world.
pub fn joins(world: &World<'_>) -> Joins {
    let mut values = 0;
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |unknown: Option<String>| {
        values += 1;
        if let Some(why) = unknown {
            *reasons.entry(why).or_default() += 1;
        }
    };
    let why = |node: &Node| node.why().map(|why| why.kind().to_owned());
    for grant in &world.grants {
        count(match &grant.holder {
            Holder::Unknown(why) => Some(why.kind().to_owned()),
            _ => None,
        });
        count(match &grant.role {
            Granted::Unknown(why) => Some(why.kind().to_owned()),
            _ => None,
        });
        count(why(&grant.scope));
    }
    world.registries.iter().for_each(|registry| count(why(&registry.name)));
    world.clusters.iter().for_each(|cluster| count(why(&cluster.name)));
    world
        .workloads
        .iter()
        .flat_map(|workload| &workload.images)
        .for_each(|image| count(why(image).or_else(|| rewriter(image).map(|why| why.kind().to_owned()))));
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Joins { values, unknown: reasons.iter().map(|(_, number)| number).sum(), reasons }
}

/// Every path as it is told; those that differ in nothing but the parameter file as one.
pub fn pulls(case: &Case<'_, '_>, deployments: &[Deployment]) -> Vec<Pull> {
    let sets = Sets::of(deployments, case);
    let mut pulls: Vec<Pull> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for path in &case.paths {
        let (new, set) = (pull(case, path), sets.of_cluster(case, path));
        let at = *known.entry(format!("{new:?}")).or_insert(pulls.len());
        if at == pulls.len() {
            pulls.push(new);
        }
        pulls.get_mut(at).into_iter().for_each(|pull| pull.parameters.extend(set.clone()));
    }
    for pull in &mut pulls {
        pull.parameters.sort();
        pull.parameters.dedup();
    }
    pulls.sort_by_cached_key(|pull| {
        (
            case.store.source(pull.place.source).path.to_string(),
            pull.place,
            pull.workload.clone(),
            pull.image.clone(),
            pull.cluster.clone(),
            pull.parameters.clone(),
        )
    });
    pulls
}

/// The parameter files of deployments whose template has several.
struct Sets<'r>(BTreeMap<&'r str, String>);

impl<'r> Sets<'r> {
    fn of(deployments: &'r [Deployment], case: &Case<'_, '_>) -> Sets<'r> {
        let mut count: BTreeMap<SourceId, usize> = BTreeMap::new();
        deployments.iter().for_each(|deployment| *count.entry(deployment.source).or_default() += 1);
        let several = |own: &&Deployment| count.get(&own.source).is_some_and(|&count| count > 1);
        let file = |own: &'r Deployment| Some((&*own.name, case.store.source(own.parameters?).path.to_string()));
        Sets(deployments.iter().filter(several).filter_map(file).collect())
    }

    fn of_cluster(&self, case: &Case<'_, '_>, path: &Path) -> Option<String> {
        let cluster = case.world.clusters.get(path.cluster?)?;
        self.0.get(&*cluster.resource.address.root).cloned()
    }
}

fn verdict(truth: Truth) -> Verdict {
    match truth {
        Truth::Yes => Verdict::Fine,
        Truth::No => Verdict::Broken,
        Truth::Unknown => Verdict::Unknown,
    }
}

fn pull(case: &Case<'_, '_>, path: &Path) -> Pull {
    let world = case.world;
    let registry = path.registry.and_then(|at| world.registries.get(at));
    let steps = path.steps.iter().map(|step| Step {
        name: step.name,
        verdict: verdict(step.judgement.truth),
        text: step.judgement.because.iter().map(|evidence| evidence.text.as_str()).collect::<Vec<_>>().join(", "),
        place: step.judgement.because.first().map(|evidence| evidence.span),
    });
    Pull {
        image: path.image.as_ref().map(shown),
        workload: path.workload.and_then(|at| world.workloads.get(at)).map(|workload| workload.label.clone()),
        place: path.place,
        cluster: path.cluster.and_then(|at| world.clusters.get(at)).map(|cluster| shown(&cluster.name)),
        registry: registry.map(|registry| shown(&registry.name)).or_else(|| path.host.clone()),
        parameters: Vec::new(),
        verdict: verdict(path.truth()),
        steps: steps.collect(),
    }
}

/// A rule as reports tell it.
pub fn rule_text(rule: &Rule) -> RuleText {
    let tags = match rule.id.get(3..4) {
        Some("1") => vec!["permission", "reliability"],
        Some("2") => vec!["pull-secret", "reliability"],
        Some("4") => vec!["cluster-identity", "reliability"],
        Some("5" | "6") => vec!["registry", "reliability"],
        Some("7") => vec!["image", "reliability"],
        _ => vec!["file"],
    };
    RuleText {
        id: rule.id,
        name: rule.name,
        summary: rule.summary,
        severity: rule.severity,
        page: rule.docs,
        tags,
        security_severity: rule.security,
    }
}

/// The format that a flag means.
pub fn format(format: cli::Format) -> Format {
    match format {
        cli::Format::Human => Format::Human,
        cli::Format::Concise => Format::Concise,
        cli::Format::Json => Format::Json,
        cli::Format::Github => Format::Github,
        cli::Format::Sarif => Format::Sarif,
        cli::Format::Gitlab => Format::Gitlab,
        cli::Format::Azure => Format::Azure,
        cli::Format::Junit => Format::Junit,
        cli::Format::Markdown => Format::Markdown,
        cli::Format::Mermaid => Format::Mermaid,
        cli::Format::Dot => Format::Dot,
    }
}
