//! Modules of the public registry that acrlint knows without having them: for each range of versions a short Bicep model
//! of what decides pulls, written from the module's interface. A version that nobody has looked at is not known.

/// A module in a range of versions.
pub struct Model {
    /// Its path in the registry.
    path: &'static str,
    /// The first version.
    since: Version,
    /// The first version after the range.
    before: Version,
    /// The model.
    pub text: &'static str,
}

/// Major, minor, patch.
type Version = (u32, u32, u32);

/// Parameters that change something that the models don't have, by module and name.
const BEYOND: [(&str, &[&str]); 3] = [
    (
        "avm/res/container-service/managed-cluster",
        &["fluxExtension", "nodeProvisioningProfile", "nodeProvisioningProfileMode", "securityProfile"],
    ),
    ("avm/res/network/private-endpoint", &["applicationSecurityGroupResourceIds"]),
    ("avm/res/network/virtual-network/subnet", &["ipamPoolPrefixAllocations"]),
];

/// The model of a module at a version.
pub fn model(path: &str, version: &str) -> Option<&'static Model> {
    let version = parsed(version)?;
    MODELS.iter().find(|model| model.path == path && model.since <= version && version < model.before)
}

impl Model {
    /// The parameters of the module that the model leaves out although they may matter.
    pub fn beyond(&self) -> &'static [&'static str] {
        BEYOND.iter().find(|(path, _)| *path == self.path).map_or(&[], |(_, names)| names)
    }
}

fn parsed(version: &str) -> Option<Version> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    let version = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(version)
}

/// `path since before file;`, the source of the facts above each: tags, changelogs and compiled templates of
/// Azure/bicep-registry-modules.
macro_rules! models {
    ($($path:literal $since:tt $before:tt $file:literal;)*) => {
        &[$(Model { path: $path, since: $since, before: $before, text: include_str!(concat!("known/", $file)) }),*]
    };
}

#[rustfmt::skip]
static MODELS: &[Model] = models! {
        // tags .../registry/0.1.0, 0.1.1; private-endpoint 0.3.2
        "avm/res/container-registry/registry" (0, 1, 0) (0, 2, 0) "container-registry-registry-0.1.bicep";
        // tag 0.2.0; private-endpoint 0.4.0
        "avm/res/container-registry/registry" (0, 2, 0) (0, 3, 0) "container-registry-registry-0.2.bicep";
        // tags 0.3.0-0.3.3 (scopeMaps 0.3.2, credentialSets 0.3.3); private-endpoint 0.4.1
        "avm/res/container-registry/registry" (0, 3, 0) (0, 4, 0) "container-registry-registry-0.3.bicep";
        // tag 0.4.0; private-endpoint 0.4.1
        "avm/res/container-registry/registry" (0, 4, 0) (0, 5, 0) "container-registry-registry-0.4.bicep";
        // tags 0.5.0, 0.5.1; private-endpoint 0.7.1
        "avm/res/container-registry/registry" (0, 5, 0) (0, 6, 0) "container-registry-registry-0.5.bicep";
        // tags 0.6.0-0.7.1; private-endpoint 0.7.1
        "avm/res/container-registry/registry" (0, 6, 0) (0, 8, 0) "container-registry-registry-0.6.bicep";
        // tags 0.8.0-0.8.5; private-endpoint 0.10.1
        "avm/res/container-registry/registry" (0, 8, 0) (0, 9, 0) "container-registry-registry-0.8.bicep";
        // tags 0.9.0-0.9.3; CHANGELOG 0.9.x; embedded templates 0.9.1, 0.9.3; private-endpoint 0.10.1 (0.9.0, 0.9.1), 0.11.0
        "avm/res/container-registry/registry" (0, 9, 0) (0, 10, 0) "container-registry-registry-0.9.bicep";
        // tag 0.10.0; CHANGELOG 0.10.0
        "avm/res/container-registry/registry" (0, 10, 0) (0, 11, 0) "container-registry-registry-0.10.bicep";
        // tag 0.11.0; CHANGELOG 0.11.0; embedded template 0.11.0
        "avm/res/container-registry/registry" (0, 11, 0) (0, 12, 0) "container-registry-registry-0.11.bicep";
        // tags 0.12.0, 0.12.1; main.bicep; CHANGELOG 0.12.x; private-endpoint 0.12.0
        "avm/res/container-registry/registry" (0, 12, 0) (0, 12, 2) "container-registry-registry-0.12.bicep";
        // tags 0.1.0-0.1.7 (kubeletidentityObjectId renamed to kubeletIdentityObjectId, client and resource id outputs since 0.1.4)
        "avm/res/container-service/managed-cluster" (0, 1, 0) (0, 2, 0) "container-service-managed-cluster-0.1.bicep";
        // tags 0.2.0-0.4.0
        "avm/res/container-service/managed-cluster" (0, 2, 0) (0, 4, 1) "container-service-managed-cluster-0.2.bicep";
        // tags 0.4.1-0.5.4 (primaryAgentPoolProfiles and *ResourceId since 0.4.1, skuName since 0.5.0)
        "avm/res/container-service/managed-cluster" (0, 4, 1) (0, 6, 0) "container-service-managed-cluster-0.4.1.bicep";
        // tags 0.6.0-0.6.2 (userAssignedResourceIds, nullable outputs since 0.6.0)
        "avm/res/container-service/managed-cluster" (0, 6, 0) (0, 7, 0) "container-service-managed-cluster-0.6.bicep";
        // tags 0.7.0-0.10.1; CHANGELOG 0.9.0-0.10.1 (outbound IPs since 0.10.0)
        "avm/res/container-service/managed-cluster" (0, 7, 0) (0, 11, 0) "container-service-managed-cluster-0.7.bicep";
        // tags 0.11.0, 0.11.1; CHANGELOG 0.11.x; embedded templates 0.11.0, 0.11.1
        "avm/res/container-service/managed-cluster" (0, 11, 0) (0, 12, 0) "container-service-managed-cluster-0.11.bicep";
        // tag 0.12.0; CHANGELOG 0.12.0
        "avm/res/container-service/managed-cluster" (0, 12, 0) (0, 13, 0) "container-service-managed-cluster-0.12.bicep";
        // tags 0.13.0-0.14.0; main.bicep; CHANGELOG 0.13.x, 0.14.0; embedded template 0.13.1
        "avm/res/container-service/managed-cluster" (0, 13, 0) (0, 14, 1) "container-service-managed-cluster-0.13.bicep";
        // tags 0.1.0-0.2.2
        "avm/res/managed-identity/user-assigned-identity" (0, 1, 0) (0, 3, 0) "managed-identity-user-assigned-identity-0.1.bicep";
        // tag 0.3.0
        "avm/res/managed-identity/user-assigned-identity" (0, 3, 0) (0, 4, 0) "managed-identity-user-assigned-identity-0.3.bicep";
        // tag 0.4.0; embedded template 0.4.0
        "avm/res/managed-identity/user-assigned-identity" (0, 4, 0) (0, 4, 1) "managed-identity-user-assigned-identity-0.4.bicep";
        // tags 0.4.1-0.6.0; main.bicep; CHANGELOG 0.4.1-0.6.0; embedded templates 0.4.1, 0.4.2, 0.4.3, 0.5.0, 0.5.1
        "avm/res/managed-identity/user-assigned-identity" (0, 4, 1) (0, 6, 1) "managed-identity-user-assigned-identity-0.4.1.bicep";
        // tags 0.1.0, 0.1.1; main.bicep; embedded templates 0.1.0, 0.1.1
        "avm/res/authorization/role-assignment/rg-scope" (0, 1, 0) (0, 1, 2) "authorization-role-assignment-rg-scope-0.1.bicep";
        // tags 0.1.0, 0.1.1; main.bicep; embedded template 0.1.1
        "avm/res/authorization/role-assignment/sub-scope" (0, 1, 0) (0, 1, 2) "authorization-role-assignment-sub-scope-0.1.bicep";
        // tags 0.1.0-0.1.2; main.bicep
        "avm/res/authorization/role-assignment/mg-scope" (0, 1, 0) (0, 1, 3) "authorization-role-assignment-mg-scope-0.1.bicep";
        // tags 0.1.0, 0.1.1
        "avm/ptn/authorization/role-assignment" (0, 1, 0) (0, 2, 0) "ptn-authorization-role-assignment-0.1.bicep";
        // tags 0.2.0-0.2.4; main.bicep; embedded template 0.2.4
        "avm/ptn/authorization/role-assignment" (0, 2, 0) (0, 2, 5) "ptn-authorization-role-assignment-0.2.bicep";
        // tags 0.1.0-0.1.2; main.bicep and modules/generic-role-assignment.json; embedded template 0.1.2
        "avm/ptn/authorization/resource-role-assignment" (0, 1, 0) (0, 1, 3) "ptn-authorization-resource-role-assignment-0.1.bicep";
        // tags 0.2.0-0.2.2
        "avm/res/network/private-endpoint" (0, 2, 0) (0, 3, 0) "network-private-endpoint-0.2.bicep";
        // tags 0.3.0-0.6.1 (groupId 0.4.0, customDnsConfig 0.5.0)
        "avm/res/network/private-endpoint" (0, 3, 0) (0, 7, 0) "network-private-endpoint-0.3.bicep";
        // tags 0.7.0-0.9.1 (networkInterfaceIds 0.7.1-0.8.1, networkInterfaceResourceIds since 0.9.0)
        "avm/res/network/private-endpoint" (0, 7, 0) (0, 10, 0) "network-private-endpoint-0.7.bicep";
        // tags 0.10.0, 0.10.1; embedded template 0.10.1
        "avm/res/network/private-endpoint" (0, 10, 0) (0, 11, 0) "network-private-endpoint-0.10.bicep";
        // tags 0.11.0-0.12.1; main.bicep; CHANGELOG; embedded templates 0.11.0-0.12.1
        "avm/res/network/private-endpoint" (0, 11, 0) (0, 12, 2) "network-private-endpoint-0.11.bicep";
        // tags 0.2.0-0.6.0; embedded templates 0.3.1, 0.5.0, 0.6.0
        "avm/res/network/private-dns-zone" (0, 2, 0) (0, 7, 0) "network-private-dns-zone-0.2.bicep";
        // tags 0.7.0-0.8.1; main.bicep; CHANGELOG; embedded templates 0.7.1-0.8.1
        "avm/res/network/private-dns-zone" (0, 7, 0) (0, 8, 2) "network-private-dns-zone-0.7.bicep";
        // tags 0.1.0-0.2.0
        "avm/res/network/virtual-network" (0, 1, 0) (0, 3, 0) "network-virtual-network-0.1.bicep";
        // tags 0.3.0-0.8.1; embedded templates 0.4.0-0.8.1
        "avm/res/network/virtual-network" (0, 3, 0) (0, 9, 0) "network-virtual-network-0.3.bicep";
        // tags 0.9.0-0.10.1; main.bicep; CHANGELOG; embedded template 0.9.0
        "avm/res/network/virtual-network" (0, 9, 0) (0, 10, 2) "network-virtual-network-0.9.bicep";
        // tags 0.1.0-0.2.0; main.bicep
        "avm/res/network/virtual-network/subnet" (0, 1, 0) (0, 2, 1) "network-virtual-network-subnet-0.1.bicep";
        // tags 0.1.0-0.5.3; main.bicep; CHANGELOG 0.5.x
        "avm/res/network/network-security-group" (0, 1, 0) (0, 5, 4) "network-network-security-group-0.1.bicep";
        // tags 0.1.0-0.5.0; main.bicep; CHANGELOG
        "avm/res/network/route-table" (0, 1, 0) (0, 5, 1) "network-route-table-0.1.bicep";
        // tags 0.2.0-0.13.0; main.bicep; CHANGELOG
        "avm/res/network/public-ip-address" (0, 2, 0) (0, 13, 1) "network-public-ip-address-0.2.bicep";
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn every_model_reads_and_every_range_is_one() {
        for model in MODELS {
            assert!(model.since < model.before, "{} {:?}", model.path, model.since);
            let (_, _, faults) = crate::syntax::bicep::parse(SourceId(0), model.text);
            assert_eq!(faults, [], "{} {:?}", model.path, model.since);
        }
    }

    #[test]
    fn only_versions_that_somebody_looked_at_are_known() {
        let known = |version| model("avm/res/container-service/managed-cluster", version).is_some();
        assert!(known("0.1.0") && known("0.10.1") && known("0.14.0"));
        assert!(!known("0.99.0") && !known("1") && !known("0.1.0-preview") && !known("sha256:00"));
    }
}
