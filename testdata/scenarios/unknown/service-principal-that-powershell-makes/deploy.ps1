# Without -EnableManagedIdentity the cmdlet makes a service principal that is Contributor of the subscription.
New-AzContainerRegistry -ResourceGroupName rg-pottery -Name potteryimages -Sku Standard -Location westeurope
New-AzAksCluster -ResourceGroupName rg-pottery -Name aks-pottery -NodeCount 2
