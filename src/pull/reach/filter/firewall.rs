//! What the rules of a firewall say of the traffic of nodes.

use super::decide::{Decision, Met, decide};
use super::target::{Target, origin, targets};
use super::{Fault, Halt, Stop};
use crate::azure::service_tags::Service;
use crate::ir::{Node, Resource, Truth};
use crate::pull::reach::{Host, Leg, Obstacle, Way, clause};
use crate::source::Span;
use crate::world::Completeness;
use crate::world::knowledge::Evidence;
use crate::world::network::firewall::{Application, Collection, Firewall, Names, Policy, Rule, What};
use crate::world::network::peers::Place;
use crate::world::network::route::Route;
use crate::world::workload::shown;

/// The last of the rules before it denies what no rule names.
const DEFAULT: &str = "a firewall denies what no rule lets pass";

/// A rule, and the collection that it stands in.
type Standing<'r> = (&'r Collection, &'r Rule);

/// A firewall with everything whose rules it follows.
struct Wall<'w, 'a> {
    firewall: &'w Firewall<'a>,
    policies: Vec<&'w Policy<'a>>,
    /// Its own rules, then those of its policies, the outermost first.
    levels: Vec<&'w [Collection]>,
    name: String,
}

impl Wall<'_, '_> {
    /// It has no rules at all.
    fn is_bare(&self) -> bool {
        self.policies.is_empty() && self.levels.iter().all(|level| level.is_empty())
    }
}

/// Whether the firewall to which a route hands traffic lets it pass.
pub(super) fn leg(way: Way<'_, '_>, firewall: &Firewall<'_>, target: &Target, route: &Route) -> Leg {
    let name = shown(&firewall.name);
    let Some(policies) = way.world.network.policies_of(firewall, &way.world.resolver) else {
        return Leg::unknown(
            firewall.resource.declared,
            format!("the policy of firewall `{name}` is not in this tree"),
        );
    };
    let open = firewall.open.as_ref().or_else(|| policies.iter().find_map(|policy| policy.open.as_ref()));
    if let Some((why, span)) = open {
        return Leg::unknown(*span, format!("firewall `{name}` may have rules that can't be read: {why}"));
    }
    let mut levels = vec![firewall.own.as_slice()];
    levels.extend(policies.iter().map(|policy| policy.rules.as_slice()));
    let wall = Wall { firewall, policies, levels, name };
    let mut concerned: Vec<&Resource> = vec![firewall.resource];
    concerned.extend(wall.policies.iter().map(|policy| policy.resource));
    super::unless_hidden(way, judged(way, &wall, target, route), &concerned)
}

fn judged(way: Way<'_, '_>, wall: &Wall<'_, '_>, target: &Target, route: &Route) -> Leg {
    let name = &wall.name;
    match decide(rules(&wall.levels, way, target), false) {
        Decision::By(true, (_, rule)) => {
            let text = format!("firewall `{name}` lets {} pass by rule `{}`", target.told(), shown(&rule.name));
            Leg::works(rule.span, text)
        }
        Decision::By(false, (_, rule)) => {
            let text = format!("rule `{}` of firewall `{name}` denies it", shown(&rule.name));
            let because = vec![clause(rule.span, text), handed(route, name)];
            stopped(stop(way, wall, target, Halt::DenyRule, rule.span), because, true)
        }
        Decision::Unclear((_, rule)) => {
            let text = format!("whether rule `{}` of firewall `{name}` decides is not known", shown(&rule.name));
            Leg::unknown(rule.span, text)
        }
        // Collections with rules that can't be read may have the one.
        Decision::Nothing if wall.levels.iter().flat_map(|level| level.iter()).any(|it| it.open) => Leg::unknown(
            wall.firewall.resource.declared,
            format!("firewall `{name}` may have rules that can't be read"),
        ),
        // Rules that are declared on their own are changes of the firewall: they may be this one's.
        Decision::Nothing if wall.is_bare() && way.world.is_changed_later(&wall.firewall.resource.kind) => {
            Leg::unknown(
                wall.firewall.resource.declared,
                format!("rules of firewall `{name}` may be declared elsewhere"),
            )
        }
        Decision::Nothing => unlisted(way, wall, target, route),
    }
}

/// No rule lets the traffic pass. Who answers for names through the firewall may send nodes elsewhere.
fn unlisted(way: Way<'_, '_>, wall: &Wall<'_, '_>, target: &Target, route: &Route) -> Leg {
    let proxied = wall.firewall.dns_proxy || wall.policies.iter().any(|policy| policy.dns_proxy);
    let sure = !proxied && way.world.outlook.completeness != Completeness::Open;
    let last = wall.policies.last().map_or(wall.firewall.resource, |policy| policy.resource);
    let place = place(&wall.levels, way).unwrap_or(last.declared);
    let mut stop = stop(way, wall, target, Halt::NoRule, place);
    stop.at = last.address.clone();
    if let Some((written, meant)) = misspelt(&wall.levels, target) {
        stop.place = written.span;
        stop.misspelt = Some((shown(written), meant));
    }
    stopped(stop, vec![clause(wall.firewall.resource.declared, DEFAULT), handed(route, &wall.name)], sure)
}

fn handed(route: &Route, name: &str) -> Evidence {
    clause(route.span, format!("route `{}` leads all traffic to firewall `{name}`", shown(&route.name)))
}

fn stop(way: Way<'_, '_>, wall: &Wall<'_, '_>, target: &Target, halt: Halt, place: Span) -> Stop {
    let at = wall.firewall.resource.address.clone();
    Stop { host: way.host, to: target.told(), halt, at, name: wall.name.clone(), place, misspelt: None }
}

fn stopped(stop: Stop, because: Vec<Evidence>, sure: bool) -> Leg {
    let obstacle = Obstacle::Filter(Fault::Stopped(stop));
    if sure { Leg::fails(obstacle, because) } else { Leg::may_fail(obstacle, because) }
}

/// All rules in the order in which a firewall reads them: those about addresses before those about names, those of the
/// outer policy before those of the inner one, by the numbers of groups and then of collections.
fn rules<'r>(levels: &[&'r [Collection]], way: Way<'_, '_>, target: &Target) -> Vec<Met<Standing<'r>>> {
    let from = origin(way);
    let mut all = Vec::new();
    for (level, collections) in levels.iter().enumerate() {
        for collection in *collections {
            for rule in &collection.rules {
                let stage = if matches!(rule.what, What::Application(_)) { 1 } else { 0 };
                let rank = collection.priority.map(|(group, own)| (stage * 64 + level, group, own));
                let there = if collection.certain { Truth::Yes } else { Truth::Unknown };
                let fits = there.and(fits(rule, &from, way, target));
                all.push(Met { rank, fits, allows: collection.allows, rule: (collection, rule) });
            }
        }
    }
    all
}

/// Whether a rule is about the traffic of nodes to a host.
pub(super) fn fits(rule: &Rule, from: &Place, way: Way<'_, '_>, target: &Target) -> Truth {
    let about = match &rule.what {
        What::Network(https, to, names) => {
            let address = to.cover(&Place::Public, &|tag| target.tagged(tag));
            https.and(address.or(hosts(names, way, target)))
        }
        What::Application(rule) => application(rule, way, target),
        What::Other => Truth::No,
        What::Unknown => Truth::Unknown,
    };
    match about {
        Truth::No => Truth::No,
        about => about.and(rule.sources.cover(from, &|_| Truth::No)),
    }
}

fn application(rule: &Application, way: Way<'_, '_>, target: &Target) -> Truth {
    let others = if rule.others { Truth::Unknown } else { Truth::No };
    rule.https.and(hosts(&rule.hosts, way, target).or(tags(&rule.tags, target)).or(others))
}

fn hosts(names: &Names, way: Way<'_, '_>, target: &Target) -> Truth {
    let seen = names.items.iter().map(|name| target.named(name, &way.world.resolver)).fold(Truth::No, Truth::or);
    seen.or(if names.open { Truth::Unknown } else { Truth::No })
}

/// The tag for AKS has the endpoints of the platform, and no registry of a customer. What tags of other services have is
/// Azure's business.
fn tags(tags: &Names, target: &Target) -> Truth {
    const WITHOUT: [&str; 4] =
        ["azurekubernetesservice", "windowsupdate", "windowsdiagnostics", "microsoftactiveprotectionservice"];
    let one = |tag: &Node| match tag.as_str().map(str::to_ascii_lowercase) {
        Some(tag) if WITHOUT.contains(&&*tag) || target.service == Service::Registry => Truth::No,
        _ => Truth::Unknown,
    };
    let seen = tags.items.iter().map(one).fold(Truth::No, Truth::or);
    seen.or(if tags.open { Truth::Unknown } else { Truth::No })
}

/// Where a rule for a host belongs: where the other host of the registry stands, else among the rules for names.
fn place(levels: &[&[Collection]], way: Way<'_, '_>) -> Option<Span> {
    let lists = |collection: &Collection| -> Vec<Span> {
        let list = |rule: &Rule| match &rule.what {
            What::Application(rule) => rule.hosts.span,
            _ => None,
        };
        collection.rules.iter().filter_map(list).collect()
    };
    let collections = || levels.iter().rev().flat_map(|level| level.iter()).filter(|it| it.allows == Some(true));
    let near = collections().flat_map(|collection| &collection.rules).find_map(|rule| match &rule.what {
        What::Application(names) if is_of_registry(names, way) => names.hosts.span,
        _ => None,
    });
    near.or_else(|| collections().flat_map(lists).next()).or_else(|| collections().map(|it| it.span).next())
}

/// Whether a rule names the registry, or storage.
fn is_of_registry(rule: &Application, way: Way<'_, '_>) -> bool {
    let all = [Host::Login, Host::Data].into_iter();
    let targets: Vec<Target> = all.flat_map(|host| targets(Way { host, ..way })).collect();
    rule.hosts.items.iter().any(|name| targets.iter().any(|it| it.named(name, &way.world.resolver) == Truth::Yes))
}

/// A name of a rule that was meant for the host, and what was meant.
fn misspelt<'r>(levels: &[&'r [Collection]], target: &Target) -> Option<(&'r Node, String)> {
    let rules = levels.iter().flat_map(|level| level.iter()).flat_map(|collection| &collection.rules);
    rules.flat_map(names).find_map(|name| Some((name, target.misspelt(name)?)))
}

/// The names of hosts in a rule.
pub(super) fn names(rule: &Rule) -> &[Node] {
    match &rule.what {
        What::Application(rule) => &rule.hosts.items,
        What::Network(_, _, names) => &names.items,
        _ => &[],
    }
}
