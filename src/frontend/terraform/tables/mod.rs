//! What providers call things, in Resource Manager's and Kubernetes' own words: one resource in Terraform's vocabulary becomes
//! one or several in theirs. Knows values, and nothing of how they are worked out.

pub mod attributes;
pub mod azapi;
pub mod azuread;
pub mod azurerm;
pub mod by_version;
pub mod conditional;
pub mod helm;
pub mod kubernetes;
pub mod place;
pub mod providers;
pub mod reference;
pub mod shape;
pub mod vocabulary;
pub mod yaml_text;

#[cfg(test)]
mod table_tests;

#[cfg(test)]
mod network_tests;
#[cfg(test)]
mod provider_tests;
#[cfg(test)]
mod schema_tests;
