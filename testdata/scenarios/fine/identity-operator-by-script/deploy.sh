#!/bin/sh
az role assignment create --assignee "$CONTROL" --role "Managed Identity Operator" --scope "$KUBELET_ID"
terraform apply
