use super::*;
use crate::finding::Label;
use crate::source::Span;

fn entry(key: &str, deployment: &str, severity: Severity, count: u64) -> Entry {
    Entry {
        rule: "ACR101".to_owned(),
        severity,
        path: format!("{deployment}/main.tf"),
        deployment: Some(deployment.to_owned()),
        message: format!("{key} is wrong"),
        key: key.to_owned(),
        count,
    }
}

fn seen(key: &str, deployment: &str, severity: Severity) -> Seen {
    let entry = entry(key, deployment, severity, 1);
    let finding = Finding {
        rule: "ACR101",
        severity,
        message: entry.message.clone(),
        primary: Label::new(Span::default(), ""),
        related: Vec::new(),
        help: None,
        fix: None,
        key: key.to_owned(),
        deployment: Some(deployment.into()),
        each: Vec::new(),
        moved_from: None,
    };
    Seen { finding, entry }
}

const NOBODY: Sight<'static> = Sight { looked_at: &|_| true, is_gone: &|_| false };

/// How many findings are new, and how many entries are stale.
fn parted(found: &[Seen], listed: &[Entry]) -> (usize, u64) {
    let parted = part(found.to_vec(), listed.to_vec(), &NOBODY);
    assert_eq!(parted.new.len() + parted.old.len(), found.len());
    (parted.new.len(), parted.stale.iter().map(|entry| entry.count).sum())
}

#[test]
fn what_is_listed_is_old_and_counted() {
    use Severity::Error;
    let found = [seen("a", "dev", Error), seen("a", "dev", Error), seen("b", "dev", Error)];
    assert_eq!(parted(&found, &[entry("a", "dev", Error, 2), entry("b", "dev", Error, 1)]), (0, 0));
    assert_eq!(parted(&found, &[entry("a", "dev", Error, 1)]), (2, 0));
    assert_eq!(parted(&found, &[entry("a", "dev", Error, 5), entry("c", "dev", Error, 1)]), (1, 4));
    assert_eq!(parted(&found, &[]), (3, 0));
}

#[test]
fn the_same_fault_of_another_deployment_is_new() {
    use Severity::Error;
    assert_eq!(parted(&[seen("a", "prod", Error)], &[entry("a", "dev", Error, 1)]), (1, 1));
    // Unless its deployment was renamed.
    let sight = Sight { looked_at: &|_| true, is_gone: &|entry| entry.home() == "dev" };
    let parted = part(vec![seen("a", "prod", Error)], vec![entry("a", "dev", Error, 1)], &sight);
    assert_eq!((parted.new.len(), parted.stale.len()), (0, 0));
}

#[test]
fn what_has_become_louder_is_new_and_what_has_become_quieter_is_old() {
    use Severity::{Error, Note, Warning};
    assert_eq!(parted(&[seen("a", "dev", Error)], &[entry("a", "dev", Warning, 1)]), (1, 1));
    assert_eq!(parted(&[seen("a", "dev", Note)], &[entry("a", "dev", Warning, 1)]), (0, 0));
    let listed = [entry("a", "dev", Warning, 1), entry("a", "dev", Error, 1)];
    assert_eq!(parted(&[seen("a", "dev", Warning), seen("a", "dev", Warning)], &listed), (0, 0));
    assert_eq!(parted(&[seen("a", "dev", Warning), seen("a", "dev", Error)], &listed), (0, 0));
    assert_eq!(parted(&[seen("a", "dev", Error), seen("a", "dev", Error)], &listed), (1, 1));
}

#[test]
fn what_was_not_looked_at_is_not_stale() {
    let sight = Sight { looked_at: &|entry| entry.path.starts_with("dev/"), is_gone: &|_| false };
    let listed = vec![entry("a", "dev", Severity::Error, 1), entry("a", "prod", Severity::Error, 3)];
    let parted = part(Vec::new(), listed.clone(), &sight);
    assert_eq!((parted.stale, parted.unseen), (vec![listed[0].clone()], vec![listed[1].clone()]));
}

#[test]
fn the_file_is_sorted_and_read_back_as_it_was() {
    use Severity::{Error, Warning};
    let found = [seen("b", "dev", Error), seen("a", "prod", Error), seen("a", "dev", Warning), seen("b", "dev", Error)];
    let kept = [entry("c", "apps", Warning, 2)];
    let all = entries(&found, &kept);
    let order: Vec<_> = all.iter().map(|it| (it.path.as_str(), it.key.as_str(), it.count)).collect();
    assert_eq!(
        order,
        [("apps/main.tf", "c", 2), ("dev/main.tf", "a", 1), ("dev/main.tf", "b", 2), ("prod/main.tf", "a", 1)]
    );
    let mut reversed = found.to_vec();
    reversed.reverse();
    let text = render(&all);
    assert_eq!(render(&entries(&reversed, &kept)), text);
    assert_eq!(parse(text.as_bytes()).unwrap(), all);
    assert_eq!(parse(format!("\u{feff}{text}").as_bytes()).unwrap(), all);
    assert_eq!(render(&[]), "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
}

#[test]
fn what_two_baselines_differ_in_is_counted() {
    let one = [entry("a", "dev", Severity::Error, 3), entry("b", "dev", Severity::Error, 1)];
    let other = [entry("a", "dev", Severity::Error, 1), entry("c", "dev", Severity::Error, 1)];
    assert_eq!((more(&one, &other), more(&other, &one), more(&one, &one)), (3, 1, 0));
}

#[test]
fn another_form_is_refused_with_a_place_and_without_its_words() {
    let error = |text: &str| parse(text.as_bytes()).unwrap_err();
    assert!(error("{\"version\": 2, \"whatever\": 1}").starts_with(": the baseline is of version 2, and this acrlint"));
    assert!(error("{\"version\": \"hunter2\"}").contains("of another version"));
    assert_eq!(error("{\"version\": 1, \"findings\": [\n<<<<<<< hunter2\n"), ":2:1: the baseline is no JSON");
    assert_eq!(error("{\"version\": 1,"), ":1:14: the baseline ends too early");
    assert_eq!(error(""), ":1:0: the baseline ends too early");
    assert!(error("[]").ends_with("this is not the form of a baseline"));
    assert!(
        error("{\"version\": 1, \"findings\": [{\"rule\": \"hunter2\"}]}")
            .ends_with("this is not the form of a baseline")
    );
    assert!(error("{\"version\": 1, \"findings\": [], \"more\": 1}").ends_with("this is not the form of a baseline"));
    assert!(parse(&[0xff, 0xfe]).is_err());
    assert!(error(&"[".repeat(100_000)).contains("baseline"));
}
