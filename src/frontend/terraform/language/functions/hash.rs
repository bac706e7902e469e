//! Hashes, and the names made of them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use uuid::Uuid;

use super::refuses_null;
use crate::frontend::terraform::value::{refused, text_of};
use crate::ir::Node;
use crate::source::Span;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn hash_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    if !matches!(name, "md5" | "sha1" | "sha256" | "sha512" | "base64sha256" | "base64sha512" | "uuidv5") {
        return None;
    }
    if let Some(refused) = refuses_null(name, values, span) {
        return Some(refused);
    }
    let text = text_of(values.first()?)?;
    let bytes = text.as_bytes();
    let made = match name {
        "md5" => hex(&Md5::digest(bytes)),
        "sha1" => hex(&Sha1::digest(bytes)),
        "sha256" => hex(&Sha256::digest(bytes)),
        "sha512" => hex(&Sha512::digest(bytes)),
        "base64sha256" => STANDARD.encode(Sha256::digest(bytes)),
        "base64sha512" => STANDARD.encode(Sha512::digest(bytes)),
        _ => match namespace(&text) {
            Some(space) => Uuid::new_v5(&space, text_of(values.get(1)?)?.as_bytes()).to_string(),
            None => return Some(refused("a namespace of `uuidv5`", span)),
        },
    };
    Some(Node::text(Arc::<str>::from(made), span))
}

fn namespace(name: &str) -> Option<Uuid> {
    match name {
        "dns" => Some(Uuid::NAMESPACE_DNS),
        "url" => Some(Uuid::NAMESPACE_URL),
        "oid" => Some(Uuid::NAMESPACE_OID),
        "x500" => Some(Uuid::NAMESPACE_X500),
        _ => Uuid::parse_str(name).ok(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
