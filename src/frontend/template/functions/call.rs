//! Which function a call means, and those that ask the deployment.

use std::sync::Arc;

use super::super::arm_resource::{PROVIDERS_NAME, PROVIDERS_SCOPE, VAULT_SECRET};
use super::super::evaluate::{Evaluation, reason};
use super::super::frame::{Kind, Scope};
use super::super::resources::{split_id, split_name};
use super::super::scope;
use super::super::template::{Expr, ExprKind};
use super::{logic, pure};
use crate::ir::{Cond, Node, Value, Why};
use crate::source::{Span, Via};

impl Evaluation<'_> {
    /// A call: a user's function or one of the language.
    pub(in super::super) fn call(&self, name: &Arc<str>, arguments: &[Expr], span: Span, scope: &Scope) -> Node {
        match self.own_call(name, arguments, span, scope) {
            Some(node) => node,
            None => self.builtin(name, arguments, span, scope),
        }
    }

    /// A function of the language.
    pub(in super::super) fn builtin(&self, name: &Arc<str>, arguments: &[Expr], span: Span, scope: &Scope) -> Node {
        let lower = name.to_ascii_lowercase();
        if let Some(node) = self.lazy(&lower, arguments, span, scope) {
            return node;
        }
        if let Some(node) = self.with_lambda(&lower, arguments, span, scope) {
            return self.bounded(node);
        }
        let values: Vec<Node> = arguments.iter().map(|argument| self.value(argument, scope)).collect();
        let found = self.of_deployment(&lower, &values, span, scope);
        let found = found
            .or_else(|| self.of_resources(&lower, &values, span, scope))
            .or_else(|| self.of_file(&lower, &values, span, scope));
        if let Some(node) = found {
            return node;
        }
        match pure(&lower, &self.texts_of_ids(&lower, values), span) {
            Some(node) => self.bounded(node),
            None => self.missing(Why::UnsupportedCall(name.clone()), span),
        }
    }

    /// `split(acr.id, '/')` splits the id, `contains` and its kin look into it; other functions take it as it is.
    fn texts_of_ids(&self, name: &str, mut values: Vec<Node>) -> Vec<Node> {
        let splits = name == "split" && values.get(1).and_then(Node::as_str) == Some("/");
        if !splits && !matches!(name, "contains" | "startswith" | "endswith") {
            return values;
        }
        let Some(first) = values.first_mut().filter(|first| !first.is_null()) else { return values };
        let is_id = matches!(&first.value, Value::Ref(reference) if reference.is(&["id"]));
        let id = if is_id { self.instance_of(first).map(|instance| self.id(&instance)) } else { None };
        let id = id.unwrap_or_else(|| first.clone());
        let text = || match &id.value {
            Value::Id(_) => scope::id_pieces(&id).map(|pieces| Node::concat(pieces, id.span)),
            _ => None,
        };
        if let Some(found) = if splits { split_id(&id) } else { text() } {
            *first = found;
        }
        values
    }

    /// Functions that don't look at all their arguments.
    fn lazy(&self, name: &str, arguments: &[Expr], span: Span, scope: &Scope) -> Option<Node> {
        let value = |at: usize| arguments.get(at).map(|argument| self.value(argument, scope));
        match (name, arguments.len()) {
            ("if", 3) => {
                let on = value(0)?;
                let secret = on.secret;
                let picked = match Cond::of(&on) {
                    Cond::Always => value(1)?,
                    Cond::Never => value(2)?,
                    on => self.bounded(Node::choice(on, value(1)?, value(2)?, span)),
                };
                Some(if secret { picked.secret() } else { picked })
            }
            ("and" | "or", _) => {
                let mut values = Vec::new();
                for argument in arguments {
                    let value = self.value(argument, scope);
                    if value.as_bool() == Some(name == "or") {
                        return Some(Node { span, ..value });
                    }
                    values.push(value);
                }
                Some(logic::junction(name, values, span))
            }
            ("coalesce", _) => Some(self.coalesce(arguments, span, scope)),
            ("any" | "nonnull", 1) => value(0),
            ("nameof", 1) => name_of(arguments.first()?).map(|name| Node::text(name.clone(), span)),
            ("tryget", _) => {
                let mut found = value(0)?;
                for argument in arguments.get(1..)? {
                    found = self.member_of(&found, &self.value(argument, scope), true, span);
                }
                Some(found)
            }
            _ => None,
        }
    }

    fn coalesce(&self, arguments: &[Expr], span: Span, scope: &Scope) -> Node {
        let Some((first, rest)) = arguments.split_first() else { return Node::null(span) };
        let first = self.value(first, scope);
        if logic::is_never_null(&first) {
            return first;
        }
        if rest.is_empty() {
            return first;
        }
        let rest = self.coalesce(rest, span, scope);
        self.bounded(logic::first_of(&first, &rest, span))
    }

    /// Functions about the deployment and its scopes, and names spelled as calls.
    fn of_deployment(&self, name: &str, values: &[Node], span: Span, scope: &Scope) -> Option<Node> {
        let frame = &scope.frame;
        let (place, deployment) = (&frame.place, &*self.name);
        Some(match name {
            "parameters" => self.parameter_call(values.first()?, span, scope),
            "variables" => match frame.loaded.find(Kind::Variable, values.first()?.as_str()?) {
                Some(at) => self.variable(frame, at).through(span, Via::Name),
                None => self.missing(Why::UnresolvedName(values.first()?.as_str()?.into()), span),
            },
            "copyindex" => self.copy_index(values, span, scope),
            "resourcegroup" => scope::resource_group(place, deployment, values, span),
            "subscription" => scope::subscription(place, deployment, values, span),
            "tenant" => scope::tenant(deployment, span),
            "managementgroup" => scope::management_group(place, deployment, values, span),
            "deployment" => scope::deployment(place, deployment, frame.name.as_ref(), span),
            "environment" => scope::environment(self.library.outside.cloud, span),
            "deployer" => Node::symbol(Why::External("deployer()".into()), format!("{deployment}#deployer"), span),
            "newguid" | "utcnow" => Node::unknown(Why::Runtime(format!("{name}()").into()), span),
            "readenvironmentvariable" => {
                let variable = values.first().and_then(Node::as_str).unwrap_or("?");
                Node::symbol(Why::External(variable.into()), format!("{deployment}#env:{variable}"), span)
            }
            // Where it is reached, there is no deployment.
            "fail" => Node::unknown(Why::Runtime("fail()".into()), span),
            "readcliarg" | "inlineparam" => Node::unknown(Why::External(format!("{name}()").into()), span),
            "getsecret" | "externalinput" => Node::unknown(Why::External(format!("{name}()").into()), span).secret(),
            VAULT_SECRET => Node::unknown(Why::External("key vault".into()), span).secret(),
            PROVIDERS_SCOPE => self.providers_scope(values.first()?.as_str()?, values.get(1)?, place),
            PROVIDERS_NAME => {
                let name = values.get(1)?;
                let segments = split_name(name, 1);
                match segments.len() {
                    1 if name.as_str().is_none() => {
                        super::super::access::derived(name, &Node::text("last", span), span)
                    }
                    _ => segments.last().cloned().unwrap_or_else(|| name.clone()),
                }
            }
            _ => return None,
        })
    }

    fn parameter_call(&self, name: &Node, span: Span, scope: &Scope) -> Node {
        let Some(name) = name.as_str() else { return self.missing(reason(name), span) };
        if let Some(local) = scope.local(name) {
            return local.clone();
        }
        match scope.frame.loaded.find(Kind::Parameter, name) {
            Some(at) => self.parameter(&scope.frame, at).through(span, Via::Parameter),
            None => self.missing(Why::UnresolvedName(name.into()), span),
        }
    }

    fn copy_index(&self, values: &[Node], span: Span, scope: &Scope) -> Node {
        let (label, offset) = match values {
            [Node { value: Value::Str(label), .. }, offset @ ..] => (Some(&**label), offset.first()),
            [offset, ..] => (None, Some(offset)),
            [] => (None, None),
        };
        let Some(index) = scope.loop_index(label) else {
            return self.missing(Why::UnresolvedName("copyIndex()".into()), span);
        };
        match offset {
            None | Some(Node { value: Value::Int(0), .. }) => index.clone(),
            Some(offset) => pure("add", &[index.clone(), offset.clone()], span).unwrap_or_else(|| index.clone()),
        }
    }

    /// Whether an argument is a lambda.
    pub(in super::super) fn is_lambda(expr: Option<&Expr>) -> bool {
        matches!(expr.map(|expr| &expr.kind), Some(ExprKind::Lambda(..)))
    }
}

/// The last name in an expression.
fn name_of(expr: &Expr) -> Option<&Arc<str>> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Nested(_, name) => Some(name),
        ExprKind::Property { base, key, .. } => match &key.kind {
            ExprKind::Text(text) => Some(text),
            _ => name_of(base),
        },
        _ => None,
    }
}
