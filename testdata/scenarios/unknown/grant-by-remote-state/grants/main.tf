data "terraform_remote_state" "cluster" {
  backend = "local"
  config = {
    path = "../cluster/terraform.tfstate"
  }
}

data "azurerm_container_registry" "mill" {
  name                = "millimages"
  resource_group_name = "rg-mill"
}

resource "azurerm_role_assignment" "pull" {
  scope                = data.azurerm_container_registry.mill.id
  role_definition_name = "AcrPull"
  principal_id         = data.terraform_remote_state.cluster.outputs.kubelet
}
