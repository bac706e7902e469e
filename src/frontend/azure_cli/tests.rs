use std::fmt::Write;

use super::*;
use crate::frontend::Trouble;
use crate::source::MemoryFiles;

fn lowered(files: &[(&str, &str)]) -> (Store, Lowered) {
    let contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(contents));
    let ids: Vec<SourceId> = files.iter().map(|(path, _)| store.open_path(path).unwrap()).collect();
    let lowered = lower(&store, &ids, &[]);
    (store, lowered)
}

/// Deployments and the addresses of their resources.
fn told(lowered: &Lowered) -> String {
    let mut told = String::new();
    for deployment in &lowered.deployments {
        write!(told, "{}:", deployment.name).unwrap();
        deployment.resources.iter().for_each(|resource| write!(told, " {}", resource.address).unwrap());
        told.push('\n');
    }
    told
}

/// The only deployment's first resource.
fn first(lowered: &Lowered) -> &Resource {
    &lowered.deployments[0].resources[0]
}

fn text<'r>(resource: &'r Resource, path: &[&str]) -> Option<&'r str> {
    resource.body.at(path).and_then(Node::as_str)
}

const GROUP_ID: &str = "/subscriptions/0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b634/resourceGroups/rg-a";

fn registry(rest: &str) -> String {
    format!(
        r#"{{"id": "{GROUP_ID}/providers/Microsoft.ContainerRegistry/registries/shipimages", "name": "shipimages", {rest}}}"#
    )
}

#[test]
fn a_registry_is_one_in_every_shape() {
    let flat = registry(
        r#""location": "westeurope", "loginServer": "shipimages.azurecr.io", "adminUserEnabled": true, "sku": {"name": "Premium"},
        "networkRuleSet": {"defaultAction": "Deny", "ipRules": [{"action": "Allow", "ipAddressOrRange": "203.0.113.7"}]}"#,
    );
    let whole = registry(
        r#""location": "westeurope", "sku": {"name": "Premium"}, "properties": {"loginServer": "shipimages.azurecr.io",
        "adminUserEnabled": true, "networkRuleSet": {"defaultAction": "Deny", "ipRules": [{"action": "Allow", "value": "203.0.113.7"}]}}"#,
    );
    let powershell = format!(
        r#"{{"Id": "{GROUP_ID}/providers/Microsoft.ContainerRegistry/registries/shipimages", "Name": "shipimages",
        "Location": "westeurope", "LoginServer": "shipimages.azurecr.io", "AdminUserEnabled": true, "SkuName": "Premium",
        "NetworkRuleSetDefaultAction": "Deny", "NetworkRuleSetIPRule": [{{"Action": "Allow", "IPAddressOrRange": "203.0.113.7"}}]}}"#
    );
    let page = format!(r#"{{"value": [{whole}], "nextLink": null}}"#);
    let yaml = "id: ".to_owned()
        + GROUP_ID
        + "/providers/Microsoft.ContainerRegistry/registries/shipimages\nname: shipimages\nlocation: westeurope\n\
           loginServer: shipimages.azurecr.io\nadminUserEnabled: true\nsku:\n  name: Premium\nnetworkRuleSet:\n  \
           defaultAction: Deny\n  ipRules:\n  - action: Allow\n    ipAddressOrRange: 203.0.113.7\n";
    let marked = format!("\u{feff}{flat}");
    for (path, content) in [
        ("a.json", &flat),
        ("a.json", &whole),
        ("a.json", &powershell),
        ("a.json", &page),
        ("a.yaml", &yaml),
        ("a.json", &marked),
        ("a.json", &format!("[{flat}]")),
    ] {
        let (store, lowered) = lowered(&[(path, content)]);
        assert_eq!(told(&lowered), format!("{path}: registries/shipimages\n"), "{content}");
        let found = first(&lowered);
        assert!(found.is_read_back() && found.is_kind("Microsoft.ContainerRegistry/registries"));
        assert_eq!(text(found, &["location"]), Some("westeurope"));
        assert_eq!(text(found, &["sku", "name"]), Some("Premium"));
        assert_eq!(text(found, &["properties", "loginServer"]), Some("shipimages.azurecr.io"));
        assert_eq!(found.body.at(&["properties", "adminUserEnabled"]).and_then(Node::as_bool), Some(true));
        assert_eq!(text(found, &["properties", "networkRuleSet", "ipRules", "0", "value"]), Some("203.0.113.7"));
        assert_eq!(store.snippet(found.declared).trim_matches('"'), "shipimages");
        assert!(matches!(&found.scope.value, Value::Id(id) if id.is_container()));
    }
}

#[test]
fn what_an_older_interface_leaves_out_is_not_known() {
    let whole = registry(r#""properties": {"loginServer": "shipimages.azurecr.io"}"#);
    let flat = registry(r#""loginServer": "shipimages.azurecr.io""#);
    // A CLI that doesn't know the mode is older than that.
    for (content, mode) in [(whole, true), (flat, false)] {
        let (_, lowered) = lowered(&[("a.json", &content)]);
        let is_open = |key: &str| first(&lowered).body.at(&["properties", key]).is_some_and(|it| it.why().is_some());
        assert_eq!((is_open("anonymousPullEnabled"), is_open("roleAssignmentMode")), (true, mode));
    }
}

#[test]
fn several_outputs_may_stand_in_one_file() {
    let (one, other) =
        (registry(r#""loginServer": "a""#), registry(r#""loginServer": "a""#).replace("shipimages", "dockimages"));
    for content in [format!("{one}\n{other}\n"), format!("[{one}]\n[{other}]")] {
        let (store, lowered) = lowered(&[("a.json", &content)]);
        assert_eq!(told(&lowered), "a.json: registries/shipimages registries/dockimages\n");
        assert_eq!(store.snippet(lowered.deployments[0].resources[1].declared).trim_matches('"'), "dockimages");
    }
}

#[test]
fn a_cluster_tells_of_its_identities() {
    let identity = format!("{GROUP_ID}/providers/Microsoft.ManagedIdentity/userAssignedIdentities");
    let cluster = format!(
        r#"{{"id": "{GROUP_ID}/providers/Microsoft.ContainerService/managedClusters/ship", "name": "ship",
        "agentPoolProfiles": [{{"name": "system", "vnetSubnetId": "/x"}}],
        "identity": {{"type": "UserAssigned", "userAssignedIdentities": {{"{identity}/control": {{"clientId": "c1", "principalId": "p1"}}}}}},
        "identityProfile": {{"kubeletidentity": {{"clientId": "c2", "objectId": "p2", "resourceId": "{identity}/kubelet"}}}},
        "servicePrincipalProfile": {{"clientId": "msi", "secret": "s3cret"}}}}"#
    );
    let shown = format!(
        r#"{{"id": "{identity}/kubelet", "name": "kubelet", "clientId": "c2", "principalId": "p2", "tenantId": "t", "type": "x"}}"#
    );
    let (_, lowered) = lowered(&[("a.json", &cluster), ("b.json", &shown)]);
    assert_eq!(
        told(&lowered),
        "a.json: managedClusters/ship userAssignedIdentities/control userAssignedIdentities/kubelet\nb.json:\n"
    );
    let resources = &lowered.deployments[0].resources;
    assert_eq!(text(&resources[1], &["properties", "principalId"]), Some("p1"));
    assert_eq!(text(&resources[2], &["properties", "principalId"]), Some("p2"));
    assert_eq!(text(&resources[2], &["properties", "tenantId"]), Some("t"));
    assert_eq!(text(&resources[0], &["properties", "agentPoolProfiles", "0", "vnetSubnetID"]), Some("/x"));
    assert!(resources[0].body.at(&["properties", "servicePrincipalProfile", "secret"]).unwrap().secret);
}

#[test]
fn two_moments_that_differ_leave_a_value_open() {
    let before = registry(r#""loginServer": "a", "adminUserEnabled": true, "publicNetworkAccess": "Enabled""#);
    let after = registry(r#""loginServer": "a", "adminUserEnabled": false, "publicNetworkAccess": "Enabled""#);
    let (_, lowered) = lowered(&[("a.json", &before), ("b.json", &after)]);
    let found = first(&lowered);
    assert!(found.body.at(&["properties", "adminUserEnabled"]).unwrap().why().is_some());
    assert_eq!(text(found, &["properties", "publicNetworkAccess"]), Some("Enabled"));
}

#[test]
fn role_assignments_stand_on_their_scopes() {
    let assignment = |scope: &str| {
        format!(
            r#"{{"id": "{scope}/providers/Microsoft.Authorization/roleAssignments/n", "name": "n", "principalId": "{0}", "principalName": "{1}",
            "principalType": "ServicePrincipal", "roleDefinitionId": "/r", "roleDefinitionName": "AcrPull", "scope": "{scope}/"}}"#,
            "0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b635", "0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b636"
        )
    };
    let powershell = format!(
        r#"{{"RoleAssignmentId": "{GROUP_ID}/providers/Microsoft.Authorization/roleAssignments/m", "RoleAssignmentName": "m",
        "Scope": "{GROUP_ID}", "RoleDefinitionName": "AcrPull", "RoleDefinitionId": "r", "ObjectId": "o", "ObjectType": "User"}}"#
    );
    let (_, lowered) = lowered(&[("a.json", &format!("[{}, {}, {powershell}]", assignment(GROUP_ID), assignment("")))]);
    assert_eq!(told(&lowered), "a.json: roleAssignments/n roleAssignments/n (2) roleAssignments/m servicePrincipals\n");
    let resources = &lowered.deployments[0].resources;
    assert!(matches!(&resources[0].scope.value, Value::Id(id) if id.is_kind(crate::ir::GROUP)));
    assert!(resources[1].scope.is_null());
    assert_eq!(text(&resources[2], &["properties", "principalId"]), Some("o"));
    assert_eq!(text(&resources[3], &["appId"]), Some("0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b636"));
}

#[test]
fn networks_are_read_with_what_is_in_them() {
    let network = |rest: &str| format!(r#"{{"id": "{GROUP_ID}/providers/Microsoft.Network/{rest}}}"#);
    let endpoint = network(&format!(
        r#"privateEndpoints/pe", "name": "pe", "subnet": {{"id": "/s"}}, "manualPrivateLinkServiceConnections": [],
        "privateLinkServiceConnections": [{{"id": "{GROUP_ID}/providers/Microsoft.Network/privateEndpoints/pe/privateLinkServiceConnections/c",
        "name": "c", "groupIds": ["registry"], "privateLinkServiceId": "/acr"}}]"#
    ));
    let all = [
        endpoint,
        network(r#"privateDnsZones/privatelink.azurecr.io", "name": "z", "numberOfRecordSets": 3"#),
        network(
            r#"privateDnsZones/privatelink.azurecr.io/virtualNetworkLinks/l", "name": "l", "virtualNetwork": {"id": "/v"}"#,
        ),
        network(
            r#"privateDnsZones/privatelink.azurecr.io/A/ship", "name": "ship", "aRecords": [{"ipv4Address": "10.0.0.4"}]"#,
        ),
        network(r#"virtualNetworks/v", "name": "v", "addressSpace": {"addressPrefixes": []}, "subnets": []"#),
        network(r#"virtualNetworks/v/virtualNetworkPeerings/p", "name": "p", "remoteVirtualNetwork": {"id": "/w"}"#),
        network(r#"networkSecurityGroups/g", "name": "g", "securityRules": []"#),
    ];
    let (_, lowered) = lowered(&[("a.json", &format!("[{}]", all.join(",")))]);
    assert_eq!(
        told(&lowered),
        "a.json: privateEndpoints/pe privateDnsZones/privatelink.azurecr.io virtualNetworkLinks/l A/ship virtualNetworks/v \
         virtualNetworkPeerings/p networkSecurityGroups/g\n"
    );
    let path = ["properties", "privateLinkServiceConnections", "0", "properties", "privateLinkServiceId"];
    assert_eq!(text(first(&lowered), &path), Some("/acr"));
}

#[test]
fn credentials_are_marked() {
    let registry = r#"{"passwords": [{"name": "password", "value": "hidden"}], "username": "shipimages"}"#;
    let token = r#"{"accessToken": "hidden", "loginServer": "shipimages.azurecr.io"}"#;
    for content in [registry, token] {
        let (_, lowered) = lowered(&[("a.json", content)]);
        let body = &first(&lowered).body;
        let marked = |path: &[&str]| body.at(path).is_some_and(|node| node.secret);
        assert!(marked(&["passwords", "0", "value"]) || marked(&["accessToken"]));
        // The admin user is called like the registry: hidden, it would be hidden everywhere.
        for open in [&["username"][..], &["loginServer"], &["passwords", "0", "name"]] {
            assert!(!marked(open), "{open:?}");
        }
        assert!(!told(&lowered).contains("hidden"));
    }
    let listed = r#"[{"keyId": "k", "endDateTime": "2025-01-01T00:00:00Z", "secretText": null}]"#;
    let (_, lowered) = lowered(&[("a.json", listed)]);
    assert_eq!(told(&lowered), "a.json: passwordCredentials\n");
}

#[test]
fn lists_of_tags_say_whose_they_are_or_not() {
    let of = |path: &str, content: &str| {
        let (_, lowered) = lowered(&[(path, content)]);
        let found = lowered.deployments.first().map(|it| it.resources[0].clone());
        found.map(|it| ["registry", "repository", "hint"].map(|key| text(&it, &[key]).map(str::to_owned)))
    };
    let some = |registry: Option<&str>, repository: Option<&str>, hint: Option<&str>| {
        Some([registry, repository, hint].map(|it| it.map(str::to_owned)))
    };
    let api = r#"{"registry": "a.azurecr.io", "imageName": "web", "tags": [{"name": "1"}]}"#;
    assert_eq!(of("x.json", api), some(Some("a.azurecr.io"), Some("web"), None));
    let skopeo = r#"{"Repository": "a.azurecr.io/team/web", "Tags": ["1"]}"#;
    assert_eq!(of("x.json", skopeo), some(Some("a.azurecr.io"), Some("team/web"), None));
    assert_eq!(of("x.json", r#"{"name": "web", "tags": ["1"]}"#), some(None, Some("web"), None));
    assert_eq!(of("web-tags.json", r#"["1", "2"]"#), some(None, None, Some("web-tags.json")));
    let detail = r#"[{"name": "1", "digest": "sha256:0", "createdTime": "2026-01-01T00:00:00Z"}]"#;
    assert_eq!(of("web.json", detail), some(None, None, Some("web.json")));
    for (path, content) in [("words.json", r#"["1", "2"]"#), ("x.json", r#"{"name": "web", "tags": ["1"], "more": 1}"#)]
    {
        assert_eq!(of(path, content), None, "{content}");
    }
}

#[test]
fn what_is_none_of_these_is_left_alone() {
    let contents = [
        "{}",
        "[]",
        "[[[[]]]]",
        "{\"id\": \"/subscriptions/x\"}",
        "{\"$schema\": \"x\", \"loginServer\": \"registries/\", \"id\": \"/subscriptions/\"}",
        "{\"id\": \"/subscriptions/a/resourceGroups/b/providers/Microsoft.ContainerRegistry/registries/c\"}",
        "{\"id\": \"/subscriptions/a/resourceGroups/b/providers/Microsoft.ContainerRegistry/registries\", \"loginServer\": \"\"}",
        "{\"loginServer\": \"registries/\", \"id\": 1, \"x\": \"/subscriptions/\"}",
        "{\"name\": \"shop\", \"version\": \"1.0.0\"}",
        "{\"apiVersion\": \"v1\", \"kubeletidentity\": \"managedclusters/ /subscriptions/",
        "\"/subscriptions/ loginServer registries/\"",
    ];
    for content in contents {
        let (_, lowered) = lowered(&[("a.json", content)]);
        assert_eq!((told(&lowered).as_str(), lowered.problems.len()), ("", 0), "{content}");
    }
}

#[test]
fn broken_output_has_a_place_and_hides_anything() {
    let whole = registry(r#""loginServer": "shipimages.azurecr.io", "resourceGroup": "rg-a""#);
    let broken = whole.replace("\"name\"", "name");
    let (store, lowered) = lowered(&[("a.json", &broken)]);
    let problem = &lowered.problems[0];
    assert_eq!(problem.trouble, Trouble::Syntax);
    assert_eq!(&*store.source(problem.span.source).path, "a.json");
    assert_eq!(lowered.deployments[0].gaps[0].hides, Some(Hides::Anything));
}

proptest::proptest! {
    #[test]
    fn any_text_is_survived(text in "[\\[\\]{}:,\"\\\\ a-z0-9/\n\u{e9}]{0,60}") {
        let marked = format!("{{\"id\": \"{GROUP_ID}/providers/Microsoft.ContainerRegistry/registries/x\", \"loginServer\": {text}");
        for text in [text, marked] {
            lowered(&[("tags.json", &text), ("b.yaml", &text)]);
        }
    }
}

#[test]
fn what_was_meant_for_the_screen_is_passed_over() {
    let whole = registry(r#""loginServer": "shipimages.azurecr.io""#);
    let warned = format!("WARNING: The behavior of this command has changed\nERROR: late\n{whole}");
    let (store, found) = lowered(&[("a.json", &warned)]);
    assert_eq!(told(&found), "a.json: registries/shipimages\n");
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    let host = first(&found).body.at(&["properties", "loginServer"]).unwrap();
    assert_eq!(store.snippet(host.span), "\"shipimages.azurecr.io\"");
    assert_eq!(told(&lowered(&[("a.json", "WARNING: nothing\nNAME  GROUP\n")]).1), "");
}

#[test]
fn output_that_was_cut_off_is_told() {
    let whole = registry(r#""sku": {"name": "Basic"}, "loginServer": "shipimages.azurecr.io""#);
    for length in [whole.len() - 1, whole.find("loginServer").unwrap(), whole.find("sku").unwrap()] {
        let (_, found) = lowered(&[("acr.json", &whole[..length])]);
        let troubles: Vec<Trouble> = found.problems.iter().map(|problem| problem.trouble).collect();
        assert_eq!(troubles, [Trouble::Syntax], "{length}");
    }
    // What is broken in another way, or has another shape, may be anything.
    let settings = r#"{"scopes": ["/subscriptions/0/resourceGroups/a/providers/Microsoft.Web/sites/b""#;
    let broken = whole.replace("\"sku\"", "sku").replace("loginServer", "host");
    for text in [settings, &broken] {
        assert!(lowered(&[("a.json", text)]).1.problems.is_empty(), "{text}");
    }
}

/// What `az network … show` prints of something, flattened.
fn network(kind: &str, name: &str, rest: &str) -> String {
    format!(
        r#"{{"id": "{GROUP_ID}/providers/Microsoft.Network/{kind}/{name}", "name": "{name}", "resourceGroup": "rg-a", {rest}}}"#
    )
}

#[test]
fn what_is_printed_of_networks_is_put_below_properties() {
    let subnet = network(
        "virtualNetworks/vnet-a/subnets",
        "nodes",
        r#""addressPrefix": "10.1.0.0/22", "serviceEndpoints": [{"service": "Microsoft.Storage"}]"#,
    );
    let rule = network(
        "networkSecurityGroups/nsg/securityRules",
        "deny",
        r#""access": "Deny", "direction": "Outbound", "priority": 200"#,
    );
    let endpoint_connection = network(
        "privateEndpoints/pe/privateLinkServiceConnections",
        "c",
        r#""groupIds": ["registry"], "privateLinkServiceId": "x""#,
    );
    let collections = r#""ruleCollections": [{"name": "acr", "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "rules": []}]"#;
    for (printed, path, value) in [
        (
            network(
                "virtualNetworks",
                "vnet-a",
                &format!(r#""addressSpace": {{"addressPrefixes": ["10.1.0.0/16"]}}, "subnets": [{subnet}]"#),
            ),
            "properties.subnets.0.properties.serviceEndpoints.0.service",
            "Microsoft.Storage",
        ),
        (subnet.clone(), "properties.addressPrefix", "10.1.0.0/22"),
        (
            network(
                "virtualNetworks/vnet-a/virtualNetworkPeerings",
                "hub",
                r#""remoteVirtualNetwork": {"id": "h"}, "peeringState": "Connected""#,
            ),
            "properties.peeringState",
            "Connected",
        ),
        (
            network(
                "networkSecurityGroups",
                "nsg",
                &format!(r#""securityRules": [{rule}], "defaultSecurityRules": []"#),
            ),
            "properties.securityRules.0.properties.access",
            "Deny",
        ),
        (rule.clone(), "properties.direction", "Outbound"),
        (
            network("routeTables/r/routes", "all", r#""nextHopType": "VirtualAppliance""#),
            "properties.nextHopType",
            "VirtualAppliance",
        ),
        (
            network("publicIPPrefixes", "p", r#""ipPrefix": "203.0.113.0/28", "prefixLength": 28"#),
            "properties.ipPrefix",
            "203.0.113.0/28",
        ),
        (
            network("natGateways", "n", r#""idleTimeoutInMinutes": 4, "publicIpPrefixes": [{"id": "p"}]"#),
            "properties.publicIpPrefixes.0.id",
            "p",
        ),
        (
            network(
                "privateEndpoints",
                "pe",
                &format!(r#""privateLinkServiceConnections": [{endpoint_connection}], "subnet": {{"id": "s"}}"#),
            ),
            "properties.privateLinkServiceConnections.0.properties.groupIds.0",
            "registry",
        ),
        (
            network(
                "privateEndpoints/pe/privateDnsZoneGroups",
                "default",
                r#""privateDnsZoneConfigs": [{"name": "acr", "privateDnsZoneId": "z"}]"#,
            ),
            "properties.privateDnsZoneConfigs.0.properties.privateDnsZoneId",
            "z",
        ),
        (
            network("privateDnsZones/privatelink.azurecr.io/A", "shop", r#""aRecords": [{"ipv4Address": "10.1.0.4"}]"#),
            "properties.aRecords.0.ipv4Address",
            "10.1.0.4",
        ),
        (
            network(
                "azureFirewalls",
                "fw",
                r#""ipConfigurations": [], "sku": {"name": "AZFW_VNet", "tier": "Standard"}"#,
            ),
            "properties.sku.tier",
            "Standard",
        ),
        (
            network("firewallPolicies/fp/ruleCollectionGroups", "g", collections),
            "properties.ruleCollections.0.name",
            "acr",
        ),
        (
            network(
                "serviceEndpointPolicies/sep/serviceEndpointPolicyDefinitions",
                "d",
                r#""serviceResources": ["/subscriptions/x"]"#,
            ),
            "properties.serviceResources.0",
            "/subscriptions/x",
        ),
    ] {
        for content in [printed.clone(), format!("[{printed}]")] {
            let (_, lowered) = lowered(&[("saved.json", &content)]);
            let found = first(&lowered);
            let steps: Vec<&str> = path.split('.').collect();
            assert_eq!(text(found, &steps), Some(value), "{content} {:?}", found.body);
            assert!(found.is_read_back());
        }
    }
}

#[test]
fn an_id_alone_is_no_output() {
    let (_, lowered) = lowered(&[("saved.json", &network("natGateways", "n", r#""note": "ours""#))]);
    assert!(lowered.deployments.iter().all(|it| it.resources.is_empty()));
}

#[test]
fn a_subnet_rule_of_a_registry_has_an_id() {
    let flat = registry(
        r#""loginServer": "shipimages.azurecr.io", "networkRuleSet": {"defaultAction": "Deny", "ipRules": [],
        "virtualNetworkRules": [{"action": "Allow", "virtualNetworkResourceId": "s"}]}"#,
    );
    let (_, lowered) = lowered(&[("acr.json", &flat)]);
    assert_eq!(text(first(&lowered), &["properties", "networkRuleSet", "virtualNetworkRules", "0", "id"]), Some("s"));
}
