// `avm/res/authorization/role-assignment/mg-scope`, 0.1.0 and later: what decides pulls.
targetScope = 'managementGroup'
param name string?
param roleDefinitionIdOrName string
param principalId string
param principalType string?
param condition string?
param conditionVersion string = '2.0'
param delegatedManagedIdentityResourceId string?
param managementGroupId string = managementGroup().name

var known = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
  'Resource Policy Contributor': '36243c78-bf99-498c-9df9-86d9f8d28608'
  'Management Group Reader': 'ac63b705-f282-497d-ac71-919bf39d939d'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
}
var role = contains(roleDefinitionIdOrName, '/providers/Microsoft.Authorization/roleDefinitions/')
  ? roleDefinitionIdOrName
  : managementGroupResourceId(
      'Microsoft.Authorization/roleDefinitions',
      known[?roleDefinitionIdOrName] ?? roleDefinitionIdOrName
    )

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: name ?? guid(managementGroupId, role, principalId)
  properties: {
    roleDefinitionId: role
    principalId: principalId
    principalType: principalType
    condition: condition
    conditionVersion: empty(condition) ? null : conditionVersion
    delegatedManagedIdentityResourceId: delegatedManagedIdentityResourceId
  }
}

output name string = grant.name
output resourceId string = grant.id
output scope string = tenantResourceId('Microsoft.Management/managementGroups', managementGroupId)
