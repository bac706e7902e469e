#!/usr/bin/env bash
set -euo pipefail
az acr create -g barn -n hayimages --sku Basic
az aks create -g barn -n aks-loft --attach-acr hayimages --generate-ssh-keys
az aks create -g barn -n aks-stall --generate-ssh-keys

REGISTRY=hayimages.azurecr.io
az aks get-credentials -g barn -n aks-stall
cat <<EOF | kubectl apply -f -
apiVersion: apps/v1
kind: Deployment
metadata:
  name: baler
spec:
  selector:
    matchLabels: { app: baler }
  template:
    metadata:
      labels: { app: baler }
    spec:
      containers:
        - name: baler
          image: $REGISTRY/baler:$(git rev-parse --short HEAD)
EOF

az aks get-credentials -g barn -n aks-loft
cat > /tmp/rake.yaml <<EOF
apiVersion: batch/v1
kind: Job
metadata:
  name: rake
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: rake
          image: $REGISTRY/rake:$TAG
EOF
kubectl apply -f /tmp/rake.yaml
