//! What of an object of Kubernetes is told: the words that something reads, and not what is handed to programs.

use std::sync::Arc;

use crate::ir::{Entry, List, Map, Node, Value};

/// Variables that say which identities a controller gives the nodes that it makes.
const VARIABLES: [&str; 3] = ["NODE_IDENTITIES", "CLUSTER_NAME", "AZURE_NODE_RESOURCE_GROUP"];
/// Words by which a job is known that renews a pull secret, and a controller that hands out identities.
const WORDS: [&str; 8] =
    ["acr", "login", "--expose-token", "create", "secret", "docker-registry", "dockerconfigjson", "node-identities"];
/// Annotations whose values mean something; of all others the keys count.
const ANNOTATIONS: [&str; 4] = ["helm.sh/", "argocd.argoproj.io/", "kubernetes.azure.com/", "acrlint.dev/"];
/// Nothing reads these.
const UNREAD: [&str; 6] = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "envFrom", "managedFields"];

/// The object without what nothing reads.
pub(super) fn kept(node: &Node) -> Node {
    let value = match &node.value {
        Value::Map(map) => {
            let told = map.entries.iter().filter(|entry| !is_one(entry, &UNREAD)).map(member);
            Value::Map(Arc::new(Map { entries: told.collect(), open: map.open.clone() }))
        }
        Value::List(list) => {
            let items = list.items.iter().map(kept).collect();
            Value::List(Arc::new(List { items, open: list.open.clone() }))
        }
        _ => return node.clone(),
    };
    Node { value, ..node.clone() }
}

fn is_one(entry: &Entry, keys: &[&str]) -> bool {
    entry.key.as_str().is_some_and(|key| keys.contains(&key))
}

fn member(entry: &Entry) -> Entry {
    let value = match entry.key.as_str() {
        Some("env") => variables(&entry.value),
        Some("args" | "command") => words(&entry.value),
        Some("annotations") => annotations(&entry.value),
        _ => kept(&entry.value),
    };
    Entry { key: entry.key.clone(), value }
}

/// Of each variable its name; of those that are read the value as well.
fn variables(node: &Node) -> Node {
    let Value::List(list) = &node.value else { return node.clone() };
    let told = |item: &Node| {
        let is_read = item.get("name").and_then(Node::as_str).is_none_or(|name| VARIABLES.contains(&name));
        let Some(map) = item.as_map().filter(|_| !is_read) else { return item.clone() };
        let entries = map.entries.iter().filter(|entry| is_one(entry, &["name"])).cloned().collect();
        Node { value: Value::Map(Arc::new(Map { entries, open: map.open.clone() })), ..item.clone() }
    };
    let items = list.items.iter().map(told).collect();
    Node { value: Value::List(Arc::new(List { items, open: list.open.clone() })), ..node.clone() }
}

/// Of a command the words by which it is known.
fn words(node: &Node) -> Node {
    let value = match &node.value {
        Value::Str(text) => {
            let word = |token: &str| WORDS.iter().copied().find(|word| is_in(token, word));
            let told: Vec<&str> =
                text.split(|letter: char| letter.is_whitespace() || letter == '=').filter_map(word).collect();
            Value::Str(told.join(" ").into())
        }
        Value::List(list) => {
            let items = list.items.iter().map(words).collect();
            Value::List(Arc::new(List { items, open: list.open.clone() }))
        }
        Value::Concat(pieces) => Value::Concat(Arc::new(pieces.iter().map(words).collect())),
        _ => return node.clone(),
    };
    Node { value, ..node.clone() }
}

/// Short words stand by themselves, long ones also in others: `--node-identities`, `.dockerconfigjson`.
fn is_in(token: &str, word: &str) -> bool {
    if word.len() > 8 { token.contains(word) } else { token.trim_matches(['"', '\'', ';', '|', '(', ')']) == word }
}

fn annotations(node: &Node) -> Node {
    let Value::Map(map) = &node.value else { return node.clone() };
    let told = |entry: &Entry| {
        let is_read = entry.key.as_str().is_some_and(|key| ANNOTATIONS.iter().any(|start| key.starts_with(start)));
        let silent = || Node { value: Value::Str("".into()), ..entry.value.clone() };
        Entry { key: entry.key.clone(), value: if is_read { entry.value.clone() } else { silent() } }
    };
    let entries = map.entries.iter().map(told).collect();
    Node { value: Value::Map(Arc::new(Map { entries, open: map.open.clone() })), ..node.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn text(text: &str) -> Node {
        Node::text(text, Span::default())
    }

    fn map(entries: Vec<(&str, Node)>) -> Node {
        let entries = entries.into_iter().map(|(key, value)| Entry::new(key, Span::default(), value)).collect();
        Node::map(entries, Span::default())
    }

    fn list(items: Vec<Node>) -> Node {
        Node::list(items, Span::default())
    }

    #[test]
    fn programs_keep_their_words_to_themselves() {
        let variable = |name: &str| map(vec![("name", text(name)), ("value", text("x1"))]);
        let container = map(vec![
            ("image", text("a.azurecr.io/web:1")),
            ("env", list(vec![variable("CLUSTER_NAME"), variable("STRIPE_KEY")])),
            (
                "args",
                list(vec![text("az acr login -n a --expose-token -p x1; kubectl create secret docker-registry y")]),
            ),
            ("livenessProbe", map(vec![("exec", text("x1"))])),
        ]);
        let annotated = map(vec![("helm.sh/hook", text("test")), ("last-applied", text("x1"))]);
        let told = kept(&map(vec![("annotations", annotated), ("containers", list(vec![container]))]));
        let container = told.at(&["containers", "0"]).unwrap();
        assert_eq!(container.get("image").and_then(Node::as_str), Some("a.azurecr.io/web:1"));
        assert_eq!(container.at(&["env", "0", "value"]).and_then(Node::as_str), Some("x1"));
        assert!(container.at(&["env", "1", "name"]).is_some() && container.at(&["env", "1", "value"]).is_none());
        let words = container.at(&["args", "0"]).and_then(Node::as_str);
        assert_eq!(words, Some("acr login --expose-token create secret docker-registry"));
        assert!(container.get("livenessProbe").is_none());
        assert_eq!(told.at(&["annotations", "helm.sh/hook"]).and_then(Node::as_str), Some("test"));
        assert_eq!(told.at(&["annotations", "last-applied"]).and_then(Node::as_str), Some(""));
    }
}
