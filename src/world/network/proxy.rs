//! Proxies through which nodes pull.

use crate::ir::{Node, Resolver, Truth};
use crate::source::Span;
use crate::world::cluster::Cluster;
use crate::world::registry::within;

/// A proxy that nodes are told to use, with what they go to without it.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Where it is written.
    pub span: Span,
    /// It is written; else nobody knows whether there is one.
    pub written: bool,
    /// Names that are not asked through it.
    direct: Vec<Node>,
    /// There may be others.
    open: bool,
}

/// The proxy of a cluster, when it has one or may have.
pub fn of(cluster: &Cluster<'_>, resolver: &Resolver<'_>) -> Option<Proxy> {
    let body = cluster.resource.body.clone();
    let config = within(resolver, body, &["properties", "httpProxyConfig"])?;
    let at = |name: &str| within(resolver, config.clone(), &[name]);
    let is_off = at("enabled").is_some_and(|flag| flag.as_bool() == Some(false));
    let is_empty = config.as_map().is_some_and(|map| map.open.is_none()) && at("httpsProxy").is_none();
    if is_off || is_empty {
        return None;
    }
    let direct = at("noProxy");
    let list = direct.as_ref().and_then(Node::as_list);
    Some(Proxy {
        span: config.span,
        written: config.as_map().is_some() || cluster.resource.body.at(&["properties", "httpProxyConfig"]).is_some(),
        direct: list.map_or(&[][..], |list| &list.items).iter().map(|item| resolver.node(item)).collect(),
        open: direct.is_some() && list.is_none_or(|list| list.open.is_some()),
    })
}

impl Proxy {
    /// Whether a host with this end is gone to without it: `contoso.com` and `.contoso.com` stand for all below them.
    pub fn spares(&self, host: &Node) -> Truth {
        let one = |entry: &Node| {
            let Some(entry) = entry.as_str().map(|text| text.trim().to_ascii_lowercase()) else {
                return Truth::Unknown;
            };
            let name = entry.trim_start_matches('*').trim_start_matches('.');
            match name.is_empty() {
                true => Truth::of(entry == "*"),
                false => super::name::ends_with(host, name),
            }
        };
        let seen = self.direct.iter().map(one).fold(Truth::No, Truth::or);
        seen.or(if self.open { Truth::Unknown } else { Truth::No })
    }
}
