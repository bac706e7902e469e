//! The entries of a pull secret, and for which images the kubelet offers them.

use crate::azure::image;
use crate::ir::{Case, Node, Resolver, Truth, Value, same_in};
use crate::source::Span;

/// One entry of a pull secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// The key: a host, perhaps with a scheme and a path.
    pub host: Node,
    /// The user name.
    pub user: Node,
    /// What is known of the password.
    pub password: Password,
    /// Where the password is written.
    pub password_span: Span,
}

/// What is known of a password. The password itself is not kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Password {
    /// There is none that could be used: what is wrong with the entry.
    Lacking(Lack),
    /// It is written out.
    Literal {
        /// It looks like a real one, not like one that was made up for an example.
        real: bool,
        /// It ends with a line break, which nobody cuts off.
        line_end: bool,
    },
    /// In its place stands a text that something has to fill in, and nothing of the tree is known to do it.
    Unfilled,
    /// It is a token of three parts (a JWT); the second at which it expires, when it says so.
    Token(Option<i64>),
    /// It is read from somewhere: what is read, or why that isn't known.
    Elsewhere(Node),
}

/// Why an entry holds no credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A word stands where a value will be.
    Word,
    /// There is no user name: the pull goes on as if nobody signed in.
    User,
    /// There is no password.
    Password,
    /// There is nothing but an identity token, as `docker login` and `az acr login` store it: the kubelet reads none.
    IdentityToken,
}

impl Credential {
    /// The user name, when it is known whole.
    pub fn username(&self) -> Option<&str> {
        self.user.as_str()
    }

    /// The key without what somebody may have put in front of the host.
    pub fn bare_host(&self) -> String {
        let host = super::super::workload::shown(&self.host);
        host.rsplit('@').next().unwrap_or_default().to_owned()
    }

    /// Whether the kubelet offers it for an image of `host`/`path`. A key that is not known whole matches where it is
    /// proved to be the host; that it isn't can't be proved, since a pattern or a path may be in it.
    pub fn is_for(&self, host: &Node, path: &str, resolver: &Resolver<'_>) -> Truth {
        match (self.host.as_str(), host.as_str()) {
            (Some(key), Some(host)) => Truth::of(matches(key, host, path)),
            _ => match same_in(resolver, Case::Ignored, &without_scheme(&self.host), host) {
                Truth::Yes => Truth::Yes,
                _ => Truth::Unknown,
            },
        }
    }
}

fn without_scheme(host: &Node) -> Node {
    let bare = |text: &str| text.strip_prefix("https://").or(text.strip_prefix("http://")).map(str::to_owned);
    let Value::Concat(pieces) = &host.value else { return host.clone() };
    let mut pieces = pieces.to_vec();
    if let Some(first) = pieces.first_mut()
        && let Some(text) = first.as_str().and_then(bare)
    {
        first.value = Value::Str(text.into());
    }
    Node::concat(pieces, host.span)
}

/// The rule of the keyring: same port, same number of labels, each label matched as a glob, the key's path a prefix of
/// the image's; comparison of letters is exact.
fn matches(key: &str, host: &str, path: &str) -> bool {
    let key = key.strip_prefix("https://").or(key.strip_prefix("http://")).unwrap_or(key);
    // The key is read as an address first: what follows a `?` or `#` is no part of host and path, nor is a user.
    let key = key.split(['?', '#']).next().unwrap_or_default();
    let (key_host, key_path) = key.find('/').and_then(|at| key.split_at_checked(at)).unwrap_or((key, ""));
    let versioned = key_path.starts_with("/v1/") || key_path.starts_with("/v2/");
    let key_path = if versioned { key_path.get(3..).unwrap_or_default() } else { key_path };
    let key_path = if key_path == "/" { "" } else { key_path };
    let key_host = key_host.rsplit('@').next().unwrap_or_default();
    if is_no_address(key_host) {
        return false;
    }
    let (key_name, key_port) = key_host.split_once(':').unwrap_or((key_host, ""));
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let (keys, labels): (Vec<&str>, Vec<&str>) = (key_name.split('.').collect(), name.split('.').collect());
    key_port == port
        && keys.len() == labels.len()
        && format!("/{}", image::repository(path)).starts_with(key_path)
        && keys.iter().zip(&labels).all(|(key, label)| glob(key, label))
}

/// Letters that no host of an address has, and a bracket in front, which begins an address in numbers: such keys are
/// passed over.
fn is_no_address(host: &str) -> bool {
    host.starts_with('[') || host.contains(|letter: char| letter.is_whitespace() || r"{}|\^`".contains(letter))
}

fn glob(pattern: &str, text: &str) -> bool {
    globset::GlobBuilder::new(pattern).build().is_ok_and(|glob| glob.compile_matcher().is_match(text))
        || pattern == text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Why;

    fn credential(host: Node) -> Credential {
        let nobody = Node::text("", Span::default());
        Credential { host, user: nobody, password: Password::Unfilled, password_span: Span::default() }
    }

    #[test]
    fn hosts_match_as_in_the_keyring() {
        let of_web = |key: &str| matches(key, "foo.azurecr.io", "web:1");
        for key in [
            "foo.azurecr.io",
            "https://foo.azurecr.io/v2/",
            "*.azurecr.io",
            "foo.azurecr.io/web",
            "f*o.azurecr.io",
            "u@foo.azurecr.io",
        ] {
            assert!(of_web(key), "{key}");
        }
        for key in [
            "foo",
            "https://index.docker.io/v1/",
            "*.io",
            "foo.azurecr.io:443",
            "Foo.azurecr.io",
            "foo.azurecr.io/web:1",
            "https://foo.azurecr.io/v2",
            "foo.azurecr.io/web/",
            "?oo.azurecr.io",
            "f?o.azurecr.io",
            "[a-f]oo.azurecr.io",
            "{foo,bar}.azurecr.io",
        ] {
            assert!(!of_web(key), "{key}");
        }
        assert!(!matches("*.azurecr.io", "foo.eastus.geo.azurecr.io", "web"));
    }

    #[test]
    fn a_host_that_is_not_known_may_be_any() {
        let at = Span::default();
        let blind = Resolver::blind();
        let part = |name: &str| Node::symbol(Why::Parameter(name.into()), name, at);
        let host = |name: &str| Node::concat(vec![part(name), Node::text(".azurecr.io", at)], at);
        let schemed = Node::concat(vec![Node::text("https://", at), host("a")], at);
        let is_for = |key: Node, host: &Node| credential(key).is_for(host, "web", &blind);
        assert_eq!(is_for(host("a"), &host("a")), Truth::Yes);
        assert_eq!(is_for(schemed, &host("a")), Truth::Yes);
        assert_eq!(is_for(host("a"), &host("b")), Truth::Unknown);
        assert_eq!(is_for(host("a"), &Node::text("foo.azurecr.io", at)), Truth::Unknown);
        assert_eq!(is_for(Node::text("bar.azurecr.io", at), &Node::text("foo.azurecr.io", at)), Truth::No);
    }
}
