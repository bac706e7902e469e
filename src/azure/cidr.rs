//! Ranges of addresses, as the rules of registries write them.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

/// What a rule about addresses says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    /// These addresses.
    Of(Ipv4Net),
    /// Addresses with which nothing ever comes to a public door: a clause that says why.
    Never(&'static str),
    /// A text that is no range of addresses.
    Malformed,
}

/// What the text of a rule says: an IPv4 address or a range of them.
pub fn range(text: &str) -> Range {
    match parse(text) {
        None => Range::Malformed,
        Some(IpNet::V6(_)) => Range::Never("is of IPv6"),
        Some(IpNet::V4(net)) if is_private(net) => Range::Never("is a private address"),
        Some(IpNet::V4(net)) => Range::Of(net),
    }
}

/// An IPv4 address or range, whatever it is for.
pub fn net(text: &str) -> Option<Ipv4Net> {
    match parse(text)? {
        IpNet::V4(net) => Some(net),
        IpNet::V6(_) => None,
    }
}

fn parse(text: &str) -> Option<IpNet> {
    let text = text.trim();
    match text.parse::<IpNet>() {
        Ok(net) => Some(net.trunc()),
        Err(_) => text.parse::<IpAddr>().ok().map(IpNet::from),
    }
}

/// Whether all of it is of networks that are nobody's on the internet (RFC 1918, 6598, 3927 and loopback).
fn is_private(net: Ipv4Net) -> bool {
    const PRIVATE: [(Ipv4Addr, u8); 6] = [
        (Ipv4Addr::new(10, 0, 0, 0), 8),
        (Ipv4Addr::new(172, 16, 0, 0), 12),
        (Ipv4Addr::new(192, 168, 0, 0), 16),
        (Ipv4Addr::new(100, 64, 0, 0), 10),
        (Ipv4Addr::new(169, 254, 0, 0), 16),
        (Ipv4Addr::new(127, 0, 0, 0), 8),
    ];
    PRIVATE.iter().filter_map(|(start, length)| Ipv4Net::new(*start, *length).ok()).any(|it| it.contains(&net))
}

/// Whether two ranges have an address in common.
pub fn meet(one: Ipv4Net, other: Ipv4Net) -> bool {
    one.contains(&other) || other.contains(&one)
}

#[cfg(test)]
mod tests {
    use super::{Range, meet, net, range};

    #[test]
    fn a_range_is_an_address_or_a_network() {
        assert_eq!(range("203.0.113.7"), Range::Of("203.0.113.7/32".parse().unwrap()));
        assert_eq!(range(" 203.0.113.7/24 "), Range::Of("203.0.113.0/24".parse().unwrap()));
        assert_eq!(range("0.0.0.0/0"), Range::Of("0.0.0.0/0".parse().unwrap()));
    }

    #[test]
    fn what_can_never_match_is_told_from_what_is_malformed() {
        for text in ["10.1.0.0/16", "172.31.0.4", "192.168.0.0/24", "100.64.0.0/10", "2001:db8::/32", "::1"] {
            assert!(matches!(range(text), Range::Never(_)), "{text}");
        }
        for text in
            ["", "office", "203.0.113.0/33", "203.0.113", "203.0.113.1-203.0.113.9", "203.0.113.0/", "256.1.1.1"]
        {
            assert_eq!(range(text), Range::Malformed, "{text}");
        }
        // More than the private part of it.
        assert!(matches!(range("172.0.0.0/8"), Range::Of(_)));
    }

    #[test]
    fn ranges_meet_where_one_holds_the_other() {
        let net = |text: &str| net(text).unwrap();
        assert!(meet(net("203.0.113.0/24"), net("203.0.113.9")) && meet(net("203.0.113.9"), net("203.0.113.0/24")));
        assert!(!meet(net("203.0.113.0/25"), net("203.0.113.128/25")));
    }
}
