#!/bin/sh
az acr update --name ferryimages --regional-endpoints enabled
