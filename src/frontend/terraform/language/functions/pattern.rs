//! Regular expressions. The language's are Go's; what they mean otherwise here is rewritten, and what is not known to mean
//! the same is not evaluated.

use regex::{Captures, Regex};

use crate::frontend::terraform::value::{LONGEST_TEXT, MOST_MEMBERS, known, refused, text_of};
use crate::ir::{Entry, Node};
use crate::source::Span;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn pattern_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    if !matches!(name, "regex" | "regexall") || !values.iter().all(known) {
        return None;
    }
    let (pattern, text) = (compiled(&text_of(values.first()?)?)?, text_of(values.get(1)?)?);
    if name == "regex" {
        let found = pattern.captures(&text);
        return Some(
            found.map_or_else(|| refused("a pattern that doesn't match", span), |it| matched(&pattern, &it, span)),
        );
    }
    let all: Vec<Node> =
        pattern.captures_iter(&text).take(MOST_MEMBERS).map(|it| matched(&pattern, &it, span)).collect();
    (all.len() < MOST_MEMBERS).then(|| Node::list(all, span))
}

/// The match, or its groups by number or name.
fn matched(pattern: &Regex, found: &Captures<'_>, span: Span) -> Node {
    let told = |group: Option<regex::Match<'_>>| {
        group.map_or_else(|| Node::null(span), |group| Node::text(group.as_str(), span))
    };
    let named: Vec<&str> = pattern.capture_names().flatten().collect();
    match (named.is_empty(), found.len()) {
        (false, _) => {
            Node::map(named.iter().map(|name| Entry::new(name, span, told(found.name(name)))).collect(), span)
        }
        (true, 1) => told(found.get(0)),
        (true, _) => Node::list(found.iter().skip(1).map(told).collect(), span),
    }
}

/// `replace`: between slashes stands a pattern.
pub(super) fn replace(text: &str, from: &str, to: &str, span: Span) -> Option<Node> {
    let pattern = from.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|_| from.len() > 1);
    let most = text.len().saturating_add(1).saturating_mul(to.len().saturating_add(1));
    if most > LONGEST_TEXT * 4 {
        return None;
    }
    let replaced = match pattern {
        Some(pattern) => compiled(pattern)?.replace_all(text, to).into_owned(),
        None => text.replace(from, to),
    };
    (replaced.len() <= LONGEST_TEXT).then(|| Node::text(replaced, span))
}

/// A pattern with Go's meaning.
fn compiled(pattern: &str) -> Option<Regex> {
    Regex::new(&translated(pattern)?).ok()
}

/// Go's classes are of ASCII letters, and within brackets only `\`, `]`, `^`, `-` and `[:name:]` mean anything.
fn translated(pattern: &str) -> Option<String> {
    let mut made = String::new();
    let mut rest = pattern;
    let mut class = false;
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        match (letter, class) {
            ('\\', _) => {
                let escaped = rest.chars().nth(1)?;
                length += escaped.len_utf8();
                made.push_str(&escape(escaped, class, rest.get(..length)?)?);
            }
            ('[', false) => {
                class = true;
                made.push('[');
                for mark in ["^", "]"] {
                    if rest.get(length..)?.starts_with(mark) {
                        made.push_str(if mark == "]" { "\\]" } else { mark });
                        length += 1;
                    }
                }
            }
            ('[', true) if rest.starts_with("[:") => {
                length = rest.find(":]")? + 2;
                made.push_str(rest.get(..length)?);
            }
            (']', true) => {
                class = false;
                made.push(']');
            }
            ('[' | '&' | '~', true) => {
                made.push('\\');
                made.push(letter);
            }
            _ => made.push(letter),
        }
        rest = rest.get(length..)?;
    }
    Some(made)
}

fn escape(letter: char, class: bool, whole: &str) -> Option<String> {
    Some(match (letter, class) {
        ('d', true) => "0-9".to_owned(),
        ('w', true) => "0-9A-Za-z_".to_owned(),
        ('s', true) => r"\t\n\f\r ".to_owned(),
        ('d' | 'w' | 's' | 'b' | 'B', false) => format!("(?-u:{whole})"),
        ('D', _) => "[^0-9]".to_owned(),
        ('W', _) => "[^0-9A-Za-z_]".to_owned(),
        ('S', _) => r"[^\t\n\f\r ]".to_owned(),
        ('Q' | 'E' | 'C', _) => return None,
        _ => whole.to_owned(),
    })
}
