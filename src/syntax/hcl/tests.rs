use super::*;

fn read(text: &str) -> Body {
    let (body, faults) = parse(SourceId(0), text);
    assert_eq!(faults, []);
    body
}

fn read_json(text: &str) -> Body {
    let (body, faults) = parse_json(SourceId(0), text);
    assert_eq!(faults, []);
    body
}

#[test]
fn json_makes_the_same_blocks() {
    let text = r#"{
      "//": "a comment",
      "locals": { "a": "x", "b": ["${local.a}"] },
      "variable": { "v": { "type": "list(string)", "default": ["${not}"] } },
      "resource": {
        "azurerm_kubernetes_cluster": {
          "aks": {
            "//": "another",
            "name": "${local.a}-aks",
            "identity": { "type": "SystemAssigned" },
            "depends_on": ["azurerm_container_registry.acr"],
            "dynamic": { "ingress": { "for_each": "${var.v}", "content": { "id": "${ingress.value}" } } },
            "lifecycle": { "ignore_changes": ["tags"] }
          }
        },
        "azurerm_container_registry": [{ "acr": [{ "name": "x" }] }]
      },
      "module": { "m": { "source": "./m", "providers": { "azurerm": "azurerm.other" } } }
    }"#;
    let body = read_json(text);
    let heads: Vec<String> =
        body.blocks.iter().map(|block| format!("{} {}", block.kind, block.labels.join("."))).collect();
    let expected = [
        "locals ",
        "variable v",
        "resource azurerm_kubernetes_cluster.aks",
        "resource azurerm_container_registry.acr",
        "module m",
    ];
    assert_eq!(heads, expected);
    let cluster = &body.blocks[2].body;
    let name = cluster.attribute("name").unwrap();
    let ExprKind::Template(pieces) = &name.kind else { panic!() };
    let Piece::Value(first) = &pieces[0] else { panic!() };
    assert_eq!(&text[first.span.range()], "local.a", "pieces have their places");
    assert!(matches!(&cluster.attribute("identity").unwrap().kind, ExprKind::Object(members) if members.len() == 1));
    let ExprKind::List(depends) = &cluster.attribute("depends_on").unwrap().kind else { panic!() };
    assert!(matches!(depends[0].kind, ExprKind::Traversal(..)));
    let dynamic = cluster.blocks.iter().find(|block| &*block.kind == "dynamic").unwrap();
    assert_eq!((&*dynamic.labels[0], &*dynamic.body.blocks[0].kind), ("ingress", "content"));
    let variable = &body.blocks[1].body;
    assert!(matches!(&variable.attribute("type").unwrap().kind, ExprKind::Call { name, .. } if &**name == "list"));
    let ExprKind::List(default) = &variable.attribute("default").unwrap().kind else { panic!() };
    assert_eq!(default[0].as_text(), Some("${not}"), "a default is literal");
}

#[test]
fn json_with_faults_gives_what_it_can() {
    let (body, faults) = parse_json(SourceId(0), "{\"locals\": {\"a\": \"${\", \"b\": 1}}");
    assert_eq!((body.blocks[0].body.attributes.len(), faults.len()), (2, 1));
    let (body, faults) = parse_json(SourceId(0), "{\"locals\": ");
    assert_eq!((body.blocks.len(), faults.len()), (0, 1));
    for text in ["[]", "1", "{}", "{\"resource\": 1}", "{\"resource\": {\"a\": [1, {\"b\": null}]}}", "null"] {
        assert_eq!(parse_json(SourceId(0), text).1, [], "{text}");
    }
}

#[test]
fn one_line_blocks_and_byte_order_marks() {
    let body = read("a {}\nb { x = 1 }\r\nc \"l\" m {\r\n  y = 2\r\n}\n/* z */ d = 3 # e");
    assert_eq!(body.blocks.iter().map(|block| &*block.kind).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!((body.blocks[2].labels.len(), body.attributes.len()), (2, 1));
}

fn broken(text: &str) -> (Vec<String>, Vec<(usize, String)>) {
    let (body, faults) = parse(SourceId(0), text);
    let line = |at: u32| text[..at as usize].matches('\n').count() + 1;
    let told = faults.into_iter().map(|fault| (line(fault.span.start), fault.message)).collect();
    (body.blocks.iter().map(|block| block.kind.to_string()).collect(), told)
}

#[test]
fn what_is_broken_is_told_with_its_line() {
    let (blocks, faults) = broken("a {\n  x = {\n    y = 1\n\nb {\n  z = 1\n}\n\nc {\n}\n");
    assert_eq!(blocks, ["b", "c"]);
    assert_eq!(faults[0].0, 5, "{faults:?}");
    let (blocks, faults) = broken("a {\n  x = 1\n\nb {\n}\n");
    assert_eq!((blocks, faults), (vec!["b".into()], vec![(1, "this brace is never closed".into())]));
    let (blocks, faults) = broken("a {\n}\n<<<<<<< HEAD\nb {\n}\n=======\nc {\n}\n>>>>>>> other\nd {\n}\n");
    assert_eq!(blocks, ["a", "b", "c", "d"]);
    assert_eq!(faults[0], (3, "a merge conflict that was not resolved".into()));
    let (blocks, faults) = broken("a {\n<<<<<<< HEAD\n  x = 1\n=======\n  x = 2\n>>>>>>> b\n}\nb {\n}\n");
    assert_eq!((blocks, faults[0].0), (vec!["b".into()], 2));
    let (blocks, faults) = broken("a {\n  x = \"y\n}\nb {\n}\n");
    assert_eq!((blocks, faults[0].clone()), (vec!["b".into()], (2, "this string is never closed".into())));
    let (blocks, faults) = broken("a {\n  x = <<E\n  y\n}\nb {\n}\n");
    assert_eq!((blocks, faults.len()), (vec!["b".into()], 1));
    assert!(faults[0].1.contains("heredoc"));
}

#[test]
fn long_lines_and_many_broken_blocks_take_no_long_time() {
    let start = std::time::Instant::now();
    parse(SourceId(0), &format!("a = \"{}\"\n", "x".repeat(10_000_000)));
    parse(SourceId(0), &format!("a = [{}]\n", "1, ".repeat(300_000)));
    parse(SourceId(0), &format!("a = {}\n", "(".repeat(1_000_000)));
    parse(SourceId(0), &"a {\n".repeat(200_000));
    parse(SourceId(0), &"a = {\n".repeat(200_000));
    parse(SourceId(0), &"a = <<E\n".repeat(200_000));
    parse(SourceId(0), &"/*".repeat(1_000_000));
    parse(SourceId(0), &format!("a = {}1\n", "1 + ".repeat(200_000)));
    parse(SourceId(0), &"}\n".repeat(500_000));
    assert!(start.elapsed().as_secs() < 40, "{:?}", start.elapsed());
}

#[test]
fn directives_nest() {
    let body =
        read("a = \"%{ if x }${y}%{ for k, v in z }%{ if k }q%{ else }r%{ endif }%{ endfor }%{ else }t%{ endif }\"\n");
    let ExprKind::Template(pieces) = &body.attributes[0].value.kind else { panic!() };
    let Piece::If(_, yes, no) = &pieces[0] else { panic!() };
    assert!(matches!((&yes[1], no.len()), (Piece::For(each), 1) if matches!(each.pieces[0], Piece::If(..))));
    for text in
        ["%{ if x }", "%{ endif }", "%{ for a in b }%{ endif }", "%{ else }", "%{ what }", "%{ if x }%{ endfor }"]
    {
        assert_eq!(parse(SourceId(0), &format!("a = \"{text}\"\n")).1.len(), 1, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_survived(text in "[a-c \"{}\\[\\]()=\n$%~<E\\-.*:?!&|0-9,\\\\é/#]{0,60}") {
        parse(SourceId(0), &text);
        parse_json(SourceId(0), &text);
        let _ = parse_template(SourceId(0), &text);
    }
}

fn read_all(text: &str) -> (Body, Vec<Fault>) {
    parse(SourceId(0), text)
}

#[test]
fn places_and_shapes_are_kept() {
    let text = "resource \"a\" \"b\" {\n  x = y.z[0].w\n  t = \"p-${v}-q\"\n}\n";
    let (body, faults) = read_all(text);
    assert!(faults.is_empty());
    let block = &body.blocks[0];
    assert_eq!((&text[block.head.range()], block.labels.len()), ("resource \"a\" \"b\"", 2));
    let x = block.body.attribute("x").unwrap();
    assert_eq!(&text[x.span.range()], "y.z[0].w");
    let ExprKind::Template(pieces) = &block.body.attribute("t").unwrap().kind else { panic!() };
    assert_eq!(pieces.len(), 3);
}

#[test]
fn keys_that_are_named_twice_are_tolerated() {
    let (body, faults) = read_all("locals {\n  a = {\n    key = 1\n    key = 2\n    key = 3\n  }\n}\n");
    assert_eq!(faults, []);
    let ExprKind::Object(members) = &body.blocks[0].body.attributes[0].value.kind else { panic!() };
    assert!(members.iter().all(|(key, _)| key.as_text() == Some("key")));
    assert_eq!(members.len(), 3);
}

#[test]
fn a_broken_block_does_not_hide_the_others() {
    let (body, faults) = read_all("a \"x\" {\n  y = 1\n}\n\nb {\n  = =\n}\n\nc {\n  z = [1]\n}\n");
    assert_eq!(faults.len(), 1);
    assert_eq!(body.blocks.iter().map(|block| &*block.kind).collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn deep_nesting_is_a_limit() {
    let (_, faults) = read_all(&format!("a = {}1{}\n", "[".repeat(10_000), "]".repeat(10_000)));
    assert_eq!(faults[0].kind, FaultKind::Limit);
    let (_, faults) = read_all(&format!("a = {}1\n", "!".repeat(10_000)));
    assert_eq!(faults.len(), 1);
}

#[test]
fn every_truncation_is_survived() {
    let text = "r \"a\" {\n  x = \"é${f(a...)}%{ if b }c%{ endif }\" \n  y = <<-E\n    z ${q}\n  E\n  d = { for k, v in m : k => v... if v }\n}\n";
    for end in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
        read_all(&text[..end]);
    }
}
