//! What commands mean for clusters, registries, grants, secrets and manifests.

mod acr;
mod acr_network;
mod aks;
pub(super) mod arguments;
mod around;
mod az;
mod body;
mod cmdlets;
mod context;
mod deployment;
mod helm;
mod kubectl;
mod manifest;
mod network;
mod nodes;
pub(super) mod query;
pub(super) mod rewrite;
mod role;
pub(super) mod secret;
pub(super) mod steps;

use self::arguments::Arguments;
use super::run::{HERE, Printed, ROOT, Run};
use crate::ir::{Delivery, Node, Parcel, Why, placeholder};
use crate::source::{Span, Via};

/// A command with its words, the first one being `name`.
pub(super) fn of(run: &mut Run<'_>, name: &str, arguments: Arguments, span: Span, input: Printed) -> Printed {
    let tool = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let tool = tool.strip_suffix(".exe").or(tool.strip_suffix(".cmd")).unwrap_or(tool);
    let (delivered, made, aim) = (run.deliveries.len(), run.book.len(), context::before(run, tool, &arguments));
    let printed = by(run, tool, arguments, span, input);
    context::after(run, delivered, made, aim.as_ref());
    printed
}

/// A command of this tool.
fn by(run: &mut Run<'_>, tool: &str, arguments: Arguments, span: Span, input: Printed) -> Printed {
    let value = |value: Option<Node>| Printed { value, ..Printed::default() };
    match tool {
        // A page is read for what it applies; what it makes is told by its words.
        "az" if run.manual => Printed::default(),
        "az" => az::of(run, arguments, span),
        // It prints a manifest with a change in it.
        "kubectl" if arguments.has(&["--local"]) => processed(run, tool, &arguments, input),
        "kubectl" | "oc" | "k" | "kubectl.sh" => kubectl::of(run, arguments, span, input),
        "kubens" | "kubectx" => {
            let first = arguments.words.get(1).map(|word| word.node.clone());
            // Another cluster has a namespace of its own.
            run.shell.namespace = if tool == "kubens" { first } else { None };
            Printed::default()
        }
        "helm" | "helm3" => helm::of(run, arguments, span),
        "kustomize" => kubectl::kustomize(run, &arguments, span),
        "helmfile" => {
            rewrite::helmfile(run, &arguments);
            Printed::default()
        }
        "printf" => value(formatted(&arguments, span)),
        "echo" | "Write-Output" | "print" => {
            let words = arguments.words.iter().skip(1);
            let is_option = |node: &Node| node.as_str().is_some_and(|text| text.starts_with('-'));
            value(words.map(|word| word.node.clone()).find(|node| !is_option(node)))
        }
        "jq" => {
            let words = arguments.words.iter().skip(1).filter_map(|word| word.text());
            let query = words.into_iter().find(|text| !text.starts_with('-')).map(str::to_owned);
            let whole = input.value.as_ref();
            value(whole.zip(query).and_then(|(whole, query)| query::picked(whole, &query, span)))
        }
        "cat" => {
            let file = arguments.words.get(1).map(|word| word.node.clone());
            match file.as_ref().and_then(|file| run.saved(file)) {
                Some(text) => value(Some(text)),
                None => printed_file(run, file, span).unwrap_or(input),
            }
        }
        // They let through what they are given, but for line ends and blanks.
        "tr" | "head" | "tail" | "sort" | "uniq" | "Out-String" => input,
        "tee" | "cp" | "mv" | "Set-Content" | "Add-Content" | "Out-File" => {
            let files: Vec<Node> = arguments.words.iter().skip(1).map(|word| word.node.clone()).collect();
            // What is copied stays; what it is copied to doesn't.
            let from = if ["cp", "mv"].contains(&tool) { files.len().saturating_sub(1) } else { 0 };
            files.iter().skip(from).for_each(|file| rewrite::written(run, file));
            run.rewritten.extend(input.rewrites.iter().cloned());
            if let ("cp", Some(to), Some(path)) = (tool, files.last().and_then(Node::as_str), copied(run, &files)) {
                // What becomes of a copy is not followed.
                let why = Some(Why::NotAnalysed("a copy".into()));
                let parcel = Parcel::Manifests { path: path.into(), recursive: true };
                let copy = Delivery { open: why, ..Delivery::of(parcel, span) };
                run.outputs
                    .insert(to.trim_end_matches('/').to_owned(), Printed { parcels: vec![copy], ..Printed::default() });
            }
            if ["tee", "Set-Content", "Out-File"].contains(&tool) && !arguments.has(&["-a", "-Append", "--append"]) {
                let file = arguments.option(&["-Path", "-FilePath", "-LiteralPath"]).or_else(|| arguments.placed(0));
                file.iter().for_each(|file| run.save(file, input.value.clone(), false));
            }
            input
        }
        "xargs" => around::xargs(run, arguments, span, input),
        "find" => around::find(run, &arguments, span),
        "docker" | "podman" => around::container(run, arguments, span, input),
        "envsubst" => Printed { text: None, ..input },
        "sed" | "gsed" | "yq" | "awk" | "perl" => {
            let tool = if tool == "gsed" { "sed" } else { tool };
            if arguments.words.iter().any(|word| word.text().is_some_and(rewrite::is_in_place)) {
                rewrite::in_place(run, tool, &arguments);
            }
            let file = arguments
                .words
                .last()
                .filter(|word| word.text().is_some_and(is_manifest))
                .map(|word| word.node.clone());
            let mut printed = printed_file(run, file.filter(|_| input.parcels.is_empty()), span).unwrap_or(input);
            match rewrite::printed(run, tool, &arguments, &printed.parcels) {
                Some(found) => printed.rewrites.extend(found),
                None => {
                    let why = Why::NotAnalysed(format!("`{tool}`").into());
                    printed.parcels.iter_mut().for_each(|it| it.open = Some(why.clone()));
                }
            }
            printed.secret = None;
            printed.value = None;
            printed.text = None;
            printed
        }
        "dirname" | "Split-Path" => value(folder_of(&arguments, span)),
        "realpath" | "readlink" | "Resolve-Path" => value(arguments.words.last().map(|word| word.node.clone())),
        "Join-Path" => {
            let parts: Vec<Node> = arguments.words.iter().skip(1).map(|word| word.node.clone()).collect();
            value(match parts.as_slice() {
                [a, b] => Some(Node::concat(vec![a.clone(), Node::text("/", span), b.clone()], span)),
                _ => None,
            })
        }
        "pwd" => value(run.shell.folders.first().map(|folder| Node::text(format!("{ROOT}/{folder}"), span))),
        "git" if arguments.verbs().get(1) == Some(&"rev-parse") && arguments.has(&["--show-toplevel"]) => {
            value(Some(Node::text(ROOT, span)))
        }
        _ => {
            let printed = cmdlets::of(run, tool, &arguments, span);
            let says = printed.value.is_some() || printed.plain || printed.secret.is_some();
            if says { printed } else { processed(run, tool, &arguments, input) }
        }
    }
}

/// What of the tree is copied: the first thing of all that lies there.
fn copied(run: &Run<'_>, files: &[Node]) -> Option<String> {
    let text = files.iter().filter_map(Node::as_str).find(|text| !text.starts_with('-'))?;
    let folder = text.split(['*', '?']).next().map_or(text, |fixed| fixed.trim_end_matches('/'));
    run.locate(folder).filter(|path| !path.is_empty())
}

/// What a tool makes of manifests that is not known here: `ytt -f k8s`, `jinja2 web.yaml`, `cat web.yaml | envtpl`.
fn processed(run: &mut Run<'_>, tool: &str, arguments: &Arguments, input: Printed) -> Printed {
    // What these read is no manifest as it lies there.
    const OPENING: [&str; 9] = ["sops", "gpg", "age", "kubeseal", "vals", "op", "vault", "openssl", "base64"];
    if OPENING.contains(&tool) {
        return Printed::default();
    }
    let mut parcels = input.parcels;
    for word in arguments.words.iter().skip(1) {
        let Some(path) = word.text().filter(|text| !text.starts_with('-')).and_then(|text| run.locate(text)) else {
            continue;
        };
        let manifest = run.tree.has_file(&path) && is_manifest(&path);
        if manifest || !run.tree.has_file(&path) && !path.is_empty() {
            let parcel = Parcel::Manifests { path: path.into(), recursive: true };
            parcels.push(Delivery::of(parcel, word.node.span));
        }
    }
    let why = Why::NotAnalysed(format!("`{tool}`").into());
    parcels.iter_mut().for_each(|it| it.open = Some(why.clone()));
    Printed { parcels, ..Printed::default() }
}

/// What can be told only when all commands are read.
pub(super) fn finish(run: &mut Run<'_>) {
    let applied = rewrite::applied(run);
    run.rewritten.extend(applied);
    kubectl::told_deleted(run);
    kubectl::told_edits(run);
}

/// Whether a text is a name, and nothing that somebody replaces first.
pub(super) fn is_literal(text: &str) -> bool {
    !text.is_empty() && !placeholder::stands_in(text) && !text.contains(['<', '>', '$', '{', '*', ' ', '@'])
}

/// `printf '%s' "$X"`, `printf '%s.azurecr.io\n' "$X"`: the text, when each value has its place.
fn formatted(arguments: &Arguments, span: Span) -> Option<Node> {
    let mut words = arguments.words.iter().skip(1).filter(|word| word.text() != Some("--")).map(|word| &word.node);
    let format = words.next()?;
    let text = format.as_str()?.trim_end_matches("\\n");
    let parts: Vec<&str> = text.split("%s").collect();
    let values: Vec<&Node> = words.collect();
    let plain = parts.iter().all(|part| !part.contains(['%', '\\'])) && parts.len() == values.len() + 1;
    if !plain || arguments.may_add() || values.iter().any(|it| it.as_str().is_some_and(|it| it.contains(['*', '?']))) {
        return None;
    }
    let mut pieces = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        pieces.push(Node::text(*part, span));
        pieces.extend(values.get(at).map(|value| (*value).clone()));
    }
    Some(match values.as_slice() {
        [only] if text == "%s" => (*only).clone(),
        _ => Node::concat(pieces, span),
    })
}

/// A text of Kubernetes with its placeholders as unknown pieces.
fn opened(node: Node) -> Node {
    match node.as_str() {
        Some(text) if placeholder::stands_in(text) => {
            let open = placeholder::filled_in_later(text, placeholder::Placeholders::AnyStyle, node.span);
            Node { value: open.value, ..node }
        }
        _ => node,
    }
}

pub(super) fn is_manifest(path: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending))
}

/// A file that is printed: a manifest, for whoever applies it.
fn printed_file(run: &Run<'_>, file: Option<Node>, span: Span) -> Option<Printed> {
    let parcel = run.manifests(&file?, false)?;
    Some(Printed { parcels: vec![crate::ir::Delivery::of(parcel, span)], ..Printed::default() })
}

/// `dirname "$0"`: the folder of the script; of anything else the path in front of its last part.
fn folder_of(arguments: &Arguments, span: Span) -> Option<Node> {
    let word = arguments.words.iter().skip(1).find(|word| word.text().is_none_or(|text| !text.starts_with('-')))?;
    let Some(text) = word.text() else {
        // `Split-Path $MyInvocation.MyCommand.Path`.
        return Some(Node::text(HERE, span));
    };
    let folder = text.rsplit_once('/').map_or(".", |(folder, _)| folder);
    Some(Node::text(folder, span))
}

/// A default is only what the script says by itself: whoever calls it may say otherwise.
pub(super) fn certain(node: Node) -> Node {
    let defaulted = node.trail.hops().any(|hop| hop.via == Via::Parameter);
    match defaulted {
        true => Node::unknown(Why::External("a variable with a default".into()), node.span),
        false => opened(node),
    }
}
