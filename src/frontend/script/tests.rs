//! Scripts as they are written.

mod callers;
mod elsewhere;
mod limits;
mod networks;
mod screen;

use super::*;
use crate::ir::{Cond, Layer, Makes, Node, Origin, Parcel, Resource, Value};
use crate::source::MemoryFiles;

fn tree(files: &[(&str, &str)]) -> (Store, Scripted) {
    let store = Store::new(MemoryFiles::default());
    let ids: Vec<SourceId> =
        files.iter().map(|(path, text)| store.add(path, text.as_bytes().to_vec()).unwrap()).collect();
    let scripted = read(&store, &ids);
    (store, scripted)
}

fn one(path: &str, text: &str) -> Scripted {
    tree(&[(path, text)]).1
}

fn found(path: &str, text: &str) -> Vec<Imperative> {
    one(path, text).imperative
}

/// The resources as lines: kind, name, and what is asked for.
fn resources(scripted: &Scripted) -> Vec<&Resource> {
    scripted.lowered.deployments.iter().flat_map(|it| &it.resources).collect()
}

fn named<'s>(scripted: &'s Scripted, kind: &str) -> Vec<&'s Resource> {
    resources(scripted).into_iter().filter(|it| it.kind.ends_with(kind)).collect()
}

fn text(node: Option<&Node>) -> String {
    node.map_or("-".to_owned(), |node| match &node.value {
        Value::Ref(reference) => format!("ref:{}", reference.path.join(".")),
        Value::Id(id) => id.text(node.span).map_or("id".to_owned(), |id| text(Some(&id))),
        Value::Concat(pieces) => pieces.iter().map(|piece| text(Some(piece))).collect(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Str(text) if !node.secret => text.to_string(),
        Value::Str(_) => "•••".to_owned(),
        _ => "…".to_owned(),
    })
}

#[test]
fn commands_count_and_comments_do_not() {
    let found = found("deploy.sh", "# az aks update --attach-acr x\naz aks update -n \"$AKS\" --attach-acr shop\n");
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.makes, only.manual, only.registry.as_deref()), (Makes::Grant, false, Some("shop")));
    assert_eq!(only.cluster.as_deref(), None);
}

#[test]
fn a_literal_attachment_is_a_grant() {
    for script in [
        "az aks update -n a -g g --attach-acr shop\n",
        "RG=g\naz aks update \\\n  --name a \\\n  --attach-acr \"/subscriptions/0/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/shop\" \\\n  -g $RG\naz aks show --name other\n",
        "set -e\nNAME=shop\nif true; then echo; fi\nfoo() {\n  az aks update -n a --attach-acr=$NAME\n}\nfoo\n",
        "attach() {\n  local cluster=$1\n  az aks update -n \"$cluster\" --attach-acr \"${2:-other}\"\n}\nattach a shop\n",
        "for r in shop; do az aks update --name a --attach-acr ${r}; done",
    ] {
        let scripted = one("deploy.sh", script);
        assert!(scripted.imperative.is_empty(), "{script}: {:?}", scripted.imperative);
        let grants = named(&scripted, "roleAssignments");
        let [grant] = grants.as_slice() else { panic!("{script}: {grants:?}") };
        assert_eq!(grant.deployed, Cond::Always);
        assert_eq!(text(grant.body.at(&["properties", "principalId"])), "ref:pullingIdentity");
        assert_eq!(text(Some(&grant.scope)), "ref:id");
        let registries = named(&scripted, "registries");
        assert_eq!((text(Some(&registries[0].name)), registries[0].origin), ("shop".to_owned(), Origin::Existing));
    }
}

#[test]
fn what_may_run_is_conditional() {
    for script in [
        "if [ -n \"$X\" ]; then az aks update -n a --attach-acr shop; fi",
        "[ -n \"$X\" ] && az aks update -n a --attach-acr shop",
        "az aks show -n a || az aks update -n a --attach-acr shop",
        "attach() { az aks update -n a --attach-acr shop; }",
        "case $X in\n  a) az aks update -n a --attach-acr shop ;;\nesac",
        "while read x; do az aks update -n a --attach-acr shop; done < list",
    ] {
        let scripted = one("deploy.sh", script);
        let grants = named(&scripted, "roleAssignments");
        assert_eq!(grants.len(), 1, "{script}");
        assert!(!grants[0].is_unconditional(), "{script}");
    }
}

#[test]
fn variables_have_the_value_of_the_branch_that_ran() {
    let script = "ACR=one\nif [ \"$1\" = x ]; then ACR=two; fi\naz acr create -n $ACR -g g --sku Basic\nACR=three\naz acr create -n $ACR -g g --sku Premium";
    let scripted = one("a.sh", script);
    let names: Vec<String> = named(&scripted, "registries").iter().map(|it| text(Some(&it.name))).collect();
    assert_eq!(names, ["…", "three"]);
}

#[test]
fn made_things_are_declared_with_what_options_say() {
    let script = "az group create -n g -l westeurope\naz acr create -g g -n shop --sku Premium --admin-enabled true --public-network-enabled false\naz identity create -n kubelet -g g\nID=$(az identity show -n kubelet -g g --query id -o tsv)\naz aks create -g g -n aks --enable-managed-identity --assign-kubelet-identity $ID --attach-acr shop --vnet-subnet-id $SUBNET\n";
    let scripted = one("a.sh", script);
    let registry = named(&scripted, "registries")[0];
    assert_eq!(registry.origin, Origin::Declared);
    assert_eq!(registry.body.at(&["properties", "adminUserEnabled"]).and_then(Node::as_bool), Some(true));
    assert_eq!(text(registry.body.at(&["properties", "publicNetworkAccess"])), "Disabled");
    let cluster = named(&scripted, "managedClusters")[0];
    assert_eq!(text(cluster.body.at(&["identity", "type"])), "SystemAssigned");
    assert_eq!(text(cluster.body.at(&["properties", "identityProfile", "kubeletidentity", "resourceId"])), "ref:id");
    assert_eq!(named(&scripted, "roleAssignments").len(), 1);
}

#[test]
fn questions_to_azure_become_references() {
    let script = "KUBELET=$(az aks show -n aks -g g --query identityProfile.kubeletidentity.objectId -o tsv)\nACR_ID=`az acr show -n shop --query id -o tsv`\naz role assignment create --assignee-object-id $KUBELET --role AcrPull --scope $ACR_ID\n";
    let scripted = one("a.sh", script);
    assert!(scripted.imperative.is_empty(), "{:?}", scripted.imperative);
    let grant = named(&scripted, "roleAssignments")[0];
    assert_eq!(
        text(grant.body.at(&["properties", "principalId"])),
        "ref:properties.identityProfile.kubeletidentity.objectId"
    );
    // A client id is looked up, a name is picked by `jq`, a role is a GUID.
    let script = "az role assignment create --assignee \"$(az aks show -n aks -g g | jq -r .identityProfile.kubeletidentity.clientId)\" --role 7f951dda-4ed3-4680-a7ca-43fe172d538d --scope \"$(az acr show -n shop --query id --output tsv)\"\n";
    let scripted = one("a.sh", script);
    let grant = named(&scripted, "roleAssignments")[0];
    assert_eq!(
        text(grant.body.at(&["properties", "principalId"])),
        "ref:properties.identityProfile.kubeletidentity.objectId"
    );
    assert_eq!(text(grant.body.at(&["properties", "roleDefinitionName"])), "AcrPull");
}

#[test]
fn assignments_that_cannot_be_about_pulls_open_nothing() {
    for script in [
        "az role assignment create --assignee $X --role \"Network Contributor\" --scope $VNET",
        "az role assignment create --assignee $X --role 4633458b-17de-408a-b874-0445c86b69e6 --scope $KV",
        "az role assignment create --assignee $X --role Contributor --scope /subscriptions/$S/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv",
        "az role assignment create --assignee $X --role Reader --scope $(az network vnet show -n v -g g --query id -o tsv)",
        "ME=$(az ad signed-in-user show --query id -o tsv)\naz role assignment create --assignee $ME --role Owner --scope $ACR_ID",
        "az role assignment create --assignee someone@contoso.com --role AcrPull --scope $ACR_ID",
    ] {
        let scripted = one("a.sh", script);
        let pulls = scripted.imperative.iter().filter(|it| it.makes != Makes::Operator).count();
        assert_eq!(pulls, 0, "{script}: {:?}", scripted.imperative);
        assert!(named(&scripted, "roleAssignments").is_empty(), "{script}");
    }
    for script in [
        "az role assignment create --assignee $X --role AcrPull --scope $ACR_ID",
        "az role assignment create --assignee $X --role \"$ROLE\" --scope $ACR_ID",
        "az role assignment create $ARGS",
    ] {
        let pulls = found("a.sh", script).iter().filter(|it| it.makes != Makes::Operator).count();
        assert_eq!(pulls, 1, "{script}");
    }
}

#[test]
fn every_spelling_of_a_grant_is_seen() {
    let seen = |path: &str, text: &str| {
        let found = found(path, text);
        let pulls = found.iter().find(|command| command.makes != Makes::Operator);
        pulls.map(|command| (command.makes, command.manual))
    };
    let grant = Some((Makes::Grant, false));
    assert_eq!(seen("x.py", "run([\"az\", \"role\", \"assignment\", \"create\"])"), grant);
    assert_eq!(seen("main.tf", "provisioner \"local-exec\" {\n command = \"az aks update --attach-acr x\"\n}"), grant);
    assert_eq!(
        seen("main.tf", "output \"next\" { value = \"az aks update --attach-acr x\" }"),
        Some((Makes::Grant, true))
    );
    assert_eq!(seen("README.md", "az aks update --attach-acr x"), Some((Makes::Grant, true)));
    assert_eq!(seen("README.md", "```bash\naz aks update -n a --attach-acr x\n```\n"), Some((Makes::Grant, true)));
    assert_eq!(seen("index.ts", "new authorization.RoleAssignment('x', { roleDefinitionId: acrPull })"), grant);
    assert_eq!(seen("index.ts", "new authorization.RoleAssignment('x', { roleDefinitionId: storageReader })"), None);
    assert_eq!(seen("Jenkinsfile", "sh \"az aks update -n ${params.aks} --attach-acr shop\""), grant);
}

#[test]
fn other_shells_say_the_same() {
    let grants = |path: &str, text: &str| {
        let scripted = one(path, text);
        assert!(scripted.imperative.is_empty(), "{path}: {:?}", scripted.imperative);
        let grants = named(&scripted, "roleAssignments");
        assert_eq!(grants.len(), 1, "{path}");
        let registry = named(&scripted, "registries");
        assert_eq!(text_of(&registry), "shop", "{path}");
    };
    fn text_of(found: &[&Resource]) -> String {
        found.first().map(|it| text(Some(&it.name))).unwrap_or_default()
    }
    grants(
        "x.ps1",
        "$p = @{\n  Name = 'a'\n  ResourceGroupName = 'g'\n  AcrNameToAttach = 'shop'\n}\nSet-AzAksCluster @p",
    );
    grants("x.ps1", "$acr = 'shop'\naz aks update `\n  --name a `\n  --attach-acr $acr\n");
    grants(
        "x.ps1",
        "$aks = Get-AzAksCluster -ResourceGroupName g -Name a\n$acr = Get-AzContainerRegistry -Name shop -ResourceGroupName g\nNew-AzRoleAssignment -ObjectId $aks.IdentityProfile.kubeletidentity.ObjectId -RoleDefinitionName AcrPull -Scope $acr.Id\n",
    );
    grants("x.cmd", "set ACR=shop\r\naz aks update ^\r\n  -n a ^\r\n  --attach-acr %ACR%\r\n");
    grants("Makefile", "ACR := shop\n\nattach:\n\t@az aks update -n a \\\n\t  --attach-acr $(ACR)\n");
    grants("Jenkinsfile", "pipeline { stages { sh 'az aks update -n a -g g --attach-acr shop' } }");
    grants(
        "Taskfile.yml",
        "version: '3'\nvars:\n  ACR: shop\ntasks:\n  attach:\n    cmds:\n      - az aks update -n a --attach-acr {{.ACR}}\n",
    );
    grants("justfile", "acr := \"shop\"\n\nattach:\n    az aks update -n a --attach-acr {{acr}}\n");
    grants(
        ".github/workflows/x.yml",
        "on: push\nenv:\n  ACR: shop\njobs:\n  a:\n    steps:\n      - uses: azure/cli@v2\n        with:\n          inlineScript: |\n            az aks update -n a --attach-acr ${{ env.ACR }}\n",
    );
    grants(
        "azure-pipelines.yml",
        "variables:\n  acr: shop\nsteps:\n  - task: AzureCLI@2\n    inputs:\n      scriptType: bash\n      inlineScript: |\n        az aks update -n a --attach-acr $(acr)\n",
    );
    grants(
        ".gitlab-ci.yml",
        "variables:\n  ACR: shop\ndeploy:\n  script:\n    - az aks update -n a --attach-acr $ACR\n",
    );
}

#[test]
fn changes_of_a_registry_are_seen() {
    let scripted = one("x.sh", "az acr update \\\n  --name shop \\\n  --admin-enabled true\n");
    let change = named(&scripted, "registries")[0];
    assert_eq!(change.origin, Origin::Update);
    assert_eq!(change.body.at(&["properties", "adminUserEnabled"]).and_then(Node::as_bool), Some(true));
    let found = found("x.sh", "az acr update -n $ACR --admin-enabled true\n");
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.makes, only.registry.as_deref()), (Makes::AdminUser, None));
}

#[test]
fn secrets_and_texts_are_seen() {
    let makes = |text: &str| found("x.sh", text).first().map(|command| command.makes);
    assert_eq!(makes("kubectl create secret docker-registry $NAME"), Some(Makes::Secret));
    assert_eq!(makes("kubectl create secret generic db --from-literal=password=x"), None);
    assert_eq!(makes("kubectl get secret acr -n a -o yaml | sed s/a/b/ | kubectl apply -f -"), Some(Makes::Secret));
    assert_eq!(makes("envsubst < secret.yaml | kubectl apply -f -"), Some(Makes::Text));
    assert_eq!(makes("sed -i s/X/Y/ k8s/secret.yaml"), Some(Makes::Text));
    assert_eq!(makes("sed s/X/Y/ notes.txt"), None);
}

#[test]
fn a_literal_secret_is_one() {
    let script = "ACR=shop\nkubectl create secret docker-registry acr \\\n  --namespace web \\\n  --docker-server=$ACR.azurecr.io --docker-username=\"$SP_ID\" --docker-password=\"$SP_PASSWORD\" \\\n  --dry-run=client -o yaml | kubectl apply -f -\n";
    let scripted = one("x.sh", script);
    assert!(scripted.imperative.is_empty(), "{:?}", scripted.imperative);
    let secret = named(&scripted, "v1/Secret")[0];
    assert_eq!(text(secret.body.at(&["metadata", "namespace"])), "web");
    let data = secret.body.at(&["stringData", ".dockerconfigjson"]).unwrap();
    let Value::Call(_, arguments) = &data.value else { panic!("{data:?}") };
    let hosts = arguments[0].get("auths").and_then(Node::as_map).unwrap();
    // The password is marked, and not the command around it.
    assert!(hosts.entries[0].value.get("password").unwrap().secret && !data.secret);
    assert_eq!(hosts.entries[0].key.as_str(), Some("shop.azurecr.io"));
    // Made only sometimes, it is one that may be made.
    let script =
        "if ! kubectl get secret acr; then\n  kubectl create secret docker-registry acr -n web --docker-server=x\nfi";
    let found = found("x.sh", script);
    assert_eq!(found.first().map(|it| (it.makes, it.secret.as_deref())), Some((Makes::Secret, Some("acr"))));
}

#[test]
fn accounts_get_their_secrets() {
    let script = "kubectl patch serviceaccount default -n web -p '{\"imagePullSecrets\": [{\"name\": \"acr\"}]}'";
    let scripted = one("x.sh", script);
    assert!(scripted.imperative.is_empty());
    let account = named(&scripted, "v1/ServiceAccount")[0];
    assert_eq!(text(account.body.at(&["imagePullSecrets", "0", "name"])), "acr");
    let unclear = found("x.sh", "kubectl patch sa default -p \"$PATCH\"");
    assert_eq!(unclear.first().map(|it| it.makes), Some(Makes::AccountSecrets));
}

#[test]
fn what_is_applied_is_found_where_it_lies() {
    let files = [
        ("k8s/web.yaml", "apiVersion: v1"),
        ("k8s/overlays/prod/kustomization.yaml", ""),
        ("charts/web/Chart.yaml", "name: web"),
        ("charts/web/values-prod.yaml", ""),
        (
            "scripts/deploy.sh",
            "cd \"$(dirname \"$0\")/..\"\nkubectl apply -f k8s/web.yaml -n shop\nkustomize build k8s/overlays/prod | kubectl apply -n prod -f -\n(cd k8s/overlays/prod && kustomize edit set image web=shop.azurecr.io/web:$TAG)\nhelm upgrade --install web ./charts/web --namespace shop -f charts/web/values-prod.yaml --set image.tag=$TAG,image.repository=shop.azurecr.io/web --wait\nhelm install ingress ingress-nginx/ingress-nginx\nkubectl apply -f https://example.com/x.yaml\nkubectl apply -k k8s/overlays/prod\n",
        ),
    ];
    let (_, scripted) = tree(&files);
    let told: Vec<String> = scripted
        .deliveries
        .iter()
        .map(|it| {
            let what = match &it.parcel {
                Parcel::Chart(path) => format!("chart {path}"),
                Parcel::Kustomization(path) => format!("kustomization {path}"),
                Parcel::Manifests { path, .. } => format!("manifests {path}"),
                Parcel::Folder(path) => format!("folder {path}"),
                Parcel::SomeChart(_) => "some chart".to_owned(),
                Parcel::Elsewhere(_) => "elsewhere".to_owned(),
            };
            format!("{what} -n {}", text(it.namespace.as_ref()))
        })
        .collect();
    assert_eq!(
        told,
        [
            "manifests k8s/web.yaml -n shop",
            "kustomization k8s/overlays/prod -n prod",
            "chart charts/web -n shop",
            "elsewhere -n -",
            "kustomization k8s/overlays/prod -n -"
        ]
    );
    let layers = &scripted.deliveries[2].values;
    assert!(matches!(&layers[0], Layer::File(_)), "{layers:?}");
    assert!(matches!(&layers[1], Layer::Set { path, .. } if path.as_str() == Some("image.tag")), "{layers:?}");
    assert!(
        matches!(&layers[2], Layer::Set { value, .. } if value.as_str() == Some("shop.azurecr.io/web")),
        "{layers:?}"
    );
    let edit = &scripted.deliveries[4].edits[0];
    assert_eq!(&*edit.folder, "k8s/overlays/prod");
    let images = edit.members.at(&["images", "0", "newName"]).cloned();
    assert_eq!(images.as_ref().and_then(Node::as_str), Some("shop.azurecr.io/web"));
}

#[test]
fn pages_are_steps_by_hand() {
    let files = [("k8s/web.yaml", ""), ("README.md", "Run\n\n```sh\n$ kubectl apply -f k8s/web.yaml -n a\n```\n")];
    let (_, scripted) = tree(&files);
    assert_eq!(scripted.deliveries.len(), 1);
    assert!(scripted.deliveries[0].manual);
    assert!(scripted.lowered.deployments.is_empty());
}

#[test]
fn steps_of_pipelines_apply_and_make() {
    let files = [
        ("manifests/web.yaml", ""),
        ("charts/web/Chart.yaml", ""),
        (
            ".github/workflows/deploy.yml",
            "on: push\njobs:\n  a:\n    steps:\n      - uses: azure/k8s-create-secret@v4\n        with:\n          namespace: shop\n          secret-name: acr\n          container-registry-url: shop.azurecr.io\n          container-registry-username: ${{ secrets.USER }}\n          container-registry-password: ${{ secrets.PASSWORD }}\n      - uses: azure/k8s-deploy@v5\n        with:\n          namespace: shop\n          manifests: |\n            manifests/web.yaml\n",
        ),
        (
            "azure-pipelines.yml",
            "stages:\n  - stage: a\n    jobs:\n      - job: b\n        steps:\n          - task: HelmDeploy@0\n            inputs:\n              command: upgrade\n              chartType: FilePath\n              chartPath: charts/web\n              releaseName: web\n              namespace: shop\n              overrideValues: image.tag=$(Build.BuildId)\n",
        ),
    ];
    let (_, scripted) = tree(&files);
    assert_eq!(named(&scripted, "v1/Secret").len(), 1);
    assert!(scripted.imperative.is_empty(), "{:?}", scripted.imperative);
    assert_eq!(scripted.deliveries.len(), 2, "{:?}", scripted.deliveries);
}

#[test]
fn broken_scripts_do_no_harm() {
    let scripted = one(
        "x.sh",
        "echo \"open\naz acr create -n 'shop\naz acr create -n mill -g g --sku Basic\n$(( ${ `\nfi done }\n",
    );
    assert!(named(&scripted, "registries").iter().any(|it| it.name.as_str() == Some("mill")));
    let nested = "$(".repeat(5_000) + "az acr create -n x";
    one("x.sh", &nested);
    let open = "az aks \"$(\"".repeat(20_000);
    one("x.sh", &open);
    one("x.ps1", &open);
    one("x.ps1", &("az acr ".to_owned() + &"$($(".repeat(20_000)));
    one("x.cmd", &("az acr ".to_owned() + &"%a%^\n".repeat(50_000)));
    one("Makefile", &("X = $(X)\nY = ${X}${X}\naz acr\n".repeat(2_000)));
    let mut many = String::from("az acr create -n a\n");
    for at in 0..2_000 {
        many.push_str(&format!("if x; then V{at}=1; else V{at}=2; fi\nX=$X$V{at}\n"));
    }
    one("x.sh", &many);
}

/// What commands write into the registry `shop`.
fn written(script: &str, path: &[&str]) -> String {
    let scripted = one("deploy.sh", script);
    let updates: Vec<&Resource> = resources(&scripted).into_iter().filter(|it| it.origin == Origin::Update).collect();
    updates.first().map_or("-".to_owned(), |update| format!("{:?}", update.body.at(path).map(|it| &it.value)))
}

#[test]
fn settings_of_a_registry_are_written_in_several_ways() {
    for script in [
        "az acr update -n shop --admin-enabled",
        "az acr update -n shop --admin-enabled true",
        "az acr update -n shop --set adminUserEnabled=true",
        "az resource update --ids $(az acr show -n shop --query id -o tsv) --set properties.adminUserEnabled=true",
    ] {
        let value = written(script, &["properties", "adminUserEnabled"]);
        assert!(value.contains("Bool(true)"), "{script}: {value}");
    }
}

#[test]
fn words_that_nobody_sees_may_attach() {
    for script in ["az aks create -n a -g g \"$@\"", "az aks create -n a -g g @args.txt"] {
        let found = found("deploy.sh", script);
        assert!(found.iter().any(|it| it.makes == Makes::Grant), "{script}: {found:?}");
    }
    for script in ["run() { \"$@\"; }\nrun az aks update -n a --attach-acr shop", "az aks update -n a --attach shop"] {
        assert_eq!(named(&one("deploy.sh", script), "roleAssignments").len(), 1, "{script}");
    }
}

#[test]
fn what_is_piped_to_be_applied_may_be_a_secret() {
    let secrets = |script: &str| found("deploy.sh", script).iter().any(|it| it.makes == Makes::Secret);
    for script in [
        "cat <<EOF | kubectl apply -f -\nkind: Secret\nmetadata:\n  name: acr\nEOF\n",
        "kubectl apply -f - <<EOF\n$SECRET\nEOF\n",
        "curl -s https://x | kubectl apply -f -",
        "kubectl apply -f <(sed s/a/b/ secret.yaml)",
    ] {
        assert!(secrets(script), "{script}");
    }
    for script in [
        "kubectl create ns a --dry-run=client -o yaml | kubectl apply -f -",
        "kubectl apply -f - <<EOF\nkind: Namespace\nmetadata:\n  name: a\nEOF\n",
    ] {
        assert!(!secrets(script), "{script}");
    }
}

#[test]
fn each_arm_of_a_case_may_be_the_one() {
    let text = "case \"$ENV\" in\n prod) NS=prod;;\n dev | test)\n  NS=dev\n  ;;\nesac\nkubectl apply -f k8s -n $NS\necho done;;\nkubectl apply -f other -n late\n";
    let files = [("k8s/a.yaml", ""), ("other/b.yaml", ""), ("deploy.sh", text)];
    let contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(contents));
    let ids: Vec<SourceId> = files.iter().map(|(path, _)| store.open_path(path).unwrap()).collect();
    let read = read(&store, &ids);
    let namespace = |at: usize| read.deliveries[at].namespace.clone().unwrap();
    assert_eq!(namespace(0).as_str(), None, "{:?}", read.deliveries);
    assert_eq!(namespace(1).as_str(), Some("late"));
}

#[test]
fn a_default_is_no_certain_namespace() {
    let (_, scripted) =
        tree(&[("k8s/a.yaml", ""), ("deploy.sh", "kubectl apply -f k8s -n ${1:-dev}\nkubectl apply -f k8s -n shop\n")]);
    let namespaces: Vec<_> =
        scripted.deliveries.iter().map(|it| it.namespace.as_ref().and_then(Node::as_str)).collect();
    assert_eq!(namespaces, [None, Some("shop")], "{:?}", scripted.deliveries);
}

#[test]
fn releases_of_nobody_knows_which_chart_are_told() {
    let text = "helm upgrade -i a charts/$APP\nfor c in charts/*; do helm upgrade -i x $c; done\nhelm secrets upgrade -i a charts/a -f v.yaml\nhelm diff upgrade a charts/a\nhelm upgrade -i b bitnami/nginx\n";
    let deliveries = one("deploy.sh", text).deliveries;
    let elsewhere = deliveries.iter().filter(|it| matches!(it.parcel, Parcel::SomeChart(_)));
    assert_eq!((elsewhere.count(), deliveries.len()), (3, 3), "{deliveries:?}");
}

#[test]
fn what_one_branch_sets_in_a_kustomization_may_be_set() {
    let files = [
        ("k/kustomization.yaml", "resources: []\n"),
        (
            "deploy.sh",
            "cd k\nif [ \"$ENV\" = prod ]; then\n  kustomize edit set image web=shop.azurecr.io/web:1\nfi\nkubectl apply -k .\n",
        ),
    ];
    let (_, scripted) = tree(&files);
    let members = &scripted.deliveries[0].edits[0].members;
    assert!(members.as_map().is_some_and(|map| map.open.is_some() && map.get("images").is_some()), "{members:?}");
}
