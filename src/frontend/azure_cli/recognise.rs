//! What an object of saved output is: a resource of Azure by its id and what such a resource always has, or one of the
//! few things without an id.

use super::listing;
use super::shape::{self, assignment_of_powershell, registry_of_powershell};
use crate::azure::kinds::{
    APPLICATION, CLUSTER, IDENTITY, PRIVATE_ENDPOINT, REGISTRY, ROLE_ASSIGNMENT, SCALE_SET, SERVICE_PRINCIPAL,
};
use crate::ir::{Node, ResourceId};
use crate::syntax::tree::{Tree, TreeKind};

/// Something that was recognised: its type in full, and its body in the shape of ARM.
pub(super) enum Found {
    /// With an id.
    Resource(&'static str, ResourceId, Node),
    /// Without one.
    Object(&'static str, Node),
}

/// A list of the credentials of an application or principal that names neither.
pub(super) const CREDENTIALS: &str = "Microsoft.Graph/passwordCredentials";
/// What `az acr credential show` and `az acr login --expose-token` print.
pub(super) const REGISTRY_CREDENTIAL: &str = "Microsoft.ContainerRegistry/registries/listCredentials";

const FIREWALL: &str = "Microsoft.Network/azureFirewalls";
const FIREWALL_POLICY: &str = "Microsoft.Network/firewallPolicies";
const ZONE_GROUP: &str = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups";

/// The types that are read, each with keys of which one is always printed.
const TYPES: [(&str, &[&str]); 36] = [
    (REGISTRY, &["loginServer"]),
    ("Microsoft.ContainerRegistry/registries/replications", &["regionEndpointEnabled", "provisioningState"]),
    ("Microsoft.ContainerRegistry/registries/tokens", &["scopeMapId"]),
    ("Microsoft.ContainerRegistry/registries/scopeMaps", &["actions"]),
    ("Microsoft.ContainerRegistry/registries/cacheRules", &["sourceRepository"]),
    ("Microsoft.ContainerRegistry/registries/privateEndpointConnections", &["privateLinkServiceConnectionState"]),
    (CLUSTER, &["identityProfile", "servicePrincipalProfile", "agentPoolProfiles"]),
    ("Microsoft.ContainerService/managedClusters/agentPools", &["vmSize", "orchestratorVersion"]),
    (IDENTITY, &["principalId"]),
    (ROLE_ASSIGNMENT, &["principalId", "ObjectId"]),
    (PRIVATE_ENDPOINT, &["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"]),
    (ZONE_GROUP, &["privateDnsZoneConfigs"]),
    ("Microsoft.Network/privateDnsZones", &["numberOfRecordSets", "maxNumberOfRecordSets", "provisioningState"]),
    ("Microsoft.Network/privateDnsZones/virtualNetworkLinks", &["virtualNetwork"]),
    ("Microsoft.Network/privateDnsZones/A", &["aRecords"]),
    ("Microsoft.Network/virtualNetworks", &["addressSpace"]),
    ("Microsoft.Network/virtualNetworks/subnets", &["addressPrefix", "addressPrefixes"]),
    ("Microsoft.Network/virtualNetworks/virtualNetworkPeerings", &["remoteVirtualNetwork"]),
    ("Microsoft.Network/networkSecurityGroups", &["securityRules", "defaultSecurityRules"]),
    ("Microsoft.Network/publicIPAddresses", &["publicIPAllocationMethod", "ipAddress"]),
    ("Microsoft.Network/networkSecurityGroups/securityRules", &["direction"]),
    ("Microsoft.Network/publicIPPrefixes", &["prefixLength", "ipPrefix"]),
    ("Microsoft.Network/natGateways", &["publicIpAddresses", "publicIpPrefixes", "idleTimeoutInMinutes"]),
    ("Microsoft.Network/routeTables", &["routes", "disableBgpRoutePropagation"]),
    ("Microsoft.Network/routeTables/routes", &["nextHopType"]),
    (FIREWALL, &["ipConfigurations", "networkRuleCollections", "hubIPAddresses"]),
    (FIREWALL_POLICY, &["ruleCollectionGroups", "threatIntelMode"]),
    ("Microsoft.Network/firewallPolicies/ruleCollectionGroups", &["ruleCollections"]),
    ("Microsoft.Network/serviceEndpointPolicies", &["serviceEndpointPolicyDefinitions"]),
    ("Microsoft.Network/serviceEndpointPolicies/serviceEndpointPolicyDefinitions", &["serviceResources"]),
    ("Microsoft.Network/privateDnsZones/CNAME", &["cnameRecord"]),
    ("Microsoft.Network/virtualNetworkGateways", &["gatewayType"]),
    ("Microsoft.Network/virtualHubs", &["virtualWan", "addressPrefix"]),
    ("Microsoft.Network/dnsResolvers", &["dnsResolverState", "virtualNetwork"]),
    ("Microsoft.Network/ipGroups", &["ipAddresses"]),
    (SCALE_SET, &["virtualMachineProfile", "identity", "uniqueId"]),
];

/// What an object or list is; nothing when it is none of these.
pub(super) fn recognise(tree: &Tree, path: &str) -> Vec<Found> {
    match &tree.kind {
        TreeKind::Map(_) => object(tree, path).into_iter().collect(),
        TreeKind::List(items) => list(tree, items, path),
        _ => Vec::new(),
    }
}

fn object(tree: &Tree, path: &str) -> Option<Found> {
    if let Some(id) = tree.get_ci("id").or(tree.get_ci("RoleAssignmentId")).filter(|id| starts_as_id(id)) {
        return resource(tree, id);
    }
    let text = |key: &str| tree.get_ci(key).and_then(Tree::as_str);
    let has = |key: &str| tree.get_ci(key).is_some();
    let body = || shape::plain(tree);
    match () {
        // A template or a parameter file has its own words for these.
        () if has("resources") || has("parameters") || has("properties") => None,
        () if text("appId").is_some() && (has("servicePrincipalType") || has("servicePrincipalNames")) => {
            Some(Found::Object(SERVICE_PRINCIPAL, shape::entra(tree)))
        }
        () if text("appId").is_some() && (has("signInAudience") || has("identifierUris")) => {
            Some(Found::Object(APPLICATION, shape::entra(tree)))
        }
        () if is_pair_of_passwords(tree) && text("username").is_some() => {
            Some(Found::Object(REGISTRY_CREDENTIAL, body()))
        }
        () if text("accessToken").is_some() && text("loginServer").is_some() => {
            Some(Found::Object(REGISTRY_CREDENTIAL, body()))
        }
        () if has("userAssignedIdentities") && has("type") && has("principalId") => {
            Some(Found::Object(SCALE_SET, shape::around("identity", body())))
        }
        () => listing::object(tree, path).map(|body| Found::Object(listing::REPOSITORY, body)),
    }
}

/// Two passwords, each with its name.
fn is_pair_of_passwords(tree: &Tree) -> bool {
    let passwords = tree.get("passwords").and_then(Tree::as_list).unwrap_or_default();
    !passwords.is_empty() && passwords.iter().all(|it| it.get("name").is_some() && it.get("value").is_some())
}

fn starts_as_id(id: &Tree) -> bool {
    id.as_str().is_some_and(|text| text.starts_with('/'))
}

fn resource(tree: &Tree, id: &Tree) -> Option<Found> {
    let parsed = ResourceId::parse(&Node::text(id.as_str()?, id.span))?;
    let (kind, marks) = TYPES.iter().find(|(kind, _)| parsed.is_kind(kind))?;
    let inner = tree.get_ci("properties").filter(|inner| inner.as_map().is_some());
    let has = |key: &&&str| [Some(tree), inner].into_iter().flatten().any(|part| part.get_ci(key).is_some());
    marks.iter().find(has)?;
    let body = match *kind {
        ROLE_ASSIGNMENT if tree.get("RoleAssignmentId").is_some() => assignment_of_powershell(tree),
        REGISTRY if tree.get("LoginServer").is_some() => registry_of_powershell(tree),
        REGISTRY => shape::registry(tree),
        ZONE_GROUP => shape::zone_group(tree),
        FIREWALL | FIREWALL_POLICY => shape::firewall(tree),
        _ => shape::body(tree),
    };
    Some(Found::Resource(kind, parsed, body))
}

fn list(tree: &Tree, items: &[Tree], path: &str) -> Vec<Found> {
    let all_have = |key: &str| !items.is_empty() && items.iter().all(|item| item.get_ci(key).is_some());
    let dated = all_have("endDateTime") || all_have("endDate");
    if all_have("keyId") && dated {
        let body = shape::around("passwordCredentials", shape::plain(tree));
        return vec![Found::Object(CREDENTIALS, body)];
    }
    if let Some(body) = listing::list(tree, items, path) {
        return vec![Found::Object(listing::REPOSITORY, body)];
    }
    // A list of different things, each by itself.
    items.iter().filter_map(|item| object(item, path)).collect()
}
