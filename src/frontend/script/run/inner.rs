//! What runs inside of something else: pipelines that pipelines call, commands in texts, and texts for other commands.

use super::super::meaning;
use super::super::meaning::arguments::Arguments;
use super::super::passage::Passage;
use super::super::syntax::{Dialect, posix};
use super::{Named, Printed, Run};
use crate::ir::{Makes, Node};
use crate::source::Span;

/// Pipelines of other files that are followed for one.
pub(super) const CALLS: u32 = 64;
/// Pipelines inside of each other.
const CALLERS: usize = 8;

impl Run<'_> {
    /// The file whose pipeline is being followed.
    pub fn here(&self) -> &str {
        self.callers.last().map_or(&self.path, String::as_str)
    }

    /// Follows a pipeline of another file that is called at a place; says whether it did.
    pub fn calling(&mut self, path: &str, at: Span, inner: impl FnOnce(&mut Self)) -> bool {
        let again = *path == *self.path || self.callers.iter().any(|caller| caller == path);
        if again || self.calls == 0 || self.callers.len() >= CALLERS {
            return false;
        }
        self.calls -= 1;
        self.callers.push(path.to_owned());
        let kept = self.shell.scope.clone();
        self.shell.scope = format!("{kept}>{path}@{}", at.start).into();
        inner(self);
        self.shell.scope = kept;
        self.callers.pop();
        true
    }

    /// Commands in a text: `bash -c "…"`.
    pub fn inner(&mut self, name: &str, arguments: &Arguments) -> Printed {
        let word = match name {
            "eval" => arguments.words.get(1),
            _ => arguments
                .words
                .iter()
                .position(|it| matches!(it.text(), Some("-c" | "-lc" | "-Command")))
                .and_then(|at| arguments.words.get(at + 1)),
        };
        let Some(text) = word.and_then(|word| word.text()) else { return Printed::default() };
        let span = word.map(|word| word.node.span).unwrap_or_default();
        self.text(text, span)
    }

    /// Runs a text that stands at a place of the file.
    pub fn text(&mut self, text: &str, span: Span) -> Printed {
        let file = self.store.source(span.source);
        let passage = Passage::of_scalar(&file.text, span, text);
        let statements = posix::parse(&passage, Dialect::Plain);
        self.again(|run| run.statements(&statements))
    }

    /// A text that a script writes, for whoever applies it: the secrets in it are made.
    pub fn written(&mut self, text: &str, span: Span) -> Printed {
        let lines = || text.lines().map(str::trim);
        let filled = lines().any(|line| line.starts_with(['$', '{']));
        if lines().any(|line| line.starts_with('$')) {
            self.open(Makes::AccountSecrets, "a manifest in a script", span, Named::default());
        }
        for document in text.split("\n---") {
            let kind = document.lines().map(str::trim).find_map(|line| line.strip_prefix("kind:")).map(str::trim);
            let own = document.split("metadata:").nth(1).and_then(|rest| {
                rest.lines().map(str::trim).find_map(|line| line.strip_prefix("name:")).map(str::trim)
            });
            let name = own.map(|name| Node::text(name.trim_matches(['"', '\'']), span));
            let name = name.filter(|name| name.as_str().is_some_and(meaning::is_literal));
            match kind {
                Some("Secret") => {
                    let named = Named { secret: name.as_ref(), ..Named::default() };
                    self.open(Makes::Secret, "a manifest in a script", span, named);
                }
                Some("ServiceAccount") if document.contains("imagePullSecrets") => {
                    self.open(Makes::AccountSecrets, "a manifest in a script", span, Named::default());
                }
                // What controllers make secrets of, and what can't be told apart.
                _ if document.contains("Secret\n") || document.contains("\"Secret\"") => {
                    self.open(Makes::Secret, "a manifest in a script", span, Named::default());
                }
                _ => {}
            }
        }
        Printed { plain: !filled, text: Some((text.into(), span)), ..Printed::default() }
    }

    /// Where a text stands that a command reads from the lines behind it; the command itself where it is not found.
    pub(super) fn place_of(&self, text: &str, command: Span) -> Span {
        let file = self.store.source(command.source);
        let from = command.range().start;
        let found = file.text.get(from..).and_then(|rest| rest.find(text)).filter(|_| !text.is_empty());
        found.map_or(command, |at| Span::new(command.source, from + at, from + at + text.len()))
    }
}
