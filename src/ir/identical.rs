//! Values that are made of the same parts: the cheap half of the question whether two values are the same.

use std::sync::Arc;

use super::{Cond, Node, ResourceId, Target, Value};

impl Node {
    /// Whether both are made of the same parts, so that they are one value in every completion of the unknowns. Places
    /// don't count; an unknown without a symbol is identical to nothing, unless it is the very same evaluation.
    pub fn is_identical(&self, other: &Node) -> bool {
        match (&self.value, &other.value) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Concat(a), Value::Concat(b)) => Arc::ptr_eq(a, b) || all(a, b),
            (Value::Call(f, a), Value::Call(g, b)) => f == g && (Arc::ptr_eq(a, b) || all(a, b)),
            (Value::List(a), Value::List(b)) => {
                Arc::ptr_eq(a, b) || a.open.is_none() && b.open.is_none() && all(&a.items, &b.items)
            }
            (Value::Map(a), Value::Map(b)) => {
                let pairs = || a.entries.iter().zip(&b.entries);
                let closed = a.open.is_none() && b.open.is_none() && a.entries.len() == b.entries.len();
                Arc::ptr_eq(a, b)
                    || closed && pairs().all(|(x, y)| x.key.is_identical(&y.key) && x.value.is_identical(&y.value))
            }
            (Value::Id(a), Value::Id(b)) => Arc::ptr_eq(a, b) || same_parts(a, b),
            (Value::Ref(a), Value::Ref(b)) => {
                let same_target = || match (&a.target, &b.target) {
                    (Target::Resource(x), Target::Resource(y)) => x == y,
                    (Target::Id(x), Target::Id(y)) => x.is_identical(y),
                    _ => false,
                };
                Arc::ptr_eq(a, b) || a.path == b.path && same_target()
            }
            (Value::Choice(a), Value::Choice(b)) => {
                Arc::ptr_eq(a, b) || a.on.is_identical(&b.on) && a.yes.is_identical(&b.yes) && a.no.is_identical(&b.no)
            }
            (Value::Unknown { sym: Some(a), .. }, Value::Unknown { sym: Some(b), .. }) => a == b,
            _ => false,
        }
    }
}

impl Cond {
    /// Whether both hold in the same completions, seen from their parts.
    fn is_identical(&self, other: &Cond) -> bool {
        match (self, other) {
            (Cond::Always, Cond::Always) | (Cond::Never, Cond::Never) => true,
            (Cond::When(a), Cond::When(b)) => Arc::ptr_eq(a, b) || a.is_identical(b),
            (Cond::Not(a), Cond::Not(b)) => Arc::ptr_eq(a, b) || a.is_identical(b),
            (Cond::All(a), Cond::All(b)) | (Cond::Any(a), Cond::Any(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.is_identical(y))
            }
            _ => false,
        }
    }
}

fn all(a: &[Node], b: &[Node]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.is_identical(y))
}

fn same_parts(a: &ResourceId, b: &ResourceId) -> bool {
    let same = |x: Option<&Node>, y: Option<&Node>| match (x, y) {
        (Some(x), Some(y)) => x.is_identical(y),
        (None, None) => true,
        _ => false,
    };
    a.is_kind(&b.kind)
        && all(&a.names, &b.names)
        && same(a.subscription.as_ref(), b.subscription.as_ref())
        && same(a.group.as_ref(), b.group.as_ref())
        && same(a.extends.as_deref(), b.extends.as_deref())
}
