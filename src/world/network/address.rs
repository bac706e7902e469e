//! Public addresses: those with which traffic leaves a network.

use std::sync::Arc;

use ipnet::Ipv4Net;

use super::reading::written;
use crate::azure::cidr;
use crate::ir::{Address, Case, Node, Origin, Ref, Resolver, Resource, Target, Truth, Value, Why, same_in};
use crate::source::Span;
use crate::world::workload::shown;

/// The type of public addresses.
pub const PUBLIC_IP: &str = "Microsoft.Network/publicIPAddresses";
/// The type of ranges of public addresses.
pub const PREFIX: &str = "Microsoft.Network/publicIPPrefixes";

/// How bodies are read, with what changes them laid over.
pub(super) type Bodies<'b, 'a> = &'b dyn Fn(&'a Resource) -> Node;

/// An address, or a range of them, with which traffic leaves.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// What it is called.
    pub name: String,
    /// Where it is declared, or named.
    pub span: Span,
    /// The tree creates it.
    pub is_declared: bool,
    /// The addresses, where they are known.
    pub net: Option<Ipv4Net>,
    /// Where they are not: a range that holds them.
    pub within: Option<Ipv4Net>,
    /// The properties that hold it: its own address, and the range that it is taken from.
    values: Vec<Node>,
}

/// Why an address can't be told.
pub(super) type Unseen = (Why, Span);

impl Outgoing {
    /// The address with this id; nothing where it is one of IPv6.
    pub(super) fn of<'a>(id: &Node, resolver: &Resolver<'a>, body: Bodies<'_, 'a>) -> Result<Option<Self>, Unseen> {
        let id = only(resolver.node(id));
        match resolver.resource_of(&id) {
            Some(found) if found.is_kind(PUBLIC_IP) || found.is_kind(PREFIX) => {
                Ok(Outgoing::read(found, resolver, body))
            }
            Some(_) => Err((Why::UnsupportedSyntax("an address of another type".into()), id.span)),
            None => Outgoing::named(&id, resolver).map(Some),
        }
    }

    fn read<'a>(resource: &'a Resource, resolver: &Resolver<'a>, body: Bodies<'_, 'a>) -> Option<Outgoing> {
        let read = body(resource);
        let at = |path: &[&str]| written(resolver, &read, path);
        if at(&["properties", "publicIPAddressVersion"]).is_some_and(|it| is(&it, "IPv6")) {
            return None;
        }
        let own = Node::reference(resource.address.clone(), property(&resource.kind), resource.declared);
        let own = resolver.node(&own);
        let prefix = at(&["properties", "publicIPPrefix", "id"]).map(|id| resolver.node(&of(only(id), PREFIX)));
        Some(Outgoing {
            name: shown(&resolver.node(&resource.name)),
            span: resource.declared,
            is_declared: resource.origin == Origin::Declared,
            net: own.as_str().and_then(cidr::net),
            within: prefix.as_ref().and_then(Node::as_str).and_then(cidr::net),
            values: std::iter::once(own).chain(prefix).collect(),
        })
    }

    /// One of which the tree has nothing but the id.
    fn named(id: &Node, resolver: &Resolver<'_>) -> Result<Outgoing, Unseen> {
        let unseen = || (id.why().cloned().unwrap_or(Why::External("an address".into())), id.span);
        let parts = resolver.id_of(id).filter(|it| it.is_kind(PUBLIC_IP) || it.is_kind(PREFIX)).ok_or_else(unseen)?;
        let name = parts.names.last().map(shown).unwrap_or_default();
        let values = vec![resolver.node(&of(id.clone(), &parts.kind))];
        Ok(Outgoing { name, span: id.span, is_declared: false, net: None, within: None, values })
    }

    /// Whether a value is this address, or the range that it is taken from.
    pub fn is(&self, value: &Node, resolver: &Resolver<'_>) -> Truth {
        self.values.iter().map(|own| same_in(resolver, Case::Ignored, own, value)).fold(Truth::No, Truth::or)
    }

    /// Whether a resource that something only refers to may be this address, or its range: one that the tree creates under
    /// another name is another one, whatever is not known of it.
    pub(super) fn may_be(&self, address: &Address, resolver: &Resolver<'_>) -> bool {
        let Some(found) = resolver.at(address) else { return true };
        if found.origin == Origin::Declared {
            return false;
        }
        let id = |address: &Arc<Address>| Node::reference(address.clone(), &["id"], self.span);
        let other = id(&Arc::new(address.clone()));
        self.values.iter().any(|own| match &own.value {
            Value::Ref(reference) => match &reference.target {
                Target::Resource(it) => same_in(resolver, Case::Ignored, &id(it), &other) != Truth::No,
                Target::Id(it) => same_in(resolver, Case::Ignored, it, &other) != Truth::No,
            },
            _ => self.name == shown(&resolver.node(&found.name)) || resolver.node(&found.name).as_str().is_none(),
        })
    }

    /// Whether a value is a property of the resource that this address, or its range, is.
    pub fn is_of(&self, resource: &Address) -> bool {
        self.values.iter().any(|own| match &own.value {
            Value::Ref(reference) => matches!(&reference.target, Target::Resource(it) if **it == *resource),
            _ => false,
        })
    }
}

fn is(node: &Node, word: &str) -> bool {
    node.as_str().is_some_and(|own| own.eq_ignore_ascii_case(word))
}

/// The property that holds the addresses.
fn property(kind: &str) -> &'static [&'static str] {
    if kind.eq_ignore_ascii_case(PREFIX) { &["properties", "ipPrefix"] } else { &["properties", "ipAddress"] }
}

/// The address of what has this id.
fn of(id: Node, kind: &str) -> Node {
    let path = property(kind).iter().map(|&step| Arc::from(step)).collect();
    let span = id.span;
    match &id.value {
        Value::Ref(reference) if reference.is(&["id"]) => {
            let target = reference.target.clone();
            Node::new(Value::Ref(Arc::new(Ref { target, path })), span)
        }
        _ => Node::new(Value::Ref(Arc::new(Ref { target: Target::Id(Box::new(id)), path })), span),
    }
}

/// A plan tells of what is computed only what it was made from. Made from one property alone, it is that.
pub(super) fn only(node: Node) -> Node {
    match &node.value {
        Value::Derived(candidates) => match candidates.as_slice() {
            [only] => Node { value: Value::Ref(Arc::new(only.clone())), ..node },
            _ => node,
        },
        _ => node,
    }
}
