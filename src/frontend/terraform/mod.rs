//! Terraform: configuration (`.tf`) and plans (`terraform show -json`).
//!
//! Configuration is evaluated as far as it goes without state: variables, locals, modules, `count` and `for_each`. A
//! plan has values but no expressions; what is unknown in it is joined through the references that its `configuration`
//! lists. Both end in one shape (`shape.rs`).

mod effects;
mod embedded;
mod ignored;
mod imported;
mod language;
mod modules;
mod order;
mod placed;
mod plan;
mod released;
mod sources;
mod tables;
mod template_text;
mod value;
mod variable_files;

#[cfg(test)]
mod module_tests;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use plan::{Beside, Plan};
use sources::config::{Folders, Module};

use super::arguments::Passed;
use super::template::{Outside, Templates};
use super::{Lowered, Problem, Trouble};
use crate::ir::{Deployment, Node};
use crate::source::path::folder_of;
use crate::source::{Larger, SourceId, Span, Store};

/// Room for expressions that lead to further expressions, and for the templates that they deploy.
const STACK: usize = 256 << 20;

/// Of a plan only what is looked at becomes a tree.
pub const PLANS: Larger = Larger { ending: "json", word: "\"format_version\"", limit: 512 << 20 };

/// Reads Terraform configuration and plans among the sources; other files are left alone.
pub fn lower(store: &Store, sources: &[SourceId], outside: &Outside) -> Lowered {
    crate::frontend::with_stack(STACK, || lower_here(store, sources, outside).without_placeholders())
}

fn lower_here(store: &Store, sources: &[SourceId], outside: &Outside) -> Lowered {
    let mut lowered = Lowered::default();
    let ends = |ending: &str| {
        sources.iter().copied().filter(|&id| store.source(id).path.ends_with(ending)).collect::<Vec<_>>()
    };
    let mut files = ends(".tf");
    files.extend(ends(".tofu"));
    files.extend(ends(".tf.json"));
    files.extend(ends(".tofu.json"));
    let folders = Folders::read(store, &files, &outside.registries.mapped, &mut lowered.problems);
    let mut plans: Vec<Plan> =
        ends(".json").into_iter().filter_map(|id| Plan::read(store, id, &mut lowered.problems)).collect();
    lowered.inputs.extend(files.iter().copied().chain(plans.iter().map(|plan| plan.source)));
    let templates = Templates::new(store, outside.clone());
    let passed = crate::frontend::arguments::of_terraform(store, &|path| variable_files::is_automatic(&folders, path));
    let roots = folders.roots();
    let mut of_roots: Vec<Vec<Plan>> = roots.iter().map(|_| Vec::new()).collect();
    for plan in std::mem::take(&mut plans) {
        match made_of(store, &plan, &roots, &folders) {
            MadeOf::Root(at) => {
                if let Some(own) = of_roots.get_mut(at) {
                    own.push(plan);
                }
            }
            MadeOf::Other => plans.push(plan),
            MadeOf::Earlier(problem) => lowered.problems.push(problem),
        }
    }
    for (root, own) in roots.iter().zip(&of_roots) {
        let given =
            variable_files::variable_files(&templates, &folders, root, &mut lowered.problems, &mut lowered.inputs);
        let mut deploy = |plan: Option<&Plan>| {
            let mut made = deployment(&templates, &folders, root, plan, given.clone(), &passed, own.len());
            if plan.is_some() {
                embedded::unfold(&mut made, &templates);
            }
            lowered.problems.extend(modules::limits(&made));
            lowered.deployments.push(made);
        };
        if own.is_empty() {
            deploy(None);
        }
        own.iter().for_each(|plan| deploy(Some(plan)));
    }
    for plan in &plans {
        let mut deployment = plan.deploy(store);
        embedded::unfold(&mut deployment, &templates);
        lowered.deployments.push(deployment);
    }
    let (deployed, problems, inputs) = templates.finish();
    lowered.deployed = deployed;
    lowered.problems.extend(problems);
    lowered.inputs.extend(inputs);
    lowered.deployments.sort_by(|a, b| a.name.cmp(&b.name));
    lowered.deliveries = lowered.deployments.iter_mut().flat_map(|it| released::deliveries(store, it)).collect();
    lowered.inputs.sort_unstable();
    lowered.inputs.dedup();
    lowered
}

/// What configuration a plan was made of.
enum MadeOf {
    /// That of a root, by its place.
    Root(usize),
    /// None of the tree.
    Other,
    /// That of a root as it was once.
    Earlier(Problem),
}

/// A plan is of the configuration beside it, else of the only one in the tree that it fits.
fn made_of(store: &Store, plan: &Plan, roots: &[Rc<Module>], folders: &Folders) -> MadeOf {
    let path = store.source(plan.source).path.clone();
    let beside = roots.iter().position(|root| *root.folder == *folder_of(&path)).filter(|&at| {
        // A plan of something else altogether may lie beside it.
        roots.get(at).is_some_and(|root| plan.shares_resources_with(root))
    });
    if let Some((at, root)) = beside.and_then(|at| Some((at, roots.get(at)?))) {
        let Some(difference) = plan.differs_from(root, folders) else { return MadeOf::Root(at) };
        let message = format!("the plan is not of the configuration beside it: {difference}");
        let help = Some("plan again, or take the plan out of the tree".to_owned());
        return MadeOf::Earlier(Problem { trouble: Trouble::Stale, message, span: Span::file(plan.source), help });
    }
    let fits = |root: &&Rc<Module>| plan.shares_resources_with(root) && plan.differs_from(root, folders).is_none();
    let mut fitting = roots.iter().enumerate().filter(|(_, root)| fits(root));
    match (fitting.next(), fitting.next()) {
        (Some((at, _)), None) => MadeOf::Root(at),
        _ => MadeOf::Other,
    }
}

/// A root with what a plan of it knows; with one of several plans it is named after that.
fn deployment(
    templates: &Templates<'_>,
    folders: &Folders,
    root: &Rc<Module>,
    plan: Option<&Plan>,
    files: BTreeMap<Arc<str>, Node>,
    passed: &Passed,
    plans: usize,
) -> Deployment {
    let own = modules::deployment_name(&root.folder);
    let Some(plan) = plan else { return modules::deploy(templates, folders, root, own, files, passed, None) };
    let path = templates.store().source(plan.source).path.clone();
    let name = if plans > 1 { format!("{own} with {path}").into() } else { own };
    let beside = Beside::of(plan, Arc::clone(&name));
    // A plan knows the values that it was made with; where they come from a file, that is where they stand.
    let mut given: BTreeMap<Arc<str>, Node> = plan.variables().into_iter().collect();
    for (variable, written) in files {
        match given.get(&variable) {
            Some(planned) if planned.value != written.value => {}
            _ => drop(given.insert(variable, written)),
        }
    }
    let mut deployment = modules::deploy(templates, folders, root, name, given, passed, Some(&beside));
    deployment.parameters = (plans > 1).then_some(plan.source);
    deployment
}
