//! What a repository is called in other ones.

use std::path::{Path, PathBuf};

use super::{Flags, SettingsError};
use crate::cli::{FailOn, Format};

/// The name that somebody gave, when it can stand in front of a path.
pub fn checked_name(name: &str) -> Result<String, SettingsError> {
    let name = name.trim();
    match !name.is_empty() && name.len() <= 200 && name.chars().all(fits) {
        true => Ok(name.to_owned()),
        false => Err(SettingsError::BadName(name.to_owned())),
    }
}

fn fits(letter: char) -> bool {
    letter.is_alphanumeric() || "-_./".contains(letter)
}

/// Owner and name of git's remote `origin`, else the name of the folder.
pub fn repository_name(root: &Path) -> String {
    let folder = root.file_name().map(|name| name.to_string_lossy().into_owned());
    let remote = git_config(root).and_then(|file| std::fs::read_to_string(file).ok()).and_then(|text| origin(&text));
    let names = [remote.as_deref().and_then(of_address), folder];
    let fitting = |name: String| checked_name(&name.replace(|letter| !fits(letter), "-")).ok();
    names.into_iter().flatten().find_map(fitting).unwrap_or_else(|| "repository".to_owned())
}

/// The configuration of a git repository; a work tree beside it says in a file where that is.
fn git_config(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git.join("config"));
    }
    let text = std::fs::read_to_string(&git).ok()?;
    let own = root.join(text.strip_prefix("gitdir:")?.trim());
    let common = std::fs::read_to_string(own.join("commondir")).map(|it| own.join(it.trim())).unwrap_or(own);
    Some(common.join("config"))
}

fn origin(config: &str) -> Option<String> {
    let mut inside = false;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.replace(' ', "") == r#"[remote"origin"]"#;
        }
        let address = line.split_once('=').filter(|(key, _)| inside && key.trim() == "url");
        if let Some((_, address)) = address {
            return Some(address.trim().to_owned());
        }
    }
    None
}

/// The last two parts of an address; nothing of the host, which may hold a password.
fn of_address(address: &str) -> Option<String> {
    let (path, hosted) = match address.split_once("://") {
        Some((_, rest)) => (rest.split_once('/')?.1, true),
        None => address.split_once(':').map_or((address, false), |(_, path)| (path, true)),
    };
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | ".." | "_git")).collect();
    // A folder beside this one has no owner.
    let last = parts.get(parts.len().saturating_sub(if hosted { 2 } else { 1 })..)?;
    Some(last.join("/")).filter(|name| !name.is_empty())
}

/// Facts are not judged: flags about that would do nothing.
pub(super) fn check_flags(flags: &Flags) -> Result<(), SettingsError> {
    let given = [
        ("--format", flags.format != Format::Human),
        ("--output", !flags.output.is_empty()),
        ("--fail-on", flags.fail_on != FailOn::Error),
        ("--exit-zero", flags.exit_zero),
        ("--fail-on-unknown", flags.fail_on_unknown),
        ("--select", !flags.select.is_empty()),
        ("--ignore", !flags.ignore.is_empty()),
        ("--world", flags.world.is_some()),
        ("--with", !flags.with.is_empty()),
        ("--baseline", flags.baseline.is_some()),
        ("--update-baseline", flags.update_baseline),
        ("--now", flags.now.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(SettingsError::NotOfFacts(flag)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_called_by_owner_and_name() {
        for (address, name) in [
            ("https://github.com/contoso/infra.git", "contoso/infra"),
            ("https://user:hunter2@github.com/contoso/infra", "contoso/infra"),
            ("git@github.com:contoso/infra.git", "contoso/infra"),
            ("ssh://git@host:22/group/sub/infra.git/", "sub/infra"),
            ("https://dev.azure.com/contoso/shop/_git/infra", "shop/infra"),
            ("/srv/git/infra.git", "infra"),
            ("../infra", "infra"),
        ] {
            assert_eq!(of_address(address).as_deref(), Some(name), "{address}");
        }
        assert_eq!(of_address("https://user:hunter2@host"), None);
    }

    #[test]
    fn the_remote_is_read_where_git_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("checkout");
        std::fs::create_dir_all(root.join(".git")).unwrap();
        assert_eq!(repository_name(&root), "checkout");
        let config = "[core]\n\turl = no\n[remote \"origin\"]\n\turl = git@github.com:contoso/infra.git\n";
        std::fs::write(root.join(".git/config"), config).unwrap();
        assert_eq!(repository_name(&root), "contoso/infra");
        let tree = folder.path().join("tree");
        std::fs::create_dir_all(root.join(".git/worktrees/tree")).unwrap();
        std::fs::create_dir_all(&tree).unwrap();
        std::fs::write(root.join(".git/worktrees/tree/commondir"), "../..\n").unwrap();
        std::fs::write(tree.join(".git"), "gitdir: ../checkout/.git/worktrees/tree\n").unwrap();
        assert_eq!(repository_name(&tree), "contoso/infra");
    }

    #[test]
    fn a_name_stands_in_front_of_a_path() {
        assert!(checked_name("contoso/infra").is_ok());
        for name in ["", " ", "a:b", "a b", "a\nb"] {
            assert!(checked_name(name).is_err(), "{name:?}");
        }
    }
}
