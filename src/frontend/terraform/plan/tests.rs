//! Plans alone and beside their configuration.

use std::sync::Arc;

use crate::frontend::terraform::lower;
use crate::frontend::{Lowered, Trouble};
use crate::ir::{Deployment, Fate, Gap, Hides, Language, Node, Origin, Resource, Target, Value};
use crate::source::{MemoryFiles, SourceId, Store};

fn lowered(files: &[(&str, &str)]) -> (Store, Lowered) {
    let memory = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(memory));
    let ids: Vec<SourceId> = files.iter().map(|(path, _)| store.open_path(path).unwrap()).collect();
    let lowered = lower(&store, &ids, &crate::frontend::template::Outside::default());
    (store, lowered)
}

fn only(files: &[(&str, &str)]) -> (Store, Deployment) {
    let (store, mut lowered) = lowered(files);
    assert_eq!((lowered.deployments.len(), lowered.problems.len()), (1, 0), "{:?}", lowered.problems);
    (store, lowered.deployments.remove(0))
}

fn at<'d>(deployment: &'d Deployment, address: &str) -> &'d Resource {
    let all = || deployment.resources.iter().map(|it| it.address.to_string()).collect::<Vec<_>>();
    deployment.resources.iter().find(|it| it.address.to_string() == address).unwrap_or_else(|| panic!("{:?}", all()))
}

/// A reference as `address#path`, a text as it is.
fn told(node: &Node) -> String {
    match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Ref(reference) => match &reference.target {
            Target::Resource(address) => format!("{address}#{}", reference.path.join(".")),
            Target::Id(_) => "id".to_owned(),
        },
        other => format!("{other:?}"),
    }
}

fn principal(resource: &Resource) -> String {
    told(resource.body.at(&["properties", "principalId"]).unwrap())
}

const CLUSTER: &str =
    r#"{"address": "azurerm_kubernetes_cluster.aks", "mode": "managed", "type": "azurerm_kubernetes_cluster"#;
const GRANT: &str =
    r#"{"address": "azurerm_role_assignment.pull", "mode": "managed", "type": "azurerm_role_assignment"#;

/// A plan of these changes and configured resources.
fn plan(rest: &str, changes: &[&str], resources: &[&str]) -> String {
    format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.11.4", {rest} "resource_changes": [{}],
        "configuration": {{"root_module": {{"resources": [{}]}}}}}}"#,
        changes.join(","),
        resources.join(",")
    )
}

fn create(head: &str, after: &str, unknown: &str) -> String {
    format!(
        r#"{head}", "change": {{"actions": ["create"], "before": null, "after": {after}, "after_unknown": {unknown}}}}}"#
    )
}

fn configured(head: &str, expressions: &str) -> String {
    format!(r#"{head}", "expressions": {expressions}}}"#)
}

const FILES: &str = r#"
variable "name" {}
data "terraform_remote_state" "base" {
  backend = "local"
}
resource "azurerm_kubernetes_cluster" "aks" {
  name                = var.name
  resource_group_name = data.terraform_remote_state.base.outputs.group
  location            = "westeurope"
}
resource "azurerm_role_assignment" "pull" {
  count        = var.name == "" ? 0 : length(data.terraform_remote_state.base.outputs.registries)
  scope        = data.terraform_remote_state.base.outputs.registries[count.index]
  principal_id = local.principal
}
locals {
  principal = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
}
"#;

const WRITTEN: &str = r#"{"name": {"references": ["var.name"]}, "location": {"constant_value": "westeurope"},
    "resource_group_name": {"references": ["data.terraform_remote_state.base.outputs.group"]}}"#;

fn beside() -> String {
    let id = |name: &str| {
        format!("/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/{name}")
    };
    let grant = |at: usize, name: &str| {
        let head = GRANT.replace("pull\"", &format!("pull[{at}]\""));
        create(&head, &format!(r#"{{"scope": "{}"}}"#, id(name)), r#"{"id": true, "principal_id": true}"#)
    };
    let state = r#""variables": {"name": {"value": "aks-plan"}}, "prior_state": {"values": {"root_module": {"resources": [
        {"address": "data.terraform_remote_state.base", "mode": "data", "type": "terraform_remote_state",
         "values": {"outputs": {"group": "rg-plan"}}}]}}},"#;
    plan(
        state,
        &[
            &create(CLUSTER, r#"{"name": "aks-plan", "resource_group_name": "rg-plan"}"#, r#"{"id": true}"#),
            &grant(0, "one"),
            &grant(1, "two"),
        ],
        &[
            &configured(CLUSTER, WRITTEN),
            &format!(
                r#"{GRANT}", "count_expression": {{"references": ["var.name"]}}, "expressions": {{"principal_id": {{"references": ["local.principal"]}}, "scope": {{"references": ["data.terraform_remote_state.base.outputs.registries", "count.index"]}}}}}}"#
            ),
        ],
    )
}

#[test]
fn values_and_instances_come_from_the_plan_and_expressions_from_the_files() {
    let (store, deployment) = only(&[("main.tf", FILES), ("plan.json", &beside())]);
    assert_eq!((&*deployment.name, deployment.language), (".", Language::Terraform));
    let cluster = at(&deployment, "azurerm_kubernetes_cluster.aks");
    assert_eq!((told(&cluster.name), told(cluster.body.get("name").unwrap())), ("aks-plan".into(), "aks-plan".into()));
    let Value::Id(id) = &cluster.id.value else { panic!("{:?}", cluster.id) };
    assert_eq!(told(id.group.as_ref().unwrap()), "rg-plan");
    assert_eq!(&*store.source(cluster.declared.source).path, "main.tf");
    for (at_index, name) in [(0, "one"), (1, "two")] {
        let grant = at(&deployment, &format!("azurerm_role_assignment.pull[{at_index}]"));
        assert_eq!(
            principal(grant),
            "azurerm_kubernetes_cluster.aks#properties.identityProfile.kubeletidentity.objectId"
        );
        let Value::Id(scope) = &grant.scope.value else { panic!("{:?}", grant.scope) };
        assert_eq!(told(&scope.names[0]), name);
        assert_eq!(&*store.source(grant.scope.span.source).path, "main.tf");
    }
    assert_eq!(deployment.resources.iter().filter(|it| it.kind.ends_with("roleAssignments")).count(), 2);
}

#[test]
fn a_plan_elsewhere_in_the_tree_belongs_to_the_root_that_it_fits() {
    let other = r#"resource "azurerm_kubernetes_cluster" "other" { name = "x" }"#;
    let (_, lowered) = lowered(&[("infra/main.tf", FILES), ("other/main.tf", other), ("plans/prod.json", &beside())]);
    let names: Vec<&str> = lowered.deployments.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["infra", "other"]);
    assert_eq!(told(&at(&lowered.deployments[0], "azurerm_kubernetes_cluster.aks").name), "aks-plan");
}

#[test]
fn each_of_several_plans_is_a_deployment() {
    let second = beside().replace("aks-plan", "aks-second");
    let (_, lowered) = lowered(&[("main.tf", FILES), ("dev.json", &beside()), ("prod.json", &second)]);
    let told_names: Vec<(String, String)> = lowered
        .deployments
        .iter()
        .map(|it| (it.name.to_string(), told(&at(it, "azurerm_kubernetes_cluster.aks").name)))
        .collect();
    let expected = [(". with dev.json", "aks-plan"), (". with prod.json", "aks-second")];
    assert_eq!(told_names, expected.map(|(name, aks)| (name.to_owned(), aks.to_owned())));
    assert!(lowered.deployments.iter().all(|it| it.parameters.is_some()));
}

#[test]
fn a_plan_of_another_configuration_is_told_and_left_alone() {
    let newer = format!("{FILES}\nresource \"azurerm_container_registry\" \"new\" {{\n  name = \"new\"\n}}\n");
    let (_, found) = lowered(&[("main.tf", &newer), ("plan.json", &beside())]);
    assert_eq!((found.deployments.len(), found.problems.len()), (1, 1));
    assert_eq!(found.problems[0].trouble, Trouble::Stale);
    assert!(found.problems[0].message.contains("azurerm_container_registry.new"), "{:?}", found.problems);
    assert_ne!(told(&at(&found.deployments[0], "azurerm_kubernetes_cluster.aks").name), "aks-plan");
    let differs = |files: &str, what: &str| {
        let (_, found) = lowered(&[("main.tf", files), ("plan.json", &beside())]);
        assert!(found.problems.iter().any(|it| it.message.contains(what)), "{what}: {:?}", found.problems);
    };
    differs(&FILES.replace("= \"westeurope\"", "= \"northeurope\""), "`location`");
    differs(&FILES.replace("  location            = \"westeurope\"\n", ""), "`location`");
    differs(&FILES.replace("\"westeurope\"\n", "\"westeurope\"\n  sku_tier = \"Free\"\n"), "`sku_tier`");
    let null = FILES.replace("\"westeurope\"\n", "\"westeurope\"\n  sku_tier = null\n");
    assert!(lowered(&[("main.tf", &null), ("plan.json", &beside())]).1.problems.is_empty());
}

#[test]
fn what_is_written_and_known_is_newer_than_the_plan() {
    let files = FILES.replace("= var.name\n", "= local.name\n").replace("locals {", "locals {\n  name = \"aks-new\"");
    let (_, deployment) = only(&[("main.tf", &files), ("plan.json", &beside())]);
    assert_eq!(told(&at(&deployment, "azurerm_kubernetes_cluster.aks").name), "aks-new");
}

#[test]
fn lists_that_changed_since_are_those_of_the_file() {
    let acr = r#"{"address": "azurerm_container_registry.acr", "mode": "managed", "type": "azurerm_container_registry"#;
    let after = r#"{"network_rule_set": [{"default_action": "Allow", "ip_rule": [{"ip_range": "1.1.1.1"}, {"ip_range": "2.2.2.2"}]}]}"#;
    let planned = plan("", &[&create(acr, after, "{}")], &[&configured(acr, r#"{"network_rule_set": [{}]}"#)]);
    let said = |action: &str, ranges: &[&str]| {
        let rules: String = ranges.iter().map(|range| format!("ip_rule {{\n ip_range = \"{range}\"\n}}\n")).collect();
        let block = format!("network_rule_set {{\n default_action = local.action\n{rules}}}");
        let files = format!(
            "locals {{\n action = \"{action}\"\n}}\nresource \"azurerm_container_registry\" \"acr\" {{\n{block}\n}}\n"
        );
        let (_, deployment) = only(&[("main.tf", &files), ("plan.json", &planned)]);
        let body = &at(&deployment, "azurerm_container_registry.acr").body;
        let set = body.at(&["properties", "networkRuleSet"]).unwrap();
        let ranges = set.get("ipRules").and_then(Node::as_list).unwrap().items.iter();
        let ranges: Vec<String> = ranges.map(|rule| told(rule.get("value").unwrap())).collect();
        (told(set.get("defaultAction").unwrap()), ranges.join(" "))
    };
    assert_eq!(said("Deny", &["1.1.1.1", "2.2.2.2"]), ("Deny".into(), "1.1.1.1 2.2.2.2".into()));
    assert_eq!(said("Allow", &["2.2.2.2", "1.1.1.1"]), ("Allow".into(), "1.1.1.1 2.2.2.2".into()));
    assert_eq!(said("Allow", &["3.3.3.3"]), ("Allow".into(), "3.3.3.3".into()));
}

#[test]
fn a_resource_whose_values_cannot_be_read_is_unknown() {
    let text = plan("", &[&create(CLUSTER, r#"{"name": "\ud800"}"#, r#"{"id": true}"#)], &[&configured(CLUSTER, "{}")]);
    let (_, found) = lowered(&[("plan.json", &text)]);
    let body = &at(&found.deployments[0], "azurerm_kubernetes_cluster.aks").body;
    assert!(body.at(&["properties", "servicePrincipalProfile", "clientId"]).is_some_and(|it| it.why().is_some()));
    let nested = format!("{}{}", r#"{"child_modules":["#.repeat(5_000), "]}".repeat(5_000));
    let text = plan(&format!(r#""planned_values": {{"root_module": {nested}}},"#), &[], &[]);
    assert_eq!(lowered(&[("plan.json", &text)]).1.problems[0].trouble, Trouble::Limit);
}

#[test]
fn a_key_means_the_same_member_only_over_the_same_keys() {
    let cluster =
        |key: &str| create(&CLUSTER.replace("aks\"", &format!("aks[\\\"{key}\\\"]\"")), "{}", r#"{"id": true}"#);
    let over = r#""for_each_expression": {"references": ["azurerm_kubernetes_cluster.aks"]},"#;
    let grant = format!(
        r#"{GRANT}", {over} "expressions": {{"principal_id": {{"references": ["each.value.kubelet_identity[0].object_id", "each.value"]}}}}}}"#
    );
    let made = |keys: &[&str]| {
        let head = |key: &str| GRANT.replace("pull\"", &format!("pull[\\\"{key}\\\"]\""));
        let grants: Vec<String> =
            keys.iter().map(|key| create(&head(key), "{}", r#"{"principal_id": true}"#)).collect();
        let (a, b) = (cluster("a"), cluster("b"));
        let changes: Vec<&str> = [a.as_str(), &b].into_iter().chain(grants.iter().map(String::as_str)).collect();
        only(&[("plan.json", &plan("", &changes, &[&configured(CLUSTER, "{}"), &grant]))]).1
    };
    let same = made(&["a", "b"]);
    let expected = "azurerm_kubernetes_cluster.aks[\"b\"]#properties.identityProfile.kubeletidentity.objectId";
    assert_eq!(principal(at(&same, "azurerm_role_assignment.pull[\"b\"]")), expected);
    let moved = made(&["b"]);
    let principal = at(&moved, "azurerm_role_assignment.pull[\"b\"]").body.at(&["properties", "principalId"]).unwrap();
    assert!(matches!(&principal.value, Value::Derived(candidates) if candidates.len() == 2), "{principal:?}");
}

#[test]
fn resources_of_modules_from_elsewhere_come_from_the_plan() {
    let files = r#"
module "aks" {
  source = "Somebody/aks/azurerm"
}
resource "azurerm_role_assignment" "pull" {
  scope        = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/one"
  principal_id = module.aks.kubelet_identity[0].object_id
}
"#;
    let inner = CLUSTER.replace("\"azurerm_kubernetes_cluster.aks\"", "\"module.aks.azurerm_kubernetes_cluster.aks\"");
    let planned = format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [{}, {}],
        "configuration": {{"root_module": {{"resources": [{}], "module_calls": {{"aks": {{"source": "Somebody/aks/azurerm",
        "module": {{"outputs": {{"kubelet_identity": {{"expression": {{"references": ["azurerm_kubernetes_cluster.aks.kubelet_identity", "azurerm_kubernetes_cluster.aks"]}}}}}},
        "resources": [{}]}}}}}}}}}}}}"#,
        create(&inner, r#"{"name": "aks-inside"}"#, r#"{"id": true, "kubelet_identity": true}"#),
        create(GRANT, "{}", r#"{"principal_id": true}"#),
        configured(
            GRANT,
            r#"{"scope": {"constant_value": "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/one"}, "principal_id": {"references": ["module.aks.kubelet_identity[0].object_id", "module.aks.kubelet_identity[0]", "module.aks.kubelet_identity", "module.aks"]}}"#
        ),
        configured(CLUSTER, "{}"),
    );
    let (store, deployment) = only(&[("main.tf", files), ("plan.json", &planned)]);
    let cluster = at(&deployment, "module.aks.azurerm_kubernetes_cluster.aks");
    assert_eq!((cluster.language, &*store.source(cluster.declared.source).path), (Language::Plan, "plan.json"));
    let expected = "module.aks.azurerm_kubernetes_cluster.aks#properties.identityProfile.kubeletidentity.objectId";
    assert_eq!(principal(at(&deployment, "azurerm_role_assignment.pull")), expected);
    assert!(deployment.gaps.iter().all(|gap| gap.hides.is_none()), "{:?}", deployment.gaps);
}

#[test]
fn what_goes_is_kept_as_it_is_now() {
    let change = |actions: &str, more: &str| {
        format!(
            r#"{GRANT}", {more} "change": {{"actions": {actions}, "before": {{"principal_id": "p", "scope": "/subscriptions/s"}}, "after": null}}}}"#
        )
    };
    let (_, deployment) = only(&[("plan.json", &plan("", &[&change(r#"["delete"]"#, "")], &[]))]);
    assert_eq!((deployment.resources.len(), deployment.former.len()), (0, 1));
    assert_eq!((deployment.former[0].fate, principal(&deployment.former[0].resource)), (Fate::Deleted, "p".into()));
    let (_, deployment) = only(&[("plan.json", &plan("", &[&change(r#"["forget"]"#, "")], &[]))]);
    assert_eq!((deployment.resources[0].origin, principal(&deployment.resources[0])), (Origin::Dump, "p".into()));
    // What an earlier replacement left over is no resource of its own.
    let (_, deployment) = only(&[("plan.json", &plan("", &[&change(r#"["delete"]"#, r#""deposed": "1a2b","#)], &[]))]);
    assert_eq!((deployment.resources.len(), deployment.former.len()), (0, 0));
    let drift = format!(r#""resource_drift": [{}],"#, change(r#"["delete"]"#, ""));
    let again = create(GRANT, r#"{"principal_id": "p"}"#, "{}");
    let (_, deployment) = only(&[("plan.json", &plan(&drift, &[&again], &[]))]);
    assert_eq!((deployment.former[0].fate, deployment.resources.len()), (Fate::Gone, 1));
}

fn hides_anything(gap: &Gap) -> bool {
    gap.hides == Some(Hides::Anything)
}

#[test]
fn absence_proves_nothing_in_a_plan_that_is_not_whole() {
    let aks = create(CLUSTER, "{}", "{}");
    let both = [configured(CLUSTER, "{}"), configured(GRANT, "{}")];
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    for rest in [r#""errored": true,"#, r#""complete": false,"#, ""] {
        let (_, deployment) = only(&[("plan.json", &plan(rest, &[&aks], &both))]);
        assert!(deployment.gaps.iter().any(hides_anything), "{rest}");
    }
    let (_, deployment) = only(&[("plan.json", &plan("", &[&aks, &create(GRANT, "{}", "{}")], &both))]);
    assert!(!deployment.gaps.iter().any(hides_anything));
    // A plan that only refreshes changes nothing, and has everything all the same.
    let refreshed = r#""planned_values": {"root_module": {"resources": [
        {"address": "azurerm_kubernetes_cluster.aks", "mode": "managed", "type": "azurerm_kubernetes_cluster", "values": {"name": "n"}}]}},"#;
    let (_, deployment) = only(&[("plan.json", &plan(refreshed, &[], &both[..1]))]);
    assert_eq!(told(&at(&deployment, "azurerm_kubernetes_cluster.aks").name), "n");
}

#[test]
fn a_known_value_that_is_proved_to_be_a_property_is_told_as_that() {
    let reference = r#"{"principal_id": {"references": ["azurerm_kubernetes_cluster.aks.identity[0].principal_id", "azurerm_kubernetes_cluster.aks"]}}"#;
    let with = |principal: &str| {
        let aks = create(CLUSTER, r#"{"identity": [{"type": "SystemAssigned", "principal_id": "P-1"}]}"#, "{}");
        let grant = create(GRANT, &format!(r#"{{"principal_id": "{principal}"}}"#), "{}");
        let text = plan("", &[&aks, &grant], &[&configured(CLUSTER, "{}"), &configured(GRANT, reference)]);
        let (_, deployment) = only(&[("plan.json", &text)]);
        principal_of(&deployment)
    };
    assert_eq!(with("p-1"), "azurerm_kubernetes_cluster.aks#identity.principalId");
    assert_eq!(with("p-2"), "p-2");
}

fn principal_of(deployment: &Deployment) -> String {
    principal(at(deployment, "azurerm_role_assignment.pull"))
}

#[test]
fn other_json_is_called_by_its_name() {
    let state = r#"{"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {}}}"#;
    let file = r#"{"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "l", "resources": []}"#;
    let log =
        "{\"@level\":\"info\",\"@message\":\"Terraform 1.9.0\",\"@module\":\"terraform.ui\"}\n{\"@level\":\"info\"}\n";
    let newer = plan("", &[], &[]).replace("1.2", "2.0");
    for (text, word) in [(state, "state"), (file, "state file"), (log, "log"), (&newer, "plan format 2.0")] {
        let (_, found) = lowered(&[("plan.json", text)]);
        assert_eq!((found.deployments.len(), found.problems.len()), (0, 1), "{text}");
        assert!(found.problems[0].message.contains(word), "{:?}", found.problems);
        assert!(found.problems[0].help.as_ref().is_some_and(|help| help.contains("terraform show -json")));
    }
    for version in ["0.1", "0.2", "1.0", "1.1", "1.2", "1.9"] {
        let text = plan("", &[], &[]).replace("\"1.2\"", &format!("\"{version}\""));
        assert!(lowered(&[("plan.json", &text)]).1.problems.is_empty(), "{version}");
    }
    let whole = plan("", &[&create(CLUSTER, "{}", "{}")], &[]);
    let (_, found) = lowered(&[("plan.json", &whole[..whole.len() - 9])]);
    assert_eq!((found.deployments.len(), found.problems.len()), (0, 1));
}

#[test]
fn broken_parts_are_told_and_the_rest_counts() {
    let text =
        plan("", &[&create(CLUSTER, r#"{"name": nul}"#, "{}"), &create(GRANT, r#"{"principal_id": "p"}"#, "{}")], &[]);
    let (_, found) = lowered(&[("plan.json", &text)]);
    assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
    assert_eq!(principal_of(&found.deployments[0]), "p");
    assert!(found.deployments[0].gaps.iter().any(hides_anything));
}

#[test]
fn strangers_keep_no_large_values() {
    let other = r#"{"address": "aws_thing.x", "mode": "managed", "type": "aws_thing"#;
    let large = create(other, &format!(r#"{{"text": "{}"}}"#, "x".repeat(20_000)), "{}");
    let (_, deployment) = only(&[("plan.json", &plan("", &[&large], &[]))]);
    assert!(at(&deployment, "aws_thing.x").body.why().is_some());
    let _: Arc<str> = deployment.name;
}

#[test]
fn a_next_hop_made_of_one_private_address_is_that_address() {
    let table = r#"{"address": "azurerm_route_table.out", "mode": "managed", "type": "azurerm_route_table"#;
    let wall = r#"{"address": "azurerm_firewall.fw", "mode": "managed", "type": "azurerm_firewall"#;
    let hop = r#"{"references": ["azurerm_firewall.fw.ip_configuration[0].private_ip_address",
        "azurerm_firewall.fw.ip_configuration[0]", "azurerm_firewall.fw.ip_configuration", "azurerm_firewall.fw"]}"#;
    let route = r#"{"name": "out", "address_prefix": "0.0.0.0/0", "next_hop_type": "VirtualAppliance"}"#;
    let changes = [
        create(
            table,
            &format!(r#"{{"name": "rt", "route": [{route}]}}"#),
            r#"{"route": [{"next_hop_in_ip_address": true}]}"#,
        ),
        create(
            wall,
            r#"{"name": "fw", "ip_configuration": [{"name": "c"}]}"#,
            r#"{"ip_configuration": [{"private_ip_address": true}]}"#,
        ),
    ];
    let hop_of = |expressions: &str| {
        let resources = [configured(table, expressions), configured(wall, "{}")];
        let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        let (_, deployment) = only(&[("plan.json", &plan("", &changes, &resources))]);
        let routes = at(&deployment, "azurerm_route_table.out").body.at(&["properties", "routes"]).cloned().unwrap();
        let hop = ["properties", "nextHopIpAddress"];
        routes.as_list().and_then(|list| list.items.first()?.at(&hop).map(told)).unwrap_or_default()
    };
    assert!(
        hop_of(&format!(r#"{{"route": {hop}}}"#)).contains("azurerm_firewall.fw#"),
        "{}",
        hop_of(&format!(r#"{{"route": {hop}}}"#))
    );
    // Two references may be anything; of what no reference is told, something is written all the same.
    let two = hop.replacen('[', r#"["var.other", "#, 1);
    assert!(!hop_of(&format!(r#"{{"route": {two}}}"#)).contains('#'));
    assert!(hop_of(r#"{"route": {}}"#).contains("KnownAfterApply"));
}
