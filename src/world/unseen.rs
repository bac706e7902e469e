//! Sets that something may add to which can't be seen: there "none" proves nothing.

use std::sync::Arc;

use super::cluster::{self, Cluster};
use super::knowledge::Members;
use super::network::reading::{inner, written};
use super::registry::Registry;
use super::{Completeness, World};
use crate::azure::kinds::PRIVATE_ENDPOINT;
use crate::ir::{
    Address, Case, Deployment, GROUP, Gap, Hides, Imperative, Language, Makes, Node, Ref, Resource, Target, Truth,
    Value, Why, same_in,
};
use crate::source::Span;

/// A resource that inputs of what can't be seen may mean.
struct End<'e> {
    address: &'e Arc<Address>,
    name: Option<&'e str>,
}

impl<'e> End<'e> {
    fn of(resource: &'e Resource, name: &'e Node) -> End<'e> {
        End { address: &resource.address, name: name.as_str() }
    }

    /// Whether a text is its name, or holds it as an id does. Very short names stand in too many texts.
    fn is_named(&self, text: &str) -> bool {
        let (text, name) = (text.to_ascii_lowercase(), self.name.unwrap_or_default().to_ascii_lowercase());
        let derived = text.len() >= 3 && name.contains(&text);
        !name.is_empty() && (text == name || name.len() >= 5 && text.contains(&name) || derived)
    }
}

impl<'a> World<'a> {
    /// Why there may be grants that can't be seen, for this registry and cluster.
    pub fn grants_open(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<(Why, Span)> {
        let grants = |command: &&Imperative| command.makes == Makes::Grant && !command.manual;
        let mut commands = self.imperative.iter().filter(grants);
        if let Some(command) = commands.find(|command| self.may_be_about(command, cluster, registry)) {
            return Some((Why::Command(format!("`{}`", command.command).into()), command.span));
        }
        self.hidden(cluster, registry).or_else(|| self.joins_a_group(cluster))
    }

    /// Why there may be grants that can't be seen, for this registry and an identity of the tree.
    pub(super) fn grants_open_to(&self, who: &Resource, registry: &Registry<'a>) -> Option<(Why, Span)> {
        let grants = |command: &&Imperative| command.makes == Makes::Grant && !command.manual;
        let about = |command: &&Imperative| self.may_be_called(&command.registry, &registry.name, command.span);
        if let Some(command) = self.imperative.iter().filter(grants).find(about) {
            return Some((Why::Command(format!("`{}`", command.command).into()), command.span));
        }
        let joins = |resource: &&&'a Resource| self.refers(&resource.body, &who.address);
        if let Some(group) = self.memberships.iter().find(joins) {
            return Some((Why::External("a group of the identity".into()), group.declared));
        }
        let ends = [End::of(who, &who.name), End::of(registry.resource, &registry.name)];
        let hides = |(deployment, gap): &&(&Deployment, &Gap)| match &gap.hides {
            Some(Hides::Anything) => deployment.language != Language::Kubernetes,
            Some(Hides::Joining(inputs) | Hides::Touching(inputs)) => {
                inputs.iter().any(|input| self.touches(input, &ends, 8))
            }
            None => false,
        };
        self.gaps.iter().find(hides).map(|(_, gap)| (gap.why.clone(), gap.span))
    }

    /// Why there may be resources about this registry and cluster that can't be seen.
    pub(super) fn hidden(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<(Why, Span)> {
        let ends = [End::of(cluster.resource, &cluster.name), End::of(registry.resource, &registry.name)];
        self.gap_about(&ends, |inputs| self.join_two(inputs, &ends))
    }

    /// Why something that can't be seen may change these resources, or add to them.
    pub fn hidden_from(&self, resources: &[&Resource]) -> Option<(Why, Span)> {
        let ends: Vec<End<'_>> = resources.iter().map(|resource| End::of(resource, &resource.name)).collect();
        self.gap_about(&ends, |inputs| inputs.iter().any(|input| self.touches(input, &ends, 8)))
    }

    /// The first gap of the ends' own deployments that may hide something about one of them. `joins` says whether what these
    /// inputs join concerns them.
    fn gap_about(&self, ends: &[End<'_>], joins: impl Fn(&[Node]) -> bool) -> Option<(Why, Span)> {
        let hides = |(deployment, gap): &&(&Deployment, &Gap)| match &gap.hides {
            None => false,
            Some(_) if deployment.language == Language::Kubernetes => false,
            Some(Hides::Anything) => true,
            Some(_) if !ends.iter().any(|end| end.address.root == deployment.name) => false,
            Some(Hides::Joining(inputs)) => joins(inputs),
            Some(Hides::Touching(inputs)) => inputs.iter().any(|input| self.touches(input, ends, 8)),
        };
        self.gaps.iter().find(hides).map(|(_, gap)| (gap.why.clone(), gap.span))
    }

    /// Whether inputs refer to more than one of the ends.
    fn join_two(&self, inputs: &[Node], ends: &[End<'_>]) -> bool {
        ends.iter().filter(|end| inputs.iter().any(|it| self.refers(it, end.address))).count() > 1
    }

    /// Why there may be parts of a registry that can't be seen: replicas, cache rules.
    pub(super) fn hides_parts_of(&self, registry: &Registry<'a>) -> Option<(Why, Span)> {
        let (own, ends) = (&registry.resource.address.root, [End::of(registry.resource, &registry.name)]);
        let hides = |(deployment, gap): &&(&Deployment, &Gap)| match &gap.hides {
            Some(Hides::Anything) => deployment.language != Language::Kubernetes,
            Some(Hides::Joining(inputs) | Hides::Touching(inputs)) => {
                deployment.name == *own && inputs.iter().any(|input| self.touches(input, &ends, 8))
            }
            None => false,
        };
        self.gaps.iter().find(hides).map(|(_, gap)| (gap.why.clone(), gap.span))
    }

    /// Whether there may be grants that can't be seen to or on one of these resources.
    pub(super) fn hides_grants_of(&self, resources: &[&Resource]) -> bool {
        let ends: Vec<End<'_>> = resources.iter().map(|it| End::of(it, &it.name)).collect();
        self.gaps.iter().any(|(deployment, gap)| match &gap.hides {
            Some(Hides::Anything) => deployment.language != Language::Kubernetes,
            Some(Hides::Joining(inputs) | Hides::Touching(inputs)) => {
                inputs.iter().any(|input| self.touches(input, &ends, 8))
            }
            None => false,
        })
    }

    /// Why there may be private endpoints of the registry that can't be seen.
    pub fn endpoints_open(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<(Why, Span)> {
        let closed = self.outlook.completeness == Completeness::Closed;
        let unlisted = match registry.connected {
            Some(Truth::No) => false,
            Some(_) => !closed && !self.has_all_connected(registry),
            None => !registry.is_declared() && !closed,
        };
        let unlisted =
            unlisted.then(|| (Why::External(registry.resource.address.to_string().into()), registry.resource.declared));
        self.endpoints_made(cluster, registry).or_else(|| self.hidden(cluster, registry)).or(unlisted)
    }

    /// Every endpoint that a registry is connected to, as it was read back, is in the tree.
    fn has_all_connected(&self, registry: &Registry<'a>) -> bool {
        let seen =
            if registry.is_read_back() { Some(registry.resource) } else { self.resolver.read_back(registry.resource) };
        let list =
            seen.and_then(|seen| written(&self.resolver, &seen.body, &["properties", "privateEndpointConnections"]));
        let known = |connection: &Node| {
            let id = inner(connection, "privateEndpoint").and_then(|endpoint| endpoint.get("id"));
            id.and_then(|id| self.resolver.resource_of(id)).is_some_and(|it| it.is_kind(PRIVATE_ENDPOINT))
        };
        let list = list.as_ref().and_then(Node::as_list).filter(|list| list.open.is_none());
        list.is_some_and(|list| list.items.iter().all(known))
    }

    /// A command that may make or change private endpoints of the registry and what belongs to them.
    pub fn endpoints_made(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<(Why, Span)> {
        let made = |command: &&Imperative| command.makes == Makes::Endpoint && !command.manual;
        let mut commands = self.imperative.iter().filter(made);
        let command = commands.find(|command| self.may_be_about(command, cluster, registry))?;
        Some((Why::Command(format!("`{}`", command.command).into()), command.span))
    }

    /// Why there may be something between these that can't be seen: what an unresolved module or a command joins them by.
    pub fn networks_open(&self, ends: &[&Resource]) -> Option<(Why, Span)> {
        let names: Vec<Node> = ends.iter().map(|end| self.resolver.node(&end.name)).collect();
        let ends: Vec<End<'_>> = ends.iter().zip(&names).map(|(end, name)| End::of(end, name)).collect();
        self.gap_about(&ends, |inputs| self.join_two(inputs, &ends))
    }

    /// Whether a private endpoint leads to the registry, as far as can be seen.
    pub fn has_endpoint(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Truth {
        match registry.connected {
            _ if self.has_connection(registry) => return Truth::Yes,
            Some(Truth::No) | None => {}
            Some(connected) => return connected,
        }
        let open = self.endpoints_open(cluster, registry);
        let endpoints = Members { items: self.network.attached.iter().collect(), open };
        endpoints.any(|endpoint| endpoint.leads_to(registry.at))
    }

    /// A saved list of the registry's connections has one that works.
    fn has_connection(&self, registry: &Registry<'a>) -> bool {
        let kind = "Microsoft.ContainerRegistry/registries/privateEndpointConnections";
        let approved = |connection: &&&'a Resource| {
            let status = connection.body.at(&["properties", "privateLinkServiceConnectionState", "status"]);
            let of = self.resolver.id_of(&connection.id).and_then(|id| id.names.first().cloned());
            status.and_then(Node::as_str).is_some_and(|status| status.eq_ignore_ascii_case("Approved"))
                && of.is_some_and(|name| same_in(&self.resolver, Case::Ignored, &name, &registry.name) == Truth::Yes)
        };
        registry.is_read_back() && self.resolver.of_kind(kind).iter().any(|it| approved(&it))
    }

    /// The identity that pulls is a member of a group, which may have a grant where nobody sees it.
    fn joins_a_group(&self, cluster: &Cluster<'a>) -> Option<(Why, Span)> {
        let supplied = match &cluster.pulling {
            cluster::Pulling::Kubelet { supplied: Some(id), .. } => self.resolver.resource_of(id),
            _ => None,
        };
        let puller = &supplied.unwrap_or(cluster.resource).address;
        let joins = |resource: &&&'a Resource| self.refers(&resource.body, puller);
        let group = self.memberships.iter().find(joins)?;
        Some((Why::External("a group of the identity that pulls".into()), group.declared))
    }

    /// Whether a command may be about this cluster and registry: it names neither, or these.
    pub fn may_be_about(&self, command: &Imperative, cluster: &Cluster<'a>, registry: &Registry<'a>) -> bool {
        self.may_be_called(&command.registry, &registry.name, command.span)
            && self.may_be_called(&command.cluster, &cluster.name, command.span)
    }

    /// Whether what a command names may be called so: it names nothing, or this.
    pub fn may_be_called(&self, named: &Option<Box<str>>, name: &Node, span: Span) -> bool {
        let Some(named) = named else { return true };
        same_in(&self.resolver, Case::Ignored, &Node::text(named.clone(), span), name) != Truth::No
    }

    /// Whether some cluster may pull with an identity of its own: one of the tree, one that can't be seen, or one that a
    /// command makes a grant for.
    pub fn may_have_pullers(&self) -> bool {
        let granted = self.imperative.iter().any(|command| command.makes == Makes::Grant && !command.manual);
        let unseen = |(deployment, gap): &(&Deployment, &Gap)| {
            deployment.language != Language::Kubernetes && gap.hides.is_some()
        };
        let scripted = self.grants.iter().any(|grant| grant.resource.language == Language::Script);
        granted || scripted || !self.clusters.is_empty() || self.gaps.iter().any(unseen)
    }

    /// Why there may be secrets that can't be seen.
    pub fn secrets_open(&self) -> Option<(Why, Span)> {
        let clusters: Vec<End<'_>> = self.clusters.iter().map(|it| End::of(it.resource, &it.name)).collect();
        let hides = |(_, gap): &&(&Deployment, &Gap)| match &gap.hides {
            None => false,
            Some(Hides::Anything) => true,
            Some(Hides::Touching(inputs)) => {
                // A module that is named after Kubernetes needs no cluster among its inputs: its provider has it.
                let name = gap.why.to_string().to_ascii_lowercase();
                ["kubernetes", "k8s", "helm", "secret"].iter().any(|word| name.contains(word))
                    || inputs.iter().any(|input| self.touches(input, &clusters, 8))
            }
            Some(Hides::Joining(inputs)) => {
                inputs.iter().any(|it| clusters.iter().any(|end| self.refers(it, end.address)))
            }
        };
        self.gaps.iter().find(hides).map(|(_, gap)| (gap.why.clone(), gap.span))
    }

    /// Whether a value is unknown, or refers to one of these resources, if only by its name.
    fn touches(&self, input: &Node, ends: &[End<'_>], depth: usize) -> bool {
        if depth == 0 {
            return true;
        }
        let inner = |node: &Node| self.touches(node, ends, depth - 1);
        match &input.value {
            // The group that both may lie in; a location or a tenant holds nothing.
            Value::Unknown { why: Why::DeploymentScope(what), .. } => &**what == "resource group",
            Value::Unknown { .. } | Value::Derived(_) => true,
            Value::List(list) => list.open.is_some() || list.items.iter().any(inner),
            Value::Map(map) => map.open.is_some() || map.entries.iter().any(|entry| inner(&entry.value)),
            Value::Concat(nodes) | Value::Call(_, nodes) => nodes.iter().any(inner),
            Value::Choice(choice) => inner(&choice.yes) || inner(&choice.no),
            Value::Ref(reference) => match &reference.target {
                Target::Resource(address) => {
                    let group = self.resolver.at(address).is_some_and(|it| it.is_kind(GROUP));
                    group || ends.iter().any(|end| end.address == address)
                }
                Target::Id(_) => true,
            },
            Value::Id(id) if id.is_container() => true,
            Value::Id(_) => self
                .resolver
                .resource_of(input)
                .is_some_and(|found| ends.iter().any(|end| *end.address == found.address)),
            Value::Str(text) => ends.iter().any(|end| end.is_named(text)),
            _ => false,
        }
    }

    /// Whether a value is proved to be made of something of this resource.
    fn refers(&self, input: &Node, end: &Arc<Address>) -> bool {
        let inner = |node: &Node| self.refers(node, end);
        let means = |reference: &Ref| match &reference.target {
            Target::Resource(address) => address == end,
            Target::Id(id) => self.resolver.resource_of(id).is_some_and(|found| found.address == *end),
        };
        match &input.value {
            Value::List(list) => list.items.iter().any(inner),
            Value::Map(map) => map.entries.iter().any(|entry| inner(&entry.value)),
            Value::Concat(nodes) | Value::Call(_, nodes) => nodes.iter().any(inner),
            Value::Choice(choice) => inner(&choice.yes) || inner(&choice.no),
            Value::Ref(reference) => means(reference),
            Value::Derived(candidates) => candidates.iter().any(means),
            Value::Id(_) => self.resolver.resource_of(input).is_some_and(|found| found.address == *end),
            _ => false,
        }
    }
}
