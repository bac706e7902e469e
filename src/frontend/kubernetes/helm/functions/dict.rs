//! Dictionaries.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::format::shown;
use super::super::machine::{Machine, Stop};
use super::super::text::hole;
use super::super::value::{Kind, Map, Value};
use super::Answer;
use crate::ir::Why;

type Shared = Rc<RefCell<Map>>;

pub(super) fn dict_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    Some(match name {
        "dict" => Ok(dict(arguments)),
        "get" => machine.member(name, arguments),
        "set" => machine.set(arguments),
        "unset" => machine.unset(arguments),
        "hasKey" => machine.has_key(arguments),
        "pluck" => machine.pluck(arguments),
        "keys" | "values" => machine.keys_or_values(name, arguments),
        "pick" | "omit" => machine.pick_or_omit(name, arguments),
        "merge" | "mergeOverwrite" => machine.merge(name, arguments),
        "deepCopy" => machine.argument(arguments, 0, name).map(Value::deep_copy),
        "dig" => machine.dig(arguments),
        "index" => machine.index(arguments),
        _ => return None,
    })
}

fn dict(arguments: &[Value]) -> Value {
    let mut map = Map::default();
    for pair in arguments.chunks(2) {
        let Some(key) = pair.first().map(shown) else { continue };
        match key.is_known() {
            true => {
                let value = pair.get(1).cloned().unwrap_or_else(|| Value::str(""));
                map.entries.insert(key.text.as_str().into(), value);
            }
            false => map.open = Some(Why::TemplateText),
        }
    }
    Value::new(Kind::Map(Rc::new(RefCell::new(map))))
}

impl Machine<'_> {
    /// The dictionary in an argument; nothing when it isn't known.
    fn dictionary(&self, arguments: &[Value], at: usize, name: &str) -> Result<Option<Shared>, Stop> {
        match &self.argument(arguments, at, name)?.kind {
            Kind::Map(map) => Ok(Some(map.clone())),
            Kind::Hole(_) => Ok(None),
            _ => self.refuse_call(name, "no dictionary where one has to be"),
        }
    }

    fn member(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let map = self.dictionary(arguments, 0, name)?;
        let key = self.text_argument(arguments, 1, name)?;
        let (Some(map), true) = (map, key.is_known()) else { return Ok(self.derived(name, arguments)) };
        let map = map.borrow();
        Ok(match (map.entries.get(key.text.as_str()), &map.open) {
            (Some(value), _) => value.clone(),
            (None, None) => Value::str(""),
            (None, Some(_)) => self.derived(name, arguments),
        })
    }

    fn set(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let map = self.dictionary(arguments, 0, "set")?;
        let key = self.text_argument(arguments, 1, "set")?;
        let value = self.argument(arguments, 2, "set")?.clone();
        let Some(map) = map else { return Ok(self.derived("set", arguments)) };
        if value.as_map().is_some() && holds_map(&value, &map, 0) {
            return self.refuse_call("set", "a dictionary inside of itself");
        }
        let mut inner = map.borrow_mut();
        match key.is_known() {
            true => drop(inner.entries.insert(key.text.as_str().into(), value)),
            false => inner.open = Some(Why::TemplateText),
        }
        drop(inner);
        Ok(Value::new(Kind::Map(map)))
    }

    fn unset(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let map = self.dictionary(arguments, 0, "unset")?;
        let key = self.text_argument(arguments, 1, "unset")?;
        let Some(map) = map else { return Ok(self.derived("unset", arguments)) };
        map.borrow_mut().entries.remove(key.text.as_str());
        Ok(Value::new(Kind::Map(map)))
    }

    fn has_key(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let map = self.dictionary(arguments, 0, "hasKey")?;
        let key = self.text_argument(arguments, 1, "hasKey")?;
        let (Some(map), true) = (map, key.is_known()) else { return Ok(self.derived("hasKey", arguments)) };
        let map = map.borrow();
        Ok(match (map.entries.contains_key(key.text.as_str()), &map.open) {
            (true, _) => Value::bool(true),
            (false, None) => Value::bool(false),
            (false, Some(_)) => self.derived("hasKey", arguments),
        })
    }

    fn pluck(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let key = self.text_argument(arguments, 0, "pluck")?;
        if !key.is_known()
            || arguments.iter().skip(1).any(|it| it.as_map().is_none_or(|map| map.borrow().open.is_some()))
        {
            return Ok(self.derived("pluck", arguments));
        }
        Ok(Value::list(arguments.iter().skip(1).filter_map(|map| map.get(&key.text)).collect()))
    }

    fn keys_or_values(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let mut found = Vec::new();
        let count = if name == "values" { arguments.len().min(1) } else { arguments.len() };
        for at in 0..count {
            let Some(map) = self.dictionary(arguments, at, name)?.filter(|map| map.borrow().open.is_none()) else {
                return Ok(self.derived(name, arguments));
            };
            let map = map.borrow();
            match name {
                "keys" => found.extend(map.entries.keys().map(|key| Value::str(&**key))),
                _ => found.extend(map.entries.values().cloned()),
            }
        }
        Ok(Value::list(found))
    }

    fn pick_or_omit(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let Some(map) = self.dictionary(arguments, 0, name)? else { return Ok(self.derived(name, arguments)) };
        let mut asked: Vec<String> = Vec::new();
        for value in arguments.iter().skip(1) {
            match &value.kind {
                Kind::List(list) => asked.extend(list.items.iter().map(|item| shown(item).text)),
                _ => asked.push(shown(value).text),
            }
        }
        if asked.iter().any(|key| key.chars().any(|letter| hole(letter).is_some())) {
            return Ok(self.derived(name, arguments));
        }
        let map = map.borrow();
        let picks = name == "pick";
        let kept = map.entries.iter().filter(|(key, _)| asked.iter().any(|it| **it == ***key) == picks);
        let entries = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
        Ok(Value::new(Kind::Map(Rc::new(RefCell::new(Map { entries, open: map.open.clone() })))))
    }

    /// The first dictionary is changed, and given back.
    fn merge(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let Some(first) = self.dictionary(arguments, 0, name)? else { return Ok(self.derived(name, arguments)) };
        for at in 1..arguments.len() {
            let other = self.argument(arguments, at, name)?;
            if other.is_nil() {
                continue;
            }
            let Some(other) = self.dictionary(arguments, at, name)? else { return Ok(self.derived(name, arguments)) };
            if Rc::ptr_eq(&first, &other) {
                continue;
            }
            self.work(other.borrow().entries.len())?;
            self.merge_into(&first, &other.borrow(), name == "mergeOverwrite", 0);
        }
        Ok(Value::new(Kind::Map(first)))
    }

    fn merge_into(&mut self, to: &Shared, from: &Map, overwrites: bool, depth: usize) {
        if depth > 100 {
            return;
        }
        for (key, value) in &from.entries {
            let known = to.borrow().entries.get(key).cloned();
            match (known, value) {
                (Some(Value { kind: Kind::Map(inner), .. }), Value { kind: Kind::Map(other), .. }) => {
                    if Rc::ptr_eq(&inner, other) {
                        continue;
                    }
                    // The inner one may be shared with values that must stay as they are in Go, too.
                    self.merge_into(&inner, &other.borrow(), overwrites, depth + 1);
                }
                (Some(known), value) => {
                    // `merge` fills what is empty.
                    if overwrites || !value.is_nil() && self.is_empty(&known) {
                        to.borrow_mut().entries.insert(key.clone(), value.clone());
                    }
                }
                (None, value) => drop(to.borrow_mut().entries.insert(key.clone(), value.clone())),
            }
        }
        if let Some(why) = &from.open {
            to.borrow_mut().open.get_or_insert_with(|| why.clone());
        }
    }

    /// Whether a value is known to be empty.
    fn is_empty(&mut self, value: &Value) -> bool {
        self.holds(value) == Some(false)
    }

    fn dig(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let [steps @ .., fallback, map] = arguments else { return self.refuse_call("dig", "too few arguments") };
        let mut value = map.clone();
        for step in steps {
            let key = shown(step);
            let next = match &value.kind {
                Kind::Map(map) => {
                    let map = map.borrow();
                    match (map.entries.get(key.text.as_str()), &map.open) {
                        (Some(found), _) => Some(found.clone()),
                        (None, None) => return Ok(fallback.clone()),
                        (None, Some(_)) => None,
                    }
                }
                Kind::Hole(_) => None,
                _ => return self.refuse_call("dig", "no dictionary where one has to be"),
            };
            match next.filter(|_| key.is_known()) {
                Some(next) => value = next,
                None => return Ok(self.derived("dig", arguments)),
            }
        }
        Ok(value)
    }

    /// `index`: members of lists and maps.
    fn index(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let mut value = self.argument(arguments, 0, "index")?.clone();
        for step in arguments.get(1..).unwrap_or_default() {
            if matches!(step.kind, Kind::Hole(_)) {
                return Ok(self.derived("index", arguments));
            }
            value = match &value.kind {
                Kind::Map(_) => {
                    let key = shown(step);
                    if !key.is_known() {
                        return Ok(self.derived("index", arguments));
                    }
                    self.field(&value, &key.text, Vec::new())?
                }
                Kind::List(list) => {
                    let at = usize::try_from(super::number::whole(step)).unwrap_or(usize::MAX);
                    match (list.items.get(at), &list.open) {
                        (Some(item), None) => item.clone(),
                        (_, Some(_)) => return Ok(self.derived("index", arguments)),
                        (None, None) => return self.refuse_call("index", "out of range"),
                    }
                }
                Kind::Hole(_) => return Ok(self.derived("index", arguments)),
                Kind::Nil => return self.refuse_call("index", "index of nil"),
                _ => return self.refuse_call("index", "it has no members"),
            };
        }
        Ok(value)
    }
}

/// Whether a dictionary stands somewhere in a value: it would hold itself.
fn holds_map(value: &Value, map: &Shared, depth: usize) -> bool {
    if depth > 40 {
        return true;
    }
    match &value.kind {
        Kind::Map(inner) => {
            Rc::ptr_eq(inner, map)
                || inner.try_borrow().is_ok_and(|inner| inner.entries.values().any(|it| holds_map(it, map, depth + 1)))
        }
        Kind::List(list) => list.items.iter().any(|it| holds_map(it, map, depth + 1)),
        _ => false,
    }
}

/// A dictionary of texts.
pub(super) fn of_texts(pairs: impl IntoIterator<Item = (String, Value)>) -> Value {
    let entries: BTreeMap<Rc<str>, Value> = pairs.into_iter().map(|(key, value)| (key.into(), value)).collect();
    Value::map(entries)
}
