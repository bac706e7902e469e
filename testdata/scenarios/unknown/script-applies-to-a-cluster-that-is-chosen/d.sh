#!/bin/bash
az aks get-credentials -g rg-shop -n aks-$1
kubectl apply -f k8s
