using 'main.bicep'

param env = 'prod'
param forControlPlane = true
