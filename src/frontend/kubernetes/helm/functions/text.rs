//! Texts.

use super::super::format::{printf, quoted, shown};
use super::super::machine::{Machine, RELEASE_NAMESPACE, Stop};
use super::super::text::{Text, hole};
use super::super::value::{Kind, Value};
use super::Answer;
use super::logic::{joined, plain};

/// No function makes a text longer than this.
const LONGEST: usize = 8 << 20;

/// Functions that move texts about without looking at their letters.
pub(super) fn moving_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    Some(match name {
        "print" => Ok(Value::text(joined(arguments, false))),
        "println" => Ok(Value::text(joined(arguments, true))),
        "printf" => machine
            .text_argument(arguments, 0, name)
            .map(|format| Value::text(printf(&format, arguments.get(1..).unwrap_or_default()))),
        "quote" | "squote" => Ok(Value::text(quote(name, arguments))),
        "cat" => {
            let mut out = Text::default();
            for value in arguments.iter().filter(|value| !value.is_nil()) {
                if out.text.len() > LONGEST {
                    break;
                }
                if !out.text.is_empty() {
                    out.push_str(" ");
                }
                out.push(&plain(value));
            }
            Ok(Value::text(out))
        }
        "toString" => machine.argument(arguments, 0, name).map(|value| match &value.kind {
            Kind::Hole(_) => value.clone(),
            _ => Value::text(shown(value)),
        }),
        "indent" | "nindent" => machine.indent(name, arguments),
        "trim" | "trimSuffix" | "trimPrefix" | "trimAll" | "trunc" | "lower" | "upper" | "replace" | "nospace"
        | "untitle" | "title" => return machine.cut(name, arguments),
        _ => return None,
    })
}

fn quote(name: &str, arguments: &[Value]) -> Text {
    let mut out = Text::default();
    for value in arguments.iter().filter(|value| !value.is_nil()) {
        if out.text.len() > LONGEST {
            break;
        }
        if !out.text.is_empty() {
            out.push_str(" ");
        }
        if name == "quote" {
            out.push(&quoted(&shown(value)));
        } else {
            out.push_str("'");
            out.push(&shown(value));
            out.push_str("'");
        }
    }
    out
}

impl Machine<'_> {
    fn indent(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let width = usize::try_from(self.int_argument(arguments, 0, name)?).unwrap_or(0).min(1_000);
        let text = self.text_argument(arguments, 1, name)?;
        let lines = text.text.matches('\n').count() + 1;
        self.room(text.text.len() + lines * width)?;
        let pad = " ".repeat(width);
        let mut out = Text::plain(if name == "nindent" { "\n" } else { "" });
        for (at, line) in text.text.split('\n').enumerate() {
            if at > 0 {
                out.push_str("\n");
            }
            out.push_str(&pad);
            out.push(&text.part(line));
        }
        Ok(Value::text(out))
    }

    /// Text of this length may be made.
    fn room(&mut self, bytes: usize) -> Result<(), Stop> {
        if bytes > LONGEST {
            return self.refuse_call("text", "too long");
        }
        self.work(bytes / 4_096)
    }

    /// Functions that take away or change letters: the unknown parts of names that Kubernetes has checked are known to
    /// hold lower-case letters, digits and dashes only.
    fn cut(&mut self, name: &str, arguments: &[Value]) -> Answer {
        let last = arguments.len().checked_sub(1)?;
        let text = match self.text_argument(arguments, last, name) {
            Ok(text) => text,
            Err(stop) => return Some(Err(stop)),
        };
        if text.is_known() {
            return None;
        }
        if !arguments.iter().take(last).all(Value::is_known) {
            return Some(Ok(self.derived(name, arguments)));
        }
        let asked = |at: usize| arguments.get(at).filter(|_| at < last).map(|it| shown(it).text).unwrap_or_default();
        let is_name = |letter: char| hole(letter).is_some_and(|at| self.is_name(at));
        let known_ends =
            |sides: [Option<char>; 2]| sides.into_iter().flatten().all(|it| hole(it).is_none() || is_name(it));
        let (first, end) = (text.text.chars().next(), text.text.chars().last());
        let cut = match name {
            "trim" if known_ends([first, end]) => Some(text.part(text.text.trim())),
            "trimSuffix" if known_ends([end, None]) => {
                Some(text.part(text.text.strip_suffix(asked(0).as_str()).unwrap_or(&text.text)))
                    .filter(|_| asked(0).len() <= 1)
            }
            "trimPrefix" if known_ends([first, None]) => {
                Some(text.part(text.text.strip_prefix(asked(0).as_str()).unwrap_or(&text.text)))
                    .filter(|_| asked(0).len() <= 1 && !asked(0).starts_with(char::is_alphanumeric))
            }
            "trunc" => {
                let longest = |letter: char| match hole(letter) {
                    Some(at) if self.is_key(at, RELEASE_NAMESPACE) => 63,
                    Some(_) => 53,
                    None => letter.len_utf8(),
                };
                let most: usize = text.text.chars().map(longest).sum();
                let all_names = text.text.chars().all(|letter| hole(letter).is_none() || is_name(letter));
                let length = super::number::whole(arguments.first()?);
                (all_names && usize::try_from(length).is_ok_and(|length| most <= length)).then(|| text.clone())
            }
            "lower" | "replace" if text.text.chars().all(|letter| hole(letter).is_none() || is_name(letter)) => {
                match name {
                    "lower" => Some(text.remade(text.text.to_lowercase())),
                    // Only letters that no name has.
                    _ if asked(0).chars().any(|letter| {
                        !letter.is_ascii_lowercase() && !letter.is_ascii_digit() && letter != '-' && letter != '.'
                    }) =>
                    {
                        Some(text.remade(text.text.replace(asked(0).as_str(), &asked(1))))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        Some(Ok(cut.map_or_else(|| self.derived(name, arguments), Value::text)))
    }
}

/// Functions of known texts.
pub(super) fn text_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    let last = arguments.len().saturating_sub(1);
    let text = || machine.text_argument(arguments, last, name);
    let asked = |at: usize| machine.text_argument(arguments, at, name).map(|text| text.text);
    let remade = |change: &dyn Fn(&str) -> String| text().map(|text| Value::text(text.remade(change(&text.text))));
    let says = |test: &dyn Fn(&str, &str) -> bool| Ok(Value::bool(test(&text()?.text, &asked(0)?)));
    let found = match name {
        "upper" => remade(&|text| text.to_uppercase()),
        "lower" => remade(&|text| text.to_lowercase()),
        "title" => remade(&|text| capitalized(text, true)),
        "untitle" => remade(&|text| capitalized(text, false)),
        "nospace" => remade(&|text| text.split_whitespace().collect()),
        "swapcase" => remade(&|text| text.chars().map(swapped).collect()),
        "snakecase" => remade(&|text| parted(text, '_')),
        "kebabcase" => remade(&|text| parted(text, '-')),
        "camelcase" => remade(&|text| parted(text, '_').split('_').map(|word| capitalized(word, true)).collect()),
        "initials" => remade(&|text| text.split_whitespace().filter_map(|word| word.chars().next()).collect()),
        "trim" => text().map(|text| Value::text(text.part(text.text.trim()))),
        "trimAll" | "trimall" => asked(0).and_then(|set| {
            let text = text()?;
            Ok(Value::text(text.part(text.text.trim_matches(|letter| set.contains(letter)))))
        }),
        "trimSuffix" => asked(0).and_then(|end| {
            let text = text()?;
            Ok(Value::text(text.part(text.text.strip_suffix(end.as_str()).unwrap_or(&text.text))))
        }),
        "trimPrefix" => asked(0).and_then(|start| {
            let text = text()?;
            Ok(Value::text(text.part(text.text.strip_prefix(start.as_str()).unwrap_or(&text.text))))
        }),
        "trunc" => text().map(|text| {
            Value::text(truncated(&text, super::number::whole(&arguments.first().cloned().unwrap_or_else(Value::nil))))
        }),
        "abbrev" => text().map(|text| {
            let width = usize::try_from(arguments.first().map_or(0, super::number::whole)).unwrap_or(0);
            match width < 4 || text.text.chars().count() <= width {
                true => Value::text(text),
                false => {
                    let kept: String = text.text.chars().take(width - 3).collect();
                    Value::text(text.remade(format!("{kept}...")))
                }
            }
        }),
        "substr" => text().map(|text| {
            let number = |at: usize| arguments.get(at).map_or(0, super::number::whole);
            let (from, to) = (number(0), number(1));
            let from = usize::try_from(from).unwrap_or(0);
            let to = usize::try_from(to).unwrap_or(text.text.len()).min(text.text.len());
            Value::text(text.slice(from.min(to), to))
        }),
        "repeat" => {
            let count = usize::try_from(arguments.first().map_or(0, super::number::whole)).unwrap_or(0);
            text().and_then(|text| match text.text.len().saturating_mul(count) > LONGEST {
                true => machine.refuse_call(name, "too long"),
                false => Ok(Value::text(text.remade(text.text.repeat(count)))),
            })
        }
        "replace" => asked(0).and_then(|from| {
            let (to, text) = (asked(1)?, text()?);
            let most = text.text.len().saturating_mul(to.len().max(1));
            match most > LONGEST && text.text.matches(from.as_str()).count().saturating_mul(to.len()) > LONGEST {
                true => machine.refuse_call(name, "too long"),
                false if text.text.contains(from.as_str()) => {
                    Ok(Value::text(text.remade(text.text.replace(from.as_str(), &to))))
                }
                false => Ok(Value::text(text)),
            }
        }),
        "contains" => says(&|text, part| text.contains(part)),
        "hasPrefix" => says(&|text, part| text.starts_with(part)),
        "hasSuffix" => says(&|text, part| text.ends_with(part)),
        "splitList" => asked(0).and_then(|mark| {
            let text = text()?;
            Ok(Value::list(split(&text, &mark, usize::MAX)))
        }),
        "split" => asked(0).and_then(|mark| Ok(numbered(split(&text()?, &mark, usize::MAX)))),
        "splitn" => asked(0).and_then(|mark| {
            let most = usize::try_from(arguments.get(1).map_or(0, super::number::whole)).unwrap_or(usize::MAX);
            Ok(numbered(split(&text()?, &mark, most)))
        }),
        "wrap" | "wrapWith" => return None,
        "plural" => asked(0).and_then(|one| {
            let many = asked(1)?;
            Ok(Value::str(if arguments.get(2).map_or(0, super::number::whole) == 1 { one } else { many }))
        }),
        "html" => remade(&|text| {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            text.replace('"', "&#34;").replace('\'', "&#39;")
        }),
        "urlquery" => remade(&|text| escaped(text)),
        "base" => remade(&|text| text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()),
        "dir" => remade(&|text| match text.rsplit_once('/') {
            Some(("", _)) => "/".to_owned(),
            Some((folder, _)) => folder.to_owned(),
            None => ".".to_owned(),
        }),
        "ext" => remade(&|text| {
            let name = text.rsplit('/').next().unwrap_or_default();
            name.rfind('.').and_then(|at| name.get(at..)).unwrap_or_default().to_owned()
        }),
        "isAbs" => text().map(|text| Value::bool(text.text.starts_with('/'))),
        _ => return None,
    };
    Some(found)
}

fn truncated(text: &Text, length: i64) -> Text {
    let plain = text.text.as_str();
    let size = plain.len();
    let mut at = usize::try_from(length.unsigned_abs()).unwrap_or(size);
    if at >= size {
        return text.clone();
    }
    if length < 0 {
        at = size - at;
    }
    while !plain.is_char_boundary(at) {
        at -= 1;
    }
    if length < 0 { text.slice(at, size) } else { text.slice(0, at) }
}

fn split(text: &Text, mark: &str, most: usize) -> Vec<Value> {
    if mark.is_empty() {
        return text.text.char_indices().map(|(at, it)| Value::text(text.slice(at, at + it.len_utf8()))).collect();
    }
    text.text.splitn(most, mark).map(|part| Value::text(text.part(part))).collect()
}

/// `_0`, `_1`, …
fn numbered(parts: Vec<Value>) -> Value {
    super::dict::of_texts(parts.into_iter().enumerate().map(|(at, part)| (format!("_{at}"), part)))
}

fn capitalized(text: &str, up: bool) -> String {
    let mut fresh = true;
    let change = |letter: char| match (std::mem::replace(&mut fresh, !letter.is_alphanumeric() && letter != '\''), up) {
        (true, true) => letter.to_uppercase().collect::<String>(),
        (true, false) => letter.to_lowercase().collect(),
        (false, _) => letter.to_string(),
    };
    text.chars().map(change).collect()
}

fn swapped(letter: char) -> char {
    match letter.is_uppercase() {
        true => letter.to_lowercase().next().unwrap_or(letter),
        false => letter.to_uppercase().next().unwrap_or(letter),
    }
}

/// `fooBar` as `foo_bar`.
fn parted(text: &str, mark: char) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| letters.get(before)).copied();
        let after = letters.get(at + 1).copied();
        if matches!(letter, ' ' | '_' | '-' | '.') {
            out.push(mark);
            continue;
        }
        let begins = letter.is_uppercase()
            && before.is_some_and(|it| {
                it.is_lowercase() || it.is_ascii_digit() || it.is_uppercase() && after.is_some_and(char::is_lowercase)
            });
        if begins {
            out.push(mark);
        }
        out.extend(letter.to_lowercase());
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
