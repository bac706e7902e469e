//! Values of ARM templates: strings that may be expressions, objects with `copy` loops.

use std::sync::Arc;

use super::template::{Expr, ExprKind, Item, Property, Repeat};
use crate::ir::Why;
use crate::source::{SourceId, Span};
use crate::syntax::arm_expression::{self, Expression, ExpressionKind, TemplateText};
use crate::syntax::tree::{Fault, FaultKind, Member, Tree, TreeKind};

/// What is written while a template is read: the text for spans inside strings, and what breaks the grammar.
pub struct Reading<'a> {
    /// The file.
    pub source: SourceId,
    /// Its text.
    pub text: &'a str,
    /// Expressions that could not be read.
    pub faults: Vec<Fault>,
}

/// A value of a template.
pub fn value(tree: &Tree, reading: &mut Reading<'_>) -> Expr {
    let kind = match &tree.kind {
        TreeKind::Null => ExprKind::Null,
        TreeKind::Bool(value) => ExprKind::Bool(*value),
        TreeKind::Int(value) => ExprKind::Int(*value),
        TreeKind::Float(value) => ExprKind::Float(*value),
        TreeKind::Str(text) => return string(text, tree.span, reading),
        TreeKind::List(items) => {
            let items = items.iter().map(|item| Item { value: value(item, reading), spread: false });
            ExprKind::List(items.collect())
        }
        TreeKind::Map(members) => ExprKind::Object(object(members, &[], reading)),
        TreeKind::Lost => ExprKind::Lost(Why::UnsupportedSyntax("a value with a syntax error".into())),
    };
    Expr { kind, span: tree.span }
}

/// The members of an object but those named in `without`, `copy` loops unfolded to the properties that they make.
pub fn object(members: &[Member], without: &[&str], reading: &mut Reading<'_>) -> Vec<Property> {
    let mut properties = Vec::new();
    for member in members {
        if without.iter().any(|key| member.key.eq_ignore_ascii_case(key)) {
            continue;
        }
        let loops = member.value.as_list().filter(|_| member.key.eq_ignore_ascii_case("copy"));
        match loops {
            Some(loops) if loops.iter().all(|tree| tree.get_ci("input").is_some()) => {
                properties.extend(loops.iter().filter_map(|tree| looped_property(tree, reading)));
            }
            _ => properties.push(Property {
                key: key(member, reading),
                value: value(&member.value, reading),
                spread: false,
            }),
        }
    }
    properties
}

fn looped_property(tree: &Tree, reading: &mut Reading<'_>) -> Option<Property> {
    let (name, span) = name_of(tree)?;
    Some(Property {
        key: Expr { kind: ExprKind::Text(name), span },
        value: property_loop(tree, reading),
        spread: false,
    })
}

/// Keys may be expressions too: `"[format('{0}', parameters('x'))]": {}`.
fn key(member: &Member, reading: &mut Reading<'_>) -> Expr {
    string(&member.key, member.key_span, reading)
}

/// The `name` of a copy loop and where it stands.
pub fn name_of(tree: &Tree) -> Option<(Arc<str>, Span)> {
    let name = tree.get_ci("name")?;
    Some((name.as_str()?.into(), name.span))
}

/// A `copy` of a property, variable or output: `[for … in range(0, count): input]`.
pub fn property_loop(tree: &Tree, reading: &mut Reading<'_>) -> Expr {
    let (Some(input), Some(repeat)) = (tree.get_ci("input"), repeat(tree, reading)) else {
        let why = Why::UnsupportedSyntax("a copy loop without count or input".into());
        return Expr { kind: ExprKind::Lost(why), span: tree.span };
    };
    let body = value(input, reading);
    Expr { kind: ExprKind::For(Box::new(repeat), None, Box::new(body)), span: tree.span }
}

/// The loop that a `copy` object describes.
pub fn repeat(copy: &Tree, reading: &mut Reading<'_>) -> Option<Repeat> {
    let count = copy.get_ci("count")?;
    let from = Expr { kind: ExprKind::Int(0), span: count.span };
    let count = value(count, reading);
    let span = count.span;
    let over = Expr { kind: ExprKind::Call("range".into(), vec![from, count]), span };
    let label = name_of(copy).map(|(name, _)| name);
    Some(Repeat { over, item: None, index: None, label })
}

/// A string: a literal or an expression.
pub fn string(text: &Arc<str>, span: Span, reading: &mut Reading<'_>) -> Expr {
    match arm_expression::parse(text, span, first_offset(text, span, reading.text)) {
        Ok(TemplateText::Literal(text)) => Expr { kind: ExprKind::Text(text), span },
        Ok(TemplateText::Expression(expression)) => lower(expression),
        Err(fault) => {
            let why = lost_to(&fault);
            reading.faults.push(fault);
            Expr { kind: ExprKind::Lost(why), span }
        }
    }
}

/// Where the first character of a JSON string stands, when the file has the text letter by letter.
fn first_offset(text: &str, span: Span, file: &str) -> Option<usize> {
    let start = span.start as usize + 1;
    (file.get(start..start + text.len()) == Some(text)).then_some(start)
}

fn lost_to(fault: &Fault) -> Why {
    match fault.kind {
        FaultKind::Syntax => Why::UnsupportedSyntax("an expression with a syntax error".into()),
        FaultKind::Limit => Why::LimitReached("nested expressions".into()),
    }
}

fn lower(expression: Expression) -> Expr {
    let kind = match expression.kind {
        ExpressionKind::Text(text) => ExprKind::Text(text),
        ExpressionKind::Int(number) => ExprKind::Int(number),
        ExpressionKind::Float(number) => ExprKind::Float(number),
        ExpressionKind::Member { base, key, safe } => {
            ExprKind::Property { base: Box::new(lower(*base)), key: Box::new(lower(*key)), safe, from_end: false }
        }
        ExpressionKind::Call(name, arguments) => call(name, arguments),
    };
    Expr { kind, span: expression.span }
}

/// `lambda('x', body)` is a lambda, `lambdaVariables('x')` its variable; `true()` and the like are literals.
fn call(name: Arc<str>, arguments: Vec<Expression>) -> ExprKind {
    let mut arguments: Vec<Expr> = arguments.into_iter().map(lower).collect();
    match (name.to_ascii_lowercase().as_str(), arguments.as_slice()) {
        ("true", []) => return ExprKind::Bool(true),
        ("false", []) => return ExprKind::Bool(false),
        ("null", []) => return ExprKind::Null,
        ("lambdavariables", [Expr { kind: ExprKind::Text(text), .. }]) => return ExprKind::Name(text.clone()),
        ("lambda", [.., _]) => {}
        _ => return ExprKind::Call(name, arguments),
    }
    let Some(body) = arguments.pop() else { return ExprKind::Null };
    let names = arguments.into_iter().filter_map(|argument| match argument.kind {
        ExprKind::Text(text) => Some(text),
        _ => None,
    });
    ExprKind::Lambda(names.collect(), Box::new(body))
}
