//! Pull secrets of a pod that keep those of its service account from it.

use super::{Offer, Outcome, account_offers};
use crate::azure::image;
use crate::ir::Truth;
use crate::pull::{Case, Path};

impl Case<'_, '_> {
    /// The pull secret of the service account that has an entry for the image, where the pod lists secrets of its own
    /// that have none: the account's are not added to them.
    pub fn shadowed(&self, path: &Path) -> Option<Offer> {
        let world = self.world;
        let workload = world.workloads.get(path.workload?)?;
        let listed = &workload.secrets.names;
        let elsewhere = |offer: &Offer| matches!(offer.what, Outcome::OtherHost(_));
        if listed.is_empty() || world.secrets_of(workload).open || !path.offers.iter().all(elsewhere) {
            return None;
        }
        let image = image::parse(path.image.as_ref()?);
        let (host, rest) = (image.host?, image.rest.as_str().unwrap_or_default().to_owned());
        let registry = path.registry.and_then(|at| world.registries.get(at));
        let matches = |offer: &Offer| {
            let secret = offer.secret.and_then(|at| world.secrets.get(at));
            secret.is_some_and(|it| {
                it.entries().iter().any(|entry| entry.is_for(&host, &rest, &world.resolver) == Truth::Yes)
            })
        };
        account_offers(world, workload, &host, &rest, registry).into_iter().find(matches)
    }
}
