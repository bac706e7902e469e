//! `reference`, `resourceId` and its kin, and the functions that list keys.

use std::rc::Rc;
use std::sync::Arc;

use super::super::evaluate::Evaluation;
use super::super::frame::{Frame, Kind, Scope};
use super::super::names::whole;
use super::super::resources::{Instance, split_name};
use super::super::scope::Place;
use super::super::template::What;
use crate::ir::{GROUP, MANAGEMENT_GROUP, Node, Ref, ResourceId, SUBSCRIPTION, Target, Value, Why};
use crate::source::Span;

impl Evaluation<'_> {
    /// Functions about other resources.
    pub(super) fn of_resources(&self, name: &str, values: &[Node], span: Span, scope: &Scope) -> Option<Node> {
        let place = &scope.frame.place;
        match name {
            "resourceid" => resource_id(place, values, span),
            "subscriptionresourceid" => subscription_resource_id(place, values, span),
            "tenantresourceid" => typed(&Node::null(span), values, span),
            "extensionresourceid" => {
                let (base, rest) = values.split_first()?;
                let base = ResourceId::parse(base).map_or_else(|| base.clone(), |id| Node::id(id, base.span));
                typed(&base, rest, span)
            }
            "managementgroupresourceid" => management_group_resource_id(place, values, span),
            "reference" => Some(self.reference(values, span, scope)),
            "references" => Some(self.missing(Why::UnsupportedCall("references".into()), span)),
            _ if name.starts_with("list") && !values.is_empty() => Some(self.listed(name, values, span, scope)),
            _ => None,
        }
    }

    fn reference(&self, values: &[Node], span: Span, scope: &Scope) -> Node {
        let Some(what) = values.first() else { return self.missing(Why::UnsupportedCall("reference".into()), span) };
        let full = values.get(2).and_then(Node::as_str).is_some_and(|form| form.eq_ignore_ascii_case("full"));
        let path: Vec<Arc<str>> = if full { Vec::new() } else { vec!["properties".into()] };
        self.follow(what, path, span, scope)
    }

    /// A path into the resource that a symbolic name, a name or an id means.
    fn follow(&self, what: &Node, path: Vec<Arc<str>>, span: Span, scope: &Scope) -> Node {
        let target = match self.meant(what, &scope.frame, span) {
            Some(found) => match found.value {
                Value::Ref(reference) if reference.path.is_empty() => reference.target.clone(),
                Value::Unknown { .. } => return found,
                _ => Target::Id(Box::new(found)),
            },
            None => Target::Id(Box::new(what.clone())),
        };
        Node::new(Value::Ref(Arc::new(Ref { target, path })), span)
    }

    fn meant(&self, what: &Node, frame: &Rc<Frame>, span: Span) -> Option<Node> {
        if let Some(symbol) = self.by_symbol(what, frame, span) {
            return Some(symbol);
        }
        let is_module = |what: &What| matches!(what, What::Module { .. });
        match &what.value {
            Value::Ref(reference) if reference.is(&["id"]) => Some(Node { value: whole_of(reference), ..what.clone() }),
            Value::Id(id) if id.is_kind("Microsoft.Resources/deployments") => {
                self.named(frame, id.names.last()?, is_module).map(|instance| to(&instance, span))
            }
            Value::Id(_) => Some(what.clone()),
            Value::Str(text) if text.starts_with('/') => Some(what.clone()),
            // `Microsoft.X/ys/name`, below the group that is deployed to.
            Value::Str(_) | Value::Concat(_) if is_typed(what) => {
                frame.place.absolute(what).map(|id| Node::id(id, what.span))
            }
            _ if ResourceId::parse(what).is_some() => Some(what.clone()),
            _ => self.named(frame, what, |_| true).map(|instance| to(&instance, span)),
        }
    }

    /// `'acr'`, `'acr[0]'`, `format('acr[{0}]', copyIndex())`.
    fn by_symbol(&self, what: &Node, frame: &Rc<Frame>, span: Span) -> Option<Node> {
        let find = |symbol: &str| {
            let at = frame.loaded.find(Kind::Resource, symbol)?;
            frame.loaded.template.resources.get(at).filter(|declaration| declaration.symbolic)?;
            Some(at)
        };
        match &what.value {
            Value::Str(text) => match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
                Some((symbol, index)) => {
                    let index = Node::new(Value::Int(index.trim().parse().ok()?), span);
                    self.instance(frame, find(symbol)?, &index, span)
                }
                None => Some(self.symbol(frame, find(text)?, span)),
            },
            Value::Concat(pieces) => match pieces.as_slice() {
                [symbol, index, end] if end.as_str() == Some("]") => {
                    self.instance(frame, find(symbol.as_str()?.strip_suffix('[')?)?, index, span)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `listCredentials(id, api)`.
    fn listed(&self, name: &str, values: &[Node], span: Span, scope: &Scope) -> Node {
        let spelled = match name {
            "listcredentials" => "listCredentials()".to_owned(),
            "listkeys" => "listKeys()".to_owned(),
            other => format!("{other}()"),
        };
        match values.first() {
            Some(what) => self.follow(what, vec![spelled.into()], span, scope),
            None => self.missing(Why::UnsupportedCall(name.into()), span),
        }
    }
}

fn is_typed(what: &Node) -> bool {
    let first = match &what.value {
        Value::Concat(pieces) => pieces.first().and_then(Node::as_str),
        _ => what.as_str(),
    };
    first.and_then(|text| text.split_once('/')).is_some_and(|(namespace, _)| namespace.contains('.'))
}

fn to(instance: &Instance, span: Span) -> Node {
    whole(instance.address.clone(), span)
}

fn whole_of(reference: &Ref) -> Value {
    Value::Ref(Arc::new(Ref { target: reference.target.clone(), path: Vec::new() }))
}

/// The position of the type among the arguments: the first text with a namespace.
fn type_at(values: &[Node]) -> Option<usize> {
    values.iter().position(|value| {
        value.as_str().is_some_and(|text| text.contains('/') && text.contains('.') && !text.starts_with('/'))
    })
}

/// A type and names below the scope with this id.
fn typed(scope: &Node, values: &[Node], span: Span) -> Option<Node> {
    let (kind, names) = values.split_first()?;
    let kind = kind.as_str()?;
    let wanted = kind.matches('/').count();
    let mut names = names.to_vec();
    if names.len() != wanted {
        names = names.iter().flat_map(|name| split_name(name, 1)).collect();
    }
    let subscription = match &scope.value {
        Value::Id(id) => id.subscription.clone(),
        _ => None,
    };
    let id = match (subscription, names.as_slice()) {
        (Some(subscription), [name]) if kind.eq_ignore_ascii_case(GROUP) => {
            ResourceId::of_group(subscription, name.clone())
        }
        (None, [name]) if kind.eq_ignore_ascii_case(MANAGEMENT_GROUP) => ResourceId::of_management_group(name.clone()),
        (_, [name]) if kind.eq_ignore_ascii_case(SUBSCRIPTION) => ResourceId::of_subscription(name.clone()),
        _ => ResourceId::within(scope, kind, names),
    };
    Some(Node::id(id, span))
}

fn resource_id(place: &Place, values: &[Node], span: Span) -> Option<Node> {
    let at = type_at(values)?;
    let (before, rest) = values.split_at_checked(at)?;
    let mut place = place.clone();
    match before {
        [] => {}
        [group] => place.group = Some(group.clone()),
        [subscription, group, ..] => {
            place.subscription = Some(subscription.clone());
            place.group = Some(group.clone());
        }
    }
    typed(&place.id(span), rest, span)
}

fn subscription_resource_id(place: &Place, values: &[Node], span: Span) -> Option<Node> {
    let at = type_at(values)?;
    let (before, rest) = values.split_at_checked(at)?;
    let subscription = before.first().cloned().or_else(|| place.subscription.clone());
    let scope = match subscription {
        Some(subscription) => Node::id(ResourceId::of_subscription(subscription), span),
        None => place.of_subscription().id(span),
    };
    typed(&scope, rest, span)
}

fn management_group_resource_id(place: &Place, values: &[Node], span: Span) -> Option<Node> {
    let at = type_at(values)?;
    let (before, rest) = values.split_at_checked(at)?;
    let name = before.first().or(place.management_group.as_ref())?;
    typed(&Node::id(ResourceId::of_management_group(name.clone()), span), rest, span)
}
