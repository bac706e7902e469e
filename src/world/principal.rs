//! What an identity that is no cluster's may pull: a service principal in a pull secret, the identity of a service
//! account.

use super::grant::Grant;
use super::identity::{Holder, same_resource};
use super::knowledge::is_certain;
use super::registry::Registry;
use super::{Completeness, World};
use crate::azure::kinds::{APPLICATION, IDENTITY, SERVICE_PRINCIPAL};
use crate::ir::{Case, Node, Origin, Resource, Truth, Value, same_in};

impl<'a> World<'a> {
    /// The service principal, or the application that has one, whose app id this is, when the tree has it.
    pub fn principal_of_app(&self, app: &Node) -> Option<&'a Resource> {
        self.owner_of(app, &[SERVICE_PRINCIPAL, APPLICATION], &["appId", "clientId"])
    }

    /// The user-assigned identity whose client id this is, when the tree has it.
    pub fn identity_of_client(&self, client: &Node) -> Option<&'a Resource> {
        self.owner_of(client, &[IDENTITY], &["clientId"])
    }

    /// The resource of one of these types that has this value in one of these properties.
    fn owner_of(&self, value: &Node, kinds: &[&str], names: &[&str]) -> Option<&'a Resource> {
        let is_name = |step: &str| names.iter().any(|name| step.eq_ignore_ascii_case(name));
        if let Value::Ref(reference) = &value.value {
            let found = self.resolver.target(&reference.target)?;
            let is_it = kinds.iter().any(|kind| found.is_kind(kind));
            return (is_it && reference.path.last().is_some_and(|step| is_name(step))).then_some(found);
        }
        let text = value.as_str()?;
        let has = |resource: &&&'a Resource| {
            let own = |name: &&str| {
                let node = resource.body.get(name).or_else(|| resource.body.at(&["properties", name]))?;
                self.resolver.node(node).as_str().map(|own| own.eq_ignore_ascii_case(text))
            };
            names.iter().find_map(own) == Some(true)
        };
        kinds.iter().flat_map(|kind| self.resolver.of_kind(kind)).find(has).copied()
    }

    /// Whether grants let this identity pull a repository, or every one, from the registry: a service principal, the
    /// application of one, or a user-assigned identity. "No" only where every grant it could have can be seen.
    pub fn may_pull_as(&self, who: &'a Resource, registry: &Registry<'a>, repository: Option<&str>) -> Truth {
        let serves = |grant: &Grant<'a>| {
            let deployed = if is_certain(grant.resource) { Truth::Yes } else { Truth::Unknown };
            let role = match grant.lets_pull(registry) {
                Truth::Yes if grant.doubt.is_some() => Truth::Unknown,
                role => role,
            };
            let pulls = role.and(grant.covers(registry)).and(self.is_holder(&grant.holder, who));
            pulls.and(grant.admits(registry, repository)).and(deployed)
        };
        match self.grants_on(registry).map(serves).fold(Truth::No, Truth::or) {
            Truth::No if !self.is_wired_here(who, registry) => Truth::Unknown,
            truth => truth,
        }
    }

    /// Whether every grant of this identity on the registry has to stand in the tree.
    fn is_wired_here(&self, who: &Resource, registry: &Registry<'a>) -> bool {
        match self.outlook.completeness {
            Completeness::Open => return false,
            Completeness::Repository if who.origin != Origin::Declared || !registry.is_declared() => return false,
            Completeness::Repository | Completeness::Closed => {}
        }
        self.grants_open_to(who, registry).is_none()
    }

    /// The object id of an identity, where it is known as text: read back from Entra or Azure.
    fn object_id(&self, who: &Resource) -> Option<String> {
        let path: &[&str] = if who.is_kind(IDENTITY) { &["properties", "principalId"] } else { &["id"] };
        let written = who.body.at(path).filter(|_| !who.is_kind(APPLICATION))?;
        self.resolver.node(written).as_str().map(str::to_owned)
    }

    /// Whether a grant goes to this identity.
    fn is_holder(&self, holder: &Holder<'a>, who: &'a Resource) -> Truth {
        match holder {
            Holder::Unknown(_) | Holder::Group => Truth::Unknown,
            Holder::Guid(guid) => match self.object_id(who) {
                Some(own) => Truth::of(own.eq_ignore_ascii_case(guid)),
                None => Truth::Unknown,
            },
            Holder::ServicePrincipal(principal) if who.is_kind(SERVICE_PRINCIPAL) => {
                same_resource(principal, who, &self.resolver)
            }
            Holder::ServicePrincipal(principal) if who.is_kind(APPLICATION) => {
                let app =
                    |resource: &Resource| Node::reference(resource.address.clone(), &["appId"], resource.declared);
                same_in(&self.resolver, Case::Ignored, &app(principal), &app(who))
            }
            // The service principal that Entra makes for an identity can be looked up.
            Holder::ServicePrincipal(principal) if principal.origin != Origin::Declared => Truth::Unknown,
            Holder::UserAssigned(id) if who.is_kind(IDENTITY) => {
                let own = Node::reference(who.address.clone(), &["id"], who.declared);
                same_in(&self.resolver, Case::Ignored, &own, id)
            }
            // One identity may be the kubelet's or the control plane's of some cluster.
            Holder::Kubelet(_) | Holder::ControlPlane(_) if who.is_kind(IDENTITY) => Truth::Unknown,
            _ => Truth::No,
        }
    }
}
