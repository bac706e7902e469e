//! Which values a chart is rendered with: layers over defaults, dependencies on or off, values passed down and up.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::chart::{Chart, Reading, tree};
use super::format::shown;
use super::machine::Machine;
use super::text::Text;
use super::value::{Kind, Map, Value};
use super::yaml::is_secret_key;
use crate::frontend::kubernetes::rewritten;
use crate::ir::{Layer, Node, Why};
use crate::source::Store;
use crate::source::path::in_folder;

/// Levels of objects that are merged.
const DEEPEST: usize = 100;

/// A chart that takes part in a rendering.
pub(super) struct Active<'a> {
    pub(super) chart: &'a Chart,
    /// Its name, or the alias that it goes by.
    pub(super) name: String,
    /// Its defaults, with what it imports.
    values: Value,
    pub(super) inner: Vec<Active<'a>>,
}

fn map_of(map: Map) -> Value {
    Value::new(Kind::Map(Rc::new(RefCell::new(map))))
}

impl<'a> Active<'a> {
    /// The chart with all charts inside, under their aliases.
    fn all(chart: &'a Chart, name: &str) -> Active<'a> {
        let mut inner = Vec::new();
        for dependency in &chart.dependencies {
            let found = chart.charts.iter().find(|inner| inner.name == dependency.name);
            let name = dependency.alias.as_deref().unwrap_or(&dependency.name);
            inner.extend(found.map(|found| Active::all(found, name)));
        }
        let unlisted = chart.charts.iter().filter(|it| chart.dependencies.iter().all(|other| other.name != it.name));
        inner.extend(unlisted.map(|found| Active::all(found, &found.name)));
        Active { chart, name: name.to_owned(), values: chart.values.clone(), inner }
    }

    /// The chart as `user` values switch its dependencies.
    pub(super) fn of(chart: &'a Chart, user: &Value, machine: &mut Machine<'_>, reading: &mut Reading) -> Active<'a> {
        let mut active = Active::all(chart, &chart.name);
        let values = active.coalesced(user, machine, 0);
        active.switch(&values, "", reading);
        active.import(machine, 0);
        active
    }

    /// Takes out the dependencies that conditions and tags switch off.
    fn switch(&mut self, values: &Value, path: &str, reading: &mut Reading) {
        let chart = self.chart;
        self.inner.retain(|inner| {
            let dependency = chart.dependencies.iter().find(|it| it.alias.as_deref().unwrap_or(&it.name) == inner.name);
            let Some(dependency) = dependency else { return true };
            let mut on = true;
            let tags = values.get("tags");
            let switched = dependency.tags.iter().filter_map(|tag| match tags.as_ref()?.get(tag)?.kind {
                Kind::Bool(on) => Some(on),
                _ => None,
            });
            let switched: Vec<bool> = switched.collect();
            if !switched.is_empty() {
                on = switched.contains(&true);
            }
            for condition in &dependency.conditions {
                match values.find(&format!("{path}{condition}")).map(|value| value.kind) {
                    Some(Kind::Bool(value)) => {
                        on = value;
                        break;
                    }
                    Some(Kind::Hole(_)) => {
                        let span = crate::source::Span::file(chart.id);
                        reading.gap(Why::Parameter(condition.as_str().into()), span);
                        return false;
                    }
                    _ => {}
                }
            }
            on
        });
        for inner in &mut self.inner {
            let path = format!("{path}{}.", inner.name);
            inner.switch(values, &path, reading);
        }
    }

    /// `import-values`: values of a chart inside become values of this one, below its own.
    fn import(&mut self, machine: &mut Machine<'_>, depth: usize) {
        self.inner.iter_mut().for_each(|inner| inner.import(machine, depth + 1));
        if self.chart.dependencies.iter().all(|dependency| dependency.imports.is_empty()) {
            return;
        }
        let all = self.coalesced(&Value::map(BTreeMap::new()), machine, depth);
        let mut imported = Value::map(BTreeMap::new());
        for dependency in &self.chart.dependencies {
            let name = dependency.alias.as_deref().unwrap_or(&dependency.name);
            if !self.inner.iter().any(|inner| inner.name == name) {
                continue;
            }
            for import in &dependency.imports {
                let (from, to) = match &import.kind {
                    Kind::Map(_) => {
                        let text = |key: &str| import.get(key).map(|it| shown(&it).text).unwrap_or_default();
                        (text("child"), text("parent"))
                    }
                    _ => (format!("exports.{}", shown(import).text), ".".to_owned()),
                };
                let Some(found) = all.find(&format!("{name}.{from}")).filter(|it| it.as_map().is_some()) else {
                    continue;
                };
                let nested = to.split('.').rev().filter(|step| !step.is_empty());
                let nested = nested.fold(found, |value, step| Value::map(BTreeMap::from([(step.into(), value)])));
                imported = over(&imported, &nested, machine, false, 0);
            }
        }
        self.values = over(&all, &imported, machine, false, 0);
    }

    /// The values that the templates see: `user` over the defaults, those of the charts inside under their names.
    pub(super) fn coalesced(&self, user: &Value, machine: &mut Machine<'_>, depth: usize) -> Value {
        let merged = over(user, &self.values, machine, true, 0);
        if depth > DEEPEST {
            return merged;
        }
        for inner in &self.inner {
            let given = match merged.get(&inner.name) {
                Some(given) if given.as_map().is_some() => given,
                _ => map_of(Map { open: merged.as_map().and_then(|map| map.borrow().open.clone()), ..Map::default() }),
            };
            let given = with_globals(&given, merged.get("global").as_ref(), machine);
            let value = inner.coalesced(&given, machine, depth + 1);
            if let Some(map) = merged.as_map() {
                map.borrow_mut().entries.insert(inner.name.as_str().into(), value);
            }
        }
        merged
    }
}

/// The values of a chart inside with its parent's `global`.
fn with_globals(given: &Value, global: Option<&Value>, machine: &mut Machine<'_>) -> Value {
    let Some(global) = global.filter(|it| it.as_map().is_some()) else { return given.clone() };
    let own = given.get("global").filter(|it| it.as_map().is_some()).unwrap_or_else(|| Value::map(BTreeMap::new()));
    let merged = over(global, &own, machine, false, 0);
    let copy = Value {
        kind: Kind::Map(Rc::new(RefCell::new(given.as_map().map(|it| it.borrow().clone()).unwrap_or_default()))),
        ..given.clone()
    };
    if let Some(map) = copy.as_map() {
        map.borrow_mut().entries.insert("global".into(), merged);
    }
    copy
}

/// One object over another: objects are merged, everything else replaces. With `deletes`, `null` takes away what lies below.
pub(super) fn over(top: &Value, below: &Value, machine: &mut Machine<'_>, deletes: bool, depth: usize) -> Value {
    let (Some(upper), Some(lower)) = (top.as_map(), below.as_map()) else {
        return if top.as_map().is_some() { top.clone() } else { below.clone() };
    };
    let (upper, lower) = (upper.borrow(), lower.borrow());
    let mut merged = Map { entries: BTreeMap::new(), open: upper.open.clone().or_else(|| lower.open.clone()) };
    for (key, value) in &upper.entries {
        let value = match lower.entries.get(key) {
            Some(_) if value.is_nil() && deletes => continue,
            Some(other) if value.as_map().is_some() && other.as_map().is_some() && depth < DEEPEST => {
                over(value, other, machine, deletes, depth + 1)
            }
            None if lower.open.is_some() => opened(value, lower.open.as_ref(), depth),
            _ => value.clone(),
        };
        merged.entries.insert(key.clone(), value);
    }
    for (key, value) in &lower.entries {
        if upper.entries.contains_key(key) {
            continue;
        }
        let value = match &upper.open {
            Some(why) => loosened(value, why, key, machine, depth),
            None => value.clone(),
        };
        merged.entries.insert(key.clone(), value);
    }
    Value { kind: Kind::Map(Rc::new(RefCell::new(merged))), origin: top.origin.or(below.origin) }
}

/// An object beside others that aren't known: it may have further members, too.
fn opened(value: &Value, why: Option<&Why>, depth: usize) -> Value {
    let Some(map) = value.as_map().filter(|_| depth < DEEPEST) else { return value.clone() };
    let map = map.borrow();
    let entries = map.entries.iter().map(|(key, inner)| (key.clone(), opened(inner, why, depth + 1))).collect();
    map_of(Map { entries, open: map.open.clone().or_else(|| why.cloned()) }).at(value.origin)
}

/// A value that something unknown may replace.
fn loosened(value: &Value, why: &Why, path: &str, machine: &mut Machine<'_>, depth: usize) -> Value {
    match value.as_map() {
        Some(map) if depth < DEEPEST => {
            let map = map.borrow();
            let mut open = Map { entries: BTreeMap::new(), open: Some(why.clone()) };
            for (key, inner) in &map.entries {
                let inner = loosened(inner, why, &format!("{path}.{key}"), machine, depth + 1);
                open.entries.insert(key.clone(), inner);
            }
            Value { kind: Kind::Map(Rc::new(RefCell::new(open))), origin: value.origin }
        }
        _ => {
            let place = value.origin().map(|origin| origin.span);
            machine.unknown(&format!("value {path} {place:?}"), why.clone(), false).at(value.origin())
        }
    }
}

/// What stands no more in the default values of a chart and of those inside.
pub(super) fn rewritten_defaults(store: &Store, chart: &Chart, path: &str, layers: &mut Vec<Layer>) {
    if let Ok(id) = store.open_path(&in_folder(&chart.folder, "values.yaml")) {
        layers.extend(rewritten::layers(store, id, path));
    }
    for inner in &chart.charts {
        let aliases = chart.dependencies.iter().filter(|it| it.name == inner.name);
        let mut names: Vec<&str> = aliases.map(|it| it.alias.as_deref().unwrap_or(&it.name)).collect();
        if names.is_empty() {
            names.push(&inner.name);
        }
        for name in names {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            rewritten_defaults(store, inner, &path, layers);
        }
    }
}

/// The values that a delivery gives, one layer over the other.
pub(super) fn layered(store: &Store, layers: &[Layer], machine: &mut Machine<'_>, reading: &mut Reading) -> Value {
    laid(store, Value::map(BTreeMap::new()), layers, machine, reading)
}

fn laid(store: &Store, mut values: Value, layers: &[Layer], machine: &mut Machine<'_>, reading: &mut Reading) -> Value {
    for (at, layer) in layers.iter().enumerate() {
        values = match layer {
            Layer::File(id) => {
                let file = tree(store, *id, reading);
                let changed = rewritten::layers(store, *id, "");
                let file = match changed.is_empty() {
                    true => file,
                    false => laid(store, file, &changed, machine, reading),
                };
                over(&file, &values, machine, false, 0)
            }
            Layer::Tree(node) => {
                let value = machine.value_of(node, &format!("values {at}"));
                match value.kind {
                    Kind::Hole(_) => unknown(&values, node.why().cloned().unwrap_or(Why::TemplateText), machine),
                    _ => over(&value, &values, machine, false, 0),
                }
            }
            Layer::Set { path, value, text } => match path.as_str().and_then(steps) {
                Some(steps) => {
                    let secret = matches!(steps.last(), Some(Step::Key(key)) if is_secret_key(key));
                    let value = if secret { value.clone().secret() } else { value.clone() };
                    set(&values, &steps, set_value(&value, *text, machine, at))
                }
                None => unknown(&values, path.why().cloned().unwrap_or(Why::TemplateText), machine),
            },
            Layer::Unknown(why, _) => unknown(&values, why.clone(), machine),
        };
    }
    values
}

/// Everything so far may be replaced by anything.
fn unknown(values: &Value, why: Why, machine: &mut Machine<'_>) -> Value {
    loosened(values, &why, "", machine, 0)
}

/// A step of a `--set` path.
#[derive(Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

/// `a.b\.c[0]` taken apart.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut found = Vec::new();
    let mut key = String::new();
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => key.push(letters.next()?),
            '.' => {
                if !key.is_empty() {
                    found.push(Step::Key(std::mem::take(&mut key)));
                }
            }
            '[' => {
                if !key.is_empty() {
                    found.push(Step::Key(std::mem::take(&mut key)));
                }
                let index: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                let index = index.parse::<usize>().ok().filter(|index| *index < 10_000)?;
                found.push(Step::Index(index));
            }
            letter => key.push(letter),
        }
    }
    if !key.is_empty() {
        found.push(Step::Key(key));
    }
    (!found.is_empty() && found.len() < 64).then_some(found)
}

fn set(values: &Value, steps: &[Step], value: Value) -> Value {
    let Some((first, rest)) = steps.split_first() else { return value };
    match first {
        Step::Key(key) => {
            let mut map = values.as_map().map(|map| map.borrow().clone()).unwrap_or_default();
            let missing = || map_of(Map { open: map.open.clone(), ..Map::default() });
            let inner = map.entries.get(key.as_str()).cloned().unwrap_or_else(missing);
            map.entries.insert(key.as_str().into(), set(&inner, rest, value));
            map_of(map).at(values.origin)
        }
        Step::Index(index) => {
            let mut items = values.as_list().map(|list| list.items.clone()).unwrap_or_default();
            while items.len() <= *index {
                items.push(Value::nil());
            }
            if let Some(item) = items.get_mut(*index) {
                *item = set(&item.clone(), rest, value);
            }
            Value::list(items)
        }
    }
}

/// The value of a `--set`: typed as Helm types it, unless it stays text.
fn set_value(node: &Node, stays_text: bool, machine: &mut Machine<'_>, at: usize) -> Value {
    let value = machine.value_of(node, &format!("set {at}"));
    let Some(text) = value.as_text().cloned() else { return value };
    if !text.is_known() {
        let is_list = text.text.starts_with('{');
        let why = || Why::Element("a list of values".into());
        return if is_list { machine.unknown(&format!("set {at}"), why(), false) } else { value };
    }
    if let Some(inner) = text.text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        let items = inner.split(',').filter(|_| !inner.is_empty());
        return Value::list(items.map(|item| typed(&text.part(item), stays_text)).collect());
    }
    typed(&text, stays_text)
}

fn typed(text: &Text, stays_text: bool) -> Value {
    let plain = text.text.as_str();
    let origin = text.origin();
    let escaped = plain.contains('\\');
    let unescaped = || {
        let mut out = String::new();
        let mut letters = plain.chars();
        while let Some(letter) = letters.next() {
            out.extend(if letter == '\\' { letters.next() } else { Some(letter) });
        }
        Value::text(text.remade(out))
    };
    match plain {
        _ if stays_text && escaped => unescaped(),
        _ if stays_text => Value::text(text.clone()),
        "true" => Value::bool(true).at(origin),
        "false" => Value::bool(false).at(origin),
        "null" => Value::nil().at(origin),
        "0" => Value::int(0).at(origin),
        _ if escaped => unescaped(),
        _ => match plain.parse::<i64>() {
            Ok(number) if !plain.starts_with(['0', '+']) => Value::int(number).at(origin),
            _ => Value::text(text.clone()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_set_are_taken_apart() {
        let key = |text: &str| Step::Key(text.to_owned());
        assert_eq!(steps("a.b[2].c"), Some(vec![key("a"), key("b"), Step::Index(2), key("c")]));
        assert_eq!(steps("a\\.b/c.d"), Some(vec![key("a.b/c"), key("d")]));
        assert_eq!(steps("a[x]"), None);
        assert_eq!(steps(""), None);
    }
}
