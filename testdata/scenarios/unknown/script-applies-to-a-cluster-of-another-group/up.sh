az aks get-credentials --resource-group rg-elsewhere --name aks-warp
kubectl apply -f k8s
