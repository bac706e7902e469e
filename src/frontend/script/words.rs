//! Commands that are recognised by their words, wherever they stand: in programs, templates, pages, and in scripts where
//! they can't be followed. Of their arguments only a literal registry and cluster are read, so a command counts for every
//! registry and cluster that it doesn't rule out.

use std::sync::LazyLock;

use regex::Regex;

use super::commands::{self, Among, COMMANDS};
use crate::ir::{Imperative, Makes};
use crate::source::{Source, SourceId, Span};

/// A role that pulls, by name or id.
static PULL_ROLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)acr_?pull|7f951dda-4ed3|repository.?reader|b93aa761-3e63").ok());

/// What a file is, as far as its commands go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Somebody or something runs what stands in it.
    Script,
    /// A program: its strings and calls count.
    Program,
    /// Commands in it run when it is deployed, or are only mentioned: what it must hold for the former.
    Template(&'static [&'static str]),
    /// For people.
    Page,
}

impl Kind {
    fn of(path: &str) -> Kind {
        const PROGRAMS: &[&str] = &[
            "py",
            "ts",
            "js",
            "mjs",
            "cjs",
            "go",
            "cs",
            "fs",
            "vb",
            "java",
            "kt",
            "rb",
            "rs",
            "groovy",
            "jsonnet",
            "libsonnet",
        ];
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        // Editors and containers run what stands in their settings.
        if [".devcontainer/", ".vscode/"].iter().any(|folder| path.contains(folder)) || name == ".devcontainer.json" {
            return Kind::Script;
        }
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "md" => Kind::Page,
            "tf" | "tofu" | "tfvars" => {
                Kind::Template(&["local-exec", "remote-exec", "deployment_script", "deploymentScripts"])
            }
            "bicep" | "bicepparam" | "json" | "jsonc" => {
                Kind::Template(&["deploymentScripts", "local-exec", "\"scripts\""])
            }
            extension if PROGRAMS.contains(&extension) => Kind::Program,
            _ => Kind::Script,
        }
    }
}

/// The commands in a file. Lines that are commented out don't count outside of pages.
pub(super) fn commands(source: &Source, id: SourceId) -> Vec<Imperative> {
    let kind = Kind::of(&source.path);
    let manual = match kind {
        Kind::Page => true,
        Kind::Template(runs) => !runs.iter().any(|word| source.text.contains(word)),
        Kind::Script | Kind::Program => false,
    };
    let mut found = Vec::new();
    let hints = commands::hints_in(&source.text);
    if hints.is_empty() {
        return found;
    }
    for command in COMMANDS.iter().filter(|command| command.among == Among::All || kind == Kind::Program) {
        if command.among == Among::Programs && command.makes == Makes::Grant && !names_pull_role(&source.text) {
            continue;
        }
        for hit in command.places(&source.text, &hints) {
            let line = command_line(&source.text, hit.start);
            let lower = line.to_ascii_lowercase();
            let complete = command.with.is_empty() || command.with.iter().any(|word| lower.contains(word));
            if !complete || kind != Kind::Page && is_comment(&source.text, hit.start) {
                continue;
            }
            found.push(Imperative {
                makes: command.makes,
                command: command.words,
                span: Span::new(id, hit.start, hit.end),
                registry: argument(line, &ATTACHED)
                    .or_else(|| argument(line, &UPDATED))
                    .and_then(|it| registry_name(&it)),
                cluster: argument(line, &CLUSTER),
                secret: argument(line, &SECRET),
                manual,
            });
        }
    }
    found
}

fn names_pull_role(text: &str) -> bool {
    PULL_ROLE.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

fn is_comment(text: &str, at: usize) -> bool {
    let line = text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    let line = line.trim_start();
    line.starts_with(['#', ';'])
        || line.starts_with("//")
        || line.get(..4).is_some_and(|rem| rem.eq_ignore_ascii_case("rem "))
}

/// The whole command around a place: lines that end in `\`, `` ` ``, `^` or `|` go on.
fn command_line(text: &str, at: usize) -> &str {
    let goes_on = |line: &str| line.trim_end_matches(['\r', ' ']).ends_with(['\\', '`', '^', '|']);
    let mut from = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    while let Some(before) = text.get(..from.saturating_sub(1)).filter(|before| from > 0 && goes_on(before)) {
        from = before.rfind('\n').map_or(0, |end| end + 1);
    }
    let rest = text.get(from..).unwrap_or_default();
    let mut length = 0;
    for line in rest.split_inclusive('\n') {
        length += line.len();
        if from + length > at && !goes_on(line.trim_end_matches('\n')) {
            break;
        }
    }
    rest.get(..length).unwrap_or_default()
}

static ATTACHED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)(?:--attach-acr|-AcrNameToAttach)(?:\s+|=)["']?([^\s"']+)"#).ok());
static UPDATED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\baz\s+acr\b(?s:.*?)\s(?:-n|--name)(?:\s+|=)["']?([^\s"']+)"#).ok());
static CLUSTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)\b(?:az\s+aks\b|(?:New|Set)-AzAksCluster\b)(?s:.*?)\s(?:-n|--name|-Name)(?:\s+|=)["']?([^\s"']+)"#,
    )
    .ok()
});

static SECRET: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\bcreate\s+secret\s+(?:docker-registry|generic)\s+["']?([^\s"'-][^\s"']*)"#).ok());

/// The argument that a pattern captures, when it is a literal.
fn argument(line: &str, pattern: &LazyLock<Option<Regex>>) -> Option<Box<str>> {
    let found = pattern.as_ref()?.captures(line)?.get(1)?.as_str();
    let literal = found.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b'.'));
    literal.then(|| found.into())
}

/// `--attach-acr` takes a name or a resource id.
fn registry_name(argument: &str) -> Option<Box<str>> {
    argument.rsplit('/').next().map(Into::into)
}
