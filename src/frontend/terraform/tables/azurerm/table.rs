//! What the rows of the tables are made of. A dotted path goes through nested blocks; `[0]` is left out, and the empty path
//! is the block itself.

use std::sync::Arc;

use crate::frontend::terraform::tables::attributes::{add, pick, put};
use crate::frontend::terraform::value::{each_of, negate, over_choice, set_of};
use crate::ir::{ADDED, Cond, Entry, List, Map, Node, Value, Why};
use crate::source::Span;
use crate::syntax::json;

/// How a value changes on the way.
#[derive(Clone, Copy, Debug)]
pub enum As {
    /// Not at all.
    Same,
    /// Not at all, and it is a secret.
    Secret,
    /// `true` is `Enabled`, `false` is `Disabled`.
    Enabled,
    /// `true` is the first word, `false` the second.
    Words(&'static str, &'static str),
    /// The opposite.
    Not,
    /// A JSON text becomes what it says.
    Json,
    /// Always this text, whatever is written.
    Text(&'static str),
    /// `true` where there is such a block.
    Present,
    /// A list of texts becomes the keys of an object; an empty one is left out.
    Keys,
    /// A text becomes the only key of an object; an empty one is left out.
    Key,
    /// Each member of a list becomes an object that has it at this path.
    Objects(&'static str),
    /// A value becomes a member that is added to a list, as an object that has it at this path.
    Object(&'static str),
    /// Each member of a map becomes an object that has it as `value`.
    Values,
    /// Blocks become a list of objects; none are left out.
    Each(&'static [Field]),
    /// Blocks become the members of an object, by their `name`.
    Named(&'static [Field]),
    /// The block becomes an object.
    Block(&'static [Field]),
    /// The block becomes a member that is added to a list.
    Single(&'static [Field]),
}

/// An argument, its place, and how it changes.
pub type Field = (&'static str, &'static str, As);

/// An attribute that exists only after apply, and its place.
pub type Computed = (&'static str, &'static str);

/// What the id is made of, besides the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// A resource group, by name, and names of parents within it.
    Group(&'static [&'static str]),
    /// The subscription; it is the id of a resource group.
    Subscription,
    /// It is a subscription.
    Itself,
    /// The tenant.
    Tenant,
    /// The resource whose id is in the first of these arguments that is written, else the names of parents in a group.
    Child(&'static [&'static str], &'static [&'static str]),
    /// An extension of the scope in this argument, else of the subscription.
    Scope(&'static str),
    /// A change to the resource whose id is in this argument.
    Change(&'static str),
    /// A change to the resource of this name in a resource group.
    ChangeNamed(&'static str),
    /// Not in Resource Manager.
    Nowhere,
}

impl Parent {
    /// Whether it is no resource of its own.
    pub fn is_change(self) -> bool {
        matches!(self, Parent::Change(_) | Parent::ChangeNamed(_))
    }
}

/// A resource type.
#[derive(Debug)]
pub struct Type {
    /// Terraform's name.
    pub terraform: &'static str,
    /// Resource Manager's name.
    pub kind: &'static str,
    /// Where it stands.
    pub parent: Parent,
    /// Arguments.
    pub fields: &'static [&'static [Field]],
    /// Attributes that exist only after apply.
    pub computed: &'static [&'static [Computed]],
}

/// A row without computed attributes.
pub const fn plain(
    terraform: &'static str,
    kind: &'static str,
    parent: Parent,
    fields: &'static [&'static [Field]],
) -> Type {
    Type { terraform, kind, parent, fields, computed: &[] }
}

use As::Same;

pub const GROUP: Parent = Parent::Group(&[]);
pub const NAME: &[Field] = &[("name", "name", Same)];
pub const BASE: &[Field] = &[("name", "name", Same), ("location", "location", Same), ("tags", "tags", Same)];
pub const IDENTITY: &[Field] =
    &[("identity.type", "identity.type", Same), ("identity.identity_ids", "identity.userAssignedIdentities", As::Keys)];
pub const IDENTITY_COMPUTED: &[Computed] =
    &[("identity.principal_id", "identity.principalId"), ("identity.tenant_id", "identity.tenantId")];
/// The policies of a registry have words in lower case.
pub const STATUS: As = As::Words("enabled", "disabled");

/// The outputs of a deployment, which go on by the names of the template.
pub const OUTPUTS: &str = "output_content";

impl Type {
    /// The body in Resource Manager's shape. `written` is the body in Terraform's.
    pub fn body(&self, written: &Node) -> Node {
        let mut body = object(self.fields.iter().copied().flatten(), written);
        for (from, to) in self.computed.iter().copied().flatten() {
            // A plan over resources that exist knows computed attributes too.
            if let Some(value) = pick(written, from).filter(|value| !value.is_null()) {
                put(&mut body, to, value);
            }
        }
        body
    }

    /// A path of attributes in Resource Manager's vocabulary, when a row says so.
    pub fn place(&self, path: &[Arc<str>]) -> Option<Vec<Arc<str>>> {
        let computed = self.computed.iter().copied().flatten();
        let mut found = computed.filter_map(|(from, to)| {
            let rest = after(from, path)?;
            (*from == OUTPUTS || is_index(rest)).then(|| with(to, rest))
        });
        match found.next() {
            Some(place) => Some(place),
            None if path.len() == 1 && path.first().is_some_and(|step| &**step == "id") => Some(path.to_vec()),
            None => place(self.fields.iter().copied().flatten(), path),
        }
    }
}

/// An object that has what the fields take from `written`.
fn object<'f>(fields: impl Iterator<Item = &'f Field>, written: &Node) -> Node {
    let mut made = Node::map(Vec::new(), written.span);
    for (from, to, how) in fields.copied() {
        let value = if from.is_empty() { Some(written.clone()) } else { pick(written, from) };
        if let Some(value) = value.filter(|value| !value.is_null()).and_then(|value| how.convert(value)) {
            add(&mut made, to, value);
        }
    }
    made
}

/// Where the fields put what stands at a path. Values that change on the way have no place of their own.
fn place<'f>(mut fields: impl Iterator<Item = &'f Field>, path: &[Arc<str>]) -> Option<Vec<Arc<str>>> {
    fields.find_map(|(from, to, how)| {
        let rest = after(from, path)?;
        match how {
            As::Same | As::Secret | As::Json => is_index(rest).then(|| with(to, rest)),
            As::Block(inner) => Some(with(to, &place(inner.iter(), rest)?)),
            As::Each(inner) => {
                let (index, rest) = rest.split_first()?;
                index.parse::<usize>().ok()?;
                let inner = place(inner.iter(), rest)?;
                Some(with(to, std::slice::from_ref(index)).into_iter().chain(inner).collect())
            }
            _ => None,
        }
    })
}

/// What follows `from` in a path; single blocks between its steps may be indexed.
fn after<'p>(from: &str, path: &'p [Arc<str>]) -> Option<&'p [Arc<str>]> {
    let mut rest = path;
    for (at, step) in from.split('.').filter(|step| !step.is_empty()).enumerate() {
        if at > 0 && rest.first().is_some_and(|first| &**first == "0") {
            rest = rest.get(1..)?;
        }
        rest = rest.split_first().filter(|(first, _)| ***first == *step)?.1;
    }
    Some(rest)
}

/// Whether what follows an attribute is a member of a list, if anything: whoever goes on by name means something else.
fn is_index(rest: &[Arc<str>]) -> bool {
    matches!(rest, [] | [_]) && rest.iter().all(|step| step.parse::<usize>().is_ok())
}

/// A place and the steps that follow it.
fn with(place: &str, rest: &[Arc<str>]) -> Vec<Arc<str>> {
    place.split('.').filter(|step| !step.is_empty()).map(Arc::from).chain(rest.iter().cloned()).collect()
}

impl As {
    /// The value as Resource Manager writes it; nothing where it says nothing.
    pub fn convert(self, value: Node) -> Option<Node> {
        let span = value.span;
        let word = |word: &str| Node { value: Value::Str(word.into()), ..value.clone() };
        let either = |yes: &str, no: &str| Node::choice(Cond::of(&value), word(yes), word(no), span);
        let list = |make: &dyn Fn(&Node) -> Node| members(&value, &|list| listed(list, make));
        match self {
            As::Same => Some(value),
            As::Secret => Some(value.secret()),
            As::Enabled => Some(either("Enabled", "Disabled")),
            As::Words(yes, no) => Some(either(yes, no)),
            As::Not => Some(negate(&value, span)),
            As::Json => Some(match value.as_str().map(|text| json::parse(span.source, text).0) {
                Some(Some(tree)) => crate::frontend::node_of(&tree),
                _ => value,
            }),
            As::Text(text) => Some(Node::text(text, span)),
            As::Present => present(&value),
            As::Keys => members(&value, &keys),
            As::Key => (value.as_str() != Some("")).then(|| Node::map(vec![key(&value)], span)),
            As::Objects(path) => list(&|item| at(path, item)),
            As::Object(path) => Some(added(at(path, &value), span)),
            As::Values => Some(values(&value)),
            As::Each(fields) => list(&|item| object(fields.iter(), item)),
            As::Named(fields) => members(&value, &|list| named(list, fields)),
            As::Block(fields) => block(value).map(|block| object(fields.iter(), &block)),
            As::Single(fields) => Some(added(object(fields.iter(), &value), span)),
        }
    }
}

/// What is made of the members of a list, also of one that a condition picks. An empty list is left out, and what is no
/// list that can be seen stays what it is.
fn members(value: &Node, make: &dyn Fn(&List) -> Value) -> Option<Node> {
    let empty = value.as_list().is_some_and(|list| list.items.is_empty() && list.open.is_none());
    let made = |arm: &Node| match (&arm.value, each_of(arm)) {
        (Value::List(list), _) => Node { value: make(list), ..arm.clone() },
        // A single block that is written as an object.
        (Value::Map(_), _) => Node { value: make(&List { items: vec![arm.clone()], open: None }), ..arm.clone() },
        (_, Some(one)) => {
            let open = Some(Why::Element(set_of(one).unwrap_or_else(|| "collection".into())));
            Node { value: make(&List { items: vec![one.clone()], open }), ..arm.clone() }
        }
        _ => arm.clone(),
    };
    (!empty).then(|| over_choice(value, value.span, &mut |arm| made(arm)))
}

/// The only block of a kind; one that may be there or not is unknown.
fn block(value: Node) -> Option<Node> {
    let Some(list) = value.as_list() else { return Some(value) };
    match (list.items.as_slice(), &list.open) {
        (_, Some(why)) => Some(Node::unknown(why.clone(), value.span)),
        ([only], None) => Some(only.clone()),
        ([], None) => None,
        (_, None) => Some(Node::unknown(Why::UnsupportedSyntax("more than one block of a kind".into()), value.span)),
    }
}

/// What is added to a list: there may be more in it.
fn added(member: Node, span: Span) -> Node {
    let list = List { items: vec![member], open: Some(Why::Element(ADDED.into())) };
    Node::new(Value::List(Arc::new(list)), span)
}

fn listed(list: &List, make: &dyn Fn(&Node) -> Node) -> Value {
    Value::List(Arc::new(List { items: list.items.iter().map(make).collect(), open: list.open.clone() }))
}

fn keys(list: &List) -> Value {
    Value::Map(Arc::new(Map { entries: list.items.iter().map(key).collect(), open: list.open.clone() }))
}

fn key(id: &Node) -> Entry {
    Entry { key: id.clone(), value: Node::map(Vec::new(), id.span) }
}

fn named(list: &List, fields: &[Field]) -> Value {
    let unnamed = |block: &Node| Node::unknown(Why::UnresolvedName("name".into()), block.span);
    let entry = |block: &Node| Entry {
        key: pick(block, "name").unwrap_or_else(|| unnamed(block)),
        value: object(fields.iter(), block),
    };
    Value::Map(Arc::new(Map { entries: list.items.iter().map(entry).collect(), open: list.open.clone() }))
}

fn at(path: &str, value: &Node) -> Node {
    let mut made = Node::map(Vec::new(), value.span);
    put(&mut made, path, value.clone());
    made
}

fn values(value: &Node) -> Node {
    let Some(map) = value.as_map() else { return value.clone() };
    let entry = |entry: &Entry| Entry { key: entry.key.clone(), value: at("value", &entry.value) };
    let entries = map.entries.iter().map(entry).collect();
    Node { value: Value::Map(Arc::new(Map { entries, open: map.open.clone() })), ..value.clone() }
}

fn present(value: &Node) -> Option<Node> {
    let yes = || Some(Node::new(Value::Bool(true), value.span));
    match &value.value {
        Value::List(list) => match (list.items.is_empty(), &list.open) {
            (_, Some(why)) => Some(Node::unknown(why.clone(), value.span)),
            (true, None) => None,
            (false, None) => yes(),
        },
        Value::Map(_) => yes(),
        _ => Some(Node::unknown(Why::UnsupportedSyntax("a computed block".into()), value.span)),
    }
}
