//! Modules that a registry or a template spec holds: what a reference means, and where their templates may be found
//! without a network.

use std::sync::Arc;

use super::known;
use super::library::Library;
use crate::source::{SourceId, Store};
use crate::syntax::json;
use crate::syntax::tree::Tree;

/// The registry behind `br/public:`.
const PUBLIC: (&str, &str) = ("mcr.microsoft.com", "bicep");

/// Where the modules of registries may be found, as the user says.
#[derive(Clone, Debug, Default)]
pub struct Registries {
    /// The beginning of a reference without its version, and the path relative to the root that stands for it.
    pub mapped: Vec<(String, String)>,
    /// The folder of the module cache, as the store knows it.
    pub cache: Option<String>,
}

/// A reference with its alias resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// `br:registry/path:tag`, `br:registry/path@digest`.
    Module {
        /// The host.
        registry: String,
        /// The path in it.
        path: String,
        /// The tag or digest.
        version: String,
    },
    /// `ts:subscription/group/name:version`.
    Spec {
        /// Subscription, resource group, name.
        path: String,
        /// The version.
        version: String,
    },
}

impl Reference {
    /// What `text` means in the file `from`, whose `bicepconfig.json` knows the aliases.
    pub fn parse(text: &str, from: SourceId, store: &Store) -> Option<Reference> {
        let (scheme, rest) = text.split_at_checked(2)?;
        match (scheme, rest.split_at_checked(1)?) {
            ("br", (":", full)) => {
                let (registry, path) = full.split_once('/')?;
                let (path, version) = versioned(path)?;
                Some(Reference::Module { registry: registry.to_owned(), path, version })
            }
            ("br", ("/", aliased)) => {
                let (alias, path) = aliased.split_once(':')?;
                let (path, version) = versioned(path)?;
                let (registry, prefix) = module_alias(alias, from, store)?;
                let path = if prefix.is_empty() { path } else { format!("{prefix}/{path}") };
                Some(Reference::Module { registry, path, version })
            }
            ("ts", (":", full)) => {
                let (path, version) = versioned(full)?;
                Some(Reference::Spec { path, version })
            }
            ("ts", ("/", aliased)) => {
                let (alias, name) = aliased.split_once(':')?;
                let (name, version) = versioned(name)?;
                let about = alias_of("ts", alias, from, store)?;
                let field = |key: &str| about.get(key).and_then(Tree::as_str).map(str::to_owned);
                let path = format!("{}/{}/{name}", field("subscription")?, field("resourceGroup")?);
                Some(Reference::Spec { path, version })
            }
            _ => None,
        }
    }

    /// The path of a module of the public registry: `avm/res/container-registry/registry`.
    pub fn public(&self) -> Option<&str> {
        match self {
            Reference::Module { registry, path, .. } if registry.eq_ignore_ascii_case(PUBLIC.0) => {
                path.strip_prefix(PUBLIC.1)?.strip_prefix('/')
            }
            _ => None,
        }
    }

    /// The version as written.
    pub fn version(&self) -> &str {
        match self {
            Reference::Module { version, .. } | Reference::Spec { version, .. } => version,
        }
    }

    /// The reference without its version and aliases, as a mapping names it.
    fn full(&self) -> String {
        match self {
            Reference::Module { registry, path, .. } => format!("br:{registry}/{path}"),
            Reference::Spec { path, .. } => format!("ts:{path}"),
        }
    }

    /// Where the Bicep CLI keeps it: a folder for each path with `$` between its parts, one for each version.
    fn in_cache(&self) -> String {
        match self {
            Reference::Module { registry, path, version } => {
                let mark = if version.contains(':') { version.replace(':', "#") } else { format!("{version}$") };
                format!("br/{}/{}/{mark}/main.json", registry.replace(':', "$"), path.replace('/', "$"))
            }
            Reference::Spec { path, version } => format!("ts/{}/{version}/main.json", path.to_lowercase()),
        }
    }
}

/// `path:tag` and `path@digest` in two; a reference without a version is none.
fn versioned(text: &str) -> Option<(String, String)> {
    let (path, version) = text.split_once('@').or_else(|| text.rsplit_once(':'))?;
    (!path.is_empty() && !version.is_empty()).then(|| (path.to_owned(), version.to_owned()))
}

fn module_alias(alias: &str, from: SourceId, store: &Store) -> Option<(String, String)> {
    if let Some(about) = alias_of("br", alias, from, store) {
        let path = about.get("modulePath").and_then(Tree::as_str).unwrap_or_default();
        return Some((about.get("registry")?.as_str()?.to_owned(), path.trim_matches('/').to_owned()));
    }
    (alias == "public").then(|| (PUBLIC.0.to_owned(), PUBLIC.1.to_owned()))
}

/// What the nearest `bicepconfig.json` says of an alias; only the nearest one counts.
fn alias_of(scheme: &str, alias: &str, from: SourceId, store: &Store) -> Option<Tree> {
    let file = store.source(from);
    let mut folder = file.path.rsplit_once('/').map(|(folder, _)| folder);
    let config = loop {
        let path = folder.map_or_else(|| "bicepconfig.json".to_owned(), |folder| format!("{folder}/bicepconfig.json"));
        match (store.open_path(&path), folder) {
            (Ok(config), _) => break config,
            (Err(_), None) => return None,
            (Err(_), Some(inner)) => folder = inner.rsplit_once('/').map(|(outer, _)| outer),
        }
    };
    let (tree, ..) = json::parse(config, &store.source(config).text);
    tree?.get("moduleAliases")?.get(scheme)?.get(alias).cloned()
}

/// Where the template of a registry module is.
#[derive(Clone, Copy)]
pub enum Whereabouts {
    /// A file of the tree, which the user can edit.
    Tree(SourceId),
    /// A file that something else wrote.
    Cache(SourceId),
    /// acrlint knows what decides pulls in it.
    Known(&'static known::Model),
}

impl Library<'_> {
    /// Looks for a module: where the configuration says, in the tree when it is the registry's own source, in the
    /// module cache, among what acrlint knows.
    pub(super) fn find(&self, reference: &Reference) -> Option<Whereabouts> {
        let model = reference.public().and_then(|path| known::model(path, reference.version()));
        let mapped = self.mapped(reference).map(Whereabouts::Tree);
        let own = || self.own(reference, model.is_some()).map(Whereabouts::Tree);
        let cached = || self.cached(reference).map(Whereabouts::Cache);
        mapped.or_else(own).or_else(cached).or(model.map(Whereabouts::Known))
    }

    /// The longest beginning that the configuration maps.
    fn mapped(&self, reference: &Reference) -> Option<SourceId> {
        let full = reference.full();
        let fits = |(from, _): &&(String, String)| {
            full.strip_prefix(from.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let (from, to) = self.outside.registries.mapped.iter().filter(fits).max_by_key(|(from, _)| from.len())?;
        let path = format!("{to}{}", full.get(from.len()..)?);
        let candidates =
            [path.clone(), format!("{path}/main.bicep"), format!("{path}/main.json"), format!("{path}.bicep")];
        let is_template = |path: &&String| path.ends_with(".bicep") || path.ends_with(".json");
        candidates.iter().filter(is_template).find_map(|path| self.store.open_path(path).ok())
    }

    /// A module of the public registry, when the scanned folder is the place where it is made. The tree holds one
    /// version of it: for another one, what is known of that version is better.
    fn own(&self, reference: &Reference, is_known: bool) -> Option<SourceId> {
        let path = reference.public().filter(|path| path.starts_with("avm/"))?;
        let source = self.store.open_path(&format!("{path}/main.bicep")).ok()?;
        let version = self.store.open_path(&format!("{path}/version.json")).ok();
        let here = version.and_then(|version| self.version(version));
        let same = here
            .is_none_or(|here| reference.version() == &*here || reference.version().starts_with(&format!("{here}.")));
        (same || !is_known).then_some(source)
    }

    fn version(&self, source: SourceId) -> Option<Arc<str>> {
        let (tree, ..) = json::parse(source, &self.store.source(source).text);
        Some(tree?.get("version")?.as_str()?.into())
    }

    fn cached(&self, reference: &Reference) -> Option<SourceId> {
        let folder = self.outside.registries.cache.as_ref()?;
        self.store.open_path(&format!("{folder}/{}", reference.in_cache())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    fn parse(text: &str) -> Option<Reference> {
        let store = Store::new(MemoryFiles::default());
        let config = r#"{ // aliases
            "moduleAliases": {"br": {"own": {"registry": "contoso.azurecr.io", "modulePath": "bicep/net"}},
            "ts": {"specs": {"subscription": "s", "resourceGroup": "g"}}}}"#;
        store.add("bicepconfig.json", config.as_bytes().to_vec()).unwrap();
        let from = store.add("infra/deep/main.bicep", Vec::new()).unwrap();
        Reference::parse(text, from, &store)
    }

    #[test]
    fn aliases_are_resolved() {
        let public = parse("br/public:avm/res/x/y:0.1.2").unwrap();
        assert_eq!(parse("br:mcr.microsoft.com/bicep/avm/res/x/y:0.1.2").as_ref(), Some(&public));
        assert_eq!((public.public(), public.version()), (Some("avm/res/x/y"), "0.1.2"));
        assert_eq!(public.in_cache(), "br/mcr.microsoft.com/bicep$avm$res$x$y/0.1.2$/main.json");
        assert_eq!(parse("br/own:vnet:v1").unwrap().full(), "br:contoso.azurecr.io/bicep/net/vnet");
        assert_eq!(parse("ts/specs:name:1").unwrap().in_cache(), "ts/s/g/name/1/main.json");
        for text in ["br/none:a:1", "br:host", "br/public:a", "ts:", "br", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_nearest_place_wins() {
        let files = [
            ("avm/res/container-registry/registry/main.bicep", "output here string = 'tree'\n"),
            ("avm/res/container-registry/registry/version.json", r#"{"version": "0.9"}"#),
            ("vendor/vnet.bicep", "output here string = 'mapped'\n"),
        ];
        let cached = "br/contoso.azurecr.io/bicep$x/v1$/main.json";
        let store = Store::new(MemoryFiles::default())
            .with("cache:", MemoryFiles([(cached.to_owned(), b"{}".to_vec())].into_iter().collect()));
        let from = store.add("main.bicep", Vec::new()).unwrap();
        for (path, text) in files {
            store.add(path, text.as_bytes().to_vec()).unwrap();
        }
        let registries = Registries {
            mapped: vec![("br:contoso.azurecr.io/bicep".to_owned(), "vendor".to_owned())],
            cache: Some("cache:".to_owned()),
        };
        let library = Library::new(&store, crate::frontend::template::Outside { registries, ..Default::default() });
        let place = |text: &str| match library.place(from, text) {
            Some(Whereabouts::Tree(source)) => store.source(source).path.to_string(),
            Some(Whereabouts::Cache(source)) => store.source(source).path.to_string(),
            Some(Whereabouts::Known(_)) => "known".to_owned(),
            None => "nowhere".to_owned(),
        };
        let registry = "br/public:avm/res/container-registry/registry";
        assert_eq!(place(&format!("{registry}:0.9.1")), "avm/res/container-registry/registry/main.bicep");
        // The tree has another version.
        assert_eq!(place(&format!("{registry}:0.11.0")), "known");
        assert_eq!(place("br/public:avm/res/network/private-endpoint:0.12.0"), "known");
        assert_eq!(place("br:contoso.azurecr.io/bicep/vnet:1"), "vendor/vnet.bicep");
        assert_eq!(place("br:contoso.azurecr.io/bicep/x:v1"), format!("cache:/{cached}"));
        assert_eq!(place("br:contoso.azurecr.io/bicep/y:v1"), "nowhere");
    }
}
