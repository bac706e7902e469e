#!/bin/sh
az acr update -n saltimages --admin-enabled true
./push.sh
az acr update -n saltimages --admin-enabled false
