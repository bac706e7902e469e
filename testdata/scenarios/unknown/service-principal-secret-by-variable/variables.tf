variable "given" {}

variable "left" {
  default = "changeme"
}
