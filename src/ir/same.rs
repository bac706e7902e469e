//! Whether two values are the same. (being written)

use super::{Node, Resolver};

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

/// Whether `a` and `b` are the same value in every completion of the unknowns.
pub fn same(_a: &Node, _b: &Node) -> Truth {
    Truth::Unknown
}

/// As [`same`], with references followed.
pub fn same_in(_resolver: &Resolver<'_>, _case: Case, _a: &Node, _b: &Node) -> Truth {
    Truth::Unknown
}

impl Node {
    /// The name of this value as a flag in conditions.
    pub fn key_of_flag(&self) -> std::sync::Arc<str> {
        "".into()
    }
}
