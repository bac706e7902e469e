set -e
az acr create -n loomimages -g rg-loom --sku Standard
az aks create -n aks-warp -g rg-loom --attach-acr loomimages
az aks create -n aks-weft -g rg-loom
