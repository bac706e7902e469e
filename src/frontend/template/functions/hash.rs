//! The two functions that make names of other values: both join their arguments with dashes and hash the text.

use uuid::Uuid;

use super::{Outcome, text};
use crate::ir::{Node, ResourceId, Value};
use crate::source::Span;

/// The namespace of the version 5 UUIDs that `guid` makes (Bicep reference, string functions).
const NAMESPACE: Uuid = Uuid::from_u128(0x11fb06fb_712d_4ddd_98c7_e71bbd588830);
/// The letters of base 32, as RFC 4648 has them, in lower case.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Letters that 64 bits take.
const LENGTH: u32 = 13;

pub(super) fn compute(name: &str, arguments: &[Node], span: Span) -> Outcome {
    if !matches!(name, "guid" | "uniquestring") {
        return Outcome::NoSuch;
    }
    let Some(words) = arguments.iter().map(word).collect::<Option<Vec<String>>>() else { return Outcome::Open };
    let whole = words.join("-");
    match name {
        "guid" => text(Uuid::new_v5(&NAMESPACE, whole.as_bytes()).to_string(), span),
        _ => text(base32(murmur(whole.as_bytes())), span),
    }
}

fn word(node: &Node) -> Option<String> {
    match &node.value {
        Value::Str(text) => Some(text.to_string()),
        Value::Id(id) => ResourceId::text(id, node.span)?.as_str().map(str::to_owned),
        _ => None,
    }
}

fn base32(mut bits: u64) -> String {
    let mut letters = String::new();
    for _ in 0..LENGTH {
        let letter = LETTERS.get((bits >> 59) as usize).copied().unwrap_or(b'a');
        letters.push(char::from(letter));
        bits <<= 5;
    }
    letters
}

/// Multiplied into each half of a block.
const FIRST: u32 = 0x239b_961b;
/// As `FIRST`, the other way round for the second half.
const SECOND: u32 = 0xab0e_9789;

/// Resource Manager's own variant of MurmurHash3: two lanes of 32 bits, seed 0.
fn murmur(bytes: &[u8]) -> u64 {
    let (mut a, mut b) = (0_u32, 0_u32);
    let mut blocks = bytes.chunks_exact(8);
    for block in &mut blocks {
        let (low, high) = block.split_at(4);
        a = (a ^ mixed(little_endian(low), FIRST, 15, SECOND)).rotate_left(19).wrapping_add(b);
        a = a.wrapping_mul(5).wrapping_add(0x561c_cd1b);
        b = (b ^ mixed(little_endian(high), SECOND, 17, FIRST)).rotate_left(13).wrapping_add(a);
        b = b.wrapping_mul(5).wrapping_add(0x0bca_a747);
    }
    let rest = blocks.remainder();
    let (low, high) = rest.split_at(rest.len().min(4));
    a ^= mixed(little_endian(low), FIRST, 15, SECOND);
    b ^= mixed(little_endian(high), SECOND, 17, FIRST);
    let length = bytes.len() as u32;
    (a, b) = crossed(a ^ length, b ^ length);
    (a, b) = crossed(finished(a), finished(b));
    u64::from(b) << 32 | u64::from(a)
}

fn mixed(word: u32, before: u32, turn: u32, after: u32) -> u32 {
    word.wrapping_mul(before).rotate_left(turn).wrapping_mul(after)
}

fn crossed(a: u32, b: u32) -> (u32, u32) {
    let a = a.wrapping_add(b);
    (a, b.wrapping_add(a))
}

fn finished(mut word: u32) -> u32 {
    word = (word ^ word >> 16).wrapping_mul(0x85eb_ca6b);
    word = (word ^ word >> 13).wrapping_mul(0xc2b2_ae35);
    word ^ word >> 16
}

/// Up to four bytes as a number; what is missing is zero.
fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn made(name: &str, words: &[&str]) -> String {
        let span = Span::file(SourceId(0));
        let arguments: Vec<Node> = words.iter().map(|word| Node::text(*word, span)).collect();
        match compute(name, &arguments, span) {
            Outcome::Known(node) => node.as_str().unwrap().to_owned(),
            _ => panic!("{name}"),
        }
    }

    #[test]
    fn as_resource_manager_makes_them() {
        // The vector of the azapi provider's function of the same name.
        let words = ["/subscriptions/00000000-0000-0000-0000-000000000000", "resource-id"];
        assert_eq!(made("uniqueString".to_lowercase().as_str(), &words), "cwvxuqg24sifi");
        assert_eq!(made("guid", &["a", "b"]), made("guid", &["a-b"]));
        assert_eq!(made("guid", &["a"]).as_bytes()[14], b'5');
    }

    #[test]
    fn what_is_not_known_stays_a_call() {
        let span = Span::file(SourceId(0));
        let unknown = Node::unknown(crate::ir::Why::Sensitive, span);
        assert!(matches!(compute("guid", &[Node::text("a", span), unknown], span), Outcome::Open));
    }
}
