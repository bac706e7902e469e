param([string] $Group = 'rg-pottery')
New-AzContainerRegistry -ResourceGroupName $Group -Name potteryimages -Sku Standard -Location westeurope
New-AzAksCluster $Group aks-pottery -NodeCount 2 -EnableManagedIdentity
$aks = Get-AzAksCluster $Group aks-pottery
$acr = Get-AzContainerRegistry -ResourceGroupName $Group -Name potteryimages
New-AzRoleAssignment -ObjectId $aks.Identity.PrincipalId -RoleDefinitionName AcrPull -Scope $acr.Id
