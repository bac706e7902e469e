#!/usr/bin/env bash
set -euo pipefail
helm upgrade --install autumn chart -n orchard --set registry.password="$REGISTRY_PASSWORD"
