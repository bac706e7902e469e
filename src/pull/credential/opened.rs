//! What a pull secret that was found offers for an image.

use jiff::Timestamp;

use super::Outcome;
use crate::azure::guid::is_guid;
use crate::azure::image;
use crate::ir::{Case, Node, Truth, same_in};
use crate::world::World;
use crate::world::knowledge::Fact;
use crate::world::registry::Registry;
use crate::world::secret::{Credential, Lack, Password, Payload, Secret};
use crate::world::token::{Token, is_past};
use crate::world::workload::shown;

/// The image that a credential is wanted for.
pub(super) struct Wanted<'w, 'a> {
    /// The host of its registry.
    pub(super) host: &'w Node,
    /// What follows the host.
    pub(super) path: &'w str,
    /// The registry, when it is in the world.
    pub(super) registry: Option<&'w Registry<'a>>,
}

impl Wanted<'_, '_> {
    /// The repository, when it is known whole.
    fn repository(&self) -> Option<&str> {
        let rest = Node::text(self.path, self.host.span);
        image::known_repository(&rest).map(|name| self.path.get(..name.len()).unwrap_or_default())
    }
}

/// The user name that stands for a token instead of a user.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Every entry for the host is tried: the best of them counts.
pub(super) fn opened<'a>(world: &World<'a>, secret: &Secret<'a>, wanted: &Wanted<'_, 'a>) -> Outcome {
    let entries = match &secret.payload {
        Payload::Ignored(why) => return Outcome::Ignored(why.clone()),
        Payload::Malformed(why) => return Outcome::Malformed(why.clone()),
        Payload::Unknown(why) => return Outcome::Unknown(why.to_string()),
        Payload::Placeholder => return Outcome::Placeholder(Lack::Word),
        Payload::Entries(entries) => entries,
    };
    let fits = |entry: &Credential| entry.is_for(wanted.host, wanted.path, &world.resolver);
    let outcomes: Vec<Outcome> = entries
        .iter()
        .filter_map(|entry| match fits(entry) {
            Truth::No => None,
            Truth::Yes => Some(judged(world, secret, entry, wanted)),
            Truth::Unknown => Some(Outcome::Unknown("whether it is for the host is not known".to_owned())),
        })
        .collect();
    let best = |truth: Truth| outcomes.iter().find(|outcome| outcome.truth() == truth).cloned();
    let found = best(Truth::Yes).or_else(|| best(Truth::Unknown)).or_else(|| best(Truth::No));
    found.unwrap_or_else(|| Outcome::OtherHost(entries.iter().map(Credential::bare_host).collect()))
}

/// What comes of an entry that the kubelet offers.
fn judged<'a>(world: &World<'a>, secret: &Secret<'a>, entry: &Credential, wanted: &Wanted<'_, 'a>) -> Outcome {
    match (&entry.password, entry.username()) {
        (Password::Lacking(lack), _) => return Outcome::Placeholder(*lack),
        (Password::Literal { line_end: true, .. }, _) => return Outcome::LineEnd,
        // A controller that makes the secret fills in its own template.
        (Password::Unfilled, _) if secret.maker.is_none() => {
            return Outcome::Unknown("something has to fill in its password first".to_owned());
        }
        (Password::Token(expiry), _) => return token(world, *expiry),
        (_, Some(NOBODY)) => return Outcome::Expires(None),
        (Password::Elsewhere(node), _) => {
            if let Some(ended) = world.ended_at(node) {
                return match ended.sure {
                    true => Outcome::Ended(ended.day, ended.end.span),
                    false => Outcome::Unknown("its service principal may have no secret that lasts".to_owned()),
                };
            }
        }
        _ => {}
    }
    let Some(registry) = wanted.registry else { return alone(entry) };
    // Names of registries are letters and digits; an app id is none.
    let nameable = |user: &str| user.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_name = entry.username().is_none_or(nameable) && world.principal_of_app(&entry.user).is_none();
    let admin = match is_name {
        true => same_in(&world.resolver, Case::Ignored, &entry.user, &registry.name),
        false => Truth::No,
    };
    match admin {
        Truth::Yes => administrator(world, secret, entry, registry, wanted),
        Truth::No => somebody(world, entry, registry, wanted),
        Truth::Unknown => match somebody(world, entry, registry, wanted) {
            outcome if outcome.truth() == Truth::No => {
                Outcome::Unknown("its user may be the admin user of the registry".to_owned())
            }
            outcome => outcome,
        },
    }
}

/// Of a registry that the tree doesn't have nothing but the credential is known: it is taken at its word.
fn alone(entry: &Credential) -> Outcome {
    match entry.user.as_str() {
        Some(_) => Outcome::Alive,
        None => Outcome::Unknown("who signs in with it is not known".to_owned()),
    }
}

fn token(world: &World<'_>, expiry: Option<i64>) -> Outcome {
    let when = expiry.and_then(|seconds| Timestamp::from_second(seconds).ok());
    match when {
        Some(when) if is_past(when, world.outlook.today) => Outcome::Expired(when),
        when => Outcome::Expires(when),
    }
}

/// The user is called like the registry: the admin user, or a token of that name.
fn administrator<'a>(
    world: &World<'a>,
    secret: &Secret<'a>,
    entry: &Credential,
    registry: &Registry<'a>,
    wanted: &Wanted<'_, 'a>,
) -> Outcome {
    // Where a condition leaves the registry out, the credential is for one that is made elsewhere.
    let made_with = registry.resource.is_unconditional() || registry.resource.deployed == secret.resource.deployed;
    match &registry.admin {
        Fact::Known(true, _) if world.disables_admin_users() => {
            Outcome::Unknown("a policy may have disabled the admin user".to_owned())
        }
        Fact::Known(true, _) => Outcome::Alive,
        admin if admin.is(&false) == Truth::Yes && made_with => match tokens(world, entry, registry).next() {
            None => Outcome::AdminDisabled,
            Some(_) => somebody(world, entry, registry, wanted),
        },
        _ => Outcome::Unknown("whether the admin user is enabled is not known".to_owned()),
    }
}

/// The tokens of the registry that may have the user's name, each with whether it is proved.
fn tokens<'w, 'a>(
    world: &'w World<'a>,
    entry: &'w Credential,
    registry: &'w Registry<'a>,
) -> impl Iterator<Item = (&'w Token<'a>, bool)> {
    let named = |token: &Token<'a>| same_in(&world.resolver, Case::Ignored, &token.name, &entry.user);
    let is_it = move |token: &'w Token<'a>| match named(token).and(token.is_of(registry, &world.resolver)) {
        Truth::No => None,
        truth => Some((token, truth == Truth::Yes)),
    };
    world.tokens.iter().filter_map(is_it)
}

/// A token of the registry, or a service principal.
fn somebody<'a>(world: &World<'a>, entry: &Credential, registry: &Registry<'a>, wanted: &Wanted<'_, 'a>) -> Outcome {
    let unknown = |why: &str| Outcome::Unknown(why.to_owned());
    let found: Vec<(&Token<'a>, bool)> = tokens(world, entry, registry).collect();
    if let [(token, true)] = found.as_slice() {
        return match token.may_pull(wanted.repository(), &entry.password, world.outlook.today) {
            Err((fault, span)) => Outcome::TokenRefused(shown(&token.name), fault, span),
            Ok(Truth::Yes) => Outcome::Alive,
            Ok(_) => unknown("whether its token may pull is not known"),
        };
    }
    if !found.is_empty() {
        return unknown("its user may be a token of the registry");
    }
    match world.principal_of_app(&entry.user) {
        Some(who) => match world.may_pull_as(who, registry, wanted.repository()) {
            Truth::Yes => Outcome::Alive,
            Truth::No => Outcome::NotGranted(who.declared),
            Truth::Unknown => unknown("whether its service principal may pull is not known"),
        },
        None if entry.username().is_some_and(is_guid) => unknown("its service principal is made elsewhere"),
        None if entry.username().is_some() => unknown("its user is made elsewhere"),
        None => unknown("who signs in with it is not known"),
    }
}
