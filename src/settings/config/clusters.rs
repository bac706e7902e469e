//! `clusters`: which cluster runs the manifests of which paths.

use std::ops::Range;

use super::item::{Item, Kind, Mistake};
use super::paths::Paths;

/// Path glob → cluster.
#[derive(Clone, Debug)]
pub struct ClusterMapping {
    /// Which paths.
    pub paths: Paths,
    /// The cluster's name.
    pub cluster: String,
    /// Bytes of the configuration file that say so.
    pub at: Range<usize>,
}

impl ClusterMapping {
    /// Whether the glob covers a path (relative to the root).
    pub fn covers(&self, path: &str) -> bool {
        self.paths.cover(path)
    }
}

/// A map of glob → cluster, or a list of `{path, cluster}`.
pub(super) fn read(item: &Item, base: &str) -> Result<Vec<ClusterMapping>, Mistake> {
    if let Kind::List(items) = &item.kind {
        let pairs = items.iter().filter_map(|item| Some((item.get("path")?, item.get("cluster")?)));
        return pairs.map(|(path, cluster)| mapping(path, cluster, base)).collect();
    }
    item.members()?.iter().map(|(glob, cluster)| mapping(glob, cluster, base)).collect()
}

fn mapping(glob: &Item, cluster: &Item, base: &str) -> Result<ClusterMapping, Mistake> {
    Ok(ClusterMapping {
        paths: Paths::read(glob, base)?,
        cluster: cluster.text()?.to_owned(),
        at: glob.bytes.start..cluster.bytes.end.max(glob.bytes.end),
    })
}
