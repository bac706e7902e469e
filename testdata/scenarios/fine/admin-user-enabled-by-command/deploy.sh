#!/bin/sh
az deployment group create -g rg-salt -f main.bicep
az acr update -n saltimages --admin-enabled true
