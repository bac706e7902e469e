//! Lists.

use std::cmp::Ordering;
use std::rc::Rc;

use super::super::format::shown;
use super::super::machine::{Machine, Stop};
use super::super::text::Text;
use super::super::value::{Kind, List, Native, Value};
use super::Answer;

/// No list gets longer by a function.
const LONGEST: i64 = 100_000;
/// Joined texts that get longer than this use up what a chart may do.
const LONGEST_TEXT: usize = 8 << 20;

pub(super) fn list_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    Some(match name {
        "list" | "tuple" => Ok(Value::list(arguments.to_vec())),
        "first" | "last" | "rest" | "initial" | "reverse" | "uniq" | "compact" | "sortAlpha" => {
            machine.of_one(name, arguments)
        }
        "append" | "push" | "prepend" => machine.lengthened(name, arguments),
        "concat" => machine.concatenated(arguments),
        "without" => machine.without(arguments),
        "has" => machine.has(arguments),
        "slice" => machine.sliced(arguments),
        "chunk" => machine.chunked(arguments),
        "join" => machine.join(arguments),
        "toStrings" => machine.of_one(name, arguments),
        "until" | "untilStep" | "seq" if arguments.iter().all(Value::is_known) => machine.counted(name, arguments),
        _ => return None,
    })
}

impl Machine<'_> {
    /// The closed list in an argument; nothing when it isn't known whole.
    fn list_argument(&self, arguments: &[Value], at: usize, name: &str) -> Result<Option<Rc<List>>, Stop> {
        match &self.argument(arguments, at, name)?.kind {
            Kind::List(list) if list.open.is_none() => Ok(Some(list.clone())),
            Kind::List(_) | Kind::Hole(_) => Ok(None),
            Kind::Nil if matches!(name, "concat" | "join" | "has" | "without" | "first" | "last") => {
                Ok(Some(Rc::new(List::default())))
            }
            _ => self.refuse_call(name, "no list where one has to be"),
        }
    }

    fn of_one(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let Some(list) = self.list_argument(arguments, 0, name)? else { return Ok(self.derived(name, arguments)) };
        let items = &list.items;
        let slice = |from: usize, to: usize| Value::list(items.get(from..to).unwrap_or_default().to_vec());
        Ok(match name {
            "first" => items.first().cloned().unwrap_or_else(Value::nil),
            "last" => items.last().cloned().unwrap_or_else(Value::nil),
            "rest" => slice(1.min(items.len()), items.len()),
            "initial" => slice(0, items.len().saturating_sub(1)),
            "reverse" => Value::list(items.iter().rev().cloned().collect()),
            "toStrings" => Value::list(items.iter().map(|item| Value::text(shown(item))).collect()),
            "compact" => {
                let mut kept = Vec::new();
                for item in items {
                    match self.holds(item) {
                        Some(true) => kept.push(item.clone()),
                        Some(false) => {}
                        None => return Ok(self.derived(name, arguments)),
                    }
                }
                Value::list(kept)
            }
            "sortAlpha" if arguments.iter().all(Value::is_known) => {
                let mut texts: Vec<Text> = items.iter().map(shown).collect();
                texts.sort_by(|a, b| a.text.cmp(&b.text));
                Value::list(texts.into_iter().map(Value::text).collect())
            }
            "uniq" => {
                let mut kept: Vec<Value> = Vec::new();
                self.work(items.len())?;
                for item in items {
                    self.work(kept.len() / 8)?;
                    let mut found = Some(false);
                    for known in &kept {
                        match self.same(known, item) {
                            Some(true) => {
                                found = Some(true);
                                break;
                            }
                            Some(false) => {}
                            None => found = None,
                        }
                    }
                    match found {
                        Some(true) => {}
                        Some(false) => kept.push(item.clone()),
                        None => return Ok(self.derived(name, arguments)),
                    }
                }
                Value::list(kept)
            }
            _ => self.derived(name, arguments),
        })
    }

    fn lengthened(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let item = self.argument(arguments, 1, name)?.clone();
        match &self.argument(arguments, 0, name)?.kind {
            Kind::List(list) => {
                self.work(list.items.len() + 1)?;
                let mut items = list.items.clone();
                let at = if name == "prepend" { 0 } else { items.len() };
                items.insert(at, item);
                Ok(Value::new(Kind::List(Rc::new(List { items, open: list.open.clone() }))))
            }
            Kind::Hole(_) => Ok(self.derived(name, arguments)),
            _ => self.refuse_call(name, "no list where one has to be"),
        }
    }

    fn concatenated(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let mut joined = List::default();
        for (at, argument) in arguments.iter().enumerate() {
            match &argument.kind {
                Kind::List(list) => {
                    self.work(list.items.len() + 1)?;
                    joined.items.extend(list.items.iter().cloned());
                    joined.open = joined.open.take().or_else(|| list.open.clone());
                }
                Kind::Hole(_) => joined.open = self.why_of(argument),
                _ => drop(self.list_argument(arguments, at, "concat")?),
            }
        }
        Ok(Value::new(Kind::List(Rc::new(joined))))
    }

    fn without(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let Some(list) = self.list_argument(arguments, 0, "without")? else {
            return Ok(self.derived("without", arguments));
        };
        let mut kept = Vec::new();
        for item in &list.items {
            let mut known = Some(false);
            for other in arguments.iter().skip(1) {
                match self.same(item, other) {
                    Some(true) => known = Some(true),
                    Some(false) => {}
                    None if known != Some(true) => known = None,
                    None => {}
                }
            }
            match known {
                Some(true) => {}
                Some(false) => kept.push(item.clone()),
                None => return Ok(self.derived("without", arguments)),
            }
        }
        Ok(Value::list(kept))
    }

    fn has(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let item = self.argument(arguments, 0, "has")?;
        if let Some(versions) = arguments.get(1).filter(|it| matches!(it.kind, Kind::Native(Native::ApiVersions))) {
            return self.field(versions, "Has", vec![item.clone()]);
        }
        let Some(list) = self.list_argument(arguments, 1, "has")? else { return Ok(self.derived("has", arguments)) };
        let mut unknown = false;
        for other in &list.items {
            match self.same(item, other) {
                Some(true) => return Ok(Value::bool(true)),
                Some(false) => {}
                None => unknown = true,
            }
        }
        Ok(if unknown { self.derived("has", arguments) } else { Value::bool(false) })
    }

    /// `slice` of a list, or of a string.
    fn sliced(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let value = self.argument(arguments, 0, "slice")?;
        let at = |index: usize, otherwise: usize| {
            arguments.get(index).map_or(otherwise, |it| usize::try_from(super::number::whole(it)).unwrap_or(0))
        };
        match &value.kind {
            Kind::List(list) if list.open.is_none() => {
                let (from, to) = (at(1, 0), at(2, list.items.len()));
                match list.items.get(from..to) {
                    Some(items) => Ok(Value::list(items.to_vec())),
                    None => self.refuse_call("slice", "out of range"),
                }
            }
            Kind::Text(text) if text.is_known() => {
                let (from, to) = (at(1, 0), at(2, text.text.len()));
                match text.text.get(from..to) {
                    Some(_) => Ok(Value::text(text.slice(from, to))),
                    None => self.refuse_call("slice", "out of range"),
                }
            }
            Kind::List(_) | Kind::Text(_) | Kind::Hole(_) => Ok(self.derived("slice", arguments)),
            _ => self.refuse_call("slice", "no list where one has to be"),
        }
    }

    fn chunked(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let size = usize::try_from(self.int_argument(arguments, 0, "chunk")?).unwrap_or(0);
        match self.list_argument(arguments, 1, "chunk")? {
            Some(list) if size > 0 => {
                Ok(Value::list(list.items.chunks(size).map(|it| Value::list(it.to_vec())).collect()))
            }
            Some(_) => self.refuse_call("chunk", "chunks of nothing"),
            None => Ok(self.derived("chunk", arguments)),
        }
    }

    fn join(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let between = self.text_argument(arguments, 0, "join")?;
        let value = self.argument(arguments, 1, "join")?;
        if !matches!(value.kind, Kind::List(_) | Kind::Hole(_) | Kind::Nil) {
            return Ok(Value::text(shown(value)));
        }
        let Some(list) = self.list_argument(arguments, 1, "join")? else { return Ok(self.derived("join", arguments)) };
        let mut out = Text::default();
        let kept = list.items.iter().filter(|item| !item.is_nil());
        for (at, item) in kept.enumerate() {
            if at > 0 {
                out.push(&between);
            }
            out.push(&shown(item));
            self.work(1 + out.text.len() / LONGEST_TEXT * 1_000_000)?;
        }
        Ok(Value::text(out))
    }

    fn counted(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let number = |at: usize| arguments.get(at).map(super::number::whole);
        let (from, to, step) = match (name, number(0), number(1), number(2)) {
            ("until", Some(to), ..) => (0, to, if to < 0 { -1 } else { 1 }),
            ("untilStep", Some(from), Some(to), Some(step)) => (from, to, step),
            ("seq", Some(to), None, _) => {
                (1, to.saturating_add(if to < 1 { -1 } else { 1 }), if to < 1 { -1 } else { 1 })
            }
            ("seq", Some(from), Some(to), None) => {
                let step = if to < from { -1 } else { 1 };
                (from, to.saturating_add(step), step)
            }
            ("seq", Some(from), Some(step), Some(to)) => (from, to.saturating_add(step.signum()), step),
            _ => return self.refuse_call(name, "too few arguments"),
        };
        let mut found = Vec::new();
        let mut at = from;
        while match step.cmp(&0) {
            Ordering::Greater => at < to,
            Ordering::Less => at > to,
            Ordering::Equal => false,
        } {
            if found.len() as i64 >= LONGEST {
                return self.refuse_call(name, "a list that is too long");
            }
            found.push(at);
            at = at.saturating_add(step);
        }
        self.work(found.len())?;
        if name == "seq" {
            let texts: Vec<String> = found.iter().map(i64::to_string).collect();
            return Ok(Value::str(texts.join(" ")));
        }
        Ok(Value::list(found.into_iter().map(Value::int).collect()))
    }
}
