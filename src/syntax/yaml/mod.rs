//! YAML as Kubernetes reads it: several documents, aliases and merge keys unfolded, comments kept, every node with its
//! place. Duplicate keys are kept; who reads the tree decides what they mean.

mod expand;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Tag};

use self::expand::{Anchored, Anchors, merge};
use super::scalar::{ScalarTag, resolve};
use super::tree::{Comment, Fault, FaultKind, Member, Tree, TreeKind};
use crate::source::{SourceId, Span};

/// Nesting of block collections and of flow collections, each; both together bound the depth of a tree.
const DEEPEST: usize = 128;

/// Further faults of one file are not told.
const MOST_FAULTS: usize = 50;

/// One document of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its value; an empty document is `null`.
    pub root: Tree,
}

/// Reads a YAML text. A document with a syntax error is left out, those before and after it are kept.
pub fn parse(source: SourceId, text: &str) -> (Vec<Document>, Vec<Comment>, Vec<Fault>) {
    let mut parser = Parser::new_from_str_with_options(text, options());
    let mut builder = Builder::new(source, text);
    loop {
        match parser.next() {
            Some(Ok((event, span))) => builder.take(event, builder.place(span)),
            Some(Err(error)) => {
                builder.abandon(&error);
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
            None => break,
        }
    }
    builder.faults.truncate(MOST_FAULTS);
    (builder.documents, builder.comments, builder.faults)
}

fn options() -> Options {
    granit_parser::options! {
        block_scalar_eof_without_line_feed: true,
        emit_unresolved_aliases: true,
        max_buffered_comment_events: 100_000,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    }
}

/// Puts trees together from events. The stack is explicit, so that nesting costs no stack of the machine's.
struct Builder {
    source: SourceId,
    length: usize,
    /// Anchored trees are copied only when something could refer to them.
    has_aliases: bool,
    open: Vec<Frame>,
    root: Option<Tree>,
    anchors: Anchors,
    documents: Vec<Document>,
    comments: Vec<Comment>,
    faults: Vec<Fault>,
}

/// A collection that is not closed yet.
struct Frame {
    content: Content,
    span: Span,
    anchor: usize,
    nodes: usize,
    height: usize,
}

enum Content {
    List(Vec<Tree>),
    Map { members: Vec<Member>, merged: Vec<(Span, Tree)>, key: Option<Key> },
}

struct Key {
    /// None for a key that is a collection.
    text: Option<std::sync::Arc<str>>,
    span: Span,
    merges: bool,
}

impl Builder {
    fn new(source: SourceId, text: &str) -> Builder {
        Builder {
            source,
            length: text.len(),
            has_aliases: text.contains('*'),
            open: Vec::new(),
            root: None,
            anchors: Anchors::default(),
            documents: Vec::new(),
            comments: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn place(&self, span: granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or(0..0);
        Span::new(self.source, range.start, range.end)
    }

    fn take(&mut self, event: Event, span: Span) {
        match event {
            Event::DocumentStart(..) => self.reset(),
            Event::DocumentEnd => {
                let root = self.root.take().unwrap_or(Tree { kind: TreeKind::Null, span, via: Vec::new() });
                self.documents.push(Document { root });
                self.reset();
            }
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), span),
            Event::SequenceStart(_, anchor, _) => self.start(Content::List(Vec::new()), anchor, span),
            Event::MappingStart(_, anchor, _) => {
                let map = Content::Map { members: Vec::new(), merged: Vec::new(), key: None };
                self.start(map, anchor, span);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::UnresolvedAlias(_) => {
                self.fault(FaultKind::Syntax, "an alias names an anchor that nothing before it has".to_owned(), span);
                self.place_lost(span);
            }
            Event::Comment(text, _) => self.comments.push(Comment { span, text: text.trim().into() }),
            _ => {}
        }
    }

    /// Drops the document that has an error.
    fn abandon(&mut self, error: &ScanError) {
        let at = error.marker().byte_offset().unwrap_or(self.length).min(self.length);
        let span = Span::new(self.source, at, at);
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => {
                self.fault(FaultKind::Limit, format!("nested deeper than {DEEPEST} levels"), span);
            }
            ErrorKind::TooManyComments => self.fault(FaultKind::Limit, "too many comments in a row".to_owned(), span),
            kind => self.fault(FaultKind::Syntax, kind.to_string(), span),
        }
        self.reset();
    }

    fn reset(&mut self) {
        self.open.clear();
        self.root = None;
        self.anchors.forget();
    }

    fn fault(&mut self, kind: FaultKind, message: String, span: Span) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault { kind, message, span });
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, span: Span) {
        let plain = style == ScalarStyle::Plain;
        if self.wants_key() && tag.is_none() {
            if anchor != 0 && self.has_aliases {
                let tree = Tree { kind: resolve(text, plain, ScalarTag::None), span, via: Vec::new() };
                self.anchors.keep(anchor, Anchored { tree, nodes: 1, height: 0 });
            }
            return self.set_key(Key { text: Some(text.into()), span, merges: plain && text == "<<" });
        }
        let kind = resolve(text, plain, scalar_tag(tag));
        if kind == TreeKind::Lost {
            self.fault(FaultKind::Syntax, "the value doesn't have the form that its tag asks for".to_owned(), span);
        }
        self.put(Tree { kind, span, via: Vec::new() }, anchor, 1, 0);
    }

    fn start(&mut self, content: Content, anchor: usize, span: Span) {
        self.open.push(Frame { content, span, anchor, nodes: 1, height: 0 });
    }

    fn end(&mut self, end: Span) {
        let Some(frame) = self.open.pop() else { return };
        // The end of a block collection is told at the next token; its last child says better where it ends.
        let closed = end.end > end.start;
        let (kind, last) = match frame.content {
            Content::List(items) => {
                let last = items.last().filter(|item| item.via.is_empty()).map(|item| item.span);
                (TreeKind::List(items), last)
            }
            Content::Map { members, merged, .. } => {
                let last = members
                    .last()
                    .map(|member| if member.value.via.is_empty() { member.value.span } else { member.key_span });
                (TreeKind::Map(merge(members, merged)), last)
            }
        };
        let span = frame.span.to(if closed { end } else { last.unwrap_or(frame.span) });
        self.put(Tree { kind, span, via: Vec::new() }, frame.anchor, frame.nodes, frame.height + 1);
    }

    fn alias(&mut self, anchor: usize, span: Span) {
        match self.anchors.copy(anchor, span, self.open.len()) {
            Ok((tree, nodes, height)) => self.put(tree, 0, nodes, height),
            Err((kind, message)) => {
                self.fault(kind, message, span);
                self.place_lost(span);
            }
        }
    }

    fn place_lost(&mut self, span: Span) {
        self.put(Tree { kind: TreeKind::Lost, span, via: Vec::new() }, 0, 1, 0);
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Frame { content: Content::Map { key: None, .. }, .. }))
    }

    fn set_key(&mut self, new: Key) {
        if let Some(Frame { content: Content::Map { key, .. }, .. }) = self.open.last_mut() {
            *key = Some(new);
        }
    }

    /// Puts a finished node where it belongs: into the open collection, or at the root.
    fn put(&mut self, tree: Tree, anchor: usize, nodes: usize, height: usize) {
        if anchor != 0 && self.has_aliases {
            self.anchors.keep(anchor, Anchored { tree: tree.clone(), nodes, height });
        }
        if self.wants_key() {
            return self.put_key(tree);
        }
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(tree);
            return;
        };
        frame.nodes += nodes;
        frame.height = frame.height.max(height);
        match &mut frame.content {
            Content::List(items) => items.push(tree),
            Content::Map { members, merged, key } => match key.take() {
                Some(Key { merges: true, span, .. }) => merged.push((span, tree)),
                Some(Key { text: Some(key), span, .. }) => members.push(Member { key, key_span: span, value: tree }),
                _ => {}
            },
        }
    }

    /// A key that is an alias, tagged, or a collection; the last has no text, so its member is left out.
    fn put_key(&mut self, tree: Tree) {
        let span = tree.via.last().copied().unwrap_or(tree.span);
        let text = key_text(&tree.kind);
        if text.is_none() {
            self.fault(FaultKind::Syntax, "a key has to be a scalar".to_owned(), span);
        }
        self.set_key(Key { text, span, merges: false });
    }
}

fn key_text(kind: &TreeKind) -> Option<std::sync::Arc<str>> {
    match kind {
        TreeKind::Str(text) => Some(text.clone()),
        TreeKind::Int(value) => Some(value.to_string().into()),
        TreeKind::Float(value) => Some(value.to_string().into()),
        TreeKind::Bool(value) => Some(value.to_string().into()),
        TreeKind::Null => Some("null".into()),
        TreeKind::List(_) | TreeKind::Map(_) | TreeKind::Lost => None,
    }
}

fn scalar_tag(tag: Option<&Tag>) -> ScalarTag {
    let Some(tag) = tag else { return ScalarTag::None };
    tag.suffix_in_namespace("tag:yaml.org,2002:").map_or(ScalarTag::Str, |name| ScalarTag::of_core(&name))
}

#[cfg(test)]
mod tests;
