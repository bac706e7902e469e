//! What users allow of findings whose place says little: values of charts, bases of several overlays, other repositories,
//! and files in which comments are rare.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on has failed")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The files of a test, as path and text.
type Files<'a> = Vec<(&'a str, String)>;

fn acrlint(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with these files, none of which belongs to anything around it.
fn folder(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (path, text) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    folder
}

/// The rules and lines that are found, as in `ACR503 main.bicep:5`, and the closing line up to the verdicts.
fn told(folder: &Path, arguments: &[&str]) -> (Vec<String>, String) {
    let all = [&["--now", "2026-01-31", "--format", "concise"], arguments].concat();
    let said = acrlint(folder, &all);
    let mut lines: Vec<&str> = said.lines().collect();
    let closing = lines.pop().unwrap().split(" · pulls").next().unwrap().to_owned();
    let short = |line: &&str| {
        let (place, rest) = line.split_once(": ").unwrap();
        let rule = rest.split_once('[').unwrap().1.split_once(']').unwrap().0;
        format!("{rule} {}", place.rsplit_once(':').unwrap().0)
    };
    (lines.iter().map(short).collect(), closing)
}

/// The same of files, with this configuration where there is one.
fn found(files: &Files<'_>, configuration: &str) -> (Vec<String>, String) {
    let folder = folder(files);
    if !configuration.is_empty() {
        fs::write(folder.path().join("acrlint.yaml"), configuration).unwrap();
    }
    told(folder.path(), &[])
}

fn allow(entry: &str) -> String {
    format!("allow: [{{{entry}, reason: x}}]\n")
}

fn pod(kind: &str, name: &str, metadata: &str, pod: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: {name}\n{metadata}spec:\n  selector: {{matchLabels: {{app: \
         web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n    spec:\n{pod}"
    )
}

/// A chart whose image, which has a capital letter, stands among its values, used by one workload or by two.
fn chart(annotations: &[&str]) -> Files<'static> {
    let image = "      containers:\n      - name: web\n        image: \"{{ .Values.image }}:1\"\n";
    let one = |(at, annotation): (usize, &&str)| {
        let metadata = format!("  namespace: shop\n  annotations: {{acrlint.dev/{annotation}}}\n");
        pod("Deployment", &format!("web{at}"), &metadata, image)
    };
    let workloads: Vec<String> = annotations.iter().enumerate().map(one).collect();
    vec![
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n".to_owned()),
        ("chart/values.yaml", "image: shopimages.azurecr.io/Web\n".to_owned()),
        ("chart/templates/web.yaml", workloads.join("---\n")),
    ]
}

const ALLOWED: &str = "allow: \"ACR701 -- x\"";

#[test]
fn a_value_of_a_chart_is_allowed_by_the_workload_that_uses_it() {
    let place = vec!["ACR701 chart/values.yaml:1".to_owned()];
    let none = "findings: none · 1 suppressed".to_owned();
    let both = (place.clone(), "findings: 1 note · 1 suppressed".to_owned());
    assert_eq!(found(&chart(&[ALLOWED]), ""), (vec![], none.clone()));
    assert_eq!(found(&chart(&[ALLOWED, ALLOWED]), ""), (vec![], none.clone()));
    let other = "note: x";
    let unknown = "ACR904 chart/templates/web.yaml:6".to_owned();
    assert_eq!(found(&chart(&[other]), ""), ([vec![unknown], place].concat(), "findings: 2 notes".to_owned()));
    let one = allow("rules: [ACR701], path: chart, resource: web0");
    let plain: Files<'_> = chart(&["note", "note"])
        .into_iter()
        .map(|(path, text)| (path, text.replace("acrlint.dev/note", "a: b")))
        .collect();
    assert_eq!(found(&plain, &one), both);
    let all = one
        .replace("resource: web0", "resource: shop/web0")
        .replace("allow: [", "allow: [{rules: [ACR701], path: /chart/, resource: Deployment shop/web1, reason: x}, ");
    assert_eq!(found(&plain, &all), (vec![], none));
}

/// A base of which two overlays are made, for two namespaces that don't have the pull secret.
fn overlays(base: &str, dev: &str) -> Files<'static> {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: pull, namespace: default}\ntype: \
                  kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: '{}'}\n";
    let overlay = |name: &str, more: &str| format!("namespace: {name}\nresources: [../../base]\n{more}");
    vec![
        ("base/kustomization.yaml", "resources: [web.yaml]\n".to_owned()),
        ("base/web.yaml", base.to_owned()),
        ("overlays/dev/kustomization.yaml", overlay("dev", dev)),
        ("overlays/prod/kustomization.yaml", overlay("prod", "")),
        ("secret.yaml", secret.to_owned()),
    ]
}

const CONTAINERS: &str = "      containers:\n      - name: web\n        image: shopimages.azurecr.io/web:1\n";

#[test]
fn what_one_overlay_may_do_another_may_not() {
    let own = pod("Deployment", "web", "", &format!("      imagePullSecrets: [{{name: pull}}]\n{CONTAINERS}"));
    let account = format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: web}}\nimagePullSecrets: [{{name: pull}}]\n---\n{}",
        pod("Deployment", "web", "", &format!("      serviceAccountName: web\n{CONTAINERS}"))
    );
    for (base, line, names) in [
        (&own, 10, &["Deployment dev/web", "dev/web"][..]),
        (&account, 4, &["ServiceAccount dev/web", "Deployment dev/web", "dev/web"]),
    ] {
        let place = vec![format!("ACR201 base/web.yaml:{line}")];
        let stays = |(found, closing): (Vec<String>, String)| {
            assert_eq!(found, place, "{closing}");
            assert!(closing.starts_with("findings: 1 error · 1 suppressed"), "{closing}");
        };
        assert_eq!(found(&overlays(base, ""), "").0, place);
        stays(found(&overlays(base, "commonAnnotations: {acrlint.dev/allow: \"ACR201 -- x\"}\n"), ""));
        for name in names {
            stays(found(&overlays(base, ""), &allow(&format!("rules: [ACR201], path: ., resource: {name}"))));
        }
        let both = found(&overlays(base, ""), &allow("rules: [ACR201], path: ./base, resource: web"));
        assert_eq!(both, (vec![], "findings: none · 1 suppressed".to_owned()));
    }
}

#[test]
fn a_secret_and_the_workload_that_needs_it_may_both_be_annotated() {
    let broken = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios/broken/chart-secret-for-another-host");
    let files = |annotated: &str| -> Files<'static> {
        let paths =
            ["chart/Chart.yaml", "chart/values.yaml", "chart/templates/deployment.yaml", "chart/templates/secret.yaml"];
        let read = |path: &'static str| {
            let text = fs::read_to_string(broken.join(path)).unwrap();
            let note = "metadata:\n  annotations: {acrlint.dev/allow: 'ACR205 -- x'}\n";
            (path, if annotated.contains(path) { text.replacen("metadata:\n", note, 1) } else { text })
        };
        paths.map(read).to_vec()
    };
    let (deployment, secret) = ("chart/templates/deployment.yaml", "chart/templates/secret.yaml");
    for annotated in [deployment, secret, &format!("{deployment} {secret}")] {
        let left = (vec!["ACR208 chart/values.yaml:4".to_owned()], "findings: 1 warning · 1 suppressed".to_owned());
        assert_eq!(found(&files(annotated), ""), left, "{annotated}");
    }
}

#[test]
fn annotations_are_read_where_a_cron_job_has_them_and_unknown_ones_are_told() {
    let job = |annotation: &str| {
        let text = format!(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: nightly}}\nspec:\n  schedule: '0 3 * * *'\n  \
             jobTemplate:\n    metadata:\n      annotations:\n        acrlint.dev/{annotation}: ACR701 -- x\n    spec:\n      \
             template:\n        spec:\n          restartPolicy: Never\n          containers:\n          - name: a\n            \
             image: shopimages.azurecr.io/Web:1\n"
        );
        found(&vec![("job.yaml", text)], "")
    };
    assert_eq!(job("allow"), (vec![], "findings: none · 1 suppressed".to_owned()));
    let both = vec!["ACR904 job.yaml:9".to_owned(), "ACR701 job.yaml:16".to_owned()];
    assert_eq!(job("ignore"), (both, "findings: 1 error · 1 note · 1 fixable with --fix".to_owned()));
}

#[test]
fn comments_count_in_every_script_in_which_something_is_found() {
    let make = |comment: &str| {
        let text = format!(
            "up:\n\taz acr create -g rg -n quarryimages --sku Standard\n\t{comment}\n\taz aks create -g rg -n aks-quarry \
             --enable-managed-identity\n"
        );
        let image = "      containers:\n      - name: a\n        image: quarryimages.azurecr.io/quarry:1\n";
        found(&vec![("Makefile", text), ("quarry.yaml", pod("Deployment", "quarry", "", image))], "")
    };
    assert_eq!(make("# once").0, ["ACR101 Makefile:4"]);
    assert_eq!(make("# acrlint: allow ACR101 -- x"), (vec![], "findings: none · 1 suppressed".to_owned()));
}

const INFRA: &str = "resource \"azurerm_container_registry\" \"acr\" {\n  name                = \"shopimages\"\n  \
                     resource_group_name = \"rg\"\n  location            = \"westeurope\"\n  sku                 = \
                     \"Standard\"\n}\n\nresource \"azurerm_kubernetes_cluster\" \"aks\" {\n  name                = \"shop\"\n  \
                     location            = \"westeurope\"\n  resource_group_name = \"rg\"\n  dns_prefix          = \"shop\"\n  \
                     default_node_pool {\n    name       = \"default\"\n    node_count = 1\n    vm_size    = \
                     \"Standard_D2_v2\"\n  }\n  identity {\n    type = \"SystemAssigned\"\n  }\n}\n\nresource \
                     \"azurerm_role_assignment\" \"pull\" {\n  principal_id         = \
                     azurerm_kubernetes_cluster.aks.identity[0].principal_id\n  role_definition_name = \"AcrPull\"\n  scope                \
                     = azurerm_container_registry.acr.id\n}\n";

#[test]
fn what_is_wrong_in_another_repository_can_be_allowed_where_it_is_told() {
    let files = |web: &str| vec![("infra/main.tf", INFRA.to_owned()), ("apps/web.yaml", web.to_owned())];
    let run = |web: &str, configuration: &str| {
        let folder = folder(&files(web));
        let (infra, apps) = (folder.path().join("infra"), folder.path().join("apps"));
        [&infra, &apps].into_iter().for_each(|repository| fs::create_dir(repository.join(".git")).unwrap());
        acrlint(&infra, &["facts", "-o", "../infra.json", "--name", "infra"]);
        if !configuration.is_empty() {
            fs::write(apps.join("acrlint.yaml"), configuration).unwrap();
        }
        told(&apps, &["--with", "../infra.json"])
    };
    let web = pod("Deployment", "web", "", CONTAINERS);
    assert_eq!(run(&web, ""), (vec!["ACR102 web.yaml:12".to_owned()], "findings: 1 error".to_owned()));
    let none = (vec![], "findings: none · 1 suppressed".to_owned());
    let commented = web.replace("        image", "        # acrlint: allow ACR102 -- x\n        image");
    assert_eq!(run(&commented, ""), none);
    assert_eq!(run(&web, &allow("rules: [ACR102], path: web.yaml")), none);
    assert_eq!(run(&web, &allow("rules: [ACR102], path: 'infra:main.tf'")), none);
    let elsewhere = run(&web, &allow("rules: [ACR102], path: other.yaml")).0;
    assert_eq!(elsewhere, ["ACR904 acrlint.yaml:1", "ACR102 web.yaml:12"]);
}

#[test]
fn a_module_stands_for_what_is_in_it() {
    let main = "module \"west\" {\n  source = \"./acr\"\n}\n";
    let acr = INFRA.split("\n\n").next().unwrap().replace("\n}", "\n  admin_enabled = true\n}\n");
    let files = vec![("main.tf", main.to_owned()), ("acr/main.tf", acr)];
    assert_eq!(found(&files, "").0, ["ACR503 acr/main.tf:6"]);
    for entry in ["resource: module.west", "resource: Module.West.azurerm_container_registry.acr"] {
        let said = found(&files, &allow(&format!("rules: [ACR503], path: acr, {entry}")));
        assert_eq!(said, (vec![], "findings: none · 1 suppressed".to_owned()), "{entry}");
    }
    let east = found(&files, &allow("rules: [ACR503], path: acr, resource: module.east")).0;
    assert_eq!(east, ["ACR503 acr/main.tf:6", "ACR904 acrlint.yaml:1"]);
}
