//! Resources become a typed world; this is the only place where things are joined.

mod assignments;
pub mod cache_rule;
pub mod changed;
pub mod cluster;
pub mod collision;
pub mod dead_secret;
mod drift;
pub mod endpoint;
pub mod fault;
pub mod former;
pub mod grant;
pub mod host;
pub mod identity;
pub mod isolated;
pub mod knowledge;
pub mod link;
pub mod listing;
pub mod mutation;
pub mod network;
pub mod node_image;
pub mod operator;
pub mod place;
pub mod placement;
mod policy;
pub mod principal;
pub mod provisioner;
mod reach;
pub mod reading;
pub mod refresh;
pub mod region;
pub mod registry;
pub mod role;
mod saved;
pub mod scale_set;
mod scripted;
pub mod secret;
mod setting;
mod standing;
pub mod stranger;
mod supply;
pub mod switch;
pub mod tenant;
pub mod tier;
pub mod token;
mod unseen;
mod update;
pub mod workload;
pub mod written;

use std::collections::{BTreeMap, BTreeSet};

use crate::azure;
use crate::azure::kinds::PRIVATE_ENDPOINT;
pub use crate::ir::{Address, Imperative, Node};
use crate::ir::{Cond, Deployment, Gap, Makes, Order, Origin, Resolver, Resource, Site, Truth};
use crate::source::{SourceId, Span};
use assignments::Assignments;
use changed::Changes;
use cluster::{Cluster, Stated};
use collision::{Collision, Kind};
use endpoint::Endpoint;
use former::FormerGrant;
use grant::Grant;
use knowledge::{Fact, Members};
use listing::Listing;
use network::Network;
use provisioner::Provisioner;
use reach::Reach;
use reading::{KubeletReading, Reading, asked, kubelets, readings};
use refresh::Refresher;
use region::{Replica, all_read_back, unseen};
use registry::Registry;
use scale_set::ScaleSet;
use secret::Secret;
use standing::Ends;
use supply::{Addition, Later};
use switch::Switch;
use token::Token;
use workload::{ServiceAccount, Workload};

/// Lists of credentials that name no application: `az ad sp credential list`.
const CREDENTIALS: &str = "Microsoft.Graph/passwordCredentials";

/// How absence is read (`ARCHITECTURE.md`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Completeness {
    /// What the tree declares must be wired by the tree.
    #[default]
    Repository,
    /// Absence is never proof.
    Open,
    /// The tree is everything.
    Closed,
}

/// Something that is true elsewhere, by the configuration's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assumed {
    /// The cluster may pull from the registry.
    Grant {
        /// The registry's name.
        registry: String,
        /// The cluster's name.
        cluster: String,
    },
    /// A pull secret exists.
    Secret {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// The cluster's nodes reach the registry.
    Reachable {
        /// The registry's name.
        registry: String,
        /// The cluster's name.
        cluster: String,
    },
}

/// What the user says about the world.
#[derive(Clone, Debug, Default)]
pub struct Outlook {
    /// How absence is read.
    pub completeness: Completeness,
    /// Facts that are true elsewhere.
    pub assumed: Vec<Assumed>,
    /// Files whose manifests run on a cluster that the configuration names: path, cluster name.
    pub clusters: std::collections::BTreeMap<String, String>,
    /// Files that are there to be copied and filled in, as their names say.
    pub examples: BTreeSet<crate::source::SourceId>,
    /// The date that counts as today; what ended before it has ended.
    pub today: jiff::civil::Date,
}

/// The typed world.
pub struct World<'a> {
    /// Follows references.
    pub resolver: Resolver<'a>,
    /// What the user says.
    pub outlook: Outlook,
    /// Registries, declared, referred to or dumped; each once.
    pub registries: Vec<Registry<'a>>,
    /// Clusters, each once.
    pub clusters: Vec<Cluster<'a>>,
    /// Role assignments.
    pub grants: Vec<Grant<'a>>,
    /// How plans change the identities with which clusters pull, by their places in the world.
    switches: Vec<Option<Switch>>,
    /// Role assignments that a plan deletes or changes, as they are now.
    pub former_grants: Vec<FormerGrant<'a>>,
    /// Secrets that a plan deletes: namespace, name, where.
    lost_secrets: Vec<(Node, Node, Span)>,
    /// Role assignments that can't both be made.
    pub collisions: Vec<Collision>,
    /// Who reads admin credentials of registries.
    pub readings: Vec<Reading<'a>>,
    /// Who reads the kubelet identities of clusters that have none: those with a service principal.
    pub kubelet_readings: Vec<KubeletReading<'a>>,
    /// Secrets of Kubernetes.
    pub secrets: Vec<Secret<'a>>,
    /// Service accounts.
    pub accounts: Vec<ServiceAccount<'a>>,
    /// Workloads.
    pub workloads: Vec<Workload<'a>>,
    /// Replicas of registries that are declared on their own.
    pub replicas: Vec<Replica>,
    /// Virtual networks, subnets, and where nodes stand in them.
    pub network: Network<'a>,
    /// Private endpoints.
    pub endpoints: Vec<Endpoint<'a>>,
    /// Private endpoints that a plan deletes, as they are now.
    lost_endpoints: Vec<Endpoint<'a>>,
    /// Scale sets of nodes, as they were read back.
    pub scale_sets: Vec<ScaleSet<'a>>,
    /// Saved lists of tags.
    pub listings: Vec<Listing<'a>>,
    /// Controllers that make nodes.
    pub provisioners: Vec<Provisioner>,
    /// Saved lists of role assignments.
    assignments: Vec<Assignments>,
    /// Which grants may have to do with which registries and clusters.
    reach: Reach,
    /// Tokens of registries.
    pub tokens: Vec<Token<'a>>,
    /// What renews tokens in pull secrets.
    pub refreshers: Vec<Refresher<'a>>,
    /// Secrets that something makes when it runs.
    made_later: Vec<Later>,
    /// What adds pull secrets where none are written.
    additions: Vec<Addition>,
    /// Policies that write images into pods.
    mutations: Vec<mutation::Mutation>,
    /// What could not be seen, with the deployment it belongs to.
    pub gaps: Vec<(&'a Deployment, &'a Gap)>,
    /// Commands in scripts.
    pub imperative: Vec<Imperative>,
    /// The files in which clusters were read back, by their places in the world.
    read_back_in: Vec<Option<SourceId>>,
    /// To which clusters the objects of deployments are brought, by deployment.
    sites: BTreeMap<&'a str, &'a [Site]>,
    /// Where modules are called, by deployment and address without keys.
    calls: BTreeMap<(&'a str, &'a str), Span>,
    /// What waits for what, by deployment.
    orders: BTreeMap<&'a str, &'a Order>,
    /// Declarations that change what others create.
    updates: Vec<&'a Resource>,
    /// The same, by what they may be about.
    changes: Changes<'a>,
    /// Groups of Entra and their members.
    memberships: Vec<&'a Resource>,
    /// A controller of the tree hands out pull secrets on its own.
    copier: bool,
    /// Texts in custom resources: the name of a secret among them may be one that its controller makes.
    mentioned: BTreeSet<String>,
}

impl<'a> World<'a> {
    /// Builds the world of these deployments.
    pub fn new(deployments: &'a [Deployment], imperative: Vec<Imperative>, outlook: Outlook) -> World<'a> {
        let resolver = Resolver::new(deployments, azure::computed);
        let mut world = World {
            changes: Changes::of(deployments, &resolver),
            resolver,
            outlook,
            registries: Vec::new(),
            clusters: Vec::new(),
            grants: Vec::new(),
            switches: Vec::new(),
            former_grants: Vec::new(),
            lost_secrets: Vec::new(),
            collisions: Vec::new(),
            readings: Vec::new(),
            kubelet_readings: Vec::new(),
            secrets: Vec::new(),
            accounts: Vec::new(),
            workloads: Vec::new(),
            replicas: Vec::new(),
            network: Network::default(),
            endpoints: Vec::new(),
            lost_endpoints: Vec::new(),
            tokens: Vec::new(),
            refreshers: Vec::new(),
            made_later: Vec::new(),
            scale_sets: Vec::new(),
            listings: Vec::new(),
            provisioners: Vec::new(),
            assignments: assignments::lists(deployments),
            additions: Vec::new(),
            reach: Reach::default(),
            mutations: Vec::new(),
            gaps: deployments
                .iter()
                .flat_map(|deployment| deployment.gaps.iter().map(move |gap| (deployment, gap)))
                .collect(),
            imperative,
            calls: deployments
                .iter()
                .flat_map(|it| it.calls.iter().map(|(call, span)| ((&*it.name, &**call), *span)))
                .collect(),
            read_back_in: Vec::new(),
            sites: deployments
                .iter()
                .filter(|it| !it.sites.is_empty())
                .map(|it| (&*it.name, it.sites.as_slice()))
                .collect(),
            orders: deployments.iter().filter_map(|it| Some((&*it.name, it.order.as_ref()?))).collect(),
            updates: Vec::new(),
            mentioned: BTreeSet::new(),
            copier: false,
            memberships: Vec::new(),
        };
        let bystanders = scripted::bystanders(deployments);
        for resource in deployments.iter().flat_map(|deployment| &deployment.resources) {
            if !bystanders.contains(&*resource.address) {
                world.take(resource);
            }
        }
        saved::without_owned(&mut world.workloads);
        world.provisioners = world.workloads.iter().filter_map(Provisioner::of).collect();
        world.compare();
        let mut images = world.workloads.iter().flat_map(|workload| &workload.images).filter_map(Node::as_str);
        world.copier = images.any(supply::is_copier);
        world.tokens = token::tokens(&world.resolver, &world.updates, &world.imperative);
        world.unsettle();
        world.former_grants = former::grants(deployments, &world.resolver);
        let lost = former::lost(deployments, &world.resolver);
        world.lost_endpoints = lost.filter_map(|former| Endpoint::read(&former.resource, &world.resolver)).collect();
        world.lost_secrets = former::secrets(deployments, &world.resolver);
        for registry in &mut world.registries {
            registry.closing = former::closing(registry, deployments);
        }
        let switches = world.clusters.iter().map(|cluster| switch::of(cluster, deployments, &world.resolver));
        world.switches = switches.collect();
        world.link();
        world.network = Network::read(&world.resolver, &world.clusters, &world.changes);
        let body = |resource: &'a Resource| world.changes.body_of(resource, &world.resolver);
        world.network.read_private(&world.resolver, &world.clusters, &world.registries, &world.endpoints, &body);
        let resources = deployments.iter().flat_map(|deployment| &deployment.resources);
        let all = resources.filter(|resource| resource.origin == Origin::Declared && resource.deployed != Cond::Never);
        let all: Vec<&Resource> = all.collect();
        let lacking = |it: &KubeletReading<'_>| {
            let cluster = world.clusters.get(it.cluster);
            cluster.is_some_and(|cluster| cluster.is_declared() && cluster.stated == Stated::ServicePrincipal)
        };
        let kubelets = all.iter().flat_map(|it| kubelets(it, &world.clusters, &world.resolver)).filter(lacking);
        world.kubelet_readings = kubelets.collect();
        world.readings = all.into_iter().flat_map(|it| readings(it, &world.registries, &world.resolver)).collect();
        // What a resource holds is told there, also where it came in through a parameter of a module.
        for reading in deployments.iter().flat_map(|it| asked(it, &world.registries, &world.resolver)) {
            if !world
                .readings
                .iter()
                .any(|known| known.registry == reading.registry && known.value.span == reading.value.span)
            {
                world.readings.push(reading);
            }
        }
        world
    }

    /// Numbers registries and clusters, and works out how each grant stands to each of them.
    fn link(&mut self) {
        self.registries.iter_mut().enumerate().for_each(|(at, registry)| registry.at = at);
        self.clusters.iter_mut().enumerate().for_each(|(at, cluster)| cluster.at = at);
        let seen = |cluster: &Cluster<'a>| self.resolver.read_back(cluster.resource).unwrap_or(cluster.resource);
        let file = |seen: &Resource| seen.is_read_back().then_some(seen.extent.source);
        self.read_back_in = self.clusters.iter().map(|cluster| file(seen(cluster))).collect();
        let former = self.former_grants.iter_mut().map(|former| &mut former.grant);
        let ends = Ends::new(&self.registries, &self.clusters, &self.switches, &self.resolver);
        for grant in self.grants.iter_mut().chain(former) {
            grant.link(&ends, &self.resolver);
        }
        self.reach = Reach::of(&self.grants, self.registries.len(), self.clusters.len());
        self.take_away();
        self.collisions = collision::collisions(&self.grants, &self.resolver);
        for clash in self.collisions.iter().filter(|clash| clash.kind == Kind::OneName) {
            for at in [clash.first, clash.second] {
                if let Some(grant) = self.grants.get_mut(at) {
                    grant.doubt = Some("that has the name of another one".to_owned());
                }
            }
        }
    }

    /// The grants that may reach a registry, in their order.
    pub fn grants_on<'w>(&'w self, registry: &Registry<'_>) -> impl Iterator<Item = &'w Grant<'a>> + use<'w, 'a> {
        self.reach.on(registry.at).into_iter().filter_map(|at| self.grants.get(at))
    }

    /// The grants that may be for a cluster or were meant for it, and those that hang on conditions, by their places.
    pub fn grants_for(&self, cluster: &Cluster<'_>) -> impl Iterator<Item = (usize, &Grant<'a>)> {
        self.reach.of_cluster(cluster.at).into_iter().filter_map(|at| Some((at, self.grants.get(at)?)))
    }

    fn take(&mut self, resource: &'a Resource) {
        if resource.deployed == Cond::Never {
            return;
        }
        if resource.origin == Origin::Update {
            return self.updates.push(resource);
        }
        if resource.kind.to_ascii_lowercase().starts_with("microsoft.graph/groups") {
            return self.memberships.push(resource);
        }
        let resolver = &self.resolver;
        // What the tree declares and elsewhere only refers to is one thing.
        let canonical = || std::ptr::eq(resolver.canonical(resource), resource);
        if Registry::is_one(resource) && canonical() {
            self.registries.push(Registry::read(resource, resolver));
        } else if Cluster::is_one(resource) && canonical() {
            self.clusters.push(Cluster::read(resource, resolver));
        } else if Grant::is_one(resource) && (resource.origin == Origin::Existing || !Grant::may_concern(resource)) {
            // It lets nobody pull.
        } else if Grant::is_one(resource) {
            self.grants.extend(Grant::read(resource, resolver));
        } else if Secret::is_one(resource) {
            self.secrets.push(Secret::read(resource, resolver));
        } else if let Some(account) = ServiceAccount::read(resource, resolver) {
            self.accounts.push(account);
        } else if let Some(workload) = Workload::read(resource, resolver) {
            self.refreshers.extend(refresh::refresher(resource, resolver));
            self.workloads.push(workload);
        } else if let Some(replica) = Replica::read(resource, resolver) {
            self.replicas.push(replica);
        } else if resource.is_kind(PRIVATE_ENDPOINT) {
            let body = self.changes.body_of(resource, resolver);
            self.endpoints.extend(Endpoint::of(resource, &body, resolver));
        } else if let Some(set) = ScaleSet::read(resource) {
            self.scale_sets.push(set);
        } else if let Some(listing) = Listing::read(resource) {
            self.listings.push(listing);
        } else {
            let made = Secret::made(resource, resolver);
            // What says all that it makes, makes nothing of other names that stand in it.
            if made.is_empty() {
                self.made_later.extend(supply::made_by(resource, resolver));
                supply::mentions(resource, &mut self.mentioned);
            }
            self.secrets.extend(made);
            self.refreshers.extend(refresh::refresher(resource, resolver));
            self.additions.extend(supply::adds(resource, resolver));
            self.mutations.extend(mutation::Mutation::read(resource, resolver));
            self.imperative.extend(link::makes(resource, resolver));
        }
    }

    /// Where the modules around a declaration are called, the innermost first.
    pub fn calls_of(&self, address: &Address) -> Vec<(Address, Span)> {
        let place = |module: Address| {
            let span = self.calls.get(&(&*module.root, &*module.without_keys())).copied()?;
            Some((module, span))
        };
        let mut calls: Vec<(Address, Span)> = address.modules().filter_map(place).collect();
        calls.reverse();
        calls
    }

    /// Whether one declaration waits for another one of its deployment; unknown where the deployment doesn't tell.
    pub fn waits(&self, later: &Address, earlier: &Address) -> Truth {
        let order = self.orders.get(&*later.root).filter(|_| later.root == earlier.root);
        order.map_or(Truth::Unknown, |order| order.follows(later, earlier))
    }

    /// Whether the registry serves the region of the cluster from another one. Replicas are further members of the
    /// registry, so where some can't be seen it is unknown.
    pub fn serves_from_afar(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Truth {
        let (Some(near), Fact::Known(home, _)) = (cluster.region.value(), &registry.region) else {
            return Truth::Unknown;
        };
        if near == home {
            return Truth::No;
        }
        let open = match () {
            () if registry.is_declared() => self.hidden(cluster, registry),
            () if all_read_back(registry, &self.replicas, &self.resolver) => None,
            () => Some(unseen(registry)),
        };
        let items = self.replicas.iter().filter(|replica| replica.of(registry, &self.resolver) != Truth::No);
        let replicas = Members { items: items.chain(&registry.replicas).collect(), open };
        replicas.any(|replica| replica.region.is(near)).not()
    }

    /// The replicas that are surely a registry's.
    pub fn replicas_of<'w>(&'w self, registry: &'w Registry<'a>) -> impl Iterator<Item = &'w Replica> {
        let own = |replica: &&Replica| replica.of(registry, &self.resolver) == Truth::Yes;
        registry.replicas.iter().chain(self.replicas.iter().filter(own))
    }

    /// There may be replicas of a registry that can't be seen.
    pub fn replicas_open(&self, registry: &Registry<'a>) -> bool {
        let doubtful = |replica: &Replica| replica.of(registry, &self.resolver) == Truth::Unknown;
        let listed = || all_read_back(registry, &self.replicas, &self.resolver);
        self.replicas.iter().any(doubtful) || !registry.is_declared() && !listed()
    }

    /// The tree has something that leads out of a network that has no way out of itself.
    pub fn has_own_egress(&self) -> bool {
        const WAYS: [&str; 4] = [
            "Microsoft.Network/azureFirewalls",
            "Microsoft.Network/routeTables",
            "Microsoft.Network/natGateways",
            "Microsoft.Network/virtualNetworkGateways",
        ];
        WAYS.iter().any(|kind| !self.resolver.of_kind(kind).is_empty())
    }

    /// The nodes of a cluster may reach the internet though AKS makes no way out: each by an address of its own, or through
    /// a network that is made elsewhere.
    pub fn may_have_egress(&self, cluster: &Cluster<'a>) -> bool {
        let body = self.resolver.node(&cluster.resource.body);
        let Some(pools) = body.at(&["properties", "agentPoolProfiles"]).map(|pools| self.resolver.node(pools)) else {
            return self.has_own_egress();
        };
        let public = |pool: &Node| pool.get("enableNodePublicIP").is_some_and(|flag| flag.as_bool() != Some(false));
        let foreign = |pool: &Node| {
            let subnet = pool.get("vnetSubnetID").filter(|subnet| !subnet.is_null());
            subnet.is_some_and(|subnet| {
                self.resolver.resource_of(subnet).is_none_or(|found| found.origin != Origin::Declared)
            })
        };
        let items = pools.as_list().map_or(&[][..], |list| &list.items);
        self.has_own_egress() || items.iter().any(|pool| public(pool) || foreign(pool))
    }

    /// Something of the tree puts the real text in the place of placeholders.
    pub fn fills_placeholders(&self) -> bool {
        self.imperative.iter().any(|command| command.makes == Makes::Text)
    }
}
