#!/bin/sh
az network vnet create -g rg-vault -n vnet-vault --address-prefixes 192.168.0.0/16
az network vnet subnet create -g rg-vault --vnet-name vnet-vault -n nodes --address-prefixes 192.168.1.0/24
az network vnet subnet create -g rg-vault --vnet-name vnet-vault -n ends --address-prefixes 192.168.2.0/24 --private-endpoint-network-policies Disabled
SUBNET=$(az network vnet subnet show -g rg-vault --vnet-name vnet-vault -n nodes --query id -o tsv)
az acr create -g rg-vault -n vaultmirror --sku Premium --public-network-enabled false
REGISTRY=$(az acr show -g rg-vault -n vaultmirror --query id -o tsv)
az acr cache create -r vaultmirror -n aks-managed-mcr --source-repo 'mcr.microsoft.com/*' --target-repo 'aks-managed-repository/*'
az network private-endpoint create -g rg-vault -n pe-vault --vnet-name vnet-vault --subnet ends --private-connection-resource-id $REGISTRY --group-id registry --connection-name c
az network private-dns zone create -g rg-vault -n privatelink.azurecr.io
az network private-dns link vnet create -g rg-vault -z privatelink.azurecr.io -n nodes --virtual-network vnet-vault --registration-enabled false
az network private-endpoint dns-zone-group create -g rg-vault --endpoint-name pe-vault -n default --private-dns-zone privatelink.azurecr.io --zone-name acr
az identity create -g rg-vault -n id-control
az identity create -g rg-vault -n id-kubelet
CONTROL=$(az identity show -g rg-vault -n id-control --query id -o tsv)
KUBELET=$(az identity show -g rg-vault -n id-kubelet --query id -o tsv)
PULLER=$(az identity show -g rg-vault -n id-kubelet --query principalId -o tsv)
az role assignment create --role AcrPull --scope $REGISTRY --assignee-object-id $PULLER --assignee-principal-type ServicePrincipal
az aks create -g rg-vault -n aks-vault --kubernetes-version 1.33 --vnet-subnet-id $SUBNET --assign-identity $CONTROL --assign-kubelet-identity $KUBELET --bootstrap-artifact-source Cache --bootstrap-container-registry-resource-id $REGISTRY --outbound-type none --network-plugin azure
