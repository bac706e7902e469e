//! The names that nodes look up, and the zone that may answer.

use super::super::{Host, Way};
use crate::ir::{Case, Node, Truth, Value, same_in};
use crate::world::registry::Registry;
use crate::world::workload::shown;

/// Zones of the clouds; that of China is not confirmed, so nothing is proved about it.
const CLOUDS: [&str; 3] = ["privatelink.azurecr.io", "privatelink.azurecr.us", "privatelink.azurecr.cn"];

/// The name of the zone that registries of this cloud look up.
pub(super) fn zone_name(registry: &Registry<'_>) -> &'static str {
    let host = registry.host.as_str().unwrap_or_default();
    let region = registry.region.value().copied().unwrap_or_default();
    match () {
        () if host.ends_with(".azurecr.us") || region.starts_with("usgov") || region.starts_with("usdod") => {
            "privatelink.azurecr.us"
        }
        () if host.ends_with(".azurecr.cn") || region.starts_with("china") => "privatelink.azurecr.cn",
        () => "privatelink.azurecr.io",
    }
}

/// What a zone is to the names of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answers {
    /// It is the zone of private endpoints.
    Private,
    /// It answers for names of registries in another way, or may.
    Somehow,
    /// It has nothing to do with them.
    Never,
}

/// What a zone of this name is to the names of a registry.
pub(super) fn answers(way: Way<'_, '_>, zone: &Node) -> Answers {
    let wanted = zone_name(way.registry);
    let Some(name) = zone.as_str().map(str::to_ascii_lowercase) else {
        let same = same_in(&way.world.resolver, Case::Ignored, zone, &Node::text(wanted, zone.span));
        return match same {
            Truth::Yes => Answers::Private,
            Truth::No => Answers::Never,
            Truth::Unknown => Answers::Somehow,
        };
    };
    if name == wanted && wanted != "privatelink.azurecr.cn" {
        return Answers::Private;
    }
    // A zone of `azurecr.io`, or of the registry itself, is asked before the alias is followed.
    let suffix = wanted.trim_start_matches("privatelink.");
    let host = way.registry.host.as_str().map(str::to_ascii_lowercase);
    let own = name.ends_with(suffix) && host.as_deref().is_none_or(|host| below(host, &name));
    let private = name.ends_with(wanted);
    // The region says which cloud it is, and nobody asks for the names of another one there.
    let cloud = CLOUDS.contains(&&*name) && (way.registry.region.value().is_none() || name == wanted);
    match own || private || cloud || below(wanted, &name) {
        true => Answers::Somehow,
        false => Answers::Never,
    }
}

/// Whether a name is a zone's or lies below it.
fn below(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A name that is meant to be that of the zone, and isn't: a few slips away, or one that speaks of registries.
pub(super) fn is_slip(way: Way<'_, '_>, zone: &Node) -> bool {
    let wanted = zone_name(way.registry);
    zone.as_str().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        let own = name.strip_prefix("privatelink.");
        strsim::damerau_levenshtein(&name, wanted) <= 3
            || own.is_some_and(|own| ["acr", "registry"].iter().any(|word| own.contains(word)))
    })
}

/// The zone of another service's private endpoints.
pub(super) fn is_foreign(way: Way<'_, '_>, zone: &Node) -> bool {
    zone.as_str().is_some_and(|name| name.to_ascii_lowercase().starts_with("privatelink.")) && !is_slip(way, zone)
}

/// A name below the zone that has to have a record.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The name; nothing when it can't be told.
    pub(super) name: Option<Node>,
    /// As it is told.
    pub(super) shown: String,
    pub(super) host: Host,
    /// Of the home region, or the login server itself.
    pub(super) home: bool,
}

/// Every name that pulls look up: the login server, and for each region that is known the data endpoint.
pub(super) fn wanted(way: Way<'_, '_>) -> Vec<Wanted> {
    let registry = way.registry;
    let label = label(registry);
    let told = label.as_ref().map_or_else(|| shown(&registry.name), shown);
    let mut all = vec![Wanted { name: label.clone(), shown: told.clone(), host: Host::Login, home: true }];
    let location = registry.resource.body.get("location").map(|node| way.world.resolver.node(node));
    let home = match (registry.region.value(), location) {
        (Some(region), location) => {
            Some(Node::text(*region, location.map_or(registry.resource.declared, |node| node.span)))
        }
        (None, location) => location,
    };
    let regions = home.into_iter().map(|region| (region, true));
    let replicas = way.world.replicas_of(registry).filter(|replica| replica.certain);
    let replicas =
        replicas.filter_map(|replica| Some((Node::text(*replica.region.value()?, replica.region.span()), false)));
    for (region, home) in regions.chain(replicas) {
        let told = format!("{told}.{}.data", shown(&region));
        let name = label.as_ref().map(|label| {
            let (dot, data) = (Node::text(".", region.span), Node::text(".data", region.span));
            Node::concat(vec![label.clone(), dot, region.clone(), data], region.span)
        });
        if !all.iter().any(|known| known.shown == told) {
            all.push(Wanted { name, shown: told, host: Host::Data, home });
        }
    }
    all
}

/// The first part of the login server; nothing when a label that only Azure knows is part of it.
fn label(registry: &Registry<'_>) -> Option<Node> {
    match &registry.host.value {
        Value::Str(host) => Some(Node::text(host.split('.').next()?.to_owned(), registry.host.span)),
        Value::Concat(_) => Some(registry.name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_zone_answers_for_itself_and_what_lies_below_it() {
        assert!(below("orchard.azurecr.io", "azurecr.io") && below("azurecr.io", "azurecr.io"));
        assert!(below("orchard.azurecr.io", "orchard.azurecr.io") && below("privatelink.azurecr.io", "io"));
        assert!(!below("orchard.azurecr.io", "cr.io") && !below("azurecr.io", "privatelink.azurecr.io"));
    }
}
