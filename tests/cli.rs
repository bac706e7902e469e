//! The command line as people and scripts meet it: exit status, messages, streams.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs acrlint in `folder`, in an environment that says nothing about colour.
fn acrlint(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    command.current_dir(folder).args(arguments);
    for variable in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"] {
        command.env_remove(variable);
    }
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with one clean manifest.
fn clean() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("k8s")).unwrap();
    fs::write(folder.path().join("k8s/config.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
        .unwrap();
    folder
}

/// Asserts exit status 2, nothing on standard output and one line of the form `error: …`; gives that line.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = acrlint(folder, arguments);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert_eq!(stdout(&output), "", "{arguments:?}");
    assert!(said.starts_with("error: ") && said.trim_end().lines().count() == 1, "{said}");
    said.trim_end().trim_start_matches("error: ").to_owned()
}

#[test]
fn a_clean_folder_exits_with_0() {
    let folder = clean();
    for arguments in [&[][..], &["k8s"], &["check", "k8s"], &["./k8s/config.yaml"], &["--format", "json"], &["pulls"]] {
        let output = acrlint(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_folder_without_inputs_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(acrlint(folder.path(), &[]).status.code(), Some(0));
}

#[test]
fn a_missing_path_is_named() {
    let folder = clean();
    assert_eq!(refused(folder.path(), &["nowhere"]), "no such path: `nowhere`");
    assert_eq!(refused(folder.path(), &["k8s", "nowhere/x.tf"]), "no such path: `nowhere/x.tf`");
    assert!(refused(folder.path(), &["--format", "json", "pulls"]).contains("`acrlint pulls …`"));
}

#[test]
fn an_unknown_rule_comes_with_a_suggestion() {
    let folder = clean();
    for arguments in [&["--select", "ACR1O1"][..], &["--ignore", "ACR101,ACR1O1"], &["explain", "ACR1O1"]] {
        assert!(
            refused(folder.path(), arguments).starts_with("unknown rule `ACR1O1`; did you mean `ACR1"),
            "{arguments:?}"
        );
    }
}

#[test]
fn bad_flags_exit_with_2() {
    let folder = clean();
    for arguments in [
        &["--frobnicate"][..],
        &["--format", "xml"],
        &["--now", "2026-02-30"],
        &["--output", "sarif"],
        &["--fail-on", "none"],
        &["-q", "-v"],
        &["explain"],
    ] {
        let output = acrlint(folder.path(), arguments);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{arguments:?}");
        assert!(stderr(&output).starts_with("error: "), "{arguments:?}: {}", stderr(&output));
    }
    assert!(
        refused(folder.path(), &["pulls", "--format", "sarif"])
            .contains("human, json, junit, markdown, mermaid and dot")
    );
    assert!(refused(folder.path(), &["--exclude", "a{b"]).contains("a{b"));
}

#[test]
fn mistakes_in_the_configuration_have_a_place() {
    let folder = clean();
    let config = folder.path().join("acrlint.yaml");
    fs::write(&config, "world: open\nexcldue: [a]\n").unwrap();
    assert_eq!(refused(folder.path(), &[]), "acrlint.yaml:2:1: unknown key `excldue`; did you mean `exclude`?");
    assert_eq!(acrlint(folder.path(), &["--no-config"]).status.code(), Some(0));
    fs::write(&config, "rules:\n  ACR1O1: off\n").unwrap();
    assert!(refused(folder.path(), &[]).starts_with("acrlint.yaml:2:3: unknown rule `ACR1O1`"));
    fs::write(&config, "world: [\n").unwrap();
    assert!(refused(folder.path(), &[]).starts_with("acrlint.yaml:"));
    fs::write(&config, b"world: \xff\n").unwrap();
    assert!(refused(folder.path(), &[]).starts_with("acrlint.yaml: can't be read"));
    assert!(refused(folder.path(), &["--config", "other.yaml"]).starts_with("other.yaml: "));
}

#[test]
fn the_configuration_is_looked_for_up_to_the_root_only() {
    let folder = clean();
    fs::write(folder.path().join("acrlint.yaml"), "nonsense: 1\n").unwrap();
    assert_eq!(acrlint(&folder.path().join("k8s"), &[]).status.code(), Some(0));
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert!(refused(&folder.path().join("k8s"), &[]).contains("unknown key `nonsense`"));
}

#[test]
fn help_and_version_go_to_standard_output() {
    let folder = clean();
    let output = acrlint(folder.path(), &["--help"]);
    let help = stdout(&output);
    assert_eq!(output.status.code(), Some(0));
    for part in ["Usage: acrlint", "pulls", "--fail-on-unknown", "--output <FORMAT=FILE>", "Examples:", "Exit status:"]
    {
        assert!(help.contains(part), "{part} is missing in:\n{help}");
    }
    assert!(stdout(&acrlint(folder.path(), &["--version"])).starts_with("acrlint "));
}

#[test]
fn rules_are_listed_and_explained() {
    let folder = clean();
    let list = stdout(&acrlint(folder.path(), &["rules"]));
    assert!(list.lines().all(|line| line.starts_with("ACR")) && list.contains("missing-pull-grant"), "{list}");
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&acrlint(folder.path(), &["rules", "--format", "json"]))).unwrap();
    assert_eq!(json.as_array().unwrap().len(), list.lines().count());
    let page = stdout(&acrlint(folder.path(), &["explain", "missing-pull-grant"]));
    assert!(page.contains("ACR101"), "{page}");
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let output = acrlint(folder.path(), &["man"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("\n.TH acrlint 1"), "{}", stdout(&output));
    assert!(stdout(&acrlint(folder.path(), &["man", "pulls"])).contains("\n.TH acrlint-pulls 1"));
    assert_eq!(refused(folder.path(), &["man", "puls"]), "acrlint has no command `puls`; did you mean `pulls`?");
}

#[test]
fn every_shell_has_completions() {
    let folder = clean();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = acrlint(folder.path(), &["completions", shell]);
        assert!(output.status.success() && stdout(&output).contains("fail-on-unknown"), "{shell}");
    }
}

#[test]
fn colour_is_for_those_who_want_it() {
    let folder = clean();
    fs::write(folder.path().join("broken.yaml"), "apiVersion: v1\nkind: [\n").unwrap();
    let escapes = |command: &mut Command| stdout(&command.output().unwrap()).contains('\u{1b}');
    let run = |arguments: &[&str]| command(folder.path(), arguments);
    assert!(!escapes(&mut run(&[])));
    assert!(escapes(&mut run(&["--color", "always"])));
    assert!(escapes(run(&[]).env("CLICOLOR_FORCE", "1")));
    assert!(!escapes(run(&[]).env("FORCE_COLOR", "1").env("NO_COLOR", "1")));
    assert!(!escapes(run(&["--color", "never"]).env("FORCE_COLOR", "1")));
}

#[test]
fn outputs_are_written_and_a_failure_to_write_is_told() {
    let folder = clean();
    let output = acrlint(folder.path(), &["--output", "sarif=a.sarif", "--output", "json=a.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for file in ["a.sarif", "a.json"] {
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{file}");
    }
    assert!(refused(folder.path(), &["--output", "json=no/such/folder.json"]).contains("no/such/folder.json"));
}

#[test]
fn what_is_wrong_with_some_parameter_files_only_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let template = "param env string\nresource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: \
        'foundry${env}'\n  location: 'westeurope'\n  sku: { name: 'Standard' }\n  properties: { adminUserEnabled: env \
        != 'prod' }\n}\n";
    fs::write(folder.path().join("main.bicep"), template).unwrap();
    for env in ["dev", "prod", "test"] {
        let text = format!("using 'main.bicep'\nparam env = '{env}'\n");
        fs::write(folder.path().join(format!("{env}.bicepparam")), text).unwrap();
    }
    let run = |format: &str| stdout(&acrlint(folder.path(), &["--format", format]));
    let json: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
    let finding = &json["findings"][0];
    assert_eq!((json["findings"].as_array().unwrap().len(), &finding["key"]), (1, &"ACR503:acr".into()));
    let related = finding["related"].as_array().unwrap();
    let files: Vec<&str> = related.iter().map(|label| label["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["dev.bicepparam", "test.bicepparam"]);
    assert!(run("concise").lines().next().unwrap().ends_with(" (with all but `prod.bicepparam`)"));
    assert!(run("github").contains("%0Atest.bicepparam:1: with the values of `test.bicepparam`"));
    let sarif: serde_json::Value = serde_json::from_str(&run("sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["partialFingerprints"]["acrlint/v1"], "ACR503:acr");
    assert!(result["message"]["text"].as_str().unwrap().contains("[with the values of `dev.bicepparam`](1)"));
    assert!(run("human").contains("with the values of `dev.bicepparam`"));
}

#[test]
fn pulls_of_clusters_with_one_name_are_told_apart_by_their_parameter_files() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios/broken/parameter-sets-one");
    for entry in fs::read_dir(scenario).unwrap().flatten() {
        fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let tree = stdout(&acrlint(folder.path(), &["pulls"]));
    for title in ["cluster aks with prod.bicepparam\n└─ ✗ ", "cluster aks with dev.bicepparam\n└─ ✓ "] {
        assert!(tree.contains(title), "{tree}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&acrlint(folder.path(), &["pulls", "--format", "json"]))).unwrap();
    let broken = json["pulls"].as_array().unwrap().iter().find(|pull| pull["verdict"] == "broken").unwrap();
    assert_eq!(broken["parameters"], serde_json::json!(["prod.bicepparam"]));
}

#[test]
fn the_configuration_says_what_is_applied_and_where_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "k8s/web.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: loomimages.azurecr.io/web:1}]}\n",
    );
    write(
        "acrlint.yaml",
        "apply:\n- {path: k8s, namespace: loom}\n- {path: gone}\nassume:\n- grant: {registry: loomimage, cluster: aks}\n  reason: x\n",
    );
    let output = acrlint(folder.path(), &["pulls"]);
    assert!(stdout(&output).contains("Pod loom/web"), "{}", stdout(&output));
    let notes = stderr(&output);
    assert!(notes.contains("acrlint.yaml: nothing to apply at `gone`"), "{notes}");
    assert!(notes.contains("no registry of this tree is called `loomimage`; did you mean `loomimages`?"), "{notes}");
    assert!(notes.contains("no cluster of this tree is called `aks`"), "{notes}");
}

#[test]
fn what_is_assumed_of_a_registry_that_only_an_image_names_holds() {
    let folder = clean();
    let write = |path: &str, text: &str| {
        std::fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(path), text).unwrap();
    };
    write("up.sh", "az aks create -n aks-loom -g rg-loom\n");
    write(
        "k8s/web.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: loom}\nspec: {containers: [{name: web, image: hubimages.azurecr.io/web:1}]}\n",
    );
    let assume = "assume:\n- grant: {registry: hubimages, cluster: aks-loom}\n  reason: the hub grants it\n";
    let pulls = || acrlint(folder.path(), &["pulls"]);
    assert!(stdout(&pulls()).contains("1 unknown"), "{}", stdout(&pulls()));
    write("acrlint.yaml", assume);
    assert!(stdout(&pulls()).contains("1 fine"), "{}", stdout(&pulls()));
    assert_eq!(stderr(&pulls()), "");
    write("acrlint.yaml", &assume.replace("aks-loom", "aks-lom"));
    assert!(stdout(&pulls()).contains("1 unknown"), "{}", stdout(&pulls()));
    assert!(stderr(&pulls()).contains("did you mean `aks-loom`?"), "{}", stderr(&pulls()));
}

#[test]
fn a_workload_that_the_configuration_maps_to_a_cluster_is_judged_there() {
    let folder = clean();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    let up = ["warp", "weft"].map(|it| {
        format!(
            "az acr create -n {it}images -g rg --sku Basic\naz aks create -n aks-{it} -g rg --attach-acr {it}images\n"
        )
    });
    write("up.sh", &up.concat());
    write(
        "k8s/web.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: loom}\nspec: {containers: [{name: web, image: warpimages.azurecr.io/web:1}]}\n",
    );
    let status = || acrlint(folder.path(), &["--format", "concise"]).status.code();
    let told = || stdout(&acrlint(folder.path(), &["--format", "concise"]));
    assert_eq!(status(), Some(0), "{}", told());
    write("acrlint.yaml", "clusters: {'k8s/**': aks-weft}\n");
    assert!(told().contains("`aks-weft` has no role to pull from `warpimages`"), "{}", told());
    assert_eq!(status(), Some(1));
    write("acrlint.yaml", "clusters: {'k8s/**': aks-elsewhere}\n");
    assert!(told().contains("1 unknown"), "{}", told());
    assert_eq!(status(), Some(0), "{}", told());
}

#[test]
fn a_secret_may_be_assumed_in_every_namespace() {
    let folder = clean();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    write("up.sh", "az acr create -n loomimages -g rg-loom --sku Basic\naz aks create -n aks-loom -g rg-loom\n");
    write(
        "web.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: loom}\nspec: {imagePullSecrets: [{name: pull}], containers: [{name: web, image: loomimages.azurecr.io/web:1}]}\n",
    );
    let told = || stdout(&acrlint(folder.path(), &["--format", "concise"]));
    assert!(told().contains("ACR202"), "{}", told());
    for namespace in ["loom", "\"*\""] {
        write("acrlint.yaml", &format!("assume:\n- secret: {{namespace: {namespace}, name: pull}}\n  reason: x\n"));
        assert!(!told().contains("ACR202"), "{namespace}: {}", told());
    }
}

#[test]
fn the_schema_of_the_configuration_is_printed() {
    let folder = clean();
    let schema: serde_json::Value = serde_json::from_str(&stdout(&acrlint(folder.path(), &["schema"]))).unwrap();
    assert_eq!(schema["properties"]["world"]["enum"][0], "repository");
}

/// A folder whose grant goes to the wrong identity, written with CRLF, a byte order mark and characters of several bytes.
fn broken() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.bicep"), BROKEN.replace('\n', "\r\n")).unwrap();
    fs::create_dir(folder.path().join("k8s")).unwrap();
    fs::write(folder.path().join("k8s/web.yaml"), WEB).unwrap();
    folder
}

const BROKEN: &str = "\u{feff}// Für die Übung: 船
resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'harborimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  properties: { adminUserEnabled: true }
}
resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-harbor'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: { dnsPrefix: 'harbor' }
}
resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, aks.id, 'AcrPull')
  scope: acr
  properties: {
    principalId: aks.identity.principalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}";

const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: harborimages.azurecr.io/web:1 }
";

/// The parts of the broken file that safe fixes change, as they are afterwards.
fn repaired() -> String {
    let principal =
        "principalType: 'ServicePrincipal'\n    principalId: aks.properties.identityProfile.kubeletidentity.objectId";
    BROKEN
        .replace("'AcrPull')", "'AcrPull', 'kubelet')")
        .replace("principalId: aks.identity.principalId", principal)
        .replace('\n', "\r\n")
}

#[test]
fn safe_fixes_are_written_and_what_is_left_is_told() {
    let folder = broken();
    let before = acrlint(folder.path(), &[]);
    assert_eq!(before.status.code(), Some(1), "{}", stdout(&before));
    assert!(stdout(&before).contains("2 fixable with --fix, 1 more with --unsafe-fixes"), "{}", stdout(&before));
    let output = acrlint(folder.path(), &["--fix"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stderr(&output).contains("fixed 2 findings in 1 file"), "{}", stderr(&output));
    assert!(stdout(&output).contains("ACR503") && !stdout(&output).contains("ACR102"), "{}", stdout(&output));
    assert_eq!(fs::read_to_string(folder.path().join("main.bicep")).unwrap(), repaired());
    // Nothing is left that could be fixed like this.
    let again = acrlint(folder.path(), &["--fix"]);
    assert!(!stderr(&again).contains("fixed"), "{}", stderr(&again));
    assert_eq!(fs::read_to_string(folder.path().join("main.bicep")).unwrap(), repaired());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    let all = acrlint(folder.path(), &["--fix", "--unsafe-fixes"]);
    assert!(stdout(&all).contains("findings: none"), "{}", stdout(&all));
}

#[test]
fn what_fixes_would_change_is_shown_and_not_written() {
    let folder = broken();
    let output = acrlint(folder.path(), &["--dry-run"]);
    assert_eq!(output.status.code(), Some(1));
    let told = stdout(&output);
    assert!(told.starts_with("--- a/main.bicep\n+++ b/main.bicep\n@@ -"), "{told}");
    assert!(told.contains("+    principalId: aks.properties.identityProfile.kubeletidentity.objectId\r\n"), "{told}");
    assert!(!told.contains("adminUserEnabled: false"), "{told}");
    assert_eq!(fs::read_to_string(folder.path().join("main.bicep")).unwrap(), BROKEN.replace('\n', "\r\n"));
    // Both flags: nothing is written either.
    acrlint(folder.path(), &["--fix", "--dry-run"]);
    assert_eq!(fs::read_to_string(folder.path().join("main.bicep")).unwrap(), BROKEN.replace('\n', "\r\n"));
    acrlint(folder.path(), &["--fix"]);
    let output = acrlint(folder.path(), &["--dry-run"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    for command in ["pulls", "graph"] {
        assert!(refused(folder.path(), &[command, "--fix"]).contains("changes nothing"));
        assert!(refused(folder.path(), &[command, "--dry-run"]).contains("changes nothing"));
    }
    let output = acrlint(folder.path(), &["--dry-run"]);
    assert!(stderr(&output).contains("1 more fixable with --unsafe-fixes"), "{}", stderr(&output));
}

#[test]
fn what_could_not_be_written_is_not_told_as_repaired() {
    let folder = broken();
    let file = folder.path().join("main.bicep");
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file, permissions).unwrap();
    let output = acrlint(folder.path(), &["--fix"]);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stdout(&output).contains("ACR102"), "{}", stdout(&output));
    assert!(stderr(&output).contains("read-only") && !stderr(&output).contains("fixed"), "{}", stderr(&output));
}

/// One fix leads to an assignment that is there already, under a condition that no rule sees through: it alone is taken back.
#[test]
fn a_fix_that_leads_to_a_new_error_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let grant = |name: &str, principal: &str| {
        format!(
            "resource \"azurerm_role_assignment\" \"{name}\" {{\n  scope                = \
             azurerm_container_registry.acr.id\n  role_definition_name = \"AcrPull\"\n  principal_id         = \
             {principal}\n}}\n"
        )
    };
    let tree = format!(
        "resource \"azurerm_container_registry\" \"acr\" {{\n  name                = \"harborimages\"\n  \
         resource_group_name = \"rg\"\n  location            = \"westeurope\"\n  sku                 = \"Standard\"\n}}\n\
         resource \"azurerm_user_assigned_identity\" \"ci\" {{\n  name                = \"ci\"\n  \
         resource_group_name = \"rg\"\n  location            = \"westeurope\"\n}}\n{}{}",
        grant("one", "azurerm_user_assigned_identity.ci.principal_id"),
        grant("two", "azurerm_user_assigned_identity.ci.client_id"),
    );
    fs::write(folder.path().join("main.tf"), &tree).unwrap();
    fs::write(folder.path().join("web.yaml"), WEB.replace("azurecr.io", "azureacr.io")).unwrap();
    let output = acrlint(folder.path(), &["--fix", "--unsafe-fixes"]);
    assert!(!stdout(&output).contains("ACR110"), "{}", stdout(&output));
    assert!(fs::read_to_string(folder.path().join("main.tf")).unwrap().contains("ci.client_id"), "{}", stdout(&output));
    assert!(fs::read_to_string(folder.path().join("web.yaml")).unwrap().contains("harborimages.azurecr.io"));
}

#[test]
fn findings_that_stay_fail_a_run_that_fixes() {
    let folder = broken();
    // The repair is there, and of a rule that is switched off: the grant stays wrong.
    let output = acrlint(folder.path(), &["--fix", "--select", "ACR111", "--fail-on", "note"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let output = acrlint(folder.path(), &["--fix", "--select", "ACR503", "--fail-on", "note"]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_or_into_utf_16() {
    let folder = broken();
    let outside = tempfile::tempdir().unwrap();
    fs::rename(folder.path().join("main.bicep"), outside.path().join("main.bicep")).unwrap();
    fs::create_dir(folder.path().join("real")).unwrap();
    fs::copy(outside.path().join("main.bicep"), folder.path().join("real/text")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("real/text"), folder.path().join("main.bicep")).unwrap();
    acrlint(folder.path(), &["--fix", "main.bicep", "k8s"]);
    assert!(folder.path().join("main.bicep").is_symlink());
    assert_eq!(fs::read_to_string(folder.path().join("real/text")).unwrap(), BROKEN.replace('\n', "\r\n"));
    fs::remove_file(folder.path().join("main.bicep")).unwrap();
    let wide: Vec<u8> = BROKEN.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("main.bicep"), &wide).unwrap();
    let output = acrlint(folder.path(), &["--fix"]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert_eq!(fs::read(folder.path().join("main.bicep")).unwrap(), wide);
}

#[test]
fn a_graph_without_pulls_is_empty_and_said_to_be() {
    let folder = clean();
    for (arguments, begin) in [(&["graph"][..], "---\ntitle: "), (&["graph", "--format", "dot"], "digraph acrlint {")] {
        let output = acrlint(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).starts_with(begin), "{}", stdout(&output));
        assert_eq!(stderr(&output), "nothing to draw: no pull from a registry was found\n");
    }
    assert_eq!(acrlint(folder.path(), &["graph", "--format", "sarif"]).status.code(), Some(2));
}

#[test]
fn a_graph_goes_to_a_file_beside_a_report() {
    let folder = clean();
    let output = acrlint(folder.path(), &["--output", "mermaid=a.mmd", "--output", "dot=a.dot"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(fs::read_to_string(folder.path().join("a.mmd")).unwrap().contains("flowchart LR"));
    assert!(fs::read_to_string(folder.path().join("a.dot")).unwrap().contains("digraph"));
}
