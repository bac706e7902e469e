//! What a registry has that its tier does not offer (the article on service tiers of Azure Container Registry). Azure, or the
//! provider before it, refuses it.

use super::World;
use super::endpoint::Endpoint;
use super::knowledge::{Fact, Truth, is_certain};
use super::registry::{Reader, Registry};
use crate::ir::{Case, Node, Origin, Resolver, Resource, same_in};
use crate::source::Span;

/// The type of a replica that is declared on its own.
const REPLICATION: &str = "Microsoft.ContainerRegistry/registries/replications";

/// A tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// `Basic`.
    Basic,
    /// `Standard`.
    Standard,
    /// `Premium`.
    Premium,
}

impl Tier {
    /// Its name in `sku`.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Basic => "Basic",
            Tier::Standard => "Standard",
            Tier::Premium => "Premium",
        }
    }
}

/// Something that the tier of a registry does not offer.
#[derive(Clone, Debug)]
pub struct Beyond<'a> {
    /// What it is, with its article.
    pub what: &'static str,
    /// The tier that it has.
    pub tier: Tier,
    /// Where the tier is written.
    pub sku: Span,
    /// The lowest tier that offers it.
    pub needs: Tier,
    /// What is written, where that is a setting of the registry itself.
    pub value: Option<Node>,
    /// The resource that asks for it.
    pub resource: &'a Resource,
    /// It is asked for when the registry is there already: that change is refused, not the registry.
    pub afterwards: bool,
}

impl<'a> World<'a> {
    /// The tier of a registry.
    pub fn tier(&self, registry: &Registry<'a>) -> Fact<Tier> {
        let tier = self.setting(registry, &["sku", "name"], None, |word| match word {
            "basic" => Some(Some(Tier::Basic)),
            "standard" => Some(Some(Tier::Standard)),
            "premium" => Some(Some(Tier::Premium)),
            _ => None,
        });
        match tier {
            Fact::Known(Some(tier), span) => Fact::Known(tier, span),
            Fact::Unknown(why, span) => Fact::Unknown(why, span),
            other => Fact::Unknown(crate::ir::Why::UnresolvedName("sku".into()), other.span()),
        }
    }

    /// Settings of a registry that the tree creates which its tier does not offer: it does not come into being, or what
    /// changes it afterwards is refused.
    pub fn refused_settings(&self, registry: &Registry<'a>) -> Vec<Beyond<'a>> {
        let Some(tier) = self.low_tier(registry) else { return Vec::new() };
        let own = asked(registry.resource, &self.resolver);
        let own = own
            .into_iter()
            .filter(|(.., value)| !registry.unversioned.iter().any(|absent| absent.value.span == value.span));
        let about = |update: &&&'a Resource| is_certain(update) && self.means(update, registry.resource) == Truth::Yes;
        let later = self
            .updates
            .iter()
            .filter(about)
            .flat_map(|update| asked(update, &self.resolver).into_iter().map(move |asked| (asked, *update, true)));
        let all = own.map(|asked| (asked, registry.resource, false)).chain(later);
        let all = all.filter(|((_, needs, _), ..)| *needs > tier.0);
        all.map(|((what, needs, value), resource, afterwards)| Beyond {
            what,
            tier: tier.0,
            sku: tier.1,
            needs,
            value: Some(value),
            resource,
            afterwards,
        })
        .collect()
    }

    /// Replicas and private endpoints of a registry that its tier does not offer.
    pub fn refused_parts(&self, registry: &Registry<'a>) -> Vec<Beyond<'a>> {
        let Some((tier, sku)) = self.low_tier(registry) else { return Vec::new() };
        let own = |it: &&'a Resource| it.origin == Origin::Declared && is_certain(it);
        let part =
            |what, resource| Beyond { what, tier, sku, needs: Tier::Premium, value: None, resource, afterwards: false };
        let replicas = self.resolver.of_kind(REPLICATION).iter().copied().filter(own);
        let replicas = replicas.filter(|it| self.is_replica_of(it, registry)).map(|it| part("a replica", it));
        let leads = |it: &&Endpoint<'a>| it.leads_to(registry, &self.resolver) == Truth::Yes;
        let endpoints = self.endpoints.iter().filter(leads).map(|it| it.resource).filter(own);
        replicas.chain(endpoints.map(|it| part("a private endpoint", it))).collect()
    }

    /// A tier below Premium of a registry that the tree creates whatever the parameters are.
    fn low_tier(&self, registry: &Registry<'a>) -> Option<(Tier, Span)> {
        match self.tier(registry) {
            _ if !registry.is_declared() || !is_certain(registry.resource) => None,
            Fact::Known(tier, span) if tier < Tier::Premium => Some((tier, span)),
            _ => None,
        }
    }

    /// Whether a resource is a replica of the registry in another region than its own.
    fn is_replica_of(&self, replica: &'a Resource, registry: &Registry<'a>) -> bool {
        let name = self.resolver.id_of(&replica.id).and_then(|id| id.names.first().cloned());
        let same = |name: Node| same_in(&self.resolver, Case::Ignored, &name, &registry.name) == Truth::Yes;
        let region = super::region::region(&Reader { resource: replica, resolver: &self.resolver });
        let away = region.value().zip(registry.region.value()).is_none_or(|(there, home)| there != home);
        away && name.is_some_and(same)
    }
}

/// What a declaration or a change asks for that not every tier offers: its name, the lowest tier that does, what is written.
fn asked<'a>(resource: &'a Resource, resolver: &Resolver<'a>) -> Vec<(&'static str, Tier, Node)> {
    let read = Reader { resource, resolver };
    let word = |path: &[&str], word: &str| {
        read.at(path).filter(|node| node.as_str().is_some_and(|text| text.eq_ignore_ascii_case(word)))
    };
    let on = |path: &[&str]| read.at(path).filter(|node| node.as_bool() == Some(true));
    let some = |path: &[&str]| {
        let has = |node: &Node| node.as_list().is_some_and(|list| list.open.is_none() && !list.items.is_empty());
        read.at(path).filter(has)
    };
    let rules = word(&["properties", "networkRuleSet", "defaultAction"], "deny")
        .or_else(|| some(&["properties", "networkRuleSet", "ipRules"]));
    let (premium, standard) = (Tier::Premium, Tier::Standard);
    let all = [
        ("network rules", premium, rules),
        ("closed public access", premium, word(&["properties", "publicNetworkAccess"], "disabled")),
        ("a data endpoint of its own", premium, on(&["properties", "dataEndpointEnabled"])),
        ("a replica", premium, some(&["properties", "georeplications"])),
        ("regional endpoints", premium, word(&["properties", "regionalEndpoints"], "enabled")),
        ("anonymous pull", standard, on(&["properties", "anonymousPullEnabled"])),
    ];
    all.into_iter().filter_map(|(what, needs, value)| Some((what, needs, value?))).collect()
}
