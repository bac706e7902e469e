//! The language of Graphviz: `acrlint graph --format dot | dot -Tsvg`.

use std::fmt::Write as _;
use std::io;

use super::{Edge, Graph, Kind, Node, label, palette};
use crate::report::Verdict;
use crate::report::telling::Telling;

/// Lines are no wider than this, in characters.
const WIDTH: usize = 48;

const HEAD: &str = r##"digraph acrlint {
  rankdir=LR
  charset="UTF-8"
  fontname="Helvetica,Arial,sans-serif"
  labelloc=t
  nodesep=0.35
  ranksep=1.1
  node [fontname="Helvetica,Arial,sans-serif", fontsize=11, style="filled", margin="0.15,0.08"]
  edge [fontname="Helvetica,Arial,sans-serif", fontsize=10]
"##;

pub(in crate::report) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(drawn(&telling.report.graph).as_bytes())
}

/// The graph in the language of Graphviz.
pub(super) fn drawn(graph: &Graph) -> String {
    let mut text = HEAD.to_owned();
    let _ = writeln!(text, "  label={}", quoted(&[graph.title()]));
    frame(graph, None, 1, &mut text);
    if let Some(note) = label::of_picture(graph) {
        let _ = writeln!(text, "  left_out [label={}, shape=note, style=dashed]", quoted(&[note]));
    }
    graph.edges.iter().for_each(|edge| arrow(edge, &mut text));
    text.push_str("}\n");
    text
}

fn frame(graph: &Graph, within: Option<usize>, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for (at, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.group == within) {
        let _ = writeln!(text, "{indent}n{at} [{}]", look(node));
    }
    for (at, group) in graph.groups.iter().enumerate().filter(|(_, group)| group.within == within) {
        let title = quoted(&[label::of_group(&group.title, WIDTH)]);
        let _ = writeln!(text, "{indent}subgraph cluster_g{at} {{");
        let _ = writeln!(text, "{indent}  label={title}");
        let _ = writeln!(text, "{indent}  style=rounded");
        let _ = writeln!(text, "{indent}  color=\"#90a4ae\"");
        // A frame lies in one that comes before it, so this ends.
        if within.is_none_or(|outer| outer < at) {
            frame(graph, Some(at), depth + 1, text);
        }
        let _ = writeln!(text, "{indent}}}");
    }
}

fn look(node: &Node) -> String {
    let class = palette::class(node);
    let words = quoted(&label::of_node(node, WIDTH));
    let mut look = format!("label={words}, shape={}", shape(node.kind));
    if let Some(ink) = palette::CLASSES.iter().find(|ink| ink.class == class) {
        let palette::Ink { fill, line, text, width, .. } = ink;
        let _ = write!(look, ", fillcolor=\"{fill}\", color=\"{line}\", fontcolor=\"{text}\", penwidth={width}");
        if ink.dashed {
            look.push_str(", style=\"filled,dashed\"");
        }
    }
    look
}

fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Workload => "box",
        Kind::Secret => "note",
        Kind::Identity => "oval",
        Kind::Nodes => "box3d",
        Kind::Waypoint => "hexagon",
        Kind::Registry => "cylinder",
        Kind::Scope => "folder",
    }
}

fn arrow(edge: &Edge, text: &mut String) {
    let colour = palette::line(edge.verdict);
    let mut look = format!("color=\"{colour}\", fontcolor=\"{colour}\"");
    look.push_str(match edge.verdict {
        Verdict::Fine => ", penwidth=1",
        Verdict::Broken => ", penwidth=3",
        Verdict::Unknown => ", penwidth=1.5, style=dashed",
    });
    if edge.missing {
        look.push_str(", style=dotted, arrowhead=tee");
    }
    let lines = label::of_edge(edge, WIDTH);
    if !lines.is_empty() {
        let _ = write!(look, ", label={}", quoted(&lines));
    }
    let _ = writeln!(text, "  n{} -> n{} [{look}]", edge.from, edge.to);
}

/// A text in quotes. Graphviz reads `\N` and the like and the entities of HTML in it.
fn quoted(lines: &[String]) -> String {
    let mut text = String::from("\"");
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            text.push_str("\\n");
        }
        for character in line.chars() {
            match character {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '&' => text.push_str("&amp;"),
                _ => text.push(character),
            }
        }
    }
    text.push('"');
    text
}
