//! Versions of modules, and the constraints that a `version` argument states.

/// Major, minor, patch.
pub type Version = (u32, u32, u32);

/// What a call says of the version that it wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraint(Vec<(Operator, Version)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Exactly,
    Not,
    Above,
    AtLeast,
    Below,
    AtMost,
    /// At least this version, and below the next one of the last but one number that was written.
    Until(Version),
}

impl Constraint {
    /// `~> 9.0`, `>= 4, < 5`, `9.1.0`; the empty text allows every version. Nothing for what is no such text.
    pub fn parse(text: &str) -> Option<Constraint> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(part).collect::<Option<Vec<_>>>().map(Constraint)
    }

    /// Whether nothing is said.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The first version that it may allow, and the first one beyond; what it takes out in between is not told.
    pub fn bounds(&self) -> (Version, Version) {
        let next = |(major, minor, patch): Version| (major, minor, patch.saturating_add(1));
        let (first, end) = ((0, 0, 0), (u32::MAX, 0, 0));
        self.0.iter().fold((first, end), |(from, below), &(operator, bound)| {
            let (above, under) = match operator {
                Operator::Exactly => (bound, next(bound)),
                Operator::Not => (first, end),
                Operator::Above => (next(bound), end),
                Operator::AtLeast => (bound, end),
                Operator::Below => (first, bound),
                Operator::AtMost => (first, next(bound)),
                Operator::Until(until) => (bound, until),
            };
            (from.max(above), below.min(under))
        })
    }

    /// Whether it allows a version.
    pub fn allows(&self, version: Version) -> bool {
        self.0.iter().all(|(operator, bound)| match operator {
            Operator::Exactly => version == *bound,
            Operator::Not => version != *bound,
            Operator::Above => version > *bound,
            Operator::AtLeast => version >= *bound,
            Operator::Below => version < *bound,
            Operator::AtMost => version <= *bound,
            Operator::Until(end) => version >= *bound && version < *end,
        })
    }
}

fn part(text: &str) -> Option<(Operator, Version)> {
    let operators = ["~>", ">=", "<=", "!=", ">", "<", "="];
    let sign = operators.into_iter().find(|sign| text.starts_with(sign)).unwrap_or_default();
    let written = text.get(sign.len()..)?.trim();
    let version = padded(written)?;
    let operator = match sign {
        "~>" => Operator::Until(next(version, written.split('.').count())?),
        ">=" => Operator::AtLeast,
        "<=" => Operator::AtMost,
        "!=" => Operator::Not,
        ">" => Operator::Above,
        "<" => Operator::Below,
        _ => Operator::Exactly,
    };
    Some((operator, version))
}

/// Where `~>` ends: `~> 9.1.2` below 9.2, `~> 9.1` and `~> 9` below 10.
fn next((major, minor, _): Version, written: usize) -> Option<Version> {
    match written {
        3 => Some((major, minor.checked_add(1)?, 0)),
        _ => Some((major.checked_add(1)?, 0, 0)),
    }
}

/// The generation of a version, within which nothing that decides should change: the major number, the minor one before 1.0.
pub fn generation((major, minor, _): Version) -> (u32, u32) {
    if major == 0 { (0, minor) } else { (major, 0) }
}

/// The first version of the next generation.
pub fn after((major, minor, _): Version) -> Version {
    if major == 0 { (0, minor.saturating_add(1), 0) } else { (major.saturating_add(1), 0, 0) }
}

/// A version as tags and locks write it: `9.1.0`, `v0.4.2`. Missing numbers are zero; one before its release is none.
pub fn padded(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut numbers = text.split('.').map(|number| match number.bytes().all(|byte| byte.is_ascii_digit()) {
        true => number.parse::<u32>().ok(),
        false => None,
    });
    let major = numbers.next()??;
    let minor = numbers.next().unwrap_or(Some(0))?;
    let patch = numbers.next().unwrap_or(Some(0))?;
    numbers.next().is_none().then_some((major, minor, patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(constraint: &str, version: &str) -> bool {
        Constraint::parse(constraint).unwrap().allows(padded(version).unwrap())
    }

    #[test]
    fn constraints_allow_what_terraform_takes() {
        for (constraint, version) in [
            ("", "1.2.3"),
            ("9.1.0", "9.1"),
            ("= 9.1.0", "9.1.0"),
            ("~> 9.0", "9.4.1"),
            ("~> 9", "9.4.1"),
            ("~> 9.4.0", "9.4.1"),
            (">= 4, < 5", "4.16.0"),
            (">=4.0,!=4.1.0", "4.2.0"),
            ("> 1.0, <= 2.0", "2.0.0"),
        ] {
            assert!(allows(constraint, version), "{constraint} {version}");
        }
        for (constraint, version) in [
            ("9.1.0", "9.1.1"),
            ("~> 9.0", "10.0.0"),
            ("~> 9.4.0", "9.5.0"),
            (">= 4, < 5", "5.0.0"),
            ("!= 4.1.0", "4.1.0"),
            ("> 1.0", "1.0.0"),
        ] {
            assert!(!allows(constraint, version), "{constraint} {version}");
        }
    }

    #[test]
    fn what_is_no_constraint() {
        for text in ["latest", "~> 1.x", "1.2.3.4", "1.0.0-beta", ">=", "99999999999", "~> 4294967295"] {
            assert_eq!(Constraint::parse(text), None, "{text}");
        }
    }
}
