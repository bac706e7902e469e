//! Writing a file that was edited: all of it or nothing, never through a link.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Replaces the bytes of a file by others, where it still holds what it held when it was read: first into a new file beside
/// it, which then takes its place with its permissions. The error is a clause for the user.
pub fn replace(file: &Path, before: &[u8], after: &[u8]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("can't write `{}`: {}", file.display(), error.kind());
    let about = file.symlink_metadata().map_err(told)?;
    if !about.is_file() {
        return Err(format!("can't write `{}`: it is no file of its own", file.display()));
    }
    if std::fs::read(file).map_err(told)? != before {
        return Err(format!("`{}` was not edited: it has changed in the meantime", file.display()));
    }
    // Taking the place of a file needs no right to write into it.
    if about.permissions().readonly() {
        return Err(format!("can't write `{}`: it is read-only", file.display()));
    }
    let (mut fresh, beside) = beside(file).map_err(told)?;
    let written = fresh
        .write_all(after)
        .and_then(|()| fresh.set_permissions(about.permissions()))
        .and_then(|()| fresh.sync_all())
        .and_then(|()| std::fs::rename(&beside, file));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        told(error)
    })
}

/// Writes a file: in the place of what it holds now, or where nothing is.
pub fn put(file: &Path, before: Option<&[u8]>, after: &[u8]) -> Result<(), String> {
    if let Some(before) = before {
        return replace(file, before, after);
    }
    let written =
        OpenOptions::new().write(true).create_new(true).open(file).and_then(|mut fresh| fresh.write_all(after));
    written.map_err(|error| format!("can't write `{}`: {}", file.display(), error.kind()))
}

/// A new file in the same folder, under a name that nothing has.
fn beside(file: &Path) -> std::io::Result<(File, std::path::PathBuf)> {
    let mut last = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
    for number in 0..100_u32 {
        let mut name = OsString::from(".");
        name.push(file.file_name().unwrap_or_default());
        name.push(format!(".{}-{number}.acrlint", std::process::id()));
        let path = file.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(fresh) => return Ok((fresh, path)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::{put, replace};

    #[test]
    fn a_file_is_replaced_as_a_whole_with_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("main.bicep");
        std::fs::write(&file, "old").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        }
        replace(&file, b"old", b"new").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        }
        assert!(replace(&file, b"old", b"x").unwrap_err().contains("changed in the meantime"));
    }

    #[test]
    fn a_new_file_takes_the_place_of_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("baseline.json");
        put(&file, None, b"one").unwrap();
        put(&file, Some(b"one"), b"two").unwrap();
        assert!(put(&file, None, b"three").is_err() && put(&file, Some(b"one"), b"three").is_err());
        assert_eq!(std::fs::read(&file).unwrap(), b"two");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(replace(&link, b"old", b"new").is_err());
        assert_eq!(std::fs::read(&file).unwrap(), b"old");
    }
}
