//! The JSON spelling of the language.
//!
//! Nothing in JSON says what is a block and what an argument; a member that could be either is both here: the argument
//! holds an object or a list of objects, which is the shape that blocks have when they are read. Only the top level, whose
//! blocks are the language's own, and the blocks that Terraform itself reads inside of them are taken apart.

use std::sync::Arc;

use super::cursor::{Cursor, Place};
use super::{Attribute, Block, Body, Expr, ExprKind};
use crate::source::{SourceId, Span};
use crate::syntax::json;
use crate::syntax::tree::{Fault, Member, Tree, TreeKind};

/// Top-level blocks, and how many labels each has.
const TOP: [(&str, usize); 15] = [
    ("resource", 2),
    ("data", 2),
    ("ephemeral", 2),
    ("module", 1),
    ("provider", 1),
    ("variable", 1),
    ("output", 1),
    ("check", 1),
    ("locals", 0),
    ("terraform", 0),
    ("moved", 0),
    ("removed", 0),
    ("import", 0),
    ("encryption", 0),
    ("provider_meta", 1),
];
/// How many labels a block has that is Terraform's own, within a block of this kind.
fn labels_within(kind: &str, name: &str) -> Option<usize> {
    match (kind, name) {
        ("resource" | "data" | "module" | "ephemeral", "lifecycle" | "connection") => Some(0),
        ("resource" | "data" | "module" | "content", "dynamic") | ("resource", "provisioner") => Some(1),
        ("dynamic", "content") | ("variable", "validation") => Some(0),
        ("lifecycle" | "output", "precondition" | "postcondition") => Some(0),
        _ => None,
    }
}

/// Arguments that hold a name of the language, written as a string.
const NAMES: [&str; 8] =
    ["provider", "type", "depends_on", "ignore_changes", "iterator", "replace_triggered_by", "providers", "from"];
/// Arguments whose strings are no templates.
const LITERAL: [&str; 3] = ["source", "version", "description"];

/// Reads a file.
pub(super) fn file(source: SourceId, text: &str) -> (Body, Vec<Fault>) {
    let (tree, _, mut faults) = json::parse(source, text);
    let mut reader = Reader { text, faults: Vec::new() };
    let mut body = Body::default();
    for member in tree.iter().flat_map(objects).flatten() {
        let labels = TOP.iter().find(|(name, _)| *name == &*member.key).map(|(_, labels)| *labels);
        if let Some(labels) = labels {
            reader.blocks(member, labels, &mut body.blocks);
        }
    }
    faults.extend(reader.faults);
    (body, faults)
}

struct Reader<'t> {
    text: &'t str,
    faults: Vec<Fault>,
}

/// The objects that a value holds: itself, or those of a list.
fn objects(tree: &Tree) -> Vec<&[Member]> {
    match &tree.kind {
        TreeKind::Map(members) => vec![members],
        TreeKind::List(items) => items.iter().filter_map(Tree::as_map).collect(),
        _ => Vec::new(),
    }
}

impl Reader<'_> {
    fn blocks(&mut self, member: &Member, labels: usize, blocks: &mut Vec<Block>) {
        self.labelled(member, &member.value, labels, &mut Vec::new(), member.key_span, blocks);
    }

    /// Each label is an object, or a list of objects, around the next.
    fn labelled(
        &mut self,
        kind: &Member,
        tree: &Tree,
        left: usize,
        labels: &mut Vec<Arc<str>>,
        head: Span,
        blocks: &mut Vec<Block>,
    ) {
        if left > 0 {
            for label in objects(tree).into_iter().flatten().filter(|label| &*label.key != "//") {
                labels.push(label.key.clone());
                self.labelled(kind, &label.value, left - 1, labels, label.key_span, blocks);
                labels.pop();
            }
            return;
        }
        let items = match &tree.kind {
            TreeKind::List(items) => items.iter().collect(),
            _ => vec![tree],
        };
        for item in items.into_iter().filter(|item| item.as_map().is_some()) {
            let body = self.body(&kind.key, item);
            blocks.push(Block { kind: kind.key.clone(), labels: labels.clone(), head, extent: item.span, body });
        }
    }

    fn body(&mut self, kind: &str, tree: &Tree) -> Body {
        let mut body = Body::default();
        for member in tree.as_map().unwrap_or_default().iter().filter(|member| &*member.key != "//") {
            match labels_within(kind, &member.key) {
                Some(labels) => self.blocks(member, labels, &mut body.blocks),
                None => {
                    let value = self.argument(kind, member);
                    body.attributes.push(Attribute { name: member.key.clone(), name_span: member.key_span, value });
                }
            }
        }
        body
    }

    fn argument(&mut self, kind: &str, member: &Member) -> Expr {
        let key = &*member.key;
        let named = NAMES.contains(&key) && kind != "locals";
        match kind {
            // A default can't refer to anything, and its strings are taken as they are.
            "variable" if key == "default" => self.expr(&member.value, false),
            "variable" if key == "type" => self.reference(&member.value),
            "module" if LITERAL.contains(&key) => self.expr(&member.value, false),
            "variable" | "output" | "terraform" | "provider" if LITERAL.contains(&key) => {
                self.expr(&member.value, false)
            }
            "resource" | "data" | "module" | "dynamic" | "lifecycle" | "removed" | "moved" | "output" if named => {
                self.reference(&member.value)
            }
            _ => self.expr(&member.value, true),
        }
    }

    fn expr(&mut self, tree: &Tree, templates: bool) -> Expr {
        let kind = match &tree.kind {
            TreeKind::Null | TreeKind::Lost => ExprKind::Null,
            TreeKind::Bool(value) => ExprKind::Bool(*value),
            TreeKind::Int(value) => ExprKind::Int(*value),
            TreeKind::Float(value) => ExprKind::Float(*value),
            TreeKind::Str(text) if templates => return self.template(text, tree.span),
            TreeKind::Str(text) => ExprKind::Text(text.clone()),
            TreeKind::List(items) => ExprKind::List(items.iter().map(|item| self.expr(item, templates)).collect()),
            TreeKind::Map(members) => {
                let members = members.iter().filter(|member| &*member.key != "//" || !templates);
                ExprKind::Object(members.map(|member| self.member(member, templates)).collect())
            }
        };
        Expr { kind, span: tree.span }
    }

    fn member(&mut self, member: &Member, templates: bool) -> (Expr, Expr) {
        let key = match templates {
            true => self.template(&member.key, member.key_span),
            false => Expr { kind: ExprKind::Text(member.key.clone()), span: member.key_span },
        };
        (key, self.expr(&member.value, templates))
    }

    /// A string is a template. One without escapes stands in the file as it is, so that its pieces have their places.
    fn template(&mut self, text: &str, span: Span) -> Expr {
        let inside = span.range().start + 1..span.range().end.saturating_sub(1);
        let place = match self.text.get(inside.clone()) {
            Some(written) if written == text => Place::From(span.source, inside.start),
            _ => Place::All(span),
        };
        let mut cursor = Cursor::new(text, place);
        match cursor.whole_template() {
            Ok(expr) => Expr { span, ..expr },
            Err(broken) => {
                let kind = super::fault_kind(&broken);
                self.faults.push(Fault { kind, message: broken.message, span });
                Expr { kind: ExprKind::Null, span }
            }
        }
    }

    /// A string that names something, as if it were written without quotes; anything else as a value.
    fn reference(&mut self, tree: &Tree) -> Expr {
        match &tree.kind {
            TreeKind::Str(text) => {
                let bare = text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).unwrap_or(text);
                let mut cursor = Cursor::new(bare, Place::All(tree.span));
                let read = cursor.expression().ok().filter(|_| cursor.rest().is_empty());
                read.unwrap_or_else(|| Expr { kind: ExprKind::Text(text.clone()), span: tree.span })
            }
            TreeKind::List(items) => {
                let items = items.iter().map(|item| self.reference(item)).collect();
                Expr { kind: ExprKind::List(items), span: tree.span }
            }
            TreeKind::Map(members) => {
                let key = |member: &Member| Expr { kind: ExprKind::Text(member.key.clone()), span: member.key_span };
                let members = members.iter().map(|member| (key(member), self.reference(&member.value))).collect();
                Expr { kind: ExprKind::Object(members), span: tree.span }
            }
            _ => self.expr(tree, false),
        }
    }
}
