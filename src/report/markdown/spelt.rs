//! Words of the user's files in Markdown, where they must mean nothing: no markup, no HTML, no mention of a person, no
//! reference to an issue, no link, no new row of a table.

use std::fmt::Write as _;

use crate::report::sarif_location::uri;
use crate::report::snippet::one_line;
use crate::report::telling::Telling;
use crate::source::Span;

/// A sentence with its names in backticks as code.
pub(super) fn sentence(text: &str) -> String {
    let text = one_line(text);
    let parts: Vec<&str> = text.split('`').collect();
    let mut spelt = String::with_capacity(text.len());
    for (at, part) in parts.iter().enumerate() {
        let closed = at + 1 < parts.len();
        match at % 2 {
            1 if closed && !part.is_empty() => spelt.push_str(&code(part)),
            // A backtick that nothing closes, or two with nothing between them.
            1 => {
                spelt.push_str("&#96;");
                words(part, &mut spelt);
                if closed {
                    spelt.push_str("&#96;");
                }
            }
            _ => words(part, &mut spelt),
        }
    }
    spelt
}

/// A name as code, on one line. Where a span of code can't say it as it is, it is spelt out.
pub(super) fn code(name: &str) -> String {
    let name = one_line(name);
    let plain = !name.contains(['`', '\\', '|']) && !name.is_empty() && name.trim() == name;
    if plain {
        return format!("`{name}`");
    }
    let mut spelt = String::from("<code>");
    for character in name.chars() {
        match character.is_alphanumeric() || character == ' ' {
            true => spelt.push(character),
            false => number(character, &mut spelt),
        }
    }
    spelt.push_str("</code>");
    spelt
}

/// `path:line` as code, with a link where the address of the commit is known.
pub(super) fn place(telling: &Telling<'_>, span: Span) -> String {
    let place = telling.line_place(span);
    if place.path.is_empty() {
        return "no file".to_owned();
    }
    let shown = code(&format!("{}:{}", place.path, place.start.line));
    match &telling.look.address {
        Some(address) => {
            let path = uri(&telling.source(span.source).path);
            format!("[{shown}]({address}/{path}#L{})", place.start.line)
        }
        None => shown,
    }
}

/// Lines of code in a fence that none of them closes.
pub(super) fn fenced(lines: &[&str], language: &str) -> String {
    if lines.iter().all(|line| line.trim().is_empty()) {
        return String::new();
    }
    let longest = lines.iter().flat_map(|line| line.split(|letter| letter != '`')).map(str::len).max();
    let fence = "`".repeat(longest.map_or(3, |run| (run + 1).max(3)));
    format!("{fence}{language}\n{}\n{fence}\n\n", lines.join("\n"))
}

/// A text that is no longer than so many characters.
pub(super) fn cut(text: &str, longest: usize) -> String {
    match text.chars().count() > longest {
        true => text.chars().take(longest.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

fn words(text: &str, spelt: &mut String) {
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let after = text.get(at + character.len_utf8()..).and_then(|rest| rest.chars().next());
        match character {
            // Services look for people and issues in the text that comes out, not in the Markdown: only code is left alone.
            '@' | '#' => {
                let _ = write!(spelt, "<code>{character}</code>");
            }
            ':' if after == Some('/') => number(character, spelt),
            '.' if before.eq_ignore_ascii_case(&'w') => number(character, spelt),
            '\\' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '+' | '!' | '|' | '~' | '&' | '$' | '^' => {
                number(character, spelt);
            }
            _ => spelt.push(character),
        }
        before = character;
    }
}

fn number(character: char, spelt: &mut String) {
    let _ = write!(spelt, "&#{};", u32::from(character));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_nothing() {
        for (said, spelt) in [
            ("the grant of `aks_shop` is `*`, [not](this)", "the grant of `aks_shop` is `*`, &#91;not&#93;(this)"),
            ("a | b\n| c", "a &#124; b &#124; c"),
            ("<script>alert(1)</script>", "&#60;script&#62;alert(1)&#60;/script&#62;"),
            ("ask @someone about o/r#1", "ask <code>@</code>someone about o/r<code>#</code>1"),
            ("`a|b` and `c\\`", "<code>a&#124;b</code> and <code>c&#92;</code>"),
            ("see https://x.y and www.x.y", "see https&#58;//x.y and www&#46;x.y"),
            ("one ` alone", "one &#96; alone"),
            ("two `` so", "two &#96;&#96; so"),
        ] {
            assert_eq!(sentence(said), spelt);
        }
        assert_eq!(code("a`b@c"), "<code>a&#96;b&#64;c</code>");
    }

    #[test]
    fn a_fence_is_longer_than_what_is_in_it() {
        assert_eq!(fenced(&["a", "````"], "yaml"), "`````yaml\na\n````\n`````\n\n");
        assert_eq!(fenced(&[], "yaml"), "");
    }
}
