az aks get-credentials --resource-group rg-live --name aks-loom
kubectl apply -f k8s
