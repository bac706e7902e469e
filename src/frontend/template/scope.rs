//! Where templates deploy to, and the objects that `resourceGroup()` and its kin return.

use std::sync::Arc;

use super::canonical::canonical;
use super::template::TargetScope;
use crate::ir::{Entry, GROUP, MANAGEMENT_GROUP, Map, Node, ResourceId, SUBSCRIPTION, Target, Value, Why};
use crate::source::Span;

/// Where a template deploys to.
#[derive(Clone, Debug)]
pub struct Place {
    /// The subscription's GUID; none above subscriptions.
    pub subscription: Option<Node>,
    /// The resource group's name; none above groups.
    pub group: Option<Node>,
    /// The management group's name, when that is the target.
    pub management_group: Option<Node>,
    /// The location of the group, or of the deployment.
    pub location: Node,
}

/// What a `scope:` means.
pub enum Standing {
    /// A group, subscription, management group or the tenant.
    Container(Place),
    /// A resource, which an extension resource stands on.
    Resource(Node),
    /// Not known.
    Unknown(Node),
}

impl Place {
    /// The place that the user chooses when deploying.
    pub fn chosen(deployment: &str, target: TargetScope, span: Span) -> Place {
        let symbol = |what: &str, key: &str| {
            Node::symbol(Why::DeploymentScope(what.into()), format!("{deployment}#{key}"), span)
        };
        let below = matches!(target, TargetScope::Group | TargetScope::Subscription);
        Place {
            subscription: below.then(|| symbol("subscription", "subscription")),
            group: (target == TargetScope::Group).then(|| symbol("resource group", "group")),
            management_group: (target == TargetScope::ManagementGroup)
                .then(|| symbol("management group", "managementGroup")),
            location: symbol("location", "location"),
        }
    }

    /// The id of the place; `null` for the tenant.
    pub fn id(&self, span: Span) -> Node {
        match (&self.subscription, &self.group, &self.management_group) {
            (Some(subscription), Some(group), _) => {
                Node::id(ResourceId::of_group(subscription.clone(), group.clone()), span)
            }
            (Some(subscription), None, _) => Node::id(ResourceId::of_subscription(subscription.clone()), span),
            (None, _, Some(name)) => Node::id(ResourceId::of_management_group(name.clone()), span),
            (None, _, None) => Node::null(span),
        }
    }

    /// This place's subscription without its group.
    pub fn of_subscription(&self) -> Place {
        Place { group: None, ..self.clone() }
    }

    fn tenant(&self) -> Place {
        Place { subscription: None, group: None, management_group: None, location: self.location.clone() }
    }

    fn of_id(&self, id: &ResourceId, span: Span) -> Place {
        let management_group = id.is_kind(MANAGEMENT_GROUP).then(|| id.names.first().cloned()).flatten();
        let place = Place {
            subscription: id.subscription.clone(),
            group: id.group.clone(),
            management_group,
            location: self.location.clone(),
        };
        if canonical(&place.id(span)) == canonical(&self.id(span)) {
            return self.clone();
        }
        let symbol = format!("{}#location", canonical(&place.id(span)));
        let location = Node::symbol(Why::DeploymentScope("location".into()), symbol, span);
        // Only groups have a location of their own; above them it is the deployment's.
        if place.group.is_some() { Place { location, ..place } } else { place }
    }

    /// What a scope value means, seen from here.
    pub fn standing(&self, scope: &Node) -> Standing {
        let span = scope.span;
        match &scope.value {
            Value::Map(map) => match map.get("id") {
                Some(id) => self.standing(id),
                None => Standing::Unknown(scope.clone()),
            },
            Value::Null => Standing::Container(self.tenant()),
            Value::Str(text) if &**text == "/" => Standing::Container(self.tenant()),
            Value::Id(id) if id.is_container() => Standing::Container(self.of_id(id, span)),
            Value::Ref(reference) => match &reference.target {
                Target::Id(id) if reference.path.is_empty() => self.standing(id),
                _ => Standing::Resource(scope.clone()),
            },
            Value::Id(_) => Standing::Resource(scope.clone()),
            Value::Str(_) | Value::Concat(_) => match self.absolute(scope) {
                Some(id) if id.is_container() => Standing::Container(self.of_id(&id, span)),
                Some(id) => Standing::Resource(Node { trail: scope.trail.clone(), ..Node::id(id, span) }),
                None => Standing::Unknown(scope.clone()),
            },
            Value::Choice(choice) => match (self.standing(&choice.yes), self.standing(&choice.no)) {
                (Standing::Container(yes), Standing::Container(no)) => self.either(scope, &yes, &no),
                _ => Standing::Unknown(scope.clone()),
            },
            _ => Standing::Unknown(scope.clone()),
        }
    }

    /// Two groups, or two subscriptions, of which a condition picks one.
    fn either(&self, scope: &Node, yes: &Place, no: &Place) -> Standing {
        let Value::Choice(choice) = &scope.value else { return Standing::Unknown(scope.clone()) };
        let pick = |a: &Node, b: &Node| match canonical(a) == canonical(b) {
            true => a.clone(),
            false => Node::choice(choice.on.clone(), a.clone(), b.clone(), scope.span),
        };
        let (Some(subscription), Some(other)) = (&yes.subscription, &no.subscription) else {
            return Standing::Unknown(scope.clone());
        };
        let group = match (&yes.group, &no.group) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (None, None) => None,
            _ => return Standing::Unknown(scope.clone()),
        };
        let location = pick(&yes.location, &no.location);
        Standing::Container(Place {
            subscription: Some(pick(subscription, other)),
            group,
            management_group: None,
            location,
        })
    }

    /// The id that a text is: absolute, or `type/name` below this place.
    pub fn absolute(&self, text: &Node) -> Option<ResourceId> {
        if let Some(id) = ResourceId::parse(text) {
            return Some(id);
        }
        let mut pieces = id_pieces(&self.id(text.span))?;
        pieces.push(Node::text("/providers/", text.span));
        pieces.push(text.clone());
        ResourceId::parse(&Node::concat(pieces, text.span))
    }
}

/// The pieces of an id as text; nothing when it isn't an id or stands on something that isn't one.
pub fn id_pieces(node: &Node) -> Option<Vec<Node>> {
    let span = node.span;
    let Value::Id(id) = &node.value else { return node.is_null().then(Vec::new) };
    let word = |text: String| Node::text(text, span);
    let mut pieces = match &id.extends {
        Some(on) => id_pieces(on)?,
        None => Vec::new(),
    };
    if id.extends.is_none() {
        for (name, part) in [("/subscriptions/", &id.subscription), ("/resourceGroups/", &id.group)] {
            if let Some(part) = part {
                pieces.extend([word(name.to_owned()), part.clone()]);
            }
        }
    }
    if id.is_kind(GROUP) || id.is_kind(SUBSCRIPTION) {
        return Some(pieces);
    }
    let mut segments = id.kind.split('/');
    pieces.push(word(format!("/providers/{}", segments.next().unwrap_or_default())));
    for (segment, name) in segments.zip(&id.names) {
        pieces.extend([word(format!("/{segment}/")), name.clone()]);
    }
    Some(pieces)
}

/// An object of which only these members are known here.
pub fn open_object(members: Vec<(&str, Node)>, why: Why, span: Span) -> Node {
    let entries = members.into_iter().map(|(key, value)| Entry::new(key, span, value)).collect();
    Node::new(Value::Map(Arc::new(Map { entries, open: Some(why) })), span)
}

fn chosen(what: &str) -> Why {
    Why::DeploymentScope(what.into())
}

/// `resourceGroup()`, `resourceGroup(name)`, `resourceGroup(subscription, name)`.
pub fn resource_group(place: &Place, deployment: &str, arguments: &[Node], span: Span) -> Node {
    let at = match arguments {
        // An empty name means the group that is deployed to.
        [] => place.clone(),
        [group] if group.as_str() == Some("") => place.clone(),
        [group] => Place { group: Some(group.clone()), ..place.clone() },
        [subscription, group, ..] => {
            Place { subscription: Some(subscription.clone()), group: Some(group.clone()), ..place.clone() }
        }
    };
    let (Some(subscription), Some(group)) = (&at.subscription, &at.group) else {
        return Node::unknown(Why::UnresolvedName("resourceGroup()".into()), span);
    };
    let id = ResourceId::of_group(subscription.clone(), group.clone());
    let location = place.of_id(&id, span).location;
    let tags = Node::symbol(chosen("resource group"), format!("{deployment}#tags:{}", canonical(group)), span);
    let members = vec![
        ("id", Node::id(id, span)),
        ("name", group.clone()),
        ("type", Node::text(GROUP, span)),
        ("location", location),
        ("tags", tags),
    ];
    open_object(members, chosen("resource group"), span)
}

/// `subscription()`, `subscription(id)`.
pub fn subscription(place: &Place, deployment: &str, arguments: &[Node], span: Span) -> Node {
    let Some(subscription) = arguments.first().or(place.subscription.as_ref()) else {
        return Node::unknown(Why::UnresolvedName("subscription()".into()), span);
    };
    let name = Node::symbol(
        chosen("subscription"),
        format!("{deployment}#subscriptionName:{}", canonical(subscription)),
        span,
    );
    let members = vec![
        ("id", Node::id(ResourceId::of_subscription(subscription.clone()), span)),
        ("subscriptionId", subscription.clone()),
        ("tenantId", tenant_id(deployment, span)),
        ("displayName", name),
    ];
    open_object(members, chosen("subscription"), span)
}

fn tenant_id(deployment: &str, span: Span) -> Node {
    Node::symbol(chosen("tenant"), format!("{deployment}#tenant"), span)
}

/// `tenant()`.
pub fn tenant(deployment: &str, span: Span) -> Node {
    open_object(vec![("id", Node::text("/", span)), ("tenantId", tenant_id(deployment, span))], chosen("tenant"), span)
}

/// `managementGroup()`, `managementGroup(name)`.
pub fn management_group(place: &Place, deployment: &str, arguments: &[Node], span: Span) -> Node {
    let chosen_here = || Node::symbol(chosen("management group"), format!("{deployment}#managementGroup"), span);
    let name = arguments.first().or(place.management_group.as_ref()).cloned().unwrap_or_else(chosen_here);
    let id = Node::id(ResourceId::of_management_group(name.clone()), span);
    open_object(vec![("id", id), ("name", name)], chosen("management group"), span)
}

/// `deployment()` of a root, or of the module with this name.
pub fn deployment(place: &Place, deployment: &str, name: Option<&Node>, span: Span) -> Node {
    let root = || Node::symbol(chosen("name of the deployment"), format!("{deployment}#deployment"), span);
    let name = name.cloned().unwrap_or_else(root);
    open_object(vec![("name", name), ("location", place.location.clone())], chosen("deployment"), span)
}

/// A cloud of Azure, with its own directory and endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cloud {
    /// The public one.
    #[default]
    Public,
    /// Azure Government.
    Government,
    /// Azure in China.
    China,
}

impl Cloud {
    /// Its name in `environment().name`.
    fn name(self) -> &'static str {
        match self {
            Cloud::Public => "AzureCloud",
            Cloud::Government => "AzureUSGovernment",
            Cloud::China => "AzureChinaCloud",
        }
    }

    /// Of three endpoints, its own.
    fn of(self, endpoints: [&'static str; 3]) -> &'static str {
        let [public, government, china] = endpoints;
        match self {
            Cloud::Public => public,
            Cloud::Government => government,
            Cloud::China => china,
        }
    }
}

/// Members of `environment()` in the public cloud, Azure Government and China, as `az cloud show` lists them.
const ENDPOINTS: [(&str, [&str; 3]); 8] = [
    (
        "batch",
        ["https://batch.core.windows.net/", "https://batch.core.usgovcloudapi.net/", "https://batch.chinacloudapi.cn/"],
    ),
    (
        "gallery",
        ["https://gallery.azure.com/", "https://gallery.usgovcloudapi.net/", "https://gallery.chinacloudapi.cn/"],
    ),
    ("graph", ["https://graph.windows.net/", "https://graph.windows.net/", "https://graph.chinacloudapi.cn/"]),
    ("graphAudience", ["https://graph.windows.net/", "https://graph.windows.net/", "https://graph.chinacloudapi.cn/"]),
    (
        "media",
        ["https://rest.media.azure.net", "https://rest.media.usgovcloudapi.net", "https://rest.media.chinacloudapi.cn"],
    ),
    ("portal", ["https://portal.azure.com", "https://portal.azure.us", "https://portal.azure.cn"]),
    (
        "resourceManager",
        [
            "https://management.azure.com/",
            "https://management.usgovcloudapi.net",
            "https://management.chinacloudapi.cn",
        ],
    ),
    (
        "sqlManagement",
        [
            "https://management.core.windows.net:8443/",
            "https://management.core.usgovcloudapi.net:8443/",
            "https://management.core.chinacloudapi.cn:8443/",
        ],
    ),
];

/// As `ENDPOINTS`, for `environment().suffixes`.
const SUFFIXES: [(&str, [&str; 3]); 4] = [
    ("acrLoginServer", [".azurecr.io", ".azurecr.us", ".azurecr.cn"]),
    ("keyvaultDns", [".vault.azure.net", ".vault.usgovcloudapi.net", ".vault.azure.cn"]),
    ("sqlServerHostname", [".database.windows.net", ".database.usgovcloudapi.net", ".database.chinacloudapi.cn"]),
    ("storage", ["core.windows.net", "core.usgovcloudapi.net", "core.chinacloudapi.cn"]),
];

/// `environment()`.
pub fn environment(cloud: Cloud, span: Span) -> Node {
    let text = |text: &str| Node::text(text, span);
    let outside = || Why::External("environment()".into());
    let known = |(key, endpoints): &(&'static str, [&'static str; 3])| (*key, text(cloud.of(*endpoints)));
    let suffixes = open_object(SUFFIXES.iter().map(known).collect(), outside(), span);
    let login = cloud.of([
        "https://login.microsoftonline.com/",
        "https://login.microsoftonline.us/",
        "https://login.chinacloudapi.cn/",
    ]);
    let audience = cloud.of([
        "https://management.core.windows.net/",
        "https://management.core.usgovcloudapi.net/",
        "https://management.core.chinacloudapi.cn/",
    ]);
    let authentication = vec![("loginEndpoint", text(login)), ("identityProvider", text("AAD"))];
    let mut members = vec![
        ("name", text(cloud.name())),
        ("authentication", open_object(authentication, outside(), span)),
        ("authenticationAudience", text(audience)),
        ("suffixes", suffixes),
    ];
    members.extend(ENDPOINTS.iter().map(known));
    open_object(members, outside(), span)
}
