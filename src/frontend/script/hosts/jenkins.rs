//! Pipelines of Jenkins: the texts that `sh` and `pwsh` run. A text that Groovy changes first is left to its words.

use crate::frontend::script::passage::Passage;
use crate::frontend::script::run::{Context, Run};
use crate::frontend::script::syntax::{Dialect, posix, powershell};
use crate::ir::Node;
use crate::source::Span;

/// Runs all steps.
pub(super) fn run(run: &mut Run<'_>, text: &str) {
    environment(run, text);
    let mut at = 0;
    while let Some((from, to, shell)) = next(text, &mut at) {
        let inner = text.get(from..to).unwrap_or_default();
        if inner.contains("\\$") || inner.contains("${env.") || inner.contains("${params.") {
            continue;
        }
        let passage = Passage::of_parts(run.source, text, std::slice::from_ref(&(from..to)));
        let statements = match shell {
            "pwsh" => powershell::parse(&passage, Dialect::Plain),
            _ => posix::parse(&passage, Dialect::Plain),
        };
        // A stage may run without the ones before it.
        run.shell.context = Context::default();
        run.alone(None, |run| run.script(&statements));
    }
}

/// `NAME = 'value'` in an `environment` block.
fn environment(run: &mut Run<'_>, text: &str) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let from = at;
        at += line.len();
        let Some((name, value)) = line.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        let upper = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        let inner = value.strip_prefix(['"', '\'']).and_then(|value| value.strip_suffix(['"', '\'']));
        if let Some(inner) = inner.filter(|inner| upper && !inner.contains(['$', '"', '\''])) {
            let span = Span::new(run.source, from, from + line.trim_end().len());
            run.shell.vars.insert(name.to_owned(), Node::text(inner, span));
        }
    }
}

/// The next text that is run: where it begins and ends, and by what.
fn next<'t>(text: &'t str, at: &mut usize) -> Option<(usize, usize, &'t str)> {
    loop {
        let rest = text.get(*at..)?;
        let found = ["sh", "pwsh", "powershell"].iter().filter_map(|word| Some((rest.find(word)?, *word)));
        let (start, word) = found.min_by_key(|(start, _)| *start)?;
        *at += start + word.len();
        let before = text.get(..*at - word.len())?.chars().next_back();
        if before.is_some_and(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-' | '/')) {
            continue;
        }
        let after = text.get(*at..)?;
        let head: String = after.chars().take_while(|letter| !matches!(letter, '\'' | '"' | '\n')).collect();
        let plain =
            head.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '(' | ':' | ',' | '\t'));
        let from = *at + head.len();
        let opened = text.get(from..)?;
        let quote = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| opened.starts_with(quote));
        let Some(quote) = quote.filter(|_| plain && (head.trim().is_empty() || head.contains('('))) else { continue };
        let inner = from + quote.len();
        let length = text.get(inner..)?.find(quote)?;
        *at = inner + length + quote.len();
        return Some((inner, inner + length, if word == "sh" { "sh" } else { "pwsh" }));
    }
}
