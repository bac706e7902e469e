variable "scope" {}
variable "principal" {}

resource "azurerm_role_assignment" "pull" {
  scope                = var.scope
  role_definition_name = "AcrPull"
  principal_id         = var.principal
}
