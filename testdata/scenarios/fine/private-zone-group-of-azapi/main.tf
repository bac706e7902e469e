resource "azurerm_virtual_network" "apps" {
  name                = "vnet-apps"
  resource_group_name = "rg-harbor"
  location            = "westeurope"
  address_space       = ["10.61.0.0/16"]
}

resource "azurerm_subnet" "nodes" {
  name                 = "nodes"
  resource_group_name  = "rg-harbor"
  virtual_network_name = azurerm_virtual_network.apps.name
  address_prefixes     = ["10.61.0.0/20"]
}

resource "azurerm_subnet" "endpoints" {
  name                 = "endpoints"
  resource_group_name  = "rg-harbor"
  virtual_network_name = azurerm_virtual_network.apps.name
  address_prefixes     = ["10.61.32.0/24"]
}

resource "azurerm_container_registry" "acr" {
  name                          = "harborimages"
  resource_group_name           = "rg-harbor"
  location                      = "westeurope"
  sku                           = "Premium"
  public_network_access_enabled = false
}

resource "azapi_resource" "pe" {
  type      = "Microsoft.Network/privateEndpoints@2024-01-01"
  name      = "pe-acr"
  parent_id = "/subscriptions/5b0c6f3e-9a27-4d81-b6f4-2e9d17c8a053/resourceGroups/rg-harbor"
  location  = "westeurope"

  body = {
    properties = {
      subnet = { id = azurerm_subnet.endpoints.id }
      privateLinkServiceConnections = [{
        name = "acr"
        properties = { privateLinkServiceId = azurerm_container_registry.acr.id, groupIds = ["registry"] }
      }]
    }
  }
}

resource "azapi_resource" "group" {
  type      = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-01-01"
  name      = "default"
  parent_id = azapi_resource.pe.id

  body = {
    properties = {
      privateDnsZoneConfigs = [{ name = "acr", properties = { privateDnsZoneId = azurerm_private_dns_zone.acr.id } }]
    }
  }
}

resource "azurerm_private_dns_zone" "acr" {
  name                = "privatelink.azurecr.io"
  resource_group_name = "rg-harbor"
}

resource "azurerm_private_dns_zone_virtual_network_link" "acr_apps" {
  name                  = "apps"
  resource_group_name   = "rg-harbor"
  private_dns_zone_name = azurerm_private_dns_zone.acr.name
  virtual_network_id    = azurerm_virtual_network.apps.id
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-harbor"
  resource_group_name = "rg-harbor"
  location            = "westeurope"
  dns_prefix          = "harbor"

  default_node_pool {
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 2
    vnet_subnet_id = azurerm_subnet.nodes.id
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.acr.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
}
