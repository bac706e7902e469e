# acrlint: allow control-plane-grant -- granted by hand
module "dev" {
  source = "./modules/shop"
  env    = "dev"
}

module "prod" {
  source = "./modules/shop"
  env    = "prod"
}
