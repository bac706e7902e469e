#!/bin/sh
az deployment group create -g rg-shop -f "$PLATFORM/endpoint.bicep" -p registryName=vaultimages
