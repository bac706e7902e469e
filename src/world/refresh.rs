//! What renews a token of a registry again and again, and how often.

use std::collections::BTreeSet;

use super::knowledge::Fact;
use crate::ir::{Node, Resolver, Resource, Value, Why};

/// Something that renews a token in a pull secret.
#[derive(Clone, Debug)]
pub struct Refresher<'a> {
    /// The object.
    pub resource: &'a Resource,
    /// What it is, as words.
    pub what: &'static str,
    /// Seconds between two runs at most; nothing when it runs once.
    pub every: Fact<Option<u64>>,
    /// Seconds that the token lives.
    pub life: u64,
}

/// How long a refresh token lives: three hours (authentication options of Azure Container Registry).
const REFRESH_TOKEN: u64 = 3 * 3600;
/// How long an access token lives: 75 minutes.
const ACCESS_TOKEN: u64 = 75 * 60;
/// What asks for a token.
const GENERATOR: &str = "generators.external-secrets.io/v1alpha1/ACRAccessToken";
/// How often External Secrets asks again when nobody says it.
const DEFAULT_INTERVAL: u64 = 3600;

impl Refresher<'_> {
    /// Whether the token dies before it is renewed, by its interval.
    pub fn is_too_slow(&self) -> bool {
        match &self.every {
            Fact::Known(Some(every), _) => *every > self.life,
            Fact::Known(None, _) => true,
            _ => false,
        }
    }
}

/// The refresher that an object is.
pub(super) fn refresher<'a>(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Refresher<'a>> {
    let (group, kind) = resource.kind.rsplit_once('/')?;
    match (group.split('/').next().unwrap_or_default(), kind) {
        ("external-secrets.io", "ExternalSecret") => external(resource, resolver),
        ("batch", "CronJob") => scheduled(resource, resolver),
        _ => None,
    }
}

/// An ExternalSecret whose payload comes from a generator of tokens. The generator says which kind of token it is.
fn external<'a>(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Refresher<'a>> {
    let body = resolver.node(&resource.body);
    let sources = body.at(&["spec", "dataFrom"])?.as_list()?;
    let generator = sources.items.iter().find_map(|source| source.at(&["sourceRef", "generatorRef"]))?;
    let text = |key: &str| generator.get(key).and_then(Node::as_str);
    if text("kind") != Some("ACRAccessToken") {
        return None;
    }
    let life = if is_scoped(text("name")?, &body, resolver) { ACCESS_TOKEN } else { REFRESH_TOKEN };
    let declared = resource.declared;
    let every = match (body.at(&["spec", "refreshPolicy"]), body.at(&["spec", "refreshInterval"])) {
        // On a change of the object is not on time.
        (Some(policy), _) if matches!(policy.as_str(), Some("CreatedOnce" | "OnChange")) => {
            Fact::Known(None, policy.span)
        }
        (Some(policy), _) if policy.as_str() != Some("Periodic") => Fact::Unknown(Why::TemplateText, policy.span),
        (_, None) => Fact::Default(Some(DEFAULT_INTERVAL), declared),
        (_, Some(interval)) => match interval_of(interval) {
            Some(0) => Fact::Known(None, interval.span),
            Some(seconds) => Fact::Known(Some(seconds), interval.span),
            None => Fact::Unknown(Why::TemplateText, interval.span),
        },
    };
    Some(Refresher { resource, what: "ExternalSecret", every, life })
}

/// Whether the generator of this name asks for an access token, which lives shorter: it has a scope.
fn is_scoped(name: &str, secret: &Node, resolver: &Resolver<'_>) -> bool {
    let text = |body: &Node, path: &[&str]| body.at(path).and_then(Node::as_str).map(str::to_owned);
    let place = ["metadata", "namespace"];
    let is_it = |it: &&&Resource| {
        text(&it.body, &["metadata", "name"]).as_deref() == Some(name) && text(&it.body, &place) == text(secret, &place)
    };
    let mut generators = resolver.of_kind(GENERATOR).iter().filter(is_it);
    generators
        .next()
        .is_some_and(|generator| text(&generator.body, &["spec", "scope"]).is_some_and(|it| !it.is_empty()))
}

/// A duration as Go writes it, in whole seconds; a bare number counts nanoseconds there, but only zero is ever written.
fn interval_of(node: &Node) -> Option<u64> {
    match &node.value {
        Value::Int(0) => Some(0),
        Value::Str(text) => duration(text),
        _ => None,
    }
}

fn duration(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let (mut seconds, mut rest) = (0u64, text);
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let unit = tail.find(|letter: char| letter.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(unit)?;
        let factor = match unit {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<u64>().ok()?.checked_mul(factor)?)?;
        rest = tail;
    }
    Some(seconds)
}

/// A job that signs in for a token and puts it into a pull secret.
fn scheduled<'a>(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Refresher<'a>> {
    let body = resolver.node(&resource.body);
    let mut words = String::new();
    let containers = body.at(&["spec", "jobTemplate", "spec", "template", "spec", "containers"])?.as_list()?;
    for container in &containers.items {
        ["command", "args"].iter().filter_map(|key| container.get(key)).for_each(|part| collect(part, &mut words));
    }
    let renews = words.contains("acr login") && words.contains("--expose-token");
    let stores =
        words.contains("create secret") || words.contains("docker-registry") || words.contains("dockerconfigjson");
    let schedule = body.at(&["spec", "schedule"]).filter(|_| renews && stores)?;
    let every = match schedule.as_str().and_then(longest_gap) {
        Some(seconds) => Fact::Known(Some(seconds), schedule.span),
        None => Fact::Unknown(Why::UnsupportedSyntax("a schedule".into()), schedule.span),
    };
    let suspended = body.at(&["spec", "suspend"]).is_some_and(|node| node.as_bool() != Some(false));
    (!suspended).then_some(Refresher { resource, what: "CronJob", every, life: REFRESH_TOKEN })
}

fn collect(node: &Node, words: &mut String) {
    match &node.value {
        Value::Str(text) => {
            words.push_str(text);
            words.push(' ');
        }
        Value::List(list) => list.items.iter().for_each(|item| collect(item, words)),
        Value::Concat(pieces) => pieces.iter().for_each(|piece| collect(piece, words)),
        _ => {}
    }
}

const DAY: u64 = 24 * 3600;

/// The longest time between two runs of a schedule that a CronJob has, at least: days that it leaves out make it longer
/// still.
fn longest_gap(schedule: &str) -> Option<u64> {
    match schedule.trim() {
        "@hourly" => return Some(3600),
        "@daily" | "@midnight" => return Some(DAY),
        "@weekly" => return Some(7 * DAY),
        "@monthly" => return Some(28 * DAY),
        "@yearly" | "@annually" => return Some(365 * DAY),
        every if every.starts_with("@every ") => return duration(every.trim_start_matches("@every ").trim()),
        _ => {}
    }
    let fields: Vec<&str> = schedule.split_whitespace().filter(|field| !field.contains("TZ=")).collect();
    let [minutes, hours, days, months, weekdays] = fields.as_slice() else { return None };
    let (minutes, hours) = (values(minutes, 0, 59)?, values(hours, 0, 23)?);
    let all = |field: &str| matches!(field, "*" | "?" | "*/1");
    let times: Vec<u64> =
        hours.iter().flat_map(|hour| minutes.iter().map(move |minute| hour * 3600 + minute * 60)).collect();
    let (first, last) = (times.first()?, times.last()?);
    let inside = times.iter().zip(times.iter().skip(1)).map(|(a, b)| b - a).max().unwrap_or(0);
    let around = DAY - last + first;
    // A day that is left out lies between two that aren't.
    let skipped = match all(days) && all(months) {
        true if all(weekdays) => 0,
        true => longest_break(weekdays)? * DAY,
        false => return Some(inside.max(around).max(DAY)),
    };
    Some(inside.max(around + skipped))
}

/// The most days one after the other that a field of weekdays leaves out.
fn longest_break(weekdays: &str) -> Option<u64> {
    const NAMES: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    let mut numbers = weekdays.to_ascii_lowercase();
    for (number, name) in NAMES.iter().enumerate() {
        numbers = numbers.replace(name, &number.to_string());
    }
    let days: BTreeSet<u64> = values(&numbers, 0, 7)?.into_iter().map(|day| day % 7).collect();
    let next = days.iter().skip(1).copied().chain(days.first().map(|first| first + 7));
    days.iter().zip(next).map(|(day, next)| next - day - 1).max()
}

/// The values that a field of a schedule takes, in order.
fn values(field: &str, least: u64, most: u64) -> Option<BTreeSet<u64>> {
    let mut found = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u64>().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if matches!(range, "*" | "?") => (least, most),
            Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
            None if part.contains('/') => (range.parse().ok()?, most),
            None => (range.parse().ok()?, range.parse().ok()?),
        };
        if from < least || to > most || from > to {
            return None;
        }
        found.extend((from..=to).step_by(usize::try_from(step).ok()?));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::{DAY, duration, longest_gap};

    #[test]
    fn durations_are_read_as_go_writes_them() {
        assert_eq!(
            [duration("1h30m"), duration("0"), duration("0s"), duration("90s")],
            [Some(5400), Some(0), Some(0), Some(90)]
        );
        assert_eq!([duration("1d"), duration("h"), duration("5"), duration("1.5h")], [None; 4]);
        assert_eq!(duration("99999999999999999999h"), None);
    }

    #[test]
    fn the_longest_gap_of_a_schedule() {
        assert_eq!(longest_gap("0 */2 * * *"), Some(2 * 3600));
        assert_eq!(longest_gap("0 */5 * * *"), Some(5 * 3600));
        assert_eq!(longest_gap("*/30 * * * *"), Some(1800));
        assert_eq!(longest_gap("0 8-18 * * *"), Some(14 * 3600));
        assert_eq!(longest_gap("0 0,12 * * *"), Some(12 * 3600));
        assert_eq!(longest_gap("0 3 * * *"), Some(DAY));
        assert_eq!(longest_gap("0 8-18 * * 1-5"), Some(62 * 3600));
        assert_eq!(longest_gap("0 */2 * * MON-FRI"), Some(50 * 3600));
        assert_eq!(longest_gap("0 3 * * 0,3,7"), Some(4 * DAY));
        assert_eq!(longest_gap("0 * 1 * *"), Some(DAY));
        assert_eq!(longest_gap("@every 4h"), Some(4 * 3600));
        assert_eq!([longest_gap("0 25 * * *"), longest_gap("x"), longest_gap("H * * * *")], [None; 3]);
    }
}
