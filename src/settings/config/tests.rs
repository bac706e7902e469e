use super::*;

const RULES: &[(&str, &str)] = &[("ACR101", "missing-pull-grant"), ("ACR503", "admin-user-enabled")];

fn config(text: &str) -> Config {
    read(text, String::new(), RULES).unwrap_or_else(|mistake| panic!("{mistake:?}"))
}

fn mistake(text: &str) -> (Option<(u64, u64)>, String) {
    let mistake = read(text, String::new(), RULES).unwrap_err();
    (mistake.at, mistake.message)
}

#[test]
fn every_key_is_read() {
    let config = config(
        "world: closed\ncloud: china\nmodule-cache: bicep\nmodules:\n  br/public:avm/res/x: ./vendor/x/\n\
         exclude: [charts/, '*.old.yaml']\nrules:\n  ACR503: off\n  missing-pull-grant: note\n\
         clusters:\n  k8s/prod: aks-prod\n  k8s/**/*.yaml: aks-dev\nassume:\n  - grant: {registry: acr, cluster: aks}\n    \
         reason: attached by hand\n  - reason: made by a pipeline\n    secret: {namespace: shop, name: pull}\n",
    );
    assert_eq!(config.world, Some(World::Closed));
    assert_eq!(config.cloud, Some(Cloud::China));
    assert_eq!(config.modules, [("br:mcr.microsoft.com/bicep/avm/res/x".to_owned(), "vendor/x".to_owned())]);
    assert_eq!(config.module_cache.as_deref(), Some(Path::new("bicep")));
    assert_eq!(config.exclude.len(), 2);
    assert_eq!(config.levels.get("ACR503"), Some(&Level::Off));
    assert_eq!(config.levels.get("ACR101"), Some(&Level::At(Severity::Note)));
    assert!(config.clusters[0].covers("k8s/prod/shop/a.yaml") && !config.clusters[0].covers("k8s/production/a"));
    assert!(config.clusters[1].covers("k8s/dev/a.yaml") && !config.clusters[1].covers("k8s/dev/a.json"));
    assert_eq!(config.assumptions[0].fact, Fact::Grant { registry: "acr".into(), cluster: "aks".into() });
    assert_eq!(config.assumptions[1].reason, "made by a pipeline");
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "# nothing\n", "---\n"] {
        assert_eq!(config(text).world, None, "{text:?}");
    }
}

#[test]
fn clusters_may_be_a_list_and_places_are_kept() {
    let text = "clusters:\n  - path: apps/*\n    cluster: aks\n";
    let config = config(text);
    assert_eq!((config.clusters[0].paths.written(), config.clusters[0].cluster.as_str()), ("apps/*", "aks"));
    assert_eq!(text.get(config.clusters[0].at.clone()), Some("apps/*\n    cluster: aks"));
}

#[test]
fn sources_of_terraform_are_mapped_too() {
    let config = config("modules:\n  Azure/aks/azurerm: vendor/aks\n  git::https://example.com/infra.git: infra\n");
    let from: Vec<&str> = config.modules.iter().map(|(from, _)| from.as_str()).collect();
    assert_eq!(from, ["Azure/aks/azurerm", "git::https://example.com/infra.git"]);
}

#[test]
fn mistakes_have_a_place_and_a_suggestion() {
    let place = |text| mistake(text).0;
    assert_eq!(mistake("wrold: open\n"), (Some((1, 1)), "unknown key `wrold`; did you mean `world`?".into()));
    assert_eq!(mistake("world: opne\n"), (Some((1, 8)), "unknown word `opne`; did you mean `open`?".into()));
    assert_eq!(mistake("rules:\n  ACR1O1: off\n").1, "unknown rule `ACR1O1`; did you mean `ACR101`?");
    assert_eq!(place("rules:\n  ACR1O1: off\n"), Some((2, 3)));
    assert_eq!(mistake("assume:\n  - grant: {registry: a, cluster: b}\n").1, "an assumption needs a `reason`");
    assert_eq!(mistake("assume:\n  - grant: {registry: a}\n    reason: x\n").1, "the key `cluster` is missing");
    assert_eq!(place("exclude:\n  - a\n  - [b]\n"), Some((3, 5)));
    assert!(place("world: [\n").is_some());
    assert!(mistake("world: open\nworld: closed\n").1.contains("world"));
    assert!(mistake("modules:\n  br/own:x: y\n").1.contains("br/public:"));
    assert!(mistake("modules:\n  br/public:x: ../y\n").1.contains("inside"));
    assert!(mistake("modules:\n  ./x: y\n").1.contains("source of Terraform"));
    assert!(mistake("modules:\n  Azure/aks/azurerm: ../y\n").1.contains("inside"));
}

#[test]
fn hostile_files_are_refused() {
    let bomb: String = (1..20).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}, *a{m}, *a{m}]\n", m = n - 1)).collect();
    assert!(read(&format!("a0: &a0 [x]\n{bomb}"), String::new(), RULES).is_err());
    assert!(read(&"[".repeat(100_000), String::new(), RULES).is_err());
    assert!(read(&"exclude: ".repeat(2), String::new(), RULES).is_err());
}

#[test]
fn what_is_applied_is_seen_from_the_folder_of_the_file() {
    let text = "apply:\n- path: ./charts/shop/\n  namespace: shop\n  release: s\n  values: [env/prod.yaml]\n- {path: ., recursive: true}\n";
    let config = read(text, "infra".to_owned(), RULES).unwrap();
    let [chart, all] = config.applied.as_slice() else { panic!() };
    assert_eq!((chart.path.as_str(), chart.values[0].text.as_str()), ("infra/charts/shop", "infra/env/prod.yaml"));
    let namespace = chart.namespace.as_ref().unwrap();
    assert_eq!(text.get(namespace.at.clone()), Some("shop"));
    assert_eq!((all.path.as_str(), all.recursive), ("infra", true));
    assert_eq!(mistake("apply:\n- path: ../x\n").1, "what is applied has to lie inside of the scanned folder");
    assert_eq!(mistake("apply:\n- path: a\n  nmespace: x\n").1, "unknown key `nmespace`; did you mean `namespace`?");
}

#[test]
fn what_is_allowed_is_seen_from_the_folder_of_the_file() {
    let text = "allow:\n- rules: [acr101, admin-user-enabled]\n  path: plans/\n  resource: aks-prod\n  reason: old\n";
    let config = read(text, "infra".to_owned(), RULES).unwrap();
    let [entry] = config.allowed.as_slice() else { panic!() };
    assert_eq!(entry.rules.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["ACR101", "ACR503"]);
    assert_eq!(text.get(entry.rules[1].1.clone()), Some("admin-user-enabled"));
    assert!(entry.paths.cover("infra/plans/prod/tfplan.json") && !entry.paths.cover("plans/tfplan.json"));
    let wrong = |entry: &str| mistake(&format!("allow: [{entry}]\n")).1;
    assert_eq!(wrong("{rules: [ACR101], path: a}"), "the key `reason` is missing");
    assert_eq!(wrong("{rules: [ACR101], reason: a}"), "the key `path` is missing");
    assert_eq!(wrong("{rules: [], path: a, reason: b}"), "at least one rule is wanted");
    assert!(wrong("{rules: [ACR1], path: a, reason: b}").contains("prefix"));
    assert!(wrong("{rules: ACR101, path: a, reason: b}").contains("a list"));
    assert_eq!(read("baseline: ./b.json", "infra".to_owned(), RULES).unwrap().baseline.unwrap(), "b.json");
    assert_eq!(mistake("baseline: ../b.json\n").1, "the baseline has to lie inside of the scanned folder");
    assert_eq!(mistake("baseline: ''\n").1, "`baseline` needs the path of a file");
}
