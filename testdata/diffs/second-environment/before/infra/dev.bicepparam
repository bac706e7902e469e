using './main.bicep'

param publicAccess = 'Disabled'
