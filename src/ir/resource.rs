//! Resources, shaped as Azure Resource Manager shapes them, whatever language they came from.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Cond, Node, Order, Site, Why};
use crate::source::{SourceId, Span};

/// The language that a resource was written in; fixes are worded in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Bicep.
    Bicep,
    /// ARM template JSON.
    Arm,
    /// Terraform configuration.
    Terraform,
    /// Terraform plan JSON.
    Plan,
    /// Kubernetes manifests.
    Kubernetes,
    /// Saved output of the Azure CLI.
    AzureCli,
    /// Commands in scripts and pipelines.
    Script,
}

impl Language {
    /// Whether a provider of Terraform checks and applies it.
    pub fn is_terraform(self) -> bool {
        matches!(self, Language::Terraform | Language::Plan)
    }
}

/// One instance among those of a loop.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    /// `count`, a loop over a list.
    Int(i64),
    /// `for_each`.
    Str(Arc<str>),
    /// Each member of a collection that is not known, by the collection's own name: instances of loops over the same
    /// collection belong together.
    Each(Arc<str>),
}

/// One step on the way to a resource: a module call or the resource itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    /// The name in the language's own form: `module.aks`, `azurerm_kubernetes_cluster.this`, `aks`.
    pub name: Arc<str>,
    /// The instance.
    pub key: Option<Key>,
}

/// What a resource is called in its deployment. Unique in a run: two resources with one address are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The deployment, by [`Deployment::name`].
    pub root: Arc<str>,
    /// From the deployment down to the resource.
    pub path: Vec<Step>,
}

impl Address {
    /// The address of `name` one level below this one.
    pub fn child(&self, name: impl Into<Arc<str>>, key: Option<Key>) -> Address {
        let mut path = self.path.clone();
        path.push(Step { name: name.into(), key });
        Address { root: self.root.clone(), path }
    }

    /// The deployment itself.
    pub fn root(name: impl Into<Arc<str>>) -> Address {
        Address { root: name.into(), path: Vec::new() }
    }

    /// Without the keys of instances: `module.aks.azurerm_kubernetes_cluster.this`.
    pub fn without_keys(&self) -> String {
        let names: Vec<&str> = self.path.iter().map(|step| &*step.name).collect();
        names.join(".")
    }

    /// The modules around it, the outermost first.
    pub fn modules(&self) -> impl Iterator<Item = Address> {
        let around = 1..self.path.len().max(1);
        around.map(|length| Address { root: self.root.clone(), path: self.path.iter().take(length).cloned().collect() })
    }

    /// Whether both are instances of one declaration: equal but for keys.
    pub fn is_sibling(&self, other: &Address) -> bool {
        self.root == other.root
            && self.path.len() == other.path.len()
            && self.path.iter().zip(&other.path).all(|(a, b)| a.name == b.name)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Int(at) => write!(f, "[{at}]"),
            Key::Str(key) => write!(f, "[\"{key}\"]"),
            Key::Each(_) => write!(f, "[each]"),
        }
    }
}

/// Written as the language writes it, without the deployment: `module.aks.azurerm_kubernetes_cluster.this[0]`.
impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, step) in self.path.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            write!(f, "{dot}{}", step.name)?;
            if let Some(key) = &step.key {
                write!(f, "{key}")?;
            }
        }
        Ok(())
    }
}

/// What a resource is to the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The tree creates it.
    Declared,
    /// The tree only refers to it: `existing`, a data source.
    Existing,
    /// Read back from Azure or a cluster: it exists, and what is written is what is so.
    Dump,
    /// Changes a resource that something else creates.
    Update,
}

/// A resource in the shape of ARM. Kubernetes objects are resources too: their type is `apiVersion/kind` as written
/// (`apps/v1/Deployment`, `v1/Secret`), their body the whole manifest, their scope `null`.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What it is called in its deployment.
    pub address: Arc<Address>,
    /// `Microsoft.ContainerService/managedClusters`, or `apps/v1/Deployment`.
    pub kind: Arc<str>,
    /// The version of the schema that the body follows, where the language states one.
    pub api_version: Option<Arc<str>>,
    /// Its last name: `web` of `vnet/web`.
    pub name: Node,
    /// Its id.
    pub id: Node,
    /// The scope it is deployed to, as an id: of a resource group, a subscription, `null` for the tenant; for an
    /// extension resource the resource that it stands on.
    pub scope: Node,
    /// The ARM body: `sku`, `identity`, `location`, `properties`, … Properties that nobody wrote are absent.
    pub body: Node,
    /// Declared, existing or dumped.
    pub origin: Origin,
    /// When it is deployed.
    pub deployed: Cond,
    /// The declaration's name line, for labels.
    pub declared: Span,
    /// The whole declaration, for suppressions.
    pub extent: Span,
    /// The language it was written in.
    pub language: Language,
}

impl Resource {
    /// Whether it is of this type, without regard to case.
    pub fn is_kind(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// Whether a command read it back from Azure: what it says is so, and what it doesn't say is not.
    pub fn is_read_back(&self) -> bool {
        self.origin == Origin::Dump && self.language == Language::AzureCli
    }

    /// Whether it is deployed whatever the parameters are.
    pub fn is_unconditional(&self) -> bool {
        self.deployed == Cond::Always
    }
}

/// What becomes of a resource that exists now when a plan is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is deleted.
    Deleted,
    /// It is deleted and made anew: what Azure computed for it is computed again.
    Replaced,
    /// It is changed in place.
    Changed,
    /// It was deleted outside of Terraform already.
    Gone,
}

/// A resource as it is before a plan is applied. It is not among the resources of the deployment: those are what the
/// plan leads to.
#[derive(Clone, Debug)]
pub struct Former {
    /// As it is now.
    pub resource: Resource,
    /// What becomes of it.
    pub fate: Fate,
}

/// Something that was not understood, counted and told.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The reason.
    pub why: Why,
    /// Where.
    pub span: Span,
    /// Resources may exist that can't be seen because of it. `None`: no set is touched, only a value is unknown.
    pub hides: Option<Hides>,
}

/// What resources a gap may hide (domain 0.2, open and closed sets).
#[derive(Clone, Debug, PartialEq)]
pub enum Hides {
    /// Anything: a file that could not be read, a module with unknown inputs.
    Anything,
    /// Resources that touch what these inputs of an unresolved module refer to.
    Touching(Vec<Node>),
    /// Resources that join what these arguments of a command or a foreign provider refer to, at least two of them.
    Joining(Vec<Node>),
}

/// One root with one set of parameters: a template, a Terraform root module, a plan, a dump, a folder of manifests.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The path of its main file or folder, relative; with the parameter file when there is one. Unique in a run.
    pub name: Arc<str>,
    /// The language of its main file.
    pub language: Language,
    /// Its main file.
    pub source: SourceId,
    /// Its parameter file, when it has one.
    pub parameters: Option<SourceId>,
    /// All resources, in the order of the source, modules unfolded.
    pub resources: Vec<Resource>,
    /// Values that no resource holds although deploying works them out, with when: outputs and parameters of modules
    /// that ask for the credentials of a registry, and secure parameters.
    pub asked: Vec<(Node, Cond)>,
    /// Plans: what exists now and is changed, as it is now.
    pub former: Vec<Former>,
    /// Where modules are called, by their addresses without keys.
    pub calls: BTreeMap<Arc<str>, Span>,
    /// What waits for what, where the language says it and something asks.
    pub order: Option<Order>,
    /// To which clusters its objects are brought.
    pub sites: Vec<Site>,
    /// What was not understood.
    pub gaps: Vec<Gap>,
}

impl Deployment {
    /// A deployment of nothing yet.
    pub fn new(name: impl Into<Arc<str>>, language: Language, source: SourceId) -> Deployment {
        Deployment {
            name: name.into(),
            language,
            source,
            parameters: None,
            resources: Vec::new(),
            asked: Vec::new(),
            former: Vec::new(),
            calls: BTreeMap::new(),
            order: None,
            sites: Vec::new(),
            gaps: Vec::new(),
        }
    }
}
