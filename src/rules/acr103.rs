//! ACR103 `principal-not-object-id`.

use super::{Reporter, Rule, story};
use crate::edit::{self, Repair};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::grant::Grant;
use crate::world::identity::Holder;
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR103",
    name: "principal-not-object-id",
    summary: "The principal of a role assignment is a client id, resource id or name, not an object id",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR103.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for grant in case.world.grants.iter().filter(|grant| grant.means_pull()) {
        let Holder::WrongKind(kind) = grant.holder else { continue };
        let covered = case.world.registries.iter().find(|registry| grant.covers(registry) == Truth::Yes);
        let Some(registry) = covered else { continue };
        let pair = case.pairs.iter().find(|pair| case.causes(pair).any(|(_, other)| std::ptr::eq(other, grant)));
        // Azure looks the principal up and refuses the deployment, unless the template says not to look.
        let refused = grant.resource.is_unconditional() && !grant.lookup_skipped;
        let fails = pair.is_some_and(|pair| case.fails(pair));
        let severity = if refused || fails { Severity::Error } else { Severity::Warning };
        let place = case.place_of(&grant.principal, grant.resource.declared);
        let message = format!("the principal of `{}` is {kind}, not a principal's object id", grant.role_name());
        let mut told = reporter.report(severity, place, message, &grant.resource.address).at(format!("this is {kind}"));
        if let Some(pair) = pair {
            told = story::pull(told, case, pair);
        }
        let told = told.with(registry.resource.declared, format!("the grant is on `{}`", shown(&registry.name)));
        let cluster = pair.and_then(|pair| case.cluster(pair));
        let own = |other: &&Grant<'_>| other.resource.declared == grant.resource.declared;
        let alike = case.world.grants.iter().filter(own).all(|it| matches!(it.holder, Holder::WrongKind(_)));
        let (served, resolver) = (pair.is_some_and(|it| it.permission.truth == Truth::Yes), &case.world.resolver);
        let repair = Repair::Principal { grant, cluster, refused, served, resolver };
        let fix = repair.fix(case.store).filter(|_| alike);
        let fix = fix.map(|fix| fix.only_safe_if(severity == Severity::Error));
        let told = told.fix(fix);
        match cluster {
            _ if kind == "the object id of an application" => told.help(
                "use the object id of the application's service principal (`azuread_service_principal.….object_id`): an \
                 application itself can't be given a role",
            ),
            Some(cluster) => told.help(edit::principal_of_puller(grant.resource, cluster)),
            None => told.help("use the object id (principal id) of the identity that pulls"),
        };
    }
}
