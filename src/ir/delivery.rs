//! How manifests get to a cluster: commands, pipelines and GitOps objects that apply what lies in the tree.

use std::sync::Arc;

use super::{Address, Node, Why};
use crate::source::{SourceId, Span};

/// Something that applies manifests, a kustomization or a chart of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// What it applies.
    pub parcel: Parcel,
    /// The name of the release, for a chart; `None` where it names none.
    pub release: Option<Node>,
    /// The namespace of objects that state none; `None` where it names none.
    pub namespace: Option<Node>,
    /// The namespace replaces the one that objects state.
    pub moves: bool,
    /// The cluster that it goes to; `None` where nothing says which.
    pub cluster: Option<Aim>,
    /// Values for a chart, in the order in which later ones win.
    pub values: Vec<Layer>,
    /// What it changes in the objects, as members of a kustomization (`images`, `patches`, `namePrefix`, …).
    pub changes: Option<Node>,
    /// What was set in kustomizations of the tree before this is built.
    pub edits: Vec<Edit>,
    /// It changes more than it can be read to change.
    pub open: Option<Why>,
    /// The command or object, for labels.
    pub span: Span,
    /// A step that somebody takes by hand: it stands in a page.
    pub manual: bool,
}

/// How a cluster is named by whoever brings something there.
#[derive(Clone, Debug, PartialEq)]
pub enum Aim {
    /// By its own name.
    Cluster {
        /// The name, which is its own only within its resource group.
        name: Node,
        /// The resource group; `None` where none is named.
        group: Option<Node>,
        /// The subscription, by its id or its name; `None` where none is named.
        subscription: Option<Node>,
    },
    /// By a context that was made elsewhere: it has the name of its cluster unless somebody called it otherwise.
    Context(Node),
}

impl Aim {
    /// A cluster of which only the name is said.
    pub fn cluster(name: Node) -> Aim {
        Aim::Cluster { name, group: None, subscription: None }
    }

    /// The name of the cluster or the context.
    pub fn name(&self) -> &Node {
        match self {
            Aim::Cluster { name, .. } | Aim::Context(name) => name,
        }
    }

    /// Whether both say the same, wherever they say it.
    pub fn is_like(&self, other: &Aim) -> bool {
        let value = |node: &Option<Node>| node.as_ref().map(|node| node.value.clone());
        let beside = |aim: &Aim| match aim {
            Aim::Cluster { group, subscription, .. } => Some((value(group), value(subscription))),
            Aim::Context(_) => None,
        };
        self.name().value == other.name().value && beside(self) == beside(other)
    }
}

/// Where a part of a deployment goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// What goes there.
    pub part: Part,
    /// The cluster; `None` where whoever brings it there names none.
    pub cluster: Option<Aim>,
}

/// A part of a deployment.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The objects of a file.
    File(SourceId),
    /// One object.
    Object(Arc<Address>),
}

/// What is delivered. Paths are relative to the root of the scan, without `./` and without a slash at the end.
#[derive(Clone, Debug, PartialEq)]
pub enum Parcel {
    /// The chart in a folder.
    Chart(Arc<str>),
    /// The kustomization in a folder.
    Kustomization(Arc<str>),
    /// A manifest, or the manifests of a folder.
    Manifests {
        /// The file or folder; `""` is the root.
        path: Arc<str>,
        /// Folders inside count as well.
        recursive: bool,
    },
    /// A folder whose content decides: a chart, a kustomization, or manifests.
    Folder(Arc<str>),
    /// A chart, and nobody knows which: it may be one of this tree.
    SomeChart(Why),
    /// Nothing of this tree, or nobody knows what.
    Elsewhere(Why),
}

/// What a command set in a kustomization: `kustomize edit`.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The folder of the kustomization.
    pub folder: Arc<str>,
    /// Members that take the place of its own; images do so by their names. Open where more is changed than can be read.
    pub members: Node,
}

/// Values for a chart.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// A file of the tree.
    File(SourceId),
    /// Values written in place: an object.
    Tree(Node),
    /// `--set a.b[0]=c`: one value, the path as written.
    Set {
        /// The path, escapes and all.
        path: Node,
        /// The value as text.
        value: Node,
        /// `--set-string`: it stays text.
        text: bool,
    },
    /// Values that can't be known; earlier ones may be replaced by anything.
    Unknown(Why, Span),
}

impl Delivery {
    /// A delivery that says nothing but what it applies.
    pub fn of(parcel: Parcel, span: Span) -> Delivery {
        Delivery {
            parcel,
            release: None,
            namespace: None,
            moves: false,
            cluster: None,
            values: Vec::new(),
            changes: None,
            edits: Vec::new(),
            open: None,
            span,
            manual: false,
        }
    }
}
