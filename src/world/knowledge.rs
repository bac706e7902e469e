//! What is known of the world: facts, judgements with their evidence, and sets that may have members nobody can see.

pub use crate::ir::Truth;
use crate::ir::{Assumption, Cond, Key, Node, Resource, Value, Why};
use crate::source::Span;

/// More completions of the flags of two conditions are not tried.
const COMPLETIONS: usize = 64;

/// Whether `then` holds wherever `given` does, which it does somewhere.
pub(super) fn implies(given: &Cond, then: &Cond) -> bool {
    let mut flags = given.atoms();
    flags.extend(then.atoms());
    flags.sort();
    flags.dedup();
    let happens = |case: &&Assumption| given.under(case) != Some(false);
    Assumption::every(&flags, COMPLETIONS).is_some_and(|cases| {
        let mut given = cases.iter().filter(happens).peekable();
        given.peek().is_some() && given.all(|case| then.under(case) == Some(true))
    })
}

/// Whether a resource is deployed whatever the parameters are: no condition, and no loop whose members are not known.
pub fn is_certain(resource: &Resource) -> bool {
    let each = |key: &Option<Key>| matches!(key, Some(Key::Each(_)));
    resource.is_unconditional() && !resource.address.path.iter().any(|step| each(&step.key))
}

/// What keeps a condition from being known: the first unknown in it.
pub fn unknown_of(condition: &Cond) -> Option<&Why> {
    fn within(node: &Node) -> Option<&Why> {
        match &node.value {
            Value::Unknown { why, .. } => Some(why),
            Value::Call(_, nodes) | Value::Concat(nodes) => nodes.iter().find_map(within),
            _ => None,
        }
    }
    match condition {
        Cond::When(node) => within(node),
        Cond::Not(inner) => unknown_of(inner),
        Cond::All(parts) | Cond::Any(parts) => parts.iter().find_map(unknown_of),
        Cond::Always | Cond::Never => None,
    }
}

/// A property as far as it is known, and where that is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact<T> {
    /// Somebody wrote it.
    Known(T, Span),
    /// Nobody wrote it, and this is what holds then. The span is the declaration that leaves it out.
    Default(T, Span),
    /// It can't be known.
    Unknown(Why, Span),
}

impl<T> Fact<T> {
    /// The value, written or by default.
    pub fn value(&self) -> Option<&T> {
        match self {
            Fact::Known(value, _) | Fact::Default(value, _) => Some(value),
            Fact::Unknown(..) => None,
        }
    }

    /// Where it is written, or where it would be.
    pub fn span(&self) -> Span {
        match self {
            Fact::Known(_, span) | Fact::Default(_, span) | Fact::Unknown(_, span) => *span,
        }
    }
}

impl<T: PartialEq> Fact<T> {
    /// Whether it is `value`.
    pub fn is(&self, value: &T) -> Truth {
        self.value().map_or(Truth::Unknown, |known| Truth::of(known == value))
    }
}

/// One clause of a proof: a place and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Where.
    pub span: Span,
    /// One clause, lower-case start.
    pub text: String,
}

/// A three-valued answer and why, in telling order.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The answer.
    pub truth: Truth,
    /// The proof, or what keeps it from being known. Never empty.
    pub because: Vec<Evidence>,
}

impl Judgement {
    /// An answer with one clause.
    pub fn new(truth: Truth, span: Span, text: impl Into<String>) -> Judgement {
        Judgement { truth, because: vec![Evidence { span, text: text.into() }] }
    }
}

/// A set, perhaps with members that can't be seen: "none of them" is unknown then.
#[derive(Clone, Debug)]
pub struct Members<T> {
    /// The members that can be seen.
    pub items: Vec<T>,
    /// Why there may be more, and the place that says so.
    pub open: Option<(Why, Span)>,
}

impl<T> Members<T> {
    /// Whether some member has the property. Over an open set "none" is unknown.
    pub fn any(&self, has: impl FnMut(&T) -> Truth) -> Truth {
        let seen = self.items.iter().map(has).fold(Truth::No, Truth::or);
        match (seen, &self.open) {
            (Truth::No, Some(_)) => Truth::Unknown,
            (seen, _) => seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::implies;
    use crate::ir::{Cond, Node, Why};
    use crate::source::Span;

    fn flag(name: &str) -> Cond {
        Cond::of(&Node::symbol(Why::Parameter(name.into()), name, Span::default()))
    }

    #[test]
    fn a_condition_implies_what_holds_with_it() {
        let both = Cond::all([flag("a"), flag("b")]);
        assert!(implies(&both, &flag("a")) && implies(&flag("a"), &Cond::Always) && implies(&flag("a"), &flag("a")));
        assert!(!implies(&flag("a"), &both) && !implies(&flag("a"), &flag("b")));
        assert!(!implies(&flag("a"), &flag("a").negate()) && !implies(&Cond::Never, &Cond::Always));
    }
}
