//! What waits for what in Terraform: a resource waits for everything that its block mentions, by way of variables, locals
//! and outputs, and for what its provider is made of.

use std::collections::BTreeSet;

use super::sources::config::{Folders, Module, local_folder, name_of};
use crate::ir::{Deployment, Order};
use crate::syntax::hcl::{Block, Expr};
use crate::syntax::tree::{Member, Tree};

/// Modules within modules.
const DEEPEST: usize = 24;
/// Names in one deployment: beyond this nothing is said about its order.
const MOST: usize = 50_000;

/// Whether a deployment has something that pulls and something that lets it: only then the order matters.
pub(super) fn matters(deployment: &Deployment) -> bool {
    let grants = |kind: &str| kind.eq_ignore_ascii_case("Microsoft.Authorization/roleAssignments");
    let objects = |kind: &str| !kind.starts_with("Microsoft.") && !kind.starts_with("Terraform/");
    let has = |is: &dyn Fn(&str) -> bool| deployment.resources.iter().any(|resource| is(&resource.kind));
    has(&grants) && has(&objects)
}

/// The order of a root and all its modules; nothing when there is too much of it.
pub(super) fn of_configuration(root: &Module, folders: &Folders) -> Option<Order> {
    let mut order = Order::default();
    Walk { folders, order: &mut order }.module(root, "", &["".to_owned()])?;
    Some(order)
}

struct Walk<'w> {
    folders: &'w Folders,
    order: &'w mut Order,
}

impl Walk<'_> {
    /// `at` is the module's prefix, `around` are the prefixes from the root down to it.
    fn module(&mut self, module: &Module, at: &str, around: &[String]) -> Option<()> {
        if around.len() > DEEPEST || self.order.len() > MOST {
            return None;
        }
        for block in &module.blocks {
            match (&*block.kind, block.labels.first()) {
                ("locals", _) => {
                    for local in &block.body.attributes {
                        self.mention(at, &format!("{at}local.{}", local.name), &local.value);
                    }
                }
                ("provider", Some(label)) => self.mention_all(at, &format!("{at}provider.{label}"), block),
                ("module", Some(label)) => self.call(module, block, label, at, around)?,
                ("resource" | "data", Some(kind)) => {
                    let Some(name) = name_of(block) else { continue };
                    let name = format!("{at}{name}");
                    self.mention_all(at, &name, block);
                    belongs(self.order, &name, kind, at, around);
                }
                ("output", Some(label)) => self.mention_all(at, &format!("{at}output.{label}"), block),
                _ => {}
            }
        }
        Some(())
    }

    fn call(&mut self, module: &Module, block: &Block, label: &str, at: &str, around: &[String]) -> Option<()> {
        let inside = format!("{at}module.{label}");
        let source = block.body.attribute("source").and_then(Expr::as_text).unwrap_or_default();
        let meta = ["count", "for_each", "depends_on"];
        for attribute in &block.body.attributes {
            let name = match meta.contains(&&*attribute.name) {
                true => format!("{inside}:inputs"),
                false => format!("{inside}.var.{}", attribute.name),
            };
            self.mention(at, &name, &attribute.value);
        }
        lies_in(self.order, &inside, at);
        let folder = local_folder(&module.folder, source);
        match folder.and_then(|folder| self.folders.get(&folder).cloned()) {
            Some(child) => {
                let prefix = format!("{inside}.");
                let around: Vec<String> = around.iter().cloned().chain([prefix.clone()]).collect();
                self.module(&child, &prefix, &around)
            }
            None => {
                self.order.lose(format!("{inside}:lost"));
                self.order.lose(inside);
                Some(())
            }
        }
    }

    fn mention_all(&mut self, at: &str, name: &str, block: &Block) {
        let mut found = BTreeSet::new();
        block.body.names(&mut |path| found.extend(named(at, path)));
        found.into_iter().for_each(|earlier| self.order.put(name, earlier));
    }

    fn mention(&mut self, at: &str, name: &str, expr: &Expr) {
        let mut found = BTreeSet::new();
        expr.names(&mut |path| found.extend(named(at, path)));
        found.into_iter().for_each(|earlier| self.order.put(name, earlier));
    }
}

/// A resource waits for its provider, which the modules around it may have, and for what its own module waits for; the
/// module is whole with it.
fn belongs(order: &mut Order, name: &str, kind: &str, at: &str, around: &[String]) {
    let provider = kind.split('_').next().unwrap_or_default();
    around.iter().for_each(|prefix| order.put(name, format!("{prefix}provider.{provider}")));
    if let Some(call) = at.strip_suffix('.') {
        order.put(name, format!("{call}:inputs"));
        order.put(call, name);
    }
}

/// A module waits for what the one around it waits for, which is whole with it.
fn lies_in(order: &mut Order, module: &str, at: &str) {
    if let Some(outer) = at.strip_suffix('.') {
        order.put(&format!("{module}:inputs"), format!("{outer}:inputs"));
        order.put(outer, module);
    }
}

/// What a name stands for, in the module with this prefix. A module as a whole is left by its name alone.
fn named(at: &str, path: &[&str]) -> Vec<String> {
    match path {
        ["module", label, output, ..] => {
            vec![format!("{at}module.{label}.output.{output}"), format!("{at}module.{label}:lost")]
        }
        ["module", label] => vec![format!("{at}module.{label}")],
        ["data", kind, name, ..] => vec![format!("{at}data.{kind}.{name}")],
        [first @ ("var" | "local"), name, ..] => vec![format!("{at}{first}.{name}")],
        [kind, name, ..] => vec![format!("{at}{kind}.{name}")],
        _ => Vec::new(),
    }
}

/// The order that the configuration in a plan tells. Locals aren't in it.
pub(super) fn of_plan(configuration: &Tree) -> Option<Order> {
    let mut order = Order::default();
    for provider in configuration.get("provider_config").and_then(Tree::as_map).unwrap_or_default() {
        let about = &provider.value;
        let address = about.get("module_address").and_then(Tree::as_str).map(|module| format!("{module}."));
        let at = address.unwrap_or_default();
        let label = about.get("name").and_then(Tree::as_str).unwrap_or(&provider.key);
        references(about.get("expressions"), &at, &format!("{at}provider.{label}"), &mut order);
    }
    planned(configuration.get("root_module")?, "", &["".to_owned()], &mut order)?;
    Some(order)
}

fn planned(module: &Tree, at: &str, around: &[String], order: &mut Order) -> Option<()> {
    if around.len() > DEEPEST || order.len() > MOST {
        return None;
    }
    for block in module.get("resources").and_then(Tree::as_list).unwrap_or_default() {
        let (Some(address), Some(kind)) =
            (block.get("address").and_then(Tree::as_str), block.get("type").and_then(Tree::as_str))
        else {
            continue;
        };
        let name = format!("{at}{address}");
        references(Some(block), at, &name, order);
        belongs(order, &name, kind, at, around);
    }
    let members = |key: &str| module.get(key).and_then(Tree::as_map).unwrap_or_default();
    for output in members("outputs") {
        references(Some(&output.value), at, &format!("{at}output.{}", output.key), order);
    }
    members("module_calls").iter().try_for_each(|call| planned_call(call, at, around, order))
}

fn planned_call(call: &Member, at: &str, around: &[String], order: &mut Order) -> Option<()> {
    let inside = format!("{at}module.{}", call.key);
    for input in call.value.get("expressions").and_then(Tree::as_map).unwrap_or_default() {
        references(Some(&input.value), at, &format!("{inside}.var.{}", input.key), order);
    }
    let inputs = format!("{inside}:inputs");
    for meta in ["count_expression", "for_each_expression", "depends_on"] {
        references(call.value.get(meta), at, &inputs, order);
    }
    lies_in(order, &inside, at);
    let prefix = format!("{inside}.");
    let around: Vec<String> = around.iter().cloned().chain([prefix.clone()]).collect();
    planned(call.value.get("module")?, &prefix, &around, order)
}

/// Everything that a part of the configuration refers to.
fn references(tree: Option<&Tree>, at: &str, name: &str, order: &mut Order) {
    let Some(tree) = tree else { return };
    let mut texts: Vec<&str> = Vec::new();
    let mut waiting = vec![tree];
    while let Some(tree) = waiting.pop() {
        for member in tree.as_map().unwrap_or_default() {
            match &*member.key {
                "references" | "depends_on" => {
                    texts.extend(member.value.as_list().unwrap_or_default().iter().filter_map(Tree::as_str));
                }
                _ => waiting.push(&member.value),
            }
        }
        // `depends_on` of a call is a list of names itself.
        let listed = tree.as_list().unwrap_or_default();
        texts.extend(listed.iter().filter_map(Tree::as_str));
        waiting.extend(listed);
    }
    for text in texts {
        let plain: String = text.split('[').next().unwrap_or_default().to_owned();
        // What follows an index is an attribute, but of a module it is the output.
        let rest = text.split_once(']').map_or("", |(_, rest)| rest);
        let whole = if plain.starts_with("module.") { format!("{plain}{rest}") } else { plain };
        let path: Vec<&str> = whole.split('.').collect();
        if path.first() == Some(&"local") {
            order.lose(format!("{at}{}", path.join(".")));
        }
        named(at, &path).into_iter().for_each(|earlier| order.put(name, earlier));
    }
}
