mod limits;

use std::fmt::Write;

use super::*;
use crate::ir::{Cond, Node, Value, Why};
use crate::source::MemoryFiles;

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: \"2.1\"\n";
const VALUES: &str = "image:\n  repository: contoso.azurecr.io/web\n  tag: \"\"\npullSecrets: []\nextra: {}\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ include \"web.name\" . }}\nspec:\n  {{- with .Values.pullSecrets }}\n  imagePullSecrets:\n    {{- toYaml . | nindent 4 }}\n  {{- end }}\n  containers:\n  - name: web\n    image: \"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}\"\n";
const HELPERS: &str = "{{- define \"web.name\" -}}\n{{- .Chart.Name | trunc 63 | trimSuffix \"-\" -}}\n{{- end -}}\n";

fn store(files: &[(&str, &str)]) -> Store {
    let contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    Store::new(MemoryFiles(contents))
}

fn charts(store: &Store, files: &[(&str, &str)], deliveries: &[Delivery]) -> Lowered {
    let ids: Vec<(Arc<str>, SourceId)> =
        files.iter().map(|(path, _)| (Arc::from(*path), store.open_path(path).unwrap())).collect();
    Charts::among(store, &ids).lower(store, deliveries)
}

fn text(node: &Node) -> String {
    match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Concat(pieces) => pieces.iter().map(text).collect(),
        Value::Choice(choice) => format!("({}|{})", text(&choice.yes), text(&choice.no)),
        Value::List(list) => {
            let open = if list.open.is_some() { ",…" } else { "" };
            format!("[{}{open}]", list.items.iter().map(text).collect::<Vec<_>>().join(","))
        }
        Value::Map(map) => {
            let open = if map.open.is_some() { ",…" } else { "" };
            let entries = map.entries.iter().map(|entry| format!("{}:{}", text(&entry.key), text(&entry.value)));
            format!("{{{}{open}}}", entries.collect::<Vec<_>>().join(","))
        }
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        _ => "…".to_owned(),
    }
}

fn told(lowered: &Lowered) -> String {
    let mut told = String::new();
    for deployment in &lowered.deployments {
        writeln!(told, "{}", deployment.name).unwrap();
        for resource in &deployment.resources {
            let when = if resource.deployed == Cond::Always { "" } else { "?" };
            writeln!(told, "  {}{when} {}", resource.kind, text(&resource.body)).unwrap();
        }
        deployment.gaps.iter().for_each(|gap| writeln!(told, "  gap: {}", gap.why).unwrap());
    }
    told
}

/// One template of a chart with these values, as told.
fn one(values: &str, template: &str) -> String {
    let files = [("c/Chart.yaml", CHART), ("c/values.yaml", values), ("c/templates/x.yaml", template)];
    let store = store(&files);
    told(&charts(&store, &files, &[])).trim_start_matches("c/Chart.yaml\n").trim().to_owned()
}

/// What an expression gives for these values.
fn gives(values: &str, expression: &str) -> String {
    let template = format!("apiVersion: v1\nkind: X\nout: {{{{ {expression} }}}}\n");
    let told = one(values, &template);
    let inner = told.strip_prefix("v1/X {apiVersion:v1,kind:X,out:").and_then(|rest| rest.strip_suffix('}'));
    inner.map_or(told.clone(), str::to_owned)
}

#[test]
fn a_value_stands_where_it_is_edited() {
    let files = [
        ("c/Chart.yaml", CHART),
        ("c/values.yaml", VALUES),
        ("c/values-prod.yaml", "image: {tag: v7}\npullSecrets: [{name: acr}]\n"),
        ("c/templates/_helpers.tpl", HELPERS),
        ("c/templates/pod.yaml", POD),
        ("c/templates/NOTES.txt", "kind: {{ fail \"x\" }}"),
    ];
    let store = store(&files);
    let lowered = charts(&store, &files, &[]);
    assert_eq!(
        told(&lowered),
        "c/Chart.yaml\n  v1/Pod {apiVersion:v1,kind:Pod,metadata:{name:web},spec:{containers:[{name:web,image:contoso.azurecr.io/web:2.1}]}}\n\
         c/Chart.yaml with c/values-prod.yaml\n  v1/Pod {apiVersion:v1,kind:Pod,metadata:{name:web},spec:{imagePullSecrets:[{name:acr}],containers:[{name:web,image:contoso.azurecr.io/web:v7}]}}\n"
    );
    let pod = &lowered.deployments[1].resources[0];
    let image = pod.body.at(&["spec", "containers", "0", "image"]).unwrap();
    assert_eq!(store.snippet(image.span), "contoso.azurecr.io/web");
    assert!(image.trail.hops().any(|hop| store.snippet(hop.span).starts_with(".Values.image.repository")));
    let secret = pod.body.at(&["spec", "imagePullSecrets", "0", "name"]).unwrap();
    assert_eq!(
        (&*store.source(secret.span.source).path, store.snippet(secret.span)),
        ("c/values-prod.yaml", "acr".into())
    );
    let kind = pod.body.get("kind").unwrap();
    assert_eq!(
        (&*store.source(kind.span.source).path, store.snippet(kind.span)),
        ("c/templates/pod.yaml", "Pod".into())
    );
    assert_eq!(store.snippet(pod.extent).lines().count(), 12);
}

#[test]
fn deliveries_say_name_namespace_and_values() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: \"{{ .Release.Name }}-x\"}\nimage: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"\nlist: {{ .Values.list | toJson }}\n";
    let files = [
        ("c/Chart.yaml", CHART),
        ("c/values.yaml", VALUES),
        ("c/templates/x.yaml", template),
        ("v.yaml", "image: {tag: a}\n"),
    ];
    let store = store(&files);
    let id = store.open_path("v.yaml").unwrap();
    let at = Span::file(id);
    let set =
        |path: &str, value: &str| Layer::Set { path: Node::text(path, at), value: Node::text(value, at), text: false };
    let delivery = Delivery {
        release: Some(Node::text("shop", at)),
        namespace: Some(Node::text("prod", at)),
        values: vec![Layer::File(id), set("list[1].a", "5"), set("image.repository", "other.azurecr.io/web")],
        ..Delivery::of(Parcel::Chart("c".into()), at)
    };
    let unknown = Delivery {
        values: vec![Layer::Unknown(Why::External("X".into()), at), Layer::File(id)],
        manual: true,
        ..Delivery::of(Parcel::Chart("c".into()), at)
    };
    let lowered = charts(&store, &files, std::slice::from_ref(&delivery));
    assert_eq!(
        told(&lowered),
        "c/Chart.yaml with v.yaml (v.yaml:1)\n  v1/Pod {apiVersion:v1,kind:Pod,metadata:{name:shop-x,namespace:prod},image:other.azurecr.io/web:a,list:[null,{a:5}]}\n"
    );
    let lowered = charts(&store, &files, &[unknown]);
    assert_eq!(lowered.deployments.len(), 2, "{}", told(&lowered));
    assert_eq!(lowered.deployments[0].gaps, [], "{}", told(&lowered));
    assert_eq!(text(lowered.deployments[0].resources[0].body.get("image").unwrap()), "…:a");
    assert_eq!(text(lowered.deployments[1].resources[0].body.get("image").unwrap()), "contoso.azurecr.io/web:…");
}

#[test]
fn unknown_conditions_come_out_both_ways() {
    let template = "apiVersion: v1\nkind: X\nname: {{ if contains \"web\" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-web{{ end }}\n{{- if .Capabilities.APIVersions.Has \"a/v1\" }}\nmore: 1\n{{- end }}\n{{- if .Capabilities.APIVersions.Has \"b/v1\" }}\n---\napiVersion: b/v1\nkind: Z\n{{- end }}\n";
    assert_eq!(
        one("", template),
        "v1/X {apiVersion:v1,kind:X,name:(…|…-web),more:(1|null)}\n  b/v1/Z? {apiVersion:b/v1,kind:Z}"
    );
}

#[test]
fn an_account_of_an_unnamed_release_is_found_by_its_pods() {
    let name = "{{ if contains \"web\" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-web{{ end }}";
    let template = format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n---\napiVersion: v1\nkind: Pod\nspec:\n  serviceAccountName: {name}\n  other: {name}\n"
    );
    assert_eq!(
        one("", &template),
        "v1/ServiceAccount {apiVersion:v1,kind:ServiceAccount,metadata:{name:release-name-web}}\n  v1/Pod {apiVersion:v1,kind:Pod,spec:{serviceAccountName:release-name-web,other:(…|…-web)}}"
    );
}

#[test]
fn documents_are_divided_as_helm_divides_them() {
    let template =
        "---\n\n{{- if true -}}\n\n# one\napiVersion: v1\nkind: X\n---\n{{- end -}}\n# two\napiVersion: v1\nkind: Z\n";
    assert_eq!(one("", template), "v1/X {apiVersion:v1,kind:X}\n  v1/Z {apiVersion:v1,kind:Z}");
}

#[test]
fn lines_that_nobody_knows_leave_objects_open() {
    let template = "apiVersion: v1\nkind: X\nspec:\n  a: 1\n  {{- toYaml (lookup \"v1\" \"X\" \"\" \"\") | nindent 2 }}\n  list:\n  - name: a\n  {{- range (lookup \"v1\" \"Y\" \"\" \"\").items }}\n  - name: {{ .name }}\n  {{- end }}\n";
    assert_eq!(one("", template), "v1/X {apiVersion:v1,kind:X,spec:{a:1,list:[{name:a},…],…}}");
}

#[test]
fn charts_inside_get_their_values() {
    let files = [
        (
            "c/Chart.yaml",
            "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: a, version: 1, alias: first, condition: first.enabled}\n- {name: a, version: 1, alias: second, condition: second.enabled}\n- {name: gone, version: 1, repository: https://charts.example.com}\n",
        ),
        ("c/values.yaml", "global: {registry: contoso.azurecr.io}\nfirst: {tag: 5}\nsecond: {enabled: false}\n"),
        ("c/charts/a/Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n"),
        ("c/charts/a/values.yaml", "tag: 1\nkept: yes\n"),
        (
            "c/charts/a/templates/x.yaml",
            "apiVersion: v1\nkind: X\nimage: {{ .Values.global.registry }}/{{ .Chart.Name }}:{{ .Values.tag }}-{{ .Values.kept }}\n",
        ),
    ];
    let store = store(&files);
    let lowered = charts(&store, &files, &[]);
    assert_eq!(
        told(&lowered),
        "c/Chart.yaml\n  v1/X {apiVersion:v1,kind:X,image:contoso.azurecr.io/first:5-true}\n  gap: module `gone` is not in the scanned folder\n"
    );
}

#[test]
fn functions_give_what_helm_gives() {
    for (expression, expected) in [
        ("printf \"%s-%d|%v|%q\" \"a\" 3 .Values.num .Values.s | squote", "a-3|80|\"x: y\""),
        ("mul .Values.big 2", "2000000"),
        (".Values.big | quote", "1e+06"),
        (
            "mergeOverwrite (dict \"a\" 1 \"m\" (dict \"q\" 1)) (dict \"a\" 0 \"m\" (dict \"r\" 2)) | toJson",
            "{a:0,m:{q:1,r:2}}",
        ),
        ("merge (dict \"a\" 0 \"b\" 1) (dict \"a\" 5 \"b\" 7) | toJson", "{a:5,b:1}"),
        ("dig \"m\" \"x\" \"none\" (dict \"m\" (dict \"y\" 1))", "none"),
        ("(split \"/\" \"a/b\")._1", "b"),
        ("\"abcdef\" | trunc -2", "ef"),
        ("join \",\" (list 1 \"x\" 2.5) | quote", "1,x,2.5"),
        ("regexReplaceAll \"(a+)b\" \"aab-ab\" \"${1}c\"", "aac-ac"),
        ("ternary \"yes!\" \"no!\" (kindIs \"float64\" .Values.num)", "yes!"),
        ("coalesce nil \"\" \"z\"", "z"),
        ("tpl \"{{ .Values.s | quote }}\" .", "x: y"),
        ("semverCompare \">=1.19-0\" .Capabilities.KubeVersion.Version", "true"),
        ("semver \"v1.2-beta.1+b5\" | toString", "1.2.0-beta.1+b5"),
        ("printf \"%s.%v\" (semver \"1.2\") (semver \"1.4.3\").Minor", "1.2.0.4"),
        ("\"user:pw\" | b64enc | b64dec | quote", "user:pw"),
        ("toYaml (dict \"a\" (list 1 (dict \"b\" \"on\"))) | nindent 2", "{a:[1,{b:on}]}"),
        ("fromYaml \"a: {b: 7}\" | dig \"a\" \"b\" 0", "7"),
        ("until 3 | toJson", "[0,1,2]"),
        ("index (list \"a\" \"b\") 1", "b"),
        ("and true (or \"\" \"q\")", "q"),
        ("required \"give it\" .Values.none", "…"),
        ("randAlphaNum 5", "…"),
        ("notAFunction 5", "…"),
        ("printf \"%s.azurecr.io/x\" (randAlpha 3)", "….azurecr.io/x"),
        ("eq (printf \"%sx\" (randAlpha 3)) \"ab\" | quote", "false"),
    ] {
        assert_eq!(gives("num: 80\nbig: 1000000\ns: \"x: y\"\n", expression), expected, "{expression}");
    }
}

#[test]
fn what_helm_refuses_is_a_gap() {
    for expression in
        [".Values.a.b.c", "include \"none\" .", "fail \"no\"", "template", "div 1 0", "range", "(.Values.s).x"]
    {
        assert!(gives("s: x\n", expression).contains("gap: "), "{expression}");
    }
    assert_eq!(one("", "apiVersion: v1\nkind: X\n{{ if }}\n").matches("gap").count(), 1);
}

#[test]
fn templates_that_never_end_are_stopped() {
    for template in [
        "{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}",
        "{{ define \"a\" }}{{ include \"a\" . }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}",
        "{{ tpl .Values.loop . }}",
        "{{ range until 100000 }}{{ range until 100000 }}x{{ end }}{{ end }}",
        "{{ $x := \"aaaaaaaaaaaaaaaa\" }}{{ range until 64 }}{{ $x = print $x $x }}{{ end }}{{ $x }}",
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ toYaml $d }}",
        "{{ repeat 1000000000 \"x\" }}{{ indent 1000000000 \"x\" }}",
    ] {
        assert!(one("loop: '{{ tpl .Values.loop . }}'\n", template).contains("gap: "), "{template}");
    }
}

#[test]
fn a_chart_is_rendered_for_others() {
    let files = [
        ("c/Chart.yaml", CHART),
        ("c/values.yaml", VALUES),
        ("c/templates/_h.tpl", HELPERS),
        ("c/templates/pod.yaml", POD),
    ];
    let store = store(&files);
    let at = Span::default();
    let tree = Node::map(vec![crate::ir::Entry::new("pullSecrets", at, Node::unknown(Why::TemplateText, at))], at);
    let release = Release {
        folder: "c".to_owned(),
        name: Some(Node::text("r", at)),
        namespace: Some(Node::text("ns", at)),
        moves: true,
        values: vec![Layer::Tree(tree)],
        span: at,
        sites: Vec::new(),
    };
    let rendered = render(&store, &release);
    let [pod] = rendered.objects.as_slice() else { panic!("{rendered:?}") };
    assert_eq!(
        text(&pod.body).replace("contoso.azurecr.io/", ""),
        "{apiVersion:v1,kind:Pod,metadata:{name:web,namespace:ns},spec:{imagePullSecrets:(…|null),containers:[{name:web,image:web:2.1}]}}"
    );
    assert_eq!((rendered.perhaps.len(), rendered.gaps.len(), rendered.problems.len()), (0, 0, 0));
    assert_eq!(rendered.read.len(), 4);
}

#[test]
fn secrets_stay_secret() {
    let files = [
        ("c/Chart.yaml", CHART),
        ("c/values.yaml", "registry: {password: hunter2}\n"),
        (
            "c/templates/x.yaml",
            "apiVersion: v1\nkind: X\na: {{ printf \"u:%s\" .Values.registry.password | b64enc | quote }}\nb: plain\n",
        ),
    ];
    let store = store(&files);
    let lowered = charts(&store, &files, &[]);
    let body = &lowered.deployments[0].resources[0].body;
    assert!(body.get("a").unwrap().secret && !body.get("b").unwrap().secret);
    assert_eq!(body.get("a").unwrap().as_str(), Some("dTpodW50ZXIy"));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]
    #[test]
    fn any_template_is_survived(template in "(\\{\\{-? ?|-? ?\\}\\}|if |end|else|range |with |\\.Values|\\.a|\\| |toYaml |nindent 2|quote|include \"x\" \\.|- |a: |\n|  |\\$x := |\\$x|\"s\"|1 |\\(|\\)|apiVersion: v1\nkind: X\n|lookup ){0,40}") {
        one("a: {b: [1]}\n", &template);
    }
}

#[test]
fn reasons_quote_no_values() {
    let values = "registry:\n  pass: Qz81hidden\n";
    for action in ["fail (printf \"bad %s\" .Values.registry.pass)", "include .Values.registry.pass ."] {
        let told = one(values, &format!("apiVersion: v1\nkind: X\nout: {{{{ {action} }}}}\n"));
        assert!(told.contains("gap") && !told.contains("hidden"), "{told}");
    }
    let told = one(values, "apiVersion: v1\nkind: X\nout: {{ fail \"set a host\" }}\n");
    assert!(told.contains("set a host"), "{told}");
}

#[test]
fn a_password_and_nothing_else_is_masked() {
    let template = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: p\ndata:\n  a: {{ printf \"%s:%s\" .Values.server .Values.password | b64enc }}\n  b: {{ printf \"%s:%s\" .Values.server .Values.user | b64enc }}\n";
    let values = "server: contoso.azurecr.io\nuser: puller\npassword: Qz81hidden\n";
    let files = [("c/Chart.yaml", CHART), ("c/values.yaml", values), ("c/templates/x.yaml", template)];
    let store = store(&files);
    let lowered = charts(&store, &files, &[]);
    let body = &lowered.deployments[0].resources[0].body;
    let place = |key: &str| store.snippet(body.at(&["data", key]).unwrap().span);
    assert_eq!(place("a"), "Qz81hidden");
    assert!(!["contoso.azurecr.io", "puller"].contains(&&*place("b")), "{}", place("b"));
}

#[test]
fn images_with_a_host_in_common_keep_it() {
    let template =
        "apiVersion: v1\nkind: X\nimage: a.azurecr.io/web:{{ if .Release.Name | eq \"x\" }}1{{ else }}2{{ end }}\n";
    assert_eq!(one("", template), "v1/X {apiVersion:v1,kind:X,image:a.azurecr.io/web:(1|2)}");
}

#[test]
fn values_of_a_chart_without_templates_name_images() {
    let files = [("c/Chart.yaml", CHART), ("c/values.yaml", VALUES)];
    let store = store(&files);
    let told = told(&charts(&store, &files, &[]));
    assert!(told.contains("helm.sh/v3/Release") && told.contains("image:contoso.azurecr.io/web:"), "{told}");
}

#[test]
fn a_release_of_an_unknown_chart_leaves_defaults_open() {
    let files = [
        ("c/Chart.yaml", CHART),
        ("c/values.yaml", "image: contoso.azurecr.io/web:1\n"),
        ("c/templates/x.yaml", "apiVersion: v1\nkind: Pod\nimage: {{ .Values.image }}\n"),
    ];
    let store = store(&files);
    let at = Span::file(store.open_path("c/values.yaml").unwrap());
    let parcel = Parcel::SomeChart(Why::External("$APP".into()));
    let delivery = Delivery { release: Some(Node::text("web", at)), ..Delivery::of(parcel, at) };
    let image = |deliveries: &[Delivery]| {
        let lowered = charts(&store, &files, deliveries);
        text(lowered.deployments[0].resources[0].body.get("image").unwrap())
    };
    assert_eq!(image(&[]), "contoso.azurecr.io/web:1");
    assert_eq!(image(&[delivery]), "…");
}
