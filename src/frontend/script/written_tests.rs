//! Manifests that scripts write themselves: behind `<<`, into files, into variables.

use super::*;
use crate::ir::{Aim, Node, Parcel, Part};
use crate::source::MemoryFiles;

/// `kind image` of each workload that a script makes; `…` for what is not known, `?` where something of it was not read.
fn workloads(path: &str, text: &str) -> Vec<String> {
    let store = Store::new(MemoryFiles::default());
    let id = store.add(path, text.as_bytes().to_vec()).unwrap();
    let scripted = read(&store, &[id]);
    let told = |node: &Node| crate::ir::shown(node);
    let deployments = &scripted.lowered.deployments;
    let mut found: Vec<String> = Vec::new();
    for resource in deployments.iter().flat_map(|it| &it.resources) {
        let Some((_, kind)) = resource.kind.rsplit_once("v1/") else { continue };
        let paths: [&[&str]; 3] =
            [&["spec"], &["spec", "template", "spec"], &["spec", "jobTemplate", "spec", "template", "spec"]];
        let spec = paths.iter().find_map(|path| resource.body.at(path).filter(|it| it.get("containers").is_some()));
        let Some(containers) = spec.and_then(|spec| spec.get("containers")?.as_list()) else { continue };
        let open = spec.is_some_and(|spec| spec.as_map().is_none_or(|map| map.open.is_some()));
        for image in containers.items.iter().filter_map(|it| it.get("image")) {
            let written = store.source(id).text.get(image.span.range()).unwrap_or_default().to_owned();
            let at = written.lines().next().unwrap_or_default().to_owned();
            found.push(format!("{kind} {} <{at}>{}", told(image), if open { " open" } else { "" }));
        }
    }
    found.extend(deployments.iter().flat_map(|it| &it.gaps).map(|gap| format!("? {:?}", gap.hides)));
    found
}

const POD: &str =
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: IMAGE\n";

fn pod(image: &str) -> String {
    POD.replace("IMAGE", image)
}

fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| format!("{by}{line}\n")).collect()
}

#[test]
fn what_is_variable_in_a_text_is_filled_in() {
    let here =
        |before: &str, mark: &str, image: &str| format!("{before}kubectl apply -f - <<{mark}\n{}EOF\n", pod(image));
    for (script, wanted) in [
        (here("", "EOF", "acme.azurecr.io/web:$TAG"), "Pod acme.azurecr.io/web:… <acme.azurecr.io/web:$TAG>"),
        (here("REG=acme.azurecr.io\n", "EOF", "${REG}/web:1"), "Pod acme.azurecr.io/web:1 <${REG}/web:1>"),
        (
            here("REG=acme.azurecr.io\n", "EOF", "\"$REG/web:$(date +%s)\""),
            "Pod acme.azurecr.io/web:… <\"$REG/web:$(date +%s)\">",
        ),
        // Whoever runs it may say otherwise.
        (here("", "EOF", "${REG:-acme.azurecr.io}/web:1"), "Pod …/web:1 <${REG:-acme.azurecr.io}/web:1>"),
        (here("REG=acme.azurecr.io\n", "'EOF'", "$REG/web:1"), "Pod …/web:1 <$REG/web:1>"),
        (
            here("TAG=1\n", "EOF", "acme.azurecr.io/web:\\$TAG"),
            "Pod acme.azurecr.io/web:… <acme.azurecr.io/web:\\$TAG>",
        ),
        (
            format!("kubectl apply -f - <<-EOF\n{}\tEOF\n", indented(&pod("acme.azurecr.io/web:1"), "\t")),
            "Pod acme.azurecr.io/web:1 <acme.azurecr.io/web:1>",
        ),
        (
            format!("M=$(cat <<EOF\n{}EOF\n)\necho \"$M\" | kubectl apply -f -\n", pod("acme.azurecr.io/web:$TAG")),
            "Pod acme.azurecr.io/web:… <acme.azurecr.io/web:$TAG>",
        ),
    ] {
        assert_eq!(workloads("up.sh", &script), [wanted], "{script}");
    }
    let step = format!("kubectl apply -f - <<'EOF'\n{}EOF\n", pod("acme.azurecr.io/web:${{ github.sha }}"));
    let github = format!("on: push\njobs:\n  a:\n    steps:\n    - run: |\n{}", indented(&step, "        "));
    let wanted = "Pod acme.azurecr.io/web:… <acme.azurecr.io/web:${{ github.sha }}>";
    assert_eq!(workloads(".github/workflows/a.yml", &github), [wanted]);
    let shell = format!("$Reg = 'acme.azurecr.io'\n@\"\n{}\"@ | kubectl apply -f -\n", pod("$Reg/web:1"));
    assert_eq!(workloads("up.ps1", &shell), ["Pod acme.azurecr.io/web:1 <$Reg/web:1>"]);
}

#[test]
fn what_a_script_writes_into_a_file_is_applied() {
    let write = |how: &str, image: &str| format!("{how}{}EOF\n", pod(image));
    let saved = write("cat > /tmp/d.yaml <<EOF\n", "acme.azurecr.io/web:1");
    let whole = ["Pod acme.azurecr.io/web:1 <acme.azurecr.io/web:1>"];
    for apply in
        ["kubectl apply -f /tmp/d.yaml\n", "kubectl apply -f /tmp/\n", "cat /tmp/d.yaml | kubectl apply -f -\n"]
    {
        assert_eq!(workloads("up.sh", &format!("{saved}{apply}")), whole, "{apply}");
    }
    let tee = write("tee d.yaml <<EOF\n", "acme.azurecr.io/web:1");
    assert_eq!(workloads("up.sh", &format!("{tee}kubectl apply -f ./d.yaml\n")), whole);
    // Something changes it before, or it was never applied.
    for rest in [
        "",
        "sed -i s/acme/other/ /tmp/d.yaml\nkubectl apply -f /tmp/d.yaml\n",
        "cd /tmp; yq -i .a=1 d.yaml\nkubectl apply -f /tmp/d.yaml\n",
        "sed -i s/a/b/ /tmp/*.yaml\nkubectl apply -f /tmp/d.yaml\n",
        "kubectl delete -f /tmp/d.yaml\n",
    ] {
        assert!(workloads("up.sh", &format!("{saved}{rest}")).is_empty(), "{rest}");
    }
    let more = write("printf '%s\\n' --- >> /tmp/d.yaml\ncat >> /tmp/d.yaml <<EOF\n", "acme.azurecr.io/api:1");
    let both = workloads("up.sh", &format!("{saved}{more}kubectl apply -f /tmp/d.yaml\n"));
    assert_eq!(both.len(), 2, "{both:?}");
}

#[test]
fn what_can_not_be_read_of_a_text_is_told_and_leaves_it_open() {
    let with = |more: &str| format!("kubectl apply -f - <<EOF\n{}{more}EOF\n", pod("acme.azurecr.io/web:1"));
    let known = "Pod acme.azurecr.io/web:1 <acme.azurecr.io/web:1>";
    assert_eq!(workloads("up.sh", &with("")), [known]);
    for line in ["  $SECRETS\n", "$REST\n", "  ${KEY}: [{name: a}]\n"] {
        let found = workloads("up.sh", &with(line));
        let told = found.contains(&"? None".to_owned());
        assert!(told && found.first().is_some_and(|it| it.starts_with("Pod acme")), "{line} {found:?}");
        assert!(line.starts_with('$') || found.iter().any(|it| it.ends_with(" open")), "{line} {found:?}");
    }
    let template =
        with("").replace("  containers:\n  - name: web\n    image: acme.azurecr.io/web:1\n", "  containers: $ALL\n");
    assert_eq!(workloads("up.sh", &template), ["? None"]);
    assert_eq!(workloads("up.sh", &with("").replace("kind: Pod", "kind: $KIND # a Pod")), ["? None"]);
    assert_eq!(workloads("up.sh", &with("}\n")), ["? None"]);
    let many = with("").replace("EOF\napi", &format!("EOF\n{}api", "# $A\n".repeat(7_000)));
    assert_eq!(workloads("up.sh", &many), ["? None"]);
}

#[test]
fn commands_print_what_they_would_make() {
    for (script, wanted) in [
        (
            "kubectl create deployment a --image=x.azurecr.io/a:1 --dry-run=client -o yaml | kubectl apply -f -\n",
            "Deployment x.azurecr.io/a:1",
        ),
        ("kubectl create job a --image=x.azurecr.io/a:1\n", "Job x.azurecr.io/a:1"),
        ("kubectl create cronjob a --schedule='* * * * *' --image=x.azurecr.io/a:1\n", "CronJob x.azurecr.io/a:1"),
        (
            "kubectl run a --image=x.azurecr.io/a:1 --dry-run=client -o yaml > a.yaml\nkubectl apply -f a.yaml\n",
            "Pod x.azurecr.io/a:1",
        ),
    ] {
        let found = workloads("up.sh", script);
        assert!(matches!(found.as_slice(), [only] if only.starts_with(wanted)), "{script} {found:?}");
    }
    let dry = "kubectl create deployment a --image=x.azurecr.io/a:1 --dry-run=client -o yaml > a.yaml\n";
    assert!(workloads("up.sh", dry).is_empty());
}

#[test]
fn a_text_goes_to_the_cluster_of_its_command() {
    let store = Store::new(MemoryFiles::default());
    let get = "az aks get-credentials -n weft -g g\n";
    let script = format!("{get}cat <<EOF | kubectl apply -f -\n{}EOF\n", pod("acme.azurecr.io/web:$TAG"));
    let id = store.add("up.sh", script.into_bytes()).unwrap();
    let scripted = read(&store, &[id]);
    let deployment = &scripted.lowered.deployments[0];
    let pod = deployment.resources.iter().find(|it| it.kind.ends_with("/Pod")).unwrap();
    let site = deployment.sites.iter().find(|it| it.part == Part::Object(pod.address.clone())).unwrap();
    let Some(Aim::Cluster { name, .. }) = &site.cluster else { panic!("{site:?}") };
    assert_eq!(name.as_str(), Some("weft"));
}

#[test]
fn a_filter_counts_once_its_text_is_applied() {
    let manifest = "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: a.azurecr.io/a:1}]}\n";
    let changes = |script: &str| -> Vec<Option<String>> {
        let script = format!("{script}kubectl get pods\n");
        let files = [("k/web.yaml", manifest), ("up.sh", script.as_str())];
        let contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let store = Store::new(MemoryFiles(contents));
        let ids: Vec<_> = files.iter().map(|(path, _)| store.open_path(path).unwrap()).collect();
        read(&store, &ids);
        store.rewritten(ids[0]).into_iter().map(|it| it.by.map(|by| by.to_string())).collect()
    };
    assert_eq!(changes("sed 's/a.azurecr.io/b.azurecr.io/' k/web.yaml\n"), []);
    let applied = "sed 's/a.azurecr.io/b.azurecr.io/' k/web.yaml | kubectl apply -f -\n";
    assert_eq!(changes(applied), [Some("b.azurecr.io".to_owned())]);
    // Whether a text is only looked at isn't known.
    assert_eq!(changes("X=$(sed 's/a.azurecr.io/b.azurecr.io/' k/web.yaml)\n"), [None]);
}

#[test]
fn what_branches_write_into_one_file_stands_side_by_side() {
    let script = "if [ \"$1\" = prod ]; then\n  kustomize build prod > /x/out.yaml\nelse\n  kustomize build dev > /x/out.yaml\nfi\nkubectl apply -f /x/out.yaml\n";
    let files = [("dev/kustomization.yaml", ""), ("prod/kustomization.yaml", ""), ("up.sh", script)];
    let contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(contents));
    let ids: Vec<_> = files.iter().map(|(path, _)| store.open_path(path).unwrap()).collect();
    let applied: Vec<Parcel> = read(&store, &ids).deliveries.into_iter().map(|it| it.parcel).collect();
    assert_eq!(applied, ["prod", "dev"].map(|folder| Parcel::Kustomization(folder.into())));
}
