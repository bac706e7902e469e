//! The tables of the file, as values. Each entry is made of earlier ones, so that no file can lead in a circle.

use std::sync::Arc;

use super::super::told_path;
use super::super::wire;
use super::{Found, Missing};
use crate::ir::{Address, Choice, Cond, Entry, Key, List, Map, Node, Ref, ResourceId, Step, Sym, Target, Value};
use crate::source::{Elsewhere, Mark, QuotedLine, SourceId, Span, Store, Trail};

/// What the numbers of a file mean.
pub(super) struct Tables<'a> {
    pub repository: &'a str,
    sources: Vec<SourceId>,
    places: Vec<Span>,
    addresses: Vec<Arc<Address>>,
    nodes: Vec<Node>,
}

impl<'a> Tables<'a> {
    pub(super) fn of(
        repository: &'a str,
        sources: Vec<wire::Source>,
        places: &[wire::Place],
        trails: &[wire::Hop],
        addresses: &[wire::Address],
        nodes: Vec<wire::Node>,
        store: &Store,
    ) -> Found<Tables<'a>> {
        let marks = marks(&sources, places, &nodes)?;
        let file = |(source, marks): (&wire::Source, Marks)| {
            Elsewhere::new(told_path(repository, &source.path), marks, source.logins.iter().map(quoted_line).collect())
        };
        let files: Vec<Elsewhere> = sources.iter().zip(marks).map(file).collect();
        let spans = places.iter().map(|place| {
            let file = files.get(place.0).ok_or(Missing("sources"))?;
            let offset = |line, column| file.offset(Mark { line, column }) as usize;
            Ok((place.0, offset(place.1, place.2), offset(place.3, place.4)))
        });
        let spans = spans.collect::<Found<Vec<(usize, usize, usize)>>>()?;
        let sources: Vec<SourceId> = files.into_iter().map(|file| store.add_elsewhere(file)).collect();
        let place = |(source, start, end): (usize, usize, usize)| {
            Ok(Span::new(*sources.get(source).ok_or(Missing("sources"))?, start, end))
        };
        let places = spans.into_iter().map(place).collect::<Found<Vec<Span>>>()?;
        let mut tables = Tables { repository, sources, places, addresses: Vec::new(), nodes: Vec::new() };
        tables.addresses = addresses.iter().map(|address| Arc::new(tables.new_address(address))).collect();
        let trails = tables.trails(trails)?;
        let mut sizes: Vec<Size> = Vec::new();
        for node in nodes {
            sizes.push(Size::of(&node.is, &sizes)?);
            let node = tables.new_node(node, &trails)?;
            tables.nodes.push(node);
        }
        Ok(tables)
    }

    pub(super) fn source(&self, at: usize) -> Found<SourceId> {
        self.sources.get(at).copied().ok_or(Missing("sources"))
    }

    pub(super) fn place(&self, at: usize) -> Found<Span> {
        self.places.get(at).copied().ok_or(Missing("places"))
    }

    pub(super) fn address(&self, at: usize) -> Found<Arc<Address>> {
        self.addresses.get(at).cloned().ok_or(Missing("addresses"))
    }

    pub(super) fn node(&self, at: usize) -> Found<Node> {
        self.nodes.get(at).cloned().ok_or(Missing("nodes"))
    }

    pub(super) fn condition(&self, told: &wire::Cond) -> Found<Cond> {
        let all = |parts: &[wire::Cond]| parts.iter().map(|part| self.condition(part)).collect::<Found<Vec<Cond>>>();
        Ok(match told {
            wire::Cond::Always => Cond::Always,
            wire::Cond::Never => Cond::Never,
            wire::Cond::When(at) => Cond::When(Arc::new(self.node(*at)?)),
            wire::Cond::Not(inner) => Cond::Not(Arc::new(self.condition(inner)?)),
            wire::Cond::All(parts) => Cond::All(all(parts)?),
            wire::Cond::Any(parts) => Cond::Any(all(parts)?),
        })
    }

    fn new_address(&self, told: &wire::Address) -> Address {
        let step =
            |step: &wire::Step| Step { name: step.name.as_str().into(), key: step.key.as_ref().map(|it| self.key(it)) };
        Address { root: told_path(self.repository, &told.root).into(), path: told.path.iter().map(step).collect() }
    }

    /// A collection is one of its own deployment.
    fn key(&self, key: &Key) -> Key {
        match key {
            Key::Each(name) => Key::Each(told_path(self.repository, name).into()),
            other => other.clone(),
        }
    }

    fn trails(&self, told: &[wire::Hop]) -> Found<Vec<Trail>> {
        let mut trails: Vec<Trail> = Vec::new();
        for hop in told {
            let before = match hop.before {
                Some(at) => trails.get(at).cloned().ok_or(Missing("trails"))?,
                None => Trail::none(),
            };
            trails.push(before.through(self.place(hop.at)?, hop.via));
        }
        Ok(trails)
    }

    fn new_node(&self, told: wire::Node, trails: &[Trail]) -> Found<Node> {
        let trail = match told.trail {
            Some(at) => trails.get(at).cloned().ok_or(Missing("trails"))?,
            None => Trail::none(),
        };
        Ok(Node { value: self.value(told.is)?, span: self.place(told.at)?, trail, secret: told.secret })
    }

    fn value(&self, told: wire::Value) -> Found<Value> {
        let node = |at: Option<usize>| at.map(|at| self.node(at)).transpose();
        Ok(match told {
            wire::Value::Null => Value::Null,
            wire::Value::Bool(value) => Value::Bool(value),
            wire::Value::Int(value) => Value::Int(value),
            wire::Value::Float(value) => Value::Float(value),
            wire::Value::Text(text) => Value::Str(text.into()),
            wire::Value::List { items, open } => Value::List(Arc::new(List { items: self.all(&items)?, open })),
            wire::Value::Map { entries, open } => {
                let entry =
                    |(key, value): &(usize, usize)| Ok(Entry { key: self.node(*key)?, value: self.node(*value)? });
                Value::Map(Arc::new(Map { entries: entries.iter().map(entry).collect::<Found<Vec<_>>>()?, open }))
            }
            wire::Value::Pieces(pieces) => Value::Concat(Arc::new(self.all(&pieces)?)),
            wire::Value::Call { name, arguments } => Value::Call(name.into(), Arc::new(self.all(&arguments)?)),
            wire::Value::Id { subscription, group, kind, names, extends } => Value::Id(Arc::new(ResourceId {
                subscription: node(subscription)?,
                group: node(group)?,
                kind: kind.into(),
                names: self.all(&names)?,
                extends: node(extends)?.map(Box::new),
            })),
            wire::Value::Ref(reference) => Value::Ref(Arc::new(self.reference(reference)?)),
            wire::Value::Choice { on, yes, no } => {
                let on = self.condition(&on)?;
                Value::Choice(Arc::new(Choice { on, yes: self.node(yes)?, no: self.node(no)? }))
            }
            wire::Value::Derived(all) => {
                let all = all.into_iter().map(|it| self.reference(it)).collect::<Found<Vec<Ref>>>()?;
                Value::Derived(Arc::new(all))
            }
            wire::Value::Unknown { why, symbol } => {
                let sym = symbol.map(|name| Sym(told_path(self.repository, &name).into()));
                Value::Unknown { why, sym }
            }
        })
    }

    fn all(&self, numbers: &[usize]) -> Found<Vec<Node>> {
        numbers.iter().map(|&at| self.node(at)).collect()
    }

    fn reference(&self, told: wire::Ref) -> Found<Ref> {
        let target = match (told.resource, told.id) {
            (Some(at), None) => Target::Resource(self.address(at)?),
            (None, Some(at)) => Target::Id(Box::new(self.node(at)?)),
            _ => return Err(Missing("nodes")),
        };
        Ok(Ref { target, path: told.path.into_iter().map(Arc::from).collect() })
    }
}

fn quoted_line((line, column, end, text): &(u32, u32, u32, String)) -> QuotedLine {
    let mark = |column: u32| Mark { line: *line, column };
    QuotedLine { start: mark(*column), end: mark(*end), text: text.as_str().into() }
}

/// How deep a value goes, and how many values it would be if none were shared.
#[derive(Clone, Copy)]
struct Size {
    depth: usize,
    nodes: usize,
}

/// No value that acrlint reads goes so deep, or holds so many others.
const LARGEST: Size = Size { depth: 512, nodes: 20_000_000 };

impl Size {
    fn of(value: &wire::Value, known: &[Size]) -> Found<Size> {
        let mut size = Size { depth: 1, nodes: 1 };
        for part in value.parts() {
            let part = known.get(part).ok_or(Missing("nodes"))?;
            size.depth = size.depth.max(part.depth + 1);
            size.nodes = size.nodes.saturating_add(part.nodes);
        }
        let fits = size.depth <= LARGEST.depth && size.nodes <= LARGEST.nodes;
        fits.then_some(size).ok_or(Missing("nodes"))
    }
}

/// The positions of each file that are spoken of, with what is quoted there.
type Marks = Vec<(Mark, Option<Arc<str>>)>;

fn marks(sources: &[wire::Source], places: &[wire::Place], nodes: &[wire::Node]) -> Found<Vec<Marks>> {
    let mut marks: Vec<Marks> = vec![Vec::new(); sources.len()];
    for &wire::Place(source, line, column, end_line, end_column) in places {
        let own = marks.get_mut(source).ok_or(Missing("sources"))?;
        own.push((Mark { line, column }, None));
        own.push((Mark { line: end_line, column: end_column }, None));
    }
    for node in nodes.iter().filter(|node| node.written) {
        let &wire::Place(source, line, column, ..) = places.get(node.at).ok_or(Missing("places"))?;
        if let (wire::Value::Text(text), Some(own)) = (&node.is, marks.get_mut(source)) {
            own.push((Mark { line, column }, Some(Arc::from(text.as_str()))));
        }
    }
    Ok(marks)
}
