//! Tables against the providers' schemas and against the shapes that Resource Manager has.

use serde_json::{Value as Json, json};

use super::schema_tests::attributes;
use super::{azurerm, vocabulary};
use crate::frontend::Lowered;
use crate::frontend::terraform::lower;
use crate::ir::Node;
use crate::ir::{Deployment, Resource, Target, Value};
use crate::source::MemoryFiles;
use crate::source::{SourceId, Store};

fn lowered(files: &[(&str, &str)]) -> Lowered {
    let memory = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(memory));
    let read = |path: &str| path.ends_with(".tf") || path.ends_with(".json");
    let ids: Vec<SourceId> = files
        .iter()
        .filter(|(path, _)| read(path))
        .map(|(path, text)| store.add(path, text.as_bytes().to_vec()).unwrap())
        .collect();
    lower(&store, &ids, &crate::frontend::template::Outside::default())
}

pub fn deployment(files: &[(&str, &str)]) -> Deployment {
    let mut lowered = lowered(files);
    assert_eq!((lowered.deployments.len(), lowered.problems.len()), (1, 0), "{:?}", lowered.problems);
    lowered.deployments.remove(0)
}

pub fn found<'d>(deployment: &'d Deployment, address: &str) -> &'d Resource {
    let all: Vec<String> = deployment.resources.iter().map(|resource| resource.address.to_string()).collect();
    let found = deployment.resources.iter().find(|resource| resource.address.to_string() == address);
    found.unwrap_or_else(|| panic!("no {address} among {all:?}"))
}

/// A value as JSON: a reference is `=> address#path`, an id `id: type/name`, an unknown `?`, and a list or object that may
/// have more members has a member `…`.
pub fn shown(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Float(value) => json!(value),
        Value::Str(text) => json!(&**text),
        Value::List(list) => {
            let open = list.open.iter().map(|_| json!("…"));
            Json::Array(list.items.iter().map(shown).chain(open).collect())
        }
        Value::Map(map) => {
            let entry = |entry: &crate::ir::Entry| (text(&entry.key), shown(&entry.value));
            let open = map.open.iter().map(|_| ("…".to_owned(), json!("…")));
            Json::Object(map.entries.iter().map(entry).chain(open).collect())
        }
        _ => json!(text(node)),
    }
}

pub fn text(node: &Node) -> String {
    match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Ref(reference) => match &reference.target {
            Target::Resource(address) => format!("=> {address}#{}", reference.path.join(".")),
            Target::Id(_) => "=> an id".to_owned(),
        },
        Value::Id(id) => format!("id: {}/{}", id.kind, id.names.iter().map(text).collect::<Vec<_>>().join("/")),
        Value::Concat(pieces) => pieces.iter().map(text).collect(),
        Value::Call(name, _) => format!("{name}()"),
        Value::Choice(_) => "either".to_owned(),
        _ => "?".to_owned(),
    }
}

/// The body of the resource at an address, of one file.
pub fn body(terraform: &str, address: &str) -> Json {
    let mut body = shown(&found(&deployment(&[("main.tf", terraform)]), address).body);
    if let Some(body) = body.as_object_mut() {
        body.remove("name");
    }
    body
}

#[test]
fn registries_in_all_versions_have_one_shape() {
    let policies = json!({
        "exportPolicy": { "status": "enabled" }, "trustPolicy": { "status": "enabled" },
        "retentionPolicy": { "days": 7 },
    });
    let old = body(
        r#"
resource "azurerm_container_registry" "acr" {
  name                     = "plaza"
  resource_group_name      = "rg"
  georeplication_locations = ["northeurope"]
  export_policy_enabled    = true
  retention_policy {
    days = 7
  }
  trust_policy {
    enabled = true
  }
  network_rule_set {
    default_action = "Deny"
    ip_rule {
      action   = "Allow"
      ip_range = "20.1.2.3/32"
    }
    virtual_network {
      action    = "Allow"
      subnet_id = azurerm_subnet.nodes.id
    }
  }
}
resource "azurerm_subnet" "nodes" {
}
"#,
        "azurerm_container_registry.acr",
    );
    assert_eq!(old["properties"]["policies"], policies);
    assert_eq!(old["properties"]["georeplications"], json!([{ "location": "northeurope" }]));
    assert_eq!(
        old["properties"]["networkRuleSet"],
        json!({
            "defaultAction": "Deny",
            "ipRules": [{ "action": "Allow", "value": "20.1.2.3/32" }],
            "virtualNetworkRules": [{ "action": "Allow", "id": "=> azurerm_subnet.nodes#id" }],
        })
    );
    let new = body(
        r#"
resource "azurerm_container_registry" "acr" {
  trust_policy_enabled     = true
  export_policy_enabled    = true
  retention_policy_in_days = 7
  georeplications {
    location                        = "northeurope"
    global_endpoint_routing_enabled = false
  }
  network_rule_set = [{ default_action = "Deny", ip_rule = [], virtual_network = [] }]
  identity {
    type         = "UserAssigned"
    identity_ids = ["/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"]
  }
}
"#,
        "azurerm_container_registry.acr",
    );
    assert_eq!(new["properties"]["policies"], policies);
    assert_eq!(
        new["properties"]["georeplications"],
        json!([{ "location": "northeurope", "regionEndpointEnabled": false }])
    );
    assert_eq!(new["properties"]["networkRuleSet"], json!({ "defaultAction": "Deny" }));
    assert_eq!(new["identity"]["userAssignedIdentities"].as_object().unwrap().len(), 1);
}

#[test]
fn what_is_unknown_as_a_whole_does_not_vanish() {
    let shape = body(
        r#"
variable "rules" {}
variable "replicas" {}
variable "ids" {}
resource "azurerm_container_registry" "acr" {
  network_rule_set = var.rules
  dynamic "georeplications" {
    for_each = var.replicas
    content {
      location = georeplications.value
    }
  }
  identity {
    type         = "UserAssigned"
    identity_ids = var.ids
  }
}
"#,
        "azurerm_container_registry.acr",
    );
    assert_eq!(shape["properties"]["networkRuleSet"]["defaultAction"], json!("?"));
    assert_eq!(shape["properties"]["networkRuleSet"]["ipRules"], json!("?"));
    assert_eq!(shape["properties"]["georeplications"], json!(["…"]));
    assert_eq!(shape["identity"]["userAssignedIdentities"], json!("?"));
}

#[test]
fn clusters_of_version_2_and_4_have_one_shape() {
    let old = body(
        r#"
resource "azurerm_kubernetes_cluster" "aks" {
  identity {
    type                      = "UserAssigned"
    user_assigned_identity_id = azurerm_user_assigned_identity.id.id
  }
  role_based_access_control {
    enabled = true
  }
  addon_profile {
    aci_connector_linux {
      enabled     = false
      subnet_name = "aci"
    }
    oms_agent {
      enabled = true
    }
  }
  default_node_pool {
    name                  = "system"
    vnet_subnet_id        = "subnet"
    enable_node_public_ip = true
  }
  network_profile {
    network_plugin = "azure"
    outbound_type  = "loadBalancer"
    load_balancer_profile {
      outbound_ip_address_ids = ["ip"]
    }
  }
}
resource "azurerm_user_assigned_identity" "id" {
}
"#,
        "azurerm_kubernetes_cluster.aks",
    );
    assert_eq!(
        old,
        json!({
            "identity": {
                "type": "UserAssigned",
                "userAssignedIdentities": { "=> azurerm_user_assigned_identity.id#id": {} },
            },
            "properties": {
                "networkProfile": {
                    "networkPlugin": "azure",
                    "outboundType": "loadBalancer",
                    "loadBalancerProfile": { "outboundIPs": { "publicIPs": [{ "id": "ip" }] } },
                },
                "enableRBAC": true,
                "addonProfiles": {
                    "aciConnectorLinux": { "enabled": false, "config": { "SubnetName": "aci" } },
                    "omsagent": { "enabled": true },
                },
                "agentPoolProfiles": [
                    { "mode": "System", "name": "system", "vnetSubnetID": "subnet", "enableNodePublicIP": true },
                ],
            },
        })
    );
    let new = body(
        r#"
resource "azurerm_kubernetes_cluster" "aks" {
  role_based_access_control_enabled = true
  aci_connector_linux {
    subnet_name = "aci"
  }
  network_profile {
    network_plugin = "azure"
    nat_gateway_profile {
      managed_outbound_ip_count = 2
    }
  }
  default_node_pool {
    name                   = "system"
    node_public_ip_enabled = true
  }
}
"#,
        "azurerm_kubernetes_cluster.aks",
    );
    let properties = &new["properties"];
    assert_eq!(properties["addonProfiles"]["aciConnectorLinux"]["enabled"], json!(true));
    assert_eq!(properties["networkProfile"]["natGatewayProfile"]["managedOutboundIPProfile"]["count"], json!(2));
    assert_eq!(properties["agentPoolProfiles"][0]["enableNodePublicIP"], json!(true));
}

#[test]
fn computed_lists_have_places() {
    let places = [
        (
            "azurerm_kubernetes_cluster",
            "kubelet_identity.0.object_id",
            "properties.identityProfile.kubeletidentity.objectId",
        ),
        (
            "azurerm_kubernetes_cluster",
            "agent_pool_profile.1.vnet_subnet_id",
            "properties.agentPoolProfiles.1.vnetSubnetID",
        ),
        ("azurerm_kubernetes_cluster", "default_node_pool.0.name", "properties.agentPoolProfiles.0.name"),
        (
            "azurerm_kubernetes_cluster",
            "addon_profile.0.oms_agent.0.oms_agent_identity.0.object_id",
            "properties.addonProfiles.omsagent.identity.objectId",
        ),
        ("azurerm_kubernetes_cluster", "network_profile.0.outbound_type", "properties.networkProfile.outboundType"),
        ("azurerm_container_registry", "identity.0.principal_id", "identity.principalId"),
        ("azurerm_container_registry", "admin_password", "listCredentials().passwords.0.value"),
        (
            "azurerm_firewall",
            "ip_configuration.0.private_ip_address",
            "properties.ipConfigurations.0.properties.privateIPAddress",
        ),
        (
            "azurerm_private_endpoint",
            "private_service_connection.0.private_ip_address",
            "properties.customDnsConfigs.0.ipAddresses.0",
        ),
        ("azurerm_subnet", "route_table_id", "properties.routeTable.id"),
        ("azurerm_virtual_network", "subnet.0.id", "properties.subnets.0.id"),
        ("azurerm_key_vault_secret", "id", "properties.secretUriWithVersion"),
        ("azurerm_key_vault_secret", "resource_id", "id"),
        ("azurerm_subnet", "address_prefixes.0", "properties.addressPrefixes.0"),
        ("azurerm_subnet", "private_endpoint_network_policies", "properties.privateEndpointNetworkPolicies"),
        ("azurerm_resource_group_template_deployment", "output_content.id.value", "properties.outputs.id.value"),
        ("azuread_application", "id", "id"),
        ("azuread_service_principal", "object_id", "id"),
        ("azuread_service_principal", "application_id", "appId"),
        ("kubernetes_namespace", "id", "metadata.name"),
        ("kubernetes_secret_v1", "metadata.0.name", "metadata.name"),
        ("azapi_resource", "output.properties.loginServer", "properties.loginServer"),
        // What goes on behind a value is no part of it.
        ("azurerm_kubernetes_cluster", "fqdn.kubelet", "fqdn.kubelet"),
        ("azurerm_kubernetes_cluster", "node_resource_group.kubelet", "node_resource_group.kubelet"),
        // A list that is written in another shape has no place of its own.
        ("azurerm_kubernetes_cluster", "identity.0.identity_ids", "identity.0.identity_ids"),
    ];
    for (kind, path, place) in places {
        let path: Vec<std::sync::Arc<str>> = path.split('.').map(Into::into).collect();
        assert_eq!(vocabulary::path_of(kind, &path).join("."), place, "{kind} {path:?}");
    }
}

#[test]
fn children_are_named_after_parents_that_are_referred_to() {
    let deployment = deployment(&[(
        "main.tf",
        r#"
resource "azurerm_private_dns_zone" "zone" {
  name                = "privatelink.azurecr.io"
  resource_group_name = "rg"
}
resource "azurerm_private_dns_a_record" "new" {
  name                = "plaza"
  private_dns_zone_id = azurerm_private_dns_zone.zone.id
  records             = ["10.0.0.5"]
}
resource "azurerm_private_dns_a_record" "old" {
  name                = "plaza"
  zone_name           = "privatelink.azurecr.io"
  resource_group_name = "rg"
  records             = ["10.0.0.5"]
}
resource "azapi_resource" "acr" {
  type      = "Microsoft.ContainerRegistry/registries@2025-11-01"
  name      = "plaza"
  parent_id = azurerm_resource_group.rg.id
}
resource "azurerm_resource_group" "rg" {
  name = "rg"
}
"#,
    )]);
    let kind = "id: Microsoft.Network/privateDnsZones/A";
    let new = found(&deployment, "azurerm_private_dns_a_record.new");
    assert_eq!(text(&new.id), format!("{kind}/=> azurerm_private_dns_zone.zone#name/plaza"));
    assert_eq!(shown(&new.body)["properties"], json!({ "aRecords": [{ "ipv4Address": "10.0.0.5" }] }));
    assert_eq!(
        text(&found(&deployment, "azurerm_private_dns_a_record.old").id),
        format!("{kind}/privatelink.azurecr.io/plaza")
    );
    let registry = found(&deployment, "azapi_resource.acr");
    let Value::Id(id) = &registry.id.value else { panic!("{:?}", registry.id) };
    assert_eq!(text(id.group.as_ref().unwrap()), "=> azurerm_resource_group.rg#name");
}

#[test]
fn assignments_for_a_time_are_requests() {
    let kind = |schedule: &str| {
        let text = format!(
            "resource \"azurerm_pim_active_role_assignment\" \"pull\" {{\n  scope = \"/subscriptions/s\"\n  principal_id = \"p\"\n  {schedule}\n}}\n"
        );
        found(&deployment(&[("main.tf", &text)]), "azurerm_pim_active_role_assignment.pull").kind.to_string()
    };
    assert_eq!(kind(""), "Microsoft.Authorization/roleAssignments");
    let request = "Microsoft.Authorization/roleAssignmentScheduleRequests";
    assert_eq!(kind("schedule {\n expiration {\n duration_days = 8\n }\n }"), request);
    assert_eq!(kind("schedule {\n start_date_time = \"2030-01-01T00:00:00Z\"\n }"), request);
}

#[test]
fn role_definitions_are_called_by_their_guid() {
    let deployment = deployment(&[(
        "main.tf",
        r#"
data "azurerm_role_definition" "by_guid" {
  role_definition_id = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
}
data "azurerm_role_definition" "by_name" {
  name = "AcrPull"
}
resource "azurerm_role_definition" "own" {
  name  = "puller"
  scope = "/subscriptions/s"
  permissions {
    actions      = ["Microsoft.ContainerRegistry/registries/pull/read"]
    data_actions = []
  }
}
"#,
    )]);
    let guid = found(&deployment, "data.azurerm_role_definition.by_guid");
    assert_eq!(text(&guid.name), "7f951dda-4ed3-4680-a7ca-43fe172d538d");
    let named = found(&deployment, "data.azurerm_role_definition.by_name");
    assert_eq!(shown(&named.body)["properties"]["roleName"], json!("AcrPull"));
    assert_eq!(
        shown(&found(&deployment, "azurerm_role_definition.own").body)["properties"]["permissions"],
        json!([{ "actions": ["Microsoft.ContainerRegistry/registries/pull/read"], "dataActions": [] }])
    );
}

#[test]
fn tokens_secrets_policies_and_templates() {
    let terraform = r#"
resource "azurerm_container_registry_token_password" "password" {
  container_registry_token_id = azurerm_container_registry_token.token.id
  password1 {
    expiry = "2020-01-01T00:00:00Z"
  }
}
resource "azurerm_container_registry_token" "token" {
  name                    = "reader"
  container_registry_name = "plaza"
  resource_group_name     = "rg"
  enabled                 = false
}
resource "azurerm_key_vault_secret" "secret" {
  name         = "acr"
  value        = "hunter2"
  key_vault_id = azurerm_key_vault.vault.id
}
resource "azurerm_key_vault" "vault" {
  name = "vault"
}
resource "azurerm_subscription_policy_assignment" "audit" {
  name                 = "audit"
  subscription_id      = "/subscriptions/s"
  policy_definition_id = "policy"
  enforce              = false
  parameters           = jsonencode({ effect = { value = "Modify" } })
}
resource "azurerm_template_deployment" "old" {
  name            = "old"
  deployment_mode = "Incremental"
  template_body   = "{\"resources\": []}"
  parameters      = { name = "plaza" }
}
"#;
    let password = body(terraform, "azurerm_container_registry_token_password.password");
    assert_eq!(
        password,
        json!({ "properties": { "credentials": {
            "passwords": [{ "name": "password1", "expiry": "2020-01-01T00:00:00Z" }],
        } } })
    );
    let token = body(terraform, "azurerm_container_registry_token.token");
    assert_eq!(token["properties"]["status"], json!("disabled"));
    let deployment = deployment(&[("main.tf", terraform)]);
    let secret = found(&deployment, "azurerm_key_vault_secret.secret");
    assert!(secret.body.at(&["properties", "value"]).unwrap().secret);
    assert_eq!(text(&secret.id), "id: Microsoft.KeyVault/vaults/secrets/=> azurerm_key_vault.vault#name/acr");
    assert_eq!(
        body(terraform, "azurerm_subscription_policy_assignment.audit")["properties"],
        json!({
            "policyDefinitionId": "policy",
            "parameters": { "effect": { "value": "Modify" } },
            "enforcementMode": "DoNotEnforce",
        })
    );
    assert_eq!(
        body(terraform, "azurerm_template_deployment.old")["properties"],
        json!({
            "mode": "Incremental", "template": { "resources": [] }, "parameters": { "name": { "value": "plaza" } },
        })
    );
}

#[test]
fn any_value_in_any_attribute_is_survived() {
    let odd = [
        json!(null),
        json!(true),
        json!(1.5),
        json!(""),
        json!("{\"a\": ["),
        json!([]),
        json!({}),
        json!([null, 1, "x", [], {}]),
        json!([[{ "name": [] }], { "name": "x", "rule": [{ "name": null }] }]),
    ];
    for value in odd {
        let change = |(at, row): (usize, &azurerm::Type)| {
            let mut named: Vec<String> =
                row.computed.iter().copied().flatten().map(|(name, _)| (*name).to_owned()).collect();
            row.fields.iter().for_each(|fields| attributes(fields, "", &mut named));
            let mut after = serde_json::Map::new();
            for name in named {
                let steps: Vec<&str> = name.split('.').collect();
                let nested = steps.iter().skip(1).rev().fold(value.clone(), |inner, step| json!([{ *step: inner }]));
                after.insert(steps[0].to_owned(), nested);
            }
            json!({
                "address": format!("{}.r{at}", row.terraform), "mode": "managed", "type": row.terraform,
                "change": { "actions": ["create"], "after": after, "after_unknown": {} },
            })
        };
        let changes: Vec<Json> = azurerm::all().enumerate().map(change).collect();
        let count = changes.len();
        let plan = json!({ "format_version": "1.2", "resource_changes": changes }).to_string();
        assert_eq!(deployment(&[("plan.json", &plan)]).resources.len(), count, "{value}");
    }
}

#[test]
fn what_a_provider_makes_is_in_its_tenant() {
    let tenant = "7c4e91d2-3b58-4f06-a8d7-15e0b9c36f42";
    let root = format!(
        r#"
        provider "azurerm" {{
          features {{}}
        }}
        provider "azurerm" {{
          alias = "hub"
          features {{}}
          tenant_id = "{tenant}"
        }}
        module "hub" {{
          source    = "./hub"
          providers = {{ azurerm = azurerm.hub }}
        }}
        resource "azurerm_container_registry" "own" {{
          name = "ownimages"
        }}
        "#
    );
    let hub = r#"resource "azurerm_container_registry" "far" { name = "farimages" }"#;
    let deployment = deployment(&[("main.tf", &root), ("hub/main.tf", hub)]);
    let of = |address: &str| found(&deployment, address).body.get("tenantId").and_then(Node::as_str).map(str::to_owned);
    assert_eq!(of("module.hub.azurerm_container_registry.far").as_deref(), Some(tenant));
    assert_eq!(of("azurerm_container_registry.own"), None);
}
