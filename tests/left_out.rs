//! What a run leaves out: what users allow in comments, annotations and the configuration, and what a baseline lists.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use acrlint::{Outlook, lint};

fn acrlint(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    command.current_dir(folder).args(["--now", "2026-01-31", "--format", "concise"]).args(arguments);
    for variable in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"] {
        command.env_remove(variable);
    }
    command.output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The rules and lines that are found, as in `ACR503 main.bicep:5`, and what is left out.
fn found(files: &[(&str, &str)]) -> (Vec<String>, usize) {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let linted = lint(files, &Outlook { today: jiff::civil::date(2026, 1, 31), ..Outlook::default() });
    let place = |span: acrlint::source::Span| linted.store.source(span.source).place(span);
    let line = |finding: &acrlint::finding::Finding| {
        let place = place(finding.primary.span);
        format!("{} {}:{}", finding.rule, place.path, place.start.line)
    };
    (linted.report.findings.iter().map(line).collect(), linted.report.suppressed)
}

const REGISTRY: &str = "param admin bool\nresource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  \
                        name: 'museumimages'\n  location: 'westeurope'\n  sku: { name: 'Standard' }\n  properties: {\n    \
                        adminUserEnabled: true\n  }\n}\n";

/// A main file that calls the module of the registry, each time with a comment above the call.
fn calls(comments: &[&str]) -> String {
    let call = |(at, comment): (usize, &&str)| {
        format!("{comment}\nmodule m{at} 'registry.bicep' = {{\n  name: 'm{at}'\n  params: {{ admin: true }}\n}}\n")
    };
    comments.iter().enumerate().map(call).collect()
}

const ALLOWED: &str = "// acrlint: allow ACR503 -- old";

#[test]
fn a_module_called_twice_is_silent_only_where_both_calls_are_allowed() {
    let run = |comments: &[&str]| found(&[("registry.bicep", REGISTRY), ("main.bicep", &calls(comments))]);
    let place = vec!["ACR503 registry.bicep:7".to_owned()];
    assert_eq!(run(&["// one", "// two"]), (place.clone(), 0));
    assert_eq!(run(&[ALLOWED, "// two"]), (place.clone(), 1));
    assert_eq!(run(&["// one", ALLOWED]), (place, 1));
    assert_eq!(run(&[ALLOWED, ALLOWED]), (vec![], 1));
    assert_eq!(run(&[ALLOWED]), (vec![], 1));
}

#[test]
fn the_call_of_another_root_stays() {
    let (found, suppressed) = found(&[
        ("registry.bicep", REGISTRY),
        ("dev/main.bicep", &calls(&[ALLOWED]).replace("'registry", "'../registry")),
        ("prod/main.bicep", &calls(&["// one"]).replace("'registry", "'../registry")),
    ]);
    assert_eq!((found, suppressed), (vec!["ACR503 registry.bicep:7".to_owned()], 1));
}

#[test]
fn a_call_covers_what_modules_inside_of_it_call() {
    let inner = calls(&["// inner"]);
    let outer = format!("{ALLOWED}\nmodule outer 'inner.bicep' = {{\n  name: 'outer'\n}}\n");
    let files = [("registry.bicep", REGISTRY), ("inner.bicep", &*inner), ("main.bicep", &*outer)];
    assert_eq!(found(&files), (vec![], 1));
    let beside = format!(
        "{outer}resource x 'Microsoft.ContainerRegistry/registries@2023-07-01' = {{\n  name: 'others'\n  location: 'westeurope'\n  sku: {{ name: 'Standard' }}\n  properties: {{ adminUserEnabled: true }}\n}}\n"
    );
    let files = [("registry.bicep", REGISTRY), ("inner.bicep", &*inner), ("main.bicep", &*beside)];
    assert_eq!(found(&files), (vec!["ACR503 main.bicep:9".to_owned()], 1));
}

#[test]
fn an_allowance_above_a_call_that_hides_nothing_is_told() {
    let fine = REGISTRY.replace("adminUserEnabled: true", "adminUserEnabled: false");
    assert_eq!(
        found(&[("registry.bicep", &fine), ("main.bicep", &calls(&[ALLOWED]))]),
        (vec!["ACR904 main.bicep:1".to_owned()], 0)
    );
}

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: pull\n  namespace: shop\n  annotations:\n    \
                      acrlint.dev/allow: WHAT\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: \
                      '{\"auths\":{\"shopimages.azurecr.io\":{\"username\":\"u\",\"password\":\"Qm7xT2vLp9sKd4RwZn8c\"}}}'\n";

#[test]
fn an_annotation_covers_its_object_and_its_mistakes_are_told() {
    let run = |what: &str| found(&[("secret.yaml", &SECRET.replace("WHAT", what))]);
    let place = "ACR208 secret.yaml:10".to_owned();
    assert_eq!(run("\"ACR208 -- of a test registry\""), (vec![], 1));
    assert_eq!(run("credential-in-clear-text -- of a test registry"), (vec![], 1));
    let told = |rule: &str| format!("{rule} secret.yaml:7");
    assert_eq!(run("ACR208"), (vec![told("ACR906")], 1));
    assert_eq!(run("\"ACR201 -- of a test registry\""), (vec![told("ACR904"), place.clone()], 0));
    for mistake in ["ACR2O8", "\"-- because\"", "[ACR208]", "", "12"] {
        assert_eq!(run(mistake), (vec![told("ACR904"), place.clone()], 0), "{mistake}");
    }
}

#[test]
fn the_annotation_of_a_pod_template_covers_the_workload() {
    let workload = |annotation: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: other\nspec:\n  template:\n    \
             metadata:\n      annotations:\n        acrlint.dev/allow: \"{annotation}\"\n    spec:\n      \
             imagePullSecrets:\n      - name: pull\n      containers:\n      - name: web\n        image: \
             shopimages.azurecr.io/web:1\n"
        )
    };
    let secret = SECRET.replace("WHAT", "\"ACR208 -- of a test registry\"");
    let run = |annotation: &str| found(&[("secret.yaml", &secret), ("web.yaml", &workload(annotation))]);
    assert_eq!(run("ACR201 -- a controller copies it"), (vec![], 2));
    assert_eq!(run("ACR202 -- x"), (vec!["ACR904 web.yaml:10".into(), "ACR201 web.yaml:13".into()], 1));
}

#[test]
fn one_annotation_of_many_objects_is_used_when_one_of_them_needs_it() {
    let kustomization = "resources: [secret.yaml, config.yaml]\ncommonAnnotations:\n  acrlint.dev/allow: ACR208 -- x\n";
    let secret = SECRET.replace("  annotations:\n    acrlint.dev/allow: WHAT\n", "");
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";
    let files = [("kustomization.yaml", kustomization), ("secret.yaml", &*secret), ("config.yaml", config)];
    assert_eq!(found(&files), (vec![], 1));
}

const CHART: [(&str, &str); 3] = [
    ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
    ("chart/values.yaml", "registry:\n  password: Qm7xT2vLp9sKd4RwZn8c\n"),
    (
        "chart/templates/a.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: NAME\n  annotations:\n    acrlint.dev/allow: \"ACR208 -- old\"\n\
         type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: {{ printf \
         \"{\\\"auths\\\":{\\\"shopimages.azurecr.io\\\":{\\\"username\\\":\\\"u\\\",\\\"password\\\":\\\"%s\\\"}}}\" \
         .Values.registry.password | b64enc }}\n",
    ),
];

#[test]
fn a_value_of_two_objects_is_silent_only_where_both_are_annotated() {
    let [chart, values, (path, template)] = CHART;
    assert_eq!(found(&[chart, values, (path, template)]), (vec![], 1));
    let other = template.replace("NAME", "b").replace("acrlint.dev/allow", "example.com/note");
    let both = found(&[chart, values, (path, template), ("chart/templates/b.yaml", &other)]);
    assert_eq!(both, (vec!["ACR208 chart/values.yaml:2".to_owned()], 1));
}

const TEMPLATE: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.ContainerRegistry/registries",
      "apiVersion": "2023-07-01",
      "name": "museumimages",
      "location": "westeurope",
      "sku": { "name": "Standard" },
      "properties": { "adminUserEnabled": true }
    },
    {
      "type": "Microsoft.ContainerRegistry/registries",
      "apiVersion": "2023-07-01",
      "name": "theatreimages",
      "location": "westeurope",
      "sku": { "name": "Standard" },
      "properties": { "adminUserEnabled": true }
    }
  ]
}
"#;

/// A folder with a template of two registries, and with `acrlint.yaml` where it is given.
fn templates(configuration: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for folder in [".git", "infra", "apps"].map(|name| folder.path().join(name)) {
        fs::create_dir(folder).unwrap();
    }
    fs::write(folder.path().join("infra/main.json"), TEMPLATE).unwrap();
    fs::write(folder.path().join("apps/c.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n").unwrap();
    if !configuration.is_empty() {
        fs::write(folder.path().join("acrlint.yaml"), configuration).unwrap();
    }
    folder
}

#[test]
fn the_configuration_allows_where_no_comment_can_be_written() {
    let run = |entry: &str, arguments: &[&str]| {
        let folder = templates(&format!("allow:\n- {{{entry}, reason: they are old}}\n"));
        let said = stdout(&acrlint(folder.path(), arguments));
        said.lines().map(|line| line.split(" `").next().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let all = run("rules: [ACR503], path: infra", &[]);
    assert!(all.starts_with("findings: none · 2 suppressed · "), "{all}");
    let one = run("rules: [admin-user-enabled], path: '**/*.json', resource: museumimages", &[]);
    assert!(one.starts_with("infra/main.json:19:43: note[ACR503]") && one.contains("1 note · 1 suppressed"), "{one}");
    let stray = run("rules: [ACR503, ACR101], path: infra/*.json", &[]);
    assert!(stray.starts_with("acrlint.yaml:2:20: note[ACR904] nothing to allow:"), "{stray}");
    assert!(run("rules: [ACR503], path: nowhere", &[]).contains("note[ACR904]"));
    // What was not read, or is switched off, may need it.
    assert!(!run("rules: [ACR503], path: infra", &["apps"]).contains("ACR904"));
    assert!(!run("rules: [ACR503, ACR101], path: infra", &["--ignore", "ACR101"]).contains("ACR904"));
}

#[test]
fn a_baseline_is_written_and_then_only_what_is_new_is_told() {
    let folder = templates("");
    let with = ["--baseline", "b.json", "--fail-on", "note"];
    let update = [&with[..], &["--update-baseline"]].concat();
    let missing = acrlint(folder.path(), &with);
    assert_eq!(stderr(&missing), "error: b.json: no such baseline; `--update-baseline` writes it\n");
    assert_eq!(missing.status.code(), Some(2));
    let output = acrlint(folder.path(), &update);
    assert_eq!((output.status.code(), &*stderr(&output)), (Some(0), "b.json: 2 added, 0 removed, 2 in all\n"));
    assert!(stdout(&output).starts_with("findings: none · 2 in the baseline"), "{}", stdout(&output));
    let written = fs::read_to_string(folder.path().join("b.json")).unwrap();
    let schema = fs::read_to_string(schema()).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    assert!(validator.is_valid(&serde_json::from_str(&written).unwrap()), "{written}");
    // Nothing is new, and the file is no input and stays as it is.
    let output = acrlint(folder.path(), &with);
    assert_eq!((output.status.code(), &*stderr(&output)), (Some(0), ""));
    assert_eq!(stderr(&acrlint(folder.path(), &update)), "b.json: 0 added, 0 removed, 2 in all\n");
    assert_eq!(fs::read_to_string(folder.path().join("b.json")).unwrap(), written);
    // A third registry is.
    let more = TEMPLATE.replace("    {\n      \"type\"", "\n\n    {\n      \"type\"").replace("museum", "gallery");
    fs::write(folder.path().join("infra/main.json"), more).unwrap();
    fs::write(folder.path().join("infra/more.json"), TEMPLATE).unwrap();
    let output = acrlint(folder.path(), &with);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains("infra/more.json") && stdout(&output).contains("1 in the baseline"),
        "{}",
        stdout(&output)
    );
}

fn schema() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/schema/acrlint-baseline-1.schema.json")
}

#[test]
fn stale_entries_are_told_and_taken_out_only_where_the_run_looked() {
    let folder = templates("baseline: b.json\n");
    assert_eq!(acrlint(folder.path(), &["--update-baseline"]).status.code(), Some(0));
    fs::write(folder.path().join("infra/main.json"), TEMPLATE.replace("true", "false")).unwrap();
    let output = acrlint(folder.path(), &[]);
    let told = "b.json: 2 findings of it are found no more (ACR503 in `infra/main.json`, ACR503 in `infra/main.json`); \
                the same command with `--update-baseline` takes them out\n";
    assert_eq!((output.status.code(), &*stderr(&output)), (Some(0), told));
    assert_eq!(stderr(&acrlint(folder.path(), &["-q"])), "");
    // Of files that are not read and rules that don't run nothing is known.
    for arguments in [&["apps"][..], &["--ignore", "ACR503"], &["--exclude", "/infra"]] {
        assert_eq!(stderr(&acrlint(folder.path(), arguments)), "", "{arguments:?}");
        let update = acrlint(folder.path(), &[arguments, &["--update-baseline"]].concat());
        assert!(stderr(&update).starts_with("b.json: 0 added, 0 removed, 2 in all"), "{}", stderr(&update));
    }
    assert_eq!(stderr(&acrlint(folder.path(), &["--update-baseline"])), "b.json: 0 added, 2 removed, 0 in all\n");
}

#[test]
fn what_is_wrong_with_files_is_never_in_a_baseline() {
    let folder = templates("");
    fs::write(folder.path().join("broken.bicep"), "resource = {\n").unwrap();
    let with = ["--baseline", "b.json", "--fail-on", "note"];
    let output = acrlint(folder.path(), &[&with[..], &["--update-baseline"]].concat());
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("what is wrong with files themselves"), "{}", stderr(&output));
    let output = acrlint(folder.path(), &with);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("ACR901") && !stdout(&output).contains("ACR503"), "{}", stdout(&output));
}

#[test]
fn a_baseline_that_cannot_be_used_is_one_clear_line() {
    let folder = templates("");
    let refused = |arguments: &[&str]| {
        let output = acrlint(folder.path(), arguments);
        let said = stderr(&output);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{arguments:?}: {said}");
        assert!(said.starts_with("error: ") && said.lines().count() == 1, "{said}");
        said.trim_end().trim_start_matches("error: ").to_owned()
    };
    let file = folder.path().join("b.json");
    for (text, said) in [
        (
            "{\"version\": 7, \"findings\": []}",
            "b.json: the baseline is of version 7, and this acrlint reads version 1",
        ),
        ("{\n\"version\": 1,\n", "b.json:3:0: the baseline ends too early"),
        ("{\"version\": 1}", "b.json:1:14: this is not the form of a baseline"),
    ] {
        fs::write(&file, text).unwrap();
        assert!(refused(&["--baseline", "b.json"]).starts_with(said), "{}", refused(&["--baseline", "b.json"]));
        // Nothing is lost.
        refused(&["--baseline", "b.json", "--update-baseline"]);
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    assert!(refused(&["--update-baseline"]).contains("needs `--baseline FILE`"));
    assert_eq!(refused(&["--baseline", "infra"]), "infra: can't be read: it is no file");
    let nowhere = ["--baseline", "none/b.json", "--update-baseline"];
    assert_eq!(refused(&nowhere), "none/b.json: can't be written: its folder doesn't exist");
    assert!(refused(&["--baseline", "c.json", "--update-baseline", "--fix"]).contains("let fixes be made"));
    assert!(refused(&["--baseline", "c.json", "--update-baseline", "--diff", "x"]).contains("goes without `--diff`"));
    let mut pulls = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    pulls.current_dir(folder.path()).args(["pulls", "--baseline", "c.json", "--update-baseline"]);
    assert!(stderr(&pulls.output().unwrap()).contains("belongs to `acrlint check`"));
}

#[test]
fn no_secret_gets_into_a_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let [chart, values, (path, template)] = CHART;
    for (path, text) in [chart, values, (path, &template.replace("acrlint.dev/allow", "a.b/c"))] {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    acrlint(folder.path(), &["--baseline", "b.json", "--update-baseline"]);
    let written = fs::read_to_string(folder.path().join("b.json")).unwrap();
    assert!(written.contains("ACR208") && !written.contains("Qm7xT2v"), "{written}");
}

#[test]
fn the_baseline_of_a_configuration_lies_beside_it() {
    let folder = templates("");
    fs::write(folder.path().join("infra/acrlint.yaml"), "baseline: ./b.json\n").unwrap();
    let output = acrlint(&folder.path().join("infra"), &["--update-baseline"]);
    assert_eq!(stderr(&output), "infra/b.json: 2 added, 0 removed, 2 in all\n");
    assert!(folder.path().join("infra/b.json").is_file());
    let other = acrlint(folder.path(), &["--config", "infra/acrlint.yaml"]);
    assert!(stdout(&other).contains("2 in the baseline"), "{}", stdout(&other));
}

/// A folder of Terraform in which the grant of the cluster goes to `identity`.
fn environment(root: &Path, name: &str, identity: &str) {
    fs::create_dir_all(root.join(name)).unwrap();
    let text = format!(
        "resource \"azurerm_container_registry\" \"acr\" {{\n  name                = \"shop{name}images\"\n  \
         resource_group_name = \"rg\"\n  location            = \"westeurope\"\n  sku                 = \"Standard\"\n  \
         admin_enabled       = true\n}}\n\nresource \"azurerm_kubernetes_cluster\" \"aks\" {{\n  name                = \
         \"shop-{name}\"\n  location            = \"westeurope\"\n  resource_group_name = \"rg\"\n  dns_prefix          = \
         \"shop\"\n  default_node_pool {{\n    name       = \"default\"\n    node_count = 1\n    vm_size    = \
         \"Standard_D2_v2\"\n  }}\n  identity {{\n    type = \"SystemAssigned\"\n  }}\n}}\n\nresource \
         \"azurerm_role_assignment\" \"pull\" {{\n  principal_id         = \
         azurerm_kubernetes_cluster.aks.{identity}\n  role_definition_name = \"AcrPull\"\n  scope                = \
         azurerm_container_registry.acr.id\n}}\n"
    );
    fs::write(root.join(name).join("main.tf"), text).unwrap();
    let manifest = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: {name}\nspec:\n  template:\n    \
         spec:\n      containers:\n      - name: web\n        image: shop{name}images.azurecr.io/web:1.0\n"
    );
    fs::write(root.join(name).join("web.yaml"), manifest).unwrap();
}

const BROKEN: &str = "identity[0].principal_id";
const WORKS: &str = "kubelet_identity[0].object_id";

/// dev and prod, of which dev is broken, and a baseline of that.
fn environments() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    environment(folder.path(), "dev", BROKEN);
    environment(folder.path(), "prod", WORKS);
    let output = acrlint(folder.path(), &["--baseline", "b.json", "--update-baseline"]);
    assert_eq!(stderr(&output), "b.json: 3 added, 0 removed, 3 in all\n");
    folder
}

const WITH: [&str; 2] = ["--baseline", "b.json"];

#[test]
fn a_folder_that_is_not_read_lends_its_entries_to_nobody() {
    let folder = environments();
    environment(folder.path(), "prod", BROKEN);
    let run = |arguments: &[&str]| {
        let output = acrlint(folder.path(), &[&WITH, arguments].concat());
        (output.status.code(), stdout(&output).contains("prod/main.tf:25:26: error[ACR102]"))
    };
    assert_eq!(run(&[]), (Some(1), true));
    assert_eq!(run(&["--exclude", "dev"]), (Some(1), true));
    fs::write(folder.path().join(".gitignore"), "dev/\n").unwrap();
    assert_eq!(run(&[]), (Some(1), true));
    // An environment that the baseline doesn't know was dev under another name only where dev is gone.
    let text = fs::read_to_string(folder.path().join("b.json")).unwrap();
    let mut listed: serde_json::Value = serde_json::from_str(&text).unwrap();
    listed["findings"].as_array_mut().unwrap().retain(|entry| entry["path"] != "prod/main.tf");
    fs::write(folder.path().join("b.json"), listed.to_string()).unwrap();
    assert_eq!(run(&[]), (Some(1), true));
    assert_eq!(run(&["--exclude", "dev"]), (Some(1), true));
    fs::remove_file(folder.path().join(".gitignore")).unwrap();
    fs::remove_dir_all(folder.path().join("dev")).unwrap();
    assert_eq!(run(&[]), (Some(0), false));
}

#[test]
fn a_folder_that_is_deleted_lends_its_entries_to_none_that_was_there_before() {
    let folder = environments();
    environment(folder.path(), "prod", BROKEN);
    fs::remove_dir_all(folder.path().join("dev")).unwrap();
    let output = acrlint(folder.path(), &WITH);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}

#[test]
fn entries_are_kept_while_a_file_cannot_be_read() {
    let folder = environments();
    let update = [&WITH[..], &["--update-baseline"]].concat();
    let before = fs::read_to_string(folder.path().join("b.json")).unwrap();
    // A file in which nothing can be read any more, and one that makes everything beside it less certain.
    for (file, text) in
        [("dev/main.tf", "resource \"x\" {{{\n"), ("dev/wip.tf", "resource \"azurerm_role_assignment\" {\n")]
    {
        let path = folder.path().join(file);
        let former = fs::read_to_string(&path).ok();
        fs::write(&path, text).unwrap();
        for more in [&[][..], &["--ignore", "ACR901"]] {
            let output = acrlint(folder.path(), &[&WITH[..], more].concat());
            assert!(!stderr(&output).contains("found no more"), "{file}: {}", stderr(&output));
            let output = acrlint(folder.path(), &[&update[..], more].concat());
            assert!(stderr(&output).contains(" 0 removed, "), "{file}: {}", stderr(&output));
            assert!(stderr(&output).contains("what it lists is kept, because some files could not be read"), "{file}");
        }
        match former {
            Some(former) => fs::write(&path, former).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let output = acrlint(folder.path(), &WITH);
        assert_eq!(output.status.code(), Some(0), "{file}: {}", stdout(&output));
    }
    // What was found only while it could not be read goes again.
    acrlint(folder.path(), &update);
    assert_eq!(fs::read_to_string(folder.path().join("b.json")).unwrap(), before);
}

#[test]
fn what_only_another_repository_shows_is_not_found_no_more_without_its_facts() {
    let folder = tempfile::tempdir().unwrap();
    environment(folder.path(), "dev", BROKEN);
    let (infra, apps) = (folder.path().join("infra"), folder.path().join("apps"));
    for (folder, file) in [(&infra, "main.tf"), (&apps, "web.yaml")] {
        fs::create_dir_all(folder.join(".git")).unwrap();
        fs::rename(infra.with_file_name("dev").join(file), folder.join(file)).unwrap();
    }
    let mut facts = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    facts.current_dir(&infra).args(["facts", "--name", "o/i", "-o", "../i.acrfacts.json"]).status().unwrap();
    let both = ["--with", "../i.acrfacts.json", "--baseline", "b.json", "--update-baseline"];
    assert!(stderr(&acrlint(&apps, &both)).contains(" added, 0 removed"));
    let before = fs::read_to_string(apps.join("b.json")).unwrap();
    assert!(before.contains("\"o/i:main.tf\""), "{before}");
    assert_eq!(stderr(&acrlint(&apps, &WITH)), "");
    acrlint(&apps, &both[2..]);
    assert_eq!(fs::read_to_string(apps.join("b.json")).unwrap(), before);
    // With the facts it can be said.
    environment(&infra, ".", WORKS);
    let mut facts = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    facts.current_dir(&infra).args(["facts", "--name", "o/i", "-o", "../i.acrfacts.json"]).status().unwrap();
    assert!(stderr(&acrlint(&apps, &both[..4])).contains("found no more"));
}

#[test]
fn a_baseline_that_is_not_there_yet_concerns_findings_only() {
    let folder = templates("baseline: b.json\n");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
        command.current_dir(folder.path()).args(arguments).output().unwrap()
    };
    for command in ["pulls", "graph", "facts"] {
        let output = run(&[command]);
        assert_eq!(output.status.code(), Some(0), "{command}: {}", stderr(&output));
    }
    assert_eq!(run(&[]).status.code(), Some(2));
    // One that is typed should be there.
    assert_eq!(run(&["pulls", "--baseline", "c.json"]).status.code(), Some(2));
    // A file that was made empty is written into; as a list it would be none.
    fs::write(folder.path().join("b.json"), "\n").unwrap();
    assert!(stderr(&run(&[])).contains("the baseline ends too early"));
    assert_eq!(stderr(&run(&["--update-baseline"])), "b.json: 2 added, 0 removed, 2 in all\n");
}
