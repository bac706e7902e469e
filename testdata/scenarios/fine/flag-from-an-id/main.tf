terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}
provider "azurerm" {
  features {}
}

module "acr" {
  source = "./modules/acr"
  name = "cobaltimages"
}
module "aks" {
  source = "./modules/aks"
  name = "x"
  acr_id = module.acr.id
}
