//! Conditions, defaults, templates inside of templates.

use super::super::format::{printed, shown};
use super::super::machine::{Machine, Stop};
use super::super::text::{Text, hole};
use super::super::value::{Kind, Value};
use super::Answer;
use crate::ir::Why;

pub(super) fn logic_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    Some(match name {
        "not" | "empty" => machine.negated(name, arguments),
        "eq" => machine.equals(arguments),
        "ne" => machine.equals(arguments).map(|value| match value.kind {
            Kind::Bool(same) => Value::bool(!same),
            _ => machine.derived("ne", arguments),
        }),
        "lt" | "le" | "gt" | "ge" => machine.compare(name, arguments),
        "default" => machine.defaulted(arguments),
        "coalesce" => machine.coalesced(arguments),
        "all" | "any" => machine.all_or_any(name, arguments),
        "ternary" => machine.ternary(arguments),
        "required" => machine.required(arguments),
        "fail" => machine
            .text_argument(arguments, 0, name)
            .and_then(|text| machine.refusal(text.quotable().unwrap_or("`fail`"))),
        "include" => machine.include(arguments),
        "tpl" => machine.tpl(arguments),
        "kindOf" | "typeOf" | "kindIs" | "typeIs" | "typeIsLike" => machine.kinds(name, arguments),
        "deepEqual" => machine.equals(arguments),
        "len" => machine.length(arguments),
        _ => return None,
    })
}

impl Machine<'_> {
    fn negated(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let value = self.argument(arguments, 0, name)?.clone();
        Ok(match self.holds(&value) {
            Some(holds) => Value::bool(!holds),
            None => self.derived(name, arguments),
        })
    }

    /// `eq a b c` holds when `a` is one of the others.
    fn equals(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let first = self.argument(arguments, 0, "eq")?.clone();
        let mut unknown = false;
        for other in arguments.get(1..).unwrap_or_default() {
            match self.same(&first, other) {
                Some(true) => return Ok(Value::bool(true)),
                Some(false) => {}
                None => unknown = true,
            }
        }
        Ok(if unknown { self.derived("eq", arguments) } else { Value::bool(false) })
    }

    pub(super) fn same(&self, a: &Value, b: &Value) -> Option<bool> {
        match (&a.kind, &b.kind) {
            (Kind::Hole(a), Kind::Hole(b)) if a == b => Some(true),
            (Kind::Hole(at), Kind::Text(text)) | (Kind::Text(text), Kind::Hole(at)) => {
                (self.is_filled(*at) && text.text.is_empty()).then_some(false)
            }
            (Kind::Hole(at), Kind::Nil) | (Kind::Nil, Kind::Hole(at)) => self.is_filled(*at).then_some(false),
            (Kind::Hole(_), _) | (_, Kind::Hole(_)) => None,
            (Kind::Text(a), Kind::Text(b)) => same_text(&a.text, &b.text, &|at| self.is_filled(at)),
            (Kind::Nil, Kind::Nil) => Some(true),
            (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
            (Kind::Int(a), Kind::Int(b)) => Some(a == b),
            (Kind::Float(a), Kind::Float(b)) => Some(a == b),
            (Kind::Int(a), Kind::Float(b)) | (Kind::Float(b), Kind::Int(a)) => Some(*a as f64 == *b),
            (Kind::List(a), Kind::List(b)) if a.open.is_none() && b.open.is_none() => {
                if a.items.len() != b.items.len() {
                    return Some(false);
                }
                self.all_same(a.items.iter().zip(&b.items))
            }
            (Kind::Map(a), Kind::Map(b)) => {
                let (a, b) = (a.borrow(), b.borrow());
                if a.open.is_some() || b.open.is_some() {
                    return None;
                }
                if !a.entries.keys().eq(b.entries.keys()) {
                    return Some(false);
                }
                self.all_same(a.entries.values().zip(b.entries.values()))
            }
            (Kind::List(_), Kind::List(_)) => None,
            _ => Some(false),
        }
    }

    fn all_same<'v>(&self, pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Option<bool> {
        let mut known = Some(true);
        for (a, b) in pairs {
            match self.same(a, b) {
                Some(false) => return Some(false),
                Some(true) => {}
                None => known = None,
            }
        }
        known
    }

    fn compare(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let (a, b) = (self.argument(arguments, 0, name)?, self.argument(arguments, 1, name)?);
        let order = match (&a.kind, &b.kind) {
            _ if !a.is_known() || !b.is_known() => return Ok(self.derived(name, arguments)),
            (Kind::Text(a), Kind::Text(b)) => Some(a.text.cmp(&b.text)),
            (Kind::Int(a), Kind::Int(b)) => Some(a.cmp(b)),
            (Kind::Int(_) | Kind::Float(_), Kind::Int(_) | Kind::Float(_)) => {
                super::number::real(a).partial_cmp(&super::number::real(b))
            }
            _ => return self.refuse_call(name, "types that don't compare"),
        };
        let Some(order) = order else { return Ok(Value::bool(false)) };
        Ok(Value::bool(match name {
            "lt" => order.is_lt(),
            "le" => order.is_le(),
            "gt" => order.is_gt(),
            _ => order.is_ge(),
        }))
    }

    fn defaulted(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let fallback = self.argument(arguments, 0, "default")?.clone();
        let Some(value) = arguments.get(1).cloned() else { return Ok(fallback) };
        Ok(match self.holds(&value) {
            Some(true) => value,
            Some(false) => fallback,
            None => self.derived("default", arguments),
        })
    }

    fn coalesced(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        for value in arguments {
            match self.holds(value) {
                Some(true) => return Ok(value.clone()),
                Some(false) => {}
                None => return Ok(self.derived("coalesce", arguments)),
            }
        }
        Ok(Value::nil())
    }

    fn all_or_any(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let decisive = name == "any";
        for value in arguments {
            match self.holds(value) {
                Some(holds) if holds == decisive => return Ok(Value::bool(decisive)),
                Some(_) => {}
                None => return Ok(self.derived(name, arguments)),
            }
        }
        Ok(Value::bool(!decisive))
    }

    fn ternary(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let (yes, no) = (self.argument(arguments, 0, "ternary")?, self.argument(arguments, 1, "ternary")?);
        let (yes, no) = (yes.clone(), no.clone());
        let value = self.argument(arguments, 2, "ternary")?.clone();
        Ok(match self.holds(&value) {
            Some(true) => yes,
            Some(false) => no,
            None => self.derived("ternary", arguments),
        })
    }

    /// A value that has to be given. Whoever installs the chart gives it, so it is not known rather than wrong.
    fn required(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let message = self.text_argument(arguments, 0, "required")?;
        let message = message.quotable().unwrap_or("a value that is required").to_owned();
        let value = arguments.get(1).cloned().unwrap_or_else(Value::nil);
        let missing = value.is_nil() || value.as_text().is_some_and(|text| text.text.is_empty());
        if !missing {
            return Ok(value);
        }
        let message: String = message.chars().filter(|letter| hole(*letter).is_none()).take(120).collect();
        Ok(self.unknown(&format!("required {message}"), Why::Parameter(message.clone().into()), true))
    }

    fn include(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let name = self.text_argument(arguments, 0, "include")?;
        if !name.is_known() {
            return Ok(self.derived("include", arguments));
        }
        let Some(unit) = self.unit(&name.text) else {
            return self.refuse_call("include", &format!("no template {}", name.quotable().unwrap_or("of that name")));
        };
        let dot = arguments.get(1).cloned().unwrap_or_else(Value::nil);
        Ok(Value::text(self.template(&unit, dot)?))
    }

    fn tpl(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let value = self.argument(arguments, 0, "tpl")?;
        if matches!(value.kind, Kind::Hole(_)) {
            return Ok(self.derived("tpl", arguments.get(..1).unwrap_or_default()));
        }
        let text = self.text_argument(arguments, 0, "tpl")?;
        let dot = arguments.get(1).cloned().unwrap_or_else(Value::nil);
        Ok(Value::text(self.inline(&text, dot)?))
    }

    fn kinds(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let at = usize::from(name.contains("Is"));
        let value = self.argument(arguments, at, name)?;
        if matches!(value.kind, Kind::Hole(_)) {
            return Ok(self.derived(name, arguments));
        }
        let kind = value.kind_name();
        let of_type = super::super::format::go_type(value);
        if at == 0 {
            return Ok(Value::str(if name == "kindOf" { kind } else { of_type }));
        }
        let asked = self.text_argument(arguments, 0, name)?.text;
        Ok(Value::bool(match name {
            "kindIs" => asked == kind || asked == "int64" && kind == "int",
            "typeIsLike" => asked.trim_start_matches('*') == of_type,
            _ => asked == of_type,
        }))
    }

    fn length(&mut self, arguments: &[Value]) -> Result<Value, Stop> {
        let value = self.argument(arguments, 0, "len")?;
        Ok(match &value.kind {
            Kind::List(list) if list.open.is_none() => Value::int(list.items.len() as i64),
            Kind::Map(map) if map.borrow().open.is_none() => Value::int(map.borrow().entries.len() as i64),
            Kind::Text(text) if text.is_known() => Value::int(text.text.len() as i64),
            Kind::Text(_) | Kind::List(_) | Kind::Map(_) | Kind::Hole(_) => self.derived("len", arguments),
            Kind::Nil => return self.refuse_call("len", "nil has no length"),
            _ => return self.refuse_call("len", "it has no length"),
        })
    }
}

/// Whether two texts with holes are the same; nothing when it hangs on what the holes are.
fn same_text(a: &str, b: &str, filled: &dyn Fn(u32) -> bool) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    let known = |text: &str| text.chars().all(|letter| hole(letter).is_none());
    if known(a) && known(b) {
        return Some(false);
    }
    let differs = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => return hole(a).is_none() && hole(b).is_none(),
            (Some(rest), None) | (None, Some(rest)) => return hole(rest).is_none_or(filled),
            (None, None) => return false,
        }
    };
    let apart = differs(&mut a.chars(), &mut b.chars()) || differs(&mut a.chars().rev(), &mut b.chars().rev());
    apart.then_some(false)
}

/// No text gets longer by printing.
const LONGEST: usize = 16 << 20;

/// `print` and `println`: a space between operands of which none is a string, or between all.
pub(super) fn joined(arguments: &[Value], line: bool) -> Text {
    let mut out = Text::default();
    for (at, value) in arguments.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| arguments.get(before));
        let text = |value: &Value| matches!(value.kind, Kind::Text(_) | Kind::Hole(_));
        if before.is_some_and(|before| line || !text(before) && !text(value)) {
            out.push_str(" ");
        }
        // What gets too long is refused by the caller.
        if out.text.len() > LONGEST {
            break;
        }
        out.push(&if value.is_nil() { Text::plain("<nil>") } else { shown(value) });
    }
    if line {
        out.push_str("\n");
    }
    out
}

/// What `cat` and `toString` make of a value.
pub(super) fn plain(value: &Value) -> Text {
    printed(value)
}
