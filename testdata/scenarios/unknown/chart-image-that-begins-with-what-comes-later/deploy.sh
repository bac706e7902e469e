#!/usr/bin/env bash
helm upgrade --install brook chart -n mill --set image.repository="$REPOSITORY"
