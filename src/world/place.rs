//! Where workloads run: on the cluster that the configuration or whoever applies them names, on the one that they were read
//! back from, in the root that declares them; else on any.

use super::cluster::Cluster;
use super::workload::{Workload, shown};
use super::{Assumed, World};
use crate::azure::guid::is_guid;
use crate::ir::{Aim, Case, Node, Origin, Part, ResourceId, Site, Truth, same_in};
use crate::source::path::{below, folder_of};
use crate::source::{SourceId, Store, Via};

/// Where a workload runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The clusters that could be it, by their places in the world.
    pub clusters: Vec<usize>,
    /// A cluster that is named and is not in this tree, as it is told.
    pub stranger: Option<String>,
    /// It runs on the only one of `clusters`, and nothing is guessed.
    pub sure: bool,
    /// It runs on one of `clusters` that somebody chooses later: all of them have to be fine.
    pub chosen: bool,
}

impl<'a> World<'a> {
    /// The places where a workload runs, one for each cluster that it is brought to. `store` has the paths of files: the
    /// overlay that it is built for, or the values that its chart is rendered with, say more than its own.
    pub fn places_of(&self, workload: &Workload<'a>, store: &Store) -> Vec<Place> {
        let root = &workload.resource.address.root;
        let path = store.source(workload.resource.declared.source).path.clone();
        let mapped = paths_of(root).into_iter().chain([&*path]).find_map(|path| self.outlook.clusters.get(path));
        if let Some(name) = mapped {
            return vec![self.mapped_to(name, workload, store)];
        }
        let sites = self.sites_of(workload, store);
        if !sites.is_empty() {
            return sites;
        }
        if let Some(near) = self.read_back_beside(workload, &path, store) {
            return vec![near];
        }
        let clusters = self.own_first(workload, self.clusters_where(|_| true));
        vec![Place { clusters, ..Place::default() }]
    }

    fn clusters_where(&self, is_it: impl Fn(&Cluster<'a>) -> bool) -> Vec<usize> {
        self.clusters.iter().enumerate().filter(|(_, cluster)| is_it(cluster)).map(|(at, _)| at).collect()
    }

    /// The place that the configuration says.
    fn mapped_to(&self, name: &str, workload: &Workload<'a>, store: &Store) -> Place {
        let aim = Aim::cluster(Node::text(name, workload.resource.declared));
        let (clusters, exact) = self.meant_by(&aim, store);
        let stranger = clusters.is_empty().then(|| self.stranger(&aim));
        let clusters = self.own_first(workload, clusters);
        Place { sure: exact && clusters.len() == 1, clusters, stranger, chosen: false }
    }

    /// The clusters of the workload's own Terraform root, where it has some.
    fn own_first(&self, workload: &Workload<'a>, all: Vec<usize>) -> Vec<usize> {
        let root = &workload.resource.address.root;
        let is_own = |at: &usize| self.clusters.get(*at).is_some_and(|it| it.resource.address.root == *root);
        let own: Vec<usize> = all.iter().copied().filter(is_own).collect();
        if own.is_empty() { all } else { own }
    }

    /// The places that those who apply a workload name; nothing where one of them names none that is known.
    fn sites_of(&self, workload: &Workload<'a>, store: &Store) -> Vec<Place> {
        let resource = workload.resource;
        let of_it = |site: &&Site| match &site.part {
            Part::Whole => true,
            Part::File(file) => *file == resource.extent.source,
            Part::Object(address) => *address == resource.address,
        };
        let sites = self.sites.get(&*workload.resource.address.root).copied().unwrap_or_default();
        let mut found: Vec<Place> = Vec::new();
        for site in sites.iter().filter(of_it) {
            let Some(place) = site.cluster.as_ref().and_then(|aim| self.aimed_at(aim, store)) else {
                return Vec::new();
            };
            if !found.contains(&place) {
                found.push(place);
            }
        }
        found
    }

    /// The place that a name means; nothing where it may be any cluster.
    fn aimed_at(&self, aim: &Aim, store: &Store) -> Option<Place> {
        let (clusters, exact) = self.meant_by(aim, store);
        let certain = matches!(aim, Aim::Cluster { .. });
        match (clusters.is_empty(), aim.name().as_str()) {
            (false, _) if exact || certain => {
                let chosen = certain && !exact && aim.name().as_str().is_none() && clusters.len() > 1;
                Some(Place { sure: exact && clusters.len() == 1, clusters, chosen, ..Place::default() })
            }
            (true, Some(_)) if certain => Some(Place { stranger: Some(self.stranger(aim)), ..Place::default() }),
            _ => None,
        }
    }

    /// The clusters that a name may mean, and whether it can mean no others: those that are called so and lie where it is
    /// said, else those of which that is not known, else those whose names are not known.
    fn meant_by(&self, aim: &Aim, store: &Store) -> (Vec<usize>, bool) {
        let called = |cluster: &Cluster<'a>| self.is_written(aim.name(), &cluster.name, store);
        let both = |cluster: &Cluster<'a>| called(cluster).and(self.lies_as(cluster, aim, store));
        let exact = self.clusters_where(|cluster| both(cluster) == Truth::Yes);
        if !exact.is_empty() {
            return (exact, true);
        }
        let possible = self.clusters_where(|cluster| both(cluster) == Truth::Unknown);
        let named = |at: &usize| self.clusters.get(*at).is_some_and(|cluster| called(cluster) == Truth::Yes);
        let likely: Vec<usize> = possible.iter().copied().filter(named).collect();
        (if likely.is_empty() { possible } else { likely }, false)
    }

    /// Whether a cluster lies in the group and the subscription that are said, as far as they are. Which subscription it
    /// is in is seldom written where clusters are declared, so that only another one speaks against it.
    fn lies_as(&self, cluster: &Cluster<'a>, aim: &Aim, store: &Store) -> Truth {
        let Aim::Cluster { group, subscription, .. } = aim else { return Truth::Yes };
        let id = ResourceId::parse(&self.resolver.node(&cluster.resource.id));
        let (own_subscription, own_group) = id.map_or((None, None), |id| (id.subscription, id.group));
        let same = |said: &Option<Node>, own: &Option<Node>| match (said, own) {
            (None, _) => Truth::Yes,
            (Some(said), Some(own)) => self.is_written(said, own, store),
            (Some(_), None) => Truth::Unknown,
        };
        let other_subscription = || {
            let both = subscription.iter().chain(&own_subscription);
            let ids = both.filter(|node| node.as_str().is_some_and(is_guid)).count() == 2;
            ids && same(subscription, &own_subscription) == Truth::No
        };
        if other_subscription() { Truth::No } else { same(group, &own_group) }
    }

    /// Whether what is said is what a declaration writes, which may be another thing with other parameters.
    fn is_written(&self, said: &Node, own: &Node, store: &Store) -> Truth {
        match same_in(&self.resolver, Case::Ignored, said, own) {
            Truth::No if is_made_up(&self.resolver.node(own), store) => Truth::Unknown,
            truth => truth,
        }
    }

    /// What a cluster is called that is not in this tree; with its group where the tree has one of the name in another.
    fn stranger(&self, aim: &Aim) -> String {
        let name = shown(aim.name());
        let known = |cluster: &Cluster<'a>| cluster.name.as_str().is_some_and(|own| own.eq_ignore_ascii_case(&name));
        match aim {
            Aim::Cluster { group: Some(group), .. } if self.clusters.iter().any(known) => {
                format!("`{name}` of `{}`", shown(group))
            }
            _ => format!("`{name}`"),
        }
    }

    /// Output that was saved in one folder belongs together: what `kubectl` read back runs on the clusters that were read
    /// back nearest to it.
    fn read_back_beside(&self, workload: &Workload<'a>, path: &str, store: &Store) -> Option<Place> {
        if workload.resource.origin != Origin::Dump {
            return None;
        }
        let files: Vec<Option<_>> =
            self.read_back_in.iter().map(|id| Some(store.source((*id)?).path.clone())).collect();
        let mut known = files.iter().flatten();
        let (first, second) = (known.next(), known.next());
        if second.is_none() {
            return self.read_back_apart(first?, path, store);
        }
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            let inside = |file: &str| file.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
            let here = |at: &usize| files.get(*at).and_then(Option::as_deref).is_some_and(inside);
            let clusters: Vec<usize> = (0..files.len()).filter(here).collect();
            if !clusters.is_empty() {
                let sure = clusters.len() == 1;
                return Some(Place { clusters, sure, ..Place::default() });
            }
            folder = above;
        }
        None
    }

    /// What was saved of one cluster lies in a folder with its workloads; what lies in a folder beside that one was read back
    /// from another cluster.
    fn read_back_apart(&self, cluster: &str, path: &str, store: &Store) -> Option<Place> {
        let (own, other) = (folder_of(cluster), folder_of(path));
        if below(own, path).is_some() || below(other, cluster).is_some() {
            return None;
        }
        let saved = self.workloads.iter().filter(|it| it.resource.origin == Origin::Dump);
        let mut files: Vec<SourceId> = saved.map(|it| it.resource.extent.source).collect();
        files.sort();
        files.dedup();
        let with_it = files.iter().any(|file| folder_of(&store.source(*file).path) == own);
        with_it.then(|| Place { stranger: Some(format!("of `{other}`")), ..Place::default() })
    }
}

impl World<'_> {
    /// Whether the configuration says that a cluster may pull from the registry with this host.
    pub fn is_assumed_granted(&self, host: &str, cluster: &Cluster<'_>) -> bool {
        self.outlook.assumed.iter().any(|fact| match fact {
            Assumed::Grant { registry, cluster: name } => is_at(host, registry) && is_called(cluster, name),
            _ => false,
        })
    }

    /// Whether it says that its nodes reach the registry.
    pub fn is_assumed_reachable(&self, host: &str, cluster: &Cluster<'_>) -> bool {
        self.outlook.assumed.iter().any(|fact| match fact {
            Assumed::Reachable { registry, cluster: name } => is_at(host, registry) && is_called(cluster, name),
            _ => false,
        })
    }
}

/// Whether a host is that of the registry of this name: `name.azurecr.io`, or with what Azure adds to the name.
fn is_at(host: &str, registry: &str) -> bool {
    let label = host.split('.').next().unwrap_or_default();
    label.split('-').next().is_some_and(|name| name.eq_ignore_ascii_case(registry))
}

fn is_called(cluster: &Cluster<'_>, name: &str) -> bool {
    cluster.name.as_str().is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// A name that is another one when somebody gives other parameters: it came in through one, or it is put together.
fn is_made_up(name: &Node, store: &Store) -> bool {
    let given = name.trail.hops().any(|hop| hop.via == Via::Parameter);
    given || name.as_str().is_some_and(|text| !store.snippet(name.span).contains(text))
}

/// The paths in the name of a deployment, the one that says most first: who applies it, its values, its own file.
/// `a/Chart.yaml with b.yaml (c.yaml:7)`, `a/kustomization.yaml applied by c.yaml:7`.
fn paths_of(root: &str) -> Vec<&str> {
    let parts = root.split(" with ").flat_map(|part| part.split(" applied by ")).flat_map(|part| part.split(" ("));
    let path = |part: &'_ str| -> Option<usize> {
        let (path, line) = part.trim_end_matches(')').rsplit_once(':')?;
        line.parse::<u32>().ok().map(|_| path.len())
    };
    let mut found: Vec<&str> = parts.map(|part| path(part).and_then(|end| part.get(..end)).unwrap_or(part)).collect();
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::{is_at, paths_of};

    #[test]
    fn hosts_begin_with_the_names_of_registries() {
        assert!(is_at("hub.azurecr.io", "Hub"));
        assert!(is_at("hub-a1b2c3.azurecr.cn", "hub"));
        assert!(!is_at("hubs.azurecr.io", "hub"));
    }

    #[test]
    fn names_of_deployments_hold_paths() {
        assert_eq!(paths_of("k8s/*.yaml"), ["k8s/*.yaml"]);
        assert_eq!(paths_of("a/Chart.yaml with b.yaml (c.yaml:7)"), ["c.yaml", "b.yaml", "a/Chart.yaml"]);
        assert_eq!(paths_of("a/kustomization.yaml applied by c.yaml:7"), ["c.yaml", "a/kustomization.yaml"]);
    }
}
