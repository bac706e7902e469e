//! What scripts, pipelines, pages and further variable files pass to templates and configurations: a parameter that is named
//! there has another value than its default somewhere.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::source::Store;

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// `name = …` and `"name": …` at the beginning of a line, or as a member.
static ASSIGNED: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r#"(?m)(?:^|[{,])\s*"?([A-Za-z_][\w-]*)"?\s*[=:]"#));
/// `-var name=…`, `TF_VAR_name`.
static VARIABLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r#"-var(?:\s+|=)["']?([A-Za-z_][\w-]*)=|TF_VAR_([A-Za-z_]\w*)"#));
/// `name=…` as an argument.
static ARGUMENT: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r#"(?:^|[\s"'(,{])([A-Za-z_]\w*)\s*="#));
/// `-name` of PowerShell, `"name": {"value"` of inline JSON and YAML.
static OTHER: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r#"[\s'"]-([A-Za-z_]\w*)[\s:]|"?([A-Za-z_]\w*)"?\s*:\s*\{\s*"?value\b"#));

/// Nothing recurses here.
const STACK: usize = 2 << 20;

/// Words of which one stands wherever a template is deployed.
const DEPLOYS: [&str; 9] = [
    "az deployment",
    "az stack",
    "az group deployment",
    "AzureResourceGroupDeployment",
    "azure_rm_deployment",
    "Deployment ",
    "arm-deploy",
    "AzureResourceManagerTemplateDeployment",
    "bicep-deploy",
];

/// Inputs of Terragrunt that are no plain object: they may be anything.
static COMPUTED: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"(?m)^\s*inputs\s*=\s*[^\s{]"));

/// Names of variables that something passes to a configuration.
#[derive(Debug, Default)]
pub(super) struct Passed {
    names: BTreeSet<String>,
    any: bool,
}

impl Passed {
    /// Whether a variable may have another value than its default.
    pub(super) fn has(&self, name: &str) -> bool {
        self.any || self.names.contains(name)
    }
}

/// What something passes to a Terraform configuration. `automatic` says which variable files a root
/// module reads by itself: those have their say already.
pub(super) fn of_terraform(store: &Store, automatic: &dyn Fn(&str) -> bool) -> Passed {
    let (mut found, mut any) = (BTreeSet::new(), false);
    for (_, source) in store.sources() {
        let (path, text) = (source.path.to_ascii_lowercase(), &*source.text);
        // `terraform.tfvars.example` is what somebody fills in and doesn't commit.
        if path.ends_with(".tfvars") || path.contains(".tfvars.") {
            if !automatic(&source.path) {
                names(&ASSIGNED, text, &mut found);
            }
        } else if path.ends_with(".hcl") {
            any |= COMPUTED.as_ref().is_some_and(|pattern| pattern.is_match(text));
            names(&ARGUMENT, text, &mut found);
        } else if text.contains("-var") || text.contains("TF_VAR_") {
            names(&VARIABLE, text, &mut found);
        }
    }
    Passed { names: found, any }
}

/// Names of parameters, in lower case, that something passes to a template.
pub(super) fn of_templates(store: &Store) -> BTreeSet<String> {
    let sources = store.sources();
    let passed = super::on_all_cores(STACK, &sources, |(_, source)| {
        let mut found = BTreeSet::new();
        let path = source.path.to_ascii_lowercase();
        let template = [".bicep", ".bicepparam", ".json", ".jsonc", ".tf"].iter().any(|ending| path.ends_with(ending));
        if !template && DEPLOYS.iter().any(|word| source.text.contains(word)) {
            names(&ARGUMENT, &source.text, &mut found);
            names(&OTHER, &source.text, &mut found);
        }
        found
    });
    passed.into_iter().flatten().map(|name| name.to_ascii_lowercase()).collect()
}

fn names(pattern: &LazyLock<Option<Regex>>, text: &str, found: &mut BTreeSet<String>) {
    let hits = pattern.iter().flat_map(|pattern| pattern.captures_iter(text));
    let name =
        |captures: regex::Captures<'_>| captures.iter().skip(1).flatten().next().map(|it| it.as_str().to_owned());
    found.extend(hits.filter_map(name));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    fn store(files: &[(&str, &str)]) -> Store {
        let store = Store::new(MemoryFiles::default());
        for (path, text) in files {
            store.add(path, text.as_bytes().to_vec()).unwrap();
        }
        store
    }

    #[test]
    fn variables_that_are_passed() {
        let store = store(&[
            ("env/prod.tfvars", "attach = true\n"),
            ("env/dev.tfvars.json", "{\"pool\": 1, \"tier\": 2}"),
            ("terraform.tfvars.example", "admin = true\n"),
            ("terraform.tfvars", "own = 1\n"),
            ("deploy.sh", "terraform apply -var 'size=3' -var=\"zone=1\"\nexport TF_VAR_region=x\n"),
            ("live/terragrunt.hcl", "inputs = { pullers = dependency.aks.outputs.k }\n"),
        ]);
        let found = of_terraform(&store, &|path| path == "terraform.tfvars");
        for name in ["attach", "pool", "tier", "admin", "size", "zone", "region", "pullers"] {
            assert!(found.has(name), "{name}: {found:?}");
        }
        assert!(!found.has("own"));
        let computed = self::store(&[("terragrunt.hcl", "inputs = merge(local.a, local.b)\n")]);
        assert!(of_terraform(&computed, &|_| false).has("anything"));
    }

    #[test]
    fn parameters_that_are_passed() {
        let store = store(&[
            ("deploy.sh", "az deployment group create -f main.bicep -p grant=true \\\n  --parameters Mode='x'\n"),
            ("deploy.ps1", "New-AzResourceGroupDeployment -TemplateFile main.bicep -attachAcr $true\n"),
            (
                "ci.yml",
                "- task: AzureResourceManagerTemplateDeployment@3\n  inputs:\n    overrideParameters: '-quiet 1'\n",
            ),
            ("play.yml", "- azure.azcollection.azure_rm_deployment:\n    parameters: {louder: {value: true}}\n"),
            ("other.sh", "unrelated=1\n"),
        ]);
        let found = of_templates(&store);
        assert!(
            ["grant", "mode", "attachacr", "quiet", "louder"].iter().all(|name| found.contains(*name)),
            "{found:?}"
        );
        assert!(!found.contains("unrelated"));
    }
}
