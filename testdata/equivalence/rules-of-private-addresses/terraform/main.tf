resource "azurerm_public_ip" "egress" {
  name                = "pip-orchard"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
  allocation_method   = "Static"
  sku                 = "Standard"
}

resource "azurerm_container_registry" "acr" {
  name                = "orchardimages"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
  sku                 = "Premium"

  network_rule_set {
    default_action = "Deny"

    ip_rule {
      action   = "Allow"
      ip_range = "10.4.0.0/20"
    }
  }
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-orchard"
  resource_group_name = "rg-orchard"
  location            = "westeurope"
  dns_prefix          = "orchard"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }

  network_profile {
    network_plugin = "azure"
    outbound_type  = "loadBalancer"

    load_balancer_profile {
      outbound_ip_address_ids = [azurerm_public_ip.egress.id]
    }
  }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.acr.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
}
