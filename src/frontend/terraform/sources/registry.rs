//! Modules whose sources are no local paths: what the settings say, what `terraform init` has fetched, what acrlint knows.

use std::collections::BTreeMap;

use super::known::{self, Model};
use super::versions::{Constraint, padded};
use crate::source::path::{in_folder, joined};
use crate::source::{SourceId, Store};
use crate::syntax::json;
use crate::syntax::tree::Tree;

/// Where a registry's modules are when no host is written.
const PUBLIC: &str = "registry.terraform.io/";
/// OpenTofu's registry, which holds the same modules.
const PUBLIC_TOO: &str = "registry.opentofu.org/";
/// What `terraform init` writes about the modules that it has fetched.
const MANIFEST: &str = ".terraform/modules/modules.json";

/// A folder that `terraform init` fetched.
#[derive(Debug)]
struct Installed {
    /// In one spelling.
    source: String,
    version: Option<String>,
    folder: String,
}

/// The modules that `terraform init` fetched for the root modules of the tree: root folder and call path to folder.
#[derive(Debug, Default)]
pub struct Fetched {
    by_call: BTreeMap<(String, String), Installed>,
}

impl Fetched {
    /// Reads what was fetched for a root module, when somebody ran `terraform init` there.
    pub fn read(&mut self, store: &Store, root: &str) {
        let Ok(text) = store.peek(&in_folder(root, MANIFEST)) else { return };
        let (tree, ..) = json::parse(SourceId::default(), &text);
        let listed = tree.as_ref().and_then(|tree| tree.get("Modules")).and_then(Tree::as_list).unwrap_or_default();
        for module in listed {
            let field = |name: &str| module.get(name).and_then(Tree::as_str);
            let (Some(key), Some(source), Some(folder)) = (field("Key"), field("Source"), field("Dir")) else {
                continue;
            };
            let Some(folder) = joined(root, folder).filter(|_| !key.is_empty() && !folder.starts_with('/')) else {
                continue;
            };
            let version = field("Version").filter(|version| !version.is_empty()).map(str::to_owned);
            let installed = Installed { source: plain(source), version, folder };
            self.by_call.insert((root.to_owned(), key.to_owned()), installed);
        }
    }

    /// All the folders that were fetched; local modules are listed too.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.by_call.values().map(|installed| installed.folder.as_str())
    }

    /// The folder that was fetched for a call; nothing when the call has been changed since.
    pub fn folder(&self, root: &str, call: &str, source: &str, version: &str) -> Option<&str> {
        let installed = self.by_call.get(&(root.to_owned(), call.to_owned()))?;
        let fits = match (&installed.version, Constraint::parse(version)) {
            (Some(own), Some(wanted)) => padded(own).is_some_and(|own| wanted.allows(own)) || own == version.trim(),
            (Some(own), None) => own == version.trim(),
            (None, _) => true,
        };
        (fits && installed.source == plain(source)).then_some(installed.folder.as_str())
    }
}

/// Whether a folder is one that `terraform init` fetched: nobody edits it.
pub fn is_fetched(folder: &str) -> bool {
    folder.split('/').any(|part| part == ".terraform")
}

/// The folder that the settings name for a source: the longest beginning counts, and what follows it is a path below.
pub fn mapped(mapping: &[(String, String)], source: &str) -> Option<String> {
    let source = plain(source.split('?').next().unwrap_or(source));
    let rest = |from: &str| {
        let rest = source.strip_prefix(plain(from).as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
    };
    let found = mapping.iter().filter_map(|(from, to)| Some((from.len(), to, rest(from)?)));
    let (_, to, rest) = found.max_by_key(|(length, ..)| *length)?;
    joined(to, rest.trim_start_matches('/'))
}

/// What acrlint knows of a source at the versions that the call allows.
pub fn known_model(source: &str, version: &str) -> Option<&'static Model> {
    let (address, inner, reference) = taken_apart(source);
    let (path, wanted) = match repository(&address) {
        // A tag is one version, a branch or a commit is none that anybody has looked at.
        Some(path) => (path, Constraint::parse(&reference.map_or(String::new(), |tag| exact(&tag)))?),
        None => {
            let path = address.strip_prefix(PUBLIC)?.to_owned();
            (path, Constraint::parse(version)?)
        }
    };
    known::model(&path, &inner, &wanted)
}

fn exact(tag: &str) -> String {
    tag.strip_prefix('v').unwrap_or(tag).to_owned()
}

/// A source in three: the address, the folder after `//`, and the `ref`.
fn taken_apart(source: &str) -> (String, String, Option<String>) {
    let (path, query) = source.split_once('?').unwrap_or((source, ""));
    let reference = query.split('&').find_map(|pair| pair.strip_prefix("ref=")).map(str::to_owned);
    let path = plain(path);
    let after_scheme = path.find("://").map_or(0, |at| at + 3);
    let split = path.get(after_scheme..).and_then(|rest| rest.find("//")).map(|at| at + after_scheme);
    let (address, inner) = split.and_then(|at| path.split_at_checked(at)).unwrap_or((&path, ""));
    (address.to_owned(), inner.trim_matches('/').to_owned(), reference)
}

/// The registry's path of a module that is taken from its repository: `Azure/terraform-azurerm-aks` is `Azure/aks/azurerm`.
fn repository(address: &str) -> Option<String> {
    let hosts = ["git::https://github.com/", "git::ssh://git@github.com/"];
    let rest = hosts.iter().find_map(|host| address.strip_prefix(host))?;
    let (owner, name) = rest.split_once('/')?;
    let (provider, name) = name.strip_prefix("terraform-")?.split_once('-')?;
    Some(format!("{owner}/{name}/{provider}"))
}

/// One spelling for each source: the public registry's host is written out, GitHub's short forms become addresses of Git
/// and `.git` is left out, as the manifest of `terraform init` and its users write them differently.
fn plain(source: &str) -> String {
    let source = source.trim().trim_end_matches('/');
    let short = [
        (PUBLIC_TOO, PUBLIC),
        ("github.com/", "git::https://github.com/"),
        ("bitbucket.org/", "git::https://bitbucket.org/"),
        ("git@github.com:", "git::ssh://git@github.com/"),
    ];
    let long = short.iter().find_map(|(from, to)| Some(format!("{to}{}", source.strip_prefix(from)?)));
    let mut segments = source.split("//").next().unwrap_or_default().split('/');
    let first = segments.next().unwrap_or_default();
    let named = |segment: &str| {
        !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let long = match long {
        Some(long) => long,
        None if named(first) && segments.all(named) => format!("{PUBLIC}{source}"),
        None => source.to_owned(),
    };
    let end = |text: &str| text.strip_suffix(".git").unwrap_or(text).to_owned();
    match long.split_once(".git//").or_else(|| long.split_once(".git?")) {
        Some((before, after)) => {
            let mark = if long.contains(".git//") { "//" } else { "?" };
            format!("{before}{mark}{after}")
        }
        None => end(&long),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_one_spelling() {
        for (one, other) in [
            ("Azure/aks/azurerm", "registry.terraform.io/Azure/aks/azurerm"),
            ("Azure/aks/azurerm//v4", "registry.opentofu.org/Azure/aks/azurerm//v4"),
            ("github.com/contoso/infra//aks?ref=v1", "git::https://github.com/contoso/infra.git//aks?ref=v1"),
            ("github.com/contoso/infra?ref=v1", "git::https://github.com/contoso/infra.git?ref=v1"),
            ("git@github.com:contoso/infra.git", "git::ssh://git@github.com/contoso/infra.git"),
        ] {
            assert_eq!(plain(one), plain(other));
        }
        assert_ne!(plain("app.terraform.io/Azure/aks/azurerm"), plain("Azure/aks/azurerm"));
        assert_ne!(plain("git::https://example.com/a.git"), plain("git::https://example.com/b.git"));
    }
    #[test]
    fn any_manifest_is_survived() {
        for text in [
            "",
            "[]",
            "{\"Modules\": 1}",
            "{\"Modules\": [1, {}, {\"Key\": \"a\", \"Source\": \"b\", \"Dir\": \"/\"}]}",
            "{",
        ] {
            let files = [(MANIFEST.to_owned(), text.as_bytes().to_vec())].into_iter().collect();
            let store = Store::new(crate::source::MemoryFiles(files));
            let mut fetched = Fetched::default();
            fetched.read(&store, "");
            assert_eq!(fetched.folders().count(), 0, "{text}");
        }
    }
}
