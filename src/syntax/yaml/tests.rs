use super::*;

fn read(text: &str) -> Vec<Tree> {
    let (documents, _, faults) = parse(SourceId(0), text);
    assert_eq!(faults, [], "{text}");
    documents.into_iter().map(|document| document.root).collect()
}

fn one(text: &str) -> Tree {
    read(text).remove(0)
}

/// The same value through an independent reader.
fn same(tree: &Tree, value: &serde_yaml::Value) -> bool {
    use serde_yaml::Value;
    match (&tree.kind, value) {
        (TreeKind::Null, Value::Null) => true,
        (TreeKind::Bool(a), Value::Bool(b)) => a == b,
        (TreeKind::Int(a), Value::Number(b)) => b.as_i64() == Some(*a),
        (TreeKind::Float(a), Value::Number(b)) => b.as_f64() == Some(*a),
        (TreeKind::Str(a), Value::String(b)) => **a == **b,
        (TreeKind::List(a), Value::Sequence(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (TreeKind::Map(a), Value::Mapping(b)) => {
            a.len() == b.len() && a.iter().all(|m| b.get(&*m.key).is_some_and(|b| same(&m.value, b)))
        }
        _ => false,
    }
}

#[test]
fn an_independent_reader_agrees() {
    use serde::Deserialize;
    let texts = [
        "a: 1\nb: [x, 'y', \"z\\n\\u00e9\", 1.5, true, null, ~]\nc: {d: e, f: {}}\n",
        "a: |\n  line\n    more\n\n  end\nb: >-\n  folded\n  text\n\n  para\nc: |+\n  keep\n\nd: x\n",
        "a: &x {k: [1, 2]}\nb: *x\nc:\n- *x\n- k: v\n",
        "# head\n---\na: 1 # right\n...\n---\n- b\n--- c\n---\n",
        "a:\r\n  b: c\r\n  d: |\r\n    e\r\n    f\r\n",
        "key with space: value: no\nurl: http://x/y#z\nempty:\nlist:\n- - a\n  - b\n- c: d\n  e: f\n"
            .split_once('\n')
            .unwrap()
            .1,
        "a: !!str 1\nb: !!int \"2\"\n",
        "{\"a\": [1, {\"b\": \"c\\/d\"}], \"e\": -1e3}",
        "plain: a\n  b\n  c\nsingle: 'it''s\n  two'\n",
        "? a\n: b\n? c\n",
        "\"quoted key\": x\n'k2': \"a\\\n  b\"\n",
        "a: \"x\" \n\nb:   \t z\n",
    ];
    for text in texts {
        let expected: Vec<serde_yaml::Value> = serde_yaml::Deserializer::from_str(text)
            .map(|document| serde_yaml::Value::deserialize(document).unwrap())
            .collect();
        let found = read(text);
        assert_eq!(found.len(), expected.len(), "{text}");
        for (tree, value) in found.iter().zip(&expected) {
            assert!(same(tree, value), "{text}\n{tree:?}\n{value:?}");
        }
    }
}

#[test]
fn every_node_has_its_place() {
    let text = "a: b\nlist:\n- x: 'é'\n  y: [1, 2]\nz: 3\n";
    let tree = one(text);
    let list = tree.get("list").unwrap();
    assert_eq!(&text[list.span.range()], "x: 'é'\n  y: [1, 2]");
    let item = &list.as_list().unwrap()[0];
    assert_eq!(&text[item.span.range()], "x: 'é'\n  y: [1, 2]");
    assert_eq!(&text[item.get("x").unwrap().span.range()], "'é'");
    assert_eq!(&text[tree.as_map().unwrap()[2].key_span.range()], "z");
    assert_eq!(tree.span.range(), 0..text.len() - 1);
}

#[test]
fn aliases_carry_their_place() {
    let text = "a: &x {k: v}\nb: *x\n";
    let tree = one(text);
    let copy = tree.get("b").unwrap();
    assert_eq!(&text[copy.span.range()], "{k: v}");
    assert_eq!(copy.via.iter().map(|span| &text[span.range()]).collect::<Vec<_>>(), ["*x"]);
    assert_eq!(copy.get("k").unwrap().via.len(), 1);
}

#[test]
fn merge_keys_bring_in_what_is_not_written() {
    let text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 9\nd: {<<: *b, \"<<\": text}\ne: {<<: {q: 1}}\n";
    let tree = one(text);
    let c = tree.get("c").unwrap();
    let number = |tree: &Tree, key: &str| tree.get(key).map(|tree| tree.kind.clone());
    assert_eq!(number(c, "x"), Some(TreeKind::Int(9)));
    assert_eq!(number(c, "y"), Some(TreeKind::Int(2)));
    assert_eq!(number(c, "z"), Some(TreeKind::Int(4)));
    assert_eq!(c.as_map().unwrap().len(), 3);
    assert_eq!(&text[c.get("z").unwrap().via[0].range()], "*b");
    assert_eq!(tree.get("d").unwrap().get("<<").unwrap().as_str(), Some("text"));
    assert_eq!(&text[tree.get("e").unwrap().get("q").unwrap().via[0].range()], "<<");
}

#[test]
fn duplicate_keys_and_comments_are_kept() {
    let (documents, comments, faults) = parse(SourceId(0), "# acrlint\na: 1 # one\na: 2\n");
    assert_eq!(faults, []);
    assert_eq!(documents[0].root.as_map().unwrap().len(), 2);
    assert_eq!(comments.iter().map(|comment| &*comment.text).collect::<Vec<_>>(), ["acrlint", "one"]);
}

#[test]
fn documents_around_an_error_are_kept() {
    let text = "a: 1\n---\nb: [1,\nc: }\n---\nd: 2\n";
    let (documents, _, faults) = parse(SourceId(0), text);
    assert_eq!(documents.len(), 2);
    assert!(documents[0].root.get("a").is_some() && documents[1].root.get("d").is_some());
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].kind, FaultKind::Syntax);
    assert!(text[..faults[0].span.start as usize].contains("b:"));
}

#[test]
fn odd_references_and_keys_are_faults() {
    for text in ["a: *none\n", "a: &x [*x]\n", "{a: b}: c\n", "a: !!int x\n"] {
        let (documents, _, faults) = parse(SourceId(0), text);
        assert_eq!((documents.len(), faults.len()), (1, 1), "{text}");
        assert_eq!(faults[0].kind, FaultKind::Syntax);
    }
}

#[test]
fn bombs_run_out_of_fuel() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}", level - 1);
        text += &format!("a{level}: &a{level} [{}]\n", vec![below; 9].join(", "));
    }
    let (documents, _, faults) = parse(SourceId(0), &text);
    assert_eq!(documents.len(), 1);
    assert!(
        faults.iter().all(|fault| fault.kind == FaultKind::Limit) && !faults.is_empty() && faults.len() <= MOST_FAULTS
    );
}

#[test]
fn deep_nesting_is_a_limit() {
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for level in 1..10_000 {
        chain += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    let blocks: String = (0..2_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    for text in [chain, "[".repeat(10_000), "{a: ".repeat(10_000), "- ".repeat(10_000), "? ".repeat(10_000), blocks] {
        let (_, _, faults) = parse(SourceId(0), &text);
        assert!(faults.iter().any(|fault| fault.kind == FaultKind::Limit), "{}", &text[..20]);
    }
}

#[test]
fn every_truncation_is_survived() {
    let text = "%YAML 1.1\n---\na: &x {k: [1, 'é']} # c\nb:\n  <<: *x\n  t: !!str \"\\u00e9\"\nc: |2-\n   x\n\r\n? [q]\n: >\n  y\n...\n--- {{ x }}\n";
    for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
        parse(SourceId(0), &text[..end]);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_survived(text in "[\\[\\]{}:,\"'&*!|>%@`#?\\-<~ab1. \t\r\n\u{e9}]{0,60}") {
        let (_, comments, faults) = parse(SourceId(0), &text);
        for span in comments.iter().map(|c| c.span).chain(faults.iter().map(|f| f.span)) {
            assert!(text.get(span.range()).is_some());
        }
    }
}
