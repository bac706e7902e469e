//! Paths that a configuration means: a glob, seen from the folder of the file.

use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};

use super::item::{Item, Mistake};

/// The paths that a glob covers.
#[derive(Clone, Debug)]
pub struct Paths {
    glob: String,
    base: String,
    matcher: GlobMatcher,
}

impl Paths {
    /// Reads a glob, which is relative to `base`.
    pub(super) fn read(item: &Item, base: &str) -> Result<Paths, Mistake> {
        let written = item.text()?;
        let below = written.trim_start_matches("./").trim_matches('/');
        // The folder of the file itself.
        let pattern = if matches!(below, "" | ".") { "**" } else { below };
        let built = GlobBuilder::new(pattern).literal_separator(true).build();
        let matcher = built.map_err(|error| item.wrong(format!("no glob: {}", error.kind())))?.compile_matcher();
        Ok(Paths { glob: written.to_owned(), base: base.to_owned(), matcher })
    }

    /// The glob as written.
    pub fn written(&self) -> &str {
        &self.glob
    }

    /// Whether a path (relative to the root) is covered. A glob of a folder covers what is in it.
    pub fn cover(&self, path: &str) -> bool {
        let below = match self.base.as_str() {
            "" => Some(path),
            base => path.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')),
        };
        below.is_some_and(|path| Path::new(path).ancestors().any(|part| self.matcher.is_match(part)))
    }
}
