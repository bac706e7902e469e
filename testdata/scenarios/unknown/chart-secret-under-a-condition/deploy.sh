helm upgrade --install loom ./loom --namespace weave --set registry.create=$CREATE
