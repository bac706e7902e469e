resource "azurerm_network_security_group" "nodes" {
  name                = "nsg-nodes"
  resource_group_name = "rg-reef"
  location            = "westeurope"

  security_rule {
    name                       = "deny-all"
    priority                   = 4000
    direction                  = "Outbound"
    access                     = "Deny"
    protocol                   = "*"
    source_address_prefix      = "*"
    source_port_range          = "*"
    destination_address_prefix = "*"
    destination_port_range     = "*"
  }
}

resource "azurerm_virtual_network" "apps" {
  name                = "vnet-apps"
  resource_group_name = "rg-reef"
  location            = "westeurope"
  address_space       = ["10.7.0.0/16"]

  subnet {
    name             = "nodes"
    address_prefixes = ["10.7.0.0/20"]
    security_group   = azurerm_network_security_group.nodes.id
  }
}

resource "azurerm_container_registry" "acr" {
  name                = "reefimages"
  resource_group_name = "rg-reef"
  location            = "westeurope"
  sku                 = "Premium"
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-reef"
  resource_group_name = "rg-reef"
  location            = "westeurope"
  dns_prefix          = "reef"

  default_node_pool {
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 2
    vnet_subnet_id = var.subnet_id
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

variable "subnet_id" {
  type = string
}
