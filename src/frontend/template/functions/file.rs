//! Functions that load a file beside the template.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::evaluate::{Evaluation, reason};
use super::super::frame::Scope;
use super::super::modules::unreadable;
use crate::frontend::node_of;
use crate::ir::{Node, Why};
use crate::source::{SourceId, Span, Via};
use crate::syntax::json;

impl Evaluation<'_> {
    /// `loadTextContent` and its kin.
    pub(super) fn of_file(&self, name: &str, values: &[Node], span: Span, scope: &Scope) -> Option<Node> {
        if !name.starts_with("load")
            || !matches!(
                name,
                "loadtextcontent"
                    | "loadjsoncontent"
                    | "loadyamlcontent"
                    | "loadfileasbase64"
                    | "loaddirectoryfileinfo"
            )
        {
            return None;
        }
        let path = values.first()?;
        let Some(path) = path.as_str() else { return Some(self.missing(reason(path), span)) };
        let source = match self.library.store.open(scope.frame.loaded.template.source, path) {
            Ok(source) => source,
            Err(error) => return Some(self.missing(unreadable(path, &error), span)),
        };
        let loaded = self.content(name, source, span)?.through(span, Via::Name);
        Some(match (name, values.get(1).and_then(Node::as_str)) {
            ("loadjsoncontent" | "loadyamlcontent", Some(path)) => self.selected(loaded, path, span),
            _ => loaded,
        })
    }

    fn content(&self, name: &str, source: SourceId, span: Span) -> Option<Node> {
        let file = self.library.store.source(source);
        let whole = Span::new(source, 0, file.text.len());
        Some(match name {
            "loadtextcontent" => Node::text(file.text.clone(), whole),
            "loadfileasbase64" => Node::text(STANDARD.encode(file.text.as_bytes()), whole),
            "loadjsoncontent" => match json::parse(source, &file.text) {
                (Some(tree), _, faults) if faults.is_empty() => node_of(&tree),
                _ => self.missing(Why::Unreadable(file.path.clone()), span),
            },
            "loadyamlcontent" => self.yaml(source, span),
            _ => self.missing(Why::UnsupportedCall(name.into()), span),
        })
    }

    fn yaml(&self, source: SourceId, span: Span) -> Node {
        let file = self.library.store.source(source);
        let (documents, _, faults) = crate::syntax::yaml::parse(source, &file.text);
        match documents.first().filter(|_| faults.is_empty()) {
            Some(document) => node_of(&document.root),
            None => self.missing(Why::Unreadable(file.path.clone()), span),
        }
    }

    /// A JSON path of plain members: `$.a.b[0]`; anything else is not evaluated.
    fn selected(&self, node: Node, path: &str, span: Span) -> Node {
        let plain = path.trim_start_matches("$.").trim_start_matches('$').replace('[', ".").replace(']', "");
        if plain.contains(['*', '?', '(', '\'', ':']) || plain.contains("..") {
            return self.missing(Why::UnsupportedSyntax("a JSON path".into()), span);
        }
        let steps: Vec<&str> = plain.split('.').filter(|step| !step.is_empty()).collect();
        match node.at(&steps) {
            Some(found) => found.clone(),
            None => self.missing(Why::UnresolvedName(path.into()), span),
        }
    }
}
