//! Functions over sets. Sets of texts and numbers are in order; members that are not known may turn out to be the same.

use super::collection::{closed, concat, list};
use super::convert::unified;
use super::refuses_null;
use crate::frontend::terraform::language::evaluate::equals;
use crate::frontend::terraform::value::{MOST_MEMBERS, known, number, refused};
use crate::ir::{List, Node, Value, Why};
use crate::source::Span;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn set_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    match name {
        "distinct" | "setunion" | "setsubtract" | "setintersection" | "setproduct" => {}
        _ => return None,
    }
    if let Some(refused) = refuses_null(name, values, span) {
        return Some(refused);
    }
    match name {
        "distinct" => without_repetitions(values.first()?, span),
        "setunion" => distinct(&one_type(&concat(values, span)?)?, span),
        "setproduct" => product(values, span),
        _ => {
            let (first, others) = values.split_first()?;
            let from = closed(first)?;
            let others: Vec<&[Node]> = others.iter().map(closed).collect::<Option<_>>()?;
            let mut kept = Vec::new();
            for item in from {
                let inside: Vec<bool> = others.iter().map(|other| among(item, other, span)).collect::<Option<_>>()?;
                let keep = if name == "setsubtract" { !inside.contains(&true) } else { !inside.contains(&false) };
                if keep {
                    kept.push(item.clone());
                }
            }
            distinct(&Node::list(kept, span), span)
        }
    }
}

fn one_type(node: &Node) -> Option<Node> {
    let list = unified(node.as_list()?)?;
    Some(Node { value: Value::List(list.into()), ..node.clone() })
}

/// Whether a member is among others, when that can be told.
fn among(item: &Node, others: &[Node], span: Span) -> Option<bool> {
    let answers: Vec<Option<bool>> = others.iter().map(|other| equals(item, other, span).as_bool()).collect();
    match answers.contains(&Some(true)) {
        true => Some(true),
        false => answers.iter().all(|answer| *answer == Some(false)).then_some(false),
    }
}

/// A list without repetitions, in its order.
fn without_repetitions(node: &Node, span: Span) -> Option<Node> {
    let from = node.as_list().filter(|list| list.items.len() <= MOST_MEMBERS)?;
    let mut items: Vec<Node> = Vec::new();
    for item in &from.items {
        if !items.iter().any(|other| other.is_identical(item)) {
            items.push(item.clone());
        }
    }
    let doubtful = items.len() > 1 && !items.iter().all(known);
    let open = from.open.clone().or_else(|| doubtful.then(|| Why::Element("a set with unknown members".into())));
    Some(list(List { items, open }, span))
}

/// A set, in its order.
pub fn distinct(node: &Node, span: Span) -> Option<Node> {
    let mut node = without_repetitions(node, span)?;
    if let Value::List(list) = &mut node.value
        && list.open.is_none()
    {
        in_order(&mut std::sync::Arc::make_mut(list).items);
    }
    Some(node)
}

/// Texts by their letters, numbers by size, `false` before `true`; sets of anything else are left as they are.
fn in_order(items: &mut [Node]) {
    if items.iter().all(|item| item.as_str().is_some()) {
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    } else if items.iter().all(|item| matches!(item.value, Value::Int(_) | Value::Float(_))) {
        items.sort_by(|a, b| number(a).partial_cmp(&number(b)).unwrap_or(std::cmp::Ordering::Equal));
    } else if items.iter().all(|item| item.as_bool().is_some()) {
        items.sort_by_key(Node::as_bool);
    }
}

/// Every combination, the last list changing fastest.
fn product(values: &[Node], span: Span) -> Option<Node> {
    if values.len() < 2 {
        return Some(refused("setproduct", span));
    }
    let lists: Vec<&List> = values.iter().map(Node::as_list).collect::<Option<_>>()?;
    let count = lists.iter().try_fold(1_usize, |count, list| count.checked_mul(list.items.len()))?;
    if count > MOST_MEMBERS {
        return None;
    }
    let mut rows: Vec<Vec<Node>> = vec![Vec::new()];
    for list in &lists {
        let longer = |row: &Vec<Node>, item: &Node| row.iter().chain([item]).cloned().collect();
        rows = rows.iter().flat_map(|row| list.items.iter().map(move |item| longer(row, item))).collect();
    }
    let open = lists.iter().find_map(|list| list.open.clone());
    let items = rows.into_iter().map(|row| Node::list(row, span)).collect();
    Some(list(List { items, open }, span))
}
