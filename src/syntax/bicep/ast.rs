//! The syntax tree of a Bicep file: as written, spans on everything, no names resolved.

use std::sync::Arc;

use crate::source::{SourceId, Span};
use crate::syntax::tree::FaultKind;

/// A `.bicep` or `.bicepparam` file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The file.
    pub source: SourceId,
    /// Declarations in source order.
    pub statements: Vec<Statement>,
}

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The name.
    pub text: Arc<str>,
    /// Its place.
    pub span: Span,
}

/// A declaration with its decorators.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// `@secure()`, `@sys.description('…')`.
    pub decorators: Vec<Decorator>,
    /// What is declared.
    pub kind: StatementKind,
    /// The whole declaration, decorators included; for a lost one everything up to the next declaration.
    pub span: Span,
}

/// What a declaration declares.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `targetScope = 'subscription'`.
    TargetScope(Expr),
    /// `metadata name = value`.
    Metadata(Name, Expr),
    /// `param name type = default`.
    Parameter(Parameter),
    /// `param name = value`, in a parameters file.
    Assignment(Name, Expr),
    /// `var name type = value`; the type is optional.
    Variable(Name, Option<TypeRef>, Expr),
    /// `type name = type`.
    Type(Name, TypeRef),
    /// `func name(parameter type) type => body`.
    Function(Function),
    /// `resource name 'type@version' existing = …`.
    Resource(Resource),
    /// `module name 'path' = …`.
    Module(Module),
    /// `output name type = value`.
    Output(Output),
    /// `import { a, b as c } from 'path'`, `import * as ns from 'path'`.
    Import(Import),
    /// `extension 'name' with { … } as alias`, also by its older words `import` and `provider`.
    Extension(Extension),
    /// `extensionConfig alias with { … }`, in a parameters file.
    ExtensionConfig(Name, Option<Expr>),
    /// `assert name = condition`.
    Assert(Name, Expr),
    /// `test name 'path' = { … }`.
    Test(Name, Expr, Body),
    /// `using 'path'`, `using none`, in a parameters file.
    Using(Using),
    /// `extends 'path'`, in a parameters file.
    Extends(Expr),
    /// Could not be read: it breaks the grammar or a limit.
    Lost(FaultKind),
}

/// `@name(arguments)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Decorator {
    /// A call, or a method call on a namespace.
    pub expr: Expr,
    /// With the `@`.
    pub span: Span,
}

impl Decorator {
    /// The decorator's name without its namespace, and its arguments.
    pub fn call(&self) -> Option<(&str, &[Expr])> {
        match &self.expr.kind {
            ExprKind::Call(name, arguments) => Some((&name.text, arguments)),
            ExprKind::Method(_, name, arguments) => Some((&name.text, arguments)),
            _ => None,
        }
    }
}

/// A type, recognised and not modelled.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeRef {
    /// The name, when the type is a name and nothing more (but for a `?` behind it).
    pub name: Option<Arc<str>>,
    /// `type?`, `type | null`.
    pub nullable: bool,
    /// The values, when the type is a union of literals or a single literal.
    pub literals: Option<Vec<Expr>>,
    /// The whole type.
    pub span: Span,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub of: TypeRef,
    /// Its default.
    pub default: Option<Expr>,
}

/// A user-defined function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub parameters: Vec<(Name, TypeRef)>,
    /// The type of its result.
    pub returns: TypeRef,
    /// Its result.
    pub body: Expr,
}

/// A resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The symbolic name.
    pub name: Name,
    /// The string with type and version.
    pub kind: Expr,
    /// Only a reference to a resource that exists already.
    pub existing: bool,
    /// Its body.
    pub body: Body,
}

/// A module.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// The symbolic name.
    pub name: Name,
    /// The string with the path or registry reference.
    pub path: Expr,
    /// Its body.
    pub body: Body,
}

/// What stands behind the `=` of a resource or module: `[for … : if (…) {…}]`, each part but the last optional.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// The loop.
    pub repeat: Option<Repeat>,
    /// The condition; inside of the loop, if there is one.
    pub condition: Option<Expr>,
    /// The properties.
    pub properties: Vec<Property>,
    /// Nested resources: [`StatementKind::Resource`] each.
    pub children: Vec<Statement>,
    /// The braces and what is between them.
    pub span: Span,
}

/// The head of a loop.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// The name of the item.
    pub item: Name,
    /// The name of the index.
    pub index: Option<Name>,
    /// What is gone through.
    pub over: Expr,
}

/// An output.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub of: TypeRef,
    /// Its value.
    pub value: Expr,
}

/// A compile-time import.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// What is imported.
    pub what: Imported,
    /// The string with the path.
    pub path: Expr,
}

/// What an import brings in.
#[derive(Clone, Debug, PartialEq)]
pub enum Imported {
    /// `{ name, name as alias }`: the names as exported, and as they are called here.
    Names(Vec<(Name, Name)>),
    /// `* as alias`.
    All(Name),
}

/// An extension.
#[derive(Clone, Debug, PartialEq)]
pub struct Extension {
    /// A string, or a name of the configuration file.
    pub specification: Expr,
    /// `with { … }`.
    pub with: Option<Expr>,
    /// `as alias`.
    pub alias: Option<Name>,
}

/// What a parameters file is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Using {
    /// The string with the path; nothing for `none`.
    pub path: Option<Expr>,
    /// `with { … }`.
    pub with: Option<Expr>,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it was written, parentheses around it not counted.
    pub span: Span,
    /// How many expressions deep it is: whatever walks the tree recurses as often.
    pub(super) height: u32,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number; a sign before it is a [`ExprKind::Unary`].
    Int(u64),
    /// A string without interpolation, escapes resolved.
    Text(Arc<str>),
    /// A string with interpolation: its pieces, the known ones as [`ExprKind::Text`], empty ones left out.
    Interpolation(Vec<Expr>),
    /// `[…]`.
    List(Vec<Item>),
    /// `{…}`.
    Object(Vec<Property>),
    /// `[for … in …: if (condition) body]`.
    For(Box<Repeat>, Option<Box<Expr>>, Box<Expr>),
    /// A bare name.
    Name(Arc<str>),
    /// `base.key`, `base[key]`.
    Access {
        /// The object or list.
        base: Box<Expr>,
        /// The key; a name behind a dot is a [`ExprKind::Text`].
        key: Box<Expr>,
        /// `.?`, `[?…]`, and what follows such an access in the same chain: the chain as a whole is `null` then.
        safe: bool,
        /// `[^…]`.
        from_end: bool,
    },
    /// `base::name`.
    Nested(Box<Expr>, Name),
    /// `function(arguments)`.
    Call(Name, Vec<Expr>),
    /// `base.function(arguments)`.
    Method(Box<Expr>, Name, Vec<Expr>),
    /// `(a, b) => body`, `a => body`.
    Lambda(Vec<Name>, Box<Expr>),
    /// `!a`, `-a`, `+a`.
    Unary(UnaryOperator, Box<Expr>),
    /// `a == b`.
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `condition ? a : b`: the three parts.
    Ternary(Box<[Expr; 3]>),
    /// `a!`.
    NonNull(Box<Expr>),
}

/// A member of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The value.
    pub value: Expr,
    /// `...value`.
    pub spread: bool,
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// A name (as [`ExprKind::Text`]) or string; nothing for `...value`.
    pub key: Option<Expr>,
    /// The value.
    pub value: Expr,
}

/// A prefix operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`.
    Not,
    /// `-`.
    Minus,
    /// `+`.
    Plus,
}

/// An infix operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `??`.
    Coalesce,
    /// `||`.
    Or,
    /// `&&`.
    And,
    /// `==`.
    Equals,
    /// `!=`.
    NotEquals,
    /// `=~`: equal but for case.
    Alike,
    /// `!~`.
    NotAlike,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEquals,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEquals,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Modulo,
}

impl Expr {
    pub(super) fn new(kind: ExprKind, span: Span) -> Expr {
        let height = 1 + kind.height_below();
        Expr { kind, span, height }
    }

    /// The string, when it has no interpolation.
    pub fn as_text(&self) -> Option<&Arc<str>> {
        match &self.kind {
            ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl ExprKind {
    /// The height of the tallest expression directly inside.
    fn height_below(&self) -> u32 {
        let tallest = |exprs: &[Expr]| exprs.iter().map(|expr| expr.height).max().unwrap_or(0);
        match self {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Text(_) | ExprKind::Name(_) => 0,
            ExprKind::Interpolation(parts) => tallest(parts),
            ExprKind::List(items) => items.iter().map(|item| item.value.height).max().unwrap_or(0),
            ExprKind::Object(properties) => height_of_properties(properties),
            ExprKind::For(repeat, condition, body) => {
                let condition = condition.as_ref().map_or(0, |condition| condition.height);
                repeat.over.height.max(condition).max(body.height)
            }
            ExprKind::Access { base, key, .. } => base.height.max(key.height),
            ExprKind::Nested(base, _) => base.height,
            ExprKind::Call(_, arguments) => tallest(arguments),
            ExprKind::Method(base, _, arguments) => base.height.max(tallest(arguments)),
            ExprKind::Lambda(_, inner) | ExprKind::Unary(_, inner) | ExprKind::NonNull(inner) => inner.height,
            ExprKind::Binary(_, left, right) => left.height.max(right.height),
            ExprKind::Ternary(parts) => tallest(&**parts),
        }
    }
}

fn height_of_properties(properties: &[Property]) -> u32 {
    let of_one = |property: &Property| property.value.height.max(property.key.as_ref().map_or(0, |key| key.height));
    properties.iter().map(of_one).max().unwrap_or(0)
}
