//! What a pipeline hands to one of elsewhere.

use super::{filled, scalar};
use crate::frontend::script::meaning::steps::Inputs;
use crate::frontend::script::run::Run;
use crate::frontend::script::syntax::Dialect;
use crate::syntax::tree::Tree;

/// Objects and lists inside of each other.
const DEEPEST: u32 = 12;
/// Values that are told.
const MOST: usize = 400;

/// All scalars of what is given, however deep, by their paths in lower case.
pub(super) fn over(run: &Run<'_>, data: Option<&Tree>, dialect: Dialect) -> Inputs {
    let mut found = Inputs::new();
    if let Some(data) = data {
        gather(run, data, "", dialect, DEEPEST, &mut found);
    }
    found
}

fn gather(run: &Run<'_>, data: &Tree, path: &str, dialect: Dialect, depth: u32, found: &mut Inputs) {
    if depth == 0 || found.len() >= MOST {
        return;
    }
    let below = |name: &str| if path.is_empty() { name.to_ascii_lowercase() } else { format!("{path}.{name}") };
    for member in data.as_map().unwrap_or_default() {
        gather(run, &member.value, &below(&member.key.to_ascii_lowercase()), dialect, depth - 1, found);
    }
    for (at, item) in data.as_list().unwrap_or_default().iter().enumerate() {
        gather(run, item, &below(&at.to_string()), dialect, depth - 1, found);
    }
    if let Some(text) = scalar(data) {
        found.insert(path.to_owned(), filled(run, &text, data.span, dialect));
    }
}
