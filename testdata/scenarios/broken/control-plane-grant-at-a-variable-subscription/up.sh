az acr create -n loomimages -g rg-loom --sku Standard
