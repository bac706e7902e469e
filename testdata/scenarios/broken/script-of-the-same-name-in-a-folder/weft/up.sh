az aks get-credentials -g rg-loom -n aks-weft
helm upgrade --install loom chart -n loom-weft --set registry=warpimages.azurecr.io
