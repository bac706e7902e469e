//! What is applied: `kubectl apply`, and steps of pipelines that do the same.

use super::kustomize::kustomization;
use crate::frontend::script::meaning::arguments::Arguments;
use crate::frontend::script::meaning::{is_manifest, manifest, secret};
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{Delivery, Makes, Node, Parcel, Why};
use crate::source::Span;
use crate::source::path::below;

/// Whether what is handed to a command that applies it may hold secrets that nobody sees in the tree.
fn may_hide_secrets(run: &Run<'_>, delivery: &Delivery) -> bool {
    match &delivery.parcel {
        Parcel::SomeChart(_) | Parcel::Elsewhere(_) => true,
        Parcel::Manifests { path, .. } if run.tree.has_file(path) => {
            let content = run.store.open_path(path).ok().map(|id| run.store.source(id).text.contains("Secret"));
            let changed = delivery.open.is_some() || run.changed.contains(&**path);
            content != Some(false) && (changed || !is_manifest(path))
        }
        _ => delivery.open.is_some(),
    }
}

/// `apply -f`, `apply -k`, `create -f`.
pub(super) fn apply(run: &mut Run<'_>, arguments: &Arguments, namespace: Option<Node>, span: Span, input: Printed) {
    let recursive = arguments.has(&["-R", "--recursive"]);
    let kustomizations = arguments.options(&["-k", "--kustomize"]);
    let files = arguments.options(&["-f", "--filename"]);
    for folder in &kustomizations {
        let delivery = kustomization(run, folder, span);
        deliver(run, delivery, namespace.clone());
    }
    let mut reads = false;
    for given in &files {
        let parts: Vec<Node> = match given.as_str() {
            Some(text) => text.split(',').map(|part| Node::text(part, given.span)).collect(),
            None => vec![given.clone()],
        };
        for part in parts {
            let file = run.saved(&part);
            let is_file = file.is_some();
            for text in file.into_iter().chain(run.saved_in(&part)) {
                let input = Printed { value: Some(text), ..Printed::default() };
                apply_input(run, arguments, namespace.clone(), span, input);
            }
            // A file of this tree stays what it is, with the parts that are changed.
            let printed =
                part.as_str().filter(|path| run.locate(path).is_none()).and_then(|path| printed_to(run, path));
            if let Some(printed) = printed.cloned() {
                apply_input(run, arguments, namespace.clone(), span, printed);
                continue;
            }
            match run.manifests(&part, recursive) {
                Some(_) if is_file => {}
                // What else lies in a folder is not known.
                Some(parcel) => deliver(run, Delivery::of(parcel, span), namespace.clone()),
                None => reads = true,
            }
        }
    }
    if files.is_empty() && kustomizations.is_empty() && arguments.may_add() {
        let why = Why::External("options in a variable".into());
        deliver(run, Delivery::of(Parcel::Elsewhere(why), span), namespace.clone());
    }
    if reads {
        apply_input(run, arguments, namespace, span, input);
    }
}

/// The manifests that a command printed to a path, or to a folder around it.
fn printed_to<'r>(run: &'r Run<'_>, path: &str) -> Option<&'r Printed> {
    run.outputs.get(path).or_else(|| {
        let around = |(folder, _): &(&String, &Printed)| below(folder, path).is_some();
        run.outputs.iter().find(around).map(|(_, printed)| printed)
    })
}

/// `apply -f -`.
fn apply_input(run: &mut Run<'_>, arguments: &Arguments, namespace: Option<Node>, span: Span, mut input: Printed) {
    if input.text.is_none()
        && let Some(text) = input.value.as_ref().and_then(manifest::as_written)
    {
        let written = run.written(&text, span);
        (input.plain, input.text) = (written.plain, written.text);
    }
    let told = input.plain || input.secret.is_some() || !input.parcels.is_empty();
    if !told || input.parcels.iter().any(|parcel| may_hide_secrets(run, parcel)) {
        run.open(Makes::Secret, "kubectl apply -f -", span, Named::default());
    }
    let text = input.value.take().or_else(|| input.text.as_ref().map(|(text, at)| Node::text(text.clone(), *at)));
    if let Some(text) = text.filter(|_| !run.manual && !arguments.has(&["--dry-run"])) {
        manifest::apply(run, &text, namespace.as_ref());
    }
    run.rewritten.append(&mut input.rewrites);
    for delivery in input.parcels {
        let namespace = placed(&delivery, namespace.clone());
        run.deliveries.push(Delivery { namespace, span, manual: run.manual, ..delivery });
    }
    if let Some(mut made) = input.secret {
        made.namespace = namespace.or(made.namespace);
        secret::make(run, made);
    }
}

/// The namespace that a command gives, unless something that isn't known has the last word.
fn placed(delivery: &Delivery, namespace: Option<Node>) -> Option<Node> {
    if delivery.moves { delivery.namespace.clone() } else { namespace.or(delivery.namespace.clone()) }
}

fn deliver(run: &mut Run<'_>, delivery: Delivery, namespace: Option<Node>) {
    let namespace = placed(&delivery, namespace);
    let delivery = Delivery { namespace, manual: run.manual, ..delivery };
    let from_web = |why: &Why| matches!(why, Why::External(text) if text.contains("://"));
    let web = matches!(&delivery.parcel, Parcel::Elsewhere(why) if from_web(why));
    if !web && may_hide_secrets(run, &delivery) {
        run.open(Makes::Secret, "kubectl apply -f", delivery.span, Named::default());
    }
    run.deliveries.push(delivery);
}

/// What a step of a pipeline applies.
pub(in super::super) fn step(run: &mut Run<'_>, path: &Node, namespace: Option<Node>, span: Span) {
    if let Some(parcel) = run.manifests(path, false) {
        let is_kustomization = matches!(&parcel, Parcel::Manifests { path, .. } if run.tree.has_file(&format!("{path}/kustomization.yaml")));
        let delivery = if is_kustomization { kustomization(run, path, span) } else { Delivery::of(parcel, span) };
        deliver(run, delivery, namespace);
    }
}
