#!/bin/sh
set -e
az acr create -g rg-kiln -n potteryimages --sku Basic
az acr update -n potteryimages --anonymous-pull-enabled true
az aks create -g rg-kiln -n aks-kiln --attach-acr potteryimages
