//! Marks that live only while a configuration is evaluated, and small questions about values.
//!
//! Three values never leave this room (`reference.rs` settles them): a failed lookup, which `try` and `can` need to see;
//! a collection with one member for each member of an unknown set; and references in Terraform's own vocabulary, of which
//! the empty path is the resource as a whole.

use std::sync::Arc;

use crate::ir::{Cond, Key, Node, Target, Value, Why};
use crate::source::Span;

const FAILED: &str = "tf:error";
const EACH: &str = "tf:each";
/// More members than this are not unfolded.
pub const MOST_MEMBERS: usize = 5_000;
/// Longer texts are not built.
pub const LONGEST_TEXT: usize = 1 << 20;

/// A lookup that Terraform refuses.
pub fn failed(what: &str, span: Span) -> Node {
    let why = Node::unknown(Why::UnresolvedName(what.into()), span);
    Node::new(Value::Call(FAILED.into(), Arc::new(vec![why])), span)
}

/// Anything else that Terraform refuses: a failed lookup with other words.
pub fn refused(what: &str, span: Span) -> Node {
    let why = Node::unknown(Why::UnsupportedSyntax(format!("{what}, which Terraform refuses,").into()), span);
    Node::new(Value::Call(FAILED.into(), Arc::new(vec![why])), span)
}

/// Whether it is a lookup that Terraform refuses; the reason.
pub fn failure(node: &Node) -> Option<&Node> {
    match &node.value {
        Value::Call(name, arguments) if &**name == FAILED => arguments.first(),
        _ => None,
    }
}

/// The collection of all instances of a resource over a set that is not known.
pub fn each(one: Node) -> Node {
    let span = one.span;
    Node::new(Value::Call(EACH.into(), Arc::new(vec![one])), span)
}

/// The one that stands for all, when it is such a collection.
pub fn each_of(node: &Node) -> Option<&Node> {
    match &node.value {
        Value::Call(name, arguments) if &**name == EACH => arguments.first(),
        _ => None,
    }
}

/// The name of the set that the instances of such a collection are over.
pub fn set_of(one: &Node) -> Option<Arc<str>> {
    let Value::Ref(reference) = &one.value else { return None };
    let Target::Resource(address) = &reference.target else { return None };
    match &address.path.last()?.key {
        Some(Key::Each(set)) => Some(set.clone()),
        _ => None,
    }
}

/// A limit was reached.
pub fn limit(what: &str, span: Span) -> Node {
    Node::unknown(Why::LimitReached(what.into()), span)
}

/// A call that stays symbolic: pure, its arguments partly unknown.
pub fn call(name: &str, arguments: Vec<Node>, span: Span) -> Node {
    let secret = arguments.iter().any(|argument| argument.secret);
    let failed = arguments.iter().find(|argument| failure(argument).is_some());
    match failed {
        Some(failed) => failed.clone(),
        None => Node { secret, ..Node::new(Value::Call(name.into(), Arc::new(arguments)), span) },
    }
}

/// Whether all of it is known.
pub fn known(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => true,
        Value::List(list) => list.open.is_none() && list.items.iter().all(known),
        Value::Map(map) => {
            map.open.is_none() && map.entries.iter().all(|entry| known(&entry.key) && known(&entry.value))
        }
        _ => false,
    }
}

/// Whether two values are equal, when that can be told. Values carry no type: two lists with the same members may be a
/// list and a set, and a text and a number that look the same may become one type or not, so these stay open.
pub fn equal(a: &Node, b: &Node) -> Option<bool> {
    use Value::{Bool, Concat, Float, Id, Int, List, Map, Null, Str};
    match (&a.value, &b.value) {
        (Null, Null) => Some(true),
        (Null, Bool(_) | Int(_) | Float(_) | Str(_) | List(_) | Map(_) | Concat(_) | Id(_)) => Some(false),
        (Bool(_) | Int(_) | Float(_) | Str(_) | List(_) | Map(_) | Concat(_) | Id(_), Null) => Some(false),
        (List(x), List(y)) if x.open.is_none() && y.open.is_none() && x.items.len() != y.items.len() => Some(false),
        (Map(x), Map(y)) if x.open.is_none() && y.open.is_none() && x.entries.len() != y.entries.len() => None,
        (List(x), List(y)) if known(a) && known(b) => differ(x.items.iter().zip(&y.items).map(|(x, y)| equal(x, y))),
        (Map(x), Map(y)) if known(a) && known(b) => differ(x.entries.iter().map(|entry| {
            let key = entry.key.as_str()?;
            y.get_exact(key).map_or(Some(false), |other| equal(x.get_exact(key).unwrap_or(&entry.value), other))
        })),
        (Str(x), Str(y)) => Some(x == y),
        (Value::Ref(it), Null) | (Null, Value::Ref(it)) if is_never_empty(&it.path) => Some(false),
        (Value::Ref(it), Str(text)) | (Str(text), Value::Ref(it)) if text.is_empty() && is_never_empty(&it.path) => {
            Some(false)
        }
        (Bool(x), Bool(y)) => Some(x == y),
        (Int(_) | Float(_), Int(_) | Float(_)) => Some(a.value == b.value || number(a) == number(b)),
        _ if known(a) && known(b) => match (text_of(a), text_of(b)) {
            (Some(x), Some(y)) if x == y => None,
            _ => Some(false),
        },
        _ => None,
    }
}

/// `false` when some members differ. That all are the same says nothing about the types of the two.
fn differ(mut answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    answers.any(|answer| answer == Some(false)).then_some(false)
}

/// `!inner`.
pub fn negate(inner: &Node, span: Span) -> Node {
    match inner.as_bool() {
        Some(value) => Node::new(Value::Bool(!value), span),
        None => call("not", vec![inner.clone()], span),
    }
}

/// Ids and names that Azure computes are never empty.
pub fn is_never_empty(path: &[Arc<str>]) -> bool {
    let last = path.last().map_or("", |step| &**step);
    ["id", "name", "principal_id", "object_id", "client_id", "application_id", "login_server"].contains(&last)
}

/// The number, also when it is written as text.
pub fn number(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Str(text) => {
            text.parse().ok().filter(|_| text.bytes().all(|byte| b"+-.eE".contains(&byte) || byte.is_ascii_digit()))
        }
        _ => None,
    }
}

/// A number as the smallest type that holds it.
pub fn of_number(value: f64, span: Span) -> Node {
    let whole = value as i64;
    let exact = value.fract() == 0.0 && value.abs() < 9.0e15;
    Node::new(if exact { Value::Int(whole) } else { Value::Float(value) }, span)
}

/// The whole number.
pub fn whole(node: &Node) -> Option<i64> {
    number(node).filter(|value| value.fract() == 0.0 && value.abs() < 9.0e15).map(|value| value as i64)
}

/// Scalars as text.
pub fn text_of(node: &Node) -> Option<Arc<str>> {
    match &node.value {
        Value::Str(text) => Some(text.clone()),
        Value::Int(value) => Some(value.to_string().into()),
        // Terraform's numbers have more digits than these: one that uses all of them is not written.
        Value::Float(value) if digits(*value) > 15 => None,
        Value::Float(value) => Some(value.to_string().into()),
        Value::Bool(value) => Some(value.to_string().into()),
        _ => None,
    }
}

fn digits(value: f64) -> usize {
    let written = format!("{value:e}");
    written.split('e').next().unwrap_or_default().chars().filter(char::is_ascii_digit).count()
}

/// Pieces as one text, known neighbours joined at once; a limit when it would be too long.
pub fn text_of_pieces(pieces: Vec<Node>, span: Span) -> Node {
    let (mut joined, mut length): (Vec<Node>, usize) = (Vec::new(), 0);
    let mut run: Option<(String, Node)> = None;
    let flush = |run: &mut Option<(String, Node)>, joined: &mut Vec<Node>| {
        joined.extend(run.take().map(|(text, node)| Node { value: Value::Str(text.into()), ..node }));
    };
    for piece in pieces {
        let Some(text) = text_of(&piece) else {
            flush(&mut run, &mut joined);
            joined.push(match &piece.value {
                Value::Float(_) => call("tf:tostring", vec![piece], span),
                _ => piece,
            });
            continue;
        };
        length += text.len();
        if length > LONGEST_TEXT {
            return limit("text length", span);
        }
        let (written, node) = run.get_or_insert_with(|| (String::new(), piece.clone()));
        written.push_str(&text);
        *node = Node { span: node.span.to(piece.span), secret: node.secret || piece.secret, ..node.clone() };
    }
    flush(&mut run, &mut joined);
    Node::concat(joined, span)
}

/// `make` for both arms when it is a choice.
pub fn over_choice(node: &Node, span: Span, make: &mut dyn FnMut(&Node) -> Node) -> Node {
    match &node.value {
        Value::Choice(choice) => {
            let (yes, no) = (over_choice(&choice.yes, span, make), over_choice(&choice.no, span, make));
            choose(choice.on.clone(), yes, no, span)
        }
        _ => make(node),
    }
}

/// As [`Node::choice`], with equal arms folded.
pub fn choose(on: Cond, yes: Node, no: Node, span: Span) -> Node {
    match (known(&yes), yes.value == no.value) {
        (true, true) => yes,
        _ => Node::choice(on, yes, no, span),
    }
}

/// Whether a value is small enough to be walked: shared members count each time they appear.
pub fn is_bounded(node: &Node) -> bool {
    fn spend(node: &Node, left: &mut usize, depth: usize) -> bool {
        let Some(less) = left.checked_sub(1) else { return false };
        *left = less;
        if depth == 0 {
            return false;
        }
        match &node.value {
            Value::List(list) => list.items.iter().all(|item| spend(item, left, depth - 1)),
            Value::Map(map) => map
                .entries
                .iter()
                .all(|entry| spend(&entry.key, left, depth - 1) && spend(&entry.value, left, depth - 1)),
            Value::Concat(pieces) | Value::Call(_, pieces) => pieces.iter().all(|piece| spend(piece, left, depth - 1)),
            Value::Choice(choice) => {
                spend(&choice.yes, left, depth - 1)
                    && spend(&choice.no, left, depth - 1)
                    && conditions(&choice.on, left, depth - 1)
            }
            Value::Str(text) => text.len() <= LONGEST_TEXT,
            _ => true,
        }
    }
    fn conditions(cond: &Cond, left: &mut usize, depth: usize) -> bool {
        match cond {
            _ if depth == 0 => false,
            Cond::When(node) => spend(node, left, depth - 1),
            Cond::Not(inner) => conditions(inner, left, depth - 1),
            Cond::All(parts) | Cond::Any(parts) => parts.iter().all(|part| conditions(part, left, depth - 1)),
            Cond::Always | Cond::Never => true,
        }
    }
    spend(node, &mut 50_000, 100)
}
