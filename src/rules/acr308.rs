//! ACR308 `registry-not-in-firewall-rules`.

use super::blocked::{Blocked, blocked};
use super::{Key, Reporter, Rule};
use crate::edit::{self, Repair};
use crate::finding::Severity;
use crate::pull::reach::{FilterFault as Fault, Halt, Host, Stop};
use crate::pull::{Case, Obstacle};

pub(super) static RULE: Rule = Rule {
    id: "ACR308",
    name: "registry-not-in-firewall-rules",
    summary: "The way out of the nodes leads through a firewall that does not let the registry's hosts pass",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR308.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let all: Vec<(Blocked<'_, '_>, &Stop)> = blocked(case)
        .filter_map(|blocked| match blocked.obstacle {
            Obstacle::Filter(Fault::Stopped(stop)) => Some((blocked, stop)),
            _ => None,
        })
        .collect();
    let ends = |blocked: &Blocked<'_, '_>| (blocked.cluster.at, blocked.registry.at);
    for (place, (blocked, stop)) in all.iter().enumerate() {
        let same = |(other, it): &&(Blocked<'_, '_>, &Stop)| {
            ends(other) == ends(blocked) && it.at == stop.at && it.halt == stop.halt && it.place == stop.place
        };
        // One list to change is one finding, whichever of the hosts it lacks.
        if all.iter().take(place).any(|other| same(&other)) {
            continue;
        }
        let group: Vec<&(Blocked<'_, '_>, &Stop)> = all.iter().filter(same).collect();
        let loudest = group.iter().max_by_key(|(blocked, _)| blocked.severity == Severity::Error);
        let loudest = loudest.map_or(blocked, |(loudest, _)| loudest);
        tell(loudest, stop, &group.iter().map(|(_, stop)| *stop).collect::<Vec<_>>(), case, reporter);
    }
}

fn tell<'a>(blocked: &Blocked<'_, 'a>, stop: &Stop, all: &[&Stop], case: &Case<'_, 'a>, reporter: &mut Reporter) {
    let hosts = hosts(all);
    let name = &stop.name;
    let message = match stop.halt {
        Halt::NoRule => format!("firewall `{name}` has no rule for {hosts}"),
        Halt::DenyRule => format!("firewall `{name}` denies {hosts}"),
        Halt::Route => format!("route `{name}` drops what goes to {hosts}"),
        Halt::Suspect => format!("rule `{name}` lets the registry pass, but not {hosts}"),
    };
    let at = match (&stop.misspelt, stop.halt) {
        (Some((written, _)), _) => format!("`{written}` is no host of Azure"),
        (None, Halt::NoRule) => format!("no rule lets {hosts} pass for HTTPS on port 443 from the nodes"),
        (None, Halt::DenyRule) => "denies it before another rule lets it pass".to_owned(),
        (None, _) => "drops it".to_owned(),
    };
    let key = Key::of(&[&stop.at, &blocked.cluster.resource.address, &blocked.registry.resource.address]);
    let key = if all.iter().any(|stop| stop.host == Host::Login) { key } else { key.and("data") };
    let fix = stop
        .misspelt
        .as_ref()
        .and_then(|(written, meant)| Repair::RuleHost { place: stop.place, from: written, to: meant }.fix(case.store));
    let help = help(blocked, stop, all, case);
    blocked.report(case, reporter, stop.place, [&message, &at], key, Vec::new()).help(help).fix(fix);
}

/// The hosts that are told, each once, the login server first.
fn hosts(all: &[&Stop]) -> String {
    let first = |host: Host| all.iter().find(|stop| stop.host == host).map(|stop| format!("`{}`", stop.to));
    let told: Vec<String> = [Host::Login, Host::Data].into_iter().filter_map(first).collect();
    told.join(" and ")
}

fn help<'a>(blocked: &Blocked<'_, 'a>, stop: &Stop, all: &[&Stop], case: &Case<'_, 'a>) -> String {
    let hosts = hosts(all);
    match (&stop.misspelt, stop.halt) {
        (Some((written, meant)), _) => format!("write `{meant}` instead of `{written}`"),
        (None, Halt::NoRule) => {
            let network = &case.world.network;
            let firewalls = network.firewalls.iter().map(|it| it.resource);
            let mut walls = firewalls.chain(network.policies.iter().map(|it| it.resource));
            match walls.find(|it| it.address == stop.at) {
                Some(wall) => {
                    let named: Vec<String> = hosts.split(" and ").map(|host| host.replace('`', "")).collect();
                    let piece = edit::allow_through_firewall(wall, &named, &blocked.ranges(case));
                    format!("{piece}\nthe tag `AzureKubernetesService` has no registry of yours")
                }
                None => format!("add {hosts} to an application rule for HTTPS on port 443 from the node subnet"),
            }
        }
        (None, Halt::DenyRule) => format!("let {hosts} pass in a collection with a lower number than this one"),
        (None, _) => "lead all addresses to the internet or to a firewall that lets the registry pass".to_owned(),
    }
}
