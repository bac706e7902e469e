//! `az acr create`, `az acr update`, tokens and scope maps.

use super::aks::registry_end;
use super::arguments::Arguments;
use super::body::{Body, object, switched};
use super::query;
use crate::azure::kinds::REGISTRY;
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{Makes, Node, Ref, Target, Value, Why};
use crate::source::Span;

/// The settings of a registry that both commands know.
fn settings(arguments: &Arguments) -> Body {
    let text = |text: &str| Value::Str(text.into());
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    let flag = |name: &str| switched(arguments.switch(name), &yes, &no);
    let mut body = Body::default();
    set_directly(arguments, &mut body);
    body.put(&["sku", "name"], arguments.option(&["--sku"]));
    body.put(&["properties", "adminUserEnabled"], flag("--admin-enabled"));
    body.put(&["properties", "anonymousPullEnabled"], flag("--anonymous-pull-enabled"));
    let public = switched(arguments.switch("--public-network-enabled"), &text("Enabled"), &text("Disabled"));
    body.put(&["properties", "publicNetworkAccess"], public);
    body.put(&["properties", "networkRuleSet", "defaultAction"], arguments.option(&["--default-action"]));
    body.put(&["properties", "dataEndpointEnabled"], flag("--data-endpoint-enabled"));
    let bypass = switched(arguments.switch("--allow-trusted-services"), &text("AzureServices"), &text("None"));
    body.put(&["properties", "networkRuleBypassOptions"], bypass);
    body.put(&["properties", "roleAssignmentMode"], arguments.option(&["--role-assignment-mode"]).map(mode));
    body.put(&["properties", "regionalEndpoints"], arguments.option(&["--regional-endpoints"]));
    body
}

/// Settings that `--set` may write, by the words that stand in the path, and their paths in a registry.
const SETTABLE: [(&str, &[&str]); 6] = [
    ("adminuserenabled", &["properties", "adminUserEnabled"]),
    ("anonymouspullenabled", &["properties", "anonymousPullEnabled"]),
    ("publicnetworkaccess", &["properties", "publicNetworkAccess"]),
    ("networkruleset", &["properties", "networkRuleSet", "defaultAction"]),
    ("roleassignmentmode", &["properties", "roleAssignmentMode"]),
    ("dataendpointenabled", &["properties", "dataEndpointEnabled"]),
];

/// `--set properties.adminUserEnabled=true`, `--add …`, `--remove …`.
fn set_directly(arguments: &Arguments, body: &mut Body) {
    let why = || Why::UnsupportedSyntax("a setting written by its path".into());
    for word in ["--set", "--add", "--remove"].iter().flat_map(|option| arguments.several(option)) {
        let Some((path, value)) = super::kubectl::cut(&word, '=', false).or_else(|| Some((word.clone(), word.clone())))
        else {
            continue;
        };
        let known = path.as_str().map(|path| path.to_ascii_lowercase().replace('_', ""));
        for (name, target) in SETTABLE {
            let is_it = known.as_deref().is_none_or(|path| path.split(['.', '[']).any(|step| step == name));
            if !is_it {
                continue;
            }
            let whole = known.as_deref().is_some_and(|path| path.trim_start_matches("properties.") == name);
            let plain = value.as_str().map(|text| text.trim_matches(['"', '\'']).to_ascii_lowercase());
            let on = match plain.as_deref() {
                Some("true") => Some(Value::Bool(true)),
                Some("false") => Some(Value::Bool(false)),
                Some(word) if !name.ends_with("enabled") => Some(Value::Str(word.into())),
                _ => None,
            };
            let value = on.filter(|_| whole).unwrap_or_else(|| Value::Unknown { why: why(), sym: None });
            body.put(target, Some(Node::new(value, word.span)));
        }
    }
}

/// `az resource update`: of a registry it writes what `az acr update` writes.
pub(super) fn update_resource(run: &mut Run<'_>, arguments: &Arguments, span: Span) {
    let kind = arguments.option(&["--resource-type"]);
    let other = kind.as_ref().and_then(Node::as_str).is_some_and(|kind| !kind.eq_ignore_ascii_case(REGISTRY));
    let id = arguments.option(&["--ids"]);
    let named = id.clone().or_else(|| arguments.option(&["--name", "-n"]));
    let mut body = Body::default();
    set_directly(arguments, &mut body);
    // What it does to something else is told by its words.
    if other {
        return;
    }
    run.understood.push(span);
    if body.is_empty() && !arguments.may_add() {
        return;
    }
    let address = named.as_ref().and_then(|node| registry_end(run, node, span));
    let name = address.and_then(|address| run.book.at(&address).map(|it| it.name.clone()));
    match name.filter(|_| !arguments.may_add()) {
        Some(name) => {
            let made = run.made(span, span);
            run.book.change(REGISTRY, &name, None, body.close(span, None), &made);
        }
        None => {
            let named = Named { registry: named.as_ref(), ..Named::default() };
            for makes in [Makes::AdminUser, Makes::AnonymousPull, Makes::PublicAccess, Makes::RoleMode] {
                run.open(makes, "az resource update", span, named);
            }
        }
    }
}

/// The command line calls the modes `rbac` and `rbac-abac`.
fn mode(node: Node) -> Node {
    let value = match node.as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("rbac") => Value::Str("LegacyRegistryPermissions".into()),
        Some("rbac-abac" | "abac") => Value::Str("AbacRepositoryPermissions".into()),
        Some(_) => Value::Unknown { why: Why::UnresolvedName("role assignment mode".into()), sym: None },
        None => return node,
    };
    Node { value, ..node }
}

/// `az acr create`.
pub(super) fn create(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let name = arguments.option(&["--name", "-n"])?;
    let group = arguments.option(&["--resource-group", "-g"]);
    let made = run.made(span, span);
    let mut body = settings(arguments);
    body.put(&["location"], arguments.option(&["--location", "-l"]));
    body.put(&["properties", "autoGeneratedDomainNameLabelScope"], arguments.option(&["--dnl-scope"]));
    let open = arguments.may_add().then(|| Why::External("options in a variable".into()));
    let address = run.book.declare(REGISTRY, &name, group.as_ref(), body.close(span, open), &made);
    run.understood.push(span);
    query::shown(&address, arguments.option(&["--query"]).as_ref(), span)
}

/// `az acr update`: what it writes is so afterwards.
pub(super) fn update(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    run.understood.push(span);
    let name = arguments.option(&["--name", "-n"]);
    let body = settings(arguments);
    let firm = name.as_ref().is_some_and(|name| is_firm(run, name)) && !arguments.may_add();
    match &name {
        Some(name) if firm => {
            if !body.is_empty() {
                let made = run.made(span, span);
                let group = arguments.option(&["--resource-group", "-g"]);
                run.book.change(REGISTRY, name, group.as_ref(), body.close(span, None), &made);
            }
        }
        name => loosen(run, arguments, name.as_ref(), span),
    }
    let address = run.book.find(REGISTRY, &name?)?.address.clone();
    query::shown(&address, arguments.option(&["--query"]).as_ref(), span)
}

/// Whether a name is literal, or that of a registry which the script makes.
pub(super) fn is_firm(run: &Run<'_>, name: &Node) -> bool {
    name.as_str().is_some_and(super::is_literal) || run.book.find(REGISTRY, name).is_some()
}

/// A change of a registry whose name is not known.
fn loosen(run: &mut Run<'_>, arguments: &Arguments, name: Option<&Node>, span: Span) {
    let named = Named { registry: name, ..Named::default() };
    let open = arguments.may_add() || arguments.has(&["--set", "--add", "--remove"]);
    let settings: [(&[&str], Makes, &'static str); 4] = [
        (&["--admin-enabled"], Makes::AdminUser, "az acr update --admin-enabled"),
        (&["--anonymous-pull-enabled"], Makes::AnonymousPull, "az acr update --anonymous-pull-enabled"),
        (
            &["--public-network-enabled", "--default-action"],
            Makes::PublicAccess,
            "az acr update --public-network-enabled",
        ),
        (&["--role-assignment-mode"], Makes::RoleMode, "az acr update --role-assignment-mode"),
    ];
    for (options, makes, command) in settings {
        if open || arguments.has(options) {
            run.open(makes, command, span, named);
        }
    }
}

/// `az acr credential show`: the admin user's name is the registry's.
pub(super) fn credential(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let name = arguments.option(&["--name", "-n"])?;
    let query = arguments.option(&["--query"])?;
    let query = query.as_str()?.replace('"', "");
    let address = registry_end(run, &name, span)?;
    let path: Vec<&str> = match query.as_str() {
        "username" => vec!["listCredentials()", "username"],
        text if text.starts_with("passwords[") => vec!["listCredentials()", "passwords", "0", "value"],
        _ => return None,
    };
    let path = path.into_iter().map(Into::into).collect();
    let node = Node::new(Value::Ref(std::sync::Arc::new(Ref { target: Target::Resource(address), path })), span);
    Some(if query == "username" { node } else { node.secret() })
}

/// `az acr scope-map create --repository R content/read …`.
pub(super) fn scope_map(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    let registry = arguments.option(&["--registry", "-r"]);
    let (Some(name), Some(registry)) = (arguments.option(&["--name", "-n"]), registry) else {
        return Printed::default();
    };
    let Some(address) = registry_end(run, &registry, span) else { return Printed::default() };
    let actions = actions(arguments, span);
    let body = object(vec![("properties", object(vec![("actions", actions)], span))], span);
    child(run, "scopeMaps", name, &address, body, span);
    Printed::default()
}

/// The actions that pairs of a repository and its actions name.
fn actions(arguments: &Arguments, span: Span) -> Node {
    let mut found = Vec::new();
    let words = arguments.several("--repository");
    let (repositories, actions): (Vec<&Node>, Vec<&Node>) = words.iter().partition(|word| {
        !word.as_str().is_some_and(|text| text.starts_with("content/") || text.starts_with("metadata/"))
    });
    for repository in &repositories {
        for action in &actions {
            let pieces = vec![
                Node::text("repositories/", repository.span),
                (*repository).clone(),
                Node::text("/", repository.span),
                (*action).clone(),
            ];
            found.push(Node::concat(pieces, repository.span));
        }
    }
    // Several repositories with actions of their own are not told apart here.
    match repositories.len() {
        1 => Node::list(found, span),
        _ => Node::unknown(Why::UnsupportedSyntax("several repositories".into()), span),
    }
}

/// `az acr token create`.
pub(super) fn token(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    let registry = arguments.option(&["--registry", "-r"]);
    let (Some(name), Some(registry)) = (arguments.option(&["--name", "-n"]), registry) else {
        return Printed::default();
    };
    let Some(address) = registry_end(run, &registry, span) else { return Printed::default() };
    let map = match arguments.option(&["--scope-map"]) {
        Some(map) => Node::concat(
            vec![Node::reference(address.clone(), &["id"], map.span), Node::text("/scopeMaps/", map.span), map.clone()],
            map.span,
        ),
        None => {
            let actions = actions(arguments, span);
            let own = Node::concat(vec![name.clone(), Node::text("-scope-map", name.span)], name.span);
            let body = object(vec![("properties", object(vec![("actions", actions)], span))], span);
            Node::reference(child(run, "scopeMaps", own, &address, body, span), &["id"], span)
        }
    };
    let text = |text: &str| Value::Str(text.into());
    let status = switched(arguments.option(&["--status"]), &text("enabled"), &text("disabled"));
    let mut properties = vec![("scopeMapId", map)];
    properties.extend(status.map(|status| ("status", status)));
    let body = object(vec![("properties", object(properties, span))], span);
    child(run, "tokens", name, &address, body, span);
    Printed::default()
}

/// `az acr token update`, `az acr token delete`, `az acr token credential …`: what it is afterwards is not followed.
pub(super) fn change_token(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    let registry = arguments.option(&["--registry", "-r"]);
    let (Some(name), Some(registry)) = (arguments.option(&["--name", "-n"]), registry) else {
        return Printed::default();
    };
    let Some(address) = registry_end(run, &registry, span) else { return Printed::default() };
    let why = || Node::unknown(Why::Overridden("a command about the token".into()), span);
    let body = object(vec![("properties", object(vec![("status", why()), ("scopeMapId", why())], span))], span);
    let made = run.made(span, span);
    if let Some(id) = run.book.at(&address).map(|it| it.id.clone()) {
        run.book.change_child(&format!("{REGISTRY}/tokens"), name, &id, body, &made);
    }
    Printed::default()
}

/// A child of a registry.
pub(super) fn child(
    run: &mut Run<'_>,
    kind: &str,
    name: Node,
    registry: &std::sync::Arc<crate::ir::Address>,
    body: Node,
    span: Span,
) -> std::sync::Arc<crate::ir::Address> {
    let made = run.made(span, span);
    let parent = run.book.at(registry).map(|it| (it.id.clone(), it.scope.clone()));
    let shown = crate::ir::shown(&name);
    let (id, scope) = parent.unwrap_or((Node::null(span), Node::null(span)));
    let kind = format!("{REGISTRY}/{kind}");
    run.book.child(
        &kind,
        &format!("{} {shown}", kind.rsplit('/').next().unwrap_or_default()),
        name,
        &id,
        scope,
        body,
        &made,
    )
}
