//! Notebooks as they are saved: cells of text and code. What cells printed is none of what somebody runs.

use super::passage::Passage;
use crate::source::SourceId;
use crate::syntax::json;
use crate::syntax::tree::Tree;

/// A notebook.
pub(super) struct Notebook {
    /// The language of its kernel, in lower case.
    pub language: String,
    pub cells: Vec<Cell>,
}

/// A cell with what stands in it.
pub(super) struct Cell {
    pub is_code: bool,
    pub passage: Passage,
}

impl Notebook {
    /// Reads a saved notebook; nothing where the text is none.
    pub fn of(source: SourceId, text: &str) -> Option<Notebook> {
        let (root, _, _) = json::parse(source, text);
        let root = root?;
        let language = ["kernelspec", "language_info"].iter().find_map(|key| {
            let about = root.get("metadata")?.get(key)?;
            about.get("language").or_else(|| about.get("name")).and_then(Tree::as_str)
        });
        let cells = root.get("cells").and_then(Tree::as_list)?.iter().filter_map(|cell| {
            let is_code = cell.get("cell_type").and_then(Tree::as_str) == Some("code");
            Some(Cell { is_code, passage: written(cell.get("source")?, text)? })
        });
        Some(Notebook { language: language.unwrap_or_default().to_ascii_lowercase(), cells: cells.collect() })
    }

    /// Everything that stands in its cells.
    pub fn whole(self) -> Option<Passage> {
        Passage::joined(self.cells.into_iter().map(|cell| cell.passage).collect())
    }
}

/// A text, or a list of its lines.
fn written(cell: &Tree, file: &str) -> Option<Passage> {
    let one = |line: &Tree| Some(Passage::of_scalar(file, line.span, line.as_str()?));
    match cell.as_list() {
        Some(lines) => Passage::joined(lines.iter().filter_map(one).collect()),
        None => one(cell),
    }
}
