//! Manifests that a script writes and applies: `kubectl apply -f - <<EOF`.

mod lines;

use std::cell::Cell;
use std::sync::Arc;

use self::lines::Lines;
use super::opened;
use super::secret::metadata;
use crate::frontend::script::run::Run;
use crate::ir::{Entry, Gap, List, Map, Node, Value, Why};
use crate::source::Span;
use crate::syntax::tree::{Member, Tree, TreeKind};
use crate::syntax::yaml;

/// Kinds that run pods.
const WORKLOADS: [&str; 10] = [
    "Pod",
    "PodTemplate",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "Rollout",
];

/// Parts of a workload without which its images can't be found.
const AROUND_IMAGES: [&str; 6] = ["spec", "jobTemplate", "template", "containers", "initContainers", "items"];

/// Letters that nobody writes stand for what is not known in a text, from this one on.
const FIRST: u32 = 0xE000;
const LAST: u32 = 0xF8FF;

/// Lists of objects in lists of objects.
const DEEPEST: u32 = 4;

/// A text as it would be written, what is not known as a variable; nothing when nothing of it is known.
pub(super) fn as_written(text: &Node) -> Option<String> {
    let piece = |piece: &Node| piece.as_str().unwrap_or("$unknown").to_owned();
    match &text.value {
        Value::Str(text) => Some(text.to_string()),
        Value::Concat(pieces) => Some(pieces.iter().map(piece).collect()),
        _ => None,
    }
}

/// Puts the workloads of a text into the book.
pub(super) fn apply(run: &mut Run<'_>, text: &Node, namespace: Option<&Node>) {
    let at = text.span;
    if let Value::Map(_) = &text.value {
        return object(run, placed(text.clone(), namespace), at);
    }
    let runs_pods = |text: &str| WORKLOADS.iter().any(|kind| text.contains(kind));
    let Some(letters) = Letters::of(text) else {
        // More is unknown of it than there are letters for, or it has such letters itself.
        if as_written(text).is_some_and(|text| runs_pods(&text)) {
            run.book.gap(partly_read(at));
        }
        return;
    };
    let (plain, alone) = letters.without_lines_of_unknowns();
    let (documents, _, faults) = yaml::parse(at.source, &plain);
    let file = run.store.source(at.source);
    let lines = Lines::between(&plain, file.text.get(at.range()).unwrap_or_default(), at);
    let loose = alone || !faults.is_empty();
    let reader = Reader { letters, lines, loose, lost: Cell::new(loose) };
    for document in &documents {
        objects(run, &document.root, namespace, &reader, DEEPEST);
    }
    if reader.lost.get() && runs_pods(&plain) {
        run.book.gap(partly_read(at));
    }
}

/// Something of a manifest is not read; what it touches is unknown by itself.
fn partly_read(at: Span) -> Gap {
    Gap { why: Why::UnsupportedSyntax("all of a manifest in a script".into()), span: at, hides: None }
}

/// A document: an object, or a list of them.
fn objects(run: &mut Run<'_>, root: &Tree, namespace: Option<&Node>, reader: &Reader, depth: u32) {
    let word = |key: &str| root.get(key).and_then(Tree::as_str);
    let Some(kind) = word("kind") else { return };
    if let (true, Some(items)) = (depth > 0 && kind.ends_with("List"), root.get("items").and_then(Tree::as_list)) {
        return items.iter().for_each(|item| objects(run, item, namespace, reader, depth - 1));
    }
    let knative = word("apiVersion").is_some_and(|api| api.starts_with("serving.knative.dev/"));
    match () {
        () if WORKLOADS.contains(&kind) || knative => {
            let body = placed(reader.node(root), namespace);
            let at = body.span;
            object(run, body, at);
        }
        () if reader.letters.stand_in(kind) => reader.lost.set(true),
        () => {}
    }
}

/// Puts an object into the book.
pub(super) fn object(run: &mut Run<'_>, body: Node, at: Span) {
    let word = |key: &str| body.get(key).and_then(Node::as_str);
    let (Some(api), Some(kind)) = (word("apiVersion"), word("kind")) else {
        return run.book.gap(partly_read(at));
    };
    let unnamed = || Node::unknown(Why::Runtime("a name".into()), body.span);
    let name = body.at(&["metadata", "name"]).cloned().unwrap_or_else(unnamed);
    let called = format!("{kind} {}", crate::ir::shown(&name));
    let kind = format!("{api}/{kind}");
    let made = run.made(at, name.span);
    run.book.add(&kind, &called, name, Node::null(at), body, &made);
}

/// An object with the namespace of the command, where it states none.
fn placed(body: Node, namespace: Option<&Node>) -> Node {
    let stated = body.at(&["metadata", "namespace"]).is_some_and(|it| !it.is_null());
    let Some(map) = body.as_map().filter(|_| !stated && namespace.is_some()) else { return body };
    let given = metadata(&Node::null(body.span), namespace, body.span);
    let one = |entry: &Entry| match entry.key.as_str() {
        Some("metadata") => {
            let own = entry.value.as_map().cloned().unwrap_or_default();
            let given = given.as_map().map(|map| map.entries.clone()).unwrap_or_default();
            let more = given.into_iter().filter(|it| it.key.as_str() == Some("namespace"));
            let entries = own.entries.into_iter().filter(|it| it.key.as_str() != Some("namespace")).chain(more);
            let members = Map { entries: entries.collect(), open: own.open };
            Entry { key: entry.key.clone(), value: Node::new(Value::Map(Arc::new(members)), entry.value.span) }
        }
        _ => entry.clone(),
    };
    let entries = map.entries.iter().map(one).collect();
    Node::new(Value::Map(Arc::new(Map { entries, open: map.open.clone() })), body.span)
}

/// A text in which each unknown piece is one letter.
struct Letters {
    text: String,
    unknown: Vec<Node>,
}

impl Letters {
    /// Nothing where nothing of a text is known, or it has such letters itself.
    fn of(node: &Node) -> Option<Letters> {
        let pieces = match &node.value {
            Value::Concat(pieces) => pieces.as_slice(),
            Value::Str(_) => std::slice::from_ref(node),
            _ => return None,
        };
        let (mut text, mut unknown) = (String::new(), Vec::new());
        for piece in pieces {
            match piece.as_str().filter(|_| !piece.secret) {
                Some(known) if known.chars().any(is_letter) => return None,
                Some(known) => text.push_str(known),
                None => {
                    let next = FIRST.checked_add(u32::try_from(unknown.len()).ok()?)?;
                    text.push(char::from_u32(next).filter(|letter| is_letter(*letter))?);
                    unknown.push(piece.clone());
                }
            }
        }
        Some(Letters { text, unknown })
    }

    fn stand_in(&self, text: &str) -> bool {
        !self.unknown.is_empty() && text.chars().any(is_letter)
    }

    /// The text without the lines that are all unknown, which may say anything; and whether there were some.
    fn without_lines_of_unknowns(&self) -> (String, bool) {
        let alone = |line: &str| {
            let words = line.trim();
            !words.is_empty() && words.chars().all(|letter| is_letter(letter) || letter.is_whitespace())
        };
        if self.unknown.is_empty() || !self.text.lines().any(alone) {
            return (self.text.clone(), false);
        }
        let kept = |line: &'_ str| if alone(line) { "#".to_owned() } else { line.to_owned() };
        (self.text.lines().map(|line| kept(line) + "\n").collect(), true)
    }

    /// A text with its unknown pieces.
    fn filled(&self, text: &str, at: Span) -> Node {
        let mut pieces: Vec<Node> = Vec::new();
        let mut known = String::new();
        for letter in text.chars() {
            let index = (letter as u32).wrapping_sub(FIRST) as usize;
            match self.unknown.get(index).filter(|_| is_letter(letter)) {
                Some(unknown) => {
                    pieces.push(Node::text(std::mem::take(&mut known), at));
                    pieces.push(Node { span: at, ..unknown.clone() });
                }
                None => known.push(letter),
            }
        }
        pieces.push(Node::text(known, at));
        pieces.retain(|piece| piece.as_str() != Some(""));
        Node::concat(pieces, at)
    }
}

fn is_letter(letter: char) -> bool {
    (FIRST..=LAST).contains(&(letter as u32))
}

/// Makes values of trees.
struct Reader<'t> {
    letters: Letters,
    lines: Lines<'t>,
    /// Anything may stand in its objects beside what can be read.
    loose: bool,
    /// Something of it is not read.
    lost: Cell<bool>,
}

impl Reader<'_> {
    /// A tree as a value; the reader of YAML bounds how deep it is.
    fn node(&self, tree: &Tree) -> Node {
        let at = self.lines.place(tree.span);
        let open = || self.loose.then(|| Why::UnsupportedSyntax("all of a manifest in a script".into()));
        match &tree.kind {
            TreeKind::Null => Node::null(at),
            TreeKind::Bool(value) => Node::new(Value::Bool(*value), at),
            TreeKind::Int(value) => Node::new(Value::Int(*value), at),
            TreeKind::Float(value) => Node::new(Value::Float(*value), at),
            TreeKind::Str(text) if self.letters.stand_in(text) => self.letters.filled(text, at),
            TreeKind::Str(text) => opened(Node::text(Arc::clone(text), at)),
            TreeKind::List(items) => {
                let items = items.iter().map(|item| self.node(item)).collect();
                Node::new(Value::List(Arc::new(List { items, open: open() })), at)
            }
            TreeKind::Map(members) => {
                let named = |it: &&Member| !self.letters.stand_in(&it.key);
                let entries: Vec<Entry> = members.iter().filter(named).map(|it| self.entry(it)).collect();
                let computed = entries.len() < members.len();
                if computed {
                    self.lost.set(true);
                }
                let open = open().or(computed.then(|| Why::External("the name of a member".into())));
                Node::new(Value::Map(Arc::new(Map { entries, open })), at)
            }
            TreeKind::Lost => {
                self.lost.set(true);
                Node::unknown(Why::UnsupportedSyntax("a manifest in a script".into()), at)
            }
        }
    }

    fn entry(&self, member: &Member) -> Entry {
        let value = self.node(&member.value);
        let holds = matches!(value.value, Value::List(_) | Value::Map(_) | Value::Null);
        if AROUND_IMAGES.contains(&&*member.key) && !holds {
            self.lost.set(true);
        }
        Entry::new(&member.key, self.lines.place(member.key_span), value)
    }
}
