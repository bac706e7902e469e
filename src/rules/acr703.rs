//! ACR703 `never-pulled`.

use super::{Reporter, Rule, story};
use crate::azure::image;
use crate::edit::Repair;
use crate::finding::{Fix, Severity};
use crate::pull::Case;
use crate::source::Span;
use crate::world::Node;
use crate::world::World;
use crate::world::workload::{Workload, shown};

pub(super) static RULE: Rule = Rule {
    id: "ACR703",
    name: "never-pulled",
    summary: "An image in ACR is never pulled: only a node that already has it can run it",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR703.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for workload in &case.world.workloads {
        for (image, place) in workload.never_pulled.iter().filter(|(image, _)| is_in_azure(image)) {
            if is_put_there(case.world, image) {
                continue;
            }
            let message =
                format!("`{}` is never pulled: the pod runs only where the node has it already", shown(image));
            reporter
                .report(
                    RULE.severity,
                    *place,
                    message,
                    story::of_workload(format!("{}:{}", workload.label, shown(image)), Some(workload)),
                )
                .with(image.span, "the image")
                .help("use `IfNotPresent`, or leave the policy out")
                .fix(pulled(case, workload, *place));
        }
    }
}

/// Whether a node has the image by other means, nobody knows.
fn pulled(case: &Case<'_, '_>, workload: &Workload<'_>, place: Span) -> Option<Fix> {
    Repair::Word { owner: workload.resource, place, from: "Never", to: "IfNotPresent", safe: false }.fix(case.store)
}

fn is_in_azure(image: &Node) -> bool {
    image::parse(image).host.as_ref().and_then(Node::as_str).is_some_and(image::is_registry_host)
}

/// Another workload pulls the same image to the nodes first: a DaemonSet of the tree.
fn is_put_there(world: &World<'_>, image: &Node) -> bool {
    world.workloads.iter().any(|other| {
        let pulls = other.images.iter().any(|own| own.value == image.value);
        let never = other.never_pulled.iter().any(|(own, _)| own.value == image.value);
        other.resource.kind.ends_with("/DaemonSet") && pulls && !never
    })
}
