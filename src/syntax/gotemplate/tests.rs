use super::*;

fn read(text: &str) -> Template {
    parse(SourceId(0), text)
}

fn texts(text: &str) -> Vec<&str> {
    let template = read(text);
    assert_eq!(template.fault, None, "{text}");
    let pieces = template.body.iter().filter_map(|item| match item {
        Item::Text(span) => text.get(span.range()),
        _ => None,
    });
    pieces.collect()
}

#[test]
fn actions_trim_what_they_ask_for() {
    assert_eq!(texts("a {{- 1 -}} b"), ["a", "b"]);
    assert_eq!(texts("a {{/* x }} y */}} b"), ["a ", " b"]);
    assert_eq!(texts("a\n  {{- /* x */ -}}\n b"), ["a", "b"]);
    assert_eq!(texts("a {{ \"}}\" }} {{-1}}"), ["a ", " "]);
}

#[test]
fn blocks_nest() {
    let template = read("{{ if .a }}x{{ else if eq .b `c` }}y{{ else }}z{{ end }}{{ define \"n\" }}q{{ end }}");
    assert_eq!(template.fault, None);
    let Some(Item::If(branch)) = template.body.first() else { panic!() };
    let [Item::If(inner)] = branch.otherwise.as_slice() else { panic!() };
    assert_eq!((inner.body.len(), inner.otherwise.len()), (1, 1));
    assert_eq!(template.defines.len(), 1);
}

#[test]
fn operands_are_told_apart() {
    let template = read("{{ $k, $v := f .a.b $x.c (g 1).d .e 'x' -2.5 0x10 nil true . $ }}");
    let Some(Item::Action(pipeline)) = template.body.first() else { panic!("{template:?}") };
    assert_eq!(pipeline.variables.len(), 2);
    let operands = &pipeline.commands[0].operands;
    assert_eq!(operands.len(), 12);
    assert_eq!(operands[1], Operand::Field(vec!["a".into(), "b".into()]));
    assert!(matches!(&operands[3], Operand::Group(_, fields) if fields.len() == 1));
    assert_eq!(
        (&operands[5], &operands[6], &operands[7]),
        (&Operand::Int(120), &Operand::Float(-2.5), &Operand::Int(16))
    );
    assert_eq!(operands[11], Operand::Variable("".into(), Vec::new()));
}

#[test]
fn broken_templates_are_faults_with_a_place() {
    for text in [
        "{{",
        "{{ if }}",
        "{{ if x }}",
        "{{ end }}",
        "{{ x | }}",
        "{{ (x }}",
        "{{ x ) }}",
        "{{ \"a }}",
        "{{ ; }}",
        "{{}}",
    ] {
        assert!(read(text).fault.is_some(), "{text}");
    }
    assert!(read(&"{{ if x }}".repeat(5_000)).fault.is_some());
    assert!(read(&format!("{{{{ {} }}}}", "(".repeat(5_000))).fault.is_some());
}

proptest::proptest! {
    #[test]
    fn any_text_is_survived(text in "(\\{\\{|\\}\\}|-|if|end|else|range|define|with|[ \"'`$.:=|(),a1\n\u{e9}]){0,40}") {
        if let Some(fault) = read(&text).fault {
            proptest::prop_assert!(fault.span.range().start <= text.len());
        }
    }
}
