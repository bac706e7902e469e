//! Any bytes in: a finding about the file at worst, and the rest of the run goes on. Never a panic, never a hang.

#![allow(
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Far above what any of these takes in a debug build on a busy machine, and far below "it hangs".
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs acrlint over a folder and gives its JSON report; fails on a crash, an internal error or a hang.
fn survive(folder: &Path) -> serde_json::Value {
    let report = tempfile::tempdir().unwrap();
    let (out, err) = (report.path().join("out"), report.path().join("err"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_acrlint"))
        .current_dir(folder)
        .args(["--format", "json", "--exit-zero", "."])
        .stdin(Stdio::null())
        .stdout(fs::File::create(&out).unwrap())
        .stderr(fs::File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if start.elapsed() > PATIENCE => {
                child.kill().unwrap();
                panic!("no end after {PATIENCE:?}");
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let said = fs::read_to_string(err).unwrap();
    assert_eq!(status.code(), Some(0), "{status}: {said}");
    let told: serde_json::Value = serde_json::from_str(&fs::read_to_string(out).unwrap()).unwrap();
    assert!(!rules(&told).contains(&"ACR903".to_owned()), "internal error: {told:#}");
    told
}

/// The rules that fired.
fn rules(report: &serde_json::Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().filter_map(|finding| finding["rule"].as_str().map(str::to_owned)).collect()
}

fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

const BICEP: &str = "param name string = 'acr${uniqueString(resourceGroup().id)}'\nresource acr \
                     'Microsoft.ContainerRegistry/registries@2023-07-01' = [for i in range(0, 2): if (true) {\n  name: \
                     '${name}${i}'\n  sku: { name: 'Basic' }\n}]\noutput id string = acr[0].id\n";
const JSON: &str = r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
 "contentVersion": "1.0.0.0", "parameters": {"n": {"type": "string", "defaultValue": "[concat('a', 'b')]"}},
 "resources": [{"type": "Microsoft.ContainerRegistry/registries", "apiVersion": "2023-07-01",
 "name": "[parameters('n')]", "location": "westeurope", "sku": {"name": "Basic"}}]}"#;
const TERRAFORM: &str = "locals { n = \"acr${var.x}\" }\nvariable \"x\" { default = \"a\" }\nresource \
                         \"azurerm_container_registry\" \"a\" {\n  for_each = toset([\"a\", \"b\"])\n  name = \
                         \"${local.n}${each.key}\"\n  sku = \"Basic\"\n}\n";
const YAML: &str = "apiVersion: v1\nkind: Pod\nmetadata: &m\n  name: a\nspec:\n  containers:\n    - name: a\n      image: \
                    \"acr.azurecr.io/a:1\"\n      <<: *m\n---\nkind: List\nitems: [{kind: Secret, data: {a: |-\n  b\n}}]\n";

#[test]
fn every_truncation_of_a_small_file() {
    for (extension, text) in [("bicep", BICEP), ("json", JSON), ("tf", TERRAFORM), ("yaml", YAML)] {
        // All truncations lie side by side in one run; each is a file of its own.
        let files: Vec<(String, Vec<u8>)> =
            (0..=text.len()).map(|end| (format!("{end:04}.{extension}"), text.as_bytes()[..end].to_vec())).collect();
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        survive(folder.path());
    }
}

#[test]
fn deep_nesting() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    survive(
        folder(&[
            ("a.yaml", deep("[", "]").into_bytes()),
            ("b.json", deep("{\"a\":", "}").into_bytes()),
            ("c.json", "[".repeat(10_000).into_bytes()),
            ("d.bicep", format!("var a = {}", deep("(", ")")).into_bytes()),
            ("e.bicep", format!("var a = {}1", "-".repeat(10_000)).into_bytes()),
            ("f.bicep", format!("var a = {}", deep("'${", "}'")).into_bytes()),
            ("g.tf", format!("locals {{\n  a = {}\n}}\n", deep("[", "]")).into_bytes()),
            ("h.tf", deep("a {\n", "}\n").into_bytes()),
            (
                "i.yaml",
                (0..10_000).map(|depth| format!("{}a:\n", " ".repeat(depth.min(2_000)))).collect::<String>().into(),
            ),
            ("j.json", format!("{{\"resources\": [{{\"name\": \"[{}\"}}]}}", "concat(".repeat(10_000)).into_bytes()),
        ])
        .path(),
    );
}

#[test]
fn a_bomb_of_aliases() {
    let lines: String =
        (1..30).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "))).collect();
    survive(folder(&[("bomb.yaml", format!("a0: &a0 [lol]\n{lines}").into_bytes())]).path());
}

#[test]
fn bytes_that_are_no_text() {
    let noise: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let names = ["a.bicep", "a.bicepparam", "a.json", "a.tf", "a.tfvars", "a.yaml"];
    let files: Vec<(&str, Vec<u8>)> = names.iter().map(|&name| (name, noise.clone())).collect();
    let report = survive(folder(&files).path());
    assert_eq!(rules(&report).iter().filter(|rule| *rule == "ACR900").count(), names.len(), "{report:#}");
    survive(folder(&names.map(|name| (name, vec![0; 10_000]))).path());
}

#[test]
fn a_large_file() {
    let entry = "  - {kind: ConfigMap, apiVersion: v1, metadata: {name: a}, data: {key: value}}\n";
    let large = format!("kind: List\napiVersion: v1\nitems:\n{}", entry.repeat(50_000_000 / entry.len()));
    survive(folder(&[("large.yaml", large.into_bytes()), ("small.yaml", YAML.into())]).path());
}

#[test]
fn references_in_a_circle() {
    survive(
        folder(&[
            (
                "a.bicep",
                b"module b 'b.bicep' = { name: 'b', params: { x: b.outputs.x } }\noutput x string = b.outputs.x\n"
                    .to_vec(),
            ),
            (
                "b.bicep",
                b"param x string\nmodule a 'a.bicep' = { name: 'a' }\noutput x string = a.outputs.x\n".to_vec(),
            ),
            ("c.bicep", b"var a = b\nvar b = a\nparam p string = p\n".to_vec()),
            ("d.tf", b"locals {\n  a = local.b\n  b = local.a\n}\nmodule \"self\" { source = \"./\" }\n".to_vec()),
            ("e.json", JSON.replace("concat('a', 'b')", "parameters('n')").into_bytes()),
        ])
        .path(),
    );
}

#[cfg(unix)]
#[test]
fn a_tree_of_traps() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder(&[("good.yaml", YAML.into()), ("shut.yaml", YAML.into())]);
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("loop")).unwrap();
    symlink(folder.path(), at("loop/again")).unwrap();
    symlink("/dev/zero", at("zero.yaml")).unwrap();
    symlink("nowhere", at("dangling.tf")).unwrap();
    fs::create_dir(at("folder.json")).unwrap();
    let pipe = Command::new("mkfifo").arg(at("pipe.yaml")).status();
    assert!(pipe.is_ok_and(|status| status.success()), "mkfifo is part of every Unix");
    fs::set_permissions(at("shut.yaml"), fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything, so there the file isn't shut.
    let shut = fs::read(at("shut.yaml")).is_err();
    let report = survive(folder.path());
    assert_eq!(rules(&report).contains(&"ACR900".to_owned()), shut, "{report:#}");
}

/// A small file of each language, together a repository that has everything.
fn seeds() -> Vec<(&'static str, String)> {
    let grant = include_str!("../testdata/equivalence/control-plane-grant/bicep/main.bicep");
    vec![
        ("main.bicep", format!("{BICEP}{grant}")),
        ("main.json", JSON.to_owned()),
        (
            "azuredeploy.json",
            include_str!("../testdata/equivalence/control-plane-grant/arm/azuredeploy.json").to_owned(),
        ),
        (
            "tf/main.tf",
            format!("{TERRAFORM}{}", include_str!("../testdata/equivalence/control-plane-grant/terraform/main.tf")),
        ),
        ("plan.json", include_str!("../testdata/equivalence/control-plane-grant/plan/plan.json").to_owned()),
        ("k8s/pod.yaml", YAML.to_owned()),
        (
            "k8s/kustomization.yaml",
            "resources: [pod.yaml]\nnamePrefix: x-\nimages:\n  - name: a\n    newTag: b\n".to_owned(),
        ),
        (
            "az/aks-show.json",
            include_str!("../testdata/scenarios/broken/diagnosis-control-plane-grant/az/aks-show.json").to_owned(),
        ),
        (
            "az/grants.json",
            include_str!("../testdata/scenarios/broken/diagnosis-control-plane-grant/az/role-assignments.json")
                .to_owned(),
        ),
        ("deploy.sh", "az aks update -n a \\\n  --attach-acr b\nenvsubst < x.yaml\n".to_owned()),
    ]
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    /// A piece of one file in the middle of another, and a piece of it gone.
    #[test]
    fn splices(from in 0_usize..10, into in 0_usize..10, cuts in proptest::array::uniform4(0.0_f64..1.0)) {
        let mut files = seeds();
        let place = |text: &str, share: f64| (text.len() as f64 * share) as usize;
        let [a, b, c, d] = cuts;
        let piece = {
            let text = files[from].1.as_bytes();
            let (start, end) = (place(&files[from].1, a.min(b)), place(&files[from].1, a.max(b)));
            text[start..end.min(start + 400)].to_vec()
        };
        let text = files[into].1.as_bytes();
        let (start, end) = (place(&files[into].1, c.min(d)), place(&files[into].1, c.max(d)));
        let spliced = [&text[..start], &piece, &text[end.min(start + 60)..]].concat();
        let name = files.remove(into).0;
        let mut all: Vec<(String, Vec<u8>)> =
            files.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
        all.push((name.to_owned(), spliced));
        let report = acrlint::lint(all, &acrlint::Outlook::default()).report;
        proptest::prop_assert!(report.findings.iter().all(|finding| finding.rule != "ACR903"));
    }
}

/// Whatever is done to a file, what fixes make of it is no worse to read than it was, and fixing again changes nothing.
#[test]
fn fixes_leave_mutated_files_readable() {
    let bicep = "resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: 'harborimages'\n  properties: { adminUserEnabled: true }\n}\nresource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {\n  name: 'aks'\n  identity: { type: 'SystemAssigned' }\n}\nresource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(acr.id, aks.id)\n  scope: acr\n  properties: { principalId: aks.identity.principalId, roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d') }\n}\n";
    let hcl = "resource \"azurerm_container_registry\" \"acr\" {\n  name = \"harborimages\"\n  admin_enabled = true\n}\nresource \"azurerm_kubernetes_cluster\" \"aks\" {\n  name = \"aks\"\n  identity {\n    type = \"SystemAssigned\"\n  }\n}\nresource \"azurerm_role_assignment\" \"pull\" {\n  scope = azurerm_container_registry.acr.id\n  role_definition_name = \"AcrPull\"\n  principal_id = azurerm_kubernetes_cluster.aks.identity[0].principal_id\n}\n";
    let yaml = "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  imagePullSecrets:\n    - pull\n    - [a, b]\n  containers:\n    - name: web\n      image: harborimages.azurecr.com/web:1\n      imagePullPolicy: Never\n";
    for (path, text) in [("main.bicep", bicep), ("main.tf", hcl), ("pod.yaml", yaml)] {
        let whole = acrlint::lint(vec![(path.to_owned(), text.as_bytes().to_vec())], &acrlint::Outlook::default());
        assert!(whole.report.findings.iter().any(|finding| finding.fix.is_some()), "{path}");
        for (at, _) in text.char_indices().step_by(29) {
            for insert in ["\n", "'", "\"", "{", "ü", "//", " : "] {
                let mutated = format!("{}{insert}{}", &text[..at], &text[at..]);
                let linted =
                    acrlint::lint(vec![(path.to_owned(), mutated.clone().into_bytes())], &acrlint::Outlook::default());
                let faults = acrlint::edit::faults(path, &mutated);
                for fix in linted.report.findings.iter().filter_map(|finding| finding.fix.as_ref()) {
                    let edits: Vec<_> = fix.edits.iter().map(|(span, by)| (span.range(), by.clone())).collect();
                    let after = acrlint::edit::applied(&mutated, &edits).unwrap();
                    assert!(acrlint::edit::faults(path, &after) <= faults, "{}\n{mutated}\n{after}", fix.title);
                }
            }
        }
    }
}
