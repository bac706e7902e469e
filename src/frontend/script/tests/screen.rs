//! What is only written for people is for them to do; what is never reached isn't done.

use super::{named, tree};
use crate::ir::Makes;

const ATTACH: &str = "az aks update -n aks -g rg --attach-acr shop";

/// Whether each command that was recognised is a step by hand.
fn by_hand(path: &str, text: &str) -> Vec<bool> {
    let (_, scripted) = tree(&[(path, text)]);
    assert!(named(&scripted, "registries").is_empty(), "{text}: counts as run");
    scripted.imperative.iter().filter(|it| it.makes == Makes::Grant).map(|it| it.manual).collect()
}

#[test]
fn a_command_that_a_script_writes_on_the_screen_is_a_step_by_hand() {
    for text in [
        format!("echo \"{ATTACH}\"\n"),
        format!("kubectl apply -f k8s\necho \"Now run: {ATTACH}\" >&2\n"),
        format!("printf '%s\\n' '{ATTACH}'\n"),
        format!("cat <<EOF\nNow run\n  {ATTACH}\nEOF\n"),
        format!("hint() {{ echo \"{ATTACH}\"; }}\nhint\n"),
        format!("echo \"{ATTACH}\" >> $GITHUB_STEP_SUMMARY\n"),
    ] {
        assert_eq!(by_hand("d.sh", &text), [true], "{text}");
    }
    assert_eq!(by_hand("Makefile", &format!("help:\n\t@echo \"{ATTACH}\"\n")), [true]);
    let job = format!("on: push\njobs:\n  a:\n    steps:\n      - run: echo \"{ATTACH}\"\n");
    assert_eq!(by_hand(".github/workflows/d.yml", &job), [true]);
    assert_eq!(by_hand("d.cmd", &format!("@echo off\necho Now run: {ATTACH}\n")), [true]);
}

#[test]
fn a_text_that_something_reads_may_run() {
    for text in [
        format!("echo \"{ATTACH}\" | bash\n"),
        format!("echo \"{ATTACH}\" > run.sh\n"),
        format!("cat > run.sh <<EOF\n{ATTACH}\nEOF\n"),
        format!("{{ echo \"{ATTACH}\"; }} > run.sh\n"),
        format!("for x in a b; do echo \"{ATTACH}\"; done | sh\n"),
        format!("make_it() {{ echo \"{ATTACH}\"; }}\nqueue \"$(make_it)\"\n"),
        format!("exec > run.sh\necho \"{ATTACH}\"\n"),
        format!("echo \"##vso[task.setvariable variable=cmd]{ATTACH}\"\n"),
    ] {
        assert_eq!(by_hand("d.sh", &text), [false], "{text}");
    }
    assert_eq!(by_hand("d.cmd", &format!("echo {ATTACH} > run.cmd\n")), [false]);
    let (script, text) = ("gen.sh", format!("echo \"{ATTACH}\"\n"));
    for call in ["./gen.sh | bash", "eval \"$(./gen.sh)\"", "bash gen.sh > run.sh"] {
        let (_, scripted) = tree(&[(script, &text), ("all.sh", &format!("{call}\n"))]);
        assert!(scripted.imperative.iter().all(|it| !it.manual), "{call}");
    }
}

#[test]
fn what_is_only_tried_or_commented_out_is_not_done() {
    let whether = "Set-AzAksCluster -Name aks -ResourceGroupName rg -AcrNameToAttach shop -WhatIf\n";
    assert_eq!(by_hand("d.ps1", whether), [false]);
    assert!(by_hand("d.cmd", &format!(":: {ATTACH}\n")).is_empty());
}

#[test]
fn what_a_command_prints_may_set_any_variable() {
    let attached = |before: &str| {
        let text = format!("ACR=shop\n{before}\naz aks update -n aks -g rg --attach-acr $ACR\n");
        named(&tree(&[("d.sh", &text)]).1, "registries").len()
    };
    assert_eq!((attached("export $(grep -v '^#' .env | xargs)"), attached("export X=$(cat x)")), (0, 1));
}

#[test]
fn what_stands_behind_the_end_of_a_script_is_not_known_to_run() {
    let runs = |path: &str, text: &str| !named(&tree(&[(path, text)]).1, "registries").is_empty();
    for (before, expected) in [
        ("exit 0", false),
        ("stop() { exit 1; }\nstop", false),
        ("[ -n \"$X\" ] && exit 0", true),
        ("az account show && exit 0", true),
        ("az account show || exit 1", true),
        ("if [ -z \"$X\" ]; then exit 0; fi", true),
        ("(exit 0)", true),
        ("X=$(exit 3)", true),
    ] {
        assert_eq!(runs("d.sh", &format!("{before}\n{ATTACH}\n")), expected, "{before}");
    }
    // Each step has a shell of its own.
    let job = format!("on: push\njobs:\n  a:\n    steps:\n      - run: exit 0\n      - run: {ATTACH}\n");
    assert!(runs(".github/workflows/d.yml", &job));
    assert!(runs("d.cmd", &format!("exit /b 0\n:attach\n{ATTACH}\n")));
}

#[test]
fn what_stands_behind_a_text_on_its_line_runs() {
    let lines = [
        ("d.cmd", "echo Attaching & az aks update -g g -n weft --attach-acr shop\n"),
        ("d.cmd", "echo Attaching && az aks update -g g -n weft --attach-acr shop\n"),
        ("d.cmd", "if \"%1\"==\"x\" (echo Attaching & az aks update -g g -n weft --attach-acr shop)\n"),
        ("d.ps1", "echo \"Attaching\" && az aks update -g g -n weft --attach-acr shop\n"),
        ("d.sh", "echo Attaching && az aks update -g g -n weft --attach-acr shop\n"),
    ];
    for (path, text) in lines {
        let (_, scripted) = tree(&[(path, text)]);
        let manual = scripted.imperative.iter().any(|it| it.manual);
        let grants = scripted.lowered.deployments.iter().flat_map(|it| &it.resources);
        let grants = grants.filter(|it| it.kind.contains("roleAssignments")).count();
        assert_eq!((grants, manual), (1, false), "{text}");
    }
}
