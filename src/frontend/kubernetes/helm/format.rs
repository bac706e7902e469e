//! How Go prints values: `{{ x }}`, `print`, `printf`.

use super::text::{Text, letter};
use super::value::{Kind, Native, Value};

/// No text gets longer by printing.
const LONGEST: usize = 16 << 20;

/// A float as Go's `%v` prints it.
pub(super) fn float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    // From a million on `%v` has an exponent.
    if !(-4..6).contains(&power) {
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", power.abs());
    }
    format!("{value}")
}

/// A float as JSON and YAML have it.
pub(super) fn json_float(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let scientific = format!("{value:e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let power: i32 = exponent.parse().unwrap_or(0);
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", power.abs());
    }
    format!("{value}")
}

/// What `{{ x }}` writes; a missing value writes nothing in Helm.
pub(super) fn printed(value: &Value) -> Text {
    match &value.kind {
        Kind::Nil => Text::default(),
        _ => shown(value),
    }
}

/// `%v`.
pub(super) fn shown(value: &Value) -> Text {
    let own = |text: String| Text::written(text, value.origin);
    match &value.kind {
        Kind::Nil => Text::plain("<nil>"),
        Kind::Bool(value) => own(value.to_string()),
        Kind::Int(value) => own(value.to_string()),
        Kind::Float(value) => own(float(*value)),
        Kind::Text(text) => (**text).clone(),
        Kind::Hole(at) => own(letter(*at, false).to_string()),
        Kind::List(list) => {
            let mut out = Text::plain("[");
            for (at, item) in list.items.iter().enumerate() {
                if at > 0 {
                    out.push_str(" ");
                }
                out.push(&shown(item));
            }
            out.push_str("]");
            out
        }
        Kind::Map(map) => {
            let mut out = Text::plain("map[");
            for (at, (key, value)) in map.borrow().entries.iter().enumerate() {
                if at > 0 {
                    out.push_str(" ");
                }
                out.push_str(key);
                out.push_str(":");
                out.push(&shown(value));
            }
            out.push_str("]");
            out
        }
        Kind::Native(Native::Version(text, _)) => own(text.to_string()),
        Kind::Native(Native::Glob(..)) => Text::plain("map[]"),
        Kind::Native(_) => Text::plain("{}"),
    }
}

/// A string in Go's quotes, marks and holes kept.
pub(super) fn quoted(text: &Text) -> Text {
    let mut out = Text::plain("\"");
    let mut from = 0;
    for (at, sign) in text.text.char_indices() {
        let escaped = match sign {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\t' => "\\t".to_owned(),
            '\r' => "\\r".to_owned(),
            '\u{7}' => "\\a".to_owned(),
            '\u{8}' => "\\b".to_owned(),
            '\u{c}' => "\\f".to_owned(),
            '\u{b}' => "\\v".to_owned(),
            sign if sign.is_control() => format!("\\x{:02x}", u32::from(sign)),
            _ => continue,
        };
        out.push(&text.slice(from, at));
        out.push_str(&escaped);
        from = at + sign.len_utf8();
    }
    out.push(&text.slice(from, text.text.len()));
    out.push_str("\"");
    out
}

/// `printf`.
pub(super) fn printf(format: &Text, arguments: &[Value]) -> Text {
    let mut out = Text::default();
    let mut arguments = arguments.iter();
    let mut rest = format.text.as_str();
    while let Some(at) = rest.find('%') {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push(&format.part(before));
        let spec = after.get(1..).unwrap_or_default();
        let end = spec.find(|letter: char| !matches!(letter, '0'..='9' | '-' | '+' | '#' | ' ' | '.' | '*'));
        let Some(end) = end else {
            out.push_str("%!(NOVERB)");
            rest = "";
            break;
        };
        let flags = spec.get(..end).unwrap_or_default();
        let verb = spec.get(end..).and_then(|it| it.chars().next()).unwrap_or('%');
        rest = spec.get(end + verb.len_utf8()..).unwrap_or_default();
        if verb == '%' {
            out.push_str("%");
            continue;
        }
        match arguments.next() {
            // What gets too long is refused by the caller.
            Some(_) if out.text.len() > LONGEST => {}
            Some(value) => out.push(&padded(directive(verb, flags, value), flags)),
            None => out.push_str(&format!("%!{verb}(MISSING)")),
        }
    }
    out.push(&format.part(rest));
    let extra: Vec<String> = arguments.map(|value| format!("{}={}", go_type(value), shown(value).text)).collect();
    if !extra.is_empty() {
        out.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
    }
    out
}

fn directive(verb: char, flags: &str, value: &Value) -> Text {
    let own = |text: String| Text::written(text, value.origin);
    let precision = flags.split_once('.').and_then(|(_, digits)| digits.parse::<usize>().ok());
    match (verb, &value.kind) {
        (_, Kind::Hole(_)) => shown(value),
        ('v', _) | ('s', Kind::Native(Native::Version(..))) => shown(value),
        ('s', Kind::Text(_) | Kind::List(_) | Kind::Map(_)) => match precision {
            Some(most) => {
                let text = shown(value);
                let end = text.text.char_indices().nth(most).map_or(text.text.len(), |(at, _)| at);
                text.slice(0, end)
            }
            None => shown(value),
        },
        ('q', Kind::Text(text)) => quoted(text),
        ('q', Kind::List(list)) => {
            let mut out = Text::plain("[");
            for (at, item) in list.items.iter().enumerate() {
                if at > 0 {
                    out.push_str(" ");
                }
                out.push(&directive('q', "", item));
            }
            out.push_str("]");
            out
        }
        ('t', Kind::Bool(it)) => own(it.to_string()),
        ('d', Kind::Int(it)) => {
            let sign = if flags.contains('+') && *it >= 0 { "+" } else { "" };
            own(format!("{sign}{it}"))
        }
        ('x', Kind::Int(it)) => own(format!("{it:x}")),
        ('X', Kind::Int(it)) => own(format!("{it:X}")),
        ('o', Kind::Int(it)) => own(format!("{it:o}")),
        ('b', Kind::Int(it)) => own(format!("{it:b}")),
        ('c', Kind::Int(it)) => own(u32::try_from(*it).ok().and_then(char::from_u32).unwrap_or('\u{fffd}').to_string()),
        ('U', Kind::Int(it)) => own(format!("U+{it:04X}")),
        ('x', Kind::Text(text)) => {
            let mut hex = String::new();
            text.text.bytes().for_each(|byte| hex.push_str(&format!("{byte:02x}")));
            text.remade(hex)
        }
        ('f' | 'F', Kind::Float(it)) => own(format!("{it:.*}", precision.unwrap_or(6))),
        ('g', Kind::Float(it)) => own(float(*it)),
        ('T', _) => own(go_type(value).to_owned()),
        (_, Kind::Nil) => Text::plain(format!("%!{verb}(<nil>)")),
        _ => {
            let mut out = Text::plain(format!("%!{verb}({}=", go_type(value)));
            out.push(&shown(value));
            out.push_str(")");
            out
        }
    }
}

fn padded(text: Text, flags: &str) -> Text {
    let width = flags.split('.').next().unwrap_or_default().trim_start_matches(['-', '+', '#', ' ']);
    let zero = width.starts_with('0') && !flags.contains('-');
    // A text that nobody needs is not padded to fill the memory.
    let width = width.parse::<usize>().unwrap_or(0).min(10_000);
    let length = text.text.chars().count();
    if length >= width {
        return text;
    }
    let fill = if zero { "0" } else { " " }.repeat(width - length);
    let mut out = Text::default();
    if flags.contains('-') {
        out.push(&text);
        out.push_str(&fill);
    } else {
        out.push_str(&fill);
        out.push(&text);
    }
    out
}

/// The name of the type in Go.
pub(super) fn go_type(value: &Value) -> &'static str {
    match &value.kind {
        Kind::Nil => "<nil>",
        Kind::Bool(_) => "bool",
        Kind::Int(_) => "int64",
        Kind::Float(_) => "float64",
        Kind::Text(_) => "string",
        Kind::List(_) => "[]interface {}",
        Kind::Native(Native::Version(..)) => "*semver.Version",
        Kind::Map(_) | Kind::Native(_) | Kind::Hole(_) => "map[string]interface {}",
    }
}
