//! What `az … show` prints, as references to what it reads.

use std::sync::Arc;

use crate::ir::{Address, Node, Ref, Target, Value};
use crate::source::Span;

/// Members that stand at the top of a resource; the command line shows all others there too.
const TOP: [&str; 9] = ["id", "name", "type", "location", "sku", "identity", "tags", "kind", "appId"];

/// The path in the resource that a path in what is shown means: `identityProfile.kubeletidentity.objectId`.
pub(in crate::frontend::script) fn path_of(query: &str) -> Option<Vec<Arc<str>>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    let query = query.trim().trim_matches(['\'', '"']).trim_start_matches("[].").trim_start_matches("[0].");
    let query = query.trim_start_matches('.').replace("\"", "");
    let query = match query.split_once(" | ") {
        Some((path, "[0]")) => path.to_owned(),
        _ => query,
    };
    // The command line shows the properties of a configuration in the configuration itself.
    let query = match query.split_once("ipConfigurations[0].") {
        Some(("" | "properties.", property)) if !property.contains('.') => {
            format!("properties.ipConfigurations.0.properties.{property}")
        }
        _ => query,
    };
    let query = indexed(&query)?;
    if query.is_empty() || !query.chars().all(plain) {
        return None;
    }
    let mut steps: Vec<Arc<str>> = query.split('.').map(Arc::from).collect();
    let first = steps.first()?;
    let top = TOP.iter().any(|known| first.eq_ignore_ascii_case(known)) || first.eq_ignore_ascii_case("properties");
    if !top {
        steps.insert(0, "properties".into());
    }
    Some(steps)
}

/// `a[0].b` as `a.0.b`; nothing where something else stands in brackets.
fn indexed(query: &str) -> Option<String> {
    let mut parts = query.split('[');
    let mut path = parts.next()?.to_owned();
    for part in parts {
        let (index, rest) = part.split_once(']')?;
        index.parse::<u16>().ok()?;
        path.push('.');
        path.push_str(index);
        path.push_str(rest);
    }
    Some(path)
}

/// A property of a resource, or the whole of it where nobody asks for less.
pub(super) fn shown(address: &Arc<Address>, query: Option<&Node>, at: Span) -> Option<Node> {
    let path = match query {
        None => Vec::new(),
        Some(query) => path_of(query.as_str()?)?,
    };
    let reference = Ref { target: Target::Resource(address.clone()), path };
    Some(Node::new(Value::Ref(Arc::new(reference)), at))
}

/// What `jq` or the like picks out of something that was shown whole.
pub(super) fn picked(whole: &Node, query: &str, at: Span) -> Option<Node> {
    let Value::Ref(reference) = &whole.value else { return None };
    if !reference.path.is_empty() {
        return None;
    }
    let reference = Ref { target: reference.target.clone(), path: path_of(query)? };
    Some(Node { value: Value::Ref(Arc::new(reference)), span: at, ..whole.clone() })
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn a_member_of_a_list_is_a_step() {
        let steps = |query: &str| path_of(query).unwrap().join("/");
        assert_eq!(
            steps("ipConfigurations[0].privateIPAddress"),
            "properties/ipConfigurations/0/properties/privateIPAddress"
        );
        assert_eq!(steps("agentPoolProfiles[0].vnetSubnetId"), "properties/agentPoolProfiles/0/vnetSubnetId");
        assert_eq!(path_of("outboundIPs[].id"), None);
        assert_eq!(path_of("addons[?enabled].id"), None);
    }
}
