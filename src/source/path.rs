//! Paths in the tree: relative to the root, `/` between the parts, without `.` and `..`; the root itself is an empty text.

/// The folder of a path.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What has this name in a folder.
pub fn in_folder(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// `relative` seen from `folder`; nothing when it leads out of the root. Slashes at its beginning say nothing.
pub fn joined(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The rest of a path inside of a folder; nothing when it is not inside.
pub fn below<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    match folder {
        "" => Some(path),
        folder if folder == path => Some(""),
        folder => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_of_the_root() {
        assert_eq!(joined("infra", ".terraform/modules/a").as_deref(), Some("infra/.terraform/modules/a"));
        assert_eq!(joined("infra/live", "../modules/./a/").as_deref(), Some("infra/modules/a"));
        assert_eq!(joined("infra", "..").as_deref(), Some(""));
        assert_eq!(joined("infra", "../../a"), None);
    }

    #[test]
    fn a_folder_holds_what_begins_with_its_whole_name() {
        assert_eq!(below("a/b", "a/b/c"), Some("c"));
        assert_eq!(below("a/b", "a/b"), Some(""));
        assert_eq!(below("a/b", "a/bc"), None);
        assert_eq!(below("", "a"), Some("a"));
        assert_eq!(in_folder(folder_of("a/b"), name_of("a/b")), "a/b");
        assert_eq!(in_folder(folder_of("b"), name_of("b")), "b");
    }
}
