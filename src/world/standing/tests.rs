use super::super::{Outlook, World};
use super::*;
use crate::frontend::{azure_cli, script, terraform};
use crate::ir::Deployment;
use crate::source::{MemoryFiles, Store};

const SCRIPT: &str = r#"
SUB=/subscriptions/0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b634/resourceGroups/rg
az acr create -n alpha -g rg --sku Basic
az acr create -n beta -g rg --sku Basic
az acr create -n $STAGE -g rg --sku Basic
az identity create -n kube -g rg
az aks create -n one -g rg --attach-acr alpha
az aks create -n two -g rg --attach-acr ALPHA --assign-identity $SUB/providers/Microsoft.ManagedIdentity/userAssignedIdentities/plane
az aks create -n three -g rg --assign-kubelet-identity $SUB/providers/Microsoft.ManagedIdentity/userAssignedIdentities/kube
az aks create -n aks-$STAGE -g rg --attach-acr beta
az aks create -n four -g rg --service-principal 5f0e2a31-7c48-4b96-9d12-c3a8e4b70f65
az aks update -n one -g rg --attach-acr $STAGE
az role assignment create --assignee 5f0e2a31-7c48-4b96-9d12-c3a8e4b70f65 --role AcrPull --scope $SUB
az role assignment create --assignee $SOMEBODY --role AcrPull --scope $SUB/providers/Microsoft.ContainerRegistry/registries/beta
if [ $MORE ]; then
  az role assignment create --assignee $(az aks show -n three -g rg --query identityProfile.kubeletidentity.objectId -o tsv) --role AcrPull --scope $(az acr show -n alpha --query id -o tsv)
fi
az role assignment create --assignee $(az aks show -n two -g rg --query identity.principalId -o tsv) --role AcrPull --scope $(az acr show -n alpha --query id -o tsv)
"#;

const TERRAFORM: &str = r#"
variable "stage" {}
resource "azurerm_container_registry" "r" {
  name = "gamma"
  resource_group_name = "rg"
}
resource "azurerm_container_registry" "s" {
  name = "gamma${var.stage}"
  resource_group_name = "rg"
}
resource "azurerm_user_assigned_identity" "k" {
  name = "id-k"
  resource_group_name = "rg"
}
resource "azurerm_user_assigned_identity" "open" {
  name = "id-${var.stage}"
  resource_group_name = "rg"
}
resource "azurerm_kubernetes_cluster" "own" {
  name = "own"
  resource_group_name = "rg"
  identity { type = "SystemAssigned" }
}
resource "azurerm_kubernetes_cluster" "given" {
  name = "given"
  resource_group_name = "rg"
  identity {
    type = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.open.id]
  }
  kubelet_identity { user_assigned_identity_id = azurerm_user_assigned_identity.k.id }
}
resource "azurerm_role_assignment" "kubelet" {
  scope = azurerm_container_registry.r.id
  role_definition_name = "AcrPull"
  principal_id = azurerm_kubernetes_cluster.own.kubelet_identity[0].object_id
}
resource "azurerm_role_assignment" "plane" {
  scope = azurerm_container_registry.s.id
  role_definition_name = "AcrPull"
  principal_id = azurerm_kubernetes_cluster.own.identity[0].principal_id
}
resource "azurerm_role_assignment" "given" {
  scope = azurerm_container_registry.r.id
  role_definition_name = "AcrPull"
  principal_id = azurerm_user_assigned_identity.k.principal_id
}
resource "azurerm_role_assignment" "open" {
  scope = azurerm_container_registry.r.id
  role_definition_name = "AcrPull"
  principal_id = azurerm_user_assigned_identity.open.principal_id
}
resource "azurerm_role_assignment" "client" {
  scope = azurerm_container_registry.r.id
  role_definition_name = "AcrPull"
  principal_id = azurerm_user_assigned_identity.k.client_id
}
"#;

const SAVED: &str = r#"[{
  "id": "/subscriptions/0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b634/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/live",
  "name": "live", "type": "Microsoft.ContainerService/ManagedClusters", "location": "westeurope",
  "identity": {"type": "SystemAssigned", "principalId": "11111111-2222-4333-8444-555555555555"},
  "identityProfile": {"kubeletidentity": {"objectId": "99999999-2222-4333-8444-555555555555",
    "clientId": "77777777-2222-4333-8444-555555555555"}}
}]"#;

fn row(number: u32, principal: &str, scope: &str) -> String {
    let on = format!("/subscriptions/0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b634{scope}");
    format!(
        r#"{{"id": "{on}/providers/Microsoft.Authorization/roleAssignments/n{number}", "name": "n{number}",
        "type": "Microsoft.Authorization/roleAssignments", "scope": "{on}", "principalId": "{principal}",
        "principalType": "ServicePrincipal", "roleDefinitionName": "AcrPull",
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"}}"#
    )
}

fn deployments() -> Vec<Deployment> {
    let rows: Vec<String> = ["11111111", "99999999", "77777777", "00000000"]
        .iter()
        .zip(0..)
        .map(|(first, number)| row(number, &format!("{first}-2222-4333-8444-555555555555"), "/resourceGroups/rg"))
        .collect();
    let files = [
        ("d.sh", SCRIPT.to_owned()),
        ("main.tf", TERRAFORM.to_owned()),
        ("aks.json", SAVED.to_owned()),
        ("roles.json", format!("[{}]", rows.join(","))),
    ];
    let store =
        Store::new(MemoryFiles(files.iter().map(|(path, text)| ((*path).into(), text.clone().into())).collect()));
    let open = |path: &str| store.open_path(path).unwrap();
    let mut all = script::read(&store, &[open("d.sh")]).lowered.deployments;
    all.extend(terraform::lower(&store, &[open("main.tf")], &Default::default()).deployments);
    all.extend(azure_cli::lower(&store, &[open("aks.json"), open("roles.json")], &[]).deployments);
    all
}

#[test]
fn what_is_looked_up_is_what_comparing_everything_says() {
    let deployments = deployments();
    let world = World::new(&deployments, Vec::new(), Outlook::default());
    assert!(
        world.grants.len() >= 15 && world.clusters.len() >= 8 && world.registries.len() >= 5,
        "{}",
        world.grants.len()
    );
    let mut seen = std::collections::BTreeSet::new();
    for grant in &world.grants {
        for registry in &world.registries {
            assert_eq!(grant.covers(registry), grant.reaches(registry, &world.resolver), "{:?}", grant.scope);
            seen.insert(("covers", grant.covers(registry)));
        }
        for cluster in &world.clusters {
            let (holder, name) = (&grant.holder, cluster.name.as_str());
            let pulls = holder.pulls_for(cluster, &world.resolver);
            assert_eq!(grant.pulls_for(cluster), pulls, "{holder:?} {name:?}");
            let control = holder.is_control_plane_of(cluster, &world.resolver);
            assert_eq!(grant.is_control_plane_of(cluster), control, "{holder:?} {name:?}");
            seen.extend([("pulls", pulls), ("control", control)]);
        }
    }
    for what in ["covers", "pulls", "control"] {
        assert_eq!(seen.iter().filter(|(it, _)| *it == what).count(), 3, "{what}");
    }
}

#[test]
fn no_grant_that_may_matter_is_left_out() {
    let deployments = deployments();
    let world = World::new(&deployments, Vec::new(), Outlook::default());
    for registry in &world.registries {
        let on: Vec<_> = world.grants_on(registry).map(|it| &it.resource.address).collect();
        let all = world.grants.iter().filter(|it| it.covers(registry) != Truth::No);
        all.for_each(|it| assert!(on.contains(&&it.resource.address)));
    }
    let mut fewer = 0;
    for cluster in &world.clusters {
        let of: Vec<usize> = world.grants_for(cluster).map(|(at, _)| at).collect();
        assert!(of.is_sorted());
        let may = |it: &Grant<'_>| it.pulls_for(cluster) != Truth::No || it.is_control_plane_of(cluster) == Truth::Yes;
        let all = world.grants.iter().enumerate().filter(|(_, it)| may(it));
        all.for_each(|(at, _)| assert!(of.contains(&at)));
        fewer += usize::from(of.len() < world.grants.len());
    }
    assert!(fewer > 0, "every cluster asks every grant");
}
