//! Which cluster a script's deliveries go to.

use super::*;
use crate::ir::{Aim, Node, Value};
use crate::source::MemoryFiles;

/// Where each delivery goes: a cluster, `context NAME`, `…` for a name that is not known, `-` where nothing says.
fn aims(path: &str, text: &str) -> Vec<String> {
    let store = Store::new(MemoryFiles::default());
    let id = store.add(path, text.as_bytes().to_vec()).unwrap();
    read(&store, &[id]).deliveries.iter().map(|delivery| told(delivery.cluster.as_ref())).collect()
}

fn told(aim: Option<&Aim>) -> String {
    let shown = |node: &Node| match &node.value {
        Value::Str(text) => text.to_string(),
        _ => "…".to_owned(),
    };
    match aim {
        Some(Aim::Cluster { name, .. }) => shown(name),
        Some(Aim::Context(name)) => format!("context {}", shown(name)),
        None => "-".to_owned(),
    }
}

const GET: &str = "az aks get-credentials -g rg -n warp --overwrite-existing\n";

#[test]
fn credentials_say_where_what_follows_goes() {
    for (script, wanted) in [
        ("kubectl apply -f k8s\n", vec!["-"]),
        ("GETkubectl apply -f k8s\nkustomize build k8s | kubectl apply -f -\n", vec!["warp", "warp"]),
        ("NAME=weft\naz aks get-credentials --name $NAME\nkubectl apply -k k8s\n", vec!["weft"]),
        ("az aks get-credentials --name $NAME\nkubectl apply -k k8s\n", vec!["…"]),
        ("N=${1:-warp}\naz aks get-credentials --name $N\nkubectl apply -k k8s\n", vec!["…"]),
        ("for c in a b; do az aks get-credentials -n $c; kubectl apply -f k8s; done\n", vec!["a", "b"]),
        ("GETaz aks get-credentials -n weft\nkubectl apply -f k8s\n", vec!["weft"]),
        // Another tool, another file.
        ("GETgcloud container clusters get-credentials other\nkubectl apply -f k8s\n", vec!["gcloud"]),
        ("GETexport KUBECONFIG=other\nkubectl apply -f k8s\n", vec!["-"]),
        ("GETKUBECONFIG=other kubectl apply -f k8s\nkubectl apply -f k8s\n", vec!["-", "warp"]),
        ("GETkubectl apply -f k8s --kubeconfig other\n", vec!["-"]),
        ("az aks get-credentials -n warp -f other\nkubectl apply -f k8s\n", vec!["-"]),
        ("GETaz aks command invoke -n weft -g rg --command 'kubectl apply -f k8s'\n", vec!["weft"]),
        // Clusters of this machine and of other clouds.
        ("GETkind load docker-image a\nkubectl apply -f k8s\n", vec!["kind"]),
        ("GETaws s3 cp a s3://b\nkubectl apply -f k8s\n", vec!["warp"]),
        ("GETkubectl config use-context kind-kind\nkubectl apply -f k8s\n", vec!["kind-kind"]),
        // What runs only sometimes.
        ("GETif [ $X ]; then az aks get-credentials -n weft; fi\nkubectl apply -f k8s\n", vec!["-"]),
        ("if [ $X ]; then GETkubectl apply -f k8s; fi\nkubectl apply -f k8s\n", vec!["warp", "-"]),
        ("if [ $X ]; then GETelse GETfi\nkubectl apply -f k8s\n", vec!["warp"]),
        ("GETlater() { kubectl apply -f k8s; }\n", vec!["-"]),
    ] {
        assert_eq!(aims("up.sh", &script.replace("GET", GET)), wanted, "{script}");
    }
    assert_eq!(
        aims("up.ps1", "Import-AzAksCredential -ResourceGroupName g -Name warp -Force\nkubectl apply -f k8s\n"),
        ["warp"]
    );
}

#[test]
fn contexts_are_those_that_were_made_or_may_be_called_as_their_clusters() {
    for (script, wanted) in [
        (
            "GETaz aks get-credentials -n weft --context w2\nkubectl config use-context warp\nkubectl apply -f k8s\n",
            "warp",
        ),
        ("GETaz aks get-credentials -n weft --context w2\nkubectl --context w2 apply -f k8s\n", "weft"),
        ("az aks get-credentials -n weft --admin\nGETkubectl apply -f k8s --context weft-admin\n", "weft"),
        ("kubectl config use-context weft\nkubectl apply -f k8s\n", "context weft"),
        ("GETkubectl config set-context --current --namespace loom\nkubectl apply -f k8s\n", "warp"),
        ("GETkubectl config use-context $X\nkubectl apply -f k8s\n", "-"),
        ("GETkubectx weft\nkubectl apply -f k8s\n", "context weft"),
    ] {
        assert_eq!(aims("up.sh", &script.replace("GET", GET)), [wanted], "{script}");
    }
}

#[test]
fn steps_and_tasks_name_clusters() {
    let github = |steps: &str| {
        format!("on: push\njobs:\n  a:\n    steps:\n{steps}  b:\n    steps:\n    - run: kubectl apply -f k8s\n")
    };
    let set = "    - uses: Azure/aks-set-context@v4\n      with: {cluster-name: warp, resource-group: g}\n";
    let apply = "    - run: kubectl apply -f k8s\n    - uses: azure/k8s-deploy@v5\n      with: {manifests: k8s}\n";
    for (steps, wanted) in [
        (format!("{set}{apply}"), ["warp", "warp", "-"]),
        (format!("{}{apply}", set.replace("- uses", "- if: github.ref == 'x'\n      uses")), ["-", "-", "-"]),
        (format!("{set}    - uses: azure/k8s-set-context@v4\n      with: {{kubeconfig: x}}\n{apply}"), ["-", "-", "-"]),
        (format!("{set}    - uses: helm/kind-action@v1\n{apply}"), ["helm/kind-action", "helm/kind-action", "-"]),
    ] {
        assert_eq!(aims(".github/workflows/a.yml", &github(&steps)), wanted, "{steps}");
    }
    let azure = "steps:\n- task: KubernetesManifest@1\n  inputs: {action: deploy, manifests: k8s, connectionType: azureResourceManager, kubernetesCluster: warp}\n\
        - task: KubernetesManifest@1\n  inputs: {action: deploy, manifests: k8s, kubernetesServiceConnection: x}\n\
        - task: Kubernetes@1\n  inputs: {connectionType: Azure Resource Manager, kubernetesCluster: weft, command: login}\n\
        - script: kubectl apply -f k8s\n";
    assert_eq!(aims("azure-pipelines.yml", azure), ["warp", "-", "weft"]);
    let make = "a:\n\taz aks get-credentials -n warp\n\tkubectl apply -f k8s\nb:\n\tkubectl apply -f k8s\n";
    assert_eq!(aims("Makefile", make), ["warp", "-"]);
}

#[test]
fn what_is_tried_switched_off_or_called_by_nobody_goes_nowhere() {
    for (script, wanted) in [
        ("GETkubectl apply -f k8s --dry-run=server\nkubectl apply --dry-run -k k8s\nkubectl diff -f k8s\n", vec![]),
        ("GETkubectl apply -f k8s --dry-run=none\n", vec!["warp"]),
        ("GETkubectl apply --dry-run=client -o yaml -f k8s | kubectl apply -f -\n", vec!["warp"]),
        (
            "if false; then az aks get-credentials -n weft; kubectl apply -f k8s; fi\nGETkubectl apply -f k8s\n",
            vec!["warp"],
        ),
        ("if false; then kubectl apply -f k8s; else GETkubectl apply -f k8s; fi\n", vec!["warp"]),
        (
            "up() { GETkubectl apply -f k8s; }\ndown() { az aks get-credentials -n weft; kubectl apply -f k8s; }\nup\n",
            vec!["warp", "-"],
        ),
    ] {
        assert_eq!(aims("up.sh", &script.replace("GET", GET)), wanted, "{script}");
    }
    let job = "on: push\njobs:\n  a:\n    if: false\n    steps:\n    - run: kubectl apply -f k8s\n  b:\n    if: ${{ false }}\n    steps:\n    - run: kubectl apply -f k8s\n";
    assert!(aims(".github/workflows/a.yml", job).is_empty());
}

#[test]
fn scripts_that_are_called_leave_their_context_behind() {
    let files = [
        ("quiet.sh", "npm test\necho done\n"),
        ("weft.sh", "az aks get-credentials -g rg -n weft\n"),
        ("to.sh", "az aks get-credentials -g rg -n \"$1\"\n"),
        ("outer.sh", "./weft.sh\n"),
        ("round.sh", "./round.sh\naz aks get-credentials -g rg -n weft\n"),
        ("lib.sh", "use() { az aks get-credentials -g rg -n weft; }\n"),
        ("weft.ps1", "Import-AzAksCredential rg weft\n"),
        ("ctx.py", "os.system('kubectl config use-context weft')\n"),
        ("calm.py", "print('calm')\n"),
        ("Makefile", "use-weft:\n\tkubectl config use-context weft\n"),
        ("sub/Makefile", "build:\n\tgo build\n"),
    ];
    for (call, wanted) in [
        ("./quiet.sh", "warp"),
        ("./weft.sh", "weft"),
        ("bash weft.sh", "weft"),
        ("./to.sh weft", "weft"),
        ("./to.sh $X", "…"),
        ("./outer.sh", "weft"),
        ("./round.sh", "weft"),
        ("source ./lib.sh", "warp"),
        ("source ./lib.sh; use", "weft"),
        (". ./weft.sh", "weft"),
        ("pwsh -File ./weft.ps1", "weft"),
        ("python3 calm.py", "warp"),
        ("python3 ctx.py weft", "-"),
        ("./ctx.py", "-"),
        ("./elsewhere.sh", "-"),
        ("source $X", "-"),
        ("\"$X/setup.sh\"", "-"),
        ("make use-weft", "-"),
        ("make -C sub build", "warp"),
        ("npm ci; /usr/local/bin/kubectl version; ./gradlew build; bash -c 'ls'", "warp"),
        ("azd env list", "warp"),
        ("azd up", "-"),
    ] {
        let store = Store::new(MemoryFiles(
            files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect(),
        ));
        let script = format!("{GET}{call}\nkubectl apply -f k8s\n");
        let id = store.add("up.sh", script.into_bytes()).unwrap();
        let mut sources: Vec<SourceId> = files.iter().map(|(path, _)| store.open_path(path).unwrap()).collect();
        sources.push(id);
        let deliveries = read(&store, &sources).deliveries;
        let aims: Vec<String> = deliveries.iter().map(|delivery| told(delivery.cluster.as_ref())).collect();
        assert_eq!(aims, [wanted], "{call}");
    }
}

#[test]
fn the_group_and_the_subscription_beside_the_name_count() {
    for (path, script) in [
        ("up.sh", "az aks get-credentials -g loom --name warp --subscription s\nkubectl apply -f k8s\n"),
        (
            "up.ps1",
            "Import-AzAksCredential -ResourceGroupName loom -Name warp -SubscriptionId s\nkubectl apply -f k8s\n",
        ),
        ("up.ps1", "Import-AzAksCredential loom warp -SubscriptionId s\nkubectl apply -f k8s\n"),
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n  a:\n    steps:\n    - uses: azure/aks-set-context@v4\n      with: {cluster-name: warp, resource-group: loom, subscription: s}\n    - run: kubectl apply -f k8s\n",
        ),
    ] {
        let store = Store::new(MemoryFiles::default());
        let id = store.add(path, script.as_bytes().to_vec()).unwrap();
        let text = |node: &Option<Node>| node.as_ref().and_then(Node::as_str).map(str::to_owned);
        let all = read(&store, &[id]).deliveries;
        let [Delivery { cluster: Some(Aim::Cluster { name, group, subscription }), .. }] = all.as_slice() else {
            panic!("{script}: {all:?}")
        };
        let told = (name.as_str(), text(group).unwrap_or_default(), text(subscription).unwrap_or_default());
        assert_eq!(told, (Some("warp"), "loom".to_owned(), "s".to_owned()), "{script}");
    }
}
