//! What is changed after it is created: by commands, and by declarations that change what others create.

use super::World;
use super::cluster::Cluster;
use super::knowledge::Fact;
use super::registry::{Registry, RoleMode};
use super::workload::{Namespace, Workload};
use crate::ir::{ADDED, Case, Cond, Language, Makes, Node, Resource, Truth, Value, Why, same_in};
use crate::source::Span;

/// The settings of a registry that a change may write, each below `properties`.
const SETTINGS: [(Makes, &[&str]); 5] = [
    (Makes::AdminUser, &["properties", "adminUserEnabled"]),
    (Makes::AnonymousPull, &["properties", "anonymousPullEnabled"]),
    (Makes::PublicAccess, &["properties", "publicNetworkAccess"]),
    (Makes::PublicAccess, &["properties", "networkRuleSet"]),
    (Makes::RoleMode, &["properties", "roleAssignmentMode"]),
];

impl<'a> World<'a> {
    /// What is changed after it is created is not known from its declaration.
    pub(super) fn unsettle(&mut self) {
        let (mut registries, mut clusters) = (std::mem::take(&mut self.registries), std::mem::take(&mut self.clusters));
        for registry in &mut registries {
            self.write(registry);
            self.admit(registry);
            self.obey(registry);
        }
        for update in &self.updates {
            let why = Why::NotAnalysed(update.address.to_string().into());
            let writes = |path: &[&str]| update.body.at(path).is_some();
            if writes(&["identity"]) || writes(&["properties", "identityProfile"]) {
                let changed = clusters.iter_mut().filter(|cluster| self.means(update, cluster.resource) != Truth::No);
                changed.for_each(|cluster: &mut Cluster<'_>| cluster.unsettle(&why, update.declared));
            }
        }
        for command in self.imperative.iter().filter(|command| !command.manual) {
            let why = Why::NotAnalysed(format!("`{}`", command.command).into());
            let may_be = |named: &Option<Box<str>>, name: &Node| self.may_be_called(named, name, command.span);
            let changed = registries.iter_mut().filter(|registry| may_be(&command.registry, &registry.name));
            changed.for_each(|registry| registry.unsettle(command.makes, &why, command.span));
            if command.makes == Makes::PullingIdentity {
                let changed = clusters.iter_mut().filter(|cluster| may_be(&command.cluster, &cluster.name));
                changed.for_each(|cluster| cluster.unsettle(&why, command.span));
            }
        }
        (self.registries, self.clusters) = (registries, clusters);
        let mut workloads = std::mem::take(&mut self.workloads);
        for workload in &mut workloads {
            self.change(workload);
            self.mutate(workload);
        }
        self.workloads = workloads;
    }

    /// Whether a change is about this resource. Names of registries are unique in the world.
    pub(super) fn means(&self, update: &Resource, resource: &Resource) -> Truth {
        if !resource.is_kind(&update.kind) {
            return Truth::No;
        }
        if update.language == Language::Script && Registry::is_one(resource) {
            return same_in(&self.resolver, Case::Ignored, &update.name, &resource.name);
        }
        let id = Node::reference(resource.address.clone(), &["id"], resource.declared);
        same_in(&self.resolver, Case::Ignored, &update.id, &id)
    }

    /// What commands write into a registry: the value, where all that may be about it agree on one; else nobody knows.
    fn write(&self, registry: &mut Registry<'a>) {
        let written_back = |it: &&'a Resource| it.is_read_back();
        let seen = self.resolver.read_back(registry.resource).or(Some(registry.resource)).filter(written_back);
        for (setting, path) in SETTINGS {
            let writing = self.updates.iter().filter(|update| update.body.at(path).is_some_and(|it| !only_adds(it)));
            let mut about: Vec<(&Resource, Truth)> = Vec::new();
            for update in writing {
                let means = self.means(update, registry.resource);
                if means != Truth::No {
                    about.push((update, means));
                }
            }
            let Some((first, _)) = about.first() else { continue };
            let certain = |(update, means): &(&Resource, Truth)| {
                update.language == Language::Script && *means == Truth::Yes && update.deployed == Cond::Always
            };
            let value = |update: &Resource| update.body.at(path).map(|node| self.resolver.node(node));
            let one = value(first);
            let agree =
                about.iter().all(|it| certain(it) && value(it.0).map(|it| plain(&it)) == one.as_ref().map(plain));
            let written = one.filter(|_| agree).is_some_and(|node| set(registry, path, &node));
            if !written {
                let why = Why::Overridden(first.address.to_string().into());
                registry.unsettle(setting, &why, first.declared);
            } else if let Some(seen) = seen {
                // The moment at which it was saved may be before the command or after it.
                let before = Registry::read(seen, &self.resolver);
                let otherwise =
                    registry.differences(&before).into_iter().find(|(differs, it, _)| *differs && *it == setting);
                let why = super::drift::read_otherwise(seen);
                otherwise.into_iter().for_each(|(_, setting, span)| registry.unsettle(setting, &why, span));
            }
        }
    }

    /// Rules that commands add to those of a registry admit somebody.
    fn admit(&self, registry: &mut Registry<'a>) {
        let path: &[&str] = &["properties", "networkRuleSet"];
        let adding = self.updates.iter().filter(|update| update.body.at(path).is_some_and(only_adds));
        let truth = adding.map(|update| match self.means(update, registry.resource) {
            Truth::Yes if update.deployed == Cond::Always => Truth::Yes,
            Truth::No => Truth::No,
            _ => Truth::Unknown,
        });
        let some = truth.fold(Truth::No, Truth::or);
        registry.admit(some);
    }

    /// Grants that commands take away may be gone.
    pub(super) fn take_away(&mut self) {
        let (registries, clusters) = (&self.registries, &self.clusters);
        for command in self.imperative.iter().filter(|it| it.makes == Makes::NoGrant && !it.manual) {
            let named = |name: &Option<Box<str>>, own: &Node| {
                name.as_deref().zip(own.as_str()).is_some_and(|(name, own)| name.eq_ignore_ascii_case(own))
            };
            let ends = registries.iter().filter(|it| named(&command.registry, &it.name)).flat_map(|registry| {
                clusters.iter().filter(|it| named(&command.cluster, &it.name)).map(move |cluster| (cluster, registry))
            });
            for (cluster, registry) in ends.collect::<Vec<_>>() {
                let gone = |grant: &&mut super::Grant<'a>| {
                    grant.covers(registry) == Truth::Yes && grant.pulls_for(cluster) != Truth::No
                };
                for grant in self.grants.iter_mut().filter(gone) {
                    grant.doubt = Some(format!("that `{}` may take away", command.command));
                }
            }
        }
    }

    /// What `kubectl set` and `kubectl patch` change in a workload.
    fn change(&self, workload: &mut Workload<'a>) {
        for update in self.updates.iter().filter(|update| update.kind == workload.resource.kind) {
            let metadata = |key: &str| update.body.at(&["metadata", key]).and_then(Node::as_str);
            let there = match (metadata("namespace"), &workload.namespace) {
                (Some(a), Namespace::Known(b, _)) => a == b,
                _ => true,
            };
            let named = metadata("name").zip(workload.resource.name.as_str());
            if !there || named.is_some_and(|(name, own)| name != own) {
                continue;
            }
            let sure = named.is_some() && update.deployed == Cond::Always;
            set_images(workload, update, sure);
            add_secrets(workload, update, sure);
            if let Some(account) = update.body.get("serviceAccountName") {
                workload.service_account = account.as_str().filter(|_| sure).map(str::to_owned);
            }
        }
    }
}

/// Whether a set of network rules only says what is added to it.
fn only_adds(rules: &Node) -> bool {
    let adds = |node: &Node| match node.as_list().map(|list| &list.open) {
        Some(Some(Why::Element(what))) => &**what == ADDED,
        _ => false,
    };
    rules.as_map().is_some_and(|map| map.open.is_none() && map.entries.iter().all(|entry| adds(&entry.value)))
}

/// The images that a change puts in.
fn set_images(workload: &mut Workload<'_>, update: &Resource, sure: bool) {
    let sets = update.body.get("images").and_then(Node::as_list).map(|list| &list.items);
    for set in sets.into_iter().flatten() {
        let (Some(container), Some(image)) = (set.get("name").and_then(Node::as_str), set.get("image")) else {
            continue;
        };
        let mut places = Vec::new();
        images_of(&workload.resource.body, container, 12, &mut places);
        for at in workload.images.iter_mut().filter(|it| places.contains(&it.span)) {
            if host(at) == host(image) && host(at).is_some() {
                continue;
            }
            *at = match sure {
                true => image.clone().through(update.declared, crate::source::Via::Overlay),
                false => Node::unknown(Why::Overridden("kubectl set image".into()), at.span),
            };
        }
    }
}

/// The pull secrets that a change adds: entries are told apart by their names.
fn add_secrets(workload: &mut Workload<'_>, update: &Resource, sure: bool) {
    let Some(added) = update.body.get("imagePullSecrets") else { return };
    match added.as_list().filter(|_| sure) {
        Some(list) => {
            let names = &mut workload.secrets.names;
            for name in &list.items {
                if !names.iter().any(|own| own.value == name.value) {
                    names.push(name.clone());
                }
            }
        }
        None => workload.secrets.open = true,
    }
}

/// The places of the images of a container, or of all (`*`), wherever its pod template stands.
fn images_of(node: &Node, container: &str, depth: u32, places: &mut Vec<Span>) {
    if depth == 0 {
        return;
    }
    match &node.value {
        Value::Map(map) => {
            let is_it = container == "*" || node.get("name").and_then(Node::as_str) == Some(container);
            places.extend(node.get("image").filter(|_| is_it).map(|image| image.span));
            map.entries.iter().for_each(|entry| images_of(&entry.value, container, depth - 1, places));
        }
        Value::List(list) => list.items.iter().for_each(|item| images_of(item, container, depth - 1, places)),
        _ => {}
    }
}

/// The host of an image, when it is known.
fn host(image: &Node) -> Option<String> {
    crate::azure::image::parse(image).host.and_then(|host| host.as_str().map(str::to_ascii_lowercase))
}

/// A value without its place.
fn plain(node: &Node) -> Option<String> {
    match &node.value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Str(text) => Some(text.to_ascii_lowercase()),
        Value::Map(_) => node.get("defaultAction").and_then(plain),
        _ => None,
    }
}

/// Takes a written value over; says whether it is one that the setting knows.
fn set(registry: &mut Registry<'_>, path: &[&str], node: &Node) -> bool {
    let Some(word) = plain(node) else { return false };
    let span: Span = node.span;
    let flag = match word.as_str() {
        "true" | "enabled" | "allow" => Some(true),
        "false" | "disabled" | "deny" => Some(false),
        _ => None,
    };
    match (path.last().copied().unwrap_or_default(), flag) {
        ("adminUserEnabled", Some(on)) => registry.admin = Fact::Known(on, span),
        ("anonymousPullEnabled", Some(on)) => registry.anonymous = Fact::Known(on, span),
        ("publicNetworkAccess", Some(on)) => registry.public = Fact::Known(on, span),
        ("networkRuleSet", Some(on)) => registry.admits_all = Fact::Known(on, span),
        ("roleAssignmentMode", _) if word == "legacyregistrypermissions" => {
            registry.mode = Fact::Known(RoleMode::Legacy, span);
        }
        ("roleAssignmentMode", _) if word == "abacrepositorypermissions" => {
            registry.mode = Fact::Known(RoleMode::Abac, span);
        }
        _ => return false,
    }
    true
}
