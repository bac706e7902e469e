//! Trees become resources. Each front end reads its own files and knows neither rules nor the other front ends; what it
//! doesn't know becomes an unknown with a reason.

mod arguments;
pub mod azure_cli;
pub mod kubernetes;
mod named_images;
pub mod script;
pub mod template;
pub mod terraform;

use std::collections::BTreeSet;

use crate::ir::{Delivery, Deployment, Node, Value, placeholder};
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
    /// What brings manifests of the tree to a cluster.
    pub deliveries: Vec<Delivery>,
    /// Templates that a deployment here deploys: by themselves they are deployed only with parameter files.
    pub deployed: BTreeSet<SourceId>,
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
    /// It was compiled from another file, which has changed since (ACR905).
    Stale,
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
    /// The change to make.
    pub help: Option<String>,
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        let trouble = match fault.kind {
            FaultKind::Syntax => Trouble::Syntax,
            FaultKind::Limit => Trouble::Limit,
        };
        Problem { trouble, message: fault.message, span: fault.span, help: None }
    }
}

impl Lowered {
    /// Takes in what another front end made.
    pub fn join(&mut self, other: Lowered) {
        self.deployments.extend(other.deployments);
        self.problems.extend(other.problems);
        self.inputs.extend(other.inputs);
        self.deliveries.extend(other.deliveries);
        self.deployed.extend(other.deployed);
    }

    /// Without the templates as roots of their own that something else here deploys.
    pub fn without_deployed(&mut self) {
        let deployed = std::mem::take(&mut self.deployed);
        let is_root = |it: &Deployment| it.parameters.is_some() || !deployed.contains(&it.source);
        self.deployments.retain(is_root);
    }
}

impl Lowered {
    /// Texts of Azure's resources that a pipeline fills in before they are deployed become unknown.
    fn without_placeholders(self) -> Lowered {
        let deployments = self.deployments.into_iter().map(without_placeholders).collect();
        Lowered { deployments, ..self }
    }
}

fn without_placeholders(mut deployment: Deployment) -> Deployment {
    for resource in deployment.resources.iter_mut().filter(|resource| resource.kind.starts_with("Microsoft.")) {
        for node in [&mut resource.name, &mut resource.id, &mut resource.scope, &mut resource.body] {
            if let Some(open) = placeholder::opened(node, &deployment.name) {
                *node = open;
            }
        }
    }
    deployment
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
            let problem = Problem { trouble: Trouble::Limit, message, span: Span::default(), help: None };
            Lowered { problems: vec![problem], ..Lowered::default() }
        }
    }
}

/// Does every job once, on all cores; the results stand in the order of the jobs, whichever core was faster.
fn on_all_cores<J: Sync, R: Send>(stack: usize, jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(jobs.len());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let some = || {
        let turns = std::iter::from_fn(|| {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Some((at, jobs.get(at)?))
        });
        turns.map(|(at, job)| (at, work(job))).collect::<Vec<(usize, R)>>()
    };
    let mut done = std::thread::scope(|threads| {
        let spawn = |_| std::thread::Builder::new().stack_size(stack).spawn_scoped(threads, some).ok();
        let others: Vec<_> = (1..cores).filter_map(spawn).collect();
        let mut done = some();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
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
