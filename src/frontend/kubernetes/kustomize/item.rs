//! An object on its way through a build, with what it was called before: patches and references may name it by any of
//! the names that it had.

use std::sync::Arc;

use crate::frontend::kubernetes::edit::{at, set_metadata};
use crate::frontend::kubernetes::loosen::loosen;
use crate::frontend::kubernetes::manifest::Object;
use crate::ir::placeholder::stands_in;
use crate::ir::{Node, Truth, Why};

/// The namespace that kustomize takes for one that isn't stated.
const DEFAULT: &str = "default";

/// Groups of the API and the kinds of theirs that stand in no namespace. Kustomize counts all others as namespaced.
const CLUSTER_WIDE: [(&str, &[&str]); 15] = [
    ("", &["ComponentStatus", "Namespace", "Node", "PersistentVolume"]),
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    ("authentication.k8s.io", &["SelfSubjectReview", "TokenReview"]),
    ("authorization.k8s.io", &["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"]),
    ("certificates.k8s.io", &["CertificateSigningRequest", "ClusterTrustBundle"]),
    ("flowcontrol.apiserver.k8s.io", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io", &["IPAddress", "IngressClass", "ServiceCIDR"]),
    ("node.k8s.io", &["RuntimeClass"]),
    ("policy", &["PodSecurityPolicy"]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding"]),
    ("resource.k8s.io", &["DeviceClass", "ResourceSlice"]),
    ("scheduling.k8s.io", &["PriorityClass"]),
    ("storage.k8s.io", &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"]),
];

/// Whether a kind of any group stands in no namespace.
pub(super) fn is_cluster_wide_kind(kind: &str) -> bool {
    CLUSTER_WIDE.iter().any(|(_, kinds)| kinds.contains(&kind))
}

/// A text as it is written, placeholders and all; nothing stands for one that is not known.
pub(super) type Written = Option<Arc<str>>;

/// What an object is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Id {
    pub(super) group: Arc<str>,
    pub(super) version: Arc<str>,
    pub(super) kind: Arc<str>,
    pub(super) name: Written,
    /// The empty text when none is stated.
    pub(super) namespace: Written,
}

impl Id {
    /// `apps/v1` is the group `apps` and the version `v1`; what has no slash is a version of the core.
    pub(super) fn new(api_version: &str, kind: &str, name: Written, namespace: Written) -> Id {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Id { group: group.into(), version: version.into(), kind: kind.into(), name, namespace }
    }

    /// What the body of an object says.
    pub(super) fn of(api_version: &str, kind: &str, body: &Node) -> Id {
        let text = |key: &str| match at(body, &["metadata", key]) {
            None => Some(Arc::from("")),
            Some(node) if node.is_null() => Some(Arc::from("")),
            Some(node) => written(node),
        };
        Id::new(api_version, kind, text("name"), text("namespace"))
    }

    /// Whether it is known to stand in no namespace.
    pub(super) fn is_cluster_wide(&self) -> bool {
        CLUSTER_WIDE.iter().any(|(group, kinds)| **group == *self.group && kinds.contains(&&*self.kind))
    }

    /// The namespace that counts when ids are compared.
    fn effective_namespace(&self) -> Option<&str> {
        if self.is_cluster_wide() {
            return Some("\0");
        }
        self.namespace.as_deref().map(|namespace| if namespace.is_empty() { DEFAULT } else { namespace })
    }

    /// The namespace that selectors match.
    pub(super) fn namespace_to_match(&self) -> Option<&str> {
        if self.is_cluster_wide() { Some("_non_namespaceable_") } else { self.effective_namespace() }
    }

    pub(super) fn is_beside(&self, other: &Id) -> Truth {
        same_text(self.effective_namespace(), other.effective_namespace())
    }

    pub(super) fn is(&self, other: &Id) -> Truth {
        let type_of = |id: &Id| (id.group.clone(), id.version.clone(), id.kind.clone());
        if type_of(self) != type_of(other) {
            return Truth::No;
        }
        same_text(self.name.as_deref(), other.name.as_deref()).and(self.is_beside(other))
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.name.as_deref().unwrap_or("…");
        match self.namespace.as_deref() {
            None | Some("") => write!(f, "{} {name}", self.kind),
            Some(namespace) => write!(f, "{} {namespace}/{name}", self.kind),
        }
    }
}

/// The text of a value, which is not known when the value isn't.
pub(super) fn written(node: &Node) -> Written {
    use crate::ir::Value;
    match &node.value {
        Value::Str(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string().into()),
        Value::Bool(value) => Some(value.to_string().into()),
        _ => None,
    }
}

/// A text longer than this, in bytes, is none that decides: patches and variables could double it without end.
pub(super) const LONGEST: usize = 1 << 16;

/// How deep and how large the body of an object may become by patches that copy.
const DEEPEST: usize = 300;
const LARGEST: usize = 500_000;

/// Whether a body is one that can be gone through.
pub(super) fn is_bounded(node: &Node) -> bool {
    fits(node, DEEPEST, &mut { LARGEST })
}

fn fits(node: &Node, depth: usize, left: &mut usize) -> bool {
    use crate::ir::Value;
    let (Some(depth), Some(rest)) = (depth.checked_sub(1), left.checked_sub(1)) else { return false };
    *left = rest;
    match &node.value {
        Value::List(list) => list.items.iter().all(|item| fits(item, depth, left)),
        Value::Map(map) => map.entries.iter().all(|entry| fits(&entry.value, depth, left)),
        _ => true,
    }
}

/// Whether two texts are one when everything is filled in. Kustomize sees a placeholder as any other text, when it
/// isn't filled in before.
pub(super) fn same_text(a: Option<&str>, b: Option<&str>) -> Truth {
    match (a, b) {
        (Some(a), Some(b)) if a == b => Truth::Yes,
        (Some(a), Some(b)) if !stands_in(a) && !stands_in(b) => Truth::No,
        _ => Truth::Unknown,
    }
}

/// What a generator does when an object of its name is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behavior {
    Create,
    Merge,
    Replace,
}

/// An object on its way.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) object: Object,
    /// What it was called before: namespace, name and kind, the oldest first.
    pub(super) former: Vec<(Written, Written, Arc<str>)>,
    pub(super) prefixes: Vec<Arc<str>>,
    pub(super) suffixes: Vec<Arc<str>>,
    /// Its name ends with a hash of its content.
    pub(super) hashed: bool,
    /// Only of its own file's name and value: the hash can't be worked out.
    pub(super) open_content: bool,
    /// Variables that are read from it.
    pub(super) variables: Vec<Arc<str>>,
    /// It was rendered by Helm, which places it itself.
    pub(super) is_rendered: bool,
}

impl Item {
    pub(super) fn new(object: Object) -> Item {
        Item {
            object,
            former: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            hashed: false,
            open_content: false,
            variables: Vec::new(),
            is_rendered: false,
        }
    }

    /// What it is called now.
    pub(super) fn id(&self) -> Id {
        Id::of(&self.object.api_version, &self.object.kind, &self.object.body)
    }

    /// What it was called before, the oldest first.
    pub(super) fn former_ids(&self) -> Vec<Id> {
        let former = self.former.iter();
        let id = |(namespace, name, kind): &(Written, Written, Arc<str>)| {
            Id::new(&self.object.api_version, kind, name.clone(), namespace.clone())
        };
        former.map(id).collect()
    }

    /// All that it was and is called, the present last.
    pub(super) fn ids(&self) -> Vec<Id> {
        let mut ids = self.former_ids();
        ids.push(self.id());
        ids
    }

    /// What it was called first.
    pub(super) fn first_id(&self) -> Id {
        self.former_ids().into_iter().next().unwrap_or_else(|| self.id())
    }

    /// Keeps what it is called now for those who know it by that.
    pub(super) fn remember(&mut self) {
        let id = self.id();
        let former = (id.namespace, id.name, id.kind);
        if self.former.last() != Some(&former) {
            self.former.push(former);
        }
    }

    /// Whether it is meant by an id.
    pub(super) fn is_called(&self, id: &Id) -> Truth {
        self.ids().iter().fold(Truth::No, |truth, own| truth.or(own.is(id)))
    }

    pub(super) fn set_name(&mut self, name: Node) {
        set_metadata(&mut self.object.body, "name", name);
    }

    /// Reads kind and version again after the body was changed.
    pub(super) fn reread(&mut self) {
        let text = |key: &str| at(&self.object.body, &[key]).and_then(written);
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        self.object.api_version = api_version.unwrap_or_else(|| self.object.api_version.clone());
        self.object.kind = kind.unwrap_or_else(|| self.object.kind.clone());
    }
}

/// Takes back what is known of an object that something changes in a way that can't be told.
pub(super) fn loosen_item(item: &mut Item, why: &Why) {
    loosen(&item.object.kind.clone(), &mut item.object.body, why);
}
