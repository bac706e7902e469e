//! `vars`: `$(NAME)` in the places that kustomize looks at becomes the value of another object's field.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::Config;
use super::item::{Id, Item, written};
use crate::frontend::kubernetes::edit::{at, list_mut, member, members};
use crate::ir::{Node, Truth, Value, Why};

/// A variable: its name and the path of the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    name: Arc<str>,
    path: Arc<str>,
}

/// The variables that a kustomization states. Each one is marked on the object that it is read from.
pub(super) fn stated(items: &mut [Item], kustomization: &Node) -> Vec<Variable> {
    let mut found = Vec::new();
    for entry in crate::frontend::kubernetes::edit::list_of(kustomization.get("vars")) {
        let Some(name) = member(entry, "name").and_then(written) else { continue };
        let text = |key: &str| at(entry, &["objref", key]).and_then(written).unwrap_or_default();
        let path = at(entry, &["fieldref", "fieldPath"]).or_else(|| at(entry, &["fieldref", "fieldpath"]));
        let path = path.and_then(written).unwrap_or_else(|| "metadata.name".into());
        let group = text("group");
        let version = if group.is_empty() { text("apiVersion") } else { format!("{group}/{}", text("version")).into() };
        let wanted = Id::new(&version, &text("kind"), Some(text("name")), Some(text("namespace")));
        for item in items.iter_mut().filter(|item| is_meant(item, &wanted)) {
            item.variables.push(name.clone());
        }
        found.push(Variable { name, path });
    }
    found
}

/// Without a namespace any will do.
fn is_meant(item: &Item, wanted: &Id) -> bool {
    let fits = |id: &Id| {
        let beside = wanted.namespace.as_deref() == Some("") || id.is_beside(wanted) != Truth::No;
        let of_version = wanted.version.is_empty() || (id.group == wanted.group && id.version == wanted.version);
        beside && of_version && id.kind == wanted.kind && id.name == wanted.name
    };
    item.ids().iter().any(fits)
}

/// Puts the values in.
pub(super) fn resolve(items: &mut [Item], variables: &[Variable], config: &Config) {
    if variables.is_empty() {
        return;
    }
    let mut values: BTreeMap<Arc<str>, Node> = BTreeMap::new();
    for variable in variables {
        let holder = items.iter().find(|item| item.variables.contains(&variable.name));
        let value = holder.and_then(|item| field(&item.object.body, &variable.path));
        if let Some(value) = value {
            values.insert(variable.name.clone(), value);
        }
    }
    let fields = config.all(|config| &config.variables);
    for item in items {
        let id = item.id();
        for place in fields.iter().filter(|field| field.is_of(&id)) {
            place.visit(&mut item.object.body, None, &mut |node| fill(node, &values));
        }
    }
}

/// `spec.ports[0].port`.
fn field(body: &Node, path: &str) -> Option<Node> {
    let mut here = body;
    for step in path.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
        here = match &here.value {
            Value::List(list) => list.items.get(step.parse::<usize>().ok()?)?,
            Value::Unknown { .. } => return Some(here.clone()),
            _ => member(here, step)?,
        };
    }
    Some(here.clone())
}

fn fill(node: &mut Node, values: &BTreeMap<Arc<str>, Node>) {
    match &node.value {
        Value::Str(text) if text.contains("$(") => {
            if let Some(value) = filled(text, node, values) {
                node.value = value;
            }
        }
        Value::List(_) => {
            if let Some(list) = list_mut(node) {
                list.items.iter_mut().filter(|item| item.as_str().is_some()).for_each(|item| fill(item, values));
            }
        }
        Value::Map(_) => members(node, &mut |_, value| {
            if value.as_str().is_some() {
                fill(value, values);
            }
        }),
        _ => {}
    }
}

fn is_long(text: &str) -> bool {
    text.len() > 4_096
}

/// The text with the variables that are known in it; nothing when none is.
fn filled(text: &str, node: &Node, values: &BTreeMap<Arc<str>, Node>) -> Option<Value> {
    let (mut pieces, mut rest, mut any) = (Vec::new(), text, false);
    while let Some(start) = rest.find("$(") {
        let (before, after) = rest.split_at_checked(start)?;
        let Some(end) = after.find(')') else { break };
        let (variable, tail) = after.split_at_checked(end + 1)?;
        let name = variable.get(2..end).unwrap_or_default();
        // `$$(X)` is meant to stay `$(X)`.
        match values.get(name).filter(|_| !before.ends_with('$')) {
            Some(value) if rest.len() == text.len() && before.is_empty() && tail.is_empty() => {
                return Some(value.value.clone());
            }
            Some(value) => {
                any = true;
                pieces.push(Node::text(before, node.span));
                pieces.push(
                    match value.as_str().map_or(value.as_map().is_some() || value.as_list().is_some(), is_long) {
                        true => Node::unknown(Why::UnsupportedSyntax("a kustomize variable".into()), node.span),
                        false => value.clone(),
                    },
                );
            }
            None => pieces.push(Node::text(format!("{before}{variable}"), node.span)),
        }
        rest = tail;
    }
    pieces.push(Node::text(rest, node.span));
    any.then(|| Node::concat(pieces, node.span).value)
}
