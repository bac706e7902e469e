//! Which versions of the providers a configuration runs with: what it requires, narrowed down by the lock file. Providers
//! change what their attributes mean from one major version to the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::frontend::terraform::sources::config::{Folders, Module, local_folder};
use crate::ir::Truth;
use crate::source::Store;
use crate::syntax::hcl::{self, Expr, ExprKind};
use crate::syntax::tree::Tree;

/// Modules within modules whose requirements count too.
const MOST_MODULES: usize = 500;

/// A version, as far as it tells versions apart: major, minor, patch.
type Version = (u64, u64, u64);

/// Versions from the first one up to, but without, the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    from: Version,
    below: Version,
}

const ANY: Range = Range { from: (0, 0, 0), below: (u64::MAX, 0, 0) };

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
    pub fn is_before(&self, provider: &str, major: u64) -> Truth {
        let range = self.ranges.get(provider).copied().unwrap_or(ANY);
        match () {
            () if range.below <= (major, 0, 0) => Truth::Yes,
            () if range.from >= (major, 0, 0) => Truth::No,
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
            let Some((version, _)) = block.body.attribute("version").and_then(Expr::as_text).and_then(version) else {
                continue;
            };
            let below = (version.0, version.1, version.2.saturating_add(1));
            self.ranges.insert(name.to_owned(), Range { from: version, below });
        }
    }

    fn narrow(&mut self, provider: &str, constraint: &str) {
        let range = self.ranges.entry(provider.to_owned()).or_insert(ANY);
        for part in constraint.split(',') {
            let Some(Range { from, below }) = allowed(part.trim()) else { continue };
            range.from = range.from.max(from);
            range.below = range.below.min(below);
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

/// The versions that one condition allows; nothing for a condition that bounds nothing (`!=`) or can't be read.
fn allowed(condition: &str) -> Option<Range> {
    let at = condition.find(|letter: char| letter.is_ascii_digit() || letter == 'v')?;
    let (operator, text) = condition.split_at_checked(at)?;
    let (version, parts) = version(text)?;
    let next = (version.0, version.1, version.2.saturating_add(1));
    Some(match operator.trim() {
        "" | "=" => Range { from: version, below: next },
        ">=" => Range { from: version, ..ANY },
        ">" => Range { from: next, ..ANY },
        "<" => Range { below: version, ..ANY },
        "<=" => Range { below: next, ..ANY },
        "~>" if parts >= 3 => Range { from: version, below: (version.0, version.1.saturating_add(1), 0) },
        "~>" => Range { from: version, below: (version.0.saturating_add(1), 0, 0) },
        _ => return None,
    })
}

/// A version and how many of its parts are written. What follows a dash or plus doesn't tell versions apart here.
fn version(text: &str) -> Option<(Version, usize)> {
    let text = text.trim().trim_start_matches('v');
    let plain = text.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<u64> = plain.split('.').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let part = |at: usize| parts.get(at).copied().unwrap_or(0);
    Some(((part(0), part(1), part(2)), parts.len()))
}
