pull_role = "AcrPull"
