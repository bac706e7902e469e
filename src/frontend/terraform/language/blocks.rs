//! The body of a block as an object: attributes, nested blocks as lists, `dynamic` blocks unfolded.

use std::sync::Arc;

use super::evaluate::Session;
use super::keys::members;
use super::scope::{Names, Scope};
use crate::frontend::terraform::tables::attributes::LEFT_OUT;
use crate::frontend::terraform::tables::conditional;
use crate::frontend::terraform::value::{failure, over_choice};
use crate::ir::{Entry, List, Map, Node, Value, Why};
use crate::source::Span;
use crate::syntax::hcl::{Block, Body, Expr, ExprKind};

/// What says how a block is deployed, not what.
const META: [&str; 6] = ["count", "for_each", "provider", "providers", "depends_on", "source"];
const META_BLOCKS: [&str; 5] = ["lifecycle", "provisioner", "connection", "timeouts", "dynamic"];

/// Blocks that may stand once or several times. The JSON spelling has an object for one and a list for several.
const BLOCKS: [&str; 29] = [
    "default_node_pool",
    "agent_pool_profile",
    "identity",
    "kubelet_identity",
    "network_profile",
    "service_principal",
    "network_rule_set",
    "ip_rule",
    "virtual_network",
    "georeplications",
    "private_service_connection",
    "private_dns_zone_group",
    "permissions",
    "nat_gateway_profile",
    "load_balancer_profile",
    "aci_connector_linux",
    "container",
    "init_container",
    "image_pull_secrets",
    "image_pull_secret",
    "volume",
    "volume_mount",
    "port",
    "env",
    "env_from",
    "toleration",
    "host_aliases",
    "match_expressions",
    "secret",
];

/// Objects within objects that are looked at for blocks.
const DEEPEST_OBJECT: u32 = 12;

/// An argument of the JSON spelling with the blocks in it as lists.
fn with_blocks(entry: Entry, depth: u32) -> Entry {
    let Some(depth) = depth.checked_sub(1) else { return entry };
    let value = match &entry.value.value {
        Value::Map(map) => {
            let mut entries: Vec<Entry> = map.entries.iter().map(|entry| with_blocks(entry.clone(), depth)).collect();
            // Dynamic blocks within an object are not unfolded, but not forgotten.
            for made in map.get_exact("dynamic").and_then(Node::as_map).iter().flat_map(|map| &map.entries) {
                let why = Why::UnsupportedSyntax("a dynamic block within an object of JSON".into());
                entries.push(Entry { key: made.key.clone(), value: open_blocks(why, made.value.span) });
            }
            let value = Value::Map(Arc::new(Map { entries, open: map.open.clone() }));
            let object = Node { value, ..entry.value.clone() };
            match entry.key.as_str().is_some_and(|name| BLOCKS.contains(&name)) {
                true => Node::list(vec![object], entry.value.span),
                false => object,
            }
        }
        Value::List(list) => {
            let object = |item: &Node| match item.as_map() {
                // A key of no block: the object alone.
                Some(_) => with_blocks(Entry::new("", item.span, item.clone()), depth).value,
                None => item.clone(),
            };
            let items = list.items.iter().map(object).collect();
            Node { value: Value::List(Arc::new(List { items, open: list.open.clone() })), ..entry.value.clone() }
        }
        _ => entry.value.clone(),
    };
    Entry { value, ..entry }
}

fn left_out(body: &Body, entries: &[Entry], span: Span) -> Option<Entry> {
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
    pub fn body(&self, scope: Scope<'_>, body: &Body, span: Span, top: bool) -> Node {
        let mut entries = Vec::new();
        for attribute in &body.attributes {
            if top && META.contains(&&*attribute.name) {
                continue;
            }
            let value = self.evaluate(scope, &attribute.value);
            let key = Node::text(attribute.name.clone(), attribute.name_span);
            let nested = matches!(value.value, Value::Map(_) | Value::List(_));
            let in_json = nested && self.store.source(attribute.name_span.source).path.ends_with(".json");
            let entry = Entry { key, value };
            entries.push(if in_json { with_blocks(entry, DEEPEST_OBJECT) } else { entry });
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

    /// All blocks of a kind, also the dynamic ones, as a list; nothing when there are none. Dynamic blocks under a condition
    /// make a list under that condition.
    pub fn blocks_of(&self, scope: Scope<'_>, body: &Body, name: &str) -> Option<Node> {
        let mut whole: Option<Node> = None;
        for block in &body.blocks {
            let made = if &*block.kind == name {
                Node::list(vec![self.body(scope, &block.body, block.extent, false)], block.extent)
            } else if &*block.kind == "dynamic" && block.labels.first().is_some_and(|label| &**label == name) {
                self.dynamic(scope, block, name)
            } else {
                continue;
            };
            // Bounded at every step: each condition doubles the lists.
            whole = Some(match whole {
                Some(before) => conditional::bounded(conditional::joined(&before, &made, before.span)),
                None => conditional::bounded(made),
            });
        }
        whole.map(|whole| self.bound(whole))
    }

    fn dynamic(&self, scope: Scope<'_>, block: &Block, name: &str) -> Node {
        let content = block.body.blocks.iter().find(|inner| &*inner.kind == "content");
        let (Some(content), Some(over)) = (content, block.body.attribute("for_each")) else {
            return open_blocks(Why::UnsupportedSyntax("a dynamic block without `for_each`".into()), block.extent);
        };
        let iterator: Arc<str> = match block.body.attribute("iterator").map(|iterator: &Expr| &iterator.kind) {
            Some(ExprKind::Name(name) | ExprKind::Text(name)) => name.clone(),
            _ => name.into(),
        };
        let over = self.evaluate(scope, over);
        over_choice(&over, block.extent, &mut |arm| self.unfolded(scope, &iterator, content, arm, block.extent))
    }

    /// One block for each member of a collection.
    fn unfolded(&self, scope: Scope<'_>, iterator: &str, content: &Block, over: &Node, span: Span) -> Node {
        if let Some(why) = failure(over).and_then(Node::why) {
            return open_blocks(why.clone(), span);
        }
        if over.is_null() {
            return Node::list(Vec::new(), span);
        }
        let Some((members, open)) = members(over, span) else {
            let why = over.why().cloned().unwrap_or_else(|| Why::Element("a dynamic block".into()));
            return open_blocks(why, span);
        };
        let block = |(key, value): (Node, Node)| {
            let entries = vec![Entry::new("key", span, key), Entry::new("value", span, value)];
            let names = Names { name: iterator, value: Node::map(entries, span), outer: scope.names };
            self.body(Scope { names: Some(&names), ..scope }, &content.body, content.extent, false)
        };
        let items = members.into_iter().map(block).collect();
        Node::new(Value::List(Arc::new(List { items, open })), span)
    }
}

fn open_blocks(why: Why, span: Span) -> Node {
    Node::new(Value::List(Arc::new(List { items: Vec::new(), open: Some(why) })), span)
}
