//! The language of Terraform: expressions, blocks, instances and functions, evaluated as far as they go without state.

pub mod blocks;
pub mod evaluate;
pub mod functions;
pub mod instances;
pub mod keys;
pub mod scope;
pub mod traverse;
pub mod types;
