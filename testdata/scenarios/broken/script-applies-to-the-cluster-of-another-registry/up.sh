az aks get-credentials --resource-group rg-loom --name aks-weft
kubectl apply -f k8s
