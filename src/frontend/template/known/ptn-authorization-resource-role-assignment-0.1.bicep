// `avm/ptn/authorization/resource-role-assignment`, 0.1.0 and later: what decides pulls.
param resourceId string
param roleDefinitionId string
param principalId string
param principalType string = ''
param name string?
param roleName string = ''

var role = contains(roleDefinitionId, '/providers/Microsoft.Authorization/roleDefinitions/')
  ? roleDefinitionId
  : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleDefinitionId)
var own = name ?? guid(resourceId, principalId, role)

// Bicep itself would not take a text as the scope.
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: resourceId
  name: own
  properties: {
    roleDefinitionId: role
    principalId: principalId
    principalType: empty(principalType) ? null : principalType
  }
}

output name string = own
output roleName string = roleName
output resourceId string = extensionResourceId(resourceId, 'Microsoft.Authorization/roleAssignments', own)
output resourceGroupName string = resourceGroup().name
