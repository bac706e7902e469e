//! Saved lists of role assignments, and whether one of them is complete for a registry.
//!
//! A file doesn't say with which flags it was made, so its content has to show that nothing was left out. `az role
//! assignment list --scope <registry> --include-inherited` and `--all` print assignments on the registry itself and above
//! it; filters by assignee or role print one principal or one role alone. A list with assignments on the registry and
//! above it, of several roles and several principals, service principals among them, is neither.

use std::collections::BTreeSet;

use super::World;
use super::cluster::Cluster;
use super::grant::Grant;
use super::registry::Registry;
use crate::azure::kinds::ROLE_ASSIGNMENT;
use crate::ir::{Deployment, Language, Node, Resource, Truth};
use crate::source::Span;

/// The role assignments of one file.
#[derive(Clone, Debug)]
pub(super) struct Assignments {
    place: Span,
    /// From the first to the last.
    whole: Span,
    /// On what they are, in lower case.
    scopes: BTreeSet<String>,
    /// Some are on management groups.
    managed: bool,
    /// They are of several roles and several principals, service principals among them.
    unfiltered: bool,
}

/// The lists among what was saved.
pub(super) fn lists(deployments: &[Deployment]) -> Vec<Assignments> {
    let assignment = |resource: &&Resource| resource.is_read_back() && resource.is_kind(ROLE_ASSIGNMENT);
    let lists = deployments.iter().filter(|it| it.language == Language::AzureCli);
    let all = lists.map(|deployment| deployment.resources.iter().filter(assignment).collect::<Vec<&Resource>>());
    all.filter_map(|all| Assignments::of(&all)).collect()
}

impl Assignments {
    fn of(all: &[&Resource]) -> Option<Assignments> {
        let first = all.first()?.extent;
        let text = |resource: &Resource, key: &str| {
            let value = resource.body.at(&["properties", key]).and_then(Node::as_str);
            value.map(|text| text.trim_end_matches('/').to_ascii_lowercase())
        };
        let distinct = |key: &str, of: &dyn Fn(&&&Resource) -> bool| {
            all.iter().filter(of).filter_map(|it| text(it, key)).collect::<BTreeSet<String>>()
        };
        let kind = |resource: &Resource| text(resource, "principalType").unwrap_or_default();
        let roles = distinct("roleDefinitionId", &|_| true).len();
        let principals = distinct("principalId", &|it| !kind(it).ends_with("group")).len();
        let services = all.iter().any(|it| kind(it) == "serviceprincipal");
        let scopes = distinct("scope", &|_| true);
        Some(Assignments {
            place: Span { end: first.start, ..first },
            whole: all.iter().fold(first, |whole, it| whole.to(it.extent)),
            managed: scopes.iter().any(|scope| scope.starts_with("/providers/microsoft.management/managementgroups/")),
            scopes,
            unfiltered: roles > 1 && principals > 1 && services,
        })
    }

    /// Whether all assignments that reach the resource with this id, in lower case, are in the list. What is above it
    /// begins its id; the root of the tenant is an empty text.
    fn is_complete_for(&self, id: &str) -> bool {
        let mut above = id.match_indices('/').filter_map(|(end, _)| id.get(..end));
        self.unfiltered && self.scopes.contains(id) && (self.managed || above.any(|scope| self.scopes.contains(scope)))
    }
}

impl<'a> World<'a> {
    /// The saved list that has every role assignment which reaches a registry that was read back.
    pub fn all_assignments(&self, registry: &Registry<'a>) -> Option<Span> {
        let id = registry.id.as_ref().filter(|_| registry.resource.is_read_back())?;
        let id = id.text(registry.resource.declared)?.as_str()?.to_ascii_lowercase();
        self.assignments.iter().find(|list| list.is_complete_for(&id)).map(|list| list.place)
    }

    /// The saved list that has every role assignment which reaches a registry, and none that lets the cluster pull, though
    /// the cluster was there: what says otherwise was not so when the list was taken.
    pub fn list_without(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<Span> {
        let seen = |resource| self.resolver.read_back(resource).unwrap_or(resource);
        let (cluster_seen, registry_seen) = (seen(cluster.resource), seen(registry.resource));
        if self.assignments.is_empty() || !cluster_seen.is_read_back() || !registry_seen.is_read_back() {
            return None;
        }
        let id = self.resolver.id_of(&registry_seen.id)?.text(registry_seen.declared)?;
        let id = id.as_str()?.to_ascii_lowercase();
        let serves = |grant: &Grant<'a>| {
            grant.lets_pull(registry).and(grant.pulls_for(cluster)).and(grant.covers(registry)) != Truth::No
        };
        let serving: Vec<Span> = self
            .grants_on(registry)
            .filter(|grant| grant.resource.is_read_back() && serves(grant))
            .map(|grant| grant.resource.extent)
            .collect();
        let holds = |list: &Assignments, extent: &Span| {
            extent.source == list.whole.source && list.whole.to(*extent) == list.whole
        };
        let lacks = |list: &&Assignments| !serving.iter().any(|extent| holds(list, extent));
        self.assignments.iter().filter(lacks).find(|list| list.is_complete_for(&id)).map(|list| list.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::azure_cli;
    use crate::source::{MemoryFiles, Store};

    const SUBSCRIPTION: &str = "/subscriptions/0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b634";

    /// Whether a list of (scope, role, principal, type) is complete for the registry `rg-a/ship`.
    fn is_complete(rows: &[(&str, &str, &str, &str)]) -> bool {
        let registry =
            format!("{SUBSCRIPTION}/resourceGroups/rg-a/providers/Microsoft.ContainerRegistry/registries/ship");
        let row = |(number, (scope, role, principal, kind)): (usize, &(&str, &str, &str, &str))| {
            let scope = scope.replace("ACR", &registry).replace("SUB", SUBSCRIPTION);
            format!(
                r#"{{"id": "{scope}/providers/Microsoft.Authorization/roleAssignments/n{number}", "name": "n{number}", "scope": "{scope}",
                "principalId": "{principal}", "principalType": "{kind}", "roleDefinitionId": "/r/{role}"}}"#
            )
        };
        let rows: Vec<String> = rows.iter().enumerate().map(row).collect();
        let text = format!("[{}]", rows.join(","));
        let store = Store::new(MemoryFiles([("a.json".to_owned(), text.into_bytes())].into_iter().collect()));
        let source = store.open_path("a.json").unwrap();
        let lowered = azure_cli::lower(&store, &[source], &[]);
        lists(&lowered.deployments).iter().any(|list| list.is_complete_for(&registry.to_ascii_lowercase()))
    }

    const PUSH: (&str, &str, &str, &str) = ("ACR", "push", "ci", "ServicePrincipal");
    const OWNER: (&str, &str, &str, &str) = ("SUB", "owner", "ines", "User");

    #[test]
    fn a_list_that_was_not_filtered_shows_it() {
        assert!(is_complete(&[PUSH, OWNER]));
        assert!(is_complete(&[OWNER, ("SUB/resourceGroups/rg-b", "reader", "olga", "User"), PUSH]));
        assert!(is_complete(&[PUSH, ("", "admin", "ines", "User")]));
        assert!(is_complete(&[
            PUSH,
            ("/providers/Microsoft.Management/managementGroups/root", "owner", "ines", "User")
        ]));
    }

    #[test]
    fn a_list_that_may_have_been_filtered_is_not_complete() {
        let elsewhere = [
            // Nothing from above, nothing on the registry.
            vec![PUSH, ("ACR", "pull", "web", "ServicePrincipal")],
            vec![OWNER, ("SUB/resourceGroups/rg-a", "reader", "ci", "ServicePrincipal")],
            // One role, one principal with the groups that it is in, people alone.
            vec![PUSH, ("SUB", "push", "ines", "User")],
            vec![PUSH, ("SUB", "owner", "ci", "ServicePrincipal"), ("SUB", "reader", "all", "Group")],
            vec![("ACR", "push", "olga", "User"), OWNER],
            // Groups and subscriptions whose names begin alike are others.
            vec![PUSH, ("SUB/resourceGroups/rg", "owner", "ines", "User")],
        ];
        for rows in elsewhere {
            assert!(!is_complete(&rows), "{rows:?}");
        }
    }
}
