//! Terraform's functions. A pure function over unknowns stays a call, under the template function's name where one exists.

use std::sync::Arc;

use super::config::local_folder;
use super::evaluate::{Session, equals, members};
use super::scope::Scope;
use super::text_functions::text_function;
use super::value::{MOST_MEMBERS, call, choose, each_of, failed, failure, known, text_of, whole};
use crate::frontend::node_of;
use crate::ir::{Cond, Entry, List, Map, Node, Value, Why};
use crate::source::Span;
use crate::syntax::hcl::Expr;
use crate::syntax::json;

/// Functions whose result another call doesn't share, or that read what is not in the repository.
const IMPURE: [&str; 6] = ["uuid", "timestamp", "plantimestamp", "bcrypt", "templatefile", "ephemeralasnull"];
/// More nested conditions than this are not unfolded in arguments.
const DEEPEST_CHOICE: u32 = 4;

/// `name(arguments)`.
pub(super) fn call_function(
    session: &Session<'_>,
    scope: Scope<'_>,
    name: &str,
    arguments: &[Expr],
    expand: bool,
    span: Span,
) -> Node {
    let evaluate = |expr: &Expr| session.evaluate(scope, expr);
    match name {
        "try" => return attempt(&mut arguments.iter().map(evaluate), span),
        "can" => {
            let Some(argument) = arguments.first().map(evaluate) else { return failed("can", span) };
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
    let secret = values.iter().any(|value| value.secret) || name == "sensitive";
    let result = apply(session, scope, name, values, span, DEEPEST_CHOICE);
    let result = session.bound(result);
    if secret && name != "nonsensitive" { result.secret() } else { result }
}

/// The first argument that doesn't fail; one that fails under a condition only is left for the next under it.
fn attempt(arguments: &mut dyn Iterator<Item = Node>, span: Span) -> Node {
    let Some(first) = arguments.next() else { return failed("no argument that works", span) };
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
    let name = name.strip_prefix("core::").unwrap_or(name);
    if IMPURE.contains(&name) {
        return Node::unknown(Why::UnsupportedCall(name.into()), span);
    }
    if name == "file" {
        return file(session, scope, &values, span);
    }
    let result = collection_function(name, &values, span).or_else(|| text_function(name, &values, span));
    result.unwrap_or_else(|| {
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

/// A file of the repository as text. Paths are relative to the root module, or begin with `path.module`.
fn file(session: &Session<'_>, scope: Scope<'_>, values: &[Node], span: Span) -> Node {
    let Some(path) = values.first().and_then(Node::as_str) else {
        return Node::unknown(Why::UnsupportedCall("file".into()), span);
    };
    let root = session.deployment.strip_prefix('.').unwrap_or(&session.deployment);
    let inside = format!("./{}", scope.instance.module.folder);
    let from = if path.starts_with(&inside) { "" } else { root };
    let local = if path.starts_with('.') { path.to_owned() } else { format!("./{path}") };
    let opened = local_folder(from, &local).and_then(|path| session.store.open_path(&path).ok());
    match opened {
        Some(id) => Node::text(session.store.source(id).text.clone(), Span::file(id)),
        None => Node::unknown(Why::Unreadable(path.into()), span),
    }
}

/// Functions over lists and objects; nothing when the name is another's or an argument is not known enough.
fn collection_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    let first = values.first();
    match name {
        "sensitive" | "nonsensitive" => first.cloned(),
        "tolist" | "toset" | "tomap" if first.is_some_and(|value| each_of(value).is_some() || value.is_null()) => {
            first.cloned()
        }
        "tomap" => first.filter(|value| value.as_map().is_some()).cloned(),
        "tolist" => first.filter(|value| value.as_list().is_some()).cloned(),
        "toset" | "distinct" => distinct(first?, name == "toset", span),
        "concat" => concat(values, span),
        "merge" => merge(values, span),
        "lookup" => lookup(values, span),
        "element" => element(values, span),
        "coalesce" => coalesce(values, span),
        "coalescelist" => values
            .iter()
            .find(|value| closed(value).is_none_or(|items| !items.is_empty()))
            .filter(|value| closed(value).is_some())
            .cloned(),
        "compact" => {
            let items = closed(first?)?;
            let sure = items.iter().all(|item| item.is_null() || item.as_str().is_some());
            sure.then(|| {
                Node::list(
                    items.iter().filter(|item| item.as_str().is_some_and(|text| !text.is_empty())).cloned().collect(),
                    span,
                )
            })
        }
        "flatten" => {
            let mut flat = List::default();
            flatten(first?, &mut flat)?;
            Some(list(flat, span))
        }
        "keys" | "values" => keys_or_values(first?, name == "keys", span),
        "length" => length(first?, span),
        "contains" => contains(values, span),
        "one" => one(first?, span),
        "zipmap" => {
            let (keys, items) = (closed(first?)?, closed(values.get(1)?)?);
            let entry = |(key, value): (&Node, &Node)| Entry { key: key.clone(), value: value.clone() };
            Some(Node::map(keys.iter().zip(items).map(entry).collect(), span))
        }
        "range" => range(values, span),
        "reverse" => Some(Node::list(closed(first?)?.iter().rev().cloned().collect(), span)),
        "sort" => {
            let mut items = closed(first?)?.to_vec();
            items.iter().all(|item| item.as_str().is_some()).then(|| {
                items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                Node::list(items, span)
            })
        }
        "slice" => {
            let (from, to) =
                (usize::try_from(whole(values.get(1)?)?).ok()?, usize::try_from(whole(values.get(2)?)?).ok()?);
            Some(
                closed(first?)?
                    .get(from..to)
                    .map_or_else(|| failed("slice", span), |items| Node::list(items.to_vec(), span)),
            )
        }
        "setunion" => distinct(&concat(values, span)?, true, span),
        "setsubtract" => {
            let (from, out) = (closed(first?)?, closed(values.get(1)?)?);
            let sure = from.iter().chain(out).all(known);
            sure.then(|| {
                Node::list(
                    from.iter().filter(|item| !out.iter().any(|other| other.value == item.value)).cloned().collect(),
                    span,
                )
            })
        }
        "jsondecode" => {
            let text = first?.as_str()?;
            let (tree, ..) = json::parse(first?.span.source, text);
            // Places inside of an encoded text are not places in the file.
            tree.map(|tree| placed(node_of(&tree), first.map_or(span, |node| node.span)))
        }
        _ => None,
    }
}

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

fn list(list: List, span: Span) -> Node {
    Node::new(Value::List(Arc::new(list)), span)
}

/// The members of a list that is known to be whole.
fn closed(node: &Node) -> Option<&[Node]> {
    node.as_list().filter(|list| list.open.is_none()).map(|list| list.items.as_slice())
}

/// Without repetitions; sets of texts are in order when they become lists.
fn distinct(node: &Node, sorted: bool, span: Span) -> Option<Node> {
    let from = node.as_list().filter(|list| list.items.len() <= MOST_MEMBERS)?;
    let mut items: Vec<Node> = Vec::new();
    for item in &from.items {
        if !items.iter().any(|other| other.value == item.value) {
            items.push(item.clone());
        }
    }
    // Members that are not known may turn out to be the same.
    let doubtful = items.len() > 1 && !items.iter().all(known);
    let open = from.open.clone().or_else(|| doubtful.then(|| Why::Element("a set with unknown members".into())));
    if sorted && open.is_none() && items.iter().all(|item| item.as_str().is_some()) {
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    }
    Some(list(List { items, open }, span))
}

fn concat(values: &[Node], span: Span) -> Option<Node> {
    let mut joined = List::default();
    for value in values {
        match (&value.value, value.as_list()) {
            (_, Some(part)) if joined.items.len() + part.items.len() <= MOST_MEMBERS => {
                // A part that may be longer moves what comes after it: members stay, places don't.
                joined.items.extend(part.items.iter().cloned());
                joined.open = joined.open.or_else(|| part.open.clone());
            }
            (_, Some(_)) => joined.open = Some(Why::LimitReached("list members".into())),
            (Value::Unknown { why, .. }, None) => joined.open = Some(why.clone()),
            _ => joined.open = Some(Why::UnsupportedCall("concat".into())),
        }
    }
    Some(list(joined, span))
}

fn merge(values: &[Node], span: Span) -> Option<Node> {
    let mut merged = Map::default();
    for value in values {
        match &value.value {
            Value::Null => {}
            Value::Map(part) => {
                if part.open.is_some() {
                    // Members that can't be seen may overwrite all that came before.
                    merged.entries.clear();
                }
                for entry in &part.entries {
                    merged.entries.retain(|other| other.key.as_str().is_none() || other.key.value != entry.key.value);
                    merged.entries.push(entry.clone());
                }
                merged.open = merged.open.or_else(|| part.open.clone());
            }
            Value::Unknown { why, .. } => {
                merged = Map { entries: Vec::new(), open: Some(why.clone()) };
            }
            _ => merged = Map { entries: Vec::new(), open: Some(Why::UnsupportedCall("merge".into())) },
        }
    }
    Some(Node::new(Value::Map(Arc::new(merged)), span))
}

fn lookup(values: &[Node], span: Span) -> Option<Node> {
    let map = values.first()?.as_map()?;
    let key = text_of(values.get(1)?)?;
    let found = map.get_exact(&key).cloned();
    let fallback = || values.get(2).cloned().unwrap_or_else(|| failed(&key, span));
    found.or_else(|| map.open.is_none().then(fallback))
}

fn element(values: &[Node], span: Span) -> Option<Node> {
    let items = closed(values.first()?)?;
    let at = match whole(values.get(1)?) {
        Some(at) => at,
        None if items.len() == 1 => 0,
        None => return None,
    };
    let length = i64::try_from(items.len()).ok()?;
    if length == 0 {
        return Some(failed("element of an empty list", span));
    }
    items.get(usize::try_from(at.rem_euclid(length)).ok()?).cloned()
}

fn coalesce(values: &[Node], span: Span) -> Option<Node> {
    for value in values {
        match &value.value {
            Value::Null => {}
            Value::Str(text) if text.is_empty() => {}
            _ if known(value) || matches!(value.value, Value::Id(_)) => return Some(value.clone()),
            Value::Ref(reference) if is_never_empty(&reference.path) => return Some(value.clone()),
            Value::Concat(pieces) if pieces.iter().any(|piece| piece.as_str().is_some()) => return Some(value.clone()),
            _ => return None,
        }
    }
    Some(failed("coalesce of nothing", span))
}

/// Ids and names that Azure computes are never empty.
fn is_never_empty(path: &[Arc<str>]) -> bool {
    let last = path.last().map_or("", |step| &**step);
    ["id", "name", "principal_id", "object_id", "client_id", "application_id", "login_server"].contains(&last)
}

fn flatten(node: &Node, flat: &mut List) -> Option<()> {
    let from = node.as_list()?;
    flat.open = flat.open.take().or_else(|| from.open.clone());
    for item in &from.items {
        match &item.value {
            Value::List(_) => flatten(item, flat)?,
            Value::Unknown { why, .. } => flat.open = Some(why.clone()),
            Value::Choice(_) | Value::Call(..) => return None,
            _ if flat.items.len() >= MOST_MEMBERS => return None,
            _ => flat.items.push(item.clone()),
        }
    }
    Some(())
}

fn keys_or_values(node: &Node, keys: bool, span: Span) -> Option<Node> {
    let (mut members, open) = members(node, span).filter(|_| node.as_list().is_none())?;
    // Terraform sorts maps by key.
    members.sort_by(|a, b| a.0.as_str().cmp(&b.0.as_str()));
    let items = members.into_iter().map(|(key, value)| if keys { key } else { value }).collect();
    Some(list(List { items, open }, span))
}

fn length(node: &Node, span: Span) -> Option<Node> {
    let count = match &node.value {
        Value::List(list) if list.open.is_none() => list.items.len(),
        Value::Map(map) if map.open.is_none() => map.entries.len(),
        Value::Str(text) => text.chars().count(),
        _ => return None,
    };
    Some(Node::new(Value::Int(count as i64), span))
}

fn contains(values: &[Node], span: Span) -> Option<Node> {
    let (list, wanted) = (values.first()?.as_list()?, values.get(1)?);
    let answers: Vec<Node> = list.items.iter().map(|item| equals(item, wanted, span)).collect();
    let truth = |value: bool| Some(Node::new(Value::Bool(value), span));
    match () {
        () if answers.iter().any(|answer| answer.as_bool() == Some(true)) => truth(true),
        () if list.open.is_none() && answers.iter().all(|answer| answer.as_bool() == Some(false)) => truth(false),
        () => None,
    }
}

fn one(node: &Node, span: Span) -> Option<Node> {
    if node.is_null() {
        return Some(Node::null(span));
    }
    match closed(node)? {
        [] => Some(Node::null(span)),
        [only] => Some(only.clone()),
        _ => Some(failed("one of several", span)),
    }
}

fn range(values: &[Node], span: Span) -> Option<Node> {
    let (from, to) = match values {
        [to] => (0, whole(to)?),
        [from, to] => (whole(from)?, whole(to)?),
        _ => return None,
    };
    let many = usize::try_from(to.checked_sub(from)?).unwrap_or(0) > MOST_MEMBERS;
    (!many).then(|| Node::list((from..to).map(|at| Node::new(Value::Int(at), span)).collect(), span))
}
