#!/usr/bin/env bash
set -euo pipefail
pushd config/manager
kustomize edit set namespace shop
popd
kubectl apply -k config/manager

