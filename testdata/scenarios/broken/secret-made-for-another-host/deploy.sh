#!/bin/sh
HOST=glassimages.azurecr.io
kubectl create secret docker-registry pull -n glass \
  --docker-server="$HOST" --docker-username="$USER" --docker-password="$PASSWORD"
kubectl apply -f glass.yaml
