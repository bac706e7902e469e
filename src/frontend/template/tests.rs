mod networks;

use std::time::{Duration, Instant};

use super::{Outside, lower};
use crate::frontend::{Lowered, Trouble};
use crate::ir::{Cond, Deployment, Hides, Key, Node, Resource, Target, Value, Why};
use crate::source::{MemoryFiles, Store};

fn read(files: &[(&str, &str)]) -> Lowered {
    let memory = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(memory));
    let beside = |path: &str| path.strip_suffix("json").map(|stem| format!("{stem}bicep"));
    let made = |(path, text): &(&str, &str)| {
        beside(path).is_some_and(|bicep| files.iter().any(|(other, _)| *other == bicep)) && super::is_compiled(text)
    };
    let (compiled, written): (Vec<_>, Vec<_>) = files.iter().copied().partition(made);
    let compiled: Vec<String> = compiled.iter().map(|(path, _)| (*path).to_owned()).collect();
    let sources: Vec<_> = written.iter().map(|(path, _)| store.open_path(path).unwrap()).collect();
    lower(&store, &sources, &compiled, &Outside::default())
}

fn only(files: &[(&str, &str)]) -> Deployment {
    let mut lowered = read(files);
    // A limit is what some of them are about.
    lowered.problems.retain(|problem| problem.trouble != Trouble::Limit);
    assert_eq!(lowered.problems, []);
    assert_eq!(lowered.deployments.len(), 1, "{:?}", lowered.deployments.iter().map(|it| &it.name).collect::<Vec<_>>());
    lowered.deployments.remove(0)
}

fn found<'a>(deployment: &'a Deployment, kind: &str) -> Vec<&'a Resource> {
    deployment.resources.iter().filter(|resource| resource.kind.ends_with(kind)).collect()
}

/// A value as text: references as `@address.path`, unknowns as `?symbol`.
fn show(node: &Node) -> String {
    let all = |nodes: &[Node]| nodes.iter().map(show).collect::<Vec<_>>().join(" ");
    match &node.value {
        Value::Ref(reference) => match &reference.target {
            Target::Resource(address) => format!("@{address}.{}", reference.path.join(".")),
            Target::Id(id) => format!("@{}.{}", show(id), reference.path.join(".")),
        },
        Value::Id(id) => {
            let extends = id.extends.as_ref().map(|on| format!(" on {}", show(on))).unwrap_or_default();
            let group = id.group.as_ref().map(show).unwrap_or_default();
            format!("<{} {} {}{extends}>", id.kind, group, all(&id.names))
        }
        Value::Str(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::Concat(pieces) => format!("({})", all(pieces)),
        Value::Call(name, arguments) => format!("{name}({})", all(arguments)),
        Value::List(list) => format!("[{}{}]", all(&list.items), if list.open.is_some() { "…" } else { "" }),
        Value::Choice(choice) => format!("if({}, {})", show(&choice.yes), show(&choice.no)),
        Value::Unknown { sym: Some(sym), .. } => format!("?{}", sym.0),
        Value::Unknown { .. } => "?".to_owned(),
        _ => "…".to_owned(),
    }
}

fn at(resource: &Resource, path: &[&str]) -> String {
    resource.body.at(path).map(show).unwrap_or_else(|| "absent".to_owned())
}

const PRINCIPAL: [&str; 2] = ["properties", "principalId"];

#[test]
fn both_spellings_give_the_same_references() {
    let bicep = only(&[(
        "main.bicep",
        "param name string\n\
        resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: 'acr${name}'\n}\n\
        resource aks 'Microsoft.ContainerService/managedClusters@2024-01-01' = {\n  name: 'aks'\n}\n\
        resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(acr.id, aks.id)\n  scope: acr\n  properties: {\n    principalId: aks.identity.principalId\n  }\n}\n",
    )]);
    let arm = only(&[(
        "main.json",
        r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "languageVersion": "2.0",
        "contentVersion": "1.0.0.0", "parameters": {"name": {"type": "string"}}, "resources": {
        "acr": {"type": "Microsoft.ContainerRegistry/registries", "apiVersion": "2023-07-01", "name": "[format('acr{0}', parameters('name'))]"},
        "aks": {"type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2024-01-01", "name": "aks"},
        "pull": {"type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('x')]",
            "scope": "[resourceId('Microsoft.ContainerRegistry/registries', format('acr{0}', parameters('name')))]",
            "properties": {"principalId": "[reference('aks', '2024-01-01', 'full').identity.principalId]"}}}}"#,
    )]);
    for deployment in [&bicep, &arm] {
        let pull = found(deployment, "roleAssignments")[0];
        assert_eq!(at(pull, &PRINCIPAL), "@aks.identity.principalId");
        let Value::Id(id) = &pull.id.value else { panic!() };
        let on = id.extends.as_ref().unwrap();
        assert_eq!(show(on), show(&found(deployment, "registries")[0].id));
    }
    assert_eq!(show(&found(&bicep, "roleAssignments")[0].scope), "@acr.id");
    assert_eq!(show(&found(&bicep, "registries")[0].name), "(acr ?main.bicep#param:name)");
}

#[test]
fn array_form_references_go_by_id() {
    let arm = only(&[(
        "t.json",
        r#"{"contentVersion": "1.0.0.0", "variables": {"aks": "k"}, "resources": [
        {"type": "Microsoft.ContainerRegistry/registries", "name": "acr"},
        {"type": "Microsoft.ContainerRegistry/registries/providers/roleAssignments", "name": "[concat('acr', '/Microsoft.Authorization/', guid('x'))]",
         "properties": {"principalId": "[reference(resourceId('Microsoft.ContainerService/managedClusters', variables('aks')), '1').identityProfile.kubeletidentity.objectId]"}}]}"#,
    )]);
    let pull = found(&arm, "roleAssignments")[0];
    assert_eq!(&*pull.kind, "Microsoft.Authorization/roleAssignments");
    assert_eq!(show(&pull.name), "51c0fe04-91fa-5688-abb4-481ca7437854");
    assert_eq!(show(&pull.scope), "<Microsoft.ContainerRegistry/registries ?t.json#group acr>");
    assert_eq!(
        at(pull, &PRINCIPAL),
        "@<Microsoft.ContainerService/managedClusters ?t.json#group k>.properties.identityProfile.kubeletidentity.objectId"
    );
}

fn nested(scope: &str) -> String {
    let inner = r#"{"contentVersion": "1.0.0.0", "parameters": {"name": {"type": "string"}}, "resources": [
        {"type": "Microsoft.ContainerRegistry/registries", "name": "[parameters('name')]"}],
        "outputs": {"id": {"type": "string", "value": "[resourceId('Microsoft.ContainerRegistry/registries', parameters('name'))]"}}}"#;
    format!(
        r#"{{"contentVersion": "1.0.0.0", "parameters": {{"name": {{"type": "string", "defaultValue": "outside"}}}}, "resources": [
        {{"type": "Microsoft.Resources/deployments", "name": "n", "resourceGroup": "shared", "properties": {{
            "expressionEvaluationOptions": {{"scope": "{scope}"}}, "parameters": {{"name": {{"value": "inside"}}}}, "template": {inner}}}}},
        {{"type": "Microsoft.ContainerService/managedClusters", "name": "k", "tags": {{
            "id": "[reference(resourceId('shared', 'Microsoft.Resources/deployments', 'n')).outputs.id.value]"}}}}]}}"#
    )
}

#[test]
fn nested_deployments_are_evaluated_in_their_scope() {
    let inner = only(&[("t.json", &nested("inner"))]);
    assert_eq!(show(&found(&inner, "registries")[0].id), "<Microsoft.ContainerRegistry/registries shared inside>");
    assert_eq!(
        at(found(&inner, "managedClusters")[0], &["tags", "id"]),
        "<Microsoft.ContainerRegistry/registries shared inside>"
    );
    let outer = only(&[("t.json", &nested("outer"))]);
    assert_eq!(show(&found(&outer, "registries")[0].id), "<Microsoft.ContainerRegistry/registries shared outside>");
}

#[test]
fn loops_unfold_or_stand_for_each_member() {
    let deployment = only(&[(
        "main.bicep",
        "param names array\n\
        resource one 'Microsoft.ContainerRegistry/registries@2023-07-01' = [for (n, i) in ['a', 'b']: {\n  name: '${n}${i}'\n}]\n\
        resource each 'Microsoft.ContainerRegistry/registries@2023-07-01' = [for (n, i) in names: {\n  name: n\n}]\n\
        resource lock 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (n, i) in names: {\n  name: 'l'\n  scope: each[i]\n  properties: {\n    level: one[1].name\n  }\n}]\n",
    )]);
    let registries = found(&deployment, "registries");
    assert_eq!(
        registries.iter().map(|it| show(&it.name)).collect::<Vec<_>>(),
        ["a0", "b1", "?each:main.bicep#param:names"]
    );
    assert_eq!(registries[1].address.path[0].key, Some(Key::Int(1)));
    let lock = found(&deployment, "roleAssignments")[0];
    assert_eq!(show(&lock.scope), "@each[each].id");
    assert_eq!(at(lock, &["properties", "level"]), "b1");
}

#[test]
fn an_arm_copy_has_the_members_of_the_bicep_loop() {
    let arm = only(&[(
        "t.json",
        r#"{"contentVersion": "1.0.0.0", "parameters": {"names": {"type": "array"}}, "resources": [
        {"type": "Microsoft.ContainerRegistry/registries", "copy": {"name": "c", "count": "[length(parameters('names'))]"},
         "name": "[parameters('names')[copyIndex()]]", "properties": {"copy": [{"name": "rules", "count": 2, "input": "[copyIndex('rules', 1)]"}]}}]}"#,
    )]);
    let registry = found(&arm, "registries")[0];
    assert_eq!(registry.address.path[0].key, Some(Key::Each("t.json#param:names".into())));
    assert_eq!(show(&registry.name), "?each:t.json#param:names");
    assert_eq!(at(registry, &["properties", "rules"]), "[1 2]");
}

#[test]
fn modules_take_parameters_and_give_outputs() {
    let deployment = only(&[
        (
            "main.bicep",
            "targetScope = 'subscription'\nparam on bool\n\
            resource rg 'Microsoft.Resources/resourceGroups@2024-03-01' = {\n  name: 'shop'\n  location: 'x'\n}\n\
            module acr 'acr.bicep' = if (on) {\n  scope: rg\n  params: {\n    name: 'shop'\n  }\n}\n\
            module far 'br/public:avm/res/x/y:1.0' = {\n  scope: rg\n  params: {\n    id: acr.outputs.id\n  }\n}\n\
            resource tag 'Microsoft.Resources/tags@2024-03-01' = {\n  name: 'default'\n  properties: {\n    a: acr.outputs.host\n    b: far.outputs.x\n  }\n}\n",
        ),
        (
            "acr.bicep",
            "param name string\nparam location string = resourceGroup().location\n\
            resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: name\n  location: location\n}\n\
            output id string = acr.id\noutput host string = acr.properties.loginServer\n",
        ),
    ]);
    let acr = found(&deployment, "registries")[0];
    assert_eq!(acr.address.to_string(), "acr.acr");
    assert_eq!(show(&acr.id), "<Microsoft.ContainerRegistry/registries shop shop>");
    assert_eq!(at(acr, &["location"]), "@rg.location");
    assert!(matches!(acr.deployed, Cond::When(_)));
    let tags = found(&deployment, "tags")[0];
    assert_eq!(at(tags, &["properties", "a"]), "@acr.acr.properties.loginServer");
    assert!(at(tags, &["properties", "b"]).ends_with("#output:x"));
    let hidden = deployment.gaps.iter().find(|gap| matches!(gap.why, Why::UnresolvedModule(_))).unwrap();
    let Some(Hides::Touching(inputs)) = &hidden.hides else { panic!() };
    assert_eq!(inputs.iter().map(show).collect::<Vec<_>>(), ["@acr.acr.id"]);
}

#[test]
fn conditions_are_kept() {
    let deployment = only(&[(
        "main.bicep",
        "param mine bool\n@secure()\nparam key string\n\
        resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = if (!mine) {\n  name: mine ? 'a' : 'b'\n}\n\
        resource k 'Microsoft.ContainerService/managedClusters@2024-01-01' = {\n  name: 'k'\n  identity: mine ? { type: 'SystemAssigned' } : { type: 'None', x: key }\n}\n",
    )]);
    let acr = found(&deployment, "registries")[0];
    assert_eq!(show(&acr.name), "if(a, b)");
    assert!(matches!(acr.deployed, Cond::Not(_)));
    assert_eq!(acr.origin, crate::ir::Origin::Existing);
    let cluster = found(&deployment, "managedClusters")[0];
    assert_eq!(at(cluster, &["identity", "type"]), "if(SystemAssigned, None)");
    let Value::Choice(choice) = &cluster.body.at(&["identity", "x"]).unwrap().value else { panic!() };
    assert!(choice.no.secret);
}

#[test]
fn each_parameter_file_is_a_deployment() {
    let template = "param name string\nparam size int = 1\nresource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: name\n  properties: {\n    size: size\n  }\n}\n";
    let lowered = read(&[
        ("main.bicep", template),
        (
            "main.json",
            r#"{"$schema": "https://x/deploymentTemplate.json#", "contentVersion": "1", "metadata": {"_generator": {"name": "bicep"}}, "parameters": {"name": {}, "size": {}}, "resources": []}"#,
        ),
        ("base.bicepparam", "using none\nvar n = 'from'\nparam size = 2\nparam name = n\n"),
        ("prod.bicepparam", "using './main.bicep'\nextends 'base.bicepparam'\nparam name = 'prod'\n"),
        (
            "main.parameters.test.json",
            r##"{"$schema": "https://x/deploymentParameters.json#", "contentVersion": "1", "parameters": {"name": {"value": "a#{ENV}#"}}}"##,
        ),
        ("package.json", r#"{"name": "x"}"#),
        ("broken.json", r#"{"name": "#),
    ]);
    assert_eq!(lowered.problems, []);
    let shown = |deployment: &Deployment| {
        let acr = found(deployment, "registries")[0];
        format!("{}: {} {}", deployment.name, show(&acr.name), at(acr, &["properties", "size"]))
    };
    assert_eq!(
        lowered.deployments.iter().map(shown).collect::<Vec<_>>(),
        [
            "main.bicep with main.parameters.test.json: (a ?main.bicep with main.parameters.test.json#token:ENV) 1",
            "main.bicep with prod.bicepparam: prod 2",
        ]
    );
}

#[test]
fn functions_compute_what_is_known() {
    let lowered = read(&[
        (
            "main.bicep",
            "import { shared, twice } from 'lib.bicep'\nparam p string\nvar list = ['b', 'a']\n\
        resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: toLower('ACR${p}')\n  properties: {\n    a: join(map(list, x => toUpper(x)), '-')\n    \
        b: empty(p) ? 1 : 2\n    c: union({ x: 1 }, { x: 2 }).x\n    d: last(split(acr2.id, '/'))\n    e: twice(shared)\n    f: loadJsonContent('x.json').y[0]\n    \
        g: uniqueString('a')\n    h: newGuid()\n    i: ({ a: null }).?a ?? 'd'\n    j: filter(list, x => x == 'a')\n  }\n}\n\
        resource acr2 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {\n  name: 'two'\n}\n",
        ),
        ("lib.bicep", "@export()\nvar shared = 'lib'\n@export()\nfunc twice(x string) string => '${x}${x}'\n"),
        ("x.json", r#"{"y": ["deep"]}"#),
    ]);
    let deployment = lowered.deployments.iter().find(|it| &*it.name == "main.bicep").unwrap();
    let acr = found(deployment, "registries")[0];
    assert_eq!(show(&acr.name), "(acr tolower(?main.bicep#param:p))");
    let value = |key: &str| at(acr, &["properties", key]);
    assert_eq!(
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(value),
        ["B-A", "if(1, 2)", "2", "two", "liblib", "deep", "eveiun73364hy", "?", "d", "[a]",]
    );
}

#[test]
fn circles_end() {
    let lowered = read(&[
        ("vars.bicep", "var a = b\nvar b = a\nresource r 'A.B/c@1' = {\n  name: a\n}\n"),
        ("self.bicep", "resource r 'A.B/c@1' = {\n  name: 'x'\n}\nmodule m 'self.bicep' = {\n  name: 'm'\n}\n"),
        ("one.bicep", "module m 'two.bicep' = {\n  name: 'm'\n  params: {\n    x: m.outputs.y\n  }\n}\n"),
        ("two.bicep", "param x string\nmodule m 'one.bicep' = {\n  name: x\n}\noutput y string = x\n"),
        ("import.bicep", "import { a } from 'import.bicep'\nvar b = a\nresource r 'A.B/c@1' = {\n  name: b\n}\n"),
    ]);
    assert_eq!(lowered.deployments.len(), 4);
    assert!(lowered.deployments.iter().all(|deployment| !deployment.gaps.is_empty()));
    let name = |path: &str| {
        lowered
            .deployments
            .iter()
            .find(|it| &*it.name == path)
            .and_then(|it| it.resources.first())
            .map(|it| show(&it.name))
    };
    assert_eq!(name("vars.bicep").as_deref(), Some("?"));
    assert_eq!(name("self.bicep").as_deref(), Some("x"));
}

#[test]
fn a_million_copies_are_one_and_large_values_are_cut() {
    let start = Instant::now();
    let deployment = only(&[(
        "t.json",
        r#"{"contentVersion": "1.0.0.0", "resources": [
        {"type": "A.B/c", "copy": {"name": "c", "count": 1000000}, "name": "[format('r{0}', copyIndex())]"}]}"#,
    )]);
    assert_eq!(deployment.resources.len(), 1);
    assert!(matches!(deployment.gaps[0].why, Why::LimitReached(_)));
    let mut laughs = String::from("var v0 = [utcNow(), 'ha']\n");
    for at in 1..60 {
        laughs.push_str(&format!("var v{at} = [v{0}, v{0}, v{0}]\nvar s{at} = '${{s{0}}}${{s{0}}}'\n", at - 1));
    }
    laughs.push_str("param s0 string\nresource r 'A.B/c@1' = {\n  name: s59\n  properties: v59\n}\n");
    let deployment = only(&[("main.bicep", &laughs)]);
    assert_eq!(show(&deployment.resources[0].name).chars().next(), Some('('));
    assert!(deployment.gaps.iter().any(|gap| matches!(gap.why, Why::LimitReached(_))));
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn deep_expressions_are_a_limit_and_not_a_crash() {
    let deep = format!("[{}'x'{}]", "toLower(".repeat(10_000), ")".repeat(10_000));
    let lowered = read(&[(
        "t.json",
        &format!(r#"{{"contentVersion": "1", "resources": [{{"type": "A.B/c", "name": "{deep}"}}]}}"#),
    )]);
    assert_eq!(lowered.problems.iter().filter(|problem| problem.trouble == Trouble::Limit).count(), 2);
    let mut chain = String::from("var v0 = utcNow()\n");
    for at in 1..2_000 {
        chain.push_str(&format!("var v{at} = toLower(trim(v{}))\n", at - 1));
    }
    chain.push_str("resource r 'A.B/c@1' = {\n  name: v1999\n}\n");
    let deployment = only(&[("main.bicep", &chain)]);
    assert!(!deployment.gaps.is_empty());
}

#[test]
fn a_broken_template_is_a_problem() {
    let lowered =
        read(&[("t.json", r#"{"$schema": "https://x/deploymentTemplate.json#", "resources": ["#), ("x.json", "{")]);
    assert_eq!(lowered.problems.len(), 1);
    let lost = read(&[("main.bicep", "resource x 'A.B/c@1' = {\n")]);
    assert!(!lost.problems.is_empty() && matches!(lost.deployments[0].gaps[0].hides, Some(Hides::Anything)));
}

#[test]
fn parents_that_go_round_in_a_circle_end() {
    let text = "resource a 'Microsoft.Network/virtualNetworks/subnets@2023-09-01' = {\n  parent: b\n  name: 'a'\n}\n\
                resource b 'Microsoft.Network/virtualNetworks/subnets@2023-09-01' = {\n  parent: a\n  name: 'b'\n}\n";
    assert_eq!(only(&[("main.bicep", text)]).resources.len(), 2);
}

#[test]
fn secure_parameters_are_marked_though_nothing_reads_their_resource() {
    let deployment = only(&[(
        "main.bicep",
        "@secure()\nparam pw string = 'Tz9'\n\
        resource sql 'Microsoft.Sql/servers@2021-11-01' = {\n  name: 'db${newGuid()}'\n  properties: {\n    administratorLoginPassword: pw\n  }\n}\n",
    )]);
    assert!(deployment.asked.iter().any(|(value, _)| value.secret && value.as_str() == Some("Tz9")));
}
