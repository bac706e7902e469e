//! The principal of a grant, rewritten in place.

use super::page::{Page, Tongue};
use super::readers::{is_own, is_read_elsewhere, is_within};
use super::repair::{made, place};
use super::{kubelet, member, modules, symbol};
use crate::azure::kinds::CLUSTER;
use crate::finding::Fix;
use crate::ir::{Language, Resource};
use crate::source::{Store, path};
use crate::world::cluster::{Cluster, Pulling};
use crate::world::grant::Grant;
use crate::world::identity::Holder;
use crate::world::workload::shown;

/// How an expression for something else than an object id ends, and how the one for the kubelet's identity, or the same
/// identity's object id, ends instead.
struct Ending {
    tongue: Tongue,
    wrong: &'static str,
    right: &'static str,
    /// The expression has to be about the cluster itself.
    of_cluster: bool,
}

const fn of_cluster(tongue: Tongue, wrong: &'static str, right: &'static str) -> Ending {
    Ending { tongue, wrong, right, of_cluster: true }
}

const fn of_identity(tongue: Tongue, wrong: &'static str, right: &'static str) -> Ending {
    Ending { tongue, wrong, right, of_cluster: false }
}

const BICEP: &str = ".properties.identityProfile.kubeletidentity.objectId";
const TERRAFORM: &str = ".kubelet_identity[0].object_id";

static ENDINGS: &[Ending] = &[
    of_cluster(Tongue::Bicep, ".identity.principalId", BICEP),
    of_cluster(Tongue::Bicep, ".properties.identityProfile.kubeletidentity.clientId", BICEP),
    of_cluster(Tongue::Bicep, ".properties.identityProfile.kubeletidentity.resourceId", BICEP),
    of_cluster(Tongue::Arm, ".identity.principalId", ".identityProfile.kubeletidentity.objectId"),
    of_cluster(Tongue::Arm, ".identityProfile.kubeletidentity.clientId", ".identityProfile.kubeletidentity.objectId"),
    of_cluster(Tongue::Arm, ".identityProfile.kubeletidentity.resourceId", ".identityProfile.kubeletidentity.objectId"),
    of_cluster(Tongue::Terraform, ".identity[0].principal_id", TERRAFORM),
    of_cluster(Tongue::Terraform, ".identity.0.principal_id", TERRAFORM),
    of_cluster(Tongue::Terraform, ".kubelet_identity[0].client_id", TERRAFORM),
    of_cluster(Tongue::Terraform, ".kubelet_identity.0.client_id", TERRAFORM),
    of_cluster(Tongue::Terraform, ".kubelet_identity[0].user_assigned_identity_id", TERRAFORM),
    of_identity(Tongue::Bicep, ".properties.clientId", ".properties.principalId"),
    of_identity(Tongue::Bicep, ".id", ".properties.principalId"),
    of_identity(Tongue::Terraform, ".client_id", ".principal_id"),
    of_identity(Tongue::Terraform, ".id", ".principal_id"),
];

/// The grant goes to the identity that pulls.
pub(super) fn fix(store: &Store, grant: &Grant<'_>, cluster: Option<&Cluster<'_>>, refused: bool) -> Option<Fix> {
    if cluster.is_some_and(|cluster| matches!(cluster.pulling, Pulling::ServicePrincipal(_))) {
        return None;
    }
    let span = grant.principal.span;
    let page = Page::of(store, span)?;
    let slot = page.slot(span.range())?;
    let named = page.part(slot.name.clone());
    let own = !is_within(span, grant.resource.extent) || matches!(named, "principalId" | "principal_id");
    if !own || !is_own(store, span, grant.resource) {
        return None;
    }
    let right = rewritten(store, &page, page.part(slot.value.clone()), grant, cluster)?;
    let mut edits = vec![(place(span, slot.value), right)];
    // Azure gives no assignment that is there another principal: a new one needs a name of its own.
    let renamed = match page.tongue {
        Tongue::Terraform => true,
        _ if refused => true,
        _ => member::renamed(store, grant, "kubelet").map(|edit| edits.push(edit)).is_some(),
    };
    let guessed = matches!(grant.holder, Holder::WrongKind("no GUID"));
    let title = match cluster {
        Some(cluster) => format!("grant it to the kubelet identity of `{}`", shown(&cluster.name)),
        None => "use the object id of the identity".to_owned(),
    };
    made(title, edits, renamed && !guessed)
}

/// An expression for the identity that pulls, made of the one that stands there.
fn rewritten(
    store: &Store,
    page: &Page,
    written: &str,
    grant: &Grant<'_>,
    cluster: Option<&Cluster<'_>>,
) -> Option<String> {
    let (open, inner, close) = unwrapped(written, page.tongue);
    let ending = ENDINGS.iter().filter(|it| it.tongue == page.tongue).find_map(|it| {
        let base = inner.strip_suffix(it.wrong)?;
        let fits = match (it.of_cluster, cluster) {
            (true, Some(cluster)) => is_cluster(base, page.tongue, grant, cluster),
            (true, None) => false,
            (false, _) => is_identity(base, page.tongue, grant),
        };
        fits.then_some((base, it.right))
    });
    if let Some((base, right)) = ending {
        let base = if page.tongue == Tongue::Arm { plain_reference(base)? } else { base.to_owned() };
        return Some(format!("{open}{base}{right}{close}"));
    }
    let inner = whole(store, page, grant.resource, cluster?)?;
    Some(if page.tongue == Tongue::Arm { format!("\"{inner}\"") } else { inner })
}

/// What wraps an expression, and the expression.
fn unwrapped(written: &str, tongue: Tongue) -> (&str, &str, &str) {
    let (open, close) = match tongue {
        Tongue::Arm => ("\"[", "]\""),
        Tongue::Terraform => ("\"${", "}\""),
        _ => ("'${", "}'"),
    };
    match written.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
        Some(inner) => (open, inner, close),
        None => ("", written, ""),
    }
}

/// Whether an expression is the cluster itself, by its own name, perhaps an instance of it, or by that of a declaration that
/// looks it up.
fn is_cluster(base: &str, tongue: Tongue, grant: &Grant<'_>, cluster: &Cluster<'_>) -> bool {
    let looked_up = match grant.holder {
        Holder::ControlPlane(at) if at.is_kind(CLUSTER) => Some(at),
        _ => None,
    };
    let mut names = [Some(cluster.resource), looked_up].into_iter().flatten().filter_map(|it| it.address.path.last());
    let index = |rest: &str| rest.is_empty() || rest.starts_with('[') && rest.ends_with(']');
    match tongue {
        Tongue::Terraform if !is_of_provider(base) => false,
        Tongue::Bicep | Tongue::Terraform => names.any(|step| base.strip_prefix(&*step.name).is_some_and(index)),
        Tongue::Arm => base.starts_with("reference(") && base.ends_with(')'),
        Tongue::Yaml => false,
    }
}

/// Whether a declaration of Terraform has the attributes of the provider's own cluster.
fn is_of_provider(symbol: &str) -> bool {
    symbol.strip_prefix("data.").unwrap_or(symbol).starts_with("azurerm_kubernetes_cluster.")
}

/// Whether an expression is a user-assigned identity of which something else than the object id is read.
fn is_identity(base: &str, tongue: Tongue, grant: &Grant<'_>) -> bool {
    if !matches!(grant.holder, Holder::WrongKind("a client id" | "a resource id")) {
        return false;
    }
    match tongue {
        Tongue::Terraform => base.starts_with("azurerm_user_assigned_identity."),
        // What kind of thing a name of Bicep is can't be seen in it: what has a client id directly is an identity.
        Tongue::Bicep => matches!(grant.holder, Holder::WrongKind("a client id")) && !base.contains('.'),
        _ => false,
    }
}

/// `reference(id, version, 'Full')` reads the whole resource; without the last argument it reads its properties.
fn plain_reference(base: &str) -> Option<String> {
    let inner = base.strip_suffix(')')?;
    let trimmed = inner.trim_end();
    let full = trimmed
        .len()
        .checked_sub("'full'".len())
        .filter(|&at| trimmed.get(at..).is_some_and(|end| end.eq_ignore_ascii_case("'full'")));
    let kept = match full {
        Some(at) => trimmed.get(..at)?.trim_end().strip_suffix(',')?.trim_end(),
        None => inner,
    };
    Some(format!("{kept})"))
}

/// The expression for the kubelet identity of a cluster that can be named where the grant stands.
fn whole(store: &Store, page: &Page, grant: &Resource, cluster: &Cluster<'_>) -> Option<String> {
    let at = cluster.resource;
    let single = at.address.path.last().is_some_and(|step| step.key.is_none()) && !symbol(at, false).is_empty();
    let together = at.address.root == grant.address.root && modules(at) == modules(grant);
    let declared = store.source(at.declared.source).path.clone();
    let seen = match page.tongue {
        Tongue::Terraform => path::folder_of(&declared) == path::folder_of(page.path()),
        _ => *declared == *page.path(),
    };
    let languages = match page.tongue {
        Tongue::Bicep => at.language == Language::Bicep,
        Tongue::Arm => at.language == Language::Arm && cluster.name.as_str().is_some(),
        Tongue::Terraform => at.language == Language::Terraform && is_of_provider(&symbol(at, false)),
        Tongue::Yaml => false,
    };
    let certain = single && together && seen && languages && !is_waited_for(store, grant);
    certain.then(|| kubelet(cluster, false))
}

/// Whether something may wait for the grant: should the cluster do so, neither could be made any more.
fn is_waited_for(store: &Store, grant: &Resource) -> bool {
    let name = match (grant.language, grant.address.path.last()) {
        (Language::Arm, _) => "Microsoft.Authorization/roleAssignments'".to_owned(),
        (_, Some(step)) => step.name.to_string(),
        (_, None) => return true,
    };
    is_read_elsewhere(store, &name, grant)
}

#[cfg(test)]
mod tests {
    use super::plain_reference;

    #[test]
    fn a_reference_to_the_whole_becomes_one_to_the_properties() {
        let made = |base| plain_reference(base).unwrap();
        assert_eq!(
            made("reference(resourceId('a', 'b'), '2024-05-01', 'Full')"),
            "reference(resourceId('a', 'b'), '2024-05-01')"
        );
        assert_eq!(made("reference('aks', '2024-05-01', 'full' )"), "reference('aks', '2024-05-01')");
        assert_eq!(made("reference('aks')"), "reference('aks')");
    }
}
