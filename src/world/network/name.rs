//! Names of hosts that are known only in part.

use crate::ir::{Case, Node, Resolver, Truth, Value, same_in};

/// Whether a host is `name` or lies below it.
pub fn ends_with(host: &Node, name: &str) -> Truth {
    let name = name.to_ascii_lowercase();
    let end = |text: &str| {
        let text = text.to_ascii_lowercase();
        let rest = text.strip_suffix(&*name).map(str::to_owned);
        (text, rest)
    };
    let (text, is_whole) = match &host.value {
        Value::Str(text) => (text.clone(), true),
        Value::Concat(pieces) => match pieces.last().and_then(Node::as_str) {
            Some(last) => (last.into(), false),
            None => return Truth::Unknown,
        },
        _ => return Truth::Unknown,
    };
    match end(&text) {
        (_, Some(rest)) if rest.ends_with('.') || (rest.is_empty() && is_whole) => Truth::Yes,
        (_, Some(rest)) if rest.is_empty() => Truth::Unknown,
        (_, Some(_)) => Truth::No,
        // The name may reach into what is not known.
        (text, None) if !is_whole && name.ends_with(&*text) => Truth::Unknown,
        (_, None) => Truth::No,
    }
}

/// Whether a name of a rule, perhaps beginning with a star, stands for a host.
pub fn covers(pattern: &Node, host: &Node, resolver: &Resolver<'_>) -> Truth {
    match pattern.as_str().map(|text| text.trim().trim_end_matches('.')) {
        Some("*") => Truth::Yes,
        Some(text) if text.starts_with('*') => ending(host, text.trim_start_matches('*')),
        Some(text) => {
            same_in(resolver, Case::Ignored, &Node { value: Value::Str(text.into()), ..pattern.clone() }, host)
        }
        None => same_in(resolver, Case::Ignored, pattern, host),
    }
}

/// Whether a host ends so, be it in the middle of a label.
fn ending(host: &Node, end: &str) -> Truth {
    let end = end.to_ascii_lowercase();
    let last = match &host.value {
        Value::Str(text) => return Truth::of(text.to_ascii_lowercase().ends_with(&*end)),
        Value::Concat(pieces) => pieces.last().and_then(Node::as_str).map(str::to_ascii_lowercase),
        _ => None,
    };
    match last {
        Some(last) if last.ends_with(&*end) => Truth::Yes,
        Some(last) if !end.ends_with(&*last) => Truth::No,
        _ => Truth::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Why;
    use crate::source::Span;

    fn text(text: &str) -> Node {
        Node::text(text, Span::default())
    }

    #[test]
    fn a_star_stands_for_what_is_before_the_end() {
        let covers = |pattern: &str, host: &Node| covers(&text(pattern), host, &Resolver::blind());
        let known = text("shop.azurecr.io");
        assert_eq!(covers("*.azurecr.io", &known), Truth::Yes);
        assert_eq!(covers("*", &known), Truth::Yes);
        assert_eq!(covers("SHOP.azurecr.io", &known), Truth::Yes);
        assert_eq!(covers("azurecr.io", &known), Truth::No);
        assert_eq!(covers("*.azurecr.com", &known), Truth::No);
        let unknown = Node::unknown(Why::Parameter("name".into()), Span::default());
        let part = Node::concat(vec![unknown, text(".azurecr.io")], Span::default());
        assert_eq!(covers("*.azurecr.io", &part), Truth::Yes);
        assert_eq!(covers("shop.azurecr.io", &part), Truth::Unknown);
        assert_eq!(covers("*.shop.azurecr.io", &part), Truth::Unknown);
        assert_eq!(covers("*.blob.core.windows.net", &part), Truth::No);
    }

    #[test]
    fn a_name_stands_for_all_below_it() {
        assert_eq!(ends_with(&text("shop.azurecr.io"), "azurecr.io"), Truth::Yes);
        assert_eq!(ends_with(&text("shop.azurecr.io"), "op.azurecr.io"), Truth::No);
        assert_eq!(ends_with(&text("shop.azurecr.io"), "shop.azurecr.io"), Truth::Yes);
        assert_eq!(ends_with(&text("shop.azurecr.io"), "azurecr.us"), Truth::No);
    }
}
