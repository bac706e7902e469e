//! GitOps objects that change the manifests they apply: what they change is unknown in what lies under their path.

use super::Lowered;
use super::kustomize::patch::{loosen as loosen_object, unplace};
use crate::ir::{Node, Resource, Why};
use crate::source::Store;

/// An object that applies manifests and changes them on the way.
struct Carrier {
    /// The folder that it applies, relative to the root; none when that can't be told.
    folder: Option<String>,
    /// It puts everything into a namespace of its own.
    places: bool,
    /// It changes images, or anything.
    changes: bool,
    why: Why,
}

/// Takes back what is known of manifests that a GitOps object changes.
pub(super) fn loosen(lowered: &mut Lowered, store: &Store) {
    let resources = lowered.deployments.iter().flat_map(|deployment| &deployment.resources);
    let carriers: Vec<Carrier> = resources.filter_map(carrier).filter(|it| it.places || it.changes).collect();
    for deployment in &mut lowered.deployments {
        for resource in &mut deployment.resources {
            // An overlay under the path applies bases that lie elsewhere.
            let path = store.source(resource.extent.source).path.clone();
            let applies = |carrier: &&Carrier| carrier.applies(&path) || carrier.applies(&deployment.name);
            carriers.iter().filter(applies).for_each(|carrier| carrier.change(resource));
        }
    }
}

fn carrier(resource: &Resource) -> Option<Carrier> {
    let (group, kind) =
        resource.kind.split_once('/').and_then(|(group, rest)| Some((group, rest.rsplit('/').next()?)))?;
    let spec = resource.body.get("spec")?;
    match (group, kind) {
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => Some(Carrier {
            folder: folder(spec.get("path")),
            places: spec.get("targetNamespace").is_some(),
            changes: spec.get("images").is_some() || spec.get("patches").is_some() || spec.get("components").is_some(),
            why: Why::UnsupportedSyntax("what a Flux Kustomization changes".into()),
        }),
        ("argoproj.io", "Application") => {
            let source = spec.get("source").or_else(|| spec.get("sources"))?;
            let kustomize = source.get("kustomize");
            Some(Carrier {
                folder: folder(source.get("path")),
                places: kustomize.is_some_and(|it| it.get("namespace").is_some()),
                changes: kustomize.is_some() || source.as_map().is_none(),
                why: Why::UnsupportedSyntax("what an Argo CD Application changes".into()),
            })
        }
        ("argoproj.io", "ApplicationSet") => {
            let why = Why::UnsupportedSyntax("what an Argo CD ApplicationSet changes".into());
            let kustomize = spec.at(&["template", "spec", "source", "kustomize"]).is_some();
            Some(Carrier { folder: None, places: false, changes: kustomize, why })
        }
        _ => None,
    }
}

/// `./apps/shop/` is `apps/shop`; nothing when it is not known.
fn folder(path: Option<&Node>) -> Option<String> {
    let parts = path?.as_str()?.split('/').filter(|part| !part.is_empty() && *part != ".");
    Some(parts.collect::<Vec<_>>().join("/"))
}

impl Carrier {
    fn applies(&self, path: &str) -> bool {
        match self.folder.as_deref() {
            None | Some("") => true,
            Some(folder) => path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
        }
    }

    fn change(&self, resource: &mut Resource) {
        let kind = resource.kind.rsplit('/').next().unwrap_or_default().to_owned();
        if self.places {
            unplace(&mut resource.body, &self.why);
        }
        if self.changes {
            loosen_object(&kind, &mut resource.body, &self.why);
        }
    }
}
