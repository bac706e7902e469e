//! Joining languages: images to registries, workloads to clusters, pull secrets to their makers.

use std::collections::BTreeSet;

use super::World;
use super::cluster::Cluster;
use super::registry::Registry;
use super::secret::Secret;
use super::workload::{Namespace, PullSecrets, Workload, shown};
use crate::azure::image;
use crate::azure::kinds::POLICY_ASSIGNMENT;
use crate::ir::{Case, Imperative, Makes, Node, Origin, Resolver, Resource, Truth, Value, same_in};
use crate::source::Span;

/// Which registry an image comes from.
#[derive(Clone, Debug)]
pub enum Match {
    /// This one of the world.
    Registry(usize),
    /// One of Azure's that the world doesn't have; its host.
    Elsewhere(String),
    /// Not one of Azure's.
    Foreign,
    /// Can't be told; the host as far as known.
    Unknown(String),
}

impl<'a> World<'a> {
    /// The registry that an image is pulled from.
    pub fn registry_of(&self, reference: &Node) -> Match {
        let image = image::parse(reference);
        let Some(host) = image.host else { return Match::Foreign };
        let mut possible = false;
        let mut found: Option<usize> = None;
        let bare = without_port(&host);
        for (at, registry) in self.registries.iter().enumerate() {
            match same_in(&self.resolver, Case::Ignored, &bare, &registry.host) {
                Truth::Yes if found.is_none_or(|known| self.better(at, known)) => found = Some(at),
                Truth::Unknown => possible = true,
                Truth::Yes | Truth::No => {}
            }
        }
        match (found, host.as_str()) {
            (Some(at), _) => Match::Registry(at),
            (None, Some(text)) if !image::is_registry_host(text) && self.near_miss(text).is_none() => Match::Foreign,
            (None, Some(text)) if !possible => Match::Elsewhere(text.to_owned()),
            (None, _) if might_be_azure(&host) => Match::Unknown(shown(&host)),
            (None, _) => Match::Foreign,
        }
    }

    /// The host of a known registry that is one slip away from this one. Names that differ in a digit alone are often both
    /// right.
    pub fn near_miss(&self, host: &str) -> Option<&str> {
        let host = host.to_ascii_lowercase();
        let letters = |text: &str| text.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
        let known = self.registries.iter().filter_map(|registry| registry.host.as_str());
        known.into_iter().find(|known| {
            known.len().abs_diff(host.len()) <= 1
                && strsim::damerau_levenshtein(known, &host) == 1
                && letters(known) != letters(&host)
        })
    }

    /// A declared registry is a better answer than one that is only referred to.
    fn better(&self, at: usize, known: usize) -> bool {
        let declared = |at: usize| self.registries.get(at).is_some_and(Registry::is_declared);
        declared(at) && !declared(known)
    }

    /// The clusters that could run a workload: those that the configuration maps its folder to, those of its own
    /// Terraform root when it is written there, else all. `path` is the file of the workload.
    pub fn clusters_for(&self, workload: &Workload<'a>, path: &str) -> Vec<usize> {
        let mapped = self.outlook.clusters.get(path);
        let named = |cluster: &Cluster<'_>| {
            mapped.is_none_or(|name| cluster.name.as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)))
        };
        let all: Vec<usize> =
            self.clusters.iter().enumerate().filter(|(_, cluster)| named(cluster)).map(|(at, _)| at).collect();
        let root = &workload.resource.address.root;
        let own: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&at| self.clusters.get(at).is_some_and(|cluster| cluster.resource.address.root == *root))
            .collect();
        if own.is_empty() { all } else { own }
    }

    /// The pull secrets that the pods of a workload offer, and whether there may be others: the pod's own, else the
    /// service account's (the admission plugin copies them only when the pod has none).
    pub fn secrets_of(&self, workload: &Workload<'a>) -> PullSecrets {
        let own =
            &PullSecrets { open: workload.secrets.open || self.adds(Makes::PodSecrets), ..workload.secrets.clone() };
        if !own.names.is_empty() || !own.broken.is_empty() {
            return own.clone();
        }
        let Some(name) = &workload.service_account else { return PullSecrets { open: true, ..own.clone() } };
        let is_it = |account: &&super::workload::ServiceAccount<'_>| {
            account.name.as_str().is_none_or(|own| own == name) && account.namespace.may_be(&workload.namespace)
        };
        let mut accounts = self.accounts.iter().filter(is_it);
        match (accounts.next(), accounts.next()) {
            (Some(account), None) => {
                let sure = account.name.as_str().is_some()
                    && self.share_a_namespace(
                        (account.resource, &account.namespace),
                        (workload.resource, &workload.namespace),
                    );
                PullSecrets { open: own.open || account.secrets.open || !sure, ..account.secrets.clone() }
            }
            // An account that the tree doesn't have may bring secrets; the default one has none unless somebody patches it.
            (None, _) => {
                PullSecrets { open: own.open || name != "default" || self.adds(Makes::AccountSecrets), ..own.clone() }
            }
            (Some(_), Some(_)) => PullSecrets { open: true, ..own.clone() },
        }
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

    /// Whether a command edits the kustomization that a workload comes from.
    pub fn edits_manifests(&self, workload: &Workload<'a>) -> bool {
        workload.resource.address.root.to_ascii_lowercase().contains("kustomization") && self.adds(Makes::Manifests)
    }

    /// A command or step makes it.
    fn adds(&self, what: Makes) -> bool {
        self.imperative.iter().any(|command| command.makes == what && !command.manual)
    }

    /// The service account of a workload pulls as an identity of its own.
    pub fn has_own_identity(&self, workload: &Workload<'a>) -> bool {
        self.accounts.iter().any(|account| {
            account.own_identity
                && account.namespace.may_be(&workload.namespace)
                && account.name.as_str() == workload.service_account.as_deref()
        })
    }

    /// The secrets of this name, split into those that the namespace may have and those of other namespaces.
    pub fn secrets_named(&self, name: &str, namespace: &Namespace) -> (Vec<&Secret<'a>>, Vec<&Secret<'a>>) {
        let named = self.secrets.iter().filter(|secret| secret.name.as_str().is_none_or(|own| own == name));
        named.partition(|secret| secret.namespace.may_be(namespace))
    }

    /// Whether something may make a secret of this name there later: a controller, a generator, a script.
    pub fn may_be_made_later(&self, name: &str, namespace: &Namespace) -> bool {
        let fits = |(made, at, _): &(Option<String>, Option<String>, Span)| {
            made.as_deref().is_none_or(|made| made == name)
                && at.as_deref().is_none_or(|at| namespace.name().is_none_or(|own| own == at))
        };
        let scripted = self
            .imperative
            .iter()
            .any(|command| command.makes == Makes::Secret && command.secret.as_deref().is_none_or(|made| made == name));
        let assumed = self.outlook.assumed.iter().any(|fact| match fact {
            super::Assumed::Secret { namespace: at, name: made } => {
                made == name && namespace.name().is_none_or(|own| own == at)
            }
            _ => false,
        });
        assumed || scripted || self.copies(name) || self.mentioned.contains(name) || self.made_later.iter().any(fits)
    }

    /// Whether a controller of the tree copies secrets of this name, or any secret, from namespace to namespace.
    fn copies(&self, name: &str) -> bool {
        let mut named = self.secrets.iter().filter(|secret| secret.name.as_str().is_none_or(|own| own == name));
        self.copier || named.any(|secret| secret.copied)
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
    if custom {
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

/// Grants and private endpoints that a resource makes without their standing anywhere: an operator, a script that runs when
/// it is deployed, a policy that repairs.
pub(super) fn makes(resource: &Resource, resolver: &Resolver<'_>) -> Vec<Imperative> {
    let Some((group, kind)) = resource.kind.rsplit_once('/') else { return Vec::new() };
    let repairs = || resource.body.at(&["identity", "type"]).is_some_and(|kind| kind.as_str() != Some("None"));
    let made: Vec<(Makes, &'static str)> = match () {
        () if group.starts_with("authorization.azure") && kind == "RoleAssignment" => {
            vec![(Makes::Grant, "RoleAssignment of an operator")]
        }
        () if group.starts_with("network.azure") && kind == "PrivateEndpoint" => {
            vec![(Makes::Endpoint, "PrivateEndpoint of an operator")]
        }
        () if resource.is_kind("Microsoft.Resources/deploymentScripts") => {
            let grants = may_run(resource, resolver, &GRANTING).then_some((Makes::Grant, "a deployment script"));
            let endpoints =
                may_run(resource, resolver, &CONNECTING).then_some((Makes::Endpoint, "a deployment script"));
            grants.into_iter().chain(endpoints).collect()
        }
        () if resource.is_kind(POLICY_ASSIGNMENT) && repairs() => {
            vec![(Makes::Grant, "a policy that repairs"), (Makes::Endpoint, "a policy that repairs")]
        }
        () => Vec::new(),
    };
    let command = |(makes, command): (Makes, &'static str)| Imperative {
        makes,
        command,
        span: resource.declared,
        registry: None,
        cluster: None,
        secret: None,
        manual: false,
    };
    made.into_iter().map(command).collect()
}

/// Words of which one stands in every script that grants a pull role.
const GRANTING: [&str; 4] = ["attach-acr", "role assignment", "roleassignment", "acrnametoattach"];
/// And in every one that makes a private endpoint.
const CONNECTING: [&str; 2] = ["private-endpoint", "privateendpoint"];

/// A script that can't be read may do anything; one that can be read says so.
fn may_run(resource: &Resource, resolver: &Resolver<'_>, words: &[&str]) -> bool {
    let content = resource.body.at(&["properties", "scriptContent"]).map(|node| resolver.node(node));
    match content.as_ref().and_then(Node::as_str) {
        Some(text) => words.iter().any(|word| text.to_ascii_lowercase().contains(word)),
        None => true,
    }
}

fn without_port(host: &Node) -> Node {
    match host.as_str().and_then(|text| text.split_once(':')) {
        Some((name, _)) => Node::text(name, host.span),
        None => host.clone(),
    }
}

/// Whether a host that is not known whole can be one of Azure's registries.
fn might_be_azure(host: &Node) -> bool {
    image::SUFFIXES.iter().any(|suffix| {
        let any = Node::unknown(crate::ir::Why::TemplateText, host.span);
        let pattern = Node::concat(vec![any, Node::text(*suffix, host.span)], host.span);
        crate::ir::same(host, &pattern) != Truth::No
    })
}

/// Objects that make secrets which stand in no manifest: name and namespace as far as known.
pub(super) fn makes_secrets(
    resource: &Resource,
    resolver: &Resolver<'_>,
) -> Option<(Option<String>, Option<String>, Span)> {
    // Charts and manifests that Terraform applies without reading them.
    const APPLIES: [&str; 4] = ["helm_release", "kubectl_manifest", "kubectl_path_documents", "kustomization_resource"];
    let (group, kind) = resource.kind.rsplit_once('/')?;
    let group = group.split('/').next().unwrap_or_default();
    let text = |path: &[&str]| resource.body.at(path).and_then(|node| resolver.node(node).as_str().map(str::to_owned));
    let namespace = text(&["metadata", "namespace"]);
    let own = text(&["metadata", "name"]);
    let named = |name: Option<String>| Some((name, namespace.clone(), resource.declared));
    match (group, kind) {
        ("Terraform", kind) if APPLIES.contains(&kind) => Some((None, None, resource.declared)),
        ("external-secrets.io", "ExternalSecret") => named(text(&["spec", "target", "name"]).or(own)),
        ("external-secrets.io", "ClusterExternalSecret" | "PushSecret") => Some((None, None, resource.declared)),
        ("bitnami.com", "SealedSecret") => named(own),
        ("secrets-store.csi.x-k8s.io", "SecretProviderClass")
            if resource.body.at(&["spec", "secretObjects"]).is_some() =>
        {
            named(None)
        }
        ("secrets.hashicorp.com" | "acrpull.microsoft.com" | "msi-acrpull.microsoft.com", _) => named(None),
        ("clustersecret.io", _) | ("kyverno.io", _) | ("mutations.gatekeeper.sh", _) => {
            Some((None, None, resource.declared))
        }
        ("helm.toolkit.fluxcd.io" | "kustomize.toolkit.fluxcd.io", _) => Some((None, None, resource.declared)),
        ("argoproj.io", "Application" | "ApplicationSet") => Some((None, None, resource.declared)),
        _ if resource.origin == Origin::Dump => None,
        _ => None,
    }
}
