//! Images whose references the kubelet refuses before it asks any registry.

use super::{Case, Path};
use crate::azure::reference::{Break, Reading, read};
use crate::ir::{Language, Node, Value, Why};
use crate::world::World;
use crate::world::workload::Workload;

impl Case<'_, '_> {
    /// What breaks the grammar of the image of a path, and whether it is sure that it is applied as it stands.
    pub fn broken_reference(&self, path: &Path) -> Option<(Break, bool)> {
        match reading(self.world, path)? {
            Reading::Broken(what, sure) => Some((what, sure)),
            Reading::Whole | Reading::FilledIn => None,
        }
    }
}

/// What the image of a path is. What is filled in on the way to the cluster by something of the tree, or by whoever makes
/// a chart or a kustomization of it, counts as whole.
pub(super) fn reading(world: &World<'_>, path: &Path) -> Option<Reading> {
    let image = path.image.as_ref().filter(|image| !image.secret)?;
    let workload = world.workloads.get(path.workload?)?;
    let as_it_stands = || is_raw(world, workload, image) && !world.fills_placeholders();
    Some(match written(image) {
        Reading::Broken(what, sure) => Reading::Broken(what, sure && as_it_stands()),
        Reading::FilledIn if as_it_stands() => Reading::FilledIn,
        Reading::FilledIn | Reading::Whole => Reading::Whole,
    })
}

fn written(image: &Node) -> Reading {
    let open = |piece: &Node| matches!(piece.value, Value::Unknown { why: Why::TemplateText, .. });
    match (image.as_str(), &image.value) {
        (Some(text), _) => read(text),
        (None, Value::Concat(pieces)) if pieces.iter().any(open) => Reading::FilledIn,
        _ => Reading::Whole,
    }
}

/// Whether an image stands in a manifest that is applied as it is: what charts and kustomizations are made of is written
/// to be changed.
fn is_raw(world: &World<'_>, workload: &Workload<'_>, image: &Node) -> bool {
    let resource = workload.resource;
    let root = resource.address.root.to_ascii_lowercase();
    let made = root.contains("chart.yaml") || root.contains("kustomization");
    let own = image.span.source == resource.extent.source;
    own && !made && resource.language == Language::Kubernetes && !world.outlook.examples.contains(&image.span.source)
}
