//! Lines that nobody knows, put so that YAML can read around them: a hole alone on a line becomes a member of the object
//! or list that the line stands in.

use super::text::{Text, hole, is_block};

/// How many lines around a hole are looked at.
const FARTHEST: usize = 1_000;

/// The text with each lone hole as `hole: hole` or `- hole`.
pub(super) fn settled(text: &Text) -> Text {
    if text.is_known() {
        return text.clone();
    }
    let lines: Vec<&str> = text.text.split('\n').collect();
    let mut out = Text::default();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push_str("\n");
        }
        match lone(line) {
            Some(_) if is_whole_value(&lines, at) => out.push(&text.part(line)),
            Some(letter) => {
                let indent = line.len() - line.trim_start().len();
                let place = near(&lines, at, indent);
                out.push_str(&" ".repeat(place.indent));
                out.push_str(&if place.lists { format!("- {letter}") } else { format!("{letter}: {letter}") });
            }
            None => out.push(&text.part(line)),
        }
    }
    out
}

/// The text with its documents apart as Helm takes them apart: at every line that begins with `---`, whatever follows.
pub(super) fn divided(text: &Text) -> Text {
    let ends = |line: &str| {
        line.strip_prefix("---").is_some_and(|rest| !rest.is_empty() && !rest.starts_with([' ', '\r', '\t']))
    };
    if !text.text.contains("---") || !text.text.split('\n').any(ends) {
        return text.clone();
    }
    let mut out = Text::default();
    for (at, line) in text.text.split('\n').enumerate() {
        if at > 0 {
            out.push_str("\n");
        }
        match line.strip_prefix("---").filter(|_| ends(line)) {
            Some(rest) => {
                out.push_str("---\n");
                out.push(&text.part(rest));
            }
            None => out.push(&text.part(line)),
        }
    }
    out
}

/// The hole that is all there is in a line.
fn lone(line: &str) -> Option<char> {
    let line = line.trim();
    let first = line.chars().next().filter(|letter| hole(*letter).is_some())?;
    line.chars().all(|letter| hole(letter).is_some_and(|_| is_block(letter)) || letter == ' ').then_some(first).or_else(
        || {
            // A single unknown text alone on a line is a scalar that the line before asks for.
            (line.chars().count() == 1).then_some(first)
        },
    )
}

/// Where a line belongs.
struct Near {
    indent: usize,
    lists: bool,
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#') && lone(line).is_none()
}

/// The line is all that its parent has: `key:` before it and nothing else as deep.
fn is_whole_value(lines: &[&str], at: usize) -> bool {
    let indent = lines.get(at).map_or(0, |line| indent_of(line));
    let before = lines.iter().take(at).rev().take(FARTHEST).find(|line| is_content(line));
    let after =
        lines.iter().skip(at + 1).take(FARTHEST).find(|line| !line.trim().is_empty() && !line.trim().starts_with('#'));
    let opens = before.is_some_and(|line| {
        let trimmed = line.trim_end();
        (trimmed.ends_with(':') || trimmed.ends_with('-')) && indent_of(line) < indent.max(1)
    });
    opens && after.is_none_or(|line| indent_of(line) < indent || line.trim_start().starts_with("---"))
}

/// The object or list that a line at `indent` belongs to, by its neighbours.
fn near(lines: &[&str], at: usize, indent: usize) -> Near {
    let before = lines.iter().take(at).rev().take(FARTHEST).filter(|line| is_content(line) && !line.starts_with("---"));
    let mut fallback = None;
    for line in before {
        let deep = indent_of(line);
        let lists = line.trim_start().starts_with("- ") || line.trim() == "-";
        if deep == indent {
            return Near { indent, lists };
        }
        // Inside of an item of a list: `- name: x` holds members two further in.
        if lists && deep + 2 == indent {
            return Near { indent, lists: false };
        }
        if deep < indent {
            fallback = fallback.or(Some(Near { indent: deep, lists }));
            break;
        }
    }
    let after = lines.iter().skip(at + 1).take(FARTHEST).find(|line| is_content(line));
    if let Some(line) = after.filter(|line| indent_of(line) == indent && !line.starts_with("---")) {
        return Near { indent, lists: line.trim_start().starts_with("- ") };
    }
    fallback.unwrap_or(Near { indent: 0, lists: false })
}
