//! Deployments of templates: one that is not in the tree may make anything.

use super::arguments::Arguments;
use super::steps::Inputs;
use crate::frontend::script::run::{Named, Run};
use crate::ir::{Makes, Node, Value};
use crate::source::Span;

/// The ends of templates and of what stands for one: a compiled template beside its source, and parameters that name it.
const TEMPLATES: [&str; 3] = [".bicepparam", ".bicep", ".json"];
/// The same template by the name that every task and command has for it.
const FILES: [&str; 6] = ["--template-file", "-f", "-TemplateFile", "csmfile", "template", "template-file"];
/// The words with which what it makes is told.
const COMMAND: &str = "a deployment of a template that is not in this tree";

/// `az deployment group create -f FILE`, `az stack sub create`, `New-AzResourceGroupDeployment -TemplateFile FILE`.
pub(super) fn of(run: &mut Run<'_>, arguments: &Arguments, span: Span) {
    let file = arguments.option(&FILES);
    let parameters = || {
        let given = arguments.options(&["--parameters", "-p", "-TemplateParameterFile"]);
        // They name the template that they belong to.
        given.into_iter().find(|it| it.as_str().is_some_and(|text| text.ends_with(".bicepparam")))
    };
    deployed(run, file.or_else(parameters), span);
}

/// A step that deploys a template.
pub(super) fn step(run: &mut Run<'_>, inputs: &Inputs, span: Span) {
    const LINKS: [&str; 2] = ["csmfilelink", "templatespecid"];
    let link = LINKS.iter().find_map(|name| inputs.get(*name));
    let file = FILES.iter().find_map(|name| inputs.get(*name));
    deployed(run, link.or(file).or(inputs.get("parameters-file")).cloned(), span);
}

/// Whether a step deploys a template.
pub(super) fn is_step(name: &str) -> bool {
    let names = [
        "azureresourcemanagertemplatedeployment",
        "azureresourcegroupdeployment",
        "azure/arm-deploy",
        "azure/bicep-deploy",
    ];
    names.contains(&name)
}

/// What a template makes is read where it lies in the tree; else it may make what the registry and the cluster need.
fn deployed(run: &mut Run<'_>, file: Option<Node>, span: Span) {
    if file.is_none_or(|file| lies_here(run, &file)) {
        return;
    }
    for makes in [Makes::Grant, Makes::Endpoint, Makes::Network] {
        run.open(makes, COMMAND, span, Named::default());
    }
}

/// Whether a template may be one of the tree: it is there, by its path or at least by its name. A path of which nothing is
/// known is taken for one of those that are there.
fn lies_here(run: &Run<'_>, file: &Node) -> bool {
    let ending = match &file.value {
        Value::Str(text) => Some(text.as_ref()),
        Value::Concat(pieces) => pieces.last().and_then(Node::as_str),
        _ => None,
    };
    let stem = |path: &str| {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let name = TEMPLATES.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        name.to_ascii_lowercase()
    };
    let is_template = |path: &str| TEMPLATES.iter().any(|end| path.ends_with(end));
    let mut templates = run.tree.files.iter().filter(|path| is_template(path));
    match ending {
        Some(text) if text.contains("://") => false,
        // `"$DIR/$NAME.bicep"`: nothing of the name is known.
        Some(text) if file.as_str().is_none() && !text.contains(['/', '\\']) => templates.next().is_some(),
        Some(text) => templates.any(|path| stem(path) == stem(text)),
        None => templates.next().is_some(),
    }
}
