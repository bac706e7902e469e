use std::fmt::Write;

use super::*;
use crate::ir::Value;
use crate::source::MemoryFiles;

fn lowered(files: &[(&str, &str)]) -> (Store, Lowered) {
    let contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(contents));
    let ids: Vec<SourceId> = files.iter().map(|(path, _)| store.open_path(path).unwrap()).collect();
    let lowered = lower(&store, &ids, &[]);
    (store, lowered)
}

/// The text of a node, unknown pieces as `…`.
fn text(node: &Node) -> String {
    match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Concat(pieces) => pieces.iter().map(text).collect(),
        _ => "…".to_owned(),
    }
}

/// Deployment, address and images, a line each.
fn told(lowered: &Lowered) -> String {
    let mut told = String::new();
    for deployment in &lowered.deployments {
        writeln!(told, "{} ({} gaps)", deployment.name, deployment.gaps.len()).unwrap();
        for resource in &deployment.resources {
            write!(told, "  {}", resource.address).unwrap();
            let images = resource.body.at(&["spec", "containers"]).and_then(Node::as_list);
            images
                .iter()
                .flat_map(|list| &list.items)
                .for_each(|item| write!(told, " {}", text(item.get("image").unwrap())).unwrap());
            told.push('\n');
        }
    }
    told
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  serviceAccountName: runner\n  imagePullSecrets: [{name: pull}]\n  containers:\n  - name: web\n    image: acr.azurecr.io/web:1\n";

#[test]
fn each_folder_is_a_deployment() {
    let (store, lowered) = lowered(&[
        ("a.yml", POD),
        (
            "k8s/list.json",
            r#"{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "ns", "uid": "1"}, "data": {"k": "dg=="}}]}"#,
        ),
        (
            "k8s/two.yaml",
            "kind: A\napiVersion: x/v1\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: ns}\n",
        ),
        ("k8s/values.yaml", "image: [\n"),
        ("k8s/broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n"),
        ("main.json", r#"{"$schema": "x", "apiVersion": "v1", "kind": "x"}"#),
    ]);
    assert_eq!(
        told(&lowered),
        "*.yaml (0 gaps)\n  Pod web acr.azurecr.io/web:1\nk8s/*.yaml (1 gaps)\n  Secret ns/s\n  A k8s/two.yaml:1\n  Secret ns/s[1]\n"
    );
    assert_eq!(lowered.problems.len(), 1);
    assert_eq!(&*store.source(lowered.problems[0].span.source).path, "k8s/broken.yaml");
    let secret = &lowered.deployments[1].resources[0];
    assert_eq!((&*secret.kind, secret.origin), ("v1/Secret", Origin::Dump));
    assert!(secret.body.at(&["data", "k"]).unwrap().secret);
    assert_eq!(store.snippet(lowered.deployments[0].resources[0].declared), "web");
}

#[test]
fn items_of_a_list_of_one_kind_are_of_that_kind() {
    let (_, lowered) = lowered(&[(
        "saved.yaml",
        "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: a, uid: x}\n  data: {k: dg==}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n",
    )]);
    assert_eq!(told(&lowered), "*.yaml (0 gaps)\n  Secret a\n  Pod b\n");
    assert!(lowered.deployments[0].resources[0].body.at(&["data", "k"]).unwrap().secret);
}

#[test]
fn templates_are_gaps_and_no_syntax_errors() {
    let (_, lowered) = lowered(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: x\n"),
        ("chart/templates/pod.yaml", POD),
        ("plain/a.yaml", &POD.replace("acr.azurecr.io/web:1", "{{ .Registry }}/web:{{ .Tag }}")),
        ("plain/b.yaml", &POD.replace("web:1", "'{{x}}'").replace("acr.azurecr.io/", "")),
        ("plain/c.yaml", &POD.replace("acr.azurecr.io/web:1", "{{ .Image }}")),
        ("plain/d.yaml", &POD.replace("acr.azurecr.io", "${ACR}").replace("{name: web}", "\n  name: web-#{ENV}#")),
        ("plain/e.yaml", &POD.replace("{name: web}", "{name: web-#{ENV}#}")),
        ("plain/f.yaml", &POD.replace("acr.azurecr.io/web:1", "#{IMAGE}#")),
    ]);
    assert_eq!(lowered.problems, []);
    let expected = "chart/Chart.yaml (0 gaps)\n  Pod web acr.azurecr.io/web:1\nplain/*.yaml (3 gaps)\n  Pod web …\n  Pod web[1] …\n  Pod plain/d.yaml:1 …/web:1\n  Pod web[2] …\n";
    assert_eq!(told(&lowered), expected);
}

#[test]
fn a_kustomization_changes_what_it_lists() {
    let (store, lowered) = lowered(&[
        (
            "base/kustomization.yaml",
            "resources: [pod.yaml, sa.yaml]\nsecretGenerator:\n- name: pull\n  type: kubernetes.io/dockerconfigjson\n  files: [.dockerconfigjson=c.json]\n",
        ),
        ("base/pod.yaml", POD),
        ("base/sa.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n"),
        ("base/other.yaml", POD),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\nnamespace: shop\nnamePrefix: p-\nimages:\n- name: acr.azurecr.io/web\n  newName: prod.azurecr.io/web\n  newTag: 1.10\n",
        ),
    ]);
    let expected = "base/*.yaml (0 gaps)\n  Pod web acr.azurecr.io/web:1\nprod/kustomization.yaml (1 gaps)\n  Pod shop/p-web prod.azurecr.io/web:1.10\n  ServiceAccount shop/p-runner\n  Secret base/kustomization.yaml:3\n";
    assert_eq!(told(&lowered), expected);
    let pod = &lowered.deployments[1].resources[0].body;
    assert_eq!(text(pod.at(&["spec", "imagePullSecrets", "0", "name"]).unwrap()), "p-pull-…");
    assert_eq!(text(pod.at(&["spec", "serviceAccountName"]).unwrap()), "p-runner");
    let namespace = pod.at(&["metadata", "namespace"]).unwrap();
    assert_eq!(&*store.source(namespace.span.source).path, "prod/kustomization.yaml");
}

#[test]
fn long_ladders_end() {
    let level = |at: usize| (format!("l{at}/kustomization.yaml"), format!("resources: [../l{}]\n", at + 1));
    let files: Vec<(String, String)> = (0..80).map(level).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (_, ladder) = lowered(&files);
    let is_limited = |it: &Deployment| it.gaps.iter().any(|gap| matches!(gap.why, Why::LimitReached(_)));
    assert!(ladder.deployments.iter().any(is_limited));
    // What lies below the limit is still seen.
    assert_eq!(ladder.deployments.len(), 2);
}

#[test]
fn every_truncation_is_survived() {
    let kustomization = "resources: [pod.yaml]\nnamespace: x\nnamePrefix: é\nimages: [{name: a, newTag: 1, digest: x}]\nsecretGenerator: [{name: s, literals: [a=b]}]\npatches:\n- patch: |-\n    - op: add\n      path: /spec\n";
    for end in (0..kustomization.len()).filter(|&end| kustomization.is_char_boundary(end)) {
        lowered(&[("pod.yaml", POD), ("kustomization.yaml", &kustomization[..end])]);
    }
    for end in 0..POD.len() {
        lowered(&[("pod.yaml", &POD[..end]), ("pod.json", &POD[..end])]);
    }
}
