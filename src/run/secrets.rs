//! Every place that holds a secret, so that no format shows it, and the names that may stand in one and are none.

use std::collections::BTreeSet;

use crate::ir::{Deployment, Node, Value};
use crate::source::Span;

/// The places of all values that are marked as secret, in order.
pub(super) fn secrets(deployments: &[Deployment]) -> Vec<Span> {
    let mut found = Vec::new();
    for deployment in deployments {
        deployment.resources.iter().for_each(|resource| collect_secrets(&resource.body, &mut found));
        deployment.asked.iter().for_each(|(value, _)| collect_secrets(value, &mut found));
    }
    found.sort();
    found.dedup();
    found
}

fn collect_secrets(node: &Node, found: &mut Vec<Span>) {
    let container = matches!(node.value, Value::Map(_) | Value::List(_));
    if node.secret && !container {
        found.push(node.span);
    }
    match &node.value {
        Value::Map(map) => map.entries.iter().for_each(|entry| collect_secrets(&entry.value, found)),
        Value::List(list) => list.items.iter().for_each(|item| collect_secrets(item, found)),
        Value::Choice(choice) => [&choice.yes, &choice.no].into_iter().for_each(|arm| collect_secrets(arm, found)),
        Value::Concat(nodes) | Value::Call(_, nodes) => nodes.iter().for_each(|node| collect_secrets(node, found)),
        _ => {}
    }
}

/// Members that name something: who knows the name knows nothing yet.
const NAMING: [&str; 14] = [
    "name",
    "namespace",
    "location",
    "server",
    "loginServer",
    "host",
    "username",
    "image",
    "repository",
    "appId",
    "clientId",
    "principalId",
    "objectId",
    "tenantId",
];

/// The names of things that stand openly in the tree.
pub(super) fn names(deployments: &[Deployment]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for resource in deployments.iter().flat_map(|deployment| &deployment.resources) {
        found.extend(open_text(&resource.name));
        collect_names(&resource.body, &mut found);
    }
    found
}

fn open_text(node: &Node) -> Option<String> {
    node.as_str().filter(|_| !node.secret).map(str::to_owned)
}

fn collect_names(node: &Node, found: &mut BTreeSet<String>) {
    match &node.value {
        Value::Map(map) => {
            for entry in &map.entries {
                if entry.key.as_str().is_some_and(|key| NAMING.iter().any(|name| key.eq_ignore_ascii_case(name))) {
                    found.extend(open_text(&entry.value));
                }
                if entry.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("image")) {
                    found.extend(open_text(&entry.value).iter().flat_map(|image| parts_of_image(image)));
                }
                collect_names(&entry.value, found);
            }
        }
        Value::List(list) => list.items.iter().for_each(|item| collect_names(item, found)),
        _ => {}
    }
}

/// The parts of an image that stand openly in a manifest: a secret that holds one of them doesn't hide it. An address with
/// a password is no image.
fn parts_of_image(image: &str) -> Vec<String> {
    if image.contains("://") || image.split_once('@').is_some_and(|(_, digest)| !digest.starts_with("sha256:")) {
        return Vec::new();
    }
    let name = image.split('@').next().unwrap_or_default();
    // A colon before the last slash is that of a port.
    let tagged = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    let path = tagged.map_or(name, |(path, _)| path);
    let below = path.split_once('/').map_or(path, |(_, below)| below);
    let whole = [image, name, path, below, name.split_once('/').map_or(name, |(_, below)| below)];
    let parts = whole.into_iter().chain(path.split('/')).chain(tagged.map(|(_, tag)| tag));
    parts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::parts_of_image;

    #[test]
    fn the_parts_of_an_image_are_open() {
        let parts = parts_of_image("contoso.azurecr.io/shop/web-frontend:1.4.2-rc.1");
        for part in [
            "contoso.azurecr.io",
            "shop/web-frontend",
            "web-frontend",
            "1.4.2-rc.1",
            "contoso.azurecr.io/shop/web-frontend",
        ] {
            assert!(parts.iter().any(|own| own == part), "{part}: {parts:?}");
        }
        assert!(parts_of_image("https://u:hunter2hunter2@contoso.azurecr.io/web:1").is_empty());
        assert!(parts_of_image("u:hunter2hunter2@contoso.azurecr.io/web:1").is_empty());
    }
}
