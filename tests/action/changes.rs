//! `only-changed`: with which commit each event is compared, and what is told where there is none.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::runner::Job;
use crate::{annotations, broken, job, pull_request, ready, workload, write};

/// A repository that others clone from.
struct Origin {
    folder: tempfile::TempDir,
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(arguments).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "a").env(format!("GIT_{who}_EMAIL"), "a@example.com");
        command.env(format!("GIT_{who}_DATE"), "2026-01-31T00:00:00Z");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Origin {
    /// `main` has the broken pull of the oven; then `topic` adds a workload whose image has a name that can't be, and so
    /// does `main`, both of a registry that nothing else speaks of.
    fn new() -> (Origin, Commits) {
        let folder = broken();
        let at = folder.path();
        git(at, &["init", "--quiet", "--initial-branch=main"]);
        // What GitHub allows as well.
        git(at, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
        let commit = |message: &str| {
            git(at, &["add", "--all"]);
            git(at, &["commit", "--quiet", "--message", message]);
            git(at, &["rev-parse", "HEAD"])
        };
        let fork = commit("an oven");
        git(at, &["checkout", "--quiet", "-b", "topic"]);
        write(at, &[("mixer.yaml", &workload("mixer", "flourimages.azurecr.io/Mixer:1"))]);
        let head = commit("a mixer");
        git(at, &["checkout", "--quiet", "main"]);
        write(at, &[("till.yaml", &workload("till", "flourimages.azurecr.io/Till:1"))]);
        let base = commit("a till");
        git(at, &["checkout", "--quiet", "-b", "merge"]);
        git(at, &["merge", "--quiet", "--no-ff", "--no-edit", "topic"]);
        let commits = Commits { fork, base, head };
        (Origin { folder }, commits)
    }

    /// A checkout of a branch, as deep as actions/checkout makes it when nothing is said, or whole.
    fn checkout(&self, branch: &str, depth: &[&str]) -> tempfile::TempDir {
        let clone = tempfile::tempdir().unwrap();
        let url = format!("file://{}", self.folder.path().display());
        let here = self.folder.path();
        let into = clone.path().to_str().unwrap();
        git(here, &[&["clone", "--quiet", "--branch", branch], depth, &[&url, into]].concat());
        clone
    }
}

/// Where `topic` left `main`, the newest of `main`, the newest of `topic`.
struct Commits {
    fork: String,
    base: String,
    head: String,
}

const SHALLOW: &[&str] = &["--depth=1", "--no-tags"];
const WHOLE: &[&str] = &[];
const CHANGED: &[(&str, &str)] = &[("only-changed", "true")];

/// Findings that a job told, and its warnings and notices that are about no file.
fn told(job: &Job) -> (Vec<String>, Vec<String>) {
    let done = job.run();
    let mut found = annotations(&done);
    found.sort();
    let remarks = ["warning", "notice"].into_iter().flat_map(|kind| done.commands(kind));
    let remarks: Vec<String> = remarks.filter(|line| line.contains("only-changed")).map(str::to_owned).collect();
    assert!(done.status < 2 && remarks.len() < 2, "{}", done.log);
    (found, remarks)
}

#[test]
fn a_pull_request_reports_what_it_changes() {
    if !ready() {
        return;
    }
    let (origin, commits) = Origin::new();
    let mine = vec!["mixer.yaml ACR701".to_owned()];
    // The payload names the base as it was when the branch was pushed; the merge was made with a newer one.
    for base in [&commits.base, &commits.fork] {
        let event = pull_request("bakery/shop", base, &commits.head);
        for depth in [SHALLOW, WHOLE] {
            let clone = origin.checkout("merge", depth);
            let job = job(clone.path(), "pull_request", event.clone(), CHANGED);
            assert_eq!(told(&job), (mine.clone(), vec![]), "merge, {depth:?}");
        }
        let clone = origin.checkout("topic", WHOLE);
        assert_eq!(told(&job(clone.path(), "pull_request", event, CHANGED)), (mine.clone(), vec![]), "topic");
    }
}

#[test]
fn a_clone_that_is_too_shallow_reports_everything_and_says_what_to_set() {
    if !ready() {
        return;
    }
    let (origin, commits) = Origin::new();
    let event = pull_request("bakery/shop", &commits.base, &commits.head);
    let of_branch = origin.checkout("topic", SHALLOW);
    let cut_off = origin.checkout("merge", SHALLOW);
    git(cut_off.path(), &["remote", "set-url", "origin", "file:///nowhere"]);
    for (clone, findings) in [(of_branch, 2), (cut_off, 3)] {
        let (found, remarks) = told(&job(clone.path(), "pull_request", event.clone(), CHANGED));
        assert_eq!(found.len(), findings, "{found:?}");
        assert!(remarks[0].starts_with("::warning") && remarks[0].contains("fetch-depth: 0"), "{remarks:?}");
    }
    let with_parents = origin.checkout("merge", &["--depth=2", "--no-tags"]);
    git(with_parents.path(), &["remote", "set-url", "origin", "file:///nowhere"]);
    let told = told(&job(with_parents.path(), "pull_request", event, CHANGED));
    assert_eq!(told, (vec!["mixer.yaml ACR701".to_owned()], vec![]));
}

#[test]
fn a_base_that_is_checked_out_is_no_pull_request_without_changes() {
    if !ready() {
        return;
    }
    let (origin, commits) = Origin::new();
    let clone = origin.checkout("main", SHALLOW);
    let event = pull_request("bakery/shop", &commits.base, &commits.head);
    let (found, remarks) = told(&job(clone.path(), "pull_request_target", event, CHANGED));
    assert_eq!(found, ["main.bicep ACR101", "till.yaml ACR701"]);
    assert!(remarks[0].contains("the base of the pull request is checked out"), "{remarks:?}");
}

#[test]
fn a_push_reports_what_it_changes() {
    if !ready() {
        return;
    }
    let (origin, commits) = Origin::new();
    let clone = origin.checkout("main", SHALLOW);
    let push = |before: &str| job(clone.path(), "push", json!({ "before": before, "after": commits.base }), CHANGED);
    assert_eq!(told(&push(&commits.fork)), (vec!["till.yaml ACR701".to_owned()], vec![]));
    let (found, remarks) = told(&push(&"0".repeat(40)));
    assert!(found.len() == 2 && remarks[0].contains("makes a new branch"), "{remarks:?}");
    let (found, remarks) = told(&push(&"a".repeat(40)));
    assert!(found.len() == 2 && remarks[0].contains("fetch-depth: 0"), "{remarks:?}");
    let merged = json!({ "merge_group": { "base_sha": commits.fork, "head_sha": commits.base } });
    assert_eq!(told(&job(clone.path(), "merge_group", merged, CHANGED)), (vec!["till.yaml ACR701".to_owned()], vec![]));
}

#[test]
fn a_part_of_the_findings_of_a_branch_is_not_uploaded() {
    if !ready() {
        return;
    }
    let (origin, commits) = Origin::new();
    let clone = origin.checkout("main", SHALLOW);
    let push = |before: &str, inputs| {
        job(clone.path(), "push", json!({ "before": before, "after": commits.base }), inputs).run().uploaded.is_some()
    };
    assert!(!push(&commits.fork, CHANGED), "code scanning would close all others");
    assert!(push(&"0".repeat(40), CHANGED), "all are there");
    assert!(push(&commits.fork, &[]));
}

#[test]
fn an_event_without_a_base_reports_everything() {
    if !ready() {
        return;
    }
    let (origin, _) = Origin::new();
    let clone = origin.checkout("main", SHALLOW);
    for (name, event) in [
        ("workflow_dispatch", json!({ "inputs": null, "ref": "refs/heads/main" })),
        ("schedule", json!({ "schedule": "0 4 * * 1" })),
    ] {
        let (found, remarks) = told(&job(clone.path(), name, event, CHANGED));
        assert_eq!(found, ["main.bicep ACR101", "till.yaml ACR701"]);
        assert_eq!(
            remarks,
            [format!(
                "::notice title=acrlint::only-changed: the event '{name}' names no commit to compare with; everything is reported"
            )]
        );
    }
    let folder = broken();
    let (found, remarks) = told(&job(folder.path(), "push", json!({ "before": "b".repeat(40) }), CHANGED));
    assert!(found.len() == 1 && remarks[0].contains("is in no git repository"), "{remarks:?}");
}

#[test]
fn a_change_that_cannot_be_read_reports_everything() {
    if !ready() {
        return;
    }
    let (origin, commits) = Origin::new();
    let clone = origin.checkout("main", SHALLOW);
    // It refuses what the real one would take, as that does where a diff is too large.
    let tools = tempfile::tempdir().unwrap();
    let program = format!(
        "#!/bin/sh\nfor it in \"$@\"; do case $it in --diff) echo 'error: the diff is too large' >&2; exit 2;; esac; done\nexec '{}' \"$@\"\n",
        env!("CARGO_BIN_EXE_acrlint")
    );
    write(tools.path(), &[("acrlint", &program)]);
    assert!(Command::new("chmod").arg("+x").arg(tools.path().join("acrlint")).status().unwrap().success());
    let mut job = job(clone.path(), "push", json!({ "before": commits.fork, "after": commits.base }), CHANGED);
    job.variables.push(("PATH", format!("{}:{}", tools.path().display(), std::env::var("PATH").unwrap())));
    let (found, remarks) = told(&job);
    assert_eq!(found, ["main.bicep ACR101", "till.yaml ACR701"]);
    assert!(remarks[0].contains("(the diff is too large); everything is reported"), "{remarks:?}");
}

#[test]
fn a_checkout_in_a_folder_of_the_workspace_is_found() {
    if !ready() {
        return;
    }
    let (origin, commits) = Origin::new();
    let workspace = tempfile::tempdir().unwrap();
    let clone = origin.checkout("main", SHALLOW);
    let into = workspace.path().join("the shop");
    assert!(Command::new("cp").arg("-r").arg(clone.path()).arg(&into).status().unwrap().success());
    let event = json!({ "before": commits.fork, "after": commits.base });
    for paths in ["the shop\n", "\nthe shop/till.yaml\nthe shop/main.bicep"] {
        let inputs = [("only-changed", "true"), ("paths", paths)];
        let told = told(&job(workspace.path(), "push", event.clone(), &inputs));
        assert_eq!(told, (vec!["till.yaml ACR701".to_owned()], vec![]), "{paths:?}");
    }
}

#[test]
fn attributes_hide_no_line() {
    if !ready() {
        return;
    }
    let (origin, commits) = Origin::new();
    let clone = origin.checkout("main", SHALLOW);
    write(clone.path(), &[(".git/info/attributes", "*.yaml -diff\n")]);
    let job = job(clone.path(), "push", json!({ "before": commits.fork, "after": commits.base }), CHANGED);
    assert_eq!(told(&job), (vec!["till.yaml ACR701".to_owned()], vec![]));
}
