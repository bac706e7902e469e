//! Boxes and arrows before they have numbers: two that look alike at one place are one.

use crate::report::Verdict;
use crate::report::graph::Kind;
use crate::source::Span;

/// A frame: what is written on it, and what tells it from others with the same words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Room {
    pub title: String,
    pub of: Option<Span>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub kind: Kind,
    /// The frames around it, the outermost first.
    pub rooms: Vec<Room>,
    pub lines: Vec<String>,
    /// What tells it from others with the same words.
    pub of: Option<Span>,
    /// Only of workloads.
    pub verdict: Option<Verdict>,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrow {
    pub from: Spot,
    pub to: Spot,
    pub lines: Vec<String>,
    pub verdict: Verdict,
    pub missing: bool,
    pub rules: Vec<&'static str>,
}

impl Spot {
    pub fn new(kind: Kind, rooms: &[Room], lines: Vec<String>, of: Option<Span>) -> Spot {
        Spot { kind, rooms: rooms.to_vec(), lines, of, verdict: None }
    }
}

impl Arrow {
    /// A step that works, or is no step of its own.
    pub fn plain(from: &Spot, to: &Spot) -> Arrow {
        Arrow::new(from, to, Verdict::Fine, Vec::new())
    }

    pub fn new(from: &Spot, to: &Spot, verdict: Verdict, lines: Vec<String>) -> Arrow {
        Arrow { from: from.clone(), to: to.clone(), lines, verdict, missing: false, rules: Vec::new() }
    }

    /// The same for which rules are to blame, if it doesn't work.
    pub fn blamed(self, rules: Vec<&'static str>) -> Arrow {
        let rules = if self.verdict == Verdict::Broken { rules } else { Vec::new() };
        Arrow { rules, ..self }
    }

    /// The same for which rules speak of it, also where they don't say that it fails.
    pub fn told(self, rules: Vec<&'static str>) -> Arrow {
        let rules = if self.verdict == Verdict::Fine { Vec::new() } else { rules };
        Arrow { rules, ..self }
    }

    /// The same, drawn as something that isn't there, if it doesn't work.
    pub fn absent(self) -> Arrow {
        Arrow { missing: self.verdict == Verdict::Broken, ..self }
    }
}

/// An arrow whose ends at `from` are at `to` instead.
pub(super) fn moved(arrow: &Arrow, from: &Spot, to: &Spot) -> Arrow {
    let end = |spot: &Spot| if spot == from { to.clone() } else { spot.clone() };
    Arrow { from: end(&arrow.from), to: end(&arrow.to), ..arrow.clone() }
}

/// A line on an arrow is about this long, in characters.
const LINE: usize = 28;

/// A sentence on a few short lines, without the quotes around names.
pub(super) fn sentence(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace().map(|word| word.replace('`', "")) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LINE => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}
