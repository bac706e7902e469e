//! How a grant stands to each registry and each cluster.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::cluster::{Cluster, Pulling};
use super::super::identity::Holder;
use super::super::registry::Registry;
use super::super::standing::{Column, Ends};
use super::Grant;
use crate::azure::kinds::REGISTRY;
use crate::ir::{Node, Resolver, ResourceId, Truth, Value};

/// How a grant stands to the registries and clusters of the world, by their places in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    covers: Rc<Column>,
    misplaces: Vec<usize>,
    pulls_for: Rc<Column>,
    pulled_for: Vec<usize>,
    control_plane_of: Rc<Column>,
    misreads: Vec<usize>,
    on: Vec<usize>,
    held: Vec<usize>,
}

impl<'a> Grant<'a> {
    /// Works out once how it stands to each registry and each cluster: every pair of them asks.
    pub(in crate::world) fn link(&mut self, ends: &Ends<'_, 'a>, resolver: &Resolver<'a>) {
        let uncertain = matches!(self.holder, Holder::Unknown(_) | Holder::Guid(_));
        let is_client = |cluster: &Cluster<'a>| {
            let client = match &cluster.pulling {
                Pulling::ServicePrincipal(client) => client.clone(),
                // Known where the cluster was read back.
                Pulling::Kubelet { .. } => {
                    let path = ["properties", "identityProfile", "kubeletidentity", "clientId"];
                    Node::reference(cluster.resource.address.clone(), &path, cluster.resource.declared)
                }
                Pulling::Unknown(_) => return false,
            };
            ends.proves(&client, &self.principal)
        };
        let mistaken = if uncertain { ends.clients_of(&self.principal, is_client) } else { Vec::new() };
        if !mistaken.is_empty() {
            self.holder = Holder::WrongKind("a client id");
        }
        let pulled_for = ends.pulled_for(&self.holder);
        // Azure itself says that it is somebody's own account.
        let kind = self.resource.body.at(&["properties", "principalType"]).and_then(Node::as_str);
        let person = self.resource.is_read_back() && kind.is_some_and(|kind| kind.eq_ignore_ascii_case("User"));
        self.links = Links {
            covers: ends.covers(self),
            misplaces: Vec::new(),
            // Azure gives no two identities one object id: what was made for the former one is not for the new one.
            pulls_for: match person {
                true => ends.none(),
                false => ends.without(ends.pulls_for(&self.holder), &pulled_for),
            },
            pulled_for,
            control_plane_of: ends.control_plane_of(&self.holder),
            misreads: if mistaken.is_empty() { self.misread(ends, resolver) } else { mistaken },
            ..Links::default()
        };
        let named = match self.at.as_ref().is_some_and(|at| at.is_kind(REGISTRY)) {
            true => ends.called_as(self).unwrap_or_else(|| (0..ends.registries.len()).collect()),
            false => Vec::new(),
        };
        let places = named.into_iter().filter(|&at| self.links.covers.get(at) == Truth::No);
        let misplaced = |at: &usize| ends.registries.get(*at).is_some_and(|it| self.names(it, resolver));
        self.links.misplaces = places.filter(misplaced).collect();
        let own = self.target.and_then(|target| ends.registry_at(&target.address));
        let on = self.links.covers.yes.iter().chain(&self.links.misplaces).chain(&own).copied();
        self.links.on = on.collect::<BTreeSet<usize>>().into_iter().collect();
        let held = self.links.pulls_for.yes.iter().chain(&self.links.control_plane_of.yes);
        let held = held.chain(&self.links.pulled_for).chain(&self.links.misreads).copied();
        self.links.held = held.collect::<BTreeSet<usize>>().into_iter().collect();
    }

    /// The registries that it may be meant for, by their places in the world: it reaches them, stands on them, or names
    /// them.
    pub fn on(&self) -> &[usize] {
        &self.links.on
    }

    /// The clusters that it may be meant for, by their places in the world: it goes to an identity of theirs, or is
    /// read from them.
    pub fn held(&self) -> &[usize] {
        &self.links.held
    }

    /// The registries that it may reach, and the clusters that it may be for, of so many.
    pub(in crate::world) fn may_join(&self, registries: usize, clusters: usize) -> (Vec<usize>, BTreeSet<usize>) {
        let reached = (0..registries).filter(|&at| self.links.covers.get(at) != Truth::No).collect();
        let mut held: BTreeSet<usize> = self.links.held.iter().copied().collect();
        held.extend((0..clusters).filter(|&at| self.links.pulls_for.get(at) != Truth::No));
        (reached, held)
    }

    /// Its scope as an id.
    pub(in crate::world) fn scope_id(&self) -> Option<&ResourceId> {
        self.at.as_ref()
    }

    /// The name of the resource that the scope is the id of, when the tree has it.
    pub(in crate::world) fn target_name(&self, resolver: &Resolver<'a>) -> Option<Node> {
        self.target.map(|target| resolver.node(&target.name))
    }

    /// Whether the grant reaches the registry: its scope is the registry or an ancestor of it.
    pub fn covers(&self, registry: &Registry<'_>) -> Truth {
        self.links.covers.get(registry.at)
    }

    /// Its scope is a registry of the same name in another group or subscription: names of registries are unique in
    /// the world, so there is none.
    pub fn misplaces(&self, registry: &Registry<'_>) -> bool {
        self.links.misplaces.contains(&registry.at)
    }

    /// Whether it goes to the identity with which the nodes of `cluster` pull.
    pub fn pulls_for(&self, cluster: &Cluster<'_>) -> Truth {
        self.links.pulls_for.get(cluster.at)
    }

    /// Whether it goes to the identity with which the nodes of `cluster` pull until a plan gives them another one.
    pub fn pulled_for(&self, cluster: &Cluster<'_>) -> bool {
        self.links.pulled_for.contains(&cluster.at)
    }

    /// Whether it goes to an identity of the control plane of `cluster`.
    pub fn is_control_plane_of(&self, cluster: &Cluster<'_>) -> Truth {
        self.links.control_plane_of.get(cluster.at)
    }

    /// Its principal is read from this cluster or an identity of it, though from the wrong property.
    pub fn misreads(&self, cluster: &Cluster<'_>) -> bool {
        self.links.misreads.contains(&cluster.at)
    }

    fn misread(&self, ends: &Ends<'_, 'a>, resolver: &Resolver<'a>) -> Vec<usize> {
        match (&self.holder, &self.principal.value) {
            (Holder::WrongKind(_), Value::Ref(reference)) => {
                resolver.target(&reference.target).map(|found| ends.owned_by(&found.address)).unwrap_or_default()
            }
            (Holder::Kubelet(of), _) => {
                let lacking = |at: &usize| {
                    ends.clusters.get(*at).is_some_and(|it| {
                        of.address == it.resource.address && matches!(it.pulling, Pulling::ServicePrincipal(_))
                    })
                };
                ends.owned_by(&of.address).into_iter().filter(lacking).collect()
            }
            _ => Vec::new(),
        }
    }
}
