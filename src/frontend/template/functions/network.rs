//! Address ranges.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Outcome, int, text, word};
use crate::ir::{Entry, Node, Value};
use crate::source::Span;

/// Subnets are counted one by one; more are not.
const MOST: usize = 1 << 16;

pub(super) fn compute(name: &str, arguments: &[Node], span: Span) -> Outcome {
    if !matches!(name, "parsecidr" | "cidrsubnet" | "cidrhost") {
        return Outcome::NoSuch;
    }
    let Some(range) = word(arguments.first()).and_then(|text| text.parse::<IpNet>().ok()) else { return Outcome::Open };
    let made = match name {
        "parsecidr" => return Outcome::Known(parsed(&range, span)),
        "cidrsubnet" => subnet(&range, int(arguments.get(1)), int(arguments.get(2))),
        _ => host(&range, int(arguments.get(1))),
    };
    made.map_or(Outcome::Open, |made| text(made, span))
}

fn parsed(range: &IpNet, span: Span) -> Node {
    let text = |value: String| Node::text(value, span);
    let usable = |at: usize| Node::text(range.hosts().nth(at).map_or_else(String::new, |host| host.to_string()), span);
    let last = match range {
        IpNet::V4(range) if range.prefix_len() < 31 => {
            Some(IpAddr::from(range.broadcast().to_bits().saturating_sub(1).to_be_bytes()))
        }
        _ => None,
    };
    let mut entries = vec![
        Entry::new("network", span, text(range.network().to_string())),
        Entry::new("netmask", span, text(range.netmask().to_string())),
    ];
    if let IpNet::V4(range) = range {
        entries.push(Entry::new("broadcast", span, text(range.broadcast().to_string())));
    }
    entries.push(Entry::new("firstUsable", span, usable(0)));
    entries.push(Entry::new("lastUsable", span, text(last.unwrap_or(range.broadcast()).to_string())));
    entries.push(Entry::new("cidr", span, Node::new(Value::Int(i64::from(range.prefix_len())), span)));
    Node::map(entries, span)
}

/// The subnet of a length with a number.
fn subnet(range: &IpNet, length: Option<i64>, number: Option<i64>) -> Option<String> {
    let (length, number) = (u8::try_from(length?).ok()?, usize::try_from(number?).ok()?);
    let number = Some(number).filter(|&number| number < MOST)?;
    range.subnets(length).ok()?.nth(number).map(|subnet| subnet.to_string())
}

/// The usable host with a number.
fn host(range: &IpNet, number: Option<i64>) -> Option<String> {
    let number = u128::try_from(number?).ok()?.checked_add(1)?;
    let host = match range.network() {
        IpAddr::V4(first) => {
            IpAddr::from(u32::try_from(u128::from(first.to_bits()).checked_add(number)?).ok()?.to_be_bytes())
        }
        IpAddr::V6(first) => IpAddr::from(first.to_bits().checked_add(number)?.to_be_bytes()),
    };
    range.contains(&host).then(|| host.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn as_the_reference_has_them() {
        let span = Span::file(SourceId(0));
        let number = |value| Node::new(Value::Int(value), span);
        let made = |name: &str, arguments: &[Node]| match compute(name, arguments, span) {
            Outcome::Known(node) => node,
            _ => panic!("{name}"),
        };
        let parsed = made("parsecidr", &[Node::text("10.144.0.0/20", span)]);
        let member = |key: &str| parsed.get(key).unwrap().as_str().unwrap().to_owned();
        assert_eq!(member("netmask"), "255.255.240.0");
        assert_eq!((member("firstUsable"), member("lastUsable")), ("10.144.0.1".into(), "10.144.15.254".into()));
        let subnet = made("cidrsubnet", &[Node::text("10.144.0.0/20", span), number(24), number(2)]);
        assert_eq!(subnet.as_str(), Some("10.144.2.0/24"));
        assert_eq!(made("cidrhost", &[Node::text("10.144.3.0/24", span), number(1)]).as_str(), Some("10.144.3.2"));
    }
}
