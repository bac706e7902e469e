//! What scripts only refer to.

use std::collections::BTreeSet;

use super::cluster::Cluster;
use super::grant::Grant;
use super::registry::Registry;
use crate::ir::{Address, Deployment, Language, Node, Origin, Resource, Target, Value};

/// The clusters and registries that commands name without making them and that are none of this world's: a command about
/// a cluster from elsewhere doesn't make it one that runs what lies here. A registry is known where a command grants
/// something on it by its name; a cluster is too, where the tree has no other.
pub(super) fn bystanders(deployments: &[Deployment]) -> BTreeSet<&Address> {
    let all = || deployments.iter().flat_map(|deployment| &deployment.resources);
    let referred = |it: &&Resource| it.language == Language::Script && it.origin == Origin::Existing;
    let others = all().any(|it| Cluster::is_one(it) && !referred(&it));
    let grants: Vec<&Resource> = all().filter(|it| it.language == Language::Script && Grant::is_one(it)).collect();
    let is_it = |node: Option<&Node>, own: &Address| match node.map(|node| &node.value) {
        Some(Value::Ref(reference)) => matches!(&reference.target, Target::Resource(address) if **address == *own),
        _ => false,
    };
    let known = |it: &Resource| {
        let granted = |grant: &&Resource| match Cluster::is_one(it) {
            true => !others && is_it(grant.body.at(&["properties", "principalId"]), &it.address),
            false => is_it(Some(&grant.scope), &it.address),
        };
        it.name.as_str().is_some() && grants.iter().any(granted)
    };
    let ends = all().filter(|it| Cluster::is_one(it) || Registry::is_one(it)).filter(referred);
    ends.filter(|it| !known(it)).map(|it| &*it.address).collect()
}
