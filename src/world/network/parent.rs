//! To what a resource belongs that is declared on its own though it is a part of another one.

use std::collections::BTreeMap;

use crate::ir::{Address, Case, Node, Resolver, Resource, ResourceId, Truth, Value, Why, same_in};
use crate::source::Span;

/// The place of what a part belongs to; else, for each place, whether it may be that.
pub(super) enum Whole {
    /// It is this one.
    At(usize),
    /// It may be one of these.
    OneOf(Vec<usize>),
}

/// What a part belongs to, of the resources of a type that are known by their addresses. A part of something else belongs
/// to none.
pub(super) fn whole<'a>(
    part: &Resource,
    kind: &str,
    places: &BTreeMap<&'a Address, usize>,
    resolver: &Resolver<'a>,
) -> Whole {
    let raw = match &part.id.value {
        Value::Id(id) => id.names.first(),
        _ => None,
    };
    // The name of the whole, taken from its declaration, says which one it is.
    if let Some(Value::Ref(reference)) = raw.map(|name| &name.value)
        && reference.is(&["name"])
        && let Some(at) = resolver.target(&reference.target).and_then(|found| places.get(&*found.address))
    {
        return Whole::At(*at);
    }
    let id = resolver.id_of(&part.id).filter(|id| id.names.len() == 2);
    let Some(id) = id else { return Whole::OneOf(places.values().copied().collect()) };
    let name = id.names.first().cloned();
    let own = ResourceId { kind: kind.into(), names: id.names.into_iter().take(1).collect(), ..id };
    let found = resolver.resource_of(&Node::id(own, part.declared));
    if let Some(at) = found.and_then(|found| places.get(&*found.address)) {
        return Whole::At(*at);
    }
    let may_be = |address: &&&'a Address| {
        let known = resolver.at(address).zip(name.as_ref());
        known.is_none_or(|(other, name)| same_in(resolver, Case::Ignored, name, &other.name) != Truth::No)
    };
    Whole::OneOf(places.iter().filter(|(address, _)| may_be(address)).map(|(_, at)| *at).collect())
}

/// Why something may have a part that it is not known to have.
pub(super) fn may_belong(part: &Resource) -> (Why, Span) {
    (Why::External(format!("what `{}` belongs to", part.address).into()), part.declared)
}
