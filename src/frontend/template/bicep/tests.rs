use super::*;
use crate::frontend::template::template::{Declaration, ModuleTemplate, What};
use crate::syntax::bicep::parse;

const FLAGSHIP: &str = r"targetScope = 'resourceGroup'
@secure()
param password string
@allowed(['dev', 'prod'])
param stage string = 'dev'
param tier 'Basic' | 'Premium'
param groups string[]?
import { prefix as pre } from 'shared.bicep'
import * as all from 'br/public:x:1'

resource vault 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: '${pre}acr'
  scope: resourceGroup('shared')
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-01-01' = if (stage != 'dev') {
  name: 'aks'
  properties: { dnsPrefix: -1 }

  resource pool 'agentPools' = [for (zone, i) in [1, 2]: {
    name: 'p${i}'
  }]
  resource other 'agentPools@2024-02-01' = {
    name: 'o'
    dependsOn: [pool]
  }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id)
  scope: vault
  properties: { principalId: aks!.properties.?identityProfile.kubeletidentity.objectId }
}

module net 'net.bicep' = [for n in groups: if (n =~ 'a') {
  scope: resourceGroup(n)
  params: { name: n }
}]
module far 'br/public:avm/res/x:1.0' = { name: 'far' }
output id string = vault.id
";

fn lowered(text: &str) -> Template {
    let (file, _, faults) = parse(SourceId(0), text);
    assert!(faults.is_empty(), "{faults:?}");
    lower(&file, SourceId(0))
}

fn find<'a>(template: &'a Template, symbol: &str) -> &'a Declaration {
    template.resources.iter().find(|resource| &*resource.symbol == symbol).unwrap()
}

fn kind(declaration: &Declaration) -> (&str, Option<&str>) {
    match &declaration.what {
        What::Resource { kind, api_version } => (kind, api_version.as_deref()),
        _ => panic!("no resource"),
    }
}

/// An expression in the form of a call.
fn shown(expr: &Expr) -> String {
    let all = |exprs: &[Expr]| exprs.iter().map(shown).collect::<Vec<_>>().join(", ");
    match &expr.kind {
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Text(text) => format!("'{text}'"),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Call(name, arguments) => format!("{name}({})", all(arguments)),
        ExprKind::Interpolation(parts) => format!("concat({})", all(parts)),
        ExprKind::Nested(base, name) => format!("{}::{name}", shown(base)),
        ExprKind::Property { base, key, safe, .. } => {
            format!("{}{}[{}]", shown(base), if *safe { "?" } else { "" }, shown(key))
        }
        other => format!("{other:?}"),
    }
}

fn value(expression: &str) -> String {
    shown(&lowered(&format!("var x = {expression}\n")).variables[0].value)
}

#[test]
fn parameters_carry_what_their_types_and_decorators_say() {
    let template = lowered(FLAGSHIP);
    let [password, stage, tier, groups] = template.parameters.as_slice() else { panic!() };
    assert!(password.secure && !stage.secure && groups.nullable && !tier.nullable);
    assert!(stage.allowed.is_some() && tier.allowed.is_some() && groups.allowed.is_none());
}

#[test]
fn a_named_type_tells_the_same() {
    let template = lowered("@secure()\ntype a = b?\ntype b = 'x' | 'y'\nparam p a\n");
    let parameter = &template.parameters[0];
    assert!(parameter.secure && parameter.nullable && parameter.allowed.is_some());
    lowered("type a = b\ntype b = a\nparam p a\n");
}

#[test]
fn nested_resources_are_lifted() {
    let template = lowered(FLAGSHIP);
    let pool = find(&template, "pool");
    assert_eq!(kind(pool), ("Microsoft.ContainerService/managedClusters/agentPools", Some("2024-01-01")));
    assert_eq!(pool.parent.as_ref().map(shown).unwrap(), "aks");
    assert_eq!(shown(&pool.name), "concat('p', i)");
    assert_eq!(pool.condition.as_ref().map(shown).unwrap(), "not(equals(stage, 'dev'))");
    assert_eq!(pool.repeat.as_ref().unwrap().index.as_deref(), Some("i"));
    let other = find(&template, "other");
    assert_eq!(kind(other).1, Some("2024-02-01"));
    assert_eq!(shown(&other.depends_on[0]), "aks::pool");
}

#[test]
fn declarations_have_their_fields() {
    let template = lowered(FLAGSHIP);
    assert!(find(&template, "vault").existing);
    assert_eq!(shown(find(&template, "pull").scope.as_ref().unwrap()), "vault");
    let net = find(&template, "net");
    assert_eq!(shown(net.condition.as_ref().unwrap()), "equals(toLower(n), toLower('a'))");
    assert_eq!(shown(&net.name), "concat('net-', uniqueString('net', deployment()['name']))");
    let What::Module { template: ModuleTemplate::File(path, _), parameters: Some(_), .. } = &net.what else { panic!() };
    assert_eq!(&**path, "net.bicep");
    let far = &find(&template, "far").what;
    assert!(matches!(far, What::Module { template: ModuleTemplate::Remote(..), parameters: None, .. }));
}

#[test]
fn operators_become_functions() {
    assert_eq!(value("a ? b : c"), "if(a, b, c)");
    assert_eq!(value("a + b * c - d"), "sub(add(a, mul(b, c)), d)");
    assert_eq!(value("!a || b && c ?? d"), "coalesce(or(not(a), and(b, c)), d)");
    assert_eq!(value("a !~ b"), "not(equals(toLower(a), toLower(b)))");
    assert_eq!(value("-a"), "sub(0, a)");
    assert_eq!(value("-9223372036854775808"), i64::MIN.to_string());
    assert_eq!(value("any(a!.b)"), "any(a['b'])");
    assert_eq!(value("a.?b.c"), "a?['b']?['c']");
}

#[test]
fn lost_declarations_are_told() {
    let (file, _, faults) = parse(SourceId(0), "param a string =\nvar b = 1\n");
    let template = lower(&file, SourceId(0));
    assert_eq!((faults.len(), template.lost.len(), template.variables.len()), (1, 1, 1));
}

#[test]
fn parameter_files_and_imports() {
    let text =
        "using 'main.bicep'\nextends 'base.bicepparam'\nvar v = 1\nparam a = v\nparam =\nimport * as x from 'y'\n";
    let (file, _, _) = parse(SourceId(0), text);
    let parameters = lower_parameters(&file);
    assert_eq!(&*parameters.using.unwrap().0, "main.bicep");
    assert_eq!(&*parameters.extends.unwrap().0, "base.bicepparam");
    assert_eq!((parameters.values.len(), parameters.variables.len(), parameters.lost.len()), (1, 1, 1));
    let (flagship, _, _) = parse(SourceId(0), FLAGSHIP);
    let imports = imports(&flagship);
    assert_eq!(imports[0].names, [("prefix".into(), "pre".into())]);
    assert_eq!(imports[1].wildcard.as_deref(), Some("all"));
}

#[test]
fn what_the_parser_admits_can_be_lowered() {
    for (before, middle, after) in
        [("(", "a", ")"), ("{ a: ", "b", "}"), ("", "a", ".b"), ("", "a", " != b"), ("x => ", "x", "")]
    {
        for count in [60, 120, 250] {
            let text = format!("var x = {}{middle}{}\n", before.repeat(count), after.repeat(count));
            let (file, _, _) = parse(SourceId(0), &text);
            lower(&file, SourceId(0));
        }
    }
    for count in [40, 60] {
        let text = format!("{}name: 'a'\n{}", "resource a 'b' = {\n ".repeat(count), "}\n".repeat(count));
        let (file, _, faults) = parse(SourceId(0), &text);
        assert_eq!((faults.len(), lower(&file, SourceId(0)).resources.len()), (0, count));
    }
}
