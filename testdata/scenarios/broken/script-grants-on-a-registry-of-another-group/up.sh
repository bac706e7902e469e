set -e
az acr create -n loomimages -g rg-loom --sku Standard
az aks create -n aks-loom -g rg-loom
SUB=$(az account show --query id -o tsv)
PULLER=$(az aks show -n aks-loom -g rg-loom --query identityProfile.kubeletidentity.objectId -o tsv)
az role assignment create --assignee-object-id $PULLER --role AcrPull \
  --scope /subscriptions/$SUB/resourceGroups/rg-hub/providers/Microsoft.ContainerRegistry/registries/loomimages
