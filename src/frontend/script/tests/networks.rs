//! What `az network` and the network options of `az acr` and `az aks` make.

use super::*;
use crate::ir::Makes;

/// The only resource of a type, declared or changed.
fn only<'s>(scripted: &'s Scripted, kind: &str, origin: Origin) -> &'s Resource {
    let found: Vec<&Resource> = named(scripted, kind).into_iter().filter(|it| it.origin == origin).collect();
    let [only] = found.as_slice() else { panic!("{kind}: {found:?}") };
    only
}

fn at(resource: &Resource, path: &str) -> String {
    let steps: Vec<&str> = path.split('.').collect();
    text(resource.body.at(&steps))
}

#[test]
fn networks_are_declared_with_what_stands_in_them() {
    let scripted = one(
        "net.sh",
        "az network vnet create -g rg -n vnet --address-prefixes 10.0.0.0/16 --dns-servers 10.0.0.4 10.0.0.5 --subnet-name nodes --subnet-prefixes 10.0.0.0/22\n\
         az network nsg create -g rg -n nsg\n\
         az network route-table create -g rg -n routes\n\
         az network vnet subnet create -g rg --vnet-name vnet -n pe --address-prefixes 10.0.8.0/24 --nsg nsg --route-table routes --service-endpoints Microsoft.Storage Microsoft.ContainerRegistry\n\
         az network vnet subnet update -g rg --vnet-name vnet -n nodes --nat-gateway nat --service-endpoint-policy sep\n",
    );
    assert!(scripted.imperative.is_empty(), "{:?}", scripted.imperative);
    let vnet = only(&scripted, "virtualNetworks", Origin::Declared);
    assert_eq!(at(vnet, "properties.dhcpOptions.dnsServers.1"), "10.0.0.5");
    let subnets: Vec<&Resource> =
        named(&scripted, "/subnets").into_iter().filter(|it| it.origin == Origin::Declared).collect();
    assert_eq!(subnets.iter().map(|it| text(Some(&it.name))).collect::<Vec<_>>(), ["nodes", "pe"]);
    assert!(text(Some(&subnets[1].id)).ends_with("/virtualNetworks/vnet/subnets/pe"), "{}", text(Some(&subnets[1].id)));
    assert_eq!(at(subnets[1], "properties.serviceEndpoints.1.service"), "Microsoft.ContainerRegistry");
    assert_eq!(at(subnets[1], "properties.networkSecurityGroup.id"), "ref:id");
    let change = only(&scripted, "/subnets", Origin::Update);
    assert_eq!(text(Some(&change.id)), text(Some(&subnets[0].id)));
    assert_eq!(at(change, "properties.natGateway.id"), "ref:id");
    assert_eq!(at(change, "properties.serviceEndpointPolicies.0.id"), "ref:id");
}

#[test]
fn subnets_of_one_name_in_two_networks_are_two() {
    let scripted = one(
        "net.sh",
        "for v in hub spoke; do az network vnet create -g rg -n $v --subnet-name default; done\n\
         az network vnet peering create -g rg -n a --vnet-name hub --remote-vnet spoke --allow-vnet-access\n\
         az network vnet peering create -g rg -n a --vnet-name spoke --remote-vnet $(az network vnet show -g rg -n hub --query id -o tsv) --allow-vnet-access false\n",
    );
    assert_eq!(named(&scripted, "/subnets").len(), 2);
    let peerings = named(&scripted, "/virtualNetworkPeerings");
    let told = |it: &&Resource| {
        let Some(Value::Ref(remote)) =
            it.body.at(&["properties", "remoteVirtualNetwork", "id"]).map(|node| &node.value)
        else {
            panic!("{it:?}")
        };
        let crate::ir::Target::Resource(remote) = &remote.target else { panic!() };
        format!("{remote} {}", at(it, "properties.allowVirtualNetworkAccess"))
    };
    assert_eq!(
        peerings.iter().map(told).collect::<Vec<_>>(),
        ["virtualNetworks spoke true", "virtualNetworks hub false"]
    );
}

#[test]
fn a_private_endpoint_and_its_names_are_declared() {
    let scripted = one(
        "pe.sh",
        "az acr create -g rg -n shop --sku Premium\n\
         ACR=$(az acr show -n shop --query id -o tsv)\n\
         az network private-endpoint create -g rg -n pe --vnet-name vnet --subnet pe --private-connection-resource-id $ACR --group-ids registry --connection-name c\n\
         az network private-dns zone create -g rg -n privatelink.azurecr.io\n\
         az network private-dns link vnet create -g rg -n link -z privatelink.azurecr.io -v vnet -e false --resolution-policy NxDomainRedirect\n\
         az network private-endpoint dns-zone-group create -g rg --endpoint-name pe -n default --private-dns-zone privatelink.azurecr.io --zone-name acr\n\
         az network private-dns record-set a create -g rg -z privatelink.azurecr.io -n shop\n\
         az network private-dns record-set a add-record -g rg -z privatelink.azurecr.io -n shop -a 10.0.8.4\n\
         az network private-dns record-set a add-record -g rg -z privatelink.azurecr.io -n shop.westeurope.data -a 10.0.8.5\n",
    );
    assert!(scripted.imperative.is_empty(), "{:?}", scripted.imperative);
    let endpoint = only(&scripted, "privateEndpoints", Origin::Declared);
    let connection = "properties.privateLinkServiceConnections.0.properties";
    assert_eq!(at(endpoint, &format!("{connection}.privateLinkServiceId")), "ref:id");
    assert_eq!(at(endpoint, &format!("{connection}.groupIds.0")), "registry");
    assert_eq!(at(endpoint, "properties.subnet.id"), "ref:id");
    let group = only(&scripted, "privateDnsZoneGroups", Origin::Declared);
    assert_eq!(at(group, "properties.privateDnsZoneConfigs.0.properties.privateDnsZoneId"), "ref:id");
    let link = only(&scripted, "privateDnsZones/virtualNetworkLinks", Origin::Declared);
    assert_eq!(at(link, "properties.virtualNetwork.id"), "ref:id");
    assert_eq!(at(link, "properties.resolutionPolicy"), "NxDomainRedirect");
    let records: Vec<&Resource> = named(&scripted, "privateDnsZones/A");
    assert_eq!(records.len(), 3);
    assert_eq!(at(records[1], "properties.aRecords.0.ipv4Address"), "10.0.8.4");
    assert_eq!(records[1].origin, Origin::Update);
    assert_eq!(
        (at(records[2], "properties.aRecords.0.ipv4Address"), records[2].origin),
        ("10.0.8.5".to_owned(), Origin::Declared)
    );
}

#[test]
fn a_manual_request_waits() {
    let scripted = one(
        "pe.sh",
        "az network private-endpoint create -g rg -n pe --subnet $S --private-connection-resource-id $ID --group-id registry --manual-request\n",
    );
    let endpoint = only(&scripted, "privateEndpoints", Origin::Declared);
    assert_eq!(at(endpoint, "properties.manualPrivateLinkServiceConnections.0.properties.groupIds.0"), "registry");
    assert_eq!(at(endpoint, "properties.privateLinkServiceConnections"), "-");
    let approved = found(
        "ok.sh",
        "az network private-endpoint-connection approve -g rg -n c --resource-name shop --type Microsoft.ContainerRegistry/registries\n",
    );
    let [only] = approved.as_slice() else { panic!("{approved:?}") };
    assert_eq!((only.makes, only.registry.as_deref()), (Makes::Network, Some("shop")));
}

#[test]
fn rules_have_the_defaults_of_their_command() {
    let scripted = one(
        "nsg.sh",
        "az network nsg rule create -g rg --nsg-name nsg -n deny --priority 200 --direction Outbound --access Deny --destination-address-prefixes Internet AzureCloud --destination-port-ranges 443\n\
         az network nsg rule update -g rg --nsg-name nsg -n deny --destination-address-prefixes Storage\n\
         az network nsg rule delete -g rg --nsg-name nsg -n other\n\
         az network route-table route create -g rg --route-table-name rt -n all --address-prefix 0.0.0.0/0 --next-hop-type VirtualAppliance --next-hop-ip-address 10.0.0.4\n",
    );
    let rule = only(&scripted, "securityRules", Origin::Declared);
    let told = ["priority", "protocol", "sourceAddressPrefix", "destinationAddressPrefix", "destinationPortRange"]
        .map(|key| at(rule, &format!("properties.{key}")));
    assert_eq!(told, ["200", "*", "*", "-", "443"]);
    assert_eq!(at(rule, "properties.destinationAddressPrefixes.1"), "AzureCloud");
    let changes: Vec<&Resource> =
        named(&scripted, "securityRules").into_iter().filter(|it| it.origin == Origin::Update).collect();
    assert_eq!(at(changes[0], "properties.destinationAddressPrefix"), "Storage");
    assert!(changes[0].body.at(&["properties", "destinationAddressPrefixes"]).is_some_and(Node::is_null));
    assert!(changes[1].body.get("properties").is_some_and(|node| node.why().is_some()));
    assert_eq!(at(only(&scripted, "routes", Origin::Declared), "properties.nextHopType"), "VirtualAppliance");
}

#[test]
fn rules_of_a_firewall_are_added_to_it() {
    let scripted = one(
        "fw.sh",
        "az network public-ip create -g rg -n fw-ip --sku Standard\n\
         az network firewall create -g rg -n fw --enable-dns-proxy true\n\
         az network firewall ip-config create -g rg -f fw -n c --public-ip-address fw-ip --vnet-name vnet\n\
         az network firewall network-rule create -g rg -f fw --collection-name net -n api --protocols TCP --source-addresses '*' --destination-addresses AzureCloud --destination-ports 443 --action allow --priority 100\n\
         az network firewall application-rule create -g rg -f fw --collection-name app -n acr --source-addresses '*' --protocols 'https=443' --target-fqdns shop.azurecr.io '*.blob.core.windows.net' --action allow --priority 100\n\
         az network firewall application-rule create -g rg -f fw --collection-name app -n aks --source-addresses '*' --protocols 'https=443' --fqdn-tags AzureKubernetesService\n",
    );
    assert!(scripted.imperative.is_empty(), "{:?}", scripted.imperative);
    let changes: Vec<&Resource> =
        named(&scripted, "azureFirewalls").into_iter().filter(|it| it.origin == Origin::Update).collect();
    assert_eq!(changes.len(), 4);
    assert_eq!(at(changes[0], "properties.ipConfigurations.0.properties.subnet.id"), "ref:id");
    assert_eq!(at(changes[1], "properties.networkRuleCollections.0.properties.priority"), "100");
    let collection = "properties.applicationRuleCollections.0.properties";
    assert_eq!(at(changes[2], &format!("{collection}.rules.0.targetFqdns.1")), "*.blob.core.windows.net");
    assert_eq!(at(changes[2], &format!("{collection}.rules.0.protocols.0.port")), "443");
    // What the second rule leaves out is what the first one said.
    assert_eq!(at(changes[3], &format!("{collection}.action.type")), "allow");
}

#[test]
fn rules_of_a_policy_are_added_to_their_group() {
    let scripted = one(
        "fp.sh",
        "az network firewall policy create -g rg -n fp --sku Premium\n\
         az network firewall policy rule-collection-group create -g rg --policy-name fp -n g --priority 200\n\
         az network firewall policy rule-collection-group collection add-filter-collection -g rg --policy-name fp --rule-collection-group-name g --name acr --collection-priority 300 --action Allow --rule-name r --rule-type ApplicationRule --source-addresses '*' --protocols Https=443 --target-fqdns '*.azurecr.io'\n\
         az network firewall policy rule-collection-group collection remove -g rg --policy-name fp --rule-collection-group-name g --name old\n",
    );
    assert_eq!(at(only(&scripted, "firewallPolicies", Origin::Declared), "properties.sku.tier"), "Premium");
    let changes: Vec<&Resource> =
        named(&scripted, "ruleCollectionGroups").into_iter().filter(|it| it.origin == Origin::Update).collect();
    assert_eq!(at(changes[0], "properties.ruleCollections.0.rules.0.targetFqdns.0"), "*.azurecr.io");
    assert_eq!(at(changes[0], "properties.ruleCollections.0.action.type"), "Allow");
    assert!(changes[1].body.at(&["properties", "ruleCollections"]).is_some_and(|node| node.why().is_some()));
}

#[test]
fn what_cannot_be_named_may_be_anything() {
    for (script, makes) in [
        ("az network nsg rule create -g rg $ARGS", Makes::Network),
        ("az network manager post-commit -g rg", Makes::Network),
        ("az policy assignment create --policy $P --mi-system-assigned --location we", Makes::Grant),
    ] {
        let found = found("a.sh", script);
        assert!(found.iter().any(|it| it.makes == makes && !it.manual), "{script}: {found:?}");
    }
    assert!(found("a.sh", "az network vnet list -o table\naz network lb create -g rg -n lb\n").is_empty());
    let page = found("README.md", "```bash\naz network private-dns link vnet create -g rg -n l -z z -v v\n```\n");
    assert!(page.iter().all(|it| it.manual) && page.iter().any(|it| it.makes == Makes::Network), "{page:?}");
    let cmdlet =
        found("a.ps1", "Add-AzVirtualNetworkPeering -Name a -VirtualNetwork $hub -RemoteVirtualNetworkId $spoke.Id\n");
    assert!(cmdlet.iter().any(|it| it.makes == Makes::Network && !it.manual), "{cmdlet:?}");
    let program = found("infra.ts", "const link = new VirtualNetworkLink(\"l\", {});\n");
    assert!(program.iter().any(|it| it.makes == Makes::Network), "{program:?}");
}

#[test]
fn registries_get_rules_and_replicas() {
    let scripted = one(
        "acr.sh",
        "az acr create -g rg -n shop --sku Premium --default-action Deny --data-endpoint-enabled true --allow-trusted-services false\n\
         IP=$(az network public-ip show -g rg -n out --query ipAddress -o tsv)\n\
         az acr network-rule add -n shop --ip-address $IP\n\
         az acr network-rule add -n shop --vnet-name vnet --subnet nodes -g rg\n\
         az acr replication create -r shop -l northeurope\n",
    );
    assert!(scripted.imperative.is_empty(), "{:?}", scripted.imperative);
    let registry = only(&scripted, "registries", Origin::Declared);
    assert_eq!(at(registry, "properties.dataEndpointEnabled"), "true");
    assert_eq!(at(registry, "properties.networkRuleBypassOptions"), "None");
    let changes: Vec<&Resource> =
        named(&scripted, "registries").into_iter().filter(|it| it.origin == Origin::Update).collect();
    assert_eq!(at(changes[0], "properties.networkRuleSet.ipRules.0.value"), "ref:properties.ipAddress");
    assert_eq!(at(changes[1], "properties.networkRuleSet.virtualNetworkRules.0.id"), "ref:id");
    assert_eq!(at(only(&scripted, "replications", Origin::Declared), "location"), "northeurope");
    let removed = found("a.sh", "az acr network-rule remove -n shop --ip-address 1.2.3.4\n");
    assert!(removed.iter().any(|it| it.makes == Makes::PublicAccess));
}

#[test]
fn clusters_say_how_their_nodes_get_out() {
    let scripted = one(
        "aks.sh",
        "IP=$(az network public-ip show -g rg -n out --query id -o tsv)\n\
         SUBNET=$(az network vnet subnet show -g rg --vnet-name vnet -n nodes --query id -o tsv)\n\
         az aks create -g rg -n aks --vnet-subnet-id $SUBNET --load-balancer-outbound-ips $IP --enable-node-public-ip --enable-addons monitoring,virtual-node --aci-subnet-name aci --bootstrap-artifact-source Cache --http-proxy-config proxy.json\n\
         az aks nodepool add -g rg --cluster-name aks -n user --vnet-subnet-id $SUBNET\n\
         az aks update -g rg -n aks --outbound-type userDefinedRouting\n",
    );
    let cluster = only(&scripted, "managedClusters", Origin::Declared);
    assert_eq!(at(cluster, "properties.agentPoolProfiles.0.vnetSubnetID"), "ref:id");
    assert_eq!(at(cluster, "properties.agentPoolProfiles.0.enableNodePublicIP"), "true");
    assert_eq!(at(cluster, "properties.networkProfile.loadBalancerProfile.outboundIPs.publicIPs.0.id"), "ref:id");
    assert_eq!(at(cluster, "properties.addonProfiles.aciConnectorLinux.enabled"), "true");
    assert_eq!(at(cluster, "properties.bootstrapProfile.artifactSource"), "Cache");
    assert_eq!(at(cluster, "properties.httpProxyConfig"), "…");
    let pool = only(&scripted, "agentPools", Origin::Declared);
    assert_eq!(at(pool, "properties.vnetSubnetID"), "ref:id");
    assert!(text(Some(&pool.id)).ends_with("/managedClusters/aks/agentPools/user"));
    let change = only(&scripted, "managedClusters", Origin::Update);
    assert_eq!(at(change, "properties.networkProfile.outboundType"), "userDefinedRouting");
}
