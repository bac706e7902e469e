//! Pull secrets that commands make.

use super::body::object;
use crate::frontend::script::run::{Named, Run};
use crate::ir::{Cond, Entry, Makes, Node, Value, Why};
use crate::source::Span;

/// A pull secret as a command makes it.
#[derive(Clone, Debug)]
pub(in crate::frontend::script) struct PullSecret {
    pub name: Node,
    pub namespace: Option<Node>,
    pub kind: Node,
    /// What stands under which key.
    pub data: Vec<(&'static str, Node)>,
    pub command: &'static str,
    pub span: Span,
}

/// The key and the type of a secret that the kubelet reads.
pub(super) const KEY: &str = ".dockerconfigjson";
pub(super) const KIND: &str = "kubernetes.io/dockerconfigjson";

/// A credential for one host.
pub(super) struct Login {
    pub server: Option<Node>,
    pub username: Option<Node>,
    pub password: Option<Node>,
}

impl PullSecret {
    /// A secret without anything that a kubelet reads.
    pub(super) fn empty(name: Node, namespace: Option<Node>, kind: Node, span: Span) -> PullSecret {
        PullSecret { name, namespace, kind, data: Vec::new(), command: "kubectl create secret generic", span }
    }

    /// The secret that `kubectl create secret docker-registry` writes.
    pub(super) fn for_login(
        name: Node,
        namespace: Option<Node>,
        login: Login,
        command: &'static str,
        span: Span,
    ) -> PullSecret {
        let absent = || Node::unknown(Why::External("an option of the command".into()), span);
        let server = login.server.unwrap_or_else(|| Node::text("https://index.docker.io/v1/", span));
        let entry = object(
            vec![
                ("username", super::certain(login.username.unwrap_or_else(absent))),
                ("password", kept(login.password.unwrap_or_else(absent)).secret()),
            ],
            span,
        );
        let host = Entry { key: super::certain(server), value: entry };
        let auths = object(vec![("auths", Node::map(vec![host], span))], span);
        let document = Node::new(Value::Call("tf:jsonencode".into(), std::sync::Arc::new(vec![auths])), span);
        PullSecret { name, namespace, kind: Node::text(KIND, span), data: vec![(KEY, document)], command, span }
    }
}

/// A password in a script is a real one, or what somebody puts there before running it.
fn kept(node: Node) -> Node {
    let real = |text: &str| {
        let (letter, digit) = (text.bytes().any(|b| b.is_ascii_alphabetic()), text.bytes().any(|b| b.is_ascii_digit()));
        letter && digit && text.len() >= 12 && !text.contains(['<', '>', '{', '[', ' '])
    };
    // What is certainly none is told as such, as it is in a manifest.
    match node.as_str().is_some_and(|text| !real(text) && !crate::ir::placeholder::is_of_password(text.trim())) {
        true => Node::unknown(Why::TemplateText, node.span),
        false => node,
    }
}

/// Puts a secret into the book; one that is made only sometimes, or whose name is not known, may be any.
pub(super) fn make(run: &mut Run<'_>, secret: PullSecret) {
    let sure = secret.name.as_str().is_some_and(super::is_literal) && run.when() == Cond::Always;
    if run.manual {
        return;
    }
    run.understood.push(secret.span);
    if !sure {
        return run.open(
            Makes::Secret,
            secret.command,
            secret.span,
            Named { secret: Some(&secret.name), ..Named::default() },
        );
    }
    let span = secret.span;
    let data: Vec<Entry> = secret.data.into_iter().map(|(key, value)| Entry::new(key, value.span, value)).collect();
    let members = vec![
        ("apiVersion", Node::text("v1", span)),
        ("kind", Node::text("Secret", span)),
        ("metadata", metadata(&secret.name, secret.namespace.as_ref(), span)),
        ("type", secret.kind),
        // The password in it is marked: the command around it is what people have to see.
        ("stringData", Node::map(data, span)),
    ];
    let called = format!("Secret {}", crate::ir::shown(&secret.name));
    let made = run.made(span, secret.name.span);
    run.book.add("v1/Secret", &called, secret.name, Node::null(span), object(members, span), &made);
}

pub(super) fn metadata(name: &Node, namespace: Option<&Node>, span: Span) -> Node {
    let mut members = vec![("name", name.clone())];
    members.extend(namespace.map(|namespace| ("namespace", super::certain(namespace.clone()))));
    object(members, span)
}
