//! The images that the values of a chart name: what the chart makes of them is not known, but its pods pull them.
//!
//! An image counts only where the values say all of it: its host too, under a name that charts have for images, in no part
//! that is switched off. Everything else stays unknown.

use crate::ir::{Entry, Node, Value, Why};
use crate::source::Span;

/// Values within values.
const DEEPEST: usize = 24;

/// The API of the object that stands for the pods of a release.
pub const API_VERSION: &str = "helm.sh/v3";
/// Its kind.
pub const KIND: &str = "Release";
/// Its type.
pub const RELEASE: &str = "helm.sh/v3/Release";

/// An object that carries the images which values name, but for those that begin like one of `seen`; nothing when there
/// are none.
pub fn release(
    values: &Node,
    seen: &[String],
    name: Option<Node>,
    namespace: Option<Node>,
    span: Span,
) -> Option<Node> {
    let mut images = Images { found: Vec::new(), global: values.at(&["global", "imageRegistry"]).cloned() };
    images.within(values, DEEPEST);
    images.found.retain(|image| !seen.iter().any(|seen| is_of(image, seen)));
    if images.found.is_empty() {
        return None;
    }
    let object = |entries: Vec<(&str, Node)>| {
        Node::map(entries.into_iter().map(|(key, value)| Entry::new(key, value.span, value)).collect(), span)
    };
    let containers = images.found.into_iter().map(|image| object(vec![("image", image)])).collect();
    let metadata = [("name", name), ("namespace", namespace)];
    let metadata = metadata.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    Some(object(vec![
        ("apiVersion", Node::text(API_VERSION, span)),
        ("kind", Node::text(KIND, span)),
        ("metadata", object(metadata)),
        ("spec", object(vec![("containers", Node::list(containers, span))])),
    ]))
}

/// Whether an image that was seen is of the repository that another one names.
fn is_of(image: &Node, seen: &str) -> bool {
    let known = match &image.value {
        Value::Str(text) => text.clone(),
        Value::Concat(pieces) => pieces.first().and_then(Node::as_str).unwrap_or_default().into(),
        _ => return false,
    };
    let path = known.rfind('/').unwrap_or(0);
    let end = known.get(path..).and_then(|last| last.find([':', '@'])).map_or(known.len(), |at| path + at);
    known.get(..end).is_some_and(|repository| {
        seen.strip_prefix(repository).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
    })
}

/// The images that values name.
struct Images {
    found: Vec<Node>,
    /// A registry for all images, which some charts put in front of what the rest says.
    global: Option<Node>,
}

impl Images {
    fn within(&mut self, node: &Node, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match &node.value {
            Value::List(list) => list.items.iter().for_each(|item| self.within(item, depth)),
            Value::Map(map) if map.open.is_none() && is_on(node) => {
                map.entries.iter().for_each(|entry| self.entry(entry, depth));
            }
            _ => {}
        }
    }

    fn entry(&mut self, entry: &Entry, depth: usize) {
        let named = entry.key.as_str().is_some_and(|key| key == "image" || key.ends_with("Image"));
        let image = match &entry.value.value {
            _ if !named => None,
            Value::Map(map) if map.open.is_none() && is_on(&entry.value) => self.described(&entry.value),
            Value::Str(_) | Value::Concat(_) => Some(entry.value.clone()).filter(has_host),
            _ => None,
        };
        match image {
            Some(image) => self.found.push(image),
            None => self.within(&entry.value, depth),
        }
    }

    /// `{registry, repository, tag}` as most charts have it.
    fn described(&self, image: &Node) -> Option<Node> {
        let written = |key: &str| image.get(key).filter(|value| !value.is_null() && value.as_str() != Some(""));
        let slash = |span| Node::text("/", span);
        let path = match (written("registry"), written("repository")) {
            // Which of the two registries counts is the chart's affair.
            (Some(_), _) if self.has_global() => return None,
            (Some(registry), repository) => {
                let repository = repository.or_else(|| written("image")).or_else(|| written("name"))?;
                Node::concat(vec![registry.clone(), slash(image.span), repository.clone()], repository.span)
            }
            (None, repository) => repository?.clone(),
        };
        if !has_host(&path) {
            return None;
        }
        let tag = || {
            let own = Node::unknown(Why::External("the tag that the chart has".into()), image.span);
            written("tag").cloned().unwrap_or(own)
        };
        let end = match written("digest") {
            Some(digest) => vec![Node::text("@", image.span), digest.clone()],
            None => vec![Node::text(":", image.span), tag()],
        };
        Some(Node::concat(std::iter::once(path.clone()).chain(end).collect(), path.span))
    }

    fn has_global(&self) -> bool {
        self.global.as_ref().is_some_and(|registry| !registry.is_null() && registry.as_str() != Some(""))
    }
}

/// Whether nothing in an object says that its part of the chart is switched off.
fn is_on(node: &Node) -> bool {
    ["enabled", "create", "install"].iter().all(|flag| match node.get(flag) {
        None => true,
        Some(flag) => match &flag.value {
            Value::Bool(on) => *on,
            value => matches!(value, Value::Str(text) if &**text == "true"),
        },
    })
}

/// Whether a reference begins with a host: a text with a dot, or the login server of a registry.
fn has_host(image: &Node) -> bool {
    let host = |text: &str| text.split_once('/').is_some_and(|(host, rest)| host.contains('.') && !rest.is_empty());
    let is_login_server = |node: &Node| match &node.value {
        Value::Ref(reference) => {
            reference.path.last().is_some_and(|step| ["login_server", "loginServer"].contains(&&**step))
        }
        _ => false,
    };
    match &image.value {
        Value::Str(text) => host(text),
        Value::Concat(pieces) => match pieces.as_slice() {
            [first, second, ..] if is_login_server(first) => second.as_str().is_some_and(|text| text.starts_with('/')),
            [first, ..] => first.as_str().is_some_and(|text| text.contains('/') && host(&format!("{text}…"))),
            [] => false,
        },
        _ => false,
    }
}
