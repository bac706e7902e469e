//! From judgements to plain data that reports can tell.

use std::collections::BTreeMap;

use crate::cli;
use crate::ir::{Node, Truth};
use crate::pull::{Case, Path};
use crate::report::{Format, Pull, RuleText, Step, Verdict};
use crate::rules::Rule;
use crate::world::World;
use crate::world::grant::Granted;
use crate::world::identity::Holder;
use crate::world::workload::shown;

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
    world.workloads.iter().flat_map(|workload| &workload.images).for_each(|image| count(why(image)));
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Joins { values, unknown: reasons.iter().map(|(_, number)| number).sum(), reasons }
}

/// Every path as it is told.
pub fn pulls(case: &Case<'_, '_>) -> Vec<Pull> {
    let mut pulls: Vec<Pull> = case.paths.iter().map(|path| pull(case, path)).collect();
    pulls.sort_by_cached_key(|pull| {
        (
            case.store.source(pull.place.source).path.to_string(),
            pull.place,
            pull.workload.clone(),
            pull.image.clone(),
            pull.cluster.clone(),
        )
    });
    pulls.dedup();
    pulls
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
    }
}
