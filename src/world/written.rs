//! What somebody wrote into a file of the tree: a plan and saved output are no such files.

use super::World;
use super::cluster::Cluster;
use super::secret::{is_placeholder, looks_real};
use crate::ir::{Language, Origin, Resource};
use crate::source::Span;

/// Whether the declaration is one that somebody wrote.
pub fn is_written(resource: &Resource) -> bool {
    resource.origin == Origin::Declared && !matches!(resource.language, Language::Plan | Language::AzureCli)
}

impl<'a> World<'a> {
    /// Where the secret of a cluster's service principal is written out.
    pub fn written_principal_secret(&self, cluster: &Cluster<'a>) -> Option<Span> {
        let secret = cluster.resource.body.at(&["properties", "servicePrincipalProfile", "secret"])?;
        let secret = self.resolver.node(secret);
        let real = secret.as_str().is_some_and(|text| looks_real(text) && !is_placeholder(text));
        (real && is_written(cluster.resource)).then_some(secret.span)
    }
}
