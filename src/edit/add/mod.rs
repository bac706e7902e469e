//! What has to be added: a piece in the language of the files, with the names that things have there, and the command that
//! does the same to what is deployed already.

mod grant;
mod network;
mod outbound;
mod registry;
#[cfg(test)]
mod tests;
mod zone;

pub use grant::grant_pull;
pub use network::{lead_to, peer_back, peer_both, private_endpoint};
pub use outbound::{admit_address, allow_in, allow_out, allow_through_firewall};
pub use registry::{cache_rule, own_data_endpoints, tokens_for_azure};
pub use zone::{link_zone, make_zone, zone_group};

use super::{modules, symbol};
use crate::ir::{Language, Resource, ResourceId, Value};
use crate::world::workload::shown;

/// How a declaration is written; commands are all there is for what is not declared in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Bicep,
    Arm,
    Terraform,
    Command,
}

impl Form {
    fn of(language: Language) -> Form {
        match language {
            Language::Bicep => Form::Bicep,
            Language::Arm => Form::Arm,
            Language::Terraform | Language::Plan => Form::Terraform,
            Language::Kubernetes | Language::AzureCli | Language::Script => Form::Command,
        }
    }
}

/// The name of a resource as far as it is known, fit for a command line and a string of any language.
fn name(resource: &Resource) -> String {
    fit(&shown(&resource.name))
}

/// A text without what would end a string or begin a command; pieces that are not known are put in angle brackets.
fn fit(text: &str) -> String {
    let kept: String =
        text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '*' | '…')).collect();
    if kept.is_empty() || kept.contains('…') { format!("<{}>", kept.replace('…', "name")) } else { kept }
}

/// The resource group of a resource, where it is known.
fn group(resource: &Resource) -> String {
    let known = |id: &ResourceId| Some(fit(id.group.as_ref()?.as_str()?));
    let of = |node: &crate::ir::Node| match &node.value {
        Value::Id(id) => known(id),
        _ => None,
    };
    of(&resource.id).or_else(|| of(&resource.scope)).unwrap_or_else(|| "<resource group>".to_owned())
}

/// Whether two declarations can name each other: they belong to one module.
fn are_together(one: &Resource, other: &Resource) -> bool {
    let form = |it: &Resource| Form::of(it.language);
    one.address.root == other.address.root && modules(one) == modules(other) && form(one) == form(other)
}

/// An expression for the id of a resource, for a declaration beside another one; what is declared in another module has to
/// be handed over, and is named in angle brackets.
fn id_of(resource: &Resource, beside: &Resource) -> String {
    match Form::of(beside.language) {
        Form::Arm => format!("[resourceId('{}', '{}')]", resource.kind, name(resource)),
        _ if !are_together(resource, beside) => format!("<id of {}, as an output of its module>", name(resource)),
        Form::Bicep | Form::Terraform => format!("{}.id", symbol(resource, false)),
        Form::Command => format!("<id of {}>", name(resource)),
    }
}

/// The same in a command: its value is looked up.
fn id_in_command(resource: &Resource) -> String {
    let what = match () {
        () if resource.is_kind("Microsoft.ContainerRegistry/registries") => "acr show",
        () if resource.is_kind("Microsoft.Network/virtualNetworks") => "network vnet show",
        () if resource.is_kind("Microsoft.Network/privateDnsZones") => "network private-dns zone show",
        () => return format!("<id of {}>", name(resource)),
    };
    format!("$(az {what} --resource-group {} --name {} --query id --output tsv)", group(resource), name(resource))
}

/// The piece to add, and the command; only the command where there are no files.
fn told(piece: Option<String>, command: &str) -> String {
    match piece {
        Some(piece) if piece.starts_with("to ") => format!("add {piece}\nor run `{command}`"),
        Some(piece) => format!("add\n{piece}\nor run `{command}`"),
        None => format!("run `{command}`"),
    }
}
