//! Cache rules: which repositories of other registries a registry fetches when they are asked for.

use super::World;
use super::knowledge::{Members, Truth};
use super::registry::{Reader, Registry};
use super::{Completeness, region};
use crate::ir::{Case, Node, Origin, Resource, same_in};
use crate::source::Span;

/// The type.
const CACHE_RULE: &str = "Microsoft.ContainerRegistry/registries/cacheRules";

/// What the rule that nodes of isolated clusters use has to be called, to the letter (the same article).
const MIRROR: &str = "aks-managed-mcr";

/// Registries that hand out nothing without credentials, by their hosts; those with a dot in front by their ends (the
/// overview of the artifact cache).
const CLOSED: [&str; 7] =
    ["docker.io", "dhi.io", "registry.redhat.io", ".azurecr.io", ".azurecr.us", ".azurecr.cn", ".pkg.dev"];

/// A cache rule.
#[derive(Clone, Debug)]
pub struct CacheRule<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// The repository that it fetches.
    pub from: Option<Node>,
    /// Where it puts it.
    to: Option<Node>,
    /// The credential set, `null` where there is none; nothing where it can't be told.
    pub credentials: Option<Node>,
    /// The name of its registry.
    registry: Option<Node>,
}

impl<'a> World<'a> {
    /// All cache rules that are declared or were read back.
    pub fn cache_rules(&self) -> impl Iterator<Item = CacheRule<'a>> + '_ {
        let rules = self.resolver.of_kind(CACHE_RULE).iter().copied();
        let own = |it: &&'a Resource| it.origin != Origin::Existing && std::ptr::eq(self.resolver.canonical(it), *it);
        rules.filter(own).map(|resource| self.cache_rule(resource))
    }

    fn cache_rule(&self, resource: &'a Resource) -> CacheRule<'a> {
        let read = Reader { resource, resolver: &self.resolver };
        let changed = self.updates.iter().any(|update| update.is_kind(CACHE_RULE));
        let none = || Node::null(resource.declared);
        let credentials = read.at(&["properties", "credentialSetResourceId"]).unwrap_or_else(none);
        CacheRule {
            resource,
            from: read.at(&["properties", "sourceRepository"]),
            to: read.at(&["properties", "targetRepository"]),
            credentials: Some(credentials).filter(|_| !changed),
            registry: self.resolver.id_of(&resource.id).and_then(|id| id.names.first().cloned()),
        }
    }

    /// Whether a registry fetches what the nodes of an isolated cluster need: everything of Microsoft's registry, into the
    /// repositories that are looked for (the article on network-isolated clusters).
    pub fn mirrors_microsoft(&self, registry: &Registry<'a>) -> Truth {
        let open = match () {
            () if self.outlook.completeness == Completeness::Open => Some(region::unseen(registry)),
            () if registry.is_declared() => self.hides_parts_of(registry),
            () if self.outlook.completeness == Completeness::Closed => None,
            () => Some(region::unseen(registry)),
        };
        let words = |rule: &CacheRule<'a>| {
            let is = |node: &Option<Node>, text: &str| match node.as_ref().map(Node::as_str) {
                Some(Some(own)) => Truth::of(own.eq_ignore_ascii_case(text)),
                Some(None) => Truth::Unknown,
                None => Truth::No,
            };
            let name = self.resolver.node(&rule.resource.name);
            // Templates put the name of the registry in front.
            let named = name.as_str().map_or(Truth::Unknown, |name| Truth::of(name.rsplit('/').next() == Some(MIRROR)));
            is(&rule.from, "mcr.microsoft.com/*").and(is(&rule.to, "aks-managed-repository/*")).and(named)
        };
        let of = |rule: &CacheRule<'a>| match &rule.registry {
            Some(name) => same_in(&self.resolver, Case::Ignored, name, &registry.name),
            None => Truth::Unknown,
        };
        Members { items: self.cache_rules().collect::<Vec<_>>(), open }.any(|rule| of(rule).and(words(rule)))
    }
}

impl CacheRule<'_> {
    /// The host that it fetches from without credentials, though that one hands out nothing so.
    pub fn lacks_credentials(&self) -> Option<(String, Span)> {
        let from = self.from.as_ref()?;
        let host = from.as_str().filter(|_| !from.secret)?.split('/').next()?.to_ascii_lowercase();
        let closed = CLOSED.iter().any(|own| if own.starts_with('.') { host.ends_with(own) } else { host == **own });
        let none = self.credentials.as_ref().is_some_and(|it| it.is_null() || it.as_str() == Some(""));
        (closed && none).then_some((host, from.span))
    }
}
