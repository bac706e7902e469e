//! Commands that run other commands: for each of their input's words, for each file, in a container.

use super::arguments::{Argument, Arguments};
use crate::frontend::script::run::{Printed, Run};
use crate::ir::{Node, Why};
use crate::source::Span;

/// Options of `xargs` that take a value.
const XARGS: [&str; 10] = ["-I", "-n", "-P", "-L", "-d", "-a", "-E", "-s", "--max-args", "--max-procs"];
/// Options of `docker run` that take none.
const SWITCHES: [&str; 12] =
    ["-i", "-t", "-it", "-ti", "-d", "-P", "--rm", "--init", "--interactive", "--tty", "--privileged", "--detach"];
/// Tools that images are called after.
const TOOLS: [&str; 5] = ["helm", "kubectl", "kustomize", "az", "oc"];

/// `xargs -n1 kubectl apply -f`, `xargs -I{} helm upgrade {} charts/{}`. Without a command it prints what it reads.
pub(super) fn xargs(run: &mut Run<'_>, arguments: Arguments, span: Span, input: Printed) -> Printed {
    let (mut at, mut mark) = (1, None);
    while let Some(option) = arguments.words.get(at).and_then(Argument::text).filter(|text| text.starts_with('-')) {
        let next = || arguments.words.get(at + 1).and_then(Argument::text);
        match option.strip_prefix("-I") {
            Some("") => mark = next().map(str::to_owned),
            Some(inline) => mark = Some(inline.to_owned()),
            None if ["-i", "--replace"].contains(&option) => mark = Some("{}".to_owned()),
            None => {}
        }
        at += if XARGS.contains(&option) { 2 } else { 1 };
    }
    let rest: Vec<Argument> = arguments.words.into_iter().skip(at).collect();
    if rest.is_empty() {
        return input;
    }
    let inner = each(rest, mark.as_deref(), "an item of `xargs`");
    run.call(Arguments { open: inner.open || mark.is_none(), ..inner }, span, Printed::default())
}

/// `find k8s -name '*.yaml' -exec kubectl apply -f {} \;`.
pub(super) fn find(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    let runs = |word: &Argument| matches!(word.text(), Some("-exec" | "-execdir" | "-ok"));
    let mut rest = arguments.words.iter();
    while rest.by_ref().any(runs) {
        let command = rest.by_ref().take_while(|word| !matches!(word.text(), Some(";" | "\\;" | "+")));
        let mut inner = each(command.cloned().collect(), Some("{}"), "a file that `find` finds");
        inner.open |= inner.words.iter().any(|word| word.node.as_str().is_none());
        run.call(inner, span, Printed::default());
    }
    Printed::default()
}

/// A command whose marks stand for something that is not known.
fn each(words: Vec<Argument>, mark: Option<&str>, what: &str) -> Arguments {
    let filled = |word: Argument| match word.text().zip(mark) {
        Some((text, mark)) if text.contains(mark) => {
            let parts = text.split(mark).map(|part| Node::text(part, word.node.span));
            let mut pieces: Vec<Node> = Vec::new();
            for part in parts {
                if !pieces.is_empty() {
                    pieces.push(Node::unknown(Why::External(what.into()), word.node.span));
                }
                pieces.push(part);
            }
            Argument { node: Node::concat(pieces, word.node.span), ..word }
        }
        _ => word,
    };
    Arguments { words: words.into_iter().map(filled).collect(), open: false }
}

/// `docker run --rm -v "$PWD:/w" alpine/helm upgrade …`: a tool in an image that is called after it, or the command that
/// is given to any image. Where its folders lie outside isn't read.
pub(super) fn container(run: &mut Run<'_>, arguments: Arguments, span: Span, input: Printed) -> Printed {
    if !matches!(arguments.words.get(1).and_then(Argument::text), Some("run" | "exec")) {
        return Printed::default();
    }
    let tool = arguments.option(&["--entrypoint"]).and_then(|it| it.as_str().map(str::to_owned));
    let mut at = 2;
    while let Some(option) = arguments.words.get(at).and_then(|word| word.leading()).filter(|it| it.starts_with('-')) {
        let alone = SWITCHES.contains(&option) || option.contains('=');
        at += if alone { 1 } else { 2 };
    }
    let Some(image) = arguments.words.get(at) else { return Printed::default() };
    let name = image.text().and_then(|image| image.rsplit('/').next()).unwrap_or_default();
    let name = name.split([':', '@']).next().unwrap_or_default();
    let rest: Vec<Argument> = arguments.words.iter().skip(at + 1).cloned().collect();
    let given = rest.first().and_then(Argument::text).is_some_and(|word| TOOLS.contains(&word));
    let own = tool.as_deref().or_else(|| TOOLS.iter().copied().find(|tool| name == *tool));
    let words = match own {
        _ if given => rest,
        Some(tool) => std::iter::once(Argument::of(Node::text(tool, image.node.span))).chain(rest).collect(),
        None => rest,
    };
    run.call(Arguments { words, open: arguments.open }, span, input)
}
