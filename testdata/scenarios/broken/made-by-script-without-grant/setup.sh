#!/usr/bin/env bash
GROUP=rg-quarry
az acr create -g $GROUP -n quarryimages --sku Standard
az aks create -g $GROUP -n aks-quarry --enable-managed-identity
ID=$(az aks show -g $GROUP -n aks-quarry --query identity.principalId -o tsv)
az role assignment create --assignee-object-id "$ID" --assignee-principal-type ServicePrincipal \
  --role "Network Contributor" --scope "$(az network vnet show -g $GROUP -n vnet --query id -o tsv)"
