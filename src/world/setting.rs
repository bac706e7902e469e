//! Settings of a registry that few rules ask for: read from its declaration, and not known where something changes them.

use super::World;
use super::drift::read_otherwise;
use super::knowledge::{Fact, Truth};
use super::registry::{Reader, Registry};
use crate::ir::{Resource, Why};

impl<'a> World<'a> {
    /// What a registry's declaration says at a path; `meaning` reads the word, which comes in lower case. Not known where
    /// something changes it afterwards, where it was read back otherwise, and where the API version does not have it.
    pub(super) fn setting<T: PartialEq + Copy>(
        &self,
        registry: &Registry<'a>,
        path: &[&str],
        default: T,
        meaning: impl Fn(&str) -> Option<T>,
    ) -> Fact<T> {
        let resolver = &self.resolver;
        let word = |resource: &'a Resource| Reader { resource, resolver }.word(path, default, &meaning);
        let fact = word(registry.resource);
        let writes = |update: &&&'a Resource| {
            update.body.at(path).is_some() && self.means(update, registry.resource) != Truth::No
        };
        if let Some(update) = self.updates.iter().find(writes) {
            return Fact::Unknown(Why::Overridden(update.address.to_string().into()), update.declared);
        }
        let seen = resolver.read_back(registry.resource).filter(|seen| !std::ptr::eq(*seen, registry.resource));
        if let Some(seen) = seen {
            let theirs = word(seen);
            if matches!(theirs, Fact::Known(..)) && theirs.value() != fact.value() {
                return Fact::Unknown(read_otherwise(seen), theirs.span());
            }
        }
        let below = path.get(1..).unwrap_or_default();
        match registry.unversioned.iter().find(|it| below.starts_with(it.path)) {
            Some(it) => {
                let why = Why::NotAnalysed("a property that the API version does not have".into());
                Fact::Unknown(why, it.value.span)
            }
            None => fact,
        }
    }

    /// Whether a policy of a registry is on; nothing but a written word is known of it.
    pub(super) fn policy(&self, registry: &Registry<'a>, name: &str) -> Fact<bool> {
        self.setting(registry, &["properties", "policies", name, "status"], false, |word| match word {
            "enabled" => Some(true),
            "disabled" => Some(false),
            _ => None,
        })
    }
}
