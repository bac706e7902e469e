//! Where an expression is evaluated: the module instance, the copy of a `count` or `for_each`, and local names.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::frontend::terraform::sources::config::Module;
use crate::ir::{Address, Cond, Key, Node};
use crate::syntax::hcl::Block;

/// One instance of a module in one deployment.
#[derive(Debug)]
pub struct Instance {
    pub module: Rc<Module>,
    pub address: Address,
    /// The call that made it; none for the root.
    pub call: Option<Call>,
    /// Values given from outside to the root's variables.
    pub given: BTreeMap<Arc<str>, Node>,
    /// Values of variables, locals and outputs that were asked for; nothing while one is being worked out.
    pub known: RefCell<BTreeMap<Arc<str>, Option<Node>>>,
    /// Copies of resources and module calls.
    pub copies: RefCell<BTreeMap<Arc<str>, Copies>>,
}

/// The copies of a block; nothing while they are being worked out.
pub type Copies = Option<Rc<Vec<Copy>>>;

/// A call of a module.
#[derive(Debug)]
pub struct Call {
    pub caller: Rc<Instance>,
    pub copy: Copy,
    pub block: Block,
}

/// One of the instances that `count` or `for_each` make of a block.
#[derive(Clone, Debug)]
pub struct Copy {
    pub key: Option<Key>,
    /// `each.key`, or `count.index`.
    pub each_key: Node,
    pub each_value: Node,
    pub deployed: Cond,
}

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub instance: &'a Rc<Instance>,
    pub copy: Option<&'a Copy>,
    pub names: Option<&'a Names<'a>>,
}

/// Names of a `for` expression or a `dynamic` block, the innermost first.
pub struct Names<'a> {
    pub name: &'a str,
    pub value: Node,
    pub outer: Option<&'a Names<'a>>,
}

impl<'a> Scope<'a> {
    /// The scope of a module instance.
    pub fn of(instance: &'a Rc<Instance>) -> Scope<'a> {
        Scope { instance, copy: None, names: None }
    }

    /// The scope of one copy of a block.
    pub fn of_copy(instance: &'a Rc<Instance>, copy: &'a Copy) -> Scope<'a> {
        Scope { instance, copy: Some(copy), names: None }
    }

    /// The value of a local name.
    pub fn name(&self, name: &str) -> Option<&Node> {
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
