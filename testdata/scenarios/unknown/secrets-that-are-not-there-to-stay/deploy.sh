#!/usr/bin/env bash
set -euo pipefail
kubectl apply -f k8s
kubectl patch secret patched -n mill -p "{\"data\":{\".dockerconfigjson\":\"$AUTHS\"}}"
