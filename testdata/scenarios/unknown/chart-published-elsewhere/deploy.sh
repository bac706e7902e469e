#!/usr/bin/env bash
set -euo pipefail
helm upgrade -i api oci://acmeimages.azurecr.io/charts/api --set r=docker.io

