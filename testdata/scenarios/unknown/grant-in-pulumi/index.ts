import * as authorization from '@pulumi/azure-native/authorization'

const acrPull = '/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d'
new authorization.RoleAssignment('pull', { principalId: kubelet, roleDefinitionId: acrPull, scope: registry })
