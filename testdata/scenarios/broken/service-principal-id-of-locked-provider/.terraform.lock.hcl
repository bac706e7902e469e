# This file is maintained automatically by "terraform init".

provider "registry.terraform.io/hashicorp/azuread" {
  version     = "3.0.2"
  constraints = ">= 2.47.0"
}
