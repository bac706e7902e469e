//! Policies of Azure that write settings of registries: those that are built in, and those that the tree defines.

use super::World;
use super::grant::covers;
use super::knowledge::Truth;
use super::registry::Registry;
use crate::azure::kinds::POLICY_ASSIGNMENT;
use crate::ir::{Makes, Node, Resource, Value, Why};

const DEFINITION: &str = "Microsoft.Authorization/policyDefinitions";
const SET: &str = "Microsoft.Authorization/policySetDefinitions";

/// Built-in policies that write a setting of registries, by the ends of their ids ("Configure container registries to
/// disable …"), and what they write. The one about the admin user is asked for on its own.
const BUILT_IN: [(&str, Makes, bool); 1] = [("a3701552-92ea-433e-9d17-33b7f1208fc9", Makes::PublicAccess, false)];

/// The settings, by the last words of their aliases.
const SETTINGS: [(&str, Makes); 4] = [
    ("publicnetworkaccess", Makes::PublicAccess),
    ("networkruleset", Makes::PublicAccess),
    ("adminuserenabled", Makes::AdminUser),
    ("anonymouspullenabled", Makes::AnonymousPull),
];

/// Policies of a set, and objects inside of each other.
const DEEPEST: u32 = 24;

/// A setting that a policy writes: on, off, or nobody knows.
type Written = (Makes, Option<bool>);

impl<'a> World<'a> {
    /// What policies write into a registry is not known: when they do it isn't, either.
    pub(super) fn obey(&self, registry: &mut Registry<'a>) {
        for policy in self.resolver.of_kind(POLICY_ASSIGNMENT) {
            let enforced = policy.body.at(&["properties", "enforcementMode"]).map(|mode| self.resolver.node(mode));
            if enforced.as_ref().and_then(Node::as_str).is_some_and(|mode| mode.eq_ignore_ascii_case("DoNotEnforce")) {
                continue;
            }
            let written = self.written_by(policy);
            if written.is_empty() || self.is_outside(policy, registry) {
                continue;
            }
            let why = Why::Overridden(policy.address.to_string().into());
            for (setting, value) in written {
                if value.is_none() || registry.says(setting) != value {
                    registry.unsettle(setting, &why, policy.declared);
                }
            }
        }
    }

    /// Whether a policy is assigned to something that is proved not to hold the registry.
    fn is_outside(&self, policy: &Resource, registry: &Registry<'a>) -> bool {
        let Some(at) = self.resolver.id_of(&policy.scope) else { return false };
        covers(&at, &self.resolver.node(&policy.scope), registry, &self.resolver) == Truth::No
    }

    fn written_by(&self, policy: &Resource) -> Vec<Written> {
        let mut found = Vec::new();
        if let Some(id) = policy.body.at(&["properties", "policyDefinitionId"]) {
            self.of_definition(id, DEEPEST, &mut found);
        }
        found
    }

    /// What the definition with this id writes, or those of the set that it is.
    fn of_definition(&self, id: &Node, depth: u32, found: &mut Vec<Written>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let id = self.resolver.node(id);
        if let Some(text) = id.as_str().map(str::to_ascii_lowercase) {
            found.extend(BUILT_IN.iter().filter(|it| text.ends_with(it.0)).map(|it| (it.1, Some(it.2))));
        }
        let Some(definition) = self.resolver.resource_of(&id) else { return };
        if definition.is_kind(SET) {
            let members = definition.body.at(&["properties", "policyDefinitions"]).map(|list| self.resolver.node(list));
            let items = members.as_ref().and_then(Node::as_list).map_or(&[][..], |list| &list.items);
            for member in items {
                let member = self.resolver.node(member);
                member.get("policyDefinitionId").into_iter().for_each(|id| self.of_definition(id, depth, found));
            }
        } else if definition.is_kind(DEFINITION)
            && let Some(rule) = definition.body.at(&["properties", "policyRule"])
        {
            self.of_rule(&self.resolver.node(rule), found);
        }
    }

    /// What happens to a resource to which a rule applies; audits and refusals write nothing.
    fn of_rule(&self, rule: &Node, found: &mut Vec<Written>) {
        const WRITES: [&str; 3] = ["modify", "append", "deployifnotexists"];
        if let Some(text) = rule.as_str().map(str::to_ascii_lowercase) {
            let writes = WRITES.iter().any(|effect| text.contains(effect));
            let named = SETTINGS.iter().filter(|(name, _)| writes && text.contains(name));
            return found.extend(named.map(|(_, setting)| (*setting, None)));
        }
        let Some(then) = rule.get("then").map(|then| self.resolver.node(then)) else { return };
        let effect = then.get("effect").map(|effect| self.resolver.node(effect));
        let effect = effect.as_ref().and_then(Node::as_str).map(str::to_ascii_lowercase);
        if effect.is_some_and(|effect| !effect.starts_with('[') && !WRITES.contains(&&*effect)) {
            return;
        }
        then.get("details").into_iter().for_each(|details| self.scan(details, DEEPEST, found));
    }

    /// The settings that stand in the details of an effect: as `field` with its `value`, or as properties.
    fn scan(&self, node: &Node, depth: u32, found: &mut Vec<Written>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let node = self.resolver.node(node);
        match &node.value {
            Value::List(list) => list.items.iter().for_each(|item| self.scan(item, depth, found)),
            Value::Map(map) => {
                let field = node.get("field").map(|field| self.resolver.node(field));
                let value = node.get("value").map(|value| self.resolver.node(value));
                if let Some(field) = field.as_ref().and_then(Node::as_str) {
                    found.extend(named(field, true).map(|setting| (setting, value.as_ref().and_then(meaning))));
                }
                for entry in &map.entries {
                    let key = entry.key.as_str().unwrap_or_default();
                    found
                        .extend(named(key, false).map(|setting| (setting, meaning(&self.resolver.node(&entry.value)))));
                    self.scan(&entry.value, depth, found);
                }
            }
            _ => {}
        }
    }
}

/// The settings that a name means: an alias like `Microsoft.ContainerRegistry/registries/publicNetworkAccess`, or a
/// property alone.
fn named(name: &str, alias: bool) -> impl Iterator<Item = Makes> + use<> {
    let name = name.to_ascii_lowercase();
    let about = !alias || name.starts_with("microsoft.containerregistry/") || name.starts_with('[');
    let is_it = move |setting: &str| match alias {
        true => about && name.contains(setting),
        false => name == setting,
    };
    SETTINGS.into_iter().filter(move |(setting, _)| is_it(setting)).map(|(_, setting)| setting)
}

fn meaning(value: &Node) -> Option<bool> {
    value.as_bool().or_else(|| match value.as_str()?.to_ascii_lowercase().as_str() {
        "enabled" | "true" => Some(true),
        "disabled" | "false" => Some(false),
        _ => None,
    })
}
