//! Small worlds: values are generated over a few unknowns, every completion is enumerated, and `same` must never say
//! `Yes` or `No` where two completions disagree.

use proptest::prelude::*;

use super::*;
use crate::ir::{Address, Cond, Deployment, Language, Resource, Step, Why};
use crate::source::{SourceId, Span};

const TEXTS: [&str; 5] = ["", "a", "b", "ab", "A"];

fn text(text: &str) -> Node {
    Node::text(text, Span::default())
}

fn unknown(name: &str) -> Node {
    Node::symbol(Why::Parameter(name.into()), name, Span::default())
}

fn flag(at: u8) -> Cond {
    Cond::of(&unknown(&format!("f{at}")))
}

fn call(name: &str, arguments: Vec<Node>) -> Node {
    Node::new(Value::Call(name.into(), Arc::new(arguments)), Span::default())
}

fn registry(group: Node, name: Node) -> Node {
    let group = Node::id(ResourceId::of_group(text("s"), group), Span::default());
    Node::id(ResourceId::within(&group, "Microsoft.ContainerRegistry/registries", vec![name]), Span::default())
}

fn leaf() -> impl Strategy<Value = Node> {
    prop_oneof![
        (0..5usize).prop_map(|at| text(TEXTS[at])),
        (0..3u8).prop_map(|at| unknown(&format!("s{at}"))),
        (0..2i64).prop_map(|value| Node::new(Value::Int(value), Span::default())),
        any::<bool>().prop_map(|value| Node::new(Value::Bool(value), Span::default())),
        Just(Node::null(Span::default())),
        Just(Node::unknown(Why::Sensitive, Span::default())),
    ]
}

fn stringy() -> impl Strategy<Value = Node> {
    let piece =
        prop_oneof![(0..5usize).prop_map(|at| text(TEXTS[at])), (0..3u8).prop_map(|at| unknown(&format!("s{at}")))];
    piece.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|pieces| Node::concat(pieces, Span::default())),
            inner.clone().prop_map(|node| call("tolower", vec![node])),
            inner.clone().prop_map(|node| call("uniquestring", vec![node])),
            (0..2u8, inner.clone(), inner).prop_map(|(at, yes, no)| Node::choice(flag(at), yes, no, Span::default())),
        ]
    })
}

fn node() -> impl Strategy<Value = Node> {
    prop_oneof![leaf(), stringy()].prop_recursive(2, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|items| Node::list(items, Span::default())),
            (0..2u8, inner.clone(), inner.clone()).prop_map(|(at, yes, no)| Node::choice(
                flag(at),
                yes,
                no,
                Span::default()
            )),
            (stringy(), stringy()).prop_map(|(group, name)| registry(group, name)),
            inner.prop_map(|value| Node::map(
                vec![super::super::Entry::new("k", Span::default(), value)],
                Span::default()
            )),
        ]
    })
}

/// A completion: texts for the symbols `s0..s2`, booleans for the flags, and a text for what has no symbol.
struct Completion {
    texts: [&'static str; 3],
    flags: [bool; 2],
}

impl Completion {
    fn every() -> impl Iterator<Item = Completion> {
        (0..500usize).map(|n| Completion {
            texts: [TEXTS[n % 5], TEXTS[n / 5 % 5], TEXTS[n / 25 % 5]],
            flags: [n / 125 % 2 == 1, n / 250 % 2 == 1],
        })
    }

    fn symbol(&self, sym: &str) -> &'static str {
        match sym {
            "s0" => self.texts[0],
            "s1" => self.texts[1],
            _ => self.texts[2],
        }
    }

    /// The concrete value in a normal form. `None`: holds something without a symbol, which may be anything.
    fn complete(&self, node: &Node) -> Option<String> {
        Some(match &node.value {
            Value::Null => "null".into(),
            Value::Bool(value) => format!("bool {value}"),
            Value::Int(value) => format!("int {value}"),
            Value::Unknown { sym, .. } => format!("str {}", self.symbol(&sym.as_ref()?.0)),
            Value::Str(text) => format!("str {text}"),
            Value::Concat(pieces) => format!("str {}", self.letters(pieces)?),
            Value::Call(name, arguments) => format!("str {}", self.called(name, arguments)?),
            Value::Choice(choice) => self.complete(if self.holds(&choice.on) { &choice.yes } else { &choice.no })?,
            Value::List(list) => {
                format!("list {:?}", list.items.iter().map(|item| self.complete(item)).collect::<Option<Vec<_>>>()?)
            }
            Value::Map(map) => format!("map {:?}", self.complete(&map.entries.first()?.value)?),
            Value::Id(id) => {
                let part = |node: &Node| self.complete(node).map(|text| text.to_lowercase());
                format!("id {:?} {:?}", part(id.group.as_ref()?)?, part(id.names.first()?)?)
            }
            other => panic!("not generated: {other:?}"),
        })
    }

    fn letters(&self, pieces: &[Node]) -> Option<String> {
        pieces.iter().map(|piece| self.complete(piece).map(|text| text.trim_start_matches("str ").to_owned())).collect()
    }

    fn called(&self, name: &str, arguments: &[Node]) -> Option<String> {
        let argument = self.letters(arguments)?;
        Some(match name {
            "tolower" => argument.to_lowercase(),
            // Any pure function with 13 letters will do, and one that maps two arguments to one result is the test.
            _ => format!("{:z<13}", if argument == "b" { "a" } else { &argument }).chars().take(13).collect(),
        })
    }

    fn holds(&self, cond: &Cond) -> bool {
        let at = |node: &Node| match &node.value {
            Value::Unknown { sym: Some(sym), .. } => self.flags[usize::from(&*sym.0 == "f1")],
            _ => false,
        };
        match cond {
            Cond::Always => true,
            Cond::Never => false,
            Cond::When(node) => at(node),
            Cond::Not(inner) => !self.holds(inner),
            Cond::All(parts) => parts.iter().all(|part| self.holds(part)),
            Cond::Any(parts) => parts.iter().any(|part| self.holds(part)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn never_decided_where_completions_disagree(a in node(), b in node()) {
        let answer = same(&a, &b);
        for completion in Completion::every() {
            let values = completion.complete(&a).zip(completion.complete(&b));
            match (answer, values) {
                (Truth::Yes, Some((x, y))) => prop_assert_eq!(x, y),
                (Truth::Yes, None) => prop_assert!(false, "yes about a value that is not equal to itself"),
                (Truth::No, Some((x, y))) => prop_assert_ne!(x, y),
                _ => {}
            }
        }
    }

    #[test]
    fn symmetric(a in node(), b in node()) {
        prop_assert_eq!(same(&a, &b), same(&b, &a));
    }

    #[test]
    fn reflexive_where_pure(a in node()) {
        let pure = Completion::every().next().unwrap().complete(&a).is_some() && !format!("{a:?}").contains("Sensitive");
        if pure {
            prop_assert_eq!(same(&a, &a), Truth::Yes);
        }
    }

    /// The index of names rules nothing out that a comparison would find.
    #[test]
    fn a_declaration_is_found_exactly_where_its_name_is_the_same(
        written in stringy(),
        other in prop::option::of(stringy()),
        by in 0..3u8,
        folded in any::<bool>(),
    ) {
        let asked = other.unwrap_or_else(|| written.clone());
        let asked = if folded { call("toupper", vec![asked]) } else { asked };
        let body = Node::map(vec![super::super::Entry::new("location", Span::default(), written.clone())], Span::default());
        let holder = Resource { kind: "Contoso.Names/holders".into(), ..resource("a", "holder", body, Origin::Declared) };
        let reference = Node::reference(holder.address.clone(), &["location"], Span::default());
        let joined = |node: Node| Node::concat(vec![text("b"), node, text("a")], Span::default());
        let (own, asked) = match by {
            0 => (written, asked),
            1 => (reference, asked),
            _ => (joined(reference), joined(asked)),
        };
        let named = |name: &Node, root: &str, origin| {
            let of = resource(root, "shop", Node::null(Span::default()), origin);
            let id = Node::id(ResourceId::within(&of.scope, &of.kind, vec![name.clone()]), Span::default());
            Resource { name: name.clone(), id, ..of }
        };
        let declared = named(&own, "a", Origin::Declared);
        let existing = named(&asked, "b", Origin::Existing);
        let id = Node::reference(existing.address.clone(), &["id"], Span::default());
        let deployments = [deployment("a", vec![holder, declared]), deployment("b", vec![existing])];
        let resolver = Resolver::new(&deployments, |_, _, _| None);
        let found = resolver.resource_of(&id).is_some_and(|found| found.origin == Origin::Declared);
        prop_assert_eq!(found, same_in(&resolver, Case::Ignored, &asked, &own) == Truth::Yes);
    }

    #[test]
    fn concrete_values_are_always_decided(a in (0..5usize), b in (0..5usize)) {
        prop_assert_eq!(same(&text(TEXTS[a]), &text(TEXTS[b])), Truth::of(a == b));
    }
}

#[test]
fn symbolic_strings_against_hosts() {
    let host = |name: Node| Node::concat(vec![name, text(".azurecr.io")], Span::default());
    let unique = host(Node::concat(vec![text("acr"), call("uniquestring", vec![unknown("g")])], Span::default()));
    assert_eq!(same(&unique, &text("acr0123456789abc.azurecr.io")), Truth::Unknown);
    assert_eq!(same(&unique, &text("acrshort.azurecr.io")), Truth::No);
    assert_eq!(same(&unique, &text("shop0123456789abc.azurecr.io")), Truth::No);
    assert_eq!(same(&host(unknown("n")), &text("shop.azurecr.cn")), Truth::No);
    assert_eq!(same(&host(unknown("n")), &text("shop.azurecr.io")), Truth::Unknown);
    assert_eq!(same(&unique, &unique), Truth::Yes);
}

#[test]
fn ids_compare_part_by_part_without_regard_to_case() {
    let id = registry(text("RG"), text("Shop"));
    let written = "/subscriptions/s/resourcegroups/rg/providers/microsoft.containerregistry/registries/shop";
    assert_eq!(same(&id, &text(written)), Truth::Yes);
    assert_eq!(same(&id, &text(&written.replace("/rg/", "/other/"))), Truth::No);
    assert_eq!(same(&registry(unknown("g"), text("shop")), &id), Truth::Unknown);
    assert_eq!(same(&registry(unknown("g"), text("other")), &id), Truth::No);
    let pieces = Node::concat(
        vec![
            text("/subscriptions/"),
            unknown("sub"),
            text("/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/shop"),
        ],
        Span::default(),
    );
    assert_eq!(same(&pieces, &id), Truth::Unknown);
    assert_eq!(
        ResourceId::parse(&pieces).unwrap().subscription,
        Some(Node { span: Span::default(), ..unknown("sub") })
    );
}

fn resource(root: &str, name: &str, body: Node, origin: Origin) -> Resource {
    let group = Node::id(
        ResourceId::of_group(unknown(&format!("{root}#sub")), unknown(&format!("{root}#group"))),
        Span::default(),
    );
    let kind = "Microsoft.ContainerRegistry/registries";
    Resource {
        address: Arc::new(Address {
            root: root.into(),
            path: vec![Step { name: format!("{name}-{origin:?}").into(), key: None }],
        }),
        kind: kind.into(),
        api_version: None,
        name: text(name),
        id: Node::id(ResourceId::within(&group, kind, vec![text(name)]), Span::default()),
        scope: group,
        body,
        origin,
        deployed: Cond::Always,
        declared: Span::default(),
        extent: Span::default(),
        language: Language::Bicep,
    }
}

fn deployment(name: &str, resources: Vec<Resource>) -> Deployment {
    Deployment { resources, ..Deployment::new(name, Language::Bicep, SourceId(0)) }
}

#[test]
fn references_are_followed_to_the_declared_resource() {
    let body = Node::map(vec![super::super::Entry::new("location", Span::default(), text("west"))], Span::default());
    let declared = resource("a", "shop", body.clone(), Origin::Declared);
    let existing = resource("b", "shop", Node::map(vec![], Span::default()), Origin::Existing);
    let other = resource("a", "other", body, Origin::Declared);
    let id = |resource: &Resource| Node::reference(resource.address.clone(), &["id"], Span::default());
    let (d, e, o) = (id(&declared), id(&existing), id(&other));
    let location = Node::reference(existing.address.clone(), &["location"], Span::default());
    let server = |resource: &Resource| {
        Node::reference(resource.address.clone(), &["properties", "loginServer"], Span::default())
    };
    let (server_d, server_e) = (server(&declared), server(&existing));
    let deployments = [deployment("a", vec![declared, other]), deployment("b", vec![existing])];
    let resolver = Resolver::new(&deployments, |_, _, _| None);
    assert_eq!(same_in(&resolver, Case::Ignored, &d, &e), Truth::Yes, "one declares what the other refers to");
    assert_eq!(same_in(&resolver, Case::Ignored, &d, &o), Truth::No);
    assert_eq!(same_in(&resolver, Case::Ignored, &server_d, &server_e), Truth::Yes);
    assert_eq!(resolver.node(&location).as_str(), Some("west"));
}

#[test]
fn a_cycle_of_references_runs_out_of_fuel() {
    let address = Arc::new(Address { root: "a".into(), path: vec![Step { name: "shop-Declared".into(), key: None }] });
    let own = Node::reference(address.clone(), &["location"], Span::default());
    let body = Node::map(vec![super::super::Entry::new("location", Span::default(), own.clone())], Span::default());
    let deployments = [deployment("a", vec![resource("a", "shop", body, Origin::Declared)])];
    let resolver = Resolver::new(&deployments, |_, _, _| None);
    assert!(matches!(resolver.node(&own).why(), Some(Why::LimitReached(_))));
    assert_eq!(same_in(&resolver, Case::Matters, &own, &own), Truth::Unknown);
}

#[test]
fn the_same_condition_picks_the_same_arm() {
    let pick = |yes: &str, no: &str| Node::choice(flag(0), text(yes), text(no), Span::default());
    assert_eq!(same(&pick("a", "b"), &pick("a", "b")), Truth::Yes);
    assert_eq!(same(&pick("a", "b"), &pick("b", "a")), Truth::No);
    assert_eq!(same(&pick("a", "b"), &text("c")), Truth::No);
    assert_eq!(same(&pick("a", "b"), &text("a")), Truth::Unknown);
}
