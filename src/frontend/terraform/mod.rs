//! Terraform: configuration (`.tf`) and plans (`terraform show -json`).
//!
//! Configuration is evaluated as far as it goes without state: variables, locals, modules, `count` and `for_each`. A
//! plan has values but no expressions; what is unknown in it is joined through the references that its `configuration`
//! lists. Both end in one shape (`shape.rs`).

mod attributes;
mod azapi;
mod azurerm;
mod blocks;
mod config;
mod evaluate;
mod functions;
mod instances;
mod kubernetes;
mod modules;
mod plan;
mod plan_references;
mod reference;
mod scope;
mod shape;
mod text_functions;
mod traverse;
mod types;
mod value;
mod vocabulary;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{Folders, folder_of};

use super::Lowered;
use crate::ir::Node;
use crate::source::{SourceId, Store};

/// Room for expressions that lead to further expressions.
const STACK: usize = 64 << 20;

/// Reads Terraform configuration and plans among the sources; other files are left alone.
pub fn lower(store: &Store, sources: &[SourceId]) -> Lowered {
    super::with_stack(STACK, || lower_here(store, sources).without_placeholders())
}

fn lower_here(store: &Store, sources: &[SourceId]) -> Lowered {
    let mut lowered = Lowered::default();
    let ends = |ending: &str| {
        sources.iter().copied().filter(|&id| store.source(id).path.ends_with(ending)).collect::<Vec<_>>()
    };
    let mut files = ends(".tf");
    files.extend(ends(".tofu"));
    files.extend(ends(".tf.json"));
    let folders = Folders::read(store, &files, &mut lowered.problems);
    let plans: Vec<plan::Plan> =
        ends(".json").into_iter().filter_map(|id| plan::Plan::read(store, id, &mut lowered.problems)).collect();
    lowered.inputs.extend(files);
    let passed = super::arguments::of_terraform(store, &|path| modules::is_automatic(&folders, path));
    for root in folders.roots() {
        let mut given: BTreeMap<Arc<str>, Node> = BTreeMap::new();
        // A plan of this folder knows the values that it was made with.
        let beside = plans.iter().find(|plan| folder_of(&store.source(plan.source).path) == &*root.folder);
        beside.iter().for_each(|plan| given.extend(plan.variables()));
        given.extend(modules::variable_files(store, &folders, &root, &mut lowered.problems, &mut lowered.inputs));
        lowered.deployments.push(modules::deploy(store, &folders, &root, given, &passed));
    }
    for plan in &plans {
        lowered.inputs.push(plan.source);
        let folder = folder_of(&store.source(plan.source).path).to_owned();
        if folders.get(&folder).is_none() {
            lowered.deployments.push(plan.deploy(store));
        }
    }
    lowered.deployments.sort_by(|a, b| a.name.cmp(&b.name));
    lowered.inputs.sort_unstable();
    lowered.inputs.dedup();
    lowered
}
