//! Where an expression is evaluated: the module instance, the copy of a `count` or `for_each`, and local names.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::config::Module;
use crate::ir::{Address, Cond, Key, Node};
use crate::syntax::hcl::Block;

/// One instance of a module in one deployment.
#[derive(Debug)]
pub(super) struct Instance {
    pub(super) module: Rc<Module>,
    pub(super) address: Address,
    /// The call that made it; none for the root.
    pub(super) call: Option<Call>,
    /// Values given from outside to the root's variables.
    pub(super) given: BTreeMap<Arc<str>, Node>,
    /// Values of variables, locals and outputs that were asked for; nothing while one is being worked out.
    pub(super) known: RefCell<BTreeMap<Arc<str>, Option<Node>>>,
    /// Copies of resources and module calls.
    pub(super) copies: RefCell<BTreeMap<Arc<str>, Copies>>,
}

/// The copies of a block; nothing while they are being worked out.
pub(super) type Copies = Option<Rc<Vec<Copy>>>;

/// A call of a module.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) caller: Rc<Instance>,
    pub(super) copy: Copy,
    pub(super) block: Block,
}

/// One of the instances that `count` or `for_each` make of a block.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub(super) key: Option<Key>,
    /// `each.key`, or `count.index`.
    pub(super) each_key: Node,
    pub(super) each_value: Node,
    pub(super) deployed: Cond,
}

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) instance: &'a Rc<Instance>,
    pub(super) copy: Option<&'a Copy>,
    pub(super) names: Option<&'a Names<'a>>,
}

/// Names of a `for` expression or a `dynamic` block, the innermost first.
pub(super) struct Names<'a> {
    pub(super) name: &'a str,
    pub(super) value: Node,
    pub(super) outer: Option<&'a Names<'a>>,
}

impl<'a> Scope<'a> {
    /// The scope of a module instance.
    pub(super) fn of(instance: &'a Rc<Instance>) -> Scope<'a> {
        Scope { instance, copy: None, names: None }
    }

    /// The scope of one copy of a block.
    pub(super) fn of_copy(instance: &'a Rc<Instance>, copy: &'a Copy) -> Scope<'a> {
        Scope { instance, copy: Some(copy), names: None }
    }

    /// The value of a local name.
    pub(super) fn name(&self, name: &str) -> Option<&Node> {
        let mut names = self.names;
        while let Some(inner) = names {
            if inner.name == name {
                return Some(&inner.value);
            }
            names = inner.outer;
        }
        None
    }
}
