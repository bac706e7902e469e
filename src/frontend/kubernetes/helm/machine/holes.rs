//! What is not known in a rendering, and what it stands for.

use std::collections::BTreeMap;

use super::Machine;
use crate::frontend::kubernetes::helm::format::shown;
use crate::frontend::kubernetes::helm::text::{MOST_HOLES, Text, hole, is_block, letter};
use crate::frontend::kubernetes::helm::value::{Kind, Value};
use crate::ir::{Node, Value as Known, Why};

/// An unknown.
#[derive(Clone, Debug)]
struct Hole {
    /// What stands in the output for it.
    node: Node,
    /// It is a text that is never empty.
    filled: bool,
    key: String,
}

/// All unknowns of a rendering.
#[derive(Debug, Default)]
pub(super) struct Holes {
    all: Vec<Hole>,
    by_key: BTreeMap<String, u32>,
}

impl Holes {
    fn get(&self, at: u32) -> Option<&Hole> {
        self.all.get(at as usize)
    }

    pub(super) fn is_filled(&self, at: u32) -> bool {
        self.get(at).is_some_and(|hole| hole.filled)
    }

    pub(super) fn key(&self, at: u32) -> String {
        self.get(at).map(|hole| hole.key.clone()).unwrap_or_default()
    }

    pub(super) fn node(&self, at: u32) -> Node {
        let lost =
            || Node::unknown(Why::LimitReached("unknown values of a chart".into()), crate::source::Span::default());
        self.get(at).map_or_else(lost, |hole| hole.node.clone())
    }

    fn intern(&mut self, key: String, node: Node, filled: bool) -> u32 {
        if let Some(known) = self.by_key.get(&key) {
            return *known;
        }
        let at = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        if at >= MOST_HOLES - 1 {
            // A number that nothing is kept for: unknown, and nothing else.
            return MOST_HOLES - 1;
        }
        self.all.push(Hole { node, filled, key: key.clone() });
        self.by_key.insert(key, at);
        at
    }
}

impl Machine<'_> {
    /// The hole of an unknown value; the same key is the same hole.
    pub(in super::super) fn hole(&mut self, key: &str, node: Node, filled: bool) -> Value {
        Value::new(Kind::Hole(self.holes.intern(key.to_owned(), node, filled)))
    }

    /// An unknown that is the same wherever `key` stands in this rendering.
    pub(in super::super) fn unknown(&mut self, key: &str, why: Why, filled: bool) -> Value {
        let node = Node::symbol(why, format!("{}#{key}", self.name), self.here);
        self.hole(key, node, filled)
    }

    /// An unknown that is never the same twice.
    pub(in super::super) fn random(&mut self, what: &str) -> Value {
        let key = format!("{what} {}", self.holes.all.len());
        let node = Node::unknown(Why::Runtime(what.into()), self.here);
        self.hole(&key, node, true)
    }

    /// What a function makes of arguments that aren't all known.
    pub(in super::super) fn derived(&mut self, name: &str, arguments: &[Value]) -> Value {
        let key = self.key_of_call(name, arguments);
        let secret = arguments.iter().any(Value::is_secret);
        let why = arguments.iter().find_map(|argument| self.why_of(argument));
        let why = why.unwrap_or_else(|| Why::UnsupportedCall(name.into()));
        let node = Node::symbol(why, format!("{}#{key}", self.name), self.here);
        self.hole(&key, if secret { node.secret() } else { node }, false)
    }

    /// What the call of a function is known by.
    fn key_of_call(&self, name: &str, arguments: &[Value]) -> String {
        let mut key = format!("{name}(");
        for argument in arguments {
            self.tell(argument, &mut key, 0);
            key.push(',');
        }
        key.push(')');
        if key.len() <= 240 {
            return key;
        }
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(key.as_bytes());
        format!("{name}({})", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }

    /// Base64 of a text that isn't known whole: what is known of it stays so.
    pub(in super::super) fn encoded(&mut self, value: &Value) -> Value {
        let text = shown(value);
        if text.text.chars().any(is_block) {
            return self.derived("b64enc", std::slice::from_ref(value));
        }
        let key = self.key_of_call("b64enc", std::slice::from_ref(value));
        let call = Known::Call("base64".into(), std::sync::Arc::new(vec![self.node_of_text(&text)]));
        let node = Node::new(call, self.here);
        self.hole(&key, node, true).at(text.origin())
    }

    /// A text with its unknown pieces, each where it was written.
    fn node_of_text(&self, text: &Text) -> Node {
        let (mut pieces, mut from) = (Vec::new(), 0);
        let known = |from: usize, to: usize, pieces: &mut Vec<Node>| {
            let mark = text.touched(from, to).first();
            let part = text.text.get(from..to).filter(|part| !part.is_empty());
            let span = mark.map_or(self.here, |mark| mark.origin.span);
            pieces.extend(part.map(|part| match mark.is_some_and(|mark| mark.origin.secret) {
                true => Node::text(part, span).secret(),
                false => Node::text(part, span),
            }));
        };
        for (at, letter) in text.text.char_indices() {
            let ends = text.marks.binary_search_by_key(&at, |mark| mark.start).is_ok()
                || text.marks.binary_search_by_key(&at, |mark| mark.end).is_ok();
            let number = hole(letter);
            if ends || number.is_some() {
                known(from, at, &mut pieces);
                from = at;
            }
            if let Some(number) = number {
                pieces.push(self.holes.node(number));
                from = at + letter.len_utf8();
            }
        }
        known(from, text.text.len(), &mut pieces);
        Node::concat(pieces, self.here)
    }

    /// The value in words that are the same for the same value.
    fn tell(&self, value: &Value, out: &mut String, depth: usize) {
        if depth > 8 || out.len() > 100_000 {
            return;
        }
        match &value.kind {
            Kind::Hole(at) => out.push_str(&self.holes.key(*at)),
            Kind::List(list) => list.items.iter().for_each(|item| {
                self.tell(item, out, depth + 1);
                out.push(';');
            }),
            Kind::Map(map) => map.borrow().entries.iter().for_each(|(key, item)| {
                out.push_str(key);
                out.push('=');
                self.tell(item, out, depth + 1);
                out.push(';');
            }),
            _ => super::super::format::shown(value).text.chars().for_each(|sign| match hole(sign) {
                Some(at) => out.push_str(&format!("<{}>", self.holes.key(at))),
                None => out.push(sign),
            }),
        }
    }

    /// Why a value isn't known whole.
    pub(in super::super) fn why_of(&self, value: &Value) -> Option<Why> {
        match &value.kind {
            Kind::Hole(at) => Some(self.holes.node(*at).why().cloned().unwrap_or(Why::TemplateText)),
            Kind::Text(text) => {
                let at = text.text.chars().find_map(hole)?;
                Some(self.holes.node(at).why().cloned().unwrap_or(Why::TemplateText))
            }
            Kind::List(list) => list.open.clone().or_else(|| list.items.iter().find_map(|item| self.why_of(item))),
            Kind::Map(map) => {
                let map = map.borrow();
                map.open.clone().or_else(|| map.entries.values().find_map(|item| self.why_of(item)))
            }
            _ => None,
        }
    }

    /// A letter that stands for any lines.
    pub(in super::super) fn block(&mut self, why: Why) -> char {
        let key = format!("lines {why} {:?}", self.here);
        let node = Node::unknown(why, self.here);
        letter(self.holes.intern(key, node, false), true)
    }

    /// What a hole in the output stands for.
    pub(in super::super) fn node_of_hole(&self, at: u32) -> Node {
        self.holes.node(at)
    }

    /// A value of the intermediate representation: what is known of it as values, the rest as holes.
    pub(in super::super) fn value_of(&mut self, node: &Node, path: &str) -> Value {
        use super::super::text::Origin;
        let origin = Some(Origin { span: node.span, is_value: true, secret: node.secret, composed: false });
        let value = match &node.value {
            Known::Null => Value::nil(),
            Known::Bool(value) => Value::bool(*value),
            Known::Int(value) => Value::float(*value as f64),
            Known::Float(value) => Value::float(*value),
            Known::Str(text) => {
                return Value::text(Text::written(super::super::text::without_holes(text).into_owned(), origin));
            }
            Known::List(list) => {
                let items = list.items.iter().enumerate();
                let items = items.map(|(at, item)| self.value_of(item, &format!("{path}.{at}"))).collect();
                let list = super::super::value::List { items, open: list.open.clone() };
                Value::new(Kind::List(std::rc::Rc::new(list)))
            }
            Known::Map(map) => {
                let mut entries = BTreeMap::new();
                let mut open = map.open.clone();
                for entry in &map.entries {
                    match entry.key.as_str() {
                        Some(key) => {
                            let secret = super::super::yaml::is_secret_key(key);
                            let inner = if secret { entry.value.clone().secret() } else { entry.value.clone() };
                            let value = self.value_of(&inner, &format!("{path}.{key}"));
                            entries.insert(key.into(), value);
                        }
                        None => open = Some(Why::TemplateText),
                    }
                }
                let map = super::super::value::Map { entries, open };
                Value::new(Kind::Map(std::rc::Rc::new(std::cell::RefCell::new(map))))
            }
            Known::Concat(pieces) => {
                let mut text = Text::default();
                for (at, piece) in pieces.iter().enumerate() {
                    let piece = self.value_of(piece, &format!("{path}/{at}"));
                    text.push(&super::super::format::shown(&piece.at(origin)));
                }
                return Value::text(text);
            }
            _ => {
                let key = match &node.value {
                    Known::Unknown { sym: Some(sym), .. } => format!("value {}", sym.0),
                    _ => format!("value {path} {:?}", node.span),
                };
                self.hole(&key, node.clone(), false)
            }
        };
        value.at(origin)
    }
}
