variable "name" {
  type = string
}
variable "rg" {
  type    = string
  default = "rg"
}
resource "azurerm_container_registry" "this" {
  name                = var.name
  resource_group_name = var.rg
  location            = "westeurope"
  sku                 = "Basic"
}
output "id" { value = azurerm_container_registry.this.id }
output "login_server" { value = azurerm_container_registry.this.login_server }
output "acr" { value = azurerm_container_registry.this }

