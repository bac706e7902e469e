az acr private-endpoint-connection approve --registry-name harborimages --name pe-acr
