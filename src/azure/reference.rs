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
    /// A character stands in it that stands in no reference.
    Letter,
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
            Break::Letter => "has a character in it that no image may have",
            Break::Capitals => "has capital letters in its path",
            Break::Part => "has a part of the path that no image may have",
            Break::EmptyTag => "has nothing behind the colon",
            Break::Tag => "has a tag that no image may have",
            Break::Digest => "has a digest that is none",
            Break::Long => "is longer than 255 characters",
        }
    }
}

/// What a text is that stands in the place of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A reference, or one that is not to a registry of Azure: only those are looked at.
    Whole,
    /// Somebody fills it in: a placeholder stands in it, or what stands in no reference and in many placeholders.
    FilledIn,
    /// It breaks the grammar; whether it is sure to be meant as it stands.
    Broken(Break, bool),
}

/// Reads a reference.
pub fn read(text: &str) -> Reading {
    let lower = text.to_ascii_lowercase();
    if !SUFFIXES.iter().any(|suffix| lower.contains(suffix)) {
        return Reading::Whole;
    }
    if placeholder::stands_in(text) || has_marks(text) {
        return Reading::FilledIn;
    }
    let plain = text.trim_start();
    if plain.contains("://") {
        let scheme = plain.split("://").next().unwrap_or_default();
        let known = ["http", "https", "docker", "oci"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        // Others are for programs that build the image and write its name there.
        return if known { Reading::Broken(Break::Scheme, true) } else { Reading::FilledIn };
    }
    if text.contains(char::is_whitespace) {
        return Reading::Broken(Break::Blank, true);
    }
    if !text.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-/:@+".contains(letter)) {
        return Reading::Broken(Break::Letter, true);
    }
    parts(text).map_or(Reading::Whole, |(what, sure)| Reading::Broken(what, sure))
}

/// Whether a text has what people and programs put around a part, or in its place, that is still to come: brackets, signs
/// of variables, an ellipsis, or one sign on both sides of a word.
fn has_marks(text: &str) -> bool {
    let sign = |letter: char| "<>{}[]()$%|~^!&`".contains(letter) || !letter.is_ascii() && !letter.is_alphabetic();
    let framed = |sign: char| text.split(sign).count() > 2 && !text.contains(&format!("{sign}{sign}"));
    text.contains(sign) || text.contains("...") || ['#', '*', '?', '@'].into_iter().any(framed)
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
    use super::{Break, Reading, read};

    fn broken(text: &str) -> Option<(Break, bool)> {
        match read(text) {
            Reading::Broken(what, sure) => Some((what, sure)),
            _ => None,
        }
    }

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
        assert_eq!(broken("docker://contoso.azurecr.io/web:1"), Some((Break::Scheme, true)));
        for rest in ["ümlaut:1", "web,1", "\\web:1", "web#1", "web:*", "web:?tag", "web:'1'"] {
            assert_eq!(what(rest), Some(Break::Letter), "{rest}");
        }
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
        for rest in ["web@sha256:0a1b...", "web:...", "[App]", "web:~TAG~", "web:?TAG?", "web:@TAG@", "web:«tag»"] {
            assert_eq!(read(&format!("contoso.azurecr.io/{rest}")), Reading::FilledIn, "{rest}");
        }
        assert_eq!(read("ko://contoso.azurecr.io/Web"), Reading::FilledIn);
        assert_eq!(read("ghcr.io/App:*"), Reading::Whole);
    }
}
