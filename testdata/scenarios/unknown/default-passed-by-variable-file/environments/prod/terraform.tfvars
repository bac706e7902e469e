attach = true
