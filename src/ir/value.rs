//! Values as far as a repository tells them.
//!
//! A [`Node`] is a value and the place where it was written. What is not known is not dropped: the known parts of a
//! string survive in [`Value::Concat`], a property that exists only after deployment stays a [`Value::Ref`], a value
//! that depends on a condition stays a [`Value::Choice`], and everything else says [`Why`] it is unknown.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Address, Cond, ResourceId};
use crate::source::{Span, Trail, Via};

/// A value, where it was written, and how it came here.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it was written.
    pub span: Span,
    /// The use sites between the writing and here.
    pub trail: Trail,
    /// The value must never be printed; the mark survives copying.
    pub secret: bool,
}

/// A value as far as the repository tells it. Containers are shared, so cloning is cheap.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string, known to the last character.
    Str(Arc<str>),
    /// A list, perhaps with members that can't be seen.
    List(Arc<List>),
    /// An object, in source order; duplicate keys are kept, the last one wins when read.
    Map(Arc<Map>),
    /// A string of pieces, some of them unknown. Never empty, never all known, never nested.
    Concat(Arc<Vec<Node>>),
    /// A pure function over unknowns, by its lower-case name: equal when name and arguments are equal. Functions whose
    /// result differs between calls (`newGuid`, `utcNow`) never stand here.
    Call(Arc<str>, Arc<Vec<Node>>),
    /// A resource id, taken apart.
    Id(Arc<ResourceId>),
    /// A property of a resource that exists only after deployment, or that has to be looked up in another resource.
    Ref(Arc<Ref>),
    /// One of two values; the condition is kept, so that the same condition picks the same arm everywhere.
    Choice(Arc<Choice>),
    /// Plan JSON only: made from these references, the expression itself is not there. Candidates, never a choice.
    Derived(Arc<Vec<Ref>>),
    /// Not known, and why. The same symbol is the same value wherever it stands.
    Unknown {
        /// The reason, in words for the user.
        why: Why,
        /// What makes it equal to itself.
        sym: Option<Sym>,
    },
}

/// The name of an unknown that is the same value wherever it stands, for example a parameter of one deployment.
/// Unique in a run: it begins with the name of the deployment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sym(pub Arc<str>);

/// The members of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// The members that are known to be there, in order.
    pub items: Vec<Node>,
    /// Set when there may be more members, or when some of `items` may be absent.
    pub open: Option<Why>,
}

/// The members of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// Members in source order.
    pub entries: Vec<Entry>,
    /// Set when there may be more members.
    pub open: Option<Why>,
}

/// The reason of an object that is open only because the name of a member is not known: all members are there.
pub const COMPUTED_KEY: &str = "an object with a computed key";

/// The reason of a list that is open only because a change adds its members to what is there already.
pub const ADDED: &str = "what was there before";

/// One member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key: a string, or a string of pieces when it is computed from unknowns.
    pub key: Node,
    /// The value.
    pub value: Node,
}

/// A property path into a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Ref {
    /// The resource.
    pub target: Target,
    /// The path in the full ARM resource: `["properties", "loginServer"]`, `["id"]`, `["name"]`, a decimal number for
    /// a list index, `listCredentials()` for the result of an action.
    pub path: Vec<Arc<str>>,
}

/// Which resource a reference means.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A resource that was declared (also `existing` and data sources), by its address.
    Resource(Arc<Address>),
    /// A resource by its id.
    Id(Box<Node>),
}

/// A value that depends on a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The condition.
    pub on: Cond,
    /// The value when it holds.
    pub yes: Node,
    /// The value when it doesn't.
    pub no: Node,
}

/// Why a value is not known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A parameter or input variable without a value.
    Parameter(Arc<str>),
    /// Terraform knows it only after apply, and the plan doesn't tell from what.
    KnownAfterApply,
    /// Exists only after deployment (ARM, Bicep): the call or property that would read it.
    Runtime(Arc<str>),
    /// Data read from outside of the repository: a data source, an environment variable.
    External(Arc<str>),
    /// Marked sensitive or secret in the input.
    Sensitive,
    /// A function that is not evaluated.
    UnsupportedCall(Arc<str>),
    /// A construct that is not evaluated.
    UnsupportedSyntax(Arc<str>),
    /// A module whose source is not in the scanned folder.
    UnresolvedModule(Arc<str>),
    /// A name or property that is declared nowhere.
    UnresolvedName(Arc<str>),
    /// The subscription, resource group or tenant that the user chooses when deploying.
    DeploymentScope(Arc<str>),
    /// A template placeholder that something fills in before the file is used (`{{ }}`, `${X}`, `#{X}#`).
    TemplateText,
    /// The file could not be read or parsed.
    Unreadable(Arc<str>),
    /// A limit was reached: depth, nodes, expansions.
    LimitReached(Arc<str>),
    /// A member of a collection that is not known.
    Element(Arc<str>),
    /// The property is set by something that changes the resource afterwards.
    Overridden(Arc<str>),
    /// A command or a step of which not all is known: what it is about, or whether it runs.
    Command(Arc<str>),
    /// acrlint doesn't look at this yet.
    NotAnalysed(Arc<str>),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Why::Parameter(name) => write!(f, "`{name}` has no value"),
            Why::KnownAfterApply => write!(f, "known only after apply"),
            Why::Runtime(what) => write!(f, "`{what}` is known only after deployment"),
            Why::External(what) => write!(f, "`{what}` is read from outside of the repository"),
            Why::Sensitive => write!(f, "marked sensitive"),
            // Functions of Terraform carry a mark, because the deployment language has some of the same names.
            Why::UnsupportedCall(name) => {
                write!(f, "`{}()` is not evaluated", name.strip_prefix("tf:").unwrap_or(name))
            }
            Why::UnsupportedSyntax(what) => write!(f, "{what} is not evaluated"),
            Why::UnresolvedModule(name) => write!(f, "module `{name}` is not in the scanned folder"),
            Why::UnresolvedName(name) => write!(f, "`{name}` is declared nowhere"),
            Why::DeploymentScope(what) => write!(f, "the {what} is chosen when deploying"),
            Why::TemplateText => write!(f, "a placeholder that is filled in later"),
            Why::Unreadable(file) => write!(f, "`{file}` could not be read"),
            Why::LimitReached(what) => write!(f, "the limit of {what} was reached"),
            Why::Element(what) => write!(f, "the members of `{what}` are not known"),
            Why::Overridden(what) => write!(f, "`{what}` changes it afterwards"),
            Why::Command(what) => write!(f, "what {what} does is not known in full"),
            Why::NotAnalysed(what) => write!(f, "{what} is not analysed yet"),
        }
    }
}

impl Why {
    /// The same reason with another text in it.
    pub fn map(&self, text: impl Fn(&str) -> Arc<str>) -> Why {
        match self {
            Why::Parameter(it) => Why::Parameter(text(it)),
            Why::Runtime(it) => Why::Runtime(text(it)),
            Why::External(it) => Why::External(text(it)),
            Why::UnsupportedCall(it) => Why::UnsupportedCall(text(it)),
            Why::UnsupportedSyntax(it) => Why::UnsupportedSyntax(text(it)),
            Why::UnresolvedModule(it) => Why::UnresolvedModule(text(it)),
            Why::UnresolvedName(it) => Why::UnresolvedName(text(it)),
            Why::DeploymentScope(it) => Why::DeploymentScope(text(it)),
            Why::Unreadable(it) => Why::Unreadable(text(it)),
            Why::LimitReached(it) => Why::LimitReached(text(it)),
            Why::Element(it) => Why::Element(text(it)),
            Why::Overridden(it) => Why::Overridden(text(it)),
            Why::Command(it) => Why::Command(text(it)),
            Why::NotAnalysed(it) => Why::NotAnalysed(text(it)),
            Why::KnownAfterApply | Why::Sensitive | Why::TemplateText => self.clone(),
        }
    }

    /// A short name of the kind of reason, for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Why::Parameter(_) => "parameter without a value",
            Why::KnownAfterApply => "known only after apply",
            Why::Runtime(_) => "known only after deployment",
            Why::External(_) => "read from outside",
            Why::Sensitive => "sensitive",
            Why::UnsupportedCall(_) => "function not evaluated",
            Why::UnsupportedSyntax(_) => "construct not evaluated",
            Why::UnresolvedModule(_) => "module not in the folder",
            Why::UnresolvedName(_) => "name declared nowhere",
            Why::DeploymentScope(_) => "chosen when deploying",
            Why::TemplateText => "placeholder",
            Why::Unreadable(_) => "unreadable file",
            Why::LimitReached(_) => "limit reached",
            Why::Element(_) => "members of an unknown collection",
            Why::Overridden(_) => "changed afterwards",
            Why::Command(_) => "command not known in full",
            Why::NotAnalysed(_) => "not analysed yet",
        }
    }
}

impl Node {
    /// A value written at `span`.
    pub fn new(value: Value, span: Span) -> Node {
        Node { value, span, trail: Trail::none(), secret: false }
    }

    /// `null`.
    pub fn null(span: Span) -> Node {
        Node::new(Value::Null, span)
    }

    /// A known string.
    pub fn text(text: impl Into<Arc<str>>, span: Span) -> Node {
        Node::new(Value::Str(text.into()), span)
    }

    /// An unknown that is not even equal to itself.
    pub fn unknown(why: Why, span: Span) -> Node {
        Node::new(Value::Unknown { why, sym: None }, span)
    }

    /// Whether there is nothing in it to follow: a literal, or an unknown.
    pub fn is_plain(&self) -> bool {
        use Value::{Bool, Float, Int, Null, Str, Unknown};
        matches!(self.value, Null | Bool(_) | Int(_) | Float(_) | Str(_) | Unknown { .. })
    }

    /// An unknown that is the same value wherever `sym` stands.
    pub fn symbol(why: Why, sym: impl Into<Arc<str>>, span: Span) -> Node {
        Node::new(Value::Unknown { why, sym: Some(Sym(sym.into())) }, span)
    }

    /// A closed list.
    pub fn list(items: Vec<Node>, span: Span) -> Node {
        Node::new(Value::List(Arc::new(List { items, open: None })), span)
    }

    /// A closed object.
    pub fn map(entries: Vec<Entry>, span: Span) -> Node {
        Node::new(Value::Map(Arc::new(Map { entries, open: None })), span)
    }

    /// A property of a declared resource.
    pub fn reference(resource: Arc<Address>, path: &[&str], span: Span) -> Node {
        let path = path.iter().map(|&step| Arc::from(step)).collect();
        Node::new(Value::Ref(Arc::new(Ref { target: Target::Resource(resource), path })), span)
    }

    /// A resource id.
    pub fn id(id: ResourceId, span: Span) -> Node {
        Node::new(Value::Id(Arc::new(id)), span)
    }

    /// `yes` when `on` holds, else `no`; folded when the condition is known.
    pub fn choice(on: Cond, yes: Node, no: Node, span: Span) -> Node {
        match on {
            Cond::Always => yes,
            Cond::Never => no,
            on => Node::new(Value::Choice(Arc::new(Choice { on, yes, no })), span),
        }
    }

    /// The pieces joined to a string: flattened, neighbours that are known joined, a single string when all are known.
    /// Numbers and booleans become text. Secret when a piece is.
    pub fn concat(pieces: Vec<Node>, span: Span) -> Node {
        let secret = pieces.iter().any(|piece| piece.secret);
        let mut flat: Vec<Node> = Vec::new();
        for piece in pieces {
            match piece.value {
                Value::Concat(inner) => inner.iter().cloned().for_each(|piece| push_piece(&mut flat, piece)),
                _ => push_piece(&mut flat, piece),
            }
        }
        let value = match flat.as_slice() {
            [] => Value::Str("".into()),
            [Node { value: Value::Str(text), .. }] => Value::Str(text.clone()),
            // `'${x}'` of something that is no text yet keeps being that thing: a reference stays a reference.
            [only] => return Node { span, secret, ..only.clone() },
            _ => Value::Concat(Arc::new(flat)),
        };
        Node { secret, ..Node::new(value, span) }
    }

    /// The same value, seen at a use site.
    pub fn through(mut self, span: Span, via: Via) -> Node {
        self.trail = self.trail.through(span, via);
        self
    }

    /// The same value, marked as secret, all its members too.
    pub fn secret(mut self) -> Node {
        self.secret = true;
        match &mut self.value {
            Value::List(list) => Arc::make_mut(list).items.iter_mut().for_each(|item| *item = item.clone().secret()),
            Value::Map(map) => {
                Arc::make_mut(map).entries.iter_mut().for_each(|entry| entry.value = entry.value.clone().secret());
            }
            _ => {}
        }
        self
    }

    /// The string, when all of it is known.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, when it is known.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The members, when it is a list (perhaps an open one).
    pub fn as_list(&self) -> Option<&List> {
        match &self.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The members, when it is an object (perhaps an open one).
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The member `key` of an object: keys compare without regard to case, as Azure reads them; the last one wins.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// The member at the end of `path`; decimal steps index lists.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, step| match &node.value {
            Value::List(list) => list.items.get(step.parse::<usize>().ok()?),
            _ => node.get(step),
        })
    }

    /// Whether the value is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Why the value is unknown, when it is an unknown as a whole.
    pub fn why(&self) -> Option<&Why> {
        match &self.value {
            Value::Unknown { why, .. } => Some(why),
            _ => None,
        }
    }
}

impl Map {
    /// Whether all members are there, though the names of some may not be known.
    pub fn is_whole(&self) -> bool {
        self.open.as_ref().is_none_or(|why| matches!(why, Why::Element(what) if &**what == COMPUTED_KEY))
    }

    /// The member `key`, compared without regard to ASCII case; the last one wins.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.key.as_str().is_some_and(|k| k.eq_ignore_ascii_case(key)))
            .map(|entry| &entry.value)
    }

    /// The member `key`, compared to the letter; the last one wins.
    pub fn get_exact(&self, key: &str) -> Option<&Node> {
        self.entries.iter().rev().find(|entry| entry.key.as_str() == Some(key)).map(|entry| &entry.value)
    }
}

impl Entry {
    /// A member with a known key.
    pub fn new(key: &str, key_span: Span, value: Node) -> Entry {
        Entry { key: Node::text(key, key_span), value }
    }
}

impl Ref {
    /// Whether the path is exactly `steps`, without regard to ASCII case.
    pub fn is(&self, steps: &[&str]) -> bool {
        self.path.len() == steps.len() && self.path.iter().zip(steps).all(|(a, b)| a.eq_ignore_ascii_case(b))
    }
}

fn push_piece(flat: &mut Vec<Node>, piece: Node) {
    let text: Arc<str> = match &piece.value {
        Value::Str(text) if text.is_empty() => return,
        Value::Str(text) => text.clone(),
        Value::Bool(value) => if *value { "true" } else { "false" }.into(),
        Value::Int(value) => value.to_string().into(),
        Value::Float(value) => value.to_string().into(),
        _ => return flat.push(piece),
    };
    match flat.last_mut() {
        Some(Node { value: Value::Str(before), span, secret, .. }) => {
            *before = format!("{before}{text}").into();
            *span = span.to(piece.span);
            *secret |= piece.secret;
        }
        _ => flat.push(Node { value: Value::Str(text), ..piece }),
    }
}
