//! Modules of the public registry that make networks.

use super::*;

const MAIN: &str = "
module nsg 'br/public:avm/res/network/network-security-group:0.5.2' = {
  params: {
    name: 'nsg'
    securityRules: [
      {
        name: 'deny'
        properties: { access: 'Deny', direction: 'Outbound', priority: 100, protocol: '*', destinationAddressPrefix: 'Internet', destinationPortRange: '443' }
      }
    ]
  }
}
module table 'br/public:avm/res/network/route-table:0.4.1' = {
  params: {
    name: 'rt'
    routes: [{ name: 'all', properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' } }]
  }
}
module out 'br/public:avm/res/network/public-ip-address:0.9.0' = { params: { name: 'out' } }
module nat 'br/public:avm/res/network/nat-gateway:1.2.1' = { params: { name: 'nat', zone: 1, publicIpResourceIds: [out.outputs.resourceId] } }
module hub 'br/public:avm/res/network/virtual-network:0.7.0' = { params: { name: 'hub', addressPrefixes: ['10.1.0.0/16'] } }
module spoke 'br/public:avm/res/network/virtual-network:0.7.0' = {
  params: {
    name: 'spoke'
    addressPrefixes: ['10.0.0.0/16']
    dnsServers: ['10.1.0.4']
    subnets: [
      {
        name: 'nodes'
        addressPrefix: '10.0.0.0/22'
        networkSecurityGroupResourceId: nsg.outputs.resourceId
        routeTableResourceId: table.outputs.resourceId
        natGatewayResourceId: nat.outputs.resourceId
        serviceEndpoints: ['Microsoft.ContainerRegistry']
      }
    ]
    peerings: [{ remoteVirtualNetworkResourceId: hub.outputs.resourceId, remotePeeringEnabled: true, allowVirtualNetworkAccess: false }]
  }
}
module zone 'br/public:avm/res/network/private-dns-zone:0.7.1' = {
  params: {
    name: 'privatelink.azurecr.io'
    a: [{ name: 'shop', aRecords: [{ ipv4Address: '10.0.8.4' }] }]
    virtualNetworkLinks: [{ virtualNetworkResourceId: spoke.outputs.resourceId, resolutionPolicy: 'NxDomainRedirect' }]
  }
}
module acr 'br/public:avm/res/container-registry/registry:0.9.1' = {
  params: {
    name: 'shop'
    acrSku: 'Premium'
    networkRuleSetIpRules: [{ action: 'Allow', value: '203.0.113.7' }]
    privateEndpoints: [
      {
        subnetResourceId: spoke.outputs.subnetResourceIds[0]
        privateDnsZoneGroup: { privateDnsZoneGroupConfigs: [{ privateDnsZoneResourceId: zone.outputs.resourceId }] }
      }
    ]
  }
}
";

#[test]
fn modules_of_networks_make_what_their_inputs_say() {
    let deployment = only(&[("main.bicep", MAIN)]);
    let one = |kind: &str| {
        let all = found(&deployment, kind);
        assert_eq!(all.len(), 1, "{kind}: {:?}", all.iter().map(|it| it.address.to_string()).collect::<Vec<_>>());
        all[0]
    };
    let group = one("networkSecurityGroups");
    assert_eq!(at(group, &["properties", "securityRules", "0", "properties", "destinationAddressPrefix"]), "Internet");
    assert_eq!(at(one("routeTables"), &["properties", "routes", "0", "properties", "nextHopIpAddress"]), "10.0.0.4");
    assert_eq!(at(one("publicIPAddresses"), &["properties", "publicIPAllocationMethod"]), "Static");
    let subnet = one("virtualNetworks/subnets");
    assert_eq!(at(subnet, &["properties", "networkSecurityGroup", "id"]), "@nsg.group.id");
    assert_eq!(at(subnet, &["properties", "routeTable", "id"]), "@table.table.id");
    // Nobody knows this one: what refers to it is unknown, and never absent.
    assert!(at(subnet, &["properties", "natGateway"]).starts_with("if(null, "), "{:?}", subnet.body);
    assert_eq!(at(subnet, &["properties", "serviceEndpoints", "0", "service"]), "Microsoft.ContainerRegistry");
    let peerings = found(&deployment, "virtualNetworkPeerings");
    let sides: Vec<String> = peerings
        .iter()
        .map(|it| {
            let remote = at(it, &["properties", "remoteVirtualNetwork", "id"]);
            format!("{} {remote} {}", show(&it.id), at(it, &["properties", "allowVirtualNetworkAccess"]))
        })
        .collect();
    assert_eq!(sides.len(), 2, "{sides:?}");
    assert!(sides[0].contains("@hub.") && sides[0].ends_with("false"), "{sides:?}");
    assert!(sides[1].contains("@spoke.") && sides[1].ends_with("true"), "{sides:?}");
    let link = one("virtualNetworkLinks");
    assert!(at(link, &["properties", "virtualNetwork", "id"]).starts_with("@spoke."));
    assert_eq!(at(link, &["properties", "resolutionPolicy"]), "NxDomainRedirect");
    assert_eq!(at(one("privateDnsZones/A"), &["properties", "aRecords", "0", "ipv4Address"]), "10.0.8.4");
    let zones = one("privateDnsZoneGroups");
    let zone = at(zones, &["properties", "privateDnsZoneConfigs", "0", "properties", "privateDnsZoneId"]);
    assert!(zone.starts_with("@zone."), "{zone}");
    let endpoint = one("privateEndpoints");
    assert!(at(endpoint, &["properties", "subnet", "id"]).starts_with("@spoke."), "{:?}", endpoint.body);
    let registry = one("registries");
    assert_eq!(at(registry, &["properties", "networkRuleSet", "ipRules", "0", "value"]), "203.0.113.7");
    // Its own gap says what it may touch.
    let gaps: Vec<&Hides> = deployment.gaps.iter().filter_map(|gap| gap.hides.as_ref()).collect();
    assert!(gaps.iter().any(|it| matches!(it, Hides::Touching(touched) if !touched.is_empty())), "{gaps:?}");
}
