variable "pull_role" {
  type = string
}
