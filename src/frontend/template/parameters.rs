//! Parameter files: which belong to which template, and the values in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::evaluate::Evaluation;
use super::frame::{Kind, Loaded};
use super::library::{Library, locked};
use super::template::is_remote;
use super::{Candidate, arm};
use crate::frontend::node_of;
use crate::ir::{Entry, Node, Value, Why};
use crate::source::{SourceId, Span, Via};
use crate::syntax::tree::{Member, Tree};

/// Longer chains of `extends` are not followed.
const LONGEST: usize = 16;

/// The values that one parameter file gives.
pub enum ParameterSet {
    /// `.bicepparam`: the files that it extends and itself, the base first, with the names that each gives a value.
    Bicep(Vec<(Arc<Loaded>, Vec<Arc<str>>)>),
    /// ARM JSON.
    Arm(Tree),
}

/// The parameter files of the tree.
pub struct ParameterFiles {
    /// The template, the file, the values.
    bicep: Vec<(SourceId, SourceId, ParameterSet)>,
    /// The file, its path, the values.
    arm: Vec<(SourceId, Arc<str>, ParameterSet)>,
    /// Files that others extend; they are no sets of their own.
    extended: BTreeSet<SourceId>,
}

impl ParameterFiles {
    /// Finds the parameter files among the sources.
    pub fn of(library: &Library<'_>, sources: &[SourceId]) -> ParameterFiles {
        let mut files = ParameterFiles { bicep: Vec::new(), arm: Vec::new(), extended: BTreeSet::new() };
        for &source in sources {
            let file = library.store.source(source);
            let lower = file.path.to_ascii_lowercase();
            if lower.ends_with(".bicepparam") {
                files.add_bicep(library, source);
            } else if is_json(&lower) && looks_like_parameters(&lower, &file.text) {
                let tree = library.json(source, &file.text, "deploymentParameters").filter(arm::is_parameter_file);
                if let Some(tree) = tree {
                    locked(&library.inputs).insert(source);
                    files.arm.push((source, file.path.clone(), ParameterSet::Arm(tree)));
                }
            }
        }
        files
    }

    fn add_bicep(&mut self, library: &Library<'_>, source: SourceId) {
        let (mut files, mut using) = (Vec::new(), None);
        let mut next = Some(source);
        while let Some(at) = next.filter(|_| files.len() < LONGEST) {
            let (file, loaded) = library.parameters(at);
            let open = |(path, span): &(Arc<str>, Span)| library.open(at, path, *span).ok();
            // A template of a registry deploys nothing of this tree.
            let target = file.using.as_ref().filter(|(path, _)| !is_remote(path)).and_then(open);
            using = using.or(target);
            next = file.extends.as_ref().and_then(open);
            self.extended.extend(next);
            files.push((loaded, file.values.iter().map(|value| value.name.clone()).collect()));
        }
        if let Some(using) = using {
            files.reverse();
            self.bicep.push((using, source, ParameterSet::Bicep(files)));
        }
    }

    /// The parameter files of a template; `alone` when it is the only root in its folder.
    pub fn for_template(
        &self,
        template: SourceId,
        path: &str,
        loaded: &Loaded,
        alone: bool,
    ) -> Vec<(SourceId, &ParameterSet)> {
        let bicep = self.bicep.iter().filter(|(using, own, _)| *using == template && !self.extended.contains(own));
        let mut found: Vec<(SourceId, &ParameterSet)> = bicep.map(|(_, own, set)| (*own, set)).collect();
        found.extend(self.arm_sets(path, loaded, alone));
        found
    }

    /// The names of parameters in files that are no set of any root: something deploys with them all the same.
    pub(super) fn strangers(&self, roots: &[Candidate]) -> BTreeSet<String> {
        let own = |path: &str| {
            let (folder, _) = folder_and_stem(path);
            roots.iter().any(|root| folder_and_stem(&root.path).0 == folder)
        };
        let strange = self.arm.iter().filter(|(_, path, _)| !own(path));
        let named = |(_, _, set): &(SourceId, Arc<str>, ParameterSet)| match set {
            ParameterSet::Arm(tree) => members(tree).iter().map(|member| member.key.to_ascii_lowercase()).collect(),
            ParameterSet::Bicep(_) => Vec::new(),
        };
        strange.flat_map(named).collect()
    }

    /// The ARM parameter files of a template: those named after it, and if it is alone the others in its folder that
    /// could be its own.
    fn arm_sets(&self, path: &str, loaded: &Loaded, alone: bool) -> impl Iterator<Item = (SourceId, &ParameterSet)> {
        let (folder, stem) = folder_and_stem(path);
        let fits = move |(_, own, set): &&(SourceId, Arc<str>, ParameterSet)| {
            let (own_folder, own_stem) = folder_and_stem(own);
            own_folder == folder
                && (own_stem == stem || alone && matches!(set, ParameterSet::Arm(tree) if declares_all(loaded, tree)))
        };
        self.arm.iter().filter(fits).map(|(source, _, set)| (*source, set))
    }
}

/// The folder of a path, and the file's name up to its first dot in lower case.
fn folder_and_stem(path: &str) -> (String, String) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (folder.to_owned(), name.split('.').next().unwrap_or_default().to_ascii_lowercase())
}

/// Whether a file may hold JSON.
pub fn is_json(lower_path: &str) -> bool {
    lower_path.ends_with(".json") || lower_path.ends_with(".jsonc")
}

fn looks_like_parameters(lower_path: &str, text: &str) -> bool {
    text.contains("eploymentParameters.json")
        || lower_path.contains("param") && text.contains("\"parameters\"") && text.contains("\"contentVersion\"")
}

fn members(tree: &Tree) -> &[Member] {
    tree.get_ci("parameters").and_then(Tree::as_map).unwrap_or_default()
}

/// A deployment refuses values for parameters that the template doesn't have: such a file is another template's.
fn declares_all(loaded: &Loaded, tree: &Tree) -> bool {
    let values = members(tree);
    !values.is_empty() && values.iter().all(|member| loaded.find(Kind::Parameter, &member.key).is_some())
}

/// The values that a parameter file gives, in the deployment that takes them.
pub fn values(set: &ParameterSet, evaluation: &Evaluation<'_>) -> Vec<(Arc<str>, Node)> {
    match set {
        ParameterSet::Arm(tree) => arm_values(tree, &evaluation.name),
        ParameterSet::Bicep(files) => {
            files.iter().flat_map(|(loaded, names)| evaluation.lines(loaded, names)).collect()
        }
    }
}

fn arm_values(tree: &Tree, deployment: &str) -> Vec<(Arc<str>, Node)> {
    let value = |member: &Member| {
        let about = &member.value;
        let value = match (about.get_ci("value"), about.get_ci("reference")) {
            (Some(value), _) => filled_in(&node_of(value), deployment, 0),
            (None, Some(_)) => Node::unknown(Why::External("key vault".into()), about.span).secret(),
            (None, None) => return None,
        };
        Some((member.key.clone(), value.through(member.key_span, Via::Parameter)))
    };
    members(tree).iter().filter_map(value).collect()
}

/// Placeholders that a pipeline fills in become unknown pieces.
fn filled_in(node: &Node, deployment: &str, depth: usize) -> Node {
    let value = match &node.value {
        Value::Str(text) => match pieces(text, deployment, node.span) {
            Some(pieces) => return Node::concat(pieces, node.span),
            None => return node.clone(),
        },
        _ if depth > 128 => return node.clone(),
        Value::List(list) => {
            return Node::list(
                list.items.iter().map(|item| filled_in(item, deployment, depth + 1)).collect(),
                node.span,
            );
        }
        Value::Map(map) => map
            .entries
            .iter()
            .map(|entry| Entry { key: entry.key.clone(), value: filled_in(&entry.value, deployment, depth + 1) }),
        _ => return node.clone(),
    };
    Node::map(value.collect(), node.span)
}

/// `a-${X}` and `a-#{X}#` in pieces; nothing when there is no placeholder.
fn pieces(text: &str, deployment: &str, span: Span) -> Option<Vec<Node>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let found = [("${", "}"), ("#{", "}#")].into_iter().filter_map(|(open, close)| {
            let at = rest.find(open)?;
            let (name, after) = rest.get(at + open.len()..)?.split_once(close)?;
            Some((at, name, after))
        });
        let Some((at, name, after)) = found.min_by_key(|(at, ..)| *at) else { break };
        pieces.push(Node::text(rest.get(..at).unwrap_or_default(), span));
        pieces.push(Node::symbol(Why::TemplateText, format!("{deployment}#token:{}", name.trim()), span));
        rest = after;
    }
    if pieces.is_empty() {
        return None;
    }
    pieces.push(Node::text(rest, span));
    Some(pieces)
}
