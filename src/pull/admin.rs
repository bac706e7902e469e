//! Who signs in with the admin user of a registry: whoever switches it off breaks them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{Case, Outcome, Path};
use crate::ir::{Case as Letters, Truth, same_in};
use crate::source::{Source, SourceId, Span, Store, path};
use crate::world::knowledge::Fact;
use crate::world::registry::Registry;

/// Something that signs in with the admin user of a registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AdminUser {
    /// Where that is written.
    pub place: Span,
    /// As sentences call it: "pull secret `creds`".
    pub who: String,
}

impl<'a> Case<'_, 'a> {
    /// Everything of the tree that is proved to sign in with the admin user of a registry.
    pub fn admin_users(&self, registry: &Registry<'a>) -> Vec<AdminUser> {
        let own = self.paths.iter().filter(|path| path.registry == Some(registry.at));
        let mut found: Vec<AdminUser> = own.flat_map(|path| self.by_secret(path, registry)).collect();
        let read = self.world.readings.iter().filter(|reading| reading.registry == registry.at);
        found.extend(read.map(|reading| {
            let address = reading.resource.map(|resource| format!("`{}`", resource.address));
            AdminUser { place: reading.value.span, who: address.unwrap_or_else(|| "what is read here".to_owned()) }
        }));
        found.sort();
        found.dedup_by(|one, other| one.place == other.place);
        found
    }

    /// The pull secrets of a path that hold the name of the registry as their user.
    fn by_secret(&self, path: &Path, registry: &Registry<'a>) -> Vec<AdminUser> {
        // A token of the registry may have its name.
        if !self.world.tokens.is_empty() {
            return Vec::new();
        }
        let is_admin = |at: usize| {
            let entries = self.world.secrets.get(at).map(|secret| secret.entries());
            let name = &registry.name;
            entries.is_some_and(|entries| {
                entries.iter().any(|it| same_in(&self.world.resolver, Letters::Ignored, &it.user, name) == Truth::Yes)
            })
        };
        let used =
            path.offers.iter().filter(|offer| offer.what == Outcome::Alive && offer.secret.is_some_and(is_admin));
        used.map(|offer| AdminUser { place: offer.named, who: format!("pull secret `{}`", offer.name) }).collect()
    }
}

/// Lines of scripts, pipelines and outputs that have to do with admin users: nobody models what becomes of them, but whoever
/// switches an admin user off has to know.
#[derive(Debug, Default)]
pub struct AdminLogins {
    /// Each with its file's folder and its text in lower case.
    lines: Vec<(Span, String, String)>,
    /// The folder of each file.
    folders: BTreeMap<SourceId, String>,
}

/// Words one of which is on such a line; `user` may be a registry's name.
const MARKS: [&str; 7] = [
    "acr credential",
    "acrcredential",
    "admin_password",
    "admin_username",
    "docker login",
    "helm registry login",
    "username",
];

impl Case<'_, '_> {
    /// Everything that may be such a line.
    pub fn admin_logins(&self) -> AdminLogins {
        let enabled = |registry: &Registry<'_>| matches!(registry.admin, Fact::Known(true, _));
        let mut found = AdminLogins::default();
        if !self.world.registries.iter().any(enabled) {
            return found;
        }
        let folder = |source: &Source| path::folder_of(&source.path).to_owned();
        found.folders = self.store.sources().into_iter().map(|(id, source)| (id, folder(&source))).collect();
        found.lines = login_lines(self.store)
            .into_iter()
            .map(|line| (line.place, folder(&self.store.source(line.place.source)), line.text))
            .collect();
        found
    }
}

/// A line that may be one that signs in as an admin user, or reads its password.
pub struct LoginLine {
    /// Where, without the space around it.
    pub place: Span,
    /// The line in lower case.
    pub text: String,
}

impl LoginLine {
    /// The words of it that say whose it is, and nothing else: a line may be a whole plan.
    pub fn told(&self) -> String {
        let mut told: Vec<String> = Vec::new();
        let keyed = is_keyed(&self.text);
        let mut before = "";
        for word in words(&self.text) {
            let option = matches!(before, "-u" | "--username" | "-n" | "--name");
            let named = (option || keyed && before == "username") && is_name(word);
            if let Some(reads) = READS.as_ref().and_then(|pattern| pattern.find(word)) {
                told.push(reads.as_str().to_owned());
            } else if SPOKEN.contains(&word) || named || keyed && word == "username" {
                told.push(word.to_owned());
            } else if word.contains("acrcredential") {
                told.push("acrcredential".to_owned());
            }
            before = word;
        }
        told.extend(["$", "{{"].into_iter().filter(|sign| self.text.contains(sign)).map(str::to_owned));
        told.join(" ")
    }
}

/// Words that are told as they are.
const SPOKEN: [&str; 13] = [
    "az",
    "acr",
    "credential",
    "show",
    "renew",
    "docker",
    "login",
    "helm",
    "registry",
    "-u",
    "--username",
    "-n",
    "--name",
];

/// An expression that reads an admin credential.
static READS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[a-z_][\w.\[\]*-]*\.admin_(?:password|username)").ok());

fn is_name(word: &str) -> bool {
    word == "username"
        || word.len() <= 50 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// All such lines of the files that were read.
pub fn login_lines(store: &Store) -> Vec<LoginLine> {
    let mut found = Vec::new();
    for (id, source) in store.sources() {
        let quoted = source.quoted_lines().iter().map(|(start, end, text)| LoginLine {
            place: Span { source: id, start: *start, end: *end },
            text: text.to_ascii_lowercase(),
        });
        found.extend(quoted);
        if source.is_elsewhere() {
            continue;
        }
        let text = source.text.to_ascii_lowercase();
        if !MARKS.iter().any(|mark| text.contains(mark)) {
            continue;
        }
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if MARKS.iter().any(|mark| line.contains(mark)) && !line.trim_start().starts_with(['#', '/']) {
                let end = start + line.trim_end().len();
                let first = start + (line.len() - line.trim_start().len());
                let place = Span::new(id, first.min(end), end);
                found.push(LoginLine { place, text: line.trim_end().to_owned() });
            }
            start += line.len();
        }
    }
    found
}

impl AdminLogins {
    /// Those that are proved to be a registry's.
    pub fn of(&self, registry: &Registry<'_>) -> Vec<AdminUser> {
        let Some(name) = registry.name.as_str().map(str::to_ascii_lowercase) else { return Vec::new() };
        let folder = self.folders.get(&registry.resource.declared.source).map_or("", String::as_str);
        let own = self.lines.iter().filter(|line| is_of(line, &name, registry, folder));
        let user =
            |(place, ..): &(Span, String, String)| AdminUser { place: *place, who: "whoever uses this".to_owned() };
        own.map(user).collect()
    }

    /// Whether one of them is of a registry that is not named in it: a variable, an argument.
    pub fn may_be_of(&self, registry: &Registry<'_>) -> bool {
        let name = registry.name.as_str().map(str::to_ascii_lowercase);
        self.lines.iter().any(|(_, _, line)| {
            let asks = line.contains("acr credential") || line.contains("acrcredential");
            let named = name.as_deref().is_some_and(|name| words(line).any(|word| word == name));
            asks && (named || line.contains('$') || line.contains("{{"))
        })
    }
}

/// Whether a line reads the admin user's password, or signs in with the registry's name as the user's.
fn is_of((place, folder, line): &(Span, String, String), name: &str, registry: &Registry<'_>, own: &str) -> bool {
    let of_terraform = line.contains("admin_password") || line.contains("admin_username");
    if of_terraform && registry.resource.language.is_terraform() {
        let Some(step) = registry.resource.address.path.last() else { return false };
        let symbol = step.name.to_ascii_lowercase();
        let whole = |at: usize| line.get(at + symbol.len()..).is_some_and(|rest| rest.starts_with(['.', '[']));
        let reads = line.match_indices(&symbol).any(|(at, _)| whole(at));
        // The names of Terraform are those of a folder.
        return reads && (place.source == registry.resource.declared.source || folder == own);
    }
    let asks = line.contains("acr credential show") || line.contains("acr credential renew");
    let keyed = is_keyed(line);
    let mut before = "";
    for word in words(line) {
        let user = matches!(before, "-u" | "--username") || before == "username" && keyed;
        if word == name && (user || asks && matches!(before, "-n" | "--name")) {
            return true;
        }
        before = word;
    }
    false
}

/// Whether it is an input of a step, no member of a pull secret: those are known by themselves.
fn is_keyed(line: &str) -> bool {
    line.trim_start().trim_start_matches("- ").starts_with("username")
}

/// The words of a line, without quotes and signs around them.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let parts =
        line.split(|letter: char| letter.is_whitespace() || matches!(letter, '=' | ':' | '"' | '\'' | '(' | ')' | ','));
    parts.filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::{Outlook, lint};

    const TERRAFORM: &str = "resource \"azurerm_container_registry\" \"acr\" {\n  name = \"contosoacr\"\n  \
                             resource_group_name = \"rg\"\n  location = \"westeurope\"\n  sku = \"Premium\"\n  \
                             admin_enabled = true\n}\n";

    fn manifests(user: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: creds\n  namespace: shop\ntype: \
             kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: \
             '{{\"auths\":{{\"contosoacr.azurecr.io\":{{\"username\":\"{user}\",\"password\":\"x8Kd02jfLwq7\"}}}}}}'\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  imagePullSecrets:\n    - name: \
             creds\n  containers:\n    - name: web\n      image: contosoacr.azurecr.io/web:1\n"
        )
    }

    fn told(user: &str) -> (Vec<String>, String) {
        let files = [("main.tf", TERRAFORM.to_owned()), ("pod.yaml", manifests(user))];
        let files = files.map(|(path, text)| (path.to_owned(), text.into_bytes()));
        let outlook = Outlook { today: jiff::civil::date(2026, 1, 31), ..Outlook::default() };
        let findings = lint(files.to_vec(), &outlook).report.findings;
        let found = findings.into_iter().find(|finding| finding.rule == "ACR503").expect("the admin user is on");
        (found.related.into_iter().map(|label| label.text).collect(), found.help.unwrap_or_default())
    }

    /// How many places of the story say that somebody signs in, and whether the admin user would be switched off.
    fn used_by(path: &str, text: &str) -> (usize, bool) {
        let files = [("main.tf", TERRAFORM), (path, text)];
        let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
        let linted = lint(files.to_vec(), &Outlook::default());
        let found = linted.report.findings.iter().find(|finding| finding.rule == "ACR503").unwrap();
        (found.related.iter().filter(|label| label.text.contains("signs in")).count(), found.fix.is_some())
    }

    #[test]
    fn scripts_pipelines_and_outputs_use_the_admin_user() {
        let script = "PW=$(az acr credential show -n contosoacr -o tsv)\ndocker login contosoacr.azurecr.io -u contosoacr \
                      -p \"$PW\"\n";
        assert_eq!(used_by("deploy.sh", script), (2, false));
        let output = "output \"pw\" {\n  value = azurerm_container_registry.acr.admin_password\n}\n";
        assert_eq!(used_by("outputs.tf", output), (1, false));
        // Of which registry it is nobody knows.
        assert_eq!(used_by("deploy.sh", "az acr credential show -n \"$NAME\"\n"), (0, false));
        // Another registry, another user.
        assert_eq!(used_by("deploy.sh", "az acr credential show -n contosoother\n"), (0, true));
        assert_eq!(
            used_by("deploy.sh", "docker login contosoacr.azurecr.io -u 00000000-0000-0000-0000-000000000000\n"),
            (0, true)
        );
    }

    #[test]
    fn who_signs_in_with_the_admin_user_is_told_before_it_goes() {
        let (story, help) = told("contosoacr");
        assert_eq!(story, ["pull secret `creds` signs in with it"]);
        assert!(help.contains("move pull secret `creds` to one"), "{help}");
        let (story, help) = told("somebody");
        assert!(story.is_empty() && help.contains("check first"), "{story:?} {help}");
    }
}
