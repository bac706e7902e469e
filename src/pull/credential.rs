//! Do the pull secrets of a pod offer a credential for the image?

use crate::ir::{Node, Truth};
use crate::source::Span;
use crate::world::knowledge::Fact;
use crate::world::registry::Registry;
use crate::world::secret::{Payload, Secret};
use crate::world::workload::{Workload, shown};
use crate::world::{Completeness, World};

/// What one pull secret of a pod offers.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Where the pod, or its service account, names it.
    pub named: Span,
    /// Its name.
    pub name: String,
    /// The outcome.
    pub what: Outcome,
    /// The secret, by its place in the world.
    pub secret: Option<usize>,
}

/// The outcome of looking at one pull secret.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A credential for this host that nothing speaks against.
    Alive,
    /// Nobody makes it in this tree.
    Missing,
    /// It exists only in this other namespace.
    OtherNamespace(String),
    /// The kubelet ignores it: why.
    Ignored(String),
    /// Its payload can't be read by anybody: why.
    Malformed(String),
    /// No entry is for the host; the hosts it has.
    OtherHost(Vec<String>),
    /// The entry's password is a placeholder or empty.
    Placeholder,
    /// The entry is the admin user of a registry that has it disabled.
    AdminDisabled,
    /// Can't be told: why.
    Unknown(String),
}

impl Outcome {
    /// Whether the pod gets a credential from it that works.
    pub fn truth(&self) -> Truth {
        match self {
            Outcome::Alive => Truth::Yes,
            Outcome::Missing | Outcome::Unknown(_) => Truth::Unknown,
            _ => Truth::No,
        }
    }

    /// One clause.
    pub fn text(&self, name: &str) -> String {
        match self {
            Outcome::Alive => format!("pull secret `{name}` has a credential for the host"),
            Outcome::Missing => format!("pull secret `{name}` is made nowhere in this tree"),
            Outcome::OtherNamespace(namespace) => {
                format!("pull secret `{name}` exists only in namespace `{namespace}`")
            }
            Outcome::Ignored(why) | Outcome::Malformed(why) => format!("pull secret `{name}`: {why}"),
            Outcome::OtherHost(hosts) => format!("pull secret `{name}` is for {}", listed(hosts)),
            Outcome::Placeholder => format!("pull secret `{name}` holds a placeholder"),
            Outcome::AdminDisabled => format!("pull secret `{name}` uses the admin user, which is disabled"),
            Outcome::Unknown(why) => format!("pull secret `{name}`: {why}"),
        }
    }
}

fn listed(hosts: &[String]) -> String {
    match hosts {
        [] => "no host".to_owned(),
        hosts => hosts.iter().map(|host| format!("`{host}`")).collect::<Vec<_>>().join(", "),
    }
}

/// What the pull secrets of a workload offer for an image of `host`; `path` is what follows the host.
pub fn offers<'a>(
    world: &World<'a>,
    workload: &Workload<'a>,
    host: &Node,
    path: &str,
    registry: Option<&Registry<'a>>,
) -> Vec<Offer> {
    let named = world.secrets_of(workload).names;
    let offers = named.iter().map(|name| offer(world, workload, name, host, path, registry));
    // A kustomization that a command edits first builds other manifests than these.
    let edited = world.edits_manifests(workload);
    let settle = |offer: Offer| match offer.what.truth() {
        Truth::No if edited => {
            Offer { what: Outcome::Unknown("a command edits the kustomization first".to_owned()), ..offer }
        }
        _ => offer,
    };
    offers.map(settle).collect()
}

fn offer<'a>(
    world: &World<'a>,
    workload: &Workload<'a>,
    node: &Node,
    host: &Node,
    path: &str,
    registry: Option<&Registry<'a>>,
) -> Offer {
    let unknown =
        |why: &str| Offer { named: node.span, name: shown(node), what: Outcome::Unknown(why.to_owned()), secret: None };
    let Some(name) = node.as_str() else { return unknown("its name is not known") };
    let (here, elsewhere) = world.secrets_named(name, &workload.namespace);
    let made = |what, secret: Option<&Secret<'a>>| Offer {
        named: node.span,
        name: name.to_owned(),
        what,
        secret: secret.and_then(|secret| world.secrets.iter().position(|other| std::ptr::eq(other, secret))),
    };
    if let [secret] = here.as_slice() {
        let sure = secret.name.as_str().is_some()
            && world.share_a_namespace((secret.resource, &secret.namespace), (workload.resource, &workload.namespace));
        return match opened(secret, host, path, registry) {
            // A token of a scope map may be called like the registry.
            Outcome::AdminDisabled if world.has_tokens() => unknown("its user may be a token of the registry"),
            Outcome::Placeholder if world.fills_placeholders() => {
                unknown("its placeholder is filled in when it is applied")
            }
            // Where namespaces are not known, another secret of the name may be the one.
            what if sure => made(what, Some(secret)),
            _ => unknown("whether it is in the pod's namespace is not known"),
        };
    }
    if !here.is_empty() {
        return unknown("several secrets may be meant");
    }
    if world.may_be_made_later(name, &workload.namespace) {
        return unknown("made by something that runs later");
    }
    if let Some((why, _)) = world.secrets_open() {
        return unknown(&format!("there may be secrets that can't be seen: {why}"));
    }
    if !elsewhere.is_empty() && world.may_be_unsaved(workload, &elsewhere) {
        return unknown("only that of another namespace was saved");
    }
    match elsewhere.first().and_then(|secret| Some((secret, secret.namespace.name()?))) {
        Some((secret, namespace)) => made(Outcome::OtherNamespace(namespace.to_owned()), Some(secret)),
        None => made(Outcome::Missing, None),
    }
}

fn opened(secret: &Secret<'_>, host: &Node, path: &str, registry: Option<&Registry<'_>>) -> Outcome {
    let entries = match &secret.payload {
        Payload::Ignored(why) => return Outcome::Ignored(why.clone()),
        Payload::Malformed(why) => return Outcome::Malformed(why.clone()),
        Payload::Unknown(why) => return Outcome::Unknown(why.to_string()),
        Payload::Entries(entries) => entries,
    };
    if let [only] = entries.as_slice()
        && only.host.is_empty()
        && only.placeholder
    {
        return Outcome::Placeholder;
    }
    let Some(host) = host.as_str() else { return Outcome::Unknown("the image's host is not known".to_owned()) };
    let fitting: Vec<_> = entries.iter().filter(|entry| entry.is_for(host, path)).collect();
    // Where a condition leaves the registry out, the credential is for one that is made elsewhere.
    let made_with =
        |it: &&Registry<'_>| it.resource.is_unconditional() || it.resource.deployed == secret.resource.deployed;
    let admin_off = |username: &str| {
        registry.filter(made_with).is_some_and(|registry| {
            let own = registry.name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(username));
            own && registry.admin.is(&false) == Truth::Yes
        })
    };
    match fitting.as_slice() {
        [] => Outcome::OtherHost(entries.iter().map(|entry| entry.bare_host().to_owned()).collect()),
        fitting if fitting.iter().all(|entry| entry.placeholder) => Outcome::Placeholder,
        fitting if fitting.iter().all(|entry| admin_off(&entry.username)) => Outcome::AdminDisabled,
        fitting if fitting.iter().any(|entry| entry.expires) => {
            Outcome::Unknown("the credential is a token that expires".to_owned())
        }
        fitting => known_user(fitting, registry),
    }
}

/// With the registry in view, only the admin user can be vouched for; without it the credential is taken at its word.
fn known_user(fitting: &[&crate::world::secret::Credential], registry: Option<&Registry<'_>>) -> Outcome {
    let Some(registry) = registry else { return Outcome::Alive };
    let admin = |username: &str| registry.name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(username));
    let on = matches!(registry.admin, Fact::Known(true, _));
    match fitting.iter().any(|entry| admin(&entry.username) && on) {
        true => Outcome::Alive,
        false => Outcome::Unknown("whether the user may pull is not analysed yet".to_owned()),
    }
}

/// In a closed world a secret that nobody makes is not there; in an open one it may be in the pod's namespace as well.
pub(super) fn truth_of(offer: &Offer, world: &World<'_>) -> Truth {
    match (&offer.what, world.outlook.completeness) {
        (Outcome::Missing, Completeness::Closed) => Truth::No,
        (Outcome::OtherNamespace(_), Completeness::Open) => Truth::Unknown,
        (what, _) => what.truth(),
    }
}
