//! Places in objects as kustomize writes them: `spec/template/spec/containers[]/image`. Lists on the way are gone
//! through whether the path says so or not.

use std::sync::Arc;

use super::item::Id;
use crate::frontend::kubernetes::edit::{list_mut, member, member_mut, set};
use crate::ir::{Node, Value};

/// One kind of place: in which objects, and where in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) group: Arc<str>,
    pub(super) version: Arc<str>,
    pub(super) kind: Arc<str>,
    pub(super) path: Vec<Arc<str>>,
    /// Members on the way that are missing are added.
    pub(super) create: bool,
}

impl Field {
    /// A place in every object of a kind; of any kind when it is empty.
    pub(super) fn of(kind: &str, path: &str) -> Field {
        Field { kind: kind.into(), path: steps(path), ..Field::default() }
    }

    pub(super) fn created(self) -> Field {
        Field { create: true, ..self }
    }

    /// As it is written in a configuration of transformers.
    pub(super) fn read(written: &Node) -> Option<Field> {
        let text = |key: &str| member(written, key).and_then(Node::as_str).unwrap_or_default();
        // Paths of many steps lead nowhere.
        let path = Some(text("path")).filter(|path| !path.is_empty() && path.split('/').count() < 128)?;
        Some(Field {
            group: text("group").into(),
            version: text("version").into(),
            kind: text("kind").into(),
            path: steps(path),
            create: member(written, "create").and_then(Node::as_bool).unwrap_or(false),
        })
    }

    /// Whether it is a place in an object of this type.
    pub(super) fn is_of(&self, id: &Id) -> bool {
        selects(&self.group, &id.group) && selects(&self.version, &id.version) && selects(&self.kind, &id.kind)
    }

    /// Changes the values at this place. `missing` makes a value where a last member is missing and may be added.
    pub(super) fn visit(&self, body: &mut Node, missing: Option<&Node>, change: &mut dyn FnMut(&mut Node)) {
        walk(body, &self.path, missing.filter(|_| self.create), change);
    }
}

/// An empty selector selects everything.
pub(super) fn selects(wanted: &str, has: &str) -> bool {
    wanted.is_empty() || wanted == has
}

/// The steps of a path with `/` between them; `\/` is a slash in a name.
fn steps(path: &str) -> Vec<Arc<str>> {
    let (mut found, mut step) = (Vec::new(), String::new());
    for part in path.trim_start_matches('/').split('/') {
        step.push_str(part);
        if step.ends_with('\\') {
            step.pop();
            step.push('/');
            continue;
        }
        found.push(Arc::from(std::mem::take(&mut step)));
    }
    found
}

fn walk(node: &mut Node, path: &[Arc<str>], missing: Option<&Node>, change: &mut dyn FnMut(&mut Node)) {
    let Some((step, rest)) = path.split_first() else { return change(node) };
    match node.value {
        Value::List(_) => {
            if let Some(list) = list_mut(node) {
                list.items.iter_mut().for_each(|item| walk(item, path, missing, change));
            }
        }
        Value::Map(_) => {
            let key = step.strip_suffix("[]").unwrap_or(step);
            let is_list = key.len() != step.len();
            let absent = member(node, key).is_none_or(Node::is_null);
            if let Some(fresh) = missing.filter(|_| absent && !is_list) {
                let fresh = if rest.is_empty() { fresh.clone() } else { Node::map(Vec::new(), fresh.span) };
                set(node, key, fresh);
            }
            if let Some(inner) = member_mut(node, key) {
                walk(inner, rest, missing, change);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn slashes_in_names_are_escaped() {
        let path = |text: &str| steps(text).iter().map(|step| step.to_string()).collect::<Vec<_>>();
        assert_eq!(path("spec/containers[]/image"), ["spec", "containers[]", "image"]);
        assert_eq!(path(r"metadata/annotations/a.io\/b"), ["metadata", "annotations", "a.io/b"]);
    }
}
