//! Policies of service endpoints: to which accounts of the storage a subnet may go.

use super::subnet::Subnet;
use crate::ir::{Node, Origin, Resolver, Resource, Truth, Value};
use crate::source::Span;
use crate::world::knowledge::is_certain;
use crate::world::registry::within;

/// The type of the policies.
const POLICY: &str = "Microsoft.Network/serviceEndpointPolicies";

/// A policy that a subnet is under.
#[derive(Clone, Debug)]
pub struct StoragePolicy<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// Its name, references followed.
    pub name: Node,
    /// Where the list of what it admits is written, or the policy.
    pub place: Span,
    /// Whether it admits storage that is not the user's own.
    pub admits_foreign: Truth,
}

impl Subnet<'_> {
    /// Whether traffic to a service goes there straight from the subnet, whatever its routes say.
    pub fn has_endpoint_of(&self, service: &str, resolver: &Resolver<'_>) -> Truth {
        let Some(list) = self.at(&["serviceEndpoints"], resolver) else {
            return if self.is_declared { Truth::No } else { Truth::Unknown };
        };
        let Some(list) = list.as_list() else { return Truth::Unknown };
        let one = |item: &Node| match within(resolver, resolver.node(item), &["service"]) {
            Some(name) => name.as_str().map_or(Truth::Unknown, |name| {
                Truth::of(name.eq_ignore_ascii_case(service) || name.eq_ignore_ascii_case(&format!("{service}.Global")))
            }),
            None => Truth::Unknown,
        };
        let seen = list.items.iter().map(one).fold(Truth::No, Truth::or);
        seen.or(if list.open.is_some() { Truth::Unknown } else { Truth::No })
    }

    /// The policies that it is under; nothing where they can't all be read.
    pub fn storage_policies<'a>(
        &self,
        resolver: &Resolver<'a>,
        body: &dyn Fn(&'a Resource) -> Node,
    ) -> Option<Vec<StoragePolicy<'a>>> {
        let Some(list) = self.at(&["serviceEndpointPolicies"], resolver) else { return Some(Vec::new()) };
        let list = list.as_list().filter(|list| list.open.is_none())?;
        let one = |item: &Node| {
            let id = within(resolver, resolver.node(item), &["id"])?;
            let found = resolver.resource_of(&id).filter(|found| found.is_kind(POLICY))?;
            let known = found.origin != Origin::Existing && is_certain(found);
            known.then(|| policy(found, &body(found), resolver))
        };
        list.items.iter().map(one).collect()
    }
}

fn policy<'a>(resource: &'a Resource, body: &Node, resolver: &Resolver<'a>) -> StoragePolicy<'a> {
    let list = within(resolver, body.clone(), &["properties", "serviceEndpointPolicyDefinitions"]);
    // Definitions that are declared on their own are not joined here: they may admit anything.
    let children = format!("{POLICY}/serviceEndpointPolicyDefinitions");
    let separate = !resolver.of_kind(&children).is_empty();
    let admits_foreign = match list.as_ref().map(|list| list.as_list()) {
        None => Truth::No,
        Some(Some(list)) if list.open.is_none() => {
            list.items.iter().map(|item| admits(item, resolver)).fold(Truth::No, Truth::or)
        }
        Some(_) => Truth::Unknown,
    };
    StoragePolicy {
        resource,
        name: resolver.node(&resource.name),
        place: list.map_or(resource.declared, |list| list.span),
        admits_foreign: admits_foreign.or(if separate { Truth::Unknown } else { Truth::No }),
    }
}

/// The storage of a registry is in no subscription of the user's: an account, a group and a subscription don't admit it.
/// What the names of services (`/services/Azure/...`) admit is Azure's business.
fn admits(definition: &Node, resolver: &Resolver<'_>) -> Truth {
    let definition = resolver.node(definition);
    // Read back and in templates the members stand in `properties`, with Terraform beside the name.
    let part = |name: &str| {
        within(resolver, definition.clone(), &["properties", name])
            .or_else(|| within(resolver, definition.clone(), &[name]))
    };
    let Some(resources) = part("serviceResources") else { return Truth::Unknown };
    let Some(list) = resources.as_list().filter(|list| list.open.is_none()) else { return Truth::Unknown };
    let own = |id: &Node| match (&id.value, id.as_str()) {
        (_, Some(text)) => Truth::of(!text.to_ascii_lowercase().starts_with("/subscriptions/")).and(Truth::Unknown),
        (Value::Id(_), _) => Truth::No,
        (Value::Ref(reference), _) if reference.is(&["id"]) => Truth::No,
        (Value::Concat(pieces), _) => {
            let first = pieces.first().and_then(Node::as_str).unwrap_or_default();
            if first.starts_with("/subscriptions/") { Truth::No } else { Truth::Unknown }
        }
        _ => Truth::Unknown,
    };
    list.items.iter().map(|id| own(&resolver.node(id))).fold(Truth::No, Truth::or)
}
