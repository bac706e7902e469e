//! Why a pair has no permission: the grant that was meant for it and misses.

use std::collections::BTreeMap;

use super::pair::wires;
use super::permission::serves;
use super::{Case, Outcome, Pair, Tie};
use crate::azure::kinds::SCHEDULE_REQUEST;
use crate::ir::{Node, Truth};
use crate::source::{Hop, Span, Via};
use crate::world::cluster::Cluster;
use crate::world::grant::{Grant, Granted};
use crate::world::identity::Holder;
use crate::world::knowledge::Fact;
use crate::world::registry::{Registry, RoleMode};

/// How a grant misses the identity that pulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It goes to the identity of the control plane.
    ControlPlane,
    /// It goes to the identity that a plan replaces.
    FormerIdentity,
    /// It goes to the kubelet identity of a cluster that has a service principal instead.
    NoKubeletIdentity,
    /// Its principal is no object id.
    NoObjectId(&'static str),
    /// Its role doesn't let pull in any mode.
    RoleWithoutPull,
    /// Its role is of the legacy kind, and the registry honours repository roles only.
    LegacyRole,
    /// Its role is of the repository kind, and the registry honours legacy roles only.
    RepositoryRole,
    /// Its scope is something else than the registry or what it is in.
    Scope,
}

impl<'a> Case<'_, 'a> {
    /// The grants that were meant for a pair and miss, each with how.
    pub fn causes<'s>(&'s self, pair: &'s Pair) -> impl Iterator<Item = (Cause, &'s Grant<'a>)> {
        pair.causes.iter().filter_map(|(cause, at)| Some((*cause, self.world.grants.get(*at)?)))
    }

    pub(super) fn find_causes(&self, pair: &Pair) -> Vec<(Cause, usize)> {
        let (Some(cluster), Some(registry)) = (self.cluster(pair), self.registry(pair)) else { return Vec::new() };
        // What is neither for the cluster nor read from it can't be meant for the pair, unless it has no principal at all.
        let strays = self.strays.iter().filter_map(|&at| Some((at, self.world.grants.get(at)?)));
        let grants: BTreeMap<usize, &Grant<'a>> = self.world.grants_for(cluster).chain(strays).collect();
        let grants = grants.into_iter();
        // What is requested by a schedule may be the end of a grant as well.
        let made = grants.filter(|(_, grant)| !grant.resource.is_kind(SCHEDULE_REQUEST));
        let concerned = made.filter(|(_, grant)| grant.concerns(cluster, registry));
        // Wherever such a grant reaches, the cluster never pulls by it.
        let control = |grant: &Grant<'a>| {
            let meant = pair.permission.truth == Truth::No && grant.may_be_above(registry) && grant.means_pull();
            let only = grant.pulls_for(cluster) == Truth::No && !grant.pulled_for(cluster);
            let held = meant && only && grant.is_control_plane_of(cluster) == Truth::Yes;
            held.then_some(Cause::ControlPlane)
        };
        let cause = |grant: &Grant<'a>| self.cause(grant, cluster, registry).or_else(|| control(grant));
        concerned.filter_map(|(at, grant)| Some((cause(grant)?, at))).collect()
    }

    fn cause(&self, grant: &Grant<'a>, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<Cause> {
        let (covers, holds) = (grant.covers(registry), grant.pulls_for(cluster));
        if wires(grant, cluster, registry) && holds == Truth::No {
            return match grant.holder {
                _ if grant.pulled_for(cluster) => Some(Cause::FormerIdentity),
                Holder::Kubelet(_) => Some(Cause::NoKubeletIdentity),
                Holder::WrongKind(kind) => Some(Cause::NoObjectId(kind)),
                _ => Some(Cause::ControlPlane),
            };
        }
        if let Holder::WrongKind(kind) = grant.holder {
            let own = grant.resource.address.root == cluster.resource.address.root;
            return (own && covers == Truth::Yes && grant.means_pull()).then_some(Cause::NoObjectId(kind));
        }
        let about_pulls = grant.means_pull()
            || grant.is_on(registry)
            || grant.is_about_registries()
            || role_cause(grant, registry) == Cause::LegacyRole;
        match (covers, holds) {
            (Truth::Yes, Truth::Yes) if grant.lets_pull(registry) == Truth::No && about_pulls => {
                Some(role_cause(grant, registry))
            }
            // In the mode that a registry is in by default such a role does nothing, but the default is about to change.
            (Truth::Yes, Truth::Yes) if matches!(registry.mode, Fact::Default(..)) => {
                Some(role_cause(grant, registry)).filter(|cause| *cause == Cause::RepositoryRole)
            }
            (Truth::No, Truth::Yes) if grant.means_pull() && grant.misplaces(registry) => Some(Cause::Scope),
            (Truth::No, Truth::Yes) if grant.means_pull() && grant.lets_pull(registry) == Truth::Yes => {
                let right = self.is_needed_elsewhere(grant, registry) || self.is_one_to_one(grant, cluster, registry);
                (!right).then_some(Cause::Scope)
            }
            _ => None,
        }
    }

    /// The grant is right for another registry: one that images are pulled from, or that its own deployment creates while
    /// this one is somebody else's.
    fn is_needed_elsewhere(&self, grant: &Grant<'a>, registry: &Registry<'a>) -> bool {
        let own = &grant.resource.address.root;
        let others = self.world.registries.iter().filter(|other| other.at != registry.at);
        others.filter(|other| grant.covers(other) == Truth::Yes).any(|other| {
            let pulled = self.paths.iter().any(|path| path.registry == Some(other.at) && path.workload.is_some());
            pulled || other.resource.address.root == *own && registry.resource.address.root != *own
        })
    }

    /// Clusters and registries belong together one to one: the grant gives the cluster a registry that no other one has,
    /// and this registry has another cluster.
    fn is_one_to_one(&self, grant: &Grant<'a>, cluster: &Cluster<'a>, registry: &Registry<'a>) -> bool {
        let others = |at: usize| self.pairs.iter().any(|it| it.wired && it.registry == at && it.cluster != cluster.at);
        let given = |it: &&usize| self.world.registries.get(**it).is_some_and(|it| grant.covers(it) == Truth::Yes);
        let mut own = grant.on().iter().filter(given).peekable();
        own.peek().is_some() && own.all(|&at| at != registry.at && !others(at)) && others(registry.at)
    }

    /// The cluster of a pair.
    pub fn cluster(&self, pair: &Pair) -> Option<&Cluster<'a>> {
        self.world.clusters.get(pair.cluster)
    }

    /// The registry of a pair.
    pub fn registry(&self, pair: &Pair) -> Option<&Registry<'a>> {
        self.world.registries.get(pair.registry)
    }

    /// Whether a pull of the pair fails whatever the unknowns are: no permission, and no pull secret or anonymous pull
    /// in its place. A pair that no workload is shown to use fails by its permission alone.
    pub fn fails(&self, pair: &Pair) -> bool {
        let no_permission = |path: &super::Path| path.step("permission").is_some_and(|step| step.truth == Truth::No);
        let mut own = self.served(pair).filter(|path| path.cluster == Some(pair.cluster)).peekable();
        let failing = if own.peek().is_some() {
            own.any(no_permission)
        } else if pair.wired || self.served(pair).next().is_none() {
            self.registry(pair).is_some_and(|registry| registry.anonymous.is(&false) == Truth::Yes)
        } else {
            self.served(pair).any(no_permission)
        };
        pair.permission.truth == Truth::No && failing && self.pair_by_hand(pair).is_empty()
    }

    /// The paths of workloads to the registry of a pair.
    fn served(&self, pair: &Pair) -> impl Iterator<Item = &super::Path> {
        self.paths.iter().filter(|path| path.registry == Some(pair.registry) && path.workload.is_some())
    }

    /// Whether no grant ties the pair and every workload of it lists a pull secret that is proved dead: what is meant to
    /// pull is the secret, and its own rule tells what is wrong with it.
    pub fn relies_on_secrets(&self, pair: &Pair) -> bool {
        // A secret for other hosts only serves another image of the pod.
        let foreign = |what: &Outcome| match what {
            Outcome::OtherHost(hosts) => !hosts.iter().any(|host| host.contains(".azurecr.")),
            _ => false,
        };
        let dead = |path: &super::Path| {
            path.offers.iter().any(|offer| offer.what.truth() == Truth::No && !foreign(&offer.what))
        };
        let mut paths = self.served(pair).peekable();
        !pair.wired && paths.peek().is_some() && paths.all(dead)
    }

    /// Whether the pair is only there because nothing says where a workload runs, while it rather runs on another cluster:
    /// one that is wired to its registry, rightly or wrongly, or the one that lacks any registry where this one has its own.
    pub fn is_a_guess(&self, pair: &Pair) -> bool {
        let without = |other: &Pair| {
            let lacks = other.tie == Tie::Workload && !other.provided && other.permission.truth == Truth::No;
            pair.provided && lacks
        };
        let likelier = |other: &Pair| other.cluster != pair.cluster && (other.wired || without(other));
        let others = || self.of_registry.get(&pair.registry).into_iter().flatten().filter_map(|at| self.pairs.get(*at));
        pair.tie == Tie::Workload && !pair.wired && !pair.sure && others().any(likelier)
    }

    /// The grants whose conditions exclude the repository of a path, where nothing else lets the nodes pull from it.
    pub fn exclusions<'s>(&'s self, path: &super::Path) -> Vec<&'s Grant<'a>> {
        let ends = path.cluster.and_then(|at| self.world.clusters.get(at));
        let ends = ends.zip(path.registry.and_then(|at| self.world.registries.get(at)));
        let Some((cluster, registry)) = ends.filter(|_| path.node == Some(Truth::No)) else { return Vec::new() };
        let repository = path.repository.as_deref();
        let excludes = |grant: &&Grant<'a>| {
            let serves = grant.concerns(cluster, registry) && serves(cluster, registry, grant) == Truth::Yes;
            serves && grant.admits(registry, repository) == Truth::No
        };
        self.world.grants_for(cluster).map(|(_, grant)| grant).filter(excludes).collect()
    }

    /// Whether a grant to the identity that pulls may be the one, though not all of it is known.
    pub fn has_candidate(&self, pair: &Pair) -> bool {
        let (Some(cluster), Some(registry)) = (self.cluster(pair), self.registry(pair)) else { return false };
        self.world.grants_for(cluster).any(|(_, grant)| {
            grant.pulls_for(cluster) == Truth::Yes
                && grant.covers(registry) != Truth::No
                && grant.lets_pull(registry) != Truth::No
        })
    }

    /// Whether some workload of the pair may get a credential elsewhere: pull secrets that may work, an identity of its
    /// own, anonymous pull.
    pub fn may_be_served_otherwise(&self, pair: &Pair) -> bool {
        let mut paths = self.served(pair).filter(|path| !pair.wired || path.cluster == Some(pair.cluster)).peekable();
        let anonymous = self.registry(pair).is_some_and(|registry| registry.anonymous.is(&false) != Truth::Yes);
        let open = |path: &super::Path| path.step("permission").is_none_or(|step| step.truth != Truth::No);
        anonymous || paths.peek().is_some() && paths.all(open)
    }

    /// The place that the user edits for a value of a declaration: the value itself when it stands in the same file,
    /// else the last use on its way there that is not the declaration's own parameter.
    pub fn place_of(&self, value: &Node, declared: Span) -> Span {
        if value.span.source == declared.source {
            return value.span;
        }
        let mut hops: Vec<&Hop> = value.trail.hops().collect();
        hops.reverse();
        let Some(at) = hops.iter().position(|hop| hop.span.source == declared.source) else {
            // It came in as a part of something larger: the last use of its own is the nearest.
            return hops.last().map_or(value.span, |hop| hop.span);
        };
        let last = at.checked_sub(1).and_then(|before| hops.get(before));
        let before = last.map_or(value.span, |hop| hop.span);
        // A file of variables says what is read by name.
        if let (Some(hop), Some(Via::Name)) =
            (last.filter(|hop| hop.via == Via::Parameter), hops.get(at).map(|it| it.via))
        {
            return if value.span.source == hop.span.source { value.span } else { hop.span };
        }
        // What enters through a parameter of this file is edited where it is passed.
        let enters =
            hops.get(at + 1).is_some_and(|next| next.via == Via::Parameter && next.span.source == declared.source);
        match hops.get(at) {
            Some(hop) if !enters && hop.via != Via::Parameter => hop.span,
            _ => before,
        }
    }
}

fn role_cause(grant: &Grant<'_>, registry: &Registry<'_>) -> Cause {
    let (legacy, abac) = match &grant.role {
        Granted::BuiltIn(role) => (role.legacy, role.abac),
        Granted::Custom { legacy, abac, .. } => (*legacy, *abac),
        Granted::Unknown(_) => (Truth::Unknown, Truth::Unknown),
    };
    match &registry.mode {
        Fact::Known(RoleMode::Abac, _) if legacy == Truth::Yes => Cause::LegacyRole,
        Fact::Known(RoleMode::Legacy, _) | Fact::Default(RoleMode::Legacy, _)
            if legacy == Truth::No && abac == Truth::Yes =>
        {
            Cause::RepositoryRole
        }
        _ => Cause::RoleWithoutPull,
    }
}
