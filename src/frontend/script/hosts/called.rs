//! Pipelines that call others of the tree: what runs is who calls, with what it says.

use super::documents;
use crate::frontend::script::run::{Run, Tree};
use crate::syntax::tree::Tree as Data;

/// Words of which one stands in every pipeline that calls another one.
const CALLS: [&str; 5] = ["uses: ./", "uses: './", "uses: \"./", "template:", "include:"];
/// How deep calls are looked for.
const DEEPEST: u32 = 32;

/// Whether a step may be told of charts, manifests, registries or clusters, whatever it does with them, or
/// deploys a template.
pub(super) fn may_hand_over(text: &str) -> bool {
    const THINGS: [&str; 13] = [
        "chart",
        "manifest",
        "kustom",
        "overlay",
        "acr",
        "registr",
        "aks",
        "cluster",
        "kube",
        "templatedeployment",
        "resourcegroupdeployment",
        "arm-deploy",
        "bicep-deploy",
    ];
    let steps = text.contains("uses:") || text.contains("task:");
    let lower = if steps { text.to_ascii_lowercase() } else { String::new() };
    let workflow = lower.contains(".github/workflows/");
    workflow || THINGS.iter().any(|word| lower.contains(word))
}

pub(super) fn may_call(text: &str) -> bool {
    CALLS.iter().any(|word| text.contains(word))
}

/// The document of a file of the tree that holds what is called.
pub(super) fn opened(run: &Run<'_>, path: &str) -> Option<Data> {
    let id = run.store.open_path(path).ok().filter(|_| run.tree.has_file(path))?;
    documents(id, &run.store.source(id).text).pop()
}

/// The file of an action or a workflow of the same repository: `./folder`, `./.github/workflows/x.yml`.
pub(super) fn of_github(tree: &Tree, own: &str, uses: &str) -> Option<String> {
    let path = uses.strip_prefix("./")?.trim_end_matches('/');
    ["", "/action.yml", "/action.yaml"].iter().find_map(|ending| tree.at_root(own, &format!("{path}{ending}")))
}

/// The file of a template: beside the file, or from the root; another repository is behind an `@`.
pub(super) fn of_azure(tree: &Tree, own: &str, template: &str) -> Option<String> {
    let path = template.strip_suffix("@self").unwrap_or(template);
    (!path.contains(['@', '$'])).then(|| tree.beside(own, path)).flatten()
}

pub(super) fn by_github(tree: &Tree, own: &str, root: &Data, found: &mut Vec<String>) {
    each(root, "uses", DEEPEST, &mut |uses| found.extend(of_github(tree, own, uses)));
}

pub(super) fn by_azure(tree: &Tree, own: &str, root: &Data, found: &mut Vec<String>) {
    each(root, "template", DEEPEST, &mut |template| found.extend(of_azure(tree, own, template)));
}

/// All texts under a key, however deep.
fn each(data: &Data, key: &str, depth: u32, told: &mut dyn FnMut(&str)) {
    if depth == 0 {
        return;
    }
    for item in data.as_list().unwrap_or_default() {
        each(item, key, depth - 1, told);
    }
    for member in data.as_map().unwrap_or_default() {
        match member.value.as_str().filter(|_| &*member.key == key) {
            Some(text) => told(text),
            None => each(&member.value, key, depth - 1, told),
        }
    }
}
