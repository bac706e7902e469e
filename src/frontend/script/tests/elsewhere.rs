//! What is made where nothing reads it: by programs, requests, and templates that are not in the tree.

use super::*;

/// What a file may make, each kind once.
fn makes(files: &[(&str, &str)]) -> Vec<Makes> {
    let mut found: Vec<Makes> = Vec::new();
    for it in tree(files).1.imperative.into_iter().filter(|it| !it.manual) {
        if !found.contains(&it.makes) {
            found.push(it.makes);
        }
    }
    found
}

#[test]
fn programs_make_private_endpoints_and_networks() {
    for (path, text, endpoint) in [
        ("a.py", "network.private_endpoints.begin_create_or_update('rg', 'pe', body).result()", true),
        ("a.py", "client = c.private_endpoints\\\n    .begin_create_or_update('rg', 'pe', body)", false),
        ("a.ts", "await c.privateEndpoints.beginCreateOrUpdateAndWait('rg', 'pe', {})", true),
        ("a.cs", "await group.GetPrivateEndpoints().CreateOrUpdateAsync(WaitUntil.Completed, name, data);", true),
        ("a.ts", "new azure.privatelink.Endpoint('pe', {})", true),
        ("a.go", "privatelink.NewEndpoint(ctx, \"pe\", nil)", true),
        ("Pulumi.yaml", "resources:\n  pe:\n    type: azure-native:network:PrivateEndpoint\n", true),
        ("site.yml", "- hosts: x\n  tasks:\n  - azure.azcollection.azure_rm_privateendpoint:\n      name: pe\n", true),
        ("a.py", "dns.virtual_network_links.begin_create_or_update('rg', 'z', 'l', {})", false),
        ("a.ts", "await dns.virtualNetworkLinks.beginCreateOrUpdateAndWait('rg', 'z', 'l', {})", false),
        ("a.py", "dns.record_sets.create_or_update('rg', 'z', 'A', 'shop', {})", false),
        ("a.js", "await net.securityRules.beginCreateOrUpdate('rg', 'nsg', 'out', {})", false),
    ] {
        let found = makes(&[(path, text)]);
        if !text.contains('\\') {
            assert_eq!(found.contains(&Makes::Endpoint), endpoint, "{text}: {found:?}");
        }
        let told = found.contains(&Makes::Endpoint) || found.contains(&Makes::Network);
        assert!(told || text.contains('\\'), "{text}: {found:?}");
    }
    for text in ["network.private_endpoints.list('rg')", "dns.virtual_network_links.get('rg', 'z', 'l')"] {
        assert!(makes(&[("a.py", text)]).is_empty(), "{text}");
    }
}

#[test]
fn requests_make_private_endpoints() {
    let request = "https://management.azure.com/subscriptions/$S/resourceGroups/rg/providers/Microsoft.Network";
    for text in [
        format!("az rest --method put --url {request}/privateEndpoints/pe?api-version=1 --body @pe.json"),
        "az resource create -g rg -n pe --resource-type Microsoft.Network/privateEndpoints --properties @pe.json"
            .into(),
        "az resource create -g rg -n pe --resource-type \"$TYPE\" --properties @pe.json".into(),
    ] {
        assert!(makes(&[("up.sh", &text)]).contains(&Makes::Endpoint), "{text}");
    }
    let link = format!("az rest --method put --url {request}/privateDnsZones/z/virtualNetworkLinks/l?api-version=1");
    assert_eq!(makes(&[("up.sh", &link)]), [Makes::Network]);
    for text in [
        format!("az rest --method get --url {request}/privateEndpoints/pe?api-version=1"),
        "az resource create -g rg -n db --resource-type Microsoft.Sql/servers --properties @db.json".into(),
    ] {
        assert!(makes(&[("up.sh", &text)]).is_empty(), "{text}");
    }
}

#[test]
fn templates_that_are_not_here_may_make_anything() {
    let all = [Makes::Grant, Makes::Endpoint, Makes::Network];
    let ado = |inputs: &str| {
        format!(
            "steps:\n- task: AzureResourceManagerTemplateDeployment@3\n  inputs:\n    resourceGroupName: rg\n{inputs}"
        )
    };
    let github = |template: &str| {
        format!(
            "on: push\njobs:\n  a:\n    steps:\n    - uses: azure/arm-deploy@v2\n      with:\n        template: {template}\n"
        )
    };
    for (path, text) in [
        ("up.sh", "az deployment group create -g rg -f \"$PLATFORM/pe.bicep\" -p registryName=shop".to_owned()),
        ("up.sh", "az stack group create -n s -g rg -f platform/pe.bicep -p registryName=shop".to_owned()),
        ("up.sh", "az deployment sub create -l x --template-uri https://x/pe.json".to_owned()),
        ("up.ps1", "New-AzResourceGroupDeployment -ResourceGroupName rg -TemplateFile ../platform/pe.json".to_owned()),
        ("azure-pipelines.yml", ado("    csmFileLink: 'https://x/pe.json'\n")),
        ("azure-pipelines.yml", ado("    csmFile: '$(Pipeline.Workspace)/platform/pe.json'\n")),
        (".github/workflows/a.yml", github("https://x/pe.json")),
        (
            "site.yml",
            "- azure.azcollection.azure_rm_deployment:\n    name: pe\n    template_link: https://x/pe.json\n"
                .to_owned(),
        ),
    ] {
        let found = makes(&[(path, &text), ("infra/main.bicep", "")]);
        assert!(all.iter().all(|it| found.contains(it)), "{text}: {found:?}");
    }
}

#[test]
fn templates_of_the_tree_are_read_where_they_are() {
    for (path, text) in [
        ("up.sh", "az deployment group create -g rg -f infra/main.bicep -p registryName=shop"),
        ("up.sh", "az deployment group create -g rg -f \"$ROOT/main.bicep\""),
        ("up.sh", "bicep build infra/main.bicep\naz deployment group create -g rg -f main.json"),
        ("up.sh", "az deployment group create -g rg -p infra/main.bicepparam"),
        ("up.sh", "az deployment group create -g rg -f $TEMPLATE"),
        ("up.sh", "az deployment group what-if -g rg -f other/pe.bicep"),
        (
            "azure-pipelines.yml",
            "steps:\n- task: AzureResourceManagerTemplateDeployment@3\n  inputs:\n    csmFile: infra/main.json\n",
        ),
    ] {
        let found = makes(&[(path, text), ("infra/main.bicep", "")]);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn cache_rules_and_addresses_of_firewalls_are_read() {
    let scripted = one(
        "up.sh",
        "az acr create -g rg -n shop --sku Premium\n\
         az acr cache create -r shop -n hub -s docker.io/library/nginx -t nginx -c hub-set\n\
         az acr config authentication-as-arm update -r shop --status disabled\n\
         HOP=$(az network firewall show -g rg -n fw --query \"ipConfigurations[0].privateIPAddress\" -o tsv)\n\
         az network route-table route create -g rg --route-table-name rt -n all --address-prefix 0.0.0.0/0 --next-hop-type VirtualAppliance --next-hop-ip-address $HOP\n",
    );
    let rules = named(&scripted, "cacheRules");
    assert_eq!(text(rules[0].body.at(&["properties", "sourceRepository"])), "docker.io/library/nginx");
    assert_eq!(text(rules[0].body.at(&["properties", "targetRepository"])), "nginx");
    assert!(text(rules[0].body.at(&["properties", "credentialSetResourceId"])).ends_with("/credentialSets/hub-set"));
    let changes: Vec<&Resource> =
        named(&scripted, "registries").into_iter().filter(|it| it.origin == Origin::Update).collect();
    let path = ["properties", "policies", "azureADAuthenticationAsArmPolicy", "status"];
    assert_eq!(text(changes[0].body.at(&path)), "disabled");
    let route = named(&scripted, "routes");
    let hop = text(route[0].body.at(&["properties", "nextHopIpAddress"]));
    assert_eq!(hop, "ref:properties.ipConfigurations.0.properties.privateIPAddress");
}
