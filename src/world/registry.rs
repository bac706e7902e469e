//! Registries and what decides whether they let anybody pull.

use super::knowledge::Fact;
use super::region::{Replica, listed, region};
use crate::azure::kinds::REGISTRY;
use crate::azure::names::registry_name_fault;
use crate::azure::versions;
use crate::ir::{Language, Makes, Node, Origin, Resolver, Resource, ResourceId, Truth, Value, Why};
use crate::source::Span;

/// How a registry reads role assignments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleMode {
    /// RBAC registry permissions: AcrPull and the like.
    Legacy,
    /// RBAC and ABAC repository permissions: the repository roles only.
    Abac,
}

/// A container registry.
#[derive(Clone, Debug)]
pub struct Registry<'a> {
    /// Its place in the world.
    pub at: usize,
    /// The declaration.
    pub resource: &'a Resource,
    /// Its name, references followed.
    pub name: Node,
    /// Its id, taken apart.
    pub id: Option<ResourceId>,
    /// Its login server, as far as known.
    pub host: Node,
    /// `adminUserEnabled`.
    pub admin: Fact<bool>,
    /// `anonymousPullEnabled`.
    pub anonymous: Fact<bool>,
    /// `publicNetworkAccess` is `Enabled`.
    pub public: Fact<bool>,
    /// The public door admits everybody: no rule set, or one whose default action is `Allow`.
    pub admits_all: Fact<bool>,
    /// Whether a rule of it admits an address or a network.
    admits_some: Truth,
    /// `publicNetworkAccess` is `SecuredByPerimeter`: a perimeter decides.
    perimeter: bool,
    /// Whether a private endpoint is connected, where the registry was read back: it lists all of them.
    pub connected: Option<Truth>,
    /// A plan closes its public access here.
    pub closing: Option<Span>,
    /// `roleAssignmentMode`.
    pub mode: Fact<RoleMode>,
    /// The properties that its API version doesn't have.
    pub unversioned: Vec<Unversioned>,
    /// Its home region.
    pub region: Fact<&'static str>,
    /// The replicas that it lists itself.
    pub replicas: Vec<Replica>,
}

impl<'a> Registry<'a> {
    /// Reads a registry's declaration.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Registry<'a> {
        let read = Reader { resource, resolver };
        let mut registry = Registry {
            at: 0,
            resource,
            name: resolver.node(&resource.name),
            id: resolver.id_of(&resource.id),
            host: resolver.node(&Node::reference(
                resource.address.clone(),
                &["properties", "loginServer"],
                resource.declared,
            )),
            admin: read.flag(&["properties", "adminUserEnabled"], false),
            anonymous: read.flag(&["properties", "anonymousPullEnabled"], false),
            public: read.word(&["properties", "publicNetworkAccess"], true, |word| match word {
                "enabled" => Some(true),
                "disabled" | "securedbyperimeter" => Some(false),
                _ => None,
            }),
            admits_all: read.word(&["properties", "networkRuleSet", "defaultAction"], true, |word| match word {
                "allow" => Some(true),
                "deny" => Some(false),
                _ => None,
            }),
            admits_some: admits_some(&read),
            perimeter: read
                .at(&["properties", "publicNetworkAccess"])
                .is_some_and(|word| word.as_str().is_some_and(|word| word.eq_ignore_ascii_case("SecuredByPerimeter"))),
            connected: connected(&read),
            closing: None,
            mode: mode(&read),
            unversioned: unversioned(&read),
            region: region(&read),
            replicas: listed(&read),
        };
        registry.doubt_unversioned();
        registry
    }

    /// Whether a property that the API version doesn't have is refused or passed over is not documented.
    fn doubt_unversioned(&mut self) {
        for property in self.unversioned.clone() {
            let setting = match property.path {
                ["anonymousPullEnabled"] => Makes::AnonymousPull,
                ["roleAssignmentMode"] => Makes::RoleMode,
                ["publicNetworkAccess" | "networkRuleSet", ..] => Makes::PublicAccess,
                _ => continue,
            };
            let why = Why::NotAnalysed("a property that the API version does not have".into());
            self.unsettle(setting, &why, property.value.span);
        }
    }

    /// Something changes a setting after the registry is created.
    pub(super) fn unsettle(&mut self, setting: Makes, why: &Why, span: Span) {
        match setting {
            Makes::AdminUser => self.admin = Fact::Unknown(why.clone(), span),
            Makes::AnonymousPull => self.anonymous = Fact::Unknown(why.clone(), span),
            Makes::RoleMode => self.mode = Fact::Unknown(why.clone(), span),
            Makes::PublicAccess => {
                self.public = Fact::Unknown(why.clone(), span);
                self.admits_all = Fact::Unknown(why.clone(), span);
            }
            _ => {}
        }
    }

    /// What it says of a setting that is on or off.
    pub(super) fn says(&self, setting: Makes) -> Option<bool> {
        match setting {
            Makes::AdminUser => self.admin.value().copied(),
            Makes::AnonymousPull => self.anonymous.value().copied(),
            Makes::PublicAccess => self.public.value().copied(),
            _ => None,
        }
    }

    /// Something adds network rules after it is created.
    pub(super) fn admit(&mut self, some: Truth) {
        self.admits_some = self.admits_some.or(some);
    }

    /// Its settings, with whether what was read back of it has them otherwise, and where.
    pub(super) fn differences(&self, seen: &Registry<'_>) -> [(bool, Makes, Span); 5] {
        fn differ<T: PartialEq>(one: &Fact<T>, other: &Fact<T>) -> bool {
            one.value().zip(other.value()).is_some_and(|(one, other)| one != other)
        }
        [
            (differ(&self.admin, &seen.admin), Makes::AdminUser, seen.admin.span()),
            (differ(&self.anonymous, &seen.anonymous), Makes::AnonymousPull, seen.anonymous.span()),
            (differ(&self.mode, &seen.mode), Makes::RoleMode, seen.mode.span()),
            (differ(&self.public, &seen.public), Makes::PublicAccess, seen.public.span()),
            (differ(&self.admits_all, &seen.admits_all), Makes::PublicAccess, seen.admits_all.span()),
        ]
    }

    /// Takes in what was read back of it: a setting that is otherwise is not known.
    pub(super) fn compare(&mut self, seen: &Registry<'_>) {
        let why = super::drift::read_otherwise(seen.resource);
        self.differences(seen)
            .into_iter()
            .filter(|(differs, ..)| *differs)
            .for_each(|(_, setting, span)| self.unsettle(setting, &why, span));
        // An endpoint that is there now may be one that the next deployment leaves alone, or not.
        self.connected =
            seen.connected.map(|connected| if connected == Truth::Yes { Truth::Unknown } else { connected });
    }

    /// Whether a command read it back.
    pub fn is_read_back(&self) -> bool {
        self.resource.is_read_back()
    }

    /// Where nobody on the internet may reach it, and why: public access is off, or no rule admits an address.
    pub fn is_shut(&self) -> Option<(&'static str, Span)> {
        match (&self.public, &self.admits_all) {
            (Fact::Known(false, span), _) if !self.perimeter => Some(("public access is disabled", *span)),
            (_, Fact::Known(false, span)) if self.admits_some == Truth::No => Some(("no network is admitted", *span)),
            _ => None,
        }
    }

    /// A network security perimeter says who reaches it.
    pub fn is_in_a_perimeter(&self) -> bool {
        self.perimeter
    }

    /// Whether anybody on the internet may reach it: the plain case, that needs no look at networks.
    pub fn plainly_public(&self) -> bool {
        self.public.value() == Some(&true) && self.admits_all.value() == Some(&true)
    }

    /// Where ABAC mode is written under an API version that doesn't know modes: whether it comes about is not documented.
    pub fn asks_for_abac(&self) -> Option<&Node> {
        let mode = self.unversioned.iter().find(|property| property.path == ["roleAssignmentMode"])?;
        let abac = |text: &str| text.eq_ignore_ascii_case("AbacRepositoryPermissions");
        Some(&mode.value).filter(|value| value.as_str().is_some_and(abac))
    }

    /// A name that no registry can have, and what is wrong with it. A secret is not told; an empty one, one with
    /// signs of a template and one like `ACR_NAME` are for somebody to fill in.
    pub fn impossible_name(&self) -> Option<(&str, String)> {
        let plain =
            |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        let shouts = |name: &&str| name.contains('_') && !name.contains(|letter: char| letter.is_ascii_lowercase());
        let name = self.name.as_str().filter(|name| !name.is_empty() && !self.name.secret)?;
        let name = Some(name).filter(plain).filter(|name| !shouts(name))?;
        Some((name, registry_name_fault(name)?))
    }

    /// The tree creates it.
    pub fn is_declared(&self) -> bool {
        self.resource.origin == Origin::Declared
    }

    /// Whether the type is a registry's.
    pub fn is_one(resource: &Resource) -> bool {
        resource.is_kind(REGISTRY)
    }

    /// Whether a grant of `AcrPull` kind (legacy) or repository kind (ABAC) lets pull here. A mode that nobody wrote is
    /// good enough to call a pull fine, never to call it broken: the default of Azure is about to change.
    pub fn lets_pull(&self, legacy: Truth, abac: Truth) -> Truth {
        match &self.mode {
            Fact::Known(RoleMode::Legacy, _) => legacy,
            Fact::Known(RoleMode::Abac, _) => abac,
            Fact::Default(..) if legacy == Truth::No => Truth::No.agree(abac),
            Fact::Default(..) => legacy,
            Fact::Unknown(..) => legacy.agree(abac),
        }
    }
}

/// A property that is written under an API version that doesn't have it.
#[derive(Clone, Debug)]
pub struct Unversioned {
    /// Its path below `properties`.
    pub path: &'static [&'static str],
    /// What is written.
    pub value: Node,
    /// A version that has it.
    pub version: &'static str,
}

/// Only what Bicep and ARM templates declare: azapi may be told not to look at the schema. A property that a condition
/// or a parameter may leave out is left out.
fn unversioned(read: &Reader<'_, '_>) -> Vec<Unversioned> {
    let resource = read.resource;
    let template = matches!(resource.language, Language::Bicep | Language::Arm);
    let version = resource.api_version.as_deref().filter(|_| template && resource.origin == Origin::Declared);
    let Some(version) = version else { return Vec::new() };
    let written = |path: &'static [&'static str]| {
        let whole: Vec<&str> = std::iter::once("properties").chain(path.iter().copied()).collect();
        read.at(&whole).filter(|node| !matches!(node.value, Value::Unknown { .. } | Value::Choice(_)))
    };
    let lacking = versions::lacking(version);
    let found: Vec<Unversioned> =
        lacking.filter_map(|(path, version)| Some(Unversioned { path, value: written(path)?, version })).collect();
    // A rule set as a whole says all that is to say of what is in it.
    let inside = |one: &Unversioned| {
        found.iter().any(|other| other.path.len() < one.path.len() && one.path.starts_with(other.path))
    };
    found.iter().filter(|one| !inside(one)).cloned().collect()
}

/// Whether a private endpoint is connected to a registry that was read back. One that waits for approval may be by now.
fn connected(read: &Reader<'_, '_>) -> Option<Truth> {
    let list = read.at(&["properties", "privateEndpointConnections"]).filter(|_| read.resource.is_read_back())?;
    let list = list.as_list().filter(|list| list.open.is_none())?;
    let state = |connection: &Node| {
        let path = ["properties", "privateLinkServiceConnectionState", "status"];
        let status = connection.at(&path).or_else(|| connection.at(path.get(1..)?));
        match status.and_then(Node::as_str).map(str::to_ascii_lowercase).as_deref() {
            Some("approved") => Truth::Yes,
            Some("rejected" | "disconnected") => Truth::No,
            _ => Truth::Unknown,
        }
    };
    Some(list.items.iter().map(state).fold(Truth::No, Truth::or))
}

/// Whether a rule admits an address or a network.
fn admits_some(read: &Reader<'_, '_>) -> Truth {
    let lists = ["ipRules", "virtualNetworkRules"].map(|list| read.at(&["properties", "networkRuleSet", list]));
    let some = |list: &Option<Node>| match list.as_ref().map(|list| (list, list.as_list())) {
        None => Truth::No,
        Some((_, Some(list))) if !list.items.is_empty() => Truth::Yes,
        Some((_, Some(list))) if list.open.is_none() => Truth::No,
        Some(_) => Truth::Unknown,
    };
    lists.iter().map(some).fold(Truth::No, Truth::or)
}

/// The mode for role assignments. The provider azurerm sends the legacy one whenever nobody wrote another (its
/// documentation of `role_assignment_mode`), so there it is as good as written.
fn mode(read: &Reader<'_, '_>) -> Fact<RoleMode> {
    let mode = read.word(&["properties", "roleAssignmentMode"], RoleMode::Legacy, |word| match word {
        "legacyregistrypermissions" => Some(RoleMode::Legacy),
        "abacrepositorypermissions" => Some(RoleMode::Abac),
        _ => None,
    });
    match mode {
        Fact::Default(mode, span) if is_azurerm(read.resource) => Fact::Known(mode, span),
        mode => mode,
    }
}

/// Whether the provider azurerm creates it, and fills in what nobody wrote.
fn is_azurerm(resource: &Resource) -> bool {
    resource.language.is_terraform()
        && resource.address.path.last().is_some_and(|step| step.name.starts_with("azurerm_"))
}

/// Reads properties of one resource as facts.
pub(super) struct Reader<'r, 'a> {
    pub(super) resource: &'a Resource,
    pub(super) resolver: &'r Resolver<'a>,
}

impl Reader<'_, '_> {
    /// The value at a path, references followed; nothing when nobody wrote it or it is `null`.
    pub(super) fn at(&self, path: &[&str]) -> Option<Node> {
        within(self.resolver, self.resolver.node(&self.resource.body), path)
    }

    fn absent<T>(&self, default: T) -> Fact<T> {
        match self.resource.origin {
            Origin::Existing => {
                Fact::Unknown(Why::External(self.resource.address.to_string().into()), self.resource.declared)
            }
            Origin::Declared | Origin::Dump | Origin::Update => Fact::Default(default, self.resource.declared),
        }
    }

    fn flag(&self, path: &[&str], default: bool) -> Fact<bool> {
        self.word(path, default, |word| match word {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
    }

    pub(super) fn word<T>(&self, path: &[&str], default: T, meaning: impl Fn(&str) -> Option<T>) -> Fact<T> {
        let Some(node) = self.at(path) else { return self.absent(default) };
        let word = match &node.value {
            Value::Str(text) => text.to_ascii_lowercase(),
            Value::Bool(value) => value.to_string(),
            Value::Unknown { why, .. } => return Fact::Unknown(why.clone(), node.span),
            _ => return Fact::Unknown(Why::UnsupportedSyntax("an expression".into()), node.span),
        };
        let unclear = || Fact::Unknown(Why::UnresolvedName(word.as_str().into()), node.span);
        meaning(&word).map_or_else(unclear, |value| Fact::Known(value, node.span))
    }
}

/// The value at a path of a body, references followed; nothing when nobody wrote it or it is `null`.
pub(super) fn within(resolver: &Resolver<'_>, mut node: Node, path: &[&str]) -> Option<Node> {
    for step in path {
        node = match &node.value {
            Value::List(list) => list.items.get(step.parse::<usize>().ok()?)?.clone(),
            Value::Map(map) => match (map.get(step), &map.open) {
                (Some(value), _) => value.clone(),
                (None, Some(why)) => return Some(Node::unknown(why.clone(), node.span)),
                (None, None) => return None,
            },
            Value::Null => return None,
            Value::Unknown { .. } => return Some(node),
            _ => return Some(Node::unknown(Why::UnresolvedName((*step).into()), node.span)),
        };
        node = resolver.node(&node);
    }
    (!node.is_null()).then_some(node)
}
