//! From the tables of the file to values. A file that refers to what it doesn't have is none that acrlint wrote.

mod nodes;

use std::sync::Arc;

use self::nodes::Tables;
use super::pack::path_of;
use super::wire::{self, FORMAT, VERSION};
use super::{Facts, told_path};
use crate::frontend::Lowered;
use crate::ir::{
    Aim, Delivery, Deployment, Former, Gap, Hides, Imperative, Layer, Order, Parcel, Part, Resource, Site, Why,
};
use crate::source::{Store, path};
use crate::suppress::{Covered, Given};
use crate::world::Assumed;

/// A number that refers to nothing.
#[derive(Debug)]
struct Missing(&'static str);

type Found<T> = Result<T, Missing>;

/// Reads a file of facts; the store learns its places. `rules` are the ids of all rules. An error is one clause about the file.
pub fn read(text: &str, store: &Store, rules: &[&'static str]) -> Result<Facts, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head: wire::Head = serde_json::from_str(text).map_err(|error| no_facts(text, &error))?;
    if head.format != FORMAT {
        return Err(format!("no file of facts: its format is `{}`, not `{FORMAT}`", short(&head.format)));
    }
    if head.version != VERSION {
        return Err(format!(
            "facts of version {}, and this acrlint reads version {VERSION}; write them with the same version of acrlint",
            head.version
        ));
    }
    let file: wire::File = serde_json::from_str(text).map_err(|error| no_facts(text, &error))?;
    if file.repository.trim().is_empty() {
        return Err("it names no repository".to_owned());
    }
    unpacked(file, store, rules)
        .map_err(|Missing(table)| format!("no file that acrlint wrote: a number of `{table}` is wrong"))
}

/// What is wrong with the JSON, without a word of the file.
fn no_facts(text: &str, error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        _ if text.trim().is_empty() => "it is empty".to_owned(),
        Category::Eof => format!("it ends in the middle of the JSON ({place}); was it written whole?"),
        Category::Syntax | Category::Io => format!("no valid JSON ({place})"),
        Category::Data => format!("no file of facts that acrlint wrote ({place})"),
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

fn unpacked(file: wire::File, store: &Store, rules: &[&'static str]) -> Found<Facts> {
    let repository = file.repository;
    let tables = Tables::of(&repository, file.sources, &file.places, &file.trails, &file.addresses, file.nodes, store)?;
    let unpacking = Unpacking { tables };
    let deployments = file.deployments.into_iter().map(|it| unpacking.deployment(it)).collect::<Found<Vec<_>>>()?;
    let mut deliveries = file.deliveries.into_iter().map(|it| unpacking.delivery(it)).collect::<Found<Vec<_>>>()?;
    for delivery in &mut deliveries {
        delivery.parcel = here(&delivery.parcel, store).unwrap_or_else(|| delivery.parcel.clone());
    }
    // What lies in neither tree is none of this one's.
    deliveries.retain(|it| path_of(&it.parcel).is_none_or(|path| store.has(path)));
    let imperative = file.commands.into_iter().map(|it| unpacking.command(it)).collect::<Found<Vec<_>>>()?;
    let allowed = file.allowed.into_iter().map(|it| unpacking.allowed(it, rules)).collect::<Found<Vec<_>>>()?;
    let clusters = file.clusters.into_iter().map(|it| (told_path(&repository, &it.path), it.cluster)).collect();
    Ok(Facts {
        lowered: Lowered { deployments, deliveries, ..Lowered::default() },
        imperative,
        clusters,
        assumed: file.assumed.into_iter().map(assumed).collect(),
        allowed: allowed.into_iter().flatten().collect(),
        repository,
    })
}

/// What lies elsewhere for the repository that applies it, and here in this one.
fn here(parcel: &Parcel, store: &Store) -> Option<Parcel> {
    let (Parcel::Elsewhere(Why::External(path)) | Parcel::SomeChart(Why::External(path))) = parcel else { return None };
    let path = path::joined("", path).filter(|path| store.has(path))?;
    if matches!(parcel, Parcel::SomeChart(_)) {
        let chart = store.open_path(&path::in_folder(&path, "Chart.yaml"));
        return chart.is_ok().then(|| Parcel::Chart(path.into()));
    }
    match store.open_path(&path) {
        Ok(_) => Some(Parcel::Manifests { path: path.into(), recursive: false }),
        Err(_) => Some(Parcel::Folder(path.into())),
    }
}

fn assumed(fact: wire::Assumed) -> Assumed {
    match fact {
        wire::Assumed::Grant { registry, cluster } => Assumed::Grant { registry, cluster },
        wire::Assumed::Secret { namespace, name } => Assumed::Secret { namespace, name },
        wire::Assumed::Reachable { registry, cluster } => Assumed::Reachable { registry, cluster },
    }
}

/// Deployments on the way out of the tables.
struct Unpacking<'a> {
    tables: Tables<'a>,
}

impl Unpacking<'_> {
    fn deployment(&self, told: wire::Deployment) -> Found<Deployment> {
        let tables = &self.tables;
        let former = told.former.into_iter();
        let order = told.order.map(|told| {
            let mut order = Order::default();
            told.waits.iter().for_each(|(later, earlier)| order.put(later, &**earlier));
            told.lost.iter().for_each(|name| order.lose(&**name));
            order
        });
        Ok(Deployment {
            name: told_path(tables.repository, &told.name).into(),
            language: told.language,
            source: tables.source(told.source)?,
            parameters: told.parameters.map(|at| tables.source(at)).transpose()?,
            resources: told.resources.into_iter().map(|it| self.resource(it)).collect::<Found<Vec<_>>>()?,
            asked: told
                .asked
                .iter()
                .map(|(value, when)| Ok((tables.node(*value)?, tables.condition(when)?)))
                .collect::<Found<Vec<_>>>()?,
            former: former
                .map(|(resource, fate)| Ok(Former { resource: self.resource(resource)?, fate }))
                .collect::<Found<Vec<_>>>()?,
            calls: told
                .calls
                .into_iter()
                .map(|(name, at)| Ok((name.into(), tables.place(at)?)))
                .collect::<Found<_>>()?,
            order,
            sites: told.sites.iter().map(|it| self.site(it)).collect::<Found<Vec<_>>>()?,
            gaps: told.gaps.into_iter().map(|it| self.gap(it)).collect::<Found<Vec<_>>>()?,
        })
    }

    fn resource(&self, told: wire::Resource) -> Found<Resource> {
        let tables = &self.tables;
        Ok(Resource {
            address: tables.address(told.address)?,
            kind: told.kind.into(),
            api_version: told.api_version.map(Arc::from),
            name: tables.node(told.name)?,
            id: tables.node(told.id)?,
            scope: tables.node(told.scope)?,
            body: tables.node(told.body)?,
            origin: told.origin,
            deployed: tables.condition(&told.deployed)?,
            declared: tables.place(told.declared)?,
            extent: tables.place(told.extent)?,
            language: told.language,
        })
    }

    /// A rule that this version doesn't have finds nothing.
    fn allowed(&self, told: wire::Allowed, rules: &[&'static str]) -> Found<Option<Given>> {
        let covers = match told.covers {
            wire::Covered::Place(at) => Covered::Place(self.tables.place(at)?),
            wire::Covered::Call { deployment, module } => {
                Covered::Call(told_path(self.tables.repository, &deployment).into(), module)
            }
            wire::Covered::File { source, resource } => Covered::File(self.tables.source(source)?, resource),
        };
        Ok(rules.iter().find(|rule| **rule == told.rule).map(|rule| Given { rule, covers }))
    }

    fn site(&self, told: &wire::Site) -> Found<Site> {
        let part = match told.part {
            wire::Part::Whole => Part::Whole,
            wire::Part::File(at) => Part::File(self.tables.source(at)?),
            wire::Part::Object(at) => Part::Object(self.tables.address(at)?),
        };
        Ok(Site { part, cluster: told.cluster.as_ref().map(|aim| self.aim(aim)).transpose()? })
    }

    fn aim(&self, told: &wire::Aim) -> Found<Aim> {
        let node = |at: Option<usize>| at.map(|at| self.tables.node(at)).transpose();
        Ok(match told {
            wire::Aim::Context(name) => Aim::Context(self.tables.node(*name)?),
            wire::Aim::Cluster { name, group, subscription } => Aim::Cluster {
                name: self.tables.node(*name)?,
                group: node(*group)?,
                subscription: node(*subscription)?,
            },
        })
    }

    fn gap(&self, told: wire::Gap) -> Found<Gap> {
        let nodes = |all: &[usize]| all.iter().map(|&at| self.tables.node(at)).collect::<Found<Vec<_>>>();
        let hides = match &told.hides {
            None => None,
            Some(wire::Hides::Anything) => Some(Hides::Anything),
            Some(wire::Hides::Touching(all)) => Some(Hides::Touching(nodes(all)?)),
            Some(wire::Hides::Joining(all)) => Some(Hides::Joining(nodes(all)?)),
        };
        Ok(Gap { why: told.why, span: self.tables.place(told.at)?, hides })
    }

    fn command(&self, told: wire::Command) -> Found<Imperative> {
        Ok(Imperative {
            makes: told.makes,
            command: told.command.into(),
            span: self.tables.place(told.at)?,
            registry: told.registry.map(Box::from),
            cluster: told.cluster.map(Box::from),
            secret: told.secret.map(Box::from),
            manual: told.manual,
        })
    }

    fn delivery(&self, told: wire::Delivery) -> Found<Delivery> {
        let node = |at: Option<usize>| at.map(|at| self.tables.node(at)).transpose();
        let parcel = match told.parcel {
            wire::Parcel::Chart(path) => Parcel::Chart(path.into()),
            wire::Parcel::Kustomization(path) => Parcel::Kustomization(path.into()),
            wire::Parcel::Folder(path) => Parcel::Folder(path.into()),
            wire::Parcel::Manifests { path, recursive } => Parcel::Manifests { path: path.into(), recursive },
            wire::Parcel::SomeChart(why) => Parcel::SomeChart(why),
            wire::Parcel::Elsewhere(why) => Parcel::Elsewhere(why),
        };
        Ok(Delivery {
            moves: told.moves,
            values: told.values.into_iter().map(|it| self.layer(it)).collect::<Found<Vec<_>>>()?,
            changes: node(told.changes)?,
            open: told.open,
            release: node(told.release)?,
            namespace: node(told.namespace)?,
            cluster: told.cluster.as_ref().map(|aim| self.aim(aim)).transpose()?,
            manual: told.manual,
            ..Delivery::of(parcel, self.tables.place(told.at)?)
        })
    }

    fn layer(&self, told: wire::Layer) -> Found<Layer> {
        Ok(match told {
            wire::Layer::Tree(at) => Layer::Tree(self.tables.node(at)?),
            wire::Layer::Set { path, value, text } => {
                Layer::Set { path: self.tables.node(path)?, value: self.tables.node(value)?, text }
            }
            wire::Layer::Unknown(why, at) => Layer::Unknown(why, self.tables.place(at)?),
        })
    }
}
