//! From values to the tables of the file. What is equal is written once, in the order in which it is met.

mod hidden;
mod kept;
mod tables;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use self::tables::Tables;
use super::wire::{self, FORMAT, VERSION};
use super::{Declared, Gate};
use crate::inert;
use crate::ir::{Aim, Delivery, Deployment, Gap, Hides, Imperative, Layer, Parcel, Part, Resource, Site, Why};
use crate::source::{Span, Store};
use crate::suppress::{Covered, Given};
use crate::world::Assumed;

/// The text of the whole file: one entry of a table on each line, so that two of them can be compared.
pub(super) fn file(declared: &Declared<'_>, store: &Store, gate: &dyn Gate) -> String {
    match written(declared, Tables::new(store, gate, BTreeSet::new())) {
        Ok(text) => text,
        // What turned out to be a secret was told openly before.
        Err(met) => written(declared, Tables::new(store, gate, met)).unwrap_or_default(),
    }
}

/// The text, or the secrets that it tells where nothing says that they are some.
fn written(declared: &Declared<'_>, tables: Tables<'_>) -> Result<String, BTreeSet<Arc<str>>> {
    let mut packing = Packing { tables };
    let deployments = lines(declared.deployments.iter().map(|it| packing.deployment(it)));
    let commands = lines(declared.imperative.iter().map(|it| packing.command(it)));
    let deliveries = lines(declared.deliveries.iter().filter_map(|it| packing.delivery(it)));
    let clusters = declared.clusters.iter();
    let clusters =
        lines(clusters.map(|(path, cluster)| wire::Mapping { path: path.clone(), cluster: cluster.clone() }));
    let assumed = lines(declared.assumed.iter().map(assumed));
    let allowed = lines(declared.allowed.iter().filter_map(|it| packing.allowed(it)));
    packing.tables.logins(declared.logins);
    if let Some(met) = packing.tables.let_out() {
        return Err(met);
    }
    let told = packing.tables.finish();
    let tables = [
        ("sources", told.sources),
        ("places", told.places),
        ("trails", told.trails),
        ("addresses", told.addresses),
        ("nodes", told.nodes),
        ("deployments", deployments),
        ("commands", commands),
        ("deliveries", deliveries),
        ("clusters", clusters),
        ("assumed", assumed),
        ("allowed", allowed),
    ];
    let mut text = format!(
        "{{\n\"format\": {},\n\"version\": {VERSION},\n\"repository\": {}",
        line(&FORMAT),
        line(&declared.repository)
    );
    for (name, lines) in tables {
        text.push_str(&format!(",\n\"{name}\": ["));
        if !lines.is_empty() {
            text.push_str(&format!("\n{}\n", lines.join(",\n")));
        }
        text.push(']');
    }
    text.push_str("\n}\n");
    Ok(text)
}

/// An entry as it is written. Tables hold texts, numbers and lists, which are always JSON.
fn line(entry: &impl Serialize) -> String {
    inert::compact(entry).unwrap_or_else(|_| "null".to_owned())
}

fn lines<T: Serialize>(entries: impl Iterator<Item = T>) -> Vec<String> {
    entries.map(|entry| line(&entry)).collect()
}

fn assumed(fact: &Assumed) -> wire::Assumed {
    match fact.clone() {
        Assumed::Grant { registry, cluster } => wire::Assumed::Grant { registry, cluster },
        Assumed::Secret { namespace, name } => wire::Assumed::Secret { namespace, name },
        Assumed::Reachable { registry, cluster } => wire::Assumed::Reachable { registry, cluster },
    }
}

/// Deployments and what belongs to them, on the way into the tables.
struct Packing<'a> {
    tables: Tables<'a>,
}

impl Packing<'_> {
    fn deployment(&mut self, deployment: &Deployment) -> wire::Deployment {
        let former = deployment.former.iter();
        let order = deployment.order.as_ref().map(|order| {
            let mut told = |name: &str| self.tables.text(name);
            wire::Order {
                waits: order.waits().map(|(later, earlier)| (told(later), told(earlier))).collect(),
                lost: order.lost().map(|name| told(name)).collect(),
            }
        });
        wire::Deployment {
            name: self.tables.text(&deployment.name),
            language: deployment.language,
            source: self.tables.source(deployment.source),
            parameters: deployment.parameters.map(|source| self.tables.source(source)),
            resources: deployment.resources.iter().map(|it| self.resource(it)).collect(),
            asked: deployment
                .asked
                .iter()
                .map(|(value, when)| (self.tables.node(value), self.tables.condition(when)))
                .collect(),
            former: former.map(|it| (self.resource(&it.resource), it.fate)).collect(),
            calls: deployment.calls.iter().map(|(at, span)| (self.tables.text(at), self.tables.place(*span))).collect(),
            order,
            sites: deployment.sites.iter().map(|it| self.site(it)).collect(),
            gaps: deployment.gaps.iter().map(|it| self.gap(it)).collect(),
        }
    }

    fn resource(&mut self, resource: &Resource) -> wire::Resource {
        let tables = &mut self.tables;
        wire::Resource {
            address: tables.address(&resource.address),
            kind: tables.text(&resource.kind),
            api_version: resource.api_version.as_deref().map(|it| tables.text(it)),
            name: tables.node(&resource.name),
            id: tables.node(&resource.id),
            scope: tables.node(&resource.scope),
            body: tables.body(resource),
            origin: resource.origin,
            deployed: tables.condition(&resource.deployed),
            declared: tables.place(resource.declared),
            extent: tables.place(resource.extent),
            language: resource.language,
        }
    }

    /// What is allowed of a resource whose name may not leave is not allowed elsewhere.
    fn allowed(&mut self, given: &Given) -> Option<wire::Allowed> {
        let covers = match &given.covers {
            Covered::Place(span) => wire::Covered::Place(self.tables.place(*span)),
            Covered::Call(deployment, module) => {
                wire::Covered::Call { deployment: self.tables.text(deployment), module: self.tables.text(module) }
            }
            Covered::File(source, resource) => {
                let told = resource.as_deref().map(|name| self.tables.name(name)).transpose();
                wire::Covered::File { source: self.tables.source(*source), resource: told.ok()? }
            }
        };
        Some(wire::Allowed { rule: given.rule.to_owned(), covers })
    }

    fn site(&mut self, site: &Site) -> wire::Site {
        let part = match &site.part {
            Part::Whole => wire::Part::Whole,
            Part::File(source) => wire::Part::File(self.tables.source(*source)),
            Part::Object(address) => wire::Part::Object(self.tables.address(address)),
        };
        wire::Site { part, cluster: site.cluster.as_ref().map(|aim| self.aim(aim)) }
    }

    fn aim(&mut self, aim: &Aim) -> wire::Aim {
        match aim {
            Aim::Context(name) => wire::Aim::Context(self.tables.node(name)),
            Aim::Cluster { name, group, subscription } => wire::Aim::Cluster {
                name: self.tables.node(name),
                group: group.as_ref().map(|node| self.tables.node(node)),
                subscription: subscription.as_ref().map(|node| self.tables.node(node)),
            },
        }
    }

    fn gap(&mut self, gap: &Gap) -> wire::Gap {
        let hides = gap.hides.as_ref().map(|hides| match hides {
            Hides::Anything => wire::Hides::Anything,
            Hides::Touching(nodes) => wire::Hides::Touching(nodes.iter().map(|it| self.tables.node(it)).collect()),
            Hides::Joining(nodes) => wire::Hides::Joining(nodes.iter().map(|it| self.tables.node(it)).collect()),
        });
        wire::Gap { why: self.tables.why(&gap.why), at: self.tables.place(gap.span), hides }
    }

    fn command(&mut self, command: &Imperative) -> wire::Command {
        let words = self.tables.text(&command.command);
        let mut named = |name: &Option<Box<str>>| name.as_deref().map(|name| self.tables.text(name));
        wire::Command {
            makes: command.makes,
            command: words,
            registry: named(&command.registry),
            cluster: named(&command.cluster),
            secret: named(&command.secret),
            at: self.tables.place(command.span),
            manual: command.manual,
        }
    }

    /// What lies in the tree has been applied to what was read already.
    fn delivery(&mut self, delivery: &Delivery) -> Option<wire::Delivery> {
        let path = path_of(&delivery.parcel);
        if path.is_some_and(|path| self.tables.store.has(path)) {
            return None;
        }
        let tables = &mut self.tables;
        let parcel = match &delivery.parcel {
            Parcel::Chart(path) => wire::Parcel::Chart(tables.text(path)),
            Parcel::Kustomization(path) => wire::Parcel::Kustomization(tables.text(path)),
            Parcel::Folder(path) => wire::Parcel::Folder(tables.text(path)),
            Parcel::Manifests { path, recursive } => {
                wire::Parcel::Manifests { path: tables.text(path), recursive: *recursive }
            }
            Parcel::SomeChart(why) => wire::Parcel::SomeChart(tables.why(why)),
            Parcel::Elsewhere(why) => wire::Parcel::Elsewhere(tables.why(why)),
        };
        let edited = (!delivery.edits.is_empty()).then(|| Why::Command("`kustomize edit`".into()));
        Some(wire::Delivery {
            parcel,
            at: tables.place(delivery.span),
            moves: delivery.moves,
            values: delivery.values.iter().map(|it| layer(tables, it, delivery.span)).collect(),
            changes: delivery.changes.as_ref().map(|node| tables.node(node)),
            open: delivery.open.clone().or(edited).map(|why| tables.why(&why)),
            release: delivery.release.as_ref().map(|node| tables.node(node)),
            namespace: delivery.namespace.as_ref().map(|node| tables.node(node)),
            manual: delivery.manual,
            cluster: delivery.cluster.as_ref().map(|aim| self.aim(aim)),
        })
    }
}

/// The path of what is applied.
pub(super) fn path_of(parcel: &Parcel) -> Option<&str> {
    match parcel {
        Parcel::Chart(path) | Parcel::Kustomization(path) | Parcel::Folder(path) => Some(path),
        Parcel::Manifests { path, .. } => Some(path),
        Parcel::SomeChart(_) | Parcel::Elsewhere(_) => None,
    }
}

/// The text of a file of values stays in its repository.
fn layer(tables: &mut Tables<'_>, layer: &Layer, at: Span) -> wire::Layer {
    match layer {
        Layer::Tree(node) => wire::Layer::Tree(tables.node(node)),
        Layer::Set { path, value, text } => {
            wire::Layer::Set { path: tables.node(path), value: tables.node(value), text: *text }
        }
        Layer::Unknown(why, span) => wire::Layer::Unknown(tables.why(why), tables.place(*span)),
        Layer::File(source) => {
            let path = tables.store.source(*source).path.clone();
            wire::Layer::Unknown(Why::External(path), tables.place(at))
        }
    }
}
