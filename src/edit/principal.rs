//! The principal of a grant, rewritten in place.

use super::page::{Page, Tongue};
use super::readers::{is_own, is_read_elsewhere, is_within};
use super::repair::{made, place};
use super::{PULL, READER, kubelet, member, modules, symbol};
use crate::azure::kinds::{CLUSTER, IDENTITY};
use crate::finding::Fix;
use crate::ir::{Case, Language, Node, Resolver, Resource, Target, Truth, Value, same_in};
use crate::source::{Store, path};
use crate::world::cluster::{Cluster, Pulling};
use crate::world::grant::{Grant, Granted};
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

/// What a grant is to become.
pub(super) struct Wanted<'r, 'a> {
    pub grant: &'r Grant<'a>,
    /// The cluster that is to pull with it, when it is known which one.
    pub cluster: Option<&'r Cluster<'a>>,
    /// The cluster may pull already: Azure makes no second grant of the same.
    pub served: bool,
    pub resolver: &'r Resolver<'a>,
}

/// Whose object id an expression is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The kubelet's identity, in the place of another one.
    Kubelet,
    /// The kubelet's identity, of which something else was read.
    Puller,
    /// The same identity's.
    Same,
}

/// The grant goes to the identity that pulls.
pub(super) fn fix(store: &Store, wanted: &Wanted<'_, '_>, refused: bool) -> Option<Fix> {
    let (grant, cluster) = (wanted.grant, wanted.cluster);
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
    let (right, whose) = rewritten(store, &page, page.part(slot.value.clone()), wanted)?;
    let pulls = whose != Whose::Same || wanted.reads(|cluster| wanted.kubelet_ids(cluster));
    // Nodes get no more than what they need for pulling, and nothing twice.
    if whose == Whose::Kubelet && !wanted.is_for_pulling_alone() || pulls && wanted.served {
        return None;
    }
    let mut edits = vec![(place(span, slot.value), right)];
    // Azure gives no assignment that is there another principal: a new one needs a name of its own.
    let seed = if whose == Whose::Same { "principal" } else { "kubelet" };
    let renamed = match page.tongue {
        Tongue::Terraform => true,
        _ if refused => true,
        _ => member::renamed(store, grant, seed).map(|edit| edits.push(edit)).is_some(),
    };
    let guessed = matches!(grant.holder, Holder::WrongKind("no GUID"));
    let title = match cluster.filter(|_| whose != Whose::Same) {
        Some(cluster) => format!("grant it to the kubelet identity of `{}`", shown(&cluster.name)),
        None => "use the object id of the identity".to_owned(),
    };
    made(title, edits, renamed && !guessed)
}

impl<'a> Wanted<'_, 'a> {
    /// Its role lets pull and nothing else.
    fn is_for_pulling_alone(&self) -> bool {
        matches!(self.grant.role, Granted::BuiltIn(role) if [PULL, READER].contains(&role.guid))
    }

    /// The id of what the principal is read from.
    fn read_from(&self) -> Option<Node> {
        let written = &self.grant.principal;
        let node = match &written.value {
            Value::Ref(_) | Value::Id(_) => written.clone(),
            _ => self.resolver.node(written),
        };
        match &node.value {
            Value::Ref(reference) => Some(match &reference.target {
                Target::Resource(address) => Node::reference(address.clone(), &["id"], node.span),
                Target::Id(id) => (**id).clone(),
            }),
            Value::Id(_) => Some(node),
            _ => None,
        }
    }

    /// Whether the principal is read from one of these things of the cluster.
    fn reads(&self, of: impl Fn(&Cluster<'a>) -> Vec<Node>) -> bool {
        let (Some(read), Some(cluster)) = (self.read_from(), self.cluster) else { return false };
        of(cluster).iter().any(|id| same_in(self.resolver, Case::Ignored, &read, id) == Truth::Yes)
    }

    /// The identity with which the nodes pull, when it is supplied.
    fn kubelet_ids(&self, cluster: &Cluster<'a>) -> Vec<Node> {
        match &cluster.pulling {
            Pulling::Kubelet { supplied, .. } => supplied.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// The cluster itself and its identities.
    fn cluster_ids(&self, cluster: &Cluster<'a>) -> Vec<Node> {
        let own = Node::reference(cluster.resource.address.clone(), &["id"], cluster.resource.declared);
        std::iter::once(own).chain(cluster.control.iter().cloned()).chain(self.kubelet_ids(cluster)).collect()
    }

    /// Whether what stands there is meant for the cluster, whatever of it is named: an application or the identity of
    /// something else is another one.
    fn is_for_the_cluster(&self) -> bool {
        let called = || self.resolver.node(&self.grant.principal).as_str().map(str::to_ascii_lowercase);
        match (&self.grant.holder, self.cluster) {
            (_, None) => false,
            (Holder::WrongKind("no GUID"), Some(cluster)) => {
                let name = cluster.name.as_str().map(str::to_ascii_lowercase);
                name.zip(called()).is_some_and(|(name, called)| !name.is_empty() && called.contains(&name))
            }
            (Holder::WrongKind(_), Some(_)) => self.reads(|cluster| self.cluster_ids(cluster)),
            _ => true,
        }
    }

    /// The principal is something of a user-assigned identity.
    fn reads_an_identity(&self) -> bool {
        self.read_from().and_then(|id| self.resolver.resource_of(&id)).is_some_and(|it| it.is_kind(IDENTITY))
    }
}

/// An expression for the identity that pulls, made of the one that stands there, and whose it is.
fn rewritten(store: &Store, page: &Page, written: &str, wanted: &Wanted<'_, '_>) -> Option<(String, Whose)> {
    let (open, inner, close) = unwrapped(written, page.tongue);
    let ending = ENDINGS.iter().filter(|it| it.tongue == page.tongue).find_map(|it| {
        let base = inner.strip_suffix(it.wrong)?;
        let fits = match (it.of_cluster, wanted.cluster) {
            (true, Some(cluster)) => is_cluster(base, page.tongue, wanted.grant, cluster),
            (true, None) => false,
            (false, _) => is_identity(base, page.tongue, wanted),
        };
        fits.then_some((base, it))
    });
    if let Some((base, ending)) = ending {
        let base = if page.tongue == Tongue::Arm { plain_reference(base)? } else { base.to_owned() };
        let whose = match ending.of_cluster {
            true if ending.wrong.contains("kubelet") => Whose::Puller,
            true => Whose::Kubelet,
            false => Whose::Same,
        };
        return Some((format!("{open}{base}{}{close}", ending.right), whose));
    }
    let cluster = wanted.cluster.filter(|_| wanted.is_for_the_cluster())?;
    let inner = whole(store, page, wanted.grant.resource, cluster)?;
    Some((if page.tongue == Tongue::Arm { format!("\"{inner}\"") } else { inner }, Whose::Kubelet))
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
fn is_identity(base: &str, tongue: Tongue, wanted: &Wanted<'_, '_>) -> bool {
    if !matches!(wanted.grant.holder, Holder::WrongKind("a client id" | "a resource id")) {
        return false;
    }
    match tongue {
        Tongue::Terraform => base.starts_with("azurerm_user_assigned_identity."),
        // What kind of thing a name of Bicep is can't be seen in it.
        Tongue::Bicep => !base.contains('.') && wanted.reads_an_identity(),
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
        Tongue::Arm => at.language == Language::Arm,
        Tongue::Terraform => at.language == Language::Terraform && is_of_provider(&symbol(at, false)),
        Tongue::Yaml => false,
    };
    let certain = single && together && seen && languages && !is_waited_for(store, grant);
    match page.tongue {
        _ if !certain => None,
        Tongue::Arm => Some(format!(
            "[reference(resourceId('Microsoft.ContainerService/managedClusters', {})).identityProfile.kubeletidentity.objectId]",
            member::named(store, at)?
        )),
        _ => Some(kubelet(cluster, false)),
    }
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
