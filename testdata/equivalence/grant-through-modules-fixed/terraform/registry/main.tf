variable "resource_group_name" {
  type = string
}

variable "location" {
  type = string
}

resource "azurerm_container_registry" "shop" {
  name                = "shopimages"
  resource_group_name = var.resource_group_name
  location            = var.location
  sku                 = "Standard"
}

output "id" {
  value = azurerm_container_registry.shop.id
}
