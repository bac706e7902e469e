module registry 'registry.bicep' = {
  name: 'registry'
}

module cluster 'cluster.bicep' = {
  name: 'cluster'
}

module pull 'pull.bicep' = {
  name: 'pull'
  params: {
    registryName: registry.outputs.name
    principal: cluster.outputs.puller
  }
}
