mod language;

use super::*;
use crate::ir::{Cond, Deployment, Hides, Key, Origin, Resource, Value};
use crate::source::MemoryFiles;

fn lowered(files: &[(&str, &str)]) -> Lowered {
    let memory = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(memory));
    let ids: Vec<SourceId> =
        files.iter().map(|(path, text)| store.add(path, text.as_bytes().to_vec()).unwrap()).collect();
    lower(&store, &ids, &Default::default())
}

fn deployment(files: &[(&str, &str)]) -> Deployment {
    let mut lowered = lowered(files);
    assert_eq!(lowered.deployments.len(), 1, "{:?}", lowered.problems);
    lowered.deployments.remove(0)
}

fn resource<'d>(deployment: &'d Deployment, address: &str) -> &'d Resource {
    let found = deployment.resources.iter().find(|resource| resource.address.to_string() == address);
    found.unwrap_or_else(|| {
        panic!(
            "no {address} among {:?}",
            deployment.resources.iter().map(|r| r.address.to_string()).collect::<Vec<_>>()
        )
    })
}

/// A reference as `address#path`, a text as it is.
fn told(node: &Node) -> String {
    match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Ref(reference) => {
            let crate::ir::Target::Resource(address) = &reference.target else { return "id".to_owned() };
            format!("{address}#{}", reference.path.join("."))
        }
        other => format!("{other:?}"),
    }
}

fn principal(resource: &Resource) -> String {
    told(resource.body.at(&["properties", "principalId"]).unwrap())
}

const CLUSTER: &str = r#"
resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks"
  resource_group_name = "rg"
  location            = "westeurope"
  identity { 
    type = "SystemAssigned" 
  }
}
resource "azurerm_container_registry" "acr" {
  name                          = "plaza"
  resource_group_name           = "rg"
  location                      = "westeurope"
  sku                           = "Premium"
  public_network_access_enabled = false
}
"#;

fn with_assignment(principal: &str) -> String {
    format!(
        "{CLUSTER}\nresource \"azurerm_role_assignment\" \"pull\" {{\n  scope = azurerm_container_registry.acr.id\n  role_definition_name = \"AcrPull\"\n  principal_id = {principal}\n}}\n"
    )
}

#[test]
fn identities_are_told_apart_in_every_spelling() {
    let kubelet = "azurerm_kubernetes_cluster.aks#properties.identityProfile.kubeletidentity.objectId";
    for (written, expected) in [
        ("azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id", kubelet),
        ("azurerm_kubernetes_cluster.aks.kubelet_identity.0.object_id", kubelet),
        ("one(azurerm_kubernetes_cluster.aks.kubelet_identity[*].object_id)", kubelet),
        ("element(azurerm_kubernetes_cluster.aks.kubelet_identity.*.object_id, 0)", kubelet),
        ("\"${azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id}\"", kubelet),
        ("try(azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id, \"\")", kubelet),
        (
            "azurerm_kubernetes_cluster.aks.identity[0].principal_id",
            "azurerm_kubernetes_cluster.aks#identity.principalId",
        ),
        ("lower(\"ABC\")", "abc"),
    ] {
        let deployment = deployment(&[("main.tf", &with_assignment(written))]);
        let pull = resource(&deployment, "azurerm_role_assignment.pull");
        assert_eq!(principal(pull), expected, "{written}");
        assert_eq!(told(&pull.scope), "azurerm_container_registry.acr#id");
    }
}

#[test]
fn arguments_have_values_and_places() {
    let text = with_assignment("azurerm_container_registry.acr.name");
    let deployment = deployment(&[("main.tf", &text)]);
    let registry = resource(&deployment, "azurerm_container_registry.acr");
    let access = registry.body.at(&["properties", "publicNetworkAccess"]).unwrap();
    assert_eq!((access.as_str(), &text[access.span.range()]), (Some("Disabled"), "false"));
    assert_eq!(&text[registry.declared.range()], "resource \"azurerm_container_registry\" \"acr\"");
    let Value::Id(id) = &registry.id.value else { panic!() };
    assert_eq!((told(id.group.as_ref().unwrap()), told(&id.names[0])), ("rg".to_owned(), "plaza".to_owned()));
    let pull = resource(&deployment, "azurerm_role_assignment.pull");
    let node = pull.body.at(&["properties", "principalId"]).unwrap();
    assert_eq!((node.as_str(), node.trail.hops().count()), (Some("plaza"), 1));
}

#[test]
fn modules_pass_values_in_and_out() {
    let files = [
        (
            "main.tf",
            "module \"aks\" {\n  source = \"./modules/aks\"\n  name = \"x\"\n}\nmodule \"pull\" {\n  source = \"./modules/pull\"\n  principal = module.aks.ids.kubelet\n}\n",
        ),
        (
            "modules/aks/main.tf",
            "variable \"name\" {}\nresource \"azurerm_kubernetes_cluster\" \"this\" {\n  name = var.name\n}\noutput \"ids\" {\n  value = { kubelet = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id }\n}\n",
        ),
        (
            "modules/pull/main.tf",
            "variable \"principal\" {}\nresource \"azurerm_role_assignment\" \"this\" {\n  principal_id = var.principal\n}\n",
        ),
    ];
    let deployment = deployment(&files);
    let pull = resource(&deployment, "module.pull.azurerm_role_assignment.this");
    assert_eq!(
        principal(pull),
        "module.aks.azurerm_kubernetes_cluster.this#properties.identityProfile.kubeletidentity.objectId"
    );
    assert_eq!(told(&resource(&deployment, "module.aks.azurerm_kubernetes_cluster.this").name), "x");
}

#[test]
fn loops_and_conditions_keep_their_instances() {
    let text = r#"
variable "on" {}
variable "names" {}
resource "azurerm_container_registry" "maybe" {
  count = var.on ? 1 : 0
  name  = "a"
}
resource "azurerm_container_registry" "two" {
  for_each = toset(["x", "y"])
  name     = "acr${each.key}"
}
resource "azurerm_container_registry" "many" {
  for_each = var.names
  name     = each.key
}
resource "azurerm_role_assignment" "chained" {
  for_each     = azurerm_container_registry.many
  scope        = each.value.id
  principal_id = azurerm_container_registry.two["y"].name
}
resource "azurerm_role_assignment" "first" {
  principal_id = azurerm_container_registry.maybe[0].name
}
resource "azurerm_role_assignment" "none" {
  count = 0
}
"#;
    let deployment = deployment(&[("main.tf", text)]);
    assert!(matches!(resource(&deployment, "azurerm_container_registry.maybe[0]").deployed, Cond::When(_)));
    assert_eq!(told(&resource(&deployment, "azurerm_container_registry.two[\"x\"]").name), "acrx");
    let many = resource(&deployment, "azurerm_container_registry.many[each]");
    let chained = resource(&deployment, "azurerm_role_assignment.chained[each]");
    let key = |resource: &Resource| resource.address.path.last().unwrap().key.clone();
    assert!(matches!(key(many), Some(Key::Each(_))));
    assert_eq!(key(many), key(chained));
    assert_eq!(told(&chained.scope), "azurerm_container_registry.many[each]#id");
    assert_eq!(principal(chained), "acry");
    assert_eq!(principal(resource(&deployment, "azurerm_role_assignment.first")), "a");
    assert!(!deployment.resources.iter().any(|resource| resource.address.to_string().contains("none")));
}

#[test]
fn variables_have_values_from_files_defaults_or_nowhere() {
    let files = [
        (
            "main.tf",
            "variable \"a\" {}\nvariable \"b\" {\n  default = \"d\"\n}\nvariable \"c\" {}\nvariable \"o\" {\n  type = object({ n = optional(string, \"filled\") })\n  default = {}\n}\nresource \"azurerm_container_registry\" \"r\" {\n  name = var.a\n  sku = var.b\n  location = var.c\n  resource_group_name = var.o.n\n}\n",
        ),
        ("terraform.tfvars", "a = \"given\"\n"),
        ("prod.tfvars", "c = \"not taken\"\n"),
        ("deploy.sh", "terraform apply -var-file=prod.tfvars\n"),
    ];
    let deployment = deployment(&files);
    let registry = resource(&deployment, "azurerm_container_registry.r");
    assert_eq!(told(&registry.name), "given");
    assert_eq!(registry.body.at(&["sku", "name"]).unwrap().as_str(), Some("d"));
    let Value::Id(group) = &registry.scope.value else { panic!() };
    assert_eq!(group.group.as_ref().unwrap().as_str(), Some("filled"));
    let location = registry.body.get("location").unwrap();
    assert!(matches!(&location.value, Value::Unknown { sym: Some(sym), .. } if &*sym.0 == ".#var:c"), "{location:?}");
}

#[test]
fn modules_from_elsewhere_are_gaps_with_their_inputs() {
    let text = format!(
        "{CLUSTER}\nmodule \"x\" {{\n  source = \"Azure/avm/azurerm\"\n  registry = azurerm_container_registry.acr.id\n}}\nresource \"azurerm_role_assignment\" \"r\" {{\n  principal_id = module.x.id\n}}\n"
    );
    let deployment = deployment(&[("main.tf", &text)]);
    let Some(Hides::Touching(inputs)) = &deployment.gaps[0].hides else { panic!("{:?}", deployment.gaps) };
    assert_eq!(told(&inputs[0]), "azurerm_container_registry.acr#id");
    let node =
        resource(&deployment, "azurerm_role_assignment.r").body.at(&["properties", "principalId"]).cloned().unwrap();
    assert!(matches!(node.why(), Some(crate::ir::Why::UnresolvedModule(_))));
}

#[test]
fn kubernetes_blocks_are_manifests() {
    let text = r#"
resource "kubernetes_deployment_v1" "web" {
  metadata {
    name = "web"
    labels = { app_name = "web" }
  }
  spec {
    template {
      spec {
        service_account_name = "puller"
        image_pull_secrets {
          name = "acr"
        }
        container {
          name  = "web"
          image = "plaza.azurecr.io/web:1"
        }
      }
    }
  }
}
resource "kubernetes_secret" "acr" {
  metadata {
    name = "acr"
  }
  type = "kubernetes.io/dockerconfigjson"
  data = { ".dockerconfigjson" = "{}" }
}
"#;
    let deployment = deployment(&[("main.tf", text)]);
    let web = resource(&deployment, "kubernetes_deployment_v1.web");
    assert_eq!(&*web.kind, "apps/v1/Deployment");
    let at = |path: &[&str]| web.body.at(path).and_then(Node::as_str).map(str::to_owned);
    assert_eq!(
        at(&["spec", "template", "spec", "containers", "0", "image"]).as_deref(),
        Some("plaza.azurecr.io/web:1")
    );
    assert_eq!(at(&["spec", "template", "spec", "imagePullSecrets", "0", "name"]).as_deref(), Some("acr"));
    assert_eq!(at(&["metadata", "namespace"]).as_deref(), Some("default"));
    assert_eq!(at(&["metadata", "labels", "app_name"]).as_deref(), Some("web"));
    let secret = resource(&deployment, "kubernetes_secret.acr");
    assert!(secret.body.get("stringData").unwrap().secret);
}

fn plan(principal: &str, extra: &str) -> String {
    format!(
        r#"{{"format_version":"1.2",{extra}"resource_changes":[
{{"address":"azurerm_kubernetes_cluster.aks[\"a\"]","mode":"managed","type":"azurerm_kubernetes_cluster","name":"aks","index":"a","change":{{"actions":["create"],"after":{{"name":"aks"}},"after_unknown":{{"id":true}}}}}},
{{"address":"azurerm_role_assignment.gone","mode":"managed","type":"azurerm_role_assignment","name":"gone","change":{{"actions":["delete"],"after":null}}}},
{{"address":"data.azurerm_container_registry.acr","mode":"data","type":"azurerm_container_registry","name":"acr","change":{{"actions":["read"],"after":{{"name":"acr"}},"after_unknown":{{"id":true}}}}}},
{{"address":"azurerm_role_assignment.pull","mode":"managed","type":"azurerm_role_assignment","name":"pull","change":{{"actions":["create"],"after":{{"role_definition_name":"AcrPull"}},"after_unknown":{{"principal_id":true,"scope":true,"role_definition_id":true}},"after_sensitive":{{"principal_id":true}}}}}}],
"configuration":{{"root_module":{{"resources":[
{{"address":"azurerm_role_assignment.pull","expressions":{{"principal_id":{{"references":[{principal}]}},"scope":{{"references":["data.azurerm_container_registry.acr.id","data.azurerm_container_registry.acr"]}}}}}}]}}}}}}"#
    )
}

#[test]
fn plans_join_what_is_unknown_through_references() {
    let one = r#""azurerm_kubernetes_cluster.aks[\"a\"].kubelet_identity[0].object_id","azurerm_kubernetes_cluster.aks[\"a\"].kubelet_identity[0]","azurerm_kubernetes_cluster.aks[\"a\"].kubelet_identity","azurerm_kubernetes_cluster.aks[\"a\"]","azurerm_kubernetes_cluster.aks""#;
    let deployment = deployment(&[("plan.json", &plan(one, ""))]);
    let pull = resource(&deployment, "azurerm_role_assignment.pull");
    assert_eq!(
        principal(pull),
        "azurerm_kubernetes_cluster.aks[\"a\"]#properties.identityProfile.kubeletidentity.objectId"
    );
    assert!(pull.body.at(&["properties", "principalId"]).unwrap().secret);
    assert_eq!(told(&pull.scope), "data.azurerm_container_registry.acr#id");
    assert_eq!(resource(&deployment, "data.azurerm_container_registry.acr").origin, Origin::Existing);
    assert!(pull.body.at(&["properties", "roleDefinitionId"]).is_none());
    assert_eq!(deployment.resources.len(), 3);
}

#[test]
fn several_operands_are_candidates_and_locals_unknown() {
    let two = r#""azurerm_kubernetes_cluster.aks[\"a\"].identity[0].principal_id","azurerm_kubernetes_cluster.aks[\"a\"].kubelet_identity[0].object_id","var.x""#;
    let first = deployment(&[("plan.json", &plan(two, ""))]);
    let node =
        resource(&first, "azurerm_role_assignment.pull").body.at(&["properties", "principalId"]).cloned().unwrap();
    assert!(matches!(&node.value, Value::Derived(candidates) if candidates.len() == 2), "{node:?}");
    let local = deployment(&[("plan.json", &plan("\"local.x\"", "\"errored\":true,"))]);
    let node =
        resource(&local, "azurerm_role_assignment.pull").body.at(&["properties", "principalId"]).cloned().unwrap();
    assert_eq!(node.why(), Some(&crate::ir::Why::KnownAfterApply));
    assert_eq!(local.gaps[0].hides, Some(Hides::Anything));
}

#[test]
fn hostile_configurations_end() {
    let doubling: String = (1..60)
        .map(|at| format!("  a{at} = [local.a{0}, local.a{0}]\n  s{at} = \"${{local.s{0}}}${{local.s{0}}}\"\n", at - 1))
        .collect();
    let nesting: String = (1..2000).map(|at| format!("  d{at} = [local.d{}]\n", at - 1)).collect();
    for text in [
        "locals {\n  a = local.b\n  b = local.a\n}\nresource \"x\" \"y\" {\n  v = local.a\n  w = x.y.w\n}\n".to_owned(),
        "resource \"x\" \"y\" {\n  count = 999999999\n  v = count.index\n}\nresource \"x\" \"z\" {\n  count = length(x.z)\n}\n".to_owned(),
        format!("locals {{\n  a0 = 1\n  s0 = \"xx\"\n{doubling}}}\nresource \"x\" \"y\" {{\n  v = local.a59\n  s = local.s59\n}}\n"),
        format!("locals {{\n  d0 = 1\n{nesting}}}\nresource \"x\" \"y\" {{\n  v = local.d1999\n}}\n"),
        "module \"m\" {\n  source = \"./\"\n  count = 2\n}\n".to_owned(),
    ] {
        lowered(&[("main.tf", &text)]);
    }
    let ring = lowered(&[
        ("a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\noutput \"o\" {\n  value = module.b.o\n}\n"),
        ("b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\noutput \"o\" {\n  value = module.a.o\n}\n"),
    ]);
    assert_eq!(ring.deployments.len(), 1);
    assert!(ring.deployments[0].gaps.iter().any(|gap| gap.hides == Some(Hides::Anything)));
}

#[test]
fn every_truncation_is_survived() {
    let text = with_assignment(
        "try([for k, v in { a = 1 } : k if v > 0][0], azurerm_kubernetes_cluster.aks.kubelet_identity[*].object_id)",
    );
    for end in 0..text.len() {
        lowered(&[("main.tf", &text[..end])]);
    }
    let plan = plan("\"azurerm_kubernetes_cluster.aks[\\\"a\\\"].id\"", "");
    for end in (0..plan.len()).step_by(7) {
        lowered(&[("plan.json", &plan[..end])]);
    }
}

#[test]
fn a_default_does_not_hold_where_something_passes_the_variable() {
    let main = "variable \"sku\" {\n  default = \"Basic\"\n}\nresource \"azurerm_container_registry\" \"r\" {\n  name = \"a\"\n  sku = var.sku\n}\n";
    let sku = |files: &[(&str, &str)]| {
        let deployment = deployment(files);
        let registry = resource(&deployment, "azurerm_container_registry.r");
        registry.body.at(&["sku", "name"]).unwrap().as_str().map(str::to_owned)
    };
    assert_eq!(sku(&[("main.tf", main)]).as_deref(), Some("Basic"));
    assert_eq!(sku(&[("main.tf", main), ("terraform.tfvars", "sku = \"Premium\"\n")]).as_deref(), Some("Premium"));
    assert_eq!(sku(&[("main.tf", main), ("env/prod.tfvars", "sku = \"Premium\"\n")]), None);
    assert_eq!(sku(&[("main.tf", main), ("env/prod/terraform.tfvars", "sku = \"Premium\"\n")]), None);
}

#[test]
fn override_files_replace_arguments_and_blocks() {
    let deployment = deployment(&[
        (
            "a_override.tf",
            "resource \"azurerm_container_registry\" \"r\" {\n  sku = \"Premium\"\n}\nlocals {\n  name = \"second\"\n}\n",
        ),
        (
            "main.tf",
            "locals {\n  name = \"first\"\n}\nresource \"azurerm_container_registry\" \"r\" {\n  name = local.name\n  sku = \"Basic\"\n}\n",
        ),
    ]);
    let registry = resource(&deployment, "azurerm_container_registry.r");
    assert_eq!(told(&registry.name), "second");
    assert_eq!(registry.body.at(&["sku", "name"]).unwrap().as_str(), Some("Premium"));
    assert_eq!(deployment.resources.len(), 1);
}
