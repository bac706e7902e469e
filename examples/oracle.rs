//! Compares what acrlint reads from Bicep files with what it reads from the ARM JSON that the Bicep compiler made of them.
//!
//! `cargo run --release --example oracle -- PAIRS ROOT [--show N] [--only TEXT]`: PAIRS lists `repository, Bicep path, JSON
//! path` in columns separated by tabs, ROOT holds a folder `owner+name` for each repository.
//!
//! Both files are deployed without parameters, and the resources they make are compared: type, id (names and scope),
//! `existing` and condition first, then the bodies. Rewritings of the compiler that are taken back:
//!
//! 1. A module is a nested deployment; a module from a registry is embedded. The latter are not looked into on either side,
//!    their outputs are equal when the deployments' ids are.
//! 2. Without symbolic names `existing` resources vanish, and what reads them becomes `reference(resourceId(…))`: references
//!    are compared by the id of their target and the path.
//! 3. Ids are built by functions instead of symbols: ids are compared part by part, without regard to case.
//! 4. `environment()`, `subscription()` and the like stay what they are; operators become functions: both are evaluated.
//! 5. What is never deployed is left out on both sides; `existing` ones that the JSON has must be in the Bicep.
//! 6. Types, decorators, metadata, `dependsOn`, `assert` and `test` deploy nothing and are left out.

// A command that talks on standard output.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use acrlint::frontend::template::{self, Whole};
use acrlint::ir::{Address, Cond, Key, Node, Origin, Ref, ResourceId, Target, Value};
use acrlint::source::{FolderFiles, Store};

/// Files larger than this, in bytes, are not read.
const LARGEST: u64 = 64 << 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [pairs, root, options @ ..] = arguments.as_slice() else {
        eprintln!("usage: oracle PAIRS ROOT [--show N] [--only TEXT]");
        return ExitCode::from(2);
    };
    let option = |name: &str| options.iter().position(|it| it == name).and_then(|at| options.get(at + 1));
    let show = option("--show").and_then(|text| text.parse().ok()).unwrap_or(0);
    let only = option("--only").cloned().unwrap_or_default();
    let Ok(list) = std::fs::read_to_string(pairs) else {
        eprintln!("can't read {pairs}");
        return ExitCode::from(2);
    };
    let mut score = Score::default();
    for line in list.lines().filter(|line| !line.starts_with('#') && line.contains(&only)) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [repository, bicep, json, ..] = fields.as_slice() else { continue };
        let folder = Path::new(root).join(repository.replace('/', "+"));
        let same_interface = !line.contains("interface-differs");
        let outcome = on_large_stack(|| compare(&folder, bicep, json));
        score.add(&format!("{repository} {bicep} {json}"), same_interface, outcome, show);
    }
    score.tell();
    ExitCode::SUCCESS
}

/// Evaluation recurses deeply.
fn on_large_stack(work: impl FnOnce() -> Outcome + Send) -> Outcome {
    std::thread::scope(|threads| {
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(threads, work);
        thread.ok().and_then(|thread| thread.join().ok()).unwrap_or(Outcome::Unreadable("panic".to_owned()))
    })
}

/// What became of a pair.
enum Outcome {
    /// One of the files is not there or no template.
    Unreadable(String),
    /// Both were read.
    Compared(Comparison),
}

#[derive(Default)]
struct Comparison {
    /// Resources on one side only, by type, id, `existing` and condition.
    set: Vec<String>,
    /// Bodies that differ.
    bodies: Vec<String>,
    resources: usize,
    /// Resources with something in them that is not known.
    unknown: usize,
}

#[derive(Default)]
struct Score {
    pairs: usize,
    equal_sets: usize,
    equal_bodies: usize,
    resources: usize,
    unknown: usize,
    shown: usize,
    stale: usize,
    unreadable: usize,
}

impl Score {
    fn add(&mut self, name: &str, same_interface: bool, outcome: Outcome, show: usize) {
        let compared = match outcome {
            Outcome::Compared(compared) => compared,
            Outcome::Unreadable(why) => {
                println!("UNREADABLE {name}: {why}");
                self.unreadable += 1;
                return;
            }
        };
        if !same_interface {
            self.stale += 1;
            return;
        }
        self.pairs += 1;
        self.resources += compared.resources;
        self.unknown += compared.unknown;
        self.equal_sets += usize::from(compared.set.is_empty());
        self.equal_bodies += usize::from(compared.set.is_empty() && compared.bodies.is_empty());
        if compared.set.is_empty() && compared.bodies.is_empty() {
            return;
        }
        println!("DIFFERENT {name}: {} resources, {} bodies", compared.set.len(), compared.bodies.len());
        if self.shown < show {
            self.shown += 1;
            compared.set.iter().chain(&compared.bodies).take(12).for_each(|line| println!("  {line}"));
        }
    }

    fn tell(&self) {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        println!(
            "pairs with the same interface {}: equal sets {} ({:.1} %), equal bodies too {} ({:.1} %); resources {}, with \
             unknowns {} ({:.1} %); other interface {}, unreadable {}",
            self.pairs,
            self.equal_sets,
            share(self.equal_sets, self.pairs),
            self.equal_bodies,
            share(self.equal_bodies, self.pairs),
            self.resources,
            self.unknown,
            share(self.unknown, self.resources),
            self.stale,
            self.unreadable,
        );
    }
}

fn compare(folder: &Path, bicep: &str, json: &str) -> Outcome {
    let Ok(files) = FolderFiles::new(folder, LARGEST) else { return Outcome::Unreadable("no folder".to_owned()) };
    let store = Store::new(files);
    let (Ok(ours), Ok(theirs)) = (store.open_path(bicep), store.open_path(json)) else {
        return Outcome::Unreadable("no file".to_owned());
    };
    let ours = match template::whole(&store, ours, "pair", Vec::new()) {
        Ok(ours) => ours,
        Err(why) => return Outcome::Unreadable(why.to_string()),
    };
    let closed = ours.modules.iter().filter(|module| !module.resolved).map(|module| module.name.clone()).collect();
    let theirs_text = store.source(theirs).text.clone();
    let theirs = match template::whole(&store, theirs, "pair", closed) {
        Ok(theirs) => theirs,
        Err(why) => return Outcome::Unreadable(why.to_string()),
    };
    let symbolic = theirs_text.contains("\"languageVersion\"");
    let (ours, theirs) = (Written::of(&ours, symbolic), Written::of(&theirs, symbolic));
    Outcome::Compared(ours.against(&theirs))
}

/// The resources of one side: by what identifies them, their bodies.
struct Written(BTreeMap<String, Vec<String>>);

impl Written {
    fn of(whole: &Whole, symbolic: bool) -> Written {
        let names = Names::of(whole);
        let mut written: BTreeMap<String, Vec<String>> = BTreeMap::new();
        // An `existing` resource may be named by many modules; that it is named at all is what counts.
        let mut existing = BTreeSet::new();
        for resource in whole.deployment.resources.iter().filter(|it| it.deployed != Cond::Never) {
            let refers = resource.origin == Origin::Existing;
            let mark = if refers { " existing" } else { "" };
            let id = names.text(&resource.id, 0);
            let condition = if refers { String::new() } else { names.condition(&resource.deployed, 0) };
            let key = format!("{}{mark} {id} if {condition}", resource.kind.to_ascii_lowercase());
            if refers && (!symbolic || !existing.insert(key.clone())) {
                continue;
            }
            let body = if refers { String::new() } else { names.text(&resource.body, 0) };
            written.entry(key).or_default().push(body);
        }
        for module in whole.modules.iter().filter(|it| it.deployed != Cond::Never) {
            let key = format!("deployment {} if {}", names.text(&module.id, 0), names.condition(&module.deployed, 0));
            written.entry(key).or_default().push(String::new());
        }
        written.values_mut().for_each(|bodies| bodies.sort());
        Written(written)
    }

    fn against(&self, other: &Written) -> Comparison {
        let mut found = Comparison::default();
        for (key, bodies) in &self.0 {
            found.resources += bodies.len();
            found.unknown += bodies.iter().filter(|body| body.contains('\u{fffd}') || key.contains('\u{fffd}')).count();
            match other.0.get(key) {
                Some(theirs) if theirs.len() == bodies.len() => {
                    let differing = bodies.iter().zip(theirs).filter(|(a, b)| a != b);
                    found.bodies.extend(differing.map(|(a, b)| format!("BODY {key}\n{}", first_difference(a, b))));
                }
                None if key.contains(" existing ") => {}
                _ => found.set.push(format!("BICEP ONLY {key}")),
            }
        }
        let missing = other.0.iter().filter(|(key, bodies)| self.0.get(*key).is_none_or(|it| it.len() != bodies.len()));
        found.set.extend(missing.map(|(key, _)| format!("JSON ONLY  {key}")));
        // What belongs together stands together.
        found.set.sort_by(|a, b| a.get(11..).cmp(&b.get(11..)));
        found
    }
}

fn first_difference(a: &str, b: &str) -> String {
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count().saturating_sub(60);
    let from =
        |text: &str| text.chars().skip(text.get(..common).map_or(0, |it| it.chars().count())).take(400).collect();
    let (a, b): (String, String) = (from(a), from(b));
    format!("    bicep …{a}\n    json  …{b}")
}

/// The ids of all that has an address.
struct Names<'w>(BTreeMap<&'w Arc<Address>, &'w Node>);

impl<'w> Names<'w> {
    fn of(whole: &'w Whole) -> Names<'w> {
        let resources = whole.deployment.resources.iter().map(|resource| (&resource.address, &resource.id));
        Names(resources.chain(whole.modules.iter().map(|module| (&module.address, &module.id))).collect())
    }

    /// One text for equal values.
    fn text(&self, node: &Node, depth: usize) -> String {
        if depth > 96 {
            return "\u{fffd}deep".to_owned();
        }
        let all = |nodes: &[Node]| nodes.iter().map(|node| self.text(node, depth + 1)).collect::<Vec<_>>().join(", ");
        match &node.value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => value.to_string(),
            Value::Str(_) | Value::Concat(_) | Value::Id(_) if self.parsed(node).is_some() => {
                self.parsed(node).map_or_else(String::new, |id| self.id(&id, depth))
            }
            Value::Str(text) => format!("{text:?}"),
            Value::Concat(pieces) => format!("concat({})", all(pieces)),
            Value::Call(name, arguments) => format!("{name}({})", all(arguments)),
            Value::List(list) => format!("[{}{}]", all(&list.items), if list.open.is_some() { " …" } else { "" }),
            Value::Map(map) => {
                let mut members: Vec<String> = map
                    .entries
                    .iter()
                    .map(|entry| {
                        format!("{}: {}", self.text(&entry.key, depth + 1), self.text(&entry.value, depth + 1))
                    })
                    .collect();
                members.sort();
                format!("{{{}{}}}", members.join(", "), if map.open.is_some() { " …" } else { "" })
            }
            Value::Ref(reference) => self.reference(reference, depth),
            Value::Choice(choice) => format!(
                "if({}, {}, {})",
                self.condition(&choice.on, depth + 1),
                self.text(&choice.yes, depth + 1),
                self.text(&choice.no, depth + 1)
            ),
            Value::Derived(_) => "\u{fffd}derived".to_owned(),
            Value::Unknown { sym: Some(sym), .. } => format!("<{}>", sym.0),
            Value::Unknown { why, .. } => format!("\u{fffd}{}", why.kind()),
            Value::Id(id) => self.id(id, depth),
        }
    }

    /// The id that a value is, also one that begins with another resource's.
    fn parsed(&self, node: &Node) -> Option<ResourceId> {
        let Value::Concat(pieces) = &node.value else { return ResourceId::parse(node) };
        let (first, rest) = pieces.split_first()?;
        let head = match &first.value {
            Value::Ref(reference) if reference.is(&["id"]) => match &reference.target {
                Target::Resource(address) => ResourceId::parse(self.0.get(address)?)?.text(node.span)?,
                Target::Id(id) => ResourceId::parse(id)?.text(node.span)?,
            },
            Value::Id(id) => id.text(node.span)?,
            _ => first.clone(),
        };
        ResourceId::parse(&Node::concat(std::iter::once(head).chain(rest.iter().cloned()).collect(), node.span))
    }

    fn id(&self, id: &ResourceId, depth: usize) -> String {
        let part = |node: &Node| self.text(node, depth + 1).to_ascii_lowercase();
        let names: Vec<String> = id.names.iter().map(part).collect();
        let on = id.extends.as_deref().map(|on| format!(" on {}", part(on))).unwrap_or_default();
        let within = match &id.extends {
            Some(_) => String::new(),
            None => [&id.subscription, &id.group].into_iter().flatten().map(|it| format!(" in {}", part(it))).collect(),
        };
        format!("id({} {}{within}{on})", id.kind.to_ascii_lowercase(), names.join("/"))
    }

    fn reference(&self, reference: &Ref, depth: usize) -> String {
        let target = match &reference.target {
            Target::Resource(address) => match self.0.get(address) {
                Some(id) => self.text(id, depth + 1),
                None => format!("@{address}{}", keys(address)),
            },
            Target::Id(id) => self.text(id, depth + 1),
        };
        match reference.is(&["id"]) {
            true => target,
            false => format!("{target}.{}", reference.path.join(".").to_ascii_lowercase()),
        }
    }

    fn condition(&self, condition: &Cond, depth: usize) -> String {
        let all = |parts: &[Cond]| {
            let mut parts: Vec<String> = parts.iter().map(|part| self.condition(part, depth + 1)).collect();
            parts.sort();
            parts.dedup();
            parts.join(", ")
        };
        match condition {
            Cond::Always => "true".to_owned(),
            Cond::Never => "false".to_owned(),
            Cond::When(node) => self.text(node, depth + 1),
            Cond::Not(inner) => format!("not({})", self.condition(inner, depth + 1)),
            Cond::All(parts) => format!("and({})", all(parts)),
            Cond::Any(parts) => format!("or({})", all(parts)),
        }
    }
}

fn keys(address: &Address) -> String {
    address.path.iter().filter_map(|step| step.key.as_ref().map(Key::to_string)).collect()
}
