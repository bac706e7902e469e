//! What a text is made of, seen before its references are followed: enough to say that two texts are never proved to be
//! equal, without comparing them.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Case, Node, Sym, Value};

/// How deep texts in texts and in the arguments of functions are looked at.
const DEPTH: usize = 12;
/// More pieces than this are not looked at, those in arguments included.
const PIECES: usize = 1_024;

/// The pieces of a text, in order.
pub(super) struct Outline(Vec<Piece>);

enum Piece {
    /// Letters, in lower case where case doesn't matter.
    Text(Arc<str>),
    /// An unknown, with what makes it equal to itself.
    Unknown(Option<Sym>),
    /// The result of a function.
    Call(Arc<str>, Vec<Outline>),
    /// A property that has no value in the tree.
    Property,
    /// It may turn out to be anything, nothing too.
    Open,
}

impl Outline {
    /// A text as it is written: what its references lead to may be anything.
    pub(super) fn written(node: &Node) -> Outline {
        View { followed: false, left: PIECES }.of(node, Case::Ignored, DEPTH)
    }

    /// A text whose references were followed.
    pub(super) fn followed(node: &Node) -> Outline {
        View { followed: true, left: PIECES }.of(node, Case::Ignored, DEPTH)
    }

    fn put_text(&mut self, text: &Arc<str>, case: Case) {
        if text.is_empty() {
            return;
        }
        let folds = case == Case::Ignored && text.bytes().any(|byte| byte.is_ascii_uppercase());
        let text = if folds { text.to_ascii_lowercase().into() } else { text.clone() };
        match self.0.last_mut() {
            Some(Piece::Text(before)) => *before = format!("{before}{text}").into(),
            _ => self.0.push(Piece::Text(text)),
        }
    }

    /// Whether both texts may be proved to be equal. Equal ones are made of the same pieces from both ends, up to the first
    /// one that may be anything.
    pub(super) fn may_equal(&self, other: &Outline) -> bool {
        let (a, b) = (&self.0, &other.0);
        let front = meet(a.iter(), b.iter(), |long, short| long.starts_with(short));
        front
            .unwrap_or_else(|| meet(a.iter().rev(), b.iter().rev(), |long, short| long.ends_with(short)) != Some(false))
    }
}

/// How a text is looked at.
struct View {
    /// References were followed: those that remain lead nowhere.
    followed: bool,
    /// How many more pieces are looked at.
    left: usize,
}

impl View {
    fn of(&mut self, node: &Node, case: Case, depth: usize) -> Outline {
        let mut outline = Outline(Vec::new());
        self.put(&mut outline, node, case, depth);
        outline
    }

    fn put(&mut self, outline: &mut Outline, node: &Node, case: Case, depth: usize) {
        let (Some(depth), Some(left)) = (depth.checked_sub(1), self.left.checked_sub(1)) else {
            return outline.0.push(Piece::Open);
        };
        self.left = left;
        let piece = match &node.value {
            Value::Concat(pieces) => return pieces.iter().for_each(|piece| self.put(outline, piece, case, depth)),
            Value::Str(text) => return outline.put_text(text, case),
            Value::Unknown { sym, .. } => Piece::Unknown(sym.clone()),
            Value::Call(name, arguments) => match (&**name, arguments.as_slice()) {
                // Where case doesn't matter, folding it does nothing; elsewhere it happens once the argument is known.
                ("tolower" | "toupper", [inner]) if case == Case::Ignored => {
                    return self.put(outline, inner, case, depth);
                }
                ("tolower" | "toupper", _) if !self.followed => Piece::Open,
                _ => {
                    // A hash of `A` is not the hash of `a`.
                    let inner = arguments.iter().map(|it| self.of(it, Case::Matters, depth));
                    Piece::Call(name.clone(), inner.collect())
                }
            },
            Value::Ref(reference) if self.followed && !reference.is(&["id"]) => Piece::Property,
            _ => Piece::Open,
        };
        outline.0.push(piece);
    }
}

/// Whether pieces are the same from one end on; nothing where one that may be anything is in the way. `begins` says whether
/// a text has another one at that end.
fn meet<'p>(
    mut a: impl Iterator<Item = &'p Piece>,
    mut b: impl Iterator<Item = &'p Piece>,
    begins: fn(&str, &str) -> bool,
) -> Option<bool> {
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Some(true),
            (Some(Piece::Open), _) | (_, Some(Piece::Open)) => return None,
            (Some(Piece::Text(x)), Some(Piece::Text(y))) if x == y => {}
            (Some(Piece::Text(x)), Some(Piece::Text(y))) => {
                // The shorter one goes on in what follows it, which has to be open for that.
                let (whole, goes_on) = match x.len().cmp(&y.len()) {
                    Ordering::Less => (begins(y, x), a.next()),
                    Ordering::Greater => (begins(x, y), b.next()),
                    Ordering::Equal => return Some(false),
                };
                return if whole && matches!(goes_on, Some(Piece::Open)) { None } else { Some(false) };
            }
            (Some(x), Some(y)) if x.may_equal(y) => {}
            // What is left of one of them may be nothing.
            (Some(_), None) if a.any(|piece| matches!(piece, Piece::Open)) => return None,
            (None, Some(_)) if b.any(|piece| matches!(piece, Piece::Open)) => return None,
            _ => return Some(false),
        }
    }
}

impl Piece {
    /// Whether two pieces of which none is open or a text may be proved to be equal.
    fn may_equal(&self, other: &Piece) -> bool {
        match (self, other) {
            (Piece::Unknown(Some(a)), Piece::Unknown(Some(b))) => a == b,
            // One evaluation of something without a symbol is itself.
            (Piece::Unknown(_), Piece::Unknown(_)) | (Piece::Property, Piece::Property) => true,
            (Piece::Call(f, a), Piece::Call(g, b)) => {
                f == g && a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.may_equal(b))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Cond, Resolver, Truth, Why, same_in};
    use crate::source::Span;

    fn text(text: &str) -> Node {
        Node::text(text, Span::default())
    }

    fn symbol(name: &str) -> Node {
        Node::symbol(Why::Parameter(name.into()), name, Span::default())
    }

    fn call(name: &str, arguments: Vec<Node>) -> Node {
        Node::new(Value::Call(name.into(), Arc::new(arguments)), Span::default())
    }

    fn joined(pieces: &[Node]) -> Node {
        Node::concat(pieces.to_vec(), Span::default())
    }

    fn reference() -> Node {
        let address = crate::ir::Address { root: "main".into(), path: Vec::new() };
        Node::reference(Arc::new(address), &["properties", "x"], Span::default())
    }

    fn may_equal(written: &Node, followed: &Node) -> bool {
        Outline::written(written).may_equal(&Outline::followed(followed))
    }

    #[test]
    fn ends_that_differ_rule_each_other_out() {
        let name = joined(&[text("pep-"), symbol("a"), text("-blob")]);
        assert!(may_equal(&name, &name));
        assert!(may_equal(&joined(&[text("PEP-"), reference()]), &name));
        assert!(may_equal(&joined(&[text("pe"), reference(), text("lob")]), &name));
        assert!(!may_equal(&joined(&[text("pip-"), reference()]), &name));
        assert!(!may_equal(&joined(&[text("pe"), reference(), text("-file")]), &name));
        assert!(!may_equal(&joined(&[text("pep-x"), reference()]), &name));
        assert!(!may_equal(&joined(&[text("pep"), symbol("a"), text("-blob")]), &name));
        assert!(!may_equal(&joined(&[text("pep-"), symbol("b"), text("-blob")]), &name));
        assert!(!may_equal(&text("pep-a-blob"), &name));
        assert!(!may_equal(&joined(&[text("pep-"), symbol("a")]), &name));
    }

    #[test]
    fn what_a_reference_leads_to_may_be_anything_until_it_is_followed() {
        let name = joined(&[text("a"), reference()]);
        assert!(may_equal(&name, &text("abc")));
        assert!(may_equal(&name, &text("a")));
        assert!(!may_equal(&text("abc"), &name));
        assert!(may_equal(&call("tolower", vec![reference()]), &text("abc")));
        assert!(may_equal(&call("f", vec![call("tolower", vec![reference()])]), &call("f", vec![text("abc")])));
    }

    #[test]
    fn functions_are_told_apart_by_the_texts_that_they_are_given() {
        let hash = |of: Node| call("uniquestring", vec![of]);
        assert!(may_equal(&hash(reference()), &hash(text("A"))));
        assert!(!may_equal(&hash(text("a")), &hash(text("A"))));
        assert!(!may_equal(&hash(text("a")), &hash(joined(&[text("a"), symbol("b")]))));
        assert!(!may_equal(&hash(text("a")), &call("guid", vec![text("a")])));
        assert!(may_equal(&call("tolower", vec![text("ABC")]), &text("abc")));
    }

    #[test]
    fn a_choice_may_be_anything() {
        let choice = Node::choice(Cond::of(&symbol("flag")), text(""), text("b"), Span::default());
        assert!(may_equal(&joined(&[text("a"), choice.clone()]), &text("a")));
        assert!(may_equal(&text("a"), &joined(&[text("a"), choice])));
    }

    /// Whatever is proved to be equal has outlines that may be.
    #[test]
    fn nothing_that_is_equal_is_ruled_out() {
        let flag = || Cond::of(&symbol("flag"));
        let leaves = [text("a"), text("Ab"), text("ba"), symbol("s"), symbol("t"), reference()];
        let mut nodes: Vec<Node> = leaves.to_vec();
        for x in &leaves {
            nodes.push(call("tolower", vec![x.clone()]));
            nodes.push(call("guid", vec![x.clone()]));
            nodes.push(call("guid", vec![call("toupper", vec![x.clone()])]));
            for y in &leaves {
                nodes.push(joined(&[x.clone(), y.clone()]));
                nodes.push(joined(&[x.clone(), call("tolower", vec![y.clone()])]));
                nodes.push(Node::choice(flag(), x.clone(), y.clone(), Span::default()));
                nodes.push(joined(&[text("a"), Node::choice(flag(), x.clone(), y.clone(), Span::default())]));
            }
        }
        let resolver = Resolver::blind();
        for (x, y) in nodes.iter().flat_map(|x| nodes.iter().map(move |y| (x, y))) {
            if same_in(&resolver, Case::Ignored, x, y) == Truth::Yes {
                assert!(may_equal(&x.without_flags(), &y.without_flags()), "{x:?}\n{y:?}");
            }
        }
    }
}
