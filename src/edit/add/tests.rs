//! Pieces to add can be read by the language that they are for, and name what is there.

use crate::edit::faults;
use crate::frontend::template::{self, Outside};
use crate::frontend::terraform;
use crate::ir::{Deployment, Resource};
use crate::source::{MemoryFiles, Store};
use crate::world::Outlook;

const BICEP: &str = "resource vnet 'Microsoft.Network/virtualNetworks@2023-11-01' = {\n  name: 'vnet-nodes'\n  location: 'westeurope'\n}\nresource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = {\n  name: 'privatelink.azurecr.io'\n  location: 'global'\n}\nresource nsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {\n  name: 'nsg-nodes'\n  location: 'westeurope'\n}\n";
const TERRAFORM: &str = "resource \"azurerm_virtual_network\" \"nodes\" {\n  name                = \"vnet-nodes\"\n  resource_group_name = \"rg-net\"\n  location            = \"westeurope\"\n  address_space       = [\"10.0.0.0/16\"]\n}\nresource \"azurerm_private_dns_zone\" \"registry\" {\n  name                = \"privatelink.azurecr.io\"\n  resource_group_name = \"rg-net\"\n}\nresource \"azurerm_network_security_group\" \"nodes\" {\n  name                = \"nsg-nodes\"\n  resource_group_name = \"rg-net\"\n  location            = \"westeurope\"\n}\n";

fn deployments(path: &str, text: &str) -> Vec<Deployment> {
    let store = Store::new(MemoryFiles([(path.to_owned(), text.as_bytes().to_vec())].into()));
    let source = store.open_path(path).unwrap();
    match path.ends_with(".tf") {
        true => terraform::lower(&store, &[source], &Outside::default()).deployments,
        false => template::lower(&store, &[source], &[], &Outside::default()).deployments,
    }
}

fn of_kind<'d>(deployments: &'d [Deployment], kind: &str) -> &'d Resource {
    deployments.iter().flat_map(|it| &it.resources).find(|it| it.is_kind(kind)).unwrap()
}

/// The piece of a text, without the words around it.
fn piece(help: &str) -> &str {
    help.strip_prefix("add\n").and_then(|rest| rest.split_once("\nor run ")).unwrap_or_else(|| panic!("{help}")).0
}

#[test]
fn links_and_peerings_are_written_in_the_language_of_the_network() {
    for (path, text, own) in
        [("main.bicep", BICEP, "vnet.id"), ("main.tf", TERRAFORM, "azurerm_virtual_network.nodes.id")]
    {
        let all = deployments(path, text);
        let (vnet, zone) =
            (of_kind(&all, "Microsoft.Network/virtualNetworks"), of_kind(&all, "Microsoft.Network/privateDnsZones"));
        let group = of_kind(&all, "Microsoft.Network/networkSecurityGroups");
        let link = super::link_zone(zone, vnet);
        assert!(piece(&link).contains(own), "{link}");
        assert!(link.contains("--zone-name privatelink.azurecr.io --name link-to-vnet-nodes"), "{link}");
        assert_eq!(link.contains("--resource-group rg-net"), path.ends_with(".tf"), "{link}");
        let out = [("AzureContainerRegistry", 100), ("Storage", 110)];
        let made = super::make_zone("privatelink.azurecr.io", vnet, vnet);
        let both = super::peer_both(vnet, zone);
        for help in [link, made, both, super::allow_out(group, &out), super::allow_in(group, 100)] {
            // What stands after `and to` goes into a declaration of its own.
            let piece = piece(&help).split("\nand to ").next().unwrap();
            assert_eq!(faults(path, piece), 0, "{help}");
        }
    }
}

#[test]
fn the_missing_grant_can_be_read_too() {
    let bicep = "resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: 'harborimages'\n  location: 'westeurope'\n  sku: { name: 'Standard' }\n}\nresource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {\n  name: 'aks-harbor'\n  location: 'westeurope'\n  identity: { type: 'SystemAssigned' }\n  properties: { dnsPrefix: 'aks' }\n}\n";
    let linted = crate::run::lint(vec![("main.bicep".into(), bicep.as_bytes().to_vec())], &Outlook::default());
    let finding = linted.report.findings.iter().find(|finding| finding.rule == "ACR101").unwrap();
    let help = finding.help.as_deref().unwrap();
    let whole = format!("{bicep}{}\n", piece(help));
    assert!(
        help.contains("az aks update --resource-group <resource group> --name aks-harbor --attach-acr harborimages"),
        "{help}"
    );
    assert_eq!(faults("main.bicep", &whole), 0);
    let again = crate::run::lint(vec![("main.bicep".into(), whole.into_bytes())], &Outlook::default());
    assert!(again.report.findings.iter().all(|finding| finding.rule != "ACR101"));
}

#[test]
fn names_end_no_string_and_begin_no_command() {
    let fit = super::fit;
    assert_eq!(fit("rg-harbor"), "rg-harbor");
    assert_eq!(fit("a'; rm $(x) `y`"), "armxy");
    assert_eq!(fit("vnet-…"), "<vnet-name>");
    assert_eq!(fit("…"), "<name>");
}
