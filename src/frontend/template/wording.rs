//! A text for an expression: equal expressions have equal texts in both spellings, wherever they stand.

use super::template::{Expr, ExprKind};

/// The text of an expression.
pub fn wording(expr: &Expr) -> String {
    let mut text = String::new();
    write(&mut text, expr);
    text
}

fn write(text: &mut String, expr: &Expr) {
    match &expr.kind {
        ExprKind::Null => text.push_str("null"),
        ExprKind::Bool(value) => text.push_str(&value.to_string()),
        ExprKind::Int(value) => text.push_str(&value.to_string()),
        ExprKind::Float(value) => text.push_str(&value.to_string()),
        ExprKind::Text(value) => text.push_str(&format!("{value:?}")),
        ExprKind::Interpolation(pieces) => all(text, "text(", pieces.iter()),
        ExprKind::List(items) => all(text, "[", items.iter().map(|item| &item.value)),
        ExprKind::Object(properties) => {
            all(text, "{", properties.iter().flat_map(|property| [&property.key, &property.value]));
        }
        ExprKind::For(repeat, condition, body) => {
            let condition = condition.as_deref();
            all(text, "for(", [Some(&repeat.over), condition, Some(body)].into_iter().flatten());
        }
        ExprKind::Name(name) => text.push_str(name),
        ExprKind::Property { base, key, safe, from_end } => {
            write(text, base);
            text.push_str(if *safe { "?" } else { "" });
            text.push_str(if *from_end { "[^" } else { "[" });
            write(text, key);
            text.push(']');
        }
        ExprKind::Nested(parent, name) => {
            write(text, parent);
            text.push_str("::");
            text.push_str(name);
        }
        // Names are calls in one spelling and bare in the other.
        ExprKind::Call(name, arguments) => match arguments.as_slice() {
            [Expr { kind: ExprKind::Text(of), .. }] if is_name(name) => text.push_str(of),
            [inner] if &**name == "any" => write(text, inner),
            members if name.eq_ignore_ascii_case("createObject") => all(text, "{", members.iter()),
            members if name.eq_ignore_ascii_case("createArray") => all(text, "[", members.iter()),
            _ => all(text, &format!("{}(", name.to_ascii_lowercase()), arguments.iter()),
        },
        ExprKind::Method(base, name, arguments) => {
            write(text, base);
            all(text, &format!(".{name}("), arguments.iter());
        }
        ExprKind::Lambda(names, body) => all(text, &format!("({})=>(", names.join(",")), std::iter::once(&**body)),
        ExprKind::Lost(_) => text.push_str(&format!("?@{}:{}", expr.span.source.0, expr.span.start)),
    }
}

fn is_name(function: &str) -> bool {
    function.eq_ignore_ascii_case("parameters") || function.eq_ignore_ascii_case("variables")
}

fn all<'e>(text: &mut String, before: &str, parts: impl Iterator<Item = &'e Expr>) {
    text.push_str(before);
    for part in parts {
        write(text, part);
        text.push(',');
    }
    text.push(')');
}
