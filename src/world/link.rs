//! Joining languages: images to registries, workloads to clusters, pull secrets to their makers.

use super::World;
use super::registry::Registry;
use super::workload::{Workload, shown};
use crate::azure::image;
use crate::azure::kinds::POLICY_ASSIGNMENT;
use crate::ir::{Case, Imperative, Makes, Node, Resolver, Resource, Truth, Value, same_in};

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
        self.source_of(reference, MOST_CHOICES)
    }

    fn source_of(&self, reference: &Node, depth: usize) -> Match {
        let Some((yes, no)) = arms(reference).filter(|_| depth > 0) else { return self.written_source(reference) };
        match (self.source_of(&yes, depth - 1), self.source_of(&no, depth - 1)) {
            (Match::Foreign, Match::Foreign) => Match::Foreign,
            (Match::Registry(a), Match::Registry(b)) if a == b => Match::Registry(a),
            (Match::Elsewhere(a), Match::Elsewhere(b)) if a == b => Match::Elsewhere(a),
            _ => Match::Unknown(shown(reference)),
        }
    }

    fn written_source(&self, reference: &Node) -> Match {
        let image = image::parse(reference);
        // Without a slash that is known, any unknown part may end the host.
        let slashless = image.rest.as_str() == Some("") && reference.as_str().is_none();
        let host = if slashless { image.host.as_ref().and_then(before_tag) } else { image.host };
        let Some(host) = host else { return Match::Foreign };
        let mut possible = false;
        let mut found: Option<usize> = None;
        let bare = global(&without_port(&host));
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

    /// The only registry of the tree, when its host differs from this one by a single digit. Stages are often numbered:
    /// whether it is a slip hangs on who pulls from it.
    pub fn one_digit_off(&self, host: &str) -> Option<usize> {
        let [registry] = self.registries.as_slice() else { return None };
        let known = registry.host.as_str().filter(|_| registry.is_declared())?;
        let host = host.to_ascii_lowercase();
        (strsim::damerau_levenshtein(known, &host) == 1 && self.near_miss(&host).is_none()).then_some(registry.at)
    }

    /// A declared registry is a better answer than one that is only referred to.
    fn better(&self, at: usize, known: usize) -> bool {
        let declared = |at: usize| self.registries.get(at).is_some_and(Registry::is_declared);
        declared(at) && !declared(known)
    }

    /// Whether a command edits the kustomization that a workload comes from.
    pub fn edits_manifests(&self, workload: &Workload<'a>) -> bool {
        workload.resource.address.root.to_ascii_lowercase().contains("kustomization") && self.adds(Makes::Manifests)
    }

    /// A command or step makes it.
    pub(super) fn adds(&self, what: Makes) -> bool {
        self.imperative.iter().any(|command| command.makes == what && !command.manual)
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
            vec![
                (Makes::Endpoint, "PrivateEndpoint of an operator"),
                (Makes::Network, "PrivateEndpoint of an operator"),
            ]
        }
        () if group.starts_with("network.azure") => vec![(Makes::Network, "a network of an operator")],
        () if resource.is_kind("Microsoft.Resources/deploymentScripts") => {
            let grants = may_run(resource, resolver, &GRANTING).then_some((Makes::Grant, "a deployment script"));
            let endpoints =
                may_run(resource, resolver, &CONNECTING).then_some((Makes::Endpoint, "a deployment script"));
            let networks = may_run(resource, resolver, &NETWORKING).then_some((Makes::Network, "a deployment script"));
            grants.into_iter().chain(endpoints).chain(networks).collect()
        }
        () if resource.is_kind(POLICY_ASSIGNMENT) && repairs() => {
            [Makes::Grant, Makes::Endpoint, Makes::Network].map(|makes| (makes, "a policy that repairs")).to_vec()
        }
        () => Vec::new(),
    };
    let command = |(makes, command): (Makes, &'static str)| Imperative {
        makes,
        command: command.into(),
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

/// And in every one that changes a network.
const NETWORKING: [&str; 9] = [
    "az network",
    "private-endpoint",
    "privateendpoint",
    "privatedns",
    "virtualnetwork",
    "networksecurity",
    "azroute",
    "azfirewall",
    "aznatgateway",
];

/// A script that can't be read may do anything; one that can be read says so.
fn may_run(resource: &Resource, resolver: &Resolver<'_>, words: &[&str]) -> bool {
    let content = resource.body.at(&["properties", "scriptContent"]).map(|node| resolver.node(node));
    match content.as_ref().and_then(Node::as_str) {
        Some(text) => words.iter().any(|word| text.to_ascii_lowercase().contains(word)),
        None => true,
    }
}

/// Choices within choices at the beginning of an image.
const MOST_CHOICES: usize = 6;

/// What an image is when the choice that it begins with falls the one way or the other.
fn arms(reference: &Node) -> Option<(Node, Node)> {
    let (first, rest) = match &reference.value {
        Value::Concat(pieces) => pieces.split_first()?,
        _ => (reference, [].as_slice()),
    };
    let Value::Choice(choice) = &first.value else { return None };
    let with = |arm: &Node| {
        let pieces = std::iter::once(arm.clone()).chain(rest.iter().cloned()).collect();
        Node { trail: reference.trail.clone(), ..Node::concat(pieces, reference.span) }
    };
    Some((with(&choice.yes), with(&choice.no)))
}

/// What an image begins with, up to the last unknown in front of its tag: the host may end in it. Nothing where all of it
/// is known.
fn before_tag(image: &Node) -> Option<Node> {
    let Value::Concat(pieces) = &image.value else { return Some(image.clone()) };
    let cut = |piece: &Node| Some(piece.as_str()?.split_once([':', '@'])?.0.to_owned());
    let mut kept: Vec<Node> = Vec::new();
    for piece in pieces.iter() {
        if let Some(before) = cut(piece) {
            kept.push(Node { value: Value::Str(before.into()), ..piece.clone() });
            break;
        }
        kept.push(piece.clone());
    }
    let last = kept.iter().rposition(|piece| piece.as_str().is_none())?;
    kept.truncate(last + 1);
    Some(Node { trail: image.trail.clone(), ..Node::concat(kept, image.span) })
}

fn without_port(host: &Node) -> Node {
    match host.as_str().and_then(|text| text.split_once(':')) {
        Some((name, _)) => Node::text(name, host.span),
        None => host.clone(),
    }
}

/// The login server of the registry, when the host is an endpoint of it in one region.
fn global(host: &Node) -> Node {
    match host.as_str().and_then(image::regional) {
        Some((login, _)) => Node { trail: host.trail.clone(), ..Node::text(login, host.span) },
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
