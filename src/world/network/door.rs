//! The public door of a registry: the addresses and the subnets that it admits.

use ipnet::Ipv4Net;

use super::address::{Outgoing, only};
use super::reading::written;
use crate::azure::cidr::{self, Range};
use crate::ir::{Node, Resolver, Resource, Target, Truth, Value, Why, placeholder};
use crate::source::Span;

/// Whom a registry admits when its default is to admit nobody.
#[derive(Clone, Debug)]
pub struct Door {
    /// Rules about addresses.
    pub rules: Vec<Rule>,
    /// Why there may be others.
    pub open: Option<(Why, Span)>,
    /// Subnets that are admitted.
    pub subnets: Vec<Node>,
    /// Why there may be others.
    pub subnets_open: Option<(Why, Span)>,
    /// Where the subnets are listed.
    pub subnets_span: Option<Span>,
    /// The ranges that are written, without those that lie in others.
    ranges: Vec<Ipv4Net>,
}

/// A rule about addresses.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What is written, references followed.
    pub value: Node,
    /// What it says.
    pub what: What,
}

/// What a rule says.
#[derive(Clone, Debug)]
pub enum What {
    /// It admits these addresses.
    Range(Ipv4Net),
    /// It admits nobody who could come: a clause that says why.
    Never(&'static str),
    /// It admits the address that this is.
    Value(Node),
    /// Can't be told.
    Unknown,
}

impl Door {
    /// Reads what a registry says. Thousands of rules are read one by one.
    pub(super) fn read<'a>(resource: &'a Resource, resolver: &Resolver<'a>, body: &Node) -> Door {
        let list = |name: &str| written(resolver, body, &["properties", "networkRuleSet", name]);
        let (rules, open) = members(list("ipRules"), resolver);
        let rules: Vec<Rule> = rules.into_iter().map(|item| rule(&item, resolver)).collect();
        let nets = list("virtualNetworkRules");
        let subnets_span = nets.as_ref().map(|list| list.span);
        let (subnets, subnets_open) = members(nets, resolver);
        let id = |item: Node| item.get("id").or_else(|| item.get("virtualNetworkResourceId")).cloned().unwrap_or(item);
        let ranges = rules.iter().filter_map(|rule| match rule.what {
            What::Range(net) => Some(net),
            _ => None,
        });
        let ranges = Ipv4Net::aggregate(&ranges.collect());
        let subnets = subnets.into_iter().map(|item| resolver.node(&id(item))).collect();
        let mut door = Door { rules, open, subnets, subnets_open, subnets_span, ranges };
        if let Some(seen) = resolver.read_back(resource) {
            door.compare(&Door::read_alone(seen, resolver), seen);
        }
        door
    }

    fn read_alone(seen: &Resource, resolver: &Resolver<'_>) -> Vec<Rule> {
        let list = written(resolver, &seen.body, &["properties", "networkRuleSet", "ipRules"]);
        members(list, resolver).0.into_iter().map(|item| rule(&item, resolver)).collect()
    }

    /// What was read back may have rules that the tree doesn't: which of both is so next is not known.
    fn compare(&mut self, seen: &[Rule], by: &Resource) {
        let ranges = seen.iter().filter_map(|rule| match rule.what {
            What::Range(net) => Some(net),
            _ => None,
        });
        if Ipv4Net::aggregate(&ranges.collect()) != self.ranges {
            self.open.get_or_insert((super::super::drift::read_otherwise(by), by.declared));
        }
    }

    /// Whether it admits everybody who comes from an address.
    pub fn admits(&self, outgoing: &Outgoing, resolver: &Resolver<'_>) -> Truth {
        let named = |rule: &Rule| matches!(&rule.what, What::Value(value) if outgoing.is(value, resolver).is_yes());
        if self.rules.iter().any(named) {
            return Truth::Yes;
        }
        let known = outgoing.net.or(outgoing.within);
        let written = match known {
            Some(net) if self.ranges.iter().any(|it| it.contains(&net)) => return Truth::Yes,
            Some(net) if !self.ranges.iter().any(|it| cidr::meet(*it, net)) => Truth::No,
            None if self.admits_the_world() => return Truth::Yes,
            _ => Truth::Unknown,
        };
        let unclear = |rule: &Rule| matches!(rule.what, What::Unknown | What::Value(_));
        let open = self.open.is_some() || self.rules.iter().any(unclear);
        if open { Truth::Unknown } else { written }
    }

    /// Whether no rule of it refers to an address, nor may: what is written is of others.
    pub fn ignores(&self, outgoing: &Outgoing, resolver: &Resolver<'_>) -> bool {
        self.open.is_none() && !self.rules.iter().any(|rule| may_mean(rule, outgoing, resolver))
    }

    /// Whether no address on the internet is admitted, whatever it is; there are rules.
    pub fn admits_nobody(&self) -> bool {
        self.open.is_none() && self.rules.iter().all(|rule| matches!(rule.what, What::Never(_)))
    }

    /// Whether a rule admits every address there is.
    pub fn admits_the_world(&self) -> bool {
        self.ranges.iter().any(|net| net.prefix_len() == 0)
    }
}

/// Whether a rule may be about an address, though it can't be proved. A written range is about addresses that somebody
/// knew; that of another resource is another one.
fn may_mean(rule: &Rule, outgoing: &Outgoing, resolver: &Resolver<'_>) -> bool {
    match &rule.what {
        What::Range(net) => outgoing.within.is_some_and(|own| cidr::meet(own, *net)),
        What::Never(_) => false,
        What::Unknown => true,
        What::Value(value) => match &value.value {
            Value::Ref(reference) => match &reference.target {
                Target::Resource(address) => outgoing.is_of(address) || outgoing.may_be(address, resolver),
                Target::Id(_) => true,
            },
            _ => true,
        },
    }
}

/// The members of a list, and why there may be others.
fn members(list: Option<Node>, resolver: &Resolver<'_>) -> (Vec<Node>, Option<(Why, Span)>) {
    let Some(node) = list else { return (Vec::new(), None) };
    match node.as_list() {
        Some(list) => {
            let items = list.items.iter().map(|item| resolver.node(item)).collect();
            (items, list.open.clone().map(|why| (why, node.span)))
        }
        None => {
            let why =
                node.why().cloned().unwrap_or(Why::UnsupportedSyntax("a list that depends on a condition".into()));
            (Vec::new(), Some((why, node.span)))
        }
    }
}

/// A rule; the Azure CLI calls the addresses otherwise than Resource Manager.
fn rule(item: &Node, resolver: &Resolver<'_>) -> Rule {
    let value = item.get("value").or_else(|| item.get("ipAddressOrRange")).unwrap_or(item);
    let value = only(resolver.node(value));
    let denies = item.get("action").is_some_and(|action| !action.is_null() && !is(action, "Allow"));
    let what = if denies { What::Unknown } else { meaning(&value) };
    Rule { value, what }
}

fn is(node: &Node, word: &str) -> bool {
    node.as_str().is_some_and(|own| own.eq_ignore_ascii_case(word))
}

fn meaning(value: &Node) -> What {
    match &value.value {
        // A text that something fills in later, or that is left empty for somebody, says nothing yet.
        Value::Str(text) if text.trim().is_empty() || placeholder::stands_in(text) => What::Unknown,
        Value::Str(text) => match cidr::range(text) {
            Range::Of(net) => What::Range(net),
            Range::Never(why) => What::Never(why),
            Range::Malformed => What::Never("is no IPv4 address or range"),
        },
        Value::Ref(_) => What::Value(value.clone()),
        // `${address}/32` is that address.
        Value::Concat(pieces) => match pieces.as_slice() {
            [one, Node { value: Value::Str(length), .. }] if is_length(length) => What::Value(only(one.clone())),
            _ => What::Unknown,
        },
        _ => What::Unknown,
    }
}

/// `/32`, or a wider one around the same address.
fn is_length(text: &str) -> bool {
    text.strip_prefix('/').and_then(|length| length.parse::<u8>().ok()).is_some_and(|length| length <= 32)
}
