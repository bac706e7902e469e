#!/bin/bash
set -euo pipefail
az acr create -n contosoreg -g shop-rg --sku Premium --admin-enabled true
kubectl config set-context --current --namespace=default
kubens shop
kubectl create secret docker-registry acr-auth --docker-server contosoreg.azurecr.io --docker-username contosoreg --docker-password $PW
