//! A Mermaid flowchart, as GitHub, GitLab and Azure DevOps draw it in Markdown.

use std::fmt::Write as _;
use std::io;

use super::{Edge, Graph, Kind, Node, label, palette};
use crate::report::Verdict;
use crate::report::telling::Telling;

/// Mermaid draws nothing of a longer text, and no document can ask for more.
const LONGEST: usize = 50_000;

/// Widths of lines, in characters: a narrower one is taken where the text would be too long, as names in which every
/// character has to be spelt out can make it.
const WIDTHS: [usize; 5] = [48, 28, 16, 8, 3];

pub(in crate::report) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(drawn(&telling.report.graph).as_bytes())
}

/// The flowchart.
pub(in crate::report) fn drawn(graph: &Graph) -> String {
    let mut text = String::new();
    for width in WIDTHS {
        text = Drawing { graph, width }.text();
        if text.chars().count() < LONGEST {
            break;
        }
    }
    text
}

struct Drawing<'g> {
    graph: &'g Graph,
    width: usize,
}

impl Drawing<'_> {
    fn text(&self) -> String {
        let mut text = format!("---\ntitle: \"{}\"\n---\nflowchart LR\n", self.graph.title());
        self.frame(None, 1, &mut text);
        if let Some(note) = label::of_picture(self.graph) {
            let _ = writeln!(text, "  left_out>\"{}\"]:::note", spelt(&note));
        }
        self.graph.edges.iter().for_each(|edge| self.arrow(edge, &mut text));
        if !self.graph.nodes.is_empty() {
            classes(&mut text);
            self.colours(&mut text);
            let frames: Vec<String> = (0..self.graph.groups.len()).map(|at| format!("g{at}")).collect();
            if !frames.is_empty() {
                let _ = writeln!(text, "  class {} frame", frames.join(","));
            }
        }
        text
    }

    /// What lies in a frame: boxes, then further frames.
    fn frame(&self, within: Option<usize>, depth: usize, text: &mut String) {
        let indent = "  ".repeat(depth);
        for (at, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| node.group == within) {
            let (open, close) = shape(node);
            let words = joined(&label::of_node(node, self.width));
            let _ = writeln!(text, "{indent}n{at}{open}\"{words}\"{close}:::{}", palette::class(node));
        }
        for (at, group) in self.graph.groups.iter().enumerate().filter(|(_, group)| group.within == within) {
            let title = spelt(&label::of_group(&group.title, self.width));
            let _ = writeln!(text, "{indent}subgraph g{at}[\"{title}\"]");
            // A frame lies in one that comes before it, so this ends.
            if within.is_none_or(|outer| outer < at) {
                self.frame(Some(at), depth + 1, text);
            }
            let _ = writeln!(text, "{indent}end");
        }
    }

    fn arrow(&self, edge: &Edge, text: &mut String) {
        let line = match (edge.verdict, edge.missing) {
            (_, true) => "--x",
            (Verdict::Broken, false) => "==>",
            (Verdict::Unknown, false) => "-.->",
            (Verdict::Fine, false) => "-->",
        };
        let lines = label::of_edge(edge, self.width);
        let words = if lines.is_empty() { String::new() } else { format!("|\"{}\"|", joined(&lines)) };
        let _ = writeln!(text, "  n{} {line}{words} n{}", edge.from, edge.to);
    }

    fn colours(&self, text: &mut String) {
        for (verdict, missing, style) in [
            (Verdict::Fine, false, "stroke-width:1px"),
            (Verdict::Broken, false, "stroke-width:4px"),
            (Verdict::Broken, true, "stroke-width:4px,stroke-dasharray:3 5"),
            (Verdict::Unknown, false, "stroke-width:2px,stroke-dasharray:8 4"),
        ] {
            let is_it = |edge: &Edge| edge.verdict == verdict && edge.missing == missing;
            let own = self.graph.edges.iter().enumerate().filter(|(_, edge)| is_it(edge));
            let own: Vec<String> = own.map(|(at, _)| at.to_string()).collect();
            if !own.is_empty() {
                let colour = palette::line(verdict);
                // The letters on a step that is fine are as black as those in boxes.
                let letters = if verdict == Verdict::Fine { String::new() } else { format!(",color:{colour}") };
                let _ = writeln!(text, "  linkStyle {} stroke:{colour},{style}{letters}", own.join(","));
            }
        }
    }
}

fn classes(text: &mut String) {
    for ink in palette::CLASSES {
        let palette::Ink { class, fill, line, text: letters, width, dashed } = ink;
        let dash = if dashed { ",stroke-dasharray:6 4" } else { "" };
        let _ =
            writeln!(text, "  classDef {class} fill:{fill},stroke:{line},color:{letters},stroke-width:{width}px{dash}");
    }
}

fn shape(node: &Node) -> (&'static str, &'static str) {
    match node.kind {
        Kind::Workload | Kind::Scope => ("[", "]"),
        Kind::Secret => ("[/", "/]"),
        Kind::Identity => ("([", "])"),
        Kind::Nodes => ("[[", "]]"),
        Kind::Waypoint => ("{{", "}}"),
        Kind::Registry => ("[(", ")]"),
    }
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| spelt(line)).collect::<Vec<_>>().join("<br/>")
}

/// A text in quotes: whatever means something to Mermaid, to the Markdown in its labels or to HTML is spelt as the number
/// of its character.
fn spelt(text: &str) -> String {
    let mut spelt = String::new();
    let characters: Vec<char> = text.chars().collect();
    for (at, &character) in characters.iter().enumerate() {
        let beside = |offset: Option<usize>| offset.and_then(|at| characters.get(at)).copied();
        let (before, after) = (beside(at.checked_sub(1)), beside(Some(at + 1)));
        match is_plain(before, character, after) {
            true => spelt.push(character),
            false => {
                let _ = write!(spelt, "#{};", u32::from(character));
            }
        }
        // Mermaid makes icons of `fa:fa-…` even where it is spelt out: a word joiner, which nobody sees, keeps it from that.
        if character == ':' && after == Some('f') {
            spelt.push_str("#8288;");
        }
    }
    spelt
}

/// Whether a character stands for itself between its neighbours. Markdown makes lists, emphasis and links of some only.
fn is_plain(before: Option<char>, character: char, after: Option<char>) -> bool {
    let within_word = before.zip(after).is_some_and(|(a, b)| a.is_alphanumeric() && b.is_alphanumeric());
    match character {
        '_' | '-' => within_word,
        // `1. ` begins a list, `www.` a link.
        '.' => !before.is_some_and(|it| it.is_ascii_digit() || it == 'w' || it == 'W') || after.is_some_and(is_digit),
        ':' => after != Some('/') && after != Some('f'),
        ' ' | '/' | ',' | ';' => character != ';',
        '✗' | '?' | '…' | '•' | '·' => true,
        _ => character.is_alphanumeric(),
    }
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}
