//! Address ranges.

use std::net::IpAddr;

use ipnet::IpNet;

use super::refuses_null;
use crate::frontend::terraform::value::{MOST_MEMBERS, known, refused, text_of, whole};
use crate::ir::Node;
use crate::source::Span;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn network_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    if !matches!(name, "cidrhost" | "cidrnetmask" | "cidrsubnet" | "cidrsubnets") || !values.iter().all(known) {
        return None;
    }
    if let Some(refused) = refuses_null(name, values, span) {
        return Some(refused);
    }
    let text = text_of(values.first()?)?;
    let numbers: Option<Vec<i64>> = values.iter().skip(1).map(whole).collect();
    let Ok(range) = text.parse::<IpNet>() else { return Some(refused("a range that is none", span)) };
    let (range, numbers) = (Range::of(&range), numbers?);
    if name == "cidrsubnets" {
        return Some(range.split(&numbers).map_or_else(
            || refused(name, span),
            |parts| Node::list(parts.into_iter().map(|part| Node::text(part.told(), span)).collect(), span),
        ));
    }
    let made = match (name, numbers.as_slice()) {
        ("cidrhost", [number]) => range.host(*number),
        ("cidrnetmask", []) if !range.is_v6 => Some(range.address(range.mask())),
        ("cidrsubnet", [bits, number]) => range.part(*bits, *number).map(|part| part.told()),
        _ => None,
    };
    Some(made.map_or_else(|| refused(name, span), |made| Node::text(made, span)))
}

/// A range as numbers, whatever the version.
#[derive(Clone, Copy)]
struct Range {
    is_v6: bool,
    first: u128,
    length: u32,
}

impl Range {
    fn of(range: &IpNet) -> Range {
        let (is_v6, first) = match range.network() {
            IpAddr::V4(first) => (false, u128::from(first.to_bits())),
            IpAddr::V6(first) => (true, first.to_bits()),
        };
        Range { is_v6, first, length: u32::from(range.prefix_len()) }
    }

    fn width(&self) -> u32 {
        if self.is_v6 { 128 } else { 32 }
    }

    /// How many addresses there are, less one.
    fn last(&self) -> u128 {
        let free = self.width() - self.length;
        if free >= 128 { u128::MAX } else { (1 << free) - 1 }
    }

    fn mask(&self) -> u128 {
        let all = if self.is_v6 { u128::MAX } else { u128::from(u32::MAX) };
        all & !self.last()
    }

    fn address(&self, bits: u128) -> String {
        match self.is_v6 {
            true => IpAddr::from(bits.to_be_bytes()).to_string(),
            false => IpAddr::from((bits as u32).to_be_bytes()).to_string(),
        }
    }

    fn told(&self) -> String {
        format!("{}/{}", self.address(self.first), self.length)
    }

    /// The host with a number; negative ones count from the end.
    fn host(&self, number: i64) -> Option<String> {
        let at = match u128::try_from(number) {
            Ok(at) => at,
            Err(_) => self.last().checked_sub(u128::from(number.unsigned_abs()) - 1)?,
        };
        (at <= self.last()).then(|| self.address(self.first | at))
    }

    /// The part with a number of those that are so many bits longer.
    fn part(&self, bits: i64, number: i64) -> Option<Range> {
        let bits = u32::try_from(bits).ok()?;
        let length = self.length.checked_add(bits).filter(|length| *length <= self.width())?;
        let number = u128::try_from(number).ok()?;
        if bits < 127 && number >> bits != 0 {
            return None;
        }
        let shift = self.width() - length;
        let offset = if shift >= 128 { 0 } else { number << shift };
        Some(Range { first: self.first | offset, length, ..*self })
    }

    /// Parts one after the other, each so many bits longer than the whole.
    fn split(&self, bits: &[i64]) -> Option<Vec<Range>> {
        let (mut parts, mut next) = (Vec::new(), 0_u128);
        if bits.len() > MOST_MEMBERS {
            return None;
        }
        for &bits in bits {
            let bits = u32::try_from(bits).ok().filter(|bits| *bits > 0)?;
            let length = self.length.checked_add(bits).filter(|length| *length <= self.width())?;
            let size = 1_u128.checked_shl(self.width() - length)?;
            let start = next.checked_add(size - 1)? / size * size;
            next = start.checked_add(size)?;
            if next - 1 > self.last() {
                return None;
            }
            parts.push(Range { first: self.first | start, length, ..*self });
        }
        Some(parts)
    }
}
