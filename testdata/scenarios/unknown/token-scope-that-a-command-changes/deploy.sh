az acr scope-map update --name loom --registry loomimages --add-repository loom content/read
