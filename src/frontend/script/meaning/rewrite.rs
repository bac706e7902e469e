//! Commands that change files of the tree before something uses them.

#[cfg(test)]
mod tests;

use globset::GlobBuilder;
use std::sync::Arc;

use regex::Regex;

use super::arguments::Arguments;
use super::is_manifest;
use crate::frontend::script::run::Run;
use crate::ir::{Cond, Delivery, Layer, Node, Parcel, Value};
use crate::source::path::below;
use crate::source::{Rewrite, SourceId, Span, UNKNOWN};
use crate::syntax::tree::{Tree, TreeKind};
use crate::syntax::yaml;

/// Parts of one file that are changed one by one.
const MOST_PARTS: usize = 5_000;
/// Files that one command may change where nothing says which.
const MOST_FILES: usize = 2_000;

/// `-i`, `-i.bak`, `-pi`, `--in-place`, `--inplace`.
pub(in crate::frontend::script) fn is_in_place(option: &str) -> bool {
    let letters = option.strip_prefix('-').filter(|rest| !rest.starts_with('-')).unwrap_or_default();
    let short = letters.chars().take_while(char::is_ascii_lowercase).take(3).any(|letter| letter == 'i');
    short || option == "--inplace" || option.starts_with("--in-place")
}

/// What a command does with texts: `sed`, `yq`, `perl`, `awk`.
struct Filter<'w> {
    tool: &'w str,
    expressions: Vec<Node>,
    files: Vec<String>,
    /// Files are named that nobody knows.
    more: bool,
    extended: bool,
}

impl<'w> Filter<'w> {
    fn of(run: &Run<'_>, tool: &'w str, arguments: &Arguments) -> Filter<'w> {
        let mut expressions = arguments.options(&["-e", "--expression"]);
        let stated = !expressions.is_empty() && tool != "yq";
        if tool == "yq" {
            expressions.clear();
        }
        let (mut files, mut more) = (Vec::new(), arguments.may_add());
        for word in arguments.words.iter().skip(1) {
            let named = word.text().map(|text| matching(run, text)).unwrap_or_default();
            let is_option = word.text().is_some_and(|text| text.is_empty() || text.starts_with('-'));
            match named.is_empty() {
                false => files.extend(named),
                true if is_option || stated && expressions.iter().any(|it| it.span == word.node.span) => {}
                // The first one is the expression; `yq w -i FILE path value` has several.
                true if !stated && (expressions.is_empty() || tool == "yq" && word.text().is_some()) => {
                    expressions.push(word.node.clone());
                }
                true => more |= word.text().is_none(),
            }
        }
        let extended = tool == "perl" || arguments.has(&["-E", "-r", "--regexp-extended"]);
        Filter { tool, expressions, files, more, extended }
    }

    /// The parts of a text that it changes; nothing when that can't be told.
    fn changes(&self, id: SourceId, text: &str) -> Option<Vec<Rewrite>> {
        match self.tool {
            "sed" | "perl" if !self.expressions.is_empty() => {
                let each = self.expressions.iter().map(|it| substituted(id, text, it, self.extended));
                let all: Option<Vec<Vec<Rewrite>>> = each.collect();
                all.map(|all| all.concat())
            }
            "yq" => assigned(id, text, &self.expressions),
            _ => None,
        }
    }

    /// Whether it only reads: `sed -n`, `yq .image.tag`, `awk`.
    fn only_reads(&self, arguments: &Arguments) -> bool {
        let assigns = |it: &Node| plain(it).is_none_or(|text| text.contains('=') || text.contains("del("));
        match self.tool {
            "sed" => arguments.has(&["-n", "--quiet", "--silent"]),
            "yq" => !self.expressions.iter().any(assigns),
            _ => self.tool == "awk",
        }
    }
}

/// `sed -i`, `yq -i`, `perl -pi`: what they change in files.
pub(super) fn in_place(run: &mut Run<'_>, tool: &str, arguments: &Arguments) {
    let filter = Filter::of(run, tool, arguments);
    let (mut files, more) = (filter.files.clone(), filter.more);
    if files.is_empty() && more {
        files = anywhere(run);
    }
    for path in files {
        match changes(run, &filter, &path) {
            Some(found) => run.rewritten.extend(found),
            None if more => {}
            None => drop(run.changed.insert(path)),
        }
    }
}

/// `sed s/a/b/ FILE`, `cat FILE | sed s/a/b/`: the changes in what is printed, for whoever applies it; nothing when they
/// can't all be told.
pub(super) fn printed(run: &Run<'_>, tool: &str, arguments: &Arguments, parcels: &[Delivery]) -> Option<Vec<Rewrite>> {
    let filter = Filter::of(run, tool, arguments);
    if filter.only_reads(arguments) {
        return None;
    }
    let read = parcels.iter().filter_map(|delivery| match &delivery.parcel {
        Parcel::Manifests { path, .. } if run.tree.has_file(path) => Some(path.to_string()),
        _ => None,
    });
    let read: Vec<String> = filter.files.iter().cloned().chain(read).collect();
    let known: Option<Vec<Vec<Rewrite>>> = read.iter().map(|path| changes(run, &filter, path)).collect();
    known.filter(|known| !known.is_empty() && known.len() >= parcels.len()).map(|known| known.concat())
}

/// What a filter changes in a file; nothing when that can't be told.
fn changes(run: &Run<'_>, filter: &Filter<'_>, path: &str) -> Option<Vec<Rewrite>> {
    let id = run.store.open_path(path).ok()?;
    let found = filter.changes(id, &run.store.source(id).text)?;
    let sure = run.when() == Cond::Always && !filter.more;
    Some(found.into_iter().map(|it| if sure { it } else { Rewrite { by: None, ..it } }).collect())
}

/// Whether a command prints what is there now: a file with that is no manifest that is made anew.
pub(in crate::frontend::script) fn saves(name: &str, arguments: &Arguments) -> bool {
    let verb = arguments.words.get(1).and_then(|word| word.text());
    name == "az" || ["kubectl", "oc"].contains(&name) && ["get", "config", "describe"].map(Some).contains(&verb)
}

/// A file is written.
pub(in crate::frontend::script) fn written(run: &mut Run<'_>, file: &Node) {
    if let Some(path) = file.as_str().and_then(|text| run.locate(text)).filter(|path| run.tree.has_file(path)) {
        run.changed.insert(path);
    }
}

/// `helmfile --set a=b apply`: releases get values that the file doesn't say.
pub(super) fn helmfile(run: &mut Run<'_>, arguments: &Arguments) {
    const GIVING: [&str; 4] = ["--set", "--args", "--values", "--state-values-set"];
    if !arguments.has(&GIVING) && !arguments.may_add() {
        return;
    }
    let named = arguments.option(&["-f", "--file"]).and_then(|file| file.as_str().map(str::to_owned));
    let usual = ["helmfile.yaml", "helmfile.yaml.gotmpl", "helmfile.d"].map(str::to_owned);
    let paths = named.map_or_else(|| usual.to_vec(), |named| vec![named]);
    let found: Vec<String> = paths.iter().filter_map(|path| run.locate(path)).collect();
    let inside = |path: &&Arc<str>| found.iter().any(|at| below(at, path).is_some());
    let files: Vec<String> = run.tree.files.iter().filter(inside).map(|path| path.to_string()).collect();
    for id in files.iter().filter_map(|path| run.store.open_path(path).ok()) {
        let part = Span::new(id, 0, run.store.source(id).text.len());
        run.rewritten.push(Rewrite { part, by: None });
    }
}

/// The files that were changed as a whole before something applies them.
pub(in crate::frontend::script) fn applied(run: &Run<'_>) -> Vec<Rewrite> {
    let uses = |delivery: &Delivery, path: &str, id: SourceId| {
        let parcel = match &delivery.parcel {
            Parcel::Manifests { path: folder, .. } | Parcel::Chart(folder) => below(folder, path).is_some(),
            // It may use others, wherever they lie.
            Parcel::Kustomization(_) | Parcel::Folder(_) => true,
            Parcel::SomeChart(_) | Parcel::Elsewhere(_) => false,
        };
        parcel || delivery.values.contains(&Layer::File(id))
    };
    let files = run.changed.iter().filter_map(|path| {
        let id = run.store.open_path(path).ok()?;
        let used = run.deliveries.iter().any(|delivery| uses(delivery, path, id));
        used.then(|| Rewrite { part: Span::new(id, 0, run.store.source(id).text.len()), by: None })
    });
    files.collect()
}

/// The files of the tree that a path or a pattern means.
fn matching(run: &Run<'_>, text: &str) -> Vec<String> {
    if !text.contains(['*', '?', '[']) {
        return run.locate(text).filter(|path| run.tree.has_file(path)).into_iter().collect();
    }
    let folder = text.split(['*', '?', '[']).next().and_then(|fixed| fixed.rsplit_once('/')).map_or(".", |(it, _)| it);
    let Some(place) = run.locate(folder) else { return Vec::new() };
    let rest = text.strip_prefix(folder).unwrap_or(text).trim_start_matches('/');
    let pattern = if place.is_empty() { rest.to_owned() } else { format!("{place}/{rest}") };
    let Ok(glob) = GlobBuilder::new(&pattern).literal_separator(true).build() else { return Vec::new() };
    let glob = glob.compile_matcher();
    run.tree.files.iter().filter(|path| glob.is_match(&***path)).take(MOST_FILES).map(|path| path.to_string()).collect()
}

/// All manifests below the folder in which the script stands.
fn anywhere(run: &Run<'_>) -> Vec<String> {
    let folder = run.shell.folders.first().map(|folder| format!("{folder}/")).unwrap_or_default();
    let here = run.tree.files.iter().filter(|path| path.starts_with(&folder) && is_manifest(path));
    here.take(MOST_FILES).map(|path| path.to_string()).collect()
}

/// What `s/…/…/` changes; nothing when the expression does more, or can't be read.
fn substituted(id: SourceId, text: &str, expression: &Node, extended: bool) -> Option<Vec<Rewrite>> {
    let patterns = patterns(&plain(expression)?, extended)?;
    let mut spans = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        for Substitution { pattern, by, all } in &patterns {
            for found in pattern.find_iter(content).take(if *all { usize::MAX } else { 1 }) {
                // Nothing is taken away there, but anything may come in; what is a comment may become something.
                let lines = by.as_ref().is_some_and(|by| by.contains('\n'));
                if found.is_empty() || lines || found.as_str().contains('#') || spans.len() >= MOST_PARTS {
                    return None;
                }
                let part = Span::new(id, start + found.start(), start + found.end());
                spans.push(Rewrite { part, by: by.clone() });
            }
        }
        start += line.len();
    }
    Some(spans)
}

/// The text of an expression, with a sign for each unknown part.
fn plain(expression: &Node) -> Option<String> {
    match &expression.value {
        Value::Str(text) => Some(text.to_string()),
        Value::Concat(pieces) => {
            let text = |piece: &Node| piece.as_str().map_or_else(|| UNKNOWN.to_string(), str::to_owned);
            Some(pieces.iter().map(text).collect())
        }
        _ => None,
    }
}

/// `s/pattern/by/`.
struct Substitution {
    pattern: Regex,
    /// What comes in, where nothing of it is what was there.
    by: Option<Arc<str>>,
    /// It replaces all that matches on a line.
    all: bool,
}

/// The substitutions of `s/a/b/g; s/c/d/`. An address only takes lines away from them.
fn patterns(script: &str, extended: bool) -> Option<Vec<Substitution>> {
    let mut found = Vec::new();
    let mut rest = script;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', ';']);
        if rest.is_empty() {
            return Some(found).filter(|found| !found.is_empty());
        }
        let addressed = behind_address(rest)?;
        let everywhere = addressed.len() == rest.len();
        rest = addressed.strip_prefix('s')?;
        let delimiter = rest.chars().next().filter(|sign| !sign.is_alphanumeric() && *sign != UNKNOWN)?;
        rest = rest.get(delimiter.len_utf8()..)?;
        let (pattern, after) = until(rest, delimiter)?;
        let (by, after) = until(after, delimiter)?;
        let flags = after.find([';', '\n', ' ', '}']).map_or(after, |end| after.get(..end).unwrap_or(after));
        if !flags.chars().all(|flag| flag.is_ascii_digit() || "gIipme".contains(flag)) {
            return None;
        }
        rest = after.get(flags.len()..)?;
        let folds = flags.contains(['I', 'i']);
        // A variable alone may match anything.
        if pattern.chars().all(|letter| letter == UNKNOWN) {
            return None;
        }
        let lines = by.contains("\\n");
        let pattern = expression_of(pattern, delimiter, extended)?;
        let regex = regex::RegexBuilder::new(&pattern).case_insensitive(folds).size_limit(1 << 20).build().ok()?;
        // What stands behind a backslash is itself only where it would end the substitution.
        let by = by.replace(&format!("\\{delimiter}"), &delimiter.to_string());
        let partly = !everywhere || flags.contains(|flag: char| flag.is_ascii_digit());
        if lines {
            return None;
        }
        let by = Some(by).filter(|by| !partly && !by.contains(['&', '\\', '$']));
        let all = flags.contains(|flag: char| flag == 'g' || flag.is_ascii_digit());
        found.push(Substitution { pattern: regex, by: by.map(Arc::from), all });
    }
}

/// What stands behind `3`, `2,5`, `$` or `/pattern/` in front of a command.
fn behind_address(text: &str) -> Option<&str> {
    let rest = match text.strip_prefix('/') {
        Some(pattern) => until(pattern, '/')?.1.trim_start_matches('I'),
        None => text.trim_start_matches(|sign: char| sign.is_ascii_digit() || ",$".contains(sign)),
    };
    Some(rest.trim_start_matches([' ', '!']))
}

/// The text up to a sign that no backslash stands in front of, and what is behind it.
fn until(text: &str, sign: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            letter if letter == sign && !escaped => return Some((text.get(..at)?, text.get(at + sign.len_utf8()..)?)),
            letter => escaped = letter == '\\' && !escaped,
        }
    }
    None
}

/// A pattern of `sed` as this program's own patterns are written.
fn expression_of(pattern: &str, delimiter: char, extended: bool) -> Option<String> {
    const OPERATORS: &str = "(){}|+?";
    let mut out = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            UNKNOWN => out.push_str(".*"),
            '\\' => match letters.next()? {
                digit if digit.is_ascii_digit() => return None,
                sign if sign == delimiter => out.push_str(&regex::escape(&sign.to_string())),
                sign if OPERATORS.contains(sign) && !extended => out.push(sign),
                class if "ntsSwWbBd".contains(class) => out.extend(['\\', class]),
                sign => out.push_str(&regex::escape(&sign.to_string())),
            },
            sign if OPERATORS.contains(sign) && !extended => out.push_str(&regex::escape(&sign.to_string())),
            sign => out.push(sign),
        }
    }
    Some(out)
}

/// What `.a.b = …` changes: all values under the last key of the path. Nothing when there is none, or when the expression
/// does anything else.
fn assigned(id: SourceId, text: &str, expressions: &[Node]) -> Option<Vec<Rewrite>> {
    let words: Vec<String> = expressions.iter().map(plain).collect::<Option<_>>()?;
    let words: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !["e", "eval", "ea"].contains(word)).collect();
    let keys: Vec<String> = match words.as_slice() {
        // `yq w -i FILE a.b value`.
        ["w" | "write", path, ..] => vec![path.rsplit('.').next()?.to_owned()],
        [expression] => keys_of(expression)?,
        _ => return None,
    };
    let (documents, _, _) = yaml::parse(id, text);
    let mut spans = Vec::new();
    if let [only] = words.as_slice()
        && let Some(steps) = steps_of(only)
    {
        // Labels decide nothing here.
        if matches!(steps.as_slice(), [Step::Key("metadata"), Step::Key("labels" | "annotations"), ..]) {
            return Some(spans);
        }
        for document in &documents {
            let place = steps.iter().try_fold(&document.root, |at, step| step.in_tree(at));
            spans.extend(place.map(|place| Rewrite { part: place.span, by: None }));
        }
        // What isn't there yet may come in anywhere.
        return Some(spans).filter(|spans| !spans.is_empty());
    }
    for key in &keys {
        let before = spans.len();
        documents.iter().for_each(|document| under(&document.root, key, &mut spans));
        if spans.len() == before {
            return None;
        }
    }
    Some(spans)
}

/// A step of a path that says just one place.
enum Step<'e> {
    Key(&'e str),
    Index(usize),
}

impl Step<'_> {
    fn in_tree<'t>(&self, tree: &'t Tree) -> Option<&'t Tree> {
        match self {
            Step::Key(key) => tree.get(key),
            Step::Index(at) => tree.as_list()?.get(*at),
        }
    }
}

/// The path of an expression that is one assignment and nothing else: `.a.b[0].c = …`.
fn steps_of(expression: &str) -> Option<Vec<Step<'_>>> {
    let (path, value) = expression.split_once('=')?;
    let path = path.trim().strip_prefix('.')?;
    let plain = |text: &str| text.chars().all(|it| it.is_ascii_alphanumeric() || "_-.[]".contains(it));
    if !plain(path) || value.starts_with('=') || value.contains(['|', '(']) {
        return None;
    }
    let mut steps = Vec::new();
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        steps.push(match part.strip_suffix(']') {
            Some(index) => Step::Index(index.parse().ok()?),
            None => Step::Key(part),
        });
    }
    Some(steps).filter(|steps| !steps.is_empty())
}

/// The last keys of the paths that an expression of `yq` assigns to.
fn keys_of(expression: &str) -> Option<Vec<String>> {
    let assignment = Regex::new(r#"\.("[^"]+"|[\w-]+)(\[[^\]]*\])*[\s)]*[|+*]?=([^=]|$)"#).ok()?;
    let keys = assignment.captures_iter(expression).filter_map(|found| Some(found.get(1)?.as_str()));
    let keys: Vec<String> = keys.map(|key| key.trim_matches('"').to_owned()).collect();
    let more = ["del(", "with(", "with_entries", "reduce", "delpaths", UNKNOWN_KEY];
    (!keys.is_empty() && !more.iter().any(|word| expression.contains(word))).then_some(keys)
}

/// A key that a variable gives.
const UNKNOWN_KEY: &str = ".\u{e000}";

/// The places of all values under a key.
fn under(tree: &Tree, key: &str, spans: &mut Vec<Rewrite>) {
    match &tree.kind {
        TreeKind::Map(members) => {
            for member in members {
                match &*member.key == key {
                    true => spans.push(Rewrite { part: member.value.span, by: None }),
                    false => under(&member.value, key, spans),
                }
            }
        }
        TreeKind::List(items) => items.iter().for_each(|item| under(item, key, spans)),
        _ => {}
    }
}
