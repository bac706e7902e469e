az aks get-credentials -n aks-prod -g rg-loom
kubectl apply -f k8s/
