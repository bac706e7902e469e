resource "azurerm_resource_group" "wheel" {
  name     = "rg-wheel"
  location = "westeurope"
}

resource "azurerm_virtual_network" "wheel" {
  name                = "vnet-wheel"
  resource_group_name = azurerm_resource_group.wheel.name
  location            = azurerm_resource_group.wheel.location
  address_space       = ["10.7.0.0/16"]
}

resource "azurerm_subnet" "system" {
  name                 = "snet-system"
  resource_group_name  = azurerm_resource_group.wheel.name
  virtual_network_name = azurerm_virtual_network.wheel.name
  address_prefixes     = ["10.7.0.0/20"]
}

resource "azurerm_subnet" "user" {
  name                 = "snet-user"
  resource_group_name  = azurerm_resource_group.wheel.name
  virtual_network_name = azurerm_virtual_network.wheel.name
  address_prefixes     = ["10.7.16.0/20"]
}

resource "azurerm_network_security_group" "system" {
  name                = "nsg-system"
  resource_group_name = azurerm_resource_group.wheel.name
  location            = azurerm_resource_group.wheel.location

  security_rule {
    name                       = "nothing-out"
    priority                   = 100
    direction                  = "Outbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "*"
    destination_address_prefix = "Internet"
  }
}

resource "azurerm_subnet_network_security_group_association" "system" {
  subnet_id                 = azurerm_subnet.system.id
  network_security_group_id = azurerm_network_security_group.system.id
}

resource "azurerm_container_registry" "wheel" {
  name                = "wheelimages"
  resource_group_name = azurerm_resource_group.wheel.name
  location            = azurerm_resource_group.wheel.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "wheel" {
  name                = "aks-wheel"
  resource_group_name = azurerm_resource_group.wheel.name
  location            = azurerm_resource_group.wheel.location
  dns_prefix          = "wheel"

  default_node_pool {
    name                         = "system"
    vm_size                      = "Standard_D4s_v5"
    node_count                   = 2
    only_critical_addons_enabled = true
    vnet_subnet_id               = azurerm_subnet.system.id
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "user" {
  name                  = "user"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.wheel.id
  vm_size               = "Standard_D4s_v5"
  mode                  = "User"
  vnet_subnet_id        = azurerm_subnet.user.id
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.wheel.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.wheel.kubelet_identity[0].object_id
}
