//! Words as values.

use std::sync::Arc;

use super::super::meaning::arguments::{Argument, Arguments};
use super::super::meaning::certain;
use super::super::syntax::{Piece, Word};
use super::{HERE, ROOT, Run};
use crate::ir::{Node, Ref, Value, Why};
use crate::source::{Rewrite, Span, Via};

impl Run<'_> {
    /// A variable that nothing here sets: the same value wherever it stands.
    pub(super) fn elsewhere(&self, name: &str, span: Span) -> Node {
        let shown = name.trim_start_matches("ps:");
        Node::symbol(Why::External(format!("${shown}").into()), format!("{}#{name}", self.shell.scope), span)
    }

    /// The same for the files around scripts, which know well-known places too.
    pub fn set_elsewhere(&self, name: &str, span: Span) -> Node {
        match self.well_known(name) {
            Some(place) => Node::text(place, span),
            None => self.elsewhere(name, span),
        }
    }

    /// Where the root of the tree is checked out, and where a script lies, by the names that shells and pipelines have for
    /// them; and what PowerShell calls true.
    fn well_known(&self, name: &str) -> Option<&'static str> {
        const ROOTS: [&str; 9] = [
            "GITHUB_WORKSPACE",
            "github.workspace",
            "Build.SourcesDirectory",
            "Build.Repository.LocalPath",
            "System.DefaultWorkingDirectory",
            "BUILD_SOURCESDIRECTORY",
            "SYSTEM_DEFAULTWORKINGDIRECTORY",
            "CI_PROJECT_DIR",
            "WORKSPACE",
        ];
        match name {
            "ps:psscriptroot" => Some(HERE),
            "ps:true" => Some("$true"),
            "ps:false" => Some("$false"),
            _ => ROOTS.contains(&name).then_some(ROOT),
        }
    }

    fn variable(&mut self, name: &str, default: Option<&Word>, span: Span) -> Node {
        if let Some(known) = self.shell.vars.get(name) {
            return known.clone().through(span, Via::Name);
        }
        if let Some(place) = self.well_known(name) {
            return Node::text(place, span);
        }
        if name == "0" || name == "BASH_SOURCE" {
            return Node::text(format!("{HERE}/script"), span);
        }
        match default {
            // What stands for it where nobody says otherwise.
            Some(word) => {
                let own = self.word(word);
                match self.tree.gives_another(&self.path, name, &own) {
                    true => self.elsewhere(name, span),
                    false => own.through(span, Via::Parameter),
                }
            }
            None => self.elsewhere(name, span),
        }
    }

    /// What a word says.
    pub fn word(&mut self, word: &Word) -> Node {
        let mut pieces = Vec::with_capacity(word.pieces.len());
        for piece in &word.pieces {
            pieces.push(self.piece(piece));
        }
        match pieces.len() {
            1 => pieces.pop().unwrap_or_else(|| Node::text("", word.span)),
            _ => {
                let trail = pieces
                    .iter()
                    .find(|it| it.trail.hops().any(|hop| hop.via == Via::Parameter))
                    .map(|it| it.trail.clone());
                let joined = Node::concat(pieces, word.span);
                Node { trail: trail.unwrap_or_default(), ..joined }
            }
        }
    }

    /// What a text says to another program. What only stands there where nobody says otherwise is not known, and so is
    /// what is no text.
    pub(super) fn text_of(&mut self, word: &Word) -> Node {
        let mut pieces = Vec::with_capacity(word.pieces.len());
        for piece in &word.pieces {
            let node = self.piece(piece);
            pieces.push(match (piece, &node.value) {
                (Piece::Text(..), _) => node,
                (_, Value::List(_) | Value::Map(_)) => Node::unknown(Why::Runtime("a list".into()), node.span),
                _ => certain(node),
            });
        }
        Node::concat(pieces, word.span)
    }

    fn piece(&mut self, piece: &Piece) -> Node {
        match piece {
            Piece::Text(text, span) => Node::text(text.as_str(), *span),
            Piece::Variable(name, default, span) => {
                let node = self.variable(name, default.as_deref(), *span);
                match node.as_list() {
                    Some(list) => list.items.first().cloned().unwrap_or_else(|| Node::text("", *span)),
                    None => node,
                }
            }
            Piece::Property(inner, path, span) => {
                let inner = match &**inner {
                    Piece::Variable(name, _, at) => self.variable(name, None, *at),
                    other => self.piece(other),
                };
                property(&inner, path, *span)
            }
            Piece::Output(body, span) => {
                let kept = self.shell.clone();
                let printed = self.read_from(|run| run.statements(body));
                self.return_to(kept);
                // Whether it is applied or only read isn't seen.
                let perhaps = printed.rewrites.iter().map(|it| Rewrite { by: None, ..it.clone() });
                self.rewritten.extend(perhaps);
                printed.value.unwrap_or_else(|| Node::unknown(Why::Runtime("the output of a command".into()), *span))
            }
            Piece::Members(name, span) => self.variable(name, None, *span),
            Piece::Unknown(span) => Node::unknown(Why::UnsupportedSyntax("a word of a script".into()), *span),
        }
    }

    /// The words of a command. A bare variable may be several words, or none; where it is not known, any option may be among
    /// them.
    pub fn expand(&mut self, words: &[Word]) -> Arguments {
        let mut found = Arguments::default();
        for word in words {
            match word.pieces.as_slice() {
                [Piece::Members(name, span)] => {
                    let members = self.variable(name, None, *span);
                    self.members(&members, &mut found);
                }
                // PowerShell hands over a variable as it is; several words only to programs, when it is a list.
                [Piece::Variable(name, _, span)] if !word.quoted && name.starts_with("ps:") => {
                    let node = self.variable(name, None, *span);
                    let program = !found.first().is_some_and(|name| name.contains('-'));
                    match node.as_list() {
                        Some(_) => self.members(&node, &mut found),
                        None => {
                            let bare = program && node.as_str().is_none() && !found.words.is_empty();
                            found.words.push(Argument { bare, ..Argument::of(node) });
                        }
                    }
                }
                [Piece::Variable(..)] if !word.quoted => {
                    let node = self.word(word);
                    match node.as_str() {
                        Some(text) if text.contains(char::is_whitespace) => {
                            let parts = text.split_whitespace().map(|part| Argument::of(Node::text(part, node.span)));
                            found.words.extend(parts);
                        }
                        Some("") => {}
                        _ => found.words.push(Argument { bare: node.as_str().is_none(), ..Argument::of(node) }),
                    }
                }
                [Piece::Output(..)] if !word.quoted => {
                    let node = self.word(word);
                    found.words.push(Argument { bare: node.as_str().is_none(), ..Argument::of(node) });
                }
                _ => {
                    let node = self.word(word);
                    found.words.push(Argument::of(node));
                }
            }
        }
        found
    }

    fn members(&mut self, members: &Node, found: &mut Arguments) {
        match &members.value {
            Value::List(list) if list.open.is_none() => {
                found.words.extend(list.items.iter().cloned().map(Argument::of));
            }
            Value::Map(map) if map.open.is_none() => {
                for entry in &map.entries {
                    let key = entry.key.as_str().unwrap_or_default();
                    self.understood.push(entry.key.span);
                    found.words.push(Argument::of(Node::text(format!("-{key}"), entry.key.span)));
                    found.words.push(Argument::of(entry.value.clone()));
                }
            }
            _ => found.open = true,
        }
    }
}

/// Parts of a value that are remembered.
const PARTS: usize = 400;
/// Bytes of a text.
const LONGEST: usize = 32 << 10;

/// The value, unless it grows beyond what anybody writes.
pub(super) fn bounded(node: Node) -> Node {
    fn fits(node: &Node, left: &mut usize) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        match &node.value {
            Value::Str(text) => text.len() <= LONGEST,
            Value::Concat(nodes) | Value::Call(_, nodes) => nodes.iter().all(|node| fits(node, left)),
            Value::List(list) => list.items.iter().all(|node| fits(node, left)),
            Value::Map(map) => map.entries.iter().all(|entry| fits(&entry.value, left)),
            Value::Choice(choice) => fits(&choice.yes, left) && fits(&choice.no, left),
            _ => true,
        }
    }
    match fits(&node, &mut PARTS.clone()) {
        true => node,
        false => Node::unknown(Why::LimitReached("a variable".into()), node.span),
    }
}

/// A property of a resource that a command gave: Azure's modules for PowerShell leave `properties` out.
fn property(node: &Node, path: &str, span: Span) -> Node {
    let unknown = || Node::unknown(Why::Runtime(path.into()), span);
    match &node.value {
        Value::Ref(reference) if reference.path.is_empty() => {
            super::super::meaning::query::path_of(path).map_or_else(unknown, |path| {
                let reference = Ref { target: reference.target.clone(), path };
                Node { value: Value::Ref(Arc::new(reference)), ..node.clone() }
            })
        }
        Value::Map(_) => node.get(path).cloned().unwrap_or_else(unknown),
        _ => unknown(),
    }
}
