//! Which repository is this one? Objects name repositories by their URLs, and nothing in a tree says its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Carrier, external};

/// A URL as it compares: host and path, however it is fetched.
pub(super) fn of(url: &str) -> Arc<str> {
    let text = url.trim().trim_end_matches('/');
    let text = text.strip_suffix(".git").unwrap_or(text);
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
    text.replacen(':', "/", 1).to_ascii_lowercase().into()
}

/// How a repository begins of which only the name of an object is known, not the URL.
pub(super) const NAMED: &str = "source ";

/// Where objects name several repositories with paths that are all here, this is the one that most of them name; what is of
/// another one may be a folder that is only called alike. A name may stand for any URL: the two are not compared.
pub(super) fn settle(carriers: &mut [Carrier]) {
    settle_among(carriers, |origin| origin.starts_with(NAMED));
    settle_among(carriers, |origin| !origin.starts_with(NAMED));
}

fn settle_among(carriers: &mut [Carrier], counts: impl Fn(&str) -> bool) {
    let origin_of = |carrier: &Carrier| carrier.origin.clone().filter(|origin| counts(origin));
    let mut here: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for origin in carriers.iter().filter(|it| it.path().is_some()).filter_map(origin_of) {
        *here.entry(origin).or_default() += 1;
    }
    if here.len() < 2 {
        return;
    }
    let most = here.values().copied().max().unwrap_or_default();
    let mut best = here.iter().filter(|(_, count)| **count == most).map(|(origin, _)| origin.clone());
    let ours = best.next().filter(|_| best.next().is_none());
    for carrier in carriers {
        let (Some(folder), Some(origin)) = (carrier.path().map(str::to_owned), origin_of(carrier)) else { continue };
        if Some(&origin) != ours.as_ref() {
            *carrier = carrier.clone().somewhere(&folder, &external(&origin));
        }
    }
}
