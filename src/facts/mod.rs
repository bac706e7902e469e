//! What a repository declares, as a file for other repositories: written after reading, read before joining. No secret is in
//! it, and a place in it is told with the name of its repository.

mod pack;
mod unpack;
mod wire;

use std::collections::BTreeMap;

use crate::frontend::Lowered;
use crate::ir::{Delivery, Deployment, Imperative};
use crate::source::{Span, Store};
use crate::suppress::Given;
use crate::world::Assumed;

pub use unpack::read;

/// What a repository declares, and what its configuration says of it.
pub struct Declared<'a> {
    /// What it is called in other repositories: `contoso/infra`.
    pub repository: &'a str,
    /// All deployments.
    pub deployments: &'a [Deployment],
    /// Commands that make what no template or manifest shows.
    pub imperative: &'a [Imperative],
    /// What brings manifests to clusters.
    pub deliveries: &'a [Delivery],
    /// Files whose manifests run on a cluster that the configuration names.
    pub clusters: &'a BTreeMap<String, String>,
    /// Facts that are true elsewhere.
    pub assumed: &'a [Assumed],
    /// What is allowed, and where.
    pub allowed: &'a [Given],
    /// Lines that speak of a registry's admin user.
    pub logins: &'a [(Span, String)],
}

/// What a file of facts gives.
#[derive(Debug, Default)]
pub struct Facts {
    /// The name of the repository.
    pub repository: String,
    /// Its deployments and deliveries.
    pub lowered: Lowered,
    /// Its commands.
    pub imperative: Vec<Imperative>,
    /// Files whose manifests run on a cluster that its configuration names, with the repository's name in front.
    pub clusters: BTreeMap<String, String>,
    /// What its configuration says of the world elsewhere.
    pub assumed: Vec<Assumed>,
    /// What is allowed, and where.
    pub allowed: Vec<Given>,
}

/// Texts without the secrets in them.
pub trait Gate {
    /// A text that was read as a value, or a sentence.
    fn words(&self, text: &str) -> String;
    /// A line as it stands in a file.
    fn line(&self, line: &str) -> String;
}

/// Writes the file.
pub fn write(declared: &Declared<'_>, store: &Store, gate: &dyn Gate) -> String {
    pack::file(declared, store, gate)
}

/// The path of a file of another repository, as it is told.
fn told_path(repository: &str, path: &str) -> String {
    format!("{repository}:{path}")
}
