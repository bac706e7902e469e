//! The README and the pages in `docs/`: what can be worked out is worked out (`UPDATE=1 cargo test --test pages` writes
//! it), what they claim about flags, keys and reasons is compared with the code, and what they show acrlint saying is what
//! it says.

// A test says what is wrong by failing, and cuts texts where it has just looked.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice)]

mod claims;
mod commands;
mod links;
mod markdown;
mod revision;
mod rules;

use std::path::{Path, PathBuf};

/// The folder of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the repository.
fn text_of(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether texts that are out of date are written anew.
fn updates() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Files of a folder with this extension, sorted; paths relative to the repository.
fn files_of(folder: &str, extension: &str) -> Vec<String> {
    let read = std::fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let paths = read.flatten().map(|entry| entry.path());
    let fitting = paths.filter(|path| path.extension().is_some_and(|it| it == extension));
    let name = |path: PathBuf| path.file_name().map(|name| format!("{folder}/{}", name.to_string_lossy()));
    let mut names: Vec<String> = fitting.filter_map(name).collect();
    names.sort();
    names
}

/// The pages that people write: the README and `docs/`.
fn written_pages() -> Vec<String> {
    ["README.md".to_owned()].into_iter().chain(files_of("docs", "md")).collect()
}

/// Fails with all problems at once.
fn report(what: &str, problems: &[String]) {
    assert!(problems.is_empty(), "{what}: {} problem(s)\n{}", problems.len(), problems.join("\n"));
}
