//! ACR702 `misspelt-registry-host`.

use super::{Reporter, Rule};
use crate::azure::image;
use crate::finding::Severity;
use crate::pull::Case;

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
        let (severity, meant) = match (image::misspelt(host), near_miss(case, host)) {
            (Some(meant), _) => (Severity::Error, meant),
            (None, Some(meant)) => (Severity::Warning, meant),
            (None, None) => continue,
        };
        let told =
            reporter.report(severity, path.place, format!("no registry has the host `{host}`"), format_args!("{host}"));
        told.at(format!("`{meant}` may be meant")).help(format!("write `{meant}`"));
    }
}

/// A known registry whose host is one letter away. Where the tree names other registries it may well be a real one.
fn near_miss(case: &Case<'_, '_>, host: &str) -> Option<String> {
    let known = case.world.registries.iter().filter_map(|registry| registry.host.as_str());
    let near = known.filter(|known| strsim::damerau_levenshtein(known, &host.to_ascii_lowercase()) == 1);
    near.map(str::to_owned).next()
}
