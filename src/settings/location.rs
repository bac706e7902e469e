//! Where a run takes place: the paths on the command line, and the root that bounds everything that is read.

use std::path::{Component, Path, PathBuf};

use super::SettingsError;
use crate::suggestion::nearest;

/// A path on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Relative to the root with `/`; empty for the root itself.
    pub path: String,
    /// A folder to walk; else a file to read whatever its extension.
    pub folder: bool,
}

/// Where a run takes place.
#[derive(Debug)]
pub(super) struct Location {
    /// Absolute, without symbolic links.
    pub root: PathBuf,
    /// Whether the root is a git repository's.
    pub in_git: bool,
    /// The paths to read, in order, each once.
    pub targets: Vec<Target>,
    /// The deepest folder that holds all paths: where the search for a configuration file starts.
    pub start: PathBuf,
}

/// Finds the root: the git repository that holds all paths, else the smallest folder that does.
///
/// Reports name files relative to the root, and code scanning wants them relative to the repository.
pub(super) fn locate(paths: &[PathBuf], current: &Path) -> Result<Location, SettingsError> {
    let found = paths.iter().map(|path| existing(path, current)).collect::<Result<Vec<_>, _>>()?;
    let folders: Vec<&Path> = found.iter().map(|path| folder_of(path)).collect();
    let start = if folders.is_empty() { current.to_owned() } else { common(&folders) };
    let repository = start.ancestors().find(|folder| folder.join(".git").exists());
    let repository = repository.filter(|root| folders.iter().all(|folder| folder.starts_with(root)));
    let root = repository.map_or_else(|| common(&folders), Path::to_owned);
    let mut targets = found.iter().map(|path| target(path, &root)).collect::<Result<Vec<_>, _>>()?;
    targets.sort_by(|a, b| a.path.cmp(&b.path));
    targets.dedup();
    Ok(Location { in_git: repository.is_some(), targets, start, root })
}

/// `path` relative to `root`, with `/`; nothing if it lies outside or is no Unicode.
pub(super) fn relative(path: &Path, root: &Path) -> Option<String> {
    let parts = path.strip_prefix(root).ok()?.components().map(|part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

fn existing(path: &Path, current: &Path) -> Result<PathBuf, SettingsError> {
    let typed = path.display().to_string();
    let found = current.join(path).canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            let names = crate::cli::Cli::command_names();
            let command = nearest(&typed, names.iter().map(String::as_str)).map(str::to_owned);
            SettingsError::NoSuchPath { path: typed.clone(), command }
        }
        kind => SettingsError::BadPath { path: typed.clone(), why: kind.to_string() },
    })?;
    match found.is_dir() || found.is_file() {
        true => Ok(found),
        false => Err(SettingsError::BadPath { path: typed, why: "neither a file nor a folder".to_owned() }),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.is_dir() {
        true => path,
        false => path.parent().unwrap_or(path),
    }
}

/// The deepest folder that holds all of `folders`.
fn common(folders: &[&Path]) -> PathBuf {
    let holds_all = |root: &&Path| folders.iter().all(|folder| folder.starts_with(root));
    let first = folders.first().copied().unwrap_or(Path::new("."));
    first.ancestors().find(holds_all).unwrap_or(first).to_owned()
}

fn target(path: &Path, root: &Path) -> Result<Target, SettingsError> {
    let no_text =
        || SettingsError::BadPath { path: path.display().to_string(), why: "its name is no Unicode".to_owned() };
    Ok(Target { path: relative(path, root).ok_or_else(no_text)?, folder: path.is_dir() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("repo/infra/prod")).unwrap();
        std::fs::create_dir_all(folder.path().join("repo/k8s")).unwrap();
        std::fs::write(folder.path().join("repo/infra/main.bicep"), "").unwrap();
        folder
    }

    fn paths(location: &Location) -> Vec<&str> {
        location.targets.iter().map(|target| target.path.as_str()).collect()
    }

    #[test]
    fn without_a_repository_the_root_is_what_the_paths_have_in_common() {
        let tree = tree();
        let repo = tree.path().canonicalize().unwrap().join("repo");
        let location = locate(&["k8s".into(), "infra/main.bicep".into(), "./k8s/".into()], &repo).unwrap();
        assert_eq!((location.root.as_path(), paths(&location)), (repo.as_path(), vec!["infra/main.bicep", "k8s"]));
        let location = locate(&[".".into()], &repo.join("infra")).unwrap();
        assert_eq!((location.root, location.in_git), (repo.join("infra"), false));
    }

    #[test]
    fn in_a_repository_the_root_is_the_repository() {
        let tree = tree();
        let repo = tree.path().canonicalize().unwrap().join("repo");
        std::fs::create_dir(repo.join(".git")).unwrap();
        let location = locate(&["prod".into()], &repo.join("infra")).unwrap();
        assert_eq!((&location.root, paths(&location)), (&repo, vec!["infra/prod"]));
        assert_eq!(location.start, repo.join("infra/prod"));
        let outside = locate(&["infra".into(), "..".into()], &repo).unwrap();
        assert_eq!(outside.root, repo.parent().unwrap());
    }

    #[test]
    fn a_missing_path_may_be_a_misplaced_command() {
        let tree = tree();
        let missing = |name: &str| locate(&[name.into()], tree.path()).unwrap_err();
        assert_eq!(missing("nowhere"), SettingsError::NoSuchPath { path: "nowhere".into(), command: None });
        assert_eq!(missing("pulls"), SettingsError::NoSuchPath { path: "pulls".into(), command: Some("pulls".into()) });
    }
}
