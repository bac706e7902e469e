//! Service accounts and pull secrets that a chart makes and uses under a name that hangs on the name of the release.
//!
//! Nobody says what the release is called, but the pods and what they name are of one release: both get the name that
//! Helm would give them for its default release.

use std::sync::Arc;

use super::super::manifest::Object;
use crate::ir::{Cond, Node, Value};

/// The name of a release that has none, as `helm template` calls it.
const DEFAULT: &str = "release-name";

/// What a chart makes and its pods name, and where they name it.
const NAMED: [(&str, &str); 2] = [("ServiceAccount", "serviceAccountName"), ("Secret", "imagePullSecrets")];

/// Names the service accounts and secrets of a release, and the references to them.
pub(super) fn name(objects: &mut [(Object, Cond)]) {
    for (kind, field) in NAMED {
        let is_one = |object: &Object| &*object.kind == kind && &*object.api_version == "v1";
        let own = |object: &Object| {
            let name = object.body.at(&["metadata", "name"])?;
            Some((key(name, 0)?, spelled(name)?))
        };
        let made = objects.iter().filter(|(object, _)| is_one(object)).filter_map(|(object, _)| own(object));
        let made: Vec<(String, String)> = made.collect();
        if made.is_empty() {
            continue;
        }
        for (object, _) in objects.iter_mut() {
            let field = if is_one(object) { "name" } else { field };
            renamed(&mut object.body, field, &made, 0);
        }
    }
}

/// What is the same for the same unknown name, wherever it was written.
fn key(node: &Node, depth: usize) -> Option<String> {
    if depth > 16 {
        return None;
    }
    match &node.value {
        Value::Str(text) => Some(format!("{text:?}")),
        Value::Unknown { sym: Some(sym), .. } => Some(format!("<{}>", sym.0)),
        Value::Concat(pieces) => pieces.iter().map(|piece| key(piece, depth + 1)).collect(),
        Value::Choice(choice) => {
            let Cond::When(flag) = &choice.on else { return None };
            let arms = (key(&choice.yes, depth + 1)?, key(&choice.no, depth + 1)?);
            Some(format!("({} ? {} : {})", key(flag, depth + 1)?, arms.0, arms.1))
        }
        _ => None,
    }
}

/// The key of a name that isn't known.
fn key_if(is_name: bool, node: &Node) -> Option<String> {
    if is_name && node.as_str().is_none() { key(node, 0) } else { None }
}

/// The name for the default release; nothing when it is known already, or hangs on something else too.
fn spelled(name: &Node) -> Option<String> {
    match &name.value {
        Value::Unknown { sym: Some(sym), .. } if sym.0.ends_with(super::machine::RELEASE_NAME) => {
            Some(DEFAULT.to_owned())
        }
        Value::Concat(pieces) => {
            pieces.iter().map(|piece| piece.as_str().map(str::to_owned).or_else(|| spelled(piece))).collect()
        }
        Value::Choice(choice) if hangs_on_release(&choice.on) => {
            choice.no.as_str().map(str::to_owned).or_else(|| spelled(&choice.no))
        }
        _ => None,
    }
}

/// Whether a condition asks for the name of the release, as most charts' helpers do.
fn hangs_on_release(on: &Cond) -> bool {
    let Cond::When(flag) = on else { return false };
    key(flag, 0).is_some_and(|key| key.contains(super::machine::RELEASE_NAME))
}

fn renamed(node: &mut Node, field: &str, made: &[(String, String)], depth: usize) {
    if depth > 32 {
        return;
    }
    match &mut node.value {
        Value::Map(map) => {
            for entry in &mut Arc::make_mut(map).entries {
                let is = |name: &str| entry.key.as_str() == Some(name);
                if field == "imagePullSecrets" && is(field) {
                    renamed(&mut entry.value, "name", made, depth + 1);
                    continue;
                }
                let is_name = is(field) || field == "serviceAccountName" && is("serviceAccount");
                let found = key_if(is_name, &entry.value);
                if let Some((_, name)) = made.iter().find(|(known, _)| Some(known) == found.as_ref()) {
                    entry.value.value = Value::Str(name.as_str().into());
                    continue;
                }
                renamed(&mut entry.value, field, made, depth + 1);
            }
        }
        Value::List(list) => {
            Arc::make_mut(list).items.iter_mut().for_each(|item| renamed(item, field, made, depth + 1));
        }
        _ => {}
    }
}
