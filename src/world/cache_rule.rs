//! Cache rules: which repositories of other registries a registry fetches when they are asked for.

use super::World;
use super::knowledge::{Members, Truth};
use super::registry::{Reader, Registry};
use super::{Completeness, region};
use crate::ir::{Case, Node, Origin, Resource, same_in};
use crate::source::Span;

/// The name under which the nodes of isolated clusters look for the cache rule that they need.
pub const OF_MICROSOFT: &str = "aks-managed-mcr";

/// The type.
const CACHE_RULE: &str = "Microsoft.ContainerRegistry/registries/cacheRules";

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
    /// repositories that are looked for, by the rule of the name that is looked for (the article on network-isolated clusters).
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
            let named =
                name.as_str().map_or(Truth::Unknown, |name| Truth::of(name.rsplit('/').next() == Some(OF_MICROSOFT)));
            is(&rule.from, "mcr.microsoft.com/*").and(is(&rule.to, "aks-managed-repository/*")).and(named)
        };
        let of = |rule: &CacheRule<'a>| match &rule.registry {
            Some(name) => same_in(&self.resolver, Case::Ignored, name, &registry.name),
            None => Truth::Unknown,
        };
        Members { items: self.cache_rules().collect::<Vec<_>>(), open }.any(|rule| of(rule).and(words(rule)))
    }
}

/// The host of a source in its own name: Docker Hub has several, and is meant where none is written.
fn upstream(source: &str) -> String {
    const DOCKER_HUB: [&str; 4] = ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];
    let first = source.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let host = first.contains(['.', ':']) || first == "localhost";
    match host && !DOCKER_HUB.contains(&first.as_str()) {
        true => first,
        false => "docker.io".to_owned(),
    }
}

impl CacheRule<'_> {
    /// The host that it fetches from without credentials, though that one hands out nothing so.
    pub fn lacks_credentials(&self) -> Option<(String, Span)> {
        let from = self.from.as_ref()?;
        let host = upstream(from.as_str().filter(|_| !from.secret)?);
        let closed = CLOSED.iter().any(|own| if own.starts_with('.') { host.ends_with(own) } else { host == **own });
        let none = self.credentials.as_ref().is_some_and(|it| it.is_null() || it.as_str() == Some(""));
        (closed && none).then_some((host, from.span))
    }
}

#[cfg(test)]
mod tests {
    use super::upstream;

    #[test]
    fn docker_hub_has_several_names_and_none() {
        let names =
            ["docker.io/library/nginx", "Registry-1.docker.io/grafana/grafana", "index.docker.io/a/b", "library/nginx"];
        for source in names {
            assert_eq!(upstream(source), "docker.io", "{source}");
        }
        assert_eq!(upstream("ghcr.io/a/b"), "ghcr.io");
        assert_eq!(upstream("localhost:5000/a"), "localhost:5000");
    }
}
