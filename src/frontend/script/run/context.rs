//! What `kubectl` knows of clusters.

use std::collections::BTreeMap;

use super::State;
use crate::ir::{Aim, Cond, Value};

/// The clusters that commands may talk to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::frontend::script) struct Context {
    /// The one that commands talk to when they say nothing; nobody knows where it is `None`.
    pub current: Option<Aim>,
    /// Clusters by the contexts that were made of them here.
    pub known: BTreeMap<String, Aim>,
    /// The `KUBECONFIG` for which this holds.
    pub config: Option<Value>,
}

impl Context {
    /// What is left of it after something that ran only sometimes.
    pub fn after_perhaps(self, before: &Context) -> Context {
        let same = match (&self.current, &before.current) {
            (Some(one), Some(other)) => one.is_like(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let kept = same && self.config == before.config;
        Context { current: self.current.filter(|_| kept), ..self }
    }

    /// What is left of it after bodies of which one ran, or none when they are not the whole.
    pub(super) fn joined(before: &Context, outcomes: &[(Cond, State)], whole: bool) -> Context {
        let mut all = outcomes.iter().map(|(_, state)| &state.context).chain((!whole).then_some(before));
        let Some(first) = all.next() else { return before.clone() };
        let mut joined = first.clone();
        for other in all {
            for (name, aim) in &other.known {
                match joined.known.get(name) {
                    // Whose it is hangs on the body that ran.
                    Some(known) if !known.is_like(aim) => drop(joined.known.remove(name)),
                    Some(_) => {}
                    None => drop(joined.known.insert(name.clone(), aim.clone())),
                }
            }
            joined = joined.after_perhaps(other);
        }
        joined
    }
}
