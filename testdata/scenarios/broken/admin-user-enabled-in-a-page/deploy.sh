#!/bin/bash
az acr create --name potteryimages --resource-group rg-pottery --sku Standard
kubectl create secret docker-registry pottery --namespace glaze --docker-server=potteryimages.azurecr.io \
  --docker-username=potteryimages --docker-password="$PASSWORD"
kubectl create secret docker-registry wheel --namespace glaze --docker-server=wheelimages.azurecr.io \
  --docker-username=puller --docker-password="$PASSWORD"
