//! Values as people read them.

use super::{Node, Value};

/// The call that stands for a text which is written and may be replaced: its first argument is the text.
pub const REWRITTEN: &str = "rewritten";

/// A value as text for people: what is not known is `…`.
pub fn shown(node: &Node) -> String {
    if node.secret {
        return "•••".to_owned();
    }
    match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Concat(pieces) => either(pieces).unwrap_or_else(|| pieces.iter().map(shown).collect()),
        Value::Choice(_) => either(std::slice::from_ref(node)).unwrap_or_else(|| "…".to_owned()),
        Value::Call(name, arguments) if matches!(&**name, "tolower" | "toupper") => {
            arguments.iter().map(shown).collect()
        }
        // What stands in the file, though a policy may write something else.
        Value::Call(name, arguments) if &**name == REWRITTEN => arguments.first().map(shown).unwrap_or_default(),
        _ => "…".to_owned(),
    }
}

/// `a or b`: a text that hangs on one condition, where both outcomes are known and short.
fn either(pieces: &[Node]) -> Option<String> {
    const LONGEST: usize = 48;
    let mut conditions = pieces.iter().filter_map(|piece| match &piece.value {
        Value::Choice(choice) if !piece.secret => Some(&choice.on),
        _ => None,
    });
    let on = conditions.next().filter(|on| conditions.all(|other| other == *on))?;
    let outcome = |holds: bool| -> String {
        let arm = |piece: &Node| match &piece.value {
            Value::Choice(choice) if choice.on == *on => shown(if holds { &choice.yes } else { &choice.no }),
            _ => shown(piece),
        };
        pieces.iter().map(arm).collect()
    };
    let (yes, no) = (outcome(true), outcome(false));
    let fits = |text: &str| !text.is_empty() && text.len() <= LONGEST && !text.contains(['…', '•']);
    match fits(&yes) && fits(&no) {
        true if yes == no => Some(yes),
        true => Some(format!("{yes} or {no}")),
        false => None,
    }
}
