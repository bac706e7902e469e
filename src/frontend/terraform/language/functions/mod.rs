//! Terraform's functions. A pure function over unknowns stays a call, under the template function's name where one exists.

mod collection;
mod convert;
mod date;
mod encode;
mod file;
mod format;
mod hash;
mod language;
mod network;
mod number;
mod pattern;
mod provider;
mod set;
mod text;
mod yaml;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::evaluate::Session;
use super::keys::members;
use super::scope::Scope;
use crate::frontend::terraform::value::{call, choose, failure, known, refused};
use crate::ir::{Cond, Entry, List, Map, Node, Value, Why};
use crate::source::Span;
use crate::syntax::hcl::Expr;

pub use convert::unified;
pub use set::distinct;

/// Functions that need nothing but their arguments, by what they are about.
type Family = fn(&str, &[Node], Span) -> Option<Node>;
const FAMILIES: [Family; 13] = [
    convert::conversion,
    collection::collection_function,
    set::set_function,
    number::number_function,
    text::text_function,
    format::format_function,
    pattern::pattern_function,
    encode::encoding_function,
    yaml::yaml_function,
    hash::hash_function,
    network::network_function,
    date::date_function,
    provider::provider_function,
];

/// Functions whose result another call doesn't share, or that read what is not in the repository.
const IMPURE: [&str; 5] = ["uuid", "timestamp", "plantimestamp", "bcrypt", "ephemeralasnull"];
/// Functions that hand on what they were given, which has its own marks.
const HANDS_ON: [&str; 11] = [
    "lookup",
    "element",
    "one",
    "coalesce",
    "length",
    "contains",
    "alltrue",
    "anytrue",
    "index",
    "issensitive",
    "nonsensitive",
];
/// More nested conditions than this are not unfolded in arguments.
const DEEPEST_CHOICE: u32 = 4;

/// `name(arguments)`.
pub fn call_function(
    session: &Session<'_>,
    scope: Scope<'_>,
    name: &str,
    arguments: &[Expr],
    expand: bool,
    span: Span,
) -> Node {
    let evaluate = |expr: &Expr| session.evaluate(scope, expr);
    match name.strip_prefix("core::").unwrap_or(name) {
        "try" => return attempt(&mut arguments.iter().map(evaluate), span),
        "can" => {
            let Some(argument) = arguments.first().map(evaluate) else { return refused("can", span) };
            return works(&argument, span);
        }
        _ => {}
    }
    let mut values: Vec<Node> = arguments.iter().map(evaluate).collect();
    if expand && let Some(last) = values.pop() {
        match (&last.value, members(&last, span)) {
            (_, Some((members, None))) => values.extend(members.into_iter().map(|(_, member)| member)),
            _ => return Node::unknown(Why::UnsupportedSyntax("an unknown list of arguments".into()), span),
        }
    }
    if let Some(error) = values.iter().find(|value| failure(value).is_some()) {
        return error.clone();
    }
    let name = name.strip_prefix("core::").unwrap_or(name);
    let inside = |value: &Node| value.secret || !HANDS_ON.contains(&name) && is_secret(value);
    let scalar = |node: &Node| !matches!(node.value, Value::List(_) | Value::Map(_));
    let (marked, within) = (values.iter().any(|value| value.secret), values.iter().any(inside));
    let result = apply(session, scope, name, values, span, DEEPEST_CHOICE);
    let result = session.bound(result);
    let secret = marked || name == "sensitive" || within && scalar(&result);
    match name {
        // Who wrote `nonsensitive` says that it may be seen; a mark that the value had stays all the same.
        "nonsensitive" | "issensitive" => result,
        _ if secret => result.secret(),
        _ => result,
    }
}

/// Whether a piece of a value is secret.
fn is_secret(node: &Node) -> bool {
    node.secret
        || match &node.value {
            Value::List(list) => list.items.iter().any(is_secret),
            Value::Map(map) => map.entries.iter().any(|entry| is_secret(&entry.value)),
            _ => false,
        }
}

/// Most functions refuse `null`.
fn refuses_null(name: &str, values: &[Node], span: Span) -> Option<Node> {
    values.iter().any(Node::is_null).then(|| refused(&format!("null in `{name}`"), span))
}

/// The first argument that doesn't fail; one that fails under a condition only is left for the next under it.
fn attempt(arguments: &mut dyn Iterator<Item = Node>, span: Span) -> Node {
    let Some(first) = arguments.next() else { return refused("no argument that works", span) };
    fn patch(node: &Node, rest: &mut dyn FnMut() -> Node, span: Span) -> Node {
        match &node.value {
            _ if failure(node).is_some() => rest(),
            Value::Choice(choice) => {
                choose(choice.on.clone(), patch(&choice.yes, rest, span), patch(&choice.no, rest, span), span)
            }
            _ => node.clone(),
        }
    }
    let mut fallback: Option<Node> = None;
    let mut rest = || fallback.get_or_insert_with(|| attempt(arguments, span)).clone();
    patch(&first, &mut rest, span)
}

fn works(node: &Node, span: Span) -> Node {
    match &node.value {
        _ if failure(node).is_some() => Node::new(Value::Bool(false), span),
        Value::Choice(choice) => choose(choice.on.clone(), works(&choice.yes, span), works(&choice.no, span), span),
        _ if known(node) || matches!(node.value, Value::Ref(_)) => Node::new(Value::Bool(true), span),
        _ => call("tf:can", vec![node.clone()], span),
    }
}

/// Applies a function, to both arms when an argument is a choice.
fn apply(session: &Session<'_>, scope: Scope<'_>, name: &str, values: Vec<Node>, span: Span, depth: u32) -> Node {
    let on = values.iter().find_map(|value| match &value.value {
        Value::Choice(choice) => Some(choice.on.clone()),
        _ => None,
    });
    if let (Some(on), true) = (on, depth > 0) {
        let arms = |holds: bool| values.iter().map(|value| arm(value, &on, holds)).collect::<Vec<_>>();
        let yes = apply(session, scope, name, arms(true), span, depth - 1);
        let no = apply(session, scope, name, arms(false), span, depth - 1);
        return choose(on, yes, no, span);
    }
    if let Some(error) = values.iter().find(|value| failure(value).is_some()) {
        return error.clone();
    }
    if IMPURE.contains(&name) {
        return Node::unknown(Why::UnsupportedCall(name.into()), span);
    }
    let inside = file::file_function(session, scope, name, &values, span);
    if let Some(result) = inside.or_else(|| language::language_function(session, scope, name, &values, span)) {
        return result;
    }
    FAMILIES.iter().find_map(|family| family(name, &values, span)).unwrap_or_else(|| {
        let symbolic = match name {
            "lower" => "tolower".to_owned(),
            "upper" => "toupper".to_owned(),
            _ => format!("tf:{name}"),
        };
        call(&symbolic, values, span)
    })
}

fn arm(value: &Node, on: &Cond, holds: bool) -> Node {
    match &value.value {
        Value::Choice(choice) if choice.on == *on => {
            if holds {
                choice.yes.clone()
            } else {
                choice.no.clone()
            }
        }
        _ => value.clone(),
    }
}

/// The value as if all of it stood at `span`: places inside of an encoded text are not places in the file.
fn placed(node: Node, span: Span) -> Node {
    let value = match node.value {
        Value::List(list) => Value::List(Arc::new(List {
            items: list.items.iter().cloned().map(|item| placed(item, span)).collect(),
            open: None,
        })),
        Value::Map(map) => {
            let entry = |entry: &Entry| Entry {
                key: placed(entry.key.clone(), span),
                value: placed(entry.value.clone(), span),
            };
            Value::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), open: None }))
        }
        other => other,
    };
    Node::new(value, span)
}
