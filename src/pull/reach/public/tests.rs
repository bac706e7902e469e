use crate::{Outlook, lint};

const GROUP: &str = "/subscriptions/2f7d0c86-51b9-4e3a-9c64-a80d17e5b293/resourceGroups/rg-orchard/providers";

fn files(rules: &[String], outbound: &str) -> Vec<(String, Vec<u8>)> {
    let kubelet = "c3b60f7e-2d81-4a95-b7c4-18e0d9f5a627";
    let rules: Vec<String> =
        rules.iter().map(|rule| format!(r#"{{ "action": "Allow", "ipAddressOrRange": "{rule}" }}"#)).collect();
    let cluster = format!(
        r#"{{ "id": "{GROUP}/Microsoft.ContainerService/managedClusters/aks-orchard", "name": "aks-orchard",
        "location": "westeurope", "type": "Microsoft.ContainerService/ManagedClusters",
        "agentPoolProfiles": [{{ "name": "system", "mode": "System", "vnetSubnetId": null }}],
        "identity": {{ "type": "SystemAssigned", "principalId": "0e6d3b9a-74c5-4f18-8a02-d5b1c7e9f346" }},
        "identityProfile": {{ "kubeletidentity": {{ "objectId": "{kubelet}" }} }},
        "networkProfile": {{ "outboundType": "{outbound}", "loadBalancerProfile": {{ "effectiveOutboundIPs": [
            {{ "id": "{GROUP}/Microsoft.Network/publicIPAddresses/out" }} ] }} }} }}"#
    );
    let registry = format!(
        r#"{{ "id": "{GROUP}/Microsoft.ContainerRegistry/registries/orchardimages", "name": "orchardimages",
        "loginServer": "orchardimages.azurecr.io", "location": "westeurope",
        "type": "Microsoft.ContainerRegistry/registries", "sku": {{ "name": "Premium" }},
        "publicNetworkAccess": "Enabled", "privateEndpointConnections": [],
        "networkRuleSet": {{ "defaultAction": "Deny", "ipRules": [{}] }} }}"#,
        rules.join(",")
    );
    let address = format!(
        r#"[{{ "id": "{GROUP}/Microsoft.Network/publicIPAddresses/out", "name": "out", "location": "westeurope",
        "type": "Microsoft.Network/publicIPAddresses", "ipAddress": "198.51.100.24" }}]"#
    );
    let scope = format!("{GROUP}/Microsoft.ContainerRegistry/registries/orchardimages");
    let grants = format!(
        r#"[{{ "id": "{scope}/providers/Microsoft.Authorization/roleAssignments/6a1f0d3c-85b7-4e29-9f40-c2d7b8e51a36",
        "name": "6a1f0d3c-85b7-4e29-9f40-c2d7b8e51a36", "principalId": "{kubelet}", "scope": "{scope}",
        "roleDefinitionName": "AcrPull", "type": "Microsoft.Authorization/roleAssignments" }}]"#
    );
    let named = [("aks", cluster), ("acr", registry), ("ip", address), ("grants", grants)];
    named.into_iter().map(|(name, text)| (format!("az/{name}.json"), text.into_bytes())).collect()
}

fn found(rules: &[String], outbound: &str) -> Vec<String> {
    let report = lint(files(rules, outbound), &Outlook::default()).report;
    report.findings.iter().map(|it| format!("{} {}", it.rule, it.severity.word())).collect()
}

fn many(last: &str) -> Vec<String> {
    let others = (0..5_000).map(|at| format!("203.{}.{}.0/24", at / 250, at % 250));
    others.chain([last.to_owned()]).collect()
}

#[test]
fn thousands_of_rules_are_looked_at_one_by_one() {
    assert_eq!(found(&many("198.51.100.24"), "loadBalancer"), Vec::<String>::new());
    assert_eq!(found(&many("198.51.100.25"), "loadBalancer"), ["ACR302 error"]);
}

#[test]
fn rules_that_overlap_or_repeat_are_fine() {
    let of = |rules: &[&str]| found(&rules.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(), "loadBalancer");
    let nothing = Vec::<String>::new();
    assert_eq!(of(&["198.51.100.0/24", "198.51.100.0/25", "198.51.100.0/24"]), nothing);
    assert_eq!(of(&["198.51.100.16/29", "198.51.100.24/31", "198.51.100.26/31"]), nothing);
    assert_eq!(of(&["0.0.0.0/0"]), nothing);
    // What can never match does no harm beside what does.
    assert_eq!(of(&["10.0.0.0/8", "no address", "198.51.100.24"]), nothing);
    assert_eq!(of(&["10.0.0.0/8"]), ["ACR302 error"]);
    assert_eq!(of(&["#{ALLOWED}#"]), nothing);
}

#[test]
fn a_registry_open_to_the_world_is_out_of_reach_where_nothing_gets_out() {
    let all = ["0.0.0.0/0".to_owned()];
    assert_eq!(found(&all, "block"), ["ACR309 error"]);
    assert_eq!(found(&all, "none"), ["ACR309 warning"]);
    assert_eq!(found(&all, "something"), Vec::<String>::new());
}
