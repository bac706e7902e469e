#!/bin/sh
az acr create -g rg-loom -n loomimages --sku Basic
az aks create -g rg-loom -n aks-loom
if [ "$1" = "--attach" ]; then
  az aks update -g rg-loom -n aks-loom --attach-acr loomimages
fi
