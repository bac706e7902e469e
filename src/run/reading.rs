//! Reading: each front end takes its own files; a file that can't be read is told, and what it would have deployed stays open.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::clock::Clock;
use super::failure::{about_file, first_of_each, internal, trouble};
use crate::discover::{self, Discovered};
use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::frontend::template::Outside;
use crate::frontend::{Lowered, Problem, Trouble, azure_cli, kubernetes, script, template, terraform};
use crate::ir::{Delivery, Deployment, Gap, Hides, Imperative, Language, Why};
use crate::source::{SourceId, Span, Store};

/// What was read: deployments of all languages, and what is wrong with the files.
pub(super) struct Read {
    pub lowered: Lowered,
    pub imperative: Vec<Imperative>,
    pub failures: Vec<Finding>,
    pub files: usize,
}

/// Reads the files, given what earlier ones found to apply manifests.
type FrontEnd<'a> = &'a dyn Fn(&Store, &[SourceId], &[Delivery]) -> Lowered;

/// What is known before the files are read.
#[derive(Default)]
pub(super) struct Given {
    /// What the configuration says is applied.
    pub applied: Vec<Delivery>,
    /// What other repositories declare.
    pub others: Facts,
}

pub(super) fn read(store: &Store, found: &Discovered, outside: &Outside, given: Given, clock: &mut Clock) -> Read {
    let scripts: Vec<SourceId> = found.scripts.iter().chain(&found.sources).copied().collect();
    let mut scripted = clock.step("scripts", || script::read(store, &scripts));
    scripted.deliveries.extend(given.applied);
    scripted.deliveries.extend(given.others.lowered.deliveries);
    let front_ends: [(&'static str, FrontEnd<'_>); 4] = [
        ("templates", &|store, sources, _| template::lower(store, sources, &found.made, outside)),
        ("terraform", &|store, sources, _| terraform::lower(store, sources, outside)),
        ("kubernetes", &kubernetes::lower),
        ("saved output", &|store, sources, _| azure_cli::lower(store, sources, &found.scripts)),
    ];
    let mut read = Read {
        lowered: Lowered { deliveries: scripted.deliveries, ..scripted.lowered },
        imperative: scripted.imperative,
        failures: Vec::new(),
        files: found.sources.len() + found.unreadable.len(),
    };
    for (name, lower) in front_ends {
        let delivered = read.lowered.deliveries.clone();
        let made = clock.step(name, || catch_unwind(AssertUnwindSafe(|| lower(store, &found.sources, &delivered))));
        match made {
            Ok(lowered) => read.lowered.join(lowered),
            Err(_) => {
                read.failures.push(internal(found.sources.first().copied(), &format!("the front end `{name}` failed")))
            }
        }
    }
    read.lowered.without_deployed();
    read.lowered.deployments.extend(given.others.lowered.deployments);
    read.imperative.extend(given.others.imperative);
    let named: Vec<SourceId> = found.named.clone();
    for problem in std::mem::take(&mut read.lowered.problems) {
        let named = named.contains(&problem.span.source);
        read.failures.push(trouble(problem, named));
    }
    for unreadable in &found.unreadable {
        let source = store.refused(&unreadable.path);
        let (message, span) = (unreadable.message.clone(), Span::file(source));
        let problem = Problem { trouble: Trouble::Unreadable, message, span, help: None };
        read.failures.push(trouble(problem, false));
        read.lowered.deployments.extend(unseen(&unreadable.path, Span::file(source)));
    }
    for &id in &found.named {
        let path = store.source(id).path.clone();
        let known = read.lowered.inputs.contains(&id) || discover::is_script(&path);
        if !known && !read.failures.iter().any(|failure| failure.primary.span.source == id) {
            let message = "no template, configuration, plan or manifest that acrlint reads".to_owned();
            read.failures.push(about_file("ACR900", Severity::Warning, message, Span::file(id)));
        }
    }
    read.failures = first_of_each(std::mem::take(&mut read.failures));
    read
}

/// What a file that can't be read would have deployed: nobody knows.
fn unseen(path: &str, span: Span) -> Option<Deployment> {
    let language = match path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "bicep" | "bicepparam" => Language::Bicep,
        "tf" | "tfvars" => Language::Terraform,
        "yaml" | "yml" => Language::Kubernetes,
        "json" | "jsonc" => Language::Arm,
        _ => return None,
    };
    let gap = Gap { why: Why::Unreadable(path.into()), span, hides: Some(Hides::Anything) };
    Some(Deployment { gaps: vec![gap], ..Deployment::new(path, language, span.source) })
}
