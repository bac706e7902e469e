//! The commands that are recognised: a table.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::ir::Makes;

/// A command and how it is recognised.
pub(super) struct Command {
    /// What it is called.
    pub words: &'static str,
    /// What it makes.
    pub makes: Makes,
    /// The files in which its words count.
    pub among: Among,
    /// One of these stands in every text that holds it: most texts need no closer look.
    hints: &'static [&'static str],
    pattern: LazyLock<Option<Regex>>,
    /// One of these stands in the whole command, in lower case; any command counts when there are none.
    pub with: &'static [&'static str],
}

/// The files in which words mean a command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Any file.
    All,
    /// Programs that call Azure's libraries or describe resources.
    Programs,
}

impl Command {
    /// Where it begins, in bytes, in a text with these hints.
    pub fn places<'t>(
        &self,
        text: &'t str,
        hints: &BTreeSet<&'static str>,
    ) -> impl Iterator<Item = std::ops::Range<usize>> + use<'t, '_> {
        let may = self.hints.iter().any(|hint| hints.contains(hint));
        let pattern = may.then(|| self.pattern.as_ref()).flatten();
        pattern.into_iter().flat_map(|pattern| pattern.find_iter(text)).map(|hit| hit.range())
    }
}

/// All hints, each once, and what finds any of them.
static HINTS: LazyLock<(Vec<&'static str>, Option<Regex>)> = LazyLock::new(|| {
    let hints: BTreeSet<&str> = COMMANDS.iter().flat_map(|command| command.hints).copied().collect();
    let escaped: Vec<String> = hints.iter().map(|hint| regex::escape(hint)).collect();
    (hints.into_iter().collect(), Regex::new(&escaped.join("|")).ok())
});

/// The hints that stand in a text, found in one pass over it.
pub(super) fn hints_in(text: &str) -> BTreeSet<&'static str> {
    let (hints, any) = &*HINTS;
    let Some(any) = any else { return hints.iter().copied().collect() };
    let mut found = BTreeSet::new();
    let mut from = 0;
    while let Some(hit) = any.find_at(text, from) {
        let rest = text.get(hit.start()..).unwrap_or_default();
        found.extend(hints.iter().filter(|hint| rest.starts_with(**hint)));
        // Hints overlap.
        from = hit.start() + rest.chars().next().map_or(1, char::len_utf8);
    }
    found
}

/// `words, makes, among, hints, pattern, with`.
macro_rules! commands {
    ($($words:literal $makes:ident $among:ident $hints:tt $pattern:literal $with:tt;)*) => {
        [$(Command {
            words: $words,
            makes: Makes::$makes,
            among: Among::$among,
            hints: &$hints,
            pattern: LazyLock::new(|| Regex::new($pattern).ok()),
            with: &$with,
        }),*]
    };
}

pub(super) static COMMANDS: [Command; 57] = commands! {
    "az aks --attach-acr" Grant All ["ttach-acr", "ttach_acr", "ttachAcr"] r"(?i)\battach[-_]?acr\b" [];
    "Set-AzAksCluster -AcrNameToAttach" Grant All ["AcrNameToAttach", "acrnametoattach"] r"(?i)\bAcrNameToAttach\b" [];
    "az role assignment create" Grant All ["assignment"] r#"\brole['",\s]+assignment['",\s]+create\b"# [];
    "New-AzRoleAssignment" Grant All ["zRoleAssignment", "zroleassignment"] r"(?i)\bNew-AzRoleAssignment\b" [];
    "az rest … roleAssignments" Grant All ["roleAssignments/"]
        r"\b(?:az\s+rest|curl|Invoke-RestMethod|Invoke-AzRestMethod)\b" ["roleassignments/"];
    "az network private-endpoint create" Endpoint All ["private-endpoint"]
        r#"\bprivate-endpoint['",\s]+create\b"# [];
    "New-AzPrivateEndpoint" Endpoint All ["zPrivateEndpoint", "zprivateendpoint"] r"(?i)\bNew-AzPrivateEndpoint\b" [];
    "PrivateEndpoint(…)" Endpoint Programs ["rivateEndpoint", "rivatelink", "rivateLink"]
        r"\b[A-Za-z.]*[Pp]rivateEndpoints?\s*[({]|(?i)\bprivatelink\.(?:New)?Endpoint\s*\(" [];
    "privateEndpoints.createOrUpdate(…)" Endpoint Programs ["reateOrUpdate", "reate_or_update"]
        r"(?i)private_?endpoints?(?:_?client)?(?:\(\s*\))?\s*\.\s*(?:begin_?)?create_?or_?update" [];
    "a private endpoint of Pulumi" Endpoint All [":PrivateEndpoint", "privatelink"]
        r"\btype:\s*['\x22]?azure(?:-native)?:(?:network[\w/]*:PrivateEndpoint|privatelink[\w/]*:Endpoint)\b" [];
    "azure_rm_privateendpoint" Endpoint All ["azure_rm_"]
        r"\bazure_rm_privateendpoint\b|\bazure_rm_resource\b(?:[^\n]*\n){1,16}?[^\n]*\bprivateEndpoints\b" [];
    "a request about a private endpoint" Endpoint All ["rivateEndpoints", "rivateendpoints"]
        r"(?i)\b(?:az\s+rest|curl|Invoke-RestMethod|Invoke-AzRestMethod)\b" ["privateendpoints/"];
    "az resource create privateEndpoints" Endpoint All ["rivateEndpoints", "rivateendpoints"]
        r"(?i)\baz\s+resource\s+(?:create|update|patch)\b|\b(?:New|Set)-AzResource\b" ["privateendpoints"];
    "az network" Network All ["network"]
        r#"\baz['", \t]+network['", \t]+(?:(?:vnet|nsg|route-table|nat|firewall|private-dns|private-endpoint|private-endpoint-connection|service-endpoint|manager|perimeter)['", \t]+)(?:[a-z-]+['", \t]+){0,4}(?:post-commit|create|update|add|approve|add-record|delete|remove|set-record)\b"# [];
    "a cmdlet about networks" Network All ["-Az", "-az"]
        r"(?i)\b(?:New-Az(?:PrivateDns(?:VirtualNetworkLink|ZoneGroup|RecordSet|Zone)|FirewallPolicyRuleCollectionGroup)|Add-Az(?:VirtualNetworkPeering|PrivateDnsRecordConfig|NetworkSecurityRuleConfig|RouteConfig|VirtualNetworkSubnetConfig)|(?:Set|Remove|Update)-Az(?:VirtualNetwork\w*|NetworkSecurity\w+|Route(?:Table|Config)|Firewall\w*|NatGateway|PrivateDns\w+|PrivateEndpoint|ServiceEndpointPolicy\w*)|(?:Approve|Deny)-AzPrivateEndpointConnection)\b" [];
    "a network in a program" Network Programs ["irtual", "rivateDns", "rivate_dns", "rivate_zone"]
        r"(?i)\b[a-z._]*(?:virtual_?network_?(?:peering|link)s?|private_?dns_?zone_?groups?|private_?zone\w*link|private_?(?:dns_?)?record_?sets?)\w*\s*[({]" [];
    "a call of a network library" Network Programs ["reateOrUpdate", "reate_or_update"]
        r"(?i)\b(?:private_?endpoints?|private_?dns_?zone_?groups?|virtual_?network_?(?:links?|peerings?)|virtual_?networks?|subnets?|security_?rules?|network_?security_?groups?|route_?tables?|routes?|nat_?gateways?|azure_?firewalls?|firewall_?polic\w+|private_?(?:dns_?)?zones?|record_?sets?)(?:_?client)?(?:\(\s*\))?\s*\.\s*(?:begin_?)?create_?or_?update" [];
    "a network of Pulumi" Network All [":network", "privatelink", "privatedns"]
        r"\btype:\s*['\x22]?azure(?:-native)?:(?:network|privatelink|privatedns)[\w/]*:(?:PrivateEndpoint|Endpoint|\w*VirtualNetworkLink|VirtualNetworkPeering|PrivateDnsZoneGroup|(?:Private)?Zone|\w*Record\w*|Route|SecurityRule|\w*Association)\b" [];
    "a request about a network" Network All
        ["irtualNetworkLinks/", "irtualNetworkPeerings/", "rivateDnsZone", "rivateEndpoints/"]
        r"\b(?:az\s+rest|curl|Invoke-RestMethod|Invoke-AzRestMethod)\b"
        ["virtualnetworklinks/", "virtualnetworkpeerings/", "privatednszonegroups/", "privatednszones/", "privateendpoints/"];
    "az resource create Microsoft.Network" Network All ["icrosoft.Network", "icrosoft.network"]
        r"(?i)\baz\s+resource\s+(?:create|update|patch|delete)\b|\b(?:New|Set|Remove)-AzResource\b" ["microsoft.network/"];
    "azure_rm_privatednszonelink" Network All ["azure_rm_"]
        r"\bazure_rm_(?:privatedns\w+|privateendpoint\w*|virtualnetworkpeering|securitygroup|routetable|route|subnet|virtualnetwork)\b" [];
    "azure_rm_roleassignment" Grant All ["azure_rm_roleassignment"] r"\bazure_rm_roleassignment\b" [];
    "a role assignment in a program" Grant Programs ["oleAssignment", "ole_assignment"] r"(?i)role_?assignment" [];
    "a role assignment of Pulumi" Grant All [":RoleAssignment", "/RoleAssignment"]
        r"\btype:\s*['\x22]?azure(?:-native)?:authorization[\w/]*:RoleAssignment" [];
    "a deployment of a template from elsewhere" Grant All ["emplate-uri", "emplateUri", "emplate-spec", "emplateSpecId"]
        r"\baz\s+(?:deployment|stack)\b|\bNew-Az\w*Deployment\b"
        ["--template-uri", "--template-spec", "-templateuri", "-templatespecid"];
    "a deployment of a template from elsewhere" Endpoint All ["emplate-uri", "emplateUri", "emplate-spec", "emplateSpecId"]
        r"\baz\s+(?:deployment|stack)\b|\bNew-Az\w*Deployment\b"
        ["--template-uri", "--template-spec", "-templateuri", "-templatespecid"];
    "a deployment of a template from elsewhere" Network All ["emplate-uri", "emplateUri", "emplate-spec", "emplateSpecId"]
        r"\baz\s+(?:deployment|stack)\b|\bNew-Az\w*Deployment\b"
        ["--template-uri", "--template-spec", "-templateuri", "-templatespecid"];
    "azure_rm_deployment" Grant All ["azure_rm_deployment"]
        r"\bazure_rm_deployment\b(?:[^\n]*\n){1,24}?[^\n]*\btemplate_link\b" [];
    "azure_rm_deployment" Endpoint All ["azure_rm_deployment"]
        r"\bazure_rm_deployment\b(?:[^\n]*\n){1,24}?[^\n]*\btemplate_link\b" [];
    "azure_rm_deployment" Network All ["azure_rm_deployment"]
        r"\bazure_rm_deployment\b(?:[^\n]*\n){1,24}?[^\n]*\btemplate_link\b" [];
    "kustomize edit" Manifests All ["kustomize edit", "kustomize create"]
        r"\bkustomize\s+(?:edit\s+(?:set|add)|create)\b" [];
    "kubectl create secret docker-registry" Secret All ["docker-registry"]
        r#"\bcreate['",\s]+secret['",\s]+docker-registry\b"# [];
    "kubectl create secret generic" Secret All ["dockerconfigjson", "dockercfg"]
        r"\bcreate\s+secret\s+generic\b" ["dockerconfigjson", "dockercfg"];
    "kubectl get secret … | kubectl apply" Secret All ["get secret"]
        r"\bget\s+secrets?\b" ["kubectl apply", "kubectl create", "kubectl replace"];
    "a pull secret in a program" Secret Programs ["dockerconfigjson", "amespaced_secret", "amespacedSecret"]
        r"(?i)kubernetes\.io/dockerconfigjson|create_?namespaced_?secret" [];
    "azure/k8s-create-secret" Secret All ["k8s-create-secret@"] r"(?i)azure/k8s-create-secret@" [];
    "a step that makes a pull secret" Secret All ["dockerRegistry", "createSecret"]
        r"\bsecretType:\s*dockerRegistry|\baction:\s*'?createSecret" [];
    "kubectl patch serviceaccount" AccountSecrets All ["patch"] r"\bpatch\s+(?:serviceaccounts?|sa)\b" [];
    "kubernetes.core.k8s" Secret All ["k8s:"]
        r"(?m)^\s*(?:- )?(?:kubernetes\.core\.|community\.(?:kubernetes|okd)\.)k8s:|^\s*(?:- )?k8s:\s*\n\s+(?:state|definition|template|src|kubeconfig|resource_definition):" [];
    "a command that writes adminUserEnabled" AdminUser All ["adminUserEnabled"]
        r"\b(?:az\s+rest|az\s+resource|curl|Invoke-RestMethod|Invoke-AzRestMethod|Set-AzResource)\b" ["adminuserenabled"];
    "a command that writes anonymousPullEnabled" AnonymousPull All ["anonymousPullEnabled"]
        r"\b(?:az\s+rest|az\s+resource|curl|Invoke-RestMethod|Invoke-AzRestMethod|Set-AzResource)\b" ["anonymouspullenabled"];
    "a command that writes publicNetworkAccess" PublicAccess All ["publicNetworkAccess"]
        r"\b(?:az\s+rest|az\s+resource|curl|Invoke-RestMethod|Invoke-AzRestMethod|Set-AzResource)\b" ["publicnetworkaccess"];
    "a command that writes roleAssignmentMode" RoleMode All ["roleAssignmentMode"]
        r"\b(?:az\s+rest|az\s+resource|curl|Invoke-RestMethod|Invoke-AzRestMethod|Set-AzResource)\b" ["roleassignmentmode"];
    "a step that adds pull secrets" PodSecrets All ["k8s-deploy@", "KubernetesManifest@"]
        r"(?m)^\s*(?:imagepullsecrets|imagePullSecrets):[ \t]*[^\s\[]" [];
    "az acr update --admin-enabled" AdminUser All ["admin-enabled"] r"\baz\s+acr\s+(?:update|create)\b" ["--admin-enabled"];
    "az acr update --anonymous-pull-enabled" AnonymousPull All ["anonymous-pull-enabled"]
        r"\baz\s+acr\s+(?:update|create)\b" ["--anonymous-pull-enabled"];
    "az acr update --public-network-enabled" PublicAccess All ["public-network-enabled", "default-action", "network-rule"]
        r"\baz\s+acr\s+(?:update|create|network-rule)\b" ["--public-network-enabled", "--default-action", "network-rule"];
    "az acr update --role-assignment-mode" RoleMode All ["role-assignment-mode"]
        r"\baz\s+acr\s+(?:update|create)\b" ["--role-assignment-mode"];
    "Update-AzContainerRegistry -EnableAdminUser" AdminUser All ["zContainerRegistry", "zcontainerregistry"]
        r"(?i)\b(?:Update|Set|New)-AzContainerRegistry\b" ["-enableadminuser", "-adminuserenabled"];
    "Update-AzContainerRegistry -AnonymousPullEnabled" AnonymousPull All ["zContainerRegistry", "zcontainerregistry"]
        r"(?i)\b(?:Update|Set|New)-AzContainerRegistry\b" ["-anonymouspullenabled"];
    "Update-AzContainerRegistry -PublicNetworkAccess" PublicAccess All ["zContainerRegistry", "zcontainerregistry"]
        r"(?i)\b(?:Update|Set|New)-AzContainerRegistry\b" ["-publicnetworkaccess", "-networkruleset"];
    "Update-AzContainerRegistryNetworkRuleSet" PublicAccess All ["NetworkRule", "networkrule"]
        r"(?i)\b(?:Update|Set|Add|Remove|New)-AzContainerRegistryNetworkRule(?:Set)?\b" [];
    "az aks update --assign-kubelet-identity" PullingIdentity All ["assign-kubelet-identity", "enable-managed-identity"]
        r"\baz\s+aks\s+update\b" ["--assign-kubelet-identity", "--enable-managed-identity"];
    "envsubst" Text All ["envsubst"] r"\benvsubst\b" [];
    "sed" Text All ["sed "] r"\bsed\b.*\.(?:ya?ml|json)\b" [];
    "replace tokens" Text All ["eplace-tokens", "eplacetokens", "eplaceTokens"] r"(?i)\breplace-?tokens\b" [];
    "postBuild.substitute" Text All ["substitute"] r"(?m)^\s*substitute(?:From)?:" [];
};
