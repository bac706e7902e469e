//! What commands mean for clusters, registries, grants, secrets and manifests.

mod acr;
mod aks;
pub(super) mod arguments;
mod az;
mod body;
mod cmdlets;
mod helm;
mod kubectl;
pub(super) mod query;
mod role;
pub(super) mod secret;
pub(super) mod steps;

use self::arguments::Arguments;
use super::run::{HERE, Printed, ROOT, Run};
use crate::ir::{Node, Why, placeholder};
use crate::source::{Span, Via};

/// A command with its words, the first one being `name`.
pub(super) fn of(run: &mut Run<'_>, name: &str, arguments: Arguments, span: Span, input: Printed) -> Printed {
    let tool = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let tool = tool.strip_suffix(".exe").or(tool.strip_suffix(".cmd")).unwrap_or(tool);
    let value = |value: Option<Node>| Printed { value, ..Printed::default() };
    match tool {
        // A page is read for what it applies; what it makes is told by its words.
        "az" if run.manual => Printed::default(),
        "az" => az::of(run, arguments, span),
        "kubectl" | "oc" | "k" | "kubectl.sh" => kubectl::of(run, arguments, span, input),
        "helm" | "helm3" => helm::of(run, arguments, span),
        "kustomize" => kubectl::kustomize(run, &arguments, span),
        "echo" | "printf" | "Write-Output" | "print" => {
            let words = arguments.words.iter().skip(1);
            value(
                words
                    .map(|word| word.node.clone())
                    .find(|node| node.as_str().is_none_or(|text| !text.starts_with('-') && !text.starts_with('%'))),
            )
        }
        "jq" => {
            let words = arguments.words.iter().skip(1).filter_map(|word| word.text());
            let query = words.into_iter().find(|text| !text.starts_with('-')).map(str::to_owned);
            let whole = input.value.as_ref();
            value(whole.zip(query).and_then(|(whole, query)| query::picked(whole, &query, span)))
        }
        "cat" => {
            let file = arguments.words.get(1).map(|word| word.node.clone());
            printed_file(run, file, span).unwrap_or(input)
        }
        // They let through what they are given, but for line ends and blanks.
        "tr" | "xargs" | "head" | "tail" | "tee" | "sort" | "uniq" | "Out-String" => input,
        "envsubst" => input,
        "sed" | "yq" | "awk" | "perl" => {
            let in_place = |text: &str| text == "--inplace" || text.starts_with("--in-place") || is_in_place(text);
            if arguments.words.iter().any(|word| word.text().is_some_and(in_place)) {
                let files = arguments.words.iter().skip(1).filter_map(|word| run.locate(word.text()?));
                let files: Vec<String> = files.collect();
                run.changed.extend(files);
            }
            let file = arguments
                .words
                .last()
                .filter(|word| word.text().is_some_and(is_manifest))
                .map(|word| word.node.clone());
            let mut printed = printed_file(run, file.filter(|_| input.parcels.is_empty()), span).unwrap_or(input);
            let why = Why::NotAnalysed(format!("`{tool}`").into());
            printed.parcels.iter_mut().for_each(|it| it.open = Some(why.clone()));
            printed.secret = None;
            printed.value = None;
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
        _ => cmdlets::of(run, tool, &arguments, span),
    }
}

/// `-i`, `-i.bak`, `-pi`.
fn is_in_place(option: &str) -> bool {
    let letters = option.strip_prefix('-').filter(|rest| !rest.starts_with('-')).unwrap_or_default();
    letters.chars().take_while(char::is_ascii_lowercase).take(3).any(|letter| letter == 'i')
}

/// Whether a text is a name, and nothing that somebody replaces first.
pub(super) fn is_literal(text: &str) -> bool {
    !text.is_empty() && !placeholder::stands_in(text) && !text.contains(['<', '>', '$', '{', '*', ' ', '@'])
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
