//! ACR214 `needless-pull-secret`.

use super::reporter::Key;
use super::{Reporter, Rule};
use crate::azure::image;
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::{Case, Offer, Path};
use crate::world::knowledge::Truth;
use crate::world::secret::{Credential, Secret};

pub(super) static RULE: Rule = Rule {
    id: "ACR214",
    name: "needless-pull-secret",
    summary: "A pod lists a pull secret for a registry from which the nodes can pull anyway",
    severity: Severity::Note,
    docs: include_str!("../../rules/ACR214.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for (at, workload) in case.world.workloads.iter().enumerate() {
        let paths: Vec<&Path> = case.paths.iter().filter(|path| path.workload == Some(at)).collect();
        let served = |path: &&Path| path.node == Some(Truth::Yes) && path.truth() == Truth::Yes;
        if paths.is_empty() || !paths.iter().all(served) {
            continue;
        }
        // What an account has, other pods may need.
        let own = |offer: &&Offer| workload.secrets.names.iter().any(|name| name.span == offer.named);
        let offers = paths.first().map_or(&[][..], |path| &path.offers);
        let needless: Vec<(&Offer, &Secret<'_>)> = offers
            .iter()
            .filter(own)
            .filter(|offer| !offer.what.is_dying())
            .filter_map(|offer| Some((offer, case.world.secrets.get(offer.secret?)?)))
            .filter(|(_, secret)| is_for_these(case, secret, &paths))
            .collect();
        // A list that would have nothing left goes as a whole.
        let all = |offer: &Offer| match needless.len() == workload.secrets.names.len() && !workload.secrets.open {
            true => needless.iter().map(|(offer, _)| offer.named).collect(),
            false => vec![offer.named],
        };
        for &(offer, secret) in &needless {
            let name = &offer.name;
            let message = format!("pull secret `{name}` is not needed: the nodes may pull by themselves");
            let key = Key::from(format!("{}:{name}", workload.label));
            let key = key.about([&workload.resource.address, &secret.resource.address]);
            reporter
                .report(RULE.severity, offer.named, message, key)
                .with(secret.resource.declared, "the secret")
                .help("drop it from the pod: a credential less to renew and to lose")
                .fix(Repair::NeedlessEntry { places: all(offer), manifest: workload.resource.extent }.fix(case.store));
        }
    }
}

/// Whether every entry of a secret is for an image that the nodes pull by themselves.
fn is_for_these(case: &Case<'_, '_>, secret: &Secret<'_>, paths: &[&Path]) -> bool {
    let serves = |entry: &Credential| {
        paths.iter().any(|path| {
            let parsed = path.image.as_ref().map(image::parse);
            let rest = parsed.as_ref().and_then(|image| image.rest.as_str()).unwrap_or_default();
            let host = parsed.as_ref().and_then(|image| image.host.as_ref());
            host.is_some_and(|host| entry.is_for(host, rest, &case.world.resolver) == Truth::Yes)
        })
    };
    !secret.entries().is_empty() && secret.entries().iter().all(serves)
}
