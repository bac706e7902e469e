//! One chart, installed once: the names and values that it gets, and the objects that come out.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::super::manifest::Object;
use super::chart::{self, Chart, Reading};
use super::machine::{Decision, Machine, Parsed, Program, RELEASE_NAME, RELEASE_NAMESPACE, Unit, units};
use super::own_names;
use super::text::{Origin, Text, without_holes};
use super::unseen;
use super::value::{Kind, Native, Value};
use super::values::{Active, layered, rewritten_defaults};
use super::worlds;
use crate::frontend::Problem;
use crate::frontend::kubernetes::rewritten;
use crate::ir::{Cond, Deployment, Entry, Gap, Layer, Node, Site, Value as Known, Why};
use crate::source::path::in_folder;
use crate::source::{SourceId, Span, Store, Via};

/// Stack for templates that include templates.
const STACK: usize = 512 << 20;

/// Values that each file gets a copy of.
const MOST_COPIED: usize = 200_000;

/// Objects of one chart, in all the ways in which it is installed.
pub(super) const MOST_MADE: usize = 20_000;

/// How a chart is installed.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Release {
    /// The chart's folder, relative to the root.
    pub(in super::super) folder: String,
    /// What the release is called; nothing where nobody says.
    pub(in super::super) name: Option<Node>,
    /// The namespace that it goes to.
    pub(in super::super) namespace: Option<Node>,
    /// The namespace replaces those that objects state.
    pub(in super::super) moves: bool,
    /// Values, the later ones over the earlier ones.
    pub(in super::super) values: Vec<Layer>,
    /// What installs it.
    pub(in super::super) span: Span,
    /// Where it is brought by all that install it so.
    pub(in super::super) sites: Vec<Site>,
}

impl Release {
    /// Whether both give the same.
    pub(super) fn is_like(&self, other: &Release) -> bool {
        *self == Release { span: self.span, sites: self.sites.clone(), ..other.clone() }
    }

    /// Others bring the same elsewhere as well.
    pub(super) fn add_sites(&mut self, sites: &[Site]) {
        for site in sites {
            if !self.sites.contains(site) {
                self.sites.push(site.clone());
            }
        }
    }
}

/// What a chart gives.
#[derive(Debug, Default)]
pub(in super::super) struct Rendered {
    /// Objects that are there whatever the unknowns are.
    pub(in super::super) objects: Vec<Object>,
    /// Objects that hang on something unknown.
    pub(in super::super) perhaps: Vec<(Object, Cond)>,
    pub(in super::super) gaps: Vec<Gap>,
    pub(in super::super) problems: Vec<Problem>,
    pub(in super::super) read: Vec<SourceId>,
}

/// Renders a chart once.
pub(in super::super) fn render(store: &Store, release: &Release) -> Rendered {
    let name = in_folder(&release.folder, "Chart.yaml");
    let made = make(store, &release.folder, &[(name, release.clone())]);
    let mut rendered = Rendered::default();
    for made in made {
        for (object, when) in made.objects {
            match when {
                Cond::Always => rendered.objects.push(object),
                when => rendered.perhaps.push((object, when)),
            }
        }
        rendered.gaps.extend(made.gaps);
        rendered.problems.extend(made.problems);
        rendered.read.extend(made.read);
    }
    rendered
}

/// A chart rendered once, ready to become a deployment.
#[derive(Debug)]
pub(super) struct Made {
    name: String,
    source: Option<SourceId>,
    parameters: Option<SourceId>,
    objects: Vec<(Object, Cond)>,
    gaps: Vec<Gap>,
    sites: Vec<Site>,
    pub(super) problems: Vec<Problem>,
    pub(super) read: Vec<SourceId>,
    /// Folders of charts that are parts of this one.
    pub(super) inner: Vec<String>,
}

impl Made {
    pub(super) fn deployment(self, store: &Store) -> Option<Deployment> {
        let (objects, whens): (Vec<Object>, Vec<Cond>) = self.objects.into_iter().unzip();
        let mut deployment = super::super::deployment(store, &self.name, self.source?, objects, self.gaps);
        for (resource, when) in deployment.resources.iter_mut().zip(whens) {
            resource.deployed = when;
        }
        deployment.parameters = self.parameters;
        deployment.sites = self.sites;
        Some(deployment)
    }
}

/// Renders a chart as often as it is installed.
pub(super) fn make(store: &Store, folder: &str, releases: &[(String, Release)]) -> Vec<Made> {
    let outcome = std::thread::scope(|threads| {
        let work = || made(store, folder, releases, MOST_MADE);
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(threads, work);
        thread.map(std::thread::ScopedJoinHandle::join)
    });
    match outcome {
        Ok(Ok(made)) => made,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(_) => releases.iter().filter_map(|(name, _)| unread(store, folder, name)).collect(),
    }
}

/// A chart that there is no room to render.
fn unread(store: &Store, folder: &str, name: &str) -> Option<Made> {
    let id = store.open_path(&in_folder(folder, "Chart.yaml")).ok()?;
    let mut reading = Reading::default();
    reading.gap(Why::LimitReached("memory for a thread to render with".into()), Span::file(id));
    Some(Made {
        name: name.to_owned(),
        source: Some(id),
        parameters: None,
        objects: Vec::new(),
        gaps: reading.gaps,
        sites: Vec::new(),
        problems: Vec::new(),
        read: vec![id],
        inner: Vec::new(),
    })
}

pub(super) fn made(store: &Store, folder: &str, releases: &[(String, Release)], most: usize) -> Vec<Made> {
    let mut reading = Reading::default();
    let Some(chart) = chart::read(store, folder, &mut reading, 0) else { return Vec::new() };
    // What only other charts include installs nothing.
    if chart.is_library {
        return Vec::new();
    }
    let mut parsed = BTreeMap::new();
    let mut left = most;
    let all = releases.iter().map(|(name, release)| {
        let mut own = Reading::default();
        let objects = match left {
            0 => own.limit("objects of a chart that is installed again and again", release.span),
            _ => installed(store, &chart, name, release, &mut parsed, &mut own),
        };
        left = left.saturating_sub(objects.len());
        let mut gaps = reading.gaps.clone();
        for gap in own.gaps {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        let files = release.values.iter().rev().find_map(|layer| match layer {
            Layer::File(id) => Some(*id),
            _ => None,
        });
        Made {
            name: name.clone(),
            source: Some(chart.id),
            parameters: files,
            objects,
            gaps,
            sites: release.sites.clone(),
            problems: reading.problems.iter().chain(&own.problems).cloned().collect(),
            read: reading.read.iter().chain(&own.read).copied().collect(),
            inner: reading.inner.clone(),
        }
    });
    all.collect()
}

/// A file that gives objects.
struct File {
    unit: Rc<Unit>,
    id: SourceId,
    /// `chart/charts/inner/templates/x.yaml`.
    name: String,
    /// The chart among those that take part, by number.
    chart: usize,
}

/// A chart that takes part, with the scope of its templates.
struct Part {
    base: String,
    scope: BTreeMap<Rc<str>, Value>,
}

fn installed(
    store: &Store,
    chart: &Chart,
    name: &str,
    release: &Release,
    parsed: &mut BTreeMap<SourceId, Parsed>,
    reading: &mut Reading,
) -> Vec<(Object, Cond)> {
    let empty = Program { store, units: BTreeMap::new(), files: Vec::new() };
    let name: Arc<str> = name.into();
    let mut first = Machine::new(&empty, name.clone());
    let mut layers = Vec::new();
    rewritten_defaults(store, chart, "", &mut layers);
    layers.extend(release.values.iter().cloned());
    let user = layered(store, &layers, &mut first, reading);
    let active = Active::of(chart, &user, &mut first, reading);
    let values = active.coalesced(&user, &mut first, 0);
    let about = about_release(release, &mut first);
    let mut parts = Vec::new();
    let mut charts = Vec::new();
    scopes(&active, &active.name, &values, &about, true, &mut parts, &mut charts);

    let mut program =
        Program { store, units: BTreeMap::new(), files: charts.iter().map(|it| chart::seen(it)).collect() };
    let mut files = gathered(store, &parts, &charts, parsed, &mut program, reading);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut machine = first.continued(&program);
    let changes = changes_values(store, &charts);
    if changes && values.size() > MOST_COPIED {
        reading.gap(Why::LimitReached("values of a chart".into()), Span::file(chart.id));
        return Vec::new();
    }
    let mut objects = Vec::new();
    for file in &files {
        let Some(part) = parts.get(file.chart) else { continue };
        if !store.rewritten(file.id).is_empty() {
            reading.gap(rewritten::why(), Span::file(file.id));
            continue;
        }
        let dot = || {
            let mut scope = part.scope.clone();
            if changes {
                scope = scope.into_iter().map(|(key, value)| (key, value.deep_copy())).collect();
            }
            let template = BTreeMap::from([
                ("Name".into(), Value::str(file.name.as_str())),
                ("BasePath".into(), Value::str(format!("{}/templates", part.base))),
            ]);
            scope.insert("Template".into(), Value::map(template));
            Value::map(scope)
        };
        match worlds::render(&mut machine, &file.unit, file.id, &dot, Vec::<Decision>::new()) {
            Ok(merged) => {
                objects.extend(merged.objects);
                reading.gaps.extend(merged.gaps);
            }
            Err(stop) => reading.gap(stop.why, stop.span),
        }
    }
    // What isn't seen may pull what the values name.
    if files.is_empty() || reading.gaps.iter().any(|gap| gap.hides.is_some()) {
        let named = unseen::named(&mut machine, chart, &values, &objects, release);
        objects.extend(named.map(|object| (object, Cond::Always)));
    }
    if release.name.as_ref().and_then(Node::as_str).is_none() {
        own_names::name(&mut objects);
    }
    let namespace = release.namespace.as_ref();
    objects.into_iter().map(|(object, when)| (placed(object, namespace, release), when)).collect()
}

/// The charts that take part and what their templates see.
fn scopes<'a>(
    active: &Active<'a>,
    base: &str,
    values: &Value,
    about: &Value,
    is_root: bool,
    parts: &mut Vec<Part>,
    charts: &mut Vec<&'a Chart>,
) -> Value {
    let number = charts.len();
    charts.push(active.chart);
    let chart = active.chart.about.deep_copy();
    if let Some(map) = chart.as_map() {
        map.borrow_mut().entries.insert("Name".into(), Value::str(active.name.as_str()));
        map.borrow_mut().entries.insert("IsRoot".into(), Value::bool(is_root));
    }
    let capabilities = BTreeMap::from([
        ("APIVersions".into(), Value::new(Kind::Native(Native::ApiVersions))),
        ("KubeVersion".into(), Value::new(Kind::Native(Native::KubeVersion))),
        ("HelmVersion".into(), Value::map(BTreeMap::from([("Version".into(), Value::str("v3.18.0"))]))),
    ]);
    let mut scope: BTreeMap<Rc<str>, Value> = BTreeMap::from([
        ("Chart".into(), chart),
        ("Values".into(), values.clone()),
        ("Release".into(), about.clone()),
        ("Capabilities".into(), Value::map(capabilities)),
        ("Files".into(), Value::new(Kind::Native(Native::Files(number)))),
    ]);
    parts.push(Part { base: base.to_owned(), scope: BTreeMap::new() });
    let mut inner_scopes = BTreeMap::new();
    for inner in &active.inner {
        let values = values.get(&inner.name).unwrap_or_else(|| Value::map(BTreeMap::new()));
        let base = format!("{base}/charts/{}", inner.name);
        let inner_scope = scopes(inner, &base, &values, about, false, parts, charts);
        inner_scopes.insert(inner.name.as_str().into(), inner_scope);
    }
    scope.insert("Subcharts".into(), Value::map(inner_scopes));
    if let Some(part) = parts.get_mut(number) {
        part.scope = scope.clone();
    }
    Value::map(scope)
}

/// The template files in the order in which they count: definitions of outer charts win, then those of earlier names.
fn gathered(
    store: &Store,
    parts: &[Part],
    charts: &[&Chart],
    parsed: &mut BTreeMap<SourceId, Parsed>,
    program: &mut Program<'_>,
    reading: &mut Reading,
) -> Vec<File> {
    let mut all = Vec::new();
    for (number, (part, chart)) in parts.iter().zip(charts).enumerate() {
        all.extend(chart.templates.iter().map(|(path, id)| (format!("{}/{path}", part.base), *id, number)));
    }
    all.sort_by(|(a, ..), (b, ..)| {
        let depth = |path: &str| path.matches('/').count();
        depth(b).cmp(&depth(a)).then_with(|| b.cmp(a))
    });
    let mut files = Vec::new();
    for (name, id, chart) in all {
        let read = parsed.entry(id).or_insert_with(|| {
            let source = store.source(id);
            let origin =
                Origin { span: Span::new(id, 0, source.text.len()), is_value: false, secret: false, composed: false };
            units(id, &Text::written(without_holes(&source.text).into_owned(), Some(origin)))
        });
        match read {
            Ok((unit, defines)) => {
                reading.read.push(id);
                program.units.extend(defines.iter().map(|(name, unit)| (name.clone(), unit.clone())));
                program.units.insert(name.as_str().into(), unit.clone());
                let file = name.rsplit('/').next().unwrap_or(&name);
                let library = charts.get(chart).is_some_and(|chart| chart.is_library);
                if !file.starts_with('_') && !file.ends_with("NOTES.txt") && !library {
                    files.push(File { unit: unit.clone(), id, name, chart });
                }
            }
            Err(fault) => {
                let why = Why::UnsupportedSyntax(format!("a broken template ({})", fault.message).into());
                reading.gap(why, fault.span);
            }
        }
    }
    files
}

/// Whether a template may change values in place: then each file gets a copy.
fn changes_values(store: &Store, charts: &[&Chart]) -> bool {
    let changes = |id: &SourceId| {
        let text = store.source(*id).text.clone();
        ["set ", "merge", "unset "].iter().any(|word| text.contains(word))
    };
    charts.iter().any(|chart| chart.templates.iter().any(|(_, id)| changes(id)))
}

/// `.Release`.
fn about_release(release: &Release, machine: &mut Machine<'_>) -> Value {
    let mut named = |node: &Option<Node>, key: &str, why: &str| match node {
        Some(node) if node.why().is_none() => machine.value_of(node, key),
        // What isn't known is a name for all that.
        Some(node) => machine.unknown(key, node.why().cloned().unwrap_or(Why::TemplateText), true),
        None => machine.unknown(key, Why::Parameter(why.into()), true),
    };
    // What is called after the release is to be changed in the template.
    let name = named(&release.name, RELEASE_NAME, "the name of the release");
    let name = name.as_text().map_or(name.clone(), |text| Value::text(Text::plain(text.text.as_str())));
    let namespace = named(&release.namespace, RELEASE_NAMESPACE, "the namespace of the release");
    Value::map(BTreeMap::from([
        ("Name".into(), name),
        ("Namespace".into(), namespace),
        ("Service".into(), Value::str("Helm")),
        ("IsInstall".into(), Value::bool(true)),
        ("IsUpgrade".into(), Value::bool(false)),
        ("Revision".into(), Value::int(1)),
    ]))
}

/// An object in the namespace of its release, when it states none.
fn placed(mut object: Object, namespace: Option<&Node>, release: &Release) -> Object {
    let Some(namespace) = namespace.filter(|_| is_namespaced(&object)) else { return object };
    let stated = object.body.at(&["metadata", "namespace"]).is_some_and(|it| !it.is_null());
    if stated && !release.moves {
        return object;
    }
    let node = namespace.clone().through(release.span, Via::Overlay);
    let Known::Map(body) = &mut object.body.value else { return object };
    let body = Arc::make_mut(body);
    let metadata = body.entries.iter_mut().rev().find(|entry| entry.key.as_str() == Some("metadata"));
    if let Some(Entry { value: Node { value: Known::Map(metadata), .. }, .. }) = metadata {
        let metadata = Arc::make_mut(metadata);
        metadata.entries.retain(|entry| entry.key.as_str() != Some("namespace"));
        metadata.entries.push(Entry::new("namespace", node.span, node));
    }
    object
}

/// Kinds that stand in no namespace.
fn is_namespaced(object: &Object) -> bool {
    const OUTSIDE: [&str; 16] = [
        "Namespace",
        "Node",
        "PersistentVolume",
        "CustomResourceDefinition",
        "StorageClass",
        "VolumeAttachment",
        "CSIDriver",
        "CSINode",
        "PriorityClass",
        "RuntimeClass",
        "IngressClass",
        "APIService",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    ];
    !OUTSIDE.contains(&&*object.kind) && !object.kind.starts_with("Cluster")
}
