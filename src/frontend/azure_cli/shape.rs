//! The shapes that commands give to resources, turned into that of Resource Manager.
//!
//! The Azure CLI lifts the members of `properties` up beside the name, in nested resources too, and renames a few of them.

use super::member;
use crate::frontend::node_of;
use crate::ir::{Entry, Node, ResourceId, Why};
use crate::syntax::tree::{Member, Tree, TreeKind};

/// Members of a resource that stand beside `properties` in Resource Manager.
const BESIDE: [&str; 16] = [
    "id",
    "name",
    "type",
    "location",
    "tags",
    "identity",
    "sku",
    "kind",
    "zones",
    "plan",
    "extendedLocation",
    "managedBy",
    "etag",
    "systemData",
    "resourceGroup",
    "apiVersion",
];

/// Keys whose value must never be shown.
const SECRETS: [&str; 8] =
    ["secret", "secrettext", "password", "passwords", "accesstoken", "refreshtoken", "clientsecret", "adminpassword"];

/// A resource in the shape of Resource Manager, whichever shape it was printed in.
pub(super) fn body(tree: &Tree) -> Node {
    let Some(members) = tree.as_map() else { return plain(tree) };
    let wrapped = members.iter().any(|member| is(member, "properties") && member.value.as_map().is_some());
    if wrapped {
        return plain(tree);
    }
    let (beside, below): (Vec<&Member>, Vec<&Member>) =
        members.iter().partition(|member| BESIDE.iter().any(|key| is(member, key)));
    let mut entries: Vec<Entry> = beside.into_iter().map(entry).collect();
    let properties = Node::map(below.into_iter().map(entry).collect(), tree.span);
    entries.push(member("properties", properties));
    Node::map(entries, tree.span)
}

/// A registry. What isn't printed is not of the API version that was asked; a CLI that knows nothing of the role assignment
/// mode is older than that mode.
pub(super) fn registry(tree: &Tree) -> Node {
    let wrapped = tree.get_ci("properties").is_some_and(|inner| inner.as_map().is_some());
    let body = body(tree);
    let later: &[&str] =
        if wrapped { &["anonymousPullEnabled", "roleAssignmentMode"] } else { &["anonymousPullEnabled"] };
    let silent = |key: &&str| body.at(&["properties", key]).is_none();
    let lacking: Vec<&str> = later.iter().copied().filter(silent).collect();
    let unknown = |key: &str| member(key, Node::unknown(Why::External(key.into()), tree.span));
    below(&body, lacking.into_iter().map(unknown).collect())
}

/// A body with more members below `properties`.
fn below(body: &Node, more: Vec<Entry>) -> Node {
    let entries = body.as_map().map(|map| map.entries.clone()).unwrap_or_default();
    let add = |entry: Entry| match entry.key.as_str() {
        Some(key) if key.eq_ignore_ascii_case("properties") => {
            let own = entry.value.as_map().map(|map| map.entries.clone()).unwrap_or_default();
            let all = own.into_iter().chain(more.clone()).collect();
            Entry { value: Node::map(all, entry.value.span), key: entry.key }
        }
        _ => entry,
    };
    Node::map(entries.into_iter().map(add).collect(), body.span)
}

/// A firewall, or a policy of some: their kind stands below `properties`, unlike that of anything else.
pub(super) fn firewall(tree: &Tree) -> Node {
    let body = body(tree);
    let own: Vec<Entry> = body.as_map().map(|map| map.entries.clone()).unwrap_or_default();
    let (sku, rest): (Vec<Entry>, Vec<Entry>) =
        own.into_iter().partition(|entry| entry.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("sku")));
    below(&Node::map(rest, body.span), sku)
}

/// A group of zones: its members have no ids, and the CLI lifts what is in them up as well.
pub(super) fn zone_group(tree: &Tree) -> Node {
    let mut body = body(tree);
    let lifted = |config: &Node| match config.as_map() {
        Some(map) if config.get("properties").is_none() => {
            let (name, rest): (Vec<Entry>, Vec<Entry>) =
                map.entries.iter().cloned().partition(|entry| entry.key.as_str() == Some("name"));
            let properties = member("properties", Node::map(rest, config.span));
            Node::map(name.into_iter().chain([properties]).collect(), config.span)
        }
        _ => config.clone(),
    };
    if let Some(configs) = body.at(&["properties", "privateDnsZoneConfigs"]).cloned()
        && let Some(list) = configs.as_list()
    {
        let list = Node::list(list.items.iter().map(lifted).collect(), configs.span);
        let own = below(&body, vec![member("privateDnsZoneConfigs", list)]);
        body = own;
    }
    body
}

/// Azure PowerShell flattens some objects into one name: `NetworkRuleSetDefaultAction`.
pub(super) fn registry_of_powershell(tree: &Tree) -> Node {
    let value = |key: &str| tree.get_ci(key).filter(|value| !matches!(value.kind, TreeKind::Null)).map(plain);
    let nested = |outer: &str, inner: &str, key: &str| {
        let value = value(key)?;
        Some(member(outer, Node::map(vec![member(inner, value.clone())], value.span)))
    };
    let body = body(tree);
    let rules = [("defaultAction", "NetworkRuleSetDefaultAction"), ("ipRules", "NetworkRuleSetIPRule")];
    let rules: Vec<Entry> = rules.iter().filter_map(|(to, from)| Some(member(to, value(from)?))).collect();
    let mut more = Vec::new();
    if tree.get_ci("networkRuleSet").is_none() && !rules.is_empty() {
        more.push(member("networkRuleSet", Node::map(rules, tree.span)));
    }
    more.extend(value("PrivateEndpointConnection").map(|list| member("privateEndpointConnections", list)));
    let body = below(&body, more);
    let entries = body.as_map().map(|map| map.entries.clone()).unwrap_or_default();
    Node::map(entries.into_iter().chain(nested("sku", "name", "SkuName")).collect(), tree.span)
}

/// Azure PowerShell's words for the members of a role assignment.
pub(super) fn assignment_of_powershell(tree: &Tree) -> Node {
    const WORDS: [(&str, &str); 6] = [
        ("ObjectId", "principalId"),
        ("ObjectType", "principalType"),
        ("RoleDefinitionId", "roleDefinitionId"),
        ("RoleDefinitionName", "roleDefinitionName"),
        ("Scope", "scope"),
        ("Condition", "condition"),
    ];
    let properties = WORDS.iter().filter_map(|(from, to)| Some(member(to, plain(tree.get_ci(from)?))));
    let properties = Node::map(properties.collect(), tree.span);
    let name = tree.get_ci("RoleAssignmentName").map(|name| member("name", plain(name)));
    Node::map(name.into_iter().chain([member("properties", properties)]).collect(), tree.span)
}

/// An object of Entra: older versions of the CLI have other names for its id.
pub(super) fn entra(tree: &Tree) -> Node {
    let own = plain(tree);
    let entries = own.as_map().map(|map| map.entries.clone()).unwrap_or_default();
    let id = own.get("id").is_none().then(|| own.get("objectId").cloned()).flatten();
    let name = own.get("name").is_none().then(|| own.get("displayName").cloned()).flatten();
    let more = id.map(|id| member("id", id)).into_iter().chain(name.map(|name| member("name", name)));
    Node::map(entries.into_iter().chain(more).collect(), tree.span)
}

/// An object with one member.
pub(super) fn around(key: &str, inner: Node) -> Node {
    let span = inner.span;
    Node::map(vec![member(key, inner)], span)
}

/// A tree as a value: nested resources in the shape of Resource Manager, secrets marked.
pub(super) fn plain(tree: &Tree) -> Node {
    match &tree.kind {
        TreeKind::Map(members) => Node::map(members.iter().map(entry).collect(), tree.span),
        TreeKind::List(items) => Node::list(items.iter().map(item).collect(), tree.span),
        _ => node_of(tree),
    }
}

fn item(tree: &Tree) -> Node {
    let id = tree.get_ci("id").and_then(Tree::as_str).filter(|id| id.starts_with('/'));
    let parsed = id.and_then(|id| ResourceId::parse(&Node::text(id, tree.span)));
    match parsed.is_some_and(|id| id.names.len() > 1) {
        true => body(tree),
        false => plain(tree),
    }
}

fn entry(member: &Member) -> Entry {
    let value = plain(&member.value);
    let secret = SECRETS.iter().any(|key| is(member, key));
    // The CLI's words for the `value` and the `id` of a rule.
    let key = match () {
        () if is(member, "ipAddressOrRange") => "value",
        () if is(member, "virtualNetworkResourceId") => "id",
        () => &*member.key,
    };
    Entry::new(key, member.key_span, if secret { hidden(value) } else { value })
}

/// Passwords that stand in a list have names and dates, which are none.
fn hidden(value: Node) -> Node {
    const OPEN: [&str; 4] = ["name", "expiry", "creationTime", "keyId"];
    let Some(list) = value.as_list().filter(|list| list.items.iter().all(|item| item.as_map().is_some())) else {
        return value.secret();
    };
    let entry = |entry: &Entry| match entry.key.as_str() {
        Some(key) if OPEN.iter().any(|open| key.eq_ignore_ascii_case(open)) => entry.clone(),
        _ => Entry { key: entry.key.clone(), value: entry.value.clone().secret() },
    };
    let item = |item: &Node| match item.as_map() {
        Some(map) => Node::map(map.entries.iter().map(entry).collect(), item.span),
        None => item.clone().secret(),
    };
    Node::list(list.items.iter().map(item).collect(), value.span)
}

fn is(member: &Member, key: &str) -> bool {
    member.key.eq_ignore_ascii_case(key)
}
