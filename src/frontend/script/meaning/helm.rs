//! `helm`.

use super::arguments::Arguments;
use crate::frontend::script::run::{HERE, Printed, ROOT, Run};
use crate::ir::{Delivery, Layer, Node, Parcel, Value, Why};
use crate::source::Span;
use crate::source::path::in_folder;

/// Options that take a value.
const VALUED: [&str; 32] = [
    "-f",
    "--values",
    "--set",
    "--set-string",
    "--set-file",
    "--set-json",
    "--set-literal",
    "-n",
    "--namespace",
    "--version",
    "--timeout",
    "--repo",
    "--kube-context",
    "--kubeconfig",
    "--username",
    "--password",
    "--history-max",
    "--description",
    "--post-renderer",
    "--name-template",
    "-o",
    "--output",
    "--ca-file",
    "--cert-file",
    "--key-file",
    "--keyring",
    "--kube-version",
    "--api-versions",
    "-a",
    "--labels",
    "-l",
    "--name",
];

/// A command of `helm`.
pub(super) fn of(run: &mut Run<'_>, arguments: Arguments, span: Span) -> Printed {
    let plain = arguments.plain(&VALUED);
    let words: Vec<&str> = plain.iter().skip(1).map(|node| node.as_str().unwrap_or_default()).collect();
    let Some(&verb) = words.first() else { return Printed::default() };
    if !["upgrade", "install", "template"].contains(&verb) {
        // A plugin that installs: `helm secrets upgrade`, `helm diff` doesn't.
        if words.iter().any(|word| ["upgrade", "install"].contains(word)) && verb != "diff" {
            let why = Why::NotAnalysed(format!("`helm {verb}`").into());
            run.deliveries.push(Delivery { manual: run.manual, ..Delivery::of(Parcel::SomeChart(why), span) });
        }
        return Printed::default();
    }
    let (release, chart) = match (plain.get(2), plain.get(3)) {
        (Some(release), Some(chart)) => (Some(release.clone()), chart.clone()),
        // `helm template ./chart`, `helm install ./chart --generate-name`, `helm install --name x ./chart`.
        (Some(chart), None) => (arguments.option(&["--name"]), chart.clone()),
        _ => return Printed::default(),
    };
    let Some(parcel) = chart_of(run, &chart) else { return Printed::default() };
    let mut values = layers(run, &arguments, span);
    if arguments.has(&["--reuse-values", "--reset-then-reuse-values"]) {
        values.insert(0, Layer::Unknown(Why::External("the values of the last release".into()), span));
    }
    if arguments.may_add() {
        values.push(Layer::Unknown(Why::External("options in a variable".into()), span));
    }
    let rendered = arguments.has(&["--post-renderer"]);
    let delivery = Delivery {
        release,
        namespace: arguments.option(&["-n", "--namespace"]),
        values,
        open: rendered.then(|| Why::NotAnalysed("a post-renderer".into())),
        manual: run.manual,
        ..Delivery::of(parcel, span)
    };
    match verb == "template" || arguments.has(&["--dry-run"]) {
        true => Printed { parcels: vec![delivery], ..Printed::default() },
        false => {
            run.deliveries.push(delivery);
            Printed::default()
        }
    }
}

/// The chart in a folder of the tree; nothing for charts from elsewhere, unless they are called like one of the tree: that
/// one may be published there.
pub(super) fn chart_of(run: &Run<'_>, chart: &Node) -> Option<Parcel> {
    let Some(text) = chart.as_str() else {
        return Some(Parcel::SomeChart(chart.why().cloned().unwrap_or(Why::External("a path with variables".into()))));
    };
    if text.contains(['*', '?', '[']) {
        return Some(Parcel::SomeChart(Why::External("a path with wildcards".into())));
    }
    // Where that lies isn't known: in a container, beside the tree, or under a folder that is entered before.
    let begins = |start: &&str| text.starts_with(*start);
    let outside = ["/", "~", "./", "../"].iter().any(begins) && ![HERE, ROOT].iter().any(begins);
    let Some(folder) = run.locate(text) else {
        let published = text.rsplit('/').next().is_some_and(|name| run.tree.has_chart(name));
        return (outside || published).then(|| Parcel::SomeChart(Why::External(text.into())));
    };
    run.tree.has_file(&in_folder(&folder, "Chart.yaml")).then(|| Parcel::Chart(folder.into()))
}

/// The values that options give. Files come first, whatever their place: single values win over them.
fn layers(run: &Run<'_>, arguments: &Arguments, span: Span) -> Vec<Layer> {
    let mut found = Vec::new();
    for given in arguments.options(&["-f", "--values"]) {
        found.extend(files(run, &given));
    }
    for node in arguments.options(&["--set-json"]) {
        found.extend(unknown_set(&node));
    }
    for node in arguments.options(&["--set"]) {
        found.extend(sets(&node, false));
    }
    for node in arguments.options(&["--set-string"]) {
        found.extend(sets(&node, true));
    }
    for node in arguments.options(&["--set-file"]) {
        found.extend(unknown_set(&node));
    }
    for node in arguments.options(&["--set-literal"]) {
        found.extend(super::kubectl::cut(&node, '=', false).map(|(path, value)| Layer::Set {
            path,
            value,
            text: true,
        }));
    }
    let _ = span;
    found
}

/// The files that `-f a,b` names.
pub(super) fn files(run: &Run<'_>, given: &Node) -> Vec<Layer> {
    let Some(text) = given.as_str() else {
        return vec![Layer::Unknown(
            given.why().cloned().unwrap_or(Why::External("a path with variables".into())),
            given.span,
        )];
    };
    let file = |part: &str| {
        let path = run.locate(part.trim()).filter(|path| run.tree.has_file(path));
        match path.and_then(|path| run.store.open_path(&path).ok()) {
            Some(source) => Layer::File(source),
            None => Layer::Unknown(Why::External(part.into()), given.span),
        }
    };
    text.split(',').map(file).collect()
}

/// `path=…` with a value that is read from somewhere.
fn unknown_set(node: &Node) -> Vec<Layer> {
    let Some((path, _)) = super::kubectl::cut(node, '=', false) else {
        return vec![Layer::Unknown(Why::External("options in a variable".into()), node.span)];
    };
    let value = Node::unknown(Why::External("a file".into()), node.span);
    vec![Layer::Set { path, value, text: false }]
}

/// `a=b,c.d={x,y}`: one layer for each path. A comma inside of braces, or behind a backslash, is part of the value.
pub(super) fn sets(node: &Node, text: bool) -> Vec<Layer> {
    let pieces: &[Node] = match &node.value {
        Value::Concat(pieces) => pieces,
        Value::Str(_) => std::slice::from_ref(node),
        _ => return vec![Layer::Unknown(Why::External("options in a variable".into()), node.span)],
    };
    let (mut parts, mut part, mut depth): (Vec<Vec<Node>>, Vec<Node>, u32) = (Vec::new(), Vec::new(), 0);
    for piece in pieces {
        let Some(letters) = piece.as_str() else {
            part.push(piece.clone());
            continue;
        };
        let (mut plain, mut escaped) = (String::new(), false);
        for letter in letters.chars() {
            match letter {
                ',' if depth == 0 && !escaped => {
                    part.push(Node::text(std::mem::take(&mut plain), node.span));
                    parts.push(std::mem::take(&mut part));
                    continue;
                }
                '{' if !escaped => depth += 1,
                '}' if !escaped => depth = depth.saturating_sub(1),
                _ => {}
            }
            escaped = letter == '\\' && !escaped;
            plain.push(letter);
        }
        part.push(Node::text(plain, node.span));
    }
    parts.push(part);
    let whole = parts.into_iter().map(|part| Node::concat(part, node.span));
    let one = |set: Node| match super::kubectl::cut(&set, '=', false) {
        Some((path, value)) => Some(Layer::Set { path, value, text }),
        None if set.as_str().is_some_and(|text| text.trim().is_empty()) => None,
        None => Some(Layer::Unknown(Why::External("options in a variable".into()), node.span)),
    };
    whole.filter_map(one).collect()
}
