use crate::world::Completeness;
use crate::{Outlook, lint};

const GROUP: &str = "/subscriptions/91d4e7b2-3c58-4f06-8a1d-6e20b7f59c34/resourceGroups/rg-harbor/providers";

/// What was read back: nodes in a spoke, the endpoint in a hub.
struct Saved {
    peering: &'static str,
    connection: &'static str,
    linked: bool,
    listed: &'static str,
}

const HEALTHY: Saved = Saved { peering: "Connected", connection: "Approved", linked: true, listed: "pe-acr" };

impl Saved {
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let id = |kind: &str, name: &str| format!("{GROUP}/{kind}/{name}");
        let vnet = |name: &str| id("Microsoft.Network/virtualNetworks", name);
        let registry = id("Microsoft.ContainerRegistry/registries", "harborimages");
        let zone = id("Microsoft.Network/privateDnsZones", "privatelink.azurecr.io");
        let endpoint = id("Microsoft.Network/privateEndpoints", "pe-acr");
        let state = self.connection;
        let kubelet = "5f20c9d1-7a64-4be8-93d7-0c48e1ab62f5";
        let cluster = format!(
            r#"{{ "id": "{}", "name": "aks-harbor", "location": "westeurope",
            "type": "Microsoft.ContainerService/ManagedClusters", "networkProfile": {{ "outboundType": "loadBalancer" }},
            "agentPoolProfiles": [{{ "name": "system", "mode": "System", "vnetSubnetId": "{}/subnets/nodes" }}],
            "identity": {{ "type": "SystemAssigned", "principalId": "c7a1f35e-08b2-4d96-b1e4-93f60d2c8a75" }},
            "identityProfile": {{ "kubeletidentity": {{ "objectId": "{kubelet}" }} }} }}"#,
            id("Microsoft.ContainerService/managedClusters", "aks-harbor"),
            vnet("spoke"),
        );
        let acr = format!(
            r#"{{ "id": "{registry}", "name": "harborimages", "loginServer": "harborimages.azurecr.io",
            "location": "westeurope", "type": "Microsoft.ContainerRegistry/registries", "sku": {{ "name": "Premium" }},
            "publicNetworkAccess": "Disabled", "privateEndpointConnections": [{{
                "id": "{registry}/privateEndpointConnections/x", "name": "x",
                "privateEndpoint": {{ "id": "{}" }},
                "privateLinkServiceConnectionState": {{ "status": "{state}" }} }}] }}"#,
            id("Microsoft.Network/privateEndpoints", self.listed),
        );
        let network = |name: &str, space: &str, subnet: &str, other: &str| {
            format!(
                r#"{{ "id": "{own}", "name": "{name}", "location": "westeurope", "type": "Microsoft.Network/virtualNetworks",
                "addressSpace": {{ "addressPrefixes": ["{space}.0.0/16"] }}, "dhcpOptions": {{ "dnsServers": [] }},
                "subnets": [{{ "id": "{own}/subnets/{subnet}", "name": "{subnet}", "addressPrefix": "{space}.0.0/20" }}],
                "virtualNetworkPeerings": [{{ "id": "{own}/virtualNetworkPeerings/to-{other}", "name": "to-{other}",
                    "allowVirtualNetworkAccess": true, "peerCompleteVnets": true, "peeringState": "{}",
                    "remoteVirtualNetwork": {{ "id": "{}" }} }}] }}"#,
                self.peering,
                vnet(other),
                own = vnet(name),
            )
        };
        let networks = [network("spoke", "10.71", "nodes", "hub"), network("hub", "10.72", "endpoints", "spoke")];
        let pe = format!(
            r#"[{{ "id": "{endpoint}", "name": "pe-acr", "location": "westeurope",
            "type": "Microsoft.Network/privateEndpoints", "manualPrivateLinkServiceConnections": [],
            "subnet": {{ "id": "{}/subnets/endpoints" }}, "privateLinkServiceConnections": [{{ "name": "acr",
                "privateLinkServiceId": "{registry}", "groupIds": ["registry"],
                "privateLinkServiceConnectionState": {{ "status": "{state}" }} }}] }}]"#,
            vnet("hub"),
        );
        let group = format!(
            r#"[{{ "id": "{endpoint}/privateDnsZoneGroups/default", "name": "default",
            "type": "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
            "privateDnsZoneConfigs": [{{ "name": "acr", "privateDnsZoneId": "{zone}" }}] }}]"#
        );
        let zones = format!(
            r#"[{{ "id": "{zone}", "name": "privatelink.azurecr.io", "location": "global",
            "type": "Microsoft.Network/privateDnsZones" }}]"#
        );
        let to = vnet(if self.linked { "spoke" } else { "hub" });
        let links = format!(
            r#"[{{ "id": "{zone}/virtualNetworkLinks/one", "name": "one", "location": "global",
            "type": "Microsoft.Network/privateDnsZones/virtualNetworkLinks", "virtualNetworkLinkState": "Completed",
            "registrationEnabled": false, "virtualNetwork": {{ "id": "{to}" }} }}]"#
        );
        let grants = format!(
            r#"[{{ "id": "{registry}/providers/Microsoft.Authorization/roleAssignments/2b9e8d14-6c07-4a53-8fd2-71e5c0a9b386",
            "name": "2b9e8d14-6c07-4a53-8fd2-71e5c0a9b386", "principalId": "{kubelet}", "scope": "{registry}",
            "roleDefinitionName": "AcrPull", "type": "Microsoft.Authorization/roleAssignments" }}]"#
        );
        let named = [
            ("aks", cluster),
            ("acr", acr),
            ("vnets", format!("[{}]", networks.join(","))),
            ("pe", pe),
            ("group", group),
            ("zones", zones),
            ("links", links),
            ("grants", grants),
        ];
        named.into_iter().map(|(name, text)| (format!("az/{name}.json"), text.into_bytes())).collect()
    }

    fn found(&self, completeness: Completeness) -> Vec<String> {
        let outlook = Outlook { completeness, ..Outlook::default() };
        let report = lint(self.files(), &outlook).report;
        report.findings.iter().map(|it| format!("{} {}", it.rule, it.severity.word())).collect()
    }
}

#[test]
fn what_was_read_back_as_healthy_has_no_findings() {
    for completeness in [Completeness::Repository, Completeness::Closed] {
        assert_eq!(HEALTHY.found(completeness), Vec::<String>::new());
    }
}

#[test]
fn a_peering_that_was_read_back_as_disconnected_connects_nothing() {
    let saved = Saved { peering: "Disconnected", ..HEALTHY };
    assert_eq!(saved.found(Completeness::Repository), ["ACR305 error"]);
}

#[test]
fn the_endpoints_that_a_registry_lists_are_all() {
    let saved = Saved { linked: false, ..HEALTHY };
    // Links may be kept elsewhere, unless the tree is everything.
    assert_eq!(saved.found(Completeness::Repository), Vec::<String>::new());
    let found = saved.found(Completeness::Closed);
    assert!(matches!(found.as_slice(), [only] if only.starts_with("ACR303 ")), "{found:?}");
}

#[test]
fn a_connection_that_both_ends_call_pending_waits() {
    let saved = Saved { connection: "Pending", ..HEALTHY };
    assert_eq!(saved.found(Completeness::Repository), ["ACR306 warning"]);
    assert_eq!(
        Saved { connection: "Approved", listed: "pe-other", ..HEALTHY }.found(Completeness::Repository),
        [""; 0]
    );
}
