//! `secretGenerator` and `configMapGenerator`: objects that a build makes of literals and files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::item::{Behavior, Item, written};
use crate::frontend::kubernetes::edit::{list_of, member, object, set, set_metadata};
use crate::frontend::kubernetes::manifest::Object;
use crate::ir::placeholder::stands_in;
use crate::ir::{Entry, Gap, Node, Value, Why};
use crate::source::{SourceId, Span, Store};

/// Kustomize breaks base64 into lines of this length, and the hash counts the line ends.
const LINE: usize = 70;

/// What is generated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ConfigMap,
    Secret,
}

/// A generated object, and what becomes of one with its name that is there already.
pub(super) struct Generated {
    pub(super) item: Item,
    pub(super) behavior: Behavior,
    pub(super) gaps: Vec<Gap>,
}

/// Generates one object; nothing when it has no name.
pub(super) fn generate(
    store: &Store,
    from: SourceId,
    generator: &Node,
    global: Option<&Node>,
    kind: Kind,
) -> Option<Generated> {
    let name = member(generator, "name").filter(|name| written(name).is_some())?.clone();
    let span = generator.span;
    let mut payload =
        Payload { store, from, kind, data: Vec::new(), binary: Vec::new(), open: false, gaps: Vec::new() };
    payload.read(generator);
    let called = if kind == Kind::Secret { "Secret" } else { "ConfigMap" };
    let mut metadata = vec![("name", name)];
    metadata.extend(member(generator, "namespace").map(|namespace| ("namespace", namespace.clone())));
    let mut body = object(
        vec![
            ("apiVersion", Node::text("v1", span)),
            ("kind", Node::text(called, span)),
            ("metadata", object(metadata, span)),
        ],
        span,
    );
    if kind == Kind::Secret {
        let stated = member(generator, "type").filter(|kind| kind.as_str() != Some("")).cloned();
        set(&mut body, "type", stated.unwrap_or_else(|| Node::text("Opaque", span)));
    }
    if !payload.data.is_empty() {
        let data = Node::map(payload.data, span);
        set(&mut body, "data", if kind == Kind::Secret { data.secret() } else { data });
    }
    if !payload.binary.is_empty() {
        set(&mut body, "binaryData", Node::map(payload.binary, span));
    }
    let options = member(generator, "options");
    copy_metadata(&mut body, options, global);
    let disabled = |options: Option<&Node>| {
        options.and_then(|it| member(it, "disableNameSuffixHash")).and_then(Node::as_bool).unwrap_or(false)
    };
    let behavior = match member(generator, "behavior").and_then(Node::as_str) {
        Some("merge") => Behavior::Merge,
        Some("replace") => Behavior::Replace,
        _ => Behavior::Create,
    };
    let made = Object { api_version: "v1".into(), kind: called.into(), body, extent: span };
    let item = Item { hashed: !disabled(options) && !disabled(global), open_content: payload.open, ..Item::new(made) };
    Some(Generated { item, behavior, gaps: payload.gaps })
}

/// Labels and annotations; those of the generator go before those of all generators.
fn copy_metadata(body: &mut Node, own: Option<&Node>, global: Option<&Node>) {
    for key in ["labels", "annotations"] {
        let mut all = Node::map(Vec::new(), body.span);
        for options in [global, own].into_iter().flatten() {
            for entry in member(options, key).and_then(Node::as_map).map_or(&[][..], |map| &map.entries) {
                if let Some(name) = entry.key.as_str() {
                    set(&mut all, name, entry.value.clone());
                }
            }
        }
        if all.as_map().is_some_and(|map| !map.entries.is_empty()) {
            set_metadata(body, key, all);
        }
    }
}

/// The pairs of a generator.
struct Payload<'a> {
    store: &'a Store,
    from: SourceId,
    kind: Kind,
    data: Vec<Entry>,
    binary: Vec<Entry>,
    /// Something isn't known, so that the hash isn't.
    open: bool,
    gaps: Vec<Gap>,
}

impl Payload<'_> {
    fn read(&mut self, generator: &Node) {
        let env = member(generator, "env");
        for file in list_of(member(generator, "envs")).iter().chain(env) {
            self.env_file(file);
        }
        for literal in list_of(member(generator, "literals")) {
            let text = written(literal);
            match text.as_deref().and_then(|text| text.split_once('=')) {
                Some((key, value)) => self.put(key, unquoted(value), literal.span),
                None => self.open = true,
            }
        }
        for file in list_of(member(generator, "files")) {
            self.file(file);
        }
    }

    fn put(&mut self, key: &str, text: &str, span: Span) {
        // Filled in before or after: the hash is another one.
        self.open |= stands_in(text);
        let value = match self.kind {
            Kind::ConfigMap => Node::text(text, span),
            Kind::Secret => Node::text(in_lines(&STANDARD.encode(text)), span),
        };
        self.data.push(Entry::new(key, span, value));
    }

    /// A file that isn't there, or holds no text: only that it decides is known.
    fn lose(&mut self, key: &str, path: &str, span: Span) {
        self.open = true;
        let why = Why::External(path.into());
        self.gaps.push(Gap { why: why.clone(), span, hides: None });
        self.data.push(Entry::new(key, span, Node::unknown(why, span)));
    }

    fn file(&mut self, file: &Node) {
        let Some(text) = written(file) else { return };
        let (key, path) = match text.split_once('=') {
            Some((key, path)) => (key, path),
            None => (text.rsplit('/').next().unwrap_or(&text), &*text),
        };
        match self.store.open(self.from, path) {
            Ok(id) => {
                let content = self.store.source(id).text.clone();
                self.put(key, &content, file.span);
            }
            Err(_) => self.lose(key, path, file.span),
        }
    }

    fn env_file(&mut self, file: &Node) {
        let Some(path) = written(file) else { return };
        let Ok(id) = self.store.open(self.from, &path) else {
            self.open = true;
            let why = Why::External(path);
            self.gaps.push(Gap { why: why.clone(), span: file.span, hides: None });
            // Under a key that no Secret can have: there are members that can't be seen.
            return self
                .data
                .push(Entry { key: Node::unknown(why.clone(), file.span), value: Node::unknown(why, file.span) });
        };
        let content = self.store.source(id).text.clone();
        for line in content.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            self.put(key, value, file.span);
        }
    }
}

/// Quotes around a whole value are none of it.
fn unquoted(value: &str) -> &str {
    let inner = |mark: char| value.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

fn in_lines(encoded: &str) -> String {
    if encoded.len() < LINE {
        return encoded.to_owned();
    }
    let mut lines = String::new();
    let mut rest = encoded;
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        lines.push_str(line);
        lines.push('\n');
        rest = after;
    }
    lines
}

/// Lets the payload of an object be what an older one has where it says nothing itself.
pub(super) fn merge_data(new: &mut Node, old: &Node) {
    for key in ["data", "binaryData"] {
        let Some(before) = member(old, key) else { continue };
        let mut all = before.clone();
        for entry in member(new, key).and_then(Node::as_map).map_or(&[][..], |map| &map.entries) {
            match entry.key.as_str() {
                Some(name) => set(&mut all, name, entry.value.clone()),
                None => {
                    if let Value::Map(map) = &mut all.value {
                        std::sync::Arc::make_mut(map).entries.push(entry.clone());
                    }
                }
            }
        }
        set(new, key, all);
    }
}

/// Takes the line ends out of base64 that was broken into lines.
pub(super) fn unbroken(body: &mut Node) {
    if let Some(data) = crate::frontend::kubernetes::edit::member_mut(body, "data") {
        crate::frontend::kubernetes::edit::members(data, &mut |_, value| {
            if let Value::Str(text) = &mut value.value
                && text.contains('\n')
            {
                *text = text.replace('\n', "").into();
            }
        });
    }
}
