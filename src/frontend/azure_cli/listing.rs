//! Lists of the tags and manifests of a repository.
//!
//! What the registry's own interface prints names registry and repository, and so does `skopeo list-tags`. What `az acr
//! repository show-tags` and `show-manifests` print names neither: there the file's name has to, and it is no proof.

use super::member;
use crate::ir::{Deployment, Node, Value};
use crate::source::{SourceId, Span, Store};
use crate::syntax::tree::Tree;

/// A repository with its tags: `registry` (a host), `repository`, `hint` (the path of a file that names neither), `tags`,
/// `digests` where all manifests are listed, `partial` where there may be more, `pushed` where something makes new ones.
pub(super) const REPOSITORY: &str = crate::azure::kinds::REPOSITORY;

/// The registry's interface prints pages of so many.
const PAGE: usize = 100;

/// Whether the name of a file says that tags or manifests are in it.
pub(super) fn is_named_for_tags(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ["tag", "manifest"].iter().any(|word| path.contains(word))
}

/// An object that names its repository.
pub(super) fn object(tree: &Tree, _path: &str) -> Option<Node> {
    let text = |key: &str| tree.get_ci(key).filter(|value| value.as_str().is_some());
    let list = |key: &str| tree.get_ci(key).and_then(Tree::as_list);
    if let (Some(registry), Some(repository)) = (text("registry"), text("imageName")) {
        let (tags, manifests) = (list("tags"), list("manifests"));
        let found = match (tags, manifests) {
            (Some(tags), _) => Tags::of(tags)?,
            (_, Some(manifests)) => Tags::of(manifests)?,
            _ => return None,
        };
        return Some(found.body(tree.span, Some(as_text(registry)), Some(as_text(repository)), None));
    }
    let names = |items: &&[Tree]| items.iter().all(|item| item.as_str().is_some());
    let tags = list("tags").filter(names)?;
    let found = Tags { pages: tree.get("Repository").is_none(), ..Tags::of(tags)? };
    let only = |keys: &[&str]| {
        tree.as_map()
            .is_some_and(|members| members.iter().all(|it| keys.iter().any(|key| it.key.eq_ignore_ascii_case(key))))
    };
    if let Some(whole) = text("Repository").filter(|_| only(&["Repository", "Tags"])) {
        let (host, rest) = whole.as_str()?.split_once('/')?;
        let part = |text: &str| Node::text(text, whole.span);
        return Some(found.body(tree.span, Some(part(host)), Some(part(rest)), None));
    }
    let name = text("name").filter(|_| only(&["name", "tags"]))?;
    Some(found.body(tree.span, None, Some(as_text(name)), None))
}

/// A list that doesn't.
pub(super) fn list(tree: &Tree, items: &[Tree], path: &str) -> Option<Node> {
    let dated = |item: &Tree| ["createdTime", "lastUpdateTime", "timestamp"].iter().any(|key| item.get(key).is_some());
    let detailed = !items.is_empty() && items.iter().all(|item| item.get("digest").is_some() && dated(item));
    let bare = items.iter().all(|item| item.as_str().is_some()) && is_named_for_tags(path);
    if !detailed && !bare {
        return None;
    }
    Some(Tags::of(items)?.body(tree.span, None, None, Some(Node::text(path, tree.span))))
}

fn as_text(tree: &Tree) -> Node {
    Node::text(tree.as_str().unwrap_or_default(), tree.span)
}

struct Tags {
    tags: Vec<Node>,
    /// Nothing where only manifests with a tag are listed.
    digests: Option<Vec<Node>>,
    count: usize,
    pages: bool,
}

impl Tags {
    /// Reads texts, tags with details, or manifests with their tags.
    fn of(items: &[Tree]) -> Option<Tags> {
        let manifests =
            !items.is_empty() && items.iter().all(|item| item.get("digest").is_some() && item.get("name").is_none());
        let mut found = Tags { tags: Vec::new(), digests: manifests.then(Vec::new), count: items.len(), pages: true };
        for item in items {
            match item.as_str() {
                Some(_) => found.tags.push(as_text(item)),
                None if manifests => {
                    let tags = item.get("tags").and_then(Tree::as_list).unwrap_or_default();
                    found.tags.extend(tags.iter().filter(|tag| tag.as_str().is_some()).map(as_text));
                    found.digests.as_mut()?.push(as_text(item.get("digest")?));
                }
                None => found.tags.push(as_text(item.get("name")?)),
            }
        }
        Some(found)
    }

    fn body(self, span: Span, registry: Option<Node>, repository: Option<Node>, hint: Option<Node>) -> Node {
        let partial = self.pages && self.count > 0 && self.count.is_multiple_of(PAGE);
        let mut members = vec![member("tags", Node::list(self.tags, span))];
        members.extend(self.digests.map(|digests| member("digests", Node::list(digests, span))));
        members.push(member("partial", Node::new(Value::Bool(partial), span)));
        let named = [("registry", registry), ("repository", repository.clone()), ("name", repository), ("hint", hint)];
        members.extend(named.into_iter().filter_map(|(key, value)| Some(member(key, value?))));
        Node::map(members, span)
    }
}

/// Commands and steps that push images: after one of them a list is out of date.
const PUSHES: [&str; 14] = [
    "docker push",
    "podman push",
    "buildah push",
    "nerdctl push",
    "crane push",
    "skopeo copy",
    "az acr build",
    "az acr import",
    "build-push-action",
    "buildandpush",
    "docker buildx",
    "compose push",
    "kaniko",
    "skaffold",
];

/// A pipeline of the tree that pushes images may have made a tag since: every list says so.
pub(super) fn doubt<'s>(deployments: &mut [Deployment], store: &Store, files: impl Iterator<Item = &'s SourceId>) {
    let mut places = files.filter_map(|&id| {
        let source = store.source(id);
        let page = source.path.to_ascii_lowercase().ends_with(".md");
        let text = source.text.to_ascii_lowercase();
        let at = PUSHES.iter().filter(|_| !page).filter_map(|word| Some((text.find(word)?, word.len()))).min()?;
        Some(Span::new(id, at.0, at.0 + at.1))
    });
    let Some(place) = places.next() else { return };
    let resources = deployments.iter_mut().flat_map(|deployment| &mut deployment.resources);
    for resource in resources.filter(|resource| resource.is_kind(REPOSITORY)) {
        let mut entries = resource.body.as_map().map(|map| map.entries.clone()).unwrap_or_default();
        entries.push(member("pushed", Node::new(Value::Bool(true), place)));
        resource.body = Node::map(entries, resource.body.span);
    }
}
