//! Variable files: those that Terraform reads by itself.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::language::evaluate::Session;
use super::language::scope::{Instance, Scope};
use super::modules::deployment_name;
use super::sources::config::{Folders, Module};
use crate::frontend::template::Templates;
use crate::frontend::{Problem, node_of};
use crate::ir::{Address, Node};
use crate::source::path::folder_of;
use crate::source::{SourceId, Via};
use crate::syntax::{hcl, json};

/// Values of the variable files that Terraform reads by itself.
pub(super) fn variable_files(
    templates: &Templates<'_>,
    folders: &Folders,
    root: &Rc<Module>,
    problems: &mut Vec<Problem>,
    inputs: &mut Vec<SourceId>,
) -> BTreeMap<Arc<str>, Node> {
    let mut given = BTreeMap::new();
    let store = templates.store();
    let names = store.list(&root.folder);
    let automatic = |name: &&String| {
        let name = name.as_str();
        name == "terraform.tfvars"
            || name == "terraform.tfvars.json"
            || name.ends_with(".auto.tfvars")
            || name.ends_with(".auto.tfvars.json")
    };
    let mut files: Vec<&String> = names.iter().filter(automatic).collect();
    // Later files win: `terraform.tfvars`, its JSON spelling, then the automatic ones by name.
    files.sort_by_key(|name| (!name.starts_with("terraform.tfvars"), name.as_str()));
    for name in files {
        let path = if root.folder.is_empty() { name.clone() } else { format!("{}/{name}", root.folder) };
        let Ok(id) = store.open_path(&path) else { continue };
        inputs.push(id);
        read_values(templates, folders, id, problems, &mut given);
    }
    given
}

/// Whether the root module of its folder reads a variable file by itself.
pub(super) fn is_automatic(folders: &Folders, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".json");
    let named = name == "terraform.tfvars" || name.ends_with(".auto.tfvars");
    named && folders.get(folder_of(path)).is_some()
}

fn read_values(
    templates: &Templates<'_>,
    folders: &Folders,
    id: SourceId,
    problems: &mut Vec<Problem>,
    given: &mut BTreeMap<Arc<str>, Node>,
) {
    let source = templates.store().source(id);
    if source.path.ends_with(".json") {
        let (tree, _, faults) = json::parse(id, &source.text);
        problems.extend(faults.into_iter().map(Problem::from));
        for member in tree.iter().filter_map(|tree| tree.as_map()).flatten() {
            given.insert(member.key.clone(), node_of(&member.value).through(member.key_span, Via::Parameter));
        }
        return;
    }
    let (body, faults) = hcl::parse(id, &source.text);
    problems.extend(faults.into_iter().map(Problem::from));
    let session = Session::new(templates, folders, deployment_name(folder_of(&source.path)));
    let Some(module) = folders.get(folder_of(&source.path)).cloned() else { return };
    let address = Address::root(session.deployment.clone());
    let empty = Rc::new(Instance {
        module,
        address,
        call: None,
        given: BTreeMap::new(),
        known: Default::default(),
        copies: Default::default(),
    });
    for attribute in &body.attributes {
        let value = session.evaluate(Scope::of(&empty), &attribute.value);
        given.insert(attribute.name.clone(), value.through(attribute.name_span, Via::Parameter));
    }
}
