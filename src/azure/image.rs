//! Image references as the kubelet reads them (the grammar of distribution references) and hosts of registries.

use crate::ir::{Node, Value, Why, placeholder};

/// The suffixes of login servers, one for each cloud; the last one is of a cloud that was closed and still stands in the
/// credential provider's list.
pub const SUFFIXES: [&str; 4] = [".azurecr.io", ".azurecr.us", ".azurecr.cn", ".azurecr.de"];

/// An image reference, taken apart as far as it is known.
#[derive(Clone, Debug)]
pub struct Image {
    /// The registry's host; none for an image of Docker Hub written without one.
    pub host: Option<Node>,
    /// What follows the host: repository, tag, digest.
    pub rest: Node,
}

/// Takes a reference apart at the first slash that ends a host. A reference that is unknown up to its first slash is all
/// host that can't be read.
pub fn parse(reference: &Node) -> Image {
    let pieces: &[Node] = match &reference.value {
        Value::Concat(pieces) => pieces,
        _ => std::slice::from_ref(reference),
    };
    let mut head: Vec<Node> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Some((before, after)) = piece.as_str().and_then(|text| text.split_once('/')) else {
            head.push(piece.clone());
            continue;
        };
        head.push(Node { value: Value::Str(before.into()), ..piece.clone() });
        let host = known_host(joined(head, reference), reference);
        let mut rest = vec![Node { value: Value::Str(after.into()), ..piece.clone() }];
        rest.extend(pieces.iter().skip(at + 1).cloned());
        return match host.as_str() {
            Some(text) if !is_host(text) => Image { host: None, rest: reference.clone() },
            _ => Image { host: Some(host), rest: joined(rest, reference) },
        };
    }
    match reference.as_str() {
        Some(_) => Image { host: None, rest: reference.clone() },
        None => Image { host: Some(joined(head, reference)), rest: Node::text("", reference.span) },
    }
}

fn joined(pieces: Vec<Node>, whole: &Node) -> Node {
    Node { trail: whole.trail.clone(), ..Node::concat(pieces, whole.span) }
}

/// Whether the first component of a reference is a host: it has a dot or a port, or is `localhost`.
fn is_host(text: &str) -> bool {
    text.contains(['.', ':']) || text == "localhost"
}

/// The host, or an unknown in the place of a text that no host can be: somebody fills it in, or the kubelet refuses it.
fn known_host(host: Node, reference: &Node) -> Node {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':');
    let lower = reference.as_str().unwrap_or_default().to_ascii_lowercase();
    let azure = || SUFFIXES.iter().any(|suffix| lower.contains(suffix));
    // What follows the scheme of another tool is told only where it is meant for Azure.
    let scheme = |text: &str| match text {
        "http:" | "https:" => true,
        "docker:" | "oci:" => azure(),
        _ => false,
    };
    let refused = |text: &str| !text.bytes().all(legal) || scheme(text);
    match host.as_str() {
        Some(text) if refused(text) => {
            let unknown = Node::unknown(Why::TemplateText, host.span);
            let suffix = SUFFIXES.iter().find(|suffix| text.to_ascii_lowercase().ends_with(*suffix)).copied();
            Node::concat(vec![unknown, Node::text(suffix.unwrap_or_default(), host.span)], host.span)
        }
        _ => host,
    }
}

/// What follows the host, without tag and digest: what the keyring compares.
pub fn repository(rest: &str) -> &str {
    let name = rest.split('@').next().unwrap_or(rest);
    match name.rsplit_once(':') {
        Some((before, tag)) if !tag.contains('/') => before,
        _ => name,
    }
}

/// The repository of what follows the host, when it is known whole: the tag need not be.
pub fn known_repository(rest: &Node) -> Option<&str> {
    let text = match &rest.value {
        Value::Str(text) => text,
        Value::Concat(pieces) => pieces.first()?.as_str().filter(|text| text.contains([':', '@']))?,
        _ => return None,
    };
    Some(repository(text)).filter(|name| !name.is_empty() && !placeholder::stands_in(name))
}

/// Whether a host is one of Azure Container Registry's, with a port or without.
pub fn is_registry_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let host = host.split(':').next().unwrap_or_default();
    SUFFIXES.iter().any(|suffix| host.strip_suffix(suffix).is_some_and(|name| !name.is_empty()))
}

/// Registries on the internet from which clusters often pull, by their hosts; those with a dot in front by their ends.
const PUBLIC: [&str; 17] = [
    "docker.io",
    "index.docker.io",
    "registry-1.docker.io",
    "dhi.io",
    "ghcr.io",
    "quay.io",
    "gcr.io",
    ".gcr.io",
    ".pkg.dev",
    "registry.k8s.io",
    "public.ecr.aws",
    "nvcr.io",
    "registry.gitlab.com",
    "docker.elastic.co",
    "registry.access.redhat.com",
    "registry.redhat.io",
    "lscr.io",
];

/// Whether an image is known to come from a public registry that is none of Microsoft's: one without a host is from
/// Docker Hub.
pub fn is_on_the_internet(image: &Node) -> bool {
    let Some(text) = image.as_str().filter(|text| !placeholder::stands_in(text) && !text.trim().is_empty()) else {
        return false;
    };
    match parse(image).host.as_ref().map(Node::as_str) {
        None => !text.contains("://") && text.bytes().all(|byte| byte.is_ascii_graphic()),
        Some(Some(host)) => {
            let host = host.to_ascii_lowercase();
            PUBLIC.iter().any(|own| if own.starts_with('.') { host.ends_with(own) } else { host == **own })
        }
        Some(None) => false,
    }
}

/// The registry's name in a login server: `shop` of `shop.azurecr.io`.
pub fn registry_name(host: &str) -> Option<&str> {
    SUFFIXES.iter().find_map(|suffix| host.strip_suffix(suffix))
}

/// The login server and the region of a regional endpoint: `shop.eastus2.geo.azurecr.io` is that of `shop.azurecr.io` in
/// `eastus2` (geo-replication in Azure Container Registry).
pub fn regional(host: &str) -> Option<(String, String)> {
    let lower = host.to_ascii_lowercase();
    let labels: Vec<&str> = lower.split('.').collect();
    match labels.as_slice() {
        [name, region, "geo", "azurecr", cloud] if !name.is_empty() => {
            Some((format!("{name}.azurecr.{cloud}"), (*region).to_owned()))
        }
        _ => None,
    }
}

/// A host that looks like a registry of Azure and can't be one, with what was meant.
pub fn misspelt(host: &str) -> Option<String> {
    let lower = host.to_ascii_lowercase();
    let labels: Vec<&str> = lower.split('.').collect();
    match labels.as_slice() {
        [name, "azureacr", cloud @ ("us" | "cn")] if !name.is_empty() => Some(format!("{name}.azurecr.{cloud}")),
        [name, "azureacr", _] | [name, "azurecr", "com"] if !name.is_empty() => Some(format!("{name}.azurecr.io")),
        [name, _, "data", "azurecr", cloud] => Some(format!("{name}.azurecr.{cloud}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn host(text: &str) -> Option<String> {
        parse(&Node::text(text, Span::default())).host.and_then(|host| host.as_str().map(str::to_owned))
    }

    #[test]
    fn hosts_have_a_dot_a_port_or_are_localhost() {
        assert_eq!(host("shop.azurecr.io/web:1").as_deref(), Some("shop.azurecr.io"));
        assert_eq!(host("localhost/web").as_deref(), Some("localhost"));
        assert_eq!(host("library/nginx"), None);
        assert_eq!(host("nginx:1"), None);
        assert_eq!(host("registry:5000/web").as_deref(), Some("registry:5000"));
        assert_eq!(host("ACR_NAME.azurecr.io/web"), None);
        assert_eq!(host("https://shop.azurecr.io/web"), None);
        assert_eq!(host("docker://shop.azurecr.io/web"), None);
        assert_eq!(host("docker://ghcr.io/web").as_deref(), Some("docker:"));
        assert_eq!((repository("web:1@sha256:0"), repository("a/b")), ("web", "a/b"));
    }

    #[test]
    fn misspelt_domains_are_told_from_others() {
        assert_eq!(misspelt("shop.azureacr.io").as_deref(), Some("shop.azurecr.io"));
        assert_eq!(misspelt("shop.azurecr.com").as_deref(), Some("shop.azurecr.io"));
        assert_eq!(misspelt("shop.westeurope.data.azurecr.io").as_deref(), Some("shop.azurecr.io"));
        assert_eq!(misspelt("shop.azureacr.cn").as_deref(), Some("shop.azurecr.cn"));
        assert_eq!(misspelt("shop.azurecr.io"), None);
        assert_eq!(misspelt("ghcr.io"), None);
    }

    #[test]
    fn regional_endpoints_have_five_labels() {
        let parts = regional("Shop.eastus2.geo.azurecr.io");
        assert_eq!(parts, Some(("shop.azurecr.io".to_owned(), "eastus2".to_owned())));
        assert_eq!((regional("shop.azurecr.io"), regional("shop.eastus2.data.azurecr.io")), (None, None));
    }
}
