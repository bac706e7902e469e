//! Versions of providers, and the providers azuread, azapi, kubernetes and helm.

use serde_json::{Value as Json, json};

use super::providers::Providers;
use super::table_tests::{body, deployment, found, shown, text};
use crate::ir::{Origin, Truth};
use crate::source::MemoryFiles;
use crate::source::Store;

#[test]
fn versions_are_narrowed_down() {
    let is_before = |constraint: &str| {
        let tree = format!(
            "{{\"provider_config\": {{\"azuread\": {{\"name\": \"azuread\", \"version_constraint\": \"{constraint}\"}}}}}}"
        );
        let store = Store::new(MemoryFiles(Default::default()));
        let source = store.add("plan.json", tree.clone().into_bytes()).unwrap();
        Providers::of_plan(&store, "", &crate::syntax::json::parse(source, &tree).0.unwrap()).is_before("azuread", 3)
    };
    for constraint in ["~> 2.0", "2.53.1", "= 2.53", ">= 2.0, < 3.0", "~> 2.53.0", "<= 2.99", "< 3.0.0-beta1"] {
        assert_eq!(is_before(constraint), Truth::Yes, "{constraint}");
    }
    for constraint in ["~> 3.0", ">= 3.0", "3.1.0", "> 3", ">= 2.0, >= 3.1", "v3.0.2"] {
        assert_eq!(is_before(constraint), Truth::No, "{constraint}");
    }
    for constraint in ["", ">= 2.0", "~> 2", "!= 3.0", "< 4", "latest", "> 99999999999999999999", "~>"] {
        let expected = if constraint == "~> 2" { Truth::Yes } else { Truth::Unknown };
        assert_eq!(is_before(constraint), expected, "{constraint}");
    }
}

#[test]
fn the_lock_file_beside_a_plan_counts() {
    let plan = json!({
        "format_version": "1.2",
        "resource_changes": [{
            "address": "azurerm_role_assignment.pull", "mode": "managed", "type": "azurerm_role_assignment",
            "change": { "actions": ["create"], "after": {}, "after_unknown": { "principal_id": true } },
        }, {
            "address": "azuread_service_principal.sp", "mode": "managed", "type": "azuread_service_principal",
            "change": { "actions": ["create"], "after": {}, "after_unknown": { "id": true, "object_id": true } },
        }],
        "configuration": {
            "provider_config": { "azuread": { "name": "azuread", "version_constraint": ">= 2.0" } },
            "root_module": { "resources": [
                { "address": "azurerm_role_assignment.pull", "mode": "managed", "expressions": {
                    "principal_id": { "references": ["azuread_service_principal.sp.id", "azuread_service_principal.sp"] },
                } },
                { "address": "azuread_service_principal.sp", "mode": "managed", "expressions": {} },
            ] },
        },
    })
    .to_string();
    let lock = |version: &str| {
        format!("provider \"registry.opentofu.org/hashicorp/azuread\" {{\n  version = \"{version}\"\n}}\n")
    };
    let principal = |files: &[(&str, &str)]| {
        let deployment = deployment(files);
        let pull = found(&deployment, "azurerm_role_assignment.pull");
        text(pull.body.at(&["properties", "principalId"]).unwrap())
    };
    let object = "=> azuread_service_principal.sp#id";
    assert_eq!(principal(&[("infra/plan.json", &plan)]), "?");
    assert_eq!(principal(&[("infra/plan.json", &plan), ("infra/.terraform.lock.hcl", &lock("2.53.1"))]), object);
    assert_eq!(
        principal(&[("infra/plan.json", &plan), ("infra/.terraform.lock.hcl", &lock("3.0.2"))]),
        format!("id: Microsoft.Graph/servicePrincipals/{object}")
    );
    assert_eq!(principal(&[("infra/plan.json", &plan), (".terraform.lock.hcl", &lock("3.0.2"))]), "?");
}

const ENTRA: &str = r#"
resource "azuread_application" "app" {
  display_name = "aks"
}
resource "azuread_service_principal" "sp" {
  client_id = azuread_application.app.client_id
}
resource "azuread_service_principal_password" "password" {
  service_principal_id = azuread_service_principal.sp.id
  end_date             = "2020-01-01T00:00:00Z"
}
resource "azurerm_role_assignment" "by_id" {
  principal_id = azuread_service_principal.sp.id
}
resource "azurerm_role_assignment" "by_object_id" {
  principal_id = azuread_service_principal.sp.object_id
}
resource "azurerm_role_assignment" "to_group" {
  principal_id = try(azuread_group.pullers.id, null)
}
resource "azuread_group" "pullers" {
  display_name = "pullers"
}
"#;

#[test]
fn ids_of_entra_depend_on_the_version() {
    let requiring =
        |version: &str| format!("terraform {{\n  required_providers {{\n    azuread = {version}\n  }}\n}}\n{ENTRA}");
    let lock = "provider \"registry.terraform.io/hashicorp/azuread\" {\n  version     = \"3.0.2\"\n  constraints = \">= 2.0.0\"\n}\n";
    let object = "=> azuread_service_principal.sp#id";
    let path = "id: Microsoft.Graph/servicePrincipals/=> azuread_service_principal.sp#id";
    let cases = [
        (vec![("main.tf", requiring("{ version = \"~> 2.0\" }"))], object),
        (vec![("main.tf", requiring("\"3.1.0\""))], path),
        (
            vec![("main.tf", requiring("null\n    entra = { source = \"hashicorp/azuread\", version = \">= 3.1\" }"))],
            path,
        ),
        (vec![("main.tf", requiring("{ source = \"hashicorp/azuread\" }"))], "?"),
        (vec![("main.tf", requiring("\">= 2.0\"")), (".terraform.lock.hcl", lock.to_owned())], path),
    ];
    for (files, expected) in cases {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let deployment = deployment(&files);
        let read = |address: &str, path: &[&str]| text(found(&deployment, address).body.at(path).unwrap());
        assert_eq!(read("azurerm_role_assignment.by_id", &["properties", "principalId"]), expected);
        // What means the object in every version, and what takes either.
        assert_eq!(read("azurerm_role_assignment.by_object_id", &["properties", "principalId"]), object);
        assert_eq!(read("azuread_service_principal_password.password", &["servicePrincipalId"]), object);
        assert_eq!(read("azuread_service_principal_password.password", &["endDateTime"]), "2020-01-01T00:00:00Z");
        assert_eq!(read("azuread_service_principal.sp", &["appId"]), "=> azuread_application.app#appId");
    }
}

#[test]
fn before_version_3_a_registry_was_classic() {
    let sku = |constraint: &str, sku: &str| {
        let text = format!(
            "terraform {{\n  required_providers {{\n    azurerm = \"{constraint}\"\n  }}\n}}\nresource \"azurerm_container_registry\" \"acr\" {{\n  name = \"plaza\"\n  {sku}\n}}\n"
        );
        body(&text, "azurerm_container_registry.acr")["sku"].take()
    };
    assert_eq!(sku("~> 2.46", ""), json!({ "name": "Classic" }));
    assert_eq!(sku("~> 2.46", "sku = \"Premium\""), json!({ "name": "Premium" }));
    assert_eq!(sku(">= 2.46", ""), Json::Null);
}

#[test]
fn azapi_in_both_versions() {
    let terraform = r#"
variable "ids" {}
resource "azapi_resource" "old" {
  type      = "Microsoft.ContainerService/managedClusters@2024-01-01"
  name      = "aks"
  parent_id = azurerm_resource_group.rg.id
  body      = jsonencode({ properties = { dnsPrefix = "aks" } })
  schema_validation_enabled = false
  response_export_values = ["properties.identityProfile"]
  identity {
    type         = "UserAssigned"
    identity_ids = var.ids
  }
}
resource "azapi_resource" "new" {
  type = "Microsoft.ContainerRegistry/registries@2025-11-01"
  name = "plaza"
  body = { properties = { adminUserEnabled = true } }
  response_export_values = { host = "properties.loginServer" }
}
resource "azurerm_resource_group" "rg" {
}
resource "azurerm_role_assignment" "pull" {
  scope                = azapi_resource.new.id
  principal_id         = jsondecode(azapi_resource.old.output).properties.identityProfile.kubeletidentity.objectId
  role_definition_name = azapi_resource.new.output.host
}
resource "azapi_resource_action" "sync" {
  type        = "Microsoft.ContainerRegistry/registries@2025-11-01"
  resource_id = azapi_resource.new.id
  action      = "regenerateCredential"
}
resource "azapi_update_resource" "mode" {
  type        = "Microsoft.ContainerRegistry/registries@2025-11-01"
  resource_id = azapi_resource.new.id
  body        = { properties = { roleAssignmentMode = "AbacRepositoryPermissions" } }
}
"#;
    let deployment = deployment(&[("main.tf", terraform)]);
    let old = shown(&found(&deployment, "azapi_resource.old").body);
    assert_eq!(old["properties"], json!({ "dnsPrefix": "aks" }));
    assert_eq!(old["identity"], json!({ "type": "UserAssigned", "userAssignedIdentities": "?" }));
    assert_eq!(old["schema_validation_enabled"], json!(false));
    let new = shown(&found(&deployment, "azapi_resource.new").body);
    assert_eq!(new["properties"], json!({ "adminUserEnabled": true }));
    assert_eq!(new["host"], json!("=> azapi_resource.new#properties.loginServer"));
    let pull = shown(&found(&deployment, "azurerm_role_assignment.pull").body);
    assert_eq!(
        pull["properties"]["principalId"],
        json!("=> azapi_resource.old#properties.identityProfile.kubeletidentity.objectId")
    );
    assert_eq!(pull["properties"]["roleDefinitionName"], json!("=> azapi_resource.new#host"));
    assert_eq!(&*found(&deployment, "azapi_resource_action.sync").kind, "Terraform/azapi_resource_action");
    let update = found(&deployment, "azapi_update_resource.mode");
    assert_eq!((update.origin, text(&update.id)), (Origin::Update, "=> azapi_resource.new#id".to_owned()));
}

#[test]
fn workloads_come_out_as_manifests() {
    let terraform = r#"
resource "kubernetes_deployment_v1" "web" {
  metadata {
    name      = "web"
    namespace = kubernetes_namespace_v1.shop.id
  }
  spec {
    template {
      spec {
        service_account_name = "puller"
        init_container {
          name  = "init"
          image = "plaza.azurecr.io/init:1"
        }
        container {
          name  = "web"
          image = "plaza.azurecr.io/web:1"
        }
        image_pull_secrets {
          name = kubernetes_secret.pull.metadata[0].name
        }
      }
    }
  }
}
resource "kubernetes_namespace_v1" "shop" {
  metadata {
    name = "shop"
  }
}
resource "kubernetes_secret" "pull" {
  metadata {
    name = "pull"
  }
  type    = "kubernetes.io/dockerconfigjson"
  data_wo = { ".dockerconfigjson" = "{}" }
}
resource "kubernetes_cron_job_v1" "night" {
  spec {
    schedule = "0 0 * * *"
    job_template {
      spec {
        template {
          spec {
            container {
              image = "plaza.azurecr.io/night:1"
            }
          }
        }
      }
    }
  }
}
resource "kubernetes_default_service_account_v1" "default" {
  image_pull_secret {
    name = "pull"
  }
}
data "kubernetes_secret_v1" "elsewhere" {
  metadata {
    name = "pull"
  }
}
resource "kubernetes_annotations" "puller" {
  api_version = "v1"
  kind        = "ServiceAccount"
  metadata {
    name = "puller"
  }
  annotations = { "kubernetes.azure.com/acr-client-id" = "client" }
}
resource "kubernetes_secret_v1_data" "filled" {
  metadata {
    name = "pull"
  }
  data = { ".dockerconfigjson" = "{}" }
}
"#;
    let web = body(terraform, "kubernetes_deployment_v1.web");
    assert_eq!(web["metadata"]["namespace"], json!("=> kubernetes_namespace_v1.shop#metadata.name"));
    assert_eq!(
        web["spec"]["template"]["spec"],
        json!({
            "serviceAccountName": "puller",
            "initContainers": [{ "name": "init", "image": "plaza.azurecr.io/init:1" }],
            "containers": [{ "name": "web", "image": "plaza.azurecr.io/web:1" }],
            "imagePullSecrets": [{ "name": "pull" }],
        })
    );
    let secret = body(terraform, "kubernetes_secret.pull");
    assert_eq!(secret["stringData"], json!({ ".dockerconfigjson": "{}" }));
    let night = body(terraform, "kubernetes_cron_job_v1.night");
    assert_eq!(
        night["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"],
        json!([{ "image": "plaza.azurecr.io/night:1" }])
    );
    let account = body(terraform, "kubernetes_default_service_account_v1.default");
    assert_eq!(account["metadata"], json!({ "namespace": "default", "name": "default" }));
    assert_eq!(account["imagePullSecrets"], json!([{ "name": "pull" }]));
    let annotated = body(terraform, "kubernetes_annotations.puller");
    assert_eq!(annotated["metadata"]["annotations"], json!({ "kubernetes.azure.com/acr-client-id": "client" }));
    assert_eq!(annotated["imagePullSecrets"], json!("?"));
    for address in ["data.kubernetes_secret_v1.elsewhere", "kubernetes_secret_v1_data.filled"] {
        let secret = body(terraform, address);
        assert_eq!((&secret["type"], &secret["data"]), (&json!("?"), &json!("?")), "{address}");
    }
}

#[test]
fn manifests_in_texts_are_read() {
    let terraform = r#"
variable "tag" {}
variable "whole" {}
resource "kubectl_manifest" "web" {
  override_namespace = "shop"
  yaml_body = <<-YAML
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      template:
        spec:
          containers:
            - image: ${azurerm_container_registry.acr.login_server}/web:${var.tag}
  YAML
}
resource "azurerm_container_registry" "acr" {
  name = "plaza"
}
resource "kubectl_manifest" "unreadable" {
  yaml_body = var.whole
}
resource "kubernetes_manifest" "secret" {
  manifest = {
    apiVersion = "v1"
    kind       = "Secret"
    data       = { password = "aHVudGVyMg==" }
  }
}
resource "kubernetes_manifest" "unreadable" {
  manifest = var.whole
}
"#;
    let deployment = deployment(&[("main.tf", terraform)]);
    let web = found(&deployment, "kubectl_manifest.web");
    assert_eq!(&*web.kind, "apps/v1/Deployment");
    let shape = shown(&web.body);
    assert_eq!(shape["metadata"], json!({ "name": "web", "namespace": "shop" }));
    assert_eq!(
        shape["spec"]["template"]["spec"]["containers"],
        json!([{ "image": "=> azurerm_container_registry.acr#properties.loginServer/web:?" }])
    );
    for address in ["kubectl_manifest.unreadable", "kubernetes_manifest.unreadable"] {
        assert_eq!(&*found(&deployment, address).kind, "Terraform/kubectl_manifest");
    }
    let secret = found(&deployment, "kubernetes_manifest.secret");
    assert!(secret.body.at(&["data", "password"]).unwrap().secret);
}

/// The images that the values of a release name.
fn images(release: &str) -> Json {
    let text = format!(
        "variable \"any\" {{}}\nresource \"azurerm_container_registry\" \"acr\" {{\n  name = \"plaza\"\n}}\nresource \"helm_release\" \"shop\" {{\n  name = \"shop\"\n  chart = \"shop\"\n{release}\n}}\n"
    );
    let deployment = deployment(&[("main.tf", &text)]);
    assert_eq!(&*found(&deployment, "helm_release.shop").kind, "Terraform/helm_release");
    let pods = deployment.resources.iter().find(|resource| &*resource.kind == "helm.sh/v3/Release");
    let Some(pods) = pods else { return Json::Null };
    assert_eq!(pods.address.to_string(), "helm_release.shop.values");
    let containers = shown(&pods.body)["spec"]["containers"].take();
    Json::Array(containers.as_array().unwrap().iter().map(|container| container["image"].clone()).collect())
}

#[test]
fn values_of_charts_name_images() {
    let host = "=> azurerm_container_registry.acr#properties.loginServer";
    let cases = [
        ("values = [\"image:\\n  repository: plaza.azurecr.io/web\\n  tag: '1'\"]", json!(["plaza.azurecr.io/web:1"])),
        (
            "values = [yamlencode({ image = { registry = azurerm_container_registry.acr.login_server, repository = \"web\", tag = var.any } })]",
            json!([format!("{host}/web:?")]),
        ),
        (
            "values = [<<-EOT\n    web:\n      image: ${azurerm_container_registry.acr.login_server}/web:1\n    EOT\n  ]",
            json!([format!("{host}/web:1")]),
        ),
        // Later layers win, settings win over all of them.
        (
            "values = [\"image: plaza.azurecr.io/a:1\", \"image: plaza.azurecr.io/b:1\"]\n  set {\n    name = \"sidecarImage\"\n    value = \"plaza.azurecr.io/c:1\"\n  }",
            json!(["plaza.azurecr.io/b:1", "plaza.azurecr.io/c:1"]),
        ),
        (
            "set = [{ name = \"a.image.repository\", value = \"plaza.azurecr.io/a\" }, { name = \"a.image.tag\", value = \"2\" }]",
            json!(["plaza.azurecr.io/a:2"]),
        ),
        (
            "values = [\"image:\\n  repository: plaza.azurecr.io/web\\n  digest: sha256:00\"]",
            json!(["plaza.azurecr.io/web@sha256:00"]),
        ),
    ];
    for (release, expected) in cases {
        assert_eq!(images(release), expected, "{release}");
    }
}

#[test]
fn values_that_leave_a_doubt_name_none() {
    for release in [
        // No host, or one that is not known.
        "values = [\"image:\\n  repository: web\\n  tag: '1'\"]",
        "values = [\"image:\\n  repository: ${var.any}\\n  tag: '1'\"]",
        "values = [\"global:\\n  imageRegistry: other.azurecr.io\\nimage:\\n  registry: plaza.azurecr.io\\n  repository: web\"]",
        // Switched off, or perhaps.
        "values = [\"web:\\n  enabled: false\\n  image: plaza.azurecr.io/web:1\"]",
        "values = [yamlencode({ web = { enabled = var.any, image = \"plaza.azurecr.io/web:1\" } })]",
        // Something later may say something else.
        "values = [\"image: plaza.azurecr.io/web:1\", var.any]",
        "values = var.any",
        "values = [\"image: plaza.azurecr.io/web:1\"]\n  set {\n    name = var.any\n    value = \"x\"\n  }",
        "values = [\"image: plaza.azurecr.io/web:1\"]\n  set {\n    name = \"image\"\n    value = var.any\n  }",
        // No image at all.
        "values = [\"repository: plaza.azurecr.io/web\"]",
        "values = [\"{{ broken\"]",
        "",
    ] {
        assert_eq!(images(release), Json::Null, "{release}");
    }
}

#[test]
fn any_text_of_values_is_survived() {
    let texts = [
        "\u{E000}0\u{E001}",
        "a: &a [*a]",
        "image: !!binary x",
        "- - - -",
        "? a\n: b",
        "image: {repository: [], tag: {}}",
    ];
    for text in texts {
        images(&format!("values = [{}]", json!(text)));
        images(&format!("values = [\"{}${{var.any}}\"]", text.replace(['"', '\n'], " ")));
    }
}
