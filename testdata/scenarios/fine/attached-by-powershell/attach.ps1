param([string] $Environment)
$parameters = @{
    Name              = 'aks-mill'
    ResourceGroupName = 'rg-mill'
    AcrNameToAttach   = 'millimages'
}
Set-AzAksCluster @parameters
