#!/bin/sh
az network private-endpoint create -n pe -g rg --subnet s --private-connection-resource-id "$ACR" --group-id registry --connection-name c
