//! Which rules say why a step doesn't work: those whose finding is about the very resources of the step, or points at the
//! very places that decide it. Nothing is guessed from the words of a message.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Severity};
use crate::ir::{Address, Truth};
use crate::pull::{Case, Offer, Outcome, Pair, Path, Step};
use crate::rules::Found;
use crate::source::Span;
use crate::world::grant::Grant;

/// The findings of a run, by what they are about.
pub(super) struct Blame<'c, 'a> {
    case: &'c Case<'c, 'a>,
    found: Vec<&'c Found>,
    by_address: BTreeMap<&'c Address, Vec<usize>>,
    by_place: BTreeMap<Span, Vec<usize>>,
    clusters: BTreeSet<&'c Address>,
    registries: BTreeSet<&'c Address>,
    grants: BTreeMap<&'c Address, Vec<usize>>,
}

impl<'c, 'a> Blame<'c, 'a> {
    pub fn new(case: &'c Case<'c, 'a>, found: &'c [Found]) -> Blame<'c, 'a> {
        let world = case.world;
        // A note is about something that works all the same.
        let found: Vec<&Found> = found.iter().filter(|it| it.finding.severity > Severity::Note).collect();
        let (mut by_address, mut by_place) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        for (at, one) in found.iter().enumerate() {
            one.about.iter().for_each(|address| by_address.entry(address).or_default().push(at));
            places(&one.finding).for_each(|place| by_place.entry(place).or_default().push(at));
        }
        let mut grants: BTreeMap<&Address, Vec<usize>> = BTreeMap::new();
        for (at, grant) in world.grants.iter().enumerate() {
            grants.entry(&grant.resource.address).or_default().push(at);
        }
        Blame {
            case,
            found,
            by_address,
            by_place,
            clusters: world.clusters.iter().map(|cluster| &*cluster.resource.address).collect(),
            registries: world.registries.iter().map(|registry| &*registry.resource.address).collect(),
            grants,
        }
    }

    /// Why the identity of a pair may not pull: what is wrong with its grants, or with itself.
    pub fn permission(&self, pair: &Pair) -> Vec<&'static str> {
        self.of_pair(pair, &["ACR1", "ACR4"])
    }

    /// Why the nodes of a pair don't reach the registry.
    ///
    /// Such a finding is about whatever stands in the way; its story leads from the cluster to the registry.
    pub fn network(&self, pair: &Pair) -> Vec<&'static str> {
        let (Some(cluster), Some(registry)) = (self.case.cluster(pair), self.case.registry(pair)) else {
            return Vec::new();
        };
        let (aks, acr) = (cluster.resource, registry.resource);
        let named = self.by_address.get(&*aks.address).into_iter().flatten().copied();
        let found: BTreeSet<usize> = named.chain(self.placed(aks.declared)).collect();
        let foreign = |it: &Address| {
            *it != *aks.address && self.clusters.contains(it) || *it != *acr.address && self.registries.contains(it)
        };
        let is_it = |at: &usize| {
            let Some(found) = self.at(*at).filter(|it| !it.about.iter().any(foreign)) else { return false };
            let leads = |address: &Address, place| found.about.contains(address) || self.points_at(*at, place);
            leads(&aks.address, aks.declared) && leads(&acr.address, acr.declared)
        };
        // That its tier lacks something is said of the registry itself.
        let is_way = |at: &usize| self.is_of(*at, &["ACR3"]) && !self.is_of(*at, &["ACR310"]);
        self.rules(found.into_iter().filter(is_way).filter(is_it))
    }

    /// Why one grant of a pair misses.
    pub fn grant(&self, pair: &Pair, grant: &Grant<'a>) -> Vec<&'static str> {
        let own = &*grant.resource.address;
        let about = |at: &usize| self.at(*at).is_some_and(|it| it.about.iter().any(|address| address == own));
        let found = self.concerning(pair).into_iter().filter(about).filter(|at| self.is_of(*at, &["ACR1", "ACR4"]));
        self.rules(found)
    }

    /// Why a pull secret is worth nothing for an image.
    pub fn offer(&self, path: &Path, offer: &Offer) -> Vec<&'static str> {
        let both = |at: &usize| self.points_at(*at, path.place) && self.points_at(*at, offer.named);
        let mut found: Vec<usize> =
            self.placed(path.place).filter(both).filter(|at| self.is_of(*at, &["ACR2"])).collect();
        let registry = path.registry.and_then(|at| self.case.world.registries.get(at));
        if let Some(registry) = registry.filter(|_| offer.what == Outcome::AdminDisabled) {
            let own = self.by_address.get(&*registry.resource.address).into_iter().flatten().copied();
            found.extend(own.filter(|at| self.is_of(*at, &["ACR501", "ACR502"])));
        }
        self.rules(found.into_iter())
    }

    /// Why a step fails that hangs on what stands at one place: an image, a manifest, a cluster that is refused.
    pub fn step(&self, path: &Path, step: &Step) -> Vec<&'static str> {
        let evidence = step.judgement.because.iter().map(|evidence| evidence.span);
        let primary = |at: &usize, place: Span| self.is_at(*at, place);
        let families: &[&str] = match step.name {
            "cluster" => &["ACR4"],
            "pod" => &["ACR2", "ACR7"],
            "registry" => &["ACR6", "ACR7"],
            "image" => &["ACR7", "ACR504"],
            _ => &[],
        };
        let found =
            evidence.chain([path.place]).flat_map(|place| self.placed(place).filter(move |at| primary(at, place)));
        let refused = self.refusals(path, step);
        self.rules(found.filter(|at| self.is_of(*at, families)).chain(refused))
    }

    /// Findings about a cluster or a registry as a whole that Azure refuses.
    fn refusals(&self, path: &Path, step: &Step) -> Vec<usize> {
        let world = self.case.world;
        let (address, families): (Option<&Address>, &[&str]) = match step.name {
            "cluster" => (path.cluster.and_then(|at| Some(&*world.clusters.get(at)?.resource.address)), &["ACR404"]),
            "registry" => {
                (path.registry.and_then(|at| Some(&*world.registries.get(at)?.resource.address)), &["ACR310"])
            }
            _ => (None, &[]),
        };
        let found = address.and_then(|address| self.by_address.get(address)).into_iter().flatten().copied();
        found.filter(|at| self.is_of(*at, families)).collect()
    }

    /// Which of these rules have a finding at the image of a path.
    pub fn image(&self, path: &Path, rules: &[&str]) -> Vec<&'static str> {
        let own = self.placed(path.place).filter(|at| self.is_at(*at, path.place) && self.is_of(*at, rules));
        self.rules(own)
    }

    fn of_pair(&self, pair: &Pair, families: &[&str]) -> Vec<&'static str> {
        self.rules(self.concerning(pair).into_iter().filter(|at| self.is_of(*at, families)))
    }

    /// The findings that are about a pair and about no other cluster and no other registry.
    fn concerning(&self, pair: &Pair) -> Vec<usize> {
        let (Some(cluster), Some(registry)) = (self.case.cluster(pair), self.case.registry(pair)) else {
            return Vec::new();
        };
        let (aks, acr) = (&*cluster.resource.address, &*registry.resource.address);
        let causes: BTreeSet<&Address> = self.case.causes(pair).map(|(_, grant)| &*grant.resource.address).collect();
        // What is about the registry alone, or about another cluster of it, is not about the pair.
        let named = std::iter::once(aks).chain(causes.iter().copied());
        let found: BTreeSet<usize> = named.filter_map(|it| self.by_address.get(it)).flatten().copied().collect();
        let foreign =
            |it: &Address| it != aks && self.clusters.contains(it) || it != acr && self.registries.contains(it);
        let reaches = |it: &Address| {
            let grants = self.grants.get(it).into_iter().flatten().filter_map(|at| self.case.world.grants.get(*at));
            grants.into_iter().any(|grant| grant.covers(registry) != Truth::No)
        };
        let is_it = |at: &usize| {
            let Some(found) = self.at(*at).filter(|it| !it.about.iter().any(foreign)) else { return false };
            let about = |own: &Address| found.about.iter().any(|it| it == own);
            let grants = || found.about.iter().any(|it| causes.contains(it) || about(aks) && reaches(it));
            let of_cluster = about(aks) && found.finding.rule.starts_with("ACR4");
            about(aks) && about(acr) || of_cluster || grants()
        };
        found.into_iter().filter(is_it).collect()
    }

    fn at(&self, at: usize) -> Option<&'c Found> {
        self.found.get(at).copied()
    }

    fn is_of(&self, at: usize, families: &[&str]) -> bool {
        self.at(at).is_some_and(|it| families.iter().any(|family| it.finding.rule.starts_with(family)))
    }

    fn is_at(&self, at: usize, place: Span) -> bool {
        self.at(at).is_some_and(|it| it.finding.primary.span == place)
    }

    fn placed(&self, place: Span) -> impl Iterator<Item = usize> + '_ {
        self.by_place.get(&place).into_iter().flatten().copied()
    }

    fn points_at(&self, at: usize, place: Span) -> bool {
        self.at(at).is_some_and(|it| places(&it.finding).any(|own| own == place))
    }

    fn rules(&self, found: impl Iterator<Item = usize>) -> Vec<&'static str> {
        let rules: BTreeSet<&'static str> = found.filter_map(|at| Some(self.at(at)?.finding.rule)).collect();
        rules.into_iter().collect()
    }
}

fn places(finding: &Finding) -> impl Iterator<Item = Span> + '_ {
    std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.span)
}
