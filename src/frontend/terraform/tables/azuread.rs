//! The provider azuread: objects of Entra, as Microsoft Graph shapes them.
//!
//! Since version 3 the `id` of a service principal or group is `/servicePrincipals/GUID` or `/groups/GUID`, which is no
//! object id; before, it was the GUID (issue 1570 of the provider shows what Azure says to it). A reference to it stands
//! under a name of its own ([`OWN_ID`]) until the version is known. An application's `id` is no principal's in any version.

use std::sync::Arc;

use super::azurerm::table::As::{Each, Same, Secret};
use super::azurerm::table::{Field, Parent, Type};
use super::providers::Providers;
use crate::ir::{Address, Entry, List, Map, Node, Ref, Resource, ResourceId, Target, Truth, Value, Why};
use crate::source::Span;

/// A password that an application brings along.
const OWN_PASSWORD: &[Field] = &[
    ("display_name", "displayName", Same),
    ("start_date", "startDateTime", Same),
    ("end_date", "endDateTime", Same),
    ("value", "secretText", Secret),
];

const SERVICE_PRINCIPAL: &str = "Microsoft.Graph/servicePrincipals";
const APPLICATION: &str = "Microsoft.Graph/applications";
const ENTRA_GROUP: &str = "Microsoft.Graph/groups";

/// Where the provider's own `id` stands.
pub const OWN_ID: &str = "ownId";

const OBJECT: &[Field] =
    &[("client_id", "appId", Same), ("display_name", "displayName", Same), ("object_id", "id", Same)];

/// Versions before 3 had another name for it.
const OLD_APP_ID: &[Field] = &[("application_id", "appId", Same)];

const PASSWORD: &[Field] = &[
    ("display_name", "displayName", Same),
    ("start_date", "startDateTime", Same),
    ("end_date", "endDateTime", Same),
    ("end_date_relative", "endDateRelative", Same),
    ("value", "secretText", Secret),
];

const fn graph(terraform: &'static str, kind: &'static str, fields: &'static [&'static [Field]]) -> Type {
    Type { terraform, kind, parent: Parent::Nowhere, fields, computed: &[] }
}

pub const TYPES: &[Type] = &[
    Type {
        terraform: "azuread_service_principal",
        kind: SERVICE_PRINCIPAL,
        parent: Parent::Nowhere,
        fields: &[OBJECT, OLD_APP_ID],
        computed: &[&[("id", OWN_ID)]],
    },
    graph(
        "azuread_application",
        APPLICATION,
        &[OBJECT, OLD_APP_ID, &[("password", "passwordCredentials", Each(OWN_PASSWORD))]],
    ),
    graph("azuread_application_registration", APPLICATION, &[OBJECT]),
    Type {
        terraform: "azuread_group",
        kind: ENTRA_GROUP,
        parent: Parent::Nowhere,
        fields: &[&[("display_name", "displayName", Same), ("members", "members", Same), ("object_id", "id", Same)]],
        computed: &[&[("id", OWN_ID)]],
    },
    graph(
        "azuread_group_member",
        "Microsoft.Graph/groups/members",
        &[&[("group_object_id", "groupId", Same), ("member_object_id", "memberId", Same)]],
    ),
    graph(
        "azuread_application_password",
        "Microsoft.Graph/applications/passwordCredentials",
        &[PASSWORD, &[("application_id", "applicationId", Same), ("application_object_id", "applicationId", Same)]],
    ),
    graph(
        "azuread_service_principal_password",
        "Microsoft.Graph/servicePrincipals/passwordCredentials",
        &[PASSWORD, &[("service_principal_id", "servicePrincipalId", Same)]],
    ),
];

/// References to the provider's own ids become what they are in the version that is used; unknown where that is.
pub fn settle(resource: &mut Resource, providers: &Providers) {
    let old = providers.is_before("azuread", 3);
    // Passwords want the object id before version 3 and the other one since: whichever it is, it means the principal.
    let either = resource.kind.ends_with("/passwordCredentials");
    let reading = Reading { old: if either { Truth::Yes } else { old } };
    for node in [&mut resource.body, &mut resource.name, &mut resource.scope] {
        if let Some(changed) = reading.changed(node) {
            *node = changed;
        }
    }
}

/// How the provider's own ids are read.
struct Reading {
    old: Truth,
}

impl Reading {
    /// The value with the references in it read; nothing where there are none. Settled values are bounded in depth.
    fn changed(&self, node: &Node) -> Option<Node> {
        let value = match &node.value {
            Value::Ref(reference) => return own_id(reference).map(|address| self.read(address, node.span)),
            Value::List(list) => {
                let items = self.all(&list.items)?;
                Value::List(Arc::new(List { items, open: list.open.clone() }))
            }
            Value::Concat(pieces) => Value::Concat(Arc::new(self.all(pieces)?)),
            Value::Call(name, arguments) => Value::Call(name.clone(), Arc::new(self.all(arguments)?)),
            Value::Map(map) => {
                let values: Vec<Node> = map.entries.iter().map(|entry| entry.value.clone()).collect();
                let entry = |(entry, value): (&Entry, Node)| Entry { key: entry.key.clone(), value };
                let entries = map.entries.iter().zip(self.all(&values)?).map(entry).collect();
                Value::Map(Arc::new(Map { entries, open: map.open.clone() }))
            }
            Value::Choice(choice) => {
                let (yes, no) = (self.changed(&choice.yes), self.changed(&choice.no));
                if yes.is_none() && no.is_none() {
                    return None;
                }
                let mut changed = (**choice).clone();
                changed.yes = yes.unwrap_or(changed.yes);
                changed.no = no.unwrap_or(changed.no);
                Value::Choice(Arc::new(changed))
            }
            Value::Derived(references) if references.iter().any(|reference| own_id(reference).is_some()) => {
                let object = |reference: &Ref| match own_id(reference) {
                    Some(address) => Ref { target: Target::Resource(address.clone()), path: vec!["id".into()] },
                    None => reference.clone(),
                };
                Value::Derived(Arc::new(references.iter().map(object).collect()))
            }
            _ => return None,
        };
        Some(Node { value, ..node.clone() })
    }

    fn all(&self, nodes: &[Node]) -> Option<Vec<Node>> {
        let changed: Vec<Option<Node>> = nodes.iter().map(|node| self.changed(node)).collect();
        let any = changed.iter().any(Option::is_some);
        any.then(|| changed.into_iter().zip(nodes).map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect())
    }

    fn read(&self, address: &Arc<Address>, span: Span) -> Node {
        let object = Node::reference(address.clone(), &["id"], span);
        let kind = if is_group(address) { ENTRA_GROUP } else { SERVICE_PRINCIPAL };
        match self.old {
            Truth::Yes => object,
            Truth::No => Node::id(ResourceId::within(&Node::null(span), kind, vec![object]), span),
            Truth::Unknown => Node::unknown(Why::UnresolvedName("version of the provider azuread".into()), span),
        }
    }
}

fn own_id(reference: &Ref) -> Option<&Arc<Address>> {
    match &reference.target {
        Target::Resource(address) if reference.is(&[OWN_ID]) => Some(address),
        _ => None,
    }
}

fn is_group(address: &Address) -> bool {
    address.path.last().is_some_and(|step| step.name.contains("azuread_group."))
}
