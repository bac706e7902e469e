//! What may come of a pull secret.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::ir::Truth;
use crate::source::Span;
use crate::world::secret::Lack;
use crate::world::token::TokenFault;

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
    /// The entry holds no credential: what is wrong with it.
    Placeholder(Lack),
    /// The entry's password ends with a line break.
    LineEnd,
    /// The entry is the secret of a service principal that has ended, and when.
    Ended(Date, Span),
    /// The entry is the admin user of a registry that has it disabled.
    AdminDisabled,
    /// The entry is a token of the registry that has expired, and when.
    Expired(Timestamp),
    /// The entry is a token of the registry that will expire; when, if it says so.
    Expires(Option<Timestamp>),
    /// The entry is a token of this name, which can't pull the repository.
    TokenRefused(String, TokenFault, Span),
    /// The entry is a service principal that no grant lets pull, and the place that declares it.
    NotGranted(Span),
    /// Can't be told: why.
    Unknown(String),
}

impl Outcome {
    /// Whether the pod gets a credential from it that works.
    pub fn truth(&self) -> Truth {
        match self {
            Outcome::Alive => Truth::Yes,
            Outcome::Missing | Outcome::Expires(_) | Outcome::Unknown(_) => Truth::Unknown,
            _ => Truth::No,
        }
    }

    /// Whether it doesn't work, or won't soon.
    pub fn is_dying(&self) -> bool {
        self.truth() == Truth::No || matches!(self, Outcome::Expires(_))
    }

    /// Whether it is a credential for the host that the registry refuses.
    pub fn is_refused(&self) -> bool {
        matches!(
            self,
            Outcome::Placeholder(_)
                | Outcome::LineEnd
                | Outcome::Ended(..)
                | Outcome::AdminDisabled
                | Outcome::Expired(_)
                | Outcome::TokenRefused(..)
                | Outcome::NotGranted(_)
        )
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
            Outcome::OtherHost(hosts) if hosts.iter().all(String::is_empty) => {
                format!("pull secret `{name}` is for no host")
            }
            Outcome::OtherHost(hosts) => format!("pull secret `{name}` is for {}", listed(hosts)),
            Outcome::Placeholder(lack) => format!("pull secret `{name}` {}", lacking(*lack)),
            Outcome::LineEnd => format!("pull secret `{name}`: {LINE_END}"),
            Outcome::Ended(when, _) => {
                format!("pull secret `{name}` holds the secret of a service principal that ended on {when}")
            }
            Outcome::AdminDisabled => format!("pull secret `{name}` uses the admin user, which is disabled"),
            Outcome::Expired(when) => format!("pull secret `{name}` holds a token that expired on {}", day(*when)),
            Outcome::Expires(Some(when)) => {
                format!("pull secret `{name}` holds a token that expires on {}", day(*when))
            }
            Outcome::Expires(None) => format!("pull secret `{name}` holds a token that lives for about three hours"),
            Outcome::TokenRefused(token, fault, _) => {
                format!("pull secret `{name}` uses token `{token}`, {}", refusal(*fault))
            }
            Outcome::NotGranted(_) => format!("pull secret `{name}` uses a service principal that has no grant"),
            Outcome::Unknown(why) => format!("pull secret `{name}`: {why}"),
        }
    }
}

/// The day of a moment, as in `2026-01-31`.
pub fn day(when: Timestamp) -> String {
    when.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// What an entry has instead of a credential, as a clause.
pub fn lacking(lack: Lack) -> &'static str {
    match lack {
        Lack::Word => "holds a placeholder instead of a credential",
        Lack::User => "has no user name for the host",
        Lack::Password => "has no password for the host",
        Lack::IdentityToken => "holds an identity token, which the kubelet does not read",
    }
}

/// What a line break does to a password.
pub const LINE_END: &str = "the password ends with a line break, which is sent with it";

/// What is wrong with a token, as a clause.
pub fn refusal(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Disabled => "which is disabled",
        TokenFault::Expired => "whose password has expired",
        TokenFault::NoAction => "which may not read the repository",
    }
}

fn listed(hosts: &[String]) -> String {
    match hosts {
        [] => "no host".to_owned(),
        hosts => hosts.iter().map(|host| format!("`{host}`")).collect::<Vec<_>>().join(", "),
    }
}
