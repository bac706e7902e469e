//! Files that hold scripts: which parts of them run, with which variables, where.

mod azure;
mod called;
mod github;
mod gitlab;
mod handed;
mod jenkins;
mod make;
mod matrix;
mod pages;
mod task;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::callers::{Caller, File, Runs};
use super::passage::Passage;
use super::run::{Run, Tree};
use super::syntax::{Dialect, batch, posix, powershell};
use crate::ir::{Cond, Node, Why};
use crate::source::{SourceId, Span, Store, Via};
use crate::syntax::tree::{Member, Tree as Data, TreeKind};
use crate::syntax::yaml;

/// What a file is run by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    Posix,
    PowerShell,
    Batch,
    Make,
    Just,
    Yaml,
    Jenkins,
    Markdown,
    AsciiDoc,
    ReStructuredText,
    Notebook,
}

/// Words of which one stands in every file that is worth following.
const WORDS: [&str; 21] = [
    "az aks",
    "az acr",
    "az role",
    "az identity",
    "az ad ",
    "az network",
    "az policy",
    "az dns-resolver",
    "az deployment",
    "az group deployment",
    "az stack",
    "az resource",
    "kubectl",
    "helm",
    "kustomize",
    "-Az",
    "-az",
    "k8s-",
    "KubernetesManifest",
    "HelmDeploy",
    "Kubernetes@",
];

/// Nothing recurses deep in lines.
const STACK: usize = 2 << 20;
/// Larger files are no scripts that somebody wrote.
const LARGEST: usize = 4 << 20;

/// Follows a file; nothing when nothing of it is followed.
pub(super) fn follow<'r>(store: &'r Store, tree: &'r Tree, id: SourceId) -> Option<Run<'r>> {
    let source = store.source(id);
    let (path, text) = (&source.path, &source.text);
    if text.len() > LARGEST {
        return None;
    }
    let host = host_of(path, text)?;
    let calls = host == Host::Yaml && (called::may_call(text) || called::may_hand_over(text));
    if !calls && !WORDS.iter().any(|word| text.contains(word)) {
        return None;
    }
    let mut run = Run::new(store, tree, id, path);
    run.readers = u32::from(tree.given.get(path).is_some_and(|given| given.read));
    let passage = || Passage::whole(id, text);
    match host {
        Host::Posix => run.script(&posix::parse(&passage(), Dialect::Plain)),
        Host::PowerShell => run.script(&powershell::parse(&passage(), Dialect::Plain)),
        Host::Batch => run.script(&batch::parse(&passage())),
        Host::Make => make::run(&mut run, text),
        Host::Just => task::just(&mut run, text),
        Host::Jenkins => jenkins::run(&mut run, text),
        Host::Markdown => pages::markdown::run(&mut run, text),
        Host::AsciiDoc => pages::asciidoc::run(&mut run, text),
        Host::ReStructuredText => pages::rest::run(&mut run, text),
        Host::Notebook => pages::notebook::run(&mut run, text),
        Host::Yaml => follow_yaml(&mut run, path, text),
    }
    Some(run)
}

fn host_of(path: &str, text: &str) -> Option<Host> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let first = text.lines().next().unwrap_or_default();
    Some(match extension {
        "sh" | "bash" | "zsh" | "ksh" | "azcli" => Host::Posix,
        "ps1" | "psm1" => Host::PowerShell,
        "cmd" | "bat" => Host::Batch,
        "mk" | "make" => Host::Make,
        "md" | "markdown" | "mdx" => Host::Markdown,
        "adoc" | "asciidoc" => Host::AsciiDoc,
        "rst" => Host::ReStructuredText,
        "ipynb" => Host::Notebook,
        "yml" | "yaml" => Host::Yaml,
        "groovy" | "jenkinsfile" => Host::Jenkins,
        _ if name.starts_with("makefile") || name == "gnumakefile" => Host::Make,
        _ if name == "justfile" || name == ".justfile" => Host::Just,
        _ if name.starts_with("jenkinsfile") => Host::Jenkins,
        _ if first.starts_with("#!") && first.contains("sh") => Host::Posix,
        _ => return None,
    })
}

/// Whose pipeline a YAML file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pipeline {
    GitHub,
    Task,
    GitLab,
    Azure,
}

fn pipeline_of(path: &str, root: &Data, text: &str) -> Option<Pipeline> {
    let has = |key: &str| root.get(key).is_some();
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    match () {
        () if path.contains(".github/") && has("jobs") || has("runs") => Some(Pipeline::GitHub),
        () if has("jobs") && has("on") => Some(Pipeline::GitHub),
        () if name.contains("taskfile") && has("tasks") => Some(Pipeline::Task),
        () if name.contains("gitlab-ci") || path.contains(".gitlab/") => Some(Pipeline::GitLab),
        // The whole pipeline is a template's.
        () if root.get("extends").is_some_and(|extends| extends.get("template").is_some()) => Some(Pipeline::Azure),
        () if ["steps", "stages", "jobs"].iter().any(|key| has(key)) && is_azure(text) => Some(Pipeline::Azure),
        () if has("stages") || path.contains("gitlab") => Some(Pipeline::GitLab),
        () => None,
    }
}

/// Whether a file holds objects of Kubernetes.
fn is_manifest(text: &str) -> bool {
    let begins = |key: &str| text.lines().any(|line| line.starts_with(key));
    begins("apiVersion:") && begins("kind:")
}

/// The documents of a file that may be a pipeline.
fn documents(id: SourceId, text: &str) -> Vec<Data> {
    if is_manifest(text) {
        return Vec::new();
    }
    yaml::parse(id, text).0.into_iter().map(|document| document.root).collect()
}

fn follow_yaml(run: &mut Run<'_>, path: &str, text: &str) {
    for root in &documents(run.source, text) {
        match pipeline_of(path, root, text) {
            Some(Pipeline::GitHub) => github::run(run, root),
            Some(Pipeline::Task) => task::run(run, root),
            Some(Pipeline::GitLab) => gitlab::run(run, root),
            Some(Pipeline::Azure) => azure::run(run, root),
            None => {}
        }
    }
}

/// The pipelines of the tree that a file calls.
pub(super) fn called_by(store: &Store, tree: &Tree, id: SourceId) -> Vec<String> {
    let source = store.source(id);
    let (path, text) = (&source.path, &source.text);
    if text.len() > LARGEST || !called::may_call(text) || host_of(path, text) != Some(Host::Yaml) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for root in &documents(id, text) {
        match pipeline_of(path, root, text) {
            Some(Pipeline::GitHub) => called::by_github(tree, path, root, &mut found),
            Some(Pipeline::GitLab) => gitlab::called_by(tree, path, root, &mut found),
            Some(Pipeline::Azure) => called::by_azure(tree, path, root, &mut found),
            Some(Pipeline::Task) | None => {}
        }
    }
    found.retain(|called| **called != **path);
    found
}

/// Who may call whom, with what.
pub(super) fn callers(store: &Store, sources: &[SourceId]) -> Vec<File> {
    let hosted = |&id: &SourceId| {
        let source = store.source(id);
        let text = &*source.text;
        let host = host_of(&source.path, text).filter(|_| text.len() <= LARGEST)?;
        let page = matches!(host, Host::Markdown | Host::AsciiDoc | Host::ReStructuredText | Host::Notebook);
        (!(page || host == Host::Yaml && is_manifest(text))).then(|| (source.path.clone(), host))
    };
    let files: Vec<(SourceId, Arc<str>, Host)> =
        sources.iter().filter_map(|id| hosted(id).map(|(path, host)| (*id, path, host))).collect();
    let runs = |path: &str, host: Host| match host {
        Host::Posix | Host::PowerShell => Runs::Path,
        Host::Make | Host::Just => Runs::Targets,
        Host::Yaml if path.to_ascii_lowercase().contains("taskfile") => Runs::Targets,
        _ => Runs::Itself,
    };
    let called = files.iter().filter(|(_, path, host)| runs(path, *host) != Runs::Itself);
    let names: HashSet<&str> = called.map(|(_, path, _)| path.rsplit('/').next().unwrap_or_default()).collect();
    if names.is_empty() && files.iter().all(|(.., host)| *host != Host::Yaml) {
        return Vec::new();
    }
    crate::frontend::on_all_cores(STACK, &files, |(id, path, host)| File {
        path: path.clone(),
        runs: runs(path, *host),
        caller: Caller::of(&store.source(*id).text, &|name| names.contains(name)),
    })
}

/// Steps of Azure Pipelines.
fn is_azure(text: &str) -> bool {
    [
        "- task:",
        "- script:",
        "- bash:",
        "- pwsh:",
        "- powershell:",
        "- template:",
        "- job:",
        "- stage:",
        "- deployment:",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// The name of the variable that an expression reads; the expression itself where it reads something else.
pub(super) fn variable_of(expression: &str) -> String {
    let expression = expression.trim();
    for prefix in ["env.", "variables."] {
        if let Some(name) = expression.strip_prefix(prefix) {
            return name.to_owned();
        }
    }
    let quoted = expression.strip_prefix("variables['").and_then(|rest| rest.strip_suffix("']"));
    quoted.or(expression.strip_prefix('.')).unwrap_or(expression).to_owned()
}

/// A text with its expressions filled in.
fn filled(run: &Run<'_>, text: &str, span: Span, dialect: Dialect) -> Node {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(open) = next_expression(rest, dialect) {
        let (start, end, name) = open;
        pieces.push(Node::text(rest.get(..start).unwrap_or_default(), span));
        pieces.push(run.named(&name, span));
        rest = rest.get(end..).unwrap_or_default();
        if pieces.len() > 64 {
            return Node::unknown(Why::LimitReached("expressions".into()), span);
        }
    }
    if pieces.is_empty() {
        return Node::text(text, span);
    }
    pieces.push(Node::text(rest, span));
    let trail =
        pieces.iter().find(|it| it.trail.hops().any(|hop| hop.via == Via::Parameter)).map(|it| it.trail.clone());
    let joined = Node::concat(pieces, span);
    match trail {
        Some(trail) => Node { trail, ..joined },
        None => joined,
    }
}

/// Where the next expression stands, and the variable that it reads.
fn next_expression(text: &str, dialect: Dialect) -> Option<(usize, usize, String)> {
    let between = |open: &str, close: &str| {
        let start = text.find(open)?;
        let inner = text.get(start + open.len()..)?;
        let end = inner.find(close)?;
        Some((start, start + open.len() + end + close.len(), variable_of(inner.get(..end)?)))
    };
    let plain = |found: &(usize, usize, String)| {
        found.2.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
    };
    let found = match dialect {
        Dialect::GitHub => [between("${{", "}}"), None],
        Dialect::Azure => [between("${{", "}}"), between("$(", ")").filter(plain)],
        Dialect::Make => [between("$(", ")"), between("${", "}")],
        Dialect::Braces => [between("{{", "}}"), None],
        Dialect::Plain => [between("${", "}").filter(plain), None],
    };
    found.into_iter().flatten().min_by_key(|(start, ..)| *start)
}

/// A scalar as text.
fn scalar(data: &Data) -> Option<Arc<str>> {
    match &data.kind {
        TreeKind::Str(text) => Some(text.clone()),
        TreeKind::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
        TreeKind::Int(value) => Some(value.to_string().into()),
        TreeKind::Float(value) => Some(value.to_string().into()),
        _ => None,
    }
}

/// The members of an object of scalars, filled in.
fn settings(run: &Run<'_>, data: Option<&Data>, dialect: Dialect) -> Vec<(String, Node)> {
    let members = data.and_then(Data::as_map).unwrap_or_default();
    let one = |member: &Member| {
        let node = match scalar(&member.value) {
            Some(text) => filled(run, &text, member.value.span, dialect),
            None => Node::unknown(Why::External(member.key.to_string().into()), member.value.span),
        };
        (member.key.to_string(), node)
    };
    members.iter().map(one).collect()
}

/// Inputs of a step, by their names in lower case.
fn inputs(run: &Run<'_>, data: Option<&Data>, dialect: Dialect) -> BTreeMap<String, Node> {
    settings(run, data, dialect).into_iter().map(|(name, node)| (name.to_ascii_lowercase(), node)).collect()
}

/// The text of the file that something stands in.
fn text_of(run: &Run<'_>, data: &Data) -> Arc<str> {
    run.store.source(data.span.source).text.clone()
}

/// Runs a scalar as a script.
fn script(run: &mut Run<'_>, data: &Data, shell: &str, dialect: Dialect) {
    let Some(text) = data.as_str() else { return };
    let passage = Passage::of_scalar(&text_of(run, data), data.span, text);
    let statements = match shell {
        "pwsh" | "powershell" | "pscore" | "ps" => powershell::parse(&passage, dialect),
        "cmd" | "batch" => batch::parse(&passage),
        _ => posix::parse(&passage, dialect),
    };
    run.script(&statements);
}

impl Run<'_> {
    /// A variable of the file, or one that is set elsewhere.
    fn named(&self, name: &str, span: Span) -> Node {
        match self.shell.vars.get(name) {
            Some(known) => known.clone().through(span, Via::Name),
            None => self.set_elsewhere(name, span),
        }
    }

    /// Runs in a shell of its own, perhaps only under a condition; the context of `kubectl` stays.
    fn alone(&mut self, condition: Option<Cond>, inner: impl FnOnce(&mut Self)) {
        let kept = self.shell.clone();
        let before = condition.is_some().then(|| kept.context.clone());
        match condition {
            Some(Cond::Never) => self.switched_off(inner),
            Some(when) => self.sometimes(when, inner),
            None => inner(self),
        }
        self.return_to(kept);
        if let Some(before) = before {
            self.shell.context = std::mem::take(&mut self.shell.context).after_perhaps(&before);
        }
    }

    /// A condition of a step or a job.
    fn condition(&self, data: Option<&Data>) -> Option<Cond> {
        let data = data?;
        let text = scalar(data)?;
        let plain = text.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
        if plain == "false" {
            return Some(Cond::Never);
        }
        let always = ["always()", "success()", "succeeded()", "true", "!cancelled()"].contains(&plain);
        (!always).then(|| self.unsure(plain, data.span))
    }
}
