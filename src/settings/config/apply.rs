//! `apply`: what somebody applies that acrlint can't read.

use std::ops::Range;

use super::inside;
use super::item::{Item, Mistake};

/// Something that is applied, by the configuration's word. Paths are relative to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// A chart, a kustomization, a folder or a manifest.
    pub path: String,
    /// The namespace of objects that state none.
    pub namespace: Option<Said>,
    /// The name of the release.
    pub release: Option<Said>,
    /// Files of values.
    pub values: Vec<Said>,
    /// Folders inside count as well.
    pub recursive: bool,
    /// Bytes of the configuration file that say so.
    pub at: Range<usize>,
}

/// A text of the configuration file, and where it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The text.
    pub text: String,
    /// Bytes of the file.
    pub at: Range<usize>,
}

/// An entry of `apply`.
pub(super) fn read(item: &Item, base: &str) -> Result<Applied, Mistake> {
    let said = |item: &Item| Ok(Said { text: item.text()?.to_owned(), at: item.bytes.clone() });
    let path =
        |item: &Item| Ok(Said { text: inside(item, base, "what is applied has to lie")?, at: item.bytes.clone() });
    let optional = |key: &str| item.get(key).map(said).transpose();
    let values = item.get("values").map(Item::items).transpose()?.unwrap_or_default();
    let applied = item.get("path").map(path).transpose()?;
    let applied = applied.ok_or_else(|| item.wrong("the key `path` is missing".to_owned()))?;
    Ok(Applied {
        path: applied.text,
        namespace: optional("namespace")?,
        release: optional("release")?,
        values: values.iter().map(path).collect::<Result<_, Mistake>>()?,
        recursive: item.get("recursive").map(Item::flag).transpose()?.unwrap_or_default(),
        at: applied.at,
    })
}
