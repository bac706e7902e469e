//! Trees become resources. Each front end reads its own files and knows neither rules nor the other front ends; what it
//! doesn't know becomes an unknown with a reason.

mod arguments;
pub mod kubernetes;
pub mod script;
pub mod template;
pub mod terraform;

use crate::ir::{Deployment, Node, Value, placeholder};
use crate::source::{SourceId, Span, Via};
use crate::syntax::tree::{Fault, FaultKind, Tree, TreeKind};

/// What a front end made of its files.
#[derive(Debug, Default)]
pub struct Lowered {
    /// Deployments in the order of their names.
    pub deployments: Vec<Deployment>,
    /// Files that could not be read whole.
    pub problems: Vec<Problem>,
    /// The files that it took as its own.
    pub inputs: Vec<SourceId>,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It can't be read at all (ACR900).
    Unreadable,
    /// It breaks the grammar; what could be read was used (ACR901).
    Syntax,
    /// A limit was reached; the rest is unknown (ACR902).
    Limit,
}

/// A file that could not be read whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// What kind of trouble.
    pub trouble: Trouble,
    /// What is wrong: lower-case start, no full stop.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        let trouble = match fault.kind {
            FaultKind::Syntax => Trouble::Syntax,
            FaultKind::Limit => Trouble::Limit,
        };
        Problem { trouble, message: fault.message, span: fault.span }
    }
}

impl Lowered {
    /// Takes in what another front end made.
    pub fn join(&mut self, other: Lowered) {
        self.deployments.extend(other.deployments);
        self.problems.extend(other.problems);
        self.inputs.extend(other.inputs);
    }
}

impl Lowered {
    /// Texts of Azure's resources that a pipeline fills in before they are deployed become unknown.
    fn without_placeholders(mut self) -> Lowered {
        for deployment in &mut self.deployments {
            let azure = deployment.resources.iter_mut().filter(|resource| resource.kind.starts_with("Microsoft."));
            for resource in azure {
                for node in [&mut resource.name, &mut resource.id, &mut resource.scope, &mut resource.body] {
                    if let Some(open) = placeholder::opened(node, &deployment.name) {
                        *node = open;
                    }
                }
            }
        }
        self
    }
}

/// Runs work that recurses deeply on a thread of its own. A panic goes on here, where it is told as an internal error.
fn with_stack(stack: usize, work: impl FnOnce() -> Lowered + Send) -> Lowered {
    let outcome = std::thread::scope(|threads| {
        let thread = std::thread::Builder::new().stack_size(stack).spawn_scoped(threads, work);
        thread.map(std::thread::ScopedJoinHandle::join)
    });
    match outcome {
        Ok(Ok(lowered)) => lowered,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => {
            let message = format!("there is no room for a thread to read with: {}", error.kind());
            let problem = Problem { trouble: Trouble::Limit, message, span: Span::default() };
            Lowered { problems: vec![problem], ..Lowered::default() }
        }
    }
}

/// A tree of plain data as a value.
pub fn node_of(tree: &Tree) -> Node {
    use crate::ir::{Entry, Why};
    let value = match &tree.kind {
        TreeKind::Null => Value::Null,
        TreeKind::Bool(value) => Value::Bool(*value),
        TreeKind::Int(value) => Value::Int(*value),
        TreeKind::Float(value) => Value::Float(*value),
        TreeKind::Str(text) => Value::Str(text.clone()),
        TreeKind::List(items) => return hops(Node::list(items.iter().map(node_of).collect(), tree.span), tree),
        TreeKind::Map(members) => {
            let entry = |member: &crate::syntax::tree::Member| Entry {
                key: Node::text(member.key.clone(), member.key_span),
                value: node_of(&member.value),
            };
            return hops(Node::map(members.iter().map(entry).collect(), tree.span), tree);
        }
        TreeKind::Lost => {
            Value::Unknown { why: Why::UnsupportedSyntax("a value with a syntax error".into()), sym: None }
        }
    };
    hops(Node::new(value, tree.span), tree)
}

fn hops(node: Node, tree: &Tree) -> Node {
    tree.via.iter().fold(node, |node, &span| node.through(span, Via::Alias))
}
