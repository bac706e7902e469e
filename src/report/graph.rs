//! The picture of a run as plain data: boxes, arrows and the frames around them. `mermaid` and `dot` draw it.

mod dot;
mod label;
mod mermaid;
mod palette;
#[cfg(test)]
mod tests;

pub(super) use dot::write as write_dot;
pub(super) use mermaid::{drawn as mermaid, write as write_mermaid};

use super::Verdict;

/// Clusters, identities, registries, networks and workloads, and the pulls between them. Frames, boxes and arrows know
/// each other by their places in these lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// Frames, each after the one that it lies in.
    pub groups: Vec<Group>,
    /// Boxes.
    pub nodes: Vec<Node>,
    /// Arrows.
    pub edges: Vec<Edge>,
    /// Pulls of the run, drawn or not.
    pub pulls: Tally,
    /// Pulls of workloads that are not drawn, because a picture with all of them could not be read.
    pub left_out: Tally,
    /// Workloads that are not drawn.
    pub workloads_left_out: usize,
}

/// Pulls by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that work.
    pub fine: usize,
    /// Those that fail.
    pub broken: usize,
    /// Those of which nobody can say.
    pub unknown: usize,
}

/// A frame around boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What is written on it.
    pub title: String,
    /// The frame that it lies in.
    pub within: Option<usize>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it stands for.
    pub kind: Kind,
    /// What is written in it, line by line.
    pub lines: Vec<String>,
    /// The frame that it lies in.
    pub group: Option<usize>,
    /// What becomes of its pulls; only of workloads.
    pub verdict: Option<Verdict>,
}

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Pods and what makes them.
    Workload,
    /// A pull secret.
    Secret,
    /// An identity, of Azure or Entra.
    Identity,
    /// Where the nodes of a cluster stand.
    Nodes,
    /// Something on the way from the nodes to a registry: a private endpoint, a zone, a firewall.
    Waypoint,
    /// A registry, or the storage of its layers.
    Registry,
    /// Anything else that a grant is made on.
    Scope,
}

/// An arrow: a step of a pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What is written on it, line by line.
    pub lines: Vec<String>,
    /// Whether the step works.
    pub verdict: Verdict,
    /// There is nothing: a grant or a way that would have to be there.
    pub missing: bool,
    /// The rules that say why it doesn't work.
    pub rules: Vec<&'static str>,
}

impl Tally {
    /// Counts one more pull.
    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Fine => self.fine += 1,
            Verdict::Broken => self.broken += 1,
            Verdict::Unknown => self.unknown += 1,
        }
    }

    /// Counts those of another one as well.
    pub fn join(&mut self, other: Tally) {
        self.fine += other.fine;
        self.broken += other.broken;
        self.unknown += other.unknown;
    }

    /// How many pulls there are.
    pub fn all(&self) -> usize {
        self.fine + self.broken + self.unknown
    }

    /// `1 broken, 2 unknown`, without those that there are none of.
    fn words(&self) -> String {
        let parts = [(self.broken, Verdict::Broken), (self.unknown, Verdict::Unknown), (self.fine, Verdict::Fine)];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        parts.map(|(count, verdict)| format!("{count} {}", verdict.word())).collect::<Vec<_>>().join(", ")
    }
}

impl Graph {
    /// What the picture is of, in one line.
    pub fn title(&self) -> String {
        match self.pulls.all() {
            0 => "no pull from a registry was found".to_owned(),
            1 => format!("1 pull: {}", self.pulls.words()),
            count => format!("{count} pulls: {}", self.pulls.words()),
        }
    }

    /// What is not in the picture, in one line; nothing when all of it is.
    pub fn omission(&self) -> Option<String> {
        let pulls = match self.left_out.all() {
            0 => return None,
            1 => "1 more pull".to_owned(),
            count => format!("{count} more pulls"),
        };
        let of = match self.workloads_left_out {
            0 => "",
            1 => " of 1 workload",
            count => &format!(" of {count} workloads"),
        };
        Some(format!("not drawn: {pulls}{of} ({})", self.left_out.words()))
    }

    /// The same with every text put through `words`.
    pub(super) fn reworded(&self, words: &impl Fn(&str) -> String) -> Graph {
        let all = |lines: &[String]| lines.iter().map(|line| words(line)).collect();
        let group = |group: &Group| Group { title: words(&group.title), ..*group };
        let node = |node: &Node| Node { lines: all(&node.lines), ..node.clone() };
        let edge = |edge: &Edge| Edge { lines: all(&edge.lines), ..edge.clone() };
        Graph {
            groups: self.groups.iter().map(group).collect(),
            nodes: self.nodes.iter().map(node).collect(),
            edges: self.edges.iter().map(edge).collect(),
            ..*self
        }
    }
}
