#!/usr/bin/env bash
set -euo pipefail
cat >> config/default/kustomization.yaml <<EOF
namespace: other
EOF
kubectl apply -k config/default

