$group = 'rg-forge'
az acr create -g $group -n forgeimages --sku Premium
az aks create -g $group -n aks-forge --enable-managed-identity
$principal = az aks show -g $group -n aks-forge --query identity.principalId -o tsv
$scope = az acr show -n forgeimages --query id -o tsv
az role assignment create `
  --assignee-object-id $principal `
  --assignee-principal-type ServicePrincipal `
  --role AcrPull `
  --scope $scope
