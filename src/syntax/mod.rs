//! Text becomes spanned trees. Never fails, knows no Azure: what can't be read is a [`tree::Fault`] with its place, and
//! the rest of the file goes on.

pub mod arm_expression;
pub mod bicep;
pub mod gotemplate;
pub mod hcl;
pub mod json;
pub mod json_skim;
pub mod scalar;
pub mod tree;
pub mod yaml;
