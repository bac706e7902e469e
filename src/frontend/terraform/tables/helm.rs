//! `helm_release`: what a chart makes is not known, but the images that its values name are ones that its pods pull.
//!
//! An image counts only where the values say all of it: its host too, under a name that charts have for images, in no part
//! that is switched off. Everything else stays unknown.

use std::sync::Arc;

use super::attributes::{pick, put};
use super::yaml_text;
use crate::frontend::terraform::value::text_of;
use crate::ir::{Entry, Node, Value, Why};

/// Values within values.
const DEEPEST: usize = 24;
/// The type of the object that stands for the pods of a release.
const RELEASE: &str = "helm.sh/v3/Release";

/// An object that carries the images which the values of a release name; nothing when they name none.
pub fn pods(release: &Node) -> Option<(Arc<str>, Node)> {
    let values = values(release)?;
    let mut images = Images { found: Vec::new(), global: values.at(&["global", "imageRegistry"]).cloned() };
    images.within(&values, DEEPEST);
    if images.found.is_empty() {
        return None;
    }
    let span = release.span;
    let container = |image: Node| Node::map(vec![Entry::new("image", image.span, image)], span);
    let containers = images.found.into_iter().map(container).collect();
    let mut body = Node::map(Vec::new(), span);
    put(&mut body, "apiVersion", Node::text("helm.sh/v3", span));
    put(&mut body, "kind", Node::text("Release", span));
    if let Some(name) = pick(release, "name") {
        put(&mut body, "metadata.name", name);
    }
    let namespace = pick(release, "namespace").filter(|namespace| !namespace.is_null());
    put(&mut body, "metadata.namespace", namespace.unwrap_or_else(|| Node::text("default", span)));
    put(&mut body, "spec.containers", Node::list(containers, span));
    Some((RELEASE.into(), body))
}

/// The values of a release, one layer over the other; nothing when a setting may be about any of them.
fn values(release: &Node) -> Option<Node> {
    let mut values = Node::map(Vec::new(), release.span);
    if let Some(layers) = pick(release, "values").filter(|layers| !layers.is_null()) {
        let list = layers.as_list().filter(|list| list.open.is_none())?;
        for layer in list.items.iter().filter(|layer| !layer.is_null()) {
            match yaml_text::documents(layer).as_deref() {
                Some([]) => {}
                Some([document]) => over(&mut values, document, DEEPEST),
                // It may say something else of everything before it.
                _ => values = Node::map(Vec::new(), release.span),
            }
        }
    }
    for (settings, secret) in [("set", false), ("set_list", false), ("set_sensitive", true), ("set_wo", true)] {
        let Some(settings) = pick(release, settings).filter(|settings| !settings.is_null()) else { continue };
        let list = settings.as_list().filter(|list| list.open.is_none())?;
        for setting in &list.items {
            set(&mut values, setting, secret)?;
        }
    }
    Some(values)
}

/// One layer over another: objects are joined, anything else is replaced, and `null` takes away.
fn over(below: &mut Node, layer: &Node, depth: usize) {
    let both = below.as_map().is_some() && layer.as_map().is_some_and(|map| map.open.is_none()) && depth > 0;
    let (Value::Map(map), Some(layer)) = (&mut below.value, layer.as_map().filter(|_| both)) else {
        *below = layer.clone();
        return;
    };
    let map = Arc::make_mut(map);
    for entry in &layer.entries {
        match map.entries.iter_mut().find(|known| known.key.as_str() == entry.key.as_str()) {
            Some(known) => over(&mut known.value, &entry.value, depth - 1),
            None => map.entries.push(entry.clone()),
        }
    }
}

/// `name = "image.repository"`; nothing when the name is not known.
fn set(values: &mut Node, setting: &Node, secret: bool) -> Option<()> {
    let name = pick(setting, "name")?;
    let unknown = || Node::unknown(Why::Sensitive, setting.span);
    let value = pick(setting, "value").filter(|value| !value.is_null()).unwrap_or_else(unknown);
    let value = if secret { value.secret() } else { value };
    let mut keys = keys(name.as_str()?);
    // A place in a list: the list is not what it was.
    let value = match keys.iter().position(|key| key.contains('[')) {
        Some(at) => {
            keys.truncate(at + 1);
            keys.iter_mut().for_each(|key| key.truncate(key.find('[').unwrap_or(key.len())));
            Node::unknown(Why::Element("a list of values".into()), setting.span)
        }
        None => value,
    };
    let layer = keys.iter().rev().fold(value, |inner, key| {
        let span = inner.span;
        Node::map(vec![Entry::new(key, span, inner)], span)
    });
    over(values, &layer, DEEPEST);
    Some(())
}

/// The keys of a setting's name; a dot behind a backslash is part of a key.
fn keys(name: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut escaped = false;
    for letter in name.chars() {
        match letter {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '.' if !escaped => keys.push(String::new()),
            _ => keys.last_mut().into_iter().for_each(|key| key.push(letter)),
        }
        escaped = false;
    }
    keys
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
        Some(flag) => text_of(flag).is_some_and(|text| &*text == "true"),
    })
}

/// Whether a reference begins with a host: a text with a dot, or the login server of a registry.
fn has_host(image: &Node) -> bool {
    let host = |text: &str| text.split_once('/').is_some_and(|(host, rest)| host.contains('.') && !rest.is_empty());
    let is_login_server = |node: &Node| match &node.value {
        Value::Ref(reference) => reference.path.last().is_some_and(|step| &**step == "login_server"),
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
