//! What differs from one version of a provider to the next, once the versions are known.

use super::attributes::put;
use super::azuread;
use super::providers::Providers;
use crate::ir::{Node, Origin, Resource, Truth};

/// What resources mean in the versions that are used.
pub fn settle(resources: &mut [Resource], providers: &Providers) {
    for resource in resources {
        azuread::settle(resource, providers);
        if is_classic(resource, providers) {
            let span = resource.declared;
            put(&mut resource.body, "sku.name", Node::text("Classic", span));
        }
    }
}

/// Before version 3 a registry without a `sku` was a `Classic` one.
fn is_classic(resource: &Resource, providers: &Providers) -> bool {
    let own = resource.address.path.last().is_some_and(|step| step.name.starts_with("azurerm_container_registry."));
    own && resource.origin == Origin::Declared
        && providers.is_before("azurerm", 3) == Truth::Yes
        && resource.body.at(&["sku"]).is_none()
}
