//! Records of private DNS zones that somebody writes one by one.

use super::Network;
use super::reading::{inner, written};
use crate::ir::{Node, Resolver, Resource, Value};

/// Records that give addresses.
const ADDRESSES: &str = "Microsoft.Network/privateDnsZones/A";
/// Records that give other names.
const ALIASES: &str = "Microsoft.Network/privateDnsZones/CNAME";

/// A set of records under one name.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// The zone, by its place among the zones.
    pub zone: usize,
    /// Its name below the zone, references followed.
    pub name: Node,
    /// Its addresses; nothing when they can't be told.
    pub addresses: Option<Vec<Node>>,
}

impl<'a> Network<'a> {
    /// Reads the records of all zones.
    pub(super) fn read_records(&mut self, resolver: &Resolver<'a>, body: &dyn Fn(&'a Resource) -> Node) {
        for (kind, path) in [(ADDRESSES, "aRecords"), (ALIASES, "cnameRecord")] {
            for resource in resolver.of_kind(kind) {
                let own = std::ptr::eq(resolver.canonical(resource), *resource);
                if !own || !self.may_answer(resource, resolver) {
                    continue;
                }
                let zone = self.zone_above(resource, resolver);
                let list = written(resolver, &body(resource), &["properties", path]);
                let addresses = list.and_then(|list| addresses(&list, resolver));
                self.records.push(Record { resource, zone, name: resolver.node(&resource.name), addresses });
            }
        }
    }
}

fn addresses(list: &Node, resolver: &Resolver<'_>) -> Option<Vec<Node>> {
    let Value::List(list) = &list.value else { return None };
    let address = |item: &Node| {
        let item = resolver.node(item);
        inner(&item, "ipv4Address").cloned()
    };
    list.items.iter().map(address).collect::<Option<Vec<_>>>().filter(|all| list.open.is_none() && !all.is_empty())
}
