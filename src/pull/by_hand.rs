//! What pages tell somebody to do: a pull that fails may be repaired by hand. It fails all the same until somebody does, so
//! what is wrong is worth a warning that says where to read on.

use super::{Case, Cause, Outcome, Pair, Path, Step};
use crate::ir::{Imperative, Makes, Truth};
use crate::world::cluster::Cluster;
use crate::world::knowledge::Evidence;
use crate::world::registry::Registry;

/// What a command has to be about.
#[derive(Clone, Copy)]
struct Ends<'e, 'a> {
    cluster: Option<&'e Cluster<'a>>,
    registry: Option<&'e Registry<'a>>,
    /// The host, where the tree doesn't have the registry.
    host: Option<&'e str>,
}

impl<'a> Case<'_, 'a> {
    /// The commands by which somebody is told to repair a path, one for each step of it that fails; none where a step
    /// that fails has none.
    pub fn by_hand(&self, path: &Path) -> Vec<&Imperative> {
        let failing: Vec<&Step> = path.steps.iter().filter(|step| step.judgement.truth == Truth::No).collect();
        let commands: Vec<Option<&Imperative>> = failing.iter().map(|step| self.repair(path, step)).collect();
        commands.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    /// The commands by which somebody is told to let the nodes of a pair pull: a grant, or what every workload of it that
    /// fails would be served by.
    pub fn pair_by_hand(&self, pair: &Pair) -> Vec<&Imperative> {
        if pair.permission.truth != Truth::No {
            return Vec::new();
        }
        let ends = Ends { cluster: self.cluster(pair), registry: self.registry(pair), host: None };
        let mode = || self.causes(pair).any(|(cause, _)| matches!(cause, Cause::LegacyRole | Cause::RepositoryRole));
        let repairs = |command: &Imperative| match command.makes {
            Makes::Grant | Makes::AnonymousPull | Makes::PullingIdentity => true,
            Makes::RoleMode => mode(),
            _ => false,
        };
        if let Some(command) = self.told(ends, repairs) {
            return vec![command];
        }
        let own = |path: &&Path| path.cluster == Some(pair.cluster) && path.registry == Some(pair.registry);
        let failing: Vec<&Path> = self.paths.iter().filter(own).filter(|path| path.truth() == Truth::No).collect();
        let commands: Vec<Vec<&Imperative>> = failing.into_iter().map(|path| self.by_hand(path)).collect();
        match commands.iter().any(Vec::is_empty) {
            true => Vec::new(),
            false => commands.into_iter().next().unwrap_or_default(),
        }
    }

    /// The command by which somebody is told to open a registry to the nodes of a pair.
    pub fn opened_by_hand(&self, pair: &Pair) -> Vec<&Imperative> {
        let ends = Ends { cluster: self.cluster(pair), registry: self.registry(pair), host: None };
        self.told(ends, opens).into_iter().collect()
    }

    /// The command by which somebody is told to switch on the admin user of a registry.
    pub fn admin_by_hand(&self, registry: &Registry<'a>) -> Vec<&Imperative> {
        let ends = Ends { cluster: None, registry: Some(registry), host: None };
        self.told(ends, |command| command.makes == Makes::AdminUser).into_iter().collect()
    }

    /// What is told about the steps that fail, to be put into their proofs: by path and step.
    pub(super) fn told_by_hand(&self) -> Vec<(usize, usize, Evidence)> {
        let mut found = Vec::new();
        for (at, path) in self.paths.iter().enumerate() {
            for (place, step) in path.steps.iter().enumerate().filter(|(_, step)| step.judgement.truth == Truth::No) {
                let Some(command) = self.repair(path, step) else { continue };
                let source = self.store.source(command.span.source);
                let line = source.line_of(command.span.start);
                let text = format!("{}:{line} tells somebody to run `{}`", source.path, command.command);
                found.push((at, place, Evidence { span: command.span, text }));
            }
        }
        found
    }

    /// The command that would repair a step.
    fn repair(&self, path: &Path, step: &Step) -> Option<&Imperative> {
        let ends = Ends {
            cluster: path.cluster.and_then(|at| self.world.clusters.get(at)),
            registry: path.registry.and_then(|at| self.world.registries.get(at)),
            host: path.host.as_deref(),
        };
        match step.name {
            "permission" | "credential" => self.told(ends, |command| self.serves(path, command)),
            "network" => self.told(ends, opens),
            _ => None,
        }
    }

    /// Whether a command gives the pods of a path a credential that works, or the nodes a role.
    fn serves(&self, path: &Path, command: &Imperative) -> bool {
        let offers = |wanted: fn(&Outcome) -> bool| path.offers.iter().any(|offer| wanted(&offer.what));
        match command.makes {
            Makes::Grant | Makes::AnonymousPull | Makes::PullingIdentity => true,
            Makes::AccountSecrets | Makes::PodSecrets => path.offers.is_empty(),
            Makes::Secret => {
                path.offers.iter().any(|offer| command.secret.as_deref().is_none_or(|it| *it == *offer.name))
            }
            Makes::AdminUser => offers(|what| *what == Outcome::AdminDisabled),
            Makes::Token => offers(|what| matches!(what, Outcome::Expired(_) | Outcome::TokenRefused(..))),
            Makes::RoleMode => {
                let pair = path.cluster.zip(path.registry).and_then(|(cluster, registry)| self.pair(cluster, registry));
                let mode = |cause: &Cause| matches!(cause, Cause::LegacyRole | Cause::RepositoryRole);
                pair.is_some_and(|pair| self.causes(pair).any(|(cause, _)| mode(&cause)))
            }
            _ => false,
        }
    }

    /// The first command of a page that is about these ends and does what is asked for.
    fn told(&self, ends: Ends<'_, 'a>, does: impl Fn(&Imperative) -> bool) -> Option<&Imperative> {
        self.world.imperative.iter().find(|command| command.manual && self.is_about(command, ends) && does(command))
    }

    fn is_about(&self, command: &Imperative, ends: Ends<'_, 'a>) -> bool {
        let cluster = |it: &Cluster<'a>| self.world.may_be_called(&command.cluster, &it.name, command.span);
        let registry = |it: &Registry<'a>| self.world.may_be_called(&command.registry, &it.name, command.span);
        // The host of a registry begins with its name, which a hash may follow.
        let host = |host: &str| command.registry.as_deref().is_none_or(|name| begins_with(host, name));
        ends.cluster.is_none_or(cluster)
            && match (ends.registry, ends.host) {
                (Some(it), _) => registry(it),
                (None, known) => known.is_none_or(host),
            }
    }
}

fn begins_with(host: &str, name: &str) -> bool {
    let label = host.split('.').next().unwrap_or_default();
    let start = label.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    start && label.get(name.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn opens(command: &Imperative) -> bool {
    matches!(command.makes, Makes::PublicAccess | Makes::Endpoint)
}
