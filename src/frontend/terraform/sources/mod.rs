//! Where configuration stands: folders as modules, what `terraform init` fetched, and modules that are known without having them.

pub mod config;
pub mod known;
pub mod registry;
pub mod versions;
