//! References follow the names that objects get: pull secrets, volumes, environments, service accounts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::{Config, References};
use super::fields::selects;
use super::item::{Id, Item, same_text, written};
use crate::frontend::kubernetes::edit::{list_mut, member_mut};
use crate::ir::placeholder::stands_in;
use crate::ir::{Node, Truth, Value, Why};

/// Lets all references follow.
pub(super) fn follow(items: &mut [Item], config: &Config) {
    let shown: Vec<Shown> = items.iter().map(Shown::of).collect();
    for references in config.all_references() {
        let named = Named::among(&shown, references);
        if named.is_empty() {
            continue;
        }
        for (at, item) in items.iter_mut().enumerate() {
            let Some(referrer) = shown.get(at) else { continue };
            for field in references.fields.iter().filter(|field| field.is_of(&referrer.first)) {
                field.visit(&mut item.object.body, None, &mut |value| point(value, referrer, &shown, &named));
            }
        }
    }
}

/// What an object is and was called, before any reference is changed.
struct Shown {
    first: Id,
    now: Id,
    former: Vec<Id>,
    name: Option<Node>,
    prefixes: Vec<Arc<str>>,
    suffixes: Vec<Arc<str>>,
}

impl Shown {
    fn of(item: &Item) -> Shown {
        Shown {
            first: item.first_id(),
            now: item.id(),
            former: item.former_ids(),
            name: item.object.body.at(&["metadata", "name"]).cloned(),
            prefixes: item.prefixes.clone(),
            suffixes: item.suffixes.clone(),
        }
    }

    /// Whether both went through the same overlays, as far as their names tell.
    fn is_renamed_as(&self, other: &Shown) -> bool {
        let alike = |a: &[Arc<str>], b: &[Arc<str>]| a.iter().rev().zip(b.iter().rev()).all(|(a, b)| a == b);
        alike(&self.prefixes, &other.prefixes) && alike(&self.suffixes, &other.suffixes)
    }
}

/// The objects of one type that had another name or place before, by those names.
struct Named {
    known: BTreeMap<Arc<str>, Vec<usize>>,
    /// Those with a former name that isn't known to the last letter.
    open: Vec<usize>,
}

impl Named {
    fn among(shown: &[Shown], references: &References) -> Named {
        let mut named = Named { known: BTreeMap::new(), open: Vec::new() };
        for (at, candidate) in shown.iter().enumerate() {
            let is_one = |id: &&Id| {
                selects(&references.group, &id.group)
                    && selects(&references.version, &id.version)
                    && selects(&references.kind, &id.kind)
            };
            if !candidate.former.iter().any(|id| is_one(&id)) {
                continue;
            }
            for id in &candidate.former {
                match &id.name {
                    Some(name) => {
                        let of_name = named.known.entry(name.clone()).or_default();
                        if of_name.last() != Some(&at) {
                            of_name.push(at);
                        }
                        if stands_in(name) && named.open.last() != Some(&at) {
                            named.open.push(at);
                        }
                    }
                    None => named.open.push(at),
                }
            }
        }
        named
    }

    fn is_empty(&self) -> bool {
        self.known.is_empty() && self.open.is_empty()
    }
}

/// Follows from a reference: a name, a list of names, or an object with a name.
fn point(value: &mut Node, referrer: &Shown, shown: &[Shown], named: &Named) {
    match value.value {
        Value::List(_) => {
            if let Some(list) = list_mut(value) {
                list.items.iter_mut().for_each(|item| point(item, referrer, shown, named));
            }
        }
        Value::Map(_) => {
            if let Some(name) = member_mut(value, "name") {
                point(name, referrer, shown, named);
            }
        }
        _ => follow_name(value, referrer, shown, named),
    }
}

fn follow_name(value: &mut Node, referrer: &Shown, shown: &[Shown], named: &Named) {
    let Some(name) = written(value) else { return };
    let reachable = |at: &usize| shown.get(*at).map_or(Truth::No, |candidate| is_reachable(referrer, candidate));
    let found: &[usize] = named.known.get(&name).map_or(&[], Vec::as_slice);
    let mut meant: Vec<&Shown> =
        found.iter().filter(|at| reachable(at) == Truth::Yes).filter_map(|at| shown.get(*at)).collect();
    if meant.len() > 1 {
        meant.retain(|candidate| candidate.is_renamed_as(referrer));
    }
    let may_be = |at: &usize| {
        let is_renamed = |it: &Shown| it.former.iter().any(|id| id.name != it.now.name);
        let may_be_called = |id: &Id| same_text(id.name.as_deref(), Some(&name)) == Truth::Unknown;
        let candidate = shown.get(*at);
        reachable(at) != Truth::No && candidate.is_some_and(|it| is_renamed(it) && it.former.iter().any(may_be_called))
    };
    let others = match stands_in(&name) {
        true => named.known.values().flatten().any(may_be),
        false => named.open.iter().any(may_be),
    };
    let unsure = found.iter().any(|at| reachable(at) == Truth::Unknown);
    let mut names = meant.iter().map(|candidate| candidate.name.as_ref().map(|name| &name.value));
    match names.next() {
        None if !unsure && !others => {}
        Some(Some(new)) if !unsure && names.all(|other| other == Some(new)) => value.value = new.clone(),
        _ => {
            let why = Why::UnsupportedSyntax("a name that kustomize may change".into());
            value.value = Value::Unknown { why, sym: None };
        }
    }
}

/// Objects refer to what is in their namespace, or in none.
fn is_reachable(referrer: &Shown, candidate: &Shown) -> Truth {
    if referrer.now.is_cluster_wide() || candidate.now.is_cluster_wide() {
        return Truth::Yes;
    }
    referrer.now.is_beside(&candidate.now)
}
