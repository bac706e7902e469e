//! One run and what comes of it: annotations, SARIF, summary, outputs, the upload and the status.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::{annotations, broken, fine, of_a_pull_request, pull_request, ready, workload, write};

#[test]
fn one_run_gives_annotations_sarif_summary_outputs_and_the_status() {
    if !ready() {
        return;
    }
    let folder = broken();
    let done = of_a_pull_request(folder.path(), &[]).run();
    assert_eq!(done.status, 1, "{}", done.log);
    assert_eq!(annotations(&done), ["main.bicep ACR101"]);
    assert_eq!(done.sarif()["runs"][0]["results"].as_array().unwrap().len(), 1);
    assert_eq!((done.output("findings"), done.output("verdict")), ("1", "broken"));
    assert!(done.summary.contains("bakeryimages.azurecr.io/oven:1"), "{}", done.summary);
    let uploaded = done.uploaded.as_ref().unwrap();
    assert_eq!(
        (uploaded["sarif_file"].as_str(), uploaded["category"].as_str()),
        (done.output("sarif-file"), "acrlint")
    );
    assert_eq!(done.after_upload, "");
}

#[test]
fn a_clean_tree_ends_with_0() {
    if !ready() {
        return;
    }
    let folder = fine();
    let done = of_a_pull_request(folder.path(), &[]).run();
    assert_eq!((done.status, done.output("findings"), done.output("verdict")), (0, "0", "fine"), "{}", done.log);
    assert!(done.uploaded.is_some(), "code scanning closes what is repaired");
    let empty = tempfile::tempdir().unwrap();
    let done = of_a_pull_request(empty.path(), &[]).run();
    assert_eq!((done.status, done.output("findings"), done.output("verdict")), (0, "0", "none"), "{}", done.log);
}

#[test]
fn inputs_become_flags() {
    if !ready() {
        return;
    }
    let folder = broken();
    write(folder.path(), &[("k8s/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n")]);
    write(folder.path(), &[("lint/quiet.yaml", "rules:\n  ACR101: off\n")]);
    let status = |inputs: &[(&'static str, &str)]| {
        let done = of_a_pull_request(folder.path(), inputs).run();
        (done.status, done.output("findings").to_owned())
    };
    assert_eq!(status(&[("fail-on", "never")]), (0, "1".to_owned()));
    assert_eq!(status(&[("config", "lint/quiet.yaml")]), (0, "0".to_owned()));
    assert_eq!(status(&[("paths", "k8s\n")]), (0, "0".to_owned()));
    assert_eq!(status(&[("paths", "k8s\r\nmain.bicep\r\noven.yaml")]), (1, "1".to_owned()));
    assert_eq!(status(&[("world", "open")]), (0, "0".to_owned()));
}

#[test]
fn what_an_input_says_is_never_run() {
    if !ready() {
        return;
    }
    let folder = broken();
    let hostile = "$(touch ran)`touch ran`;touch ran\n--help\n'\"";
    for input in ["paths", "config", "world", "fail-on"] {
        let done = of_a_pull_request(folder.path(), &[(input, hostile)]).run();
        assert_eq!(done.status, 2, "{}", done.log);
        assert!(!folder.path().join("ran").exists(), "{input}");
    }
}

#[test]
fn a_fork_may_not_upload_and_loses_nothing() {
    if !ready() {
        return;
    }
    let folder = broken();
    for annotated in ["true", "false"] {
        let mut job = of_a_pull_request(folder.path(), &[("annotations", annotated)]);
        job.event = pull_request("stranger/shop", &"1".repeat(40), &"2".repeat(40));
        let done = job.run();
        assert_eq!((done.status, done.uploaded.is_none()), (1, true), "{}", done.log);
        assert_eq!(annotations(&done), ["main.bicep ACR101"], "{}", done.log);
        // The fork is gone.
        job.event["pull_request"]["head"]["repo"] = Value::Null;
        assert!(job.run().uploaded.is_none());
    }
}

#[test]
fn what_code_scanning_does_not_take_is_annotated() {
    if !ready() {
        return;
    }
    let folder = broken();
    let mut job = of_a_pull_request(folder.path(), &[("annotations", "false")]);
    let done = job.run();
    assert_eq!((done.status, annotations(&done).len()), (1, 0), "{}", done.log);
    assert!(done.log.contains("main.bicep:7:10: error[ACR101]"), "the log has them: {}", done.log);
    job.upload_works = false;
    let done = job.run();
    assert_eq!((done.status, annotations(&done)), (1, vec!["main.bicep ACR101".to_owned()]), "{}", done.log);
    assert!(done.after_upload.contains("security-events: write"), "{}", done.log);
    job.inputs.push(("upload-sarif", "false".to_owned()));
    let done = job.run();
    assert_eq!((done.status, annotations(&done).len()), (1, 0), "nobody asked for them: {}", done.log);
}

#[test]
fn an_upload_that_is_asked_for_has_to_work() {
    if !ready() {
        return;
    }
    let folder = fine();
    let mut job = of_a_pull_request(folder.path(), &[("upload-sarif", "true")]);
    assert_eq!(job.run().status, 0);
    job.upload_works = false;
    let done = job.run();
    assert_eq!((done.status, done.commands("error").len()), (2, 1), "{}", done.log);
}

#[test]
fn findings_printed_as_they_are_hold_no_commands() {
    if !ready() {
        return;
    }
    let folder = broken();
    write(folder.path(), &[("::error::x/oven.yaml", &workload("x", "bakeryimages.azurecr.io/UPPER:1"))]);
    let done = of_a_pull_request(folder.path(), &[("annotations", "false")]).run();
    let log: Vec<&str> = done.log.lines().collect();
    let token = log.iter().find_map(|line| line.strip_prefix("::stop-commands::")).unwrap();
    let stop = log.iter().position(|line| line.starts_with("::stop-commands::")).unwrap();
    let start = log.iter().position(|line| *line == format!("::{token}::")).unwrap();
    let named = log.iter().position(|line| line.contains("error::x/oven.yaml:8:")).unwrap();
    assert!(stop < named && named < start, "{}", done.log);
}

#[test]
fn a_wrong_input_is_one_clear_line() {
    if !ready() {
        return;
    }
    let folder = broken();
    for (input, value, said) in [
        ("annotations", "yes", "input annotations is 'yes', which is none of: true false"),
        ("upload-sarif", "", "input upload-sarif is '', which is none of: auto true false"),
        ("only-changed", "pr", "input only-changed is 'pr', which is none of: true false"),
        ("version", "latest", "input version is 'latest', which is neither X.Y.Z nor 'source' nor 'system'"),
    ] {
        let done = of_a_pull_request(folder.path(), &[(input, value)]).run();
        assert_eq!((done.status, done.log.trim_end()), (2, format!("::error title=acrlint::{said}").as_str()));
    }
}

#[test]
fn a_run_that_cannot_be_made_is_not_clean() {
    if !ready() {
        return;
    }
    let folder = broken();
    write(folder.path(), &[("acrlint.yaml", "wolrd: open\n")]);
    let done = of_a_pull_request(folder.path(), &[]).run();
    assert_eq!((done.status, done.uploaded.is_none()), (2, true), "{}", done.log);
    assert_eq!((done.output("findings"), done.output("verdict"), done.output("sarif-file")), ("", "unknown", ""));
    let errors = done.commands("error");
    assert!(errors.len() == 1 && errors[0].contains("acrlint.yaml") && errors[0].contains("wolrd"), "{}", done.log);
}

#[test]
fn a_wrong_value_is_told_with_its_cause() {
    if !ready() {
        return;
    }
    let folder = broken();
    for (input, value) in [("fail-on", "errors"), ("world", "all"), ("fail-on", "")] {
        let done = of_a_pull_request(folder.path(), &[(input, value)]).run();
        let errors = done.commands("error");
        assert!(done.status == 2 && errors.len() == 1, "{}", done.log);
        let wrong = errors[0].contains(&format!("'{value}'")) || errors[0].contains("a value is required");
        assert!(wrong && errors[0].contains(&format!("'--{input}")), "{}", done.log);
    }
}

#[test]
fn what_is_said_beside_the_report_holds_no_commands() {
    if !ready() {
        return;
    }
    let folder = broken();
    write(folder.path(), &[("acrlint.yaml", "\"x\\n::error::y\": 1\n")]);
    let done = of_a_pull_request(folder.path(), &[]).run();
    let log: Vec<&str> = done.log.lines().collect();
    let token = log.iter().find_map(|line| line.strip_prefix("::stop-commands::")).unwrap();
    let stop = log.iter().position(|line| line.starts_with("::stop-commands::")).unwrap();
    let start = log.iter().position(|line| *line == format!("::{token}::")).unwrap();
    let said = log.iter().position(|line| line.starts_with("error: ")).unwrap();
    assert!(token.len() == 32 && stop < said && said < start, "{}", done.log);
    assert_eq!(done.commands("error").len(), 1, "{}", done.log);
}

#[test]
fn without_a_program_that_it_needs_the_action_says_which() {
    if !ready() {
        return;
    }
    let (folder, tools) = (broken(), tempfile::tempdir().unwrap());
    // What runners have, without one of them.
    for missing in ["od", "awk"] {
        let bin = tools.path().join(missing);
        fs::create_dir(&bin).unwrap();
        let needed = ["bash", "sh", "awk", "od", "tr", "mktemp", "cat", "wc", "grep", "sed"];
        for program in needed.into_iter().filter(|it| *it != missing) {
            let found = std::env::split_paths(&std::env::var_os("PATH").unwrap()).find(|it| it.join(program).exists());
            std::os::unix::fs::symlink(found.unwrap().join(program), bin.join(program)).unwrap();
        }
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_acrlint"), bin.join("acrlint")).unwrap();
        let mut job = of_a_pull_request(folder.path(), &[("annotations", "false")]);
        job.variables.push(("PATH", bin.display().to_string()));
        let done = job.run();
        assert_eq!(done.status, 2, "{}", done.log);
        assert!(done.commands("error")[0].contains(&format!("no '{missing}'")), "{}", done.log);
    }
}

#[test]
fn a_summary_that_is_full_refers_to_the_log() {
    if !ready() {
        return;
    }
    let folder = broken();
    let mut job = of_a_pull_request(folder.path(), &[]);
    job.summary = "x".repeat(1_048_500);
    let done = job.run();
    assert!(done.summary.ends_with("the log of this step has them.\n") && done.summary.len() < 1_048_700);
    assert_eq!(done.status, 1);
}

#[test]
fn each_input_is_handed_over_as_it_is() {
    if !ready() {
        return;
    }
    let (folder, tools) = (broken(), tempfile::tempdir().unwrap());
    let called = tools.path().join("called");
    // An acrlint that notes its arguments, one on each line.
    let program = format!(
        "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\nprintf '%s\\n' \"$@\" > '{}'\nexit 2\n",
        called.display()
    );
    fs::write(tools.path().join("acrlint"), program).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(tools.path().join("acrlint")).status().unwrap().success());
    let inputs = [
        ("paths", "infra\n\n-k8s/a b\n"),
        ("config", "a b.yaml"),
        ("baseline", "old findings.json"),
        ("with", "infra.acrfacts.json\nfar away.acrfacts.json"),
        ("world", "closed"),
        ("fail-on", "note"),
    ];
    let mut job = of_a_pull_request(folder.path(), &inputs);
    let others = std::env::var("PATH").unwrap();
    job.variables.push(("PATH", format!("{}:{others}", tools.path().display())));
    assert_eq!(job.run().status, 2);
    let called = fs::read_to_string(called).unwrap();
    for given in [
        "check\n--fail-on\nnote\n",
        "\n--config\na b.yaml\n",
        "\n--baseline\nold findings.json\n",
        "\n--with\ninfra.acrfacts.json\n--with\nfar away.acrfacts.json\n",
        "\n--world\nclosed\n",
    ] {
        assert!(called.contains(given), "{given:?}: {called}");
    }
    assert!(called.ends_with("\n--\ninfra\n-k8s/a b\n"), "{called}");
}
