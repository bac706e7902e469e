from azure.mgmt.network import NetworkManagementClient

network = NetworkManagementClient(credential, subscription)
network.private_endpoints.begin_create_or_update(
    "rg-shop",
    "pe",
    {"subnet": {"id": subnet}, "private_link_service_connections": [{"name": "acr", "private_link_service_id": registry}]},
).result()
