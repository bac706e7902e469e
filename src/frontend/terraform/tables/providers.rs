//! Which versions of the providers a configuration runs with: what it requires, narrowed down by the lock file. Providers
//! change what their attributes mean from one major version to the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::frontend::terraform::sources::config::{Folders, Module, local_folder};
use crate::frontend::terraform::sources::versions::{Constraint, Version};
use crate::ir::Truth;
use crate::source::Store;
use crate::syntax::hcl::{self, Expr, ExprKind};
use crate::syntax::tree::Tree;

/// Modules within modules whose requirements count too.
const MOST_MODULES: usize = 500;

/// Versions from the first one up to, but without, the second.
type Range = (Version, Version);

const ANY: Range = ((0, 0, 0), (u32::MAX, 0, 0));

/// The providers of a deployment, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Providers {
    ranges: BTreeMap<String, Range>,
}

impl Providers {
    /// What a configuration requires, in its root module and those that it calls, and what its lock file chose.
    pub fn of_config(store: &Store, folders: &Folders, root: &Module) -> Providers {
        let mut providers = Providers::default();
        let mut waiting: Vec<Arc<str>> = vec![root.folder.clone()];
        let mut seen: Vec<Arc<str>> = Vec::new();
        while let Some(folder) = waiting.pop().filter(|_| seen.len() < MOST_MODULES) {
            let Some(module) = folders.get(&folder).filter(|_| !seen.contains(&folder)) else { continue };
            providers.require(module);
            let sources = module.of_kind("module").filter_map(|call| call.body.attribute("source")?.as_text());
            waiting.extend(sources.filter_map(|source| local_folder(&folder, source)).map(Arc::from));
            seen.push(folder);
        }
        providers.locked(store, &root.folder);
        providers
    }

    /// What a plan tells of its configuration, and what the lock file in its folder chose.
    pub fn of_plan(store: &Store, folder: &str, configuration: &Tree) -> Providers {
        let mut providers = Providers::default();
        let written = configuration.get("provider_config").and_then(Tree::as_map).unwrap_or_default();
        for member in written {
            let text = |key: &str| member.value.get(key).and_then(Tree::as_str);
            if let (Some(name), Some(constraint)) = (text("name"), text("version_constraint")) {
                providers.narrow(name, constraint);
            }
        }
        providers.locked(store, folder);
        providers
    }

    /// Whether the provider is older than a major version.
    pub fn is_before(&self, provider: &str, major: u32) -> Truth {
        let (from, below) = self.ranges.get(provider).copied().unwrap_or(ANY);
        match () {
            () if below <= (major, 0, 0) => Truth::Yes,
            () if from >= (major, 0, 0) => Truth::No,
            () => Truth::Unknown,
        }
    }

    fn require(&mut self, module: &Module) {
        let required = module.of_kind("terraform").flat_map(|block| &block.body.blocks);
        for block in required.filter(|block| &*block.kind == "required_providers") {
            for attribute in &block.body.attributes {
                let name = member(&attribute.value, "source").map_or(&*attribute.name, last_segment);
                if let Some(constraint) = member(&attribute.value, "version").or_else(|| attribute.value.as_text()) {
                    self.narrow(name, constraint);
                }
            }
        }
        // Before there were requirements, the constraint stood in the provider's own block.
        for block in module.of_kind("provider") {
            let constraint = block.body.attribute("version").and_then(Expr::as_text);
            if let (Some(name), Some(constraint)) = (block.labels.first(), constraint) {
                self.narrow(name, constraint);
            }
        }
    }

    /// The lock file names the exact version, by the address of the provider.
    fn locked(&mut self, store: &Store, folder: &str) {
        let path =
            if folder.is_empty() { ".terraform.lock.hcl".to_owned() } else { format!("{folder}/.terraform.lock.hcl") };
        let Ok(id) = store.open_path(&path) else { return };
        let (body, _) = hcl::parse(id, &store.source(id).text);
        for block in body.blocks.iter().filter(|block| &*block.kind == "provider") {
            let address = block.labels.first().map_or("", |label| &**label);
            let name = last_segment(address);
            if let Some(version) = block.body.attribute("version").and_then(Expr::as_text) {
                self.ranges.remove(name);
                self.narrow(name, version);
            }
        }
    }

    fn narrow(&mut self, provider: &str, constraint: &str) {
        let range = self.ranges.entry(provider.to_owned()).or_insert(ANY);
        for part in constraint.split(',') {
            // What follows a dash or plus doesn't tell versions apart here.
            let plain = part.split(['-', '+']).next().unwrap_or_default();
            let Some((from, below)) = Constraint::parse(plain).map(|part| part.bounds()) else { continue };
            *range = (range.0.max(from), range.1.min(below));
        }
    }
}

/// The text of a member of a written object.
fn member<'e>(value: &'e Expr, name: &str) -> Option<&'e str> {
    let ExprKind::Object(members) = &value.kind else { return None };
    let is_it = |key: &Expr| match &key.kind {
        ExprKind::Name(written) | ExprKind::Text(written) => &**written == name,
        _ => false,
    };
    members.iter().find(|(key, _)| is_it(key))?.1.as_text()
}

/// What a provider is called: the end of `registry.terraform.io/hashicorp/azurerm`.
fn last_segment(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or_default()
}
