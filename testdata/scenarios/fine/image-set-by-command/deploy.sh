#!/bin/sh
az acr create -g rg-bell -n bellimages --sku Basic
az aks create -g rg-bell -n aks-bell --attach-acr bellimages
kubectl apply -f bell.yaml
kubectl set image deployment/bell bell=bellimages.azurecr.io/bell:$TAG -n bell
