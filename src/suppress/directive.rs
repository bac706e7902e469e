//! The comments themselves, found by their lines: one reader for all languages, because a comment looks alike in them.

use crate::source::{Source, SourceId, Span};

/// What every such comment holds.
pub(super) const MARK: &str = "acrlint:";

/// A comment that speaks to acrlint.
#[derive(Debug)]
pub(super) struct Directive {
    /// From the mark to the end of the comment.
    pub span: Span,
    /// The line that it is about, from 1.
    pub covers_line: usize,
    /// It stands on lines of its own, so that it may be about a whole block.
    pub above: bool,
    /// What it allows.
    pub list: List,
    /// What is wrong with it as a whole.
    pub mistake: Option<String>,
}

/// `ACR101, ACR203 -- reason`.
#[derive(Debug)]
pub(super) struct List {
    /// The rules, as written.
    pub words: Vec<Word>,
    /// It says why.
    pub reasoned: bool,
}

impl List {
    /// Reads a list that begins at a byte of a file.
    pub(super) fn read(id: SourceId, start: usize, text: &str) -> List {
        let (list, reason) = split_reason(text);
        List { words: words(id, start, list), reasoned: !reason.trim().is_empty() }
    }
}

/// A word of a list.
#[derive(Debug)]
pub(super) struct Word {
    pub text: String,
    pub span: Span,
    /// A comma stands in front of it: another rule is meant.
    pub listed: bool,
}

/// The marks that begin a comment in a language.
#[derive(Clone, Copy)]
struct Marks {
    hash: bool,
    slashes: bool,
    dialect: Dialect,
}

/// What else a language has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Plain,
    /// `#disable-next-line`, which is not code.
    Bicep,
    /// `{{/* … */}}`, and actions on lines of their own around what is meant.
    Template,
    /// `<!-- … -->`, and the fences around code.
    Page,
}

impl Marks {
    fn of(path: &str) -> Marks {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        let (hash, slashes, dialect) = match extension.as_str() {
            "yaml" | "yml" => (true, false, Dialect::Template),
            "sh" | "bash" | "zsh" | "ksh" | "azcli" | "ps1" | "psm1" | "psd1" => (true, false, Dialect::Plain),
            "bicep" | "bicepparam" => (false, true, Dialect::Bicep),
            "json" | "jsonc" => (false, true, Dialect::Plain),
            "tpl" => (true, true, Dialect::Template),
            "md" | "markdown" | "mdx" => (true, true, Dialect::Page),
            _ => (true, true, Dialect::Plain),
        };
        Marks { hash, slashes, dialect }
    }
}

/// What a line is to a comment above it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Code,
    Comment,
    /// YAML's `---`: what follows is what was meant.
    Separator,
}

/// All comments of a file that speak to acrlint, in order.
pub(super) fn directives(id: SourceId, source: &Source) -> Vec<Directive> {
    let marks = Marks::of(&source.path);
    let starts = source.line_starts();
    let mut found: Vec<Directive> = Vec::new();
    // Comments on lines of their own that still look for the line they are about.
    let mut waiting: Vec<usize> = Vec::new();
    let mut in_block = false;
    for (at, &start) in starts.iter().enumerate() {
        let text = source.line(at + 1).unwrap_or_default();
        let kind = kind_of(text, marks, in_block);
        if let Some(mut directive) = read(id, start as usize, text, marks, in_block) {
            directive.covers_line = at + 1;
            directive.above = kind == Line::Comment;
            if directive.above {
                waiting.push(found.len());
            }
            found.push(directive);
        }
        in_block = still_in_block(text, marks, in_block);
        if kind == Line::Code {
            for waiter in waiting.drain(..) {
                if let Some(directive) = found.get_mut(waiter) {
                    directive.covers_line = at + 1;
                }
            }
        }
    }
    found
}

fn kind_of(text: &str, marks: Marks, in_block: bool) -> Line {
    let trimmed = text.trim();
    if in_block || marks.hash && trimmed.starts_with('#') || marks.slashes && trimmed.starts_with("//") {
        return Line::Comment;
    }
    if marks.slashes && trimmed.starts_with("/*") {
        // Code behind a closed block comment makes it a line of code.
        let behind = trimmed.split_once("*/").map_or("", |(_, behind)| behind.trim());
        return if behind.is_empty() { Line::Comment } else { Line::Code };
    }
    let is_comment = match marks.dialect {
        Dialect::Plain => false,
        Dialect::Bicep => trimmed.starts_with("#disable-") || trimmed.starts_with("#restore-"),
        Dialect::Template => opens(trimmed),
        Dialect::Page => trimmed.starts_with("```") || trimmed.starts_with("<!--") && trimmed.ends_with("-->"),
    };
    match trimmed {
        _ if is_comment => Line::Comment,
        "---" if marks.hash && !marks.slashes => Line::Separator,
        _ => Line::Code,
    }
}

/// Whether a line holds nothing but an action of a template that opens a block, sets a variable or is a comment: what it is
/// about follows. One that ends a block or writes something is code.
fn opens(line: &str) -> bool {
    let Some(action) = action(line) else { return false };
    if action.starts_with("/*") {
        return line.ends_with("}}") || !line.contains("*/");
    }
    let first = action.split([' ', '\t']).next().unwrap_or_default();
    let alone = line.ends_with("}}") && line.matches("{{").count() == 1;
    alone
        && (matches!(first, "if" | "with" | "range" | "define" | "block")
            || first.starts_with('$') && action.contains(":="))
}

/// What an action that begins a line says.
fn action(line: &str) -> Option<&str> {
    let inner = line.trim_start().strip_prefix("{{")?;
    Some(inner.strip_prefix('-').unwrap_or(inner).trim_start())
}

/// Block comments that begin a line are followed over lines; one that begins behind code is not, which at worst leaves
/// a finding standing.
fn still_in_block(text: &str, marks: Marks, in_block: bool) -> bool {
    let is_action = marks.dialect == Dialect::Template && action(text).is_some_and(|action| action.starts_with("/*"));
    let opened = in_block || is_action || marks.slashes && text.trim_start().starts_with("/*");
    opened && !text.contains("*/")
}

fn read(id: SourceId, start: usize, line: &str, marks: Marks, in_block: bool) -> Option<Directive> {
    let at = line
        .match_indices(MARK)
        .map(|(at, _)| at)
        .find(|&at| line.get(..at).is_some_and(|before| begins_comment(before, marks, in_block)))?;
    let body = line.get(at + MARK.len()..)?;
    let end = if marks.dialect == Dialect::Page { "-->" } else { "*/" };
    let body = body.split_once(end).map_or(body, |(body, _)| body);
    let first = start + at;
    let behind = first + MARK.len();
    let mut list = List::read(id, behind, body);
    let span = Span::new(id, first, behind + split_reason(body).0.trim_end().len());
    let verb = (!list.words.is_empty()).then(|| list.words.remove(0));
    let mistake = match verb {
        Some(verb) if verb.text != "allow" => {
            list.words.clear();
            Some(format!("`{}` is not known here; write `acrlint: allow RULE`", verb.text))
        }
        _ if list.words.is_empty() => Some("names no rule; write `acrlint: allow RULE`".to_owned()),
        _ => None,
    };
    Some(Directive { span, covers_line: 0, above: false, list, mistake })
}

/// The list in front of `-- reason`, and the reason.
fn split_reason(body: &str) -> (&str, &str) {
    let begins = |at: &usize| body.get(..*at).is_some_and(|list| list.is_empty() || list.ends_with([' ', '\t']));
    let at = body.match_indices("--").map(|(at, _)| at).find(begins);
    at.and_then(|at| Some((body.get(..at)?, body.get(at + 2..)?))).unwrap_or((body, ""))
}

/// Whether the mark of a comment stands right before, with nothing but spaces between.
fn begins_comment(before: &str, marks: Marks, in_block: bool) -> bool {
    let before = before.trim_end();
    if in_block && before.trim_start_matches([' ', '\t', '*']).is_empty() {
        return true;
    }
    if marks.slashes && (before.ends_with("//") || before.trim_end_matches('*').ends_with('/') && before.ends_with('*'))
    {
        return true;
    }
    let opened = match marks.dialect {
        Dialect::Template => before.strip_suffix("/*").and_then(|before| before.rsplit("{{").next()),
        Dialect::Page => before.strip_suffix("<!--").map(|_| ""),
        Dialect::Plain | Dialect::Bicep => None,
    };
    if opened.is_some_and(|between| matches!(between.trim(), "" | "-")) {
        return true;
    }
    let bare = before.trim_end_matches('#');
    marks.hash && bare.len() < before.len() && (bare.is_empty() || bare.ends_with([' ', '\t']))
}

fn words(id: SourceId, start: usize, body: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let (mut at, mut listed) = (start, false);
    for piece in body.split_inclusive([' ', '\t', ',']) {
        let text = piece.trim_end_matches([' ', '\t', ',']);
        if !text.is_empty() {
            words.push(Word { text: text.to_owned(), span: Span::new(id, at, at + text.len()), listed });
            listed = false;
        }
        listed |= piece.ends_with(',');
        at += piece.len();
    }
    words
}
