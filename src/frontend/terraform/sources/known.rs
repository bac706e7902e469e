//! Modules of the public registry that acrlint knows without having them: for each range of versions a short model of
//! what decides pulls, written from the module's interface. A version that nobody has looked at is not known.

use super::versions::{Constraint, Version, after, generation, padded};

/// A module of the registry.
struct Family {
    /// `namespace/name/provider`.
    path: &'static str,
    /// The folder after `//`; empty for the module itself.
    inner: &'static str,
    /// All the versions that were looked at, the oldest first.
    published: &'static str,
    /// From which version on which model holds, the oldest first.
    models: &'static [(Version, Model)],
}

/// What acrlint knows of a module in a range of versions.
#[derive(Debug)]
pub struct Model {
    /// What its text is called.
    pub name: &'static str,
    /// The model.
    pub text: &'static str,
    /// Inputs that may matter and that the model leaves out.
    pub beyond: &'static [&'static str],
}

/// The model of a module when all the versions that the constraint allows share it. What allows the next generation too,
/// whose versions nobody has seen, has to mean one model in the last two generations; without any constraint these two
/// are all that counts, because the newest version is taken.
pub fn model(path: &str, inner: &str, wanted: &Constraint) -> Option<&'static Model> {
    let family = FAMILIES.iter().find(|it| it.path.eq_ignore_ascii_case(path) && it.inner == inner)?;
    let published: Vec<Version> = family.published.split_whitespace().filter_map(padded).collect();
    let newest = *published.last()?;
    if !published.iter().any(|version| wanted.allows(*version)) {
        return None;
    }
    let open = wanted.allows(after(newest));
    let mut generations: Vec<(u32, u32)> = published.iter().copied().map(generation).collect();
    generations.dedup();
    let last_two = generations.split_off(generations.len().saturating_sub(2));
    let is_allowed = |version: &Version| !wanted.is_none() && wanted.allows(*version);
    let counts = |version: &Version| is_allowed(version) || open && last_two.contains(&generation(*version));
    let mut found: Option<&'static Model> = None;
    for version in published.into_iter().filter(counts) {
        let own = family.at(version)?;
        if found.is_some_and(|found| found.name != own.name) {
            return None;
        }
        found = Some(own);
    }
    found
}

impl Family {
    fn at(&'static self, version: Version) -> Option<&'static Model> {
        self.models.iter().rev().find(|(since, _)| *since <= version).map(|(_, model)| model)
    }
}

/// All models.
#[cfg(test)]
pub fn models() -> impl Iterator<Item = &'static Model> {
    FAMILIES.iter().flat_map(|family| family.models).map(|(_, model)| model)
}

macro_rules! model {
    ($file:literal, $beyond:expr) => {
        Model { name: $file, text: include_str!(concat!("known/", $file)), beyond: $beyond }
    };
}

/// The sources of the facts are the tags of the modules' repositories: their variables, resources and outputs.
static FAMILIES: &[Family] = &[
    Family {
        path: "Azure/aks/azurerm",
        inner: "",
        published: "4.2.0 4.3.0 4.4.0 4.5.0 4.6.0 4.7.0 4.8.0 4.9.0 4.10.0 4.11.0 4.12.0 4.13.0 4.14.0 4.15.0 \
                    4.16.0 5.0.0 6.0.0 6.1.0 6.2.0 6.3.0 6.4.0 6.5.0 6.6.0 6.7.0 6.7.1 6.8.0 7.0.0 7.1.0 7.2.0 7.3.0 \
                    7.3.1 7.3.2 7.4.0 7.5.0 8.0.0 9.0.0 9.1.0 9.2.0 9.3.0 9.4.0 9.4.1 10.0.0 10.0.1 10.0.2 10.1.0 \
                    10.1.1 10.2.0 11.0.0 11.1.0 11.2.0 11.3.0 11.4.0 11.5.0",
        models: &[
            ((4, 2, 0), model!("aks-4.tf", &[])),
            ((5, 0, 0), model!("aks-5.tf", &["node_provisioning_profile"])),
        ],
    },
    Family {
        path: "Azure/aks/azurerm",
        inner: "v4",
        published: "9.3.0 9.4.0 9.4.1 10.0.0 10.0.1 10.0.2 10.1.0 10.1.1 10.2.0",
        models: &[((9, 3, 0), model!("aks-5.tf", &["node_provisioning_profile"]))],
    },
    Family {
        path: "Azure/avm-res-containerregistry-registry/azurerm",
        inner: "",
        published: "0.1.0 0.2.0 0.3.0 0.3.1 0.4.0 0.5.0 0.5.1 0.6.0 0.7.0 0.8.0",
        models: &[((0, 1, 0), model!("avm-registry.tf", &["scope_maps", "cache_rules", "credential_sets"]))],
    },
    Family {
        path: "Azure/avm-res-containerservice-managedcluster/azurerm",
        inner: "",
        published: "0.1.0 0.1.1 0.1.2 0.1.3 0.1.4 0.1.5 0.1.6 0.1.7 0.1.8 0.1.9 0.2.0 0.2.1 0.2.2 0.2.3 0.2.4 0.2.5 \
                    0.2.6 0.2.7 0.2.8 0.2.9 0.3.0 0.3.1 0.3.2 0.3.3 0.4.0 0.4.1 0.4.2 0.4.3 0.5.0 0.5.1 0.5.2 0.5.3 \
                    0.5.4 0.5.5 0.5.6 0.5.7 0.6.0 0.6.1 0.6.2 0.6.3 0.6.4 0.6.5 0.6.6 0.6.7 0.7.0 0.7.1 0.7.2 0.7.3 \
                    0.8.0 0.8.1",
        models: &[
            ((0, 1, 0), model!("avm-cluster-0.1.tf", &[])),
            ((0, 4, 0), model!("avm-cluster-0.4.tf", &["node_provisioning_profile", "addon_profiles_extra"])),
        ],
    },
    Family {
        path: "Azure/avm-res-managedidentity-userassignedidentity/azurerm",
        inner: "",
        published: "0.1.0 0.2.0 0.3.0 0.3.1 0.3.2 0.3.3 0.3.4 0.4.0 0.5.0 0.5.1 0.5.2",
        models: &[((0, 1, 0), model!("avm-identity.tf", &[]))],
    },
    Family {
        path: "Azure/avm-ptn-aks-production/azurerm",
        inner: "",
        published: "0.2.0 0.3.0 0.4.0 0.5.0",
        models: &[((0, 2, 0), model!("avm-aks-production.tf", &[]))],
    },
];
