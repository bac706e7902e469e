variable "resource_group_name" {
  type = string
}

variable "location" {
  type = string
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-harbor"
  resource_group_name = var.resource_group_name
  location            = var.location
  dns_prefix          = "harbor"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

output "pull_principal_id" {
  value = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
}
