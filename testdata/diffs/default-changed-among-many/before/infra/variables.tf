variable "grants" {
  type    = bool
  default = true
}
