//! Aliases and merge keys, unfolded with fuel: a few lines of aliases of aliases would fill any memory.

use std::collections::{BTreeMap, BTreeSet};

use super::super::tree::{FaultKind, Member, Tree, TreeKind};
use crate::source::Span;

/// How many nodes the aliases of a file may copy.
const MOST_COPIED: usize = 100_000;

/// How deep a tree may get through aliases of aliases.
const DEEPEST: usize = 256;

/// A node with an anchor.
pub(super) struct Anchored {
    pub(super) tree: Tree,
    pub(super) nodes: usize,
    pub(super) height: usize,
}

/// The anchors of a document, and what is left to copy in the file.
pub(super) struct Anchors {
    known: BTreeMap<usize, Anchored>,
    left: usize,
}

impl Default for Anchors {
    fn default() -> Anchors {
        Anchors { known: BTreeMap::new(), left: MOST_COPIED }
    }
}

impl Anchors {
    /// Anchors end with their document; the fuel is the file's.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    pub(super) fn keep(&mut self, anchor: usize, anchored: Anchored) {
        self.known.insert(anchor, anchored);
    }

    /// The anchored tree with its number of nodes and its height, as seen through an alias at `span`, `depth` levels
    /// down. An anchor that is not finished holds the alias itself.
    pub(super) fn copy(
        &mut self,
        anchor: usize,
        span: Span,
        depth: usize,
    ) -> Result<(Tree, usize, usize), (FaultKind, String)> {
        let Some(anchored) = self.known.get(&anchor) else {
            return Err((FaultKind::Syntax, "the alias stands inside of the value that it refers to".to_owned()));
        };
        if depth + anchored.height > DEEPEST {
            return Err((FaultKind::Limit, format!("aliases nest deeper than {DEEPEST} levels")));
        }
        let Some(left) = self.left.checked_sub(anchored.nodes) else {
            return Err((FaultKind::Limit, format!("aliases stand for more than {MOST_COPIED} values")));
        };
        self.left = left;
        let mut tree = anchored.tree.clone();
        seen_through(&mut tree, span);
        Ok((tree, anchored.nodes, anchored.height))
    }
}

fn seen_through(tree: &mut Tree, span: Span) {
    tree.via.push(span);
    match &mut tree.kind {
        TreeKind::List(items) => items.iter_mut().for_each(|item| seen_through(item, span)),
        TreeKind::Map(members) => members.iter_mut().for_each(|member| seen_through(&mut member.value, span)),
        _ => {}
    }
}

/// The members of an object with what its merge keys bring in, first come first served: what is written in the object
/// wins, then the earlier map. A merge of something that is no map brings nothing.
pub(super) fn merge(mut members: Vec<Member>, merged: Vec<(Span, Tree)>) -> Vec<Member> {
    if merged.is_empty() {
        return members;
    }
    let mut taken: BTreeSet<_> = members.iter().map(|member| member.key.clone()).collect();
    for (key_span, tree) in merged {
        let maps = match tree.kind {
            TreeKind::List(items) => items,
            kind => vec![Tree { kind, ..tree }],
        };
        for map in maps {
            let TreeKind::Map(inherited) = map.kind else { continue };
            let fresh: Vec<Member> = inherited.into_iter().filter(|member| !taken.contains(&member.key)).collect();
            taken.extend(fresh.iter().map(|member| member.key.clone()));
            members.extend(fresh.into_iter().map(|member| through_merge(member, key_span)));
        }
    }
    members
}

/// A map that is merged through an alias carries the alias already; one written in place gets the merge key.
fn through_merge(mut member: Member, key_span: Span) -> Member {
    if member.value.via.is_empty() {
        member.value.via.push(key_span);
    }
    member
}
