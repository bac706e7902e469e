//! Which declarations miss for every instance and every deployment that they are part of: a change there spoils nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, Cause, Pair};
use crate::ir::Truth;
use crate::source::Span;
use crate::world::grant::Grant;
use crate::world::registry::Registry;

impl<'a> Case<'_, 'a> {
    /// Whether a grant whose role this registry doesn't honour may become another one: the cluster doesn't have what it
    /// needs already, as Azure makes nothing twice, and no other registry that the grant reaches honours it as it is.
    pub fn may_change_role(&self, pair: &Pair, grant: &Grant<'a>, registry: &Registry<'a>) -> bool {
        pair.permission.truth != Truth::Yes && !self.serves_another(grant, registry)
    }

    /// Whether a grant above registries reaches another one, which honours its role as it is.
    pub fn serves_another(&self, grant: &Grant<'a>, registry: &Registry<'a>) -> bool {
        let honours = |other: &Registry<'a>| {
            other.at != registry.at && grant.covers(other) != Truth::No && grant.lets_pull(other) != Truth::No
        };
        !grant.is_on(registry) && self.world.registries.iter().any(honours)
    }

    /// The declarations all of whose grants miss for such a cause and are meant for one declaration of clusters.
    pub fn of_one_cluster(&self, is_it: impl Fn(&Cause) -> bool) -> BTreeSet<Span> {
        let mut meant: BTreeMap<Span, BTreeSet<Span>> = BTreeMap::new();
        for pair in &self.pairs {
            let Some(cluster) = self.cluster(pair) else { continue };
            for (_, grant) in self.causes(pair).filter(|(cause, _)| is_it(cause)) {
                meant.entry(grant.resource.declared).or_default().insert(cluster.resource.declared);
            }
        }
        meant.into_iter().filter(|(_, clusters)| clusters.len() == 1).map(|(declared, _)| declared).collect()
    }

    /// The declarations all of whose grants miss for such a cause.
    pub fn alike(&self, is_it: impl Fn(&Cause) -> bool) -> BTreeSet<Span> {
        let causes = self.pairs.iter().flat_map(|pair| &pair.causes);
        let missing: BTreeSet<usize> = causes.filter(|(cause, _)| is_it(cause)).map(|&(_, at)| at).collect();
        let declared = |at: &usize| self.world.grants.get(*at).map(|grant| grant.resource.declared);
        let mut found: BTreeSet<Span> = missing.iter().filter_map(declared).collect();
        let others = self.world.grants.iter().enumerate().filter(|(at, _)| !missing.contains(at));
        for (_, grant) in others {
            found.remove(&grant.resource.declared);
        }
        found
    }
}
