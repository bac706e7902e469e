//! Other files that a script runs. What they do is told where they stand; here it counts which cluster `kubectl` talks to
//! once they have ended, because they share its configuration.

use std::sync::Arc;

use super::super::meaning::arguments::{Argument, Arguments};
use super::super::passage::Passage;
use super::super::syntax::{Dialect, Statement, batch, posix, powershell};
use super::{Context, Run};
use crate::ir::Value;
use crate::source::{SourceId, Span};

/// Scripts that are followed inside of each other.
const DEEPEST: usize = 6;

/// Programs that run the file that they are given.
const INTERPRETERS: [&str; 13] =
    ["bash", "sh", "zsh", "ksh", "dash", "pwsh", "powershell", "python", "python3", "node", "ruby", "deno", "tsx"];

/// Programs that run what a file of a certain name says.
const RUNNERS: [(&str, &[&str]); 10] = [
    ("make", &["Makefile", "makefile", "GNUmakefile"]),
    ("gmake", &["Makefile", "makefile", "GNUmakefile"]),
    ("just", &["justfile", "Justfile", ".justfile"]),
    ("task", &["Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"]),
    ("npm", &["package.json"]),
    ("yarn", &["package.json"]),
    ("pnpm", &["package.json"]),
    ("rake", &["Rakefile"]),
    ("mage", &["magefile.go"]),
    ("invoke", &["tasks.py"]),
];

/// What managers of packages do without running scripts that somebody wrote for deploying.
const PACKAGES: [&str; 12] =
    ["install", "ci", "i", "add", "version", "--version", "config", "login", "publish", "audit", "cache", "exec"];

/// Endings of files that run.
const ENDINGS: [&str; 12] =
    [".sh", ".bash", ".zsh", ".ksh", ".ps1", ".bat", ".cmd", ".py", ".rb", ".js", ".ts", ".mjs"];

/// Programs that lie beside scripts and have nothing to do with contexts.
const TOOLS: [&str; 14] = [
    "az",
    "docker",
    "get_helm.sh",
    "gradlew",
    "helm",
    "jq",
    "kubeconform",
    "kubectl",
    "kubelogin",
    "kustomize",
    "mvnw",
    "terraform",
    "trivy",
    "yq",
];

/// Words of which one stands in every file that makes another cluster the current one.
const SWITCHING: [&str; 17] = [
    "get-credentials",
    "azakscredential",
    "use-context",
    "kubectx",
    "kubeconfig",
    "config set",
    "minikube",
    "kind create",
    "kind export",
    "k3d",
    "microk8s",
    "vcluster",
    "eksctl",
    "aws eks",
    "doctl",
    "azd up",
    "azd deploy",
];

/// And in every one that runs others.
const CALLING: [&str; 13] = [
    ".sh", ".ps1", ".bat", ".cmd", ".py", "make ", "$(make)", "npm run", "yarn ", "just ", "task ", "source ", "eval ",
];

/// What a command runs.
enum Called {
    /// A file of the tree, with what it is given.
    File(SourceId, Arguments),
    /// Nobody can say.
    Anything,
}

impl Run<'_> {
    /// Takes in what a command that runs another file leaves behind.
    pub(super) fn after_called(&mut self, name: &str, arguments: &Arguments) {
        if self.manual || self.shell.context == Context::default() && self.running.is_empty() {
            return;
        }
        let left = match self.called(name, arguments) {
            None => return,
            Some(Called::Anything) => None,
            Some(Called::File(file, given)) => self.left_by(file, &given, false),
        };
        self.settle(left);
    }

    /// Takes in what a file leaves behind that is read into this shell; nothing where it is not found.
    pub(super) fn after_sourced(&mut self, file: Option<SourceId>, arguments: &Arguments) {
        // Settings that are kept out of the tree only set variables.
        let sets = arguments.words.first().and_then(|word| word.text()).is_some_and(|text| text.ends_with(".env"));
        if file.is_none() && sets {
            return;
        }
        let left = file.and_then(|file| self.left_by(file, arguments, true));
        self.settle(left);
    }

    /// A command of which not even the name is known, but that it is a file.
    pub(super) fn after_unknown(&mut self, word: &Argument) {
        let Value::Concat(pieces) = &word.node.value else { return };
        let last = pieces.last().and_then(|piece| piece.as_str()).unwrap_or_default();
        if is_script(last) {
            self.settle(None);
        }
    }

    fn settle(&mut self, left: Option<Context>) {
        self.shell.context = left.unwrap_or_default();
    }

    fn called(&self, name: &str, arguments: &Arguments) -> Option<Called> {
        let path = name.replace('\\', "/");
        let base = path.rsplit('/').next().unwrap_or_default();
        let program = base.strip_suffix(".exe").unwrap_or(base);
        if INTERPRETERS.contains(&program) {
            return self.interpreted(arguments);
        }
        if let Some((_, files)) = RUNNERS.iter().find(|(runner, _)| *runner == program) {
            return self.run_by(program, files, arguments);
        }
        if program == "azd" {
            let verb = arguments.verbs().get(1).copied();
            return matches!(verb, Some("up" | "deploy" | "provision" | "hooks")).then_some(Called::Anything);
        }
        let is_file = path.contains('/') && !path.contains("node_modules/") || is_script(base);
        if !is_file || TOOLS.contains(&program) {
            return None;
        }
        // What lies somewhere on the machine is a tool that somebody installed, unless it is a script.
        let installed = || path.starts_with(['/', '~']) && !path.contains('\u{1}') && !is_script(base);
        match self.file_at(&path) {
            Some(file) => Some(Called::File(file, arguments.clone())),
            None => (!installed()).then_some(Called::Anything),
        }
    }

    /// `bash setup.sh dev`, `pwsh -File setup.ps1`: texts that are given in place are followed by themselves.
    fn interpreted(&self, arguments: &Arguments) -> Option<Called> {
        let inline = ["-c", "-lc", "-ec", "-Command", "-e", "-m", "--version", "-V"];
        let words = &arguments.words;
        let is_option = |word: &Argument| word.text().is_some_and(|text| text.starts_with('-'));
        let first = words.iter().skip(1).position(|word| !is_option(word)).map(|at| at + 1)?;
        if words.iter().take(first).any(|word| word.text().is_some_and(|text| inline.contains(&text))) {
            return None;
        }
        let given = Arguments { words: words.iter().skip(first).cloned().collect(), open: arguments.open };
        let file = words.get(first)?.text().and_then(|text| self.file_at(text));
        Some(file.map_or(Called::Anything, |file| Called::File(file, given)))
    }

    /// `make use-dev`, `npm run deploy`.
    fn run_by(&self, program: &str, files: &[&str], arguments: &Arguments) -> Option<Called> {
        let managed = files.first() == Some(&"package.json");
        let verb = arguments.words.get(1).and_then(Argument::text);
        if managed && verb.is_none_or(|verb| PACKAGES.contains(&verb)) || program.is_empty() {
            return None;
        }
        let folder = arguments.option(&["-C", "--directory", "--prefix", "-d", "--dir"]);
        let stated = arguments.option(&["-f", "--file", "--makefile", "--justfile", "-t", "--taskfile"]);
        let folder = match folder {
            Some(folder) => format!("{}/", folder.as_str()?),
            None => String::new(),
        };
        let file = match stated {
            Some(stated) => self.file_at(&format!("{folder}{}", stated.as_str()?)),
            None => files.iter().find_map(|file| self.file_at(&format!("{folder}{file}"))),
        };
        // Which part of the file runs, and with what, isn't followed.
        Some(file.map_or(Called::Anything, |file| Called::File(file, Arguments { open: true, ..Arguments::default() })))
    }

    fn file_at(&self, path: &str) -> Option<SourceId> {
        let path = path.replace('\\', "/");
        self.candidates(&path).iter().find_map(|path| self.store.open_path(path).ok())
    }

    /// The context that a file leaves behind; nothing where that can't be told.
    fn left_by(&mut self, file: SourceId, given: &Arguments, sourced: bool) -> Option<Context> {
        let source = self.store.source(file);
        let text = source.text.to_ascii_lowercase();
        if !SWITCHING.iter().chain(&CALLING).any(|word| text.contains(word)) {
            return Some(self.shell.context.clone());
        }
        let again = source.path == self.path || self.running.contains(&source.path);
        if again || self.calls == 0 || self.running.len() >= DEEPEST {
            return None;
        }
        let statements = statements_of(&source.path, &Passage::whole(file, &source.text), &source.text)?;
        self.calls -= 1;
        let mut inner = Run::new(self.store, self.tree, file, &source.path);
        inner.calls = self.calls;
        inner.running = self.running.iter().chain([&self.path]).cloned().collect();
        inner.fuel = self.fuel.lend();
        inner.shell.context = self.shell.context.clone();
        inner.shell.folders = self.shell.folders.clone();
        // Of the variables only this one is sure to be inherited.
        let inherited = self.shell.vars.iter().filter(|(name, _)| sourced || *name == "KUBECONFIG");
        inner.shell.vars = inherited.map(|(name, node)| (name.clone(), node.clone())).collect();
        if !sourced || given.words.len() > 1 {
            inner.give(given, "called", Span::file(file));
        }
        inner.script(&statements);
        self.calls = inner.calls;
        self.fuel.take_back(&inner.fuel);
        (!inner.fuel.is_spent()).then_some(inner.shell.context)
    }
}

fn is_script(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The statements of a script; nothing of what is in another language.
fn statements_of(path: &Arc<str>, passage: &Passage, text: &str) -> Option<Vec<Statement>> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let first = text.lines().next().unwrap_or_default();
    let shell = [".sh", ".bash", ".zsh", ".ksh"].iter().any(|ending| name.ends_with(ending));
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "ps1" => Some(powershell::parse(passage, Dialect::Plain)),
        "bat" | "cmd" => Some(batch::parse(passage)),
        _ if shell || first.starts_with("#!") && first.contains("sh") => Some(posix::parse(passage, Dialect::Plain)),
        _ => None,
    }
}
