//! Do the pull secrets of a pod offer a credential for the image?

mod opened;
mod outcome;
mod shadow;

pub use outcome::{LINE_END, Outcome, day, lacking, refusal};

use opened::{Wanted, opened};

use crate::ir::{Assumption, Cond, Node, Truth};
use crate::source::Span;
use crate::world::registry::Registry;
use crate::world::secret::{Lack, Secret, spoken};
use crate::world::workload::{Workload, shown};
use crate::world::{Completeness, World};

/// What one pull secret of a pod offers.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Where the pod, or its service account, names it.
    pub named: Span,
    /// Its name.
    pub name: String,
    /// The outcome.
    pub what: Outcome,
    /// The secret, by its place in the world.
    pub secret: Option<usize>,
}

/// What the pull secrets of a workload offer for an image of `host`; `path` is what follows the host.
pub fn offers<'a>(
    world: &World<'a>,
    workload: &Workload<'a>,
    host: &Node,
    path: &str,
    registry: Option<&Registry<'a>>,
) -> Vec<Offer> {
    offered(world, workload, &world.secrets_of(workload).names, &Wanted { host, path, registry })
}

/// What the pull secrets of the workload's service account would offer, should the pod list none.
pub fn account_offers<'a>(
    world: &World<'a>,
    workload: &Workload<'a>,
    host: &Node,
    path: &str,
    registry: Option<&Registry<'a>>,
) -> Vec<Offer> {
    offered(world, workload, &world.account_secrets(workload).names, &Wanted { host, path, registry })
}

fn offered<'a>(world: &World<'a>, workload: &Workload<'a>, names: &[Node], wanted: &Wanted<'_, 'a>) -> Vec<Offer> {
    let offers = names.iter().map(|name| offer(world, workload, name, wanted));
    // A kustomization that a command edits first builds other manifests than these.
    let edited = world.edits_manifests(workload);
    let unknown = |offer: Offer, why: &str| Offer { what: Outcome::Unknown(why.to_owned()), ..offer };
    let settle = |offer: Offer| match offer.what.truth() {
        // Another puller than the kubelet, which wants its secrets in another shape.
        _ if workload.virtual_nodes => unknown(offer, "virtual nodes do not read it as the kubelet does"),
        Truth::No if edited => unknown(offer, "a command edits the kustomization first"),
        _ => offer,
    };
    offers.map(settle).collect()
}

fn offer<'a>(world: &World<'a>, workload: &Workload<'a>, node: &Node, wanted: &Wanted<'_, 'a>) -> Offer {
    let unknown =
        |why: &str| Offer { named: node.span, name: shown(node), what: Outcome::Unknown(why.to_owned()), secret: None };
    let Some(name) = node.as_str() else { return unknown("its name is not known") };
    let (here, elsewhere) = world.secrets_named(name, &workload.namespace);
    let made = |what, secret: Option<&Secret<'a>>| Offer {
        named: node.span,
        name: spoken(name, workload.resource),
        what,
        secret: secret.and_then(|secret| world.secrets.iter().position(|other| std::ptr::eq(other, secret))),
    };
    if let [secret] = here.as_slice() {
        let sure = secret.name.as_str().is_some()
            && world.share_a_namespace((secret.resource, &secret.namespace), (workload.resource, &workload.namespace));
        let what = opened(world, secret, wanted);
        return match what {
            Outcome::Placeholder(_) if world.fills_placeholders() => {
                unknown("its placeholder is filled in when it is applied")
            }
            what if is_left_empty(&what) && is_chart_by_itself(&secret.resource.address.root) => {
                unknown("whoever installs the chart fills it in")
            }
            Outcome::Placeholder(_) if is_example(&secret.resource.address.root) => {
                unknown("it stands in an example that somebody fills in")
            }
            _ if world.outlook.examples.contains(&secret.resource.extent.source) => {
                unknown("it stands in an example of the file that is applied")
            }
            _ if secret.goes => unknown("a hook makes it, and takes it away again"),
            what if what.is_dying() && world.is_made_anew(name, &workload.namespace) => {
                unknown("something makes it anew when it runs")
            }
            _ if !implies(&workload.resource.deployed, &secret.resource.deployed) => {
                unknown("whether it is made hangs on a condition")
            }
            // Where namespaces are not known, another secret of the name may be the one.
            what if sure => made(what, Some(secret)),
            _ => unknown("whether it is in the pod's namespace is not known"),
        };
    }
    if !here.is_empty() {
        return unknown("several secrets may be meant");
    }
    if world.may_be_made_later(name, &workload.namespace) {
        return unknown("made by something that runs later");
    }
    if world.changes_pods(workload) {
        return unknown("something changes the pull secrets of pods when they are made");
    }
    if let Some((why, _)) = world.secrets_open() {
        return unknown(&format!("there may be secrets that can't be seen: {why}"));
    }
    if !elsewhere.is_empty() && world.may_be_unsaved(workload, &elsewhere) {
        return unknown("only that of another namespace was saved");
    }
    match elsewhere.first().and_then(|secret| Some((secret, secret.namespace.name()?))) {
        Some((secret, namespace)) => made(Outcome::OtherNamespace(namespace.to_owned()), Some(secret)),
        None => made(Outcome::Missing, None),
    }
}

/// Whether a deployment is a chart with its own values, which nothing here installs.
fn is_chart_by_itself(root: &str) -> bool {
    let chart = root.split(" with ").next().unwrap_or(root);
    // Who installs it stands behind in brackets.
    (chart == "Chart.yaml" || chart.ends_with("/Chart.yaml")) && !root.ends_with(')')
}

/// Whether what a credential lacks is what the values of a chart leave to others: user, password, host.
fn is_left_empty(what: &Outcome) -> bool {
    match what {
        Outcome::Placeholder(lack) => matches!(lack, Lack::Password | Lack::User),
        Outcome::OtherHost(hosts) => hosts.iter().all(String::is_empty),
        _ => false,
    }
}

/// Words of a path that say that a file is there to be copied and filled in.
const EXAMPLE: [&str; 6] = ["example", "examples", "sample", "samples", "template", "dist"];

/// Whether a folder says that its files are there to be copied and filled in.
fn is_example(path: &str) -> bool {
    let mut words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| EXAMPLE.contains(&word))
}

/// Whether a file is the example of another one: `secret.example.yaml`, `secret.yaml.sample`.
pub fn is_example_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    name.split('.').skip(1).any(|word| EXAMPLE.contains(&word)) || name.starts_with("example.")
}

/// Whether what hangs on the one condition is never there without what hangs on the other.
fn implies(one: &Cond, other: &Cond) -> bool {
    if *other == Cond::Always || one == other {
        return true;
    }
    let without = Cond::all([one.clone(), other.negate()]);
    let completions = Assumption::every(&without.atoms(), MOST);
    completions.is_some_and(|cases| cases.iter().all(|case| without.under(case) == Some(false)))
}

/// More completions than this are not tried.
const MOST: usize = 64;

/// In a closed world a secret that nobody makes is not there; in an open one it may be in the pod's namespace as well.
pub(super) fn truth_of(offer: &Offer, world: &World<'_>) -> Truth {
    match (&offer.what, world.outlook.completeness) {
        (Outcome::Missing, Completeness::Closed) => Truth::No,
        (Outcome::OtherNamespace(_), Completeness::Open) => Truth::Unknown,
        (what, _) => what.truth(),
    }
}
