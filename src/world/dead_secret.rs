//! The secret with which a cluster's service principal signs in, as far as something tells that it can't.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::World;
use super::cluster::{Cluster, Pulling, Stated};
use super::registry::within;
use super::secret::is_placeholder;
use crate::azure::kinds::{APPLICATION, SERVICE_PRINCIPAL};
use crate::ir::{Case, Language, Node, Origin, Resource, Target, Truth, Value, Why, same_in};
use crate::source::{Span, Via};

/// Why the secret of a service principal is of no use.
#[derive(Clone, Debug)]
pub struct DeadSecret {
    /// What to change.
    pub value: Node,
    /// The declaration or the object that it is of.
    pub declared: Span,
    /// A clause about the secret.
    pub what: String,
    /// It is that very secret, and it is not passed in from elsewhere.
    pub sure: bool,
    /// The language of the place.
    pub language: Language,
}

/// A password of a service principal or an application that has ended.
pub struct Ended<'a> {
    /// What makes it.
    pub password: &'a Resource,
    /// Its last day.
    pub day: Date,
    /// Where the end is written.
    pub end: Node,
    /// The end is not passed in from elsewhere, and nothing leaves the password out.
    pub sure: bool,
}

impl<'a> World<'a> {
    /// What makes the secret of a cluster's service principal useless.
    pub fn dead_secret(&self, cluster: &Cluster<'a>) -> Option<DeadSecret> {
        let Pulling::ServicePrincipal(client) = &cluster.pulling else { return None };
        // Where nobody filled in the principal either, nothing is deployed like this.
        let filled = self.resolver.node(client).as_str().is_none_or(|client| !is_placeholder(client.trim()));
        if cluster.stated != Stated::ServicePrincipal || !filled {
            return None;
        }
        self.placeholder_of(cluster).or_else(|| self.ended_password(cluster)).or_else(|| self.ended_credentials(client))
    }

    /// A word in the place of the secret.
    fn placeholder_of(&self, cluster: &Cluster<'a>) -> Option<DeadSecret> {
        let resource = cluster.resource;
        let body = self.resolver.node(&resource.body);
        let secret = within(&self.resolver, body, &["properties", "servicePrincipalProfile", "secret"])?;
        let written = secret.as_str().is_some_and(|text| is_placeholder(text.trim()));
        // `<secret>` waits for somebody, who may come.
        let waits = is_bracketed(&secret) && !self.fills_placeholders();
        let dead = resource.origin == Origin::Declared && (written || waits);
        let passed = secret.trail.hops().any(|hop| matches!(hop.via, Via::Parameter | Via::Default));
        dead.then(|| DeadSecret {
            value: secret,
            declared: resource.declared,
            what: "is a placeholder".to_owned(),
            sure: written && !passed && resource.is_unconditional(),
            language: resource.language,
        })
    }

    /// A password of the tree that has an end, and from which the secret is read.
    fn ended_password(&self, cluster: &Cluster<'a>) -> Option<DeadSecret> {
        let path = ["properties", "servicePrincipalProfile", "secret"];
        let ended = self.ended_at(cluster.resource.body.at(&path)?)?;
        Some(DeadSecret {
            value: ended.end,
            declared: ended.password.declared,
            what: format!("ended on {}", ended.day),
            sure: ended.sure,
            language: ended.password.language,
        })
    }

    /// The password of the tree that a value is read from, when it has ended.
    pub fn ended_at(&self, secret: &Node) -> Option<Ended<'a>> {
        let Value::Ref(reference) = &secret.value else { return None };
        let Target::Resource(_) = &reference.target else { return None };
        let password = self.resolver.target(&reference.target)?;
        if !password.kind.to_ascii_lowercase().ends_with("/passwordcredentials") {
            return None;
        }
        let end = self.resolver.node(password.body.get("endDateTime")?);
        let passed = end.trail.hops().any(|hop| hop.via == Via::Parameter);
        let day = self.ended(&end)?;
        Some(Ended { password, day, sure: !passed && password.is_unconditional(), end })
    }

    /// Credentials that were read back: all that the application or its principal has.
    fn ended_credentials(&self, client: &Node) -> Option<DeadSecret> {
        let objects = [SERVICE_PRINCIPAL, APPLICATION].iter().flat_map(|kind| self.resolver.of_kind(kind));
        let is_it = |found: &&&'a Resource| {
            let app = found.body.get("appId").filter(|_| found.is_read_back());
            app.is_some_and(|app| same_in(&self.resolver, Case::Ignored, client, app) == Truth::Yes)
        };
        let own: Vec<&'a Resource> = objects.filter(is_it).copied().collect();
        let lists = || own.iter().filter_map(|object| Some((*object, object.body.get("passwordCredentials")?)));
        // An application and its principal have passwords of their own: either may be the cluster's.
        let filled: Vec<(&Resource, &Node)> = lists().filter(|(_, list)| !is_empty(list)).collect();
        if let Some(dead) = self.all_ended(&filled, true) {
            return Some(dead);
        }
        if !filled.is_empty() {
            return None;
        }
        let client = self.resolver.node(client);
        let client = client.as_str()?.to_ascii_lowercase();
        let bare = self.resolver.of_kind(super::CREDENTIALS).iter();
        let named = |list: &Resource| list.address.root.to_ascii_lowercase().contains(&client);
        let bare: Vec<&'a Resource> = bare.filter(|list| list.is_read_back()).copied().collect();
        let mine: Vec<(&Resource, &Node)> = bare
            .iter()
            .filter(|list| named(list) || bare.len() == 1 && self.has_one_service_principal())
            .filter_map(|list| Some((*list, list.body.get("passwordCredentials")?)))
            .collect();
        let sure = mine.iter().all(|(list, _)| named(list));
        self.all_ended(&mine, sure)
    }

    /// Nobody else's credentials can be meant.
    fn has_one_service_principal(&self) -> bool {
        let own = self.clusters.iter().filter(|cluster| matches!(cluster.pulling, Pulling::ServicePrincipal(_)));
        own.count() == 1
    }

    fn all_ended(&self, lists: &[(&Resource, &Node)], sure: bool) -> Option<DeadSecret> {
        let credentials = lists.iter().map(|(_, list)| list.as_list().map(|list| &list.items));
        let credentials: Vec<&Node> = credentials.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        let end = |credential: &&Node| credential.get("endDateTime").or(credential.get("endDate")).cloned();
        let ends: Vec<Node> = credentials.iter().map(end).collect::<Option<Vec<_>>>()?;
        let dates: Vec<Date> = ends.iter().map(|end| self.ended(end)).collect::<Option<Vec<_>>>()?;
        let (last, at) = dates.iter().zip(&ends).max_by_key(|(date, _)| **date)?;
        let (object, _) = lists.first()?;
        Some(DeadSecret {
            value: at.clone(),
            declared: object.declared,
            what: format!("ended on {last}"),
            sure,
            language: Language::AzureCli,
        })
    }

    /// The day on which something ended, when that is over.
    fn ended(&self, end: &Node) -> Option<Date> {
        let end = end.as_str()?.parse::<Timestamp>().ok()?.to_zoned(TimeZone::UTC).date();
        (end < self.outlook.today).then_some(end)
    }
}

/// Whether nothing but a word in angle brackets stands there.
fn is_bracketed(node: &Node) -> bool {
    let Value::Unknown { why: Why::TemplateText, sym: Some(sym) } = &node.value else { return false };
    let token = sym.0.rsplit_once("#token:").map(|(_, token)| token);
    token.is_some_and(|token| token.starts_with('<') && token.ends_with('>'))
}

fn is_empty(list: &Node) -> bool {
    list.is_null() || list.as_list().is_some_and(|list| list.items.is_empty() && list.open.is_none())
}
