//! Functions that read files of the repository, and templates.

use super::text::cleaned;
use crate::frontend::terraform::language::evaluate::Session;
use crate::frontend::terraform::language::keys::members;
use crate::frontend::terraform::language::scope::{Names, Scope};
use crate::frontend::terraform::sources::config::local_folder;
use crate::frontend::terraform::value::{call, refused, text_of};
use crate::ir::{Node, Value, Why};
use crate::source::{SourceId, Span};
use crate::syntax::hcl::{self, Expr};

/// Names of one template.
const MOST_NAMES: usize = 200;

/// Nothing when the name is another's.
pub(super) fn file_function(
    session: &Session<'_>,
    scope: Scope<'_>,
    name: &str,
    values: &[Node],
    span: Span,
) -> Option<Node> {
    let reading = Reading { session, scope, span };
    match name {
        "file" => Some(reading.text(values)),
        "templatefile" => Some(reading.template_file(values)),
        "templatestring" => Some(reading.template_text(values)),
        "filebase64" => {
            let text = reading.text(values);
            let encoded = super::encode::encoding_function("base64encode", std::slice::from_ref(&text), span);
            Some(encoded.unwrap_or(text))
        }
        // A file that isn't here may be made before Terraform runs.
        "fileexists" => {
            let path = values.first().and_then(Node::as_str)?;
            reading.open(path).map(|_| Node::new(Value::Bool(true), span))
        }
        "fileset" => reading.names(values),
        // What stands in a file as a whole has its places there.
        "yamldecode" => {
            let (id, text) = reading.whole_file(values.first()?)?;
            super::yaml::decoded(id, &text, None)
        }
        _ => None,
    }
}

struct Reading<'r, 's> {
    session: &'r Session<'s>,
    scope: Scope<'r>,
    span: Span,
}

impl Reading<'_, '_> {
    /// A file of the repository. Paths are relative to the root module, or begin with `path.module` or `path.root`.
    fn open(&self, path: &str) -> Option<SourceId> {
        let root = self.session.deployment.strip_prefix('.').unwrap_or(&self.session.deployment);
        let local = if path.starts_with('.') { path.to_owned() } else { format!("./{path}") };
        let begins = |folder: &str| {
            let rest = cleaned(path).strip_prefix(folder).map(str::to_owned);
            rest.is_some_and(|rest| folder.is_empty() || rest.starts_with('/'))
        };
        let from_top = begins(&self.scope.instance.module.folder) || begins(root);
        let order = if from_top { ["", root] } else { [root, ""] };
        let mut paths = order.iter().filter_map(|from| local_folder(from, &local));
        paths.find_map(|path| self.session.store.open_path(&path).ok())
    }

    /// The file that a value is the text of.
    fn whole_file(&self, text: &Node) -> Option<(SourceId, std::sync::Arc<str>)> {
        let source = self.session.store.source(text.span.source);
        let whole = text.span == Span::file(text.span.source) && text.as_str() == Some(&*source.text);
        whole.then(|| (text.span.source, source.text.clone()))
    }

    fn text(&self, values: &[Node]) -> Node {
        let Some(path) = values.first().and_then(Node::as_str) else {
            return call("tf:file", values.to_vec(), self.span);
        };
        match self.open(path) {
            Some(id) => Node::text(self.session.store.source(id).text.clone(), Span::file(id)),
            None => Node::unknown(Why::Unreadable(path.into()), self.span),
        }
    }

    /// `templatefile(path, names)`: the file as a template, in which only these names mean anything.
    fn template_file(&self, values: &[Node]) -> Node {
        let [path, names] = values else { return refused("templatefile", self.span) };
        let Some(path) = path.as_str() else { return call("tf:templatefile", values.to_vec(), self.span) };
        let Some(id) = self.open(path) else { return Node::unknown(Why::Unreadable(path.into()), self.span) };
        let text = self.session.store.source(id).text.clone();
        match hcl::parse_template(id, &text) {
            Ok(template) => self.filled(&template, names, values),
            Err(_) => Node::unknown(Why::Unreadable(path.into()), self.span),
        }
    }

    /// `templatestring(text, names)`.
    fn template_text(&self, values: &[Node]) -> Node {
        let [text, names] = values else { return refused("templatestring", self.span) };
        let Some(written) = text.as_str() else { return call("tf:templatestring", values.to_vec(), self.span) };
        match hcl::parse_template_at(text.span, written) {
            Ok(template) => self.filled(&template, names, values),
            Err(_) => refused("templatestring", self.span),
        }
    }

    fn filled(&self, template: &Expr, names: &Node, values: &[Node]) -> Node {
        let named = members(names, self.span).filter(|_| names.as_map().is_some());
        let Some((named, None)) = named else { return call("tf:templatefile", values.to_vec(), self.span) };
        let named: Option<Vec<(String, Node)>> =
            named.into_iter().map(|(key, value)| Some((key.as_str()?.to_owned(), value))).collect();
        match named.filter(|named| named.len() <= MOST_NAMES) {
            Some(named) => self.with_names(template, &named, None),
            None => call("tf:templatefile", values.to_vec(), self.span),
        }
    }

    fn with_names(&self, template: &Expr, named: &[(String, Node)], outer: Option<&Names<'_>>) -> Node {
        match named.split_first() {
            Some(((name, value), rest)) => {
                let names = Names { name, value: value.clone(), outer };
                self.with_names(template, rest, Some(&names))
            }
            None => {
                let scope = Scope { names: outer, ..self.scope };
                let node = self.session.evaluate(scope, template);
                text_of(&node).map_or(node.clone(), |text| Node { value: Value::Str(text), ..node })
            }
        }
    }

    /// `fileset(folder, pattern)`, for patterns whose folders are written out.
    fn names(&self, values: &[Node]) -> Option<Node> {
        let [folder, pattern] = values else { return Some(refused("fileset", self.span)) };
        let (folder, pattern) = (folder.as_str()?, pattern.as_str()?);
        let (inner, last) = pattern.rsplit_once('/').unwrap_or(("", pattern));
        if inner.contains(['*', '?', '[', '{']) || last.contains("**") {
            return None;
        }
        let glob = globset::GlobBuilder::new(last).literal_separator(true).build().ok()?.compile_matcher();
        let root = self.session.deployment.strip_prefix('.').unwrap_or(&self.session.deployment);
        let own = &self.scope.instance.module.folder;
        let cleaned = cleaned(folder);
        let top = cleaned == **own || cleaned.starts_with(&format!("{own}/")) && !own.is_empty();
        let listed = local_folder(if top { "" } else { root }, &format!("./{folder}/{inner}"))?;
        let names = self.session.store.list(&listed).into_iter().filter(|name| glob.is_match(name));
        let path = |name: String| if inner.is_empty() { name } else { format!("{inner}/{name}") };
        let items: Vec<Node> = names.map(|name| Node::text(path(name), self.span)).collect();
        Some(Node::list(items, self.span))
    }
}
