//! ACR311 `isolated-cluster-registry`.

use super::{Key, Reporter, Rule};
use crate::edit::{self, Repair};
use crate::finding::{Fix, Severity};
use crate::pull::Case;
use crate::source::Span;
use crate::world::cache_rule::OF_MICROSOFT;
use crate::world::isolated::{Bootstrap, Lacking};
use crate::world::knowledge::is_certain;
use crate::world::registry::Registry;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR311",
    name: "isolated-cluster-registry",
    summary: "The registry of a network-isolated cluster lacks something that its nodes need",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR311.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for bootstrap in case.world.bootstraps() {
        for lacking in case.world.lacking(&bootstrap) {
            tell(case, &bootstrap, lacking, reporter);
        }
    }
}

fn tell(case: &Case<'_, '_>, bootstrap: &Bootstrap<'_, '_>, lacking: Lacking, reporter: &mut Reporter) {
    let (cluster, registry) = (bootstrap.cluster.resource, bootstrap.registry.resource);
    let (aks, acr) = (shown(&bootstrap.cluster.name), shown(&bootstrap.registry.name));
    let certain = is_certain(cluster) && is_certain(registry) && bootstrap.cluster.is_declared();
    let (sure, what, place) = said(case, bootstrap, lacking, &acr);
    let severity = if sure && certain { Severity::Error } else { Severity::Warning };
    let key = Key::of(&[&registry.address, &cluster.address]).and(name(lacking));
    let told =
        reporter.report(severity, place, format!("the nodes of isolated `{aks}` need {what}"), key).at(at(lacking));
    let told = match bootstrap.id.span == place {
        true => told,
        false => told.with(bootstrap.id.span, "the cluster is made of what this registry has"),
    };
    told.with(registry.declared, format!("registry `{acr}`"))
        .with(cluster.declared, format!("isolated cluster `{aks}`"))
        .help(help(lacking, bootstrap.registry))
        .fix(fix(case, bootstrap, lacking));
}

/// What is said at the place to change.
fn at(lacking: Lacking) -> &'static str {
    match lacking {
        Lacking::Premium(..) => "no private endpoint and no cache for the nodes in this tier",
        Lacking::ArmTokens(_) => "nodes show such tokens, and are refused",
        Lacking::CacheRule => "this registry has no cache rule for the images of the nodes",
        Lacking::Endpoint => "nothing leads to this registry without a way out",
        Lacking::KubeletIdentity(_) => "the identity that AKS makes has no role when the first node starts",
    }
}

fn fix(case: &Case<'_, '_>, bootstrap: &Bootstrap<'_, '_>, lacking: Lacking) -> Option<Fix> {
    let owner = bootstrap.registry.resource;
    let (place, from, to) = match lacking {
        Lacking::Premium(tier, place) => (place, tier.name(), "Premium"),
        Lacking::ArmTokens(place) => (place, "disabled", "enabled"),
        Lacking::CacheRule | Lacking::Endpoint | Lacking::KubeletIdentity(_) => return None,
    };
    Repair::Word { owner, place, from, to, safe: false }.fix(case.store)
}

/// Whether the nodes are proved to fail, what is missing, and where.
fn said(case: &Case<'_, '_>, bootstrap: &Bootstrap<'_, '_>, lacking: Lacking, acr: &str) -> (bool, String, Span) {
    let at = case.place_of(&bootstrap.id, bootstrap.cluster.resource.declared);
    match lacking {
        Lacking::Premium(tier, span) => (true, format!("`{acr}` to be Premium, it is {}", tier.name()), span),
        Lacking::ArmTokens(span) => (true, format!("`{acr}` to take tokens for Resource Manager"), span),
        Lacking::CacheRule => (false, format!("the cache rule `{OF_MICROSOFT}` of `{acr}`"), at),
        Lacking::Endpoint => (false, format!("a private endpoint of `{acr}`"), at),
        Lacking::KubeletIdentity(span) => (false, "a kubelet identity that is there before them".to_owned(), span),
    }
}

fn name(lacking: Lacking) -> &'static str {
    match lacking {
        Lacking::Premium(..) => "premium",
        Lacking::ArmTokens(_) => "arm-tokens",
        Lacking::CacheRule => "cache-rule",
        Lacking::Endpoint => "endpoint",
        Lacking::KubeletIdentity(_) => "kubelet-identity",
    }
}

fn help(lacking: Lacking, registry: &Registry<'_>) -> String {
    match lacking {
        Lacking::Premium(..) => "make the registry Premium".to_owned(),
        Lacking::ArmTokens(_) => edit::tokens_for_azure(registry),
        Lacking::CacheRule => edit::cache_rule(registry),
        Lacking::Endpoint => "add a private endpoint of the registry in the network of the nodes, with the zone \
                              `privatelink.azurecr.io` and its link"
            .to_owned(),
        Lacking::KubeletIdentity(_) => {
            "give the cluster a user-assigned kubelet identity, and grant it AcrPull before the cluster is made"
                .to_owned()
        }
    }
}
