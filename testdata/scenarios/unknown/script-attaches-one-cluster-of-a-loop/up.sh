set -e
az acr create -n loomimages -g rg-loom --sku Standard
for c in aks-warp aks-weft; do
  az aks create -n $c -g rg-loom
done
az aks update -n aks-warp -g rg-loom --attach-acr loomimages
