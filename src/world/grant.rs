//! Role assignments: to whom, which role, on what.

mod links;

use super::cluster::Cluster;
use super::identity::{Holder, holder};
use super::knowledge::{Evidence, Fact};
use super::registry::{Reader, Registry, RoleMode};
pub use super::role::Granted;
use super::role::role;
use crate::azure::abac::Condition;
use crate::azure::kinds::{REGISTRY, ROLE_ASSIGNMENT, ROLE_DEFINITION, SCHEDULE_REQUEST, decides};
use crate::ir::{
    Case, Cond, GROUP, Language, MANAGEMENT_GROUP, Node, Origin, Resolver, Resource, ResourceId, SUBSCRIPTION, Target,
    Truth, Value, Why, placeholder, same_in,
};
use crate::source::Span;
use links::Links;

/// A role assignment.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// To whom.
    pub holder: Holder<'a>,
    /// Where the principal is written.
    pub principal_span: Span,
    /// The principal as written, with its trail.
    pub principal: Node,
    /// Which role.
    pub role: Granted,
    /// Where the role is written.
    pub role_span: Span,
    /// On what, as an id or a reference to one.
    pub scope: Node,
    /// The scope taken apart.
    at: Option<ResourceId>,
    /// Where an `existing` resource that the scope names is looked for.
    looked_for: Option<ResourceId>,
    /// The resource that the scope is the id of, when the tree has it.
    target: Option<&'a Resource>,
    /// Where the scope is written; the declaration when it isn't.
    pub scope_span: Span,
    /// A condition restricts it.
    pub conditional: bool,
    /// The condition, when it is about repositories and can be read.
    pub condition: Option<Condition>,
    /// Where the condition is written.
    pub condition_span: Span,
    /// The lookup of the principal is skipped, so that a wrong one is not refused.
    pub lookup_skipped: bool,
    /// Nobody wrote what kind of principal it is, so that Azure looks for it in the directory, once: the Terraform provider
    /// tries again where the directory doesn't have it yet.
    pub untyped: bool,
    /// What keeps it from being proof, should it let pull: it may be refused, or made later. A clause behind "a grant".
    pub doubt: Option<String>,
    /// When it is made: when its declaration is deployed and its principal is this one.
    pub deployed: Cond,
    links: Links,
}

impl<'a> Grant<'a> {
    /// Whether the type is a role assignment's.
    pub fn is_one(resource: &Resource) -> bool {
        resource.is_kind(ROLE_ASSIGNMENT) || resource.is_kind(SCHEDULE_REQUEST)
    }

    /// Whether it may be meant for pulling: it doesn't stand on a database or the like.
    pub fn may_concern(resource: &Resource) -> bool {
        let Value::Id(id) = &resource.id.value else { return true };
        id.extends.as_deref().and_then(ResourceId::parse).is_none_or(|on| decides(&on.kind))
    }

    /// Reads a role assignment: one grant for each principal that a condition may pick.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Vec<Grant<'a>> {
        let written = resource.body.at(&["properties", "principalId"]).cloned();
        let absent = Node::unknown(Why::UnresolvedName("principalId".into()), resource.declared);
        let mut principals = Vec::new();
        choices(resolver, written.unwrap_or(absent), resource.deployed.clone(), 3, &mut principals);
        principals.into_iter().map(|(deployed, principal)| Grant::to(resource, principal, deployed, resolver)).collect()
    }

    fn to(resource: &'a Resource, principal: Node, deployed: Cond, resolver: &Resolver<'a>) -> Grant<'a> {
        let read = Reader { resource, resolver };
        let by_id = read.at(&["properties", "roleDefinitionId"]);
        let by_name = read.at(&["properties", "roleDefinitionName"]);
        let place = |path: &[&str]| resource.body.at(path).map(|node| node.span);
        let role_span = place(&["properties", "roleDefinitionId"]).or(place(&["properties", "roleDefinitionName"]));
        let skipped = read.at(&["properties", "skipServicePrincipalAadCheck"]).and_then(|node| node.as_bool());
        let kind = read.at(&["properties", "principalType"]);
        let condition = read.at(&["properties", "condition"]).filter(|it| it.as_str() != Some(""));
        let kind_word = kind.as_ref().and_then(Node::as_str);
        let group = kind_word
            .is_some_and(|word| word.eq_ignore_ascii_case("Group") || word.eq_ignore_ascii_case("ForeignGroup"));
        let holder = match holder(resolver, &principal) {
            Holder::Guid(_) if group => Holder::Group,
            holder => holder,
        };
        Grant {
            resource,
            doubt: doubt(resource, by_id.as_ref(), kind_word, &holder, resolver),
            lookup_skipped: skipped == Some(true) || kind_word == Some("ServicePrincipal"),
            holder,
            principal_span: principal.span,
            principal,
            role: role(by_id, by_name, resolver),
            role_span: role_span.unwrap_or(resource.declared),
            at: resolver.id_of(&resource.scope),
            looked_for: looked_for(&resource.scope, resolver),
            target: resolver.resource_of(&resource.scope),
            scope: resolver.node(&resource.scope),
            scope_span: if resource.extent.source == resource.scope.span.source {
                resource.scope.span
            } else {
                resource.declared
            },
            conditional: condition.is_some(),
            condition: condition.as_ref().and_then(Node::as_str).and_then(Condition::parse),
            condition_span: place(&["properties", "condition"]).unwrap_or(resource.declared),
            untyped: is_untyped(resource),
            deployed,
            links: Links::default(),
        }
    }

    /// The scope as written, with its trail; the declaration's place when nobody wrote one.
    pub fn written_scope(&self) -> Node {
        Node { span: self.scope_span, ..self.resource.scope.clone() }
    }

    /// Its scope is this registry itself, nothing above it.
    pub fn is_on(&self, registry: &Registry<'_>) -> bool {
        self.target.is_some_and(|at| at.address == registry.resource.address)
    }

    /// Its scope is a group or a subscription that may be the registry's, though nobody can say whether it is.
    pub fn may_be_above(&self, registry: &Registry<'_>) -> bool {
        let above = self.at.as_ref().is_some_and(|at| at.is_kind(SUBSCRIPTION) || at.is_kind(GROUP));
        above && self.covers(registry) == Truth::Unknown
    }

    pub(super) fn reaches(&self, registry: &Registry<'a>, resolver: &Resolver<'a>) -> Truth {
        // What two deployments declare each for themselves is never joined; of one name they may be one all the same.
        let another = self.target.is_some_and(|at| {
            at.origin == Origin::Declared && at.is_kind(REGISTRY) && at.address.root != registry.resource.address.root
        });
        match &self.at {
            _ if another && registry.is_declared() && !self.is_on(registry) => {
                let name = self.target.map(|at| resolver.node(&at.name));
                let same = name.map_or(Truth::No, |name| same_in(resolver, Case::Ignored, &name, &registry.name));
                same.and(Truth::Unknown)
            }
            _ if self.is_on(registry) => match self.looked_for.as_ref().is_some_and(|at| astray(at, registry)) {
                true => Truth::Unknown,
                false => Truth::Yes,
            },
            Some(at) => covers(at, &self.scope, registry, resolver),
            None if self.scope.is_null() => Truth::Yes,
            None => Truth::Unknown,
        }
    }

    /// Its scope is a registry of this name.
    fn names(&self, registry: &Registry<'a>, resolver: &Resolver<'a>) -> bool {
        let named = |id: &ResourceId| id.is_kind(REGISTRY).then(|| id.names.first().cloned()).flatten();
        let name = self.at.as_ref().filter(|_| !self.is_for_its_own()).and_then(named);
        name.is_some_and(|name| same_in(resolver, Case::Ignored, &name, &registry.name) == Truth::Yes)
    }

    /// Whether the grant has to do with a pair: it is of the deployment of one of them, or it is proved to mean one.
    /// Deployments are joined by proved identity only.
    pub fn concerns(&self, cluster: &Cluster<'_>, registry: &Registry<'_>) -> bool {
        let own = &self.resource.address.root;
        *own == cluster.resource.address.root
            || *own == registry.resource.address.root
            || self.is_on(registry)
            || self.target.is_none() && self.at.as_ref().is_some_and(|at| at.is_kind(REGISTRY))
            || self.pulls_for(cluster) == Truth::Yes
    }

    /// Its scope is something that its own deployment declares: nothing of another deployment.
    pub fn is_for_its_own(&self) -> bool {
        self.target.is_some_and(|at| at.origin == Origin::Declared && at.address.root == self.resource.address.root)
    }

    /// Whether its role lets pull from the registry.
    pub fn lets_pull(&self, registry: &Registry<'_>) -> Truth {
        match &self.role {
            Granted::BuiltIn(role) => registry.lets_pull(role.legacy, role.abac),
            Granted::Custom { legacy, abac, .. } => registry.lets_pull(*legacy, *abac),
            Granted::Unknown(_) => Truth::Unknown,
        }
    }

    /// Whether its role lets pull from a registry in ABAC mode.
    pub fn lets_pull_by_repository(&self) -> Truth {
        match &self.role {
            Granted::BuiltIn(role) => role.abac,
            Granted::Custom { abac, .. } => *abac,
            Granted::Unknown(_) => Truth::Unknown,
        }
    }

    /// Whether its condition, if it has one, lets pull from this repository. It is known only of a registry in ABAC mode:
    /// what conditions do in the legacy mode is not documented.
    pub fn admits(&self, registry: &Registry<'_>, repository: Option<&str>) -> Truth {
        let read = self.condition.as_ref().filter(|_| matches!(registry.mode, Fact::Known(RoleMode::Abac, _)));
        match (self.conditional, read, repository) {
            (false, ..) => Truth::Yes,
            (true, Some(condition), Some(repository)) => condition.admits(repository).map_or(Truth::Unknown, Truth::of),
            _ => Truth::Unknown,
        }
    }

    /// Whether its role is one for pulling in some mode: what such a grant is meant for is plain.
    pub fn means_pull(&self) -> bool {
        match &self.role {
            Granted::BuiltIn(role) => {
                role.name.starts_with("AcrPu") || role.name.starts_with("Container Registry Repository")
            }
            Granted::Custom { legacy, abac, .. } => *legacy == Truth::Yes || *abac == Truth::Yes,
            Granted::Unknown(_) => false,
        }
    }

    /// Whether its role is one for registries, if not for pulling: given above a registry, it is meant for that too.
    pub fn is_about_registries(&self) -> bool {
        let named = |name: &str| name.starts_with("Acr") || name.starts_with("Container Registry");
        matches!(&self.role, Granted::BuiltIn(role) if named(role.name))
    }

    /// Whether both grant one role.
    pub(super) fn has_role_of(&self, other: &Grant<'_>) -> bool {
        match (&self.role, &other.role) {
            (Granted::BuiltIn(one), Granted::BuiltIn(two)) => one == two,
            (Granted::Custom { declared: one, .. }, Granted::Custom { declared: two, .. }) => one == two,
            _ => false,
        }
    }

    /// Its principal is an identity that its own deployment creates.
    pub fn is_to_its_own(&self, resolver: &Resolver<'a>) -> bool {
        let principal = match &self.holder {
            Holder::ControlPlane(of) | Holder::Kubelet(of) | Holder::Puller(of) => Some(*of),
            Holder::UserAssigned(id) => resolver.resource_of(id),
            _ => None,
        };
        principal.is_some_and(|it| it.origin == Origin::Declared && it.address.root == self.resource.address.root)
    }

    /// What the role is called.
    pub fn role_name(&self) -> String {
        match &self.role {
            Granted::BuiltIn(role) => role.name.to_owned(),
            Granted::Custom { name, .. } => name.clone(),
            Granted::Unknown(_) => "a role that can't be read".to_owned(),
        }
    }

    /// The grant as a clause.
    pub fn evidence(&self, text: impl Into<String>) -> Evidence {
        Evidence { span: self.resource.declared, text: text.into() }
    }
}

/// Whether a scope holds a registry.
pub(super) fn covers<'a>(at: &ResourceId, scope: &Node, registry: &Registry<'a>, resolver: &Resolver<'a>) -> Truth {
    let own = Node::reference(registry.resource.address.clone(), &["id"], registry.resource.declared);
    if at.is_kind(REGISTRY) {
        let same = same_in(resolver, Case::Ignored, scope, &own);
        let named = at.names.first().map(|name| same_in(resolver, Case::Ignored, name, &registry.name));
        // Names of registries are unique in the world: with the same name the rest of the id can only be the same.
        return if same == Truth::Unknown && named == Some(Truth::Yes) { Truth::Yes } else { same };
    }
    let Some(id) = &registry.id else { return Truth::Unknown };
    let same = |a: &Option<Node>, b: &Option<Node>| match (a, b) {
        (Some(a), Some(b)) => same_in(resolver, Case::Ignored, a, b),
        _ => Truth::Unknown,
    };
    match () {
        () if at.is_kind(SUBSCRIPTION) => same(&at.subscription, &id.subscription),
        () if at.is_kind(GROUP) => same(&at.subscription, &id.subscription).and(same(&at.group, &id.group)),
        () if at.is_kind(MANAGEMENT_GROUP) => Truth::Unknown,
        () => Truth::No,
    }
}

/// Whether nobody wrote what kind of principal it is. A Terraform provider doesn't need to be told.
fn is_untyped(resource: &Resource) -> bool {
    let properties = resource.body.get("properties").and_then(Node::as_map);
    let silent = properties.is_some_and(|it| it.open.is_none() && it.get("principalType").is_none_or(Node::is_null));
    // Commands look the principal up themselves.
    let told = resource.language.is_terraform() || resource.language == Language::Script;
    silent && !told && resource.is_kind(ROLE_ASSIGNMENT)
}

/// The principal types of `Microsoft.Authorization/roleAssignments`.
const PRINCIPAL_TYPES: [&str; 5] = ["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"];

/// Why a role assignment may not come into being as it is written. Identities are service principals in Entra, whatever
/// else an assignment calls them.
fn doubt(
    resource: &Resource,
    role: Option<&Node>,
    kind: Option<&str>,
    holder: &Holder<'_>,
    resolver: &Resolver<'_>,
) -> Option<String> {
    let identity = matches!(holder, Holder::Kubelet(_) | Holder::UserAssigned(_) | Holder::ControlPlane(_));
    let known = |kind: &str| PRINCIPAL_TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind));
    match kind {
        _ if resource.is_kind(SCHEDULE_REQUEST) => return Some("that is requested by a schedule".to_owned()),
        Some(kind) if !placeholder::stands_in(kind) && !known(kind) => {
            return Some(format!("whose principal type `{kind}` Azure does not know"));
        }
        Some(kind) if identity && known(kind) && !kind.eq_ignore_ascii_case("ServicePrincipal") => {
            return Some(format!("whose principal is called a `{kind}`, which an identity is not"));
        }
        _ => {}
    }
    // What was read back has come into being, however it is printed.
    let role = role.filter(|_| !resource.language.is_terraform() && !resource.is_read_back())?;
    let another = resolver.id_of(role).is_some_and(|id| !id.is_kind(ROLE_DEFINITION));
    let bare = role.as_str().is_some_and(|text| !text.starts_with('/') && !placeholder::stands_in(text));
    (another || bare).then(|| "whose role is not written as the id of a role definition".to_owned())
}

/// The id under which an `existing` resource is looked for, when a scope is one's.
fn looked_for(scope: &Node, resolver: &Resolver<'_>) -> Option<ResourceId> {
    let Value::Ref(reference) = &scope.value else { return None };
    let Target::Resource(address) = &reference.target else { return None };
    let named = resolver.at(address).filter(|resource| resource.origin == Origin::Existing)?;
    ResourceId::parse(&resolver.node(&named.id))
}

/// A reference that looks for a registry in the group of its own deployment, whichever that is, while the registry is put
/// into a group by name: it may look in the wrong place.
fn astray(at: &ResourceId, registry: &Registry<'_>) -> bool {
    let own = |group: &Node| matches!(&group.value, Value::Unknown { why: Why::DeploymentScope(_), .. });
    let named = |group: &Node| group.as_str().is_some();
    let theirs = registry.id.as_ref().and_then(|id| id.group.as_ref());
    at.group.as_ref().is_some_and(own) && theirs.is_some_and(named)
}

/// The values that conditions may pick, each with when.
fn choices(resolver: &Resolver<'_>, node: Node, when: Cond, depth: u32, found: &mut Vec<(Cond, Node)>) {
    match &resolver.node(&node).value {
        Value::Choice(choice) if depth > 0 => {
            let (on, off) = (choice.on.clone(), Cond::Not(std::sync::Arc::new(choice.on.clone())));
            choices(resolver, choice.yes.clone(), Cond::all([when.clone(), on]), depth - 1, found);
            choices(resolver, choice.no.clone(), Cond::all([when, off]), depth - 1, found);
        }
        _ => found.push((when, node)),
    }
}
