resource "azurerm_firewall_policy" "egress" {
  name                = "policy-orchard"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
}

resource "azurerm_firewall_policy_rule_collection_group" "egress" {
  name               = "egress"
  firewall_policy_id = azurerm_firewall_policy.egress.id
  priority           = 200

  application_rule_collection {
    name     = "aks"
    priority = 100
    action   = "Allow"

    rule {
      name              = "images"
      source_addresses  = ["10.20.0.0/22"]
      destination_fqdns = ["*.azurecr.io"]

      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}

resource "azurerm_firewall" "egress" {
  name                = "fw-orchard"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
  sku_name            = "AZFW_VNet"
  sku_tier            = "Standard"
  firewall_policy_id  = azurerm_firewall_policy.egress.id

  ip_configuration {
    name                 = "main"
    subnet_id            = azurerm_subnet.firewall.id
    public_ip_address_id = azurerm_public_ip.firewall.id
  }
}

resource "azurerm_subnet" "firewall" {
  name                 = "AzureFirewallSubnet"
  resource_group_name  = "rg-orchard"
  virtual_network_name = azurerm_virtual_network.hub.name
  address_prefixes     = ["10.0.0.0/26"]
}

resource "azurerm_public_ip" "firewall" {
  name                = "pip-firewall"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
  allocation_method   = "Static"
  sku                 = "Standard"
}

resource "azurerm_route_table" "nodes" {
  name                = "rt-nodes"
  resource_group_name = "rg-orchard"
  location            = "westeurope"

  route {
    name                   = "out"
    address_prefix         = "0.0.0.0/0"
    next_hop_type          = "VirtualAppliance"
    next_hop_in_ip_address = azurerm_firewall.egress.ip_configuration[0].private_ip_address
  }
}

resource "azurerm_virtual_network" "vnet" {
  name                = "vnet-orchard"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
  address_space       = ["10.20.0.0/16"]

  subnet {
    name             = "nodes"
    address_prefixes = ["10.20.0.0/22"]
    service_endpoints = ["Microsoft.Storage"]
    route_table_id   = azurerm_route_table.nodes.id
  }
}

resource "azurerm_container_registry" "acr" {
  name                = "orchardimages"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
  sku                 = "Premium"
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-orchard"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
  dns_prefix          = "orchard"

  default_node_pool {
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 2
    vnet_subnet_id = "${azurerm_virtual_network.vnet.id}/subnets/nodes"
  }

  network_profile {
    network_plugin = "azure"
    outbound_type  = "userDefinedRouting"
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

resource "azurerm_virtual_network" "hub" {
  name                = "vnet-hub"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
  address_space       = ["10.0.0.0/16"]
}

resource "azurerm_virtual_network_peering" "out" {
  name                      = "to-hub"
  resource_group_name       = "rg-orchard"
  virtual_network_name      = azurerm_virtual_network.vnet.name
  remote_virtual_network_id = azurerm_virtual_network.hub.id
  allow_forwarded_traffic   = true
}

resource "azurerm_virtual_network_peering" "back" {
  name                      = "to-nodes"
  resource_group_name       = "rg-orchard"
  virtual_network_name      = azurerm_virtual_network.hub.name
  remote_virtual_network_id = azurerm_virtual_network.vnet.id
  allow_forwarded_traffic   = true
}
