//! Which pull secrets a pod has, and who else may make or hand out some.

use std::collections::BTreeSet;

use super::World;
use super::secret::Secret;
use super::workload::{Namespace, PullSecrets, ServiceAccount, Workload};
use crate::azure::kinds::POLICY_ASSIGNMENT;
use crate::ir::{Makes, Node, Resolver, Resource, Value};

/// A secret that something makes when it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Later {
    /// Its name; nothing when it may be any.
    pub name: Option<String>,
    /// Its namespace; nothing when it may be any.
    pub namespace: Option<String>,
}

/// Something that adds pull secrets where none are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addition {
    /// To pods.
    Pods,
    /// To a service account.
    Account {
        /// Its name; nothing when it may be any.
        name: Option<String>,
        /// Its namespace; nothing when it may be any.
        namespace: Option<String>,
    },
}

impl<'a> World<'a> {
    /// The pull secrets that the pods of a workload offer, and whether there may be others: the pod's own, else the
    /// service account's (the admission plugin copies them only when the pod has none).
    pub fn secrets_of(&self, workload: &Workload<'a>) -> PullSecrets {
        let added = self.changes_pods(workload);
        let own = &PullSecrets { open: workload.secrets.open || added, ..workload.secrets.clone() };
        if workload.admitted || !own.names.is_empty() || !own.broken.is_empty() {
            return own.clone();
        }
        let account = self.account_secrets(workload);
        PullSecrets { open: own.open || account.open, ..account }
    }

    /// Something writes pull secrets into pods when they are made.
    pub fn changes_pods(&self, workload: &Workload<'a>) -> bool {
        self.adds(Makes::PodSecrets) || self.additions.contains(&Addition::Pods) || self.writes_secrets(workload)
    }

    /// The pull secrets of the service account of a workload, which count where the pod lists none.
    pub fn account_secrets(&self, workload: &Workload<'a>) -> PullSecrets {
        let open = PullSecrets { open: true, ..PullSecrets::default() };
        let Some(name) = &workload.service_account else { return open };
        let added = self.adds_to_account(name, &workload.namespace);
        let mut accounts = self.accounts.iter().filter(|account| is_of(account, workload));
        match (accounts.next(), accounts.next()) {
            (Some(account), None) => {
                let sure = account.name.as_str().is_some()
                    && self.share_a_namespace(
                        (account.resource, &account.namespace),
                        (workload.resource, &workload.namespace),
                    );
                PullSecrets { open: added || account.secrets.open || !sure, ..account.secrets.clone() }
            }
            // An account that the tree doesn't have may bring secrets; the default one has none unless somebody patches it.
            (None, _) => PullSecrets {
                open: added || name != "default" || self.adds(Makes::AccountSecrets),
                ..PullSecrets::default()
            },
            (Some(_), Some(_)) => open,
        }
    }

    fn adds_to_account(&self, account: &str, namespace: &Namespace) -> bool {
        self.copier
            || self.additions.iter().any(|addition| match addition {
                Addition::Pods => false,
                Addition::Account { name, namespace: at } => {
                    name.as_deref().is_none_or(|name| name == account)
                        && at.as_deref().is_none_or(|at| namespace.name().is_none_or(|own| own == at))
                }
            })
    }

    /// Whether two objects are sure to be in one namespace: it is written for both, or for neither and they lie in one
    /// folder, which is applied as one.
    pub fn share_a_namespace(&self, a: (&Resource, &Namespace), b: (&Resource, &Namespace)) -> bool {
        match (a.1, b.1) {
            (Namespace::Known(a, _), Namespace::Known(b, _)) => a == b,
            (Namespace::Unknown, Namespace::Unknown) => a.0.address.root == b.0.address.root,
            _ => false,
        }
    }

    /// The service account of a workload pulls as an identity of its own.
    pub fn has_own_identity(&self, workload: &Workload<'a>) -> bool {
        self.accounts.iter().any(|account| account.identity.is_some() && is_of(account, workload))
    }

    /// The secrets of this name, split into those that the namespace may have and those of other namespaces.
    pub fn secrets_named(&self, name: &str, namespace: &Namespace) -> (Vec<&Secret<'a>>, Vec<&Secret<'a>>) {
        let named = self.secrets.iter().filter(|secret| secret.name.as_str().is_none_or(|own| own == name));
        named.partition(|secret| secret.namespace.may_be(namespace))
    }

    /// Whether something may make a secret of this name there later: a controller, a generator, a script.
    pub fn may_be_made_later(&self, name: &str, namespace: &Namespace) -> bool {
        let assumed = self.outlook.assumed.iter().any(|fact| match fact {
            super::Assumed::Secret { namespace: at, name: made } => {
                made == name && (at == "*" || namespace.name().is_none_or(|own| own == at))
            }
            _ => false,
        });
        let mut later = self.made_later.iter();
        assumed
            || self.scripted(name, true)
            || self.copies(name)
            || self.mentioned.contains(name)
            || later.any(|later| later.fits(name, namespace))
    }

    /// Whether something makes the secret of this name anew, so that what is written in the tree is not what the pods
    /// find. What may make secrets of any name makes another one: two owners of one object fight.
    pub fn is_made_anew(&self, name: &str, namespace: &Namespace) -> bool {
        let mut later = self.made_later.iter();
        self.scripted(name, false) || later.any(|later| later.name.is_some() && later.fits(name, namespace))
    }

    /// A policy that repairs disables the admin users of registries.
    pub fn disables_admin_users(&self) -> bool {
        let disables = |policy: &Resource| {
            let id = policy.body.at(&["properties", "policyDefinitionId"]).map(|node| self.resolver.node(node));
            id.as_ref().and_then(Node::as_str).is_some_and(|id| id.to_ascii_lowercase().ends_with(NO_ADMIN_POLICY))
        };
        self.resolver.of_kind(POLICY_ASSIGNMENT).iter().any(|policy| disables(policy))
    }

    /// A command makes a secret of this name, or of one that can't be read.
    fn scripted(&self, name: &str, manual_too: bool) -> bool {
        let mut commands = self.imperative.iter().filter(|command| manual_too || !command.manual);
        commands
            .any(|command| command.makes == Makes::Secret && command.secret.as_deref().is_none_or(|made| made == name))
    }

    /// Whether a controller of the tree copies secrets of this name, or any secret, from namespace to namespace.
    fn copies(&self, name: &str) -> bool {
        let mut named = self.secrets.iter().filter(|secret| secret.name.as_str().is_none_or(|own| own == name));
        self.copier || named.any(|secret| secret.copied)
    }
}

/// Whether an account may be that of a workload.
fn is_of(account: &ServiceAccount<'_>, workload: &Workload<'_>) -> bool {
    let named = workload.service_account.as_deref();
    named.is_some_and(|name| account.name.as_str().is_none_or(|own| own == name))
        && account.namespace.may_be(&workload.namespace)
}

impl Later {
    fn fits(&self, name: &str, namespace: &Namespace) -> bool {
        self.name.as_deref().is_none_or(|made| made == name)
            && self.namespace.as_deref().is_none_or(|at| namespace.name().is_none_or(|own| own == at))
    }
}

/// The image of a controller that hands out pull secrets on its own.
pub(super) fn is_copier(image: &str) -> bool {
    const COPIERS: [&str; 4] = ["imagepullsecret", "registry-creds", "clustersecret", "secret-copier"];
    COPIERS.iter().any(|copier| image.contains(copier))
}

/// The texts of a custom resource: its controller may make a secret of a name that stands there.
pub(super) fn mentions(resource: &Resource, found: &mut BTreeSet<String>) {
    let group = resource.kind.rsplit_once('/').map_or("", |(group, _)| group.split('/').next().unwrap_or_default());
    let custom = group.contains('.') && !group.ends_with(".k8s.io") && !group.starts_with("Microsoft.");
    // What these apply is followed: it is there as objects, or as a gap.
    let followed = ["argoproj.io", "helm.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io"].contains(&group);
    if custom && !followed {
        texts(&resource.body, found);
    }
}

fn texts(node: &Node, found: &mut BTreeSet<String>) {
    match &node.value {
        Value::Str(text) => drop(found.insert(text.to_string())),
        Value::List(list) => list.items.iter().for_each(|item| texts(item, found)),
        Value::Map(map) => map.entries.iter().for_each(|entry| texts(&entry.value, found)),
        _ => {}
    }
}

/// Pull secrets that a controller adds to pods and service accounts.
pub(super) fn adds(resource: &Resource, resolver: &Resolver<'_>) -> Option<Addition> {
    let (group, kind) = resource.kind.rsplit_once('/')?;
    let body = resolver.node(&resource.body);
    let text = |path: &[&str]| body.at(path).and_then(Node::as_str).map(str::to_owned);
    match group.split('/').next().unwrap_or_default() {
        "acrpull.microsoft.com" | "msi-acrpull.microsoft.com" => {
            let name = text(&["spec", "serviceAccountName"]);
            let namespace = text(&["metadata", "namespace"]).filter(|name| !name.is_empty());
            Some(Addition::Account { name, namespace })
        }
        "admissionregistration.k8s.io" if kind == "MutatingWebhookConfiguration" && is_about_pods(&body) => {
            Some(Addition::Pods)
        }
        _ => None,
    }
}

/// Whether a webhook is asked about pods, and none of those that are known to add other things alone.
fn is_about_pods(body: &Node) -> bool {
    const OTHERS: [&str; 9] =
        ["istio", "linkerd", "vault", "azure-wi", "dapr", "opentelemetry", "cert-manager", "keda", "sidecar"];
    let name = body.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default();
    let webhooks = body.get("webhooks").and_then(Node::as_list).map_or(&[][..], |list| &list.items);
    let asked = |rule: &Node| {
        let resources = rule.get("resources").and_then(Node::as_list).map_or(&[][..], |list| &list.items);
        resources.iter().any(|resource| matches!(resource.as_str(), None | Some("pods" | "*" | "*/*")))
    };
    let rules = webhooks.iter().filter_map(|webhook| webhook.get("rules")?.as_list()).flat_map(|list| &list.items);
    rules.into_iter().any(asked) && !OTHERS.iter().any(|other| name.contains(other))
}

/// "Configure container registries to disable local admin account".
const NO_ADMIN_POLICY: &str = "79fdfe03-ffcb-4e55-b4d0-b925b8241759";

/// Secrets that stand in no manifest and that a controller makes of this object.
pub(super) fn made_by(resource: &Resource, resolver: &Resolver<'_>) -> Vec<Later> {
    // Charts and manifests that Terraform applies without reading them.
    const APPLIES: [&str; 4] = ["helm_release", "kubectl_manifest", "kubectl_path_documents", "kustomization_resource"];
    let Some((group, kind)) = resource.kind.rsplit_once('/') else { return Vec::new() };
    let text = |path: &[&str]| resource.body.at(path).and_then(|node| resolver.node(node).as_str().map(str::to_owned));
    let namespace = text(&["metadata", "namespace"]).filter(|name| !name.is_empty());
    let own = text(&["metadata", "name"]);
    let named = |name: Option<String>| vec![Later { name, namespace: namespace.clone() }];
    let any = || vec![Later::default()];
    match (group.split('/').next().unwrap_or_default(), kind) {
        ("Terraform", kind) if APPLIES.contains(&kind) => any(),
        ("external-secrets.io", "ExternalSecret") => named(text(&["spec", "target", "name"]).or(own)),
        ("external-secrets.io", "ClusterExternalSecret") => {
            let name = text(&["spec", "externalSecretSpec", "target", "name"]);
            vec![Later { name: name.or(text(&["spec", "externalSecretName"])).or(own), namespace: None }]
        }
        ("external-secrets.io", "PushSecret") => any(),
        ("bitnami.com", "SealedSecret") => named(own),
        ("secrets-store.csi.x-k8s.io", "SecretProviderClass") => synced(resource, resolver, namespace),
        ("secrets.hashicorp.com", _) => named(text(&["spec", "destination", "name"])),
        ("acrpull.microsoft.com" | "msi-acrpull.microsoft.com", _) => named(None),
        ("clustersecret.io", _) => any(),
        // They hand secrets of one namespace on to others.
        ("hnc.x-k8s.io", "HierarchyConfiguration" | "SubnamespaceAnchor") => any(),
        ("capsule.clastix.io", "GlobalTenantResource" | "TenantResource") => any(),
        ("kyverno.io", "ClusterPolicy" | "Policy") => generated(&resolver.node(&resource.body)),
        ("policies.kyverno.io", kind) if kind.contains("Generating") => any(),
        _ => Vec::new(),
    }
}

/// The secrets that the rules of a Kyverno policy make.
fn generated(body: &Node) -> Vec<Later> {
    let Some(rules) = body.at(&["spec", "rules"]) else { return Vec::new() };
    let Some(rules) = rules.as_list().filter(|list| list.open.is_none()) else { return vec![Later::default()] };
    let later = |generate: &Node| {
        let text = |key: &str| generate.get(key).and_then(Node::as_str).filter(|text| !text.contains(['{', '*', '?']));
        let listed = generate.get("cloneList").is_some();
        match text("kind") {
            Some(kind) if kind != "Secret" && !listed => None,
            _ => Some(Later {
                name: text("name").filter(|_| !listed).map(str::to_owned),
                namespace: text("namespace").map(str::to_owned),
            }),
        }
    };
    rules.items.iter().filter_map(|rule| later(rule.get("generate")?)).collect()
}

/// The secrets that the driver makes while a pod mounts the class.
fn synced(resource: &Resource, resolver: &Resolver<'_>, namespace: Option<String>) -> Vec<Later> {
    let Some(objects) = resource.body.at(&["spec", "secretObjects"]).map(|node| resolver.node(node)) else {
        return Vec::new();
    };
    let later = |name: Option<String>| Later { name, namespace: namespace.clone() };
    match objects.as_list().filter(|list| list.open.is_none()) {
        Some(list) => {
            let name = |object: &Node| object.get("secretName").and_then(Node::as_str).map(str::to_owned);
            list.items.iter().map(|object| later(name(object))).collect()
        }
        None if objects.is_null() => Vec::new(),
        None => vec![later(None)],
    }
}
