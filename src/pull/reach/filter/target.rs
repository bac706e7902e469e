//! What nodes talk to when they pull, as filters see it.

use std::sync::Arc;

use crate::azure::service_tags::{Service, covers};
use crate::ir::{Node, Resolver, Truth, Value, Why};
use crate::pull::reach::{Host, Way};
use crate::world::network::name;
use crate::world::network::peers::Place;
use crate::world::registry::Registry;
use crate::world::workload::shown;

/// A public address of a registry, or of the storage of its layers.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// The service that answers there.
    pub(super) service: Service,
    /// Its name; where it has two spellings, both.
    names: Vec<Node>,
    /// The region that serves the nodes, where it can be only one.
    region: Option<&'static str>,
}

/// The ends of names in a cloud: of registries, and of blob storage.
struct Cloud(&'static str, &'static str);

const PUBLIC: Cloud = Cloud(".azurecr.io", ".blob.core.windows.net");
const GOVERNMENT: Cloud = Cloud(".azurecr.us", ".blob.core.usgovcloudapi.net");
const CHINA: Cloud = Cloud(".azurecr.cn", ".blob.core.chinacloudapi.cn");

/// What the host of a way may be. Where it is not known which, all are told, and a filter has to say the same of all.
pub(super) fn targets(way: Way<'_, '_>) -> Vec<Target> {
    let cloud = match way.registry.region.value() {
        Some(region) if region.starts_with("usgov") || region.starts_with("usdod") => &GOVERNMENT,
        Some(region) if region.starts_with("china") => &CHINA,
        _ => &PUBLIC,
    };
    in_clouds(way, &[cloud])
}

/// What it would be in the other clouds, where nobody knows in which one the registry is.
pub(super) fn foreign(way: Way<'_, '_>) -> Vec<Target> {
    if way.registry.region.value().is_some() { Vec::new() } else { in_clouds(way, &[&GOVERNMENT, &CHINA]) }
}

fn in_clouds(way: Way<'_, '_>, clouds: &[&Cloud]) -> Vec<Target> {
    let registry = way.registry;
    let region = registry.region.value().copied();
    let services: &[Service] = match (way.host, dedicated(way)) {
        (Host::Login, _) => &[Service::Registry],
        (Host::Data, Truth::Yes) => &[Service::DataEndpoint],
        (Host::Data, Truth::No) => &[Service::Storage],
        (Host::Data, Truth::Unknown) => &[Service::Storage, Service::DataEndpoint],
    };
    let only = region.filter(|_| way.world.is_in_one_region(registry));
    let one = |service: Service, cloud: &Cloud| Target {
        service,
        names: names(registry, service, cloud, only),
        region: only,
    };
    services.iter().flat_map(|service| clouds.iter().map(move |cloud| one(*service, cloud))).collect()
}

fn names(registry: &Registry<'_>, service: Service, cloud: &Cloud, region: Option<&str>) -> Vec<Node> {
    let at = registry.resource.declared;
    let unknown = || Node::unknown(Why::UnresolvedName("host".into()), at);
    let name = || Node {
        value: Value::Call("tolower".into(), Arc::new(vec![registry.name.clone()])),
        ..registry.name.clone()
    };
    let name = || registry.name.as_str().map_or_else(name, |text| Node::text(text.to_ascii_lowercase(), at));
    let text = |text: &str| Node::text(text, at);
    match service {
        Service::Registry if cloud.0 == PUBLIC.0 => match registry.host.value {
            Value::Str(_) | Value::Concat(_) => vec![registry.host.clone()],
            _ => vec![registry.host.clone(), Node::concat(vec![unknown(), text(cloud.0)], at)],
        },
        Service::Registry => vec![Node::concat(vec![name(), text(cloud.0)], at)],
        Service::Storage => vec![Node::concat(vec![unknown(), text(cloud.1)], at)],
        Service::DataEndpoint => {
            let region = region.map_or_else(unknown, text);
            vec![Node::concat(vec![name(), text("."), region, text(&format!(".data{}", cloud.0))], at)]
        }
    }
}

/// Whether layers come from endpoints of the registry's own: where that is switched on, and with a private endpoint.
fn dedicated(way: Way<'_, '_>) -> Truth {
    way.world.has_data_endpoints(way.registry).or(way.world.has_endpoint(way.cluster, way.registry))
}

impl Target {
    /// How it is told: `shop.azurecr.io`, `*.blob.core.windows.net`.
    pub(super) fn told(&self) -> String {
        let host = self.names.last().map(shown).unwrap_or_default();
        match self.service {
            Service::Storage => format!("*{}", host.trim_start_matches(|letter| letter != '.')),
            _ => host,
        }
    }

    /// Whether a tag stands for its address.
    pub(super) fn tagged(&self, tag: &str) -> Truth {
        covers(tag, self.service, self.region)
    }

    /// Whether a name of a rule stands for it.
    pub(super) fn named(&self, pattern: &Node, resolver: &Resolver<'_>) -> Truth {
        self.names.iter().map(|own| name::covers(pattern, own, resolver)).fold(Truth::No, Truth::or)
    }

    /// Whether a proxy is not asked for it.
    pub(super) fn spared(&self, proxy: &crate::world::network::proxy::Proxy) -> Truth {
        self.names.iter().map(|own| proxy.spares(own)).fold(Truth::No, Truth::or)
    }

    /// Whether this, of the user's rules for names, was meant for it and is no name of Azure's.
    pub(super) fn misspelt(&self, pattern: &Node) -> Option<String> {
        let text = pattern.as_str()?.trim().to_ascii_lowercase();
        match self.service {
            Service::Storage => misspelt_storage(&text).then(|| self.told()),
            Service::Registry => crate::azure::image::misspelt(&text).filter(|meant| {
                let meant = Node::text(meant.as_str(), pattern.span);
                self.named(&meant, &Resolver::blind()) == Truth::Yes
            }),
            Service::DataEndpoint => None,
        }
    }
}

/// Whether a name looks like that of blob storage and is under none of its domains.
fn misspelt_storage(text: &str) -> bool {
    const DOMAINS: [&str; 5] = [
        "blob.core.windows.net",
        "blob.storage.azure.net",
        "blob.core.usgovcloudapi.net",
        "blob.core.chinacloudapi.cn",
        "blob.core.cloudapi.de",
    ];
    let labels: Vec<&str> = text.split('.').collect();
    let known = DOMAINS.iter().any(|domain| text.ends_with(domain));
    let zoned = labels.iter().any(|label| label.starts_with('z') && label.len() <= 3);
    let windows = labels.iter().any(|label| matches!(*label, "windows" | "window"));
    labels.contains(&"blob") && windows && !known && !zoned
}

/// Where the nodes of a way are.
pub(super) fn origin(way: Way<'_, '_>) -> Place {
    way.world.subnet_of(way.pool).map_or(Place::Unknown, |subnet| Place::of_subnet(subnet, &way.world.resolver))
}

#[cfg(test)]
mod tests {
    use super::misspelt_storage;

    #[test]
    fn names_like_those_of_storage_are_told_apart() {
        for wrong in ["*.blob.windows.net", "*.blob.core.windows.com", "a.blob.core.window.net"] {
            assert!(misspelt_storage(wrong), "{wrong}");
        }
        for right in ["*.blob.core.windows.net", "a.z13.blob.storage.azure.net", "*.windows.net", "blob.contoso.com"] {
            assert!(!misspelt_storage(right), "{right}");
        }
    }
}
