//! JSON patches (RFC 6902), as kustomize applies them.

use super::item::written;
use crate::frontend::kubernetes::edit::{list_mut, member, member_mut, remove, set};
use crate::ir::{Node, Value, Why};

/// Why an operation can't be applied: kustomize stops there.
pub(super) struct Refused {
    /// What is wrong, lower-case start, no full stop.
    pub(super) message: String,
}

type Outcome = Result<(), Refused>;

fn refused(message: impl Into<String>) -> Outcome {
    Err(Refused { message: message.into() })
}

/// Applies one operation.
pub(super) fn apply(body: &mut Node, operation: &Node) -> Outcome {
    let text = |key: &str| member(operation, key).and_then(Node::as_str);
    let (Some(op), Some(path)) = (text("op"), text("path")) else {
        return refused("an operation of a JSON patch needs `op` and `path`");
    };
    let steps = steps(path);
    let value = || member(operation, "value").cloned().unwrap_or_else(|| Node::null(operation.span));
    let from = || text("from").map(self::steps);
    match op {
        "add" => add(body, &steps, value()),
        "replace" => replace(body, &steps, value()),
        "remove" => take(body, &steps).map(drop),
        "test" => test(body, &steps, &value()),
        "copy" | "move" => {
            let Some(from) = from() else { return refused(format!("`{op}` needs `from`")) };
            let moved = if op == "move" { take(body, &from)? } else { find(body, &from)?.clone() };
            add(body, &steps, moved)
        }
        op => refused(format!("`{op}` is no operation of a JSON patch")),
    }
}

/// `/a/b~1c` is `b/c` inside of `a`.
fn steps(path: &str) -> Vec<String> {
    let parts = path.strip_prefix('/').map(|rest| rest.split('/'));
    parts.into_iter().flatten().map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

/// The index that a step means in a list of this length; negative ones count from the end.
fn index(step: &str, length: usize) -> Option<usize> {
    match step.strip_prefix('-') {
        Some(back) => length.checked_sub(back.parse().ok().filter(|&back: &usize| back > 0)?),
        None => step.parse().ok(),
    }
}

fn missing(step: &str) -> Refused {
    Refused { message: format!("there is no `{step}` for a JSON patch to change") }
}

fn find<'a>(node: &'a Node, steps: &[String]) -> Result<&'a Node, Refused> {
    steps.iter().try_fold(node, |node, step| {
        let inner = match &node.value {
            Value::List(list) => index(step, list.items.len()).and_then(|at| list.items.get(at)),
            _ => member(node, step),
        };
        inner.ok_or_else(|| missing(step))
    })
}

/// The value that holds the last step. Nothing when something on the way is not known: then so is what is in it.
fn holder<'a>(node: &'a mut Node, steps: &[String]) -> Result<Option<&'a mut Node>, Refused> {
    let mut here = node;
    for step in steps {
        if is_unknown(here) {
            return Ok(None);
        }
        let inner = match here.value {
            Value::List(_) => list_mut(here).and_then(|list| {
                let at = index(step, list.items.len())?;
                list.items.get_mut(at)
            }),
            _ => member_mut(here, step),
        };
        here = inner.ok_or_else(|| missing(step))?;
    }
    // Which item an index means in a list that isn't seen as a whole can't be told.
    Ok(if is_unknown(here) { None } else { Some(here) })
}

fn is_unknown(node: &mut Node) -> bool {
    if let Some(why) = node.as_list().and_then(|list| list.open.clone()) {
        node.value = Value::Unknown { why, sym: None };
    }
    node.why().is_some()
}

fn add(body: &mut Node, steps: &[String], value: Node) -> Outcome {
    let Some((last, before)) = steps.split_last() else {
        *body = value;
        return Ok(());
    };
    let Some(holder) = holder(body, before)? else { return Ok(()) };
    match holder.value {
        Value::Map(_) => set(holder, last, value),
        Value::List(_) => {
            let Some(list) = list_mut(holder) else { return Ok(()) };
            let at = if last == "-" { Some(list.items.len()) } else { index(last, list.items.len()) };
            match at.filter(|&at| at <= list.items.len()) {
                Some(at) => list.items.insert(at, value),
                None => return Err(missing(last)),
            }
        }
        _ => return Err(missing(last)),
    }
    Ok(())
}

fn replace(body: &mut Node, steps: &[String], value: Node) -> Outcome {
    let Some((last, before)) = steps.split_last() else {
        *body = value;
        return Ok(());
    };
    let Some(holder) = holder(body, before)? else { return Ok(()) };
    let place = match holder.value {
        Value::List(_) => list_mut(holder).and_then(|list| {
            let at = index(last, list.items.len())?;
            list.items.get_mut(at)
        }),
        _ => member_mut(holder, last),
    };
    *place.ok_or_else(|| missing(last))? = value;
    Ok(())
}

fn take(body: &mut Node, steps: &[String]) -> Result<Node, Refused> {
    let unknown = Node::unknown(Why::UnsupportedSyntax("a kustomize JSON patch of an unknown".into()), body.span);
    let Some((last, before)) = steps.split_last() else { return Ok(std::mem::replace(body, unknown)) };
    let Some(holder) = holder(body, before)? else { return Ok(unknown) };
    if let Some(list) = list_mut(holder) {
        let at = index(last, list.items.len()).filter(|&at| at < list.items.len());
        return at.map(|at| list.items.remove(at)).ok_or_else(|| missing(last));
    }
    let found = member(holder, last).cloned().ok_or_else(|| missing(last))?;
    remove(holder, last);
    Ok(found)
}

/// A test of something unknown may hold.
fn test(body: &mut Node, steps: &[String], wanted: &Node) -> Outcome {
    let found = match steps.split_last() {
        None => Some(&*body),
        Some((last, before)) => match holder(body, before)? {
            None => return Ok(()),
            Some(holder) => find(holder, std::slice::from_ref(last)).ok(),
        },
    };
    let holds = match found {
        None => wanted.is_null(),
        Some(found) => match (written(found), written(wanted)) {
            (Some(a), Some(b)) => a == b || super::item::same_text(Some(&a), Some(&b)) != crate::ir::Truth::No,
            // Whole objects are compared by nobody here.
            _ => true,
        },
    };
    if holds { Ok(()) } else { refused("a `test` of a JSON patch fails") }
}
