az aks get-credentials -g rg-loom -n aks-warp
helm upgrade --install loom chart -n loom --set registry=warpimages.azurecr.io
