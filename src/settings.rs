//! The one meaning of a run: flags, configuration file, environment and the paths on disk, resolved once. Nothing below
//! reads a flag, an environment variable or a clock.

mod address;
mod baseline;
mod changes;
mod color;
mod config;
mod error;
mod excludes;
mod location;
mod repository;
mod selection;

use std::path::{Path, PathBuf};

use crate::cli::{Cloud, FailOn, Flags, Format, OutputFile, World};
use crate::finding::Severity;

pub use address::Checkout;
pub use baseline::BaselineFile;
pub use changes::Changes;
pub use color::Environment;
pub use config::{Allowed, Applied, Assumption, ClusterMapping, ConfigFile, Fact, Said, schema};
pub use error::SettingsError;
pub use excludes::Excludes;
pub use location::Target;
pub use repository::{checked_name, repository_name};
pub use selection::Selection;

/// No larger file is read.
pub const SIZE_LIMIT: u64 = 64 << 20;

/// What a run is about to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Findings: what keeps images from being pulled.
    Findings,
    /// The pull path of each image.
    Pulls,
    /// The picture of all pulls.
    Graph,
    /// What the repository declares.
    Facts,
}

/// A run, resolved.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is shown.
    pub view: View,
    /// The folder that bounds everything that is read, absolute. All paths of a report are relative to it.
    pub root: PathBuf,
    /// Whether `root` is a git repository's.
    pub in_git: bool,
    /// What to walk or read.
    pub targets: Vec<Target>,
    /// What to leave out.
    pub excludes: Excludes,
    /// No larger file is read, in bytes.
    pub size_limit: u64,
    /// What is done about fixes.
    pub fixes: Fixes,
    /// The change that findings have to have to do with.
    pub changes: Option<Changes>,
    /// What absence means.
    pub world: World,
    /// The cloud that templates are deployed to.
    pub cloud: Cloud,
    /// Where modules of registries are: the beginning of a reference, and a path relative to the root.
    pub modules: Vec<(String, String)>,
    /// The folder of the module cache.
    pub module_cache: Option<PathBuf>,
    /// Which rules run, and how loud they are.
    pub selection: Selection,
    /// Which cluster runs the manifests of which paths; the first match counts.
    pub clusters: Vec<ClusterMapping>,
    /// What is applied by somebody that can't be read.
    pub applied: Vec<Applied>,
    /// Facts that are true elsewhere.
    pub assumptions: Vec<Assumption>,
    /// What other repositories declare, as files of facts.
    pub with: Vec<FactsFile>,
    /// Findings that are left out.
    pub allowed: Vec<Allowed>,
    /// Findings of earlier, which are left out, too.
    pub baseline: Option<BaselineFile>,
    /// The configuration file that was used.
    pub config: Option<ConfigFile>,
    /// The date that counts as today.
    pub today: jiff::civil::Date,
    /// How to tell it on standard output.
    pub format: Format,
    /// Reports to be written to files.
    pub outputs: Vec<OutputFile>,
    /// The address of the commit that is checked out, where a build service says it.
    pub address: Option<String>,
    /// Whether standard output is coloured.
    pub color: bool,
    /// Whether a long run shows its progress on standard error.
    pub progress: bool,
    /// Findings only.
    pub quiet: bool,
    /// Timings per step.
    pub verbose: bool,
    /// The lowest level that fails the run; none: nothing does.
    pub fail_on: Option<Severity>,
    /// Whether a pull that can't be decided fails the run.
    pub fail_on_unknown: bool,
}

/// A file of facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsFile {
    /// As typed.
    pub shown: String,
    /// Where it is.
    pub path: PathBuf,
}

fn facts_files(flags: &Flags, current: &Path) -> Vec<FactsFile> {
    let file = |file: &PathBuf| FactsFile { shown: file.display().to_string(), path: current.join(file) };
    flags.with.iter().map(file).collect()
}

/// What is done about the fixes of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixes {
    /// They are applied in memory.
    pub made: bool,
    /// Those that decide something for the user, too.
    pub unsafe_too: bool,
    /// What they change is shown and not written.
    pub shown: bool,
}

/// What resolving needs to know of the world outside, read once by `main`.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The current folder.
    pub current: PathBuf,
    /// Today, unless `--now` says otherwise.
    pub today: jiff::civil::Date,
    /// Where the Bicep CLI keeps the modules that it has restored, whether or not it has any.
    pub bicep_cache: Option<PathBuf>,
    /// Colour variables and terminals.
    pub environment: Environment,
    /// What a build service says of the commit that it checked out.
    pub checkout: Checkout,
}

impl Settings {
    /// Resolves the flags of a run. `rules` are the ids and names of all rules.
    pub fn resolve(
        view: View,
        flags: &Flags,
        surroundings: &Surroundings,
        rules: &[(&'static str, &'static str)],
    ) -> Result<Settings, SettingsError> {
        check_formats(view, flags)?;
        let fixes = Fixes { made: flags.fix || flags.dry_run, unsafe_too: flags.unsafe_fixes, shown: flags.dry_run };
        if view != View::Findings && (fixes.made || fixes.unsafe_too) {
            return Err(SettingsError::FixOfPulls);
        }
        check_outputs(flags, &surroundings.current)?;
        if view == View::Facts {
            repository::check_flags(flags)?;
        }
        changes::check(view, flags)?;
        let location = location::locate(&flags.paths, &surroundings.current)?;
        let config = config::load(flags, &location, &surroundings.current, rules)?;
        let selection = Selection::resolve(&flags.select, &flags.ignore, &config.levels, rules)?;
        let excludes = excludes::resolve(flags, &config, &location.root, &surroundings.current)?;
        let baseline = baseline::resolve(view, flags, &config, &location.root, &surroundings.current)?;
        let changes = changes::read(flags.diff.as_deref(), &location, &surroundings.current)?;
        Ok(Settings {
            view,
            changes,
            root: location.root,
            in_git: location.in_git,
            targets: location.targets,
            excludes,
            size_limit: SIZE_LIMIT,
            fixes,
            world: flags.world.or(config.world).unwrap_or(World::Repository),
            cloud: flags.cloud.or(config.cloud).unwrap_or(Cloud::Public),
            modules: config.modules,
            module_cache: module_cache(flags.module_cache.as_deref().or(config.module_cache.as_deref()), surroundings)?,
            selection,
            clusters: config.clusters,
            applied: config.applied,
            assumptions: config.assumptions,
            with: facts_files(flags, &surroundings.current),
            allowed: config.allowed,
            baseline,
            config: config.file,
            today: flags.now.unwrap_or(surroundings.today),
            format: flags.format,
            outputs: flags.output.clone(),
            address: surroundings.checkout.address().filter(|_| location.in_git),
            color: surroundings.environment.color(flags.color),
            progress: surroundings.environment.shows_progress(flags.quiet),
            quiet: flags.quiet,
            verbose: flags.verbose,
            fail_on: lowest(flags),
            fail_on_unknown: flags.fail_on_unknown && !flags.exit_zero,
        })
    }

    /// The defaults for one folder, which is the root as well; for callers of the library and tests.
    pub fn of_folder(folder: &Path, today: jiff::civil::Date) -> Result<Settings, SettingsError> {
        let missing = |_| SettingsError::NoSuchPath { path: folder.display().to_string(), command: None };
        let root = folder.canonicalize().map_err(missing)?;
        Ok(Settings {
            view: View::Findings,
            root,
            in_git: false,
            targets: vec![Target { path: String::new(), folder: true }],
            excludes: Excludes::default(),
            size_limit: SIZE_LIMIT,
            fixes: Fixes::default(),
            changes: None,
            world: World::Repository,
            cloud: Cloud::Public,
            modules: Vec::new(),
            module_cache: None,
            selection: Selection::default(),
            clusters: Vec::new(),
            applied: Vec::new(),
            assumptions: Vec::new(),
            with: Vec::new(),
            allowed: Vec::new(),
            baseline: None,
            config: None,
            today,
            format: Format::Human,
            outputs: Vec::new(),
            address: None,
            color: false,
            progress: false,
            quiet: false,
            verbose: false,
            fail_on: Some(Severity::Error),
            fail_on_unknown: false,
        })
    }

    /// The exit status of a run whose loudest finding is `loudest` and that left `unknown` pulls undecided.
    pub fn exit_code(&self, loudest: Option<Severity>, unknown: usize) -> u8 {
        let loud = self.fail_on.is_some_and(|level| loudest.is_some_and(|loudest| loudest >= level));
        // Who writes a baseline takes note of what is there.
        let is_noted = self.baseline.as_ref().is_some_and(|baseline| baseline.update);
        u8::from(!is_noted && (loud || self.fail_on_unknown && unknown > 0))
    }

    /// Whether everything below the root is read, but for what is left out.
    pub fn is_whole(&self) -> bool {
        self.targets.iter().any(|target| target.folder && target.path.is_empty())
    }

    /// Whether the run reads what is at `path` (relative to the root), if something is there.
    pub fn reads(&self, path: &str) -> bool {
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        let is_left_out = self.excludes.cover(path, false) || folders.clone().any(|it| self.excludes.cover(it, true));
        let is_target = |target: &Target| match target.folder {
            true => target.path.is_empty() || folders.clone().any(|folder| folder == target.path),
            false => target.path == path,
        };
        !is_left_out && self.targets.iter().any(is_target)
    }

    /// Whether the configuration names this cluster or registry.
    pub fn names(&self, name: &str) -> bool {
        let assumed = self.assumptions.iter().any(|assumption| match &assumption.fact {
            Fact::Grant { registry, cluster } | Fact::Reachable { registry, cluster } => {
                registry == name || cluster == name
            }
            Fact::Secret { .. } => false,
        });
        assumed || self.clusters.iter().any(|mapping| mapping.cluster == name)
    }

    /// The cluster that runs the manifests at `path` (relative to the root), if the configuration says so.
    pub fn cluster_of(&self, path: &str) -> Option<&ClusterMapping> {
        self.clusters.iter().find(|mapping| mapping.covers(path))
    }
}

/// The folder that `--module-cache` means. A cache that the Bicep CLI has not made yet is an empty one.
fn module_cache(typed: Option<&Path>, surroundings: &Surroundings) -> Result<Option<PathBuf>, SettingsError> {
    let Some(typed) = typed else { return Ok(None) };
    if typed == Path::new("bicep") {
        return Ok(surroundings.bicep_cache.clone().filter(|folder| folder.is_dir()));
    }
    let folder = surroundings.current.join(typed);
    match folder.is_dir() {
        true => Ok(Some(folder)),
        false => Err(SettingsError::NoSuchPath { path: typed.display().to_string(), command: None }),
    }
}

/// Annotations, code quality and SARIF are about findings; a pull path has no place in them. The command line knows what a graph is
/// printed as, and into a file goes any format.
fn check_formats(view: View, flags: &Flags) -> Result<(), SettingsError> {
    let formats = flags.output.iter().map(|output| output.format).chain([flags.format]);
    let told = |format: Format| {
        let tells_pulls = matches!(
            format,
            Format::Human | Format::Json | Format::Junit | Format::Markdown | Format::Mermaid | Format::Dot
        );
        view != View::Pulls || tells_pulls
    };
    match formats.into_iter().all(told) {
        true => Ok(()),
        false => Err(SettingsError::FormatOfPulls),
    }
}

/// A report that can't be written should be known before the run, not after it.
fn check_outputs(flags: &Flags, current: &Path) -> Result<(), SettingsError> {
    for (at, output) in flags.output.iter().enumerate() {
        let file = current.join(&output.file);
        let again = flags.output.iter().take(at).any(|other| other.file == output.file);
        let why = match file.parent() {
            _ if output.file.as_os_str() == "-" => "for standard output there is `--format`",
            _ if again => "two reports go there",
            Some(folder) if !folder.is_dir() => "its folder doesn't exist",
            _ if file.is_dir() => "it is a folder",
            _ => continue,
        };
        return Err(SettingsError::BadOutput { path: output.file.display().to_string(), why });
    }
    Ok(())
}

fn lowest(flags: &Flags) -> Option<Severity> {
    match flags.fail_on {
        _ if flags.exit_zero => None,
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Note => Some(Severity::Note),
        FailOn::Never => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    const RULES: &[(&str, &str)] = &[("ACR101", "missing-pull-grant"), ("ACR102", "control-plane-grant")];

    fn resolve(folder: &Path, line: &[&str]) -> Result<Settings, SettingsError> {
        let cli = crate::cli::Cli::try_parse_from([&["acrlint"], line].concat()).unwrap();
        let surroundings = Surroundings {
            current: folder.to_owned(),
            today: jiff::civil::date(2026, 1, 31),
            bicep_cache: None,
            environment: Environment::default(),
            checkout: Checkout::default(),
        };
        Settings::resolve(View::Findings, &cli.flags, &surroundings, RULES)
    }

    #[test]
    fn flags_beat_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("acrlint.yaml"), "world: open\nrules:\n  ACR101: off\n").unwrap();
        let settings = resolve(folder.path(), &[]).unwrap();
        assert_eq!(settings.world, World::Open);
        assert_eq!(settings.selection.severity("ACR101", Severity::Error), None);
        assert_eq!(settings.config.as_ref().unwrap().path, "acrlint.yaml");
        let settings = resolve(folder.path(), &["--world", "closed", "--select", "ACR101"]).unwrap();
        assert_eq!(settings.world, World::Closed);
        assert_eq!(settings.selection.severity("ACR101", Severity::Error), Some(Severity::Error));
        let settings = resolve(folder.path(), &["--no-config"]).unwrap();
        assert_eq!((settings.world, settings.config), (World::Repository, None));
    }

    #[test]
    fn an_output_that_cannot_be_written_is_known_before_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let error = |output: &str| resolve(folder.path(), &["--output", output]).unwrap_err().to_string();
        assert_eq!(error("sarif=none/a.sarif"), "can't write `none/a.sarif`: its folder doesn't exist");
        assert_eq!(error("sarif=."), "can't write `.`: it is a folder");
        assert_eq!(error("json=-"), "can't write `-`: for standard output there is `--format`");
        assert!(resolve(folder.path(), &["--output", "sarif=a.sarif"]).is_ok());
    }

    #[test]
    fn exit_codes_follow_the_flags() {
        let folder = tempfile::tempdir().unwrap();
        let code = |line: &[&str], loudest, unknown| resolve(folder.path(), line).unwrap().exit_code(loudest, unknown);
        assert_eq!(code(&[], Some(Severity::Error), 0), 1);
        assert_eq!(code(&[], Some(Severity::Warning), 3), 0);
        assert_eq!(code(&["--fail-on", "warning"], Some(Severity::Warning), 0), 1);
        assert_eq!(code(&["--fail-on", "never"], Some(Severity::Error), 0), 0);
        assert_eq!(code(&["--fail-on-unknown"], None, 1), 1);
        assert_eq!(code(&["--exit-zero", "--fail-on-unknown"], Some(Severity::Error), 1), 0);
    }
}
