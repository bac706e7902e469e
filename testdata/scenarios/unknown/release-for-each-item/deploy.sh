#!/usr/bin/env bash
set -euo pipefail
ls charts | xargs -I{} helm upgrade -i {} charts/{} --set r=docker.io

