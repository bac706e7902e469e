//! Dates, which the deployment language writes as texts in UTC.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::{Outcome, int, known, text, word};
use crate::ir::{Node, Value};
use crate::source::Span;

pub(super) fn compute(name: &str, arguments: &[Node], span: Span) -> Outcome {
    let first = word(arguments.first());
    match name {
        "datetimefromepoch" => {
            let at = int(arguments.first()).and_then(|seconds| Timestamp::from_second(seconds).ok());
            at.map_or(Outcome::Open, |at| text(at.to_string(), span))
        }
        "datetimetoepoch" => {
            let at = first.and_then(|text| text.parse::<Timestamp>().ok());
            at.map_or(Outcome::Open, |at| known(Value::Int(at.as_second()), span))
        }
        // Another form than the usual one is left alone.
        "datetimeadd" if arguments.len() == 2 => {
            let later = first.zip(word(arguments.get(1))).and_then(|(base, duration)| added(base, duration));
            later.map_or(Outcome::Open, |later| text(later.timestamp().to_string(), span))
        }
        "datetimeadd" => Outcome::Open,
        _ => Outcome::NoSuch,
    }
}

/// `P3Y` and `-P9D` after a date.
fn added(base: &str, duration: &str) -> Option<Zoned> {
    let duration: jiff::Span = duration.parse().ok()?;
    base.parse::<Timestamp>().ok()?.to_zoned(TimeZone::UTC).checked_add(duration).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn as_the_reference_has_them() {
        let span = Span::file(SourceId(0));
        let made = |name: &str, arguments: &[Node]| match compute(name, arguments, span) {
            Outcome::Known(node) => node.value,
            _ => panic!("{name}"),
        };
        let text = |text: &str| Node::text(text, span);
        let epoch = Node::new(Value::Int(1_683_040_573), span);
        assert_eq!(made("datetimefromepoch", &[epoch]), text("2023-05-02T15:16:13Z").value);
        assert_eq!(made("datetimetoepoch", &[text("2023-05-02T15:16:13Z")]), Value::Int(1_683_040_573));
        let base = text("2020-04-07T14:53:14Z");
        assert_eq!(made("datetimeadd", &[base.clone(), text("P3Y")]), text("2023-04-07T14:53:14Z").value);
        assert_eq!(made("datetimeadd", &[base, text("-P9D")]), text("2020-03-29T14:53:14Z").value);
    }
}
