//! The names that an expression mentions.

use super::{Body, Expr, ExprKind, Piece, Step, StepKind};

impl Body {
    /// Calls `found` with every name in it, as [`Expr::names`] does.
    pub fn names(&self, found: &mut dyn FnMut(&[&str])) {
        self.attributes.iter().for_each(|attribute| attribute.value.names(found));
        self.blocks.iter().for_each(|block| block.body.names(found));
    }
}

impl Expr {
    /// Calls `found` with every name that it mentions, with the attributes that follow: `["module", "aks", "id"]`. Names of
    /// its own loops are among them.
    pub fn names(&self, found: &mut dyn FnMut(&[&str])) {
        match &self.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Text(_) => {}
            ExprKind::Template(pieces) => of_pieces(pieces, found),
            ExprKind::List(items) => items.iter().for_each(|item| item.names(found)),
            ExprKind::Object(members) => members.iter().for_each(|(key, value)| {
                key.names(found);
                value.names(found);
            }),
            ExprKind::Name(name) => found(&[name]),
            ExprKind::Traversal(base, steps) => of_traversal(base, steps, found),
            ExprKind::Conditional(parts) => [&parts.0, &parts.1, &parts.2].into_iter().for_each(|it| it.names(found)),
            ExprKind::Call { arguments, .. } => arguments.iter().for_each(|argument| argument.names(found)),
            ExprKind::Not(inner) | ExprKind::Negate(inner) => inner.names(found),
            ExprKind::Binary(_, sides) => [&sides.0, &sides.1].into_iter().for_each(|it| it.names(found)),
            ExprKind::For(each) => {
                let parts = [Some(&each.over), each.result_key.as_ref(), Some(&each.result), each.condition.as_ref()];
                parts.into_iter().flatten().for_each(|part| part.names(found));
            }
        }
    }
}

fn of_pieces(pieces: &[Piece], found: &mut dyn FnMut(&[&str])) {
    for piece in pieces {
        match piece {
            Piece::Text(..) => {}
            Piece::For(each) => {
                each.over.names(found);
                of_pieces(&each.pieces, found);
            }
            Piece::Value(expr) => expr.names(found),
            Piece::If(on, yes, no) => {
                on.names(found);
                of_pieces(yes, found);
                of_pieces(no, found);
            }
        }
    }
}

fn of_traversal(base: &Expr, steps: &[Step], found: &mut dyn FnMut(&[&str])) {
    for step in steps {
        if let StepKind::Index(index) = &step.kind {
            index.names(found);
        }
    }
    let ExprKind::Name(first) = &base.kind else { return base.names(found) };
    let mut path: Vec<&str> = vec![first];
    for step in steps {
        match &step.kind {
            StepKind::Attribute(name) => path.push(name),
            _ if path.len() < 3 => {}
            _ => break,
        }
    }
    found(&path);
}
