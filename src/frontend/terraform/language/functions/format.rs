//! `format` and `formatlist`. Values that are not known may stand where they are written as they are.

use super::encode::json_text;
use crate::frontend::terraform::value::{
    MOST_MEMBERS, failure, known, number, refused, text_of, text_of_pieces, whole,
};
use crate::ir::{List, Node, Value};
use crate::source::Span;

/// Wider than this nothing is written.
const WIDEST: usize = 10_000;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn format_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    match name {
        "format" => formatted(values, span),
        "formatlist" => each_formatted(values, span),
        _ => None,
    }
}

/// What stands between `%` and the verb.
#[derive(Default)]
struct Verb {
    argument: Option<usize>,
    minus: bool,
    plus: bool,
    space: bool,
    zero: bool,
    sharp: bool,
    width: usize,
    precision: Option<usize>,
    letter: char,
}

impl Verb {
    fn is_bare(&self) -> bool {
        !self.sharp && self.width == 0 && self.precision.is_none() && !self.plus && !self.space
    }

    /// Reads what follows a `%`; the verb and what is left.
    fn read(text: &str) -> Option<(Verb, &str)> {
        let mut verb = Verb::default();
        let mut rest = text;
        while let Some(flag) = rest.chars().next().filter(|letter| "-+ 0#".contains(*letter)) {
            match flag {
                '-' => verb.minus = true,
                '+' => verb.plus = true,
                ' ' => verb.space = true,
                '0' => verb.zero = true,
                _ => verb.sharp = true,
            }
            rest = rest.get(1..)?;
        }
        let digits = |rest: &mut &str| -> Option<usize> {
            let length = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
            let value = rest.get(..length)?.parse().ok();
            *rest = rest.get(length..)?;
            value
        };
        verb.width = digits(&mut rest).unwrap_or(0);
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            verb.precision = Some(digits(&mut rest).unwrap_or(0));
        }
        if let Some(after) = rest.strip_prefix('[') {
            rest = after;
            verb.argument = Some(digits(&mut rest)?.checked_sub(1)?);
            rest = rest.strip_prefix(']')?;
        }
        verb.letter = rest.chars().next()?;
        let too_wide = verb.width > WIDEST || verb.precision.is_some_and(|precision| precision > WIDEST);
        (!too_wide).then_some(())?;
        let rest = rest.get(verb.letter.len_utf8()..)?;
        Some((verb, rest))
    }
}

fn formatted(values: &[Node], span: Span) -> Option<Node> {
    let (pattern, arguments) = values.split_first()?;
    let pattern = pattern.as_str()?;
    let (mut pieces, mut next, mut most) = (Vec::new(), 0, 0);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        pieces.push(Node::text(before, span));
        if let Some(after) = after.strip_prefix('%') {
            pieces.push(Node::text("%", span));
            rest = after;
            continue;
        }
        let Some((verb, after)) = Verb::read(after) else { return Some(refused("a verb of `format`", span)) };
        rest = after;
        let at = verb.argument.unwrap_or(next);
        next = at + 1;
        most = most.max(next);
        let Some(argument) = arguments.get(at) else { return Some(refused("too few arguments of `format`", span)) };
        let written = written(&verb, argument, span)?;
        if failure(&written).is_some() {
            return Some(written);
        }
        pieces.push(written);
    }
    if most < arguments.len() {
        return Some(refused("too many arguments of `format`", span));
    }
    pieces.push(Node::text(rest, span));
    Some(text_of_pieces(pieces, span))
}

/// One argument as its verb writes it.
fn written(verb: &Verb, argument: &Node, span: Span) -> Option<Node> {
    let no = || Some(refused("an argument of `format`", span));
    if !known(argument) {
        let plain = !matches!(argument.value, Value::List(_) | Value::Map(_));
        return (verb.is_bare() && plain && "sdvt".contains(verb.letter)).then(|| argument.clone());
    }
    if argument.is_null() && !matches!(verb.letter, 'v' | 'q') {
        return no();
    }
    let text = match verb.letter {
        's' => match text_of(argument) {
            Some(text) => cut(verb, &text),
            None => return no(),
        },
        'v' if verb.sharp => json_text(argument)?,
        'v' if argument.is_null() => return no(),
        'v' => match (text_of(argument), number(argument)) {
            (Some(text), _) => cut(verb, &text),
            _ => json_text(argument)?,
        },
        'q' => match text_of(argument) {
            Some(text) => json_text(&Node::text(text, span))?,
            None => return no(),
        },
        't' => match text_of(argument).filter(|text| matches!(&**text, "true" | "false")) {
            Some(text) => text.to_string(),
            None => return no(),
        },
        'd' | 'b' | 'o' | 'x' | 'X' => match whole(argument) {
            Some(value) => integer(verb, value),
            None => return no(),
        },
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => match number(argument) {
            Some(value) => floating(verb, value),
            None => return no(),
        },
        _ => return no(),
    };
    Some(Node::text(padded(verb, text), argument.span))
}

fn cut(verb: &Verb, text: &str) -> String {
    match verb.precision {
        Some(most) => text.chars().take(most).collect(),
        None => text.to_owned(),
    }
}

fn signed(verb: &Verb, negative: bool, digits: &str) -> String {
    let sign = match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    };
    format!("{sign}{digits}")
}

fn integer(verb: &Verb, value: i64) -> String {
    let size = value.unsigned_abs();
    let (prefix, digits) = match verb.letter {
        'b' => ("0b", format!("{size:b}")),
        'o' => ("0", format!("{size:o}")),
        'x' => ("0x", format!("{size:x}")),
        'X' => ("0X", format!("{size:X}")),
        _ => ("", size.to_string()),
    };
    signed(verb, value < 0, &format!("{}{digits}", if verb.sharp { prefix } else { "" }))
}

fn floating(verb: &Verb, value: f64) -> String {
    let size = value.abs();
    let digits = match verb.letter.to_ascii_lowercase() {
        'f' => format!("{size:.precision$}", precision = verb.precision.unwrap_or(6)),
        'e' => exponent(&format!("{size:.precision$e}", precision = verb.precision.unwrap_or(6))),
        _ => shortest(size, verb.precision),
    };
    let digits = if verb.letter.is_uppercase() { digits.to_uppercase() } else { digits };
    signed(verb, value.is_sign_negative(), &digits)
}

/// An exponent has a sign and two digits at least.
fn exponent(text: &str) -> String {
    let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
    format!("{digits}e{sign}{power:0>2}")
}

/// `%g`: with an exponent when it is small or large.
fn shortest(size: f64, precision: Option<usize>) -> String {
    let scientific = match precision {
        Some(precision) => format!("{size:.digits$e}", digits = precision.max(1) - 1),
        None => format!("{size:e}"),
    };
    let power: i64 = scientific.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
    let most = precision.map_or(6, |precision| precision.max(1));
    if power < -4 || power >= i64::try_from(most).unwrap_or(6) {
        return exponent(&scientific);
    }
    match precision {
        Some(_) => scientific.parse::<f64>().map_or(scientific, |value| value.to_string()),
        None => size.to_string(),
    }
}

fn padded(verb: &Verb, text: String) -> String {
    let missing = verb.width.saturating_sub(text.chars().count());
    if missing == 0 {
        return text;
    }
    if verb.minus {
        return text + &" ".repeat(missing);
    }
    if !verb.zero {
        return " ".repeat(missing) + &text;
    }
    match text.strip_prefix(['-', '+', ' ']) {
        Some(digits) => format!("{}{}{digits}", text.get(..1).unwrap_or_default(), "0".repeat(missing)),
        None => "0".repeat(missing) + &text,
    }
}

/// `formatlist`: lists go in step, everything else is the same for each.
fn each_formatted(values: &[Node], span: Span) -> Option<Node> {
    let open = values.iter().any(|value| matches!(&value.value, Value::List(list) if list.open.is_some()));
    let lists: Vec<&List> = values.iter().filter_map(Node::as_list).collect();
    if open || values.iter().skip(1).any(|value| !known(value) && value.as_list().is_none()) && lists.is_empty() {
        return None;
    }
    let length = lists.first().map_or(1, |list| list.items.len());
    if lists.iter().any(|list| list.items.len() != length) {
        return Some(refused("lists of different lengths", span));
    }
    if length > MOST_MEMBERS {
        return None;
    }
    let line = |at: usize| {
        let pick = |value: &Node| match value.as_list() {
            Some(list) => list.items.get(at).cloned(),
            None => Some(value.clone()),
        };
        formatted(&values.iter().map(pick).collect::<Option<Vec<Node>>>()?, span)
    };
    let lines: Vec<Node> = (0..length).map(line).collect::<Option<_>>()?;
    let failed = lines.iter().find(|line| failure(line).is_some()).cloned();
    Some(failed.unwrap_or_else(|| Node::list(lines, span)))
}
