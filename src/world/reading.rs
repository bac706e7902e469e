//! Who reads the admin credentials of a registry: `listCredentials()` in Bicep and ARM, `admin_password` and `admin_username`
//! in Terraform.

use super::knowledge::{implies, is_certain};
use super::registry::Registry;
use crate::ir::{Cond, Node, Ref, Resolver, Resource, Value};

/// A resource whose body holds an admin credential of a registry.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// The registry, by its place in the world.
    pub registry: usize,
    /// The expression that reads.
    pub value: Node,
    /// It is read, and the registry is as it is declared, whatever the parameters are.
    pub certain: bool,
}

/// Deeper values are not looked into.
const DEPTH: usize = 48;

/// The readings of a resource, one for each registry. One that may happen where the registry is not deployed, so that one
/// made elsewhere is read, is left out.
pub(super) fn readings<'a>(
    resource: &'a Resource,
    registries: &[Registry<'a>],
    resolver: &Resolver<'a>,
) -> Vec<Reading<'a>> {
    let mut reads = Vec::new();
    collect(&resource.body, &resource.deployed, DEPTH, &mut reads);
    let mut found: Vec<Reading<'a>> = Vec::new();
    for (reference, value, when) in reads {
        let Some(target) = resolver.target(&reference.target) else { continue };
        let Some(registry) = registries.iter().find(|it| it.resource.address == target.address) else { continue };
        let known = found.iter().any(|reading| reading.registry == registry.at);
        if !known && implies(&when, &registry.resource.deployed) {
            let certain = when == Cond::Always && is_certain(resource) && is_certain(registry.resource);
            found.push(Reading { resource, registry: registry.at, value: value.clone(), certain });
        }
    }
    found
}

fn collect<'n>(node: &'n Node, when: &Cond, depth: usize, found: &mut Vec<(&'n Ref, &'n Node, Cond)>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match &node.value {
        Value::Ref(reference) if is_credential(reference) => found.push((reference, node, when.clone())),
        Value::List(list) => list.items.iter().for_each(|item| collect(item, when, depth, found)),
        Value::Map(map) => map.entries.iter().for_each(|entry| collect(&entry.value, when, depth, found)),
        // Somebody who has something in its place knows that it may be empty.
        Value::Call(name, _) if matches!(&**name, "tf:try" | "tf:coalesce" | "tf:can") => {}
        Value::Concat(nodes) | Value::Call(_, nodes) => {
            nodes.iter().for_each(|inner| collect(inner, when, depth, found));
        }
        Value::Choice(choice) => {
            collect(&choice.yes, &Cond::all([when.clone(), choice.on.clone()]), depth, found);
            collect(&choice.no, &Cond::all([when.clone(), choice.on.negate()]), depth, found);
        }
        _ => {}
    }
}

fn is_credential(reference: &Ref) -> bool {
    reference.path.first().is_some_and(|step| step.eq_ignore_ascii_case("listCredentials()"))
}
