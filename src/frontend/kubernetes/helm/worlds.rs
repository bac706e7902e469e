//! One file rendered under each outcome of the few conditions that aren't known, and what that comes to together.

use std::rc::Rc;
use std::sync::Arc;

use super::super::manifest::Object;
use super::machine::{Decision, Machine, Stop, Unit};
use super::objects::{self, Given};
use super::value::Value;
use crate::ir::{Cond, Entry, Gap, Map, Node, Value as Known};
use crate::source::SourceId;

/// Objects, and when each is there.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) objects: Vec<(Object, Cond)>,
    pub(super) gaps: Vec<Gap>,
}

/// Renders a file; nothing but the reason when no outcome renders.
pub(super) fn render(
    machine: &mut Machine<'_>,
    unit: &Rc<Unit>,
    source: SourceId,
    dot: &dyn Fn() -> Value,
    decided: Vec<Decision>,
) -> Result<Merged, Stop> {
    let text = machine.file(unit, &dot(), &decided);
    let met: Vec<Decision> = machine.decisions.clone();
    let mut outcome = text.map(|text| {
        let Given { objects, gaps } = objects::read(machine, source, &text);
        Merged { objects: objects.into_iter().map(|object| (object, Cond::Always)).collect(), gaps }
    });
    // The conditions that this run met first were taken to hold; each is tried the other way, the last one first.
    for at in (decided.len()..met.len()).rev() {
        let Some(last) = met.get(at) else { continue };
        let mut other: Vec<Decision> = met.iter().take(at).cloned().collect();
        other.push(last.other());
        let otherwise = render(machine, unit, source, dot, other);
        outcome = match (outcome, otherwise) {
            (Ok(yes), Ok(no)) => Ok(merged(&last.flag, yes, no)),
            // An outcome that Helm refuses is none that is ever applied.
            (Ok(one), Err(_)) | (Err(_), Ok(one)) => Ok(one),
            (Err(stop), Err(_)) => Err(stop),
        };
    }
    outcome
}

fn merged(flag: &Node, yes: Merged, no: Merged) -> Merged {
    let on = Cond::of(flag);
    let mut rest: Vec<Option<(Object, Cond)>> = no.objects.into_iter().map(Some).collect();
    let mut objects = Vec::new();
    for (object, when) in yes.objects {
        let twin = rest.iter_mut().find(|other| other.as_ref().is_some_and(|(other, _)| is_twin(&object, other)));
        match twin.and_then(Option::take) {
            Some((other, other_when)) => {
                let when = match (&when, &other_when) {
                    (Cond::Always, Cond::Always) => Cond::Always,
                    _ if when == other_when => when,
                    _ => Cond::any([Cond::all([on.clone(), when]), Cond::all([on.negate(), other_when])]),
                };
                let body = both(&on, object.body.clone(), other.body);
                objects.push((Object { body, ..object }, when));
            }
            None => objects.push((object, Cond::all([on.clone(), when]))),
        }
    }
    objects.extend(rest.into_iter().flatten().map(|(object, when)| (object, Cond::all([on.negate(), when]))));
    let mut gaps = yes.gaps;
    for gap in no.gaps {
        if !gaps.contains(&gap) {
            gaps.push(gap);
        }
    }
    Merged { objects, gaps }
}

/// Whether both were written in the same place.
fn is_twin(a: &Object, b: &Object) -> bool {
    let place = |object: &Object| (object.extent.source, object.extent.start);
    a.kind == b.kind && a.api_version == b.api_version && place(a) == place(b)
}

/// A value that is the one or the other.
fn both(on: &Cond, yes: Node, no: Node) -> Node {
    if yes == no {
        return yes;
    }
    let span = yes.span;
    match (&yes.value, &no.value) {
        (Known::Map(a), Known::Map(b)) => {
            let mut map = Map { entries: Vec::new(), open: a.open.clone().or_else(|| b.open.clone()) };
            let key = |entry: &Entry| entry.key.as_str().unwrap_or_default().to_owned();
            for entry in &a.entries {
                let other = b.get_exact(&key(entry)).cloned().unwrap_or_else(|| Node::null(span));
                map.entries.push(Entry { key: entry.key.clone(), value: both(on, entry.value.clone(), other) });
            }
            for entry in b.entries.iter().filter(|entry| a.get_exact(&key(entry)).is_none()) {
                let value = both(on, Node::null(span), entry.value.clone());
                map.entries.push(Entry { key: entry.key.clone(), value });
            }
            Node { value: Known::Map(Arc::new(map)), ..yes }
        }
        (Known::List(a), Known::List(b)) if a.items.len() == b.items.len() && a.open.is_none() && b.open.is_none() => {
            let items = a.items.iter().zip(&b.items).map(|(a, b)| both(on, a.clone(), b.clone()));
            Node::list(items.collect(), span)
        }
        // Members that both have are there; more may be.
        (Known::List(a), Known::List(b)) => {
            let alike = a.items.iter().zip(&b.items).take_while(|(a, b)| is_alike(a, b)).count();
            let items = a.items.iter().zip(&b.items).take(alike).map(|(a, b)| both(on, a.clone(), b.clone()));
            let why = crate::ir::Why::Element("a list that hangs on a condition".into());
            let list = crate::ir::List { items: items.collect(), open: Some(why) };
            Node::new(Known::List(Arc::new(list)), span)
        }
        _ => texts(on, &yes, &no).unwrap_or_else(|| Node::choice(on.clone(), yes, no, span)),
    }
}

/// Two texts that begin alike, down to a slash: the beginning of an image holds the host, and it is known either way.
fn texts(on: &Cond, yes: &Node, no: &Node) -> Option<Node> {
    let (a, b) = (beginning(yes)?, beginning(no)?);
    let alike: usize = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(letter, _)| letter.len_utf8()).sum();
    let known = a.get(..alike).filter(|known| known.contains('/'))?;
    let rest = Node::choice(on.clone(), without(yes, known)?, without(no, known)?, yes.span);
    let joined = Node::concat(vec![Node::text(known, yes.span), rest], yes.span);
    Some(Node { trail: yes.trail.clone(), secret: yes.secret || no.secret, ..joined })
}

/// What is known of the beginning of a text.
fn beginning(text: &Node) -> Option<&str> {
    match &text.value {
        Known::Str(text) => Some(text),
        Known::Concat(pieces) => pieces.first()?.as_str(),
        _ => None,
    }
}

/// A text without its beginning.
fn without(text: &Node, known: &str) -> Option<Node> {
    let cut = |node: &Node| Some(Node::text(node.as_str()?.strip_prefix(known)?, node.span));
    match &text.value {
        Known::Concat(pieces) => {
            let (first, rest) = pieces.split_first()?;
            Some(Node::concat(std::iter::once(cut(first)?).chain(rest.iter().cloned()).collect(), text.span))
        }
        _ => cut(text),
    }
}

/// Whether two members of lists are the same member: they have the same name, or are written in the same place.
fn is_alike(a: &Node, b: &Node) -> bool {
    let name = |node: &Node| node.get("name").and_then(Node::as_str).map(str::to_owned);
    a == b || (name(a).is_some() && name(a) == name(b)) || (a.span == b.span && name(a) == name(b))
}
