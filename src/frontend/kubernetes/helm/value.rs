//! Values as Helm's templates see them. Objects are shared and can be changed in place, as Go's maps are.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::text::{Origin, Text, hole};
use crate::ir::Why;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) kind: Kind,
    /// Texts have their own marks.
    pub(super) origin: Option<Origin>,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<Text>),
    List(Rc<List>),
    Map(Rc<RefCell<Map>>),
    /// Not known; the number says which unknown it is.
    Hole(u32),
    Native(Native),
}

#[derive(Clone, Debug, Default)]
pub(super) struct List {
    pub(super) items: Vec<Value>,
    /// There may be more, or fewer.
    pub(super) open: Option<Why>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    pub(super) entries: BTreeMap<Rc<str>, Value>,
    /// There may be more.
    pub(super) open: Option<Why>,
}

/// Objects with methods.
#[derive(Clone, Debug)]
pub(super) enum Native {
    /// `.Files` of the chart with this number.
    Files(usize),
    /// What `.Files.Glob` found: paths in the chart.
    Glob(usize, Rc<Vec<Rc<str>>>),
    /// `.Capabilities.APIVersions`.
    ApiVersions,
    /// `.Capabilities.KubeVersion`.
    KubeVersion,
    /// What `semver` gives: how it is printed, and its fields.
    Version(Rc<str>, Rc<RefCell<Map>>),
}

/// Whether a value counts as true.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Truth {
    Yes,
    No,
    /// It hangs on an unknown.
    Hangs(u32),
    /// It hangs on what else there is in something open.
    Open,
}

impl Value {
    pub(super) fn new(kind: Kind) -> Value {
        Value { kind, origin: None }
    }

    pub(super) fn nil() -> Value {
        Value::new(Kind::Nil)
    }

    pub(super) fn bool(value: bool) -> Value {
        Value::new(Kind::Bool(value))
    }

    pub(super) fn int(value: i64) -> Value {
        Value::new(Kind::Int(value))
    }

    pub(super) fn float(value: f64) -> Value {
        Value::new(Kind::Float(value))
    }

    pub(super) fn text(text: Text) -> Value {
        Value::new(Kind::Text(Rc::new(text)))
    }

    pub(super) fn str(text: impl Into<String>) -> Value {
        Value::text(Text::plain(text))
    }

    pub(super) fn list(items: Vec<Value>) -> Value {
        Value::new(Kind::List(Rc::new(List { items, open: None })))
    }

    pub(super) fn map(entries: BTreeMap<Rc<str>, Value>) -> Value {
        Value::new(Kind::Map(Rc::new(RefCell::new(Map { entries, open: None }))))
    }

    pub(super) fn at(self, origin: Option<Origin>) -> Value {
        Value { origin: origin.or(self.origin), ..self }
    }

    pub(super) fn is_nil(&self) -> bool {
        matches!(self.kind, Kind::Nil)
    }

    pub(super) fn as_text(&self) -> Option<&Rc<Text>> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_map(&self) -> Option<&Rc<RefCell<Map>>> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(super) fn as_list(&self) -> Option<&Rc<List>> {
        match &self.kind {
            Kind::List(list) => Some(list),
            _ => None,
        }
    }

    /// The member of a map; nothing when it isn't there, or the value is no map.
    pub(super) fn get(&self, key: &str) -> Option<Value> {
        self.as_map()?.borrow().entries.get(key).cloned()
    }

    /// The member at the end of a path through maps.
    pub(super) fn find(&self, path: &str) -> Option<Value> {
        path.split('.').try_fold(self.clone(), |value, step| value.get(step))
    }

    /// Where it was written, whatever it is.
    pub(super) fn origin(&self) -> Option<Origin> {
        match &self.kind {
            Kind::Text(text) => text.origin(),
            _ => self.origin,
        }
    }

    /// A copy that shares nothing that can be changed.
    pub(super) fn deep_copy(&self) -> Value {
        let kind = match &self.kind {
            Kind::List(list) => {
                let items = list.items.iter().map(Value::deep_copy).collect();
                Kind::List(Rc::new(List { items, open: list.open.clone() }))
            }
            Kind::Map(map) => {
                let map = map.borrow();
                let entries = map.entries.iter().map(|(key, value)| (key.clone(), value.deep_copy())).collect();
                Kind::Map(Rc::new(RefCell::new(Map { entries, open: map.open.clone() })))
            }
            kind => kind.clone(),
        };
        Value { kind, origin: self.origin }
    }

    /// How many values it holds, itself included.
    pub(super) fn size(&self) -> usize {
        match &self.kind {
            Kind::List(list) => 1 + list.items.iter().map(Value::size).sum::<usize>(),
            Kind::Map(map) => 1 + map.borrow().entries.values().map(Value::size).sum::<usize>(),
            _ => 1,
        }
    }

    /// Whether everything in it is known.
    pub(super) fn is_known(&self) -> bool {
        match &self.kind {
            Kind::Hole(_) => false,
            Kind::Text(text) => text.is_known(),
            Kind::List(list) => list.open.is_none() && list.items.iter().all(Value::is_known),
            Kind::Map(map) => {
                let map = map.borrow();
                map.open.is_none() && map.entries.values().all(Value::is_known)
            }
            Kind::Native(Native::KubeVersion) => false,
            _ => true,
        }
    }

    /// Whether something in it is a secret.
    pub(super) fn is_secret(&self) -> bool {
        let own = self.origin.is_some_and(|origin| origin.secret);
        own || match &self.kind {
            Kind::Text(text) => text.is_secret(),
            Kind::List(list) => list.items.iter().any(Value::is_secret),
            Kind::Map(map) => map.borrow().entries.values().any(Value::is_secret),
            _ => false,
        }
    }

    /// Go's idea of truth; `is_filled` says which holes are never empty.
    pub(super) fn truth(&self, is_filled: &dyn Fn(u32) -> bool) -> Truth {
        let of = |yes: bool| if yes { Truth::Yes } else { Truth::No };
        match &self.kind {
            Kind::Nil => Truth::No,
            Kind::Bool(value) => of(*value),
            Kind::Int(value) => of(*value != 0),
            Kind::Float(value) => of(*value != 0.0),
            Kind::Text(text) => {
                let mut holes = text.text.chars().map(hole);
                let filled = text.text.chars().any(|letter| hole(letter).is_none_or(is_filled));
                match (filled, holes.next().flatten()) {
                    (true, _) => Truth::Yes,
                    (false, Some(at)) => Truth::Hangs(at),
                    (false, None) => Truth::No,
                }
            }
            Kind::List(list) if list.items.is_empty() && list.open.is_some() => Truth::Open,
            Kind::List(list) => of(!list.items.is_empty()),
            Kind::Map(map) => {
                let map = map.borrow();
                if map.entries.is_empty() && map.open.is_some() { Truth::Open } else { of(!map.entries.is_empty()) }
            }
            Kind::Hole(at) if is_filled(*at) => Truth::Yes,
            Kind::Hole(at) => Truth::Hangs(*at),
            Kind::Native(Native::Glob(_, paths)) => of(!paths.is_empty()),
            Kind::Native(_) => Truth::Yes,
        }
    }

    /// What Sprig's `kindOf` says.
    pub(super) fn kind_name(&self) -> &'static str {
        match &self.kind {
            Kind::Nil => "invalid",
            Kind::Bool(_) => "bool",
            Kind::Int(_) => "int",
            Kind::Float(_) => "float64",
            Kind::Text(_) => "string",
            Kind::List(_) => "slice",
            Kind::Map(_) | Kind::Native(_) | Kind::Hole(_) => "map",
        }
    }
}
