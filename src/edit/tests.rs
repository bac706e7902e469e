//! Repairs in small trees: what is written, and where nothing is.

use crate::edit::{applied, faults};
use crate::world::Outlook;

const ACR: &str = "resource acr 'Microsoft.ContainerRegistry/registries@2025-03-01-preview' = {\n  name: 'harborimages'\n  location: 'westeurope'\n  sku: { name: 'Standard' }\n  properties: { roleAssignmentMode: 'AbacRepositoryPermissions' }\n}\n";
const AKS: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {\n  name: 'aks'\n  location: 'westeurope'\n  identity: { type: 'SystemAssigned' }\n  properties: { dnsPrefix: 'aks' }\n}\n";
const PULL: &str = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
const READER: &str = "b93aa761-3e63-49ed-ac28-beffa264f7ac";

const TF_ACR: &str = "resource \"azurerm_container_registry\" \"acr\" {\n  name                = \"harborimages\"\n  resource_group_name = \"rg\"\n  location            = \"westeurope\"\n  sku                 = \"Standard\"\n}\n";
const TF_AKS: &str = "resource \"azurerm_kubernetes_cluster\" \"aks\" {\n  name                = \"aks\"\n  resource_group_name = \"rg\"\n  location            = \"westeurope\"\n  dns_prefix          = \"aks\"\n  default_node_pool {\n    name       = \"system\"\n    vm_size    = \"Standard_D4s_v5\"\n    node_count = 2\n  }\n  identity {\n    type = \"SystemAssigned\"\n  }\n}\n";

/// What the fixes of a rule's findings make of the files: every changed file, and whether all fixes are safe.
fn repaired(rule: &str, files: &[(&str, &str)]) -> (Vec<(String, String)>, bool) {
    let input = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let linted = crate::run::lint(input, &Outlook::default());
    let found: Vec<_> = linted.report.findings.iter().filter(|finding| finding.rule == rule).collect();
    assert!(!found.is_empty(), "{rule} finds nothing: {:?}", linted.report.findings);
    let fixes: Vec<_> = found.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    let mut changed = Vec::new();
    for (path, text) in files {
        let edits = fixes.iter().flat_map(|fix| &fix.edits);
        let own = edits.filter(|(span, _)| *linted.store.source(span.source).path == **path);
        let edits: Vec<_> = own.map(|(span, by)| (span.range(), by.clone())).collect();
        let after = applied(text, &edits).unwrap();
        assert!(faults(path, &after) <= faults(path, text), "{after}");
        if after != *text {
            changed.push(((*path).to_owned(), after));
        }
    }
    (changed, fixes.iter().all(|fix| fix.safe))
}

/// The only file that is changed.
fn one(rule: &str, files: &[(&str, &str)]) -> String {
    let (mut changed, _) = repaired(rule, files);
    assert_eq!(changed.len(), 1, "{changed:?}");
    changed.pop().unwrap().1
}

fn grant(name: &str, role: &str, principal: &str) -> String {
    format!(
        "resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: {name}\n  scope: acr\n  properties: {{\n    principalId: {principal}\n    principalType: 'ServicePrincipal'\n    roleDefinitionId: {role}\n  }}\n}}\n"
    )
}

const KUBELET: &str = "aks.properties.identityProfile.kubeletidentity.objectId";

#[test]
fn a_role_in_a_variable_is_changed_where_only_the_grant_reads_it() {
    let role = "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)";
    let bicep = format!("var roleId = '{PULL}'\n{ACR}{AKS}{}", grant("guid(acr.id, roleId)", role, KUBELET));
    let after = one("ACR105", &[("main.bicep", &bicep)]);
    assert!(after.starts_with(&format!("var roleId = '{READER}'\n")), "{after}");
    // Somebody else reads it, too.
    let read = format!("{bicep}output role string = roleId\n");
    assert_eq!(repaired("ACR105", &[("main.bicep", &read)]).0, []);
}

#[test]
fn a_role_that_is_looked_up_is_changed_where_it_is_named() {
    let role =
        "resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {\n  scope: subscription()\n";
    let bicep = format!("{role}  name: '{PULL}'\n}}\n{ACR}{AKS}{}", grant("guid(acr.id)", "role.id", KUBELET));
    let after = one("ACR105", &[("main.bicep", &bicep)]);
    assert!(after.contains(&format!("  name: '{READER}'\n")), "{after}");
}

#[test]
fn a_principal_is_changed_where_a_module_is_given_it() {
    let module = "param principal string\nresource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: 'harborimages'\n  location: 'westeurope'\n  sku: { name: 'Standard' }\n}\n";
    let role = format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{PULL}')");
    let module = format!("{module}{}", grant("guid(acr.id)", &role, "principal"));
    let main = format!(
        "{AKS}module registry 'acr.bicep' = {{\n  name: 'acr'\n  params: {{\n    principal: aks.identity.principalId\n  }}\n}}\n"
    );
    let (changed, safe) = repaired("ACR102", &[("acr.bicep", &module), ("main.bicep", &main)]);
    let texts: Vec<&str> = changed.iter().map(|(_, text)| text.as_str()).collect();
    assert!(texts.iter().any(|text| text.contains(&format!("    principal: {KUBELET}\n"))), "{texts:?}");
    assert!(safe && texts.iter().any(|text| text.contains("guid(acr.id, 'kubelet')")), "{texts:?}");
    let read = format!("{module}output who string = principal\n");
    assert_eq!(repaired("ACR102", &[("acr.bicep", &read), ("main.bicep", &main)]).0, []);
}

#[test]
fn a_grant_without_a_guid_for_its_name_is_changed_only_with_a_look() {
    let role = format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{PULL}')");
    let acr = ACR.replace("'AbacRepositoryPermissions'", "'LegacyRegistryPermissions'");
    let grant = grant("'8c1f6d8e-93d4-4a5e-8f3e-2b7c1d9a0e44'", &role, "aks.identity.principalId");
    let (changed, safe) = repaired("ACR102", &[("main.bicep", &format!("{acr}{AKS}{grant}"))]);
    assert!(changed.len() == 1 && !safe);
}

fn terraform(principal: &str, more: &str) -> String {
    format!(
        "{TF_ACR}{}resource \"azurerm_user_assigned_identity\" \"own\" {{\n  name                = \"id-own\"\n  resource_group_name = \"rg\"\n  location            = \"westeurope\"\n}}\nresource \"azurerm_role_assignment\" \"pull\" {{\n  scope                = azurerm_container_registry.acr.id\n  role_definition_name = \"AcrPull\"\n  principal_id         = {principal}\n}}\n",
        TF_AKS.replace("    type = \"SystemAssigned\"\n  }\n", &format!("    type         = \"UserAssigned\"\n    identity_ids = [azurerm_user_assigned_identity.own.id]\n  }}\n{more}"))
    )
}

#[test]
fn a_grant_that_the_cluster_waits_for_is_not_made_to_wait_for_the_cluster() {
    let right = "principal_id         = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id\n";
    let plain = terraform("azurerm_user_assigned_identity.own.principal_id", "");
    assert!(one("ACR102", &[("main.tf", &plain)]).contains(right));
    let waits =
        terraform("azurerm_user_assigned_identity.own.principal_id", "  depends_on = [azurerm_role_assignment.pull]\n");
    assert_eq!(repaired("ACR102", &[("main.tf", &waits)]).0, []);
}

#[test]
fn the_client_id_of_an_identity_becomes_its_object_id() {
    let after = one("ACR103", &[("main.tf", &terraform("azurerm_user_assigned_identity.own.client_id", ""))]);
    assert!(after.contains("principal_id         = azurerm_user_assigned_identity.own.principal_id\n"), "{after}");
}

#[test]
fn a_member_is_added_with_the_line_ends_of_the_file() {
    let role = format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{PULL}')");
    let acr = ACR.replace("'AbacRepositoryPermissions'", "'LegacyRegistryPermissions'");
    let grant = grant("guid(acr.id)", &role, KUBELET).replace("    principalType: 'ServicePrincipal'\n", "");
    let crlf = format!("{acr}{AKS}{grant}").replace('\n', "\r\n");
    let after = one("ACR111", &[("main.bicep", &crlf)]);
    assert!(after.contains("{\r\n    principalType: 'ServicePrincipal'\r\n    principalId: aks"), "{after}");
    let short = format!(
        "{acr}{AKS}{}",
        grant
            .replace("properties: {\n    ", "properties: { ")
            .replace("objectId\n    ", "objectId, ")
            .replace(")\n  }\n", ") }\n")
    );
    let after = one("ACR111", &[("main.bicep", &short)]);
    assert!(after.contains("{ principalType: 'ServicePrincipal', principalId: aks"), "{after}");
}

fn pod(secrets: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\nspec:\n{secrets}  containers:\n    - name: web\n      image: harborimages.azurecr.io/web:1\n"
    )
}

#[test]
fn entries_of_every_shape_get_a_name() {
    let after = one("ACR212", &[("pod.yaml", &pod("  imagePullSecrets:\n    - \"acr-pull\" # here\n"))]);
    assert!(after.contains("    - name: \"acr-pull\" # here\n"), "{after}");
    let after = one("ACR212", &[("pod.yaml", &pod("  imagePullSecrets: [acr-pull, { name: b }]\n"))]);
    assert!(after.contains("imagePullSecrets: [{ name: acr-pull }, { name: b }]\n"), "{after}");
}

#[test]
fn what_nobody_writes_by_hand_is_left_alone() {
    let image = "granaryimages.azurecr.com/web:1";
    let pod = pod("").replace("harborimages.azurecr.io/web:1", image);
    assert!(one("ACR702", &[("pod.yaml", &pod)]).contains("granaryimages.azurecr.io/web:1"));
    let dumped =
        pod.replace("  name: web\n  namespace", "  name: web\n  uid: a\n  resourceVersion: \"1\"\n  namespace");
    assert_eq!(repaired("ACR702", &[("pod.yaml", &dumped)]).0, []);
    let page = format!("# Run it\n\n```sh\ncat <<EOF | kubectl apply -f -\n{pod}EOF\n```\n");
    let linted = crate::run::lint(vec![("README.md".into(), page.into_bytes())], &Outlook::default());
    assert!(linted.report.findings.iter().all(|finding| finding.fix.is_none()));
}

#[test]
fn what_is_signed_or_sealed_is_left_alone() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: pull\n  namespace: shop\ntype: Opaque\nstringData:\n  .dockerconfigjson: '{\"auths\":{\"harborimages.azurecr.io\":{\"username\":\"u\",\"password\":\"n0t-a-real-token\"}}}'\n";
    let pod = pod("  imagePullSecrets:\n    - name: pull\n");
    assert!(
        one("ACR203", &[("pod.yaml", &pod), ("secret.yaml", secret)])
            .contains("type: kubernetes.io/dockerconfigjson\n")
    );
    let signed =
        secret.replace("n0t-a-real-token", "ENC[AES256_GCM,data:x]") + "sops:\n  mac: ENC[AES256_GCM,data:y]\n";
    let input = vec![("pod.yaml".into(), pod.into_bytes()), ("secret.yaml".into(), signed.into_bytes())];
    let linted = crate::run::lint(input, &Outlook::default());
    assert!(linted.report.findings.iter().all(|finding| finding.fix.is_none()));
}

#[test]
fn a_member_that_is_written_and_empty_is_not_written_twice() {
    let role = format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{PULL}')");
    let acr = ACR.replace("'AbacRepositoryPermissions'", "'LegacyRegistryPermissions'");
    let grant = grant("guid(acr.id)", &role, KUBELET).replace("'ServicePrincipal'", "null");
    assert_eq!(repaired("ACR111", &[("main.bicep", &format!("{acr}{AKS}{grant}"))]).0, []);
}

const PRIVATE: &str = include_str!("../../testdata/scenarios/broken/private-zone-misnamed/main.bicep");

#[test]
fn a_misnamed_zone_gets_its_name_and_that_of_another_service_keeps_its_own() {
    let (changed, safe) = repaired("ACR303", &[("main.bicep", PRIVATE)]);
    assert!(changed[0].1.contains("  name: 'privatelink.azurecr.io'\n") && !safe, "{changed:?}");
    let cluster = include_str!("../../testdata/scenarios/broken/private-zone-of-the-api-server/main.tf");
    assert_eq!(repaired("ACR303", &[("main.tf", cluster)]).0, []);
    // Somebody else reads the name, too.
    let shared = PRIVATE.replace("  name: 'privatelink.acr.io'", "  name: zoneName");
    let shared = format!("var zoneName = 'privatelink.acr.io'\n{shared}output zone string = zoneName\n");
    assert_eq!(repaired("ACR303", &[("main.bicep", &shared)]).0, []);
}

#[test]
fn the_group_of_an_endpoint_is_changed_where_it_is_the_only_one() {
    let right = PRIVATE.replace("privatelink.acr.io", "privatelink.azurecr.io");
    let asks = |groups: &str| right.replace("groupIds: ['registry']", &format!("groupIds: {groups}"));
    let (changed, safe) = repaired("ACR306", &[("main.bicep", &asks("['acr']"))]);
    assert!(changed[0].1.contains("groupIds: ['registry']") && safe, "{changed:?}");
    assert_eq!(repaired("ACR306", &[("main.bicep", &asks("['acr', 'data']"))]).0, []);
    let shared = format!("var part = 'acr'\n{}output part string = part\n", asks("[part]"));
    assert_eq!(repaired("ACR306", &[("main.bicep", &shared)]).0, []);
}

#[test]
fn a_reference_with_a_scheme_or_capitals_becomes_what_it_can_only_mean() {
    let pod = |image: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: {image}\n"
        )
    };
    let after = |image: &str| one("ACR701", &[("pod.yaml", &pod(image))]);
    assert_eq!(after("https://harborimages.azurecr.io/web:1"), pod("harborimages.azurecr.io/web:1"));
    assert_eq!(after("harborimages.azurecr.io/Team/Web:RC1"), pod("harborimages.azurecr.io/team/web:RC1"));
    assert_eq!(repaired("ACR701", &[("pod.yaml", &pod("'harborimages.azurecr.io/web:'"))]).0, []);
}

/// Whether a rule finds something and repairs nothing.
fn is_left_alone(rule: &str, files: &[(&str, &str)]) -> bool {
    repaired(rule, files).0.is_empty()
}

const TF_KUBELET: &str = "azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id";
const WEB: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  containers:\n    - name: web\n      image: harborimages.azurecr.io/web:1\n";

fn tf_grant(name: &str, role: &str, principal: &str) -> String {
    format!(
        "resource \"azurerm_role_assignment\" \"{name}\" {{\n  scope                = azurerm_container_registry.acr.id\n  role_definition_name = \"{role}\"\n  principal_id         = {principal}\n}}\n"
    )
}

#[test]
fn what_was_meant_for_somebody_else_is_not_given_to_the_kubelet() {
    let application = "resource \"azuread_application\" \"ci\" {\n  display_name = \"ci\"\n}\n";
    let ci = tf_grant("ci", "AcrPull", "azuread_application.ci.object_id");
    assert!(is_left_alone("ACR103", &[("main.tf", &format!("{TF_ACR}{TF_AKS}{application}{ci}")), ("web.yaml", WEB)]));
    // The cluster itself, named the wrong way, is meant.
    let own = tf_grant("aks", "AcrPull", "azurerm_kubernetes_cluster.aks.id");
    let after = one("ACR103", &[("main.tf", &format!("{TF_ACR}{TF_AKS}{own}")), ("web.yaml", WEB)]);
    assert!(after.contains(TF_KUBELET), "{after}");
    // Nodes are not to push.
    let push = tf_grant("push", "AcrPush", "azurerm_kubernetes_cluster.aks.identity[0].principal_id");
    assert!(is_left_alone("ACR102", &[("main.tf", &format!("{TF_ACR}{TF_AKS}{push}")), ("web.yaml", WEB)]));
}

#[test]
fn nothing_is_granted_twice() {
    let control = "azurerm_kubernetes_cluster.aks.identity[0].principal_id";
    let right = tf_grant("right", "AcrPull", TF_KUBELET);
    let tree = |more: &str| format!("{TF_ACR}{TF_AKS}{right}{more}");
    assert!(is_left_alone("ACR102", &[("main.tf", &tree(&tf_grant("both", "AcrPull", control))), ("web.yaml", WEB)]));
    let client = "azurerm_kubernetes_cluster.aks.id";
    assert!(is_left_alone("ACR103", &[("main.tf", &tree(&tf_grant("both", "AcrPull", client))), ("web.yaml", WEB)]));
    // Of two that miss one is enough.
    let two = format!("{TF_ACR}{TF_AKS}{}{}", tf_grant("one", "AcrPull", control), tf_grant("two", "AcrPull", control));
    let after = one("ACR102", &[("main.tf", &two), ("web.yaml", WEB)]);
    assert_eq!(after.matches(TF_KUBELET).count(), 1, "{after}");
}

#[test]
fn a_role_that_another_registry_honours_stays() {
    let group = "resource \"azurerm_resource_group\" \"rg\" {\n  name     = \"rg\"\n  location = \"westeurope\"\n}\n";
    let abac = TF_ACR.replace("\"rg\"", "azurerm_resource_group.rg.name").replace(
        "  sku                 = \"Standard\"\n",
        "  sku                 = \"Standard\"\n  role_assignment_mode = \"AbacRepositoryPermissions\"\n",
    );
    let legacy = TF_ACR
        .replace("\"rg\"", "azurerm_resource_group.rg.name")
        .replace("\"acr\"", "\"old\"")
        .replace("harborimages", "harborold");
    let grant = tf_grant("pull", "AcrPull", TF_KUBELET)
        .replace("azurerm_container_registry.acr.id", "azurerm_resource_group.rg.id");
    let own = format!("{group}{abac}{TF_AKS}{grant}");
    assert!(!is_left_alone("ACR105", &[("main.tf", &own), ("web.yaml", WEB)]));
    assert!(is_left_alone("ACR105", &[("main.tf", &format!("{own}{legacy}")), ("web.yaml", WEB)]));
}

#[test]
fn a_template_names_the_cluster_as_it_is_named_there() {
    let template = format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{ "cluster": {{ "type": "string", "defaultValue": "aks-dev" }} }},
  "resources": [
    {{ "type": "Microsoft.ContainerRegistry/registries", "apiVersion": "2023-07-01", "name": "harborimages", "location": "westeurope", "sku": {{ "name": "Standard" }} }},
    {{ "type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2024-05-01", "name": "[parameters('cluster')]", "location": "westeurope", "identity": {{ "type": "SystemAssigned" }}, "properties": {{ "dnsPrefix": "aks" }} }},
    {{
      "type": "Microsoft.Authorization/roleAssignments",
      "apiVersion": "2022-04-01",
      "name": "[guid(resourceGroup().id, 'pull')]",
      "scope": "[resourceId('Microsoft.ContainerRegistry/registries', 'harborimages')]",
      "properties": {{
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{PULL}')]",
        "principalId": "[resourceId('Microsoft.ContainerService/managedClusters', parameters('cluster'))]",
        "principalType": "ServicePrincipal"
      }}
    }}
  ]
}}"#
    );
    let after = one("ACR103", &[("azuredeploy.json", &template), ("web.yaml", WEB)]);
    let right =
        "[reference(resourceId('Microsoft.ContainerService/managedClusters', parameters('cluster'))).identityProfile";
    assert!(after.contains(right), "{after}");
}

#[test]
fn entries_that_are_no_names_are_left_alone() {
    for entry in ["- name:\n", "- 123\n", "- true\n"] {
        assert!(
            is_left_alone("ACR212", &[("pod.yaml", &pod(&format!("  imagePullSecrets:\n    {entry}")))]),
            "{entry}"
        );
    }
}

#[test]
fn all_containers_with_an_image_are_repaired_at_once() {
    let wrong = WEB.replace("azurecr.io", "azureacr.io");
    let two = format!("{wrong}    - name: sidecar\n      image: harborimages.azureacr.io/web:1\n");
    let after = one("ACR702", &[("pod.yaml", &two)]);
    assert_eq!(after.matches("harborimages.azurecr.io/web:1").count(), 2, "{after}");
}

#[test]
fn names_that_parameters_make_and_numbered_stages_are_no_slips() {
    let found = |name: &str, host: &str| {
        let acr = format!(
            "param env string = 'd'\nresource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {{\n  name: {name}\n  location: 'westeurope'\n  sku: {{ name: 'Standard' }}\n}}\n"
        );
        let web = WEB.replace("harborimages", host);
        let input = vec![("main.bicep".into(), acr.into_bytes()), ("web.yaml".into(), web.into_bytes())];
        let linted = crate::run::lint(input, &Outlook::default());
        linted.report.findings.iter().any(|finding| finding.rule == "ACR702")
    };
    assert!(found("'harborimages'", "harborimagse"));
    assert!(!found("'harborshop${env}'", "harborshopp"));
    assert!(!found("'harborshopuat2'", "harborshopuat1"));
    assert!(found("'harborshop'", "harborshop2"));
}

#[test]
fn a_list_of_secrets_goes_with_its_last_entry() {
    let acr = ACR.replace("'AbacRepositoryPermissions'", "'LegacyRegistryPermissions'");
    let role = format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{PULL}')");
    let bicep = format!("{acr}{AKS}{}", grant("guid(acr.id)", &role, KUBELET));
    let secret = |name: &str| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\n  namespace: shop\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: '{{\"auths\":{{\"harborimages.azurecr.io\":{{\"username\":\"11111111-2222-3333-4444-555555555555\",\"password\":\"n0t-a-real-one\"}}}}}}'\n"
        )
    };
    let entries = "  imagePullSecrets: # for acr\n    # the first\n    - name: one\n    - name: two\n";
    let (one_, two) = (secret("one"), secret("two"));
    let tree = [("main.bicep", bicep.as_str()), ("one.yaml", &one_), ("two.yaml", &two)];
    let whole = pod(entries);
    let linted = crate::run::lint(
        tree.iter()
            .chain([&("pod.yaml", whole.as_str())])
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect(),
        &Outlook::default(),
    );
    let fixes: Vec<_> =
        linted.report.findings.iter().filter(|it| it.rule == "ACR214").filter_map(|it| it.fix.as_ref()).collect();
    assert_eq!(fixes.len(), 2, "{:?}", linted.report.findings);
    assert_eq!(fixes[0].edits, fixes[1].edits);
    let edits: Vec<_> = fixes[0].edits.iter().map(|(span, by)| (span.range(), by.clone())).collect();
    assert_eq!(applied(&whole, &edits).unwrap(), pod(""));
}

#[test]
fn a_secret_that_pods_mount_stays_where_it_is() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: pull\n  namespace: build\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: '{\"auths\":{\"harborimages.azurecr.io\":{\"username\":\"u\",\"password\":\"n0t-a-real-token\"}}}'\n";
    let pod = pod("  imagePullSecrets:\n    - name: pull\n");
    assert!(!is_left_alone("ACR201", &[("pod.yaml", &pod), ("secret.yaml", secret)]));
    let kaniko = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: kaniko\n  namespace: build\nspec:\n  containers:\n    - name: kaniko\n      image: gcr.io/kaniko-project/executor:v1.23.2\n  volumes:\n    - name: docker\n      secret:\n        secretName: pull\n";
    assert!(is_left_alone("ACR201", &[("pod.yaml", &pod), ("secret.yaml", secret), ("kaniko.yaml", kaniko)]));
}

#[test]
fn only_a_name_that_is_one_call_gets_a_seed() {
    let acr = ACR.replace("'AbacRepositoryPermissions'", "'LegacyRegistryPermissions'");
    let role = format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{PULL}')");
    let name = "guid(acr.id) == 'x' ? 'y' : guid(aks.id)";
    let (changed, safe) =
        repaired("ACR102", &[("main.bicep", &format!("{acr}{AKS}{}", grant(name, &role, "aks.identity.principalId")))]);
    assert!(!safe && changed[0].1.contains(name), "{changed:?}");
}
