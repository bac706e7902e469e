//! ACR702 `misspelt-registry-host`.

use super::{Reporter, Rule, story};
use crate::azure::image;
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::Case;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    id: "ACR702",
    name: "misspelt-registry-host",
    summary: "An image's host is a misspelt ACR domain, a data host, or nearly the name of a registry here",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR702.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for path in &case.paths {
        let (Some(host), Some(image)) = (&path.host, &path.image) else { continue };
        // A host that is not known whole may be anything.
        if image::parse(image).host.is_none_or(|host| host.as_str().is_none()) {
            continue;
        }
        // A host one slip away from a registry's may well be a real one, of somebody else.
        let near = case.world.near_miss(host).or_else(|| numbered(case, host));
        let near = near.filter(|meant| is_written_out(case, meant) && !is_another_stage(host, meant));
        let (severity, message, meant) = match (image::misspelt(host), near) {
            (Some(meant), _) => (Severity::Error, format!("no registry has the host `{host}`"), meant),
            (None, Some(meant)) => {
                (Severity::Warning, format!("no registry of this tree has the host `{host}`"), meant.to_owned())
            }
            (None, None) => continue,
        };
        let sure = severity == Severity::Error;
        // Containers of a pod often have one image.
        let workload = path.workload.and_then(|at| case.world.workloads.get(at));
        let images = workload.into_iter().flat_map(|workload| &workload.images);
        let mut places: Vec<Span> = images.filter(|it| it.value == image.value).map(|it| it.span).collect();
        places.push(path.place);
        let fix = Repair::Host { places, from: host, to: &meant, sure }.fix(case.store);
        let told = reporter.report(severity, path.place, message, story::of_workload(host.clone(), workload));
        told.at(format!("`{meant}` may be meant")).help(format!("write `{meant}`")).fix(fix);
    }
}

/// Whether the name of the registry with this host stands somewhere as it is: one that is made of parameters is another
/// one with every environment.
fn is_written_out(case: &Case<'_, '_>, host: &str) -> bool {
    let mut own = case.world.registries.iter().filter(|registry| registry.host.as_str() == Some(host));
    own.any(|registry| {
        let name = registry.name.as_str().unwrap_or_default().to_ascii_lowercase();
        let places = [registry.name.span, registry.host.span];
        places.iter().any(|&span| !name.is_empty() && case.store.snippet(span).to_ascii_lowercase().contains(&name))
    })
}

/// Whether both names end with a number, and nothing else is different: environments are numbered like this.
fn is_another_stage(host: &str, other: &str) -> bool {
    let stem = |host: &str| {
        let name = host.split('.').next().unwrap_or_default();
        let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
        (stem.len() < name.len()).then(|| stem.to_ascii_lowercase())
    };
    let rest = |host: &str| host.split_once('.').map(|(_, rest)| rest.to_ascii_lowercase());
    stem(host).is_some() && stem(host) == stem(other) && rest(host) == rest(other)
}

/// The host of a registry that the tree declares and nobody pulls from, when a digit is all that is different.
fn numbered<'w>(case: &'w Case<'_, '_>, host: &str) -> Option<&'w str> {
    let at = case.world.one_digit_off(host)?;
    let pulled = case.paths.iter().any(|path| path.registry == Some(at) && path.image.is_some());
    case.world.registries.get(at).filter(|_| !pulled)?.host.as_str()
}
