//! A tree with changes laid over it: files that hold something else, files that are not there, files that come back.

use std::collections::BTreeMap;

use super::path;
use super::store::{Files, OpenError};

/// What files hold instead, by their paths; nothing where they are not there.
pub type Over = BTreeMap<String, Option<Vec<u8>>>;

/// Files as they are, but for those that are laid over them.
pub struct Laid<F> {
    below: F,
    over: Over,
}

impl<F: Files> Laid<F> {
    /// `over` laid over `below`.
    pub fn new(below: F, over: Over) -> Laid<F> {
        Laid { below, over }
    }

    fn names(&self, below: Vec<String>, of: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let back = self.over.iter().filter(|(_, bytes)| bytes.is_some());
        let mut names: Vec<String> = below.into_iter().chain(back.filter_map(|(path, _)| of(path))).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl<F: Files> Files for Laid<F> {
    fn read(&self, path: &str) -> Result<Vec<u8>, OpenError> {
        match self.over.get(path) {
            // Limits and links are the folder's affair for such a file, too: what is laid over it was made of it.
            Some(Some(bytes)) => Ok(bytes.clone()),
            Some(None) => Err(OpenError::NotFound),
            None => self.below.read(path),
        }
    }

    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, OpenError> {
        match self.over.get(path) {
            Some(Some(bytes)) => Ok(bytes.iter().copied().take(most).collect()),
            Some(None) => Err(OpenError::NotFound),
            None => self.below.head(path, most),
        }
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let mut below = self.below.list(folder);
        below.retain(|name| self.over.get(&path::in_folder(folder, name)).is_none_or(Option::is_some));
        self.names(below, |path| (path::folder_of(path) == folder).then(|| path::name_of(path).to_owned()))
    }

    fn folders(&self, folder: &str) -> Vec<String> {
        let first = |path: &str| Some(path::below(folder, path)?.split_once('/')?.0.to_owned());
        self.names(self.below.folders(folder), first)
    }

    fn is_own(&self, path: &str) -> bool {
        self.below.is_own(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    #[test]
    fn files_change_vanish_and_come_back() {
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        let below = MemoryFiles([file("a/x", "old"), file("a/y", "y"), file("b/z", "z")].into());
        let over = [("a/x", Some("new")), ("a/y", None), ("a/c/d", Some("back"))];
        let over = over.map(|(path, text)| (path.to_owned(), text.map(|text| text.as_bytes().to_vec())));
        let laid = Laid::new(below, over.into());
        assert_eq!(laid.read("a/x").as_deref(), Ok(&b"new"[..]));
        assert_eq!((laid.read("a/y"), laid.head("a/y", 9)), (Err(OpenError::NotFound), Err(OpenError::NotFound)));
        assert_eq!(laid.head("a/c/d", 2).as_deref(), Ok(&b"ba"[..]));
        assert_eq!((laid.list("a"), laid.folders("a")), (vec!["x".to_owned()], vec!["c".to_owned()]));
        assert_eq!((laid.list("b"), laid.folders("")), (vec!["z".to_owned()], vec!["a".to_owned(), "b".to_owned()]));
    }
}
