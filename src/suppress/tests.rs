use super::*;
use crate::finding::{Label, Severity};
use crate::source::MemoryFiles;

const RULES: &[(&str, &str)] = &[("ACR101", "missing-pull-grant"), ("ACR102", "control-plane-grant")];

/// Runs over one file with a finding of `ACR101` at each `HERE`; gives how many are kept and what is said of comments.
fn run(path: &str, text: &str, extents: &[&str]) -> (usize, Vec<String>) {
    let store = Store::new(MemoryFiles::default());
    let id = store.add(path, text.as_bytes().to_vec()).unwrap();
    let finding = |at: usize| Finding {
        rule: "ACR101",
        severity: Severity::Error,
        message: String::new(),
        primary: Label::new(Span::new(id, at, at + 4), ""),
        related: Vec::new(),
        help: None,
        fix: None,
        key: String::new(),
        deployment: None,
    };
    let findings = text.match_indices("HERE").map(|(at, _)| finding(at)).collect();
    let span = |part: &&str| text.find(*part).map(|at| Span::new(id, at, at + part.len())).unwrap();
    let extents: Vec<Span> = extents.iter().map(span).collect();
    let outcome = apply(findings, &store, &[id], &extents, RULES);
    (outcome.kept.len(), outcome.unused.into_iter().map(|unused| unused.message).collect())
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
