//! What bounds the evaluation of one deployment: depth, steps, and the size of values.

use std::cell::Cell;

use crate::ir::{Cond, Node, Target, Value};

/// Nested evaluation beyond this is cut; the thread that evaluates has a stack for it.
const DEEPEST: u32 = 400;
/// Evaluation steps of one deployment.
const STEPS: u32 = 400_000;
/// Instances that a loop over a known collection may have.
pub const INSTANCES: usize = 10_000;
/// Nodes of one value.
pub const NODES: usize = 50_000;
/// Bytes of one string.
pub const BYTES: usize = 4 << 20;

/// The fuel of one deployment.
#[derive(Debug, Default)]
pub struct Fuel {
    depth: Cell<u32>,
    steps: Cell<u32>,
}

/// One level of depth, given back when dropped.
pub struct Level<'a>(&'a Fuel);

impl Fuel {
    /// One step, one level deeper; or the limit that was reached.
    pub fn enter(&self) -> Result<Level<'_>, &'static str> {
        if self.depth.get() >= DEEPEST {
            return Err("nested evaluation");
        }
        self.spend(1)?;
        self.depth.set(self.depth.get() + 1);
        Ok(Level(self))
    }

    /// Steps without depth.
    pub fn spend(&self, steps: u32) -> Result<(), &'static str> {
        let spent = self.steps.get().saturating_add(steps);
        if spent > STEPS {
            return Err("evaluation steps");
        }
        self.steps.set(spent);
        Ok(())
    }
}

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.0.depth.get() - 1);
    }
}

/// Whether a value is small enough to be used further. Shared parts count each time: that is how readers see them.
pub fn is_small(node: &Node) -> bool {
    let mut left = NODES;
    weigh(node, &mut left, 0)
}

fn weigh(node: &Node, left: &mut usize, depth: usize) -> bool {
    if *left == 0 || depth > 128 {
        return false;
    }
    *left -= 1;
    let mut each = |nodes: &[Node]| nodes.iter().all(|node| weigh(node, left, depth + 1));
    match &node.value {
        Value::Str(text) => text.len() <= BYTES,
        Value::List(list) => each(&list.items),
        Value::Map(map) => {
            map.entries.iter().all(|entry| weigh(&entry.key, left, depth + 1) && weigh(&entry.value, left, depth + 1))
        }
        Value::Concat(nodes) | Value::Call(_, nodes) => each(nodes),
        Value::Choice(choice) => {
            weigh_cond(&choice.on, left, depth + 1)
                && weigh(&choice.yes, left, depth + 1)
                && weigh(&choice.no, left, depth + 1)
        }
        Value::Id(id) => {
            let parts = id.subscription.iter().chain(&id.group).chain(&id.names).chain(id.extends.as_deref());
            parts.into_iter().all(|part| weigh(part, left, depth + 1))
        }
        Value::Ref(reference) => match &reference.target {
            Target::Id(id) => reference.path.len() < 256 && weigh(id, left, depth + 1),
            Target::Resource(_) => reference.path.len() < 256,
        },
        _ => true,
    }
}

fn weigh_cond(cond: &Cond, left: &mut usize, depth: usize) -> bool {
    if *left == 0 || depth > 128 {
        return false;
    }
    match cond {
        Cond::Always | Cond::Never => true,
        Cond::When(node) => weigh(node, left, depth + 1),
        Cond::Not(inner) => weigh_cond(inner, left, depth + 1),
        Cond::All(parts) | Cond::Any(parts) => parts.iter().all(|part| weigh_cond(part, left, depth + 1)),
    }
}
