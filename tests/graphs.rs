//! The pictures of three repositories as they are drawn: `UPDATE=1` writes them anew.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn drawn(folder: &Path, format: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    let command = command.current_dir(folder).args(["graph", "--no-config", "--format", format, "--now", "2026-01-31"]);
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
fn pictures_are_those_of_the_files() {
    let mut wrong = Vec::new();
    for name in ["control-plane-grant", "secret-in-other-namespace", "diagnosis-no-network"] {
        for (format, ending) in [("mermaid", "mmd"), ("dot", "dot")] {
            let said = drawn(&root().join("scenarios/broken").join(name), format);
            let file = root().join("graphs").join(format!("{name}.{ending}"));
            if std::env::var_os("UPDATE").is_some() {
                std::fs::create_dir_all(root().join("graphs")).unwrap();
                std::fs::write(&file, &said).unwrap();
            }
            let wanted = std::fs::read_to_string(&file).unwrap_or_default();
            if said != wanted {
                wrong.push(format!("{}:\n  wanted\n{wanted}  said\n{said}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readme_shows_a_picture_as_it_is_drawn() {
    let picture = std::fs::read_to_string(root().join("graphs/control-plane-grant.mmd")).unwrap();
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(readme.contains(&format!("```mermaid\n{picture}```\n")), "the block has to be\n{picture}");
}
