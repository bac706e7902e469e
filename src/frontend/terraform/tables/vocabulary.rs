//! Which provider's vocabulary a type speaks.

use std::sync::Arc;

use super::{azapi, azurerm, kubernetes};

/// A path of attributes in Resource Manager's vocabulary; as written for what no table knows.
pub fn path_of(kind: &str, path: &[Arc<str>]) -> Vec<Arc<str>> {
    match kind {
        "azapi_resource" => azapi::path_of(path),
        _ if kind.starts_with("kubernetes_") => kubernetes::path_of(kind, path),
        _ => azurerm::path_of(kind, path),
    }
}
