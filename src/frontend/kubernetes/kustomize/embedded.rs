//! YAML and JSON that stand in a file of their own or inside of a text, with places that can be edited.

use crate::frontend::node_of;
use crate::ir::{Entry, Node, Value, Why};
use crate::source::{SourceId, Span, Store, Via};
use crate::syntax::yaml;

/// The documents of a text that the value holds; nothing when it is no YAML.
pub(super) fn documents(store: &Store, text: &Node) -> Option<Vec<Node>> {
    let content = text.as_str()?;
    let roots = parsed(text.span.source, content)?;
    let lines = Lines::of(store, text.span, content);
    Some(roots.into_iter().map(|root| moved(root, &lines)).collect())
}

/// The documents of a file; `used` is the line that names it.
pub(super) fn documents_of_file(store: &Store, id: SourceId, used: Span) -> Option<Vec<Node>> {
    let roots = parsed(id, &store.source(id).text)?;
    Some(roots.into_iter().map(|root| passed(root, used)).collect())
}

/// The documents of a text. What kustomize takes for an object as a key (`port: {{ .Values.port }}`) is not known.
fn parsed(id: SourceId, text: &str) -> Option<Vec<Node>> {
    let (documents, _, faults) = yaml::parse(id, text);
    let is_action =
        |span: Span| text.get(span.range().start.saturating_sub(1)..).is_some_and(|rest| rest.starts_with("{{"));
    let readable = faults.iter().all(|fault| is_action(fault.span));
    let roots = documents.iter().map(|document| node_of(&document.root)).filter(|root| !root.is_null());
    let opened = |root: Node| match faults.is_empty() {
        true => root,
        false => changed(root, &mut |node| {
            let begins = text.get(node.span.range().start..).is_some_and(|rest| rest.starts_with("{{"));
            if begins && node.as_map().is_some() {
                node.value = Node::unknown(Why::TemplateText, node.span).value;
            }
        }),
    };
    readable.then(|| roots.map(opened).collect())
}

/// Every value, seen through the line that names its file.
fn passed(node: Node, used: Span) -> Node {
    changed(node, &mut |node| node.trail = node.trail.through(used, Via::Overlay))
}

fn moved(node: Node, lines: &Lines) -> Node {
    changed(node, &mut |node| {
        node.span = lines.place(node.span);
        node.trail = Default::default();
    })
}

/// The value with all values in it changed. Trees are of bounded depth.
fn changed(mut node: Node, change: &mut dyn FnMut(&mut Node)) -> Node {
    change(&mut node);
    node.value = match node.value {
        Value::List(list) => {
            let items = list.items.iter().cloned().map(|item| changed(item, change)).collect();
            Node::list(items, node.span).value
        }
        Value::Map(map) => {
            let mut entries = Vec::new();
            for entry in &map.entries {
                let mut key = entry.key.clone();
                change(&mut key);
                entries.push(Entry { key, value: changed(entry.value.clone(), change) });
            }
            Node::map(entries, node.span).value
        }
        value => value,
    };
    node
}

/// Where the lines of a block scalar stand in the file.
struct Lines {
    whole: Span,
    /// First byte in the text, its length, and first byte in the file; none when that can't be told.
    starts: Vec<(usize, usize, usize)>,
}

impl Lines {
    fn of(store: &Store, whole: Span, content: &str) -> Lines {
        let source = store.source(whole.source);
        Lines { whole, starts: Lines::starts(&source.text, whole, content).unwrap_or_default() }
    }

    fn starts(file: &str, whole: Span, content: &str) -> Option<Vec<(usize, usize, usize)>> {
        let (before, _) = file.split_at_checked(whole.range().start)?;
        let mut at = before.rfind('\n')? + 1;
        let header = before.get(..at)?.trim_end().rsplit('\n').next().unwrap_or_default();
        let header = header.split(" #").next().unwrap_or_default().trim_end();
        if !header.trim_end_matches(['-', '+', '1', '2', '3', '4', '5', '6', '7', '8', '9']).ends_with('|') {
            return None;
        }
        let (mut starts, mut in_text) = (Vec::new(), 0);
        for line in content.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            let there = file.get(at..)?.split_inclusive('\n').next().unwrap_or_default();
            let there_bare = there.trim_end_matches(['\n', '\r']);
            let indent = there_bare.len().checked_sub(bare.len()).filter(|_| there_bare.ends_with(bare))?;
            starts.push((in_text, line.len(), at + indent));
            at += there.len();
            in_text += line.len();
        }
        Some(starts)
    }

    fn place(&self, span: Span) -> Span {
        match (self.offset(span.range().start), self.offset(span.range().end)) {
            (Some(start), Some(end)) => Span::new(self.whole.source, start, end),
            (Some(start), None) => Span::new(self.whole.source, start, start),
            _ => self.whole,
        }
    }

    fn offset(&self, offset: usize) -> Option<usize> {
        let line = self.starts.iter().rev().find(|(start, _, _)| *start <= offset)?;
        let (start, length, at) = *line;
        Some(at + (offset - start).min(length))
    }
}
