#!/bin/sh
envsubst < k8s/secret.yaml | kubectl apply -f -
kubectl apply -f k8s/grinder.yaml
