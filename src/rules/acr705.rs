//! ACR705 `tag-absent`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR705",
    name: "tag-absent",
    summary: "The registry did not have the tag or manifest of an image when its tags were listed",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR705.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for path in &case.paths {
        let Some(image) = &path.image else { continue };
        let Some(absent) = case.world.absent(image).filter(|absent| !absent.fetched) else { continue };
        let workload = path.workload.and_then(|at| case.world.workloads.get(at));
        let label = workload.map(|workload| workload.label.as_str()).unwrap_or_default();
        let severity = match path.step("image").map(|step| step.truth) {
            Some(Truth::No) => Severity::Error,
            _ => Severity::Note,
        };
        let message = format!("the registry had no {} of `{}`", absent.what, repository(&shown(image)));
        let key = story::of_workload(format!("{label}:{}", shown(image)), workload);
        let told = reporter.report(severity, path.place, message, key);
        let mut told = told.with(absent.listing.resource.declared, "what was there when somebody asked");
        if let Some(pushed) = absent.listing.pushed {
            told = told.with(pushed, "this pushes images: the tag may be there by now");
        }
        told.help(match absent.near {
            Some(near) => format!("`{near}` is there; push the image, or use a tag that exists"),
            None => "push the image, or use a tag that exists".to_owned(),
        });
    }
}

/// The image without tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rfind('/').map_or(0, |at| at + 1);
    let end = image.get(name..).and_then(|last| last.find(':')).map_or(image.len(), |at| name + at);
    image.get(..end).unwrap_or(image)
}
