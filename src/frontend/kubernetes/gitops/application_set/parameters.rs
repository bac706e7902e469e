//! Parameters of an application, and how they get into the texts of its template.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::frontend::kubernetes::gitops::written;
use crate::ir::{Entry, List, Map, Node, Value, Why};
use crate::source::{Span, Store, Via};

/// The language of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `{{path.basename}}`: names are replaced.
    Plain,
    /// `{{ .path.basename }}`: a template of Go.
    Go,
}

/// One set of parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    /// By their names with dots; segments of paths as `path[0]`.
    pub(super) known: BTreeMap<String, Node>,
    /// What a generator adds to the template.
    pub(super) template: Option<Node>,
    /// Why there may be no such set.
    pub(super) perhaps: Option<Why>,
}

static ACTION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)\{\{(.*?)\}\}").ok());
static INDEX: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^index\s+\.([A-Za-z0-9_.]+)\.segments\s+(\d+)$").ok());

impl Parameters {
    /// Takes a value in, an object member by member.
    pub(super) fn take(&mut self, name: &str, value: &Node, depth: usize) {
        match value.as_map() {
            Some(map) if depth < 8 => {
                for entry in &map.entries {
                    let Some(key) = entry.key.as_str() else { continue };
                    let name = if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
                    self.take(&name, &entry.value, depth + 1);
                }
            }
            _ => drop(self.known.insert(name.to_owned(), value.clone())),
        }
    }

    /// Takes in the names that a path has.
    pub(super) fn take_path(&mut self, prefix: &str, path: &str, style: Style, span: Span) {
        let text = |text: &str| Node::text(text, span);
        let name = |rest: &str| format!("{prefix}path{rest}");
        let base = path.rsplit('/').next().unwrap_or(path);
        self.known.insert(name(if style == Style::Go { ".path" } else { "" }), text(path));
        self.known.insert(name(".basename"), text(base));
        self.known.insert(name(".basenameNormalized"), text(&base.to_ascii_lowercase().replace('_', "-")));
        for (at, part) in path.split('/').enumerate() {
            self.known.insert(name(&format!("[{at}]")), text(part));
        }
    }

    /// These parameters, and those of `other` over them.
    pub(super) fn and(&self, other: &Parameters) -> Parameters {
        let mut both = self.clone();
        both.known.extend(other.known.clone());
        both.template = other.template.clone().or(both.template);
        both.perhaps = both.perhaps.or_else(|| other.perhaps.clone());
        both
    }

    /// The value with parameters in its texts; what is not known becomes an unknown piece.
    pub(super) fn put_into(&self, store: &Store, node: &Node, style: Style) -> Node {
        let inside = |node: &Node| self.put_into(store, node, style);
        let value = match &node.value {
            Value::List(list) => {
                let items = list.items.iter().map(inside).collect();
                Value::List(Arc::new(List { items, open: list.open.clone() }))
            }
            Value::Map(map) => {
                let entry = |entry: &Entry| Entry { key: entry.key.clone(), value: inside(&entry.value) };
                Value::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), open: map.open.clone() }))
            }
            _ => {
                let text = written(store, node).filter(|text| text.contains("{{"));
                return text.and_then(|text| self.text(&text, style, node.span)).unwrap_or_else(|| node.clone());
            }
        };
        Node { value, ..node.clone() }
    }

    fn text(&self, text: &str, style: Style, span: Span) -> Option<Node> {
        let (mut pieces, mut end) = (Vec::new(), 0);
        for found in ACTION.as_ref()?.captures_iter(text) {
            let whole = found.get(0)?;
            pieces.push(Node::text(text.get(end..whole.start())?, span));
            let value = self.value(found.get(1)?.as_str().trim(), style);
            pieces.push(value.unwrap_or_else(|| Node::unknown(Why::TemplateText, span)));
            end = whole.end();
        }
        pieces.push(Node::text(text.get(end..)?, span));
        Some(Node::concat(pieces, span).through(span, Via::Overlay))
    }

    fn value(&self, action: &str, style: Style) -> Option<Node> {
        let name = match style {
            Style::Plain => action.to_owned(),
            Style::Go => match INDEX.as_ref()?.captures(action) {
                Some(found) => format!("{}[{}]", found.get(1)?.as_str(), found.get(2)?.as_str()),
                None => action.strip_prefix('.')?.to_owned(),
            },
        };
        self.known.get(&name).filter(|node| node.is_plain() || matches!(node.value, Value::Concat(_))).cloned()
    }
}
