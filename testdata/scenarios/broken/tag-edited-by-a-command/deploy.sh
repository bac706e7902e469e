#!/usr/bin/env bash
set -euo pipefail
sed -i "s|^tag: .*|tag: ${GITHUB_SHA}|" charts/api/values.yaml
helm upgrade -i api ./charts/api
