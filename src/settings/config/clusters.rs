//! `clusters`: which cluster runs the manifests of which paths.

use std::ops::Range;
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};

use super::item::{Item, Kind, Mistake};

/// Path glob → cluster.
#[derive(Clone, Debug)]
pub struct ClusterMapping {
    /// As written.
    pub glob: String,
    /// The cluster's name.
    pub cluster: String,
    /// Bytes of the configuration file that say so.
    pub at: Range<usize>,
    base: String,
    matcher: GlobMatcher,
}

impl ClusterMapping {
    /// Whether the glob covers a path (relative to the root). A glob of a folder covers what is in it.
    pub fn covers(&self, path: &str) -> bool {
        let below = match self.base.as_str() {
            "" => Some(path),
            base => path.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')),
        };
        below.is_some_and(|path| Path::new(path).ancestors().any(|part| self.matcher.is_match(part)))
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
    let written = glob.text()?;
    let pattern = written.trim_start_matches("./").trim_end_matches('/');
    let built = GlobBuilder::new(pattern).literal_separator(true).build();
    let matcher = built.map_err(|error| glob.wrong(format!("no glob: {}", error.kind())))?.compile_matcher();
    Ok(ClusterMapping {
        glob: written.to_owned(),
        cluster: cluster.text()?.to_owned(),
        at: glob.bytes.start..cluster.bytes.end.max(glob.bytes.end),
        base: base.to_owned(),
        matcher,
    })
}
