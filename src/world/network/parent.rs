//! To what a resource belongs that is declared on its own though it is a part of another one.

use std::collections::BTreeMap;

use crate::ir::{Address, Case, Node, Origin, Resolver, Resource, ResourceId, Truth, Value, Why, same_in};
use crate::source::Span;

/// The place of what a part belongs to; else, for each place, whether it may be that.
pub(super) enum Whole {
    /// It is this one.
    At(usize),
    /// It may be one of these.
    OneOf(Vec<usize>),
}

/// The parts of a type that the tree declares on their own, each with what it belongs to, of the resources of another type
/// that are known by their addresses.
pub(super) fn parts<'a>(
    part: &str,
    kind: &str,
    places: &BTreeMap<&'a Address, usize>,
    resolver: &Resolver<'a>,
) -> Vec<(&'a Resource, Whole)> {
    let all = resolver.of_kind(part).iter().copied();
    let own = all.filter(|it| it.origin != Origin::Existing && std::ptr::eq(resolver.canonical(it), *it));
    own.map(|it| (it, whole(it, kind, places, resolver))).collect()
}

/// What a part belongs to. A part of something else belongs to none.
fn whole<'a>(part: &Resource, kind: &str, places: &BTreeMap<&'a Address, usize>, resolver: &Resolver<'a>) -> Whole {
    // The name of the whole, taken from its declaration, says which one it is.
    let named = named_after(part, resolver).and_then(|found| places.get(&*found.address));
    if let Some(at) = named {
        return Whole::At(*at);
    }
    let Some(id) = whole_id(part, kind, resolver) else { return Whole::OneOf(places.values().copied().collect()) };
    let found = resolver.resource_of(&id);
    if let Some(at) = found.and_then(|found| places.get(&*found.address)) {
        return Whole::At(*at);
    }
    let name = ResourceId::parse(&id).and_then(|id| id.names.into_iter().next());
    let may_be = |address: &&&'a Address| {
        let known = resolver.at(address).zip(name.as_ref());
        known.is_none_or(|(other, name)| same_in(resolver, Case::Ignored, name, &other.name) != Truth::No)
    };
    Whole::OneOf(places.iter().filter(|(address, _)| may_be(address)).map(|(_, at)| *at).collect())
}

/// The id of what a part belongs to, as the part has it.
pub(super) fn whole_id(part: &Resource, kind: &str, resolver: &Resolver<'_>) -> Option<Node> {
    let id = resolver.id_of(&part.id).filter(|id| id.names.len() == 2)?;
    let names = id.names.into_iter().take(1).collect();
    Some(Node::id(ResourceId { kind: kind.into(), names, ..id }, part.declared))
}

/// The resource that the name of what a part belongs to is taken from.
fn named_after<'a>(part: &Resource, resolver: &Resolver<'a>) -> Option<&'a Resource> {
    let Value::Id(id) = &part.id.value else { return None };
    match &id.names.first()?.value {
        Value::Ref(reference) if reference.is(&["name"]) => resolver.target(&reference.target),
        _ => None,
    }
}

/// The resource of a type that a part belongs to: the one that its name is taken from, the one that its id says, or the only
/// one of its deployment that has this name in this group. A plan knows the subscription of what is there already, and not
/// that of what is new.
pub(super) fn above<'a>(part: &Resource, kind: &str, resolver: &Resolver<'a>) -> Option<&'a Resource> {
    let id = whole_id(part, kind, resolver);
    let may_be = |found: &&Resource| {
        let theirs = Node::reference(found.address.clone(), &["id"], found.declared);
        id.as_ref().is_none_or(|id| same_in(resolver, Case::Ignored, id, &theirs) != Truth::No)
    };
    if let Some(found) = named_after(part, resolver).filter(|found| found.is_kind(kind)).filter(may_be) {
        return Some(found);
    }
    resolver.resource_of(id.as_ref()?).or_else(|| {
        let own = ResourceId::parse(id.as_ref()?)?;
        let name = own.names.first()?.as_str()?;
        let fits = |other: &&&'a Resource| {
            other.address.root == part.address.root
                && other.name.as_str().is_some_and(|theirs| theirs.eq_ignore_ascii_case(name))
                && is_in_group(other, &own, resolver)
                && may_be(other)
        };
        let mut all = resolver.of_kind(kind).iter().filter(fits);
        let (only, None) = (all.next()?, all.next()) else { return None };
        Some(resolver.canonical(only))
    })
}

/// Whether a resource lies in the group that an id names.
fn is_in_group(resource: &Resource, id: &ResourceId, resolver: &Resolver<'_>) -> bool {
    let theirs = resolver.id_of(&resource.id).and_then(|id| id.group);
    let groups = id.group.as_ref().zip(theirs.as_ref());
    groups.is_some_and(|(one, other)| same_in(resolver, Case::Ignored, one, other) == Truth::Yes)
}

/// Why something may have a part that it is not known to have.
pub(super) fn may_belong(part: &Resource) -> (Why, Span) {
    (Why::External(format!("what `{}` belongs to", part.address).into()), part.declared)
}
