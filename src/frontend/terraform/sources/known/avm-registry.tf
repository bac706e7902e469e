# Azure/avm-res-containerregistry-registry/azurerm 0.1 to 0.8. The location may be left to the resource group in 0.1
# only, `role_assignment_mode` is there since 0.8, `login_server` since 0.7 in place of `resource`.

variable "name" {}
variable "resource_group_name" {}
variable "location" { default = null }
variable "tags" { default = null }
variable "sku" { default = "Premium" }
variable "admin_enabled" { default = false }
variable "anonymous_pull_enabled" { default = false }
variable "data_endpoint_enabled" { default = false }
variable "export_policy_enabled" { default = true }
variable "quarantine_policy_enabled" { default = false }
variable "public_network_access_enabled" { default = true }
variable "network_rule_bypass_option" { default = "None" }
variable "network_rule_set" {
  type = object({
    default_action = optional(string, "Deny")
    ip_rule = optional(list(object({
      action   = optional(string, "Allow")
      ip_range = string
    })), [])
    virtual_network = optional(list(object({
      action    = optional(string, "Allow")
      subnet_id = string
    })), [])
  })
  default = null
}
variable "georeplications" { default = [] }
variable "role_assignment_mode" {
  default  = "LegacyRegistryPermissions"
  nullable = false
}
variable "managed_identities" {
  type = object({
    system_assigned            = optional(bool, false)
    user_assigned_resource_ids = optional(set(string), [])
  })
  default  = {}
  nullable = false
}
variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name             = string
    principal_id                           = string
    skip_service_principal_aad_check       = optional(bool, false)
    condition                              = optional(string, null)
    condition_version                      = optional(string, null)
    delegated_managed_identity_resource_id = optional(string, null)
    principal_type                         = optional(string, null)
  }))
  default  = {}
  nullable = false
}
variable "private_endpoints" {
  type = map(object({
    name                            = optional(string, null)
    subnet_resource_id              = string
    private_dns_zone_group_name     = optional(string, "default")
    private_dns_zone_resource_ids   = optional(set(string), [])
    private_service_connection_name = optional(string, null)
    network_interface_name          = optional(string, null)
    location                        = optional(string, null)
    resource_group_name             = optional(string, null)
    ip_configurations = optional(map(object({
      name               = string
      private_ip_address = string
    })), {})
  }))
  default  = {}
  nullable = false
}
variable "private_endpoints_manage_dns_zone_group" {
  default  = true
  nullable = false
}

# Where the module leaves the zone group alone, a policy may add one.
variable "zones_that_a_policy_adds" {}

locals {
  own = length(var.managed_identities.user_assigned_resource_ids) > 0
}

data "azurerm_resource_group" "parent" {
  count = var.location == null ? 1 : 0
  name  = var.resource_group_name
}

resource "azurerm_container_registry" "this" {
  name                          = var.name
  resource_group_name           = var.resource_group_name
  location                      = try(data.azurerm_resource_group.parent[0].location, var.location)
  tags                          = var.tags
  sku                           = var.sku
  admin_enabled                 = var.admin_enabled
  anonymous_pull_enabled        = var.anonymous_pull_enabled
  data_endpoint_enabled         = var.data_endpoint_enabled
  export_policy_enabled         = var.export_policy_enabled
  quarantine_policy_enabled     = var.quarantine_policy_enabled
  public_network_access_enabled = var.public_network_access_enabled
  network_rule_bypass_option    = var.network_rule_bypass_option
  role_assignment_mode          = var.role_assignment_mode

  dynamic "georeplications" {
    for_each = var.georeplications
    content {
      location                  = georeplications.value.location
      regional_endpoint_enabled = try(georeplications.value.regional_endpoint_enabled, true)
    }
  }

  dynamic "identity" {
    for_each = var.managed_identities.system_assigned || local.own ? ["it"] : []
    content {
      type = (
        !local.own ? "SystemAssigned" :
        var.managed_identities.system_assigned ? "SystemAssigned, UserAssigned" : "UserAssigned"
      )
      identity_ids = var.managed_identities.user_assigned_resource_ids
    }
  }

  dynamic "network_rule_set" {
    for_each = var.network_rule_set == null ? [] : [var.network_rule_set]
    content {
      default_action = network_rule_set.value.default_action

      dynamic "ip_rule" {
        for_each = network_rule_set.value.ip_rule
        content {
          action   = ip_rule.value.action
          ip_range = ip_rule.value.ip_range
        }
      }

      dynamic "virtual_network" {
        for_each = network_rule_set.value.virtual_network
        content {
          action    = virtual_network.value.action
          subnet_id = virtual_network.value.subnet_id
        }
      }
    }
  }
}

resource "azurerm_role_assignment" "this" {
  for_each                               = var.role_assignments
  scope                                  = azurerm_container_registry.this.id
  principal_id                           = each.value.principal_id
  principal_type                         = each.value.principal_type
  role_definition_id                     = strcontains(lower(each.value.role_definition_id_or_name), "/providers/microsoft.authorization/roledefinitions") ? each.value.role_definition_id_or_name : null
  role_definition_name                   = strcontains(lower(each.value.role_definition_id_or_name), "/providers/microsoft.authorization/roledefinitions") ? null : each.value.role_definition_id_or_name
  condition                              = each.value.condition
  condition_version                      = each.value.condition_version
  delegated_managed_identity_resource_id = each.value.delegated_managed_identity_resource_id
  skip_service_principal_aad_check       = each.value.skip_service_principal_aad_check
}

resource "azurerm_private_endpoint" "this" {
  for_each            = { for key, endpoint in var.private_endpoints : key => endpoint if var.private_endpoints_manage_dns_zone_group }
  name                = each.value.name == null ? "pe-${var.name}" : each.value.name
  resource_group_name = each.value.resource_group_name == null ? var.resource_group_name : each.value.resource_group_name
  location            = each.value.location == null ? var.location : each.value.location
  subnet_id           = each.value.subnet_resource_id

  private_service_connection {
    name                           = each.value.private_service_connection_name == null ? "pse-${var.name}" : each.value.private_service_connection_name
    private_connection_resource_id = azurerm_container_registry.this.id
    subresource_names              = ["registry"]
    is_manual_connection           = false
  }

  dynamic "ip_configuration" {
    for_each = each.value.ip_configurations
    content {
      name               = ip_configuration.value.name
      private_ip_address = ip_configuration.value.private_ip_address
      member_name        = "registry"
      subresource_name   = "registry"
    }
  }

  dynamic "private_dns_zone_group" {
    for_each = length(each.value.private_dns_zone_resource_ids) > 0 ? ["it"] : []
    content {
      name                 = each.value.private_dns_zone_group_name
      private_dns_zone_ids = each.value.private_dns_zone_resource_ids
    }
  }
}

resource "azurerm_private_endpoint" "this_unmanaged_dns_zone_groups" {
  for_each            = { for key, endpoint in var.private_endpoints : key => endpoint if !var.private_endpoints_manage_dns_zone_group }
  name                = each.value.name == null ? "pe-${var.name}" : each.value.name
  resource_group_name = each.value.resource_group_name == null ? var.resource_group_name : each.value.resource_group_name
  location            = each.value.location == null ? var.location : each.value.location
  subnet_id           = each.value.subnet_resource_id

  private_service_connection {
    name                           = each.value.private_service_connection_name == null ? "pse-${var.name}" : each.value.private_service_connection_name
    private_connection_resource_id = azurerm_container_registry.this.id
    subresource_names              = ["registry"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = var.zones_that_a_policy_adds
  }
}

output "resource_id" { value = azurerm_container_registry.this.id }
output "name" { value = azurerm_container_registry.this.name }
output "login_server" { value = azurerm_container_registry.this.login_server }
output "admin_username" { value = azurerm_container_registry.this.admin_username }
output "admin_password" {
  value     = azurerm_container_registry.this.admin_password
  sensitive = true
}
output "resource" { value = azurerm_container_registry.this }
output "system_assigned_mi_principal_id" { value = azurerm_container_registry.this.identity[0].principal_id }
output "system_assigned_mi_tenant_id" { value = azurerm_container_registry.this.identity[0].tenant_id }
output "private_endpoints" {
  value = (
    var.private_endpoints_manage_dns_zone_group
    ? azurerm_private_endpoint.this
    : azurerm_private_endpoint.this_unmanaged_dns_zone_groups
  )
}
output "scope_maps" { value = azurerm_container_registry.this.scope_maps }
output "cache_rules" { value = azurerm_container_registry.this.cache_rules }
output "credential_sets" { value = azurerm_container_registry.this.credential_sets }
output "data_endpoint_host_names" { value = azurerm_container_registry.this.data_endpoint_host_names }
