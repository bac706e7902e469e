//! `import` blocks: a resource that exists already, and its id.

use std::rc::Rc;

use super::language::evaluate::Session;
use super::language::scope::{Copy, Instance, Scope};
use super::modules::dotted;
use crate::ir::{Key, Node};
use crate::syntax::hcl::{Block, Expr, ExprKind, StepKind};

impl Session<'_> {
    /// A resource that exists already has the id that its `import` block says.
    pub(super) fn take_imported(&self, instance: &Rc<Instance>, name: &str, copy: &Copy, body: &mut Node) {
        let is_it = |block: &&Block| {
            let to = block.body.attribute("to").and_then(imported);
            to.is_some_and(|(to, key)| to == name && key == copy.key)
        };
        // Only root modules may import.
        let found = instance.module.of_kind("import").filter(|_| instance.call.is_none()).find(is_it);
        let Some(id) = found.and_then(|block| block.body.attribute("id")) else { return };
        let id = self.evaluate(Scope::of(instance), id);
        if id.as_str().is_some() && body.get("id").is_none() {
            super::tables::attributes::put(body, "id", id);
        }
    }
}

/// The resource that an `import` block is about: its name, and which of its copies.
fn imported(to: &Expr) -> Option<(String, Option<Key>)> {
    let ExprKind::Traversal(base, steps) = &to.kind else { return None };
    let (last, before) = steps.split_last()?;
    let StepKind::Index(index) = &last.kind else { return Some((dotted(to)?, None)) };
    let key = match &index.kind {
        ExprKind::Int(at) => Key::Int(*at),
        ExprKind::Text(key) => Key::Str(key.clone()),
        _ => return None,
    };
    let whole = Expr { kind: ExprKind::Traversal(base.clone(), before.to_vec()), ..to.clone() };
    Some((dotted(&whole)?, Some(key)))
}
