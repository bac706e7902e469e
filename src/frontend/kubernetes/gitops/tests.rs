use std::fmt::Write;

use super::*;
use crate::frontend::kubernetes::lower;
use crate::source::{MemoryFiles, SourceId};

fn read(files: &[(&str, &str)]) -> (Store, Lowered, Vec<SourceId>) {
    let contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(contents));
    let ids: Vec<SourceId> = files.iter().map(|(path, _)| store.open_path(path).unwrap()).collect();
    let lowered = lower(&store, &ids, &[]);
    (store, lowered, ids)
}

/// A value in one line, unknown pieces as `…`.
fn shown(node: &Node) -> String {
    match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Concat(pieces) => pieces.iter().map(shown).collect(),
        Value::List(list) => format!("[{}]", list.items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Map(map) => {
            let entry = |entry: &crate::ir::Entry| format!("{}: {}", shown(&entry.key), shown(&entry.value));
            format!("{{{}}}", map.entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        _ => "…".to_owned(),
    }
}

fn layer(store: &Store, layer: &Layer) -> String {
    match layer {
        Layer::File(id) => store.source(*id).path.to_string(),
        Layer::Tree(node) => shown(node),
        Layer::Set { path, value, text } => {
            format!("{}{}{}", shown(path), if *text { ":=" } else { "=" }, shown(value))
        }
        Layer::Unknown(..) => "?".to_owned(),
    }
}

/// Each carrier of the objects in a line.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let (store, lowered, ids) = read(files);
    let paths: Vec<_> = ids.iter().map(|&id| (store.source(id).path.clone(), id)).collect();
    let tree = Tree::of(&paths);
    let mut carriers = carried(&lowered, &store, &tree).carriers;
    carriers.extend(of_files(&store, &tree).0);
    carriers.iter().map(|carrier| line(&store, carrier)).collect()
}

fn line(store: &Store, carrier: &Carrier) -> String {
    let to = &carrier.delivery;
    let mut line = match &to.parcel {
        Parcel::Chart(path) => format!("chart {path}"),
        Parcel::Kustomization(path) => format!("kustomization {path}"),
        Parcel::Folder(path) => format!("folder {path}"),
        Parcel::Manifests { path, recursive } => format!("manifests {path}{}", if *recursive { "/**" } else { "" }),
        Parcel::SomeChart(_) | Parcel::Elsewhere(_) => "elsewhere".to_owned(),
    };
    if let Some(folder) = &carrier.below {
        write!(line, " below `{folder}`").unwrap();
    }
    if let Some(release) = to.release.as_ref().filter(|_| matches!(to.parcel, Parcel::Chart(_))) {
        write!(line, " as {}", shown(release)).unwrap();
    }
    if let Some(namespace) = &to.namespace {
        write!(line, " {} {}", if to.moves { "to" } else { "in" }, shown(namespace)).unwrap();
    }
    if !to.values.is_empty() {
        write!(line, " with {}", to.values.iter().map(|it| layer(store, it)).collect::<Vec<_>>().join(" | ")).unwrap();
    }
    if let Some(changes) = &to.changes {
        write!(line, " changes {}", shown(changes)).unwrap();
    }
    line.push_str(if to.open.is_some() { " and more" } else { "" });
    line
}

const CHART: (&str, &str) = ("charts/shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
const TEMPLATE: (&str, &str) = ("charts/shop/templates/a.yaml", "kind: A\n");
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'acr.azurecr.io/web:1'}]}\n";

fn application(spec: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: shop, namespace: argocd}}\nspec:\n{spec}"
    )
}

#[test]
fn an_application_names_chart_values_and_namespace() {
    let spec = "  destination: {namespace: prod}\n  source:\n    repoURL: https://example.com/a.git\n    path: charts/shop\n    helm:\n      releaseName: store\n      valueFiles: [values-prod.yaml, /shared.yaml, gone.yaml]\n      values: |\n        image:\n          tag: '2'\n      parameters:\n      - {name: image.repository, value: acr.azurecr.io/web}\n      - {name: tag, value: '1', forceString: true}\n      - {name: app, value: $ARGOCD_APP_NAME}\n";
    let files = [
        CHART,
        TEMPLATE,
        ("charts/shop/values-prod.yaml", "a: 1\n"),
        ("shared.yaml", "a: 1\n"),
        ("argocd/shop.yaml", &application(spec)),
    ];
    assert_eq!(
        told(&files),
        [
            "chart charts/shop as store in prod with charts/shop/values-prod.yaml | shared.yaml | ? | {image: {tag: 2}} | \
          image.repository=acr.azurecr.io/web | app=… | tag:=1"
        ]
    );
}

#[test]
fn values_in_a_text_have_their_own_places() {
    let spec = "  source:\n    path: charts/shop\n    helm:\n      values: |\n        # é\n        image:\n          tag: two\n";
    let files = [CHART, TEMPLATE, ("app.yaml", &application(spec))];
    let (store, lowered, ids) = read(&files);
    let paths: Vec<_> = ids.iter().map(|&id| (store.source(id).path.clone(), id)).collect();
    let carriers = carried(&lowered, &store, &Tree::of(&paths)).carriers;
    let Layer::Tree(values) = &carriers[0].delivery.values[0] else { panic!() };
    assert_eq!(store.snippet(values.at(&["image", "tag"]).unwrap().span), "two");
}

#[test]
fn several_sources_refer_to_each_other() {
    let spec = "  destination: {namespace: prod}\n  sources:\n  - {repoURL: 'https://example.com/a', chart: redis, targetRevision: 1}\n  - {repoURL: 'https://example.com/b', ref: values}\n  - repoURL: https://example.com/b\n    path: charts/shop\n    helm: {valueFiles: [$values/shared.yaml, $other/shared.yaml]}\n";
    let files = [CHART, TEMPLATE, ("shared.yaml", "a: 1\n"), ("app.yaml", &application(spec))];
    assert_eq!(told(&files), ["elsewhere in prod", "chart charts/shop as shop in prod with shared.yaml | ?"]);
}

#[test]
fn an_application_changes_a_kustomization() {
    let spec = "  destination: {namespace: prod}\n  source:\n    path: ./k8s/\n    kustomize:\n      namespace: shop\n      namePrefix: p-\n      images: ['web=acr.azurecr.io:443/web:2', 'api:3', 'job@sha256:0', 'x=y@sha256:1']\n";
    let files = [
        ("k8s/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("k8s/pod.yaml", POD),
        ("app.yaml", &application(spec)),
        ("k8s/.argocd-source-shop.yaml", "kustomize: {namePrefix: q-}\n"),
    ];
    assert_eq!(
        told(&files),
        [
            "kustomization k8s to shop changes {namePrefix: q-, images: [{name: web, newName: acr.azurecr.io:443/web, newTag: 2}, \
          {name: api, newTag: 3}, {name: job, digest: sha256:0}, {name: x, newName: y, digest: sha256:1}]}"
        ]
    );
}

#[test]
fn paths_that_are_not_here_are_elsewhere() {
    let at = |path: &str| {
        let spec = format!("  destination: {{namespace: prod}}\n  source: {{path: {path}, repoURL: x}}\n");
        told(&[("apps/web/pod.yaml", POD), ("app.yaml", &application(&spec))])
    };
    assert_eq!(at("apps/web"), ["manifests apps/web in prod"]);
    assert_eq!(at("gone"), ["elsewhere in prod"]);
    assert_eq!(at("../x"), ["elsewhere in prod"]);
    assert_eq!(at("deploy/apps/web"), ["elsewhere below `apps/web` in prod"]);
    assert_eq!(at("'apps/${NAME}'"), ["elsewhere below `apps` in prod"]);
}

#[test]
fn of_several_repositories_the_one_named_most_is_this_one() {
    let spec = |url: &str, path: &str| application(&format!("  source: {{path: {path}, repoURL: '{url}'}}\n"));
    let files = [
        ("a/pod.yaml", POD),
        ("b/pod.yaml", POD),
        ("1.yaml", &spec("https://example.com/me/ours.git", "a")),
        ("2.yaml", &spec("git@example.com:Me/ours", "b")),
        ("3.yaml", &spec("https://example.com/other", "a")),
    ];
    assert_eq!(told(&files), ["manifests a", "manifests b", "elsewhere below `a`"]);
    let flux = flux("  path: a\n  sourceRef: {kind: GitRepository, name: x}\n");
    assert_eq!(told(&[files[0], files[2], ("f.yaml", &flux)]), ["manifests a", "manifests a/**"]);
}

#[test]
fn directories_admit_files_by_pattern() {
    let spec = "  source: {path: k8s, directory: {recurse: true, exclude: '{b.yaml,sub/*}'}}\n";
    let files = [("k8s/a.yaml", POD), ("k8s/b.yaml", POD), ("k8s/sub/c.yaml", POD), ("app.yaml", &application(spec))];
    assert_eq!(told(&files), ["manifests k8s/a.yaml/**"]);
    let spec = "  source: {path: k8s, directory: {jsonnet: {}}}\n";
    assert_eq!(told(&[("k8s/a.yaml", POD), ("app.yaml", &application(spec))]), ["manifests k8s"]);
    let jsonnet = [("k8s/a.yaml", POD), ("k8s/b.jsonnet", "{}"), ("app.yaml", &application(spec))];
    assert_eq!(told(&jsonnet), ["manifests k8s", "elsewhere"]);
    let spec = "  source: {path: k8s, plugin: {name: x}}\n";
    assert_eq!(told(&[("k8s/a.yaml", POD), ("app.yaml", &application(spec))]), ["elsewhere below `k8s` and more"]);
}

fn set_of(generators: &str, template: &str, more: &str) -> Vec<String> {
    let text = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: all}}\nspec:\n{more}  generators:\n{generators}  template:\n    metadata: {{name: 'x'}}\n    spec:\n      destination: {{namespace: '{{{{NS}}}}'}}\n      source: {{path: '{{{{PATH}}}}', repoURL: x}}\n"
    );
    let (namespace, path) = template.split_once(" / ").unwrap();
    let text = text.replace("NS", namespace).replace("PATH", path);
    let files = [
        ("apps/one/pod.yaml", POD),
        ("apps/two_x/pod.yaml", POD),
        ("apps/old/pod.yaml", POD),
        ("env/prod.json", r#"{"cluster": {"name": "prod"}, "folder": "apps/one"}"#),
        ("set.yaml", &text),
    ];
    told(&files)
}

#[test]
fn an_application_set_has_an_application_for_each_set_of_parameters() {
    let git = "  - git: {directories: [{path: 'apps/*'}, {path: apps/old, exclude: true}]}\n";
    assert_eq!(
        set_of(git, "path.basenameNormalized / path", ""),
        ["manifests apps/one in one", "manifests apps/two_x in two-x"]
    );
    let go = "  goTemplate: true\n";
    assert_eq!(
        set_of(git, "index .path.segments 1 / .path.path", go),
        ["manifests apps/one in one", "manifests apps/two_x in two_x"]
    );
    assert_eq!(
        set_of(git, ".path.basename|upper / .path.path", go),
        ["manifests apps/one in …", "manifests apps/two_x in …"]
    );
    let files = "  - git: {files: [{path: 'env/*.json'}]}\n";
    assert_eq!(set_of(files, "cluster.name / folder", ""), ["manifests apps/one in prod"]);
    let list = "  - list: {elements: [{n: a, p: apps/one}, {n: b, p: gone}]}\n";
    assert_eq!(set_of(list, "n / p", ""), ["manifests apps/one in a", "elsewhere in b"]);
    assert_eq!(
        set_of(list, "n / p", "  templatePatch: x\n"),
        ["manifests apps/one in a and more", "elsewhere in b and more"]
    );
    let selected = "  - list: {elements: [{n: a, p: apps/one}]}\n    selector: {matchLabels: {n: a}}\n";
    assert_eq!(set_of(selected, "n / p", ""), ["elsewhere below `apps/one` in a"]);
}

#[test]
fn what_a_cluster_says_is_unknown() {
    let clusters = "  - clusters: {values: {p: apps/one}}\n";
    assert_eq!(set_of(clusters, "name / values.p", ""), ["manifests apps/one in …"]);
    assert_eq!(set_of(clusters, "name / metadata.p", ""), ["elsewhere below `` in …"]);
    let matrix = "  - matrix: {generators: [{git: {directories: [{path: apps/o*}]}}, {list: {elements: [{n: '{{path.basename}}-a'}, {n: b}]}}]}\n";
    assert_eq!(
        set_of(matrix, "n / path", ""),
        [
            "manifests apps/old in old-a",
            "manifests apps/old in b",
            "manifests apps/one in one-a",
            "manifests apps/one in b"
        ]
    );
    let merge = "  - merge: {mergeKeys: [p], generators: [{list: {elements: [{p: apps/one, n: a}, {p: apps/old, n: b}]}}, {list: {elements: [{p: apps/one, n: c}]}}]}\n";
    assert_eq!(set_of(merge, "n / p", ""), ["manifests apps/one in c", "manifests apps/old in b"]);
    let merge =
        "  - merge: {mergeKeys: [p], generators: [{list: {elements: [{p: apps/one, n: a}]}}, {clusters: {}}]}\n";
    assert_eq!(set_of(merge, "n / p", ""), ["manifests apps/one in …"]);
}

fn flux(spec: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: shop, namespace: flux-system}}\nspec:\n{spec}"
    )
}

#[test]
fn flux_applies_a_folder_with_all_that_is_in_it() {
    let files = [
        ("apps/pod.yaml", POD),
        ("apps/k/kustomization.yaml", "resources: []\n"),
        ("apps/k/inner/kustomization.yaml", "resources: []\n"),
        (
            "flux.yaml",
            &flux(
                "  path: ./apps\n  targetNamespace: shop\n  images: [{name: a, newTag: '1'}]\n  sourceRef: {kind: GitRepository, name: x}\n",
            ),
        ),
    ];
    let rest = "to shop changes {images: [{name: a, newTag: 1}]}";
    assert_eq!(told(&files), [format!("manifests apps/** {rest}"), format!("kustomization apps/k {rest}")]);
    let spec = "  path: ./apps\n  sourceRef: {kind: OCIRepository, name: x}\n";
    assert_eq!(told(&[("apps/pod.yaml", POD), ("flux.yaml", &flux(spec))]), ["elsewhere below `apps`"]);
    assert_eq!(told(&[("flux.yaml", &flux("  sourceRef: {kind: GitRepository, name: x}\n"))]), ["manifests /**"]);
}

fn image_and_namespace(lowered: &Lowered) -> String {
    let resources = lowered.deployments.iter().flat_map(|it| &it.resources).filter(|it| &*it.kind == "v1/Pod");
    let mut told = Vec::new();
    for pod in resources {
        let image = pod.body.at(&["spec", "containers", "0", "image"]).map(shown).unwrap_or_default();
        let namespace = pod.body.at(&["metadata", "namespace"]).map_or("-".to_owned(), shown);
        told.push(format!("{namespace} {image}"));
    }
    told.join("; ")
}

#[test]
fn flux_puts_values_into_what_it_applies() {
    let applied = |pod: &str, spec: &str| {
        let spec = format!("  path: ./apps\n  sourceRef: {{kind: GitRepository, name: x}}\n{spec}");
        image_and_namespace(&read(&[("apps/pod.yaml", pod), ("flux.yaml", &flux(&spec))]).1)
    };
    let pod = POD
        .replace("acr.azurecr.io/web:1", "${host}/web:${tag:=9}")
        .replace("{name: web}", "{name: web, namespace: '${ns}'}");
    assert_eq!(
        applied(&pod, "  postBuild: {substitute: {host: acr.azurecr.io, ns: shop}}\n"),
        "shop acr.azurecr.io/web:9"
    );
    assert_eq!(
        applied(&pod, "  postBuild: {substitute: {host: acr.azurecr.io}, substituteFrom: [{kind: Secret, name: x}]}\n"),
        "… acr.azurecr.io/web:…"
    );
    // What a ConfigMap on the way to it says counts, unless something unseen may say otherwise after it.
    let vars = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vars, namespace: flux-system}\ndata: {ns: shop, host: x}\n---\n";
    let from = |others: &str| {
        let spec = format!(
            "  path: ./apps\n  sourceRef: {{kind: GitRepository, name: x}}\n  postBuild: {{substitute: {{host: acr.azurecr.io}}, substituteFrom: [{{kind: ConfigMap, name: vars}}{others}]}}\n"
        );
        let flux = flux(&spec);
        image_and_namespace(&read(&[("apps/pod.yaml", &pod), ("flux.yaml", &format!("{vars}{flux}"))]).1)
    };
    assert_eq!(from(""), "shop acr.azurecr.io/web:9");
    assert_eq!(from(", {kind: Secret, name: y}"), "… acr.azurecr.io/web:…");
    assert_eq!(applied(&pod, ""), "… …/web:…", "nothing is put in that nobody puts in");
    assert_eq!(
        applied(POD, "  targetNamespace: shop\n  images: [{name: acr.azurecr.io/web, newTag: '2'}]\n"),
        "shop acr.azurecr.io/web:2"
    );
}

fn release(spec: &str) -> String {
    format!(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: shop, namespace: apps}}\nspec:\n{spec}"
    )
}

#[test]
fn a_release_names_chart_and_values() {
    let chart = "  chart: {spec: {chart: ./charts/shop, sourceRef: {kind: GitRepository, name: x}, valuesFiles: [charts/shop/values.yaml, shared.yaml]}}\n";
    let more = "  targetNamespace: prod\n  values: {tag: 1}\n  valuesFrom:\n  - {kind: ConfigMap, name: held}\n  - {kind: Secret, name: held}\n  - {kind: ConfigMap, name: held, valuesKey: host, targetPath: image.host}\n  postRenderers: [{kustomize: {images: [{name: a, newName: b}]}}]\n";
    let files = [
        CHART,
        TEMPLATE,
        ("charts/shop/values.yaml", "a: 1\n"),
        ("shared.yaml", "a: 1\n"),
        (
            "held.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held}\ndata:\n  host: acr.azurecr.io\n  values.yaml: |\n    a: 2\n",
        ),
        ("release.yaml", &release(&format!("{chart}{more}"))),
    ];
    assert_eq!(
        told(&files),
        ["chart charts/shop as prod-shop in prod with charts/shop/values.yaml | shared.yaml | {a: 2} | ? | \
          image.host=acr.azurecr.io | {tag: 1} changes {images: [{name: a, newName: b}]}"]
    );
    let without = chart.replace("charts/shop/values.yaml, ", "");
    assert_eq!(
        told(&[CHART, TEMPLATE, ("shared.yaml", "a: 1\n"), ("r.yaml", &release(&without))]),
        ["chart charts/shop as shop in apps with ? | shared.yaml"]
    );
    let remote = "  chart: {spec: {chart: podinfo, sourceRef: {kind: HelmRepository, name: x}}}\n";
    assert_eq!(told(&[("r.yaml", &release(remote))]), ["elsewhere in apps"]);
    let referred = "  chartRef: {kind: HelmChart, name: c}\n";
    let object = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmChart\nmetadata: {name: c}\nspec: {chart: charts/shop, sourceRef: {kind: GitRepository, name: x}}\n";
    assert_eq!(
        told(&[CHART, TEMPLATE, ("c.yaml", object), ("r.yaml", &release(referred))]),
        ["chart charts/shop as shop in apps"]
    );
}

#[test]
fn what_is_carried_from_elsewhere_may_bring_secrets() {
    let remote = "  chart: {spec: {chart: podinfo, sourceRef: {kind: HelmRepository, name: x}}}\n";
    let hides = |files: &[(&str, &str)]| {
        let lowered = read(files).1;
        lowered.deployments.iter().flat_map(|it| &it.gaps).any(|gap| gap.hides == Some(Hides::Anything))
    };
    assert!(hides(&[("r.yaml", &release(remote))]));
    assert!(!hides(&[("k8s/pod.yaml", POD), ("app.yaml", &application("  source: {path: k8s, repoURL: x}\n"))]));
}

#[test]
fn skaffold_builds_images_and_applies_manifests() {
    let skaffold = "apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts: [{image: web}, {image: acr.azurecr.io/api}]\nmanifests:\n  rawYaml: [k8s/*.yaml]\n  kustomize: {paths: [over]}\n  helm:\n    releases:\n    - {name: shop, chartPath: ../charts/shop, namespace: prod, valuesFiles: [v.yaml], setValues: {a.b: 1}, setValueTemplates: {c: '{{.X}}'}}\n    - {name: redis, remoteChart: redis}\ndeploy: {kubectl: {defaultNamespace: dev}}\n";
    let files = [
        CHART,
        TEMPLATE,
        ("app/skaffold.yaml", skaffold),
        ("app/k8s/pod.yaml", POD),
        ("app/v.yaml", "a: 1\n"),
        ("app/over/kustomization.yaml", "resources: []\n"),
    ];
    let images = "changes {images: [{name: web, newTag: …, newName: …}, {name: acr.azurecr.io/api, newTag: …}]}";
    assert_eq!(
        told(&files),
        [
            format!("manifests app/k8s/pod.yaml in dev {images}"),
            format!("kustomization app/over in dev {images}"),
            format!("chart charts/shop as shop in prod with app/v.yaml | a.b=1 | c=… {images}"),
            format!("elsewhere {images}"),
        ]
    );
}

#[test]
fn azd_applies_the_manifests_of_its_services() {
    let azure = "name: shop\nservices:\n  web: {project: src/web, host: aks}\n  api:\n    project: src/api\n    host: aks\n    k8s:\n      deploymentPath: deploy\n      namespace: api\n      helm: {releases: [{name: r, chart: charts/shop, values: v.yaml}, {name: s, chart: x/y}]}\n      kustomize: {dir: k, edits: ['set image web=${SERVICE_WEB_IMAGE_NAME}', 'set namespace other']}\n  fn: {project: src/fn, host: function}\n";
    let files = [
        CHART,
        TEMPLATE,
        ("azure.yaml", azure),
        ("src/web/manifests/pod.yaml", POD),
        ("src/fn/manifests/pod.yaml", POD),
        ("src/api/deploy/a/pod.yaml", POD),
        ("src/api/v.yaml", "a: 1\n"),
        ("src/api/k/kustomization.yaml", "resources: []\n"),
    ];
    assert_eq!(
        told(&files),
        [
            "manifests src/web/manifests/** in shop",
            "manifests src/api/deploy/** in api",
            "chart charts/shop as r in api with src/api/v.yaml",
            "elsewhere in api",
            "kustomization src/api/k to other changes {images: [{name: web, newName: …}]}",
        ]
    );
}

#[test]
fn who_applies_a_manifest_says_where() {
    let app = |name: &str, path: &str, namespace: &str| {
        application(&format!("  destination: {{namespace: {namespace}}}\n  source: {{path: {path}, repoURL: x}}\n"))
            .replace("name: shop", &format!("name: {name}"))
    };
    let own = POD.replace("{name: web}", "{name: web, namespace: own}");
    let of = |files: &[(&str, &str)]| image_and_namespace(&read(files).1);
    let image = "acr.azurecr.io/web:1";
    let (one, same, other) = (app("a", "k", "prod"), app("b", "k", "prod"), app("c", "k", "dev"));
    assert_eq!(of(&[("k/pod.yaml", POD), ("1.yaml", &one)]), format!("prod {image}"));
    assert_eq!(of(&[("k/pod.yaml", POD), ("1.yaml", &one), ("2.yaml", &same)]), format!("prod {image}"));
    assert_eq!(of(&[("k/pod.yaml", POD), ("1.yaml", &one), ("2.yaml", &other)]), format!("- {image}"));
    assert_eq!(of(&[("k/pod.yaml", &own), ("1.yaml", &one)]), format!("own {image}"));
    assert_eq!(of(&[("k/deep/pod.yaml", POD), ("1.yaml", &one)]), format!("- {image}"));
}

#[test]
fn applications_of_applications_are_followed_and_circles_end() {
    let inner = application("  destination: {namespace: prod}\n  source: {path: k, repoURL: x}\n");
    let outer = application("  destination: {namespace: argocd}\n  source: {path: apps, repoURL: x}\n");
    let (_, lowered, _) = read(&[("root.yaml", &outer), ("apps/inner.yaml", &inner), ("k/pod.yaml", POD)]);
    assert_eq!(image_and_namespace(&lowered), "prod acr.azurecr.io/web:1");
    // What it applies is what it is made of.
    let flux = flux(
        "  path: ./\n  targetNamespace: '${ns}'\n  sourceRef: {kind: GitRepository, name: x}\n  postBuild: {substitute: {ns: a, a: '${ns}x'}}\n",
    );
    assert!(!read(&[("flux.yaml", &flux), ("k/pod.yaml", POD)]).1.deployments.is_empty());
}

#[test]
fn every_truncation_is_survived() {
    let whole = application(
        "  destination: {namespace: prod}\n  source:\n    path: k\n    helm:\n      values: |\n        a: [\n      parameters: [{name: a}]\n    kustomize: {images: ['é=']}\n",
    );
    for end in (0..whole.len()).filter(|&end| whole.is_char_boundary(end)) {
        read(&[("app.yaml", &whole[..end]), ("azure.yaml", &whole[..end]), ("k/pod.yaml", POD)]);
    }
}
