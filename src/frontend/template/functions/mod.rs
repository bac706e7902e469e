//! The functions of the deployment language. Pure ones compute when their arguments are known and stay calls otherwise;
//! the rest asks the deployment.

mod call;
mod collection;
mod data;
mod date;
mod file;
mod hash;
mod lambda;
mod logic;
mod network;
mod number;
mod reference;
mod string;

use std::sync::Arc;

use super::access::each_arm;
use crate::ir::{Node, Value};
use crate::source::Span;

pub use collection::merge;
pub use string::joined;

/// What a pure function makes of its arguments.
pub enum Outcome {
    /// A value.
    Known(Node),
    /// Some argument isn't known enough.
    Open,
    /// There is no such function.
    NoSuch,
}

/// Functions that may stay calls: their results are equal when their arguments are. A condition among their arguments is
/// not pulled out of them.
const OPAQUE: [&str; 26] = [
    "uniquestring",
    "guid",
    "parsecidr",
    "cidrsubnet",
    "cidrhost",
    "datetimeadd",
    "datetimefromepoch",
    "datetimetoepoch",
    "pickzones",
    "tologicalzone",
    "tologicalzones",
    "tophysicalzone",
    "tophysicalzones",
    "providers",
    "parseuri",
    "builduri",
    "buildurl",
    "urldecode",
    "tounixtime",
    "base64tojson",
    "datauritostring",
    "uricomponenttostring",
    "join",
    "length",
    "indexfromend",
    "xml",
];

/// A pure function by its lower-case name. Choices among few arguments are computed for both arms.
pub fn pure(name: &str, arguments: &[Node], span: Span) -> Option<Node> {
    let node = compute(name, arguments, span, 4)?;
    Some(if arguments.iter().any(is_secret) { node.secret() } else { node })
}

fn compute(name: &str, arguments: &[Node], span: Span, choices: usize) -> Option<Node> {
    match by_name(name, arguments, span) {
        Outcome::Known(node) => return Some(node),
        Outcome::NoSuch => return None,
        Outcome::Open => {}
    }
    let chosen = arguments.iter().position(|argument| matches!(argument.value, Value::Choice(_)));
    if let (Some(at), true) = (chosen, choices > 0 && !OPAQUE.contains(&name))
        && let Some(Value::Choice(choice)) = arguments.get(at).map(|argument| &argument.value)
    {
        let arm = |arm: &Node| {
            let mut arguments = arguments.to_vec();
            if let Some(slot) = arguments.get_mut(at) {
                *slot = arm.clone();
            }
            compute(name, &arguments, span, choices - 1).unwrap_or_else(|| call(name, arguments, span))
        };
        return Some(each_arm(choice, span, arm));
    }
    Some(call(name, arguments.to_vec(), span))
}

fn by_name(name: &str, arguments: &[Node], span: Span) -> Outcome {
    let families = [
        string::compute,
        collection::compute,
        logic::compute,
        number::compute,
        data::compute,
        hash::compute,
        network::compute,
        date::compute,
    ];
    for family in families {
        match family(name, arguments, span) {
            Outcome::NoSuch => {}
            outcome => return outcome,
        }
    }
    if OPAQUE.contains(&name) { Outcome::Open } else { Outcome::NoSuch }
}

/// A call that stays one.
pub fn call(name: &str, arguments: Vec<Node>, span: Span) -> Node {
    Node::new(Value::Call(name.into(), Arc::new(arguments)), span)
}

/// Whether a value or a piece of it is secret.
fn is_secret(node: &Node) -> bool {
    node.secret
        || match &node.value {
            Value::List(list) => list.items.iter().any(is_secret),
            Value::Map(map) => map.entries.iter().any(|entry| is_secret(&entry.value)),
            Value::Concat(pieces) => pieces.iter().any(is_secret),
            Value::Choice(choice) => is_secret(&choice.yes) || is_secret(&choice.no),
            _ => false,
        }
}

fn known(value: Value, span: Span) -> Outcome {
    Outcome::Known(Node::new(value, span))
}

fn text(text: impl Into<Arc<str>>, span: Span) -> Outcome {
    known(Value::Str(text.into()), span)
}

/// A known whole number.
fn int(node: Option<&Node>) -> Option<i64> {
    match node?.value {
        Value::Int(number) => Some(number),
        _ => None,
    }
}

/// A known text of an argument.
fn word(node: Option<&Node>) -> Option<&str> {
    node?.as_str()
}
