//! Folders of `.tf` files as modules: their blocks by name, and which of them are roots.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::known::Model;
use super::registry::{self, Fetched};
use crate::frontend::Problem;
use crate::ir::{Gap, Hides, Why};
use crate::source::path::{folder_of, in_folder};
use crate::source::{SourceId, Span, Store};
use crate::syntax::hcl::{self, Block, Body, Expr};
use crate::syntax::tree::FaultKind;

/// One folder of `.tf` files.
#[derive(Debug)]
pub struct Module {
    /// Relative to the scanned root, `""` for the root itself.
    pub folder: Arc<str>,
    /// Its first file.
    pub source: SourceId,
    /// Its files.
    pub files: Vec<SourceId>,
    /// All top-level blocks in the order of files and lines.
    pub blocks: Vec<Block>,
    /// Places that could not be read.
    pub gaps: Vec<Gap>,
    /// What the module does without saying so, when it is only known and not there.
    pub model: Option<&'static Model>,
    names: BTreeMap<Arc<str>, usize>,
    locals: BTreeMap<Arc<str>, Expr>,
}

impl Module {
    fn read(store: &Store, folder: &str, files: &[SourceId], problems: &mut Vec<Problem>) -> Option<Module> {
        let mut module = Module {
            folder: folder.into(),
            source: *files.first()?,
            files: files.to_vec(),
            blocks: Vec::new(),
            gaps: Vec::new(),
            model: None,
            names: BTreeMap::new(),
            locals: BTreeMap::new(),
        };
        // Override files come after all others, in the order of their names.
        let mut files = files.to_vec();
        files.sort_by_key(|&file| is_override(&store.source(file).path));
        module.leave_to_opentofu(store, &mut files);
        for file in files {
            module.take(store, file, problems);
        }
        for (at, block) in module.blocks.iter().enumerate() {
            if let Some(name) = name_of(block) {
                module.names.insert(name, at);
            }
            if &*block.kind == "locals" {
                let named = block.body.attributes.iter().map(|local| (local.name.clone(), local.value.clone()));
                module.locals.extend(named);
            }
        }
        Some(module)
    }

    /// OpenTofu reads `x.tofu` in the place of `x.tf`, Terraform the other; which of them runs is not known.
    fn leave_to_opentofu(&mut self, store: &Store, files: &mut Vec<SourceId>) {
        let paths: Vec<Arc<str>> = files.iter().map(|&file| store.source(file).path.clone()).collect();
        files.retain(|&file| {
            let path = store.source(file).path.clone();
            let twin = path.strip_suffix(".tf").map(|stem| format!("{stem}.tofu"));
            let twin = twin.or_else(|| path.strip_suffix(".tf.json").map(|stem| format!("{stem}.tofu.json")));
            let replaced = twin.is_some_and(|twin| paths.iter().any(|path| **path == twin));
            if replaced {
                let why = Why::NotAnalysed("what OpenTofu reads another file in the place of".into());
                self.gaps.push(Gap { why, span: Span::file(file), hides: Some(Hides::Anything) });
            }
            !replaced
        });
    }

    fn take(&mut self, store: &Store, file: SourceId, problems: &mut Vec<Problem>) {
        let source = store.source(file);
        let (body, faults) = match source.path.ends_with(".json") {
            true => hcl::parse_json(file, &source.text),
            false => hcl::parse(file, &source.text),
        };
        match is_override(&source.path) {
            true => body.blocks.into_iter().for_each(|block| self.override_with(block)),
            false => self.blocks.extend(body.blocks),
        }
        for fault in faults {
            let why = match fault.kind {
                FaultKind::Syntax => Why::Unreadable(source.path.clone()),
                FaultKind::Limit => Why::LimitReached("nesting".into()),
            };
            self.gaps.push(Gap { why, span: fault.span, hides: Some(Hides::Anything) });
            problems.push(fault.into());
        }
    }

    /// Merges a block of an override file into the one of its name: arguments replace arguments, nested blocks all blocks
    /// of their kind. Locals are merged one by one.
    fn override_with(&mut self, block: Block) {
        if &*block.kind == "locals" {
            // The last one of a name counts.
            return self.blocks.push(block);
        }
        let named = |other: &&mut Block| other.kind == block.kind && other.labels == block.labels;
        let Some(base) = self.blocks.iter_mut().find(named) else { return self.blocks.push(block) };
        let Body { attributes, blocks } = block.body;
        for attribute in attributes {
            base.body.attributes.retain(|own| own.name != attribute.name);
            // The JSON spelling doesn't tell arguments from blocks.
            base.body.blocks.retain(|own| block_name(own) != Some(&attribute.name));
            base.body.attributes.push(attribute);
        }
        base.body.attributes.retain(|own| !blocks.iter().any(|inner| block_name(inner) == Some(&own.name)));
        base.body.blocks.retain(|own| !blocks.iter().any(|inner| block_name(inner) == block_name(own)));
        base.body.blocks.extend(blocks);
    }

    /// Whether nobody can edit it: it was fetched, or is only known.
    pub fn is_foreign(&self) -> bool {
        self.model.is_some() || registry::is_fetched(&self.folder)
    }

    /// A block by the way other expressions name it: `var.x`, `output.x`, `module.x`, `data.type.x`, `type.x`.
    pub fn block(&self, name: &str) -> Option<&Block> {
        self.blocks.get(*self.names.get(name)?)
    }

    /// The expression of a local.
    pub fn local(&self, name: &str) -> Option<&Expr> {
        self.locals.get(name)
    }

    /// The blocks of a kind, in source order.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }
}

/// What a nested block makes: a dynamic one makes blocks of its label.
fn block_name(block: &Block) -> Option<&str> {
    if &*block.kind == "dynamic" { block.labels.first().map(|label| &**label) } else { Some(&block.kind) }
}

/// Whether Terraform merges a file into the others instead of adding it.
fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    stem_of(name).is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// The name of a configuration file without its ending.
fn stem_of(name: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))
}

/// The endings of configuration files.
const ENDINGS: [&str; 4] = [".tf.json", ".tofu.json", ".tf", ".tofu"];

/// How expressions name what a top-level block declares.
pub fn name_of(block: &Block) -> Option<Arc<str>> {
    let name = match (&*block.kind, block.labels.as_slice()) {
        ("variable", [name]) => format!("var.{name}"),
        ("output", [name]) => format!("output.{name}"),
        ("module", [name]) => format!("module.{name}"),
        ("data", [kind, name]) => format!("data.{kind}.{name}"),
        ("resource", [kind, name]) => format!("{kind}.{name}"),
        _ => return None,
    };
    Some(name.into())
}

/// All folders with Terraform configuration, and the modules that are known without being there.
#[derive(Debug, Default)]
pub struct Folders {
    modules: BTreeMap<Arc<str>, Rc<Module>>,
    known: BTreeMap<&'static str, Rc<Module>>,
    fetched: Fetched,
    /// Beginnings of sources, and the folders that stand for them.
    mapping: Vec<(String, String)>,
}

impl Folders {
    /// Reads the folders of these files, and those that their module calls name.
    pub fn read(
        store: &Store,
        files: &[SourceId],
        mapping: &[(String, String)],
        problems: &mut Vec<Problem>,
    ) -> Folders {
        let mut by_folder: BTreeMap<String, Vec<(Arc<str>, SourceId)>> = BTreeMap::new();
        for &file in files {
            let path = store.source(file).path.clone();
            by_folder.entry(folder_of(&path).to_owned()).or_default().push((path, file));
        }
        let mut folders = Folders { mapping: mapping.to_vec(), ..Folders::default() };
        for (folder, mut files) in by_folder {
            files.sort();
            let files: Vec<SourceId> = files.into_iter().map(|(_, file)| file).collect();
            folders.fetched.read(store, &folder);
            if let Some(module) = Module::read(store, &folder, &files, problems) {
                folders.modules.insert(folder.into(), Rc::new(module));
            }
        }
        folders.follow_calls(store, problems);
        folders.learn(store);
        folders
    }

    /// Modules in folders that the walk left out are read when somebody calls them.
    fn follow_calls(&mut self, store: &Store, problems: &mut Vec<Problem>) {
        let mut missing: Vec<String> =
            self.called().into_iter().filter(|folder| !self.modules.contains_key(&**folder)).collect();
        while let Some(folder) = missing.pop() {
            if self.modules.contains_key(&*folder) {
                continue;
            }
            let names = store.list(&folder).into_iter().filter(|name| stem_of(name).is_some());
            let path = |name: String| in_folder(&folder, &name);
            let files: Vec<SourceId> = names.filter_map(|name| store.open_path(&path(name)).ok()).collect();
            // What is wrong with a file that nobody can edit is only a gap.
            let mut found = Vec::new();
            let module = Module::read(store, &folder, &files, &mut found);
            problems.extend(found.into_iter().filter(|_| !registry::is_fetched(&folder)));
            if let Some(module) = module {
                missing.extend(self.calls_of(&module));
                self.modules.insert(folder.into(), Rc::new(module));
            }
        }
    }

    /// Reads what is known of the modules that somebody calls. Their texts become sources that no path leads to.
    fn learn(&mut self, store: &Store) {
        let calls = self.modules.values().flat_map(|module| module.of_kind("module"));
        let models: Vec<&'static Model> = calls.filter_map(known_model).collect();
        for model in models {
            if self.known.contains_key(model.name) {
                continue;
            }
            let folder = format!("known module:{}", model.name);
            let Ok(source) = store.add(&folder, model.text.as_bytes().to_vec()) else { continue };
            if let Some(module) = Module::read(store, &folder, &[source], &mut Vec::new()) {
                self.known.insert(model.name, Rc::new(Module { model: Some(model), ..module }));
            }
        }
    }

    fn called(&self) -> BTreeSet<String> {
        let called = self.modules.values().flat_map(|module| self.calls_of(module));
        called.chain(self.fetched.folders().filter(|folder| registry::is_fetched(folder)).map(str::to_owned)).collect()
    }

    /// A folder's module.
    pub fn get(&self, folder: &str) -> Option<&Rc<Module>> {
        self.modules.get(folder)
    }

    /// The module that a call leads to: a local folder, where the settings say, where `terraform init` put it for the
    /// root module and the path of calls from there, or what is known of it.
    pub fn callee(&self, root: &str, path: &str, from: &Module, call: &Block) -> Option<&Rc<Module>> {
        let text = |name: &str| call.body.attribute(name).and_then(Expr::as_text).unwrap_or_default();
        let source = text("source");
        if let Some(folder) = local_folder(&from.folder, source) {
            return self.get(&folder).filter(|_| from.model.is_none());
        }
        let mapped = registry::mapped(&self.mapping, source).and_then(|folder| self.get(&folder));
        let fetched = || self.fetched.folder(root, path, source, text("version")).and_then(|folder| self.get(folder));
        mapped.or_else(fetched).or_else(|| self.known.get(known_model(call)?.name))
    }

    /// The folders that no other folder calls. Folders that only call each other in a ring have none; the first of a
    /// ring is taken, so that nothing is left out.
    pub fn roots(&self) -> Vec<Rc<Module>> {
        let called = self.called();
        let own = || self.modules.values().filter(|module| !module.is_foreign());
        let mut roots: Vec<Rc<Module>> = own().filter(|module| !called.contains(&*module.folder)).cloned().collect();
        let mut reached = BTreeSet::new();
        roots.iter().for_each(|root| self.reach(root, &mut reached));
        for module in own() {
            if !reached.contains(&module.folder) {
                self.reach(module, &mut reached);
                roots.push(module.clone());
            }
        }
        roots.sort_by(|a, b| a.folder.cmp(&b.folder));
        roots
    }

    fn reach(&self, from: &Rc<Module>, reached: &mut BTreeSet<Arc<str>>) {
        let mut waiting = vec![from.clone()];
        while let Some(module) = waiting.pop() {
            if reached.insert(module.folder.clone()) {
                waiting.extend(self.calls_of(&module).iter().filter_map(|folder| self.modules.get(&**folder)).cloned());
            }
        }
    }

    /// The folders of the tree that a module calls, whoever its root is.
    fn calls_of(&self, module: &Module) -> Vec<String> {
        let sources = module.of_kind("module").filter_map(|call| call.body.attribute("source")?.as_text());
        let folder =
            |source: &str| local_folder(&module.folder, source).or_else(|| registry::mapped(&self.mapping, source));
        sources.filter_map(folder).filter(|folder| **folder != *module.folder).collect()
    }
}

/// What is known of the module that a call names.
fn known_model(call: &Block) -> Option<&'static Model> {
    let text = |name: &str| call.body.attribute(name).map(|value| value.as_text());
    // A version that is computed may be any.
    let version = text("version").unwrap_or(Some(""))?;
    registry::known_model(text("source")??, version)
}

/// The folder that a `source` names, when it is a local one inside the root.
pub fn local_folder(from: &str, source: &str) -> Option<String> {
    let local = source.starts_with("./") || source.starts_with("../") || source == "." || source == "..";
    if !local {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in source.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
