//! What becomes of objects when they are applied: the namespace that a command or a GitOps object gives them, and what it
//! changes on the way.

use std::collections::BTreeMap;

use super::Lowered;
use super::edit::set_metadata;
use super::gitops::Carrier;
use super::kustomize::{change, is_namespaced};
use super::loosen::{loosen, unplace};
use super::manifest::Object;
use crate::ir::{Deployment, Gap, Node, Parcel, Resource, Why};
use crate::source::path::folder_of;
use crate::source::{Store, Via};

/// The manifests of a folder on their way to a cluster.
pub(super) struct Delivered<'a> {
    store: &'a Store,
    carriers: &'a [Carrier],
    /// Objects that the same carriers apply, in the order of the files.
    groups: Vec<(Applied<'a>, Vec<Object>)>,
    known: BTreeMap<Vec<usize>, usize>,
}

impl<'a> Delivered<'a> {
    /// Nothing yet.
    pub(super) fn new(store: &'a Store, carriers: &'a [Carrier]) -> Delivered<'a> {
        Delivered { store, carriers, groups: Vec::new(), known: BTreeMap::new() }
    }

    /// Takes in the objects of a file.
    pub(super) fn add(&mut self, path: &str, objects: &[Object]) {
        let is_by = |(at, carrier): (usize, &Carrier)| {
            (!carrier.delivery.manual && (carrier.applies(path) || carrier.may_apply(path))).then_some(at)
        };
        let by: Vec<usize> = self.carriers.iter().enumerate().filter_map(is_by).collect();
        let next = self.groups.len();
        let at = *self.known.entry(by.clone()).or_insert(next);
        if at == next {
            let by = by.iter().filter_map(|at| self.carriers.get(*at)).collect();
            self.groups.push((Applied::by(by), Vec::new()));
        }
        if let Some((_, group)) = self.groups.get_mut(at) {
            group.extend(objects.iter().cloned());
        }
    }

    /// The objects as they arrive, and what could not be told.
    pub(super) fn objects(self) -> (Vec<Object>, Vec<Gap>) {
        let (mut all, mut gaps) = (Vec::new(), Vec::new());
        for (applied, objects) in self.groups {
            let (mut objects, found) = applied.changed(self.store, objects);
            gaps.extend(found);
            objects.iter_mut().for_each(|object| {
                let kind = object.kind.clone();
                applied.settle(self.store, &kind, &mut object.body);
            });
            all.extend(objects);
        }
        (all, gaps)
    }
}

/// Everybody who applies the same objects. Several who do different things leave what they do unknown.
struct Applied<'a> {
    /// Those that are sure to.
    sure: Vec<&'a Carrier>,
    /// Those of which it is not known what they apply; they count where nobody is sure to.
    perhaps: Vec<&'a Carrier>,
}

impl<'a> Applied<'a> {
    fn by(carriers: Vec<&'a Carrier>) -> Applied<'a> {
        let (sure, perhaps) = carriers.into_iter().partition(|carrier| carrier.path().is_some());
        Applied { sure, perhaps }
    }

    /// The one thing that all say; nothing when they differ, or when there is nobody.
    fn agreed<T: PartialEq>(&self, what: impl Fn(&'a Carrier) -> T) -> Option<T> {
        let mut all = self.sure.iter().map(|carrier| what(carrier));
        let first = all.next()?;
        all.all(|other| other == first).then_some(first)
    }

    /// The carriers that something hangs on.
    fn deciding(&self) -> &[&'a Carrier] {
        if self.sure.is_empty() { &self.perhaps } else { &self.sure }
    }

    /// The objects with the members of a kustomization put to work that all carriers bring.
    fn changed(&self, store: &Store, objects: Vec<Object>) -> (Vec<Object>, Vec<Gap>) {
        match self.agreed(|carrier| carrier.delivery.changes.as_ref()).flatten() {
            Some(members) => change(store, self.folder(), members, objects),
            None => (objects, Vec::new()),
        }
    }

    /// The folder that paths in what the carriers say are relative to.
    fn folder(&self) -> &'a str {
        match self.sure.first().map(|carrier| &carrier.delivery.parcel) {
            Some(Parcel::Chart(folder) | Parcel::Kustomization(folder) | Parcel::Folder(folder)) => folder,
            Some(Parcel::Manifests { path, .. }) => path,
            Some(Parcel::SomeChart(_) | Parcel::Elsewhere(_)) | None => "",
        }
    }

    /// Texts that are put in, what can't be told, and the namespace.
    fn settle(&self, store: &Store, kind: &str, body: &mut Node) {
        if let Some(substitutes) = self.agreed(|carrier| carrier.substitutes.as_ref()).flatten() {
            *body = substitutes.apply(store, body);
        }
        self.loosened().iter().for_each(|why| loosen(kind, body, why));
        self.place(kind, body);
    }

    /// Why something is not known of what the carriers apply. Overlays are built for each of them, so that what they change
    /// may differ.
    fn loosened(&self) -> Vec<Why> {
        let disagree = self.agreed(|it| it.delivery.changes.as_ref()).is_none();
        let reason = |carrier: &&Carrier| {
            let to = &carrier.delivery;
            let built = matches!(to.parcel, Parcel::Kustomization(_));
            let differs = to.changes.is_some() && disagree && !built;
            let unseen = self.sure.is_empty() && !to.values.is_empty();
            let why = || Why::UnsupportedSyntax("what one of several GitOps objects changes".into());
            to.open.clone().or_else(|| (differs || unseen).then(why))
        };
        let mut found: Vec<Why> = self.deciding().iter().filter_map(reason).collect();
        found.dedup();
        found
    }

    /// The namespace that the carriers give.
    fn place(&self, kind: &str, body: &mut Node) {
        if !is_namespaced(kind) {
            return;
        }
        let stated = body.at(&["metadata", "namespace"]).is_some_and(|it| !it.is_null());
        let text = |carrier: &'a Carrier| {
            let namespace = carrier.delivery.namespace.as_ref()?;
            Some((namespace.as_str()?, carrier.delivery.moves))
        };
        match (self.agreed(text).flatten(), self.sure.first()) {
            (Some((_, moves)), _) if stated && !moves => {}
            (Some(_), Some(first)) => {
                if let Some(namespace) = &first.delivery.namespace {
                    let namespace = namespace.clone().through(first.delivery.span, Via::Overlay);
                    set_metadata(body, "namespace", namespace);
                }
            }
            // Nobody knows which: what is stated holds unless somebody replaces it.
            _ if self.deciding().iter().any(|carrier| carrier.delivery.moves) => {
                unplace(body, &Why::UnsupportedSyntax("the namespace of a GitOps object".into()));
            }
            _ => {}
        }
    }
}

/// What remains to be done to built kustomizations and rendered charts: texts that are put in afterwards, changes of
/// post-renderers, and what nobody can tell.
pub(super) fn finish(lowered: &mut Lowered, store: &Store, carriers: &[Carrier]) {
    for deployment in &mut lowered.deployments {
        let path = store.source(deployment.source).path.clone();
        let folder = folder_of(&path);
        let counts = |carrier: &&Carrier| !carrier.delivery.manual;
        let is_it = |carrier: &Carrier| match &carrier.delivery.parcel {
            Parcel::Chart(own) | Parcel::Kustomization(own) => **own == *folder,
            _ => carrier.may_apply(&path),
        };
        let applied = Applied::by(carriers.iter().filter(counts).filter(|it| is_it(it)).collect());
        if !applied.sure.is_empty() || !applied.perhaps.is_empty() {
            finish_one(deployment, store, &applied);
        }
    }
}

fn finish_one(deployment: &mut Deployment, store: &Store, applied: &Applied<'_>) {
    let of_chart = |carrier: &&Carrier| matches!(carrier.delivery.parcel, Parcel::Chart(_));
    if applied.sure.iter().all(of_chart) {
        post_render(deployment, store, applied);
    }
    let substitutes = applied.agreed(|carrier| carrier.substitutes.as_ref()).flatten();
    let reasons = applied.loosened();
    for resource in &mut deployment.resources {
        let kind = kind(resource);
        if let Some(substitutes) = substitutes {
            resource.body = substitutes.apply(store, &resource.body);
        }
        reasons.iter().for_each(|why| loosen(&kind, &mut resource.body, why));
        if applied.sure.is_empty() && applied.perhaps.iter().any(|carrier| carrier.delivery.moves) {
            applied.place(&kind, &mut resource.body);
        }
    }
}

/// Changes of post-renderers. Objects that they add or take away are not followed.
fn post_render(deployment: &mut Deployment, store: &Store, applied: &Applied<'_>) {
    let objects = deployment.resources.iter().map(|resource| Object {
        api_version: resource.api_version.clone().unwrap_or_default(),
        kind: kind(resource).into(),
        body: resource.body.clone(),
        extent: resource.extent,
    });
    let objects: Vec<Object> = objects.collect();
    let (changed, gaps) = applied.changed(store, objects);
    deployment.gaps.extend(gaps);
    if changed.len() == deployment.resources.len() {
        let pairs = deployment.resources.iter_mut().zip(changed);
        return pairs.for_each(|(resource, object)| {
            resource.body = object.body;
        });
    }
    let why = Why::UnsupportedSyntax("a post-renderer".into());
    deployment.resources.iter_mut().for_each(|resource| loosen(&kind(resource), &mut resource.body, &why));
}

fn kind(resource: &Resource) -> String {
    resource.kind.rsplit('/').next().unwrap_or_default().to_owned()
}
