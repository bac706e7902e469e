#!/usr/bin/env bash
set -euo pipefail
GROUP=${GROUP:-rg-kiln}
ACR="kilnimages"

az group create --name "$GROUP" --location westeurope
az acr create -g "$GROUP" -n "$ACR" --sku Standard
if ! az aks show -g "$GROUP" -n aks-kiln > /dev/null; then
  az aks create -g "$GROUP" -n aks-kiln --node-count 2 \
    --generate-ssh-keys
fi
KUBELET=$(az aks show -g "$GROUP" -n aks-kiln --query identityProfile.kubeletidentity.clientId -o tsv)
az role assignment create --assignee "$KUBELET" --role AcrPull \
  --scope "$(az acr show -g "$GROUP" -n "$ACR" --query id -o tsv)"
az role assignment create --assignee "$KUBELET" --role "Network Contributor" --scope "$SUBNET"
