//! The parts of a story that several rules tell.

use std::sync::Arc;

use super::reporter::{Key, Told};
use crate::finding::Severity;
use crate::pull::{Case, Offer, Outcome, Pair, Path};
use crate::source::Span;
use crate::world::Address;
use crate::world::Imperative;
use crate::world::cluster::{Cluster, Pulling};
use crate::world::knowledge::Truth;
use crate::world::secret::Secret;
use crate::world::workload::{ServiceAccount, Workload, shown};

/// A pull secret that a pod offers for one of its images.
pub(super) struct Offered<'c, 'a> {
    /// The image's way to the cluster.
    pub path: &'c Path,
    /// What became of the secret.
    pub offer: &'c Offer,
    /// The pod's workload.
    pub workload: &'c Workload<'a>,
    /// The secret, when the tree has it.
    pub secret: Option<&'c Secret<'a>>,
    /// What pages tell somebody to do about it.
    pub by_hand: Vec<&'c Imperative>,
    /// The service accounts of the tree.
    accounts: &'c [ServiceAccount<'a>],
}

/// Every pull secret of every image.
pub(super) fn offered<'c, 'a>(case: &'c Case<'_, 'a>) -> impl Iterator<Item = Offered<'c, 'a>> {
    let of_path = move |path: &'c Path| {
        let workload = path.workload.and_then(|at| case.world.workloads.get(at));
        workload.into_iter().flat_map(move |workload| {
            path.offers.iter().map(move |offer| Offered {
                path,
                offer,
                workload,
                secret: offer.secret.and_then(|at| case.world.secrets.get(at)),
                by_hand: case.by_hand(path),
                accounts: &case.world.accounts,
            })
        })
    };
    // A host that is no registry's fails before any credential is asked for.
    let reaches = |path: &&Path| path.step("registry").is_none_or(|step| step.truth != Truth::No);
    case.paths.iter().filter(reaches).flat_map(of_path)
}

impl<'c> Offered<'c, '_> {
    /// What became of the secret.
    pub(super) fn what(&self) -> &'c Outcome {
        &self.offer.what
    }

    /// An error when the pull fails for it, else a warning.
    pub(super) fn severity(&self) -> Severity {
        if self.path.truth_on_cluster() == Truth::No { self.failure() } else { Severity::Warning }
    }

    /// How grave it is that the pull fails: what somebody is told to repair is a warning.
    pub(super) fn failure(&self) -> Severity {
        if self.by_hand.is_empty() { Severity::Error } else { Severity::Warning }
    }

    /// The image as text.
    pub(super) fn image(&self) -> String {
        self.path.image.as_ref().map(shown).unwrap_or_default()
    }

    /// What a finding about it is known by.
    pub(super) fn key(&self) -> Key {
        let text = format!("{}:{}:{}", self.workload.label, self.offer.name, self.image());
        let own = std::iter::once(&self.workload.resource.address);
        let secret = self.secret.map(|secret| &secret.resource.address);
        Key::from(text).about(own.chain(self.account()).chain(secret))
    }

    /// The service account that names the secret, where the pod doesn't and one alone may be it.
    fn account(&self) -> Option<&'c Arc<Address>> {
        let (workload, named) = (self.workload, self.offer.named);
        let is_it = |account: &&ServiceAccount<'_>| {
            account.secrets.names.iter().any(|name| name.span == named)
                && account.namespace.may_be(&workload.namespace)
                && account.resource.address.root == workload.resource.address.root
        };
        let mut found = self.accounts.iter().filter(is_it).map(|account| &account.resource.address);
        found.next().filter(|_| found.next().is_none())
    }

    /// Where the payload is written; the pod's reference when the secret is not in the tree.
    pub(super) fn payload(&self) -> Span {
        self.secret.map_or(self.offer.named, |secret| secret.payload_span)
    }

    /// Where the payload as a whole is made, and whether its words must not be shown: of one that a template or a command
    /// puts together that is the template or the command, whose secrets are marked one by one.
    pub(super) fn document(&self) -> (Span, bool) {
        match self.secret {
            Some(Secret { composer: Some(place), .. }) => (*place, false),
            Some(secret) => (secret.payload_span, !secret.is_made_by_command()),
            None => (self.offer.named, false),
        }
    }

    /// The image and the pod's reference, as parts of the story.
    pub(super) fn tell<'f>(&self, told: Told<'f>) -> Told<'f> {
        let told = told.with(self.path.place, "the image that needs it");
        let own = self.workload.secrets.names.iter().any(|name| name.span == self.offer.named);
        let who = if own { "the pod names the secret" } else { "its service account names the secret" };
        by_hand(told.with(self.offer.named, who), &self.by_hand)
    }
}

/// What a finding about an image, or about something else of a workload, is known by.
pub(super) fn of_workload(text: String, workload: Option<&Workload<'_>>) -> Key {
    Key::from(text).about(workload.map(|workload| &workload.resource.address))
}

/// Image, cluster, identity, registry: the way a pull goes.
pub(super) fn pull<'f>(told: Told<'f>, case: &Case<'_, '_>, pair: &Pair) -> Told<'f> {
    pull_through(told, case, pair, |told| told)
}

/// The same with what lies between the cluster and the registry.
pub(super) fn pull_through<'f>(
    mut told: Told<'f>,
    case: &Case<'_, '_>,
    pair: &Pair,
    between: impl FnOnce(Told<'f>) -> Told<'f>,
) -> Told<'f> {
    let image = case.paths.iter().find(|path| path.registry == Some(pair.registry) && path.image.is_some());
    if let Some((path, image)) = image.and_then(|path| Some((path, path.image.as_ref()?))) {
        told = told.with(path.place, format!("image `{}` is to be pulled", shown(image)));
    }
    if let Some(cluster) = case.cluster(pair) {
        told = told.with(
            cluster.resource.declared,
            format!("cluster `{}` pulls as {}", shown(&cluster.name), identity(cluster)),
        );
    }
    told = between(told);
    if let Some(registry) = case.registry(pair) {
        told = told.with(registry.resource.declared, format!("from registry `{}`", shown(&registry.name)));
    }
    by_hand(told, &case.pair_by_hand(pair))
}

/// The pages that tell somebody to repair it.
pub(super) fn by_hand<'f>(told: Told<'f>, commands: &[&Imperative]) -> Told<'f> {
    commands.iter().fold(told, |told, command| {
        told.with(command.span, format!("somebody is told to repair it by hand: `{}`", command.command))
    })
}

/// How grave it is that a path fails for what is told: what somebody is told to repair is a warning.
pub(super) fn failure(case: &Case<'_, '_>, path: &Path) -> Severity {
    if case.by_hand(path).is_empty() { Severity::Error } else { Severity::Warning }
}

/// The identity that pulls, as a clause.
pub(super) fn identity(cluster: &Cluster<'_>) -> &'static str {
    match &cluster.pulling {
        Pulling::Kubelet { supplied: None, .. } => "the kubelet identity that AKS makes for it",
        Pulling::Kubelet { supplied: Some(_), .. } => "the kubelet identity it is given",
        Pulling::ServicePrincipal(_) => "its service principal",
        Pulling::Unknown(_) => "an identity that can't be read",
    }
}
