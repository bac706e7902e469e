//! ARM template JSON becomes a template.

use std::sync::Arc;

use super::arm_resource;
use super::arm_value::{Reading, name_of, value};
use super::objects::take_objects;
use super::template::{Definition, Expr, ExprKind, Function, Parameter, TargetScope, Template};
use crate::ir::{Language, Why};
use crate::syntax::tree::{Member, Tree, TreeKind};

/// Whether a JSON document is a deployment template: by its `$schema`, or by its shape.
pub fn is_template(tree: &Tree) -> bool {
    match tree.get_ci("$schema").and_then(Tree::as_str) {
        Some(schema) => schema_name(schema).ends_with("deploymenttemplate.json"),
        None => is_shaped(tree),
    }
}

fn is_shaped(tree: &Tree) -> bool {
    let resources = tree.get_ci("resources");
    let listed = resources.is_some_and(|tree| matches!(tree.kind, TreeKind::List(_) | TreeKind::Map(_)));
    listed && tree.get_ci("contentVersion").and_then(Tree::as_str).is_some()
}

/// Whether a JSON document is a parameter file.
pub fn is_parameter_file(tree: &Tree) -> bool {
    match tree.get_ci("$schema").and_then(Tree::as_str) {
        Some(schema) => schema_name(schema).ends_with("deploymentparameters.json"),
        None => {
            tree.get_ci("contentVersion").is_some() && tree.get_ci("resources").is_none() && has_parameter_values(tree)
        }
    }
}

fn has_parameter_values(tree: &Tree) -> bool {
    let members = tree.get_ci("parameters").and_then(Tree::as_map).unwrap_or_default();
    !members.is_empty()
        && members.iter().all(|member| ["value", "reference"].iter().any(|key| member.value.get_ci(key).is_some()))
}

/// Whether the Bicep compiler wrote it.
pub fn is_compiled(tree: &Tree) -> bool {
    let generator = tree.get_ci("metadata").and_then(|metadata| metadata.get_ci("_generator"));
    generator.and_then(|generator| generator.get_ci("name")).and_then(Tree::as_str) == Some("bicep")
}

fn schema_name(schema: &str) -> String {
    let path = schema.split(['#', '?']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
}

fn target(tree: &Tree) -> TargetScope {
    let schema = tree.get_ci("$schema").and_then(Tree::as_str).map(schema_name).unwrap_or_default();
    match schema.as_str() {
        "subscriptiondeploymenttemplate.json" => TargetScope::Subscription,
        "managementgroupdeploymenttemplate.json" => TargetScope::ManagementGroup,
        "tenantdeploymenttemplate.json" => TargetScope::Tenant,
        _ => TargetScope::Group,
    }
}

/// The template that a JSON document is.
pub fn lower(tree: &Tree, reading: &mut Reading<'_>) -> Template {
    let mut lost = Vec::new();
    let resources = arm_resource::all(tree.get_ci("resources"), reading, &mut lost);
    let namespace = namespace(tree, reading);
    let mut template = Template {
        source: reading.source,
        language: Language::Arm,
        target: target(tree),
        parameters: members(tree, "parameters").iter().map(|member| parameter(member, tree, reading)).collect(),
        variables: variables(members(tree, "variables"), reading),
        functions: functions(tree, reading),
        resources,
        outputs: members(tree, "outputs").iter().map(|member| output(member, reading)).collect(),
        compiled: is_compiled(tree),
        lost,
    };
    take_objects(&mut template, namespace.as_ref());
    template
}

/// The namespace that an extension is told.
fn namespace(tree: &Tree, reading: &mut Reading<'_>) -> Option<Expr> {
    let extensions = ["extensions", "imports"].iter().flat_map(|key| members(tree, key));
    let mut told = extensions.filter_map(|member| member.value.get_ci("config")?.get_ci("namespace"));
    let namespace = told.next()?;
    Some(value(namespace.get_ci("value").unwrap_or(namespace), reading))
}

fn members<'t>(tree: &'t Tree, key: &str) -> &'t [Member] {
    tree.get_ci(key).and_then(Tree::as_map).unwrap_or_default()
}

fn parameter(member: &Member, template: &Tree, reading: &mut Reading<'_>) -> Parameter {
    let about = &member.value;
    let kind = type_name(about, template);
    let nullable = about.get_ci("nullable").is_some_and(|tree| tree.kind == TreeKind::Bool(true));
    Parameter {
        name: member.key.clone(),
        span: member.key_span,
        secure: kind.starts_with("secure"),
        allowed: about.get_ci("allowedValues").map(|tree| value(tree, reading)),
        default: about.get_ci("defaultValue").map(|tree| value(tree, reading)),
        nullable,
    }
}

/// The lower-case type, through one `$ref` to a definition of the template.
fn type_name(about: &Tree, template: &Tree) -> String {
    let written = |tree: &Tree| tree.get_ci("type").and_then(Tree::as_str).map(str::to_ascii_lowercase);
    let definition = || {
        let name = about.get_ci("$ref")?.as_str()?.strip_prefix("#/definitions/")?;
        written(template.get_ci("definitions")?.get(name)?)
    };
    written(about).or_else(definition).unwrap_or_default()
}

fn variables(members: &[Member], reading: &mut Reading<'_>) -> Vec<Definition> {
    let mut found = Vec::new();
    for member in members {
        match member.value.as_list() {
            Some(loops) if member.key.eq_ignore_ascii_case("copy") => {
                found.extend(loops.iter().filter_map(|tree| copied_variable(tree, reading)));
            }
            _ => found.push(Definition {
                name: member.key.clone(),
                span: member.key_span,
                value: value(&member.value, reading),
                condition: None,
            }),
        }
    }
    found
}

fn copied_variable(tree: &Tree, reading: &mut Reading<'_>) -> Option<Definition> {
    let (name, span) = name_of(tree)?;
    Some(Definition { name, span, value: super::arm_value::property_loop(tree, reading), condition: None })
}

fn output(member: &Member, reading: &mut Reading<'_>) -> Definition {
    let about = &member.value;
    let written = match (about.get_ci("value"), about.get_ci("copy")) {
        (Some(tree), _) => value(tree, reading),
        (None, Some(copy)) => super::arm_value::property_loop(copy, reading),
        (None, None) => Expr {
            kind: ExprKind::Lost(Why::UnsupportedSyntax("an output without a value".into())),
            span: member.key_span,
        },
    };
    let condition = about.get_ci("condition").map(|tree| value(tree, reading));
    Definition { name: member.key.clone(), span: member.key_span, value: written, condition }
}

fn functions(tree: &Tree, reading: &mut Reading<'_>) -> Vec<Function> {
    let mut found = Vec::new();
    for namespace in tree.get_ci("functions").and_then(Tree::as_list).unwrap_or_default() {
        let Some(prefix) = namespace.get_ci("namespace").and_then(Tree::as_str) else { continue };
        for member in members(namespace, "members") {
            found.extend(function(prefix, member, reading));
        }
    }
    found
}

fn function(namespace: &str, member: &Member, reading: &mut Reading<'_>) -> Option<Function> {
    let parameters = member.value.get_ci("parameters").and_then(Tree::as_list).unwrap_or_default();
    let names =
        parameters.iter().filter_map(|tree| tree.get_ci("name").and_then(Tree::as_str)).map(Arc::from).collect();
    let body = value(member.value.get_ci("output")?.get_ci("value")?, reading);
    Some(Function { name: format!("{namespace}.{}", member.key).into(), parameters: names, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::template::template::{ModuleTemplate, What};
    use crate::source::SourceId;

    fn read(text: &str) -> Template {
        let (tree, _, faults) = crate::syntax::json::parse(SourceId(0), text);
        assert!(faults.is_empty(), "{faults:?}");
        let mut reading = Reading { source: SourceId(0), text, faults: Vec::new() };
        lower(&tree.unwrap(), &mut reading)
    }

    #[test]
    fn nested_children_are_lifted_out() {
        let template = read(
            r#"{"contentVersion": "1.0.0.0", "resources": [{"type": "Microsoft.ContainerRegistry/registries", "name": "a",
                "resources": [{"type": "replications", "name": "west"}]}]}"#,
        );
        let kinds: Vec<_> = template
            .resources
            .iter()
            .map(|resource| match &resource.what {
                What::Resource { kind, .. } => kind.to_string(),
                _ => String::new(),
            })
            .collect();
        assert_eq!(
            kinds,
            ["Microsoft.ContainerRegistry/registries", "Microsoft.ContainerRegistry/registries/replications"]
        );
        assert!(template.resources[1].parent.is_some());
    }

    #[test]
    fn a_nested_deployment_is_a_module() {
        let template = read(
            r#"{"$schema": "https://x/subscriptionDeploymentTemplate.json#", "resources": {"m": {"type": "Microsoft.Resources/deployments",
                "name": "n", "resourceGroup": "rg", "properties": {"expressionEvaluationOptions": {"scope": "Inner"},
                "template": {"resources": []}, "parameters": {"p": {"value": 1}}}}}}"#,
        );
        assert_eq!(template.target, TargetScope::Subscription);
        let What::Module { template: ModuleTemplate::Inline(_), parameters, outer } = &template.resources[0].what
        else {
            panic!()
        };
        assert!(
            !outer && template.resources[0].group.is_some() && parameters.is_some() && template.resources[0].symbolic
        );
    }
}
