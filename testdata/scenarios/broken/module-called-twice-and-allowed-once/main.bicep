// acrlint: allow ACR102 -- the platform team grants the kubelet identity of dev
@description('for developers')
module dev 'modules/foundry.bicep' = {
  name: 'dev'
  params: { env: 'dev' }
}

module prod 'modules/foundry.bicep' = {
  name: 'prod'
  params: { env: 'prod' }
}
