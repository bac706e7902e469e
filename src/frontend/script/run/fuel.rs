//! How much of a script is followed: everything that is written once, and of what runs again and again a bounded part.

use std::collections::BTreeMap;

use super::super::syntax::Statement;
use super::{Named, Printed, Run};
use crate::ir::{Gap, Hides, Makes, Why};
use crate::source::Span;

/// Statements of one file that are followed.
const STATEMENTS: u32 = 20_000;
/// Statements of them that are written once and run again: in loops, functions and texts that are evaluated.
const AGAIN: u32 = 8_000;
/// Calls inside of calls, and files that files read.
const DEEPEST: u32 = 48;
/// Rounds of loops inside of loops that are followed one by one.
const ROUNDS: usize = 256;
/// What a script that is followed no further may still do.
const ANYTHING: [Makes; 13] = [
    Makes::Grant,
    Makes::NoGrant,
    Makes::Endpoint,
    Makes::Network,
    Makes::Secret,
    Makes::AccountSecrets,
    Makes::PodSecrets,
    Makes::Token,
    Makes::AdminUser,
    Makes::AnonymousPull,
    Makes::PublicAccess,
    Makes::RoleMode,
    Makes::PullingIdentity,
];

/// What is left of the work that a script may ask for.
pub(super) struct Fuel {
    statements: u32,
    again: u32,
    depth: u32,
    /// How often what is being read runs, as far as loops say.
    rounds: usize,
    /// Bodies around what is being read that may run more than once.
    bodies: u32,
    /// How often each function is being run, one run inside of another.
    calls: BTreeMap<String, u32>,
    /// Where it ran out first.
    spent: Option<Span>,
}

impl Fuel {
    pub(super) fn full() -> Fuel {
        let calls = BTreeMap::new();
        Fuel { statements: STATEMENTS, again: AGAIN, depth: DEEPEST, rounds: 1, bodies: 0, calls, spent: None }
    }

    /// Half of what is left, for a file that is run by the way.
    pub(super) fn lend(&self) -> Fuel {
        Fuel { statements: self.statements / 2, again: self.again / 2, depth: self.depth, ..Fuel::full() }
    }

    /// Takes what a file used of its half.
    pub(super) fn take_back(&mut self, lent: &Fuel) {
        self.statements = (self.statements - self.statements / 2) + lent.statements;
        self.again = (self.again - self.again / 2) + lent.again;
    }

    /// Whether something was not followed for lack of it.
    pub(super) fn is_spent(&self) -> bool {
        self.spent.is_some()
    }

    /// Pays for remembering many variables for many branches.
    pub(super) fn pay(&mut self, price: usize) {
        self.statements = self.statements.saturating_sub(u32::try_from(price).unwrap_or(STATEMENTS));
    }
}

impl Run<'_> {
    /// Takes what one statement costs; nothing of it is followed where that is not left.
    pub(super) fn begins(&mut self, statement: &Statement) -> bool {
        let repeated = self.fuel.bodies > 0;
        let left = self.fuel.statements > 0 && self.fuel.depth > 0 && !(repeated && self.fuel.again == 0);
        if !left {
            let place = place_of(statement).unwrap_or(Span::file(self.source));
            self.fuel.spent.get_or_insert(place);
            return false;
        }
        self.fuel.statements -= 1;
        self.fuel.again -= u32::from(repeated);
        self.fuel.depth -= 1;
        true
    }

    pub(super) fn ended(&mut self) {
        self.fuel.depth += 1;
    }

    /// Follows a body that may run again elsewhere or later.
    pub(super) fn again<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.fuel.bodies += 1;
        let made = inner(self);
        self.fuel.bodies -= 1;
        made
    }

    /// Whether a loop of so many rounds is followed round by round, with the loops around it.
    pub(super) fn unrolls(&self, rounds: usize) -> bool {
        self.fuel.rounds.saturating_mul(rounds) <= ROUNDS
    }

    /// Follows one round of a loop of so many.
    pub(super) fn round(&mut self, of: usize, inner: impl FnOnce(&mut Self)) {
        let around = self.fuel.rounds;
        self.fuel.rounds = around.saturating_mul(of.max(1));
        self.again(inner);
        self.fuel.rounds = around;
    }

    /// Follows the body of a function, once more inside of itself, and no further: what it is called with is not known
    /// there, so that the second time stands for all that follow.
    pub(super) fn recur(&mut self, name: &str, inner: impl FnOnce(&mut Self, bool) -> Printed) -> Printed {
        let around = self.fuel.calls.get(name).copied().unwrap_or_default();
        if around > 1 {
            return Printed::default();
        }
        self.fuel.calls.insert(name.to_owned(), around + 1);
        let printed = self.again(|run| inner(run, around == 0));
        self.fuel.calls.insert(name.to_owned(), around);
        printed
    }

    /// What was not followed may do anything that scripts do. A page makes nothing by itself, but it is told.
    pub fn tell_limit(&mut self) {
        let Some(span) = self.fuel.spent.take() else { return };
        for makes in ANYTHING {
            self.open(makes, "the rest of a script", span, Named::default());
        }
        let hides = (!self.manual).then_some(Hides::Anything);
        self.book.gap(Gap { why: Why::LimitReached("commands of a script".into()), span, hides });
    }
}

/// Where a statement stands.
fn place_of(statement: &Statement) -> Option<Span> {
    match statement {
        Statement::Command(command) => Some(command.span),
        Statement::Pipeline(parts) | Statement::Group { body: parts, .. } => parts.iter().find_map(place_of),
        Statement::Choice { span, .. } | Statement::Loop { span, .. } | Statement::Then { span, .. } => Some(*span),
        Statement::Function { body, .. } => body.iter().find_map(place_of),
    }
}
