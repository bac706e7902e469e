//! The one question that everything hangs on: are two values the same?
//!
//! `Yes` means in every completion of the unknowns, `No` means in none. Everything else is `Unknown`; a value that is
//! unknown and has no symbol is not even known to be equal to itself.

use std::sync::Arc;

use super::resolve::Fuel;
use super::{Assumption, Key, List, Map, Node, Origin, Ref, Resolver, ResourceId, Target, Value};

/// Three-valued logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// In every completion of the unknowns.
    Yes,
    /// In no completion of the unknowns.
    No,
    /// Can't be known.
    Unknown,
}

/// Whether letters compare without regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `a` is not `A`.
    Matters,
    /// Names, ids, types and GUIDs of Azure.
    Ignored,
}

impl Truth {
    /// A known truth.
    pub fn of(holds: bool) -> Truth {
        if holds { Truth::Yes } else { Truth::No }
    }

    /// Whether it is proved to hold.
    pub fn is_yes(self) -> bool {
        self == Truth::Yes
    }

    /// Both hold.
    pub fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::No, _) | (_, Truth::No) => Truth::No,
            (Truth::Yes, Truth::Yes) => Truth::Yes,
            _ => Truth::Unknown,
        }
    }

    /// One of them holds.
    pub fn or(self, other: Truth) -> Truth {
        self.not().and(other.not()).not()
    }

    /// It doesn't hold.
    #[allow(clippy::should_implement_trait)]
    pub fn not(self) -> Truth {
        match self {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
        }
    }

    /// What both say, when they agree: the truth over two completions.
    pub fn agree(self, other: Truth) -> Truth {
        if self == other { self } else { Truth::Unknown }
    }
}

/// Whether `a` and `b` are the same value in every completion of the unknowns; references are not followed.
pub fn same(a: &Node, b: &Node) -> Truth {
    Comparison::new(&Resolver::blind(), Case::Matters).nodes(a, b)
}

/// As [`same`], with references followed, and with letters compared as `case` says. Resource ids always compare without
/// regard to case.
pub fn same_in(resolver: &Resolver<'_>, case: Case, a: &Node, b: &Node) -> Truth {
    Comparison::new(resolver, case).nodes(a, b)
}

/// More flags than this are not enumerated.
const FLAGS: usize = 64;

/// One comparison, with what is left of its fuel.
pub(super) struct Comparison<'r, 'a> {
    resolver: &'r Resolver<'a>,
    case: Case,
    fuel: Fuel,
}

impl<'r, 'a> Comparison<'r, 'a> {
    pub(super) fn new(resolver: &'r Resolver<'a>, case: Case) -> Comparison<'r, 'a> {
        Comparison { resolver, case, fuel: Fuel::full() }
    }

    pub(super) fn nodes(&mut self, a: &Node, b: &Node) -> Truth {
        // Most values are asked about very often, and known.
        if let (Value::Str(a), Value::Str(b)) = (&a.value, &b.value) {
            return self.letters(a, b);
        }
        let a = self.resolver.node_within(a, &mut self.fuel);
        let b = self.resolver.node_within(b, &mut self.fuel);
        self.completed(&a, &b)
    }

    /// Compares under every completion of the flags that choices hang on: the same condition picks the same arm.
    fn completed(&mut self, a: &Node, b: &Node) -> Truth {
        if a.is_identical(b) {
            return Truth::Yes;
        }
        let mut flags = a.flags();
        for flag in b.flags() {
            if !flags.contains(&flag) {
                flags.push(flag);
            }
        }
        if flags.is_empty() {
            return self.resolved(a, b);
        }
        let Some(cases) = Assumption::every(&flags, FLAGS) else { return Truth::Unknown };
        let mut answers = cases.iter().map(|case| self.resolved(&a.under(case), &b.under(case)));
        let first = answers.next().unwrap_or(Truth::Unknown);
        answers.fold(first, Truth::agree)
    }

    fn resolved(&mut self, a: &Node, b: &Node) -> Truth {
        if self.exhausted() {
            return Truth::Unknown;
        }
        match (&a.value, &b.value) {
            (Value::Unknown { sym: Some(a), .. }, Value::Unknown { sym: Some(b), .. }) if a == b => Truth::Yes,
            (Value::Str(a), Value::Str(b)) => self.letters(a, b),
            (Value::Choice(_), Value::Choice(_)) if a.is_identical(b) => Truth::Yes,
            (Value::Choice(_) | Value::Derived(_), _) | (_, Value::Choice(_) | Value::Derived(_)) => Truth::Unknown,
            (Value::Ref(x), Value::Ref(y)) => self.references(x, y),
            (Value::Ref(reference), _) if reference.is(&["id"]) => self.id_with(a, b),
            (_, Value::Ref(reference)) if reference.is(&["id"]) => self.id_with(b, a),
            (Value::Ref(_), _) | (_, Value::Ref(_)) => Truth::Unknown,
            (Value::Id(x), Value::Id(y)) => self.ids(x, y),
            (Value::Id(_), _) => self.id_with(a, b),
            (_, Value::Id(_)) => self.id_with(b, a),
            (Value::List(x), Value::List(y)) => self.lists(x, y),
            (Value::Map(x), Value::Map(y)) => self.maps(x, y),
            _ if is_textual(&a.value) && is_textual(&b.value) => self.texts(a, b),
            (Value::Unknown { .. } | Value::Call(..), _) | (_, Value::Unknown { .. } | Value::Call(..)) => {
                Truth::Unknown
            }
            (x, y) => Truth::of(scalars_equal(x, y)),
        }
    }

    fn exhausted(&mut self) -> bool {
        self.fuel.deeper(true, |_| false)
    }

    fn references(&mut self, a: &Ref, b: &Ref) -> Truth {
        let same_path =
            a.path.len() == b.path.len() && a.path.iter().zip(&b.path).all(|(x, y)| x.eq_ignore_ascii_case(y));
        let same_target = match (&a.target, &b.target) {
            (Target::Resource(x), Target::Resource(y)) if x == y => Truth::Yes,
            _ => self.targets(a, b),
        };
        match (same_path, same_target) {
            (true, Truth::Yes) => Truth::Yes,
            (true, truth) if a.is(&["id"]) => truth,
            _ => Truth::Unknown,
        }
    }

    /// Whether two targets are one resource. Two declarations of one deployment never are: deploying both would fail,
    /// or make one of them.
    fn targets(&mut self, a: &Ref, b: &Ref) -> Truth {
        let (x, y) = (self.resolver.target(&a.target), self.resolver.target(&b.target));
        if let (Some(x), Some(y)) = (x, y) {
            if x.address == y.address {
                return Truth::Yes;
            }
            if !x.is_kind(&y.kind) {
                return Truth::No;
            }
        }
        let by_id = match (self.id_of_target(a), self.id_of_target(b)) {
            (Some(x), Some(y)) => self.ids(&x, &y),
            _ => Truth::Unknown,
        };
        match (by_id, x, y) {
            (Truth::Unknown, Some(x), Some(y)) => {
                let declared = x.origin == Origin::Declared && y.origin == Origin::Declared;
                let each = |key: &Option<Key>| matches!(key, Some(Key::Each(_)));
                let single = |address: &super::Address| !address.path.iter().any(|step| each(&step.key));
                let apart = declared && x.address.root == y.address.root && single(&x.address) && single(&y.address);
                if apart { Truth::No } else { Truth::Unknown }
            }
            (truth, ..) => truth,
        }
    }

    fn id_of_target(&mut self, reference: &Ref) -> Option<ResourceId> {
        let id = match &reference.target {
            Target::Resource(address) => &self.resolver.at(address)?.id,
            Target::Id(id) => id,
        };
        self.resolver.id_within(id, &mut self.fuel)
    }

    /// An id (or the `id` of a resource) with anything that is no reference.
    fn id_with(&mut self, id: &Node, other: &Node) -> Truth {
        let Some(ours) = self.resolver.id_within(id, &mut self.fuel) else { return Truth::Unknown };
        match &other.value {
            Value::Id(theirs) => self.ids(&ours, theirs),
            Value::Str(_) | Value::Concat(_) => match ResourceId::parse(other) {
                Some(theirs) => self.ids(&ours, &theirs),
                None if other.as_str().is_some() => Truth::No,
                None => Truth::Unknown,
            },
            Value::Unknown { .. } | Value::Call(..) | Value::Ref(_) => Truth::Unknown,
            _ => Truth::No,
        }
    }

    /// Part by part, without regard to case.
    pub(super) fn ids(&mut self, a: &ResourceId, b: &ResourceId) -> Truth {
        if !a.is_kind(&b.kind) || a.names.len() != b.names.len() {
            return Truth::No;
        }
        let case = std::mem::replace(&mut self.case, Case::Ignored);
        let mut truth = self.options(a.subscription.as_ref(), b.subscription.as_ref());
        truth = truth.and(self.options(a.group.as_ref(), b.group.as_ref()));
        truth = truth.and(self.options(a.extends.as_deref(), b.extends.as_deref()));
        for (x, y) in a.names.iter().zip(&b.names) {
            truth = truth.and(self.nodes(x, y));
        }
        self.case = case;
        truth
    }

    fn options(&mut self, a: Option<&Node>, b: Option<&Node>) -> Truth {
        match (a, b) {
            (Some(a), Some(b)) => self.nodes(a, b),
            (None, None) => Truth::Yes,
            _ => Truth::No,
        }
    }

    fn lists(&mut self, a: &List, b: &List) -> Truth {
        if a.open.is_some() || b.open.is_some() {
            return Truth::Unknown;
        }
        if a.items.len() != b.items.len() {
            return Truth::No;
        }
        a.items.iter().zip(&b.items).fold(Truth::Yes, |truth, (x, y)| truth.and(self.resolved(x, y)))
    }

    fn maps(&mut self, a: &Map, b: &Map) -> Truth {
        let known = |map: &Map| map.open.is_none() && map.entries.iter().all(|entry| entry.key.as_str().is_some());
        if !known(a) || !known(b) {
            return Truth::Unknown;
        }
        let lacks = |of: &Map, other: &Map| {
            of.entries.iter().any(|e| e.key.as_str().is_some_and(|key| other.get(key).is_none()))
        };
        if lacks(a, b) || lacks(b, a) {
            return Truth::No;
        }
        let keys = a.entries.iter().filter_map(|entry| entry.key.as_str());
        keys.fold(Truth::Yes, |truth, key| match (a.get(key), b.get(key)) {
            (Some(x), Some(y)) => truth.and(self.resolved(x, y)),
            _ => Truth::No,
        })
    }

    fn letters(&self, a: &str, b: &str) -> Truth {
        Truth::of(match self.case {
            Case::Matters => a == b,
            Case::Ignored => a.eq_ignore_ascii_case(b),
        })
    }

    /// Strings, known and in pieces. What is equal at both ends is taken off; what is left decides.
    fn texts(&mut self, a: &Node, b: &Node) -> Truth {
        let (mut a, mut b) = (pieces(a, self.case), pieces(b, self.case));
        for _ in 0..2 {
            if self.take_equal_fronts(&mut a, &mut b) == Truth::No {
                return Truth::No;
            }
            // One hidden piece against another: asking from the other end gives the same answer, at twice the price.
            if let ([Piece::Hidden(..)], [Piece::Hidden(..)]) = (a.as_slice(), b.as_slice()) {
                return Truth::Unknown;
            }
            // The other end: pieces and letters turned around, twice in all, so that they stand as before.
            turn(&mut a);
            turn(&mut b);
        }
        match (a.as_slice(), b.as_slice()) {
            ([], []) => Truth::Yes,
            ([], rest) | (rest, []) if rest.iter().any(|piece| piece.shortest() > 0) => Truth::No,
            ([Piece::Known(text)], pattern) | (pattern, [Piece::Known(text)]) if !could_be(pattern, text) => Truth::No,
            _ => Truth::Unknown,
        }
    }

    fn take_equal_fronts(&mut self, a: &mut Vec<Piece>, b: &mut Vec<Piece>) -> Truth {
        loop {
            let (front_a, front_b) = match (a.first_mut(), b.first_mut()) {
                (Some(x), Some(y)) => (x, y),
                _ => return Truth::Yes,
            };
            match (front_a, front_b) {
                (Piece::Known(x), Piece::Known(y)) => {
                    let common = x.iter().zip(y.iter()).take_while(|(p, q)| p == q).count();
                    if common < x.len() && common < y.len() {
                        return Truth::No;
                    }
                    x.drain(..common);
                    y.drain(..common);
                    a.retain(|piece| !piece.is_empty());
                    b.retain(|piece| !piece.is_empty());
                }
                (Piece::Hidden(x, ..), Piece::Hidden(y, ..)) => {
                    let (x, y) = (x.clone(), y.clone());
                    if self.hidden(&x, &y) != Truth::Yes {
                        return Truth::Yes;
                    }
                    a.remove(0);
                    b.remove(0);
                }
                _ => return Truth::Yes,
            }
        }
    }

    fn hidden(&mut self, a: &Node, b: &Node) -> Truth {
        match (&a.value, &b.value) {
            (Value::Call(x, xs), Value::Call(y, ys)) if x == y && xs.len() == ys.len() => {
                let equal = xs.iter().zip(ys.iter()).fold(Truth::Yes, |truth, (p, q)| truth.and(self.argument(p, q)));
                // Different arguments may give the same result.
                if equal == Truth::Yes { Truth::Yes } else { Truth::Unknown }
            }
            (Value::Unknown { sym: Some(a), .. }, Value::Unknown { sym: Some(b), .. }) if a == b => Truth::Yes,
            (Value::Ref(x), Value::Ref(y)) => self.references(x, y),
            _ => Truth::Unknown,
        }
    }

    /// Arguments of functions compare to the letter: a hash of `A` is not the hash of `a`.
    fn argument(&mut self, a: &Node, b: &Node) -> Truth {
        let case = std::mem::replace(&mut self.case, Case::Matters);
        let truth = self.resolved(a, b);
        self.case = case;
        truth
    }
}

fn is_textual(value: &Value) -> bool {
    match value {
        Value::Str(_) | Value::Concat(_) | Value::Call(..) | Value::Unknown { .. } => true,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
        Value::List(_) | Value::Map(_) | Value::Id(_) | Value::Ref(_) | Value::Choice(_) | Value::Derived(_) => false,
    }
}

fn scalars_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => *a as f64 == *b,
        _ => false,
    }
}

/// A piece of a string: letters, or something hidden with the least and most letters it can have.
#[derive(Clone, Debug)]
enum Piece {
    Known(Vec<char>),
    Hidden(Node, usize, Option<usize>),
}

impl Piece {
    fn is_empty(&self) -> bool {
        matches!(self, Piece::Known(text) if text.is_empty())
    }

    fn shortest(&self) -> usize {
        match self {
            Piece::Known(text) => text.len(),
            Piece::Hidden(_, least, _) => *least,
        }
    }
}

fn pieces(node: &Node, case: Case) -> Vec<Piece> {
    let piece = match &node.value {
        Value::Concat(inner) => return inner.iter().flat_map(|inner| pieces(inner, case)).collect(),
        Value::Str(text) if case == Case::Ignored => Piece::Known(text.to_ascii_lowercase().chars().collect()),
        Value::Str(text) => Piece::Known(text.chars().collect()),
        Value::Call(name, arguments) => match (&**name, arguments.as_slice()) {
            // Where case doesn't matter, folding it does nothing.
            ("tolower" | "toupper", [inner]) if case == Case::Ignored => return pieces(inner, case),
            ("uniquestring", _) => Piece::Hidden(node.clone(), 13, Some(13)),
            ("guid", _) => Piece::Hidden(node.clone(), 36, Some(36)),
            _ => Piece::Hidden(node.clone(), 0, None),
        },
        _ => Piece::Hidden(node.clone(), 0, None),
    };
    if piece.is_empty() { Vec::new() } else { vec![piece] }
}

fn turn(pieces: &mut [Piece]) {
    pieces.reverse();
    for piece in pieces {
        if let Piece::Known(text) = piece {
            text.reverse();
        }
    }
}

/// Whether some completion of the hidden pieces makes the pattern this text. Hidden lengths are tried by a table over
/// positions, so the work is bounded by pieces times letters.
fn could_be(pattern: &[Piece], text: &[char]) -> bool {
    let mut reachable = vec![false; text.len() + 1];
    if let Some(first) = reachable.first_mut() {
        *first = true;
    }
    for piece in pattern {
        let mut next = vec![false; text.len() + 1];
        for (at, _) in reachable.iter().enumerate().filter(|(_, reached)| **reached) {
            let rest = text.get(at..).unwrap_or_default();
            let lengths = match piece {
                Piece::Known(known) if rest.starts_with(known) => known.len()..=known.len(),
                Piece::Known(_) => continue,
                Piece::Hidden(_, least, most) => *least..=most.unwrap_or(rest.len()).min(rest.len()),
            };
            for length in lengths {
                if let Some(slot) = next.get_mut(at + length) {
                    *slot = true;
                }
            }
        }
        reachable = next;
    }
    reachable.last().copied().unwrap_or(false)
}

impl Node {
    /// The name of this value as a flag in conditions: equal names mean the same value. A value that is not even equal
    /// to itself is named by the place where it was written.
    pub fn key_of_flag(&self) -> Arc<str> {
        let mut key = String::new();
        self.write_key(&mut key, 16);
        key.into()
    }

    fn write_key(&self, key: &mut String, depth: usize) {
        let written = |key: &mut String, text: std::fmt::Arguments<'_>| key.push_str(&text.to_string());
        let place = |key: &mut String| {
            written(key, format_args!("@{}:{}-{}", self.span.source.0, self.span.start, self.span.end));
        };
        let inner = |key: &mut String, open: &str, nodes: &mut dyn Iterator<Item = &Node>| {
            key.push_str(open);
            for node in nodes {
                match depth {
                    0 => place(key),
                    _ => node.write_key(key, depth - 1),
                }
                key.push(',');
            }
            key.push(')');
        };
        match &self.value {
            Value::Null => key.push_str("null"),
            Value::Bool(value) => key.push_str(if *value { "true" } else { "false" }),
            Value::Int(value) => written(key, format_args!("{value}")),
            Value::Float(value) => written(key, format_args!("{value:?}")),
            Value::Str(text) => written(key, format_args!("{text:?}")),
            Value::Unknown { sym: Some(sym), .. } => written(key, format_args!("<{}>", sym.0)),
            Value::Call(name, arguments) => inner(key, &format!("{name}("), &mut arguments.iter()),
            Value::Concat(pieces) => inner(key, "concat(", &mut pieces.iter()),
            Value::List(list) if list.open.is_none() => inner(key, "list(", &mut list.items.iter()),
            Value::Map(map) if map.open.is_none() => {
                inner(key, "map(", &mut map.entries.iter().flat_map(|entry| [&entry.key, &entry.value]));
            }
            Value::Ref(reference) => {
                match &reference.target {
                    Target::Resource(address) => written(key, format_args!("{}#{address}", address.root)),
                    Target::Id(id) => inner(key, "id(", &mut std::iter::once(&**id)),
                }
                written(key, format_args!(".{}", reference.path.join(".").to_ascii_lowercase()));
            }
            Value::Id(id) => {
                let mut parts = id.subscription.iter().chain(&id.group).chain(&id.names).chain(id.extends.as_deref());
                inner(key, &format!("{}(", id.kind.to_ascii_lowercase()), &mut parts);
            }
            Value::Unknown { sym: None, .. }
            | Value::List(_)
            | Value::Map(_)
            | Value::Choice(_)
            | Value::Derived(_) => place(key),
        }
    }
}

#[cfg(test)]
mod tests;
