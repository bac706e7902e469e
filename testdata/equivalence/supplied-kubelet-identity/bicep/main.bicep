resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'shopimages'
  location: resourceGroup().location
  sku: {
    name: 'Standard'
  }
}

resource control 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-shop-control'
  location: resourceGroup().location
}

resource kubelet 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-shop-kubelet'
  location: resourceGroup().location
}

resource operator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(kubelet.id, control.id, 'operator')
  scope: kubelet
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'f1a07417-d97a-45cb-824c-7a7467783830')
    principalId: control.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${control.id}': {}
    }
  }
  properties: {
    dnsPrefix: 'shop'
    identityProfile: {
      kubeletidentity: {
        resourceId: kubelet.id
        clientId: kubelet.properties.clientId
        objectId: kubelet.properties.principalId
      }
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 3
        vmSize: 'Standard_D4s_v5'
      }
    ]
  }
  dependsOn: [
    operator
  ]
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, control.id, 'AcrPull')
  scope: acr
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    principalId: control.properties.principalId
    principalType: 'ServicePrincipal'
  }
}
