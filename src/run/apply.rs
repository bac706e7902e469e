//! What the configuration says is applied.

use std::sync::Arc;

use crate::ir::{Delivery, Layer, Node, Parcel, Why};
use crate::settings::{Applied, Said, Settings};
use crate::source::{SourceId, Span, Store};

/// The deliveries of the configuration, and lines about what is not there.
pub(super) fn deliveries(settings: &Settings, store: &Store) -> (Vec<Delivery>, Vec<String>) {
    let Some(config) = settings.config.as_ref().filter(|_| !settings.applied.is_empty()) else {
        return (Vec::new(), Vec::new());
    };
    let Ok(id) = store.add(&config.path, config.text.clone().into_bytes()) else { return (Vec::new(), Vec::new()) };
    let reader = Reader { store, id };
    let missing = settings.applied.iter().flat_map(|applied| reader.missing(applied));
    let notes = missing.map(|path| format!("{}: nothing to apply at `{path}`", config.shown)).collect();
    (settings.applied.iter().map(|applied| reader.delivery(applied)).collect(), notes)
}

struct Reader<'a> {
    store: &'a Store,
    id: SourceId,
}

impl Reader<'_> {
    fn delivery(&self, applied: &Applied) -> Delivery {
        let path: Arc<str> = applied.path.as_str().into();
        let parcel = match applied.recursive || self.store.open_path(&path).is_ok() {
            true => Parcel::Manifests { path, recursive: applied.recursive },
            false => Parcel::Folder(path),
        };
        let text = |said: &Option<Said>| said.as_ref().map(|said| Node::text(said.text.as_str(), self.span(&said.at)));
        Delivery {
            release: text(&applied.release),
            namespace: text(&applied.namespace),
            values: applied.values.iter().map(|file| self.layer(file)).collect(),
            ..Delivery::of(parcel, self.span(&applied.at))
        }
    }

    fn layer(&self, file: &Said) -> Layer {
        match self.store.open_path(&file.text) {
            Ok(id) => Layer::File(id),
            Err(_) => Layer::Unknown(Why::Unreadable(file.text.as_str().into()), self.span(&file.at)),
        }
    }

    fn span(&self, at: &std::ops::Range<usize>) -> Span {
        Span::new(self.id, at.start, at.end)
    }

    /// The paths of which there is nothing. Of a folder that has only folders it can't be told.
    fn missing<'a>(&self, applied: &'a Applied) -> Vec<&'a str> {
        let is_there = |path: &str| self.store.open_path(path).is_ok();
        let path = Some(applied.path.as_str());
        let path = path.filter(|path| !applied.recursive && !is_there(path) && self.store.list(path).is_empty());
        let files = applied.values.iter().map(|file| file.text.as_str()).filter(|file| !is_there(file));
        path.into_iter().chain(files).collect()
    }
}
