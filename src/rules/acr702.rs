//! ACR702 `misspelt-registry-host`.

use super::{Reporter, Rule};
use crate::azure::image;
use crate::edit::Repair;
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
        // A host one slip away from a registry's may well be a real one, of somebody else.
        let near = case.world.near_miss(host).or_else(|| numbered(case, host));
        let (severity, message, meant) = match (image::misspelt(host), near) {
            (Some(meant), _) => (Severity::Error, format!("no registry has the host `{host}`"), meant),
            (None, Some(meant)) => {
                (Severity::Warning, format!("no registry of this tree has the host `{host}`"), meant.to_owned())
            }
            (None, None) => continue,
        };
        let sure = severity == Severity::Error;
        let fix = Repair::Host { place: path.place, from: host, to: &meant, sure }.fix(case.store);
        let told = reporter.report(severity, path.place, message, format_args!("{host}"));
        told.at(format!("`{meant}` may be meant")).help(format!("write `{meant}`")).fix(fix);
    }
}

/// The host of a registry that the tree declares and nobody pulls from, when a digit is all that is different.
fn numbered<'w>(case: &'w Case<'_, '_>, host: &str) -> Option<&'w str> {
    let at = case.world.one_digit_off(host)?;
    let pulled = case.paths.iter().any(|path| path.registry == Some(at) && path.image.is_some());
    case.world.registries.get(at).filter(|_| !pulled)?.host.as_str()
}
