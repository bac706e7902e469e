//! Commands that are recognised by their words, wherever they stand: in programs, templates, pages, and in scripts where
//! they can't be followed. Of their arguments only a literal registry and cluster are read, so a command counts for every
//! registry and cluster that it doesn't rule out.

use std::sync::LazyLock;

use regex::Regex;

use super::commands::{self, Among, COMMANDS};
use super::notebook::Notebook;
use crate::azure::roles;
use crate::ir::{Imperative, Makes, Truth};
use crate::source::{Source, SourceId, Span};

/// A role that pulls, by name or id.
static PULL_ROLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)acr_?pull|7f951dda-4ed3|repository.?reader|b93aa761-3e63").ok());

/// What a file is, as far as its commands go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Somebody or something runs what stands in it.
    Script,
    /// The same in PowerShell, which has comments of several lines.
    PowerShell,
    /// A program: its strings and calls count.
    Program,
    /// Commands in it run when it is deployed, or are only mentioned: what it must hold for the former.
    Template(&'static [&'static str]),
    /// For people.
    Page,
    /// For people who run parts of it: its code may be a program.
    Notebook,
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
            "md" | "markdown" | "mdx" | "rst" | "adoc" | "asciidoc" | "txt" => Kind::Page,
            "ipynb" => Kind::Notebook,
            "ps1" | "psm1" => Kind::PowerShell,
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
        Kind::Page | Kind::Notebook => true,
        Kind::Template(runs) => !runs.iter().any(|word| source.text.contains(word)),
        Kind::Script | Kind::PowerShell | Kind::Program => false,
    };
    let notebook = (kind == Kind::Notebook && !commands::hints_in(&source.text).is_empty())
        .then(|| Notebook::of(id, &source.text)?.whole())
        .flatten();
    match notebook {
        Some(cells) => in_text(&cells.text, kind, manual, |from, to| cells.span(from, to)),
        None => in_text(&source.text, kind, manual, |from, to| Span::new(id, from, to)),
    }
}

/// The commands in a text, and where their words stand.
fn in_text(text: &str, kind: Kind, manual: bool, place: impl Fn(usize, usize) -> Span) -> Vec<Imperative> {
    let mut found = Vec::new();
    let hints = commands::hints_in(text);
    if hints.is_empty() {
        return found;
    }
    let program = matches!(kind, Kind::Program | Kind::Notebook);
    let page = matches!(kind, Kind::Page | Kind::Notebook);
    for command in COMMANDS.iter().filter(|command| command.among == Among::All || program) {
        if command.among == Among::Programs && command.makes == Makes::Grant && !names_pull_role(text) {
            continue;
        }
        for hit in command.places(text, &hints) {
            let line = command_line(text, hit.start);
            let lower = line.to_ascii_lowercase();
            let complete = command.with.is_empty() || command.with.iter().any(|word| lower.contains(word));
            // Nobody is helped by a step that shuts what another one opens.
            let shuts = manual && SHUTS.as_ref().is_some_and(|pattern| pattern.is_match(line));
            // Nor by one that lets somebody do something else.
            let foreign = manual && command.makes == Makes::Grant && grants_no_pull(line);
            if !complete
                || shuts
                || READS.as_ref().is_some_and(|pattern| pattern.is_match(line))
                || foreign && !may_assign_identities(line)
                || !page && is_comment(text, hit.start)
                || kind == Kind::PowerShell && is_in_block_comment(text, hit.start)
            {
                continue;
            }
            let assigns = command.makes == Makes::Grant && lower.contains("role") && may_assign_identities(line);
            let makes = if foreign { Makes::Operator } else { command.makes };
            if assigns && !foreign {
                let (command, span) = (command.words.into(), place(hit.start, hit.end));
                let (registry, cluster, secret) = (None, None, None);
                found.push(Imperative { makes: Makes::Operator, command, span, registry, cluster, secret, manual });
            }
            found.push(Imperative {
                makes,
                command: command.words.into(),
                span: place(hit.start, hit.end),
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

/// Whether a place lies between `<#` and `#>`.
fn is_in_block_comment(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.rfind("<#").is_some_and(|open| before.rfind("#>").is_none_or(|close| close < open))
}

fn is_comment(text: &str, at: usize) -> bool {
    let line = text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    let line = line.trim_start();
    line.starts_with(['#', ';'])
        || line.starts_with("//")
        || line.starts_with("::")
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
static UPDATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
            r#"(?i)\b(?:az\s+acr\b|\w+-AzContainerRegistry\w*)(?s:.*?)\s(?:-n|--name|-Name|-RegistryName)(?:\s+|=)["']?([^\s"']+)"#,
        )
        .ok()
});
static CLUSTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)\b(?:az\s+aks\b|(?:New|Set)-AzAksCluster\b)(?s:.*?)\s(?:-n|--name|-Name)(?:\s+|=)["']?([^\s"']+)"#,
    )
    .ok()
});

/// Settings that are written to be off.
static SHUTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(?:--(?:admin|anonymous-pull|public-network)-enabled[\s=]+["']?(?:false|no|n|f|0)\b|--default-action[\s=]+["']?deny\b|network-rule\s+remove\b|-(?:EnableAdminUser|AnonymousPullEnabled):\$false\b|-PublicNetworkAccess[\s:]+["']?disabled\b|DefaultAction[\s:]+["']?deny\b)"#,
    )
    .ok()
});

/// Requests that only ask.
static READS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(?:\baz\s+rest\b|\bcurl\b|\bInvoke-\w*RestMethod\b).*\s(?:--method|--request|-m|-X|-Method)[\s=]+["']?get\b"#,
    )
    .ok()
});

static ROLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)\s(?:--role|-RoleDefinitionName)(?:\s+|=)(?:"([^"$]+)"|'([^'$]+)'|([^\s"'$]+)(?:\s|$))"#).ok()
});

/// The role that a command assigns, when it is a literal.
fn role_of(line: &str) -> Option<String> {
    let found = ROLE.as_ref().and_then(|pattern| pattern.captures(line))?;
    found.iter().skip(1).flatten().next().map(|role| role.as_str().to_owned())
}

/// Whether a command may assign a role that lets assign identities.
fn may_assign_identities(line: &str) -> bool {
    role_of(line).is_none_or(|role| roles::may_assign_identities(&role))
}

/// Whether a command assigns a role that is known to let nobody pull.
fn grants_no_pull(line: &str) -> bool {
    role_of(line).is_some_and(|role| {
        let known = roles::by_name(&role).or_else(|| roles::by_guid(&role));
        roles::lets_nobody_pull(&role) || known.is_some_and(|role| (role.legacy, role.abac) == (Truth::No, Truth::No))
    })
}

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
