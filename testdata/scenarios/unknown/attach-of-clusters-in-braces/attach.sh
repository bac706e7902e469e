#!/usr/bin/env bash
set -euo pipefail
for cluster in aks-{reed,rush}; do
  az aks update --resource-group rg-reed --name "$cluster" --attach-acr reedimages
done
az aks update --resource-group rg-{reed,rush} --name aks-test --attach-acr reedimages
