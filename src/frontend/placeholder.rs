//! Text that something fills in before a manifest is applied: pipelines, `envsubst`, templates.

use std::sync::LazyLock;

use regex::Regex;

use crate::ir::{Node, Why};
use crate::source::Span;

/// `${X}`, `$(X)`, `$X`, `#{X}#`, `{{ X }}`, `<X>`, `__X__`, `%X%`, `@@X@@`. None of them is legal in an image or a name.
const STYLES: &str = concat!(
    r"(?s)\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_][A-Za-z0-9_]*|#\{[^}]*\}#|\{\{.*?\}\}|<[A-Za-z0-9_.\-]+>",
    r"|__[A-Za-z0-9]+(?:[_.\-][A-Za-z0-9]+)*__|%[A-Za-z0-9_]+%|@@[A-Za-z0-9_.\-]+@@",
);

static ANY_STYLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(STYLES).ok());
static ACTION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)\{\{.*?\}\}").ok());

/// Which placeholders count in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placeholders {
    /// All styles: the text is an image or a name, where they can mean nothing else.
    AnyStyle,
    /// Only `{{ … }}`: the file is a template, the text is free.
    Actions,
}

/// The text with its placeholders as unknown pieces; a plain string when it has none.
pub(super) fn filled_in_later(text: &str, which: Placeholders, span: Span) -> Node {
    let pattern = match which {
        Placeholders::AnyStyle => &ANY_STYLE,
        Placeholders::Actions => &ACTION,
    };
    let Some(pattern) = pattern.as_ref() else { return Node::unknown(Why::TemplateText, span) };
    let mut pieces = Vec::new();
    let mut known = 0;
    for found in pattern.find_iter(text) {
        pieces.push(Node::text(text.get(known..found.start()).unwrap_or_default(), span));
        pieces.push(Node::unknown(Why::TemplateText, span));
        known = found.end();
    }
    pieces.push(Node::text(text.get(known..).unwrap_or_default(), span));
    Node::concat(pieces, span)
}

/// Whether a placeholder of any style stands in a text.
pub(super) fn stands_in(text: &str) -> bool {
    ANY_STYLE.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Value;

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
        for placeholder in ["${X}", "$(X.y)", "$X", "#{X}#", "{{ .X }}", "<your-acr>", "__X_Y__", "%X%", "@@X@@"] {
            assert_eq!(shape(&format!("{placeholder}.azurecr.io/app:1")), "….azurecr.io/app:1", "{placeholder}");
        }
        assert_eq!(shape("acr.azurecr.io/app:${A}-${B}"), "acr.azurecr.io/app:…-…");
        assert_eq!(shape("{{ .X }}"), "…");
    }

    #[test]
    fn other_text_stays() {
        for text in ["", "acr.azurecr.io/a__b/c:1", "a < b > c", "50%", "a__b", "${", "{{ x"] {
            assert_eq!(shape(text), text);
        }
    }
}
