//! `acrlint.yaml`: found, read, and turned into settings. Every mistake names its line and column.

mod allow;
mod apply;
mod assume;
mod clusters;
mod item;
mod paths;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use allow::Allowed;
pub use apply::{Applied, Said};
pub use assume::{Assumption, Fact};
pub use clusters::ClusterMapping;

use super::location::{Location, relative};
use super::selection::Level;
use super::{Flags, SettingsError};
use crate::cli::{Cloud, World};
use crate::finding::Severity;
use item::{Item, Kind, Mistake};

/// The name of the configuration file.
pub(super) const NAME: &str = "acrlint.yaml";

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
    pub applied: Vec<Applied>,
    pub assumptions: Vec<Assumption>,
    pub allowed: Vec<Allowed>,
    /// The folder of the file.
    pub folder: PathBuf,
    /// Relative to the folder of the file.
    pub baseline: Option<String>,
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
    let folder = path.parent().unwrap_or(current).to_owned();
    let path = path_in_root.unwrap_or_else(|| shown.clone());
    let base = path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default();
    let config = read(&text, base, rules).map_err(|mistake| SettingsError::Config {
        path: shown.clone(),
        at: mistake.at,
        message: mistake.message,
    })?;
    Ok(Config { file: Some(ConfigFile { path, shown, text }), folder, ..config })
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
    shape::CONFIGURATION.check(&document, rules)?;
    let base = config.base.clone();
    for (key, value) in document.members()? {
        match key.text()? {
            "world" => config.world = Some(world(value)?),
            "cloud" => config.cloud = Some(cloud(value)?),
            "modules" => config.modules = modules(value, &base)?,
            "module-cache" => config.module_cache = Some(PathBuf::from(value.text()?)),
            "exclude" => config.exclude = value.items()?.iter().map(placed).collect::<Result<_, _>>()?,
            "rules" => config.levels = levels(value, rules)?,
            "clusters" => config.clusters = clusters::read(value, &base)?,
            "apply" => {
                config.applied = value.items()?.iter().map(|it| apply::read(it, &base)).collect::<Result<_, _>>()?;
            }
            "assume" => config.assumptions = value.items()?.iter().map(assume::read).collect::<Result<_, _>>()?,
            "allow" => {
                config.allowed =
                    value.items()?.iter().map(|it| allow::read(it, &base, rules)).collect::<Result<_, _>>()?;
            }
            "baseline" => config.baseline = Some(baseline(value)?),
            // The table of what may stand here has a key that nobody reads.
            other => return Err(key.wrong(format!("the key `{other}` is not read"))),
        }
    }
    Ok(config)
}

fn baseline(item: &Item) -> Result<String, Mistake> {
    match inside(item, "", "the baseline has to lie")? {
        path if path.is_empty() => Err(item.wrong("`baseline` needs the path of a file".to_owned())),
        path => Ok(path),
    }
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
        found.push((reference, inside(value, base, "modules have to lie")?));
    }
    Ok(found)
}

/// A path of the scanned folder, relative to its root.
fn inside(item: &Item, base: &str, what: &str) -> Result<String, Mistake> {
    let path = item.text()?.trim_start_matches("./").trim_end_matches('/');
    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return Err(item.wrong(format!("{what} inside of the scanned folder")));
    }
    let path = if path == "." { "" } else { path };
    Ok(if base.is_empty() || path.is_empty() { format!("{base}{path}") } else { format!("{base}/{path}") })
}

/// The JSON schema of the configuration file. `rules` are the ids and names of all rules.
pub fn schema(rules: &[(&'static str, &'static str)]) -> String {
    shape::schema(rules)
}

/// Whether a text may begin a module source of Terraform that is no local path: `Azure/aks/azurerm`, `git::https://…`.
fn is_terraform(written: &str) -> bool {
    let bicep = ["br/", "ts/"].iter().any(|scheme| written.starts_with(scheme));
    written.contains('/') && !bicep && !written.starts_with(['.', '/'])
}

fn levels(item: &Item, rules: &[(&'static str, &'static str)]) -> Result<BTreeMap<&'static str, Level>, Mistake> {
    let mut levels = BTreeMap::new();
    for (key, value) in item.members()? {
        let id = shape::rule(key, rules)?;
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
    Ok(match item.word(&shape::LEVELS)? {
        "error" => Level::At(Severity::Error),
        "warning" => Level::At(Severity::Warning),
        "note" => Level::At(Severity::Note),
        _ => Level::Off,
    })
}
