variable "resource_group_name" {
  type = string
}

variable "location" {
  type = string
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                = "aks-shop"
  resource_group_name = var.resource_group_name
  location            = var.location
  dns_prefix          = "shop"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 3
  }

  identity {
    type = "SystemAssigned"
  }
}

output "puller" {
  value = azurerm_kubernetes_cluster.shop.identity[0].principal_id
}
