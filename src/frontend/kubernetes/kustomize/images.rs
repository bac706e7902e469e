//! `images`: new names, tags and digests for images.

use regex::Regex;

use super::fields::Field;
use super::item::{Item, written};
use crate::frontend::kubernetes::edit::{items, list_of, member, member_mut, members};
use crate::ir::placeholder::stands_in;
use crate::ir::{Node, Value, Why};
use crate::source::{Store, Via};

/// One entry of `images`.
pub(super) struct Retag<'a> {
    store: &'a Store,
    entry: &'a Node,
    wanted: String,
    pattern: Option<Regex>,
}

impl<'a> Retag<'a> {
    /// Reads an entry; nothing when it names no image.
    pub(super) fn read(store: &'a Store, entry: &'a Node) -> Option<Retag<'a>> {
        let wanted = member(entry, "name").and_then(written)?.to_string();
        // Kustomize takes the name for a pattern; what is none is taken for itself here.
        let whole = |name: &str| Regex::new(&format!("^{name}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$"));
        let pattern = whole(&wanted).or_else(|_| whole(&regex::escape(&wanted))).ok();
        Some(Retag { store, entry, wanted, pattern })
    }

    /// Changes the images of an object: in all lists of containers, whatever the kind, and in the places of the
    /// configuration, one after the other as kustomize does.
    pub(super) fn apply(&self, item: &mut Item, fields: &[Field]) {
        if &*item.object.kind == "CustomResourceDefinition" {
            return;
        }
        self.in_containers(&mut item.object.body);
        let id = item.id();
        for field in fields.iter().filter(|field| field.is_of(&id)) {
            field.visit(&mut item.object.body, None, &mut |image| self.change(image));
        }
    }

    fn in_containers(&self, node: &mut Node) {
        match node.value {
            Value::List(_) => items(node, &mut |item| self.in_containers(item)),
            Value::Map(_) => members(node, &mut |key, value| {
                self.in_containers(value);
                if matches!(key, "containers" | "initContainers") {
                    items(value, &mut |container| {
                        if let Some(image) = member_mut(container, "image") {
                            self.change(image);
                        }
                    });
                }
            }),
            _ => {}
        }
    }

    fn change(&self, image: &mut Node) {
        let Some(text) = written(image) else { return self.change_partly_known(image) };
        if let Some(unknown) = self.unknown_part().filter(|_| self.matches(&text) || self.may_match(&text)) {
            image.value = unknown;
            return;
        }
        if self.matches(&text) && !stands_in(&self.wanted) {
            *image = self.changed(image, &text);
        } else if self.may_match(&text) {
            let new = self.changed(image, &text);
            match new.value == image.value {
                true => {}
                false => self.unsettle_to(image, &text, &new),
            }
        }
    }

    /// An image of which only the beginning may be known.
    fn change_partly_known(&self, image: &mut Node) {
        let Value::Concat(pieces) = &image.value else { return };
        let name = pieces.first().and_then(Node::as_str).and_then(|text| text.strip_suffix([':', '@']));
        let other = name.is_some_and(|name| !self.matches(name));
        // Another tag of the same image is as unknown as the one that it has.
        let keeps = name.is_some() && member(self.entry, "newName").is_none_or(|new| new.as_str() == name);
        if !keeps && (!other || stands_in(&self.wanted)) {
            self.unsettle(image);
        }
    }

    fn matches(&self, text: &str) -> bool {
        self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }

    /// The image when a part of what it becomes isn't known.
    fn unknown_part(&self) -> Option<Value> {
        let part = |key: &str| member(self.entry, key).filter(|node| !node.is_null());
        let is_open = |node: &Node| written(node).is_none() && !matches!(node.value, Value::Float(_));
        let name = part("newName").or_else(|| part("name"))?;
        ["newName", "newTag", "digest", "tagSuffix"].into_iter().filter_map(part).find(|node| is_open(node))?;
        let rest = Node::unknown(Why::UnsupportedSyntax("what `images` make of a tag".into()), name.span);
        let marked = match part("newTag").is_none() && part("digest").is_some() {
            true => vec![name.clone(), Node::text("@", name.span), rest],
            false => vec![name.clone(), Node::text(":", name.span), rest],
        };
        Some(Node::concat(marked, name.span).value)
    }

    /// Whether the image is meant when placeholders are filled in before kustomize sees them.
    fn may_match(&self, text: &str) -> bool {
        if !stands_in(text) && !stands_in(&self.wanted) {
            return false;
        }
        let (name, _, _) = split(text);
        name == self.wanted || (stands_in(name) && !name.contains("://") && ends_alike(name, &self.wanted))
    }

    /// Only what both have in common is known: the name, when it stays.
    fn unsettle_to(&self, image: &mut Node, text: &str, new: &Node) {
        let (name, _, _) = split(text);
        let keeps = new.as_str().is_some_and(|new| split(new).0 == name);
        if !keeps {
            return self.unsettle(image);
        }
        let rest = Node::unknown(Why::TemplateText, image.span);
        let pieces = vec![Node::text(format!("{name}:"), image.span), rest];
        image.value = Node::concat(pieces, image.span).value;
    }

    fn unsettle(&self, image: &mut Node) {
        let why = Why::UnsupportedSyntax("an image that `images` of a kustomization may mean".into());
        image.value = Value::Unknown { why, sym: None };
    }

    fn changed(&self, image: &Node, text: &str) -> Node {
        let member = |key: &str| member(self.entry, key).filter(|node| !node.is_null() && node.as_str() != Some(""));
        let as_text = |key: &str| member(key).map(|node| as_written(self.store, node));
        let (name, mut tag, mut digest) = split(text);
        let (new_tag, new_digest) = (as_text("newTag"), as_text("digest"));
        let suffixed = as_text("tagSuffix").map(|suffix| format!("{tag}{suffix}"));
        match (&new_tag, &new_digest, &suffixed) {
            (None, None, None) => {}
            (None, None, Some(suffixed)) => (tag, digest) = (suffixed, ""),
            (new_tag, new_digest, _) => {
                (tag, digest) = (new_tag.as_deref().unwrap_or(""), new_digest.as_deref().unwrap_or(""));
            }
        }
        let new_name = as_text("newName");
        let mut new = new_name.as_deref().unwrap_or(name).to_owned();
        for (mark, piece) in [(":", tag), ("@", digest)] {
            if !piece.is_empty() {
                new.push_str(mark);
                new.push_str(piece);
            }
        }
        // The name decides about pulls; its line is the one to edit.
        let span = member("newName").map_or(image.span, |node| node.span);
        let node = Node { value: Value::Str(new.into()), span, ..image.clone() };
        node.through(self.entry.span, Via::Overlay)
    }
}

/// Whether two names can be one although the first has placeholders: what follows them has to agree.
fn ends_alike(name: &str, wanted: &str) -> bool {
    let end = |text: &str| text.rsplit('/').next().unwrap_or(text).to_owned();
    let (a, b) = (end(name), end(wanted));
    a == b || stands_in(&a) || stands_in(&b)
}

/// A tag written as `1.10` is meant as it is written, not as the number.
fn as_written(store: &Store, node: &Node) -> String {
    node.as_str().map_or_else(|| store.snippet(node.span).trim().to_owned(), str::to_owned)
}

/// All entries of `images` and of the older `imageTags`, in kustomize's order.
pub(super) fn entries(kustomization: &Node) -> impl Iterator<Item = &Node> {
    ["images", "imageTags"].into_iter().flat_map(|key| list_of(kustomization.get(key)))
}

/// Name, tag and digest. A colon before the first slash belongs to a port.
pub(super) fn split(image: &str) -> (&str, &str, &str) {
    let path = image.find('/').filter(|&at| at > 0).unwrap_or(0);
    let (host, rest) = image.split_at_checked(path).unwrap_or(("", image));
    let cut = |at: usize| image.split_at_checked(host.len() + at).unwrap_or((image, ""));
    let bare = |text: &'_ str, mark: char| text.strip_prefix(mark).map_or(0, |rest| text.len() - rest.len());
    match (rest.find('@'), rest.find(':')) {
        (None, None) => (image, "", ""),
        (Some(digest), tag) if tag.is_none_or(|tag| digest < tag) => {
            let (name, digest) = cut(digest);
            (name, "", digest.get(bare(digest, '@')..).unwrap_or_default())
        }
        (digest, Some(tag)) => {
            let (name, tag) = cut(tag);
            let (tag, digest) = match digest {
                Some(digest) => tag.split_at_checked(host.len() + digest - name.len()).unwrap_or((tag, "")),
                None => (tag, ""),
            };
            (name, tag.get(bare(tag, ':')..).unwrap_or_default(), digest.get(bare(digest, '@')..).unwrap_or_default())
        }
        (Some(_), None) => (image, "", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn ports_are_no_tags() {
        assert_eq!(split("host:5000/a/b:1"), ("host:5000/a/b", "1", ""));
        assert_eq!(split("a@sha256:0"), ("a", "", "sha256:0"));
        assert_eq!(split("a:1@sha256:0"), ("a", "1", "sha256:0"));
        assert_eq!(split("h/a:1@sha256:0"), ("h/a", "1", "sha256:0"));
        assert_eq!(split("a"), ("a", "", ""));
    }
}
