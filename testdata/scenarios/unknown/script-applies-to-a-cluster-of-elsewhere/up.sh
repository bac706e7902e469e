set -e
az acr create -n loomimages -g rg-loom --sku Standard
az aks create -n aks-warp -g rg-loom
az aks get-credentials -n aks-old -g rg-old
kubectl apply -f k8s/
