//! ACR307 `registry-denied-by-nsg`.

use super::blocked::{Blocked, blocked};
use super::{Key, Reporter, Rule};
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

fn tell(blocked: &Blocked<'_, '_>, denial: &Denial, case: &Case<'_, '_>, reporter: &mut Reporter) {
    let Denial { group, name, rule, to, .. } = denial;
    let direction = if denial.inbound { "from coming in" } else { "from going out" };
    let message = format!("rule `{rule}` of `{name}` keeps nodes {direction} to `{to}`");
    let at = format!("priority {}, and no rule before it lets port 443 pass", denial.priority);
    let help = help(denial);
    let key = Key::of(&[group, &blocked.cluster.resource.address, &blocked.registry.resource.address]);
    let key = if denial.host == Host::Login { key } else { key.and("data") };
    blocked.report(case, reporter, denial.place, [&message, &at, &help], key);
}

fn help(denial: &Denial) -> String {
    let way = if denial.inbound { "inbound" } else { "outbound" };
    let to = match (denial.private, denial.host) {
        (true, _) => "the addresses of the private endpoint, or to `VirtualNetwork`",
        (false, Host::Login) => "`AzureContainerRegistry`, and one to `Storage` for the layers",
        (false, Host::Data) => "`Storage`",
    };
    format!("add an {way} rule with a priority below {} that allows TCP to port 443 of {to}", denial.priority)
}
