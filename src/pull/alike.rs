//! Which declarations miss for every instance and every deployment that they are part of: a change there spoils nothing.

use std::collections::BTreeSet;

use super::{Case, Cause};
use crate::source::Span;

impl Case<'_, '_> {
    /// The declarations all of whose grants miss for such a cause.
    pub fn alike(&self, is_it: impl Fn(&Cause) -> bool) -> BTreeSet<Span> {
        let causes = self.pairs.iter().flat_map(|pair| &pair.causes);
        let missing: BTreeSet<usize> = causes.filter(|(cause, _)| is_it(cause)).map(|&(_, at)| at).collect();
        let declared = |at: &usize| self.world.grants.get(*at).map(|grant| grant.resource.declared);
        let mut found: BTreeSet<Span> = missing.iter().filter_map(declared).collect();
        let others = self.world.grants.iter().enumerate().filter(|(at, _)| !missing.contains(at));
        for (_, grant) in others {
            found.remove(&grant.resource.declared);
        }
        found
    }
}
