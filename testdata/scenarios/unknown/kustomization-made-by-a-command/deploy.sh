#!/usr/bin/env bash
set -euo pipefail
cat > k/kustomization.yaml <<EOF
namespace: other
resources: [d.yaml]
EOF
kubectl apply -k k

