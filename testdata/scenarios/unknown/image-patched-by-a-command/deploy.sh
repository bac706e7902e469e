#!/usr/bin/env bash
set -euo pipefail
kubectl patch deployment web -n shop --type=json -p='[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"docker.io/web:1"}]'

