//! `allow`: findings that are left out, for files that have no comments.

use std::ops::Range;

use super::item::{Item, Mistake};
use super::paths::Paths;
use super::shape::{self, Rules};

/// Findings that the configuration allows.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// Ids of rules, each with the bytes of the configuration file that name it.
    pub rules: Vec<(&'static str, Range<usize>)>,
    /// The files that findings are in.
    pub paths: Paths,
    /// The resource that they are about: its name, or its address as keys of findings have it.
    pub resource: Option<String>,
}

/// An entry of `allow`, whose form has been checked.
pub(super) fn read(item: &Item, base: &str, known: Rules<'_>) -> Result<Allowed, Mistake> {
    let missing = |key: &str| item.wrong(format!("the key `{key}` is missing"));
    let rules = item.get("rules").ok_or_else(|| missing("rules"))?.items()?;
    let named = |item: &Item| Ok((shape::rule(item, known)?, item.bytes.clone()));
    Ok(Allowed {
        rules: rules.iter().map(named).collect::<Result<_, Mistake>>()?,
        paths: Paths::read(item.get("path").ok_or_else(|| missing("path"))?, base)?,
        resource: item.get("resource").map(Item::text).transpose()?.map(str::to_owned),
    })
}
