//! `kustomize`.

use std::sync::Arc;

use super::cut;
use crate::frontend::script::meaning::arguments::Arguments;
use crate::frontend::script::meaning::body::object;
use crate::frontend::script::run::{MORE, Printed, Run};
use crate::ir::{Delivery, Edit, Map, Node, Parcel, Value, Why};
use crate::source::Span;
use crate::source::path::in_folder;

/// The names of kustomizations.
const FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The kustomization in a folder; where the tree has none there, something makes one of what lies in the folder.
pub(super) fn kustomization(run: &Run<'_>, folder: &Node, span: Span) -> Delivery {
    let Some(text) = folder.as_str() else {
        let why = folder.why().cloned().unwrap_or(Why::External("a path with variables".into()));
        return Delivery::of(Parcel::Elsewhere(why), span);
    };
    let Some(path) = run.locate(text) else {
        return Delivery::of(Parcel::Elsewhere(Why::External(text.into())), span);
    };
    let file = |name: &&str| run.tree.has_file(&in_folder(&path, name));
    if FILES.iter().any(file) {
        let edits = edits(run, span);
        return Delivery { edits, ..Delivery::of(Parcel::Kustomization(path.into()), span) };
    }
    let why = || Why::NotAnalysed("a kustomization that a command writes".into());
    Delivery {
        namespace: Some(Node::unknown(why(), span)),
        moves: true,
        open: Some(why()),
        ..Delivery::of(Parcel::Manifests { path: path.into(), recursive: true }, span)
    }
}

/// What `kustomize edit` set before.
fn edits(run: &Run<'_>, span: Span) -> Vec<Edit> {
    let edit = |(folder, set): (&String, &Vec<(String, Node)>)| {
        let images: Vec<Node> = set.iter().filter(|(key, _)| key == "images").map(|(_, image)| image.clone()).collect();
        let mut members: Vec<(&str, Node)> = Vec::new();
        if !images.is_empty() {
            members.push(("images", Node::list(images, span)));
        }
        for (key, node) in set.iter().filter(|(key, _)| key != "images" && key != MORE) {
            // What was set last holds.
            members.retain(|(own, _)| own != key);
            members.push((key, node.clone()));
        }
        let mut members = object(members, span);
        if let (Some((_, more)), Value::Map(map)) = (set.iter().find(|(key, _)| key == MORE), &mut members.value) {
            *map = Arc::new(Map { open: more.why().cloned(), ..Map::clone(map) });
        }
        Edit { folder: folder.as_str().into(), members }
    };
    run.shell.edits.iter().map(edit).collect()
}

/// What was set and is not applied here: it is committed, and others apply it.
pub(in super::super) fn told_edits(run: &mut Run<'_>) {
    if run.manual || run.deliveries.iter().any(|delivery| !delivery.edits.is_empty()) {
        return;
    }
    let span = Span::file(run.source);
    let edits = edits(run, span);
    if !edits.is_empty() {
        let parcel = Parcel::Elsewhere(Why::NotAnalysed("`kustomize edit`".into()));
        run.deliveries.push(Delivery { edits, ..Delivery::of(parcel, span) });
    }
}

/// `kubectl kustomize`, `kustomize build`: what would be applied.
pub(super) fn built(run: &Run<'_>, folder: Option<Node>, span: Span) -> Printed {
    let folder = folder.unwrap_or_else(|| Node::text(".", span));
    Printed { parcels: vec![kustomization(run, &folder, span)], ..Printed::default() }
}

/// A command of `kustomize`.
pub(in super::super) fn of(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    let plain = arguments.plain(&["-o", "--output", "--load-restrictor", "--env", "-e"]);
    let words: Vec<&str> = plain.iter().skip(1).map(|node| node.as_str().unwrap_or_default()).collect();
    match words.as_slice() {
        ["build", ..] => return built(run, plain.get(2).cloned(), span),
        [
            "edit",
            "set" | "add",
            "label" | "labels" | "annotation" | "annotations" | "replicas" | "buildmetadata",
            ..,
        ]
        | ["edit", "fix", ..] => run.understood.push(span),
        ["edit", verb, what, ..] => {
            let Some(folder) = run.shell.folders.first().cloned().or_else(|| run.locate(".")) else {
                return Printed::default();
            };
            let set = match *verb {
                "set" => set(what, plain.get(4..).unwrap_or_default()),
                _ => None,
            };
            let sure = set.is_some() && !arguments.may_add();
            if sure && run.when() == crate::ir::Cond::Always {
                run.understood.push(span);
            }
            let more = || Node::unknown(Why::NotAnalysed("`kustomize edit`".into()), span);
            let edits = run.shell.edits.entry(folder).or_default();
            edits.extend(set.into_iter().flatten());
            if !sure {
                edits.push((MORE.to_owned(), more()));
            }
        }
        _ => {}
    }
    Printed::default()
}

/// `kustomize edit set image a=b:1 c:2`, `… namespace shop`: members of a kustomization; nothing when it can't be told.
fn set(what: &str, given: &[Node]) -> Option<Vec<(String, Node)>> {
    let key = match what {
        "image" => {
            let image = |image: &Node| Some(("images".to_owned(), edited_image(image)?));
            return given.iter().map(image).collect();
        }
        "namespace" => "namespace",
        "nameprefix" => "namePrefix",
        "namesuffix" => "nameSuffix",
        _ => return None,
    };
    Some(vec![(key.to_owned(), given.first()?.clone())])
}

/// `name=new:tag`, `name:tag`, `name=new@digest` as an entry of `images`; `*` keeps what is there.
fn edited_image(image: &Node) -> Option<Node> {
    let span = image.span;
    let (name, new) = match cut(image, '=', false) {
        Some((name, new)) => (name, Some(new)),
        None => (image.clone(), None),
    };
    let (whole, own) = match &new {
        Some(new) => (new.clone(), false),
        None => (name.clone(), true),
    };
    let (bare, tag) = match cut(&whole, '@', false) {
        Some((bare, digest)) => (bare, Some(("digest", digest))),
        None => match cut(&whole, ':', true) {
            Some((bare, tag)) if !tag.as_str().is_some_and(|tag| tag.contains('/')) => (bare, Some(("newTag", tag))),
            _ => (whole, None),
        },
    };
    let mut members = vec![("name", if own { bare.clone() } else { name })];
    if !own {
        members.push(("newName", bare));
    }
    members.extend(tag);
    members.first()?.1.as_str()?;
    Some(object(members, span))
}
