//! Text and actions, told apart, and the words of an action.

use std::sync::Arc;

/// A part of a template text, by bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Text(usize, usize),
    /// What stands between the delimiters and their trim marks.
    Action {
        inner: (usize, usize),
        whole: (usize, usize),
    },
    /// An action that never ends.
    Open(usize),
}

/// The parts of a text; comments are left out, whitespace is trimmed where `{{-` and `-}}` ask for it.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut found = Vec::new();
    let (mut at, mut trims) = (0, false);
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let open = rest.find("{{").map(|offset| at + offset);
        let mut start = at;
        let mut end = open.unwrap_or(text.len());
        let trims_left = open.is_some_and(|open| marks_trim(text, open + 2));
        let slice = text.get(start..end).unwrap_or_default();
        if trims {
            start = end - slice.trim_start_matches(is_space).len();
        }
        if trims_left {
            end = start + text.get(start..end).unwrap_or_default().trim_end_matches(is_space).len();
        }
        if end > start {
            found.push(Part::Text(start, end));
        }
        let Some(open) = open else { return found };
        let inner = if trims_left { open + 3 } else { open + 2 };
        let Some((inner_end, after, trims_right)) = closing(text, inner) else {
            found.push(Part::Open(open));
            return found;
        };
        let content = text.get(inner..inner_end).unwrap_or_default();
        if !content.trim_start_matches(is_space).starts_with("/*") {
            found.push(Part::Action { inner: (inner, inner_end), whole: (open, after) });
        }
        (at, trims) = (after, trims_right);
    }
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

/// `-` and a space.
fn marks_trim(text: &str, at: usize) -> bool {
    let mut letters = text.get(at..).unwrap_or_default().chars();
    letters.next() == Some('-') && letters.next().is_some_and(is_space)
}

/// Where the action ends that begins at `from`: the end of its content, the end of its delimiter, whether it trims.
fn closing(text: &str, from: usize) -> Option<(usize, usize, bool)> {
    let bytes = text.as_bytes();
    let mut at = from;
    let first = text.get(from..)?.trim_start_matches(is_space);
    if first.starts_with("/*") {
        let begin = text.len() - first.len();
        at = begin + 2 + text.get(begin + 2..)?.find("*/")? + 2;
    }
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                let mut inner = at + 1;
                while let Some(&letter) = bytes.get(inner) {
                    match letter {
                        b'\\' => inner += 1,
                        b'\n' => return None,
                        letter if letter == byte => break,
                        _ => {}
                    }
                    inner += 1;
                }
                at = inner + 1;
            }
            b'`' => at = at + 2 + text.get(at + 1..)?.find('`')?,
            b'}' if bytes.get(at + 1) == Some(&b'}') => {
                let content = text.get(from..at)?;
                let trims =
                    content.strip_suffix('-').is_some_and(|before| before.is_empty() || before.ends_with(is_space));
                return Some((if trims { at - 1 } else { at }, at + 2, trims));
            }
            _ => at += 1,
        }
    }
    None
}

/// A word of an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A name, `true`, `nil`, a keyword.
    Name(Arc<str>),
    /// `.a`; whether it follows the word before without a space is told by places.
    Field(Arc<str>),
    Dot,
    /// `$` or `$x`, without the `$`.
    Variable(Arc<str>),
    Text(Arc<str>),
    Int(i64),
    Float(f64),
    Open,
    Close,
    Pipe,
    Comma,
    Declare,
    Assign,
}

/// A word and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The words between two offsets, or where the first one stands that is none.
pub(super) fn words(text: &str, from: usize, to: usize) -> Result<Vec<Token>, usize> {
    let mut found = Vec::new();
    let mut at = from;
    while at < to {
        let rest = text.get(at..to).ok_or(at)?;
        let letter = rest.chars().next().ok_or(at)?;
        if is_space(letter) {
            at += letter.len_utf8();
            continue;
        }
        let (word, length) = word(rest, letter).ok_or(at)?;
        found.push(Token { word, start: at, end: at + length });
        at += length;
    }
    Ok(found)
}

fn word(rest: &str, first: char) -> Option<(Word, usize)> {
    let sign = |word| Some((word, 1));
    match first {
        '(' => sign(Word::Open),
        ')' => sign(Word::Close),
        '|' => sign(Word::Pipe),
        ',' => sign(Word::Comma),
        '=' => sign(Word::Assign),
        ':' if rest.starts_with(":=") => Some((Word::Declare, 2)),
        '"' => {
            let end = quoted_end(rest, '"')?;
            Some((Word::Text(unquoted(rest.get(1..end - 1)?)?.into()), end))
        }
        '\'' => {
            let end = quoted_end(rest, '\'')?;
            let text = unquoted(rest.get(1..end - 1)?)?;
            let mut letters = text.chars();
            let letter = letters.next()?;
            letters.next().is_none().then_some((Word::Int(i64::from(u32::from(letter))), end))
        }
        '`' => {
            let end = rest.get(1..)?.find('`')? + 2;
            Some((Word::Text(rest.get(1..end - 1)?.replace('\r', "").into()), end))
        }
        '$' => {
            let name = name_in(rest.get(1..)?);
            Some((Word::Variable(name.into()), 1 + name.len()))
        }
        '.' if rest.chars().nth(1).is_some_and(|next| next.is_ascii_digit()) => number(rest),
        '.' => {
            let name = name_in(rest.get(1..)?);
            match name {
                "" => sign(Word::Dot),
                name => Some((Word::Field(name.into()), 1 + name.len())),
            }
        }
        '+' | '-' | '0'..='9' => number(rest),
        _ => match name_in(rest) {
            "" => None,
            name => Some((Word::Name(name.into()), name.len())),
        },
    }
}

fn name_in(rest: &str) -> &str {
    let end = rest.find(|letter: char| letter != '_' && !letter.is_alphanumeric()).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

fn quoted_end(rest: &str, mark: char) -> Option<usize> {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '\n' => return None,
            letter if letter == mark => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The text between quotes with Go's escapes resolved.
fn unquoted(inner: &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next()? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'a' => text.push('\u{7}'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'v' => text.push('\u{b}'),
            'x' => text.push(digits(&mut letters, 2, 16)?),
            'u' => text.push(digits(&mut letters, 4, 16)?),
            'U' => text.push(digits(&mut letters, 8, 16)?),
            first @ '0'..='7' => {
                let rest: String = letters.by_ref().take(2).collect();
                text.push(char::from_u32(u32::from_str_radix(&format!("{first}{rest}"), 8).ok()?)?);
            }
            other @ ('\\' | '"' | '\'') => text.push(other),
            _ => return None,
        }
    }
    Some(text)
}

fn digits(letters: &mut std::str::Chars<'_>, count: usize, radix: u32) -> Option<char> {
    let digits: String = letters.take(count).collect();
    char::from_u32(u32::from_str_radix(&digits, radix).ok()?)
}

fn number(rest: &str) -> Option<(Word, usize)> {
    let mut end = 0;
    let mut before = ' ';
    for (at, letter) in rest.char_indices() {
        let exponent = matches!(before, 'e' | 'E' | 'p' | 'P') && !rest.starts_with("0x");
        let fits = letter.is_ascii_alphanumeric()
            || matches!(letter, '.' | '_')
            || matches!(letter, '+' | '-') && (at == 0 || exponent);
        if !fits {
            break;
        }
        (end, before) = (at + letter.len_utf8(), letter);
    }
    let text = rest.get(..end)?.replace('_', "");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let lower = digits.to_ascii_lowercase();
    let radix =
        |prefix: &str, radix: u32| lower.strip_prefix(prefix).and_then(|it| i64::from_str_radix(it, radix).ok());
    let whole = radix("0x", 16).or_else(|| radix("0b", 2)).or_else(|| radix("0o", 8)).or_else(|| {
        let octal = lower.len() > 1 && lower.starts_with('0') && lower.bytes().all(|byte| byte.is_ascii_digit());
        if octal { i64::from_str_radix(&lower, 8).ok() } else { lower.parse::<i64>().ok() }
    });
    match whole {
        Some(value) => Some((Word::Int(sign * value), end)),
        None if digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.') => {
            Some((Word::Float(text.parse().ok()?), end))
        }
        None => None,
    }
}
