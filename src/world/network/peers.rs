//! Addresses as filters name them: prefixes, ranges, service tags, groups.

use ipnet::{Ipv4Net, Ipv4Subnets};
use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::ir::{Node, Resolver, Truth};
use crate::world::registry::within;

/// The type of lists of addresses that rules of firewalls refer to.
const IP_GROUP: &str = "Microsoft.Network/ipGroups";

/// The type that stands for members of such a list that Terraform declares on their own.
const IP_GROUP_MEMBER: &str = "Microsoft.Network/ipGroups/members";

/// The addresses that a rule is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peers {
    /// Prefixes, those that touch each other joined.
    nets: Vec<Ipv4Net>,
    /// Service tags.
    tags: Vec<Arc<str>>,
    /// There may be others.
    open: bool,
}

/// Where one end of the traffic is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// At a public address that nobody writes down.
    Public,
    /// Somewhere in these prefixes, in a virtual network.
    In(Vec<Ipv4Net>),
    /// In a virtual network, at an address that can't be told.
    Unknown,
}

impl Place {
    /// Somewhere in the prefixes of a subnet.
    pub fn of_subnet(subnet: &super::subnet::Subnet<'_>, resolver: &Resolver<'_>) -> Place {
        let one = subnet.at(&["addressPrefix"], resolver);
        let many = subnet.at(&["addressPrefixes"], resolver);
        let list = many.as_ref().and_then(Node::as_list).filter(|list| list.open.is_none() && !list.items.is_empty());
        let texts: Vec<Option<&str>> = match (&one, &many, list) {
            (_, Some(_), Some(list)) => list.items.iter().map(Node::as_str).collect(),
            (Some(one), None, _) => vec![one.as_str()],
            _ => return Place::Unknown,
        };
        // What is written for IPv6 is no address with which nodes go to a registry.
        let texts = texts.into_iter().filter(|text| text.is_none_or(|text| !text.contains(':')));
        let nets: Option<Vec<Ipv4Net>> = texts.map(|text| text?.trim().parse().ok()).collect();
        nets.filter(|nets| !nets.is_empty()).map_or(Place::Unknown, Place::In)
    }
}

impl Peers {
    /// What is written in one of these texts or lists of texts.
    pub(super) fn read<'n>(written: impl IntoIterator<Item = &'n Node>, resolver: &Resolver<'_>) -> Peers {
        let mut peers = Peers::default();
        for node in written {
            peers.take(&resolver.node(node), resolver);
        }
        peers.nets = Ipv4Net::aggregate(&peers.nets);
        peers
    }

    /// This, and the members of groups of addresses.
    pub(super) fn with_groups(mut self, groups: Option<&Node>, resolver: &Resolver<'_>) -> Peers {
        let Some(groups) = groups.map(|groups| resolver.node(groups)).filter(|groups| !groups.is_null()) else {
            return self;
        };
        let Some(list) = groups.as_list() else {
            self.open = true;
            return self;
        };
        // Members that are declared on their own are not joined.
        let separate = !resolver.of_kind(IP_GROUP_MEMBER).is_empty();
        self.open |= list.open.is_some() || separate && !list.items.is_empty();
        for id in &list.items {
            let group = resolver.resource_of(id).filter(|group| group.is_kind(IP_GROUP));
            let group = group.filter(|group| group.origin != crate::ir::Origin::Existing && group.is_unconditional());
            let addresses = group.and_then(|it| within(resolver, it.body.clone(), &["properties", "ipAddresses"]));
            match addresses {
                Some(addresses) => self.take(&addresses, resolver),
                None => self.open = true,
            }
        }
        self.nets = Ipv4Net::aggregate(&self.nets);
        self
    }

    /// Nobody wrote anything.
    pub(super) fn is_empty(&self) -> bool {
        self.nets.is_empty() && self.tags.is_empty() && !self.open
    }

    /// One of them may be an address alone.
    pub fn may_be_single(&self) -> bool {
        self.open || self.nets.iter().any(|net| net.prefix_len() == 32)
    }

    /// Some that nobody knows.
    pub(super) fn unknown() -> Peers {
        Peers { open: true, ..Peers::default() }
    }

    fn take(&mut self, node: &Node, resolver: &Resolver<'_>) {
        if let Some(list) = node.as_list() {
            self.open |= list.open.is_some();
            for item in &list.items {
                match resolver.node(item).as_str() {
                    Some(text) => self.take_text(text),
                    None => self.open = true,
                }
            }
            return;
        }
        match node.as_str() {
            Some(text) => self.take_text(text),
            None if node.is_null() => {}
            None => self.open = true,
        }
    }

    fn take_text(&mut self, text: &str) {
        let text = text.trim();
        if matches!(text, "*" | "any" | "Any") {
            self.nets.push(Ipv4Net::default());
        } else if let Some(net) = parse(text) {
            self.nets.extend(net);
        } else if !text.is_empty() && !text.contains(':') {
            let is_tag = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
            let is_tag = is_tag && text.starts_with(|first: char| first.is_ascii_alphabetic());
            match is_tag {
                true => self.tags.push(text.into()),
                false => self.open = true,
            }
        }
    }

    /// Whether the end of the traffic is among them, wherever in its place it is. `tag` answers for service tags.
    pub fn cover(&self, place: &Place, tag: &dyn Fn(&str) -> Truth) -> Truth {
        let tags = self.tags.iter().map(|name| tag(name)).fold(Truth::No, Truth::or);
        let whole = self.nets.iter().any(|net| net.prefix_len() == 0);
        let nets = match place {
            _ if whole => Truth::Yes,
            Place::In(own) => {
                let held = |one: &Ipv4Net| self.nets.iter().any(|net| net.contains(one));
                let met = |one: &Ipv4Net| self.nets.iter().any(|net| net.contains(one) || one.contains(net));
                match () {
                    () if own.iter().all(held) => Truth::Yes,
                    () if own.iter().any(met) => Truth::Unknown,
                    () => Truth::No,
                }
            }
            Place::Public if self.nets.iter().all(is_private) => Truth::No,
            Place::Public => Truth::Unknown,
            Place::Unknown if self.nets.is_empty() => Truth::No,
            Place::Unknown => Truth::Unknown,
        };
        let open = if self.open { Truth::Unknown } else { Truth::No };
        nets.or(tags).or(open)
    }
}

/// A prefix, an address, or a range of addresses; nothing when it is none of these.
fn parse(text: &str) -> Option<Vec<Ipv4Net>> {
    if let Ok(net) = text.parse::<Ipv4Net>() {
        return Some(vec![net.trunc()]);
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Some(vec![Ipv4Net::from(address)]);
    }
    let (first, last) = text.split_once('-')?;
    let (first, last) = (first.trim().parse::<Ipv4Addr>().ok()?, last.trim().parse::<Ipv4Addr>().ok()?);
    (first <= last).then(|| Ipv4Subnets::new(first, last, 0).collect())
}

/// Whether no public address is among them.
fn is_private(net: &Ipv4Net) -> bool {
    const PRIVATE: [(u8, u8, u8); 6] =
        [(10, 0, 8), (172, 16, 12), (192, 168, 16), (100, 64, 10), (169, 254, 16), (127, 0, 8)];
    let own = net.network().octets();
    PRIVATE.iter().any(|(first, second, length)| {
        Ipv4Net::new(Ipv4Addr::new(*first, *second, 0, 0), *length)
            .is_ok_and(|block| block.contains(&Ipv4Addr::from(own)) && net.prefix_len() >= *length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn peers(texts: &[&str]) -> Peers {
        let nodes: Vec<Node> = texts.iter().map(|text| Node::text(*text, Span::default())).collect();
        Peers::read(&nodes, &Resolver::blind())
    }

    fn inside(texts: &[&str], own: &str) -> Truth {
        let place = Place::In(vec![own.parse().unwrap()]);
        peers(texts).cover(&place, &|_| Truth::No)
    }

    #[test]
    fn a_prefix_covers_what_lies_in_it() {
        assert_eq!(inside(&["10.0.0.0/8"], "10.1.0.0/16"), Truth::Yes);
        assert_eq!(inside(&["10.1.4.0/24"], "10.1.0.0/16"), Truth::Unknown);
        assert_eq!(inside(&["10.2.0.0/16", "192.168.1.1"], "10.1.0.0/16"), Truth::No);
        assert_eq!(inside(&["10.1.0.0/17", "10.1.128.0/17"], "10.1.0.0/16"), Truth::Yes);
        assert_eq!(inside(&["10.1.0.0-10.1.255.255"], "10.1.0.0/16"), Truth::Yes);
        assert_eq!(inside(&["10.1.0.0/99"], "10.1.0.0/16"), Truth::Unknown);
    }

    #[test]
    fn public_addresses_are_known_only_to_lie_in_everything() {
        let public = |texts: &[&str]| peers(texts).cover(&Place::Public, &|_| Truth::No);
        assert_eq!(public(&["*"]), Truth::Yes);
        assert_eq!(public(&["0.0.0.0/1", "128.0.0.0/1"]), Truth::Yes);
        assert_eq!(public(&["20.0.0.0/8"]), Truth::Unknown);
        assert_eq!(public(&["10.0.0.0/8", "172.16.0.0/12"]), Truth::No);
        assert_eq!(public(&["::/0"]), Truth::No);
    }

    #[test]
    fn a_tag_is_asked_for() {
        let covered = peers(&["AzureCloud"]).cover(&Place::Public, &|tag| Truth::of(tag == "AzureCloud"));
        assert_eq!(covered, Truth::Yes);
    }
}
