//! Commands in scripts, pipelines, programs and pages that make what no template shows. They are recognised by their
//! words; of their arguments only a literal registry and cluster are read, so a command counts for every registry and
//! cluster that it doesn't rule out.

mod commands;

use std::sync::LazyLock;

use regex::Regex;

use commands::{Among, COMMANDS};

use super::Lowered;
use crate::ir::{Delivery, Imperative, Makes};
use crate::source::{Source, SourceId, Span, Store};

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
        const PROGRAMS: &[&str] =
            &["py", "ts", "js", "mjs", "cjs", "go", "cs", "fs", "vb", "java", "kt", "rb", "rs", "groovy"];
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

/// Nothing recurses here.
const STACK: usize = 2 << 20;

/// What scripts, pipelines and pages do.
#[derive(Debug, Default)]
pub struct Scripted {
    /// What they declare and change, as deployments.
    pub lowered: Lowered,
    /// What they make that is not known in full.
    pub imperative: Vec<Imperative>,
    /// What they apply.
    pub deliveries: Vec<Delivery>,
}

/// Reads the commands in these files. Lines that are commented out don't count outside of pages.
pub fn read(store: &Store, sources: &[SourceId]) -> Scripted {
    let found = super::on_all_cores(STACK, sources, |&id| commands(&store.source(id), id));
    Scripted { imperative: found.into_iter().flatten().collect(), ..Scripted::default() }
}

fn commands(source: &Source, id: SourceId) -> Vec<Imperative> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    fn found(path: &str, text: &str) -> Vec<Imperative> {
        let store = Store::new(MemoryFiles::default());
        let id = store.add(path, text.as_bytes().to_vec()).unwrap();
        read(&store, &[id]).imperative
    }

    #[test]
    fn commands_count_and_comments_do_not() {
        let found = found("deploy.sh", "# az aks update --attach-acr x\naz aks update -n a --attach-acr shop\n");
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((only.makes, only.manual, only.registry.as_deref()), (Makes::Grant, false, Some("shop")));
        assert_eq!(only.cluster.as_deref(), Some("a"));
    }

    #[test]
    fn a_command_goes_on_over_lines_and_variables_name_nothing() {
        let text = "az aks update \\\n  --name \"$AKS\" \\\n  --attach-acr /subscriptions/0/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/shop \\\n  -g g\naz aks show --name other\n";
        let found = found("deploy.sh", text);
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((only.registry.as_deref(), only.cluster.as_deref()), (Some("shop"), None));
    }

    #[test]
    fn every_spelling_of_a_grant_is_seen() {
        let seen = |path: &str, text: &str| {
            let found = found(path, text);
            found.first().map(|command| (command.makes, command.manual))
        };
        let grant = Some((Makes::Grant, false));
        assert_eq!(seen("x.ps1", "$p = @{\n  AcrNameToAttach = 'shop'\n}\nSet-AzAksCluster @p"), grant);
        assert_eq!(seen("x.py", "run([\"az\", \"role\", \"assignment\", \"create\"])"), grant);
        assert_eq!(seen("Jenkinsfile", "sh 'az aks update -n a -g g --attach-acr shop'"), grant);
        assert_eq!(
            seen("main.tf", "provisioner \"local-exec\" {\n command = \"az aks update --attach-acr x\"\n}"),
            grant
        );
        assert_eq!(
            seen("main.tf", "output \"next\" { value = \"az aks update --attach-acr x\" }"),
            Some((Makes::Grant, true))
        );
        assert_eq!(seen("README.md", "az aks update --attach-acr x"), Some((Makes::Grant, true)));
        assert_eq!(seen("index.ts", "new authorization.RoleAssignment('x', { roleDefinitionId: acrPull })"), grant);
        assert_eq!(
            seen("index.ts", "new authorization.RoleAssignment('x', { roleDefinitionId: storageReader })"),
            None
        );
    }

    #[test]
    fn changes_of_a_registry_are_seen() {
        let found = found("x.sh", "az acr update \\\n  --name shop \\\n  --admin-enabled true\n");
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((only.makes, only.registry.as_deref()), (Makes::AdminUser, Some("shop")));
    }

    #[test]
    fn secrets_and_texts_are_seen() {
        let makes = |text: &str| found("x.sh", text).first().map(|command| command.makes);
        assert_eq!(makes("kubectl create secret docker-registry acr"), Some(Makes::Secret));
        assert_eq!(makes("kubectl create secret generic db --from-literal=password=x"), None);
        let named = |text: &str| found("x.sh", text).first().and_then(|command| command.secret.clone());
        assert_eq!(named("kubectl create secret docker-registry acr -n a").as_deref(), Some("acr"));
        assert_eq!(named("kubectl create secret docker-registry -n a acr"), None);
        assert_eq!(makes("kubectl get secret acr -n a -o yaml | sed s/a/b/ | kubectl apply -f -"), Some(Makes::Secret));
        assert_eq!(makes("envsubst < secret.yaml | kubectl apply -f -"), Some(Makes::Text));
        assert_eq!(makes("sed -i s/X/Y/ k8s/secret.yaml"), Some(Makes::Text));
        assert_eq!(makes("sed s/X/Y/ notes.txt"), None);
    }
}
