//! `az network …`: networks, the ways into them and out of them, and what filters there.
//!
//! What a command makes is declared, what it writes into something is a change of that, and what it takes away leaves
//! what was there unknown. Names that can't be read stay symbols; where not even they are there, anything may be meant.

mod firewall;
mod nouns;
mod private;

use std::sync::Arc;

use super::arguments::Arguments;
use super::body::{Body, object, switched};
use super::{query, role};
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{ADDED, Address, List, Makes, Node, ResourceId, Value, Why};
use crate::source::Span;
use nouns::{As, Field, Noun};
pub(super) use nouns::{PREFIX, PUBLIC_IP, SUBNET};

/// Verbs that change nothing.
const ASKING: [&str; 14] = [
    "list",
    "wait",
    "list-endpoint-services",
    "list-available-ips",
    "list-available-delegations",
    "list-learned-routes",
    "list-types",
    "check-ip-address",
    "show-effective-nsg",
    "learned-ip-address",
    "list-effective-nsg",
    "list-defaults",
    "export",
    "sync",
];
const COMMAND: &str = "az network";
/// Nouns that make connections and rules which are not read.
const OPENING: [&[&str]; 5] = [
    &["network", "manager"],
    &["network", "perimeter"],
    &["network", "private-endpoint-connection"],
    &["network", "private-dns", "zone", "import"],
    &["network", "virtual-appliance"],
];

/// A command about networks; nothing where it is about something else.
pub(super) fn of(run: &mut Run<'_>, verbs: &[&str], arguments: &Arguments, span: Span) -> Option<Printed> {
    if OPENING.iter().any(|words| verbs.starts_with(words)) {
        run.understood.push(span);
        if !verbs.last().is_some_and(|verb| ["show", "list"].contains(verb)) {
            open(run, arguments, span);
        }
        return Some(Printed::default());
    }
    // Records of other types don't name a registry.
    if verbs.starts_with(&["network", "private-dns", "record-set"])
        && !matches!(verbs.get(3), Some(&"a" | &"cname" | &"aaaa"))
    {
        run.understood.push(span);
        return Some(Printed::default());
    }
    let (noun, verb) = nouns::find(verbs)?;
    if verb.iter().any(|verb| ASKING.contains(verb)) {
        return Some(Printed::default());
    }
    run.understood.push(span);
    let command = Command { noun, arguments, span };
    match (noun.kind, verb) {
        (_, ["show"]) => Some(Printed { value: command.show(run), ..Printed::default() }),
        (nouns::RECORD, ["create" | "add-record" | "update" | "remove-record" | "delete"]) => {
            Some(private::record(run, &command, verb))
        }
        (nouns::ZONE_GROUP, ["create" | "add" | "remove"]) => Some(private::zone_group(run, &command, verb)),
        // Addresses of its own, and groups that rules know it by.
        (nouns::ENDPOINT, ["ip-config" | "asg", ..]) => Some(Printed::default()),
        (nouns::FIREWALL | nouns::RULE_GROUP, [_, _, ..]) => Some(firewall::part(run, &command, verb)),
        (_, ["create" | "set-record"]) => Some(Printed { value: command.create(run), ..Printed::default() }),
        (_, ["update"]) => {
            command.update(run);
            Some(Printed::default())
        }
        // What a command does that isn't known by its verb may be anything.
        _ => {
            command.unsettle(run);
            Some(Printed::default())
        }
    }
}

/// A command that makes or changes what can't be told.
fn open(run: &mut Run<'_>, arguments: &Arguments, span: Span) {
    let registry = arguments.option(&["--resource-name"]);
    run.open(Makes::Network, COMMAND, span, Named { registry: registry.as_ref(), ..Named::default() });
}

/// A command about one thing.
struct Command<'c> {
    noun: &'static Noun,
    arguments: &'c Arguments,
    span: Span,
}

impl Command<'_> {
    fn group(&self) -> Option<Node> {
        self.arguments.option(&["--resource-group", "-g"])
    }

    /// The id of what it is about.
    fn id(&self, run: &Run<'_>) -> Option<ResourceId> {
        if let Some(id) = self.arguments.option(&["--ids"]) {
            return ResourceId::parse(&id).filter(|id| id.is_kind(self.noun.kind));
        }
        let named = |options: &[&str]| Some(role::name_of(run, &self.arguments.option(options)?));
        let names: Option<Vec<Node>> = self.noun.parents.iter().map(|options| named(options)).collect();
        let mut names = names?;
        names.push(named(self.noun.name)?);
        let id = run.book.id_in(self.noun.kind, names, self.group().as_ref(), self.span);
        let elsewhere = self.arguments.option(&["--subscription"]);
        Some(ResourceId { subscription: elsewhere.or(id.subscription.clone()), ..id })
    }

    /// Options may be given that nobody sees.
    fn unseen(&self) -> Option<Why> {
        self.arguments.may_add().then(|| Why::External("options in a variable".into()))
    }

    fn create(&self, run: &mut Run<'_>) -> Option<Node> {
        let Some(id) = self.id(run) else {
            open(run, self.arguments, self.span);
            return None;
        };
        let mut body = self.body(run, false);
        for path in self.noun.decided {
            if !body.has(&steps(path)) {
                let why = Why::External("the default of a command".into());
                body.put(&steps(path), Some(Node::unknown(why, self.span)));
            }
        }
        match self.noun.kind {
            nouns::ENDPOINT => private::connection(run, self, &mut body),
            nouns::RULE => self.default_rule(&mut body),
            nouns::FIREWALL => firewall::address(run, self, &mut body),
            _ => {}
        }
        let group = self.group();
        let made = run.made(self.span, self.span);
        let address = run.book.declare_at(id.clone(), body.close(self.span, self.unseen()), &made);
        if self.noun.kind == nouns::VNET {
            self.first_subnet(run, &id, group.as_ref());
        }
        query::shown(&address, self.arguments.option(&["--query"]).as_ref(), self.span)
    }

    fn update(&self, run: &mut Run<'_>) {
        let by_path = self.arguments.has(&["--set", "--add", "--remove"]) || self.arguments.may_add();
        let body = self.body(run, true);
        match (self.id(run), by_path) {
            (Some(id), false) => {
                if !body.is_empty() {
                    let made = run.made(self.span, self.span);
                    run.book.change_at(id, body.close(self.span, None), &made);
                }
            }
            _ => self.unsettle(run),
        }
    }

    /// What it is about is not known any more.
    fn unsettle(&self, run: &mut Run<'_>) {
        let Some(id) = self.id(run) else { return open(run, self.arguments, self.span) };
        let unknown = Node::unknown(Why::Command("`az network`".into()), self.span);
        let made = run.made(self.span, self.span);
        run.book.change_at(id, object(vec![("properties", unknown)], self.span), &made);
    }

    fn show(&self, run: &mut Run<'_>) -> Option<Node> {
        let id = self.id(run)?;
        let address = run.book.refer_at(id, self.span);
        query::shown(&address, self.arguments.option(&["--query"]).as_ref(), self.span)
    }

    /// What its options say.
    fn body(&self, run: &mut Run<'_>, changes: bool) -> Body {
        let mut body = Body::default();
        for field in self.noun.fields {
            self.field(run, field, changes, &mut body);
        }
        body
    }

    fn field(&self, run: &mut Run<'_>, (options, path, how): &Field, changes: bool, body: &mut Body) {
        if !self.arguments.has(options) {
            return;
        }
        let one = || self.arguments.option(options);
        let (values, bare) = self.arguments.values(options);
        let emptied = matches!(values.as_slice(), [only] if only.as_str() == Some("") || only.as_str() == Some("null"));
        let value = match how {
            _ if emptied => Some(Node::null(self.span)),
            As::Text => one(),
            As::Number => one().map(number),
            As::Flag => self.flag(options, &Value::Bool(true), &Value::Bool(false)),
            As::Words(yes, no) => self.flag(options, &Value::Str((*yes).into()), &Value::Str((*no).into())),
            As::Texts => Some(self.listed(values, bare)),
            As::Objects(at) => {
                let items = values.into_iter().map(|value| nested(at, value, self.span)).collect();
                Some(self.listed(items, bare))
            }
            As::End(kind) => one().map(|node| self.end(run, kind, &node)),
            As::Ends(kind) => {
                let ends = values.iter().map(|node| object(vec![("id", self.end(run, kind, node))], self.span));
                let ends = ends.collect();
                Some(self.listed(ends, bare))
            }
            As::OneOr(several) => {
                let single = values.len() == 1 && !bare;
                let (place, other) = if single { (*path, *several) } else { (*several, *path) };
                let value = if single { values.into_iter().next() } else { Some(self.listed(values, bare)) };
                body.put(&steps(place), value);
                body.put(&steps(other), changes.then(|| Node::null(self.span)));
                return;
            }
        };
        body.put(&steps(path), value);
    }

    fn flag(&self, options: &[&str], yes: &Value, no: &Value) -> Option<Node> {
        options.iter().find_map(|option| switched(self.arguments.switch(option), yes, no))
    }

    /// A list of words; a variable that isn't known may be several of them, or none.
    fn listed(&self, items: Vec<Node>, bare: bool) -> Node {
        let open = bare.then(|| Why::External("several words in a variable".into()));
        Node::new(Value::List(Arc::new(List { items, open })), self.span)
    }

    /// The id of a resource of the same group that is named, or whose id is written.
    fn end(&self, run: &mut Run<'_>, kind: &str, node: &Node) -> Node {
        let above = if kind == SUBNET { self.arguments.option(&["--vnet-name"]) } else { None };
        end(run, kind, above, node, self.group().as_ref(), self.span)
    }

    /// `az network vnet create --subnet-name`.
    fn first_subnet(&self, run: &mut Run<'_>, vnet: &ResourceId, group: Option<&Node>) {
        let Some(name) = self.arguments.option(&["--subnet-name"]) else { return };
        let mut body = Body::default();
        let (prefixes, bare) = self.arguments.values(&["--subnet-prefixes", "--subnet-prefix"]);
        if !prefixes.is_empty() {
            body.put(&["properties", "addressPrefixes"], Some(self.listed(prefixes, bare)));
        }
        let nsg = self.arguments.option(&["--network-security-group", "--nsg"]);
        let nsg = nsg.map(|node| end(run, "Microsoft.Network/networkSecurityGroups", None, &node, group, self.span));
        body.put(&["properties", "networkSecurityGroup", "id"], nsg);
        let names = vnet.names.iter().cloned().chain([name]).collect();
        let id = run.book.id_in(SUBNET, names, group, self.span);
        let made = run.made(self.span, self.span);
        run.book.declare_at(id, body.close(self.span, self.unseen()), &made);
    }

    /// What a rule is where nobody says otherwise.
    fn default_rule(&self, body: &mut Body) {
        for (property, value) in nouns::RULE_DEFAULTS {
            let several = match property.strip_suffix("Prefix") {
                Some(_) => format!("{property}es"),
                None => format!("{property}s"),
            };
            if !body.has(&["properties", property]) && !body.has_named("properties", &several) {
                body.put(&["properties", property], Some(Node::text(*value, self.span)));
            }
        }
    }
}

/// The id of what a word means: an id that was read, an id that is written, or the name of something.
pub(super) fn end(
    run: &mut Run<'_>,
    kind: &str,
    above: Option<Node>,
    node: &Node,
    group: Option<&Node>,
    span: Span,
) -> Node {
    if let Some(address) = role::resource_of(run, node) {
        let is_name = matches!(&node.value, Value::Ref(reference) if reference.is(&["name"]));
        let known = run.book.at(&address).is_some_and(|it| it.is_kind(kind));
        return if is_name && known { Node::reference(address, &["id"], node.span) } else { node.clone() };
    }
    if let Some(id) = ResourceId::parse(node) {
        return match run.book.find_at(&id) {
            Some(known) => Node::reference(known.address.clone(), &["id"], node.span),
            None => Node { trail: node.trail.clone(), ..Node::id(id, node.span) },
        };
    }
    let parents = kind.matches('/').count() - 1;
    let named = parents == usize::from(above.is_some());
    let id = named.then(|| {
        let above = above.map(|above| role::name_of(run, &above));
        run.book.id_in(kind, above.into_iter().chain([node.clone()]).collect(), group, span)
    });
    let Some(id) = id else { return node.clone() };
    let known = run.book.find_at(&id).map(|known| known.address.clone());
    let literal = match &node.value {
        Value::Str(text) => super::is_literal(text) && !text.contains('/'),
        Value::Concat(pieces) => !pieces.iter().any(|piece| piece.as_str().is_some_and(|text| text.contains('/'))),
        _ => false,
    };
    match known {
        Some(address) => Node::reference(address, &["id"], node.span),
        None if literal => Node::reference(run.book.refer_at(id, span), &["id"], node.span),
        // A variable may be a name or an id.
        None => node.clone(),
    }
}

/// The steps of a dotted path.
fn steps(path: &'static str) -> Vec<&'static str> {
    path.split('.').collect()
}

/// A value inside of objects.
fn nested(path: &'static str, value: Node, span: Span) -> Node {
    path.rsplit('.').fold(value, |inner, step| object(vec![(step, inner)], span))
}

/// Members that are put behind those that are there.
pub(super) fn added(items: Vec<Node>, span: Span) -> Node {
    let list = List { items, open: Some(Why::Element(ADDED.into())) };
    Node::new(Value::List(Arc::new(list)), span)
}

fn number(node: Node) -> Node {
    match node.as_str().map(str::parse::<i64>) {
        Some(Ok(number)) => Node { value: Value::Int(number), ..node },
        Some(Err(_)) => {
            Node { value: Value::Unknown { why: Why::UnresolvedName("a number".into()), sym: None }, ..node }
        }
        None => node,
    }
}

/// The address of something that a command means by its id.
fn known(run: &Run<'_>, id: &ResourceId) -> Option<Arc<Address>> {
    run.book.find_at(id).map(|it| it.address.clone())
}
