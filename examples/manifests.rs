//! Compares what acrlint makes of kustomizations and charts with what the real tools build of them.
//!
//! `cargo run --release --example manifests -- kustomize FOLDER… [--show]` takes every kustomization below the folders that
//! `kubectl kustomize` builds (`KUSTOMIZE` names another command), `cargo run --release --example manifests -- helm FOLDER…`
//! every chart that `helm template` renders (`HELM` names another command). Compared are, for every object that makes pods,
//! the namespace, the images, the pull secrets and the service account, and the names of Secrets and service accounts.
//!
//! A build is *equal* when all of that is the same, *unknown* when something isn't known or not seen, and *wrong* when
//! something is known to be what it is not. That must not be.

// A command that talks on standard output.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use acrlint::frontend::{Lowered, kubernetes};
use acrlint::ir::{Cond, Delivery, Deployment, Node, Parcel};
use acrlint::source::{FolderFiles, MemoryFiles, SourceId, Span, Store};
use acrlint::world::World;
use acrlint::world::workload::{Namespace, PullSecrets, shown};

/// Files larger than this, in bytes, are not read.
const LARGEST: u64 = 64 << 20;

/// The release that charts are rendered for.
const RELEASE: &str = "release-name";
const NAMESPACE: &str = "some-namespace";

/// What is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    Kustomize,
    Helm,
}

/// What decides about the pulls of an object.
#[derive(Debug, PartialEq, Eq)]
struct Facts {
    namespace: Option<String>,
    /// Nothing stands for what is not known.
    images: Vec<Option<String>>,
    secrets: Vec<Option<String>>,
    /// There may be further images or secrets, or the object may not be there.
    open: bool,
    account: Option<String>,
}

/// Objects by kind and name.
type Objects = BTreeMap<String, Facts>;

enum Outcome {
    Equal,
    Unknown(String),
    Wrong(String),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (options, rest): (Vec<_>, Vec<_>) = arguments.iter().partition(|it| it.starts_with("--"));
    let tool = match rest.first().map(|it| it.as_str()) {
        Some("kustomize") => Tool::Kustomize,
        Some("helm") => Tool::Helm,
        _ => {
            eprintln!("usage: manifests kustomize|helm FOLDER… [--show]");
            return ExitCode::from(2);
        }
    };
    let (mut equal, mut unknown, mut wrong, mut refused) = (0, 0, 0, 0);
    for root in rest.iter().skip(1).map(Path::new) {
        let mut folders = Vec::new();
        gather(root, tool, &mut folders);
        let Ok(files) = FolderFiles::new(root, LARGEST) else { continue };
        let store = Store::new(files);
        let sources = sources(&store, root);
        for folder in folders {
            let Some(built) = build(tool, &folder) else {
                refused += 1;
                continue;
            };
            let relative = folder.strip_prefix(root).unwrap_or(&folder).display().to_string();
            let (word, detail) = match compare(tool, &store, &sources, &relative, built) {
                Outcome::Equal => {
                    equal += 1;
                    continue;
                }
                Outcome::Unknown(why) => {
                    unknown += 1;
                    ("unknown", why)
                }
                Outcome::Wrong(why) => {
                    wrong += 1;
                    ("WRONG", why)
                }
            };
            if !options.is_empty() {
                println!("{word} {}: {detail}", folder.display());
            }
        }
    }
    println!("equal {equal}, unknown {unknown}, wrong {wrong}, refused by the tool {refused}");
    ExitCode::from(u8::from(wrong > 0))
}

/// Kustomizations or charts below a folder; charts inside of charts are part of them.
fn gather(folder: &Path, tool: Tool, found: &mut Vec<PathBuf>) {
    let names: &[&str] = match tool {
        Tool::Kustomize => &["kustomization.yaml", "kustomization.yml", "Kustomization"],
        Tool::Helm => &["Chart.yaml"],
    };
    let is_one = names.iter().any(|name| folder.join(name).is_file());
    if is_one {
        found.push(folder.to_owned());
    }
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let hidden = |path: &PathBuf| path.ends_with(".git") || (is_one && tool == Tool::Helm && path.ends_with("charts"));
    let inner = paths.iter().filter(|path| path.is_dir() && !path.is_symlink() && !hidden(path));
    inner.for_each(|path| gather(path, tool, found));
}

fn sources(store: &Store, root: &Path) -> Vec<SourceId> {
    let mut files = Vec::new();
    walk(root, &mut files);
    let relative = files.iter().filter_map(|file| file.strip_prefix(root).ok()?.to_str());
    relative.filter_map(|path| store.open_path(path).ok()).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.into_iter().filter(|path| !path.is_symlink() && !path.ends_with(".git")) {
        let wanted = path.extension().is_some_and(|it| ["yaml", "yml", "json"].iter().any(|wanted| it == *wanted));
        match path.is_dir() {
            true => walk(&path, files),
            false if wanted || path.ends_with("Kustomization") => files.push(path),
            false => {}
        }
    }
}

/// What the real tool makes of it.
fn build(tool: Tool, folder: &Path) -> Option<String> {
    let command = match tool {
        Tool::Kustomize => std::env::var("KUSTOMIZE").unwrap_or_else(|_| "kubectl kustomize".to_owned()),
        Tool::Helm => std::env::var("HELM").unwrap_or_else(|_| "helm".to_owned()) + " template",
    };
    let mut words = command.split_whitespace();
    let mut command = Command::new(words.next()?);
    command.args(words);
    match tool {
        Tool::Kustomize => command.arg(folder),
        Tool::Helm => command.arg(RELEASE).arg(folder).args([
            "--namespace",
            NAMESPACE,
            "--skip-tests",
            "--kube-version",
            "1.31.0",
        ]),
    };
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn compare(tool: Tool, store: &Store, sources: &[SourceId], folder: &str, built: String) -> Outcome {
    let theirs = {
        let store = Store::new(MemoryFiles(BTreeMap::from([("built.yaml".to_owned(), built.into_bytes())])));
        let ids: Vec<SourceId> = store.open_path("built.yaml").into_iter().collect();
        objects(&kubernetes::lower(&store, &ids, &[]).deployments, tool)
    };
    let parcel = match tool {
        Tool::Kustomize => Parcel::Kustomization(folder.into()),
        Tool::Helm => Parcel::Chart(folder.into()),
    };
    let at = sources.first().map_or_else(Span::default, |&id| Span::file(id));
    let delivery = match tool {
        Tool::Kustomize => Delivery::of(parcel, at),
        Tool::Helm => Delivery {
            release: Some(Node::text(RELEASE, at)),
            namespace: Some(Node::text(NAMESPACE, at)),
            ..Delivery::of(parcel, at)
        },
    };
    let inside = |id: &&SourceId| tool == Tool::Kustomize || is_under(&store.source(**id).path, folder);
    let near: Vec<SourceId> = sources.iter().filter(inside).copied().collect();
    let Lowered { deployments, .. } = kubernetes::lower(store, &near, &[delivery]);
    let ours: Vec<Deployment> = deployments.into_iter().filter(|it| is_built_of(store, it, folder)).collect();
    if ours.is_empty() {
        return if theirs.is_empty() { Outcome::Equal } else { Outcome::Unknown("nothing was built".to_owned()) };
    }
    let gap = ours.iter().flat_map(|it| &it.gaps).find(|gap| gap.hides.is_some()).map(|gap| gap.why.to_string());
    judge(&objects(&ours, tool), &theirs, gap)
}

fn is_under(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn is_built_of(store: &Store, deployment: &Deployment, folder: &str) -> bool {
    let path = store.source(deployment.source).path.clone();
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml"];
    names.iter().any(|name| *path == *format!("{folder}/{name}").trim_start_matches('/'))
}

fn objects(deployments: &[Deployment], tool: Tool) -> Objects {
    let world = World::new(deployments, Vec::new(), acrlint::Outlook::default());
    let default = (tool == Tool::Helm).then(|| NAMESPACE.to_owned());
    let placed = |namespace: &Namespace| namespace.name().map(str::to_owned).or_else(|| default.clone());
    let texts = |nodes: &[Node]| -> Vec<Option<String>> {
        let mut texts: Vec<_> = nodes.iter().map(|node| node.as_str().map(str::to_owned)).collect();
        texts.sort();
        texts
    };
    let named = |secrets: &PullSecrets| (texts(&secrets.names), secrets.open);
    let mut found = Objects::new();
    // What only the values of a chart name stands for objects that can't be seen.
    let seen = world.workloads.iter().filter(|workload| &*workload.resource.kind != "helm.sh/v3/Release");
    for workload in seen {
        let kind = workload.resource.kind.rsplit('/').next().unwrap_or_default();
        let (secrets, open) = named(&workload.secrets);
        let facts = Facts {
            namespace: placed(&workload.namespace),
            images: texts(&workload.images),
            secrets,
            open: open || workload.resource.deployed != Cond::Always,
            account: workload.service_account.clone(),
        };
        found.insert(format!("{kind} {}", shown(&workload.resource.name)), facts);
    }
    let plain = |namespace: &Namespace, open: bool| Facts {
        namespace: placed(namespace),
        images: Vec::new(),
        secrets: Vec::new(),
        open,
        account: None,
    };
    for secret in &world.secrets {
        let facts = plain(&secret.namespace, secret.resource.deployed != Cond::Always);
        found.insert(format!("Secret {}", shown(&secret.name)), facts);
    }
    for account in &world.accounts {
        let (secrets, open) = named(&account.secrets);
        let open = open || account.resource.deployed != Cond::Always;
        let facts = Facts { secrets, ..plain(&account.namespace, open) };
        found.insert(format!("ServiceAccount {}", shown(&account.name)), facts);
    }
    found
}

fn judge(ours: &Objects, theirs: &Objects, gap: Option<String>) -> Outcome {
    let mut unknown = None;
    let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for key in keys {
        match (ours.get(key), theirs.get(key)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) if a.is_weaker_than(b) => unknown = Some(format!("{key}: {a:?} for {b:?}")),
            (Some(a), Some(b)) => return Outcome::Wrong(format!("{key}: {a:?} for {b:?}")),
            (Some(_), None) if key.contains('…') => unknown = Some(format!("{key} has no known name")),
            (Some(a), None) if a.open => unknown = Some(format!("{key} may be there")),
            (Some(a), None) => return Outcome::Wrong(format!("{key} is not there: {a:?}")),
            (None, _) if gap.is_some() || ours.keys().any(|name| name.contains('…')) => {
                unknown = Some(format!("{key} is not seen: {}", gap.clone().unwrap_or_default()));
            }
            (None, _) => return Outcome::Wrong(format!("{key} is missed")),
        }
    }
    unknown.map_or(Outcome::Equal, Outcome::Unknown)
}

impl Facts {
    /// Whether it leaves room for the other one.
    fn is_weaker_than(&self, other: &Facts) -> bool {
        let covers = |ours: &[Option<String>], theirs: &[Option<String>], open: bool| {
            let unknown = ours.iter().filter(|it| it.is_none()).count();
            let missed = theirs.iter().filter(|it| !ours.contains(it)).count();
            let strange = ours.iter().filter(|it| it.is_some() && !theirs.contains(it)).count();
            (strange == 0 || self.open) && (open || missed <= unknown)
        };
        let same = |ours: &Option<String>, theirs: &Option<String>| ours.is_none() || ours == theirs;
        same(&self.namespace, &other.namespace)
            && same(&self.account, &other.account)
            && covers(&self.images, &other.images, self.open)
            && covers(&self.secrets, &other.secrets, self.open)
    }
}
