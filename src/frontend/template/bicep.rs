//! Bicep's syntax tree becomes a [`Template`]: operators become functions, nested resources are lifted out, what the
//! compiler derives from the shape of a declaration is written out.

mod declaration;
mod expression;
mod nested;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::objects::take_objects;
use super::template::{Definition, Expr, ExprKind, Function, Parameter, TargetScope, Template};
use crate::ir::{Language, Why};
use crate::source::{SourceId, Span};
use crate::syntax::bicep::ast::{self, Imported, StatementKind, TypeRef};
use crate::syntax::tree::FaultKind;

use expression::Scope;

/// A `.bicepparam` file.
#[derive(Clone, Debug)]
pub struct ParameterFile {
    /// The template that it is for; nothing for `using none` and when there is no such line.
    pub using: Option<(Arc<str>, Span)>,
    /// The parameters file whose values it takes over.
    pub extends: Option<(Arc<str>, Span)>,
    /// The values of parameters in source order.
    pub values: Vec<Definition>,
    /// Its variables in source order.
    pub variables: Vec<Definition>,
    /// Lines that could not be read: a parameter without a value may have had one there.
    pub lost: Vec<(Why, Span)>,
}

/// A compile-time import.
#[derive(Clone, Debug)]
pub struct Import {
    /// The file, relative to the importing one, or a registry reference.
    pub path: Arc<str>,
    /// Where the path stands.
    pub span: Span,
    /// Names as exported, and as they are called here.
    pub names: Vec<(Arc<str>, Arc<str>)>,
    /// `* as alias`: everything exported, as members of `alias`.
    pub wildcard: Option<Arc<str>>,
}

/// Lowers a `.bicep` file.
pub fn lower(file: &ast::File, source: SourceId) -> Template {
    let mut template = Template {
        source,
        language: Language::Bicep,
        target: TargetScope::default(),
        parameters: Vec::new(),
        variables: Vec::new(),
        functions: Vec::new(),
        resources: Vec::new(),
        outputs: Vec::new(),
        compiled: false,
        lost: Vec::new(),
    };
    let types = Types::of(file);
    for statement in &file.statements {
        lower_statement(statement, &types, &mut template);
    }
    let namespace = file.statements.iter().find_map(namespace);
    take_objects(&mut template, namespace.as_ref());
    template
}

/// The namespace that an extension is told.
fn namespace(statement: &ast::Statement) -> Option<Expr> {
    let StatementKind::Extension(extension) = &statement.kind else { return None };
    let with = Scope::default().lower(extension.with.as_ref()?);
    let ExprKind::Object(told) = with.kind else { return None };
    let is_it = |property: &super::template::Property| matches!(&property.key.kind, ExprKind::Text(text) if &**text == "namespace");
    told.into_iter().find(is_it).map(|property| property.value)
}

fn lower_statement(statement: &ast::Statement, types: &Types, template: &mut Template) {
    let scope = &Scope::default();
    match &statement.kind {
        StatementKind::TargetScope(value) => match target(value) {
            Some(target) => template.target = target,
            None => template.lost.push((unsupported("this target scope"), statement.span)),
        },
        StatementKind::Parameter(parameter) => {
            template.parameters.push(lower_parameter(parameter, &statement.decorators, types));
        }
        StatementKind::Variable(name, _, value) => template.variables.push(define(name, value)),
        StatementKind::Output(output) => template.outputs.push(define(&output.name, &output.value)),
        StatementKind::Function(function) => template.functions.push(lower_function(function)),
        StatementKind::Resource(resource) => declaration::resource(resource, statement, scope, None, template),
        StatementKind::Module(module) => declaration::module(module, statement, scope, template),
        StatementKind::Lost(kind) => template.lost.push((lost(*kind), statement.span)),
        // These deploy nothing, or belong into a parameters file; imports are told by `imports`.
        StatementKind::Metadata(..)
        | StatementKind::Assignment(..)
        | StatementKind::Type(..)
        | StatementKind::Import(_)
        | StatementKind::Extension(_)
        | StatementKind::ExtensionConfig(..)
        | StatementKind::Assert(..)
        | StatementKind::Test(..)
        | StatementKind::Using(_)
        | StatementKind::Extends(_) => {}
    }
}

/// Lowers a `.bicepparam` file.
pub fn lower_parameters(file: &ast::File) -> ParameterFile {
    let mut parameters =
        ParameterFile { using: None, extends: None, values: Vec::new(), variables: Vec::new(), lost: Vec::new() };
    for statement in &file.statements {
        match &statement.kind {
            StatementKind::Using(using) => parameters.using = using.path.as_ref().and_then(path),
            StatementKind::Extends(base) => parameters.extends = path(base),
            StatementKind::Assignment(name, value) => parameters.values.push(define(name, value)),
            StatementKind::Variable(name, _, value) => parameters.variables.push(define(name, value)),
            StatementKind::Lost(kind) => parameters.lost.push((lost(*kind), statement.span)),
            _ => {}
        }
    }
    parameters
}

/// The compile-time imports of a file; one whose path is no plain string is left out, the compiler refuses it.
pub fn imports(file: &ast::File) -> Vec<Import> {
    let import = |statement: &ast::Statement| {
        let StatementKind::Import(import) = &statement.kind else { return None };
        let (path, span) = path(&import.path)?;
        let (names, wildcard) = match &import.what {
            Imported::Names(names) => {
                (names.iter().map(|(name, alias)| (name.text.clone(), alias.text.clone())).collect(), None)
            }
            Imported::All(alias) => (Vec::new(), Some(alias.text.clone())),
        };
        Some(Import { path, span, names, wildcard })
    };
    file.statements.iter().filter_map(import).collect()
}

fn path(value: &ast::Expr) -> Option<(Arc<str>, Span)> {
    Some((value.as_text()?.clone(), value.span))
}

fn target(value: &ast::Expr) -> Option<TargetScope> {
    match &**value.as_text()? {
        "resourceGroup" => Some(TargetScope::Group),
        "subscription" => Some(TargetScope::Subscription),
        "managementGroup" => Some(TargetScope::ManagementGroup),
        "tenant" => Some(TargetScope::Tenant),
        _ => None,
    }
}

fn define(name: &ast::Name, value: &ast::Expr) -> Definition {
    let value = Scope::default().lower(value);
    Definition { name: name.text.clone(), span: name.span, value, condition: None }
}

fn lower_function(function: &ast::Function) -> Function {
    let parameters = function.parameters.iter().map(|(name, _)| name.text.clone()).collect();
    Function { name: function.name.text.clone(), parameters, body: Scope::default().lower(&function.body) }
}

fn lower_parameter(parameter: &ast::Parameter, decorators: &[ast::Decorator], types: &Types) -> Parameter {
    let about = types.about(&parameter.of);
    let decorated = decorator(decorators, "allowed").and_then(<[ast::Expr]>::first);
    // A list with `@allowed` holds some of the values; it is none of them.
    let decorated = decorated.filter(|_| about.single).map(|values| Scope::default().lower(values));
    Parameter {
        name: parameter.name.text.clone(),
        span: parameter.name.span,
        secure: about.secure || decorator(decorators, "secure").is_some(),
        allowed: decorated.or_else(|| about.literals.map(|literals| list_of(literals, parameter.of.span))),
        default: parameter.default.as_ref().map(|default| Scope::default().lower(default)),
        nullable: about.nullable,
    }
}

fn list_of(literals: &[ast::Expr], span: Span) -> Expr {
    let item = |literal| super::template::Item { value: Scope::default().lower(literal), spread: false };
    Expr { kind: ExprKind::List(literals.iter().map(item).collect()), span }
}

/// The arguments of the decorator `name`.
fn decorator<'a>(decorators: &'a [ast::Decorator], name: &str) -> Option<&'a [ast::Expr]> {
    decorators
        .iter()
        .filter_map(ast::Decorator::call)
        .find(|(called, _)| *called == name)
        .map(|(_, arguments)| arguments)
}

/// The types that a file declares.
struct Types<'a>(BTreeMap<&'a str, (&'a TypeRef, bool)>);

/// What a type tells of the values that it admits.
struct About<'a> {
    nullable: bool,
    secure: bool,
    /// A text, number or boolean.
    single: bool,
    literals: Option<&'a [ast::Expr]>,
}

impl<'a> Types<'a> {
    fn of(file: &'a ast::File) -> Types<'a> {
        let declared = |statement: &'a ast::Statement| match &statement.kind {
            StatementKind::Type(name, of) => {
                Some((&*name.text, (of, decorator(&statement.decorators, "secure").is_some())))
            }
            _ => None,
        };
        Types(file.statements.iter().filter_map(declared).collect())
    }

    /// Follows names to the types that they stand for; as many steps as there are types are enough.
    fn about(&self, of: &'a TypeRef) -> About<'a> {
        let mut about = About { nullable: of.nullable, secure: false, single: false, literals: of.literals.as_deref() };
        let mut name = of.name.as_deref();
        for _ in 0..=self.0.len() {
            let Some((of, secure)) = name.and_then(|name| self.0.get(name)) else { break };
            about.nullable |= of.nullable;
            about.secure |= secure;
            about.literals = of.literals.as_deref();
            name = of.name.as_deref();
        }
        let name = name.unwrap_or_default();
        about.secure |= name.eq_ignore_ascii_case("securestring") || name.eq_ignore_ascii_case("secureobject");
        about.single = matches!(name, "string" | "int" | "bool");
        about
    }
}

fn lost(kind: FaultKind) -> Why {
    match kind {
        FaultKind::Syntax => unsupported("a declaration with a syntax error"),
        FaultKind::Limit => Why::LimitReached("nesting".into()),
    }
}

fn unsupported(what: &str) -> Why {
    Why::UnsupportedSyntax(what.into())
}
