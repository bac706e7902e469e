//! `replacements`: values that are copied from one object into others.

use regex::Regex;

use super::item::{Id, Item, LONGEST, is_bounded, same_text, written};
use super::select::Selector;
use crate::frontend::kubernetes::edit::{list_mut, list_of, member, member_mut, set};
use crate::ir::{Node, Truth, Value, Why};

/// Paths of more steps lead nowhere.
const DEEPEST: usize = 128;

/// Why a replacement can't be made: kustomize stops there.
pub(super) struct Refused {
    pub(super) message: String,
    pub(super) span: crate::source::Span,
}

/// Makes one replacement.
pub(super) fn apply(items: &mut [Item], replacement: &Node) -> Result<(), Refused> {
    let value = match member(replacement, "sourceValue") {
        Some(value) => Some(value.clone()),
        None => source(items, member(replacement, "source").unwrap_or(replacement))?,
    };
    for target in list_of(member(replacement, "targets")) {
        replace(items, target, value.as_ref())?;
    }
    Ok(())
}

fn refused<T>(message: String, at: &Node) -> Result<T, Refused> {
    Err(Refused { message, span: at.span })
}

/// The value to copy; nothing when it is not known which one.
fn source(items: &[Item], source: &Node) -> Result<Option<Node>, Refused> {
    let text = |key: &str| member(source, key).and_then(written);
    let selects = |wanted: Option<std::sync::Arc<str>>, has: &str| {
        wanted.is_none_or(|wanted| wanted.is_empty() || *wanted == *has)
    };
    let is_meant = |id: &Id| {
        let of_type = selects(text("group"), &id.group)
            && selects(text("version"), &id.version)
            && selects(text("kind"), &id.kind);
        let named = |key: &str, has: Option<&str>| match text(key).filter(|text| !text.is_empty()) {
            None => Truth::Yes,
            Some(wanted) => same_text(Some(&wanted), has),
        };
        let namespace = id.namespace.as_deref().map(|it| if it.is_empty() { "default" } else { it });
        Truth::of(of_type).and(named("name", id.name.as_deref())).and(named("namespace", namespace))
    };
    let fits = |item: &Item| item.ids().iter().fold(Truth::No, |truth, id| truth.or(is_meant(id)));
    let mut meant = items.iter().filter(|item| fits(item) == Truth::Yes);
    let open = items.iter().any(|item| fits(item) == Truth::Unknown);
    let found = match (meant.next(), meant.next()) {
        _ if open => return Ok(None),
        (Some(found), None) => found,
        (None, _) => return refused("no object is the source of this replacement".to_owned(), source),
        (Some(_), Some(_)) => return refused("several objects are the source of this replacement".to_owned(), source),
    };
    let path = text("fieldPath").filter(|path| !path.is_empty()).unwrap_or_else(|| "metadata.name".into());
    let mut here = &found.object.body;
    for step in steps(&path) {
        if here.why().is_some() {
            return Ok(None);
        }
        let inner = match &here.value {
            Value::List(list) => match step.strip_prefix('[').and_then(|it| it.strip_suffix(']')?.split_once('=')) {
                Some((key, wanted)) => list.items.iter().find(|item| field_is(item, key, wanted)),
                None => step.parse::<usize>().ok().and_then(|at| list.items.get(at)),
            },
            _ => member(here, &step),
        };
        let Some(inner) = inner else { return refused(format!("the source has no `{path}`"), source) };
        here = inner;
    }
    refined(here, member(source, "options"), source)
}

fn field_is(item: &Node, key: &str, wanted: &str) -> bool {
    let value = if key.is_empty() { Some(item) } else { member(item, key) };
    value.and_then(written).is_some_and(|text| *text == *wanted)
}

/// One part of a text, when the options ask for it.
fn refined(value: &Node, options: Option<&Node>, at: &Node) -> Result<Option<Node>, Refused> {
    let Some((delimiter, index)) = cut(options) else { return Ok(Some(value.clone())) };
    let Some(text) = written(value) else { return Ok(None) };
    let part = usize::try_from(index).ok().and_then(|index| text.split(&*delimiter).nth(index));
    match part {
        Some(part) => Ok(Some(Node { value: Value::Str(part.into()), ..value.clone() })),
        None => refused("the source has no part with this `index`".to_owned(), at),
    }
}

/// The delimiter and the index of options that have one.
fn cut(options: Option<&Node>) -> Option<(std::sync::Arc<str>, i64)> {
    let delimiter = options.and_then(|it| member(it, "delimiter")).and_then(written).filter(|it| !it.is_empty())?;
    let index = options.and_then(|it| member(it, "index")).and_then(written).and_then(|text| text.parse().ok());
    Some((delimiter, index.unwrap_or(0)))
}

fn replace(items: &mut [Item], target: &Node, value: Option<&Node>) -> Result<(), Refused> {
    let Some(select) = member(target, "select") else {
        return refused("a target of a replacement needs `select`".to_owned(), target);
    };
    let selector = Selector::read(select);
    let rejected: Vec<Selector> = list_of(member(target, "reject")).iter().map(Selector::read).collect();
    let paths: Vec<String> =
        list_of(member(target, "fieldPaths")).iter().filter_map(|it| Some(written(it)?.to_string())).collect();
    let paths = if paths.is_empty() { vec!["metadata.name".to_owned()] } else { paths };
    for item in items.iter_mut() {
        let ids = item.ids();
        let any = |selector: &Selector| ids.iter().fold(Truth::No, |truth, id| truth.or(selector.fits_id(id)));
        let is_rejected = rejected.iter().fold(Truth::No, |truth, reject| {
            let by_id = if reject.names_something() { any(reject) } else { Truth::No };
            let by_metadata =
                if reject.asks_for_metadata() { reject.fits_metadata(&item.object.body) } else { Truth::No };
            truth.or(by_id).or(by_metadata)
        });
        let fits = any(&selector).and(selector.fits_metadata(&item.object.body)).and(is_rejected.not());
        if fits == Truth::No {
            continue;
        }
        let sure = if fits == Truth::Yes { value } else { None };
        for path in &paths {
            let before = item.object.body.clone();
            let done = write(&mut item.object.body, path, member(target, "options"), sure);
            if !is_bounded(&item.object.body) {
                item.object.body = before;
                return refused(format!("`{path}` leads too deep"), target);
            }
            if done == 0 && fits == Truth::Yes && value.is_some() {
                return refused(format!("the target `{}` has no `{path}`", item.id()), target);
            }
        }
    }
    Ok(())
}

/// Writes the value to a place in an object, or that it is not known; how many places there are.
fn write(body: &mut Node, path: &str, options: Option<&Node>, value: Option<&Node>) -> usize {
    let steps = steps(path);
    if steps.len() > DEEPEST {
        return 0;
    }
    let creates = options.and_then(|it| member(it, "create")).and_then(Node::as_bool).unwrap_or(false);
    let mut done = 0;
    let fresh = value.filter(|_| creates);
    walk(body, &steps, fresh, &mut |here| {
        done += 1;
        put(here, cut(options), value);
    });
    done
}

fn put(here: &mut Node, cut: Option<(std::sync::Arc<str>, i64)>, value: Option<&Node>) {
    let unknown = || Value::Unknown { why: Why::UnsupportedSyntax("a kustomize replacement".into()), sym: None };
    let Some(value) = value else {
        here.value = unknown();
        return;
    };
    let Some((delimiter, index)) = cut else {
        // The value decides: its line is the one to edit.
        let used = here.span;
        *here = value.clone().through(used, crate::source::Via::Overlay);
        return;
    };
    let (Some(old), Some(new)) = (written(here).or_else(|| here.is_null().then(|| "".into())), written(value)) else {
        here.value = unknown();
        return;
    };
    let mut parts: Vec<&str> = old.split(&*delimiter).collect();
    match usize::try_from(index) {
        Err(_) => parts.insert(0, &new),
        Ok(index) => match parts.get_mut(index) {
            Some(part) => *part = &new,
            None => parts.push(&new),
        },
    }
    let joined = parts.join(&delimiter);
    here.value = if joined.len() > LONGEST { unknown() } else { Value::Str(joined.into()) };
}

/// The steps of a path with dots between them; `\.` is a dot in a name, and brackets hold what is one step.
fn steps(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('.') {
        match parts.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push('.');
                last.push_str(part);
            }
            Some(last) if last.starts_with('[') && !last.ends_with(']') => {
                last.push('.');
                last.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    let bare = |part: String| match part.contains('=') || !part.starts_with('[') {
        true => part,
        false => part.trim_matches(['[', ']']).to_owned(),
    };
    parts.into_iter().filter(|part| !part.is_empty()).map(bare).collect()
}

/// Visits all places that a path means. `fresh` is the value for a place that may be made.
fn walk(node: &mut Node, path: &[String], fresh: Option<&Node>, visit: &mut dyn FnMut(&mut Node)) {
    let Some((step, rest)) = path.split_first() else { return visit(node) };
    if node.why().is_some() {
        return visit(node);
    }
    if let Some(found) = step.strip_prefix('[').and_then(|it| it.strip_suffix(']')?.split_once('=')) {
        return walk_items(node, found, rest, fresh, visit);
    }
    match node.value {
        Value::List(_) => {
            let Some(list) = list_mut(node) else { return };
            if step == "*" {
                return list.items.iter_mut().for_each(|item| walk(item, rest, fresh, visit));
            }
            if let Some(item) = step.parse::<usize>().ok().and_then(|at| list.items.get_mut(at)) {
                walk(item, rest, fresh, visit);
            }
        }
        Value::Map(_) => {
            if let Some(fresh) = fresh.filter(|_| member(node, step).is_none()) {
                let value = match rest.first() {
                    None => Node { value: Value::Str("".into()), ..fresh.clone() },
                    Some(next) if next.starts_with('[') => Node::list(Vec::new(), fresh.span),
                    Some(_) => Node::map(Vec::new(), fresh.span),
                };
                set(node, step, value);
            }
            if let Some(inner) = member_mut(node, step) {
                walk(inner, rest, fresh, visit);
            }
        }
        _ => {}
    }
}

/// The items whose member matches a pattern somewhere in its text.
fn walk_items(
    node: &mut Node,
    (key, wanted): (&str, &str),
    rest: &[String],
    fresh: Option<&Node>,
    visit: &mut dyn FnMut(&mut Node),
) {
    let Some(list) = list_mut(node) else { return };
    let pattern = Regex::new(wanted).ok();
    let is_one = |item: &Node| {
        let value = if key.is_empty() { Some(item) } else { member(item, key) };
        let text = value.and_then(written);
        text.is_some_and(|text| pattern.as_ref().map_or(*text == *wanted, |pattern| pattern.is_match(&text)))
    };
    if let Some(fresh) = fresh.filter(|_| !list.items.iter().any(is_one)) {
        let name = Node::text(wanted, fresh.span);
        let item = if key.is_empty() {
            name
        } else {
            crate::frontend::kubernetes::edit::object(vec![(key, name)], fresh.span)
        };
        list.items.push(item);
    }
    list.items.iter_mut().filter(|item| is_one(item)).for_each(|item| walk(item, rest, fresh, visit));
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn brackets_hold_one_step() {
        assert_eq!(steps("spec.containers.[name=a.b].image"), ["spec", "containers", "[name=a.b]", "image"]);
        assert_eq!(steps(r"metadata.annotations.a\.b/c"), ["metadata", "annotations", "a.b/c"]);
        assert_eq!(steps("metadata.annotations.[a.b/c]"), ["metadata", "annotations", "a.b/c"]);
    }
}
