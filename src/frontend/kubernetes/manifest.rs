//! One manifest file becomes objects.

use std::sync::Arc;

use super::loosen::{loosen, unname, unplace};
use super::rewritten::{self, Rewritten};
use crate::frontend::{Problem, node_of};
use crate::ir::placeholder::{self, Placeholders, filled_in_later};
use crate::ir::{Entry, Gap, Hides, Node, Why};
use crate::source::{SourceId, Span, Store, Via};
use crate::syntax::tree::{Fault, FaultKind, Member, Tree, TreeKind};
use crate::syntax::{json, yaml};

/// Keys whose text is an image or a name, never free text.
pub(super) const NAMES: [&str; 5] = ["image", "name", "namespace", "serviceAccountName", "secretName"];

/// Where `kubectl apply` keeps a copy of the whole object, payload included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A Kubernetes object.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) api_version: Arc<str>,
    pub(super) kind: Arc<str>,
    /// The whole manifest.
    pub(super) body: Node,
    pub(super) extent: Span,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) objects: Vec<Object>,
    pub(super) problems: Vec<Problem>,
    pub(super) gaps: Vec<Gap>,
}

impl Manifest {
    /// Whether the file is none of this front end's.
    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.problems.is_empty() && self.gaps.is_empty()
    }

    /// A fault on a line with a placeholder is no fault of the file that will be applied.
    fn tell(&mut self, fault: Fault, text: &str) {
        let filled_in =
            fault.kind == FaultKind::Syntax && placeholder::stands_in(line_at(text, fault.span.range().start));
        match filled_in {
            true => self.gaps.push(Gap { why: Why::TemplateText, span: fault.span, hides: Some(Hides::Anything) }),
            false => {
                let why = Why::UnsupportedSyntax("the rest of a broken manifest".into());
                self.gaps.push(Gap { why, span: fault.span, hides: Some(Hides::Anything) });
                self.problems.push(fault.into());
            }
        }
    }
}

/// Reads a file that may be a manifest; one that isn't gives nothing, not even its syntax errors.
pub(super) fn read(store: &Store, id: SourceId) -> Manifest {
    let source = store.source(id);
    let text = &*source.text;
    if !text.contains("apiVersion") || !text.contains("kind") {
        return Manifest::default();
    }
    let manifest = if source.path.ends_with(".json") { read_json(id, text) } else { read_yaml(id, text) };
    as_rewritten(store, id, manifest)
}

/// A manifest as it will be applied.
fn as_rewritten(store: &Store, id: SourceId, mut manifest: Manifest) -> Manifest {
    let Some(rewritten) = Rewritten::of(store, id) else { return manifest };
    let why = rewritten::why();
    for object in &mut manifest.objects {
        match rewritten.whole {
            true => {
                let kind = object.kind.clone();
                loosen(&kind, &mut object.body, &why);
                unplace(&mut object.body, &why);
                unname(&mut object.body, &why);
            }
            false => rewritten.forget(store, &mut object.body),
        }
    }
    if rewritten.whole && !manifest.is_empty() {
        manifest.gaps.push(Gap { why, span: Span::file(id), hides: Some(Hides::Anything) });
    }
    manifest
}

fn read_json(id: SourceId, text: &str) -> Manifest {
    // Large templates begin so; they needn't be read twice.
    if text.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with("\"$schema\"")) {
        return Manifest::default();
    }
    let value = json::preamble(text);
    let read = json::parse_part(id, text.get(value..).unwrap_or_default(), value);
    // Templates and plans may hold both words somewhere; when they are broken, their own front ends say so.
    let foreign = text.contains("\"$schema\"") || text.contains("\"format_version\"");
    let tree = match read {
        Ok(tree) => tree,
        Err(fault) => {
            let problems = if foreign { Vec::new() } else { vec![Problem::from(fault)] };
            return Manifest { problems, ..Manifest::default() };
        }
    };
    if tree.get("$schema").is_some() || tree.get("format_version").is_some() {
        return Manifest::default();
    }
    let mut manifest = Manifest::default();
    Reader { text, templated: false }.collect(&tree, &mut manifest.objects);
    manifest
}

fn read_yaml(id: SourceId, text: &str) -> Manifest {
    let (documents, _, faults) = yaml::parse(id, text);
    let action = first_action(text);
    let reader = Reader { text, templated: action.is_some() };
    let mut manifest = Manifest::default();
    for document in &documents {
        reader.collect(&document.root, &mut manifest.objects);
    }
    let ours = !manifest.objects.is_empty() || looks_like_manifest(text);
    match action {
        Some(at) if ours => {
            let span = Span::new(id, at, at + 2);
            manifest.gaps.push(Gap { why: Why::TemplateText, span, hides: Some(Hides::Anything) });
        }
        None if ours => faults.into_iter().for_each(|fault| manifest.tell(fault, text)),
        _ => {}
    }
    manifest
}

/// The whole line that holds a byte.
fn line_at(text: &str, at: usize) -> &str {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = after.find('\n').map_or(text.len(), |length| at + length);
    text.get(start..end).unwrap_or_default()
}

fn looks_like_manifest(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("apiVersion:") && has("kind:")
}

/// Where the first template action stands that is neither quoted nor commented out: with one, the file is a template
/// and its own syntax is not YAML's.
fn first_action(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(at) = bare_action(line) {
            return Some(start + at);
        }
        start += line.len();
    }
    None
}

fn bare_action(line: &str) -> Option<usize> {
    if line.trim_start().starts_with('#') {
        return None;
    }
    let (mut quote, mut before) = (None, ' ');
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '{') if before == '{' => return Some(at - 1),
            // An apostrophe inside of a word quotes nothing.
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(letter),
            (Some(mark), letter) if mark == letter => quote = None,
            _ => {}
        }
        before = letter;
    }
    None
}

struct Reader<'a> {
    text: &'a str,
    templated: bool,
}

impl Reader<'_> {
    /// The objects of a document; a list of objects is as good as its items.
    fn collect(&self, tree: &Tree, objects: &mut Vec<Object>) {
        self.collect_as(tree, None, objects);
    }

    /// The items of a list of one kind (`PodList`) leave out what they are: the list says it.
    fn collect_as(&self, tree: &Tree, listed: Option<(&str, &str)>, objects: &mut Vec<Object>) {
        let text = |key: &str| tree.get(key).and_then(Tree::as_str).map(Arc::<str>::from);
        let api_version = text("apiVersion").or_else(|| Some(listed?.0.into()));
        let kind = text("kind").or_else(|| Some(listed?.1.into()));
        let (Some(api_version), Some(kind)) = (api_version, kind) else { return };
        if api_version.starts_with("kustomize.config.k8s.io/") {
            return;
        }
        if let Some(items) = tree.get("items").and_then(Tree::as_list).filter(|_| kind.ends_with("List")) {
            let own = kind.strip_suffix("List").filter(|own| !own.is_empty()).map(|own| (&*api_version, own));
            return items.iter().for_each(|item| self.collect_as(item, own, objects));
        }
        let mut body = self.node(tree, "");
        if &*api_version == "v1" && &*kind == "Secret" {
            body = veiled(body);
        }
        objects.push(Object { api_version, kind, body, extent: tree.span });
    }

    /// The tree as a value, placeholders as unknown pieces.
    fn node(&self, tree: &Tree, key: &str) -> Node {
        let node = match &tree.kind {
            TreeKind::List(items) => Node::list(items.iter().map(|item| self.item(item)).collect(), tree.span),
            // `key: {{ .Values.x }}` reads as an object whose key is an object.
            TreeKind::Map(_) if self.templated && self.starts_with_action(tree.span) => {
                Node::unknown(Why::TemplateText, tree.span)
            }
            TreeKind::Map(members) => Node::map(members.iter().map(|member| self.entry(member)).collect(), tree.span),
            // `user:password@host/image` is refused by the kubelet, and nothing to be shown.
            TreeKind::Str(text) if key == "image" && text.split('/').next().is_some_and(|host| host.contains('@')) => {
                node_of(tree).secret()
            }
            TreeKind::Str(text) if NAMES.contains(&key) => filled_in_later(text, Placeholders::AnyStyle, tree.span),
            TreeKind::Str(text) if self.templated => filled_in_later(text, Placeholders::Actions, tree.span),
            _ => return node_of(tree),
        };
        tree.via.iter().fold(node, |node, &span| node.through(span, Via::Alias))
    }

    /// `- #{X}#` has a comment for a value until it is filled in.
    fn item(&self, item: &Tree) -> Node {
        let line = line_at(self.text, item.span.range().start);
        match item.kind {
            TreeKind::Null if line.contains("#{") => Node::unknown(Why::TemplateText, item.span),
            _ => self.node(item, ""),
        }
    }

    fn entry(&self, member: &Member) -> Entry {
        let value = match member.value.kind {
            TreeKind::Null if self.reads_as_comment(member) => Node::unknown(Why::TemplateText, member.key_span),
            _ => self.node(&member.value, &member.key),
        };
        Entry { key: Node::text(member.key.clone(), member.key_span), value }
    }

    /// `key: #{X}#` has a comment for a value until it is filled in.
    fn reads_as_comment(&self, member: &Member) -> bool {
        let after = self.text.get(member.key_span.range().end..).and_then(|rest| rest.strip_prefix(':'));
        after.is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with("#{"))
    }

    fn starts_with_action(&self, span: Span) -> bool {
        self.text.get(span.range()).is_some_and(|text| text.starts_with("{{"))
    }
}

/// A Secret whose payload is marked, so that it never leaves.
pub(super) fn veiled(mut body: Node) -> Node {
    super::edit::members(&mut body, &mut |key, value| match key {
        "data" | "stringData" => *value = value.clone().secret(),
        "metadata" => super::edit::members(value, &mut |key, value| {
            if key == "annotations" {
                super::edit::members(value, &mut |key, value| {
                    if key == LAST_APPLIED {
                        *value = value.clone().secret();
                    }
                });
            }
        }),
        _ => {}
    });
    body
}
