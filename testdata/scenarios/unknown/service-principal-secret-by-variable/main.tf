resource "azurerm_kubernetes_cluster" "weir" {
  name                = "aks-weir"
  resource_group_name = "rg-weir"
  location            = "westeurope"
  dns_prefix          = "weir"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  service_principal {
    client_id     = "3e9f1c70-5a42-4d8b-b16e-7c20d9f4a853"
    client_secret = var.given
  }
}

resource "azurerm_kubernetes_cluster" "lock" {
  name                = "aks-lock"
  resource_group_name = "rg-lock"
  location            = "westeurope"
  dns_prefix          = "lock"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  service_principal {
    client_id     = "3e9f1c70-5a42-4d8b-b16e-7c20d9f4a853"
    client_secret = var.left
  }
}

