use super::{assigned, substituted};
use crate::ir::{Node, Why};
use crate::source::{Rewrite, SourceId, Span};

const VALUES: &str = "registry: acme.azurecr.io\nimage:\n  tag: \"1.0\"\n  name: web+1\nother: tag\n";

fn id() -> SourceId {
    SourceId::default()
}

/// The parts of the values that an expression changes; `?` stands for an unknown piece of it.
fn parts(spans: Option<Vec<Rewrite>>) -> Option<Vec<String>> {
    spans.map(|spans| spans.iter().map(|it| VALUES[it.part.range()].to_owned()).collect())
}

fn node(text: &str) -> Node {
    let at = Span::file(id());
    let mut pieces = Vec::new();
    for (number, part) in text.split('?').enumerate() {
        if number > 0 {
            pieces.push(Node::unknown(Why::External("$X".into()), at));
        }
        pieces.push(Node::text(part, at));
    }
    Node::concat(pieces, at)
}

fn sed(expression: &str) -> Option<Vec<String>> {
    parts(substituted(id(), VALUES, &node(expression), false))
}

fn yq(expression: &str) -> Option<Vec<String>> {
    parts(assigned(id(), VALUES, &[node(expression)]))
}

#[test]
fn substitutions_change_what_they_match() {
    let some = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    assert_eq!(sed("s/acme.azurecr.io/docker.io/"), some(&["acme.azurecr.io"]));
    assert_eq!(sed("s|^  tag: .*|  tag: ?|"), some(&["  tag: \"1.0\""]));
    // A plus is itself unless a backslash stands in front of it.
    assert_eq!(sed("s/web+1/x/"), some(&["web+1"]));
    assert_eq!(sed("s/[a-z]\\+: \"/x/"), some(&["tag: \""]));
    assert_eq!(sed("s#a#b#; s,tag,x,g"), some(&["a", "a", "a", "tag", "a", "a", "tag"]));
    assert_eq!(sed("/image/s/web/x/"), some(&["web"]));
    assert_eq!(sed("s/name: ?/name: x/"), some(&["name: web+1"]));
    assert_eq!(sed("s/nothing/x/"), some(&[]));
}

#[test]
fn expressions_that_do_more_change_everything() {
    for expression in ["/image/d", "s/^/  /", "?", "s/\\(a\\)\\1/x/", "y/abc/xyz/", "s/a/b", "2i\\x"] {
        assert_eq!(sed(expression), None, "{expression}");
    }
}

#[test]
fn assignments_change_what_stands_under_their_last_key() {
    let some = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    assert_eq!(yq(".registry = \"x\""), some(&["acme.azurecr.io"]));
    assert_eq!(yq(".image.tag = \"?\" | .image.name |= \"x\""), some(&["\"1.0\"", "web+1"]));
    assert_eq!(yq("(.image | select(.name == \"web\") | .tag) = \"2\""), some(&["\"1.0\""]));
    assert_eq!(yq("del(.image.tag) | .registry = 1"), None);
    assert_eq!(yq(".new.key = 1"), None);
    assert_eq!(yq(".image.? = 1"), None);
    assert_eq!(yq(".image"), None);
}

#[test]
fn what_is_put_in_is_known_where_it_is_written() {
    let by = |expression: &str| {
        let found = substituted(id(), VALUES, &node(expression), false).unwrap();
        found[0].by.as_deref().map(str::to_owned)
    };
    assert_eq!(by("s|acme.azurecr.io|shop.azurecr.io|"), Some("shop.azurecr.io".to_owned()));
    assert_eq!(by("s|web+1|web:?|g"), Some("web:\u{e000}".to_owned()));
    assert_eq!(by("s/acme.azurecr.io/a\\/b/"), Some("a/b".to_owned()));
    // Something of what was there comes back, or not every place is changed.
    assert_eq!(by("s|web|&2|"), None);
    assert_eq!(by("s|\\(w\\)eb|\\1|"), None);
    assert_eq!(by("/name/s|web|x|"), None);
    assert_eq!(by("s|a|x|2"), None);
}
