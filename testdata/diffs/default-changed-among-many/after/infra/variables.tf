variable "grants" {
  type    = bool
  default = false
}
