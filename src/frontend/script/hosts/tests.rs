//! Pages and pipelines as they are written.

use super::super::{Scripted, read};
use crate::ir::{Imperative, Layer, Makes, Node, Parcel};
use crate::source::{MemoryFiles, SourceId, Store};

fn tree(files: &[(&str, &str)]) -> (Store, Scripted) {
    let store = Store::new(MemoryFiles::default());
    let ids: Vec<SourceId> =
        files.iter().map(|(path, text)| store.add(path, text.as_bytes().to_vec()).unwrap()).collect();
    let scripted = read(&store, &ids);
    (store, scripted)
}

/// What a page makes: each command with its registry, and the text at its place.
fn told(path: &str, text: &str) -> Vec<String> {
    let (store, scripted) = tree(&[(path, text)]);
    let one = |it: &Imperative| {
        assert!(it.manual, "{path}");
        let at = store.source(it.span.source).text.get(it.span.range()).unwrap_or("?").to_owned();
        format!("{:?} {} at {at}", it.makes, it.registry.as_deref().unwrap_or("-"))
    };
    scripted.imperative.iter().map(one).collect()
}

/// The namespaces of the deliveries of a chart in `chart`, with what their values are.
fn releases(files: &[(&str, &str)]) -> Vec<String> {
    let all: Vec<(&str, &str)> = files.iter().copied().chain([("chart/Chart.yaml", "name: web")]).collect();
    let (_, scripted) = tree(&all);
    let one = |it: &crate::ir::Delivery| {
        let what = if it.parcel == Parcel::Chart("chart".into()) { "" } else { "another " };
        let open = if it.values.iter().any(|it| matches!(it, Layer::Unknown(..))) { " with any values" } else { "" };
        let namespace = it.namespace.as_ref().map_or("-", |node| node.as_str().unwrap_or("?"));
        format!("{what}{namespace}{open}")
    };
    scripted.deliveries.iter().map(one).collect()
}

const UPGRADE: &str = "helm upgrade --install web chart -n";

#[test]
fn every_kind_of_page_tells_what_to_run() {
    let attach = "az aks update -n a --attach-acr shop";
    let grant = ["Grant shop at attach-acr"];
    assert_eq!(told("README.rst", &format!("Then::\n\n    {attach}\n")), grant);
    assert_eq!(told("docs/setup.adoc", &format!("[source,bash]\n----\n{attach}\n----\n")), grant);
    assert_eq!(told("setup.txt", attach), grant);
    let cell = |kind: &str, source: &str| format!(r#"{{"cell_type": "{kind}", "source": {source}, "outputs": []}}"#);
    let notebook = |cells: &str| format!(r#"{{"cells": [{cells}], "nbformat": 4}}"#);
    let one = notebook(&cell("code", &format!(r#"["import os\n", "!{attach}"]"#)));
    assert_eq!(told("a.ipynb", &one), grant);
    // A command that goes on in the next line of the cell, and what a cell printed.
    let lines = r#"["%%bash\n", "az acr update \\\n", "  -n shop \\\n", "  --admin-enabled true"]"#;
    assert_eq!(told("a.ipynb", &notebook(&cell("code", lines))), ["AdminUser shop at az acr update"]);
    let printed = r#"{"cells": [{"cell_type": "code", "source": "x", "outputs": [{"text": ["--attach-acr shop"]}]}]}"#;
    assert!(told("a.ipynb", printed).is_empty());
    assert_eq!(told("a.ipynb", "{ no notebook: --attach-acr shop").len(), 1);
}

#[test]
fn blocks_of_pages_apply_what_lies_in_the_tree() {
    let command = format!("{UPGRADE} prod");
    let cell = format!(r#"{{"cells": [{{"cell_type": "code", "source": ["%%sh\n", "{command}"]}}]}}"#);
    let line = format!(r#"{{"cells": [{{"cell_type": "code", "source": "x = 1\nout = !{command}"}}]}}"#);
    for (path, text) in [
        ("a.md", format!("```sh\n$ {command}\n```\n")),
        ("a.rst", format!("Text\n\n.. code-block:: bash\n   :linenos:\n\n   $ {command}\n\nMore\n")),
        ("a.rst", format!("Do this::\n\n  {command}\n")),
        ("a.adoc", format!("[source,shell]\n----\n{command}\n----\n\n----\nls\n----\n")),
        ("a.ipynb", cell),
        ("a.ipynb", line),
    ] {
        assert_eq!(releases(&[(path, &text)]), ["prod"], "{text}");
    }
    for (path, text) in [
        ("a.rst", format!(".. code-block:: python\n\n   {command}\n")),
        ("a.adoc", format!("[source,python]\n----\n{command}\n----\n")),
        ("a.rst", format!("Not a block\n   {command}\n")),
    ] {
        assert!(releases(&[(path, &text)]).is_empty(), "{text}");
    }
}

#[test]
fn steps_that_shut_repair_nothing() {
    assert!(told("README.md", "az acr update -n shop --admin-enabled false").is_empty());
    assert!(told("README.md", "az acr update -n shop --default-action Deny").is_empty());
    assert!(told("README.md", "Update-AzContainerRegistry -Name shop -EnableAdminUser:$false").is_empty());
    let role =
        |role: &str| told("README.md", &format!("az role assignment create --assignee x --role {role} --scope y"));
    assert!(role("'Key Vault Secrets User'").is_empty());
    // A role that can't be read may also be one that lets assign identities.
    assert_eq!((role("AcrPull").len(), role("\"$ROLE\"").len()), (1, 2));
    let on = told("README.md", "Update-AzContainerRegistry -Name shop -ResourceGroupName g -EnableAdminUser");
    assert_eq!(on, ["AdminUser shop at Update-AzContainerRegistry"]);
}

#[test]
fn jobs_of_gitlab_are_what_they_extend() {
    let hidden = format!("variables: {{NS: dev}}\n.a:\n  script: ['{UPGRADE} $NS']\n");
    let job = |job: &str| releases(&[(".gitlab-ci.yml", &format!("{hidden}{job}"))]);
    assert!(job("").is_empty());
    assert_eq!(job("b:\n  extends: .a\n"), ["dev"]);
    assert_eq!(job("b:\n  extends: .a\n  variables: {NS: prod}\n"), ["prod"]);
    assert_eq!(job(".c:\n  extends: .a\n  variables: {NS: prod}\nb:\n  extends: [.c]\n"), ["prod"]);
    assert_eq!(job("b:\n  variables: {NS: prod}\n  script:\n    - !reference [.a, script]\n"), ["prod"]);
    assert_eq!(job("b:\n  extends: .a\n  rules:\n    - if: $X\n      variables: {NS: prod}\n"), ["?"]);
    assert_eq!(job("b:\n  extends: .a\n  parallel:\n    matrix:\n      - NS: [one, two]\n"), ["one", "two"]);
    // What a job extends elsewhere may set the variable anew.
    assert_eq!(job("b:\n  extends: [.a, .elsewhere]\n"), ["?"]);
    assert_eq!(job("b:\n  extends: b\n").len(), 0);
    assert_eq!(job("default:\n  before_script: ['kubectl get pods']\nb:\n  extends: .a\n"), ["dev"]);
}

#[test]
fn pipelines_of_gitlab_include_others() {
    let template = format!(".a:\n  variables: {{NS: dev}}\n  script: ['{UPGRADE} $NS']\n");
    let main = "include:\n  - local: /ci/*.yml\nb:\n  extends: .a\n  variables: {NS: prod}\n";
    assert_eq!(releases(&[(".gitlab-ci.yml", main), ("ci/gitlab-a.yml", &template)]), ["prod"]);
    let spec = format!("spec:\n  inputs:\n    ns:\n---\nb:\n  script: ['{UPGRADE} $[[ inputs.ns ]]']\n");
    let main = "include:\n  - local: ci/gitlab-a.yml\n    inputs: {ns: prod}\n";
    assert_eq!(releases(&[(".gitlab-ci.yml", main), ("ci/gitlab-a.yml", &spec)]), ["prod"]);
    let child = format!("variables: {{NS: dev}}\nb:\n  script: ['{UPGRADE} $NS']\n");
    let main = "a:\n  variables: {NS: prod}\n  trigger:\n    include: ci/gitlab-child.yml\n";
    assert_eq!(releases(&[(".gitlab-ci.yml", main), ("ci/gitlab-child.yml", &child)]), ["prod"]);
    // A template from elsewhere that is told of a chart may release it.
    let main = "include:\n  - project: ops/templates\n    file: helm.yml\nvariables: {CHART: chart}\n";
    assert_eq!(releases(&[(".gitlab-ci.yml", main)]), ["? with any values"]);
    let circle = "include: ['.gitlab-ci.yml', 'ci/gitlab-a.yml']\n";
    assert!(releases(&[(".gitlab-ci.yml", circle), ("ci/gitlab-a.yml", circle)]).is_empty());
}

#[test]
fn workflows_run_with_what_their_callers_give() {
    let called = format!(
        "on:\n  workflow_call:\n    inputs: {{ns: {{default: dev}}}}\njobs:\n  d:\n    steps:\n      - run: {UPGRADE} ${{{{ inputs.ns }}}}\n"
    );
    let with = |jobs: &str| {
        let main = format!("on: push\njobs:\n{jobs}");
        releases(&[(".github/workflows/d.yml", &called), (".github/workflows/m.yml", &main)])
    };
    let call = "uses: ./.github/workflows/d.yml";
    assert_eq!(with(&format!("  p:\n    {call}\n    with: {{ns: prod}}\n")), ["prod"]);
    assert_eq!(with(&format!("  p:\n    {call}\n")), ["dev"]);
    assert_eq!(
        with(&format!("  p:\n    {call}\n    with: {{ns: a}}\n  q:\n    {call}\n    with: {{ns: b}}\n")),
        ["a", "b"]
    );
    let matrix = "strategy: {matrix: {e: [a, b], include: [{e: c}], exclude: [{e: b}]}}";
    assert_eq!(with(&format!("  p:\n    {matrix}\n    {call}\n    with: {{ns: '${{{{ matrix.e }}}}'}}\n")), ["a", "c"]);
    assert_eq!(with(&format!("  p:\n    {call}\n    with: {{ns: '${{{{ vars.NS }}}}'}}\n")), ["?"]);
    // Nobody calls it: whoever does gives what they like.
    assert_eq!(with("  p:\n    steps: []\n"), ["?"]);
    let both = called.replace("on:\n", "on:\n  workflow_dispatch:\n");
    let main = format!("on: push\njobs:\n  p:\n    {call}\n    with: {{ns: prod}}\n");
    assert_eq!(releases(&[(".github/workflows/d.yml", &both), (".github/workflows/m.yml", &main)]), ["?", "prod"]);
}

#[test]
fn actions_of_the_tree_run_where_they_are_used() {
    let action = format!(
        "inputs: {{ns: {{default: dev}}}}\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: {UPGRADE} ${{{{ inputs.ns }}}}-$X\n"
    );
    let main = "on: push\nenv: {X: one}\njobs:\n  d:\n    steps:\n      - uses: ./.github/actions/deploy\n        with: {ns: prod}\n";
    let files = [(".github/actions/deploy/action.yml", action.as_str()), (".github/workflows/m.yml", main)];
    assert_eq!(releases(&files), ["prod-one"]);
    let own = "runs:\n  steps:\n    - uses: ./a\n    - uses: ./b\n";
    assert!(releases(&[("a/action.yml", own), ("b/action.yml", own)]).is_empty());
}

#[test]
fn templates_of_azure_run_with_their_parameters() {
    let template = format!(
        "parameters:\n  - {{name: ns, default: dev}}\nsteps:\n  - script: {UPGRADE} ${{{{ parameters.ns }}}}-$(X)\n"
    );
    let with = |main: &str| {
        releases(&[("azure-pipelines.yml", main), ("ci/steps.yml", &template), ("ci/v.yml", "variables:\n  X: one\n")])
    };
    let variables = "variables:\n  - template: ci/v.yml\n";
    assert_eq!(
        with(&format!("{variables}steps:\n  - template: ci/steps.yml\n    parameters: {{ns: prod}}\n")),
        ["prod-one"]
    );
    let jobs = "jobs:\n  - job: a\n    steps:\n      - template: /ci/steps.yml@self\n";
    assert_eq!(with(&format!("{variables}{jobs}")), ["dev-one"]);
    let elsewhere = "steps:\n  - template: helm.yml@shared\n    parameters: {chartPath: chart, ns: prod}\n";
    assert_eq!(releases(&[("azure-pipelines.yml", elsewhere)]), ["? with any values"]);
}

#[test]
fn steps_that_are_not_read_may_release_what_they_name() {
    let step = |uses: &str| {
        let main = format!(
            "on: push\njobs:\n  d:\n    steps:\n      - uses: {uses}\n        with: {{name: web, chart-path: ./chart, values: a=b}}\n"
        );
        releases(&[(".github/workflows/d.yml", &main)])
    };
    assert_eq!(step("acme/helm-release@v1"), ["? with any values"]);
    assert!(step("actions/upload-artifact@v4").is_empty());
    let task = "steps:\n  - task: AcmeRelease@1\n    inputs: {chart: chart}\n";
    assert_eq!(releases(&[("azure-pipelines.yml", task)]), ["? with any values"]);
}

#[test]
fn what_a_called_pipeline_makes_is_told_once() {
    let action = "runs:\n  steps:\n    - run: az aks update -n a -g g --attach-acr ${{ inputs.acr }}\n";
    let main = "on: push\njobs:\n  d:\n    steps:\n      - uses: ./deploy\n        with: {acr: shop}\n";
    let (_, scripted) = tree(&[("deploy/action.yml", action), (".github/workflows/m.yml", main)]);
    assert!(scripted.imperative.is_empty(), "{:?}", scripted.imperative);
    let all = scripted.lowered.deployments.iter().flat_map(|it| &it.resources);
    let names: Vec<&str> = all.filter(|it| it.kind.ends_with("registries")).filter_map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["shop"]);
}

#[test]
fn cmdlets_say_what_their_switches_say() {
    let property = |script: &str, path: &[&str]| {
        let (_, scripted) = tree(&[("deploy.ps1", script)]);
        assert!(scripted.imperative.is_empty(), "{script}: {:?}", scripted.imperative);
        let all: Vec<_> = scripted.lowered.deployments.iter().flat_map(|it| &it.resources).collect();
        let found = all.iter().find_map(|it| it.body.at(path).cloned());
        found.map(|node: Node| format!("{:?}", node.value)).unwrap_or_default()
    };
    let admin = ["properties", "adminUserEnabled"];
    assert_eq!(property("New-AzContainerRegistry -Name shop -EnableAdminUser -Sku Basic", &admin), "Bool(true)");
    assert_eq!(property("New-AzContainerRegistry -Name shop -EnableAdminUser:$false", &admin), "Bool(false)");
    assert_eq!(property("Update-AzContainerRegistry -Name shop -DisableAdminUser", &admin), "Bool(false)");
    let action = ["properties", "networkRuleSet", "defaultAction"];
    let deny = "Update-AzContainerRegistryNetworkRuleSet -RegistryName shop -ResourceGroupName g -DefaultAction Deny";
    assert_eq!(property(deny, &action), "Str(\"Deny\")");
    assert!(property(&format!("{deny} -IPRule $rules"), &action).contains("Unknown"));
    let identity = ["identity", "type"];
    let managed = "Str(\"SystemAssigned\")";
    assert_eq!(property("New-AzAksCluster $rg shop -EnableManagedIdentity", &identity), managed);
    assert_eq!(property("$p = @{Name = 'a'; EnableManagedIdentity = $true}\nNew-AzAksCluster @p", &identity), managed);
    assert_ne!(property("$p = @{Name = 'a'; EnableManagedIdentity = $false}\nNew-AzAksCluster @p", &identity), managed);
    assert_ne!(property("New-AzAksCluster -Name a", &identity), managed);
}

#[test]
fn what_is_only_written_on_the_screen_is_for_somebody_to_do() {
    let script = "Write-Host @\"\nNext: Set-AzAksCluster -Name a -AcrNameToAttach $acr\n\"@\n<#\n.EXAMPLE\nSet-AzAksCluster -Name a -AcrNameToAttach $acr\n#>\n";
    let (_, scripted) = tree(&[("deploy.ps1", script)]);
    let found: Vec<(Makes, bool)> = scripted.imperative.iter().map(|it| (it.makes, it.manual)).collect();
    assert_eq!(found, [(Makes::Grant, true)]);
}

#[test]
fn manifests_in_scripts_are_what_they_say() {
    let pod =
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - image: shop.azurecr.io/web:1\n";
    let found = |script: &str| {
        let (store, scripted) = tree(&[("deploy.sh", script)]);
        let all: Vec<_> = scripted.lowered.deployments.iter().flat_map(|it| &it.resources).collect();
        let one = |it: &&crate::ir::Resource| {
            let image = it.body.at(&["spec", "containers", "0", "image"])?;
            let namespace = it.body.at(&["metadata", "namespace"]).and_then(Node::as_str).unwrap_or("-");
            let at = store.source(image.span.source).text.get(image.span.range()).unwrap_or("?").to_owned();
            Some(format!("{namespace} {at}"))
        };
        all.iter().filter_map(one).collect::<Vec<String>>()
    };
    let image = "shop.azurecr.io/web:1";
    assert_eq!(found(&format!("kubectl apply -n a -f - <<EOF\n{pod}EOF\n")), [format!("a {image}")]);
    assert_eq!(found(&format!("cat <<'EOF' | kubectl apply -f -\n{pod}EOF\n")), [format!("- {image}")]);
    let variable = found(&format!("kubectl apply -f - <<EOF\n{}EOF\n", pod.replace("web:1", "web:$TAG")));
    assert_eq!(variable.len(), 1, "{variable:?}");
    // What is changed on the way, or only tried, is not followed.
    assert!(found(&format!("cat <<EOF | sed s/a/b/ | kubectl apply -f -\n{pod}EOF\n")).is_empty());
    assert!(found(&format!("kubectl apply --dry-run=client -f - <<EOF\n{pod}EOF\n")).is_empty());
    assert!(found(&format!("kubectl delete -f - <<EOF\n{pod}EOF\n")).is_empty());
}
