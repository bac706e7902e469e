//! May the control plane of a cluster put the kubelet identity on the nodes? For one that the user brings it needs the role
//! Managed Identity Operator on it (the AKS article on managed identities). `az aks create` grants that, templates don't.

use super::cluster::{Cluster, Pulling};
use super::grant::{Grant, Granted};
use super::knowledge::{Truth, implies, is_certain};
use super::registry::Reader;
use super::{Completeness, World};
use crate::azure::kinds::IDENTITY;
use crate::azure::roles;
use crate::ir::{
    Case, GROUP, Imperative, Language, MANAGEMENT_GROUP, Makes, Node, Origin, Resource, ResourceId, SUBSCRIPTION,
    Value, same_in,
};
use crate::source::Span;

/// The role that lets assign an identity.
pub const OPERATOR: &str = "Managed Identity Operator";

/// A control plane that is proved not to be let put the kubelet identity on the nodes.
#[derive(Clone, Debug)]
pub struct Unoperated<'a> {
    /// The identity of the control plane.
    pub control: &'a Resource,
    /// The kubelet identity.
    pub kubelet: &'a Resource,
    /// Where the cluster names it.
    pub id: Node,
    /// The cluster is there whatever the parameters are.
    pub sure: bool,
}

/// Whether the control plane of a cluster may put the kubelet identity on the nodes.
#[derive(Clone, Debug)]
pub enum Operated<'a> {
    /// It is proved not to be let do so.
    Not(Unoperated<'a>),
    /// Only a grant may let it of which that is not known.
    Unclear(&'static str, Span),
    /// Nothing speaks against it.
    Nothing,
}

impl<'a> World<'a> {
    /// The identities of a cluster whose control plane is proved not to be let put the kubelet identity on the nodes.
    pub fn unoperated(&self, cluster: &Cluster<'a>) -> Option<Unoperated<'a>> {
        match self.operated(cluster) {
            Operated::Not(found) => Some(found),
            Operated::Unclear(..) | Operated::Nothing => None,
        }
    }

    /// Whether the control plane of a cluster may put the kubelet identity on the nodes.
    pub fn operated(&self, cluster: &Cluster<'a>) -> Operated<'a> {
        self.judge_operator(cluster).unwrap_or(Operated::Nothing)
    }

    fn judge_operator(&self, cluster: &Cluster<'a>) -> Option<Operated<'a>> {
        let Pulling::Kubelet { supplied: Some(id), .. } = &cluster.pulling else { return None };
        let [control_id] = cluster.control.as_slice() else { return None };
        // The command that creates a cluster grants it by itself.
        let made = cluster.is_declared() && cluster.resource.language != Language::Script;
        if !made || self.outlook.completeness == Completeness::Open || !self.is_user_assigned(cluster) {
            return None;
        }
        let identity = |id: &Node| self.resolver.resource_of(id).filter(|found| found.is_kind(IDENTITY));
        let (control, kubelet) = (identity(control_id)?, identity(id)?);
        let here = |it: &Resource| {
            it.origin == Origin::Declared && it.language != Language::Script
                || self.outlook.completeness == Completeness::Closed
        };
        // Whether an identity that is both needs the role on itself is not documented.
        let one = same_in(&self.resolver, Case::Ignored, control_id, id) != Truth::No;
        if one || !here(control) || !here(kubelet) || self.took_identity(cluster, id) {
            return None;
        }
        let may = |grant: &&Grant<'a>| self.may_operate(grant, cluster, kubelet) != Truth::No;
        let grants: Vec<&Grant<'a>> = self.grants.iter().filter(may).collect();
        if !grants.is_empty() {
            return self.unclear_operator(cluster, kubelet, &grants);
        }
        let resources = [cluster.resource, control, kubelet];
        if self.assigns_by_command() || self.hides_grants_of(&resources) {
            return None;
        }
        let sure = is_certain(cluster.resource);
        Some(Operated::Not(Unoperated { control, kubelet, id: id.clone(), sure }))
    }

    /// Azure has taken the cluster with this identity already: then its control plane was let put it on the nodes, whoever
    /// granted that.
    fn took_identity(&self, cluster: &Cluster<'a>, id: &Node) -> bool {
        let seen = self.resolver.read_back(cluster.resource).unwrap_or(cluster.resource);
        let read = Reader { resource: seen, resolver: &self.resolver };
        let word = read.at(&["properties", "provisioningState"]);
        let stands = word.is_some_and(|word| word.as_str().is_some_and(|word| word.eq_ignore_ascii_case("Succeeded")));
        let theirs = read.at(&["properties", "identityProfile", "kubeletidentity", "resourceId"]);
        let same = |theirs: Node| same_in(&self.resolver, Case::Ignored, &theirs, id) != Truth::No;
        stands && (std::ptr::eq(seen, cluster.resource) || theirs.is_some_and(same))
    }

    /// What is not known of the grants that may let a control plane, where none is known to.
    fn unclear_operator(
        &self,
        cluster: &Cluster<'a>,
        kubelet: &Resource,
        grants: &[&Grant<'a>],
    ) -> Option<Operated<'a>> {
        let holds = |grant: &Grant<'a>| implies(&cluster.resource.deployed, &grant.resource.deployed);
        let lets = |grant: &Grant<'a>| self.may_operate(grant, cluster, kubelet) == Truth::Yes;
        if grants.iter().any(|grant| lets(grant) && holds(grant)) {
            return None;
        }
        let meant = |grant: &&&Grant<'a>| {
            grant.is_control_plane_of(cluster).and(self.reaches_identity(grant, kubelet)) == Truth::Yes
        };
        let grant = grants.iter().find(meant)?;
        let text = match lets(grant) {
            true => "its control plane may assign the kubelet identity only where a condition holds that is not known",
            false => "whether this role lets its control plane assign the kubelet identity is not known",
        };
        Some(Operated::Unclear(text, grant.resource.declared))
    }

    /// Whether it is written that the control plane has an identity of the user's own, whatever the parameters are.
    fn is_user_assigned(&self, cluster: &Cluster<'a>) -> bool {
        let kind = Reader { resource: cluster.resource, resolver: &self.resolver }.at(&["identity", "type"]);
        kind.is_some_and(|kind| kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("UserAssigned")))
    }

    /// Pages that tell somebody to grant it.
    pub fn operator_by_hand(&self) -> Option<&Imperative> {
        self.imperative.iter().find(|command| command.makes == Makes::Operator && command.manual)
    }

    /// Whether a command may grant it, or a grant that nobody can tell of whom or on what.
    fn assigns_by_command(&self) -> bool {
        let grants = |command: &&Imperative| {
            let unclear = command.makes == Makes::Grant && command.registry.is_none();
            !command.manual && (unclear || command.makes == Makes::Operator)
        };
        self.imperative.iter().any(|command| grants(&command))
    }

    fn may_operate(&self, grant: &Grant<'a>, cluster: &Cluster<'a>, kubelet: &Resource) -> Truth {
        match self.lets_assign(grant) {
            Truth::No => Truth::No,
            role => role.and(grant.is_control_plane_of(cluster)).and(self.reaches_identity(grant, kubelet)),
        }
    }

    /// Whether a role lets assign identities. Owner and Contributor have the action among all others; whether it is honoured
    /// there is not documented.
    fn lets_assign(&self, grant: &Grant<'a>) -> Truth {
        match &grant.role {
            Granted::BuiltIn(role) if role.name == OPERATOR => Truth::Yes,
            Granted::BuiltIn(role) if matches!(role.name, "Owner" | "Contributor") => Truth::Unknown,
            Granted::BuiltIn(_) => Truth::No,
            _ if self.is_for_something_else(grant) => Truth::No,
            _ => Truth::Unknown,
        }
    }

    /// Whether the role is one of those of which it is known that they hold nothing of registries, nor of identities.
    fn is_for_something_else(&self, grant: &Grant<'a>) -> bool {
        let body = &grant.resource.body;
        let written = body.at(&["properties", "roleDefinitionName"]).or(body.at(&["properties", "roleDefinitionId"]));
        let Some(node) = written.map(|node| self.resolver.node(node)) else { return false };
        let last = match &node.value {
            Value::Concat(pieces) => pieces.last().cloned(),
            Value::Str(_) => Some(node.clone()),
            _ => self.resolver.id_of(&node).and_then(|id| id.names.last().cloned()),
        };
        let text = last.as_ref().and_then(Node::as_str);
        text.is_some_and(|text| roles::lets_nobody_pull(text) && !text.to_ascii_lowercase().contains("identity"))
    }

    /// Whether the scope of a grant is the identity or around it.
    fn reaches_identity(&self, grant: &Grant<'a>, kubelet: &Resource) -> Truth {
        let own = Node::reference(kubelet.address.clone(), &["id"], kubelet.declared);
        let Some(at) = grant.scope_id() else {
            return if grant.scope.is_null() { Truth::Yes } else { Truth::Unknown };
        };
        let theirs = ResourceId::parse(&self.resolver.node(&kubelet.id)).or_else(|| self.resolver.id_of(&own));
        let Some(theirs) = theirs else { return Truth::Unknown };
        let same = |a: &Option<Node>, b: &Option<Node>| match (a, b) {
            (Some(a), Some(b)) => same_in(&self.resolver, Case::Ignored, a, b),
            _ => Truth::Unknown,
        };
        match () {
            () if at.is_kind(IDENTITY) => same_in(&self.resolver, Case::Ignored, &grant.scope, &own),
            () if at.is_kind(SUBSCRIPTION) => same(&at.subscription, &theirs.subscription),
            () if at.is_kind(GROUP) => same(&at.subscription, &theirs.subscription).and(same(&at.group, &theirs.group)),
            () if at.is_kind(MANAGEMENT_GROUP) => Truth::Unknown,
            () => Truth::No,
        }
    }
}
