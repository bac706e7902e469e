//! What is written in a picture: on few and short lines, whatever names the user's files have.

use super::{Edge, Graph, Node};
use crate::report::Verdict;
use crate::report::snippet::one_line;

/// No box and no arrow has more lines than this.
const MOST_LINES: usize = 5;

/// The lines of a box; a sign goes first where it is not fine, since not everybody sees colours.
pub(super) fn of_node(node: &Node, width: usize) -> Vec<String> {
    let mut lines = short(&node.lines, width);
    let sign = match node.verdict {
        Some(Verdict::Broken) => "✗ ",
        Some(Verdict::Unknown) => "? ",
        _ => "",
    };
    lines.first_mut().into_iter().for_each(|first| first.insert_str(0, sign));
    lines
}

/// The lines of an arrow, and the rules that say why it doesn't work.
pub(super) fn of_edge(edge: &Edge, width: usize) -> Vec<String> {
    let mut lines = short(&edge.lines, width);
    if !edge.rules.is_empty() {
        lines.push(edge.rules.join(", "));
    }
    let sign = if edge.verdict == Verdict::Broken { "✗ " } else { "" };
    lines.first_mut().into_iter().for_each(|first| first.insert_str(0, sign));
    lines
}

/// The words of a frame.
pub(super) fn of_group(title: &str, width: usize) -> String {
    shortened(&one_line(title), width)
}

/// What the picture says of itself: what is left out of it.
pub(super) fn of_picture(graph: &Graph) -> Option<String> {
    graph.omission().map(|omission| format!("{omission}; what is broken comes first"))
}

fn short(lines: &[String], width: usize) -> Vec<String> {
    let lines = lines.iter().map(|line| shortened(&one_line(line), width)).filter(|line| !line.is_empty());
    lines.take(MOST_LINES).collect()
}

/// A text that is no wider than `width` characters: of a long one both ends, which tell it from others.
fn shortened(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let tail = kept / 3;
    let head: String = text.chars().take(kept - tail).collect();
    let tail: String = text.chars().skip(length - tail).collect();
    format!("{head}…{tail}")
}
