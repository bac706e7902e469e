//! Resources of one type by name: which ones a name can mean, without comparing it with all of them.

use std::collections::HashMap;

use super::outline::Outline;
use super::{Node, Resource, Value};

/// Resources of one type by their names, as they are written.
#[derive(Default)]
pub(super) struct Names<'a> {
    all: Vec<&'a Resource>,
    /// What their names are made of, when no flag holds.
    outlines: Vec<Option<Outline>>,
    /// Names that are known to the last letter, in lower case.
    known: HashMap<String, Vec<usize>>,
    /// Names that may turn out to be any text once references are followed.
    open: Vec<usize>,
    /// Names with unknowns that stay unknown, by their shape.
    fixed: HashMap<String, Vec<usize>>,
}

impl<'a> Names<'a> {
    /// The resources by what `name` gives of each; those without a name may have any.
    pub(super) fn of(all: Vec<&'a Resource>, name: impl Fn(&'a Resource) -> Option<&'a Node>) -> Names<'a> {
        let mut names = Names::default();
        for (at, &resource) in all.iter().enumerate() {
            let name = name(resource).map(Node::without_flags);
            names.outlines.push(name.as_ref().map(Outline::written));
            match name {
                Some(Node { value: Value::Str(text), .. }) => {
                    names.known.entry(text.to_ascii_lowercase()).or_default().push(at);
                }
                name => match name.as_ref().and_then(shape) {
                    Some(shape) => names.fixed.entry(shape).or_default().push(at),
                    None => names.open.push(at),
                },
            }
        }
        Names { all, ..names }
    }

    /// The resources that may have this name, with references followed already, in their order. Equal names are equal
    /// when no flag holds: that is one of the completions in which they are compared.
    pub(super) fn candidates(&self, name: &Node) -> Vec<&'a Resource> {
        let name = name.without_flags();
        let outline = Outline::followed(&name);
        let alike = |at: &usize| {
            let theirs = self.outlines.get(*at).and_then(Option::as_ref);
            theirs.is_none_or(|theirs| theirs.may_equal(&outline))
        };
        let more = match &name.value {
            Value::Str(text) => self.known.get(&text.to_ascii_lowercase()),
            _ => match shape(&name) {
                Some(shape) => self.fixed.get(&shape),
                None => return self.at((0..self.all.len()).filter(alike)),
            },
        };
        let mut found: Vec<usize> = self.open.iter().chain(more.into_iter().flatten()).copied().filter(alike).collect();
        found.sort_unstable();
        self.at(found)
    }

    fn at(&self, places: impl IntoIterator<Item = usize>) -> Vec<&'a Resource> {
        places.into_iter().filter_map(|at| self.all.get(at).copied()).collect()
    }
}

/// What equal names have in common, when following references can't change it: texts, symbols, and the functions whose
/// results the name holds. A known name never equals one that has a shape.
pub(crate) fn shape(name: &Node) -> Option<String> {
    let mut shape = String::new();
    match &name.value {
        Value::Concat(pieces) => pieces.iter().try_for_each(|piece| put(&mut shape, piece))?,
        _ => put(&mut shape, name)?,
    }
    shape.make_ascii_lowercase();
    Some(shape)
}

fn put(shape: &mut String, piece: &Node) -> Option<()> {
    match &piece.value {
        Value::Str(text) => shape.push_str(text),
        Value::Unknown { sym, .. } => shape.push_str(sym.as_ref().map_or("?", |sym| &sym.0)),
        // Letters are folded when the argument turns out to be a text; no other function is computed later.
        Value::Call(function, _) if !matches!(&**function, "tolower" | "toupper") => {
            shape.push_str(function);
            shape.push_str("()");
        }
        _ => return None,
    }
    Some(())
}
