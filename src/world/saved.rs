//! What `kubectl` saved: a pod of a replica set of a deployment is one workload, also where all three were saved, and what
//! was not saved may be there all the same.

use std::collections::BTreeSet;

use super::World;
use super::secret::Secret;
use super::workload::Workload;
use crate::ir::{Node, Origin};
use crate::source::SourceId;

/// Leaves the workloads out that another one of them makes. Of several with one owner that is not there, those that pull
/// the same count once; so does what was read back of a manifest that is there as well.
pub(super) fn without_owned(workloads: &mut Vec<Workload<'_>>) {
    if workloads.iter().all(|workload| workload.resource.origin != Origin::Dump) {
        return;
    }
    let there: BTreeSet<String> = workloads.iter().filter_map(|it| text(it, &["metadata", "uid"])).collect();
    let named: BTreeSet<Name> = workloads.iter().filter_map(name).collect();
    let declared: BTreeSet<(Name, Vec<String>)> = workloads
        .iter()
        .filter(|it| it.resource.origin == Origin::Declared)
        .filter_map(|it| Some((name(it)?, pulls(it)?)))
        .collect();
    let mut seen: BTreeSet<(String, Vec<String>)> = BTreeSet::new();
    workloads.retain(|workload| {
        if workload.resource.origin != Origin::Dump {
            return true;
        }
        let Some(owner) = owner(workload) else {
            let known = name(workload).zip(pulls(workload));
            return known.is_none_or(|known| !declared.contains(&known));
        };
        let made = there.contains(&owner.uid) || owner.name.is_some_and(|owner| named.contains(&owner));
        !made && pulls(workload).is_none_or(|pulls| seen.insert((owner.uid, pulls)))
    });
}

impl<'a> World<'a> {
    /// Whether a secret may be in the namespace of a workload although it was not saved: what was saved of others proves
    /// nothing, unless one file has several secrets of that namespace. Then somebody asked for all of them.
    pub fn may_be_unsaved(&self, workload: &Workload<'a>, elsewhere: &[&Secret<'a>]) -> bool {
        let saved = |secret: &&Secret<'a>| secret.resource.origin == Origin::Dump;
        let here =
            self.secrets.iter().filter(saved).filter(|secret| secret.namespace.name() == workload.namespace.name());
        let mut files: Vec<SourceId> = here.map(|secret| secret.resource.extent.source).collect();
        files.sort();
        let several = files.windows(2).any(|pair| pair.first() == pair.last());
        elsewhere.iter().all(saved) && !(several && workload.namespace.name().is_some())
    }
}

/// Kind, namespace and name.
type Name = (String, String, String);

struct Owner {
    uid: String,
    name: Option<Name>,
}

fn text(workload: &Workload<'_>, path: &[&str]) -> Option<String> {
    workload.resource.body.at(path).and_then(Node::as_str).map(str::to_owned)
}

fn kind(workload: &Workload<'_>) -> String {
    workload.resource.kind.rsplit('/').next().unwrap_or_default().to_owned()
}

fn name(workload: &Workload<'_>) -> Option<Name> {
    Some((kind(workload), text(workload, &["metadata", "namespace"])?, text(workload, &["metadata", "name"])?))
}

/// The object that controls a workload.
fn owner(workload: &Workload<'_>) -> Option<Owner> {
    let owners = workload.resource.body.at(&["metadata", "ownerReferences"])?.as_list()?;
    let controls = |owner: &&Node| owner.get("controller").and_then(Node::as_bool) == Some(true);
    let owner = owners.items.iter().find(controls)?;
    let of = |key: &str| owner.get(key).and_then(Node::as_str).map(str::to_owned);
    let named = || Some((of("kind")?, text(workload, &["metadata", "namespace"])?, of("name")?));
    Some(Owner { uid: of("uid")?, name: named() })
}

/// What a workload pulls and with which secrets; nothing when not all of it is known. Another controller may have put the
/// secrets of the service account into a pod, so an account counts as well.
fn pulls(workload: &Workload<'_>) -> Option<Vec<String>> {
    let secrets = workload.secrets.names.iter();
    let account = workload.service_account.clone()?;
    let texts = workload.images.iter().chain(secrets).map(|node| node.as_str().map(str::to_owned));
    texts.chain([Some(account)]).collect()
}
