//! Images whose references the kubelet refuses before it asks any registry.

use super::{Case, Path};
use crate::azure::reference::{Break, broken};
use crate::ir::{Language, Node};
use crate::world::World;
use crate::world::workload::Workload;

impl Case<'_, '_> {
    /// What breaks the grammar of the image of a path, and whether it is sure that it is applied as it stands.
    pub fn broken_reference(&self, path: &Path) -> Option<(Break, bool)> {
        broken_reference(self.world, path)
    }
}

pub(super) fn broken_reference(world: &World<'_>, path: &Path) -> Option<(Break, bool)> {
    let image = path.image.as_ref().filter(|image| !image.secret)?;
    let workload = world.workloads.get(path.workload?)?;
    let (what, sure) = broken(image.as_str()?)?;
    Some((what, sure && is_raw(world, workload, image) && !world.fills_placeholders()))
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
