//! How grants stand to registries and clusters. Every grant would have to be compared with each of them; here only those
//! are looked at that names, ids and object ids don't tell apart.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::cluster::{Cluster, Pulling};
use super::grant::Grant;
use super::identity::Holder;
use super::registry::Registry;
use super::switch::Switch;
use crate::azure::kinds::{REGISTRY, SERVICE_PRINCIPAL};
use crate::azure::principal_of;
use crate::ir::{Address, Case, Node, Resolver, Target, Truth, Value, same_in};

/// A truth for each registry, or for each cluster: what most of them share, and those that differ.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    usual: Rc<[Truth]>,
    but: BTreeMap<usize, Truth>,
    /// Where it is "yes", in order.
    pub(super) yes: Vec<usize>,
}

impl Column {
    /// `usual` everywhere but at some places, which `judge` is asked about.
    fn of(usual: &Rc<[Truth]>, places: &[usize], judge: impl Fn(usize) -> Truth) -> Rc<Column> {
        let but: BTreeMap<usize, Truth> = places.iter().map(|&at| (at, judge(at))).collect();
        let yes = but.iter().filter(|(_, truth)| **truth == Truth::Yes).map(|(at, _)| *at).collect();
        Rc::new(Column { usual: usual.clone(), but, yes })
    }

    /// Everything is asked about.
    fn whole(length: usize, judge: impl Fn(usize) -> Truth) -> Rc<Column> {
        let usual: Rc<[Truth]> = (0..length).map(judge).collect();
        let yes = usual.iter().enumerate().filter(|(_, truth)| **truth == Truth::Yes).map(|(at, _)| at).collect();
        Rc::new(Column { usual, but: BTreeMap::new(), yes })
    }

    pub(super) fn get(&self, at: usize) -> Truth {
        self.but.get(&at).or(self.usual.get(at)).copied().unwrap_or(Truth::Unknown)
    }
}

/// Things by a text that they have, in lower case, and those of which it is not known.
#[derive(Default)]
struct Index {
    known: HashMap<String, Vec<usize>>,
    open: Vec<usize>,
}

impl Index {
    fn put(&mut self, text: Option<&str>, at: usize) {
        match text {
            Some(text) => self.known.entry(text.to_ascii_lowercase()).or_default().push(at),
            None => self.open.push(at),
        }
    }

    fn over<'n>(texts: impl Iterator<Item = Option<&'n str>>) -> Index {
        let mut index = Index::default();
        texts.enumerate().for_each(|(at, text)| index.put(text, at));
        index
    }

    fn exactly(&self, text: &str) -> &[usize] {
        self.known.get(&text.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    fn may_be(&self, text: &str) -> Vec<usize> {
        let mut found: Vec<usize> = self.exactly(text).iter().chain(&self.open).copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The registries and clusters of the world, by what tells them apart.
pub(super) struct Ends<'w, 'a> {
    pub(super) registries: &'w [Registry<'a>],
    pub(super) clusters: &'w [Cluster<'a>],
    resolver: &'w Resolver<'a>,
    /// Registries by their names, where name and id agree.
    registry_names: Index,
    registry_places: HashMap<&'w Address, usize>,
    /// Clusters by their names as they are written, and with references followed.
    written_names: Index,
    cluster_names: Index,
    /// Clusters by the names of the identities that they are given, and of those of their control planes.
    supplied: Index,
    control: Index,
    /// By the object ids of those that pull, and of the control planes.
    pullers: Index,
    controllers: Index,
    /// By the client ids of those that pull.
    clients: Index,
    /// By the resources that are theirs or their identities.
    owners: HashMap<Address, Vec<usize>>,
    /// Clusters whose identity a plan changes.
    switched: Vec<(usize, &'w Switch)>,
    nowhere: Rc<[Truth]>,
    no_cluster: Rc<[Truth]>,
    any_cluster: Rc<[Truth]>,
    /// Unknown where nobody can say who pulls.
    unsure: Rc<[Truth]>,
    /// The same for an object id that is none of the known ones; likewise for control planes.
    unsure_id: Rc<[Truth]>,
    unsure_control: Rc<[Truth]>,
    /// What was worked out for principals that many grants have.
    shared: RefCell<BTreeMap<String, Rc<Column>>>,
}

impl<'w, 'a> Ends<'w, 'a> {
    pub(super) fn new(
        registries: &'w [Registry<'a>],
        clusters: &'w [Cluster<'a>],
        switches: &'w [Option<Switch>],
        resolver: &'w Resolver<'a>,
    ) -> Ends<'w, 'a> {
        let unknown_if = |unknown: bool| if unknown { Truth::Unknown } else { Truth::No };
        let column = |judge: &dyn Fn(&Cluster<'a>) -> bool| -> Rc<[Truth]> {
            clusters.iter().map(|it| unknown_if(judge(it))).collect()
        };
        let mut ends = Ends {
            registries,
            clusters,
            resolver,
            registry_names: Index::over(registries.iter().map(name_of)),
            registry_places: registries.iter().enumerate().map(|(at, it)| (&*it.resource.address, at)).collect(),
            written_names: Index::over(clusters.iter().map(|it| it.resource.name.as_str())),
            cluster_names: Index::over(clusters.iter().map(|it| it.name.as_str())),
            supplied: Index::default(),
            control: Index::default(),
            pullers: Index::default(),
            controllers: Index::default(),
            clients: Index::default(),
            owners: HashMap::new(),
            switched: switches.iter().enumerate().filter_map(|(at, it)| Some((at, it.as_ref()?))).collect(),
            nowhere: registries.iter().map(|_| Truth::No).collect(),
            no_cluster: column(&|_| false),
            any_cluster: column(&|_| true),
            unsure: column(&|it| matches!(it.pulling, Pulling::Unknown(_))),
            unsure_id: column(&|_| false),
            unsure_control: column(&|_| false),
            shared: RefCell::default(),
        };
        ends.index_identities();
        ends
    }

    fn index_identities(&mut self) {
        let last = |id: &Node| self.resolver.id_of(id).and_then(|id| id.names.last()?.as_str().map(str::to_owned));
        let text = |node: &Node| self.resolver.node(node).as_str().map(str::to_owned);
        let own = |cluster: &Cluster<'a>, path: &[&str]| {
            Node::reference(cluster.resource.address.clone(), path, cluster.resource.declared)
        };
        let (mut unsure, mut unsure_control) = (Vec::new(), Vec::new());
        let told = !self.resolver.of_kind(SERVICE_PRINCIPAL).is_empty();
        for (at, cluster) in self.clusters.iter().enumerate() {
            let supplied = match &cluster.pulling {
                Pulling::Kubelet { supplied, .. } => supplied.as_ref(),
                _ => None,
            };
            if let Some(id) = supplied {
                self.supplied.put(last(id).as_deref(), at);
            }
            cluster.control.iter().for_each(|id| self.control.put(last(id).as_deref(), at));
            for id in supplied.into_iter().chain(&cluster.control) {
                if let Some(identity) = self.resolver.resource_of(id) {
                    self.owners.entry((*identity.address).clone()).or_default().push(at);
                }
            }
            self.owners.entry((*cluster.resource.address).clone()).or_default().push(at);
            unsure.push(match &cluster.pulling {
                Pulling::Kubelet { principal, .. } => {
                    let principal = text(principal);
                    if let Some(text) = &principal {
                        self.pullers.put(Some(text), at);
                    }
                    principal.is_none()
                }
                // Where nothing of Entra is in the tree, nothing tells whose an object id is.
                Pulling::ServicePrincipal(_) if told => {
                    self.pullers.put(None, at);
                    true
                }
                Pulling::ServicePrincipal(_) | Pulling::Unknown(_) => true,
            });
            let ids = cluster.control.iter().map(|id| principal_of(id, "principalId"));
            let ids: Vec<Option<String>> =
                ids.chain([own(cluster, &["identity", "principalId"])]).map(|id| text(&id)).collect();
            ids.iter().flatten().for_each(|id| self.controllers.put(Some(id), at));
            unsure_control.push(ids.iter().any(Option::is_none));
            let path = ["properties", "identityProfile", "kubeletidentity", "clientId"];
            let client = match &cluster.pulling {
                Pulling::ServicePrincipal(client) => Some(client.clone()),
                Pulling::Kubelet { .. } => Some(own(cluster, &path)),
                Pulling::Unknown(_) => None,
            };
            let client = client.map(|client| self.resolver.node(&client));
            // What is not known is never proved to be a text.
            let never = |it: &Node| {
                matches!(it.value, Value::Unknown { .. } | Value::Ref(_) | Value::Concat(_) | Value::Call(..))
            };
            if let Some(client) = client.filter(|it| !never(it) || !it.flags().is_empty()) {
                self.clients.put(client.as_str(), at);
            }
        }
        let truths = |unknown: Vec<bool>| -> Rc<[Truth]> {
            unknown.into_iter().map(|it| if it { Truth::Unknown } else { Truth::No }).collect()
        };
        (self.unsure_id, self.unsure_control) = (truths(unsure), truths(unsure_control));
    }

    /// The registries that a scope may be the id of, or that may have the name in it, when its name is known.
    pub(super) fn called_as(&self, grant: &Grant<'a>) -> Option<Vec<usize>> {
        let id = grant.scope_id().filter(|id| id.is_kind(REGISTRY) && id.names.len() == 1)?;
        let name = id.names.first()?.as_str()?;
        let meant = grant.target_name(self.resolver);
        let agrees = meant.is_none_or(|meant| meant.as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)));
        agrees.then(|| self.registry_names.may_be(name))
    }

    /// Which registries a grant reaches.
    pub(super) fn covers(&self, grant: &Grant<'a>) -> Rc<Column> {
        let judge = |at: usize| self.registries.get(at).map_or(Truth::No, |it| grant.reaches(it, self.resolver));
        match self.called_as(grant) {
            Some(places) => Column::of(&self.nowhere, &places, judge),
            None => {
                let root = &grant.resource.address.root;
                let whole = || Column::whole(self.registries.len(), judge);
                match is_exact(&grant.resource.scope, 6) {
                    true => self.once(format!("{root} {}", grant.resource.scope.key_of_flag()), whole),
                    false => whole(),
                }
            }
        }
    }

    fn once(&self, key: String, column: impl FnOnce() -> Rc<Column>) -> Rc<Column> {
        let known = self.shared.borrow().get(&key).cloned();
        known.unwrap_or_else(|| {
            let made = column();
            self.shared.borrow_mut().insert(key, made.clone());
            made
        })
    }

    /// The registry that is at an address.
    pub(super) fn registry_at(&self, address: &Address) -> Option<usize> {
        self.registry_places.get(address).copied()
    }

    /// For which clusters somebody pulls.
    pub(super) fn pulls_for(&self, holder: &Holder<'a>) -> Rc<Column> {
        let judge = |at: usize| self.clusters.get(at).map_or(Truth::No, |it| holder.pulls_for(it, self.resolver));
        let whole = || Column::whole(self.clusters.len(), judge);
        let by_name = |usual: &Rc<[Truth]>, name: &Node| match name.as_str() {
            Some(name) => Column::of(usual, &self.written_names.may_be(name), judge),
            None => whole(),
        };
        match holder {
            Holder::WrongKind(_) | Holder::Other(_) => Column::of(&self.no_cluster, &[], judge),
            Holder::Group | Holder::Unknown(_) => Column::of(&self.any_cluster, &[], judge),
            // It says nothing of which one.
            Holder::ControlPlane(_) => self.once("a control plane".to_owned(), whole),
            Holder::Puller(of) => by_name(&self.no_cluster, &of.name),
            Holder::Kubelet(of) => by_name(&self.unsure, &of.name),
            Holder::Guid(guid) => Column::of(&self.unsure_id, &self.pullers.may_be(guid), judge),
            Holder::UserAssigned(id) => match self.given(id) {
                Some(places) => Column::of(&self.unsure, &places, judge),
                None => whole(),
            },
            Holder::ServicePrincipal(it) => self.once(format!("{}#{}", it.address.root, it.address), whole),
        }
    }

    /// The clusters whose nodes may have this identity, by its name: it was given to them, or AKS made it for them.
    fn given(&self, id: &Node) -> Option<Vec<usize>> {
        let name = self.resolver.id_of(id)?.names.last()?.as_str()?.to_ascii_lowercase();
        if let Some(identity) = self.resolver.resource_of(id) {
            let own = self.resolver.node(&identity.name);
            own.as_str().filter(|own| own.eq_ignore_ascii_case(&name))?;
        }
        let mut places = self.supplied.may_be(&name);
        places.extend(name.strip_suffix("-agentpool").into_iter().flat_map(|name| self.cluster_names.exactly(name)));
        places.extend(&self.cluster_names.open);
        places.sort_unstable();
        places.dedup();
        Some(places)
    }

    /// Of which clusters somebody is an identity of the control plane.
    pub(super) fn control_plane_of(&self, holder: &Holder<'a>) -> Rc<Column> {
        let judge =
            |at: usize| self.clusters.get(at).map_or(Truth::No, |it| holder.is_control_plane_of(it, self.resolver));
        let whole = || Column::whole(self.clusters.len(), judge);
        match holder {
            Holder::ControlPlane(of) => match of.name.as_str() {
                Some(name) => Column::of(&self.no_cluster, &self.written_names.may_be(name), judge),
                None => whole(),
            },
            Holder::UserAssigned(id) => {
                let name = self.resolver.id_of(id).and_then(|id| id.names.last()?.as_str().map(str::to_owned));
                match name {
                    Some(name) => Column::of(&self.no_cluster, &self.control.may_be(&name), judge),
                    None => whole(),
                }
            }
            Holder::Guid(guid) => Column::of(&self.unsure_control, &self.controllers.may_be(guid), judge),
            Holder::Unknown(_) | Holder::Group => Column::of(&self.any_cluster, &[], judge),
            _ => Column::of(&self.no_cluster, &[], judge),
        }
    }

    /// The clusters whose pulling identity has this value as its client id.
    pub(super) fn clients_of(&self, principal: &Node, is_client: impl Fn(&Cluster<'a>) -> bool) -> Vec<usize> {
        let is_it = |at: &usize| self.clusters.get(*at).is_some_and(&is_client);
        let node = self.resolver.node(principal);
        match (&node.value, node.as_str()) {
            (_, Some(text)) => self.clients.may_be(text).into_iter().filter(is_it).collect(),
            (Value::Unknown { sym: None, .. } | Value::Derived(_), _) => Vec::new(),
            _ => (0..self.clusters.len()).filter(is_it).collect(),
        }
    }

    /// The clusters that a resource is, or is an identity of.
    pub(super) fn owned_by(&self, address: &Address) -> Vec<usize> {
        let mut found = self.owners.get(address).cloned().unwrap_or_default();
        found.dedup();
        found
    }

    /// The clusters for which somebody pulled until a plan changes their identity.
    pub(super) fn pulled_for(&self, holder: &Holder<'a>) -> Vec<usize> {
        self.switched.iter().filter(|(_, switch)| switch.was(holder)).map(|(at, _)| *at).collect()
    }

    /// For which clusters somebody pulls, without some for which that is ruled out.
    pub(super) fn without(&self, column: Rc<Column>, gone: &[usize]) -> Rc<Column> {
        if gone.is_empty() {
            return column;
        }
        let mut column = (*column).clone();
        column.but.extend(gone.iter().map(|&at| (at, Truth::No)));
        column.yes.retain(|at| !gone.contains(at));
        Rc::new(column)
    }

    /// Nobody.
    pub(super) fn none(&self) -> Rc<Column> {
        Rc::new(Column { usual: self.no_cluster.clone(), ..Column::default() })
    }

    /// Whether two nodes are proved to be one value.
    pub(super) fn proves(&self, a: &Node, b: &Node) -> bool {
        same_in(self.resolver, Case::Ignored, a, b) == Truth::Yes
    }
}

/// The name of a registry, where it is known and its id has the same.
fn name_of<'r>(registry: &'r Registry<'_>) -> Option<&'r str> {
    let name = registry.name.as_str()?;
    let id = registry.id.as_ref().filter(|id| id.names.len() == 1)?;
    id.names.first()?.as_str().filter(|own| own.eq_ignore_ascii_case(name))
}

/// Whether equal keys of it mean equal values: nothing in it is named by its place.
fn is_exact(node: &Node, depth: usize) -> bool {
    let each = |mut nodes: &mut dyn Iterator<Item = &Node>| {
        depth > 0 && Iterator::all(&mut nodes, |it| is_exact(it, depth - 1))
    };
    match &node.value {
        Value::Null | Value::Str(_) | Value::Unknown { sym: Some(_), .. } => true,
        Value::Concat(nodes) | Value::Call(_, nodes) => each(&mut nodes.iter()),
        Value::Ref(reference) => match &reference.target {
            Target::Resource(_) => true,
            Target::Id(id) => each(&mut std::iter::once(&**id)),
        },
        Value::Id(id) => {
            let parts = id.subscription.iter().chain(&id.group).chain(&id.names);
            each(&mut parts.chain(id.extends.as_deref()))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
