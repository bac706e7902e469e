pull_role = "AcrDelete"
