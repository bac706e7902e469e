//! Defaults hold where no caller says otherwise, and what is called elsewhere may grant.

use super::{named, text, tree};
use crate::ir::Makes;

/// The registries that the files attach, by their names; `?` where it may be any.
fn attached(files: &[(&str, &str)]) -> Vec<String> {
    let (_, scripted) = tree(files);
    let known = named(&scripted, "registries").into_iter().map(|it| text(Some(&it.name)));
    let open = scripted.imperative.iter().filter(|it| it.makes == Makes::Grant);
    let open = open.map(|it| it.registry.as_deref().unwrap_or("?").to_owned());
    let mut all: Vec<String> = known.chain(open).collect();
    all.sort();
    all
}

const BY_PLACE: (&str, &str) = ("scripts/at.sh", "az aks update -n aks -g rg --attach-acr ${1:-other}\n");
const BY_NAME: (&str, &str) = ("scripts/at.sh", "ACR=${ACR:-other}\naz aks update -n aks -g rg --attach-acr $ACR\n");
const BY_MAKE: (&str, &str) = ("Makefile", "ACR ?= other\nattach:\n\taz aks update -n aks -g rg --attach-acr $(ACR)\n");

#[test]
fn a_default_holds_only_where_no_caller_gives_another() {
    let workflow = |run: &str| format!("on: push\njobs:\n  a:\n    steps:\n      - run: {run}\n");
    for (script, run, expected) in [
        (BY_PLACE, "./scripts/at.sh shop", "?"),
        (BY_PLACE, "bash -c \"cd scripts && ./at.sh $X\"", "?"),
        (BY_PLACE, "./scripts/at.sh other", "other"),
        (BY_PLACE, "./scripts/at.sh", "other"),
        (BY_PLACE, "chmod +x scripts/at.sh scripts/b.sh", "other"),
        (BY_PLACE, "./elsewhere/at.sh shop", "other"),
        (BY_NAME, "ACR=shop ./scripts/at.sh", "?"),
        (BY_NAME, "ACR=shop ./scripts/of.sh", "other"),
        (BY_MAKE, "make attach ACR=shop", "?"),
        (BY_MAKE, "make attach ACR=other", "other"),
        (BY_MAKE, "make attach TAG=1", "other"),
    ] {
        assert_eq!(attached(&[script, (".github/workflows/d.yml", &workflow(run))]), [expected], "{run}");
    }
    // Pages tell what people may do.
    assert_eq!(attached(&[BY_MAKE, ("README.md", "`make attach ACR=shop`\n")]), ["other"]);
}

#[test]
fn what_callers_of_callers_set_reaches_a_script() {
    let job = "on: push\nenv:\n  ACR: shop\njobs:\n  a:\n    steps:\n      - run: make attach\n";
    let through = ("Makefile", "attach:\n\t./scripts/at.sh\n");
    assert_eq!(attached(&[BY_NAME, through, (".github/workflows/d.yml", job)]), ["?"]);
    assert_eq!(attached(&[BY_MAKE, (".github/workflows/d.yml", job)]), ["?"]);
    assert_eq!(attached(&[BY_NAME, (".github/workflows/d.yml", job)]), ["other"]);
    let azure = "trigger: [main]\nvariables:\n- name: acr\n  value: shop\nsteps:\n- task: AzureCLI@2\n  inputs:\n    scriptPath: scripts/at.sh\n";
    assert_eq!(attached(&[BY_NAME, ("azure-pipelines.yml", azure)]), ["?"]);
    let given = format!("{azure}    arguments: shop\n");
    assert_eq!(attached(&[BY_PLACE, ("azure-pipelines.yml", &given)]), ["?"]);
}

#[test]
fn a_variable_of_make_may_be_another_one_for_a_target_or_by_a_file() {
    let file = |head: &str| format!("{head}attach:\n\taz aks update -n aks -g rg --attach-acr $(ACR)\n");
    let config = ("config.mk", "ACR = shop\n");
    assert_eq!(attached(&[("Makefile", &file("ACR = other\nattach: ACR = shop\n")), config]), ["?"]);
    assert_eq!(attached(&[("Makefile", &file("ACR = other\ninclude config.mk\n")), config]), ["?"]);
    assert_eq!(attached(&[("Makefile", &file("ACR = other\n")), config]), ["other"]);
    let task = "tasks:\n  all:\n    cmds:\n    - task: s\n      vars: {ACR: shop}\n  s:\n    cmds:\n    - az aks update -n aks -g rg --attach-acr {{.ACR}}\nvars: {ACR: other}\n";
    assert_eq!(attached(&[("Taskfile.yml", task)]), ["?"]);
    assert_eq!(attached(&[("Taskfile.yml", &task.replace("{ACR: shop}", "{TAG: a}"))]), ["other"]);
}

#[test]
fn what_a_called_script_sets_for_later_steps_is_not_what_the_pipeline_says() {
    let job = "on: push\nenv:\n  ACR: other\njobs:\n  a:\n    steps:\n      - run: ./pick.sh\n      - run: az aks update -n aks -g rg --attach-acr $ACR\n";
    let pick = ("pick.sh", "echo \"ACR=shop\" >> $GITHUB_ENV\n");
    assert_eq!(attached(&[(".github/workflows/d.yml", job), pick]), ["?"]);
    assert_eq!(attached(&[(".github/workflows/d.yml", job), ("other.sh", pick.1)]), ["other"]);
}

#[test]
fn a_pipeline_of_a_template_runs_it_with_its_parameters() {
    let template = "parameters:\n- name: acr\n  default: other\nsteps:\n- script: az aks update -n aks -g rg --attach-acr ${{ parameters.acr }}\n";
    let pipeline = "trigger: [main]\nextends:\n  template: t.yml\n  parameters:\n    acr: shop\n";
    assert_eq!(attached(&[("azure-pipelines.yml", pipeline), ("t.yml", template)]), ["shop"]);
}

#[test]
fn what_is_elsewhere_and_is_given_a_registry_and_a_cluster_may_grant() {
    let pairs = |path: &str, text: &str| -> Vec<String> {
        let (_, scripted) = tree(&[(path, text)]);
        let grants = scripted.imperative.into_iter().filter(|it| it.makes == Makes::Grant);
        let name = |name: &Option<Box<str>>| name.as_deref().unwrap_or("?").to_owned();
        grants.map(|it| format!("{} {}", name(&it.registry), name(&it.cluster))).collect()
    };
    let may = |path: &str, text: &str, expected: &str| {
        let found = pairs(path, text);
        assert!(found.iter().any(|pair| pair == expected), "{text}: {found:?}");
    };
    let remote = |with: &str| {
        format!("on: push\njobs:\n  a:\n    uses: acme/w/.github/workflows/x.yml@main\n    with: {with}\n")
    };
    let action =
        |with: &str| format!("on: push\njobs:\n  a:\n    steps:\n    - uses: acme/attach@v1\n      with: {with}\n");
    may("x/.github/workflows/d.yml", &remote("{acr: shopimages, cluster: aks-shop}"), "shopimages aks-shop");
    may("x/.github/workflows/d.yml", &remote("{acr: '${{ vars.ACR }}', where: aks-shop}"), "? aks-shop");
    may(
        "x/.github/workflows/d.yml",
        &action("{host: shopimages.azurecr.io, cluster: '${{ vars.AKS }}'}"),
        "shopimages ?",
    );
    // The one alone is no grant.
    for with in [
        "{acr: '${{ vars.ACR }}'}",
        "{cluster-name: '${{ vars.AKS }}'}",
        "{creds: '${{ secrets.A }}', name: '${{ vars.N }}'}",
    ] {
        assert!(pairs(".github/workflows/d.yml", &remote(with)).is_empty(), "{with}");
        assert!(pairs(".github/workflows/d.yml", &action(with)).is_empty(), "{with}");
    }
    let template =
        "trigger: [main]\nsteps:\n- template: at.yml@t\n  parameters:\n    to: {acr: shopimages, aks: [aks-shop]}\n";
    may("azure-pipelines.yml", template, "shopimages aks-shop");
    let lab = "include:\n- project: a/b\n  file: d.yml\nvariables: {ACR: shopimages}\nprod:\n  extends: .attach\n  variables: {AKS: aks-shop}\n";
    may(".gitlab-ci.yml", lab, "shopimages aks-shop");
    may(
        ".gitlab-ci.yml",
        "include:\n- component: h/a/b@1\n  inputs: {acr: shopimages, aks: aks-shop}\n",
        "shopimages aks-shop",
    );
    // GitLab's own templates know nothing of Azure.
    let own = "include:\n- template: Jobs/SAST.gitlab-ci.yml\nvariables: {ACR: shopimages, AKS: aks-shop}\n";
    assert!(pairs(".gitlab-ci.yml", own).is_empty());
}
