# Azure/avm-res-managedidentity-userassignedidentity/azurerm 0.1 to 0.5; role assignments since 0.4.

variable "name" {}
variable "resource_group_name" {}
variable "location" { default = null }
variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name             = string
    scope                                  = string
    condition                              = optional(string, null)
    condition_version                      = optional(string, null)
    delegated_managed_identity_resource_id = optional(string, null)
    skip_service_principal_aad_check       = optional(bool, null)
  }))
  default  = {}
  nullable = false
}
variable "federated_identity_credentials" {
  default  = {}
  nullable = false
}

data "azurerm_resource_group" "parent" {
  count = var.location == null ? 1 : 0
  name  = var.resource_group_name
}

resource "azurerm_user_assigned_identity" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = try(data.azurerm_resource_group.parent[0].location, var.location)
}

resource "azurerm_federated_identity_credential" "this" {
  for_each            = var.federated_identity_credentials
  name                = each.value.name
  audience            = each.value.audience
  issuer              = each.value.issuer
  subject             = each.value.subject
  parent_id           = azurerm_user_assigned_identity.this.id
  resource_group_name = var.resource_group_name
}

resource "azurerm_role_assignment" "this" {
  for_each                               = var.role_assignments
  scope                                  = each.value.scope
  principal_id                           = azurerm_user_assigned_identity.this.principal_id
  role_definition_id                     = strcontains(lower(each.value.role_definition_id_or_name), "/providers/microsoft.authorization/roledefinitions") ? each.value.role_definition_id_or_name : null
  role_definition_name                   = strcontains(lower(each.value.role_definition_id_or_name), "/providers/microsoft.authorization/roledefinitions") ? null : each.value.role_definition_id_or_name
  condition                              = each.value.condition
  condition_version                      = each.value.condition_version
  delegated_managed_identity_resource_id = each.value.delegated_managed_identity_resource_id
  skip_service_principal_aad_check       = each.value.skip_service_principal_aad_check
}

output "resource_id" { value = azurerm_user_assigned_identity.this.id }
output "resource_name" { value = azurerm_user_assigned_identity.this.name }
output "resource" { value = azurerm_user_assigned_identity.this }
output "resource_object" { value = azurerm_user_assigned_identity.this }
output "principal_id" { value = azurerm_user_assigned_identity.this.principal_id }
output "client_id" { value = azurerm_user_assigned_identity.this.client_id }
output "tenant_id" { value = azurerm_user_assigned_identity.this.tenant_id }
