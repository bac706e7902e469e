//! A chart as it lies in its folder: what it says of itself, its default values, its templates, the charts inside.

use std::collections::BTreeMap;
use std::rc::Rc;

use globset::{Glob, GlobMatcher};

use super::format::{json_float, shown};
use super::machine::ChartFiles;
use super::value::{Kind, Value};
use super::yaml::value_of;
use crate::frontend::{Problem, Trouble};
use crate::ir::{Gap, Hides, Why, placeholder};
use crate::source::path::in_folder;
use crate::source::{SourceId, Span, Store};
use crate::syntax::yaml;

/// Charts inside of charts, and how many one chart may bring.
const DEEPEST: usize = 12;
const MOST_CHARTS: usize = 200;
/// Files of one chart.
const MOST_FILES: usize = 5_000;

/// A chart and those inside.
pub(super) struct Chart {
    /// Relative to the root, `""` for the root itself.
    pub(super) folder: String,
    pub(super) id: SourceId,
    pub(super) name: String,
    /// `.Chart`.
    pub(super) about: Value,
    /// `values.yaml`.
    pub(super) values: Value,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) charts: Vec<Chart>,
    /// Paths in the chart, and files.
    pub(super) templates: Vec<(String, SourceId)>,
    pub(super) files: BTreeMap<Rc<str>, SourceId>,
    pub(super) is_library: bool,
}

/// An entry of `dependencies`.
#[derive(Clone, Debug)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) alias: Option<String>,
    pub(super) conditions: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) imports: Vec<Value>,
    repository: String,
    span: Span,
}

/// What came up while a chart was read.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) gaps: Vec<Gap>,
    pub(super) problems: Vec<Problem>,
    pub(super) read: Vec<SourceId>,
    /// Folders of charts that are read as parts of this one.
    pub(super) inner: Vec<String>,
    charts: usize,
    /// Folders of the charts that are being read, the outermost first.
    around: Vec<String>,
}

impl Reading {
    pub(super) fn gap(&mut self, why: Why, span: Span) {
        self.gaps.push(Gap { why, span, hides: Some(Hides::Anything) });
    }

    /// More than is read or rendered: what is left out may be anything.
    pub(super) fn limit<T: Default>(&mut self, what: &'static str, span: Span) -> T {
        let why = Why::LimitReached(what.into());
        self.problems.push(Problem { trouble: Trouble::Limit, message: why.to_string(), span, help: None });
        self.gap(why, span);
        T::default()
    }
}

/// Reads the chart of a folder; nothing when there is none.
pub(super) fn read(store: &Store, folder: &str, reading: &mut Reading, depth: usize) -> Option<Chart> {
    let id = store.open_path(&in_folder(folder, "Chart.yaml")).ok()?;
    reading.charts += 1;
    let circles = reading.around.iter().any(|around| around == folder);
    if circles || depth > DEEPEST || reading.charts > MOST_CHARTS {
        reading.gap(Why::LimitReached("charts inside of charts".into()), Span::file(id));
        return None;
    }
    let written = tree(store, id, reading);
    let name = text(&written, "name").unwrap_or_else(|| folder.rsplit('/').next().unwrap_or_default().to_owned());
    let mut listed = written.get("dependencies");
    if let Ok(requirements) = store.open_path(&in_folder(folder, "requirements.yaml")) {
        let older = tree(store, requirements, reading).get("dependencies");
        listed = listed.or(older);
    }
    let listed = listed.as_ref().and_then(Value::as_list).map(|list| list.items.clone()).unwrap_or_default();
    let dependencies: Vec<Dependency> = listed.iter().filter_map(|it| dependency(it, id)).collect();
    let values = match store.open_path(&in_folder(folder, "values.yaml")) {
        Ok(values) => tree(store, values, reading),
        Err(_) => Value::map(BTreeMap::new()),
    };
    let ignored = Ignored::read(store, folder);
    let mut chart = Chart {
        folder: folder.to_owned(),
        id,
        name,
        about: about(&written),
        values: if values.as_map().is_some() { values } else { Value::map(BTreeMap::new()) },
        dependencies,
        charts: Vec::new(),
        templates: Vec::new(),
        files: BTreeMap::new(),
        is_library: text(&written, "type").as_deref() == Some("library"),
    };
    chart.gather(store, "", &ignored, reading, 0);
    reading.around.push(folder.to_owned());
    chart.inner(store, reading, depth);
    reading.around.pop();
    Some(chart)
}

impl Chart {
    /// Takes in the files below a folder of the chart.
    fn gather(&mut self, store: &Store, inside: &str, ignored: &Ignored, reading: &mut Reading, depth: usize) {
        let here = if inside.is_empty() { self.folder.clone() } else { in_folder(&self.folder, inside) };
        for name in store.list(&here) {
            let path = in_folder(inside, &name);
            if ignored.covers(&path, false) || matches!(&*path, "Chart.yaml" | "values.yaml" | "Chart.lock") {
                continue;
            }
            if self.files.len() + self.templates.len() >= MOST_FILES {
                return reading.gap(Why::LimitReached("files of a chart".into()), Span::file(self.id));
            }
            let is_template = path.starts_with("templates/");
            let Ok(id) = store.open_path(&in_folder(&self.folder, &path)) else { continue };
            match is_template {
                true => self.templates.push((path, id)),
                false => drop(self.files.insert(path.as_str().into(), id)),
            }
        }
        for name in store.folders(&here) {
            let path = in_folder(inside, &name);
            let skips = name == ".git" || name == "node_modules" || path == "charts" || ignored.covers(&path, true);
            // A chart beside its templates is none of this one's files.
            let is_chart = !path.starts_with("templates")
                && store.list(&in_folder(&here, &name)).iter().any(|it| it == "Chart.yaml");
            if depth < DEEPEST && !skips && !is_chart {
                self.gather(store, &path, ignored, reading, depth + 1);
            }
        }
    }

    /// The charts in `charts/`, and those that lie beside and would be put there.
    fn inner(&mut self, store: &Store, reading: &mut Reading, depth: usize) {
        let home = in_folder(&self.folder, "charts");
        let mut archives = Vec::new();
        for name in store.folders(&home) {
            let folder = in_folder(&home, &name);
            if name.starts_with(['.', '_']) {
                continue;
            }
            if let Some(chart) = read(store, &folder, reading, depth + 1) {
                reading.inner.push(folder);
                self.charts.push(chart);
            }
        }
        archives.extend(store.list(&home).into_iter().filter(|name| name.ends_with(".tgz")));
        for at in 0..self.dependencies.len() {
            let Some(dependency) = self.dependencies.get(at).cloned() else { continue };
            if self.charts.iter().any(|chart| chart.name == dependency.name) {
                continue;
            }
            let beside = dependency.repository.strip_prefix("file://").and_then(|path| beside(&self.folder, path));
            match beside.and_then(|folder| Some((read(store, &folder, reading, depth + 1)?, folder))) {
                Some((chart, folder)) => {
                    reading.inner.push(folder);
                    self.charts.push(chart);
                }
                None => {
                    reading.gap(Why::UnresolvedModule(dependency.name.as_str().into()), dependency.span);
                    archives.retain(|name| !name.starts_with(&format!("{}-", dependency.name)));
                }
            }
        }
        for name in archives {
            reading.gap(Why::UnsupportedSyntax(format!("the packed chart {name}").into()), Span::file(self.id));
        }
    }
}

/// A path as seen from a folder; nothing when it leads out of the root.
fn beside(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A YAML file as a value; its faults are told.
pub(super) fn tree(store: &Store, id: SourceId, reading: &mut Reading) -> Value {
    if reading.read.contains(&id) {
        return parsed(store, id, &mut Reading::default());
    }
    reading.read.push(id);
    parsed(store, id, reading)
}

fn parsed(store: &Store, id: SourceId, reading: &mut Reading) -> Value {
    let text = store.source(id).text.clone();
    let (documents, _, faults) = yaml::parse(id, &text);
    if let Some(fault) = faults.first() {
        reading.gap(Why::Unreadable(store.source(id).path.clone()), fault.span);
    }
    // A fault on a line with a placeholder is no fault of the file that will be used.
    let source = store.source(id);
    let filled_in = |span: Span| source.line(source.line_of(span.start)).is_some_and(placeholder::stands_in);
    let real = faults.into_iter().filter(|fault| !filled_in(fault.span));
    reading.problems.extend(real.map(Problem::from));
    documents.first().map_or_else(Value::nil, |document| value_of(&document.root, &text, false))
}

fn text(value: &Value, key: &str) -> Option<String> {
    let value = value.get(key)?;
    match &value.kind {
        Kind::Nil => None,
        Kind::Float(number) => Some(json_float(*number)),
        _ => Some(shown(&value).text),
    }
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let list = value.get(key);
    list.as_ref()
        .and_then(Value::as_list)
        .map(|list| list.items.iter().map(|it| shown(it).text).collect())
        .unwrap_or_default()
}

fn dependency(value: &Value, id: SourceId) -> Option<Dependency> {
    let conditions = text(value, "condition").unwrap_or_default();
    let imports = value.get("import-values");
    Some(Dependency {
        name: text(value, "name")?,
        alias: text(value, "alias").filter(|alias| !alias.is_empty()),
        conditions: conditions.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect(),
        tags: texts(value, "tags"),
        imports: imports.as_ref().and_then(Value::as_list).map(|list| list.items.clone()).unwrap_or_default(),
        repository: text(value, "repository").unwrap_or_default(),
        span: value.origin.map_or_else(|| Span::file(id), |origin| origin.span),
    })
}

/// `.Chart`: fields have the names that they have in Go.
fn about(written: &Value) -> Value {
    const FIELDS: [(&str, &str); 10] = [
        ("name", "Name"),
        ("home", "Home"),
        ("version", "Version"),
        ("description", "Description"),
        ("icon", "Icon"),
        ("apiVersion", "APIVersion"),
        ("condition", "Condition"),
        ("tags", "Tags"),
        ("appVersion", "AppVersion"),
        ("kubeVersion", "KubeVersion"),
    ];
    let mut entries: BTreeMap<Rc<str>, Value> = BTreeMap::new();
    for (key, field) in FIELDS {
        let found = written.get(key).filter(|value| !value.is_nil());
        let value = match found {
            Some(value) if matches!(value.kind, Kind::Float(_)) => {
                let number = text(written, key).unwrap_or_default();
                Value::text(super::text::Text::written(number, value.origin))
            }
            Some(value) => Value::text(shown(&value)),
            None => Value::str(""),
        };
        entries.insert(field.into(), value);
    }
    for (key, field) in [("sources", "Sources"), ("keywords", "Keywords"), ("maintainers", "Maintainers")] {
        entries.insert(field.into(), written.get(key).unwrap_or_else(|| Value::list(Vec::new())));
    }
    entries.insert("Type".into(), Value::str(text(written, "type").unwrap_or_default()));
    entries.insert("Deprecated".into(), written.get("deprecated").unwrap_or_else(|| Value::bool(false)));
    entries.insert("Annotations".into(), written.get("annotations").unwrap_or_else(|| Value::map(BTreeMap::new())));
    entries.insert("Dependencies".into(), written.get("dependencies").unwrap_or_else(|| Value::list(Vec::new())));
    entries.insert("IsRoot".into(), Value::bool(false));
    Value::map(entries)
}

/// `.helmignore`.
struct Ignored(Vec<Pattern>);

struct Pattern {
    glob: GlobMatcher,
    folders_only: bool,
    /// It is compared with the whole path rather than with the last name.
    whole: bool,
}

impl Ignored {
    fn read(store: &Store, folder: &str) -> Ignored {
        let Ok(id) = store.open_path(&in_folder(folder, ".helmignore")) else { return Ignored(Vec::new()) };
        let text = store.source(id).text.clone();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '!']));
        let patterns = lines.filter_map(|line| {
            let folders_only = line.ends_with('/');
            let plain = line.trim_end_matches('/');
            let whole = plain.contains('/');
            let glob = Glob::new(plain.trim_start_matches('/')).ok()?.compile_matcher();
            Some(Pattern { glob, folders_only, whole })
        });
        Ignored(patterns.take(1_000).collect())
    }

    fn covers(&self, path: &str, is_folder: bool) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let fits = |pattern: &Pattern| pattern.glob.is_match(if pattern.whole { path } else { name });
        self.0.iter().any(|pattern| (is_folder || !pattern.folders_only) && fits(pattern))
    }
}

/// The files of a chart for templates; they don't see templates.
pub(super) fn seen(chart: &Chart) -> ChartFiles {
    ChartFiles(chart.files.clone())
}
