//! What a rule wants to be changed in place, and how that reads in the file that it stands in.
//!
//! A rule says what is meant; the language of the file and the form of what stands there decide whether it can be written
//! as exact edits. Where that is not certain there is no fix, and the help says in words what to do.

use super::page::Page;
use super::principal::Wanted;
use super::readers::is_own;
use super::{entry, member, principal, role, word};
use crate::finding::Fix;
use crate::ir::{Resolver, Resource};
use crate::source::{Span, Store};
use crate::world::cluster::Cluster;
use crate::world::grant::Grant;
use crate::world::registry::Registry;
use crate::world::secret::Secret;

/// A change of something that is written.
pub enum Repair<'r, 'a> {
    /// The principal of a grant becomes the identity with which a cluster pulls.
    Principal {
        /// The grant.
        grant: &'r Grant<'a>,
        /// The cluster, when it is known which one.
        cluster: Option<&'r Cluster<'a>>,
        /// Azure refuses the grant as it is, so that none of its name can be there yet.
        refused: bool,
        /// The cluster may pull from there already: Azure makes no second grant of the same.
        served: bool,
        /// What names are looked up in.
        resolver: &'r Resolver<'a>,
    },
    /// The role of a grant becomes one that the registry honours.
    Role {
        /// The grant.
        grant: &'r Grant<'a>,
        /// The registry.
        registry: &'r Registry<'a>,
        /// What names are looked up in.
        resolver: &'r Resolver<'a>,
    },
    /// A grant says that its principal is a service principal.
    PrincipalType {
        /// The grant.
        grant: &'r Grant<'a>,
    },
    /// The scope of a grant becomes a registry.
    Scope {
        /// The grant.
        grant: &'r Grant<'a>,
        /// The registry.
        registry: &'r Registry<'a>,
    },
    /// The host of an image becomes the one that is meant.
    Host {
        /// Where the image is written; in a pod with several containers it may be so more than once.
        places: Vec<Span>,
        /// The host as it is.
        from: &'r str,
        /// The host as it is meant.
        to: &'r str,
        /// No registry can have the host as it is.
        sure: bool,
    },
    /// A string in `imagePullSecrets` becomes an object with that name.
    SecretEntry {
        /// The string.
        place: Span,
        /// The manifest.
        manifest: Span,
    },
    /// Entries of one `imagePullSecrets` are taken out.
    NeedlessEntry {
        /// Where their names are written.
        places: Vec<Span>,
        /// The manifest.
        manifest: Span,
    },
    /// A secret moves to the namespace of the pods that name it.
    Namespace {
        /// The secret.
        secret: &'r Secret<'a>,
        /// The namespace.
        to: &'r str,
    },
    /// A name in what is written becomes another one.
    Name {
        /// What it is written in.
        place: Span,
        /// The name as it is.
        from: &'r str,
        /// The name as it shall be.
        to: &'r str,
    },
    /// A word that is written out becomes another one.
    Word {
        /// The declaration that it is for: nobody else may read it.
        owner: &'r Resource,
        /// Where it is written.
        place: Span,
        /// The word as it is.
        from: &'r str,
        /// The word as it shall be.
        to: &'r str,
        /// It has this one reading, and nothing that works depends on it.
        safe: bool,
    },
    /// A word in a list becomes another one.
    Member {
        /// The declaration that it is for: nobody else may read it.
        owner: &'r Resource,
        /// Where the list, or its member, is written.
        place: Span,
        /// The word as it is.
        from: &'r str,
        /// The word as it shall be.
        to: &'r str,
        /// It has this one reading, and nothing that works depends on it.
        safe: bool,
    },
    /// The host in a rule of a firewall becomes the one that is meant.
    RuleHost {
        /// Where it is written.
        place: Span,
        /// The host as it is: nobody has it.
        from: &'r str,
        /// The host that is meant.
        to: &'r str,
    },
    /// An image reference that no kubelet takes becomes the one that it can only mean.
    Reference {
        /// Where it is written.
        place: Span,
        /// The reference as it is.
        from: &'r str,
        /// The reference as it is meant.
        to: &'r str,
    },
}

impl Repair<'_, '_> {
    /// The change as edits; nothing where it can't be written in place for certain.
    pub fn fix(&self, store: &Store) -> Option<Fix> {
        match self {
            Repair::Principal { grant, cluster, refused, served, resolver } => {
                principal::fix(store, &Wanted { grant, cluster: *cluster, served: *served, resolver }, *refused)
            }
            Repair::Role { grant, registry, resolver } => role::fix(store, grant, registry, resolver),
            Repair::PrincipalType { grant } => member::principal_type(store, grant),
            Repair::Scope { grant, registry } => member::scope(store, grant, registry),
            Repair::Host { places, from, to, sure } => word::host(store, places, from, to, *sure),
            Repair::SecretEntry { place, manifest } => entry::named(store, *place, *manifest),
            Repair::NeedlessEntry { places, manifest } => entry::without(store, places, *manifest),
            Repair::Namespace { secret, to } => word::namespace(store, secret, to),
            Repair::Name { place, from, to } => word::word_within(store, *place, from, to, false),
            Repair::Word { owner, place, from, to, safe } => {
                word::word(store, *place, from, to, *safe).filter(|_| is_own(store, *place, owner))
            }
            Repair::Member { owner, place, from, to, safe } => {
                word::word_within(store, *place, from, to, *safe).filter(|_| is_own(store, *place, owner))
            }
            Repair::RuleHost { place, from, to } => word::rule_host(store, *place, from, to),
            Repair::Reference { place, from, to } => word::reference(store, *place, from, to),
        }
    }
}

/// The only place in `within` where a text stands, compared without regard to ASCII case, and standing for itself: no
/// part of a longer word.
pub(super) fn only(page: &Page, within: Span, text: &str) -> Option<Span> {
    let part = page.text().get(within.range())?.to_ascii_lowercase();
    let text = text.to_ascii_lowercase();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let whole = |&at: &usize| {
        let (before, after) = (part.get(..at).unwrap_or_default(), part.get(at + text.len()..).unwrap_or_default());
        !before.ends_with(is_word) && !after.starts_with(is_word)
    };
    let mut places = part.match_indices(&text).map(|(at, _)| at).filter(whole);
    let (first, second) = (places.next()?, places.next());
    let start = within.start as usize + first;
    (!text.is_empty() && second.is_none()).then(|| Span::new(within.source, start, start + text.len()))
}

/// The place of a range in the file of another place.
pub(super) fn place(of: Span, range: std::ops::Range<usize>) -> Span {
    Span::new(of.source, range.start, range.end)
}

/// A fix of these edits, in order of place.
pub(super) fn made(title: impl Into<String>, mut edits: Vec<(Span, String)>, safe: bool) -> Option<Fix> {
    edits.sort();
    let apart = edits.windows(2).all(|pair| match pair {
        [(one, _), (next, _)] => one.source != next.source || one.end <= next.start,
        _ => true,
    });
    (apart && !edits.is_empty()).then(|| Fix { title: title.into(), edits, safe })
}
