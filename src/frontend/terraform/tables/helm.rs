//! `helm_release`: what a chart makes is not known, but the images that its values name are ones that its pods pull.

use std::sync::Arc;

use super::attributes::pick;
use super::yaml_text;
use crate::frontend::named_images;
use crate::ir::{Entry, Node, Value, Why};

/// Values within values.
const DEEPEST: usize = 24;

/// An object that carries the images which the values of a release name; nothing when they name none.
pub fn pods(release: &Node) -> Option<(Arc<str>, Node)> {
    let values = values(release)?;
    let name = pick(release, "name");
    let namespace = pick(release, "namespace").filter(|namespace| !namespace.is_null());
    let namespace = namespace.unwrap_or_else(|| Node::text("default", release.span));
    let body = named_images::release(&values, &[], name, Some(namespace), release.span)?;
    Some((named_images::RELEASE.into(), body))
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
