variable "kubelet_object_id" {}
variable "registry_id" {}

resource "azurerm_role_assignment" "pull" {
  scope                = var.registry_id
  role_definition_name = "AcrPull"
  principal_id         = var.kubelet_object_id
}
