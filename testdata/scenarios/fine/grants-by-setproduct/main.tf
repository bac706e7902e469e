resource "azurerm_resource_group" "rg" {
  name     = "rg-product"
  location = "westeurope"
}

locals {
  names = ["first", "second"]
  pairs = {
    for pair in setproduct(keys(azurerm_kubernetes_cluster.aks), values(azurerm_container_registry.acr)) :
    "${pair[0]}-${pair[1].name}" => {
      principal = one(azurerm_kubernetes_cluster.aks[pair[0]].kubelet_identity[*].object_id)
      scope     = pair[1].id
    }
  }
}

resource "azurerm_container_registry" "acr" {
  for_each            = toset(local.names)
  name                = "${each.key}images"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "aks" {
  for_each            = { blue = 1, green = 2 }
  name                = "aks-${each.key}"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
  dns_prefix          = each.key

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = each.value
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "pull" {
  for_each             = local.pairs
  scope                = each.value.scope
  role_definition_name = "AcrPull"
  principal_id         = each.value.principal
}
