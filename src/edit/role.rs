//! The role of a grant, rewritten in place.

use super::page::{Page, Tongue};
use super::readers::{is_own, is_within};
use super::repair::{made, only};
use super::{PULL, READER, member};
use crate::azure::roles::Role;
use crate::finding::Fix;
use crate::ir::{Node, Resolver, Value};
use crate::source::{Span, Store};
use crate::world::grant::{Grant, Granted};
use crate::world::knowledge::Fact;
use crate::world::registry::{Registry, RoleMode};

/// Roles for pulling that have a namesake in the other mode; what more they let do gets lost with any other one.
const READERS: [&str; 2] = [PULL, READER];

/// The role becomes the one for pulling that the registry honours.
pub(super) fn fix(store: &Store, grant: &Grant<'_>, registry: &Registry<'_>, resolver: &Resolver<'_>) -> Option<Fix> {
    let Granted::BuiltIn(role) = grant.role else { return None };
    // Roles such as Contributor are granted for other things than pulling.
    if !role.name.starts_with("AcrPu") && !role.name.starts_with("Container Registry Repository") {
        return None;
    }
    let (name, guid) = super::pull_role(registry);
    if guid == role.guid {
        return None;
    }
    let (from, to) = written(store, grant, role, resolver, (name, guid))?;
    let mut edits = vec![(from, to.to_owned())];
    let templated = Page::of(store, from).is_some_and(|page| page.tongue != Tongue::Terraform);
    let renamed = !templated || member::renamed(store, grant, name).map(|edit| edits.push(edit)).is_some();
    let known = matches!(registry.mode, Fact::Known(RoleMode::Abac | RoleMode::Legacy, _));
    let safe = known && renamed && grant.is_on(registry) && READERS.contains(&role.guid);
    made(format!("grant `{name}`, which this registry honours"), edits, safe)
}

/// Where the role is written out, by id or name, and what belongs there.
fn written<'t>(
    store: &Store,
    grant: &Grant<'_>,
    role: &Role,
    resolver: &Resolver<'_>,
    (name, guid): (&'t str, &'t str),
) -> Option<(Span, &'t str)> {
    let paths = [["properties", "roleDefinitionId"], ["properties", "roleDefinitionName"]];
    let mut places = vec![grant.role_span];
    for node in paths.iter().filter_map(|path| grant.resource.body.at(path)) {
        strings(node, DEPTH, &mut places);
        if let Some(definition) = resolver.resource_of(node) {
            strings(&definition.name, DEPTH, &mut places);
            definition.body.at(&["properties", "roleName"]).into_iter().for_each(|it| strings(it, DEPTH, &mut places));
        }
    }
    places.into_iter().find_map(|place| {
        let page = Page::of(store, place)?;
        let found = only(&page, place, role.guid).map(|at| (at, guid));
        let found = found.or_else(|| quoted(&page, only(&page, place, role.name)?).map(|at| (at, name)))?;
        (is_within(found.0, grant.resource.extent) || is_own(store, found.0, grant.resource)).then_some(found)
    })
}

/// A name that stands in quotes on its own.
fn quoted(page: &Page, at: Span) -> Option<Span> {
    let (before, after) = (page.before(at.start as usize), page.rest(at.end as usize));
    let quote = before.chars().next_back().filter(|quote| matches!(quote, '"' | '\''))?;
    after.starts_with(quote).then_some(at)
}

/// Values nest no deeper where roles are written.
const DEPTH: u32 = 6;

/// The places of the strings that a value is made of.
fn strings(node: &Node, depth: u32, found: &mut Vec<Span>) {
    if depth == 0 {
        return;
    }
    match &node.value {
        Value::Str(_) => found.push(node.span),
        Value::Concat(pieces) | Value::Call(_, pieces) => {
            pieces.iter().for_each(|piece| strings(piece, depth - 1, found));
        }
        Value::Id(id) => id.names.iter().for_each(|name| strings(name, depth - 1, found)),
        _ => {}
    }
}
