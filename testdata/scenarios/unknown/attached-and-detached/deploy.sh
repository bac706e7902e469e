#!/bin/sh
az acr create -g rg-tar -n tarimages --sku Basic
az aks create -g rg-tar -n aks-tar --attach-acr tarimages
az aks update -g rg-tar -n aks-tar --detach-acr tarimages
