//! ACR302 `egress-not-admitted`.

use super::blocked::{Blocked, blocked};
use super::{Key, Reporter, Rule};
use crate::edit;
use crate::finding::Severity;
use crate::pull::reach::{Outside, PublicFault as Fault};
use crate::pull::{Case, Obstacle};
use crate::source::Span;
use crate::world::network::address::{PREFIX, PUBLIC_IP};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR302",
    name: "egress-not-admitted",
    summary: "The rules of the registry don't admit the addresses with which the nodes come",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR302.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for blocked in blocked(case) {
        let told = match blocked.obstacle {
            Obstacle::Public(Fault::Outside(outside)) => outside_of(&blocked, outside, case),
            Obstacle::Public(Fault::Never(rules)) => never(&blocked, rules),
            Obstacle::Public(Fault::Subnet(span, what)) => Some((
                *span,
                format!("`{}` admits subnets, but {what}", shown(&blocked.registry.name)),
                (*what).to_owned(),
                SUBNET.to_owned(),
            )),
            _ => None,
        };
        let Some((place, message, at, help)) = told else { continue };
        let key = Key::of(&[&blocked.registry.resource.address, &blocked.cluster.resource.address]);
        blocked.report(case, reporter, place, [&message, &at], key, Vec::new()).help(help);
    }
}

const SUBNET: &str = "give the node subnet the service endpoint `Microsoft.ContainerRegistry` and list it in \
                      `virtualNetworkRules`; or admit the outgoing addresses of the cluster in `ipRules`";
const ADDRESS: &str = "admit the outgoing addresses of the cluster in the rules of the registry, or give the registry a \
                       private endpoint in a network that the nodes reach";

type Told = (Span, String, String, String);

fn outside_of(blocked: &Blocked<'_, '_>, outside: &Outside, case: &Case<'_, '_>) -> Option<Told> {
    let (first, declared) = outside.addresses.first()?;
    let more = outside.addresses.len() - 1;
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (registry, cluster) = (shown(&blocked.registry.name), shown(&blocked.cluster.name));
    let message = match outside.some {
        true => format!("`{registry}` admits only some outgoing addresses of `{cluster}`: not `{first}`{more}"),
        false => format!("`{registry}` does not admit `{cluster}`, whose nodes come with `{first}`{more}"),
    };
    let at = format!("no rule is about `{first}`{more}");
    let address = [PUBLIC_IP, PREFIX].into_iter().flat_map(|kind| case.world.resolver.of_kind(kind));
    let address = address.copied().find(|it| it.declared == *declared);
    // A name in the place of an address can be read where its resource is known, and not otherwise.
    let known = address.is_some() || first.starts_with(|digit: char| digit.is_ascii_digit());
    let help = match known {
        true => {
            let rest = if more.is_empty() { "" } else { "\nand the same for the others" };
            format!("{}{rest}", edit::admit_address(blocked.registry, first, address))
        }
        false => ADDRESS.to_owned(),
    };
    Some((outside.place, message, at, help))
}

fn never(blocked: &Blocked<'_, '_>, rules: &[(Span, &'static str)]) -> Option<Told> {
    let (place, why) = rules.first()?;
    let message = match blocked.severity {
        Severity::Error => format!("no rule of `{}` admits anybody: this one {why}", shown(&blocked.registry.name)),
        _ => format!("a rule of `{}` can never admit a node: it {why}", shown(&blocked.registry.name)),
    };
    Some((*place, message, (*why).to_owned(), ADDRESS.to_owned()))
}
