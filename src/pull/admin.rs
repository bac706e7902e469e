//! Who signs in with the admin user of a registry: whoever switches it off breaks them.

use super::{Case, Outcome, Path};
use crate::ir::{Case as Letters, Truth, same_in};
use crate::source::Span;
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

    #[test]
    fn who_signs_in_with_the_admin_user_is_told_before_it_goes() {
        let (story, help) = told("contosoacr");
        assert_eq!(story, ["pull secret `creds` signs in with it"]);
        assert!(help.contains("move pull secret `creds` to one"), "{help}");
        let (story, help) = told("somebody");
        assert!(story.is_empty() && help.contains("check first"), "{story:?} {help}");
    }
}
