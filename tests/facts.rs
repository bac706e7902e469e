//! Two repositories: what one declares is written as facts, and judged together with the manifests of the other.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn acrlint(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    command.current_dir(folder).args(arguments).env_remove("FORCE_COLOR").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn files(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => files(&entry.path(), &format!("{name}/"), found),
            false if name != "expected.txt" => found.push(name),
            false => {}
        }
    }
}

fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios");
    let inside = |folder: &Path| -> Vec<PathBuf> {
        let mut found: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
        found.sort();
        found
    };
    inside(&root).iter().flat_map(|verdict| inside(verdict)).collect()
}

fn is_manifest(file: &str) -> bool {
    let ends = |ending: &str| file.ends_with(ending);
    file != "acrlint.yaml" && (ends(".yaml") || ends(".yml") || ends(".tpl")) && !file.starts_with(".github/")
}

fn is_infrastructure(file: &str) -> bool {
    [".tf", ".tfvars", ".bicep", ".bicepparam", ".json"].iter().any(|ending| file.ends_with(ending))
}

/// The manifests of a scenario and its infrastructure, where it has both and nothing that works on both.
fn split(folder: &Path) -> Option<(Vec<String>, Vec<String>)> {
    let mut all = Vec::new();
    files(folder, "", &mut all);
    let folder_of = |file: &str| file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let built: BTreeSet<String> =
        all.iter().filter(|it| it.ends_with("kustomization.yaml")).map(|it| folder_of(it)).collect();
    let (manifests, others): (Vec<String>, Vec<String>) =
        all.into_iter().partition(|file| is_manifest(file) || built.contains(&folder_of(file)));
    let apart = !manifests.is_empty() && !others.is_empty() && others.iter().all(|file| is_infrastructure(file));
    apart.then_some((manifests, others))
}

fn copy(from: &Path, files: &[String], to: &Path) {
    for file in files {
        let target = to.join(file);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(from.join(file), target).unwrap();
    }
}

/// What is found, without the names of repositories: rule, level, message, all places; and the verdicts.
fn found(json: &[u8]) -> (BTreeSet<String>, Vec<String>) {
    let report: Value = serde_json::from_slice(json).unwrap();
    let place = |it: &Value| {
        format!("{}:{}:{}", it["file"].as_str().unwrap().trim_start_matches("infra:"), it["line"], it["column"])
    };
    let finding = |it: &Value| {
        let related = it["related"].as_array().unwrap();
        let places: BTreeSet<String> = std::iter::once(it).chain(related).map(place).collect();
        format!("{} {} {} {places:?}", it["rule"], it["severity"], it["message"]).replace("infra:", "")
    };
    // What is said of a file itself is said where it lies.
    let findings =
        report["findings"].as_array().unwrap().iter().filter(|it| !it["rule"].as_str().unwrap().starts_with("ACR90"));
    let mut pulls: Vec<String> = report["pulls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {} {} {} {}", it["image"], it["workload"], it["cluster"], it["registry"], it["verdict"]))
        .collect();
    pulls.sort();
    (findings.map(finding).collect(), pulls)
}

const TODAY: &str = "--now=2026-01-31";

#[test]
fn two_repositories_are_judged_as_one() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for folder in scenarios() {
        let Some((manifests, infrastructure)) = split(&folder) else { continue };
        let place = tempfile::tempdir().unwrap();
        let [joined, infra, apps] = ["joined", "infra", "apps"].map(|name| place.path().join(name));
        for (files, to) in
            [(&manifests, &joined), (&infrastructure, &joined), (&manifests, &apps), (&infrastructure, &infra)]
        {
            copy(&folder, files, to);
        }
        let written = acrlint(&infra, &["facts", "-o", "../infra.acrfacts.json", "--name", "infra"]);
        assert!(written.status.success(), "{}: {}", folder.display(), text(&written.stderr));
        let one = acrlint(&joined, &["--format", "json", TODAY]);
        let two = acrlint(&apps, &["--format", "json", TODAY, "--with", "../infra.acrfacts.json"]);
        compared += 1;
        if found(&one.stdout) != found(&two.stdout) {
            wrong.push(format!("{}\n{:#?}\n{:#?}", folder.display(), found(&one.stdout), found(&two.stdout)));
        }
    }
    assert!(compared > 150, "{compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn facts_follow_their_schema_and_are_the_same_each_time() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/schema/acrfacts-1.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for scenario in scenarios().iter().step_by(4) {
        let place = tempfile::tempdir().unwrap();
        let [tree, empty] = ["tree", "empty"].map(|name| place.path().join(name));
        let mut all = Vec::new();
        files(scenario, "", &mut all);
        copy(scenario, &all, &tree);
        std::fs::create_dir(&empty).unwrap();
        let first = acrlint(&tree, &["facts", "--name", "infra"]);
        let again = acrlint(&tree, &["facts", "--name", "infra"]);
        assert!(first.stdout == again.stdout, "{}", scenario.display());
        let facts: Value = serde_json::from_slice(&first.stdout).unwrap();
        let wrong: Vec<String> =
            validator.iter_errors(&facts).map(|error| format!("{} {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", scenario.display());
        // What is read back is what was written.
        std::fs::write(empty.join("a.acrfacts.json"), &first.stdout).unwrap();
        let direct = acrlint(&tree, &["--format", "json", TODAY]);
        let told = acrlint(&empty, &["--format", "json", TODAY, "--with", "a.acrfacts.json"]);
        assert_eq!(found(&direct.stdout), found(&told.stdout), "{}", scenario.display());
    }
}

/// A folder with these files.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    folder
}

#[test]
fn no_secret_is_in_the_facts() {
    const SECRETS: [&str; 14] = [
        "vT3q8xKp0LwZr1mB",
        "Qm7wHunter2zzT",
        "kD93jfPq0aLmWx72",
        "Zp4RtY8uIoPaSd",
        "sv=2024&sig=",
        "Lk2JhGfDsA91mN",
        "dlQzcTh4S3AwTHdacjFtQg",
        "a1B2c3D4e5F6g7H8",
        "MnBvCx90zL",
        "sk0live0abcdef",
        "Wq8ZxCvBnM1234567890asdfghjklpo",
        "Nm4KjHgFdS77pQ",
        "Rt6YuIoP12zXcV",
        "Hj5GfDsA09mNbV",
    ];
    let pair = "c2hpcDp2VDNxOHhLcDBMd1pyMW1C";
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{ name: pull, namespace: shop }}\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: '{{\"auths\":{{\"shop.azurecr.io\":{{\"auth\":\"{pair}\"}}}}}}'\n---\napiVersion: v1\nkind: Secret\nmetadata: {{ name: other }}\ndata: {{ key: dlQzcTh4S3AwTHdacjFtQg== }}\nstringData: {{ plain: vT3q8xKp0LwZr1mB }}\n"
    );
    let workload = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec:\n  selector: { matchLabels: { a: b } }\n  template:\n    metadata: { labels: { a: b } }\n    spec:\n      containers:\n        - name: web\n          image: shop.azurecr.io/web:1\n          args: [\"--token\", \"kD93jfPq0aLmWx72\"]\n          env:\n            - { name: DB_PASSWORD, value: Qm7wHunter2zzT }\n            - { name: STRIPE_KEY, value: sk0live0abcdef }\n            - { name: URL, value: \"https://x.blob.core.windows.net/c?sv=2024&sig=a1B2c3D4e5F6g7H8\" }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { app.ini: \"password=MnBvCx90zL\" }\n";
    let terraform = "resource \"azurerm_container_registry\" \"shop\" {\n  name = \"shop\"\n  resource_group_name = \"rg\"\n  location = \"westeurope\"\n  admin_enabled = true\n}\nvariable \"client_secret\" {\n  default = \"Lk2JhGfDsA91mN\"\n  sensitive = true\n}\nresource \"azurerm_kubernetes_cluster\" \"aks\" {\n  name = \"aks\"\n  service_principal {\n    client_id = \"5b1f6d8e-93d4-4a5e-8f3e-2b7c1d9a0e44\"\n    client_secret = var.client_secret\n  }\n}\n";
    let module =
        "module \"m\" {\n  source = \"git::https://Wq8ZxCvBnM1234567890asdfghjklpo@dev.azure.com/contoso/_git/m\"\n}\n";
    let plan = r#"{"format_version":"1.2","terraform_version":"1.9.0","variables":{"sql":{"value":"Nm4KjHgFdS77pQ"}},"planned_values":{"outputs":{"admin_password":{"sensitive":true,"value":"Rt6YuIoP12zXcV"}},"root_module":{"resources":[{"address":"azurerm_container_registry.shop","mode":"managed","type":"azurerm_container_registry","name":"shop","provider_name":"registry.terraform.io/hashicorp/azurerm","values":{"name":"shop","admin_enabled":true,"location":"westeurope","resource_group_name":"rg"}}]}},"configuration":{"root_module":{}}}"#;
    let vault = "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: 'kv' }\nresource s 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {\n  parent: kv\n  name: 'sql'\n  properties: { value: 'Hj5GfDsA09mNbV' }\n}\n";
    let script = "docker login shop.azurecr.io -u shop -p Zp4RtY8uIoPaSd\naz acr credential show -n shop\n";
    let folder = tree(&[
        ("k8s/pull.yaml", &secret),
        ("k8s/web.yaml", workload),
        ("main.tf", terraform),
        ("login.sh", script),
        ("modules.tf", module),
        ("plans/plan.json", plan),
        ("kv.bicep", vault),
    ]);
    let facts = text(&acrlint(folder.path(), &["facts", "--name", "shop"]).stdout);
    assert!(facts.contains("shop.azurecr.io") && facts.contains("docker login"), "{facts}");
    for secret in SECRETS.into_iter().chain([pair]) {
        assert!(!facts.contains(secret), "{secret}");
    }
}

const REGISTRY: &str = "resource \"azurerm_container_registry\" \"shop\" {\n  name                = \"shopimages\"\n  resource_group_name = \"rg\"\n  location            = \"westeurope\"\n  sku                 = \"Basic\"\n}\n\nresource \"azurerm_kubernetes_cluster\" \"shop\" {\n  name                = \"aks-shop\"\n  resource_group_name = \"rg\"\n  location            = \"westeurope\"\n  dns_prefix          = \"shop\"\n\n  default_node_pool {\n    name    = \"system\"\n    vm_size = \"Standard_D4s_v5\"\n  }\n\n  identity {\n    type = \"SystemAssigned\"\n  }\n}\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop }\nspec:\n  containers:\n    - name: web\n      image: shopimages.azurecr.io/web:1\n";

/// Two repositories beside each other, and the facts of the first.
fn two() -> tempfile::TempDir {
    let folder = tree(&[("infra/main.tf", REGISTRY), ("apps/pod.yaml", POD)]);
    let written =
        acrlint(&folder.path().join("infra"), &["facts", "-o", "../infra.acrfacts.json", "--name", "contoso/infra"]);
    assert_eq!(text(&written.stderr), "facts of `contoso/infra`: 1 deployment, 2 resources\n");
    folder
}

#[test]
fn a_finding_is_told_where_the_reader_is_and_names_the_other_place() {
    let folder = two();
    let apps = folder.path().join("apps");
    let told = acrlint(&apps, &["--with", "../infra.acrfacts.json"]);
    let said = text(&told.stdout);
    assert_eq!(told.status.code(), Some(1), "{said}");
    assert!(said.contains("╭─[pod.yaml:7:14]") && said.contains("contoso/infra:main.tf:8:1"), "{said}");
    assert!(said.contains("in contoso/infra:main.tf: "), "{said}");
    let sarif: Value =
        serde_json::from_slice(&acrlint(&apps, &["--with", "../infra.acrfacts.json", "--format", "sarif"]).stdout)
            .unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "pod.yaml");
    // What many jobs have read is joined where nothing else is.
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    assert!(acrlint(&apps, &["facts", "-o", "../apps.acrfacts.json", "--name", "apps"]).status.success());
    let both = ["--format", "concise", "--with", "../infra.acrfacts.json", "--with", "../apps.acrfacts.json"];
    let said = text(&acrlint(&folder.path().join("empty"), &both).stdout);
    assert!(said.contains("contoso/infra:main.tf:8:1: error[ACR101]"), "{said}");
    assert!(said.contains("pulls: 1 broken"), "{said}");
}

#[test]
fn what_one_repository_allows_is_allowed_in_the_other() {
    let comment = "# acrlint: allow ACR101 -- the landing zone grants it\n";
    let module = format!("{comment}module \"platform\" {{\n  source = \"./platform\"\n}}\n");
    let above = REGISTRY.replace(
        "resource \"azurerm_kubernetes_cluster\"",
        &format!("{comment}resource \"azurerm_kubernetes_cluster\""),
    );
    let configured =
        "allow:\n  - rules: [ACR101]\n    path: '**'\n    resource: aks-shop\n    reason: it is granted elsewhere\n";
    for files in [
        vec![("main.tf", above.as_str())],
        vec![("main.tf", module.as_str()), ("platform/main.tf", REGISTRY)],
        vec![("main.tf", REGISTRY), ("acrlint.yaml", configured)],
    ] {
        let folder = tree(&[("apps/pod.yaml", POD)]);
        let infra = folder.path().join("infra");
        for (path, text) in &files {
            std::fs::create_dir_all(infra.join(path).parent().unwrap()).unwrap();
            std::fs::write(infra.join(path), text).unwrap();
        }
        assert!(acrlint(&infra, &["facts", "-o", "../infra.acrfacts.json", "--name", "infra"]).status.success());
        let told = acrlint(&folder.path().join("apps"), &["--with", "../infra.acrfacts.json", "--format", "concise"]);
        assert_eq!(text(&told.stdout), "findings: none · 1 suppressed · pulls: 1 broken\n", "{files:?}");
    }
}

#[test]
fn a_file_that_holds_no_facts_is_one_clear_line() {
    let folder = two();
    let good = std::fs::read_to_string(folder.path().join("infra.acrfacts.json")).unwrap();
    let said = |facts: &str| {
        std::fs::write(folder.path().join("x.json"), facts).unwrap();
        let told = acrlint(&folder.path().join("apps"), &["--with", "../x.json"]);
        assert_eq!(told.status.code(), Some(2), "{facts}");
        assert!(told.stdout.is_empty());
        text(&told.stderr)
    };
    let other = good.replace("\"version\": 1", "\"version\": 7");
    assert_eq!(
        said(&other),
        "error: ../x.json: facts of version 7, and this acrlint reads version 1; write them with the same version of acrlint\n"
    );
    assert_eq!(said(""), "error: ../x.json: it is empty\n");
    assert_eq!(said("hunter2"), "error: ../x.json: no valid JSON (line 1, column 1)\n");
    assert!(said("{}").starts_with("error: ../x.json: no file of facts that acrlint wrote"));
    let half = good.get(..good.len() / 2).unwrap();
    assert!(said(half).contains("it ends in the middle of the JSON"), "{}", said(half));
    let wrong = good.replacen("[0,1,1,", "[9,1,1,", 1);
    assert_eq!(said(&wrong), "error: ../x.json: no file that acrlint wrote: a number of `sources` is wrong\n");
    // Values that hold each other deeper, or more often, than anything that was read.
    let begin = good.find("\"nodes\": [").unwrap() + 10;
    let end = begin + good.get(begin..).unwrap().find("\n],").unwrap();
    for (count, part) in [(3_000, "[N]"), (64, "[N,N]")] {
        let node =
            |at: usize| format!(r#",{{"at":0,"is":{{"list":{{"items":{}}}}}}}"#, part.replace('N', &at.to_string()));
        let nodes: String = (0..count).map(node).collect();
        let deep =
            format!("{}\n{{\"at\":0,\"is\":\"null\"}}{nodes}{}", good.get(..begin).unwrap(), good.get(end..).unwrap());
        assert_eq!(said(&deep), "error: ../x.json: no file that acrlint wrote: a number of `nodes` is wrong\n");
    }
    let missing = acrlint(&folder.path().join("apps"), &["--with", "none.json"]);
    assert_eq!(text(&missing.stderr), "error: none.json: no such file\n");
    let twice = ["--with", "../infra.acrfacts.json", "--with", "../infra.acrfacts.json"];
    let twice = acrlint(&folder.path().join("apps"), &twice);
    assert!(text(&twice.stderr).contains("`contoso/infra` is in ../infra.acrfacts.json already"));
    let judged = acrlint(&folder.path().join("infra"), &["facts", "--world", "closed"]);
    assert_eq!(text(&judged.stderr), "error: `acrlint facts` judges nothing: `--world` belongs to `acrlint check`\n");
}

#[test]
fn no_secret_leaves_in_what_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "Qm7xT2vLp9sKd4RwZn8cQm7xT2vLp9sKd4RwZn8cXX+ACRAbCdEf";
    let manifest = "apiVersion: v1\nkind: Secret\nmetadata: {name: pull}\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  \
                    .dockerconfigjson: '{\"auths\":{\"shopimages.azurecr.io\":{\"username\":\"shopimages\",\"password\":\"SECRET\"}}}'\n";
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    std::fs::write(folder.path().join("a.yaml"), manifest.replace("SECRET", secret)).unwrap();
    for (name, is_told) in [("pull", true), (secret, false), (secret.trim_start_matches("Qm7x"), false)] {
        let allow = format!("allow:\n- {{rules: [ACR208], path: a.yaml, resource: '{name}', reason: x}}\n");
        std::fs::write(folder.path().join("acrlint.yaml"), allow).unwrap();
        let told = text(&acrlint(folder.path(), &["facts", "--name", "o/i"]).stdout);
        assert!(!told.contains("Kd4RwZn8cQm7xT2vLp9s"), "{told}");
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["allowed"].as_array().unwrap().len(), usize::from(is_told), "{name}");
    }
}
