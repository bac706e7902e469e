//! Prepared histories: `testdata/diffs/NAME` has a tree `before` and `after` a change, and the change as `git diff` wrote
//! it. `expected.txt` is what `--diff` says of it in the concise format; `UPDATE=1` writes it anew.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use acrlint::diff::{Line, read};
use serde_json::Value;

fn histories() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/diffs");
    let mut found: Vec<_> = fs::read_dir(root).unwrap().flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    assert!(found.len() >= 5);
    found
}

fn history(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/diffs").join(name)
}

/// The files of a folder, by their paths.
fn files(folder: &Path) -> BTreeMap<String, String> {
    fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match entry.path().is_dir() {
                true => walk(&entry.path(), &format!("{name}/"), found),
                false => drop(found.insert(name, fs::read_to_string(entry.path()).unwrap())),
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

/// A copy of a tree, in a folder that git takes for a repository.
fn tree(of: &Path, below: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (path, text) in files(of) {
        let path = folder.path().join(below).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn acrlint(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    command.current_dir(folder).args(["--no-config", "--now", "2026-01-31"]).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A run that refuses its arguments doesn't read.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a run finds: rule, file and line, and key.
fn found(report: &Value) -> Vec<(String, String, u64)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings.map(|it| (text(it, "rule"), text(it, "file"), it["line"].as_u64().unwrap())).collect()
}

#[test]
fn histories_say_what_they_must() {
    let mut wrong = Vec::new();
    for folder in histories() {
        let tree = tree(&folder.join("after"), "");
        let patch = fs::read(folder.join("change.patch")).unwrap();
        let output = acrlint(tree.path(), &["--diff", "-", "--format", "concise"], &patch);
        let said = format!("{}{}", stdout(&output), stderr(&output));
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &said).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if said != wanted {
            wrong.push(format!("{}:\n  wanted\n{wanted}  said\n{said}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The lines, from 1, of each file that a change touches: those that are new, and those behind which something is gone.
fn touched(patch: &[u8]) -> BTreeMap<String, Vec<std::ops::RangeInclusive<u64>>> {
    let mut touched: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for file in read(patch).unwrap().files {
        let Some(after) = file.after else { continue };
        let path = after.strip_prefix("b/").unwrap_or(&after).to_owned();
        let lines = touched.entry(path).or_default();
        for hunk in &file.hunks {
            let mut at = hunk.new as u64;
            for line in &hunk.lines {
                match line {
                    Line::Same(_) => at += 1,
                    Line::Added(_) => {
                        at += 1;
                        lines.push(at..=at);
                    }
                    // The line behind it, or the next one that says something; at the end, the last one.
                    Line::Removed(_) => lines.push(at.saturating_sub(1)..=at + 2),
                }
            }
        }
    }
    touched
}

#[test]
fn what_is_reported_lies_on_changed_lines_and_is_nothing_else_than_without() {
    for folder in histories() {
        let tree = tree(&folder.join("after"), "");
        let patch = fs::read(folder.join("change.patch")).unwrap();
        let narrowed = json(&acrlint(tree.path(), &["--diff", "-", "--format", "json"], &patch));
        let all = json(&acrlint(tree.path(), &["--format", "json"], &[]));
        let touched = touched(&patch);
        for finding in narrowed["findings"].as_array().unwrap() {
            let (file, line) = (finding["file"].as_str().unwrap(), finding["line"].as_u64().unwrap());
            let is_gone = finding["message"].as_str().unwrap().ends_with(" is gone)");
            let lies = touched.get(file).is_some_and(|lines| lines.iter().any(|it| it.contains(&line)));
            assert!(lies || is_gone, "{}: {finding}", folder.display());
            // The finding is known by the same key, and its former place is in its story.
            let mut own = all["findings"].as_array().unwrap().iter().filter(|it| it["key"] == finding["key"]);
            let places = || std::iter::once(finding).chain(finding["related"].as_array().unwrap());
            let place = |it: &Value| (it["file"].clone(), it["line"].clone(), it["column"].clone());
            assert!(own.any(|own| places().any(|it| place(it) == place(own))), "{}: {finding}", folder.display());
        }
        // Pulls are told of everything.
        assert_eq!(narrowed["pulls"], all["pulls"]);
        let left = all["findings"].as_array().unwrap().len() - narrowed["findings"].as_array().unwrap().len();
        assert_eq!(narrowed["elsewhere"].as_u64(), Some(left as u64), "{}", folder.display());
        assert!(all["elsewhere"].is_null());
    }
}

#[test]
fn taken_back_the_change_gives_the_tree_before() {
    for folder in histories() {
        let (before, after) = (files(&folder.join("before")), files(&folder.join("after")));
        let mut tree = after.clone();
        for file in read(&fs::read(folder.join("change.patch")).unwrap()).unwrap().files {
            let path = |path: &Option<String>| {
                let path = path.as_deref()?;
                Some(path.strip_prefix("a/").or(path.strip_prefix("b/")).unwrap_or(path).to_owned())
            };
            let now = path(&file.after).map(|path| tree.remove(&path).unwrap()).unwrap_or_default();
            let was = file.undone(now.as_bytes(), |_| true).unwrap();
            path(&file.before).map(|path| tree.insert(path, String::from_utf8(was).unwrap()));
        }
        assert_eq!(tree, before, "{}", folder.display());
    }
}

#[test]
fn a_diff_may_be_written_from_elsewhere() {
    let folder = history("grant-removed");
    let patch = fs::read_to_string(folder.join("change.patch")).unwrap();
    let expected = [("ACR101".to_owned(), "infra/main.bicep".to_owned(), 29)];
    let run = |folder: &Path, arguments: &[&str], patch: &str| {
        let output = acrlint(folder, &[arguments, &["--diff", "-", "--format", "json"]].concat(), patch.as_bytes());
        found(&json(&output))
    };
    let own = tree(&folder.join("after"), "");
    assert_eq!(run(own.path(), &[], &patch), expected);
    // Without prefixes, with others, with CRLF.
    let bare = patch.replace("--- a/", "--- ").replace("+++ b/", "+++ ").replace(" a/", " ").replace(" b/", " ");
    assert_eq!(run(own.path(), &[], &bare), expected);
    let mnemonic = patch.replace("a/infra", "i/infra").replace("b/infra", "w/infra");
    assert_eq!(run(own.path(), &[], &mnemonic), expected);
    assert_eq!(run(own.path(), &[], &patch.replace('\n', "\r\n")), expected);
    // From the root of the repository and with `--relative`, run in a folder of it; then what is read is smaller.
    assert_eq!(run(&own.path().join("infra"), &[".."], &patch), expected);
    let relative = patch.replace("/infra/", "/");
    assert_eq!(run(&own.path().join("infra"), &[".."], &relative), expected);
    // A part of the repository without the rest, and a repository inside of a folder.
    let nested = tree(&folder.join("after"), "shop");
    fs::remove_dir(nested.path().join(".git")).unwrap();
    let further_up = patch.replace("a/infra", "a/shop/infra").replace("b/infra", "b/shop/infra");
    assert_eq!(run(&nested.path().join("shop"), &[], &further_up), expected);
    fs::create_dir(nested.path().join("shop/.git")).unwrap();
    let below = [("ACR101".to_owned(), "shop/infra/main.bicep".to_owned(), 29)];
    assert_eq!(run(nested.path(), &[], &patch), below);
}

#[test]
fn a_diff_that_does_not_fit_loses_nothing() {
    let folder = history("grant-removed");
    let patch = fs::read_to_string(folder.join("change.patch")).unwrap();
    let own = tree(&folder.join("after"), "");
    let all = found(&json(&acrlint(own.path(), &["--format", "json"], &[])));
    for (patch, line) in [
        // It is not made yet.
        (
            fs::read_to_string(history("public-access-closed").join("change.patch")).unwrap(),
            "`infra/main.tf` is missing",
        ),
        (patch.replace(" output", " Output"), "`infra/main.bicep:29` is not what"),
        (patch.clone() + &patch, "changes `infra/main.bicep` twice"),
    ] {
        let output = acrlint(own.path(), &["--format", "json", "--diff", "-"], patch.as_bytes());
        assert_eq!((output.status.code(), found(&json(&output))), (Some(1), all.clone()));
        let said = stderr(&output);
        assert!(
            said.contains(line) && said.ends_with(": all findings are reported\n") && said.lines().count() == 1,
            "{said}"
        );
    }
}

#[test]
fn nothing_changed_and_nothing_reported() {
    let own = tree(&history("grant-removed").join("after"), "");
    let output = acrlint(own.path(), &["--diff", "-"], b"");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), "findings: none · 2 elsewhere, not by this change · pulls: 1 broken\n");
    assert_eq!(stderr(&output), "the diff is empty: nothing has changed, and nothing is reported\n");
}

#[test]
fn what_is_no_diff_or_no_place_for_one_is_refused_in_one_line() {
    let own = tree(&history("grant-removed").join("after"), "");
    fs::write(own.path().join("x.patch"), "\u{1b}[1mdiff --git a/x b/x\u{1b}[m\n").unwrap();
    for (arguments, words) in [
        (&["--diff"][..], "--dry-run"),
        (&["--diff", "infra"], "--dry-run"),
        (&["--diff", "infra/main.bicep"], "--dry-run"),
        (&["--diff", "none.patch"], "can't be read"),
        (&["--diff", "x.patch"], "--no-color"),
        (&["--diff", "x.patch", "--fix"], "doesn't go together"),
        (&["--diff", "x.patch", "--dry-run"], "doesn't go together"),
        (&["pulls", "--diff", "x.patch"], "only `acrlint check`"),
        (&["graph", "--diff", "x.patch"], "only `acrlint check`"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
        let output = command.current_dir(own.path()).args(arguments).stdin(Stdio::null()).output().unwrap();
        let said = stderr(&output);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{arguments:?}: {said}");
        assert!(said.contains(words) && said.lines().count() == 1, "{arguments:?}: {said}");
    }
}

#[test]
fn a_file_elsewhere_that_cannot_be_read_is_not_passed_over() {
    let folder = history("image-from-other-registry");
    let own = tree(&folder.join("after"), "");
    fs::write(own.path().join("k8s/torn.yaml"), "apiVersion: apps/v1\nkind: Deployment\nmetadata: {\n").unwrap();
    let patch = fs::read(folder.join("change.patch")).unwrap();
    let output = acrlint(own.path(), &["--diff", "-", "--format", "concise"], &patch);
    assert!(
        stderr(&output).contains("`k8s/torn.yaml`, which is not in the diff, could not be read"),
        "{}",
        stderr(&output)
    );
    assert!(!stdout(&output).contains("torn.yaml"), "{}", stdout(&output));
    // In the diff, it is reported wherever the fault is.
    let torn = "diff --git a/k8s/torn.yaml b/k8s/torn.yaml\n--- a/k8s/torn.yaml\n+++ b/k8s/torn.yaml\n@@ -1,3 +1,3 \
                @@\n apiVersion: apps/v1\n-kind: Service\n+kind: Deployment\n metadata: {\n";
    let output = acrlint(own.path(), &["--diff", "-", "--format", "concise"], torn.as_bytes());
    assert!(stdout(&output).contains("k8s/torn.yaml"), "{}", stdout(&output));
    assert_eq!(stderr(&output), "");
}

/// What a run says on standard output and standard error.
fn said(folder: &Path, arguments: &[&str], patch: &str) -> (String, String) {
    let output = acrlint(folder, &[&["--diff", "-", "--format", "concise"], arguments].concat(), patch.as_bytes());
    (stdout(&output), stderr(&output))
}

fn changed(path: &str, gone: &str, new: &str) -> String {
    format!(
        "diff --git a/{path} b/{path}\nindex 1..2 100644\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-{gone}\n+{new}\n"
    )
}

#[test]
fn a_change_of_what_decides_what_is_reported_leaves_nothing_out() {
    let own = tree(&history("grant-removed").join("after"), "");
    let write = |path: &str, text: &str| fs::write(own.path().join(path), text).unwrap();
    let everything = |arguments: &[&str], patch: &str, path: &str| {
        let (out, err) = said(own.path(), arguments, patch);
        assert!(out.contains("ACR101") && !out.contains("elsewhere"), "{out}{err}");
        assert_eq!(
            err,
            format!("the diff changes `{path}`, which decides what is reported: all findings are reported\n")
        );
    };
    write(".gitignore", "/grant.bicep\n");
    everything(&[], &changed(".gitignore", "/out", "/grant.bicep"), ".gitignore");
    write("known.json", "{ \"version\": 1, \"findings\": [] }\n");
    let list = changed("known.json", "{}", "{ \"version\": 1, \"findings\": [] }");
    everything(&["--baseline", "known.json"], &list, "known.json");
    // It is a file as any other where it is no baseline.
    let (out, err) = said(own.path(), &[], &list);
    assert!(out.contains("2 elsewhere") && err.is_empty(), "{out}{err}");
    // A configuration counts where it is read: for all paths below it.
    write("acrlint.yaml", "world: closed\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    fs::write(own.path().join("change.patch"), changed("acrlint.yaml", "world: open", "world: closed")).unwrap();
    let output = command.current_dir(own.path()).args(["--diff", "change.patch"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert!(stderr(&output).contains("`change.patch` changes `acrlint.yaml`, which decides"), "{}", stderr(&output));
    fs::remove_file(own.path().join("acrlint.yaml")).unwrap();
    let gone = |path: &str| {
        format!(
            "diff --git a/{path} b/{path}\ndeleted file mode 100644\nindex 1..0\n--- a/{path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-world: open\n"
        )
    };
    everything(&[], &gone("acrlint.yaml"), "acrlint.yaml");
    let (out, _) = said(own.path(), &[], &gone("apps/acrlint.yaml"));
    assert!(out.contains("2 elsewhere"), "{out}");
}

#[cfg(unix)]
#[test]
fn what_a_diff_does_not_show_is_not_taken_for_unchanged() {
    let own = tree(&history("grant-removed").join("after"), "");
    let binary = |path: &str, what: &str| {
        format!("diff --git a/{path} b/{path}\n{what}Binary files a/{path} and b/{path} differ\n")
    };
    let module = |path: &str| {
        format!(
            "diff --git a/{path} b/{path}\nindex 1..2 160000\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n"
        )
    };
    for (patch, path) in [
        (binary("infra/main.bicep", "index 1..2 100644\n"), "infra/main.bicep"),
        (binary("infra/grant.bicep", "deleted file mode 100644\nindex 1..0\n"), "infra/grant.bicep"),
        (module("infra"), "infra"),
    ] {
        let patch = patch.replace(
            "deleted file mode 100644\nindex 1..0\nBinary files a/infra/grant.bicep and b/infra/grant.bicep",
            "deleted file mode 100644\nindex 1..0\nBinary files a/infra/grant.bicep and /dev/null",
        );
        let (out, err) = said(own.path(), &[], &patch);
        assert!(out.contains("ACR101") && !out.contains("elsewhere"), "{out}{err}");
        assert_eq!(err, format!("the diff doesn't show what changes in `{path}`: all findings are reported\n"));
    }
    fs::write(own.path().join("logo.png"), [0, 1]).unwrap();
    std::os::unix::fs::symlink("k8s/shop.yaml", own.path().join("link.yaml")).unwrap();
    let link = "diff --git a/link.yaml b/link.yaml\nnew file mode 120000\nindex 0..1\n--- /dev/null\n+++ b/link.yaml\n@@ -0,0 +1 @@\n+k8s/shop.yaml\n\\ No newline at end of file\n";
    for patch in [binary("logo.png", "index 1..2 100644\n"), module("other"), link.to_owned()] {
        let (out, err) = said(own.path(), &[], &patch);
        assert!(out.contains("2 elsewhere") && err.is_empty(), "{out}{err}");
    }
    // A file whose name is no text is not read, and that is all that is told of it.
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"gr\xfcn.yaml");
    fs::write(own.path().join(name), "b\n").unwrap();
    let patch = changed("gr.yaml", "a", "b")
        .replace("a/gr.yaml", "\"a/gr\\374n.yaml\"")
        .replace("b/gr.yaml", "\"b/gr\\374n.yaml\"");
    let (out, err) = said(own.path(), &[], &patch);
    assert!(out.contains("ACR900") && out.contains("2 elsewhere") && err.is_empty(), "{out}{err}");
    // What is in a file of UTF-16 is read, and git shows none of it.
    let text = fs::read_to_string(own.path().join("k8s/shop.yaml")).unwrap();
    let wide: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(own.path().join("k8s/shop.yaml"), wide).unwrap();
    for patch in [binary("k8s/shop.yaml", "index 1..2 100644\n"), changed("k8s/shop.yaml", "a", "b")] {
        let (out, err) = said(own.path(), &[], &patch);
        assert!(!out.contains("elsewhere") && err.contains("in `k8s/shop.yaml`: all findings"), "{out}{err}");
    }
}

#[test]
fn where_it_is_not_found_out_what_led_to_a_finding_nothing_is_said_to_have() {
    // Taken back alone, neither of both changes makes the pull work again.
    let own = tree(&history("role-in-tfvars").join("after"), "");
    let write = |path: &str, text: &str| fs::write(own.path().join("infra").join(path), text).unwrap();
    let main = fs::read_to_string(own.path().join("infra/main.tf")).unwrap();
    let head = "resource \"azurerm_role_assignment\" \"pull\" {\n";
    let main = main.replace(head, &format!("{head}  count = var.one && var.two ? 1 : 0\n"));
    write("main.tf", &main.replace("var.pull_role", "\"AcrPull\""));
    let mut patch = changed("notes.yaml", "a: 1", "a: 2");
    fs::write(own.path().join("notes.yaml"), "a: 2\n").unwrap();
    for name in ["one", "two"] {
        write(&format!("{name}.tf"), &format!("variable \"{name}\" {{\n  default = false\n}}\n"));
        let path = format!("infra/{name}.tf");
        patch += &changed(&path, "  default = true", "  default = false").replace("@@ -1 +1 @@", "@@ -2 +2 @@");
    }
    let output = acrlint(own.path(), &["--diff", "-"], patch.as_bytes());
    let (out, err) = (stdout(&output), stderr(&output));
    assert!(out.contains("ACR101") && err.is_empty(), "{out}{err}");
    assert!(!out.contains("change leads to it") && !out.contains("notes.yaml"), "{out}");
}

#[test]
fn a_line_beside_what_is_gone_is_not_shown() {
    let own = tree(&history("role-in-tfvars").join("after"), "");
    let main = own.path().join("infra/main.tf");
    let text = fs::read_to_string(&main).unwrap().replace(
        "resource \"azurerm_role_assignment\" \"pull\" {\n",
        "resource \"azurerm_role_assignment\" \"pull\" {\n  count = var.grant ? 1 : 0\n",
    );
    fs::write(&main, text).unwrap();
    fs::write(
        own.path().join("infra/variables.tf"),
        "variable \"pull_role\" {}\nvariable \"pat\" {}\nvariable \"grant\" {\n  default = false\n}\n",
    )
    .unwrap();
    fs::write(own.path().join("infra/terraform.tfvars"), "pat = \"seven-horse-lamp\"\npull_role = \"AcrPull\"\n")
        .unwrap();
    let patch = "diff --git a/infra/terraform.tfvars b/infra/terraform.tfvars\nindex 1..2 100644\n--- a/infra/terraform.tfvars\n+++ b/infra/terraform.tfvars\n@@ -1,3 +1,2 @@\n-grant = true\n pat = \"seven-horse-lamp\"\n pull_role = \"AcrPull\"\n";
    for format in ["human", "sarif", "json", "markdown", "gitlab", "github"] {
        let output = acrlint(own.path(), &["--diff", "-", "--format", format], patch.as_bytes());
        let out = stdout(&output);
        assert!(out.contains("ACR101") && out.contains("terraform.tfvars"), "{out}");
        assert!(!out.contains("seven-horse"), "{out}");
    }
}

#[cfg(unix)]
#[test]
fn names_do_not_act_on_who_reads_what_is_said() {
    let own = tree(&history("image-from-other-registry").join("after"), "");
    let path = own.path().join("k8s/x\n::stop-commands::zzz\n::error file=a::y\n.yaml");
    fs::write(path, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {\n").unwrap();
    let patch = fs::read(history("image-from-other-registry").join("change.patch")).unwrap();
    let err = stderr(&acrlint(own.path(), &["--diff", "-"], &patch));
    assert!(err.contains("could not be read") && err.lines().count() == 1 && !err.contains("::error"), "{err}");
    fs::write(own.path().join("x.yaml"), "\"x\\n::error::y\": 1\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    let output = command.current_dir(own.path()).args(["--config", "x.yaml"]).output().unwrap();
    let err = stderr(&output);
    assert_eq!((output.status.code(), err.lines().count()), (Some(2), 1), "{err}");
    assert!(!err.contains("::error"), "{err}");
}
