//! What is left out of the walk: `--exclude` and `exclude:`, each line read as one of a `.gitignore`.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::config::{Config, Placed};
use super::{ConfigFile, Flags, SettingsError, location};

/// Patterns with the folder that they are relative to.
#[derive(Clone, Debug, Default)]
pub struct Excludes {
    sets: Vec<(String, Gitignore)>,
}

impl Excludes {
    /// Whether `path` (relative to the root) is left out. The folders above it are not looked at: the walk doesn't enter
    /// an excluded one, and a path that is named on the command line is meant.
    pub fn cover(&self, path: &str, folder: bool) -> bool {
        self.sets.iter().any(|(base, patterns)| {
            let below = if base.is_empty() {
                Some(path)
            } else {
                path.strip_prefix(base.as_str()).and_then(|rest| rest.strip_prefix('/'))
            };
            below.is_some_and(|path| patterns.matched(path, folder).is_ignore())
        })
    }
}

/// The patterns of the flags, relative to the current folder, and of the configuration, relative to its file.
pub(super) fn resolve(flags: &Flags, config: &Config, root: &Path, current: &Path) -> Result<Excludes, SettingsError> {
    let mut sets = Vec::new();
    if !flags.exclude.is_empty() {
        let current = current.canonicalize().unwrap_or_else(|_| current.to_owned());
        sets.push((location::relative(&current, root).unwrap_or_default(), typed(&flags.exclude)?));
    }
    if let Some(file) = config.file.as_ref().filter(|_| !config.exclude.is_empty()) {
        sets.push((config.base.clone(), written(&config.exclude, file)?));
    }
    Ok(Excludes { sets })
}

fn typed(globs: &[String]) -> Result<Gitignore, SettingsError> {
    let mut builder = GitignoreBuilder::new("");
    for glob in globs {
        let bad = |error: ignore::Error| SettingsError::BadGlob { glob: glob.clone(), why: reason(&error) };
        builder.add_line(None, glob).map_err(bad)?;
    }
    builder.build().map_err(|error| SettingsError::BadGlob { glob: globs.join(" "), why: reason(&error) })
}

fn written(globs: &[Placed<String>], file: &ConfigFile) -> Result<Gitignore, SettingsError> {
    let mut builder = GitignoreBuilder::new("");
    let bad = |at: Option<(u64, u64)>, error: ignore::Error| SettingsError::Config {
        path: file.shown.clone(),
        at,
        message: format!("no glob: {}", reason(&error)),
    };
    for glob in globs {
        builder.add_line(None, &glob.value).map_err(|error| bad(Some((glob.line, glob.column)), error))?;
    }
    builder.build().map_err(|error| bad(None, error))
}

/// The reason without the glob itself, which stands in front of it anyway.
fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    }
}
