#!/usr/bin/env bash
helm upgrade --install fern chart -n garden
