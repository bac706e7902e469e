given = "changeme"
