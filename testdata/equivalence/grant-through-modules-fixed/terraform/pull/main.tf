variable "registry_id" {
  type = string
}

variable "principal" {
  type = string
}

resource "azurerm_role_assignment" "pull" {
  scope                            = var.registry_id
  role_definition_name             = "AcrPull"
  principal_id                     = var.principal
  skip_service_principal_aad_check = true
}
