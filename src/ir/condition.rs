//! Conditions of resources and values: what hangs on the same flag lives and dies together.

use std::sync::Arc;

use super::{Node, Value};

/// When a resource is deployed, or an arm is chosen.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Cond {
    /// No condition, or one that is known to hold.
    #[default]
    Always,
    /// Known not to hold.
    Never,
    /// Holds when this value, which is not known, is `true`.
    When(Arc<Node>),
    /// Holds when the inner one doesn't.
    Not(Arc<Cond>),
    /// Holds when all do.
    All(Vec<Cond>),
    /// Holds when any does.
    Any(Vec<Cond>),
}

/// One completion of the flags: for each atom (see [`Cond::atoms`]) whether it holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assumption(pub Vec<(Arc<str>, bool)>);

impl Cond {
    /// The condition that a boolean value states. `null` and other types don't hold, as no deployment takes them.
    pub fn of(node: &Node) -> Cond {
        match &node.value {
            Value::Bool(true) => Cond::Always,
            Value::Bool(false) => Cond::Never,
            Value::Str(text) if text.eq_ignore_ascii_case("true") => Cond::Always,
            Value::Str(text) if text.eq_ignore_ascii_case("false") => Cond::Never,
            Value::Call(name, arguments) => match (&**name, arguments.as_slice()) {
                ("not", [inner]) => Cond::of(inner).negate(),
                ("and", inner) => Cond::all(inner.iter().map(Cond::of)),
                ("or", inner) => Cond::any(inner.iter().map(Cond::of)),
                _ => Cond::When(Arc::new(node.clone())),
            },
            Value::Choice(choice) => Cond::any([
                Cond::all([choice.on.clone(), Cond::of(&choice.yes)]),
                Cond::all([choice.on.negate(), Cond::of(&choice.no)]),
            ]),
            _ => Cond::When(Arc::new(node.clone())),
        }
    }

    /// Holds when this one doesn't.
    pub fn negate(&self) -> Cond {
        match self {
            Cond::Always => Cond::Never,
            Cond::Never => Cond::Always,
            Cond::Not(inner) => (**inner).clone(),
            other => Cond::Not(Arc::new(other.clone())),
        }
    }

    /// Holds when all do.
    pub fn all(conds: impl IntoIterator<Item = Cond>) -> Cond {
        let mut parts = Vec::new();
        for cond in conds {
            match cond {
                Cond::Always => {}
                Cond::Never => return Cond::Never,
                Cond::All(inner) => parts.extend(inner),
                other => parts.push(other),
            }
        }
        match parts.len() {
            0 => Cond::Always,
            1 => parts.swap_remove(0),
            _ => Cond::All(parts),
        }
    }

    /// Holds when any does.
    pub fn any(conds: impl IntoIterator<Item = Cond>) -> Cond {
        let mut parts = Vec::new();
        for cond in conds {
            match cond {
                Cond::Never => {}
                Cond::Always => return Cond::Always,
                Cond::Any(inner) => parts.extend(inner),
                other => parts.push(other),
            }
        }
        match parts.len() {
            0 => Cond::Never,
            1 => parts.swap_remove(0),
            _ => Cond::Any(parts),
        }
    }

    /// Whether it holds when no flag does.
    pub(super) fn without_flags(&self) -> bool {
        match self {
            Cond::Always => true,
            Cond::Never | Cond::When(_) => false,
            Cond::Not(inner) => !inner.without_flags(),
            Cond::All(parts) => parts.iter().all(Cond::without_flags),
            Cond::Any(parts) => parts.iter().any(Cond::without_flags),
        }
    }

    /// The keys of the flags in it, in order of appearance. A flag that is not even equal to itself counts as a flag of
    /// its own at every place, told apart by the place where it was written.
    pub fn atoms(&self) -> Vec<Arc<str>> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect(&self, found: &mut Vec<Arc<str>>) {
        match self {
            Cond::Always | Cond::Never => {}
            Cond::When(node) => {
                let key = node.key_of_flag();
                if !found.contains(&key) {
                    found.push(key);
                }
            }
            Cond::Not(inner) => inner.collect(found),
            Cond::All(parts) | Cond::Any(parts) => parts.iter().for_each(|part| part.collect(found)),
        }
    }

    /// Whether it holds when the flags are as assumed; nothing when it hangs on a flag that is not among them.
    pub fn under(&self, assumed: &Assumption) -> Option<bool> {
        match self {
            Cond::Always => Some(true),
            Cond::Never => Some(false),
            Cond::When(node) => assumed.get(&node.key_of_flag()),
            Cond::Not(inner) => inner.under(assumed).map(|holds| !holds),
            Cond::All(parts) => fold(parts, assumed, false),
            Cond::Any(parts) => fold(parts, assumed, true),
        }
    }
}

/// Three-valued "and" (`decisive` false) and "or" (`decisive` true).
fn fold(parts: &[Cond], assumed: &Assumption, decisive: bool) -> Option<bool> {
    let mut known = Some(!decisive);
    for part in parts {
        match part.under(assumed) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => known = None,
        }
    }
    known
}

impl Assumption {
    /// Whether the flag holds here; nothing when nothing is assumed of it.
    pub fn get(&self, key: &str) -> Option<bool> {
        self.0.iter().find(|(name, _)| &**name == key).map(|(_, holds)| *holds)
    }

    /// All completions of `flags`, at most `most` of them; nothing when there would be more.
    pub fn every(flags: &[Arc<str>], most: usize) -> Option<Vec<Assumption>> {
        let count = 1usize.checked_shl(u32::try_from(flags.len()).ok()?)?;
        if count > most {
            return None;
        }
        let pick = |bits: usize| {
            Assumption(flags.iter().enumerate().map(|(at, flag)| (flag.clone(), bits >> at & 1 == 1)).collect())
        };
        Some((0..count).map(pick).collect())
    }
}
