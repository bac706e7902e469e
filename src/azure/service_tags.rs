//! Service tags: names that stand for the public addresses of a service (documentation of virtual networks, "Virtual
//! network service tags").

use super::regions;
use crate::ir::Truth;

/// A service of a registry that nodes talk to at a public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Login servers.
    Registry,
    /// Dedicated data endpoints. Which tag has their addresses is not documented.
    DataEndpoint,
    /// Blob storage, from where layers come without dedicated data endpoints.
    Storage,
}

/// Tags of services that are neither registries nor storage; the tags of both are no part of them.
const OTHERS: [&str; 38] = [
    "actiongroup",
    "apimanagement",
    "appconfiguration",
    "applicationinsightsavailability",
    "appservice",
    "appservicemanagement",
    "azureactivedirectory",
    "azureactivedirectorydomainservices",
    "azurearcinfrastructure",
    "azureattestation",
    "azureautomation",
    "azurebotservice",
    "azurecognitivesearch",
    "azureconnectors",
    "azurecosmosdb",
    "azuredatabricks",
    "azureeventgrid",
    "azureiothub",
    "azurekeyvault",
    "azureloadbalancer",
    "azuremachinelearning",
    "azuremonitor",
    "azureopendatasets",
    "azureplatformdns",
    "azureplatformimds",
    "azureplatformlkm",
    "azureresourcemanager",
    "azuresignalr",
    "azuretrafficmanager",
    "batchnodemanagement",
    "datafactory",
    "eventhub",
    "gatewaymanager",
    "guestandhybridmanagement",
    "logicapps",
    "microsoftcontainerregistry",
    "servicebus",
    "sql",
];

/// Whether the tag stands for the address at which nodes find the service in `region`: the only region that serves them,
/// or nothing where there may be others.
pub fn covers(tag: &str, service: Service, region: Option<&str>) -> Truth {
    let (name, suffix) = match tag.split_once('.') {
        Some((name, suffix)) => (name, Some(suffix)),
        None => (tag, None),
    };
    let name = name.to_ascii_lowercase();
    let named = match (&*name, service) {
        ("internet", _) => return Truth::of(suffix.is_none()),
        ("azurecloud", _) | ("azurecontainerregistry", Service::Registry) | ("storage", Service::Storage) => Truth::Yes,
        ("azurecontainerregistry" | "storage", Service::DataEndpoint) => Truth::Unknown,
        ("azurecontainerregistry", Service::Storage) | ("storage", Service::Registry) => Truth::No,
        (other, _) if OTHERS.contains(&other) => Truth::No,
        _ => Truth::Unknown,
    };
    match suffix {
        Some(suffix) if named != Truth::No => named.and(in_region(suffix, region)),
        _ => named,
    }
}

/// Tags write some regions in ways of their own (`germanywc`): what is no region's name may be any.
fn in_region(suffix: &str, region: Option<&str>) -> Truth {
    match (regions::region(suffix), region) {
        (Some(tagged), Some(region)) => Truth::of(tagged == region),
        _ => Truth::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_covers_its_service_and_the_wider_ones_cover_all() {
        for tag in ["AzureContainerRegistry", "AzureCloud", "Internet", "AzureContainerRegistry.WestEurope"] {
            assert_eq!(covers(tag, Service::Registry, Some("westeurope")), Truth::Yes, "{tag}");
        }
        assert_eq!(covers("Storage", Service::Registry, None), Truth::No);
        assert_eq!(covers("AzureContainerRegistry", Service::Storage, None), Truth::No);
        assert_eq!(covers("MicrosoftContainerRegistry", Service::Registry, None), Truth::No);
    }

    #[test]
    fn a_tag_of_another_region_covers_nothing_unless_there_are_replicas() {
        assert_eq!(covers("Storage.NorthEurope", Service::Storage, Some("westeurope")), Truth::No);
        assert_eq!(covers("Storage.NorthEurope", Service::Storage, None), Truth::Unknown);
        assert_eq!(covers("Storage.GermanyWC", Service::Storage, Some("germanywestcentral")), Truth::Unknown);
    }

    #[test]
    fn nobody_knows_which_tag_data_endpoints_have() {
        assert_eq!(covers("AzureContainerRegistry", Service::DataEndpoint, None), Truth::Unknown);
        assert_eq!(covers("Storage", Service::DataEndpoint, None), Truth::Unknown);
        assert_eq!(covers("AzureCloud", Service::DataEndpoint, None), Truth::Yes);
        assert_eq!(covers("SomethingNew", Service::Registry, None), Truth::Unknown);
    }
}
