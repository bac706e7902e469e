//! The values of a file that may be saved output: one, or several behind each other.

use crate::source::SourceId;
use crate::syntax::tree::{Fault, Tree, TreeKind};
use crate::syntax::{json, yaml};

/// What a file is.
pub(super) enum Document {
    /// Nothing that a command printed.
    Foreign,
    /// Output of a command that breaks the grammar.
    Broken(Fault),
    /// Objects, lists taken apart. Each list of several that stand behind each other is told apart from the others: what
    /// one of them lacks, another one may have been asked for.
    Read(Vec<Vec<Tree>>),
}

/// So much of the beginning of a file tells whether it is a template, a plan or a state.
const HEAD: usize = 4_096;

/// Words of which one begins every template, plan or state: those are told by their own front ends.
const OTHERS: [&str; 6] = [
    "\"$schema\"",
    "\"format_version\"",
    "\"terraform_version\"",
    "\"contentVersion\"",
    "\"lineage\"",
    "\"_generator\"",
];

/// Keys of which one stands in everything that is read here, each with what must stand beside it. Letters of either case.
const MARKS: [(&str, &str); 16] = [
    ("loginserver", "registries/"),
    ("kubeletidentity", "managedclusters/"),
    ("serviceprincipalprofile", "managedclusters/"),
    ("agentpools/", "/subscriptions/"),
    ("roledefinition", "scope"),
    ("principalid", "userassignedidentities"),
    ("privatelinkserviceconnections", "privateendpoints/"),
    ("privateendpoint", "privateendpointconnections/"),
    ("privatednszones/", "/subscriptions/"),
    ("virtualnetworks/", "/subscriptions/"),
    ("networksecuritygroups/", "securityrules"),
    ("/providers/microsoft.network/", "\"id\""),
    ("virtualmachinescalesets/", "/subscriptions/"),
    ("registries/", "/subscriptions/"),
    ("appid", "displayname"),
    ("userassignedidentities", "principalid"),
];

/// Marks of output that names no resource, with the same meaning: only so much of a text is looked at for them.
const BARE: [(&str, &str); 7] = [
    ("keyid", "enddate"),
    ("passwords", "username"),
    ("accesstoken", "loginserver"),
    ("imagename", "registry"),
    ("\"tags\"", "\"name\""),
    ("\"tags\"", "\"repository\""),
    ("\"digest\"", "time"),
];

/// Reads a file.
pub(super) fn read(path: &str, text: &str, source: SourceId) -> Document {
    let lower_path = path.to_ascii_lowercase();
    let value = json::preamble(text);
    let head = text.get(value..).unwrap_or_default().trim_start();
    let begins = text.get(..HEAD).unwrap_or(text);
    if OTHERS.iter().any(|mark| begins.contains(mark)) {
        return Document::Foreign;
    }
    let json = lower_path.ends_with(".json") || lower_path.ends_with(".jsonc");
    let yaml = lower_path.ends_with(".yaml") || lower_path.ends_with(".yml");
    match () {
        () if json && head.starts_with(['{', '[']) && (is_marked(text) || is_list_of_texts(path, head)) => {
            read_json(text, value, source)
        }
        // What was cut off may lack what would mark it.
        () if json && has_id(begins) && is_cut_off(head) => read_json(text, value, source),
        () if yaml && begins.contains("/subscriptions/") && !begins.contains("apiVersion:") && is_marked(text) => {
            let (documents, _, faults) = yaml::parse(source, text);
            // A file that is broken may be anything: YAML has no shape before it is read.
            if !faults.is_empty() {
                return Document::Foreign;
            }
            Document::Read(documents.into_iter().map(|document| items(document.root)).collect())
        }
        () => Document::Foreign,
    }
}

/// Larger texts name a resource, or are none of these.
const BARE_SIZE: usize = 4 << 20;

/// Parts of words without which no mark stands in a text: most texts are done with them.
const PARTS: [&str; 4] = ["/subscriptions/", "oleDefinition", "ppId", "serAssignedIdentities"];
const BARE_PARTS: [&str; 7] = ["eyId", "asswords", "ccessToken", "mageName", "\"tags\"", "\"Tags\"", "\"digest\""];

fn is_marked(text: &str) -> bool {
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    if !(has(&PARTS) || text.len() < BARE_SIZE && has(&BARE_PARTS)) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let stands = |(one, other): &(&str, &str)| lower.contains(one) && lower.contains(other);
    let azure = lower.contains("/subscriptions/") || lower.contains("roledefinition") || lower.contains("appid");
    azure && MARKS.iter().any(stands)
        || text.len() < BARE_SIZE && BARE.iter().any(stands)
        || lower.contains("userassignedidentities")
}

/// `["1.0", "1.1"]`: what `az acr repository show-tags` prints says nothing of itself, so the name of the file has to.
fn is_list_of_texts(path: &str, head: &str) -> bool {
    head.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['"', ']']))
        && super::listing::is_named_for_tags(path)
}

fn read_json(text: &str, skipped: usize, source: SourceId) -> Document {
    let text = text.get(skipped..).unwrap_or_default();
    let whole = json::parse_part(source, text, skipped);
    let fault = match whole {
        Ok(tree) => return Document::Read(vec![items(tree)]),
        Err(fault) => fault,
    };
    let parts = values(text);
    if parts.len() < 2 {
        return ours(text, fault);
    }
    // Objects behind each other are the lines of one output.
    let (mut lines, mut lists) = (Vec::new(), Vec::new());
    for (at, part) in parts {
        match json::parse_part(source, part, skipped + at) {
            Ok(tree) if tree.as_list().is_some() => lists.push(items(tree)),
            Ok(tree) => lines.extend(items(tree)),
            Err(fault) => return ours(text, fault),
        }
    }
    Document::Read(std::iter::once(lines).chain(lists).collect())
}

/// A broken text is ours only where it can be nothing else: a manifest or a settings file has its own front end, or none.
fn ours(text: &str, fault: Fault) -> Document {
    let sure = text.contains("/subscriptions/") && text.contains("\"resourceGroup\"")
        || text.contains("\"roleDefinitionName\"")
        || text.contains("\"kubeletidentity\"")
        || has_id(text) && is_cut_off(text);
    match sure && !text.contains("apiVersion") {
        true => Document::Broken(fault),
        false => Document::Foreign,
    }
}

/// Whether a member is the id of a resource.
fn has_id(text: &str) -> bool {
    text.match_indices("\"id\"").any(|(at, word)| {
        let rest = text.get(at + word.len()..).unwrap_or_default().trim_start();
        let value = rest.strip_prefix(':').map(str::trim_start).and_then(|rest| rest.strip_prefix('"'));
        value.is_some_and(|value| value.starts_with("/subscriptions/") && value.contains("/providers/Microsoft."))
    })
}

/// Whether a text ends inside of a value.
fn is_cut_off(text: &str) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth > 0
}

/// The values that stand behind each other in a text, as far as their brackets say: JSON lines, or the output of several
/// commands in one file.
fn values(text: &str) -> Vec<(usize, &str)> {
    let (mut found, mut depth, mut start, mut quoted, mut escaped) = (Vec::new(), 0_usize, 0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    found.extend(text.get(start..=at).map(|part| (start, part)));
                }
            }
            _ => {}
        }
    }
    found
}

/// A list is as good as its items, and so is a page of a list of Resource Manager. Lists of texts stay whole, and so do
/// lists of what has no identity of its own.
fn items(tree: Tree) -> Vec<Tree> {
    let Tree { kind, span, via } = tree;
    match kind {
        TreeKind::List(items) if items.iter().all(has_identity) && !items.is_empty() => items,
        TreeKind::Map(members) => {
            let page = members.iter().any(|member| &*member.key == "value" && member.value.as_list().is_some());
            let only = members.iter().all(|member| {
                matches!(&*member.key, "value" | "nextLink" | "count" | "@odata.nextLink" | "@odata.context")
            });
            if !(page && only) {
                return vec![Tree { kind: TreeKind::Map(members), span, via }];
            }
            let value = members.into_iter().find(|member| &*member.key == "value");
            value.map_or_else(Vec::new, |member| items_of_page(member.value))
        }
        kind => vec![Tree { kind, span, via }],
    }
}

fn items_of_page(tree: Tree) -> Vec<Tree> {
    match tree.kind {
        TreeKind::List(items) => items,
        _ => Vec::new(),
    }
}

fn has_identity(item: &Tree) -> bool {
    ["id", "RoleAssignmentId", "appId", "objectId"]
        .iter()
        .any(|key| item.get_ci(key).is_some_and(|id| id.as_str().is_some()))
}
