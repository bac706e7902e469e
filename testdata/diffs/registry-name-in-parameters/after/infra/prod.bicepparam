using 'main.bicep'

param registryName = 'harborimage'
