//! The baseline of a run: the file that lists findings of earlier, found and read before anything else is.

use std::path::{Path, PathBuf};

use super::config::Config;
use super::{Flags, SIZE_LIMIT, SettingsError, View, location};

/// The file that lists findings of earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineFile {
    /// Where it is.
    pub file: PathBuf,
    /// As messages call it.
    pub shown: String,
    /// Relative to the root, where it lies below it: it is no input.
    pub path: Option<String>,
    /// What it holds; none where it is not there yet.
    pub bytes: Option<Vec<u8>>,
    /// It shall be written anew.
    pub update: bool,
}

/// `--baseline`, or what the configuration says.
pub(super) fn resolve(
    view: View,
    flags: &Flags,
    config: &Config,
    root: &Path,
    current: &Path,
) -> Result<Option<BaselineFile>, SettingsError> {
    let update = flags.update_baseline;
    check_update(view, flags, config)?;
    let Some((file, shown)) = named(flags, config, current) else { return Ok(None) };
    let wrong = |why: String| SettingsError::Baseline { path: shown.clone(), why };
    let bytes = read(&file).map_err(wrong)?;
    // Pulls, pictures and facts are the same without it.
    if bytes.is_none() && view != View::Findings && flags.baseline.is_none() {
        return Ok(None);
    }
    if bytes.is_none() && !update {
        return Err(wrong("no such baseline; `--update-baseline` writes it".to_owned()));
    }
    if bytes.is_none() && !file.parent().is_some_and(Path::is_dir) {
        return Err(wrong("can't be written: its folder doesn't exist".to_owned()));
    }
    let path = file.canonicalize().ok().and_then(|file| location::relative(&file, root));
    Ok(Some(BaselineFile { file, shown, path, bytes, update }))
}

/// A baseline is of all findings as they are now: of a run that changes or leaves out some it would be of neither.
fn check_update(view: View, flags: &Flags, config: &Config) -> Result<(), SettingsError> {
    let why = match () {
        () if !flags.update_baseline => return Ok(()),
        () if view != View::Findings => "belongs to `acrlint check`",
        () if flags.diff.is_some() => "records all that is found now, so it goes without `--diff`",
        () if flags.fix || flags.dry_run || flags.unsafe_fixes => {
            "records what is found now, so let fixes be made and looked at first"
        }
        () if flags.baseline.is_none() && config.baseline.is_none() => {
            "needs `--baseline FILE`, or `baseline: FILE` in acrlint.yaml"
        }
        () => return Ok(()),
    };
    Err(SettingsError::UpdateOfBaseline(why))
}

/// The file, and what messages call it.
fn named(flags: &Flags, config: &Config, current: &Path) -> Option<(PathBuf, String)> {
    if let Some(typed) = &flags.baseline {
        return Some((current.join(typed), typed.display().to_string()));
    }
    let path = config.baseline.as_ref()?;
    let above = if config.base.is_empty() { String::new() } else { format!("{}/", config.base) };
    Some((config.folder.join(path), format!("{above}{path}")))
}

fn read(file: &Path) -> Result<Option<Vec<u8>>, String> {
    let about = match file.metadata() {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("can't be read: {}", error.kind())),
    };
    match () {
        () if !about.is_file() => Err("can't be read: it is no file".to_owned()),
        () if about.len() > SIZE_LIMIT => Err("can't be read: it is larger than 64 MiB".to_owned()),
        () => std::fs::read(file).map(Some).map_err(|error| format!("can't be read: {}", error.kind())),
    }
}
