resource "azurerm_virtual_network" "apps" {
  name                = "vnet-apps"
  resource_group_name = "rg-marsh"
  location            = "westeurope"
  address_space       = ["10.41.0.0/16"]
}

resource "azurerm_subnet" "nodes" {
  name                 = "nodes"
  resource_group_name  = "rg-marsh"
  virtual_network_name = azurerm_virtual_network.apps.name
  address_prefixes     = ["10.41.0.0/20"]
}

resource "azurerm_virtual_network" "hub" {
  name                = "vnet-hub"
  resource_group_name = "rg-marsh"
  location            = "westeurope"
  address_space       = ["10.40.0.0/16"]
}

resource "azurerm_subnet" "endpoints" {
  name                 = "endpoints"
  resource_group_name  = "rg-marsh"
  virtual_network_name = azurerm_virtual_network.hub.name
  address_prefixes     = ["10.40.32.0/24"]
}

resource "azurerm_virtual_network_peering" "apps" {
  name                      = "to-hub"
  resource_group_name       = "rg-marsh"
  virtual_network_name      = azurerm_virtual_network.apps.name
  remote_virtual_network_id = azurerm_virtual_network.hub.id
}

resource "azurerm_virtual_network_peering" "hub" {
  name                      = "to-apps"
  resource_group_name       = "rg-marsh"
  virtual_network_name      = azurerm_virtual_network.hub.name
  remote_virtual_network_id = azurerm_virtual_network.apps.id
}

resource "azurerm_container_registry" "acr" {
  name                          = "marshimages"
  resource_group_name           = "rg-marsh"
  location                      = "westeurope"
  sku                           = "Premium"
  public_network_access_enabled = false
}

resource "azurerm_private_endpoint" "acr" {
  name                = "pe-marshimages"
  resource_group_name = "rg-marsh"
  location            = "westeurope"
  subnet_id           = azurerm_subnet.endpoints.id

  private_service_connection {
    name                           = "acr"
    private_connection_resource_id = azurerm_container_registry.acr.id
    subresource_names              = ["registry"]
    is_manual_connection           = false
  }

  lifecycle {
    ignore_changes = [private_dns_zone_group]
  }
}

resource "azurerm_private_dns_zone" "acr" {
  name                = "privatelink.azurecr.io"
  resource_group_name = "rg-marsh"
}

resource "azurerm_private_dns_zone_virtual_network_link" "hub" {
  name                  = "hub"
  resource_group_name   = "rg-marsh"
  private_dns_zone_name = azurerm_private_dns_zone.acr.name
  virtual_network_id    = azurerm_virtual_network.hub.id
}

resource "azurerm_private_dns_zone_virtual_network_link" "apps" {
  name                  = "apps"
  resource_group_name   = "rg-marsh"
  private_dns_zone_name = azurerm_private_dns_zone.acr.name
  virtual_network_id    = azurerm_virtual_network.apps.id
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-marsh"
  resource_group_name = "rg-marsh"
  location            = "westeurope"
  dns_prefix          = "marsh"

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
