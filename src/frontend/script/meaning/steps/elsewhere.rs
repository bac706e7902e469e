//! Steps and templates of elsewhere: what they do isn't read, what is given to them says what they may be about.

use std::collections::BTreeSet;

use super::{Inputs, lines};
use crate::frontend::script::run::{Named, Run};
use crate::ir::{Delivery, Layer, Makes, Node, Parcel, Why};
use crate::source::Span;
use crate::source::path::{folder_of, in_folder};

/// Pairs of a registry and a cluster that are told one by one.
const PAIRS: usize = 64;
/// The words with which a grant by it is told.
const COMMAND: &str = "a step or template of elsewhere";

/// Something that isn't here: what it is given it may release, and let pull.
pub(in crate::frontend::script) fn of_elsewhere(run: &mut Run<'_>, inputs: &Inputs, span: Span) {
    unseen(run, inputs, span);
    may_grant(run, inputs, span);
}

/// A step or a template that isn't read, and what is given to it: charts and manifests that it names it may release, with
/// whatever values.
pub(in crate::frontend::script) fn unseen(run: &mut Run<'_>, inputs: &Inputs, span: Span) {
    let why = || Why::NotAnalysed("a step that names it".into());
    for (name, given) in inputs {
        let applied = ["manifest", "kustom", "overlay"].iter().any(|word| name.contains(word));
        let paths: Vec<String> = lines(given).iter().filter_map(|line| run.locate(line.as_str()?)).collect();
        for path in paths {
            let parcel = match () {
                () if run.tree.has_file(&in_folder(&path, "Chart.yaml")) => Parcel::Chart(path.into()),
                () if !applied || path.is_empty() => continue,
                () if run.tree.has_file(&path) => Parcel::Manifests { path: path.into(), recursive: false },
                () => Parcel::Folder(path.into()),
            };
            let namespace = Some(Node::unknown(why(), span));
            let values = vec![Layer::Unknown(why(), span)];
            run.deliveries.push(Delivery { namespace, values, open: Some(why()), ..Delivery::of(parcel, span) });
        }
    }
}

/// What is given both a registry and a cluster, by name or by a value that is called so and isn't known, may let the one
/// pull from the other.
fn may_grant(run: &mut Run<'_>, inputs: &Inputs, span: Span) {
    // What it deploys lies here and is read.
    let deploys = |path: &str| {
        let is_it = |file: &str| [".bicep", ".bicepparam", ".tf"].iter().any(|ending| file.ends_with(ending));
        let inside = |file: &&std::sync::Arc<str>| folder_of(file) == path && is_it(file);
        is_it(path) || run.tree.has_folder(path) && !path.is_empty() && run.tree.files.iter().any(|file| inside(&file))
    };
    let paths = inputs.values().filter_map(|given| run.locate(given.as_str()?));
    if paths.into_iter().any(|path| deploys(&path)) {
        return;
    }
    let registries = named(inputs, &["acr", "registr"], registry_of);
    let clusters = named(inputs, &["aks", "cluster", "kube"], cluster_of);
    // Where many things are given, which of them go together is left open.
    let many = registries.len() * clusters.len() > PAIRS;
    let clusters = if many { BTreeSet::from([None]) } else { clusters };
    let registries = if registries.len() > PAIRS { BTreeSet::from([None]) } else { registries };
    for registry in &registries {
        for cluster in &clusters {
            let [registry, cluster] = [registry, cluster].map(|it| it.as_deref().map(|name| Node::text(name, span)));
            let named = Named { registry: registry.as_ref(), cluster: cluster.as_ref(), ..Named::default() };
            // Whoever joins the two may lead a way from the one to the other, too.
            for makes in [Makes::Grant, Makes::Endpoint, Makes::Network] {
                run.open(makes, COMMAND, span, named);
            }
        }
    }
}

/// The names among the values that something may have, and nothing for one that isn't known and is called after it.
fn named(inputs: &Inputs, hints: &[&str], name: fn(&str) -> Option<String>) -> BTreeSet<Option<String>> {
    let mut found = BTreeSet::new();
    // A message may tell of both, and grants nothing.
    const SAYING: [&str; 9] =
        ["message", "text", "title", "payload", "body", "comment", "summary", "description", "status"];
    for (called, given) in inputs.iter().filter(|(called, _)| !SAYING.iter().any(|word| called.contains(word))) {
        match given.as_str() {
            Some(text) => {
                let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || "-_./".contains(letter)));
                found.extend(words.filter_map(name).map(Some));
            }
            None if hints.iter().any(|hint| called.contains(hint)) => drop(found.insert(None)),
            None => {}
        }
    }
    found
}

/// The registry that a word may mean: its name, its host or its id.
fn registry_of(word: &str) -> Option<String> {
    let host = word.split('/').find(|part| part.contains(".azurecr."));
    let name = host.and_then(|host| host.split('.').next()).or_else(|| word.rsplit('/').next())?;
    let fits = (5..=50).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| name.to_ascii_lowercase())
}

/// The cluster that a word may mean: its name or its id.
fn cluster_of(word: &str) -> Option<String> {
    let name = word.rsplit('/').next()?;
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    let fits = (1..=63).contains(&name.len()) && bytes.iter().all(|&byte| inner(byte));
    (fits && ends(bytes.first()) && ends(bytes.last())).then(|| name.to_ascii_lowercase())
}
