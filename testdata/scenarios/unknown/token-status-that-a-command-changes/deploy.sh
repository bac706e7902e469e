az acr token update --name loom-puller --registry loomimages --status enabled
