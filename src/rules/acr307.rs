//! ACR307 `registry-denied-by-nsg`.

use super::blocked::{Blocked, blocked};
use super::{Key, Reporter, Rule};
use crate::edit;
use crate::finding::Severity;
use crate::pull::reach::{Denial, FilterFault as Fault, Host};
use crate::pull::{Case, Obstacle};

pub(super) static RULE: Rule = Rule {
    id: "ACR307",
    name: "registry-denied-by-nsg",
    summary: "A network security group keeps the nodes from the registry, or from the storage of its layers",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR307.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let mut told: Vec<(usize, usize, &Denial)> = Vec::new();
    for blocked in blocked(case) {
        let Obstacle::Filter(Fault::Denied(denial)) = blocked.obstacle else { continue };
        let ends = (blocked.cluster.at, blocked.registry.at);
        // What denies the login server denies the layers as well; that is one thing to repair.
        let known = told.iter().any(|(cluster, registry, other)| {
            (*cluster, *registry) == ends && other.group == denial.group && other.inbound == denial.inbound
        });
        if !known {
            told.push((ends.0, ends.1, denial));
            tell(&blocked, denial, case, reporter);
        }
    }
}

fn tell<'a>(blocked: &Blocked<'_, 'a>, denial: &Denial, case: &Case<'_, 'a>, reporter: &mut Reporter) {
    let Denial { group, name, rule, to, .. } = denial;
    let direction = if denial.inbound { "from coming in" } else { "from going out" };
    let to = if denial.private { to.clone() } else { format!("`{to}`") };
    let message = format!("rule `{rule}` of `{name}` keeps nodes {direction} to {to}");
    let at = format!("priority {}, and no rule before it lets port 443 pass", denial.priority);
    let help = help(denial, case);
    let key = Key::of(&[group, &blocked.cluster.resource.address, &blocked.registry.resource.address]);
    let key = if denial.host == Host::Login { key } else { key.and("data") };
    blocked.report(case, reporter, denial.place, [&message, &at], key, Vec::new()).help(help);
}

/// The rules that are missing, with numbers that are free; in words where none is.
fn help(denial: &Denial, case: &Case<'_, '_>) -> String {
    let group = case.world.network.security_groups.iter().find(|it| it.resource.address == denial.group);
    let tags: &[&str] = match (denial.private, denial.host) {
        (true, _) => &["VirtualNetwork"],
        (false, Host::Login) => &["AzureContainerRegistry", "Storage"],
        (false, Host::Data) => &["Storage"],
    };
    if let Some(group) = group {
        // The first one is the lowest of them, so that they stand in order.
        let mut free: Vec<i64> = group.free_numbers(denial.priority, denial.inbound).take(tags.len()).collect();
        free.sort_unstable();
        let rules: Vec<(&str, i64)> = tags.iter().copied().zip(free).collect();
        match rules.as_slice() {
            [(_, number), ..] if denial.inbound => return edit::allow_in(group.resource, *number),
            rules if rules.len() == tags.len() => return edit::allow_out(group.resource, rules),
            _ => {}
        }
    }
    let way = if denial.inbound { "inbound" } else { "outbound" };
    let to = tags.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(" and ");
    format!("add an {way} rule with a priority below {} that allows TCP to port 443 of {to}", denial.priority)
}
