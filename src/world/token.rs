//! Tokens of registries: what their scope maps let them pull, and until when their passwords hold.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::knowledge::{Fact, is_certain};
use super::registry::{Reader, Registry};
use super::secret::Password;
use crate::ir::{Case, Imperative, Makes, Node, Origin, Resolver, Resource, Target, Truth, Value, Why, same_in};
use crate::source::Span;

/// The type of tokens.
pub const TOKEN: &str = "Microsoft.ContainerRegistry/registries/tokens";

/// A token of a registry.
#[derive(Clone, Debug)]
pub struct Token<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// Its name, which is the user name.
    pub name: Node,
    /// The name of its registry.
    registry: Option<Node>,
    /// `status` is `enabled`.
    pub enabled: Fact<bool>,
    /// What its scope map lets it do.
    scope: Scope,
    /// Its passwords, as far as they are declared.
    passwords: Vec<TokenPassword<'a>>,
}

/// A password of a token.
#[derive(Clone, Debug)]
struct TokenPassword<'a> {
    /// The resource that makes it.
    maker: &'a Resource,
    /// Its place in the list there.
    at: usize,
    name: Option<String>,
    /// When it expires; nothing when it never does.
    expiry: Option<Fact<Timestamp>>,
}

/// What a scope map lets a token do.
#[derive(Clone, Debug)]
enum Scope {
    /// One that Azure brings, which all let pull.
    BuiltIn,
    /// These actions, and where they are written.
    Actions(Vec<String>, Span),
    /// Can't be read.
    Unknown,
}

/// Why a token can't pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// It is disabled.
    Disabled,
    /// The password that is used, or every password, has expired.
    Expired,
    /// No action of its scope map lets it read the repository.
    NoAction,
}

/// All tokens that the tree has, with the passwords that are made for them.
/// What commands change of the tokens of a registry is not known.
pub(super) fn tokens<'a>(resolver: &Resolver<'a>, updates: &[&'a Resource], commands: &[Imperative]) -> Vec<Token<'a>> {
    let tokens = resolver.of_kind(TOKEN).iter().copied();
    let own = tokens.filter(|it| it.origin != Origin::Existing && std::ptr::eq(resolver.canonical(it), *it));
    let mut found: Vec<Token<'a>> = own.map(|resource| Token::read(resource, resolver, updates)).collect();
    for command in commands.iter().filter(|command| command.makes == Makes::Token && !command.manual) {
        let named = command.registry.as_deref();
        let may_be = |token: &&mut Token<'a>| {
            let own = token.registry.as_ref().and_then(Node::as_str);
            named.zip(own).is_none_or(|(named, own)| named.eq_ignore_ascii_case(own))
        };
        found.iter_mut().filter(may_be).for_each(|token| token.unsettle(command));
    }
    found
}

impl<'a> Token<'a> {
    fn read(resource: &'a Resource, resolver: &Resolver<'a>, updates: &[&'a Resource]) -> Token<'a> {
        let read = Reader { resource, resolver };
        let is_own = |update: &&&'a Resource| {
            update.is_kind(TOKEN)
                && resolver.resource_of(&update.id).is_some_and(|found| found.address == resource.address)
        };
        let changes: Vec<&'a Resource> = updates.iter().filter(is_own).copied().collect();
        let changed = changes.iter().any(|it| it.body.at(&["properties", "status"]).is_some());
        let enabled = match read.word(&["properties", "status"], true, |word| match word {
            "enabled" => Some(true),
            "disabled" => Some(false),
            _ => None,
        }) {
            _ if changed => Fact::Unknown(Why::Overridden(resource.address.to_string().into()), resource.declared),
            enabled => enabled,
        };
        let scope = changes.iter().all(|it| it.body.at(&["properties", "scopeMapId"]).is_none());
        let scope = read.at(&["properties", "scopeMapId"]).filter(|_| scope);
        let id = resolver.id_of(&resource.id);
        let makers = std::iter::once(resource).chain(changes);
        Token {
            resource,
            name: resolver.node(&resource.name),
            registry: id.and_then(|id| id.names.first().cloned()).map(|name| resolver.node(&name)),
            enabled,
            scope: scope.map_or(Scope::Unknown, |id| scope_of(&id, resolver)),
            passwords: makers.flat_map(|maker| passwords(maker, resolver)).collect(),
        }
    }

    fn unsettle(&mut self, command: &Imperative) {
        let why = Why::NotAnalysed(format!("`{}`", command.command).into());
        self.enabled = Fact::Unknown(why.clone(), command.span);
        self.scope = match &self.scope {
            Scope::BuiltIn => Scope::BuiltIn,
            _ => Scope::Unknown,
        };
        for password in &mut self.passwords {
            password.expiry = Some(Fact::Unknown(why.clone(), command.span));
        }
    }

    /// Whether it is a token of this registry.
    pub fn is_of(&self, registry: &Registry<'_>, resolver: &Resolver<'_>) -> Truth {
        let own = self.registry.as_ref();
        own.map_or(Truth::Unknown, |own| same_in(resolver, Case::Ignored, own, &registry.name))
    }

    /// Whether somebody who signs in with this password may pull a repository, and where it says so.
    pub fn may_pull(
        &self,
        repository: Option<&str>,
        password: &Password,
        today: Date,
    ) -> Result<Truth, (TokenFault, Span)> {
        let certain = is_certain(self.resource);
        if let Fact::Known(false, span) = self.enabled
            && certain
        {
            return Err((TokenFault::Disabled, span));
        }
        let expired = self.expired(password, today);
        if let (Truth::Yes, span) = expired
            && certain
        {
            return Err((TokenFault::Expired, span));
        }
        let reads = match (&self.scope, repository) {
            (Scope::BuiltIn, _) => Truth::Yes,
            (Scope::Unknown, _) | (_, None) => Truth::Unknown,
            (Scope::Actions(actions, _), Some(repository)) => {
                actions.iter().map(|action| lets_read(action, repository)).fold(Truth::No, Truth::or)
            }
        };
        match &self.scope {
            Scope::Actions(_, span) if reads == Truth::No && certain => Err((TokenFault::NoAction, *span)),
            _ => Ok(reads.and(self.enabled.is(&true)).and(expired.0.not())),
        }
    }

    fn is_listed_whole(&self) -> bool {
        self.resource.is_read_back() && !self.passwords.is_empty()
    }

    /// The password of this name, when it is declared once.
    fn password(&self, name: &str) -> Option<&TokenPassword<'a>> {
        let mut named = self.passwords.iter().filter(|own| own.name.as_deref() == Some(name));
        named.next().filter(|_| named.next().is_none())
    }

    /// Whether the password has expired: the one that is used, else both, which are all that a token can have.
    fn expired(&self, password: &Password, today: Date) -> (Truth, Span) {
        let passed = |it: &TokenPassword<'_>| match &it.expiry {
            None => Truth::No,
            Some(Fact::Known(when, _)) => Truth::of(is_past(*when, today)),
            Some(_) => Truth::Unknown,
        };
        let place = |it: &TokenPassword<'_>| it.expiry.as_ref().map_or(it.maker.declared, Fact::span);
        let used = match password {
            Password::Elsewhere(node) => self.passwords.iter().find(|own| own.is_read_by(node)),
            _ => None,
        };
        if let Some(used) = used {
            return (passed(used), place(used));
        }
        let both: Option<Vec<&TokenPassword<'_>>> =
            ["password1", "password2"].iter().map(|name| self.password(name)).collect();
        match both {
            Some(both) => {
                let all = both.iter().map(|own| passed(own)).fold(Truth::Yes, Truth::and);
                // One that holds is no proof that it is the one that is used.
                let all = if all == Truth::No && both.iter().any(|own| passed(own) != Truth::No) {
                    Truth::Unknown
                } else {
                    all
                };
                (all, both.first().map_or(self.resource.declared, |own| place(own)))
            }
            // What was read back has all passwords that there are.
            None if self.is_listed_whole() && self.passwords.iter().all(|own| passed(own) == Truth::Yes) => {
                (Truth::Yes, self.passwords.first().map_or(self.resource.declared, place))
            }
            None if self.passwords.iter().all(|own| passed(own) == Truth::No) => (Truth::No, self.resource.declared),
            None => (Truth::Unknown, self.resource.declared),
        }
    }
}

impl TokenPassword<'_> {
    /// Whether a reference reads this password.
    fn is_read_by(&self, node: &Node) -> bool {
        let Value::Ref(reference) = &node.value else { return false };
        let Target::Resource(address) = &reference.target else { return false };
        let at = self.at.to_string();
        *address == self.maker.address && reference.is(&["properties", "credentials", "passwords", &at, "value"])
    }
}

/// Whether a moment is over on the day that counts as today. That day is not over before its end.
pub fn is_past(when: Timestamp, today: Date) -> bool {
    today.to_zoned(TimeZone::UTC).is_ok_and(|start| when < start.timestamp())
}

fn passwords<'a>(maker: &'a Resource, resolver: &Resolver<'a>) -> Vec<TokenPassword<'a>> {
    let list = Reader { resource: maker, resolver }.at(&["properties", "credentials", "passwords"]);
    let items = list.as_ref().and_then(Node::as_list).map_or(&[][..], |list| &list.items);
    let password = |(at, item): (usize, &Node)| TokenPassword {
        maker,
        at,
        name: item.get("name").and_then(Node::as_str).map(str::to_owned),
        expiry: item.get("expiry").filter(|node| !node.is_null()).map(moment),
    };
    items.iter().enumerate().map(password).collect()
}

/// A moment as RFC 3339 writes it.
fn moment(node: &Node) -> Fact<Timestamp> {
    match node.as_str().and_then(|text| text.parse().ok()) {
        Some(when) => Fact::Known(when, node.span),
        None => Fact::Unknown(node.why().cloned().unwrap_or(Why::UnsupportedSyntax("a date".into())), node.span),
    }
}

fn scope_of(id: &Node, resolver: &Resolver<'_>) -> Scope {
    let built_in = |name: &Node| name.as_str().is_some_and(|name| name.starts_with("_repositories_"));
    if resolver.id_of(id).and_then(|id| id.names.last().map(built_in)).unwrap_or(false) {
        return Scope::BuiltIn;
    }
    let Some(map) = resolver.resource_of(id).filter(|map| map.origin != Origin::Existing) else {
        return Scope::Unknown;
    };
    let read = Reader { resource: map, resolver };
    let Some(actions) = read.at(&["properties", "actions"]).filter(|_| is_certain(map)) else { return Scope::Unknown };
    let list = actions.as_list().filter(|list| list.open.is_none());
    let texts = list.and_then(|list| list.items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    texts.map_or(Scope::Unknown, |texts| Scope::Actions(texts, actions.span))
}

/// Whether an action lets read the content of a repository. A star at the end stands for anything; what one elsewhere
/// means is not documented.
fn lets_read(action: &str, repository: &str) -> Truth {
    let parts = |action: &str| {
        let rest = action.strip_prefix("repositories/").and_then(|rest| rest.strip_suffix("/content/read"));
        rest.map(str::to_owned)
    };
    let Some(scope) = parts(action) else {
        let lower = parts(&action.to_ascii_lowercase());
        return lower.map_or(Truth::No, |_| lets_read(&action.to_ascii_lowercase(), repository).and(Truth::Unknown));
    };
    let scope = scope.as_str();
    match scope.split_once('*') {
        None if scope == repository => Truth::Yes,
        Some((before, "")) if repository.starts_with(before) => Truth::Yes,
        // Whether the case of letters counts is not documented.
        None => unless_alike(scope.eq_ignore_ascii_case(repository)),
        Some((before, "")) => {
            let start = repository.get(..before.len()).unwrap_or_default();
            unless_alike(start.eq_ignore_ascii_case(before))
        }
        Some(_) => Truth::Unknown,
    }
}

fn unless_alike(alike: bool) -> Truth {
    if alike { Truth::Unknown } else { Truth::No }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_name_repositories_or_their_beginning() {
        let reads = |scope: &str| lets_read(&format!("repositories/{scope}/content/read"), "team/web");
        assert_eq!([reads("team/web"), reads("*"), reads("team/*"), reads("te*")], [Truth::Yes; 4]);
        assert_eq!([reads("team"), reads("web"), reads("other/*")], [Truth::No; 3]);
        assert_eq!([reads("*/web"), reads("Team/web"), reads("TEAM/*")], [Truth::Unknown; 3]);
        assert_eq!(lets_read("Repositories/team/web/Content/Read", "team/web"), Truth::Unknown);
        assert_eq!(lets_read("Repositories/team/api/Content/Read", "team/web"), Truth::No);
        assert_eq!(lets_read("repositories/team/web/content/write", "team/web"), Truth::No);
        assert_eq!(lets_read("repositories/team/web/metadata/read", "team/web"), Truth::No);
    }

    #[test]
    fn a_day_is_not_over_before_its_end() {
        let today = jiff::civil::date(2026, 1, 31);
        let past = |text: &str| is_past(text.parse().unwrap(), today);
        assert!(past("2026-01-30T23:59:59Z") && past("2026-01-31T01:00:00+02:00"));
        assert!(!past("2026-01-31T00:00:00Z") && !past("2026-02-01T00:00:00Z"));
    }
}
