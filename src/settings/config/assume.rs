//! `assume`: facts that are true elsewhere.

use std::ops::Range;

use super::item::{Item, Mistake};

/// A fact that is true elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The fact.
    pub fact: Fact,
    /// Why it may be assumed, in the user's words.
    pub reason: String,
    /// Bytes of the configuration file that say so.
    pub at: Range<usize>,
}

/// What can be assumed. Names are compared as Azure and Kubernetes do: the former without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The cluster's pulling identity may pull from the registry.
    Grant {
        /// The registry's name.
        registry: String,
        /// The cluster's name.
        cluster: String,
    },
    /// A pull secret that works.
    Secret {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// The cluster's nodes reach the registry over the network.
    Reachable {
        /// The registry's name.
        registry: String,
        /// The cluster's name.
        cluster: String,
    },
}

/// An entry of `assume`, whose form has been checked.
pub(super) fn read(item: &Item) -> Result<Assumption, Mistake> {
    let members = item.members()?;
    let starts = members.iter().map(|(key, _)| key.bytes.start).chain([item.bytes.start]);
    let ends = members.iter().map(|(_, value)| value.bytes.end).chain([item.bytes.end]);
    let at = starts.min().unwrap_or_default()..ends.max().unwrap_or_default();
    let fact = members.iter().find_map(|(key, value)| fact(key.text().ok()?, value).transpose()).transpose()?;
    let reason = item.get("reason").map(Item::text).transpose()?.unwrap_or_default().to_owned();
    let fact = fact.ok_or_else(|| item.wrong("an assumption needs a fact".to_owned()))?;
    Ok(Assumption { fact, reason, at })
}

fn fact(kind: &str, item: &Item) -> Result<Option<Fact>, Mistake> {
    let text = |key: &str| -> Result<String, Mistake> {
        Ok(item.get(key).map(Item::text).transpose()?.unwrap_or_default().to_owned())
    };
    Ok(match kind {
        "grant" => Some(Fact::Grant { registry: text("registry")?, cluster: text("cluster")? }),
        "secret" => Some(Fact::Secret { namespace: text("namespace")?, name: text("name")? }),
        "reachable" => Some(Fact::Reachable { registry: text("registry")?, cluster: text("cluster")? }),
        _ => None,
    })
}
