//! What runs only sometimes, or several times: afterwards a variable has the value of what ran.

use std::collections::BTreeSet;

use super::super::syntax::{Statement, Word};
use super::{BRANCHES, Context, ITEMS, MORE, Run, State, value};
use crate::ir::{Cond, Node, Why};
use crate::source::Span;

impl Run<'_> {
    /// Bodies of which at most one runs. Afterwards a variable has the value of the one that ran.
    pub(super) fn choice(&mut self, bodies: &[Vec<Statement>], whole: bool, span: Span) {
        // Remembering many variables for many branches is paid for.
        self.fuel.pay(self.shell.vars.len() / 16);
        let before = self.shell.clone();
        let mut others: Vec<Cond> = Vec::new();
        let mut outcomes: Vec<(Cond, State)> = Vec::new();
        for (at, body) in bodies.iter().enumerate() {
            let own = self.flag(&format!("branch {at}"), span);
            let last = whole && at + 1 == bodies.len();
            let when = Cond::all(others.iter().map(Cond::negate).chain((!last).then(|| own.clone())));
            self.shell =
                State { functions: self.shell.functions.clone(), called: self.shell.called.clone(), ..before.clone() };
            self.under(when.clone(), |run| drop(run.statements(body)));
            outcomes.push((when, self.shell.clone()));
            others.push(own);
        }
        self.join(before, outcomes, whole, span);
    }

    /// A body that never runs. It may have run once, before somebody switched it off, but it brings nothing anywhere.
    pub(super) fn never(&mut self, body: &[Statement]) {
        let kept = self.shell.clone();
        self.switched_off(|run| drop(run.statements(body)));
        self.shell = kept;
    }

    /// What is done by something that is switched off: no deliveries, and no other context.
    pub fn switched_off(&mut self, inner: impl FnOnce(&mut Self)) {
        let (deliveries, sites) = (self.deliveries.len(), self.sites.len());
        let context = self.shell.context.clone();
        let when = self.flag("false", Span::file(self.source));
        self.under(when, inner);
        self.deliveries.truncate(deliveries);
        self.sites.truncate(sites);
        self.shell.context = context;
    }

    pub(super) fn join(&mut self, before: State, outcomes: Vec<(Cond, State)>, whole: bool, span: Span) {
        let mut names: BTreeSet<&String> = BTreeSet::new();
        for (_, state) in &outcomes {
            names.extend(
                state.vars.iter().filter(|(name, node)| before.vars.get(*name) != Some(node)).map(|(name, _)| name),
            );
        }
        let mut vars = before.vars.clone();
        for name in names {
            let value = |state: &State| state.vars.get(name).cloned().unwrap_or_else(|| self.elsewhere(name, span));
            let (first, rest) = match (whole, outcomes.split_last()) {
                (true, Some((last, rest))) => (value(&last.1), rest),
                _ => (value(&before), outcomes.as_slice()),
            };
            let node = match rest.len() > BRANCHES {
                true => Node::symbol(
                    Why::External(format!("${name}").into()),
                    format!("{}#{name}@{}", self.path, span.start),
                    span,
                ),
                false => rest.iter().rev().fold(first, |other, (when, state)| {
                    let own = value(state);
                    if own.value == other.value { own } else { Node::choice(when.clone(), own, other, span) }
                }),
            };
            vars.insert(name.clone(), value::bounded(node));
        }
        let agree = |of: fn(&State) -> &Option<Node>| outcomes.iter().all(|(_, state)| of(state) == of(&before));
        let namespace = if agree(|state| &state.namespace) {
            before.namespace.clone()
        } else {
            Some(Node::unknown(Why::External("the namespace of the context".into()), span))
        };
        let context = Context::joined(&before.context, &outcomes, whole);
        let (functions, called) = (self.shell.functions.clone(), self.shell.called.clone());
        let mut edits = before.edits.clone();
        for (folder, set) in outcomes.iter().flat_map(|(_, state)| &state.edits) {
            let everywhere = whole && outcomes.iter().all(|(_, state)| state.edits.get(folder) == Some(set));
            if before.edits.get(folder) == Some(set) {
                continue;
            }
            // What only one branch sets may be set, or not.
            let own: &mut Vec<(String, Node)> = edits.entry(folder.clone()).or_default();
            own.extend(set.iter().filter(|it| !own.contains(it)).cloned().collect::<Vec<_>>());
            if !everywhere {
                own.push((MORE.to_owned(), Node::unknown(Why::External("a condition of a script".into()), span)));
            }
        }
        self.shell = State { vars, namespace, context, functions, called, edits, ..before };
    }

    pub(super) fn each(&mut self, name: Option<&str>, items: Option<&[Word]>, body: &[Statement], span: Span) {
        let items = items.map(|items| self.expand(items));
        let known = items.filter(|items| {
            let literal = items.words.iter().all(|it| it.text().is_some());
            !items.open && items.words.len() <= ITEMS && literal && self.unrolls(items.words.len())
        });
        if let (Some(name), Some(items)) = (name, known) {
            let rounds = items.words.len();
            for item in items.words {
                self.shell.vars.insert(name.to_owned(), item.node);
                self.round(rounds, |run| drop(run.statements(body)));
            }
            return;
        }
        if let Some(name) = name {
            let symbol = format!("{}#{name}@{}", self.path, span.start);
            let each = Node::symbol(Why::Element(format!("${name}").into()), symbol, span);
            self.shell.vars.insert(name.to_owned(), each);
        }
        self.choice(&[body.to_vec()], false, span);
    }
}
