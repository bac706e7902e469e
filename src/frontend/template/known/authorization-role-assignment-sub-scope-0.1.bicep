// `avm/res/authorization/role-assignment/sub-scope`, 0.1.0 and later: what decides pulls.
targetScope = 'subscription'
param name string?
param roleDefinitionIdOrName string
param principalId string
param principalType string?
param condition string?
param conditionVersion string = '2.0'
param delegatedManagedIdentityResourceId string?

var known = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
}
var role = contains(roleDefinitionIdOrName, '/providers/Microsoft.Authorization/roleDefinitions/')
  ? roleDefinitionIdOrName
  : subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      known[?roleDefinitionIdOrName] ?? roleDefinitionIdOrName
    )

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: name ?? guid(subscription().subscriptionId, role, principalId)
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
output subscriptionName string = subscription().displayName
output scope string = subscription().id
