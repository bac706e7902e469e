az aks update -n aks-loom -g rg-loom --attach-acr loomimages
