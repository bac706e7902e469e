using 'main.bicep'

param env = 'dev'
