#!/bin/sh
kubectl get secret mill-pull -n shared -o yaml |
  sed 's/namespace: shared/namespace: mill/' |
  kubectl apply -f -
