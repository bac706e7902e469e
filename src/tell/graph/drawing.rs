//! Strands on paper: each box and arrow once, with a number, and no more of them than anybody can look at.

use std::collections::{BTreeMap, BTreeSet};

use super::sketch::{Arrow, Room, Spot, moved};
use super::strand::Strand;
use crate::report::Verdict;
use crate::report::graph::{Edge, Graph, Group, Kind, Node, Tally};
use crate::source::{Span, Store};

/// No picture has more boxes.
pub(super) const MOST_NODES: usize = 80;
/// Or arrows; Mermaid itself refuses more than 500.
pub(super) const MOST_EDGES: usize = 240;
/// More workloads of a namespace than this with the same fate are drawn as one box.
pub(super) const MOST_ALIKE: usize = 5;
/// A box for several workloads names the first ones.
const NAMED: usize = 2;

/// More namespaces of a cluster than this with the same fate are drawn as one box.
pub(super) const MOST_NAMESPACES: usize = 12;

/// Workloads of a namespace whose pulls go the same ways are one strand, where there are many of them; so are those of
/// many namespaces.
pub(super) fn alike_as_one(strands: Vec<Strand>) -> Vec<Strand> {
    let of_namespaces = together(strands, NAMESPACE, MOST_ALIKE);
    together(of_namespaces, CLUSTER, MOST_NAMESPACES)
}

/// How many frames are around a workload.
const NAMESPACE: usize = 2;
/// How many frames are around what stands for several namespaces.
const CLUSTER: usize = 1;

/// Strands of workloads that have so many frames and their fate in common are one, where there are more than `most`.
fn together(strands: Vec<Strand>, frames: usize, most: usize) -> Vec<Strand> {
    let mut places: BTreeMap<Likeness, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<Strand>> = Vec::new();
    for strand in strands {
        let new = groups.len();
        let at = match strand.workload.as_ref().map(|own| likeness(&strand, own, frames)) {
            Some(key) => *places.entry(key).or_insert(new),
            None => new,
        };
        match groups.get_mut(at) {
            Some(group) => group.push(strand),
            None => groups.push(vec![strand]),
        }
    }
    groups.into_iter().flat_map(|group| if group.len() > most { joined(group, frames) } else { group }).collect()
}

/// What workloads have in common that are drawn as one: the frames, and the arrows.
type Likeness = (Spot, BTreeSet<Arrow>);

fn likeness(strand: &Strand, own: &Spot, frames: usize) -> Likeness {
    let blank = Spot { lines: Vec::new(), of: None, ..within(own, frames) };
    let arrows = strand.arrows.iter().map(|arrow| moved(arrow, own, &blank)).collect();
    (blank, arrows)
}

/// The same box with the outermost frames only.
fn within(spot: &Spot, frames: usize) -> Spot {
    Spot { rooms: spot.rooms.iter().take(frames).cloned().collect(), ..spot.clone() }
}

fn joined(group: Vec<Strand>, frames: usize) -> Vec<Strand> {
    let workloads: usize = group.iter().map(|strand| strand.workloads).sum();
    let rooms: BTreeSet<&[Room]> = group.iter().filter_map(|it| Some(it.workload.as_ref()?.rooms.as_slice())).collect();
    let mut lines = vec![format!("{workloads} workloads")];
    if rooms.len() > 1 {
        lines.push(format!("in {} namespaces", rooms.len()));
        let names = rooms.iter().filter_map(|rooms| Some(rooms.last()?.title.clone()));
        lines.extend(names.take(NAMED));
    } else {
        let names = group.iter().filter_map(|strand| strand.workload.as_ref()?.lines.first().cloned());
        lines.extend(names.take(NAMED));
    }
    lines.push("and others".to_owned());
    let mut pulls = Tally::default();
    group.iter().for_each(|strand| pulls.join(strand.pulls));
    let Some(first) = group.into_iter().next() else { return Vec::new() };
    let Some(own) = first.workload.clone() else { return vec![first] };
    let all = Spot { lines, of: None, ..within(&own, frames) };
    let arrows = first.arrows.iter().map(|arrow| moved(arrow, &own, &all)).collect();
    vec![Strand { workload: Some(all), arrows, pulls, workloads, ..first }]
}

/// A picture in the making.
#[derive(Default)]
pub(super) struct Drawing {
    graph: Graph,
    groups: BTreeMap<Vec<Room>, usize>,
    nodes: BTreeMap<Spot, usize>,
    edges: BTreeSet<Arrow>,
    /// Steps that don't work: between which boxes, and the first word on them.
    broken: BTreeSet<(usize, usize, Option<String>)>,
}

impl Drawing {
    /// Draws a strand, if there is room for it.
    pub fn take(&mut self, strand: &Strand) {
        let ends = strand.arrows.iter().flat_map(|arrow| [&arrow.from, &arrow.to]);
        let spots: BTreeSet<&Spot> =
            strand.workload.iter().chain(ends).filter(|it| !self.nodes.contains_key(it)).collect();
        let arrows: BTreeSet<&Arrow> = strand.arrows.iter().filter(|it| !self.edges.contains(it)).collect();
        if self.nodes.len() + spots.len() > MOST_NODES || self.edges.len() + arrows.len() > MOST_EDGES {
            self.graph.left_out.join(strand.pulls);
            self.graph.workloads_left_out += strand.workloads;
            return;
        }
        strand.workload.iter().for_each(|spot| {
            self.node(spot);
        });
        strand.arrows.iter().for_each(|arrow| self.edge(arrow));
    }

    /// The picture. Clusters and registries of one name are told apart by their files.
    pub fn into_graph(mut self, store: &Store) -> Graph {
        let path = |of: Option<Span>| of.map(|span| store.source(span.source).path.to_string());
        let mut rooms: BTreeMap<&str, BTreeSet<Option<String>>> = BTreeMap::new();
        let last = |rooms: &[Room]| rooms.last().and_then(|room| path(room.of));
        let titled = self.groups.keys().filter_map(|rooms| Some((rooms.last()?, rooms)));
        titled.for_each(|(room, own)| {
            rooms.entry(&room.title).or_default().insert(last(own));
        });
        for (own, at) in &self.groups {
            let shared = own.last().is_some_and(|it| rooms.get(&*it.title).is_some_and(|files| files.len() > 1));
            if let (true, Some(file), Some(group)) = (shared, last(own), self.graph.groups.get_mut(*at)) {
                group.title = format!("{} · {file}", group.title);
            }
        }
        let registries = || self.nodes.iter().filter(|(spot, _)| spot.kind == Kind::Registry);
        let mut files: BTreeMap<&[String], BTreeSet<Option<String>>> = BTreeMap::new();
        registries().for_each(|(spot, _)| {
            files.entry(&spot.lines).or_default().insert(path(spot.of));
        });
        for (spot, at) in registries().filter(|(spot, _)| files.get(&*spot.lines).is_some_and(|it| it.len() > 1)) {
            let node = self.graph.nodes.get_mut(*at);
            node.into_iter().for_each(|node| node.lines.extend(path(spot.of)));
        }
        self.graph
    }

    fn edge(&mut self, arrow: &Arrow) {
        if !self.edges.insert(arrow.clone()) {
            return;
        }
        let (from, to) = (self.node(&arrow.from), self.node(&arrow.to));
        let step = (from, to, arrow.lines.first().cloned());
        // What is wrong for one pull is drawn as that, though it serves another one.
        match arrow.verdict {
            Verdict::Broken => {
                self.broken.insert(step);
            }
            _ if self.broken.contains(&step) => return,
            _ => {}
        }
        let Arrow { lines, verdict, missing, rules, .. } = arrow.clone();
        self.graph.edges.push(Edge { from, to, lines, verdict, missing, rules });
    }

    fn node(&mut self, spot: &Spot) -> usize {
        if let Some(at) = self.nodes.get(spot) {
            return *at;
        }
        let group = self.group(&spot.rooms);
        let at = self.graph.nodes.len();
        self.graph.nodes.push(Node { kind: spot.kind, lines: spot.lines.clone(), group, verdict: spot.verdict });
        self.nodes.insert(spot.clone(), at);
        at
    }

    fn group(&mut self, rooms: &[Room]) -> Option<usize> {
        let (last, outer) = rooms.split_last()?;
        if let Some(at) = self.groups.get(rooms) {
            return Some(*at);
        }
        let within = self.group(outer);
        let at = self.graph.groups.len();
        self.graph.groups.push(Group { title: last.title.clone(), within });
        self.groups.insert(rooms.to_vec(), at);
        Some(at)
    }
}
