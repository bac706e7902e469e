#!/bin/sh
az aks update --resource-group rg-bakery --name aks-bakery --attach-acr bakeryimages
