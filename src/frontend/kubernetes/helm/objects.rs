//! Rendered text read as manifests: every value gets the place where its author would change it, holes become unknowns.

use std::sync::Arc;

use super::super::manifest::{NAMES, Object, veiled};
use super::blocks::{divided, settled};
use super::machine::Machine;
use super::text::{Mark, Text, composed, has_hole, hole, is_block};
use crate::ir::placeholder::{Placeholders, filled_in_later};
use crate::ir::{Entry, Gap, Hides, List, Map, Node, Value, Why};
use crate::source::{SourceId, Span, Via};
use crate::syntax::tree::{Fault, Member, Tree, TreeKind};
use crate::syntax::yaml;

/// What a template gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    pub(super) objects: Vec<Object>,
    pub(super) gaps: Vec<Gap>,
}

/// Reads what the template `source` rendered.
pub(super) fn read(machine: &Machine<'_>, source: SourceId, text: &Text) -> Given {
    let text = settled(&divided(text));
    let reader = Reader { machine, source, text: &text };
    let (documents, _, faults) = yaml::parse(source, &text.text);
    let mut given = Given::default();
    for document in &documents {
        reader.collect(&document.root, &mut given);
    }
    given.gaps.extend(faults.iter().map(|fault| reader.broken(fault)));
    given
}

struct Reader<'a> {
    machine: &'a Machine<'a>,
    source: SourceId,
    text: &'a Text,
}

impl Reader<'_> {
    fn broken(&self, fault: &Fault) -> Gap {
        let why = Why::UnsupportedSyntax(format!("what a template gives ({})", fault.message).into());
        Gap { why, span: self.place(fault.span).0, hides: Some(Hides::Anything) }
    }

    fn hidden(&self, given: &mut Given, why: Why, span: Span) {
        given.gaps.push(Gap { why, span: self.place(span).0, hides: Some(Hides::Anything) });
    }

    /// The objects of a document; a list of objects is as good as its items.
    fn collect(&self, tree: &Tree, given: &mut Given) {
        match &tree.kind {
            TreeKind::Str(text) if has_hole(text) => {
                let why = text.chars().find_map(hole).and_then(|at| self.machine.node_of_hole(at).why().cloned());
                return self.hidden(given, why.unwrap_or(Why::TemplateText), tree.span);
            }
            TreeKind::Map(members) if members.iter().any(|member| has_hole(&member.key)) => {
                self.hidden(given, Why::TemplateText, tree.span);
            }
            _ => {}
        }
        let text = |key: &str| tree.get(key).and_then(Tree::as_str).map(Arc::<str>::from);
        let (Some(api_version), Some(kind)) = (text("apiVersion"), text("kind")) else { return };
        if has_hole(&api_version) || has_hole(&kind) {
            return self.hidden(given, Why::TemplateText, tree.span);
        }
        if let Some(items) = tree.get("items").and_then(Tree::as_list).filter(|_| kind.ends_with("List")) {
            return items.iter().for_each(|item| self.collect(item, given));
        }
        let mut body = self.node(tree, "");
        if is_test(&body) {
            return;
        }
        if &*api_version == "v1" && &*kind == "Secret" {
            body = veiled(body);
        }
        given.objects.push(Object { api_version, kind, body, extent: self.extent(tree.span) });
    }

    /// The marks that a part of the text touches.
    fn marks(&self, span: Span) -> &[Mark] {
        self.text.touched(span.range().start, span.range().end)
    }

    /// Where a part of the text was written, the action that put it there, and whether it is secret.
    fn place(&self, span: Span) -> (Span, Option<Span>, bool) {
        let touched = self.marks(span);
        let secret = touched.iter().any(|mark| mark.origin.secret);
        if let Some(mark) = touched.iter().find(|mark| mark.origin.secret) {
            return (mark.origin.span, mark.via, true);
        }
        // A value decides more than the template around it; blanks around it decide nothing.
        if let Some(mark) = touched.iter().find(|mark| mark.origin.is_value) {
            return (mark.origin.span, mark.via, secret);
        }
        let found = touched.first().copied().or_else(|| {
            let at = self.text.marks.partition_point(|mark| mark.end <= span.range().start);
            self.text.marks.get(at.saturating_sub(1)).copied()
        });
        let Some(mark) = found else { return (Span::file(self.source), None, secret) };
        (exact(&mark, span), mark.via, secret)
    }

    /// Where the template asks for a name that another one makes of words of its own: the action in the template, as there
    /// is no value to change.
    fn named(&self, span: Span) -> Option<Span> {
        let touched = self.marks(span);
        let first = touched.first().filter(|mark| mark.origin.span.source != self.source)?;
        let outer = first.outer.filter(|outer| outer.source == self.source);
        outer.filter(|_| !touched.iter().any(|mark| mark.origin.is_value))
    }

    /// Where a template puts a text together of what several places say, when no one place can be blamed for it: it holds a
    /// secret, or was encoded since.
    fn composer(&self, span: Span) -> Option<Span> {
        let touched = self.marks(span);
        let blames_one = |mark: &Mark| !mark.origin.secret && !mark.origin.composed;
        let range = span.range();
        if touched.iter().all(blames_one) || !composed(&self.text.text, touched, range.start, range.end) {
            return None;
        }
        let first = touched.first()?;
        let written_here = !first.origin.is_value && first.origin.span.source == self.source;
        if written_here { Some(exact(first, span)) } else { first.outer }
    }

    /// The part of the template file that an object takes.
    fn extent(&self, span: Span) -> Span {
        let mut own =
            self.marks(span).iter().filter(|mark| mark.origin.span.source == self.source && !mark.origin.is_value);
        if let Some(first) = own.next() {
            let last = own.next_back().unwrap_or(first);
            return exact(first, span).to(exact(last, span));
        }
        let mut via = self.marks(span).iter().filter_map(|mark| mark.via).filter(|via| via.source == self.source);
        via.next().unwrap_or_else(|| Span::file(self.source))
    }

    fn node(&self, tree: &Tree, key: &str) -> Node {
        let (span, via, secret) = match &tree.kind {
            // Where an object or a list begins in the template.
            TreeKind::Map(_) | TreeKind::List(_) => (self.start(tree.span), None, false),
            _ => match self.named(tree.span).filter(|_| key == "name") {
                Some(place) => (place, None, false),
                None => self.place(tree.span),
            },
        };
        let node = match &tree.kind {
            TreeKind::Null | TreeKind::Lost => Node::null(span),
            TreeKind::Bool(value) => Node::new(Value::Bool(*value), span),
            TreeKind::Int(value) => Node::new(Value::Int(*value), span),
            TreeKind::Float(value) => Node::new(Value::Float(*value), span),
            TreeKind::Str(text) => self.scalar(text, key, span),
            TreeKind::List(items) => self.list(items, span),
            TreeKind::Map(members) => self.map(members, span),
        };
        let node = if secret { node.secret() } else { node };
        let node = tree.via.iter().fold(node, |node, &alias| node.through(self.place(alias).0, Via::Alias));
        let composer = match &tree.kind {
            TreeKind::Str(_) => self.composer(tree.span),
            _ => None,
        };
        match (composer, via.filter(|via| *via != span)) {
            (Some(composer), _) => node.through(composer, Via::Composed),
            (None, Some(via)) => node.through(via, Via::Overlay),
            (None, None) => node,
        }
    }

    /// Where something with members begins.
    fn start(&self, span: Span) -> Span {
        let first = self.marks(span).first();
        match first {
            Some(mark) if mark.origin.is_value => mark.origin.span,
            Some(mark) => {
                let inside = Span { end: span.end.min(u32::try_from(mark.end).unwrap_or(u32::MAX)), ..span };
                exact(mark, inside)
            }
            None => self.place(span).0,
        }
    }

    fn scalar(&self, text: &str, key: &str, span: Span) -> Node {
        let piece = |text: &str| match NAMES.contains(&key) {
            true => filled_in_later(text, Placeholders::AnyStyle, span),
            false => Node::text(text, span),
        };
        // `user:password@host/image` is refused by the kubelet, and nothing to be shown.
        let credentials = key == "image" && text.split('/').next().is_some_and(|host| host.contains('@'));
        if let Some(incomplete) = incomplete_image(text, key, span) {
            return incomplete;
        }
        if !has_hole(text) {
            return if credentials { Node::text(text, span).secret() } else { piece(text) };
        }
        let mut pieces = Vec::new();
        let mut from = 0;
        for (at, letter) in text.char_indices() {
            if let Some(number) = hole(letter) {
                pieces.push(piece(text.get(from..at).unwrap_or_default()));
                pieces.push(self.machine.node_of_hole(number));
                from = at + letter.len_utf8();
            }
        }
        pieces.push(piece(text.get(from..).unwrap_or_default()));
        let whole = Node::concat(pieces, span);
        if credentials { whole.secret() } else { whole }
    }

    fn list(&self, items: &[Tree], span: Span) -> Node {
        let mut list = List::default();
        for item in items {
            let block = item.as_str().and_then(|text| text.chars().next()).filter(|letter| is_block(*letter));
            match block.and_then(hole) {
                Some(at) => list.open = Some(self.machine.node_of_hole(at).why().cloned().unwrap_or(Why::TemplateText)),
                None => list.items.push(self.node(item, "")),
            }
        }
        Node::new(Value::List(Arc::new(list)), span)
    }

    fn map(&self, members: &[Member], span: Span) -> Node {
        let mut map = Map::default();
        for member in members {
            if let Some(at) = member.key.chars().find_map(hole) {
                map.open = Some(self.machine.node_of_hole(at).why().cloned().unwrap_or(Why::TemplateText));
                continue;
            }
            let key_span = self.place(member.key_span).0;
            let value = self.node(&member.value, &member.key);
            map.entries.push(Entry { key: Node::text(member.key.clone(), key_span), value });
        }
        Node::new(Value::Map(Arc::new(map)), span)
    }
}

/// An image of which a part is left empty in the values: whoever installs the chart gives it.
fn incomplete_image(text: &str, key: &str, span: Span) -> Option<Node> {
    if key != "image" || has_hole(text) {
        return None;
    }
    let rest = || Node::unknown(Why::Parameter("a part of the image".into()), span);
    let known = |text: &str| Node::text(text, span);
    if text.is_empty() || text == ":" {
        return Some(rest());
    }
    if text.ends_with([':', '/', '@']) {
        return Some(Node::concat(vec![known(text), rest()], span));
    }
    if text.starts_with([':', '/', '@']) {
        return Some(Node::concat(vec![rest(), known(text)], span));
    }
    let at = ["//", "/:", ":@", "/@"].iter().find_map(|gap| text.find(gap))?;
    let (before, after) = text.split_at_checked(at + 1)?;
    Some(Node::concat(vec![known(before), rest(), known(after)], span))
}

/// The part of a mark's origin that a part of the text covers.
fn exact(mark: &Mark, span: Span) -> Span {
    let origin = mark.origin.span.range();
    let range = span.range();
    let at = |offset: usize| (origin.start + offset.saturating_sub(mark.start)).clamp(origin.start, origin.end);
    Span::new(mark.origin.span.source, at(range.start), at(range.end.min(mark.end)))
}

/// Whether `helm test` runs the object, and nothing else does.
fn is_test(body: &Node) -> bool {
    let hooks = body.at(&["metadata", "annotations"]).and_then(|it| it.get("helm.sh/hook")).and_then(Node::as_str);
    hooks.is_some_and(|hooks| hooks.split(',').any(|hook| hook.trim().starts_with("test")))
}
