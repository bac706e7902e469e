using 'main.bicep'

param registryName = 'harborimages'
