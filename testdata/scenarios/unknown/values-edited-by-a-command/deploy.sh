#!/usr/bin/env bash
set -euo pipefail
sed -i "s/acmeimages.azurecr.io/$REGISTRY/" charts/api/values.yaml
helm upgrade -i api ./charts/api

