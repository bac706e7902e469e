// `avm/res/managed-identity/user-assigned-identity`, 0.4.0 and later, before 0.4.1: what decides pulls.
param name string
param location string = resourceGroup().location
param federatedIdentityCredentials array?
param roleAssignments array?

func role(known object, text string) string => contains(text, '/providers/Microsoft.Authorization/roleDefinitions/')
  ? text
  : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', known[?text] ?? text)

var known = {
  'Managed Identity Contributor': 'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59'
  'Managed Identity Operator': 'f1a07417-d97a-45cb-824c-7a7467783830'
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

resource federated 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = [
  for item in (federatedIdentityCredentials ?? []): {
    parent: identity
    name: item.name
    properties: { audiences: item.audiences, issuer: item.issuer, subject: item.subject }
  }
]

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in (roleAssignments ?? []): {
    scope: identity
    name: grant.?name ?? guid(identity.id, grant.principalId, role(known, grant.roleDefinitionIdOrName))
    properties: {
      roleDefinitionId: role(known, grant.roleDefinitionIdOrName)
      principalId: grant.principalId
      principalType: grant.?principalType
      condition: grant.?condition
      conditionVersion: empty(grant.?condition) ? null : grant.?conditionVersion ?? '2.0'
      delegatedManagedIdentityResourceId: grant.?delegatedManagedIdentityResourceId
    }
  }
]

output name string = identity.name
output resourceId string = identity.id
output principalId string = identity.properties.principalId
output clientId string = identity.properties.clientId
output resourceGroupName string = resourceGroup().name
output location string = identity.location
