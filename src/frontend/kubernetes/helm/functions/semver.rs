//! Versions, compared as Helm compares them.

use std::cmp::Ordering;

use super::super::format::shown;
use super::super::machine::{KUBE_VERSION, Machine};
use super::super::text::hole;
use super::super::value::{Kind, Native, Value};
use super::Answer;

/// Minor versions that a cluster of AKS may have, now and for some time.
const MINORS: std::ops::RangeInclusive<u64> = 27..=42;

pub(super) fn semver_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    let asked = |at: usize| machine.text_argument(arguments, at, name);
    match name {
        "semverCompare" => Some(asked(0).and_then(|constraint| {
            let version = asked(1)?;
            match (Version::read(&version.text), Constraint::read(&constraint.text)) {
                (Some(version), Some(constraint)) => Ok(Value::bool(constraint.admits(&version))),
                _ => machine.refuse_call(name, "no version"),
            }
        })),
        "semver" => Some(asked(0).and_then(|text| {
            let Some(version) = Version::read(&text.text) else { return machine.refuse_call(name, "no version") };
            let number = |number: u64| Value::int(i64::try_from(number).unwrap_or(i64::MAX));
            let metadata = text.text.split_once('+').map_or("", |(_, metadata)| metadata).trim();
            let fields = super::dict::of_texts([
                ("Major".to_owned(), number(version.numbers[0])),
                ("Minor".to_owned(), number(version.numbers[1])),
                ("Patch".to_owned(), number(version.numbers[2])),
                ("Prerelease".to_owned(), Value::str(version.pre.join("."))),
                ("Metadata".to_owned(), Value::str(metadata)),
                ("Original".to_owned(), Value::text(text.clone())),
            ]);
            // It is printed as the whole version, however short it was written.
            let after = |sign: &str, text: &str| if text.is_empty() { String::new() } else { format!("{sign}{text}") };
            let [major, minor, patch] = version.numbers;
            let (pre, metadata) = (after("-", &version.pre.join(".")), after("+", metadata));
            let printed = format!("{major}.{minor}.{patch}{pre}{metadata}");
            let origin = text.origin();
            Ok(match fields.as_map() {
                Some(map) => Value::new(Kind::Native(Native::Version(printed.into(), map.clone()))).at(origin),
                None => fields,
            })
        })),
        _ => None,
    }
}

/// `semverCompare` with the version of a cluster that is not known: certain when all supported versions agree.
pub(super) fn of_cluster(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    let [constraint, version] = arguments else { return None };
    if name != "semverCompare" || !constraint.is_known() {
        return None;
    }
    let text = shown(version).text;
    let mut letters = text.trim_start_matches('v').chars();
    let at = hole(letters.next()?)?;
    if letters.next().is_some() || !machine.is_key(at, KUBE_VERSION) {
        return None;
    }
    let constraint = Constraint::read(&shown(constraint).text)?;
    let mut outcomes = MINORS.map(|minor| {
        let version = |patch: u64| Version { numbers: [1, minor, patch], pre: Vec::new() };
        (constraint.admits(&version(0)), constraint.admits(&version(99)))
    });
    let (first, _) = outcomes.next()?;
    let agree = outcomes.all(|outcome| outcome == (first, first));
    agree.then(|| Ok(Value::bool(first)))
}

/// A version, leniently read.
#[derive(Clone, Debug, PartialEq)]
struct Version {
    numbers: [u64; 3],
    pre: Vec<String>,
}

impl Version {
    fn read(text: &str) -> Option<Version> {
        let (version, given) = partial(text)?;
        (given > 0).then_some(version)
    }

    fn order(&self, other: &Version) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => pre_order(&self.pre, &other.pre),
        })
    }
}

fn pre_order(a: &[String], b: &[String]) -> Ordering {
    for (a, b) in a.iter().zip(b) {
        let order = match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => a.cmp(b),
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// A version of which the last numbers may be missing or `x`, and how many are given.
fn partial(text: &str) -> Option<(Version, usize)> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = text.split('+').next().unwrap_or_default();
    let (numbers, pre) = text.split_once('-').map_or((text, ""), |(numbers, pre)| (numbers, pre));
    let mut version = Version { numbers: [0; 3], pre: Vec::new() };
    let mut given = 0;
    let mut open = false;
    let parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() > 3 {
        return None;
    }
    for (slot, part) in version.numbers.iter_mut().zip(parts) {
        if matches!(part, "x" | "X" | "*") {
            open = true;
            continue;
        }
        *slot = part.parse().ok()?;
        given += usize::from(!open);
    }
    if !pre.is_empty() {
        let fits = pre.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-'));
        version.pre = fits.then(|| pre.split('.').map(str::to_owned).collect())?;
    }
    Some((version, given))
}

/// Alternatives of comparisons that hold together.
#[derive(Debug)]
struct Constraint(Vec<Vec<Comparison>>);

#[derive(Debug)]
struct Comparison {
    sign: String,
    version: Version,
    /// How many numbers are given.
    given: usize,
}

impl Constraint {
    fn read(text: &str) -> Option<Constraint> {
        text.split("||").map(comparisons).collect::<Option<_>>().map(Constraint)
    }

    fn admits(&self, version: &Version) -> bool {
        self.0.iter().any(|all| all.iter().all(|comparison| comparison.admits(version)))
    }
}

fn comparisons(text: &str) -> Option<Vec<Comparison>> {
    // `1.2 - 1.4` is `>=1.2 <=1.4`.
    if let Some((from, to)) = text.split_once(" - ") {
        let side = |sign: &str, text: &str| {
            let (version, given) = partial(text)?;
            Some(Comparison { sign: sign.to_owned(), version, given })
        };
        return Some(vec![side(">=", from)?, side("<=", to)?]);
    }
    let mut found = Vec::new();
    let mut rest = text.trim_matches([' ', ',']);
    while !rest.is_empty() {
        let is_sign = |letter: char| matches!(letter, '<' | '>' | '=' | '!' | '~' | '^');
        let sign_end = rest.find(|letter| !is_sign(letter)).unwrap_or(rest.len());
        let (sign, after) = rest.split_at_checked(sign_end)?;
        let after = after.trim_start();
        let end = after.find([' ', ',', '<', '>', '=', '!', '~', '^']).unwrap_or(after.len());
        let (number, after) = after.split_at_checked(end)?;
        let (version, given) = partial(number)?;
        found.push(Comparison { sign: sign.to_owned(), version, given });
        rest = after.trim_start_matches([' ', ',']);
    }
    (!found.is_empty()).then_some(found)
}

impl Comparison {
    fn admits(&self, version: &Version) -> bool {
        let bound = &self.version;
        let order = version.order(bound);
        // A version before a release counts only where the constraint names one.
        if !version.pre.is_empty() && bound.pre.is_empty() && self.sign != "!=" {
            return false;
        }
        let agrees = |count: usize| version.numbers.iter().zip(&bound.numbers).take(count).all(|(a, b)| a == b);
        match self.sign.as_str() {
            "" | "=" | "==" if self.given == 3 => order.is_eq(),
            "" | "=" | "==" => agrees(self.given),
            "!=" if self.given == 3 => order.is_ne(),
            "!=" => !agrees(self.given),
            ">" if self.given == 3 => order.is_gt(),
            ">" => order.is_gt() && !agrees(self.given),
            "<" => order.is_lt(),
            ">=" | "=>" => order.is_ge(),
            "<=" | "=<" if self.given == 3 => order.is_le(),
            "<=" | "=<" => order.is_le() || agrees(self.given),
            "~" | "~>" => order.is_ge() && agrees(self.given.min(2)),
            "^" => {
                let first = bound.numbers.iter().position(|number| *number != 0).unwrap_or(2);
                order.is_ge() && agrees((first + 1).min(self.given.max(1)))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(constraint: &str, version: &str) -> bool {
        Constraint::read(constraint).unwrap().admits(&Version::read(version).unwrap())
    }

    #[test]
    fn constraints_are_read_as_helm_reads_them() {
        for (constraint, version, expected) in [
            (">=1.19-0", "v1.31.0", true),
            (">= 1.14-0", "1.31.0-gke.5", true),
            (">=1.14", "1.31.0-gke.5", false),
            ("<1.21-0", "v1.31.0", false),
            ("^1.2", "1.9.3", true),
            ("^0.2.1", "0.3.0", false),
            ("~1.2.3", "1.2.9", true),
            ("~1.2", "1.3.0", false),
            (">=1.2, <2 || >=3", "2.5.0", false),
            (">=1.2 <2 || >=3", "3.0.0", true),
            ("1.x", "1.7.1", true),
            ("*", "0.0.1", true),
            ("1.2 - 1.4", "1.4.0", true),
            ("!=1.2.3", "1.2.3", false),
            (">1.2", "1.2.9", false),
            ("<=1.2", "1.2.9", true),
        ] {
            assert_eq!(admits(constraint, version), expected, "{constraint} {version}");
        }
    }
}
