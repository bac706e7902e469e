//! Commands that make what no template or manifest shows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// What a command makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Makes {
    /// A grant.
    Grant,
    /// A grant that may let a control plane assign an identity.
    Operator,
    /// That a grant is gone.
    NoGrant,
    /// A pull secret.
    Secret,
    /// The real text of placeholders in other files.
    Text,
    /// Kustomizations that are not the ones in the tree.
    Manifests,
    /// Pull secrets of service accounts.
    AccountSecrets,
    /// Pull secrets of pods.
    PodSecrets,
    /// The admin user of a registry, on or off.
    AdminUser,
    /// Anonymous pull, on or off.
    AnonymousPull,
    /// A private endpoint.
    Endpoint,
    /// Something of networks: links, peerings, zones, records, routes, rules, or another state of an endpoint.
    Network,
    /// Another state of a token or a scope map of a registry.
    Token,
    /// Public access or network rules of a registry.
    PublicAccess,
    /// The role assignment mode of a registry.
    RoleMode,
    /// The identity that pulls.
    PullingIdentity,
}

/// A command somewhere in the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Imperative {
    /// What it makes.
    pub makes: Makes,
    /// The command, as words.
    pub command: Arc<str>,
    /// Where.
    pub span: Span,
    /// The registry that it names, when that is a literal.
    pub registry: Option<Box<str>>,
    /// The cluster that it names, when that is a literal.
    pub cluster: Option<Box<str>>,
    /// The pull secret that it makes, when its name is a literal.
    pub secret: Option<Box<str>>,
    /// A step that somebody takes by hand: in a page, or in a text that nothing runs.
    pub manual: bool,
}
