//! The grammar of image references (the reference grammar of the OCI distribution project), and what in a reference to a
//! registry of Azure breaks it.

use super::image::SUFFIXES;
use crate::ir::placeholder;

/// What breaks the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// It begins with a scheme, as addresses of the web do.
    Scheme,
    /// A blank stands in it.
    Blank,
    /// Its path has capital letters.
    Capitals,
    /// A part of its path is empty, or begins or ends with a separator.
    Part,
    /// Nothing follows the colon.
    EmptyTag,
    /// What follows the colon is no tag.
    Tag,
    /// What follows the `@` is no digest.
    Digest,
    /// It is longer than 255 characters.
    Long,
}

impl Break {
    /// What is wrong, as the end of a sentence that begins with the reference.
    pub fn text(self) -> &'static str {
        match self {
            Break::Scheme => "begins with a scheme",
            Break::Blank => "has a blank in it",
            Break::Capitals => "has capital letters in its path",
            Break::Part => "has a part of the path that no image may have",
            Break::EmptyTag => "has nothing behind the colon",
            Break::Tag => "has a tag that no image may have",
            Break::Digest => "has a digest that is none",
            Break::Long => "is longer than 255 characters",
        }
    }
}

/// What breaks a reference, and whether the text is sure to be meant as it stands. Only references to registries of Azure
/// are looked at. A text with a placeholder, or with a character that stands in no reference and in many placeholders, is
/// for somebody to fill in.
pub fn broken(text: &str) -> Option<(Break, bool)> {
    let lower = text.to_ascii_lowercase();
    let azure = SUFFIXES.iter().any(|suffix| lower.contains(suffix));
    let legal = |letter: char| letter.is_ascii_alphanumeric() || "._-/:@+".contains(letter) || letter.is_whitespace();
    if !azure || placeholder::stands_in(text) || !text.chars().all(legal) || text.contains("...") {
        return None;
    }
    let plain = text.trim_start();
    if plain.contains("://") {
        let scheme = plain.split("://").next().unwrap_or_default();
        let web = ["http", "https", "docker", "oci"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        return web.then_some((Break::Scheme, true));
    }
    if text.contains(char::is_whitespace) {
        return Some((Break::Blank, true));
    }
    parts(text)
}

fn parts(text: &str) -> Option<(Break, bool)> {
    let (named, digest) = match text.split_once('@') {
        Some((named, digest)) => (named, Some(digest)),
        None => (text, None),
    };
    let last = named.rfind('/').map_or(0, |at| at + 1);
    let colon = named.get(last..)?.find(':').map(|at| last + at);
    let name = named.get(..colon.unwrap_or(named.len()))?;
    let tag = colon.and_then(|at| named.get(at + 1..));
    // Without a slash all of it is the name of an image of Docker Hub.
    let (_, path) = name.split_once('/')?;
    let path = path.split('/').find_map(part);
    path.or_else(|| (name.len() > 255).then_some((Break::Long, true)))
        .or_else(|| tag.and_then(tag_break))
        .or_else(|| digest.and_then(digest_break))
}

/// A part in capitals alone, like `REPOSITORY`, is for somebody to fill in.
fn part(part: &str) -> Option<(Break, bool)> {
    let lower = |letter: char| letter.is_ascii_lowercase();
    if part.contains(|letter: char| letter.is_ascii_uppercase()) {
        return Some((Break::Capitals, part.contains(lower)));
    }
    let word = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let separated =
        |separator: &str| matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-');
    let ends = [part.as_bytes().first(), part.as_bytes().last()];
    let framed = ends.iter().all(|end| end.is_some_and(word));
    let separators = part.split(|letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit());
    (!framed || !separators.into_iter().all(separated)).then_some((Break::Part, true))
}

fn tag_break(tag: &str) -> Option<(Break, bool)> {
    let first = tag.bytes().next();
    let begins = first.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let legal = tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    match () {
        () if tag.is_empty() => Some((Break::EmptyTag, true)),
        () if !begins || !legal || tag.len() > 128 => Some((Break::Tag, true)),
        () => None,
    }
}

/// A digest in which one letter stands for all, or a word for what belongs there, is for somebody to fill in.
fn digest_break(digest: &str) -> Option<(Break, bool)> {
    let (algorithm, hex) = digest.split_once(':').unwrap_or((digest, ""));
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lower = !hex.bytes().any(|byte| byte.is_ascii_uppercase());
    let fits = match algorithm {
        "sha256" => hex.len() == 64 && is_hex(hex) && lower,
        _ => hex.len() >= 32 && is_hex(hex),
    };
    let known = matches!(algorithm, "sha256" | "sha512") && !hex.is_empty();
    (!fits).then(|| (Break::Digest, known && is_hex(hex)))
}

#[cfg(test)]
mod tests {
    use super::{Break, broken};

    fn what(rest: &str) -> Option<Break> {
        broken(&format!("contoso.azurecr.io/{rest}")).filter(|(_, sure)| *sure).map(|(what, _)| what)
    }

    #[test]
    fn references_that_the_kubelet_takes_are_whole() {
        let digest = format!("web@sha256:{}", "0a".repeat(32));
        for rest in ["web", "web:1.2_3-a", "team/a__b/c-d.e:1", &digest, "web:LATEST", "a--b", "x86_64/tool:v1"] {
            assert_eq!(broken(&format!("contoso.azurecr.io/{rest}")), None, "{rest}");
        }
        assert_eq!(broken("contoso.azurecr.io:443/web:1"), None);
        assert_eq!(broken("Contoso.azurecr.io/web:1"), None);
    }

    #[test]
    fn each_break_is_told() {
        assert_eq!(broken("https://contoso.azurecr.io/web:1"), Some((Break::Scheme, true)));
        assert_eq!(what("my app:1"), Some(Break::Blank));
        assert_eq!(what("MyApp:1"), Some(Break::Capitals));
        assert_eq!(what("/web:1"), Some(Break::Part));
        assert_eq!(what("web-:1"), Some(Break::Part));
        assert_eq!(what("a..b"), Some(Break::Part));
        assert_eq!(what("web:"), Some(Break::EmptyTag));
        assert_eq!(what("web:-1"), Some(Break::Tag));
        assert_eq!(what("web:1+2"), Some(Break::Tag));
        assert_eq!(what("web@sha256:0a0b"), Some(Break::Digest));
        assert_eq!(what(&"a".repeat(250)), Some(Break::Long));
    }

    #[test]
    fn what_somebody_fills_in_is_not_sure() {
        for rest in ["REPOSITORY:TAG", "web@sha256:digest", "web@DIGEST"] {
            assert!(broken(&format!("contoso.azurecr.io/{rest}")).is_some_and(|(_, sure)| !sure), "{rest}");
        }
        for text in ["<acr>.azurecr.io/Web", "contoso.azurecr.io/${App}", "contoso.azurecr.io/[App]", "ghcr.io/App"] {
            assert_eq!(broken(text), None, "{text}");
        }
        assert_eq!(broken("contoso.azurecr.io/web@sha256:0a1b..."), None);
        assert_eq!(broken("ko://contoso.azurecr.io/Web"), None);
    }
}
