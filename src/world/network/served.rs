//! From where a registry serves what is pulled.

use crate::ir::Truth;
use crate::world::World;
use crate::world::registry::{Registry, within};

impl World<'_> {
    /// Whether no other region than its own serves a registry, as far as can be seen.
    pub fn is_in_one_region(&self, registry: &Registry<'_>) -> bool {
        (registry.is_declared() || registry.is_read_back())
            && registry.replicas.is_empty()
            && self.replicas.iter().all(|replica| replica.of(registry, &self.resolver) == Truth::No)
    }

    /// Whether something changes a resource of this type after it is created.
    pub fn is_changed_later(&self, kind: &str) -> bool {
        self.updates.iter().any(|change| change.is_kind(kind))
    }

    /// Whether `dataEndpointEnabled` gives a registry endpoints of its own for layers. Private endpoints do so as well.
    pub fn has_data_endpoints(&self, registry: &Registry<'_>) -> Truth {
        match within(&self.resolver, registry.resource.body.clone(), &["properties", "dataEndpointEnabled"]) {
            Some(flag) => flag.as_bool().map_or(Truth::Unknown, Truth::of),
            None if registry.is_declared() || registry.is_read_back() => Truth::No,
            None => Truth::Unknown,
        }
    }
}
