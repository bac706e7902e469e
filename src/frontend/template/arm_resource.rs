//! Resources of ARM templates: array and object form, nested children, nested deployments, the old way to write
//! extension resources.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arm;
use super::arm_value::{Reading, object, repeat, value};
use super::template::{Declaration, Expr, ExprKind, ModuleTemplate, Property, What};
use crate::ir::Why;
use crate::source::Span;
use crate::syntax::tree::{Member, Tree, TreeKind};

/// Calls of this name stand for the resource that an old-style extension resource is written on. No template can spell it.
pub const PROVIDERS_SCOPE: &str = "%providersscope";
/// The name of an old-style extension resource, without the resource that it stands on.
pub const PROVIDERS_NAME: &str = "%providersname";
/// A secret that the deployment takes from a key vault.
pub const VAULT_SECRET: &str = "%vaultsecret";

/// What stands in fields of a declaration and not in its body.
const NOT_BODY: [&str; 15] = [
    "type",
    "apiVersion",
    "name",
    "condition",
    "copy",
    "dependsOn",
    "scope",
    "resources",
    "existing",
    "comments",
    "metadata",
    "import",
    "extension",
    "subscriptionId",
    "resourceGroup",
];

/// All resources below `resources`, children after their parents.
pub fn all(resources: Option<&Tree>, reading: &mut Reading<'_>, lost: &mut Vec<(Why, Span)>) -> Vec<Declaration> {
    let mut lifting = Lifting { reading, lost, found: Vec::new(), symbols: BTreeMap::new() };
    if let Some(tree) = resources {
        lifting.level(tree, None);
    }
    lifting.found
}

struct Lifting<'a, 'r> {
    reading: &'a mut Reading<'r>,
    lost: &'a mut Vec<(Why, Span)>,
    found: Vec<Declaration>,
    symbols: BTreeMap<String, usize>,
}

/// What children need of their parent.
struct Parent<'t> {
    kind: Arc<str>,
    symbol: Expr,
    copy: Option<&'t Tree>,
}

impl Lifting<'_, '_> {
    fn level(&mut self, tree: &Tree, parent: Option<&Parent<'_>>) {
        match &tree.kind {
            TreeKind::List(items) => items.iter().for_each(|item| self.resource(item, None, parent)),
            TreeKind::Map(members) => {
                members.iter().for_each(|member| self.resource(&member.value, Some(member), parent))
            }
            TreeKind::Null => {}
            _ => self.lose(tree.span),
        }
    }

    fn lose(&mut self, span: Span) {
        self.lost.push((Why::UnsupportedSyntax("a resource that can't be read".into()), span));
    }

    fn resource(&mut self, tree: &Tree, symbol: Option<&Member>, parent: Option<&Parent<'_>>) {
        let written = tree.get_ci("type").and_then(|kind| Some((kind.as_str()?, kind.span)));
        let (Some((kind, at)), Some(members)) = (written, tree.as_map()) else { return self.lose(tree.span) };
        let relative = parent.filter(|_| !kind.split('/').next().unwrap_or_default().contains('.'));
        let full: Arc<str> = match relative {
            Some(parent) => format!("{}/{kind}", parent.kind).into(),
            None => kind.split('@').next().unwrap_or_default().into(),
        };
        let label = self.label(tree, symbol, &full);
        let copy = tree.get_ci("copy").or(relative.and_then(|parent| parent.copy));
        let mut declaration = Declaration {
            symbol: label.clone(),
            symbolic: symbol.is_some(),
            span: symbol.map_or(at, |member| member.key_span),
            extent: symbol.map_or(tree.span, |member| member.key_span.to(tree.span)),
            what: self.what(tree, &full),
            existing: tree.get_ci("existing").is_some_and(|tree| tree.kind == TreeKind::Bool(true)),
            condition: tree.get_ci("condition").map(|tree| value(tree, self.reading)),
            repeat: copy.and_then(|copy| repeat(copy, self.reading)),
            parent: relative.map(|parent| parent.symbol.clone()),
            scope: tree.get_ci("scope").map(|tree| value(tree, self.reading)),
            subscription: tree.get_ci("subscriptionId").map(|tree| value(tree, self.reading)),
            group: tree.get_ci("resourceGroup").map(|tree| value(tree, self.reading)),
            name: self.name(tree),
            body: Expr { kind: ExprKind::Object(object(members, &NOT_BODY, self.reading)), span: tree.span },
            depends_on: self.depends_on(tree),
        };
        split_providers(&mut declaration, &full, self.raw_name(tree));
        self.found.push(declaration);
        if let Some(children) = tree.get_ci("resources") {
            let symbol = reference(&label, at, copy.is_some());
            self.level(children, Some(&Parent { kind: full, symbol, copy }));
        }
    }

    /// The symbol, unique in the template: resources of the array form are told apart by type, name and number.
    fn label(&mut self, tree: &Tree, symbol: Option<&Member>, kind: &str) -> Arc<str> {
        if let Some(member) = symbol {
            return member.key.clone();
        }
        let label = format!("{kind} {}", self.raw_name(tree));
        let count = self.symbols.entry(label.clone()).or_default();
        *count += 1;
        if *count == 1 { label.into() } else { format!("{label} #{count}").into() }
    }

    fn raw_name<'t>(&self, tree: &'t Tree) -> &'t str {
        tree.get_ci("name").and_then(Tree::as_str).unwrap_or_default()
    }

    fn name(&mut self, tree: &Tree) -> Expr {
        match tree.get_ci("name") {
            Some(name) => value(name, self.reading),
            None => Expr {
                kind: ExprKind::Lost(Why::UnsupportedSyntax("a resource without a name".into())),
                span: tree.span,
            },
        }
    }

    fn depends_on(&mut self, tree: &Tree) -> Vec<Expr> {
        let listed = tree.get_ci("dependsOn").and_then(Tree::as_list).unwrap_or_default();
        listed.iter().map(|tree| value(tree, self.reading)).collect()
    }

    fn what(&mut self, tree: &Tree, kind: &Arc<str>) -> What {
        let api_version = tree.get_ci("apiVersion").and_then(Tree::as_str).filter(|text| !text.starts_with('['));
        if !kind.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
            return What::Resource { kind: kind.clone(), api_version: api_version.map(Arc::from) };
        }
        let properties = tree.get_ci("properties");
        let property = |key: &str| properties.and_then(|properties| properties.get_ci(key));
        let evaluated =
            property("expressionEvaluationOptions").and_then(|options| options.get_ci("scope")).and_then(Tree::as_str);
        let inner = evaluated.is_some_and(|scope| scope.eq_ignore_ascii_case("inner"));
        let inline = property("template");
        let template = match inline {
            Some(template) => ModuleTemplate::Inline(Arc::new(arm::lower(template, self.reading))),
            None => linked(property("templateLink"), tree.span),
        };
        What::Module {
            template,
            parameters: self.passed(property("parameters"), property("parametersLink")),
            outer: inline.is_some() && !inner,
        }
    }

    /// `{ "p": { "value": … } }` as `{ p: … }`.
    fn passed(&mut self, parameters: Option<&Tree>, link: Option<&Tree>) -> Option<Expr> {
        if let Some(link) = link {
            return Some(Expr { kind: ExprKind::Lost(Why::External("parametersLink".into())), span: link.span });
        }
        let tree = parameters?;
        let Some(members) = tree.as_map() else { return Some(value(tree, self.reading)) };
        let properties = members.iter().map(|member| Property {
            key: Expr { kind: ExprKind::Text(member.key.clone()), span: member.key_span },
            value: self.argument(&member.value),
            spread: false,
        });
        Some(Expr { kind: ExprKind::Object(properties.collect()), span: tree.span })
    }

    fn argument(&mut self, tree: &Tree) -> Expr {
        if let Some(written) = tree.get_ci("value") {
            return value(written, self.reading);
        }
        if tree.get_ci("reference").is_some() {
            return Expr { kind: ExprKind::Call(VAULT_SECRET.into(), Vec::new()), span: tree.span };
        }
        // The whole `{ "value": … }` may be an expression.
        let whole = value(tree, self.reading);
        let key = Expr { kind: ExprKind::Text("value".into()), span: tree.span };
        Expr {
            kind: ExprKind::Property { base: Box::new(whole), key: Box::new(key), safe: false, from_end: false },
            span: tree.span,
        }
    }
}

/// The expression for a declaration, or its instance in the loop that parent and child share.
fn reference(symbol: &Arc<str>, span: Span, looped: bool) -> Expr {
    let name = Expr { kind: ExprKind::Name(symbol.clone()), span };
    if !looped {
        return name;
    }
    let index = Expr { kind: ExprKind::Call("copyIndex".into(), Vec::new()), span };
    Expr { kind: ExprKind::Property { base: Box::new(name), key: Box::new(index), safe: false, from_end: false }, span }
}

/// The template that a `templateLink` names.
pub fn linked(link: Option<&Tree>, at: Span) -> ModuleTemplate {
    let field = |key: &str| link.and_then(|link| link.get_ci(key)).and_then(|tree| Some((tree.as_str()?, tree.span)));
    if let Some((path, span)) = field("relativePath").filter(|(path, _)| !path.starts_with('[')) {
        return ModuleTemplate::File(path.into(), span);
    }
    let (name, span) =
        field("relativePath").or(field("uri")).or(field("id")).unwrap_or(("a deployment without a template", at));
    ModuleTemplate::Remote(name.into(), span)
}

/// `Microsoft.X/y/providers/roleAssignments` named `<y>/Microsoft.Authorization/<name>` is a role assignment on a `y`.
pub fn split_providers(declaration: &mut Declaration, full: &str, raw_name: &str) {
    let lower = full.to_ascii_lowercase();
    let Some(at) = lower.find("/providers/") else { return };
    let What::Resource { kind, .. } = &mut declaration.what else { return };
    let (Some(base), Some(extension)) = (full.get(..at), full.get(at + "/providers/".len()..)) else { return };
    let namespace = namespace_in(raw_name).unwrap_or(usual_namespace(extension));
    *kind = if extension.contains('.') { extension.into() } else { format!("{namespace}/{extension}").into() };
    let span = declaration.name.span;
    let segments = Expr { kind: ExprKind::Int(kind.matches('/').count() as i64), span };
    let base = Expr { kind: ExprKind::Text(base.into()), span };
    let name = declaration.name.clone();
    if declaration.scope.is_none() {
        let arguments = vec![base, name.clone()];
        let on = Expr { kind: ExprKind::Call(PROVIDERS_SCOPE.into(), arguments), span };
        declaration.scope = Some(declaration.parent.take().unwrap_or(on));
    }
    declaration.parent = None;
    declaration.name = Expr { kind: ExprKind::Call(PROVIDERS_NAME.into(), vec![segments, name]), span };
}

/// The namespace of the extension as it stands in the name: `'/Microsoft.Authorization/'`.
fn namespace_in(raw: &str) -> Option<&str> {
    let rest = raw.get(raw.to_ascii_lowercase().find("microsoft.")?..)?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
    rest.get(..end)
}

fn usual_namespace(extension: &str) -> &'static str {
    match extension.to_ascii_lowercase().as_str() {
        "diagnosticsettings" => "Microsoft.Insights",
        _ => "Microsoft.Authorization",
    }
}
