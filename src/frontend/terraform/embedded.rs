//! Template deployments: the resources of a template that a resource of Terraform deploys stand below its address, with
//! the values that Terraform hands over; its outputs are what the template says they are.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::language::evaluate::Session;
use super::language::scope::Scope;
use super::sources::config::local_folder;
use super::tables::attributes::pick;
use super::tables::reference::Settler;
use super::tables::shape::as_id;
use super::template_text;
use crate::frontend::node_of;
use crate::frontend::template::{Embedded, Embedding, Ready, Templates};
use crate::ir::{
    Address, Cond, Deployment, Entry, Gap, Hides, Language, Map, Node, Origin, Resource, ResourceId, Step, Value, Why,
};
use crate::source::{Span, Via};
use crate::syntax::hcl::{Expr, ExprKind};
use crate::syntax::json;

/// The resource types that deploy a template, with the arguments for its text and for its parameters.
const TYPES: [(&str, &str, &str); 5] = [
    ("azurerm_resource_group_template_deployment", "template_content", "parameters_content"),
    ("azurerm_subscription_template_deployment", "template_content", "parameters_content"),
    ("azurerm_management_group_template_deployment", "template_content", "parameters_content"),
    ("azurerm_tenant_template_deployment", "template_content", "parameters_content"),
    ("azurerm_template_deployment", "template_body", "parameters_body"),
];

/// Template deployments in one deployment.
const MOST_TEMPLATES: usize = 200;

/// The type of a deployment in Resource Manager.
const DEPLOYMENT: &str = "Microsoft.Resources/deployments";

/// What the template deployments of a deployment make; nothing while one is being worked out.
pub(super) type Known = RefCell<BTreeMap<Vec<Step>, Option<Rc<Outcome>>>>;

/// What a template deployment makes, or why nobody knows.
pub(super) type Outcome = Result<Embedded, Why>;

/// A template deployment as it is written.
struct Written {
    /// The value that is, or says, the template.
    template: Node,
    /// Its parameters: an object or a text, each `{ value = … }`, or plainly by name.
    parameters: Option<Node>,
    /// Values of parameters by name, as azurerm 2 took them beside.
    plain: Option<Node>,
    scope: Node,
}

/// The arguments of a type that deploys templates.
fn arguments_of(terraform: &str) -> Option<(&'static str, &'static str)> {
    TYPES.iter().find(|(name, ..)| *name == terraform).map(|(_, content, parameters)| (*content, *parameters))
}

/// Whether a resource with this body may deploy a template.
pub(super) fn deploys(terraform: &str, body: &Node) -> bool {
    let azapi = || {
        let kind = pick(body, "type");
        let kind = kind.as_ref().and_then(Node::as_str).and_then(|kind| kind.split('@').next());
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case(DEPLOYMENT))
    };
    arguments_of(terraform).is_some() || terraform == "azapi_resource" && azapi()
}

impl Session<'_> {
    /// What the template deployment at an address makes; nothing when the resource is no such thing, or is asked for
    /// while it is being worked out.
    pub(super) fn embedded(&self, address: &Address) -> Option<Rc<Outcome>> {
        let (last, modules) = address.path.split_last()?;
        let terraform = last.name.split('.').next().unwrap_or_default();
        if arguments_of(terraform).is_none() && terraform != "azapi_resource" {
            return None;
        }
        if let Some(known) = self.embedded.borrow().get(&address.path) {
            return known.clone();
        }
        self.embedded.borrow_mut().insert(address.path.clone(), None);
        let outcome = self.new_embedded(address, terraform, last, modules);
        match outcome.map(Rc::new) {
            Some(outcome) => {
                self.embedded.borrow_mut().insert(address.path.clone(), Some(outcome.clone()));
                Some(outcome)
            }
            None => {
                self.embedded.borrow_mut().remove(&address.path);
                None
            }
        }
    }

    fn new_embedded(&self, address: &Address, terraform: &str, last: &Step, modules: &[Step]) -> Option<Outcome> {
        let instance = self.instances.borrow().get(modules).cloned()?;
        let block = instance.module.block(&last.name).filter(|block| &*block.kind == "resource")?;
        let kind = block.body.attribute("type").and_then(Expr::as_text).and_then(|kind| kind.split('@').next());
        if terraform == "azapi_resource" && kind.is_some_and(|kind| !kind.eq_ignore_ascii_case(DEPLOYMENT)) {
            return None;
        }
        let copies = self.copies(&instance, &last.name, block, block.head)?;
        let scope = Scope::of_copy(&instance, copies.iter().find(|copy| copy.key == last.key)?);
        let body = self.body(scope, &block.body, block.extent, true);
        if !deploys(terraform, &body) {
            return None;
        }
        if self.embedded.borrow().len() > MOST_TEMPLATES {
            return Some(Err(Why::LimitReached("template deployments".into())));
        }
        let subscription = self.subscription(&instance, &super::modules::provider_of(block), block.head);
        Some(written(terraform, &body, &subscription).and_then(|written| {
            let file = block.body.attribute("template_content").or(block.body.attribute("template_body"));
            let ready = self.beside(scope, file, &written.template);
            deploy(self.templates, written, ready, address, Cond::Always)
        }))
    }

    /// The Bicep file for a `file("main.json")` that nobody has compiled yet.
    fn beside(&self, scope: Scope<'_>, written: Option<&Expr>, template: &Node) -> Option<Ready> {
        let ExprKind::Call { name, arguments, .. } = &written?.kind else { return None };
        if &**name != "file" || !matches!(template.why(), Some(Why::Unreadable(_))) {
            return None;
        }
        let path = self.evaluate(scope, arguments.first()?);
        let path = path.as_str()?;
        let inside = format!("./{}", scope.instance.module.folder);
        let root = self.deployment.strip_prefix('.').unwrap_or(&self.deployment);
        let from = if path.starts_with(&inside) { "" } else { root };
        let local = if path.starts_with('.') { path.to_owned() } else { format!("./{path}") };
        let source = self.templates.beside(&local_folder(from, &local)?)?;
        self.templates.of_file(source).ok()
    }

    /// The outputs of a template deployment, where a path leads to them.
    pub(super) fn outputs_of_template(&self, address: &Address, path: &[Arc<str>], span: Span) -> Option<Node> {
        let steps: Vec<&str> = path.iter().map(|step| &**step).collect();
        let with_types = match steps.as_slice() {
            ["output_content"] | ["output", "properties", "outputs"] => true,
            ["outputs"] => false,
            _ => return None,
        };
        let outcome = self.embedded(address)?;
        let embedded = (*outcome).as_ref().ok()?;
        let entry = |(name, value): &(Arc<str>, Node)| {
            let value = value.clone().through(span, Via::Module);
            let value = match with_types {
                true => Node::map(vec![Entry::new("value", span, value)], span),
                false => value,
            };
            Entry { key: Node::text(name.clone(), span), value }
        };
        let outputs = Node::map(embedded.outputs.iter().map(entry).collect(), span);
        Some(match steps.as_slice() {
            ["output_content"] => Node::new(Value::Call("tf:jsonencode".into(), Arc::new(vec![outputs])), span),
            _ => outputs,
        })
    }

    /// Adds what a template deployment makes, when it is deployed itself.
    pub(super) fn unfold_template(&self, made: Option<&Outcome>, deployed: &Cond, resources: &mut Vec<Resource>) {
        let Some(Ok(embedded)) = made.filter(|_| *deployed != Cond::Never) else { return };
        resources.extend(embedded.resources.iter().map(|inner| Resource {
            deployed: Cond::all([deployed.clone(), inner.deployed.clone()]),
            ..inner.clone()
        }));
        embedded.gaps.iter().for_each(|gap| self.gap(gap.clone()));
        self.asked.borrow_mut().extend(embedded.asked.iter().cloned());
    }
}

/// The template, its parameters and its scope.
fn written(terraform: &str, body: &Node, subscription: &Node) -> Result<Written, Why> {
    let absent = || Why::UnsupportedSyntax("a deployment without a template".into());
    let span = body.span;
    let Some((content, parameters)) = arguments_of(terraform) else {
        let scope = pick(body, "parent_id").map_or_else(|| Node::unknown(absent(), span), as_id);
        let body = super::tables::azapi::written_body(body);
        let template = body.at(&["properties", "template"]).cloned().ok_or_else(absent)?;
        let parameters = body.at(&["properties", "parameters"]).cloned();
        return Ok(Written { template, parameters, plain: None, scope });
    };
    let some = |name: &str| body.get(name).filter(|value| !value.is_null()).cloned();
    let scope = match terraform {
        "azurerm_tenant_template_deployment" => Node::null(span),
        "azurerm_management_group_template_deployment" => {
            as_id(some("management_group_id").unwrap_or_else(|| Node::unknown(absent(), span)))
        }
        "azurerm_subscription_template_deployment" => Node::id(ResourceId::of_subscription(subscription.clone()), span),
        _ => {
            let group = some("resource_group_name").unwrap_or_else(|| Node::unknown(absent(), span));
            Node::id(ResourceId::of_group(subscription.clone(), group), span)
        }
    };
    let plain = some("parameters").filter(|_| terraform == "azurerm_template_deployment");
    Ok(Written { template: some(content).ok_or_else(absent)?, parameters: some(parameters), plain, scope })
}

fn deploy(
    templates: &Templates<'_>,
    written: Written,
    ready: Option<Ready>,
    address: &Address,
    deployed: Cond,
) -> Outcome {
    let span = written.template.span;
    let mut added = Vec::new();
    let ready = match ready {
        Some(ready) => ready,
        None => read(templates, &written.template, &mut added)?,
    };
    let (mut parameters, unseen) = parameters(&written);
    parameters.extend(added);
    let embedding = Embedding {
        name: format!("{}:{address}", address.root).into(),
        address: address.clone(),
        scope: Settler::new().settle(&written.scope),
        deployed,
        parameters,
        unseen,
    };
    let mut made = templates.deploy(&ready, embedding);
    if written.template.secret {
        made.resources.iter_mut().for_each(|it| it.body = std::mem::replace(&mut it.body, Node::null(span)).secret());
        made.outputs.iter_mut().for_each(|(_, it)| *it = std::mem::replace(it, Node::null(span)).secret());
    }
    Ok(made)
}

/// The template that a value is: the file that it was read from, or what it says.
fn read(templates: &Templates<'_>, template: &Node, added: &mut Vec<(Arc<str>, Node)>) -> Result<Ready, Why> {
    if let Value::Str(text) = &template.value
        && template.span == Span::file(template.span.source)
        && templates.store().source(template.span.source).text == *text
    {
        return templates.of_file(template.span.source);
    }
    let why = || template.why().cloned().unwrap_or_else(|| Why::UnsupportedSyntax("a computed template".into()));
    let text = template_text::of(template).ok_or_else(why)?;
    let names: Vec<Arc<str>> = text.values.iter().map(|(name, _)| name.clone()).collect();
    added.extend(text.values);
    templates.of_text(&text.text, &names, template.span)
}

/// The values of the parameters that can be seen, and why there may be others.
fn parameters(written: &Written) -> (Vec<(Arc<str>, Node)>, Option<Why>) {
    let mut found = Vec::new();
    let mut unseen = None;
    for (node, wrapped) in [(&written.plain, false), (&written.parameters, true)] {
        let Some(written) = node else { continue };
        let node = decoded(written);
        let marked = |value: Node| if written.secret { value.secret() } else { value };
        let Value::Map(map) = &node.value else {
            unseen = Some(node.why().cloned().unwrap_or_else(|| Why::UnsupportedSyntax("computed parameters".into())));
            continue;
        };
        unseen = unseen.or_else(|| map.open.clone());
        for Entry { key, value } in &map.entries {
            match (key.as_str(), given(value, wrapped)) {
                (Some(name), Some(value)) => {
                    found.push((name.into(), marked(Settler::new().settle(&value))));
                }
                (Some(_), None) => {}
                (None, _) => unseen = Some(Why::Element("an object with a computed key".into())),
            }
        }
    }
    (found, unseen)
}

/// What `{ value = … }` gives; nothing when it leaves the default.
fn given(value: &Node, wrapped: bool) -> Option<Node> {
    if !wrapped {
        return Some(value.clone());
    }
    let unknown = |why: Why| Some(Node::unknown(why, value.span));
    match &value.value {
        Value::Map(map) => match (map.get("value"), map.get("reference"), &map.open) {
            (Some(value), ..) => Some(value.clone()),
            (None, Some(_), _) => unknown(Why::External("key vault".into())).map(Node::secret),
            (None, None, Some(why)) => unknown(why.clone()),
            (None, None, None) => None,
        },
        Value::Null => None,
        _ => unknown(value.why().cloned().unwrap_or_else(|| Why::UnsupportedSyntax("a computed parameter".into()))),
    }
}

/// What an encoded text says; a parameter file's `parameters` are taken out of it.
fn decoded(node: &Node) -> Node {
    let value = match &node.value {
        Value::Call(name, arguments) if &**name == "tf:jsonencode" => arguments.first().cloned(),
        Value::Str(_) | Value::Concat(_) => text_of(node),
        _ => None,
    };
    let value = value.unwrap_or_else(|| node.clone());
    match value.get("parameters").filter(|_| value.get("$schema").is_some() || value.get("contentVersion").is_some()) {
        Some(inner) => inner.clone(),
        None => value,
    }
}

/// A text with pieces that are not known, decoded: each string with such a piece is unknown.
fn text_of(node: &Node) -> Option<Node> {
    let text: String = match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Concat(pieces) => pieces.iter().map(|piece| piece.as_str().unwrap_or("\u{e000}")).collect(),
        _ => return None,
    };
    let (tree, _, faults) = json::parse(node.span.source, &text);
    let why = || Why::UnsupportedSyntax("a computed text".into());
    if !faults.is_empty() {
        return Some(Node::unknown(why(), node.span));
    }
    tree.map(|tree| moved(&node_of(&tree), node.span))
}

/// All places of a decoded text are the place of the text.
fn moved(node: &Node, span: Span) -> Node {
    let value = match &node.value {
        Value::Str(text) if text.contains('\u{e000}') => {
            return Node::unknown(Why::UnsupportedSyntax("a computed text".into()), span);
        }
        Value::List(list) => return Node::list(list.items.iter().map(|item| moved(item, span)).collect(), span),
        Value::Map(map) => {
            let entry =
                |entry: &Entry| Entry { key: Node { span, ..entry.key.clone() }, value: moved(&entry.value, span) };
            let entries = map.entries.iter().map(entry).collect();
            return Node::new(Value::Map(Arc::new(Map { entries, open: map.open.clone() })), span);
        }
        value => value.clone(),
    };
    Node::new(value, span)
}

/// Adds to a plan what its template deployments make. A template that can't be read may make anything of what it is
/// given.
pub(super) fn unfold(deployment: &mut Deployment, templates: &Templates<'_>) {
    let mut made = Vec::new();
    // What the configuration beside a plan declares was unfolded there.
    let planned_here = |it: &&Resource| it.origin == Origin::Declared && it.language == Language::Plan;
    for resource in deployment.resources.iter().filter(planned_here) {
        let last = resource.address.path.last().map(|step| step.name.split('.').next().unwrap_or_default());
        let terraform = last.unwrap_or_default();
        let is_azapi = terraform == "azapi_resource" && resource.kind.eq_ignore_ascii_case(DEPLOYMENT);
        if arguments_of(terraform).is_none() && !is_azapi {
            continue;
        }
        match planned(resource, terraform)
            .and_then(|written| deploy(templates, written, None, &resource.address, resource.deployed.clone()))
        {
            Ok(embedded) => {
                deployment.gaps.extend(embedded.gaps);
                deployment.asked.extend(embedded.asked);
                made.extend(embedded.resources);
            }
            Err(_) => {
                let why = Why::NotAnalysed(format!("what `{terraform}` does").into());
                let hides = Some(Hides::Touching(vec![resource.body.clone()]));
                deployment.gaps.push(Gap { why, span: resource.declared, hides });
            }
        }
    }
    deployment.resources.extend(made);
}

/// A template deployment as a plan has it: in Resource Manager's shape, or in Terraform's where no table knows the type.
fn planned(resource: &Resource, terraform: &str) -> Result<Written, Why> {
    let some = |path: &[&str]| resource.body.at(path).filter(|value| !value.is_null()).cloned();
    let (content, parameters) = arguments_of(terraform).unwrap_or_default();
    let template = some(&["properties", "template"]).or_else(|| some(&[content]));
    Ok(Written {
        template: template.ok_or_else(|| Why::UnsupportedSyntax("a deployment without a template".into()))?,
        parameters: some(&["properties", "parameters"]).or_else(|| some(&[parameters])),
        plain: some(&["parameters"]),
        scope: scope_of(resource, terraform),
    })
}

/// Where a resource of a plan deploys to.
fn scope_of(resource: &Resource, terraform: &str) -> Node {
    match (terraform, &resource.scope.value) {
        ("azurerm_tenant_template_deployment", _) => Node::null(resource.declared),
        (_, Value::Null) => {
            let why = Why::DeploymentScope("scope".into());
            Node::symbol(why, format!("{}#scope:{}", resource.address.root, resource.address), resource.declared)
        }
        _ => resource.scope.clone(),
    }
}
