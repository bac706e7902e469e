use proptest::prelude::*;

use super::{Edge, Graph, Group, Kind, Node, Tally, dot, mermaid};
use crate::report::Verdict;

fn node(line: &str, group: Option<usize>, verdict: Option<Verdict>) -> Node {
    Node { kind: Kind::Workload, lines: vec![line.to_owned()], group, verdict }
}

fn edge(from: usize, to: usize, line: &str, verdict: Verdict) -> Edge {
    Edge { from, to, lines: vec![line.to_owned()], verdict, missing: false, rules: Vec::new() }
}

/// Two boxes, a frame and an arrow, all with the same words.
fn all_called(name: &str) -> Graph {
    Graph {
        groups: vec![Group { title: name.to_owned(), within: None }],
        nodes: vec![node(name, Some(0), Some(Verdict::Broken)), node(name, None, None)],
        edges: vec![edge(0, 1, name, Verdict::Broken)],
        pulls: Tally { broken: 1, ..Tally::default() },
        ..Graph::default()
    }
}

/// Names that mean something to Mermaid, Markdown, HTML or Graphviz.
const HOSTILE: [&str; 18] = [
    "end",
    "\"];n9-->n8",
    "a\nb\r\nc",
    "#quot;",
    "<script>alert(1)</script>",
    "`code`",
    "**bold** __bold__ ~~x~~",
    "1. one",
    "- one",
    "https://x.example/a www.x.example a@b.example",
    "click n0 callback",
    "%%{init: {}}%%",
    "\\N \\G \\l \\\"",
    "&quot; &amp; &#34;",
    "日本語 ünï 🐳",
    "}}",
    "graph subgraph flowchart class style",
    "|a|b|",
];

/// Takes a line apart at its quotes: what is outside, and what is inside.
fn halves(line: &str) -> (String, Vec<String>) {
    let mut parts = line.split('"');
    let mut outside = parts.next().unwrap_or_default().to_owned();
    let mut inside = Vec::new();
    while let (Some(quoted), Some(rest)) = (parts.next(), parts.next()) {
        inside.push(quoted.to_owned());
        outside.push_str(rest);
    }
    (outside, inside)
}

/// Whether a text in quotes holds nothing that Mermaid, Markdown or HTML reads as anything else.
fn is_spelt(text: &str) -> bool {
    let bare = text.replace("<br/>", "\u{0}");
    let plain = |c: char| c.is_alphanumeric() || " /,.:_-✗?…•·#;\u{0}".contains(c);
    let numbers = bare.split('#').skip(1).all(|rest| {
        rest.split_once(';').is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    });
    let links = bare.contains("://") || bare.contains("www.");
    bare.chars().all(plain) && numbers && !links
}

fn assert_sound(graph: &Graph, name: &str) {
    let text = mermaid::drawn(graph);
    let mut outside = Vec::new();
    for line in text.lines() {
        assert_eq!(line.matches('"').count() % 2, 0, "{name:?}: {line}");
        let (bare, quoted) = halves(line);
        assert!(line.starts_with("title: ") || quoted.iter().all(|it| is_spelt(it)), "{name:?}: {line}");
        outside.push(bare);
    }
    let innocent = mermaid::drawn(&all_called("innocent"));
    let skeleton: Vec<String> = innocent.lines().map(|line| halves(line).0).collect();
    assert_eq!(outside, skeleton, "{name:?}");
    let text = dot::drawn(graph);
    let lines = dot::drawn(&all_called("innocent")).lines().count();
    assert_eq!(text.lines().count(), lines, "{name:?}: {text}");
    assert!(text.lines().all(is_closed), "{name:?}: {text}");
}

/// Whether every text in quotes ends on its line.
fn is_closed(line: &str) -> bool {
    let (mut open, mut escaped) = (false, false);
    for character in line.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if open => escaped = true,
            '"' => open = !open,
            _ => {}
        }
    }
    !open
}

#[test]
fn names_stay_names() {
    for name in HOSTILE {
        assert_sound(&all_called(name), name);
    }
}

proptest! {
    #[test]
    fn any_name_stays_a_name(name in "[^\\s\\p{C}]\\PC{0,60}") {
        assert_sound(&all_called(&name), &name);
    }
}

#[test]
fn what_means_something_is_spelt_out() {
    let text = mermaid::drawn(&all_called("a#b \"c\" 1.4.2 web-api_x"));
    assert!(text.contains("a#35;b #34;c#34; 1.4.2 web-api_x"), "{text}");
    assert!(mermaid::drawn(&all_called("fa:fa-car")).contains("fa#58;#8288;fa-car"), "{text}");
    let text = dot::drawn(&all_called("a \"b\" \\N &lt;"));
    assert!(text.contains("a \\\"b\\\" \\\\N &amp;lt;"), "{text}");
}

#[test]
fn long_names_keep_both_ends() {
    let name = format!("begin{}end", "x".repeat(5_000));
    for text in [mermaid::drawn(&all_called(&name)), dot::drawn(&all_called(&name))] {
        assert!(text.contains("begin") && text.contains("xend") && text.contains('…'), "{text}");
        assert!(text.lines().all(|line| line.chars().count() < 300), "{text}");
    }
}

#[test]
fn verdicts_are_told_by_more_than_colour() {
    let mut graph = all_called("web");
    graph.edges.push(edge(0, 1, "maybe", Verdict::Unknown));
    graph.edges.push(Edge { missing: true, rules: vec!["ACR101", "ACR301"], ..edge(0, 1, "no role", Verdict::Broken) });
    let text = mermaid::drawn(&graph);
    for part in [
        "n0[\"✗ web\"]:::broken",
        "n0 ==>|\"✗ web\"| n1",
        "n0 -.->|\"maybe\"| n1",
        "n0 --x|\"✗ no role<br/>ACR101, ACR301\"| n1",
        "linkStyle 0 stroke:#c62828,stroke-width:4px,color",
        "linkStyle 2 stroke:#c62828,stroke-width:4px,stroke-dasharray",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let text = dot::drawn(&graph);
    for part in ["label=\"✗ no role\\nACR101, ACR301\"", "style=dotted, arrowhead=tee", "style=dashed"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

#[test]
fn nothing_to_draw_is_a_valid_picture() {
    let text = mermaid::drawn(&Graph::default());
    assert_eq!(text, "---\ntitle: \"no pull from a registry was found\"\n---\nflowchart LR\n");
    let text = dot::drawn(&Graph::default());
    assert!(text.starts_with("digraph acrlint {") && text.ends_with("}\n"), "{text}");
}

#[test]
fn frames_lie_in_each_other() {
    let mut graph = all_called("web");
    graph.groups.push(Group { title: "inner".to_owned(), within: Some(0) });
    graph.nodes.push(node("deep", Some(1), None));
    let text = mermaid::drawn(&graph);
    assert!(text.contains("    subgraph g1[\"inner\"]\n      n2[\"deep\"]:::plain\n    end\n  end\n"), "{text}");
}

/// A picture as full as it can be, with names of which every character has to be spelt out, still is one that Mermaid
/// draws.
#[test]
fn the_fullest_picture_is_short_enough_for_mermaid() {
    let name = "\"".repeat(200);
    let full = Graph {
        groups: (0..100).map(|at: usize| Group { title: name.clone(), within: at.checked_sub(1).map(|_| 0) }).collect(),
        nodes: (0..100).map(|at| Node { lines: vec![name.clone(); 5], ..node("", Some(at), None) }).collect(),
        edges: (0..240)
            .map(|at| Edge { lines: vec![name.clone(); 4], ..edge(at % 100, 0, "", Verdict::Fine) })
            .collect(),
        ..Graph::default()
    };
    assert!(mermaid::drawn(&full).chars().count() < 50_000);
}

#[test]
fn what_is_left_out_is_said() {
    let left_out = Tally { fine: 30, unknown: 2, broken: 0 };
    let graph = Graph { left_out, workloads_left_out: 31, ..all_called("web") };
    let said = "not drawn: 32 more pulls of 31 workloads (2 unknown, 30 fine)";
    assert_eq!(graph.omission().as_deref(), Some(said));
    assert!(mermaid::drawn(&graph).contains("left_out>\"not drawn: 32 more pulls of 31 workloads #40;2 unknown"));
    assert!(dot::drawn(&graph).contains(said));
    assert_eq!(all_called("web").omission(), None);
}
