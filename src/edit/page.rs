//! A file that may be edited, and the values in it with the names that they are written behind.

use std::ops::Range;
use std::sync::Arc;

use crate::source::{Source, Span, Store};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    /// `.bicep`, `.bicepparam`.
    Bicep,
    /// Templates and parameter files in JSON.
    Arm,
    /// `.tf`, `.tfvars`.
    Terraform,
    /// Manifests, values, kustomizations.
    Yaml,
}

/// The head of a file that tells what it is, in bytes.
const HEAD: usize = 2_000;

impl Tongue {
    /// The language of a file that somebody writes by hand. Plans, saved output, what a compiler made, scripts and pages
    /// are never edited.
    pub(super) fn of(path: &str, text: &str) -> Option<Tongue> {
        // The store calls folders beside the tree by a name with a colon.
        if path.contains(':') {
            return None;
        }
        let head = text.get(..floor(text, HEAD)).unwrap_or(text);
        match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "bicep" | "bicepparam" => Some(Tongue::Bicep),
            "tf" | "tfvars" => Some(Tongue::Terraform),
            "json" | "jsonc" => {
                let head = head.to_ascii_lowercase();
                let written = head.contains("eploymenttemplate.json") || head.contains("eploymentparameters.json");
                (written && !head.contains("\"_generator\"")).then_some(Tongue::Arm)
            }
            "yaml" | "yml" => {
                let dumped = text.contains("resourceVersion:") && text.contains("uid:");
                // What SOPS has signed can't be decrypted any more when a word of it changes.
                let signed = text.contains("\nsops:");
                (!dumped && !signed).then_some(Tongue::Yaml)
            }
            _ => None,
        }
    }
}

/// The nearest offset up to `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A file that may be edited.
pub(super) struct Page {
    source: Arc<Source>,
    pub(super) tongue: Tongue,
}

/// A value and the name that it is written behind: `principalId: aks.identity.principalId`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// The name, without quotes.
    pub name: Range<usize>,
    /// Where the member begins: its name, with quotes.
    pub start: usize,
    /// The value, quotes and brackets included.
    pub value: Range<usize>,
    /// What stands between the name and the value.
    pub sign: char,
}

impl Page {
    /// The file that a place is in, when it may be edited.
    pub(super) fn of(store: &Store, span: Span) -> Option<Page> {
        let source = Some(store.source(span.source)).filter(|source| !source.is_elsewhere())?;
        let tongue = Tongue::of(&source.path, &source.text)?;
        // What something changes before it is used is not what is used.
        let rewritten = store.rewritten(span.source);
        let meets = |part: Span| part.start < span.end.max(span.start + 1) && span.start < part.end;
        (!rewritten.iter().any(|rewrite| meets(rewrite.part))).then_some(Page { source, tongue })
    }

    /// Its text.
    pub(super) fn text(&self) -> &str {
        &self.source.text
    }

    /// Its path.
    pub(super) fn path(&self) -> &str {
        &self.source.path
    }

    /// The part of it that a range covers; empty when the range is not of it.
    pub(super) fn part(&self, range: Range<usize>) -> &str {
        self.text().get(range).unwrap_or_default()
    }

    /// How its lines end.
    pub(super) fn line_end(&self) -> &'static str {
        if self.text().contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The beginning of the line that an offset is on.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.part(0..at).rfind('\n').map_or(0, |end| end + 1)
    }

    /// What stands between the beginning of a line and an offset on it.
    pub(super) fn before(&self, at: usize) -> &str {
        self.part(self.line_start(at)..at)
    }

    /// What follows an offset on its line.
    pub(super) fn rest(&self, at: usize) -> &str {
        let rest = self.part(at..self.text().len());
        rest.split(['\n', '\r']).next().unwrap_or_default()
    }

    /// The value at `range` with the name in front of it; nothing where the range is only a part of the value.
    pub(super) fn slot(&self, range: Range<usize>) -> Option<Slot> {
        let written = self.part(range.clone());
        if written.trim().is_empty() {
            return None;
        }
        let value = self.quoted(range);
        let before = self.before(value.start).trim_end();
        let sign = before.chars().next_back().filter(|sign| matches!(sign, ':' | '='))?;
        let named = before.strip_suffix(sign)?;
        if named.ends_with(['=', '!', '<', '>', '?', ':']) || !ends(self.rest(value.end), self.tongue) {
            return None;
        }
        let end = self.line_start(value.start) + named.trim_end().len();
        self.named(end, value, sign)
    }

    /// The slot whose name ends at `end`.
    fn named(&self, end: usize, value: Range<usize>, sign: char) -> Option<Slot> {
        let before = self.before(end);
        let quote = before.chars().next_back().filter(|quote| matches!(quote, '"' | '\''));
        if let Some(quote) = quote {
            let inner = before.strip_suffix(quote)?;
            let open = inner.rfind(quote)?;
            let start = self.line_start(end) + open;
            return Some(Slot { name: start + 1..end - 1, start, value, sign });
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
        let length: usize = before.chars().rev().take_while(|&c| is_name(c)).map(char::len_utf8).sum();
        (length > 0).then(|| Slot { name: end - length..end, start: end - length, value, sign })
    }

    /// A range and the quotes around it, or what else wraps an expression in a string.
    fn quoted(&self, range: Range<usize>) -> Range<usize> {
        let (before, after) = (self.part(0..range.start), self.part(range.end..self.text().len()));
        let wraps: &[(&str, &str)] = match self.tongue {
            Tongue::Arm => &[("\"[", "]\""), ("\"", "\"")],
            Tongue::Bicep => &[("'${", "}'"), ("'", "'")],
            Tongue::Terraform => &[("\"${", "}\""), ("\"", "\"")],
            Tongue::Yaml => &[("\"", "\""), ("'", "'")],
        };
        let around = wraps.iter().find(|(open, close)| before.ends_with(open) && after.starts_with(close));
        match around {
            Some((open, close)) => range.start - open.len()..range.end + close.len(),
            None => range,
        }
    }
}

/// Whether nothing of a value follows on its line.
fn ends(rest: &str, tongue: Tongue) -> bool {
    let trimmed = rest.trim_start();
    let comment = match tongue {
        Tongue::Yaml => trimmed.starts_with('#') && trimmed.len() < rest.len(),
        Tongue::Terraform => trimmed.starts_with('#') || trimmed.starts_with("//") || trimmed.starts_with("/*"),
        Tongue::Bicep | Tongue::Arm => trimmed.starts_with("//") || trimmed.starts_with("/*"),
    };
    trimmed.is_empty() || comment || trimmed.starts_with([',', '}', ']'])
}
