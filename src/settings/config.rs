//! `acrlint.yaml`: found, read, and turned into settings. Every mistake names its line and column.

mod item;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::location::{Location, relative};
use super::selection::Level;
use super::{Flags, SettingsError};
use crate::cli::{Cloud, World};
use crate::finding::Severity;
use crate::suggestion::nearest;
use item::{Item, Kind, Mistake};

/// The name of the configuration file.
const NAME: &str = "acrlint.yaml";

/// The configuration file of a run, for places in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// Relative to the root; as typed when it lies outside.
    pub path: String,
    /// As messages about it show it.
    pub shown: String,
    /// Its text, without a byte order mark.
    pub text: String,
}

/// Path glob → cluster.
#[derive(Clone, Debug)]
pub struct ClusterMapping {
    /// As written.
    pub glob: String,
    /// The cluster's name.
    pub cluster: String,
    /// Bytes of the configuration file that say so.
    pub at: Range<usize>,
    base: String,
    matcher: GlobMatcher,
}

/// A fact that is true elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The fact.
    pub fact: Fact,
    /// Why it may be assumed, in the user's words.
    pub reason: String,
    /// Bytes of the configuration file that say so.
    pub at: Range<usize>,
}

/// What can be assumed. Names are compared as Azure and Kubernetes do: the former without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The cluster's pulling identity may pull from the registry.
    Grant {
        /// The registry's name.
        registry: String,
        /// The cluster's name.
        cluster: String,
    },
    /// A pull secret that works.
    Secret {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// The cluster's nodes reach the registry over the network.
    Reachable {
        /// The registry's name.
        registry: String,
        /// The cluster's name.
        cluster: String,
    },
}

/// A value and where it stands, line and column from 1.
#[derive(Clone, Debug)]
pub(super) struct Placed<T> {
    pub value: T,
    pub line: u64,
    pub column: u64,
}

/// What the configuration file says.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub file: Option<ConfigFile>,
    /// The file's folder relative to the root: what its globs are relative to.
    pub base: String,
    pub world: Option<World>,
    pub cloud: Option<Cloud>,
    /// The beginning of a module reference, and a path relative to the root.
    pub modules: Vec<(String, String)>,
    /// As typed: relative to the current folder, or `bicep`.
    pub module_cache: Option<PathBuf>,
    pub exclude: Vec<Placed<String>>,
    pub levels: BTreeMap<&'static str, Level>,
    pub clusters: Vec<ClusterMapping>,
    pub assumptions: Vec<Assumption>,
}

impl ClusterMapping {
    /// Whether the glob covers a path (relative to the root). A glob of a folder covers what is in it.
    pub fn covers(&self, path: &str) -> bool {
        let below = match self.base.as_str() {
            "" => Some(path),
            base => path.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')),
        };
        below.is_some_and(|path| Path::new(path).ancestors().any(|part| self.matcher.is_match(part)))
    }
}

/// Loads `--config`, or the nearest `acrlint.yaml` from the folder that holds all paths up to the root.
pub(super) fn load(
    flags: &Flags,
    location: &Location,
    current: &Path,
    rules: &[(&'static str, &'static str)],
) -> Result<Config, SettingsError> {
    let Some(path) = find(flags, location, current) else { return Ok(Config::default()) };
    let path_in_root = path.canonicalize().ok().and_then(|path| relative(&path, &location.root));
    let shown = flags.config.as_ref().map(|path| path.display().to_string());
    let shown = shown.or_else(|| path_in_root.clone()).unwrap_or_else(|| NAME.to_owned());
    let wrong = |message: String| SettingsError::Config { path: shown.clone(), at: None, message };
    if !path.is_file() {
        return Err(wrong("no such configuration file".to_owned()));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(format!("can't be read: {}", error.kind())))?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    let path = path_in_root.unwrap_or_else(|| shown.clone());
    let base = path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default();
    let config = read(&text, base, rules).map_err(|mistake| SettingsError::Config {
        path: shown.clone(),
        at: mistake.at,
        message: mistake.message,
    })?;
    Ok(Config { file: Some(ConfigFile { path, shown, text }), ..config })
}

fn find(flags: &Flags, location: &Location, current: &Path) -> Option<PathBuf> {
    if flags.no_config {
        return None;
    }
    if let Some(path) = &flags.config {
        return Some(current.join(path));
    }
    let folders = location.start.ancestors().take_while(|folder| folder.starts_with(&location.root));
    folders.map(|folder| folder.join(NAME)).find(|path| path.is_file())
}

fn read(text: &str, base: String, rules: &[(&'static str, &'static str)]) -> Result<Config, Mistake> {
    let mut config = Config { base, ..Config::default() };
    let document = item::parse(text)?;
    if matches!(document.kind, Kind::Null) {
        return Ok(config);
    }
    for (key, value) in document.members()? {
        match key.key(&["world", "cloud", "modules", "module-cache", "exclude", "rules", "clusters", "assume"])? {
            "world" => config.world = Some(world(value)?),
            "cloud" => config.cloud = Some(cloud(value)?),
            "modules" => config.modules = modules(value, &config.base)?,
            "module-cache" => config.module_cache = Some(PathBuf::from(value.text()?)),
            "exclude" => config.exclude = value.items()?.iter().map(placed).collect::<Result<_, _>>()?,
            "rules" => config.levels = levels(value, rules)?,
            "clusters" => config.clusters = clusters(value, &config.base)?,
            _ => config.assumptions = value.items()?.iter().map(assumption).collect::<Result<_, _>>()?,
        }
    }
    Ok(config)
}

fn placed(item: &Item) -> Result<Placed<String>, Mistake> {
    let (line, column) = item.at.unwrap_or_default();
    Ok(Placed { value: item.text()?.to_owned(), line, column })
}

fn world(item: &Item) -> Result<World, Mistake> {
    Ok(match item.word(&["repository", "open", "closed"])? {
        "open" => World::Open,
        "closed" => World::Closed,
        _ => World::Repository,
    })
}

fn cloud(item: &Item) -> Result<Cloud, Mistake> {
    Ok(match item.word(&["public", "usgovernment", "china"])? {
        "usgovernment" => Cloud::Government,
        "china" => Cloud::China,
        _ => Cloud::Public,
    })
}

/// Beginning of a module reference → folder or file. Aliases other than `br/public` stand in `bicepconfig.json`, so
/// that a mapping names the registry itself.
fn modules(item: &Item, base: &str) -> Result<Vec<(String, String)>, Mistake> {
    let mut found = Vec::new();
    for (key, value) in item.members()? {
        let written = key.text()?.trim_end_matches('/');
        let reference = match written.strip_prefix("br/public:") {
            Some(path) => format!("br:mcr.microsoft.com/bicep/{path}"),
            None if ["br:", "ts:"].iter().any(|scheme| written.starts_with(scheme)) => written.to_owned(),
            None if is_terraform(written) => written.to_owned(),
            None => {
                let message =
                    "a module reference begins with `br:`, `br/public:` or `ts:`, or is a source of Terraform";
                return Err(key.wrong(message.to_owned()));
            }
        };
        let path = value.text()?.trim_start_matches("./").trim_end_matches('/');
        if path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return Err(value.wrong("modules lie inside of the scanned folder".to_owned()));
        }
        found.push((reference, if base.is_empty() { path.to_owned() } else { format!("{base}/{path}") }));
    }
    Ok(found)
}

/// Whether a text may begin a module source of Terraform that is no local path: `Azure/aks/azurerm`, `git::https://…`.
fn is_terraform(written: &str) -> bool {
    let bicep = ["br/", "ts/"].iter().any(|scheme| written.starts_with(scheme));
    written.contains('/') && !bicep && !written.starts_with(['.', '/'])
}

fn levels(item: &Item, rules: &[(&'static str, &'static str)]) -> Result<BTreeMap<&'static str, Level>, Mistake> {
    let mut levels = BTreeMap::new();
    for (key, value) in item.members()? {
        let word = key.text()?;
        let Some(id) = super::selection::find(word, rules) else {
            if rules.iter().any(|(id, _)| id.len() > word.len() && id.starts_with(&word.to_ascii_uppercase())) {
                return Err(
                    key.wrong(format!("`{word}` is a prefix; write each rule, or use `--select` and `--ignore`"))
                );
            }
            let nearest = nearest(word, rules.iter().flat_map(|&(id, name)| [id, name])).map(str::to_owned);
            return Err(key.wrong(crate::cli::UnknownRule { typed: word.to_owned(), nearest }.to_string()));
        };
        if levels.insert(id, level(value)?).is_some() {
            return Err(key.wrong(format!("`{id}` has a level already")));
        }
    }
    Ok(levels)
}

fn level(item: &Item) -> Result<Level, Mistake> {
    // YAML 1.1 reads a plain `off` as false; here it is the word.
    if matches!(item.kind, Kind::Bool(false)) {
        return Ok(Level::Off);
    }
    Ok(match item.word(&["error", "warning", "note", "off"])? {
        "error" => Level::At(Severity::Error),
        "warning" => Level::At(Severity::Warning),
        "note" => Level::At(Severity::Note),
        _ => Level::Off,
    })
}

/// A map of glob → cluster, or a list of `{path, cluster}`.
fn clusters(item: &Item, base: &str) -> Result<Vec<ClusterMapping>, Mistake> {
    if let Kind::List(items) = &item.kind {
        let pair = |item: &Item| {
            let [path, cluster] = item.fields(["path", "cluster"])?;
            mapping(path, cluster, base)
        };
        return items.iter().map(pair).collect();
    }
    item.members()?.iter().map(|(glob, cluster)| mapping(glob, cluster, base)).collect()
}

fn mapping(glob: &Item, cluster: &Item, base: &str) -> Result<ClusterMapping, Mistake> {
    let written = glob.text()?;
    let pattern = written.trim_start_matches("./").trim_end_matches('/');
    let built = GlobBuilder::new(pattern).literal_separator(true).build();
    let matcher = built.map_err(|error| glob.wrong(format!("no glob: {}", error.kind())))?.compile_matcher();
    Ok(ClusterMapping {
        glob: written.to_owned(),
        cluster: cluster.text()?.to_owned(),
        at: glob.bytes.start..cluster.bytes.end.max(glob.bytes.end),
        base: base.to_owned(),
        matcher,
    })
}

fn assumption(item: &Item) -> Result<Assumption, Mistake> {
    let (mut fact, mut reason) = (None, None);
    let mut at = item.bytes.clone();
    for (key, value) in item.members()? {
        let known = key.key(&["grant", "secret", "reachable", "reason"])?;
        at = at.start.min(key.bytes.start)..at.end.max(value.bytes.end);
        if known == "reason" {
            reason = Some(value.text()?.to_owned()).filter(|text| !text.trim().is_empty());
        } else if fact.replace(read_fact(known, value)?).is_some() {
            return Err(key.wrong("one fact for each entry, please".to_owned()));
        }
    }
    let missing = |what: &str| item.wrong(format!("an assumption needs {what}"));
    let fact = fact.ok_or_else(|| missing("a fact: `grant`, `secret` or `reachable`"))?;
    let reason = reason.ok_or_else(|| missing("a `reason`"))?;
    Ok(Assumption { fact, reason, at })
}

fn read_fact(kind: &str, item: &Item) -> Result<Fact, Mistake> {
    let pair = |fields| -> Result<(String, String), Mistake> {
        let [first, second] = item.fields(fields)?;
        Ok((first.text()?.to_owned(), second.text()?.to_owned()))
    };
    Ok(match kind {
        "grant" => {
            let (registry, cluster) = pair(["registry", "cluster"])?;
            Fact::Grant { registry, cluster }
        }
        "secret" => {
            let (namespace, name) = pair(["namespace", "name"])?;
            Fact::Secret { namespace, name }
        }
        _ => {
            let (registry, cluster) = pair(["registry", "cluster"])?;
            Fact::Reachable { registry, cluster }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[(&str, &str)] = &[("ACR101", "missing-pull-grant"), ("ACR503", "admin-user-enabled")];

    fn config(text: &str) -> Config {
        read(text, String::new(), RULES).unwrap_or_else(|mistake| panic!("{mistake:?}"))
    }

    fn mistake(text: &str) -> (Option<(u64, u64)>, String) {
        let mistake = read(text, String::new(), RULES).unwrap_err();
        (mistake.at, mistake.message)
    }

    #[test]
    fn every_key_is_read() {
        let config = config(
            "world: closed\ncloud: china\nmodule-cache: bicep\nmodules:\n  br/public:avm/res/x: ./vendor/x/\n\
             exclude: [charts/, '*.old.yaml']\nrules:\n  ACR503: off\n  missing-pull-grant: note\n\
             clusters:\n  k8s/prod: aks-prod\n  k8s/**/*.yaml: aks-dev\nassume:\n  - grant: {registry: acr, cluster: aks}\n    \
             reason: attached by hand\n  - reason: made by a pipeline\n    secret: {namespace: shop, name: pull}\n",
        );
        assert_eq!(config.world, Some(World::Closed));
        assert_eq!(config.cloud, Some(Cloud::China));
        assert_eq!(config.modules, [("br:mcr.microsoft.com/bicep/avm/res/x".to_owned(), "vendor/x".to_owned())]);
        assert_eq!(config.module_cache.as_deref(), Some(Path::new("bicep")));
        assert_eq!(config.exclude.len(), 2);
        assert_eq!(config.levels.get("ACR503"), Some(&Level::Off));
        assert_eq!(config.levels.get("ACR101"), Some(&Level::At(Severity::Note)));
        assert!(config.clusters[0].covers("k8s/prod/shop/a.yaml") && !config.clusters[0].covers("k8s/production/a"));
        assert!(config.clusters[1].covers("k8s/dev/a.yaml") && !config.clusters[1].covers("k8s/dev/a.json"));
        assert_eq!(config.assumptions[0].fact, Fact::Grant { registry: "acr".into(), cluster: "aks".into() });
        assert_eq!(config.assumptions[1].reason, "made by a pipeline");
    }

    #[test]
    fn an_empty_file_says_nothing() {
        for text in ["", "# nothing\n", "---\n"] {
            assert_eq!(config(text).world, None, "{text:?}");
        }
    }

    #[test]
    fn clusters_may_be_a_list_and_places_are_kept() {
        let text = "clusters:\n  - path: apps/*\n    cluster: aks\n";
        let config = config(text);
        assert_eq!((config.clusters[0].glob.as_str(), config.clusters[0].cluster.as_str()), ("apps/*", "aks"));
        assert_eq!(text.get(config.clusters[0].at.clone()), Some("apps/*\n    cluster: aks"));
    }

    #[test]
    fn sources_of_terraform_are_mapped_too() {
        let config = config("modules:\n  Azure/aks/azurerm: vendor/aks\n  git::https://example.com/infra.git: infra\n");
        let from: Vec<&str> = config.modules.iter().map(|(from, _)| from.as_str()).collect();
        assert_eq!(from, ["Azure/aks/azurerm", "git::https://example.com/infra.git"]);
    }

    #[test]
    fn mistakes_have_a_place_and_a_suggestion() {
        let place = |text| mistake(text).0;
        assert_eq!(mistake("wrold: open\n"), (Some((1, 1)), "unknown key `wrold`; did you mean `world`?".into()));
        assert_eq!(mistake("world: opne\n"), (Some((1, 8)), "unknown word `opne`; did you mean `open`?".into()));
        assert_eq!(mistake("rules:\n  ACR1O1: off\n").1, "unknown rule `ACR1O1`; did you mean `ACR101`?");
        assert_eq!(place("rules:\n  ACR1O1: off\n"), Some((2, 3)));
        assert_eq!(mistake("assume:\n  - grant: {registry: a, cluster: b}\n").1, "an assumption needs a `reason`");
        assert_eq!(mistake("assume:\n  - grant: {registry: a}\n    reason: x\n").1, "the key `cluster` is missing");
        assert_eq!(place("exclude:\n  - a\n  - [b]\n"), Some((3, 5)));
        assert!(place("world: [\n").is_some());
        assert!(mistake("world: open\nworld: closed\n").1.contains("world"));
        assert!(mistake("modules:\n  br/own:x: y\n").1.contains("br/public:"));
        assert!(mistake("modules:\n  br/public:x: ../y\n").1.contains("inside"));
        assert!(mistake("modules:\n  ./x: y\n").1.contains("source of Terraform"));
        assert!(mistake("modules:\n  Azure/aks/azurerm: ../y\n").1.contains("inside"));
    }

    #[test]
    fn hostile_files_are_refused() {
        let bomb: String = (1..20).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}, *a{m}, *a{m}]\n", m = n - 1)).collect();
        assert!(read(&format!("a0: &a0 [x]\n{bomb}"), String::new(), RULES).is_err());
        assert!(read(&"[".repeat(100_000), String::new(), RULES).is_err());
        assert!(read(&"exclude: ".repeat(2), String::new(), RULES).is_err());
    }
}
