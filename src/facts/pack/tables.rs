//! The tables of the file.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::super::Gate;
use super::super::wire::{self, Place};
use super::hidden::{self, Hidden};
use super::kept::kept;
use super::line;
use crate::ir::{Address, Cond, Entry, Key, Map, Node, Ref, Resource, Target, Value, Why};
use crate::source::{Hop, SourceId, Span, Store, Trail};

/// Conditions inside of conditions are followed this deep; what is below counts as a flag of its own.
const DEEPEST: usize = 32;

/// Entries of a table by what they say.
#[derive(Default)]
struct Table {
    lines: Vec<String>,
    known: HashMap<String, usize>,
}

impl Table {
    fn put(&mut self, line: String) -> usize {
        if let Some(&at) = self.known.get(&line) {
            return at;
        }
        let at = self.lines.len();
        self.known.insert(line.clone(), at);
        self.lines.push(line);
        at
    }
}

/// A name holds what may not leave.
pub(super) struct Withheld;

/// All tables, while they are filled.
pub(super) struct Tables<'a> {
    pub store: &'a Store,
    gate: &'a dyn Gate,
    /// Texts that were asked for, and what is told of them.
    texts: HashMap<String, String>,
    hidden: Hidden,
    sources: Vec<wire::Source>,
    source_ids: HashMap<SourceId, usize>,
    places: Table,
    spans: HashMap<Span, usize>,
    trails: Table,
    /// Trails by where they are kept: most values share theirs.
    hops: HashMap<*const Hop, usize>,
    addresses: Table,
    nodes: Table,
    /// Bodies that were made for telling: what is kept where they are must not be forgotten before the end.
    made: Vec<Node>,
    /// Values of containers by where they are kept: those that several values share are written once.
    shared: HashMap<(*const (), bool), String>,
}

/// The filled tables.
pub(super) struct Filled {
    pub sources: Vec<String>,
    pub places: Vec<String>,
    pub trails: Vec<String>,
    pub addresses: Vec<String>,
    pub nodes: Vec<String>,
}

impl<'a> Tables<'a> {
    /// Empty tables; `known` are secrets that were met before.
    pub(super) fn new(store: &'a Store, gate: &'a dyn Gate, known: BTreeSet<Arc<str>>) -> Tables<'a> {
        Tables {
            store,
            gate,
            texts: HashMap::new(),
            hidden: Hidden::known(known),
            sources: Vec::new(),
            source_ids: HashMap::new(),
            places: Table::default(),
            spans: HashMap::new(),
            trails: Table::default(),
            hops: HashMap::new(),
            addresses: Table::default(),
            nodes: Table::default(),
            made: Vec::new(),
            shared: HashMap::new(),
        }
    }

    /// The secrets that were met and stand openly in a text that was told before, all of them where there is one.
    pub(super) fn let_out(&self) -> Option<BTreeSet<Arc<str>>> {
        let any = hidden::any_of(self.hidden.all())?;
        self.texts.values().any(|text| any.is_match(text)).then(|| self.hidden.all().clone())
    }

    pub(super) fn finish(self) -> Filled {
        Filled {
            sources: self.sources.iter().map(line).collect(),
            places: self.places.lines,
            trails: self.trails.lines,
            addresses: self.addresses.lines,
            nodes: self.nodes.lines,
        }
    }

    /// A text as it is told.
    pub(super) fn text(&mut self, text: &str) -> String {
        if let Some(told) = self.texts.get(text) {
            return told.clone();
        }
        let told = self.hidden.out_of(self.gate.words(text));
        self.texts.insert(text.to_owned(), told.clone());
        told
    }

    /// A name that users wrote, which is of no use where a part of it is hidden.
    pub(super) fn name(&mut self, name: &str) -> Result<String, Withheld> {
        match self.value_text(name) {
            told if told == name => Ok(told),
            _ => Err(Withheld),
        }
    }

    /// A text that is a value, as it is told: sentences and commands in it are lines of a file, too.
    fn value_text(&mut self, text: &str) -> String {
        let speaks = text.contains([' ', '=', '\n']) && text.lines().any(|line| self.gate.line(line) != line);
        if speaks { String::new() } else { self.text(text) }
    }

    pub(super) fn why(&mut self, why: &Why) -> Why {
        let gate = self.gate;
        why.map(|text| gate.words(text).into())
    }

    pub(super) fn source(&mut self, id: SourceId) -> usize {
        if let Some(&at) = self.source_ids.get(&id) {
            return at;
        }
        let path = self.store.source(id).path.to_string();
        let path = self.text(&path);
        self.sources.push(wire::Source { path, logins: Vec::new() });
        let at = self.sources.len() - 1;
        self.source_ids.insert(id, at);
        at
    }

    pub(super) fn place(&mut self, span: Span) -> usize {
        if let Some(&at) = self.spans.get(&span) {
            return at;
        }
        let number = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
        let file = self.store.source(span.source);
        let (start, end) = (file.position(span.start), file.position(span.end));
        let place = Place(
            self.source(span.source),
            number(start.line),
            number(start.chars),
            number(end.line),
            number(end.chars),
        );
        let at = self.places.put(line(&place));
        self.spans.insert(span, at);
        at
    }

    /// Lines of files that are spoken of, without the secrets in them.
    pub(super) fn logins(&mut self, lines: &[(Span, String)]) {
        for (span, said) in lines {
            let (span, said) = (*span, self.gate.line(said));
            let file = self.store.source(span.source);
            let (start, end) = (file.position(span.start), file.position(span.end));
            let number = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
            let at = self.source(span.source);
            if let Some(source) = self.sources.get_mut(at) {
                source.logins.push((number(start.line), number(start.chars), number(end.chars), said));
            }
        }
    }

    fn trail(&mut self, trail: &Trail) -> Option<usize> {
        let hops: Vec<&Hop> = trail.hops().collect();
        let mut before = None;
        for &hop in hops.iter().rev() {
            let known = self.hops.get(&std::ptr::from_ref(hop)).copied();
            before = Some(known.unwrap_or_else(|| {
                let at = self.place(hop.span);
                let number = self.trails.put(line(&wire::Hop { at, via: hop.via, before }));
                self.hops.insert(std::ptr::from_ref(hop), number);
                number
            }));
        }
        before
    }

    pub(super) fn address(&mut self, address: &Address) -> usize {
        let path = address
            .path
            .iter()
            .map(|step| wire::Step { name: self.text(&step.name), key: step.key.as_ref().map(|key| self.key(key)) });
        let told = wire::Address { path: path.collect(), root: self.text(&address.root) };
        self.addresses.put(line(&told))
    }

    fn key(&mut self, key: &Key) -> Key {
        match key {
            Key::Str(text) => Key::Str(self.text(text).into()),
            other => other.clone(),
        }
    }

    /// What a resource says, without what nothing reads of it.
    pub(super) fn body(&mut self, resource: &Resource) -> usize {
        let told = told(resource);
        let at = self.node(&told);
        self.made.push(told);
        at
    }

    pub(super) fn node(&mut self, node: &Node) -> usize {
        self.hideable(node, false)
    }

    fn hideable(&mut self, node: &Node, hidden: bool) -> usize {
        let secret = hidden || node.secret;
        let (value, secret) = match (&node.value, secret) {
            (Value::Str(text), false) => match self.value_text(text) {
                told if *told == **text => (line(&wire::Value::Text(told)), false),
                _ => (line(&self.hidden.text(text)), true),
            },
            (Value::Str(text), true) => (line(&self.hidden.text(text)), true),
            (Value::Int(_) | Value::Float(_), true) => (line(&hidden::unknown()), true),
            _ => (self.shared(&node.value, secret), secret),
        };
        let written = match &node.value {
            Value::Str(text) if !secret => self.store.snippet(node.span).contains(&**text),
            _ => false,
        };
        let mut told = format!("{{\"at\":{}", self.place(node.span));
        if let Some(trail) = self.trail(&node.trail) {
            told.push_str(&format!(",\"trail\":{trail}"));
        }
        for (name, flag) in [("secret", secret), ("written", written)] {
            if flag {
                told.push_str(&format!(",\"{name}\":true"));
            }
        }
        told.push_str(&format!(",\"is\":{value}}}"));
        self.nodes.put(told)
    }

    /// The value as it is written, from memory where several values share it.
    fn shared(&mut self, value: &Value, secret: bool) -> String {
        let kept: *const () = match value {
            Value::List(list) => Arc::as_ptr(list).cast(),
            Value::Map(map) => Arc::as_ptr(map).cast(),
            Value::Concat(nodes) => Arc::as_ptr(nodes).cast(),
            Value::Id(id) => Arc::as_ptr(id).cast(),
            Value::Choice(choice) => Arc::as_ptr(choice).cast(),
            _ => return line(&self.value(value, secret)),
        };
        if let Some(told) = self.shared.get(&(kept, secret)) {
            return told.clone();
        }
        let told = line(&self.value(value, secret));
        self.shared.insert((kept, secret), told.clone());
        told
    }

    fn value(&mut self, value: &Value, secret: bool) -> wire::Value {
        let inner = secret;
        match value {
            Value::Null => wire::Value::Null,
            Value::Bool(value) => wire::Value::Bool(*value),
            Value::Int(value) => wire::Value::Int(*value),
            Value::Float(value) if value.is_finite() => wire::Value::Float(*value),
            Value::Float(_) => hidden::unknown(),
            Value::Str(text) => wire::Value::Text(self.text(text)),
            Value::List(list) => wire::Value::List {
                items: self.items(&list.items, inner),
                open: list.open.as_ref().map(|why| self.why(why)),
            },
            Value::Map(map) => self.map(map, inner),
            Value::Concat(pieces) => wire::Value::Pieces(self.all(pieces, inner)),
            Value::Call(name, arguments) => {
                wire::Value::Call { arguments: self.all(arguments, inner), name: self.text(name) }
            }
            Value::Id(id) => wire::Value::Id {
                subscription: id.subscription.as_ref().map(|node| self.hideable(node, inner)),
                group: id.group.as_ref().map(|node| self.hideable(node, inner)),
                kind: self.text(&id.kind),
                names: self.all(&id.names, inner),
                extends: id.extends.as_ref().map(|node| self.hideable(node, inner)),
            },
            Value::Ref(reference) => wire::Value::Ref(self.reference(reference)),
            Value::Choice(choice) => wire::Value::Choice {
                on: self.condition(&choice.on),
                yes: self.hideable(&choice.yes, inner),
                no: self.hideable(&choice.no, inner),
            },
            Value::Derived(all) => wire::Value::Derived(all.iter().map(|it| self.reference(it)).collect()),
            Value::Unknown { why, sym } => {
                wire::Value::Unknown { why: self.why(why), symbol: sym.as_ref().map(|sym| self.text(&sym.0)) }
            }
        }
    }

    fn map(&mut self, map: &Map, hidden: bool) -> wire::Value {
        let entries = map.entries.iter().map(|entry| {
            let speaks = hidden::speaks(map, entry, self.gate) || hidden::covers(entry, self.gate);
            let key = self.node(&entry.key);
            match hidden::is_user(map, entry) {
                true => (key, self.node(&Node { secret: false, ..entry.value.clone() })),
                false => (key, self.hideable(&entry.value, hidden || speaks)),
            }
        });
        let entries = entries.collect();
        wire::Value::Map { entries, open: map.open.as_ref().map(|why| self.why(why)) }
    }

    fn all(&mut self, nodes: &[Node], hidden: bool) -> Vec<usize> {
        nodes.iter().map(|node| self.hideable(node, hidden)).collect()
    }

    /// The members of a list; what stands behind `--password` is one.
    fn items(&mut self, items: &[Node], hidden: bool) -> Vec<usize> {
        let before = std::iter::once(None).chain(items.iter().map(Some));
        let speaks = |(before, item): (Option<&Node>, &Node)| {
            let both = before.and_then(Node::as_str).zip(item.as_str());
            both.is_some_and(|(option, value)| {
                let said = format!("{option} {value}");
                option.starts_with('-') && self.gate.line(&said) != said
            })
        };
        let spoken: Vec<bool> = before.zip(items).map(speaks).collect();
        items.iter().zip(spoken).map(|(item, spoken)| self.hideable(item, hidden || spoken)).collect()
    }

    fn reference(&mut self, reference: &Ref) -> wire::Ref {
        let (resource, id) = match &reference.target {
            Target::Resource(address) => (Some(self.address(address)), None),
            Target::Id(id) => (None, Some(self.node(id))),
        };
        wire::Ref { resource, id, path: reference.path.iter().map(|step| self.text(step)).collect() }
    }

    pub(super) fn condition(&mut self, condition: &Cond) -> wire::Cond {
        self.condition_at(condition, 0)
    }

    fn condition_at(&mut self, condition: &Cond, depth: usize) -> wire::Cond {
        let mut all =
            |parts: &[Cond]| parts.iter().map(|part| self.condition_at(part, depth + 1)).collect::<Vec<wire::Cond>>();
        match condition {
            Cond::Always => wire::Cond::Always,
            Cond::Never => wire::Cond::Never,
            _ if depth > DEEPEST => {
                let limit = Node::unknown(Why::LimitReached("conditions".into()), Span::default());
                wire::Cond::When(self.node(&limit))
            }
            Cond::All(parts) => wire::Cond::All(all(parts)),
            Cond::Any(parts) => wire::Cond::Any(all(parts)),
            Cond::When(node) => wire::Cond::When(self.node(node)),
            Cond::Not(inner) => wire::Cond::Not(Box::new(self.condition_at(inner, depth + 1))),
        }
    }
}

/// The body of a resource as it is told.
fn told(resource: &Resource) -> Node {
    let body = &resource.body;
    let Some(map) = body.as_map() else { return body.clone() };
    let of = |entries: Vec<Entry>| Value::Map(Arc::new(Map { entries, open: map.open.clone() }));
    if resource.is_kind("Microsoft.KeyVault/vaults/secrets") {
        let entries = map.entries.iter().map(hidden::value_of).collect();
        return Node { value: of(entries), ..body.clone() };
    }
    if &*resource.kind == "v1/ConfigMap" {
        let is_data = |key: Option<&str>| matches!(key, Some("data" | "binaryData"));
        let entries = map.entries.iter().filter(|entry| !is_data(entry.key.as_str())).cloned().collect();
        return kept(&Node { value: of(entries), ..body.clone() });
    }
    match resource.kind.to_ascii_lowercase().starts_with("microsoft.") {
        true => body.clone(),
        false => kept(body),
    }
}
