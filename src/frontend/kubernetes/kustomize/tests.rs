mod limits;

use super::*;
use crate::ir::{Value, Why};
use crate::source::MemoryFiles;

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  serviceAccountName: runner
  imagePullSecrets: [{name: pull}, {name: other}]
  containers:
  - name: web
    image: acr.azurecr.io/web:1
  - name: side
    image: acr.azurecr.io/side:1
";
const ACCOUNT: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n";
const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: pull}\n";

struct Lowering {
    store: Store,
    lowered: Lowered,
}

fn lowering(files: &[(&str, &str)], deliver: &dyn Fn(SourceId) -> Vec<Delivery>) -> Lowering {
    let contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(contents));
    let ids: Vec<(Arc<str>, SourceId)> =
        files.iter().map(|(path, _)| (Arc::from(*path), store.open_path(path).unwrap())).collect();
    let deliveries = deliver(ids[0].1);
    let (lowered, _) = lower(&store, &ids, &deliveries);
    Lowering { store, lowered }
}

/// A kustomization over a pod, its service account and a Secret.
fn built(fields: &str, more: &[(&str, &str)]) -> Lowering {
    let kustomization = format!("resources: [pod.yaml, sa.yaml, secret.yaml]\n{fields}");
    let mut files = vec![
        ("k/kustomization.yaml", kustomization.as_str()),
        ("k/pod.yaml", POD),
        ("k/sa.yaml", ACCOUNT),
        ("k/secret.yaml", SECRET),
    ];
    files.extend(more);
    lowering(&files, &|_| Vec::new())
}

fn shown(node: &Node) -> String {
    match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Concat(pieces) => pieces.iter().map(shown).collect(),
        _ => "…".to_owned(),
    }
}

impl Lowering {
    fn body(&self, kind: &str) -> &Node {
        let resources = self.lowered.deployments.iter().flat_map(|it| &it.resources);
        &resources.into_iter().find(|it| it.kind.ends_with(&format!("/{kind}"))).unwrap().body
    }

    fn images(&self) -> Vec<String> {
        let containers = self.body("Pod").at(&["spec", "containers"]).and_then(Node::as_list).unwrap();
        let images = containers.items.iter().map(|it| it.get("image").map_or("none".to_owned(), shown));
        images.chain(containers.open.iter().map(|_| "open".to_owned())).collect()
    }

    fn secrets(&self) -> Vec<String> {
        let secrets = self.body("Pod").at(&["spec", "imagePullSecrets"]).and_then(Node::as_list);
        secrets.map_or_else(Vec::new, |list| list.items.iter().map(|it| shown(it.get("name").unwrap())).collect())
    }

    fn name(&self, kind: &str) -> String {
        shown(self.body(kind).at(&["metadata", "name"]).unwrap())
    }

    fn problems(&self) -> Vec<String> {
        let line = |problem: &Problem| {
            let source = self.store.source(problem.span.source);
            let message = problem.message.strip_prefix("kustomize can't build this: ").unwrap_or(&problem.message);
            format!("{}:{} {message}", source.path, source.line_of(problem.span.start))
        };
        self.lowered.problems.iter().map(line).collect()
    }

    /// Where a value is written: the path, the line, and the lines that it came through.
    fn place(&self, node: &Node) -> Vec<String> {
        let at = |span: Span| {
            let source = self.store.source(span.source);
            format!("{}:{}", source.path, source.line_of(span.start))
        };
        [at(node.span)].into_iter().chain(node.trail.hops().map(|hop| at(hop.span))).collect()
    }
}

fn unchanged() -> Vec<String> {
    vec!["acr.azurecr.io/web:1".to_owned(), "acr.azurecr.io/side:1".to_owned()]
}

#[test]
fn a_strategic_merge_knows_the_keys_of_lists() {
    let patch = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  imagePullSecrets: [{name: third}]\n  serviceAccountName: null\n  containers:\n  - {name: new, image: fresh}\n  - {name: web, image: w}\n  - {name: side, $patch: delete}\n";
    let built = built("patches: [{path: p.yaml}]\n", &[("k/p.yaml", patch)]);
    assert_eq!(built.images(), ["fresh", "w"]);
    assert_eq!(built.secrets(), ["third", "pull", "other"]);
    assert!(built.body("Pod").at(&["spec", "serviceAccountName"]).is_none());
    let image = built.body("Pod").at(&["spec", "containers", "1", "image"]).unwrap();
    assert_eq!(built.place(image), ["k/p.yaml:9", "k/kustomization.yaml:2"]);
}

#[test]
fn a_strategic_merge_may_replace_and_delete() {
    let replace = "patches:\n- target: {kind: Pod}\n  patch: |-\n    kind: Pod\n    metadata: {name: x}\n    spec:\n      imagePullSecrets: [{$patch: replace}, {name: only}]\n      containers:\n      - name: web\n        image: w\n";
    let built_so = built(replace, &[]);
    assert_eq!(built_so.secrets(), ["only"]);
    assert_eq!(built_so.images(), ["w", "acr.azurecr.io/side:1"]);
    assert_eq!(built_so.name("Pod"), "web");
    let image = built_so.body("Pod").at(&["spec", "containers", "0", "image"]).unwrap();
    assert_eq!(built_so.place(image), ["k/kustomization.yaml:11"]);
    let delete =
        "patchesStrategicMerge:\n- |-\n  $patch: delete\n  apiVersion: v1\n  kind: Secret\n  metadata: {name: pull}\n";
    let built_so = built(delete, &[]);
    assert_eq!(built_so.lowered.deployments[0].resources.len(), 2);
    // Of a kind that Kubernetes doesn't know itself, lists are replaced.
    let custom = "apiVersion: x.io/v1\nkind: Thing\nmetadata: {name: t}\nspec: {containers: [{name: a}, {name: b}]}\n";
    let patch = "resources: [t.yaml]\npatches:\n- patch: |-\n    apiVersion: x.io/v1\n    kind: Thing\n    metadata: {name: t}\n    spec: {containers: [{name: c}]}\n";
    let lowered = lowering(&[("kustomization.yaml", patch), ("t.yaml", custom)], &|_| Vec::new());
    assert_eq!(lowered.body("Thing").at(&["spec", "containers"]).unwrap().as_list().unwrap().items.len(), 1);
}

#[test]
fn json_patches_do_what_they_say() {
    let patch = "patches:\n- target: {kind: P.d, labelSelector: 'app in (web, x),!gone'}\n  patch: |-\n    - {op: test, path: /spec/serviceAccountName, value: runner}\n    - {op: replace, path: /spec/containers/0/image, value: w}\n    - {op: add, path: /spec/imagePullSecrets/-, value: {name: end}}\n    - {op: remove, path: /spec/imagePullSecrets/0}\n    - {op: copy, from: /spec/containers/1, path: /spec/containers/0}\n    - {op: move, from: /spec/containers/2/name, path: /metadata/labels/a~1b}\n";
    let built_so = built(patch, &[]);
    assert_eq!(built_so.problems(), [""; 0]);
    assert_eq!(built_so.images(), ["acr.azurecr.io/side:1", "w", "acr.azurecr.io/side:1"]);
    assert_eq!(built_so.secrets(), ["other", "end"]);
    assert_eq!(shown(built_so.body("Pod").at(&["metadata", "labels", "a/b"]).unwrap()), "side");
    let in_json = "patchesJson6902: [{target: {version: v1, kind: Pod, name: web}, path: p.json}]\n";
    let file = r#"[{"op": "replace", "path": "/spec/containers/0/image", "value": "j"}]"#;
    assert_eq!(built(in_json, &[("k/p.json", file)]).images(), ["j", "acr.azurecr.io/side:1"]);
}

#[test]
fn what_kustomize_refuses_is_told_and_its_outcome_not_known() {
    let missing = "patches:\n- path: p.yaml\n";
    let patch = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: wbe\n";
    let told = built(missing, &[("k/p.yaml", patch)]);
    assert_eq!(told.problems(), ["k/p.yaml:4 there is no `Pod wbe` for this patch to change"]);
    assert_eq!(told.images(), unchanged());
    let json = "patches:\n- target: {kind: Pod}\n  patch: |-\n    - op: remove\n      path: /spec/containers/7\n";
    let told = built(json, &[]);
    assert_eq!(told.problems(), ["k/kustomization.yaml:5 there is no `7` for a JSON patch to change in `Pod web`"]);
    assert_eq!(told.images(), ["…", "…", "open"]);
    // A selector may match nothing.
    assert_eq!(built(&json.replace("Pod", "Job"), &[]).problems(), [""; 0]);
    let twice = built("bases: [pod.yaml]\n", &[]);
    assert_eq!(twice.problems(), ["k/kustomization.yaml:2 `Pod web` is there twice"]);
    let exists = built("secretGenerator:\n- {name: pull, literals: [a=b]}\n", &[]);
    assert_eq!(
        exists.problems(),
        ["k/kustomization.yaml:3 `Secret pull` is there already; say `behavior: merge` or `replace`"]
    );
    let nothing = built("secretGenerator:\n- {name: x, behavior: merge, literals: [a=b]}\n", &[]);
    assert_eq!(nothing.problems(), ["k/kustomization.yaml:3 there is no `Secret x` for this generator to change"]);
    // What isn't seen may be what is meant.
    let open = built(&format!("bases: [https://github.com/a/b]\n{missing}"), &[("k/p.yaml", patch)]);
    assert_eq!(open.problems(), [""; 0]);
}

#[test]
fn a_patch_that_cant_be_read_takes_knowledge_away() {
    let built_so = built("patches: [{path: gone.yaml, target: {kind: Pod}}]\n", &[]);
    assert_eq!(built_so.images(), ["…", "…", "open"]);
    assert_eq!(built_so.problems(), [""; 0]);
    assert_eq!(built("patches: [{path: gone.yaml, target: {kind: Job}}]\n", &[]).images(), unchanged());
}

#[test]
fn names_get_the_hash_that_kustomize_gives_them() {
    let generator = "secretGenerator:\n- name: made\n  type: kubernetes.io/dockerconfigjson\n  files: [.dockerconfigjson=c.json]\nnamePrefix: p-\n";
    let config = "{\"auths\":{\"contoso.azurecr.io\":{\"auth\":\"dTpwPHA+JnE=\"}}}\n";
    let pod = POD.replace("pull}", "made}");
    let files = [("kustomization.yaml", "resources: [pod.yaml]\n".to_owned() + generator), ("pod.yaml", pod)];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let known = lowering(&[files.as_slice(), &[("c.json", config)]].concat(), &|_| Vec::new());
    assert_eq!(known.name("Secret"), "p-made-c5khgbc6g5");
    assert_eq!(known.secrets(), ["p-made-c5khgbc6g5", "other"]);
    let data = known.body("Secret").at(&["data", ".dockerconfigjson"]).unwrap();
    assert!(data.secret && !shown(data).contains('\n'));
    // The content isn't there: the name is not known, and still the same wherever it stands.
    let open = lowering(&files, &|_| Vec::new());
    assert_eq!(
        (open.name("Secret"), open.secrets()),
        ("p-made-…".to_owned(), vec!["p-made-…".to_owned(), "other".to_owned()])
    );
    let name = open.body("Secret").at(&["metadata", "name"]).unwrap();
    let used = open.body("Pod").at(&["spec", "imagePullSecrets", "0", "name"]).unwrap();
    assert_eq!(name.value, used.value);
}

#[test]
fn generators_read_literals_and_environments() {
    let fields = "generatorOptions: {labels: {x: z}}\nsecretGenerator:\n- name: pull\n  behavior: replace\n  literals: [\"a='q'\", 'b=\"<&>\"']\n- {name: env, options: {disableNameSuffixHash: true}, envs: [e.env]}\n";
    let built_so = built(fields, &[("k/e.env", "# c\nA=b\n\n  B=c d \nC\n")]);
    let resources = &built_so.lowered.deployments[0].resources;
    let data = |at: usize, key: &str| shown(resources[at].body.at(&["data", key]).unwrap());
    assert_eq!((data(2, "a"), data(2, "b")), ("cQ==".to_owned(), "PCY+".to_owned()));
    // One that was there without a hash goes on without one.
    assert_eq!(shown(&resources[2].name), "pull");
    assert_eq!(shown(&resources[3].name), "env");
    assert_eq!((data(3, "A"), data(3, "B"), data(3, "C")), ("Yg==".to_owned(), "YyBkIA==".to_owned(), String::new()));
    let map = built("configMapGenerator: [{name: m, literals: [a=b]}]\n", &[]);
    assert_eq!(map.name("ConfigMap"), "m-4h2mbtbbt6");
}

#[test]
fn references_follow_renamed_objects() {
    let fields = "namePrefix: p-\nnameSuffix: -s\nnamespace: shop\n";
    let built_so = built(fields, &[]);
    assert_eq!(built_so.secrets(), ["p-pull-s", "other"]);
    assert_eq!(shown(built_so.body("Pod").at(&["spec", "serviceAccountName"]).unwrap()), "p-runner-s");
    let namespace = built_so.body("Pod").at(&["metadata", "namespace"]).unwrap();
    assert_eq!(built_so.place(namespace), ["k/kustomization.yaml:4"]);
    // By a patch that may change names.
    let renamed = built(
        "patches:\n- target: {kind: Secret}\n  options: {allowNameChange: true}\n  patch: '{apiVersion: v1, kind: Secret, metadata: {name: new}}'\n",
        &[],
    );
    assert_eq!(renamed.secrets(), ["new", "other"]);
    // Two overlays of one base keep apart.
    let variant = |name: &str| format!("resources: [../k]\nnamePrefix: {name}-\n");
    let (a, b) = (variant("a"), variant("b"));
    let both = built(
        "",
        &[
            ("a/kustomization.yaml", a.as_str()),
            ("b/kustomization.yaml", b.as_str()),
            ("both/kustomization.yaml", "resources: [../a, ../b]\n"),
        ],
    );
    assert_eq!(both.problems(), [""; 0]);
    let pods = both.lowered.deployments[0].resources.iter().filter(|it| &*it.kind == "v1/Pod");
    let secrets: Vec<String> =
        pods.map(|pod| shown(pod.body.at(&["spec", "imagePullSecrets", "0", "name"]).unwrap())).collect();
    assert_eq!(secrets, ["a-pull", "b-pull"]);
}

#[test]
fn images_are_retagged_as_kustomize_matches_them() {
    let fields = "images:\n- name: acr.azurecr.io/web\n  newName: prod.azurecr.io/web\n  newTag: '2'\n- {name: acr.azurecr.io/side, digest: 'sha256:aa'}\n- {name: web, newName: nope}\n";
    let built_so = built(fields, &[]);
    assert_eq!(built_so.images(), ["prod.azurecr.io/web:2", "acr.azurecr.io/side@sha256:aa"]);
    let image = built_so.body("Pod").at(&["spec", "containers", "0", "image"]).unwrap();
    assert_eq!(built_so.place(image), ["k/kustomization.yaml:4", "k/kustomization.yaml:3"]);
    assert_eq!(
        built("images: [{name: 'acr.azurecr.io/s.*', newTag: '3'}]\n", &[]).images()[1],
        "acr.azurecr.io/side:3"
    );
    // Kustomize adds a suffix once for each way in which it finds an image.
    assert_eq!(
        built("images: [{name: acr.azurecr.io/web, tagSuffix: -x}]\n", &[]).images()[0],
        "acr.azurecr.io/web:1-x-x"
    );
}

#[test]
fn placeholders_stay_unknown() {
    let pod = POD.replace("web:1", "web:${TAG}").replace("name: pull", "name: '${PULL}'");
    let with = |fields: &str| {
        let kustomization = format!("resources: [pod.yaml]\n{fields}");
        lowering(&[("kustomization.yaml", &kustomization), ("pod.yaml", &pod)], &|_| Vec::new())
    };
    assert_eq!(with("").images()[0], "acr.azurecr.io/web:…");
    // Kustomize doesn't see an image in a text with a placeholder, but may be run after it is filled in.
    assert_eq!(with("images: [{name: acr.azurecr.io/web, newTag: '2'}]\n").images()[0], "acr.azurecr.io/web:…");
    assert_eq!(with("images: [{name: acr.azurecr.io/web, newName: b}]\n").images()[0], "…");
    assert_eq!(with("images: [{name: acr.azurecr.io/side, newName: '${REG}/side'}]\n").images()[1], "…/side:1");
    assert_eq!(with("images:\n- name: acr.azurecr.io/side\n  newTag: #{TAG}#\n").images()[1], "acr.azurecr.io/side:…");
    assert_eq!(with("").secrets(), ["…", "other"]);
    let renamed = with("secretGenerator: [{name: acr, literals: [a=b]}]\n");
    assert_eq!(renamed.secrets()[0], "…");
    let target = "patches: [{target: {kind: Pod, name: '${NAME}'}, patch: '[{op: remove, path: /spec}]'}]\n";
    assert_eq!(with(target).images(), ["…", "…", "open"]);
}

#[test]
fn components_replacements_variables_and_plugins() {
    let component = "kind: Component\nsecretGenerator: [{name: added, literals: [a=b]}]\npatches:\n- target: {kind: Pod}\n  patch: '[{op: add, path: /spec/imagePullSecrets/0, value: {name: added}}]'\n";
    let with = built("components: [../c]\n", &[("c/kustomization.yaml", component)]);
    assert_eq!(with.lowered.deployments.len(), 1);
    assert_eq!(with.secrets(), ["added-k695gkmbtk", "pull", "other"]);

    let replacement = "replacements:\n- source: {kind: Secret, name: pull}\n  targets:\n  - select: {kind: Pod}\n    fieldPaths: ['spec.containers.[name=web].image']\n    options: {delimiter: /, index: 0}\n";
    assert_eq!(built(replacement, &[]).images()[0], "pull/web:1");
    let wrong = built(&replacement.replace("name: pull", "name: none"), &[]);
    assert_eq!(wrong.problems(), ["k/kustomization.yaml:3 no object is the source of this replacement"]);

    let variables = "configurations: [c.yaml]\nvars: [{name: S, objref: {apiVersion: v1, kind: Secret, name: pull}}]\nnamePrefix: p-\npatches:\n- target: {kind: Pod}\n  patch: '[{op: replace, path: /spec/containers/0/image, value: $(S).azurecr.io/x}]'\n";
    let config = "varReference: [{path: spec/containers/image, kind: Pod}]\n";
    assert_eq!(built(variables, &[("k/c.yaml", config)]).images()[0], "p-pull.azurecr.io/x");

    let plugin = "apiVersion: builtin\nkind: ImageTagTransformer\nmetadata: {name: x}\nimageTag: {name: acr.azurecr.io/web, newTag: t}\n";
    assert_eq!(built("transformers: [t.yaml]\n", &[("k/t.yaml", plugin)]).images()[0], "acr.azurecr.io/web:t");
    let foreign = plugin.replace("builtin", "example.com/v1");
    assert_eq!(built("transformers: [t.yaml]\n", &[("k/t.yaml", &foreign)]).images(), ["…", "…", "open"]);
}

#[test]
fn a_delivery_makes_a_root_of_a_base() {
    let files = [
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", POD),
        ("prod/kustomization.yaml", "resources: [../base]\nnamespace: prod\n"),
    ];
    let parcel = || Parcel::Kustomization("base".into());
    let told = |deliver: &dyn Fn(SourceId) -> Vec<Delivery>| {
        let lowered = lowering(&files, deliver).lowered;
        let line = |it: &Deployment| format!("{}: {}", it.name, it.resources[0].address);
        lowered.deployments.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(told(&|_| Vec::new()), ["prod/kustomization.yaml: Pod prod/web"]);
    let into = |id: SourceId, namespace: &str| Delivery {
        namespace: Some(Node::text(namespace, Span::file(id))),
        ..Delivery::of(parcel(), Span::file(id))
    };
    let both = ["base/kustomization.yaml: Pod dev/web", "prod/kustomization.yaml: Pod prod/web"];
    assert_eq!(told(&|id| vec![into(id, "dev"), into(id, "dev")]), both);
    assert_eq!(told(&|id| vec![Delivery { manual: true, ..into(id, "dev") }]), both[1..]);
    assert_eq!(told(&|id| vec![into(id, "a"), into(id, "b")]).len(), 3);
    let changed = lowering(&files[..2], &|id| {
        let at = Span::file(id);
        let image = super::super::edit::object(
            vec![("name", Node::text("acr.azurecr.io/web", at)), ("newTag", Node::text("9", at))],
            at,
        );
        let changes = super::super::edit::object(vec![("images", Node::list(vec![image], at))], at);
        vec![Delivery { changes: Some(changes), ..Delivery::of(parcel(), at) }]
    });
    assert_eq!(changed.images()[0], "acr.azurecr.io/web:9");
}

#[test]
fn circles_and_doublings_end() {
    let circle = lowering(
        &[("a/kustomization.yaml", "resources: [../b]\n"), ("b/kustomization.yaml", "resources: [../a]\n")],
        &|_| Vec::new(),
    );
    assert!(circle.problems().iter().any(|it| it.ends_with("this leads back to a kustomization that uses it")));
    let limit = |it: &Deployment| it.gaps.iter().any(|gap| matches!(gap.why, Why::LimitReached(_)));
    assert!(circle.lowered.deployments.iter().all(limit));
    let levels: Vec<(String, String)> = (0..40)
        .map(|at| {
            let kind = "kind: Component\n";
            (format!("l{at}/kustomization.yaml"), format!("{kind}components: [../l{0}, ./../l{0}]\n", at + 1))
        })
        .chain([("kustomization.yaml".to_owned(), "components: [l0]\n".to_owned())])
        .collect();
    let files: Vec<(&str, &str)> = levels.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert!(lowering(&files, &|_| Vec::new()).lowered.deployments.iter().any(limit));
}

#[test]
fn a_base_is_built_once_for_all_its_overlays() {
    let mut files = vec![("base/kustomization.yaml".to_owned(), "resources: [pod.yaml]\n".to_owned())];
    files.push(("base/pod.yaml".to_owned(), POD.to_owned()));
    for at in 0..200 {
        files.push((format!("o{at}/kustomization.yaml"), format!("resources: [../base]\nnamespace: n{at}\n")));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let all = lowering(&files, &|_| Vec::new());
    assert_eq!(all.lowered.deployments.len(), 200);
    // Bodies that nobody changed are shared.
    let shared = |at: usize| all.lowered.deployments[at].resources[0].body.at(&["spec", "containers"]).cloned();
    let (Some(Value::List(a)), Some(Value::List(b))) = (shared(0).map(|it| it.value), shared(199).map(|it| it.value))
    else {
        panic!("no containers")
    };
    assert_eq!(a, b);
}

#[test]
fn what_carriers_write_changes_plain_objects() {
    let files = [("k/pod.yaml", POD), ("k/sa.yaml", ACCOUNT)];
    let told = lowering(&files, &|_| Vec::new());
    let id = told.store.open_path("k/pod.yaml").unwrap();
    let text = "images: [{name: acr.azurecr.io/web, newTag: '5'}]\nnamePrefix: x-\npatchesStrategicMerge:\n- {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {serviceAccountName: else}}\npatchesJson6902:\n- target: {kind: Pod}\n  patch: [{op: replace, path: /spec/imagePullSecrets/0/name, value: new}]\n";
    let (documents, _, _) = crate::syntax::yaml::parse(id, text);
    let mut members = crate::frontend::node_of(&documents[0].root);
    let objects = || super::super::manifest::read(&told.store, id).objects;
    let (changed, gaps) = change(&told.store, "k", &members, objects());
    let read = |path: &[&str]| shown(changed[0].body.at(path).unwrap());
    assert!(gaps.is_empty());
    assert_eq!(read(&["metadata", "name"]), "x-web");
    assert_eq!(read(&["spec", "serviceAccountName"]), "else");
    assert_eq!(read(&["spec", "imagePullSecrets", "0", "name"]), "new");
    assert_eq!(read(&["spec", "containers", "0", "image"]), "acr.azurecr.io/web:5");
    // What isn't known makes unknown.
    let open = Node::unknown(Why::TemplateText, Span::file(id));
    super::super::edit::set(&mut members, "namePrefix", open.clone());
    let image = super::super::edit::object(
        vec![("name", Node::text("acr.azurecr.io/web", open.span)), ("newName", open.clone())],
        open.span,
    );
    super::super::edit::set(&mut members, "images", Node::list(vec![image], open.span));
    let (changed, _) = change(&told.store, "k", &members, objects());
    let read = |path: &[&str]| shown(changed[0].body.at(path).unwrap());
    assert_eq!((read(&["metadata", "name"]), read(&["spec", "containers", "0", "image"])), ("…web".into(), "…".into()));
    assert_eq!(read(&["spec", "containers", "1", "image"]), "acr.azurecr.io/side:1");
}

#[test]
fn what_grows_without_end_is_given_up() {
    let copy = |at: usize| format!("    - {{op: copy, from: /spec, path: /spec/again{at}}}\n");
    let copies: String = (0..60).map(copy).collect();
    let grown = built(&format!("patches:\n- target: {{kind: Pod}}\n  patch: |-\n{copies}"), &[]);
    assert_eq!(grown.images(), ["…", "…", "open"]);
    let path = "a.".repeat(5_000);
    let deep = format!(
        "replacements:\n- source: {{kind: Secret, name: pull}}\n  targets:\n  - {{select: {{kind: Pod}}, fieldPaths: ['{path}b'], options: {{create: true}}}}\n"
    );
    assert_eq!(built(&deep, &[]).images(), unchanged());
}

#[test]
fn every_truncation_is_survived() {
    let text = "resources: [pod.yaml]\nnamePrefix: é\nimages: [{name: a, newTag: 1, digest: x}]\nsecretGenerator: [{name: s, literals: [a=b], files: [c=d]}]\nreplacements: [{source: {kind: Pod}, targets: [{select: {}, fieldPaths: ['a.[b=c].d']}]}]\nvars: [{name: A, objref: {kind: Pod, name: web}}]\npatches:\n- target: {kind: Pod}\n  patch: |-\n    - op: add\n      path: /spec/é\n      value: {a: [b, {$patch: delete}]}\n";
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        lowering(&[("kustomization.yaml", &text[..end]), ("pod.yaml", POD)], &|_| Vec::new());
    }
}

#[test]
fn patches_hold_actions_of_templates() {
    let patch = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  priority: {{ .Values.priority }}\n  containers:\n  - name: side\n    image: acr.azurecr.io/side:2\n  - name: web\n    image: {{ .Values.image }}\n";
    let built = built("patches: [{path: p.yaml}]\n", &[("k/p.yaml", patch)]);
    let mut images = built.images();
    images.sort();
    assert_eq!(images, ["acr.azurecr.io/side:2", "…"]);
    assert_eq!(built.secrets(), ["pull", "other"]);
}
