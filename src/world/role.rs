//! Roles: built-in ones, and custom ones by their actions.

use crate::azure::kinds::ROLE_DEFINITION;
use crate::azure::roles::{self, Role};
use crate::ir::{Node, Resolver, Resource, Truth, Value, Why};
use crate::source::Span;

/// The role of a grant.
#[derive(Clone, Debug)]
pub enum Granted {
    /// A built-in role from the table.
    BuiltIn(&'static Role),
    /// A custom role of the tree: whether it lets pull in either mode.
    Custom {
        /// Its name as written.
        name: String,
        /// In the mode of RBAC registry permissions.
        legacy: Truth,
        /// In the mode of ABAC repository permissions.
        abac: Truth,
        /// Where it is defined.
        declared: Span,
    },
    /// Can't be told.
    Unknown(Why),
}

pub(super) fn role(by_id: Option<Node>, by_name: Option<Node>, resolver: &Resolver<'_>) -> Granted {
    if let Some(name) = by_name.as_ref().and_then(Node::as_str) {
        return named(name, resolver);
    }
    let Some(node) = by_id.or(by_name) else { return Granted::Unknown(Why::UnresolvedName("role".into())) };
    // `"${data.azurerm_subscription.x.id}${data.azurerm_role_definition.y.id}"`: the id of a role behind its scope.
    let last = match &node.value {
        Value::Concat(pieces) => pieces.last(),
        _ => None,
    };
    let definition = [Some(&node), last].into_iter().flatten().find_map(|id| resolver.resource_of(id));
    if let Some(definition) = definition.filter(|resource| resource.is_kind(ROLE_DEFINITION)) {
        return defined(definition, resolver);
    }
    let guid = match &node.value {
        Value::Concat(pieces) => pieces.last().cloned(),
        _ => resolver.id_of(&node).and_then(|id| id.names.last().cloned()).or_else(|| Some(node.clone())),
    };
    match guid.as_ref().and_then(Node::as_str).and_then(roles::by_guid) {
        Some(role) => Granted::BuiltIn(role),
        None => Granted::Unknown(node.why().cloned().unwrap_or(Why::External("role definition".into()))),
    }
}

fn named(name: &str, resolver: &Resolver<'_>) -> Granted {
    if let Some(role) = roles::by_name(name) {
        return Granted::BuiltIn(role);
    }
    let is_it =
        |definition: &&&Resource| role_name(definition, resolver).is_some_and(|own| own.eq_ignore_ascii_case(name));
    match resolver.of_kind(ROLE_DEFINITION).iter().find(is_it) {
        Some(definition) => defined(definition, resolver),
        None => Granted::Unknown(Why::External(format!("role {name}").into())),
    }
}

fn role_name(definition: &Resource, resolver: &Resolver<'_>) -> Option<String> {
    let written = definition.body.at(&["properties", "roleName"]).unwrap_or(&definition.name);
    resolver.node(written).as_str().map(str::to_owned)
}

/// A role definition of the tree: built-in by its GUID or name, else custom by its actions.
fn defined(definition: &Resource, resolver: &Resolver<'_>) -> Granted {
    let guid = resolver.node(&definition.name);
    let name = role_name(definition, resolver);
    let built_in = guid.as_str().and_then(roles::by_guid).or_else(|| name.as_deref().and_then(roles::by_name));
    if let Some(role) = built_in {
        return Granted::BuiltIn(role);
    }
    let Some(permissions) = definition.body.at(&["properties", "permissions"]).map(|node| resolver.node(node)) else {
        return Granted::Unknown(Why::External("role definition".into()));
    };
    let Some(blocks) = permissions.as_list().filter(|list| list.open.is_none()) else {
        return Granted::Unknown(Why::UnsupportedSyntax("the permissions of the role".into()));
    };
    let any = |key: &str, action: &str| {
        blocks.items.iter().map(|block| allows(block, key, action)).fold(Truth::No, Truth::or)
    };
    const LEGACY: &str = "Microsoft.ContainerRegistry/registries/pull/read";
    const CONTENT: &str = "Microsoft.ContainerRegistry/registries/repositories/content/read";
    const METADATA: &str = "Microsoft.ContainerRegistry/registries/repositories/metadata/read";
    let (content, metadata) = (any("dataActions", CONTENT), any("dataActions", METADATA));
    let abac = if content == metadata { content } else { Truth::Unknown };
    let name = name.unwrap_or_else(|| "custom role".to_owned());
    Granted::Custom { name, legacy: any("actions", LEGACY), abac, declared: definition.declared }
}

/// An exact action grants, a wildcard that matches may not (it needs private link for ARM), anything else doesn't.
fn allows(block: &Node, key: &str, action: &str) -> Truth {
    let listed = |key: &str| match block.get(key) {
        None => Truth::No,
        Some(node) if node.is_null() => Truth::No,
        Some(node) => match node.as_list().filter(|list| list.open.is_none()) {
            Some(list) => list
                .items
                .iter()
                .map(|item| item.as_str().map_or(Truth::Unknown, |text| matches(text, action)))
                .fold(Truth::No, Truth::or),
            None => Truth::Unknown,
        },
    };
    let not = if key == "actions" { "notActions" } else { "notDataActions" };
    match listed(not) {
        Truth::No => listed(key),
        Truth::Yes => Truth::No,
        Truth::Unknown => Truth::No.agree(listed(key)),
    }
}

fn matches(pattern: &str, action: &str) -> Truth {
    if pattern.eq_ignore_ascii_case(action) {
        return Truth::Yes;
    }
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut rest = action.as_str();
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return Truth::No };
    let Some(after) = rest.strip_prefix(first) else { return Truth::No };
    if !pattern.contains('*') {
        return Truth::No;
    }
    rest = after;
    for part in parts {
        match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return Truth::No,
        }
    }
    if rest.is_empty() || pattern.ends_with('*') { Truth::Unknown } else { Truth::No }
}
