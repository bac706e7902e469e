//! reStructuredText: indented blocks behind `.. code-block:: bash` or a paragraph that ends in `::`.

use super::{command, lines, numbered};
use crate::frontend::script::run::Run;

/// A block that is open: how far the line over it is indented, and its language.
struct Block<'t> {
    indent: usize,
    language: &'t str,
}

/// Runs all blocks of a page, as steps by hand.
pub(in crate::frontend::script::hosts) fn run(run: &mut Run<'_>, text: &str) {
    run.manual = true;
    let mut open: Option<Block<'_>> = None;
    let mut parts = Vec::new();
    for (from, line) in numbered(text) {
        let bare = line.trim();
        let indent = line.len() - line.trim_start().len();
        if let Some(block) = &open {
            let option = parts.is_empty() && bare.starts_with(':');
            match () {
                () if bare.is_empty() || indent > block.indent && option => continue,
                () if indent > block.indent => {
                    parts.push(command(line, from));
                    continue;
                }
                () => lines(run, text, block.language, &std::mem::take(&mut parts)),
            }
        }
        open = opened(bare).map(|language| Block { indent, language });
    }
    if let Some(block) = open {
        lines(run, text, block.language, &parts);
    }
}

/// The language of the block that a line opens; `""` is the page's own.
fn opened(line: &str) -> Option<&str> {
    const DIRECTIVES: [&str; 5] = ["code-block::", "code::", "sourcecode::", "prompt::", "parsed-literal::"];
    match line.strip_prefix(".. ") {
        Some(directive) => DIRECTIVES.iter().find_map(|name| directive.trim_start().strip_prefix(name)).map(first_word),
        None => line.ends_with("::").then_some(""),
    }
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}
