//! Images as arguments of kustomize write them: `name=new:tag`, `name:tag`, `name@digest`.

use crate::frontend::kubernetes::edit::object;
use crate::ir::placeholder::{Placeholders, filled_in_later};
use crate::ir::{Node, Value};

/// The entries of `images` in a kustomization that a list of such texts means.
pub(super) fn entries(list: &Node) -> Node {
    let Some(written) = list.as_list() else { return list.clone() };
    let items = written.items.iter().map(entry).collect();
    Node {
        value: Value::List(std::sync::Arc::new(crate::ir::List { items, open: written.open.clone() })),
        ..list.clone()
    }
}

/// One entry; what is no such text stays as it is.
pub(super) fn entry(image: &Node) -> Node {
    let Some(text) = image.as_str() else { return image.clone() };
    let (name, new) = text.split_once('=').unwrap_or(("", text));
    let (new_name, rest) = split(new);
    let piece = |text: &str| filled_in_later(text, Placeholders::AnyStyle, image.span);
    let mut members = vec![("name", Node::text(if name.is_empty() { new_name } else { name }, image.span))];
    if !name.is_empty() && !new_name.is_empty() {
        members.push(("newName", piece(new_name)));
    }
    let (tag, digest) = rest.split_once('@').map_or((rest, None), |(tag, digest)| (tag, Some(digest)));
    if let Some(tag) = tag.strip_prefix(':') {
        members.push(("newTag", piece(tag)));
    }
    if let Some(digest) = digest {
        members.push(("digest", piece(digest)));
    }
    object(members, image.span)
}

/// Name, and tag or digest with their marks. A colon before a slash belongs to a port.
fn split(image: &str) -> (&str, &str) {
    let digest = image.find('@').unwrap_or(image.len());
    let last = image.get(..digest).and_then(|before| before.rfind('/')).map_or(0, |at| at + 1);
    let tag = image.get(last..digest).and_then(|name| name.find(':')).map_or(digest, |at| last + at);
    image.split_at_checked(tag).unwrap_or((image, ""))
}
