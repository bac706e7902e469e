//! Addresses and operands as a plan writes them: `module.a["k"].type.name[0]`.

use std::sync::Arc;

use crate::ir::{Key, Step};

/// The type of `data.type.name` or `type.name`.
pub(super) fn type_of(name: &str) -> &str {
    name.strip_prefix("data.").unwrap_or(name).split('.').next().unwrap_or_default()
}

/// The operands without their own prefixes.
pub(super) fn longest<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let mut kept: Vec<&str> = Vec::new();
    for &name in names {
        let is_prefix =
            |other: &str| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.') || rest.starts_with('['));
        if !kept.contains(&name) && !names.iter().any(|other| is_prefix(other)) {
            kept.push(name);
        }
    }
    kept
}

/// Names that choose an instance or say where, and give no value of a resource.
pub(super) fn is_ambient(name: &str) -> bool {
    matches!(name, "each.key" | "count.index") || name.starts_with("path.") || name.starts_with("terraform.")
}

/// The address of an instance: `module.a["k"].type.name[0]`.
pub(super) fn parse_address(text: &str) -> Option<Vec<Step>> {
    take_apart(text, true).map(|(steps, _)| steps)
}

/// An address, or an operand: the thing and the path into it. Only addresses look into modules; what follows
/// `module.a` in an operand is an output.
pub(super) fn take_apart(text: &str, address: bool) -> Option<(Vec<Step>, Vec<Arc<str>>)> {
    let mut parts = tokens(text)?.into_iter().peekable();
    let mut steps = Vec::new();
    loop {
        let Some(Token::Name(first)) = parts.next() else { return None };
        let mut name = first.to_owned();
        let words = if first == "data" { 2 } else { 1 };
        for _ in 0..words {
            match parts.next() {
                Some(Token::Name(word)) => name = format!("{name}.{word}"),
                _ => return None,
            }
        }
        let key = match parts.peek() {
            Some(Token::Key(key)) => Some(key.clone()),
            _ => None,
        };
        if key.is_some() {
            parts.next();
        }
        steps.push(Step { name: name.into(), key });
        if first != "module" || !address {
            break;
        }
    }
    let path = parts.map(|part| match part {
        Token::Name(name) => Arc::from(name),
        Token::Key(Key::Int(at)) => at.to_string().into(),
        Token::Key(Key::Str(key) | Key::Each(key)) => key,
    });
    Some((steps, path.collect()))
}

#[derive(Clone)]
enum Token<'t> {
    Name(&'t str),
    Key(Key),
}

fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix("[\"") {
            let (key, after) = quoted(inside)?;
            tokens.push(Token::Key(Key::Str(key.into())));
            rest = after.strip_prefix(']')?;
        } else if let Some(inside) = rest.strip_prefix('[') {
            let (key, after) = inside.split_once(']')?;
            tokens.push(Token::Key(Key::Int(key.parse().ok()?)));
            rest = after;
        } else {
            let rest_name = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest_name.find(['.', '[']).unwrap_or(rest_name.len());
            let (name, after) = rest_name.split_at_checked(end)?;
            if name.is_empty() {
                return None;
            }
            tokens.push(Token::Name(name));
            rest = after;
        }
    }
    Some(tokens)
}

/// The text of a quoted key, whose opening quote has been read, and what follows its closing one.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut key = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((key.replace("$${", "${").replace("%%{", "%{"), text.get(at + 1..)?)),
            '\\' => match letters.next()?.1 {
                'n' => key.push('\n'),
                'r' => key.push('\r'),
                't' => key.push('\t'),
                marked @ ('u' | 'U') => {
                    let length = if marked == 'u' { 4 } else { 8 };
                    let digits: String = letters.by_ref().take(length).map(|(_, digit)| digit).collect();
                    key.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                plain => key.push(plain),
            },
            plain => key.push(plain),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_the_language_quotes_them() {
        let key = |text: &str| parse_address(text).and_then(|steps| steps.last()?.key.clone());
        let quoted = [
            (r#"a.b["k"]"#, "k"),
            (r#"a.b["x\\y"]"#, "x\\y"),
            (r#"a.b["say \"hi\"]"]"#, "say \"hi\"]"),
            (r#"a.b["$${x}"]"#, "${x}"),
            (r#"a.b["\u00e9"]"#, "é"),
        ]
        .map(|(text, expected)| (text.to_owned(), expected.to_owned()));
        for (text, expected) in quoted {
            assert_eq!(key(&text), Some(Key::Str(expected.as_str().into())), "{text}");
        }
        assert_eq!(key("module.m[\"a.b\"].c.d[3]"), Some(Key::Int(3)));
        assert_eq!(parse_address("a.b[\"k]"), None);
    }
}
