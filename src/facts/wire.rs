//! The file of facts as it is written. Tables of places, trails, addresses and nodes; what refers to an entry gives its number,
//! and nodes refer to earlier nodes only. `testdata/schema/acrfacts-1.schema.json` describes it.

use serde::{Deserialize, Serialize};

use crate::ir::{Fate, Key, Language, Makes, Origin, Why};
use crate::source::Via;

/// What such a file calls itself.
pub(super) const FORMAT: &str = "acrlint-facts";

/// The version that is written, and the only one that is read.
pub(super) const VERSION: u64 = 1;

/// What every version has.
#[derive(Deserialize)]
pub(super) struct Head {
    pub format: String,
    pub version: u64,
}

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct File {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u64,
    /// The name of the repository, in front of every path when it is spoken of.
    pub repository: String,
    pub sources: Vec<Source>,
    pub places: Vec<Place>,
    pub trails: Vec<Hop>,
    pub addresses: Vec<Address>,
    pub nodes: Vec<Node>,
    pub deployments: Vec<Deployment>,
    pub commands: Vec<Command>,
    pub deliveries: Vec<Delivery>,
    pub clusters: Vec<Mapping>,
    pub assumed: Vec<Assumed>,
    pub allowed: Vec<Allowed>,
}

/// A file of the repository, and the lines of it that speak of a registry's admin user, without their secrets: line, column,
/// end column, text.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logins: Vec<(u32, u32, u32, String)>,
}

/// Source, line, column, end line, end column: from 1, the end being the position after the last character, columns in code
/// points.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Place(pub usize, pub u32, pub u32, pub u32, pub u32);

/// A use site between the writing of a value and its reader.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hop {
    pub at: usize,
    pub via: Via,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<usize>,
}

/// What a resource is called in its deployment.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    pub root: String,
    pub path: Vec<Step>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
}

/// A value, where it was written, and how it came to its reader.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Node {
    pub at: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail: Option<usize>,
    /// It comes from a secret, and what is told is not the secret itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub secret: bool,
    /// The text stands at its place as it is here.
    #[serde(default, skip_serializing_if = "is_false")]
    pub written: bool,
    pub is: Value,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List {
        items: Vec<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        open: Option<Why>,
    },
    Map {
        entries: Vec<(usize, usize)>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        open: Option<Why>,
    },
    Pieces(Vec<usize>),
    Call {
        name: String,
        arguments: Vec<usize>,
    },
    Id {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subscription: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<usize>,
        kind: String,
        names: Vec<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        extends: Option<usize>,
    },
    Ref(Ref),
    Choice {
        on: Cond,
        yes: usize,
        no: usize,
    },
    Derived(Vec<Ref>),
    Unknown {
        why: Why,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        symbol: Option<String>,
    },
}

impl Value {
    /// The nodes that it is made of.
    pub(super) fn parts(&self) -> Vec<usize> {
        match self {
            Value::List { items: all, .. } | Value::Pieces(all) | Value::Call { arguments: all, .. } => all.clone(),
            Value::Map { entries, .. } => entries.iter().flat_map(|(key, value)| [*key, *value]).collect(),
            Value::Id { subscription, group, names, extends, .. } => {
                [subscription, group, extends].into_iter().flatten().chain(names).copied().collect()
            }
            Value::Ref(reference) => reference.id.into_iter().collect(),
            Value::Derived(all) => all.iter().filter_map(|reference| reference.id).collect(),
            Value::Choice { on, yes, no } => [*yes, *no].into_iter().chain(on.parts()).collect(),
            _ => Vec::new(),
        }
    }
}

impl Cond {
    fn parts(&self) -> Vec<usize> {
        match self {
            Cond::Always | Cond::Never => Vec::new(),
            Cond::When(node) => vec![*node],
            Cond::Not(inner) => inner.parts(),
            Cond::All(parts) | Cond::Any(parts) => parts.iter().flat_map(Cond::parts).collect(),
        }
    }
}

/// A property of a resource, which is meant by its address or by its id.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ref {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    pub path: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Cond {
    Always,
    Never,
    When(usize),
    Not(Box<Cond>),
    All(Vec<Cond>),
    Any(Vec<Cond>),
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Resource {
    pub address: usize,
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    pub name: usize,
    pub id: usize,
    pub scope: usize,
    pub body: usize,
    pub origin: Origin,
    pub deployed: Cond,
    pub declared: usize,
    pub extent: usize,
    pub language: Language,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Deployment {
    pub name: String,
    pub language: Language,
    pub source: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<usize>,
    pub resources: Vec<Resource>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<(usize, Cond)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<(Resource, Fate)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<(String, usize)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<Site>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// What waits for what, the later one first; and what can't be told.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub waits: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub part: Part,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Aim>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Part {
    Whole,
    File(usize),
    Object(usize),
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Aim {
    Cluster {
        name: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subscription: Option<usize>,
    },
    Context(usize),
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gap {
    pub why: Why,
    pub at: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hides: Option<Hides>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Hides {
    Anything,
    Touching(Vec<usize>),
    Joining(Vec<usize>),
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Command {
    pub makes: Makes,
    pub command: String,
    pub at: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub manual: bool,
}

/// Something that is applied and lies in none of the files of the repository.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delivery {
    pub parcel: Parcel,
    pub at: usize,
    #[serde(default, skip_serializing_if = "is_false")]
    pub moves: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Layer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Why>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Aim>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub manual: bool,
}

/// What is applied: of a path the repository of the manifests may have something.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Parcel {
    Chart(String),
    Kustomization(String),
    Manifests { path: String, recursive: bool },
    Folder(String),
    SomeChart(Why),
    Elsewhere(Why),
}

/// Values for a chart.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Layer {
    Tree(usize),
    Set { path: usize, value: usize, text: bool },
    Unknown(Why, usize),
}

/// Which cluster runs the manifests of a file, as the configuration of the repository says.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mapping {
    pub path: String,
    pub cluster: String,
}

/// What the configuration of the repository says of the world elsewhere.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Assumed {
    Grant { registry: String, cluster: String },
    Secret { namespace: String, name: String },
    Reachable { registry: String, cluster: String },
}

/// A rule whose findings are allowed somewhere.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Allowed {
    pub rule: String,
    pub covers: Covered,
}

/// A line, block or declaration; what comes of a call of a module; a file or one resource in it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Covered {
    Place(usize),
    Call {
        deployment: String,
        module: String,
    },
    File {
        source: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resource: Option<String>,
    },
}
