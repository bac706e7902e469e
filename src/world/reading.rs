//! Who reads the admin credentials of a registry: `listCredentials()` in Bicep and ARM, `admin_password` and `admin_username`
//! in Terraform. And who reads the kubelet identity of a cluster.

use super::cluster::Cluster;
use super::knowledge::{implies, is_certain};
use super::registry::Registry;
use crate::ir::{Cond, Deployment, Language, Node, Ref, Resolver, Resource, Value};

/// An admin credential of a registry that is read.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// The resource whose body holds it; none for an output, or a parameter of a module.
    pub resource: Option<&'a Resource>,
    /// The language that it is written in.
    pub language: Language,
    /// The registry, by its place in the world.
    pub registry: usize,
    /// The expression that reads.
    pub value: Node,
    /// It is read, and the registry is as it is declared, whatever the parameters are.
    pub certain: bool,
}

/// The kubelet identity of a cluster that is read.
#[derive(Clone, Debug)]
pub struct KubeletReading<'a> {
    /// The resource whose body holds it.
    pub resource: &'a Resource,
    /// The cluster, by its place in the world.
    pub cluster: usize,
    /// The expression that reads.
    pub value: Node,
    /// It is read, and the cluster is as it is declared, whatever the parameters are.
    pub certain: bool,
}

/// The readings of kubelet identities in a resource, one for each cluster.
pub(super) fn kubelets<'a>(
    resource: &'a Resource,
    clusters: &[Cluster<'a>],
    resolver: &Resolver<'a>,
) -> Vec<KubeletReading<'a>> {
    let mut reads = Vec::new();
    collect(&resource.body, &resource.deployed, DEPTH, &is_kubelet, &mut reads);
    let mut found: Vec<KubeletReading<'a>> = Vec::new();
    for (reference, value, when) in reads {
        let Some(target) = resolver.target(&reference.target) else { continue };
        let Some(cluster) = clusters.iter().find(|it| it.resource.address == target.address) else { continue };
        if target.address != resource.address && !found.iter().any(|reading| reading.cluster == cluster.at) {
            let certain = when == Cond::Always && is_certain(cluster.resource) && is_certain(resource);
            found.push(KubeletReading { resource, cluster: cluster.at, value: value.clone(), certain });
        }
    }
    found
}

/// Deeper values are not looked into.
const DEPTH: usize = 48;

/// The readings of a resource, one for each registry.
pub(super) fn readings<'a>(
    resource: &'a Resource,
    registries: &[Registry<'a>],
    resolver: &Resolver<'a>,
) -> Vec<Reading<'a>> {
    let mut reads = Vec::new();
    collect(&resource.body, &resource.deployed, DEPTH, &is_credential, &mut reads);
    let found = told(&reads, registries, resolver, resource.language).into_iter();
    let sure = is_certain(resource);
    found.map(|it| Reading { resource: Some(resource), certain: it.certain && sure, ..it }).collect()
}

/// The readings of values that no resource holds, one for each registry.
pub(super) fn asked<'a>(
    deployment: &'a Deployment,
    registries: &[Registry<'a>],
    resolver: &Resolver<'a>,
) -> Vec<Reading<'a>> {
    let mut reads = Vec::new();
    deployment.asked.iter().for_each(|(value, when)| collect(value, when, DEPTH, &is_credential, &mut reads));
    told(&reads, registries, resolver, deployment.language)
}

/// One that may happen where the registry is not deployed, so that one made elsewhere is read, is left out.
fn told<'a>(
    reads: &[(&Ref, &Node, Cond)],
    registries: &[Registry<'a>],
    resolver: &Resolver<'a>,
    language: Language,
) -> Vec<Reading<'a>> {
    let mut found: Vec<Reading<'a>> = Vec::new();
    for (reference, value, when) in reads {
        let Some(target) = resolver.target(&reference.target) else { continue };
        let Some(registry) = registries.iter().find(|it| it.resource.address == target.address) else { continue };
        let known = found.iter().any(|reading| reading.registry == registry.at);
        if !known && implies(when, &registry.resource.deployed) {
            let certain = *when == Cond::Always && is_certain(registry.resource);
            found.push(Reading { resource: None, language, registry: registry.at, value: (*value).clone(), certain });
        }
    }
    found
}

fn collect<'n>(
    node: &'n Node,
    when: &Cond,
    depth: usize,
    wanted: &dyn Fn(&Ref) -> bool,
    found: &mut Vec<(&'n Ref, &'n Node, Cond)>,
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match &node.value {
        Value::Ref(reference) if wanted(reference) => found.push((reference, node, when.clone())),
        Value::List(list) => list.items.iter().for_each(|item| collect(item, when, depth, wanted, found)),
        Value::Map(map) => map.entries.iter().for_each(|entry| collect(&entry.value, when, depth, wanted, found)),
        // Somebody who has something in its place knows that it may be empty.
        Value::Call(name, _) if matches!(&**name, "tf:try" | "tf:coalesce" | "tf:can" | "coalesce" | "tryget") => {}
        Value::Concat(nodes) | Value::Call(_, nodes) => {
            nodes.iter().for_each(|inner| collect(inner, when, depth, wanted, found));
        }
        Value::Choice(choice) => {
            let (yes, no) = (choice.on.clone(), choice.on.negate());
            collect(&choice.yes, &Cond::all([when.clone(), yes]), depth, wanted, found);
            collect(&choice.no, &Cond::all([when.clone(), no]), depth, wanted, found);
        }
        _ => {}
    }
}

fn is_kubelet(reference: &Ref) -> bool {
    let path = ["properties", "identityProfile", "kubeletidentity"];
    reference.path.len() > path.len()
        && reference.path.iter().zip(path).all(|(step, own)| step.eq_ignore_ascii_case(own))
}

fn is_credential(reference: &Ref) -> bool {
    reference.path.first().is_some_and(|step| step.eq_ignore_ascii_case("listCredentials()"))
}
