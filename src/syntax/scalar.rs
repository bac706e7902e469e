//! What a YAML scalar means to Kubernetes.
//!
//! `kubectl` and the API server read manifests through `sigs.k8s.io/yaml`, which turns YAML into JSON with the rules of
//! go-yaml v2: YAML 1.1 with a few things left out (numbers to base 60) and a few taken in (`0o777`). So `yes`, `on` and
//! `y` are booleans, `0777` is octal, and a date is a string.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::tree::TreeKind;

/// The tag on a scalar, as far as it decides what the scalar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarTag {
    /// No tag: a plain scalar says itself what it is, a quoted one is a string.
    None,
    /// `!!str`, `!`, and all tags that Kubernetes doesn't know.
    Str,
    /// `!!binary`: base64.
    Binary,
    /// `!!bool`.
    Bool,
    /// `!!int`.
    Int,
    /// `!!float`.
    Float,
    /// `!!null`.
    Null,
}

impl ScalarTag {
    /// The tag of a resolved name in YAML's own namespace: `str`, `int`, …
    pub fn of_core(name: &str) -> ScalarTag {
        match name {
            "binary" => ScalarTag::Binary,
            "bool" => ScalarTag::Bool,
            "int" => ScalarTag::Int,
            "float" => ScalarTag::Float,
            "null" => ScalarTag::Null,
            _ => ScalarTag::Str,
        }
    }
}

/// The value of a scalar. A tag that its text doesn't fulfil (`!!int x`) gives [`TreeKind::Lost`]: Kubernetes refuses it.
pub fn resolve(text: &str, plain: bool, tag: ScalarTag) -> TreeKind {
    let string = || TreeKind::Str(text.into());
    match (tag, untagged(text)) {
        (ScalarTag::None, Some(value)) if plain => value,
        (ScalarTag::None | ScalarTag::Str, _) => string(),
        (ScalarTag::Binary, _) => binary(text).unwrap_or(TreeKind::Lost),
        (ScalarTag::Float, Some(TreeKind::Int(whole))) => TreeKind::Float(whole as f64),
        (ScalarTag::Bool, Some(value @ TreeKind::Bool(_)))
        | (ScalarTag::Int, Some(value @ TreeKind::Int(_)))
        | (ScalarTag::Float, Some(value @ TreeKind::Float(_)))
        | (ScalarTag::Null, Some(value @ TreeKind::Null)) => value,
        _ => TreeKind::Lost,
    }
}

/// What a plain scalar is when it is no string.
fn untagged(text: &str) -> Option<TreeKind> {
    word(text).or_else(|| match text.bytes().next()? {
        b'.' => float(text),
        b'0'..=b'9' | b'+' | b'-' => number(text),
        _ => None,
    })
}

/// The words that mean something, in their three capitalizations each and no other.
fn word(text: &str) -> Option<TreeKind> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => TreeKind::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => TreeKind::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => TreeKind::Bool(false),
        ".nan" | ".NaN" | ".NAN" => TreeKind::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => TreeKind::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => TreeKind::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// Underscores between digits don't count. What looks octal but isn't (`08`) is still a decimal float.
fn number(text: &str) -> Option<TreeKind> {
    let text = text.replace('_', "");
    whole(&text).or_else(|| float(&text))
}

fn whole(text: &str) -> Option<TreeKind> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = radix(digits);
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let fits = u64::from_str_radix(digits, radix).ok().map(i128::from);
    let fits = fits.and_then(|value| i64::try_from(if negative { -value } else { value }).ok());
    Some(fits.map_or_else(|| TreeKind::Float(nearest(digits, radix, negative)), TreeKind::Int))
}

fn radix(digits: &str) -> (u32, &str) {
    let after = |lower: &str, upper: &str| digits.strip_prefix(lower).or_else(|| digits.strip_prefix(upper));
    if let Some(rest) = after("0x", "0X") {
        return (16, rest);
    }
    if let Some(rest) = after("0o", "0O") {
        return (8, rest);
    }
    if let Some(rest) = after("0b", "0B") {
        return (2, rest);
    }
    match digits.strip_prefix('0') {
        Some(rest) if !rest.is_empty() => (8, rest),
        _ => (10, digits),
    }
}

fn nearest(digits: &str, radix: u32, negative: bool) -> f64 {
    let step = |sum: f64, digit: char| sum * f64::from(radix) + f64::from(digit.to_digit(radix).unwrap_or(0));
    let size = digits.chars().fold(0.0, step);
    if negative { -size } else { size }
}

/// Digits with an optional point and exponent; Rust would also take `inf` and `nan`, which are words here.
fn float(text: &str) -> Option<TreeKind> {
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if !plain {
        return None;
    }
    text.parse().ok().map(TreeKind::Float)
}

fn binary(text: &str) -> Option<TreeKind> {
    let packed: String = text.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(packed).ok()?;
    String::from_utf8(bytes).ok().map(|text| TreeKind::Str(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> TreeKind {
        resolve(text, true, ScalarTag::None)
    }

    #[test]
    fn words() {
        for text in ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"] {
            assert_eq!(plain(text), TreeKind::Bool(true), "{text}");
        }
        for text in ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"] {
            assert_eq!(plain(text), TreeKind::Bool(false), "{text}");
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(plain(text), TreeKind::Null, "{text}");
        }
        for text in ["yEs", "nULL", "tRUE", "nil", "inf", "NaN", ".", "-", "+", "<<", "=", "none"] {
            assert_eq!(plain(text), TreeKind::Str(text.into()), "{text}");
        }
    }

    #[test]
    fn whole_numbers() {
        let cases = [
            ("0", 0),
            ("-0", 0),
            ("12", 12),
            ("+12", 12),
            ("1_000", 1000),
            ("0777", 511),
            ("0o777", 511),
            ("-0o17", -15),
            ("0x1F", 31),
            ("-0x1f", -31),
            ("0b101", 5),
            ("-0b11", -3),
            ("0_7", 7),
            ("00", 0),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ];
        for (text, value) in cases {
            assert_eq!(plain(text), TreeKind::Int(value), "{text}");
        }
    }

    #[test]
    fn other_numbers() {
        let cases = [
            ("1.5", 1.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("-1.5E-1", -0.15),
            ("08", 8.0),
            ("1_0.5", 10.5),
            (".inf", f64::INFINITY),
            ("+.INF", f64::INFINITY),
            ("-.Inf", f64::NEG_INFINITY),
            ("18446744073709551615", 18446744073709551615.0),
        ];
        for (text, value) in cases {
            assert_eq!(plain(text), TreeKind::Float(value), "{text}");
        }
        assert!(matches!(plain(".NaN"), TreeKind::Float(value) if value.is_nan()));
    }

    #[test]
    fn what_only_looks_like_a_number_is_a_string() {
        for text in [
            "1.2.3",
            "2001-01-01",
            "2001-12-14T21:59:43Z",
            "12:30:45",
            "1e",
            "0x",
            "0xg",
            "0b2",
            "0o8",
            "1-2",
            "+-1",
            "10Gi",
            "127.0.0.1",
            "-x",
        ] {
            assert_eq!(plain(text), TreeKind::Str(text.into()), "{text}");
        }
    }

    #[test]
    fn quotes_and_tags() {
        assert_eq!(resolve("yes", false, ScalarTag::None), TreeKind::Str("yes".into()));
        assert_eq!(resolve("", false, ScalarTag::None), TreeKind::Str("".into()));
        assert_eq!(resolve("1", true, ScalarTag::of_core("str")), TreeKind::Str("1".into()));
        assert_eq!(resolve("1", false, ScalarTag::of_core("int")), TreeKind::Int(1));
        assert_eq!(resolve("1", true, ScalarTag::of_core("float")), TreeKind::Float(1.0));
        assert_eq!(resolve("x", true, ScalarTag::of_core("int")), TreeKind::Lost);
        assert_eq!(resolve("no", true, ScalarTag::of_core("bool")), TreeKind::Bool(false));
        assert_eq!(resolve("aGVs\n bG8=", true, ScalarTag::of_core("binary")), TreeKind::Str("hello".into()));
        assert_eq!(resolve("2001-01-01", true, ScalarTag::of_core("timestamp")), TreeKind::Str("2001-01-01".into()));
    }
}
