//! Functions of scripts and what they are called with.

use super::super::meaning::arguments::Arguments;
use super::{Printed, Run};
use crate::ir::{Node, Why};
use crate::source::Span;

impl Run<'_> {
    /// What a function is called with: `$1`, `$2`, …
    pub(super) fn give(&mut self, arguments: &Arguments, call: &str, span: Span) {
        for at in 1..=9 {
            let given = arguments.words.get(at).filter(|_| !arguments.open).map(|word| word.node.clone());
            let symbol =
                || Node::symbol(Why::External(format!("${at}").into()), format!("{}#{call}#{at}", self.path), span);
            let node = given.unwrap_or_else(symbol);
            self.shell.vars.insert(at.to_string(), node);
        }
        // All of them together: `"$@"`.
        let all = match arguments.open || arguments.words.is_empty() {
            true => Node::unknown(Why::External("$@".into()), span),
            false => Node::list(arguments.words.iter().skip(1).map(|word| word.node.clone()).collect(), span),
        };
        self.shell.vars.insert("@".to_owned(), all);
    }

    pub(super) fn function(&mut self, name: &str, arguments: &Arguments, span: Span) -> Printed {
        let functions = &self.shell.functions;
        let body = functions.get(name).or_else(|| functions.get(&name.to_ascii_lowercase())).cloned();
        self.shell.called.insert(name.to_owned());
        self.shell.called.insert(name.to_ascii_lowercase());
        let names = (1..=9).map(|at: u32| at.to_string()).chain(["@".to_owned()]);
        let kept: Vec<(String, Option<Node>)> =
            names.map(|name| (name.clone(), self.shell.vars.get(&name).cloned())).collect();
        let printed = self.recur(name, |run, first| {
            let unknown = Arguments::default();
            run.give(if first { arguments } else { &unknown }, &format!("{name}@{}", span.start), span);
            body.map(|body| run.statements(&body)).unwrap_or_default()
        });
        self.restore(kept);
        printed
    }
}
