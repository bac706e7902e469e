//! JSON as Azure reads it: comments, trailing commas and strings over several lines are allowed, otherwise strict.
//!
//! A broken file gives no tree: half a template says nothing about what is absent.

use std::ops::Range;
use std::sync::Arc;

use jsonc_parser::ast::{ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::tree::{Comment, Fault, FaultKind, Member, Tree, TreeKind};
use crate::source::{SourceId, Span};

/// Deeper nesting than this is refused before the parser, which recurses, sees it.
const DEEPEST: usize = 256;

/// Reads a JSON text. Comments are told also when the text is broken.
pub fn parse(source: SourceId, text: &str) -> (Option<Tree>, Vec<Comment>, Vec<Fault>) {
    let outline = Outline::of(text);
    let comments = outline.comments.into_iter().map(|range| comment(source, text, range)).collect();
    let fault = |kind, message: String, start, end| Fault { kind, message, span: Span::new(source, start, end) };
    if let Some(at) = outline.too_deep {
        let message = format!("nested deeper than {DEEPEST} levels");
        return (None, comments, vec![fault(FaultKind::Limit, message, at, at + 1)]);
    }
    match parse_to_ast(text, &CollectOptions::default(), &strict()).map(|parsed| parsed.value) {
        Ok(Some(value)) => (Some(tree(source, &value)), comments, Vec::new()),
        Ok(None) => {
            let message = "there is no JSON value in the file".to_owned();
            (None, comments, vec![fault(FaultKind::Syntax, message, text.len(), text.len())])
        }
        Err(error) => {
            let Range { start, end } = error.range().start..error.range().end;
            let fault =
                fault(FaultKind::Syntax, lower_case_start(&error.kind().to_string()), start, end.min(text.len()));
            (None, comments, vec![fault])
        }
    }
}

/// Where the value of a JSON text begins, behind a byte order mark and the lines in which tools warn: what was meant for
/// the screen often ends up in the file.
pub fn preamble(text: &str) -> usize {
    let bare = text.trim_start_matches('\u{feff}');
    let mut rest = bare.trim_start();
    while ["WARNING:", "ERROR:", "Warning:"].iter().any(|word| rest.starts_with(word)) {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    }
    match rest.starts_with(['{', '[']) {
        true => text.len() - rest.len(),
        false => text.len() - bare.len(),
    }
}

/// Reads a part of a JSON text that holds one value, as [`super::json_skim`] finds it. `at` is where it begins.
pub fn parse_part(source: SourceId, part: &str, at: usize) -> Result<Tree, Fault> {
    let (tree, _, faults) = parse(source, part);
    match (tree, faults.into_iter().next()) {
        (Some(mut tree), None) => {
            moved(&mut tree, at);
            Ok(tree)
        }
        (_, fault) => {
            let fault = fault.unwrap_or(Fault {
                kind: FaultKind::Syntax,
                message: "there is no JSON value".to_owned(),
                span: Span::new(source, 0, 0),
            });
            Err(Fault { span: later(fault.span, at), ..fault })
        }
    }
}

fn later(span: Span, by: usize) -> Span {
    Span::new(span.source, span.range().start + by, span.range().end + by)
}

fn moved(tree: &mut Tree, by: usize) {
    tree.span = later(tree.span, by);
    match &mut tree.kind {
        TreeKind::List(items) => items.iter_mut().for_each(|item| moved(item, by)),
        TreeKind::Map(members) => members.iter_mut().for_each(|member| {
            member.key_span = later(member.key_span, by);
            moved(&mut member.value, by);
        }),
        _ => {}
    }
}

fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn tree(source: SourceId, value: &Value) -> Tree {
    let range = value.range();
    let kind = match value {
        Value::NullKeyword(_) => TreeKind::Null,
        Value::BooleanLit(literal) => TreeKind::Bool(literal.value),
        Value::NumberLit(literal) => number(literal.value),
        Value::StringLit(literal) => TreeKind::Str(literal.value.as_ref().into()),
        Value::Array(array) => TreeKind::List(array.elements.iter().map(|item| tree(source, item)).collect()),
        Value::Object(object) => {
            TreeKind::Map(object.properties.iter().map(|property| member(source, property)).collect())
        }
    };
    Tree { kind, span: Span::new(source, range.start, range.end), via: Vec::new() }
}

fn member(source: SourceId, property: &ObjectProp) -> Member {
    let range = property.name.range();
    let key = match &property.name {
        ObjectPropName::String(name) => name.value.as_ref(),
        ObjectPropName::Word(word) => word.value,
    };
    Member {
        key: key.into(),
        key_span: Span::new(source, range.start, range.end),
        value: tree(source, &property.value),
    }
}

/// A whole number when it is written as one and fits, else the nearest float.
fn number(text: &str) -> TreeKind {
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(whole), _) => TreeKind::Int(whole),
        (_, Ok(value)) => TreeKind::Float(value),
        _ => TreeKind::Lost,
    }
}

fn comment(source: SourceId, text: &str, range: Range<usize>) -> Comment {
    let written = text.get(range.clone()).unwrap_or_default();
    let inner = match written.strip_prefix("/*") {
        Some(block) => block.strip_suffix("*/").unwrap_or(block),
        None => written.trim_start_matches('/'),
    };
    Comment { span: Span::new(source, range.start, range.end), text: Arc::from(inner.trim()) }
}

fn lower_case_start(message: &str) -> String {
    let mut rest = message.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

/// What one pass over the bytes tells: where the comments are, and where the nesting gets too deep.
#[derive(Default)]
struct Outline {
    comments: Vec<Range<usize>>,
    too_deep: Option<usize>,
}

impl Outline {
    /// Bytes suffice: the marks looked for are ASCII and never part of a longer UTF-8 sequence.
    fn of(text: &str) -> Outline {
        let bytes = text.as_bytes();
        let mut outline = Outline::default();
        let (mut at, mut depth) = (0, 0usize);
        while let Some(&byte) = bytes.get(at) {
            let start = at;
            at = match (byte, bytes.get(at + 1)) {
                (b'"', _) => end_of_string(bytes, at + 1),
                (b'/', Some(b'/')) => end_of_line(bytes, at),
                (b'/', Some(b'*')) => end_of_block(bytes, at + 2),
                _ => at + 1,
            };
            match byte {
                b'/' if at > start + 1 => outline.comments.push(start..at),
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST && outline.too_deep.is_none() {
                outline.too_deep = Some(start);
            }
        }
        outline
    }
}

fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(bytes.len(), |length| from + length)
}

fn end_of_block(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.windows(2).position(|pair| pair == b"*/").map_or(bytes.len(), |length| from + length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Tree {
        let (tree, _, faults) = parse(SourceId(0), text);
        assert_eq!(faults, []);
        tree.unwrap()
    }

    fn broken(text: &str) -> Fault {
        let (tree, _, mut faults) = parse(SourceId(0), text);
        assert_eq!((tree, faults.len()), (None, 1), "{text}");
        faults.remove(0)
    }

    #[test]
    fn values_and_spans() {
        let text = "{ \"a\": [1, -2.5, 1e3, true, null], \"b\": \"x\\u00e9\\ud83d\\ude00\" }";
        let tree = read(text);
        let kinds: Vec<TreeKind> =
            tree.get("a").unwrap().as_list().unwrap().iter().map(|item| item.kind.clone()).collect();
        let expected =
            [TreeKind::Int(1), TreeKind::Float(-2.5), TreeKind::Float(1000.0), TreeKind::Bool(true), TreeKind::Null];
        assert_eq!(kinds, expected);
        assert_eq!(tree.get("b").unwrap().as_str(), Some("xé\u{1F600}"));
        assert_eq!(tree.span.range(), 0..text.len());
        let member = &tree.as_map().unwrap()[0];
        assert_eq!(&text[member.key_span.range()], "\"a\"");
        assert_eq!(&text[member.value.span.range()], "[1, -2.5, 1e3, true, null]");
    }

    #[test]
    fn a_part_has_the_places_of_the_whole() {
        let text = "[1, {\"a\": \"b\"}]";
        let part = parse_part(SourceId(0), &text[4..14], 4).unwrap();
        let member = &part.as_map().unwrap()[0];
        assert_eq!((&text[member.key_span.range()], &text[member.value.span.range()]), ("\"a\"", "\"b\""));
        assert_eq!(&text[part.span.range()], "{\"a\": \"b\"}");
        assert_eq!(parse_part(SourceId(0), "{\"a\" 1}", 10).unwrap_err().span.range().start, 15);
    }

    #[test]
    fn large_numbers_become_floats() {
        assert_eq!(read("9223372036854775807").kind, TreeKind::Int(i64::MAX));
        assert_eq!(read("9223372036854775808").kind, TreeKind::Float(9223372036854775808.0));
    }

    #[test]
    fn templates_may_have_comments_trailing_commas_and_long_strings() {
        let text = "// head\n{ \"a\": \"[concat(\n  'x')]\", /* b\n */ \"a\": [2,], }";
        let (tree, comments, faults) = parse(SourceId(0), text);
        assert_eq!(faults, []);
        let tree = tree.unwrap();
        assert_eq!(tree.as_map().unwrap().len(), 2, "duplicate keys are kept");
        assert_eq!(tree.as_map().unwrap()[0].value.as_str(), Some("[concat(\n  'x')]"));
        let texts: Vec<(&str, &str)> = comments.iter().map(|c| (&*c.text, &text[c.span.range()])).collect();
        assert_eq!(texts, [("head", "// head"), ("b", "/* b\n */")]);
    }

    #[test]
    fn marks_inside_strings_are_text() {
        let (tree, comments, _) = parse(SourceId(0), r#"{"a": "http://x/*[[{\"//"}"#);
        assert_eq!((tree.unwrap().get("a").unwrap().as_str(), comments.len()), (Some("http://x/*[[{\"//"), 0));
    }

    #[test]
    fn what_is_no_json_is_one_fault_with_its_place() {
        for text in [
            "",
            "// nothing",
            "{",
            "[1",
            "{'a': 1}",
            "{a: 1}",
            "[1 2]",
            "{\"a\" 1}",
            "[0x10]",
            "[+1]",
            "[.5]",
            "[NaN]",
            "[1],",
            "\"\\x\"",
            "{,}",
            "[/]",
            "/*",
        ] {
            let fault = broken(text);
            assert_eq!(fault.kind, FaultKind::Syntax, "{text}");
            assert!(fault.span.range().end <= text.len(), "{text}");
        }
        let fault = broken("{\n  \"a\": nope\n}");
        assert_eq!(fault.span.start, 9);
        assert!(fault.message.starts_with(char::is_lowercase));
    }

    #[test]
    fn deep_nesting_is_a_limit() {
        assert!(parse(SourceId(0), &format!("{}{}", "[".repeat(256), "]".repeat(256))).0.is_some());
        assert!(parse(SourceId(0), &format!("{}1{}", "{\"a\":".repeat(256), "}".repeat(256))).0.is_some());
        for unit in ["[", "{\"a\":", "[{\"a\":"] {
            assert_eq!(broken(&unit.repeat(10_000)).kind, FaultKind::Limit);
        }
    }

    #[test]
    fn every_truncation_is_survived() {
        let text = "/* é */ {\"a\\n\\u00e9\": [1.5e-3, true, null, \"ü\\\"\"], // c\n \"b\": {\"c\": -0}}";
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
            let (tree, _, faults) = parse(SourceId(0), &text[..end]);
            assert!(tree.is_none() && faults.len() == 1, "{end}");
        }
        assert!(parse(SourceId(0), text).0.is_some());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in "[\\[\\]{}:,\"\\\\/*untrefals0-9.eE+\\- \n\u{e9}\u{1F600}']{0,40}") {
            let (tree, _, faults) = parse(SourceId(0), &text);
            assert_eq!(tree.is_none(), faults.len() == 1);
        }
    }
}
