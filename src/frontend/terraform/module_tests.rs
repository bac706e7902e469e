//! Modules from elsewhere, and templates that Terraform deploys.

use super::sources::{known, registry};
use super::*;
use crate::frontend::template::Registries;
use crate::ir::{Deployment, Hides, ResourceId, Value, Why};
use crate::source::MemoryFiles;

const CLUSTER: &str = "resource \"azurerm_kubernetes_cluster\" \"aks\" {\n  name = \"aks\"\n  resource_group_name = \"rg\"\n  \
                       identity {\n    type = \"SystemAssigned\"\n  }\n}\n";
const TEMPLATE: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {"name": {"type": "string"}, "sku": {"type": "string", "defaultValue": "Basic"}},
  "resources": [{"type": "Microsoft.ContainerRegistry/registries", "apiVersion": "2023-07-01",
    "name": "[parameters('name')]", "location": "x", "sku": {"name": "[parameters('sku')]"}}],
  "outputs": {"acrId": {"type": "string", "value": "[resourceId('Microsoft.ContainerRegistry/registries', parameters('name'))]"}}
}"#;

/// What becomes of the files; those below `.terraform` lie there without the walk having found them.
fn lowered_with(files: &[(&str, &str)], outside: &Outside) -> (Store, Lowered) {
    let memory = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(memory));
    let found = files.iter().filter(|(path, _)| !path.contains(".terraform/"));
    let ids: Vec<SourceId> = found.map(|(path, text)| store.add(path, text.as_bytes().to_vec()).unwrap()).collect();
    let lowered = lower(&store, &ids, outside);
    (store, lowered)
}

fn deployment(files: &[(&str, &str)]) -> Deployment {
    let (_, mut lowered) = lowered_with(files, &Outside::default());
    assert_eq!(lowered.deployments.len(), 1, "{:?}", lowered.problems);
    lowered.deployments.remove(0)
}

fn addresses(deployment: &Deployment) -> Vec<String> {
    deployment.resources.iter().map(|resource| resource.address.to_string()).collect()
}

fn resource<'d>(deployment: &'d Deployment, kind: &str) -> &'d crate::ir::Resource {
    let found = deployment.resources.iter().find(|resource| resource.kind.ends_with(kind));
    found.unwrap_or_else(|| panic!("no {kind} among {:?}; {:?}", addresses(deployment), deployment.gaps))
}

fn known(source: &str, version: &str) -> Option<&'static str> {
    registry::known_model(source, version).map(|model| model.name)
}

#[test]
fn a_model_is_used_where_all_allowed_versions_share_it() {
    for (source, version, model) in [
        ("Azure/aks/azurerm", "9.1.0", Some("aks-5.tf")),
        ("Azure/aks/azurerm", "~> 4.2", Some("aks-4.tf")),
        // Those two always had a service principal.
        ("Azure/aks/azurerm", "~> 4.1.0", None),
        ("Azure/aks/azurerm//v4", "9.4.1", Some("aks-5.tf")),
        ("Azure/aks/azurerm", ">= 5.0, < 12", Some("aks-5.tf")),
        // The last two generations share their model, so that whatever is newest today has it.
        ("Azure/aks/azurerm", "", Some("aks-5.tf")),
        ("azure/AKS/azurerm", ">= 7", Some("aks-5.tf")),
        ("registry.opentofu.org/Azure/aks/azurerm//v4", "~> 10.0", Some("aks-5.tf")),
        ("Azure/aks/azurerm//modules/other", "", None),
        ("Azure/aks/azurerm", ">= 4.0", None),
        ("Azure/aks/azurerm", "12.0.0", None),
        ("Azure/aks/azurerm", "~> 3.0", None),
        ("Azure/aks/azurerm", "latest", None),
        ("app.terraform.io/contoso/aks/azurerm", "9.1.0", None),
        ("contoso/aks/azurerm", "", None),
        ("Azure/avm-res-containerservice-managedcluster/azurerm", "~> 0.3.0", Some("avm-cluster-0.1.tf")),
        ("Azure/avm-res-containerservice-managedcluster/azurerm", "~> 0.4", Some("avm-cluster-0.4.tf")),
        ("Azure/avm-res-containerservice-managedcluster/azurerm", "~> 0.3", None),
    ] {
        assert_eq!(known(source, version), model, "{source} {version}");
    }
}

#[test]
fn a_model_is_found_by_its_repository_too() {
    assert_eq!(known("git::https://github.com/Azure/terraform-azurerm-aks.git?ref=9.1.0", ""), Some("aks-5.tf"));
    assert_eq!(known("github.com/Azure/terraform-azurerm-aks//v4?ref=10.0.0", ""), Some("aks-5.tf"));
    assert_eq!(known("git::https://github.com/Azure/terraform-azurerm-aks.git?ref=main", ""), None);
    assert_eq!(known("git::https://example.com/Azure/terraform-azurerm-aks.git?ref=9.1.0", ""), None);
}

#[test]
fn all_models_are_whole() {
    for model in known::models() {
        let store = Store::new(MemoryFiles::default());
        let source = store.add("model", model.text.as_bytes().to_vec()).unwrap();
        let (body, faults) = crate::syntax::hcl::parse(source, model.text);
        assert!(faults.is_empty(), "{}: {faults:?}", model.name);
        let outputs: Vec<String> = body
            .blocks
            .iter()
            .filter(|block| &*block.kind == "output")
            .map(|block| format!("output \"{0}\" {{\n  value = module.it.{0}\n}}\n", block.labels[0]))
            .collect();
        // The model as a local module, each of its outputs read.
        let root = format!("module \"it\" {{\n  source = \"./it\"\n}}\n{}", outputs.concat());
        let read: Vec<String> = body
            .blocks
            .iter()
            .filter(|block| &*block.kind == "output")
            .map(|block| {
                format!(
                    "resource \"null_resource\" \"{0}\" {{\n  triggers = {{ it = module.it.{0} }}\n}}\n",
                    block.labels[0]
                )
            })
            .collect();
        let deployment = deployment(&[("main.tf", &(root + &read.concat())), ("it/main.tf", model.text)]);
        let lost = |gap: &&crate::ir::Gap| matches!(gap.why, Why::UnresolvedName(_) | Why::UnsupportedCall(_));
        let lost: Vec<_> = deployment.gaps.iter().filter(lost).map(|gap| gap.why.to_string()).collect();
        assert!(lost.is_empty(), "{}: {lost:?}", model.name);
    }
}

#[test]
fn what_a_known_module_makes_stands_at_its_call() {
    let call = "module \"aks\" {\n  source = \"Azure/aks/azurerm\"\n  version = \"9.0.0\"\n  prefix = \"shop\"\n  location = \"x\"\n  \
                resource_group_name = \"rg\"\n  attached_acr_id_map = { a = var.registry }\n}\nvariable \"registry\" {}\n";
    let deployment = deployment(&[("main.tf", call)]);
    assert_eq!(
        addresses(&deployment),
        ["module.aks.azurerm_kubernetes_cluster.main", "module.aks.azurerm_role_assignment.acr[\"a\"]"]
    );
    let cluster = resource(&deployment, "managedClusters");
    assert_eq!(cluster.name.as_str(), Some("shop-aks"));
    assert_eq!(&call[cluster.declared.range()], "module \"aks\"");
    assert_eq!(cluster.extent.range().len(), call.find("\nvariable").unwrap());
    for resource in &deployment.resources {
        let spans = [resource.declared, resource.name.span, resource.id.span, resource.body.span];
        assert!(spans.iter().all(|span| span.source == deployment.source), "{}", resource.address);
    }
    assert!(deployment.gaps.is_empty(), "{:?}", deployment.gaps);
}

#[test]
fn an_input_that_a_model_leaves_out_is_a_gap() {
    let call = "module \"acr\" {\n  source = \"Azure/avm-res-containerregistry-registry/azurerm\"\n  name = \"acr\"\n  location = \"x\"\n  \
                resource_group_name = \"rg\"\n  scope_maps = { a = { name = var.name } }\n}\nvariable \"name\" {}\n";
    let touching = |text: &str| {
        let gaps = deployment(&[("main.tf", text)]).gaps;
        gaps.iter().filter(|gap| matches!(gap.hides, Some(Hides::Touching(_)))).count()
    };
    assert_eq!(touching(call), 1);
    assert_eq!(touching(&call.replace("{ a = { name = var.name } }", "{}")), 0);
}

#[test]
fn sources_may_be_mapped_to_folders() {
    let outside = |from: &str| {
        let mapped = vec![(from.to_owned(), "vendor/aks".to_owned())];
        Outside { registries: Registries { mapped, cache: None }, ..Default::default() }
    };
    for (from, source, inner) in [
        ("Azure/aks", "Azure/aks/azurerm", "/azurerm"),
        ("registry.terraform.io/Azure/aks/azurerm", "Azure/aks/azurerm", ""),
        ("git::https://example.com/infra.git", "git::https://example.com/infra.git//aks?ref=v1", "/aks"),
        ("app.terraform.io/contoso/aks/azurerm", "app.terraform.io/contoso/aks/azurerm//modules/x", "/modules/x"),
    ] {
        let root = format!("module \"m\" {{\n  source = \"{source}\"\n}}\n");
        let path = format!("vendor/aks{inner}/main.tf");
        let (store, lowered) = lowered_with(&[("main.tf", &root), (&path, CLUSTER)], &outside(from));
        assert_eq!(lowered.deployments.len(), 1, "{from}");
        let cluster = resource(&lowered.deployments[0], "managedClusters");
        // It lies in the tree: it is edited where it is.
        assert_eq!(&*store.source(cluster.declared.source).path, path, "{from}");
    }
    let root = "module \"m\" {\n  source = \"Azure/aksx/azurerm\"\n}\n";
    let (_, lowered) = lowered_with(&[("main.tf", root), ("vendor/aks/main.tf", CLUSTER)], &outside("Azure/aks"));
    assert_eq!(lowered.deployments.len(), 2, "the mapped folder is a root of its own");
}

#[test]
fn fetched_modules_are_followed_by_the_path_of_calls() {
    let manifest = r#"{"Modules": [{"Key": "", "Source": "", "Dir": "."},
        {"Key": "a", "Source": "registry.terraform.io/contoso/a/azurerm", "Version": "1.2.0", "Dir": ".terraform/modules/a"},
        {"Key": "a.b", "Source": "git::https://example.com/b", "Dir": ".terraform/modules/a.b/sub"},
        {"Key": "out", "Source": "contoso/out/azurerm", "Version": "1.0.0", "Dir": "../../elsewhere"}]}"#;
    let inner = "module \"b\" {\n  source = \"git::https://example.com/b\"\n}\nmodule \"c\" {\n  source = \"./c\"\n}\n";
    let files = |version: &str| {
        let call = format!("module \"a\" {{\n  source = \"contoso/a/azurerm\"\n  version = \"{version}\"\n}}\n");
        let other = "module \"out\" {\n  source = \"contoso/out/azurerm\"\n}\n";
        deployment(&[
            ("infra/main.tf", &(call + other)),
            ("infra/.terraform/modules/modules.json", manifest),
            ("infra/.terraform/modules/a/main.tf", inner),
            ("infra/.terraform/modules/a/c/main.tf", &CLUSTER.replace("aks", "c")),
            ("infra/.terraform/modules/a.b/sub/main.tf", CLUSTER),
        ])
    };
    let found = files("~> 1.0");
    assert_eq!(
        addresses(&found),
        ["module.a.module.b.azurerm_kubernetes_cluster.aks", "module.a.module.c.azurerm_kubernetes_cluster.c"]
    );
    assert!(found.resources.iter().all(|it| it.declared.source == found.source && it.declared.start == 0));
    assert_eq!(found.gaps.len(), 1, "the one outside of the root: {:?}", found.gaps);
    // What is there is another version than the call wants now.
    assert!(files("~> 2.0").resources.is_empty());
}

#[test]
fn flags_of_a_fetched_module_stay_apart() {
    let manifest = r#"{"Modules": [{"Key": "a", "Source": "contoso/a/azurerm", "Version": "1.0.0", "Dir": ".terraform/modules/a"}]}"#;
    let flag = |name: &str| {
        format!(
            "resource \"azurerm_user_assigned_identity\" \"{name}\" {{\n  count = uuid() == \"{name}\" ? 1 : 0\n  name = \"{name}\"\n}}\n"
        )
    };
    let found = deployment(&[
        ("main.tf", "module \"a\" {\n  source = \"contoso/a/azurerm\"\n}\n"),
        (".terraform/modules/modules.json", manifest),
        (".terraform/modules/a/main.tf", &(flag("x") + &flag("y"))),
    ]);
    let flags: Vec<_> = found.resources.iter().flat_map(|resource| resource.deployed.atoms()).collect();
    assert_eq!(flags.len(), 2);
    assert_ne!(flags[0], flags[1]);
}

#[test]
fn rings_and_floods_end() {
    let ring = [
        ("main.tf", "module \"a\" {\n  source = \"./a\"\n}\n"),
        ("a/main.tf", "module \"b\" {\n  source = \"../a\"\n}\n"),
    ];
    let (_, lowered) = lowered_with(&ring, &Outside::default());
    assert_eq!(lowered.problems.len(), 1, "{:?}", lowered.problems);
    assert!(lowered.problems[0].message.contains("leads back"));
    let (_, itself) = lowered_with(&[("main.tf", "module \"a\" {\n  source = \"./\"\n}\n")], &Outside::default());
    assert_eq!(itself.problems.len(), 1);
    // Each level calls the next one twice: a million instances without a limit.
    let level = |at: usize| {
        let call = |name: &str| format!("module \"{name}\" {{\n  source = \"../m{}\"\n}}\n", at + 1);
        (format!("m{at}/main.tf"), call("a") + &call("b"))
    };
    let levels: Vec<(String, String)> = (0..20).map(level).collect();
    let mut files: Vec<(&str, &str)> = levels.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("m20/main.tf", CLUSTER));
    let (_, flood) = lowered_with(&files, &Outside::default());
    assert!(flood.problems.iter().any(|it| it.message.contains("module instances")));
}

#[test]
fn many_calls_of_one_module() {
    let calls: String =
        (0..200).map(|at| format!("module \"m{at}\" {{\n  source = \"./m\"\n  name = \"aks{at}\"\n}}\n")).collect();
    let module = CLUSTER.replace("\"aks\"\n", "var.name\n") + "variable \"name\" {}\n";
    let found = deployment(&[("main.tf", &calls), ("m/main.tf", &module)]);
    assert_eq!(found.resources.len(), 200);
    assert_eq!(found.resources[199].name.as_str(), Some("aks199"));
}

#[test]
fn what_is_removed_hides_only_when_it_stays() {
    let hides = |lifecycle: &str| {
        let text = format!("removed {{\n  from = azurerm_role_assignment.pull\n{lifecycle}}}\n{CLUSTER}");
        deployment(&[("main.tf", &text)]).gaps.len()
    };
    assert_eq!(hides(""), 0);
    assert_eq!(hides("  lifecycle {\n    destroy = true\n  }\n"), 0);
    assert_eq!(hides("  lifecycle {\n    destroy = false\n  }\n"), 1);
}

#[test]
fn an_imported_resource_has_its_id() {
    let id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks";
    let text = format!("import {{\n  to = azurerm_kubernetes_cluster.aks\n  id = \"{id}\"\n}}\n{CLUSTER}");
    let found = deployment(&[("main.tf", &text)]);
    let Value::Id(id) = &resource(&found, "managedClusters").id.value else { panic!("no id") };
    assert_eq!(id.subscription.as_ref().and_then(Node::as_str), Some("s"));
}

/// A deployment of the template by a resource of this type.
fn template_deployment(kind: &str, arguments: &str) -> String {
    format!("resource \"{kind}\" \"it\" {{\n  name = \"it\"\n{arguments}}}\n")
}

#[test]
fn templates_are_deployed_where_their_resource_says() {
    let content =
        "  template_content = file(\"t.json\")\n  parameters_content = jsonencode({ name = { value = \"acr\" } })\n";
    let old = "  resource_group_name = \"rg\"\n  template_body = file(\"t.json\")\n  parameters = { name = \"acr\" }\n";
    let group = format!("  resource_group_name = \"rg\"\n{content}");
    let mg = format!("  management_group_id = \"/providers/Microsoft.Management/managementGroups/mg\"\n{content}");
    let azapi = "  type = \"Microsoft.Resources/deployments@2022-09-01\"\n  parent_id = \"/subscriptions/s/resourceGroups/rg\"\n  body = {\n    \
                 properties = {\n      template = jsondecode(file(\"t.json\"))\n      parameters = { name = { value = \"acr\" } }\n    }\n  }\n";
    let cases = [
        ("azurerm_resource_group_template_deployment", group.as_str(), Some("rg")),
        ("azurerm_template_deployment", old, Some("rg")),
        ("azurerm_subscription_template_deployment", content, None),
        ("azurerm_management_group_template_deployment", &mg, None),
        ("azurerm_tenant_template_deployment", content, None),
        ("azapi_resource", azapi, Some("rg")),
    ];
    for (kind, arguments, group) in cases {
        let found = deployment(&[("main.tf", &template_deployment(kind, arguments)), ("t.json", TEMPLATE)]);
        let registry = resource(&found, "registries");
        assert_eq!(registry.name.as_str(), Some("acr"), "{kind}");
        assert!(registry.address.to_string().starts_with(&format!("{kind}.it")), "{}", registry.address);
        let own = ResourceId::parse(&registry.scope).and_then(|id| id.group);
        assert_eq!(own.as_ref().and_then(Node::as_str), group, "{kind}");
        assert!(found.gaps.is_empty(), "{kind}: {:?}", found.gaps);
    }
}

#[test]
fn a_template_keeps_references_and_gives_its_outputs() {
    let text = CLUSTER.to_owned()
        + &template_deployment(
            "azurerm_resource_group_template_deployment",
            "  count = 2\n  resource_group_name = \"rg\"\n  template_content = file(\"t.json\")\n  \
             parameters_content = jsonencode({ name = { value = azurerm_kubernetes_cluster.aks.fqdn }, sku = { value = var.sku } })\n",
        )
        + "variable \"sku\" {}\nresource \"azurerm_role_assignment\" \"pull\" {\n  \
           scope = jsondecode(azurerm_resource_group_template_deployment.it[1].output_content).acrId.value\n}\n";
    let found = deployment(&[("main.tf", &text), ("t.json", TEMPLATE)]);
    let registries: Vec<_> = found.resources.iter().filter(|it| it.kind.ends_with("registries")).collect();
    assert_eq!(registries.len(), 2);
    let Value::Ref(reference) = &registries[1].name.value else { panic!("{:?}", registries[1].name) };
    assert!(reference.is(&["properties", "fqdn"]));
    assert!(matches!(registries[1].body.at(&["sku", "name"]).and_then(Node::why), Some(Why::Parameter(_))));
    let scope = ResourceId::parse(&resource(&found, "roleAssignments").scope).expect("an id");
    assert_eq!(&*scope.kind, "Microsoft.ContainerRegistry/registries");
    assert_eq!(scope.names[0].value, registries[1].name.value);
}

#[test]
fn a_template_is_deployed_when_its_module_is() {
    let inner = template_deployment(
        "azurerm_resource_group_template_deployment",
        "  count = var.too ? 1 : 0\n  resource_group_name = \"rg\"\n  template_content = file(\"${path.module}/t.json\")\n",
    ) + "variable \"too\" {}\n";
    let root = "module \"m\" {\n  source = \"contoso/m/azurerm\"\n  count = var.all ? 1 : 0\n  too = var.too\n}\n\
                variable \"all\" {}\nvariable \"too\" {}\n";
    let manifest = r#"{"Modules": [{"Key": "m", "Source": "contoso/m/azurerm", "Dir": ".terraform/modules/m"}]}"#;
    let found = deployment(&[
        ("main.tf", root),
        (".terraform/modules/modules.json", manifest),
        (".terraform/modules/m/main.tf", &inner),
        (".terraform/modules/m/t.json", TEMPLATE),
    ]);
    let registry = resource(&found, "registries");
    assert_eq!(registry.deployed.atoms().len(), 2, "{:?}", registry.deployed);
    assert_eq!(&root[registry.declared.range()], "module \"m\"");
    assert_eq!(registry.declared.source, found.source);
}

#[test]
fn a_template_that_can_t_be_read_hides_what_it_is_given() {
    for content in ["data.http.it.response_body", "\"not json\"", "file(\"gone.json\")", "jsonencode({ a = 1 })"] {
        let arguments = format!("  resource_group_name = \"rg\"\n  template_content = {content}\n");
        let text = template_deployment("azurerm_resource_group_template_deployment", &arguments);
        let found = deployment(&[("main.tf", &(text + "data \"http\" \"it\" {}\n"))]);
        assert!(found.gaps.iter().any(|gap| matches!(gap.hides, Some(Hides::Touching(_)))), "{content}");
    }
}

#[test]
fn bicep_beside_stands_for_what_is_made_of_it() {
    let text = template_deployment(
        "azurerm_resource_group_template_deployment",
        "  resource_group_name = \"rg\"\n  template_content = file(\"${path.module}/acr.json\")\n",
    );
    let bicep = "resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: 'acr'\n}\n";
    let compiled = TEMPLATE.replace(
        "\"parameters\": {\"name\"",
        "\"metadata\": {\"_generator\": {\"name\": \"bicep\"}}, \"parameters\": {\"name\"",
    );
    for files in [vec![], vec![("infra/acr.json", compiled.as_str())]] {
        let all = [vec![("infra/main.tf", text.as_str()), ("infra/acr.bicep", bicep)], files].concat();
        let (store, lowered) = lowered_with(&all, &Outside::default());
        let registry = resource(&lowered.deployments[0], "registries");
        assert_eq!(&*store.source(registry.declared.source).path, "infra/acr.bicep");
        assert!(lowered.deployed.contains(&registry.declared.source));
        assert!(lowered.deployments[0].gaps.is_empty(), "{:?}", lowered.deployments[0].gaps);
    }
}

#[test]
fn a_plan_s_templates_are_unfolded() {
    let content = serde_json::Value::from(TEMPLATE).to_string();
    let plan = |parameters: &str, unknown: &str| {
        format!(
            r#"{{"format_version": "1.2", "resource_changes": [{{"address": "azurerm_resource_group_template_deployment.it",
            "mode": "managed", "type": "azurerm_resource_group_template_deployment", "name": "it", "change": {{"actions": ["create"],
            "after": {{"name": "it", "resource_group_name": "rg", "template_content": {content}{parameters}}}, "after_unknown": {{{unknown}}}}}}}]}}"#
        )
    };
    let given = plan(r#", "parameters_content": "{\"name\": {\"value\": \"acr\"}}""#, "");
    let found = deployment(&[("plan.json", &given)]);
    assert_eq!(resource(&found, "registries").name.as_str(), Some("acr"));
    let found = deployment(&[("plan.json", &plan("", r#""parameters_content": true"#))]);
    assert!(resource(&found, "registries").name.as_str().is_none());
}
