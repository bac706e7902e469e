//! The formats of build services on repositories: what they write, and whether their readers can read it. `UPDATE=1` writes
//! the expected outputs anew. `.ci/formats` asks the readers themselves.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const FORMATS: [(&str, &str); 5] = [
    ("github", "github.txt"),
    ("azure", "azure.txt"),
    ("gitlab", "gitlab.json"),
    ("junit", "junit.xml"),
    ("markdown", "md"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// A copy of a scenario, so that paths are those of a repository of its own.
fn repository(scenario: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    copy(&root().join("scenarios").join(scenario), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn acrlint(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    command.current_dir(folder).args(["--no-config", "--now", "2026-01-31"]);
    for variable in ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA", "CI_PROJECT_URL", "CI_COMMIT_SHA"] {
        command.env_remove(variable);
    }
    command
}

/// The command that writes facts, which has no dates.
fn facts(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    command.current_dir(folder).args(["facts", "--name", "i"]);
    command
}

fn told(folder: &Path, format: &str) -> String {
    let output = acrlint(folder).args(["--format", format]).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn outputs_are_those_of_the_files() {
    let mut wrong = Vec::new();
    for scenario in ["broken/control-plane-grant", "broken/secret-in-other-namespace", "fine/replica-by-parameter"] {
        let folder = repository(scenario);
        let name = scenario.replace('/', "-");
        for (format, ending) in FORMATS {
            let said = told(folder.path(), format);
            let file = root().join("formats").join(format!("{name}.{ending}"));
            if std::env::var_os("UPDATE").is_some() {
                std::fs::create_dir_all(root().join("formats")).unwrap();
                std::fs::write(&file, &said).unwrap();
            }
            let wanted = std::fs::read_to_string(&file).unwrap_or_default();
            if said != wanted {
                wrong.push(format!("{}:\n  wanted\n{wanted}  said\n{said}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn assert_gitlab(text: &str) -> usize {
    let schema = std::fs::read_to_string(root().join("schema/gitlab-code-quality.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let report: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let issues = report.as_array().unwrap();
    let prints: BTreeSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), issues.len(), "equal fingerprints are dropped");
    issues.len()
}

/// What both schemas of JUnit's XML ask for, as far as it can be said without them. Gives the number of failures.
fn assert_junit(text: &str) -> usize {
    let document = roxmltree::Document::parse(text).unwrap();
    let suites = document.root_element();
    assert_eq!((suites.tag_name().name(), suites.attributes().len()), ("testsuites", 0));
    let mut failed = 0;
    for (id, suite) in suites.children().filter(roxmltree::Node::is_element).enumerate() {
        let number = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
        let cases: Vec<roxmltree::Node<'_, '_>> = suite.children().filter(|it| it.has_tag_name("testcase")).collect();
        let with = |tag: &str| cases.iter().filter(|case| case.children().any(|it| it.has_tag_name(tag))).count();
        assert_eq!((number("id"), number("tests")), (id, cases.len()));
        assert_eq!(number("failures"), with("failure"));
        assert_eq!(number("errors"), with("error"));
        assert_eq!(number("skipped"), with("skipped"));
        assert!(!suite.attribute("name").unwrap().is_empty() && suite.attribute("timestamp").unwrap().len() == 19);
        let name = |case: &roxmltree::Node<'_, '_>| {
            (case.attribute("classname").unwrap().to_owned(), case.attribute("name").unwrap().to_owned())
        };
        let names: BTreeSet<(String, String)> = cases.iter().map(name).collect();
        assert_eq!(names.len(), cases.len(), "services show one case of a name");
        failed += with("failure");
    }
    failed
}

/// A workflow command as the runner reads it: its word, its properties and its text.
fn command(line: &str) -> Option<(String, BTreeMap<String, String>, String)> {
    let (head, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (word, properties) = head.split_once(' ').unwrap_or((head, ""));
    let property = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), plain(value)));
    Some((word.to_owned(), properties.split(',').filter_map(property).collect(), plain(data)))
}

fn plain(text: &str) -> String {
    let pairs = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    pairs.iter().fold(text.to_owned(), |text, (code, character)| text.replace(code, character))
}

/// More findings than a step may have annotations: ten of a kind, the last of which says how many more there are.
#[test]
fn no_kind_has_more_annotations_than_are_kept() {
    let folder = root().join("scenarios/broken");
    let text = told(&folder, "github");
    let commands: Vec<_> = text.lines().filter_map(command).collect();
    for (word, level, more) in [("error", "error", "more errors"), ("warning", "warning", "more warnings")] {
        let own: Vec<_> = commands.iter().filter(|(own, ..)| own == word).collect();
        assert_eq!(own.len(), 10, "{word}");
        assert!(own[9].2.contains(more) && !own[9].1.contains_key("file"), "{:?}", own[9]);
        assert!(own[..9].iter().all(|(_, properties, _)| properties.contains_key("file")));
        // The log has all of them.
        let logged = text.lines().filter(|line| line.starts_with(&format!("{level}["))).count();
        assert!(logged > 10, "{logged} {level}");
        let left: usize = own[9].2.split(' ').next().unwrap().parse().unwrap();
        assert!(left < logged && left > logged.saturating_sub(60), "{left} of {logged}");
    }
    let azure = told(&folder, "azure");
    for kind in ["error", "warning"] {
        assert_eq!(azure.matches(&format!("##vso[task.logissue type={kind};")).count(), 10);
    }
}

#[test]
fn a_large_repository_is_read_by_all() {
    let folder = root().join("scenarios");
    let findings = assert_gitlab(&told(&folder, "gitlab"));
    let failed = assert_junit(&told(&folder, "junit"));
    assert!(findings > 50 && failed > 30 && failed <= findings, "{failed} of {findings}");
    // A comment on a pull request takes no more characters.
    let page = told(&folder, "markdown");
    assert!(page.chars().count() < 65_536 && page.contains("left out here for want of room: 1 picture"), "{page}");
    assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
    assert_eq!(page.lines().filter(|line| line.starts_with("```")).count() % 2, 0);
}

#[test]
fn nothing_is_valid_as_well() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(assert_gitlab(&told(folder.path(), "gitlab")), 0);
    assert_eq!(assert_junit(&told(folder.path(), "junit")), 0);
    assert_eq!(told(folder.path(), "github"), told(folder.path(), "azure"));
    assert!(told(folder.path(), "markdown").contains("### Nothing to judge was found\n"));
}

/// Names that mean something to everybody who reads them.
const HOSTILE: &str =
    "a|b <script>x</script> @someone o/r#1 ]]> `c` ##vso[task.complete result=Failed;]d ##[error]e %0A::error::f";

/// A repository in which files and things have such names.
fn hostile() -> tempfile::TempDir {
    let folder = repository("broken/control-plane-grant");
    let file = folder.path().join("terraform/main.tf");
    let text = std::fs::read_to_string(&file).unwrap().replace("\"aks-harbour\"", &format!("\"{HOSTILE}\""));
    assert!(text.contains(HOSTILE));
    std::fs::remove_file(&file).unwrap();
    std::fs::write(folder.path().join("terraform/ma:in,%0A|`x`.tf"), text).unwrap();
    let manifest = "kind: Pod\napiVersion: v1\nmetadata: { name: web, namespace: '::error::x' }\nspec:\n  containers:\n  - \
                    name: a\n    image: 'harbourimages.azurecr.io/::set-env name=a::b <b>|`c`'\n";
    std::fs::write(folder.path().join("##vso[task.complete]x.yaml"), manifest).unwrap();
    folder
}

#[test]
fn hostile_names_are_names_only() {
    let folder = hostile();
    let said = |format| told(folder.path(), format);
    let github = said("github");
    let commands: Vec<_> = github.lines().filter_map(command).collect();
    let words: BTreeSet<&str> = commands.iter().map(|(word, ..)| word.as_str()).collect();
    assert!(words.is_subset(&["error", "warning", "notice", "group", "endgroup"].into()), "{words:?}");
    assert!(!github.contains("##[") && !github.contains("##vso["), "{github}");
    let files: BTreeSet<&str> =
        commands.iter().filter_map(|(_, properties, _)| properties.get("file")).map(|it| &**it).collect();
    assert!(files.contains("terraform/ma:in,%0A|`x`.tf"), "{files:?}");
    for format in ["human", "concise", "azure", "github", "markdown"] {
        let text = said(format);
        let stray = |line: &&str| line.contains("##vso[") && !line.starts_with("##vso[task.logissue type=");
        assert_eq!(text.lines().find(stray), None, "{format}");
        let began = |line: &&str| line.trim_start().starts_with("::") && format != "github";
        assert_eq!(text.lines().find(began), None, "{format}");
    }
    assert!(assert_gitlab(&said("gitlab")) > 0);
    assert!(assert_junit(&said("junit")) > 0);
    let page = said("markdown");
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        assert!([5, 6].contains(&line.matches('|').count()), "{line}");
    }
}

/// Where a build service says what it checked out, places of the page are links.
#[test]
fn places_are_links_where_the_commit_is_known() {
    let folder = repository("broken/control-plane-grant");
    let commit = "5fea81b7c1d4bd4c9f4b2a7c9c1e5a0f3b2d1c0e";
    let mut command = acrlint(folder.path());
    command.envs([("GITHUB_SERVER_URL", "https://github.com"), ("GITHUB_REPOSITORY", "o/r"), ("GITHUB_SHA", commit)]);
    let output = command.args(["--format", "markdown"]).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    let link = format!("[`terraform/main.tf:33`](https://github.com/o/r/blob/{commit}/terraform/main.tf#L33)");
    assert!(page.contains(&link), "{page}");
}

#[test]
fn pulls_have_the_formats_that_tell_pulls() {
    let folder = repository("fine/replica-by-parameter");
    let run = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
        command.current_dir(folder.path()).args(["pulls", "--no-config", "--format", format]).output().unwrap()
    };
    for format in ["junit", "markdown"] {
        assert_eq!(run(format).status.code(), Some(0), "{format}");
    }
    for format in ["github", "gitlab", "azure", "sarif", "concise"] {
        let output = run(format);
        assert_eq!(output.status.code(), Some(2), "{format}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("human, json, junit, markdown, mermaid and dot"));
    }
}

/// What a console reads as commands of a build service, wherever in a line it stands, or where the line begins.
fn commands_in(text: &str) -> Vec<&str> {
    let ends = |letter| matches!(letter, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    text.split(ends).filter(|line| line.contains("##") || line.trim_start().starts_with("::")).collect()
}

#[test]
fn names_in_json_are_no_commands() {
    let folder = hostile();
    for format in ["json", "sarif", "gitlab"] {
        let text = told(folder.path(), format);
        assert_eq!(commands_in(&text), Vec::<&str>::new(), "{format}");
        let value: Value = serde_json::from_str(&text).unwrap();
        assert!(value.to_string().contains("##vso[task.complete"), "{format} tells the names as they are");
    }
    let update = acrlint(folder.path()).args(["--baseline", "b.json", "--update-baseline"]).output().unwrap();
    assert_eq!(update.status.code(), Some(0));
    let facts = facts(folder.path()).output().unwrap();
    let written = std::fs::read_to_string(folder.path().join("b.json")).unwrap();
    for text in [written, String::from_utf8(facts.stdout).unwrap()] {
        assert_eq!(commands_in(&text), Vec::<&str>::new());
        let value: Value = serde_json::from_str(&text).unwrap();
        assert!(value.to_string().contains("##vso[task.complete"), "{text}");
    }
}

/// Registries of two environments with the admin user, by the keys of what is made in each.
fn registries(of: &[(&str, &[&str])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, keys) in of {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        let text = format!(
            "resource \"azurerm_container_registry\" \"acr\" {{\n  for_each            = toset({keys:?})\n  name                = \
             \"shop{name}${{each.key}}\"\n  resource_group_name = \"rg\"\n  location            = \"westeurope\"\n  sku                 \
             = \"Standard\"\n  admin_enabled       = true\n}}\n"
        );
        std::fs::write(folder.path().join(name).join("main.tf"), text).unwrap();
    }
    folder
}

/// Where issues are, by their fingerprints.
fn fingerprints(of: &[(&str, &[&str])]) -> BTreeMap<String, String> {
    let text = told(registries(of).path(), "gitlab");
    assert_gitlab(&text);
    let report: Value = serde_json::from_str(&text).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let issues = report.as_array().unwrap().iter();
    issues.map(|issue| (text(&issue["fingerprint"]), text(&issue["location"]["path"]))).collect()
}

#[test]
fn an_issue_of_one_environment_is_never_taken_for_one_of_another() {
    let both = fingerprints(&[("dev", &["a"]), ("prod", &["a"])]);
    assert_eq!(both.values().collect::<Vec<_>>().len(), 2);
    let of = |name: &str| both.iter().find(|(_, path)| path.starts_with(name)).unwrap().0.clone();
    let prod = fingerprints(&[("prod", &["a"])]);
    assert_eq!(prod.into_keys().collect::<Vec<_>>(), [of("prod")]);
    let three = fingerprints(&[("canary", &["a"]), ("dev", &["a"]), ("prod", &["a"])]);
    assert!(three.len() == 3 && both.keys().all(|print| three.contains_key(print)));
}

#[test]
fn each_thing_that_is_wrong_at_one_place_comes_and_goes_by_itself() {
    let before = fingerprints(&[("dev", &["b", "c"])]);
    assert_eq!(before.len(), 2);
    for keys in [&["b", "c", "d"], &["a", "b", "c"]] {
        let after = fingerprints(&[("dev", keys)]);
        assert!(after.len() == 3 && before.keys().all(|print| after.contains_key(print)), "{keys:?}");
        let cases = |keys: &[&str]| {
            let text = told(registries(&[("dev", keys)]).path(), "junit");
            assert_junit(&text);
            let lines = text.lines().filter(|line| line.contains("<testcase name=\"ACR503"));
            lines.map(|line| line.trim_end_matches('/').to_owned()).collect::<BTreeSet<_>>()
        };
        assert!(cases(&["b", "c"]).is_subset(&cases(keys)) && cases(keys).len() == 3);
    }
}

#[test]
fn with_a_change_only_what_is_new_of_one_place_is_an_issue() {
    let folder = registries(&[("dev", &["x"])]);
    let main = folder.path().join("dev/main.tf");
    let text = std::fs::read_to_string(&main).unwrap().replace("toset([\"x\"])", "toset(var.keys)");
    std::fs::write(&main, text).unwrap();
    let variable = |keys: &str| format!("variable \"keys\" {{\n  default = [\n{keys}  ]\n}}\n");
    std::fs::write(folder.path().join("dev/variables.tf"), variable("    \"b\",\n    \"c\",\n    \"d\",\n")).unwrap();
    let diff = "--- a/dev/variables.tf\n+++ b/dev/variables.tf\n@@ -2,4 +2,5 @@\n   default = [\n     \"b\",\n     \"c\",\n+    \
                \"d\",\n   ]\n";
    std::fs::write(folder.path().join("change.diff"), diff).unwrap();
    assert_eq!(told(folder.path(), "gitlab").matches("fingerprint").count(), 3);
    let output = acrlint(folder.path()).args(["--diff", "change.diff", "--format", "gitlab"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(assert_gitlab(&text), 1, "{text}");
    assert!(text.contains("shopdevd"), "{text}");
}

#[test]
fn a_pull_that_fails_is_a_case_whatever_is_left_out() {
    let folder = repository("broken/control-plane-grant");
    let run = |more: &[&str]| {
        let output = acrlint(folder.path()).args(["--format", "junit"]).args(more).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (all, none) = (run(&[]), run(&["--ignore", "ACR"]));
    assert!(assert_junit(&all) > 0 && assert_junit(&none) == 0);
    for text in [all, none] {
        assert!(text.contains(" pulls ") && text.contains("<skipped message=\"fails: permission: "), "{text}");
        assert!(
            text.contains("what is wrong is a case of its own, unless it is left out") && !text.contains("no finding")
        );
    }
}

#[test]
fn code_is_fenced_as_the_language_of_the_file_to_change() {
    let folder = repository("broken/control-plane-grant");
    let manifests = folder.path().join("apps");
    std::fs::create_dir_all(manifests.join(".git")).unwrap();
    let image = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: \
                 harbourimages.azurecr.io/web:1\n";
    std::fs::write(manifests.join("web.yaml"), image).unwrap();
    let facts = facts(&folder.path().join("terraform")).args(["-o", "../f.json"]).status().unwrap();
    assert!(facts.success());
    let output = acrlint(&manifests).args(["--with", "../f.json", "--format", "markdown"]).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains("`web.yaml:7`") && page.contains("i:"), "{page}");
    assert!(page.contains("```hcl") && !page.contains("```yaml"), "{page}");
}
