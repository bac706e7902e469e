//! Which objects a patch or a replacement is aimed at.

use regex::Regex;

use super::item::{Id, Item, written};
use crate::frontend::kubernetes::edit::{at, member};
use crate::ir::placeholder::stands_in;
use crate::ir::{Node, Truth};

/// A selector: patterns for type, name and namespace, and expressions about labels and annotations.
pub(super) struct Selector {
    group: Pattern,
    version: Pattern,
    kind: Pattern,
    name: Pattern,
    namespace: Pattern,
    labels: Vec<Requirement>,
    annotations: Vec<Requirement>,
}

/// A regular expression for a whole text.
enum Pattern {
    Any,
    Of(Regex),
    /// It can't be read, or is filled in later.
    Unknown,
}

impl Pattern {
    fn of(text: &str) -> Pattern {
        if text.is_empty() {
            return Pattern::Any;
        }
        match Regex::new(&format!("^(?:{text})$")) {
            Ok(regex) if !stands_in(text) => Pattern::Of(regex),
            _ => Pattern::Unknown,
        }
    }

    fn matches(&self, text: Option<&str>) -> Truth {
        match (self, text) {
            (Pattern::Any, _) => Truth::Yes,
            (Pattern::Of(regex), Some(text)) if regex.is_match(text) => Truth::Yes,
            (Pattern::Of(_), Some(text)) if !stands_in(text) => Truth::No,
            _ => Truth::Unknown,
        }
    }
}

impl Selector {
    /// As it is written under `target`, `select` and `reject`.
    pub(super) fn read(written: &Node) -> Selector {
        let text = |key: &str| member(written, key).and_then(super::item::written);
        let pattern = |key: &str| text(key).map_or(Pattern::Any, |text| Pattern::of(&text));
        let requirements = |key: &str| text(key).map(|text| requirements(&text)).unwrap_or_default();
        Selector {
            group: pattern("group"),
            version: pattern("version"),
            kind: pattern("kind"),
            name: pattern("name"),
            namespace: pattern("namespace"),
            labels: requirements("labelSelector"),
            annotations: requirements("annotationSelector"),
        }
    }

    /// Whether it names a type, a name or a namespace at all.
    pub(super) fn names_something(&self) -> bool {
        let all = [&self.group, &self.version, &self.kind, &self.name, &self.namespace];
        all.iter().any(|pattern| !matches!(pattern, Pattern::Any))
    }

    /// Whether labels and annotations are what it asks for.
    pub(super) fn fits_metadata(&self, body: &Node) -> Truth {
        let holds = |key: &str, requirements: &[Requirement]| {
            let all = requirements.iter().map(|requirement| requirement.holds(at(body, &["metadata", key])));
            all.fold(Truth::Yes, Truth::and)
        };
        holds("labels", &self.labels).and(holds("annotations", &self.annotations))
    }

    pub(super) fn asks_for_metadata(&self) -> bool {
        !self.labels.is_empty() || !self.annotations.is_empty()
    }

    fn fits_type(&self, id: &Id) -> Truth {
        let group = self.group.matches(Some(&id.group));
        group.and(self.version.matches(Some(&id.version))).and(self.kind.matches(Some(&id.kind)))
    }

    /// Whether it means one of the names that an object had.
    pub(super) fn fits_id(&self, id: &Id) -> Truth {
        let name = self.name.matches(id.name.as_deref());
        self.fits_type(id).and(name).and(self.namespace.matches(id.namespace.as_deref()))
    }

    /// Whether a patch with this target changes an object: by its first name or its present one.
    pub(super) fn fits(&self, item: &Item) -> Truth {
        let (first, now) = (item.first_id(), item.id());
        let either = |of: &dyn Fn(&Id) -> Truth| of(&first).or(of(&now));
        self.fits_type(&now)
            .and(either(&|id| self.namespace.matches(id.namespace_to_match())))
            .and(either(&|id| self.name.matches(id.name.as_deref())))
            .and(self.fits_metadata(&item.object.body))
    }
}

/// One expression about a label: `a=b`, `a!=b`, `a in (b, c)`, `a notin (b)`, `a`, `!a`.
struct Requirement {
    key: String,
    /// The values that are asked for; none asks whether the label is there.
    values: Option<Vec<String>>,
    negated: bool,
}

impl Requirement {
    fn holds(&self, labels: Option<&Node>) -> Truth {
        if labels.is_some_and(|labels| labels.as_map().is_none_or(|map| map.open.is_some()) && !labels.is_null()) {
            return Truth::Unknown;
        }
        let value = labels.and_then(|labels| member(labels, &self.key));
        let holds = match (&self.values, value) {
            (None, value) => Truth::of(value.is_some()),
            (Some(_), None) => Truth::No,
            (Some(values), Some(value)) => match written(value) {
                Some(text) if values.iter().any(|wanted| **wanted == *text) => Truth::Yes,
                Some(text) if !stands_in(&text) => Truth::No,
                _ => Truth::Unknown,
            },
        };
        if self.negated { holds.not() } else { holds }
    }
}

fn requirements(text: &str) -> Vec<Requirement> {
    split_outside(text).into_iter().map(str::trim).filter(|part| !part.is_empty()).map(requirement).collect()
}

/// The parts between commas that stand in no parentheses.
fn split_outside(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0usize);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

fn requirement(text: &str) -> Requirement {
    let of =
        |key: &str, values: Option<Vec<String>>, negated| Requirement { key: key.trim().to_owned(), values, negated };
    let one = |value: &str| Some(vec![value.trim().to_owned()]);
    if let Some((key, set)) = text.split_once('(') {
        let values = set.trim_end_matches(')').split(',').map(|value| value.trim().to_owned()).collect();
        let mut words = key.split_whitespace();
        let (key, negated) = (words.next().unwrap_or_default(), words.next() == Some("notin"));
        return of(key, Some(values), negated);
    }
    if let Some((key, value)) = text.split_once("!=") {
        return of(key, one(value), true);
    }
    if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return of(key, one(value), false);
    }
    match text.strip_prefix('!') {
        Some(key) => of(key, None, true),
        None => of(text, None, false),
    }
}
