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
  name                          = "harbordevimages"
  resource_group_name           = "rg-harbor"
  location                      = "westeurope"
  sku                           = "Premium"
  public_network_access_enabled = false
}

resource "azurerm_private_endpoint" "acr" {
  name                = "pe-acr"
  resource_group_name = "rg-harbor"
  location            = "westeurope"
  subnet_id           = azurerm_subnet.endpoints.id

  private_service_connection {
    name                           = "acr"
    private_connection_resource_id = azurerm_container_registry.acr.id
    subresource_names              = ["registry"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "acr"
    private_dns_zone_ids = [azurerm_private_dns_zone.acr.id]
  }
}

resource "azurerm_private_dns_zone" "acr" {
  name                = "privatelink.azurecr.io"
  resource_group_name = "rg-harbor"
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
