//! The command shell of Windows: `^` goes on, `%X%` and `!X!` are variables, `set X=value` sets one.

use super::{Assigned, Assignment, Command, Piece, Statement, Word};
use crate::frontend::script::passage::Passage;

/// Reads a script, line by line. What stands in brackets or behind `if` and `for` runs only sometimes.
pub(in crate::frontend::script) fn parse(passage: &Passage) -> Vec<Statement> {
    let text = &*passage.text;
    let (mut found, mut at, mut depth) = (Vec::new(), 0, 0_usize);
    while at < text.len() {
        let (from, line) = logical(text, &mut at);
        let words = words(passage, from, &line);
        let first = words.first().and_then(Word::text).unwrap_or_default().to_ascii_lowercase();
        let first = first.trim_start_matches('@');
        if first.is_empty() || first == "rem" || first.starts_with("::") {
            continue;
        }
        let sometimes = depth > 0 || matches!(first, "if" | "for" | "else" | ")");
        depth += line.matches('(').count();
        depth = depth.saturating_sub(line.matches(')').count());
        let span = passage.span(from, at);
        for (start, part, on_failure) in parts(&line) {
            // What closes a block of the line belongs to no command.
            let open = part.matches(')').count() > part.matches('(').count();
            let part = if open { part.trim_end().trim_end_matches(')') } else { part };
            let words = if start == 0 { words.clone() } else { self::words(passage, from + start, part) };
            let statement = statement(passage, from + start, part, words);
            found.push(match sometimes || on_failure {
                true => Statement::Choice { tests: Vec::new(), bodies: vec![vec![statement]], whole: false, span },
                false => statement,
            });
        }
    }
    found
}

/// The commands of a line, each with where it begins and whether it only runs when the one before fails: `a & b`,
/// `a && b`, `a || b`.
fn parts(line: &str) -> Vec<(usize, &str, bool)> {
    let (mut found, mut start, mut quote, mut on_failure) = (Vec::new(), 0, false, false);
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let twice = bytes.get(at + 1) == Some(&byte);
        // `2>&1` joins no commands.
        let joins =
            byte == b'&' && at.checked_sub(1).and_then(|at| bytes.get(at)) != Some(&b'>') || byte == b'|' && twice;
        match byte {
            b'"' => quote = !quote,
            _ if joins && !quote => {
                found.push((start, line.get(start..at).unwrap_or_default(), on_failure));
                on_failure = byte == b'|';
                at += usize::from(twice);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    found.push((start, line.get(start..).unwrap_or_default(), on_failure));
    found.retain(|(start, part, _)| *start == 0 || !part.trim().is_empty());
    found
}

/// The next line with those that it goes on in, each byte in its place.
fn logical(text: &str, at: &mut usize) -> (usize, String) {
    let from = *at;
    let mut whole = String::new();
    while let Some(line) = text.get(*at..).and_then(|rest| rest.split_inclusive('\n').next()) {
        *at += line.len();
        let bare = line.trim_end_matches(['\r', '\n']);
        match bare.strip_suffix('^') {
            Some(before) => {
                whole.push_str(before);
                whole.extend(std::iter::repeat_n(' ', line.len() - before.len()));
            }
            None => {
                whole.push_str(bare);
                break;
            }
        }
        if *at >= text.len() {
            break;
        }
    }
    (from, whole)
}

fn statement(passage: &Passage, from: usize, line: &str, mut words: Vec<Word>) -> Statement {
    let span = passage.span(from, from + line.len());
    let lower = line.trim_start().trim_start_matches('@').to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix("set ").map(str::trim_start)
        && let Some((name, _)) = rest.trim_start_matches('"').split_once('=')
        && !name.contains(['/', ' '])
        && let Some(equals) = line.find('=')
    {
        let end = line.trim_end().trim_end_matches('"').len();
        let value = line.get(equals + 1..end).unwrap_or_default();
        let pieces = pieces(passage, from + equals + 1, value);
        let value = Assigned::Word(Word { pieces, span, quoted: true });
        let sets = vec![Assignment { name: name.to_ascii_uppercase(), value, more: false }];
        return Statement::Command(Command {
            sets,
            words: Vec::new(),
            input: None,
            output: None,
            appends: false,
            span,
        });
    }
    // `call az …`, `@az …`, `if … az …`.
    let tool = |word: &Word| {
        let text = word.text().unwrap_or_default().to_ascii_lowercase();
        let name = text.trim_start_matches(['@', '(']);
        ["az", "az.cmd", "kubectl", "kubectl.exe", "helm", "helm.exe"].contains(&name).then(|| name.to_owned())
    };
    let writes = |word: &Word| {
        let text = word.text().unwrap_or_default().to_ascii_lowercase();
        let rest = text.trim_start_matches(['@', '(']).strip_prefix("echo");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':', '(']))
    };
    let first = words.iter().position(|word| writes(word) || tool(word).is_some());
    if let Some(at) = first.filter(|&at| words.get(at).is_some_and(writes)) {
        // Only a text: for people, unless it goes somewhere.
        let begins = words.get(at).map_or(span, |word| word.span);
        words.splice(..=at, [Word::of("echo", begins)]);
        let output = line.contains(['>', '|']).then(|| Word::of("", span));
        return Statement::Command(Command { sets: Vec::new(), words, input: None, output, appends: false, span });
    }
    if let Some(at) = first {
        words.drain(..at);
        if let Some(first) = words.first_mut()
            && let Some(name) = tool(first)
        {
            let name = name.split('.').next().unwrap_or_default().to_owned();
            *first = Word::of(name, first.span);
        }
    }
    Statement::Command(Command { sets: Vec::new(), words, input: None, output: None, appends: false, span })
}

fn words(passage: &Passage, from: usize, line: &str) -> Vec<Word> {
    let (mut found, mut start, mut quote) = (Vec::new(), None, false);
    let ends = line.char_indices().chain(std::iter::once((line.len(), ' ')));
    for (at, letter) in ends {
        match (letter, start) {
            ('"', _) => {
                quote = !quote;
                start = start.or(Some(at));
            }
            (' ' | '\t' | '&' | '|' | '>', Some(begin)) if !quote || at == line.len() => {
                let text = line.get(begin..at).unwrap_or_default();
                let pieces = pieces(passage, from + begin, &text.replace('"', ""));
                let span = passage.span(from + begin, from + at);
                found.push(Word { pieces, span, quoted: text.contains('"') });
                start = None;
                if matches!(letter, '&' | '|') {
                    break;
                }
            }
            (' ' | '\t', None) => {}
            (_, None) => start = Some(at),
            _ => {}
        }
    }
    found
}

/// A text with `%X%` and `!X!` as variables.
fn pieces(passage: &Passage, from: usize, text: &str) -> Vec<Piece> {
    let (mut found, mut rest, mut at) = (Vec::new(), text, 0);
    let span = passage.span(from, from + text.len());
    while let Some(open) = rest.find(['%', '!']) {
        let mark = if rest.get(open..).is_some_and(|rest| rest.starts_with('%')) { '%' } else { '!' };
        let inner = rest.get(open + 1..).unwrap_or_default();
        let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let name = inner.find(mark).and_then(|end| inner.get(..end)).filter(|name| plain(name));
        let taken = match name {
            Some(name) => {
                let before = rest.get(..open).unwrap_or_default();
                if !before.is_empty() {
                    found.push(Piece::Text(before.to_owned(), span));
                }
                let place = passage.span(from + at + open, from + at + open + name.len() + 2);
                found.push(Piece::Variable(name.to_ascii_uppercase(), None, place));
                open + name.len() + 2
            }
            None => {
                // `%1`, `%~dp0`, `%%i`: what the caller or a loop says.
                let before = rest.get(..open).unwrap_or_default();
                let special = mark == '%'
                    && inner.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '~' | '%' | '*'));
                found.push(Piece::Text(before.to_owned(), span));
                found.push(if special { Piece::Unknown(span) } else { Piece::Text(mark.to_string(), span) });
                open + 1
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
        at += taken;
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest.to_owned(), span));
    }
    found
}
