//! One template for both spellings of the deployment language. Bicep and ARM JSON are lowered to this and evaluated by
//! one evaluator; operators become the template functions that the Bicep compiler makes of them (`a == b` is
//! `equals(a, b)`, `c ? a : b` is `if(c, a, b)`, `!a` is `not(a)`, `a ?? b` is `coalesce(a, b)`).

use std::sync::Arc;

use crate::ir::{Language, Why};
use crate::source::{SourceId, Span};

/// What a template deploys to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetScope {
    /// A resource group, the default.
    #[default]
    Group,
    /// A subscription.
    Subscription,
    /// A management group.
    ManagementGroup,
    /// The tenant.
    Tenant,
}

/// A template, lowered.
#[derive(Clone, Debug)]
pub struct Template {
    /// The file.
    pub source: SourceId,
    /// [`Language::Bicep`] or [`Language::Arm`].
    pub language: Language,
    /// What it deploys to.
    pub target: TargetScope,
    /// Parameters in source order.
    pub parameters: Vec<Parameter>,
    /// Variables in source order.
    pub variables: Vec<Definition>,
    /// User-defined functions; the name of an ARM function carries its namespace: `contoso.name`.
    pub functions: Vec<Function>,
    /// Resources, nested ones lifted out, in source order.
    pub resources: Vec<Declaration>,
    /// Outputs in source order.
    pub outputs: Vec<Definition>,
    /// Compiled by the Bicep compiler (`metadata._generator`).
    pub compiled: bool,
    /// Declarations that could not be read; their resources are missing.
    pub lost: Vec<(Why, Span)>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// Whether the type is `securestring`, `secureObject` or `@secure()`.
    pub secure: bool,
    /// The values it may take, when the declaration lists them.
    pub allowed: Option<Expr>,
    /// The default.
    pub default: Option<Expr>,
    /// The type admits `null`: without value and default it is `null`.
    pub nullable: bool,
}

/// A variable or output: a name and an expression.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// Its value.
    pub value: Expr,
    /// An output's condition.
    pub condition: Option<Expr>,
}

/// A user-defined function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name, with the namespace in ARM.
    pub name: Arc<str>,
    /// Parameter names.
    pub parameters: Vec<Arc<str>>,
    /// The result.
    pub body: Expr,
}

/// A resource, an `existing` reference to one, a module or a nested deployment.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The symbolic name (Bicep, ARM object form); in array form the type and name as written, for the address.
    pub symbol: Arc<str>,
    /// Whether other expressions may use [`Declaration::symbol`].
    pub symbolic: bool,
    /// Where the symbol (Bicep) or the `type` (ARM) stands.
    pub span: Span,
    /// The whole declaration.
    pub extent: Span,
    /// What is declared.
    pub what: What,
    /// `existing: true`, `existing`.
    pub existing: bool,
    /// `if (…)`, `"condition"`.
    pub condition: Option<Expr>,
    /// `for`, `"copy"`.
    pub repeat: Option<Repeat>,
    /// The declaration of the parent: `parent:` or nesting. Its name comes before this one's.
    pub parent: Option<Expr>,
    /// `scope:`, `"scope"`: a resource, a scope function's result, an id.
    pub scope: Option<Expr>,
    /// ARM `subscriptionId` of a deployment or an `existing` resource.
    pub subscription: Option<Expr>,
    /// ARM `resourceGroup` of a deployment or an `existing` resource.
    pub group: Option<Expr>,
    /// The name. A nested ARM child has only its own segment, and a `parent`.
    pub name: Expr,
    /// The whole body as written, without what stands in the fields above: `location`, `sku`, `properties`, …
    pub body: Expr,
    /// `#disable-next-line` and the like are not kept here; explicit `dependsOn` as written.
    pub depends_on: Vec<Expr>,
}

/// What a declaration declares.
#[derive(Clone, Debug)]
pub enum What {
    /// A resource.
    Resource {
        /// Full type: `Microsoft.Network/virtualNetworks/subnets`. Nested children have the parent's type in front.
        kind: Arc<str>,
        /// API version.
        api_version: Option<Arc<str>>,
    },
    /// An object of Kubernetes, by its type as manifests have it: `apps/v1/Deployment`.
    Object(Arc<str>),
    /// A Bicep module, or an ARM nested or linked deployment.
    Module {
        /// Where its template is.
        template: ModuleTemplate,
        /// The parameters that are passed: an object, or for `params` given by a spread any expression.
        parameters: Option<Expr>,
        /// ARM `expressionEvaluationOptions.scope` is `outer` or absent: names inside are the parent's.
        outer: bool,
    },
}

/// Where a module's template is.
#[derive(Clone, Debug)]
pub enum ModuleTemplate {
    /// In the parent's file.
    Inline(Arc<Template>),
    /// A path relative to the parent's file.
    File(Arc<str>, Span),
    /// A registry or template spec: `br/public:avm/…`, `ts:…`, a `templateLink` URI that is no relative path.
    Remote(Arc<str>, Span),
    /// Nobody can tell before it is deployed.
    Computed(Why, Span),
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// The collection; for ARM `copy` a `range(0, count)`.
    pub over: Expr,
    /// The name of the item.
    pub item: Option<Arc<str>>,
    /// The name of the index.
    pub index: Option<Arc<str>>,
    /// ARM: the loop's name, for `copyIndex('name')`.
    pub label: Option<Arc<str>>,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it was written.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Another number (ARM only).
    Float(f64),
    /// A string without interpolation.
    Text(Arc<str>),
    /// `'a${b}c'`.
    Interpolation(Vec<Expr>),
    /// A list; ARM property `copy` becomes a [`ExprKind::For`].
    List(Vec<Item>),
    /// An object.
    Object(Vec<Property>),
    /// `[for item, index in over: body]`.
    For(Box<Repeat>, Option<Box<Expr>>, Box<Expr>),
    /// A bare name: loop variable, lambda parameter, parameter, variable, resource, module, function parameter, namespace.
    Name(Arc<str>),
    /// `base.key`, `base[key]`.
    Property {
        /// The object or list.
        base: Box<Expr>,
        /// The key: text or number when it is literal.
        key: Box<Expr>,
        /// `.?`, `[?…]`: `null` instead of an error.
        safe: bool,
        /// `[^1]`: counted from the end.
        from_end: bool,
    },
    /// A nested resource: `parent::child`.
    Nested(Box<Expr>, Arc<str>),
    /// A function, as written; ARM `parameters('x')` and `variables('x')` stay calls.
    Call(Arc<str>, Vec<Expr>),
    /// `resource.listKeys()`, `az.resourceGroup()`, `sys.guid()`, `module.function()`.
    Method(Box<Expr>, Arc<str>, Vec<Expr>),
    /// `x => …`.
    Lambda(Vec<Arc<str>>, Box<Expr>),
    /// Could not be read.
    Lost(Why),
}

/// A member of a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// The value.
    pub value: Expr,
    /// `...value`.
    pub spread: bool,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Property {
    /// The key: text, or an interpolation. For a spread the key is `null`.
    pub key: Expr,
    /// The value.
    pub value: Expr,
    /// `...value`.
    pub spread: bool,
}

/// Whether a module's path leads to a registry or a template spec.
pub fn is_remote(path: &str) -> bool {
    ["br:", "br/", "ts:", "ts/"].iter().any(|scheme| path.starts_with(scheme))
}
