//! Text that something fills in before a file is applied or deployed: pipelines, `envsubst`, templates.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::{Choice, Entry, List, Map, Node, ResourceId, Value, Why};
use crate::source::Span;

/// `${X}`, `$(X)`, `$X`, `#{X}#`, `#X#`, `{{ X }}`, `{X}`, `<X>`, `__X__`, `%X%`, `@@X@@`, `@X@`. None of them is legal in an image or a name.
const STYLES: &str = concat!(
    r"(?s)\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_][A-Za-z0-9_]*|#\{[^}]*\}#|#[A-Za-z_][A-Za-z0-9_.\-]*#|\{\{.*?\}\}|<[A-Za-z0-9_.\-]+>",
    r"|\{[A-Za-z_][A-Za-z0-9_ .\-]*\}",
    r"|__[A-Za-z0-9]+(?:[_.\-][A-Za-z0-9]+)*__|%[A-Za-z0-9_]+%|@@[A-Za-z0-9_.\-]+@@",
    r"|@[A-Za-z_][A-Za-z0-9_.\-]*@",
);

static ANY_STYLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(STYLES).ok());
static ACTION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)\{\{.*?\}\}").ok());

/// Which placeholders count in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholders {
    /// All styles: the text is an image or a name, where they can mean nothing else.
    AnyStyle,
    /// Only `{{ … }}`: the file is a template, the text is free.
    Actions,
}

/// The text with its placeholders as unknown pieces; a plain string when it has none.
pub fn filled_in_later(text: &str, which: Placeholders, span: Span) -> Node {
    let pattern = match which {
        Placeholders::AnyStyle => &ANY_STYLE,
        Placeholders::Actions => &ACTION,
    };
    cut(text, pattern.as_ref(), span, &|_| Node::unknown(Why::TemplateText, span))
}

/// The text in pieces, with what `token` makes of each placeholder.
fn cut(text: &str, pattern: Option<&Regex>, span: Span, token: &dyn Fn(&str) -> Node) -> Node {
    let Some(pattern) = pattern else { return Node::unknown(Why::TemplateText, span) };
    let mut pieces = Vec::new();
    let mut known = 0;
    for found in pattern.find_iter(text) {
        pieces.push(Node::text(text.get(known..found.start()).unwrap_or_default(), span));
        pieces.push(token(found.as_str()));
        known = found.end();
    }
    pieces.push(Node::text(text.get(known..).unwrap_or_default(), span));
    Node::concat(pieces, span)
}

/// Whether a placeholder of any style stands in a text.
pub fn stands_in(text: &str) -> bool {
    ANY_STYLE.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// The value with the placeholders in its texts as unknown pieces; nothing when there are none. One placeholder is one
/// value all over a deployment.
pub fn opened(node: &Node, deployment: &str) -> Option<Node> {
    let opened = |node: &Node| opened(node, deployment);
    let all_opened = |nodes: &[Node]| all_opened(nodes, deployment);
    let value = match &node.value {
        Value::Str(text) if stands_in(text) => {
            let token = |found: &str| Node::symbol(Why::TemplateText, format!("{deployment}#token:{found}"), node.span);
            let open = cut(text, ANY_STYLE.as_ref(), node.span, &token);
            return Some(Node { value: open.value, ..node.clone() });
        }
        Value::Concat(pieces) => {
            let joined = Node::concat(all_opened(pieces)?, node.span);
            return Some(Node { value: joined.value, ..node.clone() });
        }
        Value::Call(name, arguments) => Value::Call(name.clone(), Arc::new(all_opened(arguments)?)),
        Value::List(list) => Value::List(Arc::new(List { items: all_opened(&list.items)?, open: list.open.clone() })),
        Value::Map(map) => {
            let values: Vec<Node> = map.entries.iter().map(|entry| entry.value.clone()).collect();
            let entries = map.entries.iter().zip(all_opened(&values)?);
            let entries = entries.map(|(entry, value)| Entry { key: entry.key.clone(), value }).collect();
            Value::Map(Arc::new(Map { entries, open: map.open.clone() }))
        }
        Value::Choice(choice) => {
            let (yes, no) = (opened(&choice.yes), opened(&choice.no));
            if yes.is_none() && no.is_none() {
                return None;
            }
            let yes = yes.unwrap_or_else(|| choice.yes.clone());
            let no = no.unwrap_or_else(|| choice.no.clone());
            Value::Choice(Arc::new(Choice { on: choice.on.clone(), yes, no }))
        }
        Value::Id(id) => Value::Id(Arc::new(id_opened(id, deployment)?)),
        _ => return None,
    };
    Some(Node { value, ..node.clone() })
}

fn all_opened(nodes: &[Node], deployment: &str) -> Option<Vec<Node>> {
    let open: Vec<Option<Node>> = nodes.iter().map(|node| opened(node, deployment)).collect();
    let changed = open.iter().any(Option::is_some);
    changed.then(|| open.into_iter().zip(nodes).map(|(open, node)| open.unwrap_or_else(|| node.clone())).collect())
}

fn id_opened(id: &ResourceId, deployment: &str) -> Option<ResourceId> {
    let opened = |node: &Node| opened(node, deployment);
    let (subscription, group) = (id.subscription.as_ref().and_then(opened), id.group.as_ref().and_then(opened));
    let (names, extends) = (all_opened(&id.names, deployment), id.extends.as_deref().and_then(opened));
    if subscription.is_none() && group.is_none() && names.is_none() && extends.is_none() {
        return None;
    }
    Some(ResourceId {
        subscription: subscription.or_else(|| id.subscription.clone()),
        group: group.or_else(|| id.group.clone()),
        kind: id.kind.clone(),
        names: names.unwrap_or_else(|| id.names.clone()),
        extends: extends.map(Box::new).or_else(|| id.extends.clone()),
    })
}

/// The closed list of words that stand where a password will be.
pub fn is_of_password(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    // `${{ … }}` is an expression of a pipeline, `<path:…>` one of a vault: somebody is known to fill them in.
    if lower.starts_with("${{") || lower.starts_with("<path:") {
        return false;
    }
    let bracketed = |open: &str, close: &str| lower.starts_with(open) && lower.ends_with(close);
    const WORDS: [&str; 14] = [
        "",
        "changeme",
        "change-me",
        "change_me",
        "password",
        "xxx",
        "xxxx",
        "xxxxx",
        "todo",
        "tbd",
        "replaceme",
        "replace-me",
        "replace_me",
        "placeholder",
    ];
    WORDS.contains(&lower.as_str()) || bracketed("<", ">") || bracketed("${", "}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        let node = filled_in_later(text, Placeholders::AnyStyle, Span::default());
        let piece = |node: &Node| node.as_str().map_or("…".to_owned(), str::to_owned);
        match &node.value {
            Value::Concat(pieces) => pieces.iter().map(piece).collect(),
            _ => piece(&node),
        }
    }

    #[test]
    fn each_style_is_an_unknown_piece() {
        for placeholder in [
            "${X}",
            "$(X.y)",
            "$X",
            "#{X}#",
            "{{ .X }}",
            "#X_#",
            "{Your ACR}",
            "<your-acr>",
            "__X_Y__",
            "%X%",
            "@@X@@",
            "@project.version@",
        ] {
            assert_eq!(shape(&format!("{placeholder}.azurecr.io/app:1")), "….azurecr.io/app:1", "{placeholder}");
        }
        assert_eq!(shape("acr.azurecr.io/app:${A}-${B}"), "acr.azurecr.io/app:…-…");
        assert_eq!(shape("{{ .X }}"), "…");
    }

    #[test]
    fn texts_are_opened_wherever_they_stand() {
        let at = Span::default();
        let name = Node::text("acr#{env}#", at);
        let body = Node::map(vec![Entry::new("a", at, Node::list(vec![Node::text("b", at), name], at))], at);
        let open = opened(&body, "x").unwrap();
        let list = open.get("a").and_then(Node::as_list).unwrap();
        assert_eq!(list.items[0].as_str(), Some("b"));
        assert!(matches!(&list.items[1].value, Value::Concat(_)));
        assert!(opened(&Node::text("acr-prod", at), "x").is_none());
    }

    #[test]
    fn other_text_stays() {
        for text in ["", "acr.azurecr.io/a__b/c:1", "a < b > c", "50%", "a__b", "${", "{{ x"] {
            assert_eq!(shape(text), text);
        }
    }
}
