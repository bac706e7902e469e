//! Text becomes spanned trees. Never fails, knows no Azure: what can't be read is a [`tree::Fault`] with its place, and
//! the rest of the file goes on.

pub mod tree;
