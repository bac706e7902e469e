//! The body of a block as an object: attributes, nested blocks as lists, `dynamic` blocks unfolded.

use std::sync::Arc;

use super::evaluate::{Session, members};
use super::scope::{Names, Scope};
use super::value::over_choice;
use crate::ir::{Entry, List, Map, Node, Value, Why};
use crate::syntax::hcl::{Block, Body, Expr};

/// What says how a block is deployed, not what.
const META: [&str; 6] = ["count", "for_each", "provider", "providers", "depends_on", "source"];
const META_BLOCKS: [&str; 5] = ["lifecycle", "provisioner", "connection", "timeouts", "dynamic"];

/// Where a body keeps the names of the dynamic blocks that their conditions leave out: such a block is not forgotten.
pub(super) const LEFT_OUT: &str = "dynamic";

/// Where the body of a resource in a plan keeps the names of what nobody wrote: Azure worked it out.
pub(super) const COMPUTED: &str = "computed";

fn left_out(body: &Body, entries: &[Entry], span: crate::source::Span) -> Option<Entry> {
    let empty = |name: &str| {
        let list =
            entries.iter().find(|entry| entry.key.as_str() == Some(name)).and_then(|entry| entry.value.as_list());
        list.is_some_and(|list| list.items.is_empty() && list.open.is_none())
    };
    let dynamic = body.blocks.iter().filter(|block| &*block.kind == "dynamic").filter_map(|block| block.labels.first());
    let names: Vec<Node> = dynamic.filter(|name| empty(name)).map(|name| Node::text(name.clone(), span)).collect();
    (!names.is_empty()).then(|| Entry::new(LEFT_OUT, span, Node::list(names, span)))
}

impl Session<'_> {
    /// The body of a resource or block, in Terraform's vocabulary.
    pub(super) fn body(&self, scope: Scope<'_>, body: &Body, span: crate::source::Span, top: bool) -> Node {
        let mut entries = Vec::new();
        for attribute in &body.attributes {
            if top && META.contains(&&*attribute.name) {
                continue;
            }
            let value = self.evaluate(scope, &attribute.value);
            entries.push(Entry { key: Node::text(attribute.name.clone(), attribute.name_span), value });
        }
        for block in &body.blocks {
            let name = if &*block.kind == "dynamic" { block.labels.first() } else { Some(&block.kind) };
            let Some(name) = name else { continue };
            let meta = top && &*block.kind != "dynamic" && META_BLOCKS.contains(&&**name);
            if meta || entries.iter().any(|entry: &Entry| entry.key.as_str() == Some(name)) {
                continue;
            }
            if let Some(value) = self.blocks_of(scope, body, name) {
                entries.push(Entry { key: Node::text(name.clone(), block.head), value });
            }
        }
        if top {
            entries.extend(left_out(body, &entries, span));
        }
        Node::map(entries, span)
    }

    /// All blocks of a kind, also the dynamic ones, as a list; nothing when there are none.
    pub(super) fn blocks_of(&self, scope: Scope<'_>, body: &Body, name: &str) -> Option<Node> {
        let mut list = List::default();
        let mut span = None;
        for block in &body.blocks {
            if &*block.kind == name {
                span = span.or(Some(block.extent));
                list.items.push(self.body(scope, &block.body, block.extent, false));
            } else if &*block.kind == "dynamic" && block.labels.first().is_some_and(|label| &**label == name) {
                span = span.or(Some(block.extent));
                self.dynamic(scope, block, name, &mut list);
            }
        }
        span.map(|span| Node::new(Value::List(Arc::new(list)), span))
    }

    fn dynamic(&self, scope: Scope<'_>, block: &Block, name: &str, list: &mut List) {
        let content = block.body.blocks.iter().find(|inner| &*inner.kind == "content");
        let (Some(content), Some(over)) = (content, block.body.attribute("for_each")) else { return };
        let iterator: Arc<str> = match block.body.attribute("iterator").map(|iterator: &Expr| &iterator.kind) {
            Some(crate::syntax::hcl::ExprKind::Name(name)) => name.clone(),
            _ => name.into(),
        };
        let over = self.evaluate(scope, over);
        // A collection that may be empty gives blocks that may be absent.
        let mut conditional = false;
        let sure = over_choice(&over, over.span, &mut |arm| arm.clone());
        let arms: Vec<Node> = match &sure.value {
            Value::Choice(choice) => {
                conditional = true;
                vec![choice.yes.clone(), choice.no.clone()]
            }
            _ => vec![sure],
        };
        for arm in arms {
            let Some((members, open)) = members(&arm, block.extent) else {
                let why = arm.why().cloned().unwrap_or_else(|| Why::Element("a dynamic block".into()));
                list.open = Some(why);
                continue;
            };
            list.open = list.open.take().or(open);
            for (key, value) in members {
                let pair = |key: Node, value: Node| {
                    let entries = vec![Entry::new("key", block.extent, key), Entry::new("value", block.extent, value)];
                    Node::new(Value::Map(Arc::new(Map { entries, open: None })), block.extent)
                };
                let names = Names { name: &iterator, value: pair(key, value), outer: scope.names };
                let inner = Scope { names: Some(&names), ..scope };
                list.items.push(self.body(inner, &content.body, content.extent, false));
            }
        }
        if conditional {
            list.open =
                list.open.take().or_else(|| Some(Why::UnsupportedSyntax("a block that depends on a condition".into())));
        }
    }
}
