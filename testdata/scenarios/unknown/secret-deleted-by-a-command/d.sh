#!/bin/bash
az acr create -n contosoreg -g shop-rg --sku Premium --admin-enabled true
kubectl create secret docker-registry acr-auth -n shop --docker-server contosoreg.azurecr.io --docker-username contosoreg --docker-password $PW
kubectl delete secret acr-auth -n shop
