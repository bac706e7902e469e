// `avm/ptn/authorization/role-assignment`, 0.2.0 and later: what decides pulls.
targetScope = 'managementGroup'
param roleDefinitionIdOrName string
param principalId string
param principalType string = ''
param managementGroupId string = managementGroup().name
param subscriptionId string = ''
param resourceGroupName string = ''
param condition string = ''
param conditionVersion string = '2.0'
param delegatedManagedIdentityResourceId string = ''

var known = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
}
var above = {
  'Resource Policy Contributor': '36243c78-bf99-498c-9df9-86d9f8d28608'
  'Management Group Reader': 'ac63b705-f282-497d-ac71-919bf39d939d'
}
var guidAbove = known[?roleDefinitionIdOrName] ?? above[?roleDefinitionIdOrName]
var guidBelow = known[?roleDefinitionIdOrName]
var kind = 'Microsoft.Authorization/roleDefinitions'
var inSubscription = !empty(subscriptionId)
var inGroup = !empty(resourceGroupName)
var roleAbove = guidAbove == null ? roleDefinitionIdOrName : managementGroupResourceId(kind, guidAbove)
var roleBelow = guidBelow == null ? roleDefinitionIdOrName : subscriptionResourceId(subscriptionId, kind, guidBelow)

resource onManagementGroup 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!inSubscription && !inGroup) {
  scope: managementGroup(managementGroupId)
  name: guid(managementGroupId, roleAbove, principalId)
  properties: {
    roleDefinitionId: roleAbove
    principalId: principalId
    principalType: empty(principalType) ? null : principalType
    condition: empty(condition) ? null : condition
    conditionVersion: empty(condition) ? null : conditionVersion
    delegatedManagedIdentityResourceId: empty(delegatedManagedIdentityResourceId)
      ? null
      : delegatedManagedIdentityResourceId
  }
}

resource onSubscription 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (inSubscription && !inGroup) {
  scope: subscription(subscriptionId)
  name: guid(subscriptionId, roleBelow, principalId)
  properties: {
    roleDefinitionId: roleBelow
    principalId: principalId
    principalType: empty(principalType) ? null : principalType
    condition: empty(condition) ? null : condition
    conditionVersion: empty(condition) ? null : conditionVersion
    delegatedManagedIdentityResourceId: empty(delegatedManagedIdentityResourceId)
      ? null
      : delegatedManagedIdentityResourceId
  }
}

resource onGroup 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (inSubscription && inGroup) {
  scope: resourceGroup(subscriptionId, resourceGroupName)
  name: guid(subscriptionId, resourceGroupName, roleBelow, principalId)
  properties: {
    roleDefinitionId: roleBelow
    principalId: principalId
    principalType: empty(principalType) ? null : principalType
    condition: empty(condition) ? null : condition
    conditionVersion: empty(condition) ? null : conditionVersion
    delegatedManagedIdentityResourceId: empty(delegatedManagedIdentityResourceId)
      ? null
      : delegatedManagedIdentityResourceId
  }
}

output name string = inGroup ? onGroup.name : (inSubscription ? onSubscription.name : onManagementGroup.name)
output resourceId string = inGroup ? onGroup.id : (inSubscription ? onSubscription.id : onManagementGroup.id)
output scope string = inGroup
  ? resourceGroup(subscriptionId, resourceGroupName).id
  : (inSubscription
      ? subscription(subscriptionId).id
      : tenantResourceId('Microsoft.Management/managementGroups', managementGroupId))
