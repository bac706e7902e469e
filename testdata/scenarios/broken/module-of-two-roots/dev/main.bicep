module foundry '../modules/foundry.bicep' = {
  name: 'foundry'
  params: { env: 'dev' }
}
