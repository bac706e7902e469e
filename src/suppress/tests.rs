use std::sync::Arc;

use super::*;
use crate::finding::{Finding, Label, Severity};
use crate::ir::{Address, Cond, Language, Node, Origin, Resource};
use crate::source::MemoryFiles;

const RULES: &[(&str, &str)] = &[("ACR101", "missing-pull-grant"), ("ACR102", "control-plane-grant")];

/// Runs over one file with a finding of `ACR101` at each `HERE`; gives how many are kept and what is said of comments that
/// allow nothing.
fn run(path: &str, text: &str, extents: &[&str]) -> (usize, Vec<String>) {
    let store = Store::new(MemoryFiles::default());
    let id = store.add(path, text.as_bytes().to_vec()).unwrap();
    let found = text.match_indices("HERE").map(|(at, _)| at_place(Span::new(id, at, at + 4))).collect();
    let span = |part: &&str| text.find(*part).map(|at| Span::new(id, at, at + part.len())).unwrap();
    let mut deployment = Deployment::new("a", Language::Bicep, id);
    deployment.resources = extents.iter().map(|part| declared(part, span(part))).collect();
    let outcome = apply(found, &scene(&store, &[id], &[deployment]));
    let unused = outcome.remarks.into_iter().filter(|remark| remark.kind == RemarkKind::Unused);
    (outcome.kept.len(), unused.map(|remark| remark.message).collect())
}

fn at_place(place: Span) -> Found {
    let finding = Finding {
        rule: "ACR101",
        severity: Severity::Error,
        message: String::new(),
        primary: Label::new(place, ""),
        related: Vec::new(),
        help: None,
        fix: None,
        key: String::new(),
        deployment: None,
        each: Vec::new(),
        moved_from: None,
    };
    Found { finding, about: Vec::new() }
}

fn declared(name: &str, extent: Span) -> Resource {
    Resource {
        address: Arc::new(Address::root("a").child(name, None)),
        kind: "x".into(),
        api_version: None,
        name: Node::text(name, extent),
        id: Node::null(extent),
        scope: Node::null(extent),
        body: Node::null(extent),
        origin: Origin::Declared,
        deployed: Cond::Always,
        declared: extent,
        extent,
        language: Language::Bicep,
    }
}

fn scene<'a>(store: &'a Store, sources: &'a [SourceId], deployments: &'a [Deployment]) -> Scene<'a> {
    Scene {
        store,
        sources,
        deployments,
        rules: RULES,
        configured: &[],
        configuration: None,
        elsewhere: &[],
        whole: true,
    }
}

#[test]
fn a_comment_covers_its_line_or_the_next() {
    for (path, text) in [
        ("a.yaml", "x: HERE # acrlint: allow ACR101 -- made elsewhere\n"),
        ("a.yaml", "# acrlint: allow missing-pull-grant\n# why\nx: HERE\n"),
        ("a.yaml", "# acrlint: allow acr101\n---\nx: HERE\n"),
        ("a.tf", "  // acrlint: allow ACR101\r\n  x = HERE\r\n"),
        ("a.bicep", "x: HERE /* acrlint: allow ACR101 */\n"),
        ("a.bicep", "/*\n * acrlint: allow ACR101 -- because\n */\nHERE\n"),
        ("a.json", "{ \"x\": \"HERE\" } //acrlint: allow ACR101"),
    ] {
        assert_eq!(run(path, text, &[]), (0, vec![]), "{text}");
    }
}

#[test]
fn elsewhere_it_does_not() {
    for (path, text) in [
        ("a.yaml", "x: 1 # acrlint: allow ACR101\ny: HERE\n"),
        ("a.yaml", "# acrlint: allow ACR101\n\nx: HERE\n"),
        ("a.tf", "# acrlint: allow ACR101\nx = 1\ny = HERE\n"),
    ] {
        let (kept, unused) = run(path, text, &[]);
        assert_eq!((kept, unused.len()), (1, 1), "{text}");
    }
    // These are no comments in their language.
    assert_eq!(run("a.bicep", "# acrlint: allow ACR101\nHERE", &[]), (1, vec![]));
    assert_eq!(run("a.yaml", "x#acrlint: allow ACR101 HERE", &[]), (1, vec![]));
}

#[test]
fn above_a_declaration_it_covers_the_whole() {
    let text = "// acrlint: allow ACR101, ACR102 -- both\nresource a {\n  x: HERE\n}\nresource b {\n  HERE\n}\n";
    let (kept, unused) = run("a.bicep", text, &["resource a {\n  x: HERE\n}", "resource b {\n  HERE\n}"]);
    assert_eq!((kept, unused), (1, vec!["nothing to allow: `ACR102` finds nothing here".to_owned()]));
}

#[test]
fn mistakes_are_told() {
    let said = |comment: &str| run("a.yaml", &format!("# acrlint: {comment}\na: 1\n"), &[]).1.join("; ");
    assert_eq!(said("allow ACR1O1"), "unknown rule `ACR1O1`; did you mean `ACR101`?");
    assert_eq!(said("allow ACR1"), "unknown rule `ACR1`; `acrlint rules` lists them all");
    assert_eq!(said("allow -- because"), "names no rule; write `acrlint: allow RULE`");
    assert_eq!(said("ignore ACR101"), "`ignore` is not known here; write `acrlint: allow RULE`");
}

#[test]
fn a_reason_without_its_mark_is_one_remark() {
    for reason in ["because legacy grant", "— legacy", "# legacy grant", "(legacy grant)", "legacy-grant of the team"]
    {
        let text = format!("x: HERE # acrlint: allow ACR101 {reason}\n");
        let store = Store::new(MemoryFiles::default());
        let id = store.add("a.yaml", text.as_bytes().to_vec()).unwrap();
        let at = text.find("HERE").unwrap();
        let outcome = apply(vec![at_place(Span::new(id, at, at + 4))], &scene(&store, &[id], &[]));
        let said: Vec<_> = outcome.remarks.iter().map(|remark| (remark.kind, &*remark.message)).collect();
        let wanted = (RemarkKind::Unexplained, "no reason is read here; write ` -- ` in front of it");
        assert_eq!((outcome.kept.len(), said), (0, vec![wanted]), "{reason}");
    }
    // A list goes on, and a misspelt rule in it is told.
    let said = |list: &str| run("a.yaml", &format!("x: HERE # acrlint: allow {list}\n"), &[]);
    for list in ["ACR101\t--\tlegacy", "ACR101 --legacy", "ACR101,\t-- legacy"] {
        assert_eq!(said(list), (0, vec![]), "{list}");
    }
    assert_eq!(said("ACR101, becuase -- x").1, ["unknown rule `becuase`; `acrlint rules` lists them all"]);
    assert_eq!(said("ACR101 ACR1O2 -- x").1, ["unknown rule `ACR1O2`; did you mean `ACR102`?"]);
    assert_eq!(said("ACR101 control-plane-grnt").1.len(), 1);
}

#[test]
fn between_decorators_it_covers_the_declaration() {
    let declaration = "resource a 'b@1' = {\n  c: 'HERE'\n}\n";
    let allow = "// acrlint: allow ACR101 -- x";
    for text in [
        format!("{allow}\n@description('d')\n{declaration}"),
        format!("@description('d')\n{allow}\n{declaration}"),
        format!("@description('d')\n{allow}\n@batchSize(1)\n{declaration}"),
        format!("{allow}\n#disable-next-line no-hardcoded\n{declaration}"),
        format!("@description('d')\n{allow}\n#disable-next-line no-hardcoded\n{declaration}"),
    ] {
        assert_eq!(run("a.bicep", &text, &[]), (0, vec![]), "{text}");
    }
    let behind = declaration.replacen('{', "{ // acrlint: allow ACR101 -- x", 1);
    let text = format!("@description('d')\n{behind}");
    let (store, extent) = (Store::new(MemoryFiles::default()), text.trim_end().len());
    let id = store.add("a.bicep", text.as_bytes().to_vec()).unwrap();
    let (here, named) = (text.find("HERE").unwrap(), text.find("a 'b@1'").unwrap());
    let mut deployment = Deployment::new("a", Language::Bicep, id);
    let declared = Resource { declared: Span::new(id, named, named + 1), ..declared("a", Span::new(id, 0, extent)) };
    deployment.resources = vec![declared];
    let outcome = apply(vec![at_place(Span::new(id, here, here + 4))], &scene(&store, &[id], &[deployment]));
    assert_eq!((outcome.kept.len(), outcome.remarks), (0, vec![]));
}

#[test]
fn in_templates_it_passes_what_opens_a_block() {
    let allow = "# acrlint: allow ACR101 -- x";
    for text in [
        format!("{allow}\n{{{{- if .Values.x }}}}\nx: HERE\n{{{{- end }}}}\n"),
        format!("{allow}\n{{{{ $a := .Values.x }}}}\n{{{{- /* said */}}}}\nx: HERE\n"),
        "{{/* acrlint: allow ACR101 -- x */}}\nx: HERE\n".to_owned(),
        "{{- /*\nacrlint: allow ACR101 -- x\n*/ -}}\nx: HERE\n".to_owned(),
        "x: HERE {{- /* acrlint: allow ACR101 -- x */}}\n".to_owned(),
    ] {
        assert_eq!(run("templates/a.yaml", &text, &[]), (0, vec![]), "{text}");
    }
    for between in ["{{- end }}", "{{ include \"a\" . }}", "{{- if .a }}b: 1{{ end }}"] {
        let (kept, unused) = run("templates/a.yaml", &format!("{allow}\n{between}\nx: HERE\n"), &[]);
        assert_eq!((kept, unused.len()), (1, 1), "{between}");
    }
}

#[test]
fn in_pages_it_is_a_comment_of_the_page_or_of_the_code() {
    for text in
        ["```sh\n# acrlint: allow ACR101 -- x\nHERE\n```\n", "<!-- acrlint: allow ACR101 -- x -->\n```sh\nHERE\n```\n"]
    {
        assert_eq!(run("a.md", text, &[]), (0, vec![]), "{text}");
    }
    assert_eq!(run("a.sh", "<!-- acrlint: allow ACR101 -- x --> HERE", &[]), (1, vec![]));
}

#[test]
fn a_blank_line_below_is_told() {
    let (kept, unused) = run("a.yaml", "# acrlint: allow ACR101 -- x\n\nx: HERE\n", &[]);
    let told = "nothing to allow: `ACR101` finds nothing here: the line below the comment is blank";
    assert_eq!((kept, unused), (1, vec![told.to_owned()]));
}

#[test]
fn above_a_block_it_covers_the_block() {
    for (path, text) in [
        ("a.yaml", "spec:\n  # acrlint: allow ACR101 -- x\n  containers:\n  - a: HERE\n    b: HERE\n"),
        ("a.yaml", "a:\n# acrlint: allow ACR101 -- x\n- b: 1\n  c: HERE\n"),
        ("a.tf", "a \"b\" {\n  # acrlint: allow ACR101 -- x\n  c {\n    d = \"HERE\"\n  }\n}\n"),
        ("a.bicep", "var a = {\n  // acrlint: allow ACR101 -- x\n  b: {\n    c: 'HERE'\n  }\n}\n"),
        ("a.jsonc", "{\n  // acrlint: allow ACR101 -- x\n  \"b\": {\n    \"c\": \"HERE\"\n  }\n}\n"),
    ] {
        assert_eq!(run(path, text, &[]), (0, vec![]), "{text}");
    }
    // What follows the block, and a comment behind its first line.
    for (path, text) in [
        ("a.yaml", "# acrlint: allow ACR101 -- x\na:\n  b: 1\nc: HERE\n"),
        ("a.yaml", "a: # acrlint: allow ACR101 -- x\n  b: HERE\n"),
        ("a.tf", "# acrlint: allow ACR101 -- x\na {\n  b = 1\n}\nc = \"HERE\"\n"),
    ] {
        let (kept, unused) = run(path, text, &[]);
        assert_eq!((kept, unused.len()), (1, 1), "{text}");
    }
}

#[test]
fn a_reason_is_wanted_where_something_is_allowed() {
    let store = Store::new(MemoryFiles::default());
    let said = |comment: &str, value: &str| {
        let text = format!("a: {value} # acrlint: allow {comment}\n");
        let id = store.add(&format!("{comment}{value}.yaml"), text.as_bytes().to_vec()).unwrap();
        let found = text.match_indices("HERE").map(|(at, _)| at_place(Span::new(id, at, at + 4))).collect();
        let remarks = apply(found, &scene(&store, &[id], &[])).remarks;
        remarks.iter().map(|remark| (remark.kind, store.snippet(remark.span))).collect::<Vec<_>>()
    };
    let unexplained = |comment: &str| vec![(RemarkKind::Unexplained, format!("acrlint: allow {comment}"))];
    assert_eq!(said("ACR101", "HERE"), unexplained("ACR101"));
    assert_eq!(said("ACR101 -- ", "HERE"), unexplained("ACR101"));
    assert_eq!(said("ACR101 -- made elsewhere", "HERE"), []);
    // What allows nothing needs no reason to go.
    assert_eq!(said("ACR101", "1"), [(RemarkKind::Unused, "ACR101".to_owned())]);
}
