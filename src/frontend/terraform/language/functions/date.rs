//! Dates.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use super::refuses_null;
use crate::frontend::terraform::value::{refused, text_of};
use crate::ir::{Node, Value};
use crate::source::Span;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Nothing when the name is another's or an argument is not known.
pub(super) fn date_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    if !matches!(name, "formatdate" | "timeadd" | "timecmp") {
        return None;
    }
    if let Some(refused) = refuses_null(name, values, span) {
        return Some(refused);
    }
    let [a, b] = values else { return Some(refused(name, span)) };
    let (a, b) = (text_of(a)?, text_of(b)?);
    let made = match name {
        "formatdate" => Moment::read(&b).and_then(|moment| moment.formatted(&a)).map(|text| Value::Str(text.into())),
        "timeadd" => Moment::read(&a)
            .zip(nanoseconds(&b))
            .and_then(|(moment, later)| moment.later(later))
            .map(|moment| Value::Str(moment.told().into())),
        _ => Moment::read(&a).zip(Moment::read(&b)).map(|(a, b)| Value::Int(a.instant().cmp(&b.instant()) as i64)),
    };
    Some(made.map_or_else(|| refused(name, span), |value| Node::new(value, span)))
}

/// A time of day somewhere, in RFC 3339.
struct Moment {
    civil: DateTime,
    /// Seconds east of Greenwich; nothing for `Z`.
    offset: Option<i32>,
}

impl Moment {
    fn read(text: &str) -> Option<Moment> {
        let (civil, offset) = match text.strip_suffix('Z') {
            Some(civil) => (civil, None),
            None => {
                let (civil, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
                let (hours, minutes) = zone.get(1..)?.split_once(':')?;
                let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
                let sign = if zone.starts_with('-') { -1 } else { 1 };
                (civil, Some(seconds * sign).filter(|_| zone.starts_with(['-', '+'])))
            }
        };
        let shape = civil.get(..19)?.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 | 16 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
        let whole = offset.is_some() || text.ends_with('Z');
        (shape && whole).then_some(())?;
        Some(Moment { civil: civil.parse().ok()?, offset })
    }

    fn zone(&self) -> Option<Offset> {
        Offset::from_seconds(self.offset.unwrap_or(0)).ok()
    }

    fn instant(&self) -> Option<Timestamp> {
        self.zone()?.to_timestamp(self.civil).ok()
    }

    fn later(&self, nanoseconds: i64) -> Option<Moment> {
        let instant = self.instant()?.checked_add(jiff::SignedDuration::from_nanos(nanoseconds)).ok()?;
        let civil = TimeZone::fixed(self.zone()?).to_datetime(instant);
        Some(Moment { civil, offset: self.offset })
    }

    fn told(&self) -> String {
        let (date, time) = (self.civil.date(), self.civil.time());
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()];
        let (year, month, day) = (date.year(), date.month(), date.day());
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}", self.zone_told(":", true))
    }

    fn zone_told(&self, between: &str, zulu: bool) -> String {
        let seconds = self.offset.unwrap_or(0);
        if zulu && (self.offset.is_none() || seconds == 0) {
            return "Z".to_owned();
        }
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.abs() / 60;
        format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
    }

    /// Runs of one letter are verbs, text in single quotes and all other signs stand for themselves.
    fn formatted(&self, pattern: &str) -> Option<String> {
        let mut made = String::new();
        let mut letters = pattern.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == '\'' {
                loop {
                    match letters.next()? {
                        '\'' if letters.peek() == Some(&'\'') => {
                            letters.next();
                            made.push('\'');
                        }
                        '\'' => break,
                        letter => made.push(letter),
                    }
                }
            } else if letter.is_ascii_alphabetic() {
                let mut count = 1;
                while letters.next_if_eq(&letter).is_some() {
                    count += 1;
                }
                made.push_str(&self.verb(letter, count)?);
            } else {
                made.push(letter);
            }
        }
        Some(made)
    }

    fn verb(&self, letter: char, count: usize) -> Option<String> {
        let (date, time) = (self.civil.date(), self.civil.time());
        let twelve = match time.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        let month = MONTHS.get(usize::try_from(date.month()).ok()?.checked_sub(1)?)?;
        let weekday = DAYS.get(usize::try_from(date.weekday().to_monday_zero_offset()).ok()?)?;
        let half = if time.hour() < 12 { "am" } else { "pm" };
        let number = |value: i8| if count == 1 { value.to_string() } else { format!("{value:02}") };
        Some(match (letter, count) {
            ('Y', 4) => format!("{:04}", date.year()),
            ('Y', 2) => format!("{:02}", date.year() % 100),
            ('M', 4) => (*month).to_owned(),
            ('M', 3) => month.get(..3)?.to_owned(),
            ('M', 1 | 2) => number(date.month()),
            ('D', 1 | 2) => number(date.day()),
            ('E', 4) => (*weekday).to_owned(),
            ('E', 3) => weekday.get(..3)?.to_owned(),
            ('h', 1 | 2) => number(time.hour()),
            ('H', 1 | 2) => number(twelve),
            ('A', 2) => half.to_uppercase(),
            ('a', 2) => half.to_owned(),
            ('m', 1 | 2) => number(time.minute()),
            ('s', 1 | 2) => number(time.second()),
            ('Z', 5) => self.zone_told(":", false),
            ('Z', 4) => self.zone_told("", false),
            ('Z', 3) if self.offset.unwrap_or(0) == 0 => "UTC".to_owned(),
            ('Z', 3) => self.zone_told("", false),
            ('Z', 1) => self.zone_told(":", true),
            _ => return None,
        })
    }
}

/// `1h30m`, `-10m`, `1.5h`.
fn nanoseconds(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut sum = 0.0;
    (!rest.is_empty()).then_some(())?;
    while !rest.is_empty() {
        let digits =
            rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.').len();
        let (number, after) = rest.split_at_checked(digits)?;
        let letters = after.find(|letter: char| letter.is_ascii_digit() || letter == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(letters)?;
        let unit = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * unit;
        rest = after;
    }
    (sum < 9e18).then_some((sum * sign) as i64)
}
