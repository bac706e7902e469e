//! Role assignments that can't both be made (Azure RBAC troubleshooting: `RoleAssignmentUpdateNotPermitted` and
//! `RoleAssignmentExists`).

use std::collections::BTreeMap;

use super::grant::Grant;
use super::identity::Holder;
use super::knowledge::implies;
use crate::azure::kinds::SCHEDULE_REQUEST;
use crate::ir::{Case, Cond, Key, Language, Node, Origin, Resolver, Resource, Truth, same_in};

/// How two role assignments collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One name on one scope for two principals: the second one would change the first, which Azure doesn't allow.
    OneName,
    /// One role on one scope for one principal under two names: the second one exists already.
    OneGrant,
}

/// Two role assignments of one deployment that collide wherever the second one is deployed.
#[derive(Clone, Copy, Debug)]
pub struct Collision {
    /// How.
    pub kind: Kind,
    /// The one that is made, by its place in the world.
    pub first: usize,
    /// The one that is refused, by its place in the world.
    pub second: usize,
    /// Both are deployed whatever the parameters are.
    pub certain: bool,
}

/// More grants than this with the same name, or on the same scope, are not compared with each other.
const MOST: usize = 64;

/// All collisions among grants. Deployments are not compared with each other: two of them are often two ways to deploy
/// one thing, of which only one is taken.
pub(super) fn collisions(grants: &[Grant<'_>], resolver: &Resolver<'_>) -> Vec<Collision> {
    let mut found = Vec::new();
    for (kind, group) in candidates(grants, resolver) {
        for (at, &first) in group.iter().enumerate() {
            for &second in group.iter().skip(at + 1) {
                found.extend(collision(grants, (first, second), kind, resolver));
            }
        }
    }
    found
}

/// Grants that may collide: of one deployment, with one name, or with one scope. Every comparison is made anew.
fn candidates(grants: &[Grant<'_>], resolver: &Resolver<'_>) -> Vec<(Kind, Vec<usize>)> {
    let mut groups: BTreeMap<(String, u8), (Kind, Vec<usize>)> = BTreeMap::new();
    let key = |node: &Node| resolver.node(node).key_of_flag().to_ascii_lowercase();
    for (at, grant) in grants.iter().enumerate().filter(|(_, grant)| is_single(grant.resource)) {
        let root = &grant.resource.address.root;
        let keys = [(Kind::OneName, &grant.resource.name), (Kind::OneGrant, &grant.scope)];
        for (number, (kind, node)) in (0..).zip(keys) {
            groups.entry((format!("{root} {}", key(node)), number)).or_insert((kind, Vec::new())).1.push(at);
        }
    }
    groups.into_values().filter(|(_, group)| (2..=MOST).contains(&group.len())).collect()
}

/// Not one of a loop whose members are not known: there may be none. An eligible assignment is another thing than an
/// active one.
fn is_single(resource: &Resource) -> bool {
    let each = |key: &Option<Key>| matches!(key, Some(Key::Each(_)));
    let steps = &resource.address.path;
    let pim = steps.last().is_some_and(|step| step.name.starts_with("azurerm_pim"));
    let scheduled = pim || resource.is_kind(SCHEDULE_REQUEST);
    !scheduled && !steps.iter().any(|step| each(&step.key))
}

fn collision(
    grants: &[Grant<'_>],
    (first, second): (usize, usize),
    kind: Kind,
    resolver: &Resolver<'_>,
) -> Option<Collision> {
    let (a, b) = (grants.get(first)?, grants.get(second)?);
    let about_pulls = a.means_pull() || b.means_pull();
    let declared = [a, b].iter().all(|grant| grant.resource.origin == Origin::Declared);
    // Commands look whether the assignment is there before they make it.
    let scripted = [a, b].iter().any(|grant| grant.resource.language == Language::Script);
    if !about_pulls || !declared || scripted || a.resource.address == b.resource.address {
        return None;
    }
    // The one that is there only together with the other is the one that is refused.
    let (first, second) = match () {
        () if implies(&b.deployed, &a.deployed) => (first, second),
        () if implies(&a.deployed, &b.deployed) => (second, first),
        () => return None,
    };
    let is = |truth: Truth| truth == Truth::Yes;
    let one_scope = is(same_in(resolver, Case::Ignored, &a.scope, &b.scope));
    let (one_name, one_principal) = (same_names(a, b, resolver), same_principals(a, b, resolver));
    let proved = match kind {
        Kind::OneName => is(one_name) && one_principal == Truth::No,
        Kind::OneGrant => {
            // What a condition does to "exists already" is not documented.
            one_name == Truth::No && is(one_principal) && a.has_role_of(b) && !a.conditional && !b.conditional
        }
    };
    let certain = a.deployed == Cond::Always && b.deployed == Cond::Always;
    (proved && one_scope).then_some(Collision { kind, first, second, certain })
}

/// Terraform's provider makes up a name, another one each time, where nobody wrote one.
fn same_names(a: &Grant<'_>, b: &Grant<'_>, resolver: &Resolver<'_>) -> Truth {
    let made_up = |grant: &Grant<'_>| {
        let closed = grant.resource.body.as_map().is_some_and(|map| map.open.is_none());
        grant.resource.language == Language::Terraform && closed && grant.resource.body.get("name").is_none()
    };
    match made_up(a) || made_up(b) {
        true => Truth::No,
        false => same_in(resolver, Case::Ignored, &a.resource.name, &b.resource.name),
    }
}

/// Whether two grants go to one principal. The identities are compared, not the expressions: two ways to read one
/// principal are one principal.
fn same_principals(a: &Grant<'_>, b: &Grant<'_>, resolver: &Resolver<'_>) -> Truth {
    let one = |x: &Resource, y: &Resource| super::identity::same_resource(x, y, resolver);
    match (&a.holder, &b.holder) {
        (Holder::UserAssigned(x), Holder::UserAssigned(y)) => same_in(resolver, Case::Ignored, x, y),
        (Holder::ControlPlane(x), Holder::ControlPlane(y)) | (Holder::Kubelet(x), Holder::Kubelet(y)) => one(x, y),
        (Holder::Guid(x), Holder::Guid(y)) => Truth::of(x == y),
        // A system-assigned identity is never the user-assigned one that AKS makes for the nodes.
        (Holder::ControlPlane(_), Holder::Kubelet(_)) | (Holder::Kubelet(_), Holder::ControlPlane(_)) => Truth::No,
        _ => Truth::Unknown,
    }
}
