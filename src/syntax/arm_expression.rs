//! The language inside `"[...]"` of ARM templates: calls, literals, member access. Knows no function.

use std::sync::Arc;

use super::tree::{Fault, FaultKind};
use crate::source::Span;

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it was written; the whole string when the string has JSON escapes.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// `'text'`, with `''` for a quote.
    Text(Arc<str>),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// `name(…)`; the name of a user's function carries its namespace: `contoso.name`.
    Call(Arc<str>, Vec<Expression>),
    /// `base.key`, `base[key]`.
    Member {
        /// The object or list.
        base: Box<Expression>,
        /// The key; a text for `.key`.
        key: Box<Expression>,
        /// `.?key`, `[?key]`.
        safe: bool,
    },
}

/// The string that a JSON string of a template stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplateText {
    /// No expression; `[[` has become `[`.
    Literal(Arc<str>),
    /// `[...]`.
    Expression(Expression),
}

/// Deeper nesting is not read.
const DEEPEST: usize = 256;

/// Reads a string of a template. `whole` is the span of the JSON string; `first` the offset of its first character in
/// the file, or nothing when escapes make the offsets differ.
pub fn parse(text: &Arc<str>, whole: Span, first: Option<usize>) -> Result<TemplateText, Fault> {
    if !text.starts_with('[') || !text.ends_with(']') {
        return Ok(TemplateText::Literal(text.clone()));
    }
    if let Some(rest) = text.strip_prefix("[[") {
        return Ok(TemplateText::Literal(format!("[{rest}").into()));
    }
    let inner = text.get(1..text.len() - 1).unwrap_or_default();
    let mut parser = Parser { text: inner, at: 0, whole, first: first.map(|first| first + 1), depth: 0 };
    let expression = parser.expression()?;
    parser.blanks();
    if parser.at < inner.len() {
        return Err(parser.fault("text after the end of the expression"));
    }
    Ok(TemplateText::Expression(expression))
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    whole: Span,
    first: Option<usize>,
    depth: usize,
}

impl Parser<'_> {
    fn expression(&mut self) -> Result<Expression, Fault> {
        if self.depth >= DEEPEST {
            return Err(Fault {
                kind: FaultKind::Limit,
                message: "the expression is nested too deeply".to_owned(),
                span: self.whole,
            });
        }
        self.depth += 1;
        let base = self.primary()?;
        let whole = self.members(base)?;
        self.depth -= 1;
        Ok(whole)
    }

    fn primary(&mut self) -> Result<Expression, Fault> {
        self.blanks();
        let start = self.at;
        let kind = match self.peek() {
            Some('\'') => ExpressionKind::Text(self.quoted()?),
            Some(c) if c.is_ascii_digit() || c == '-' || c == '+' => self.number()?,
            Some(c) if is_name_start(c) => self.call()?,
            Some('(') => return self.parenthesized(),
            _ => return Err(self.fault("expected a function, a string or a number")),
        };
        Ok(Expression { kind, span: self.span(start, self.at) })
    }

    fn parenthesized(&mut self) -> Result<Expression, Fault> {
        self.at += 1;
        let inner = self.expression()?;
        self.expect(')')?;
        Ok(inner)
    }

    /// `.key`, `.?key`, `[key]` and `[?key]`, as many as follow; they don't nest, so a long chain is no deep one here.
    fn members(&mut self, mut base: Expression) -> Result<Expression, Fault> {
        let mut links = 0;
        loop {
            self.blanks();
            let bracket = match self.peek() {
                Some('.') => false,
                Some('[') => true,
                _ => return Ok(base),
            };
            links += 1;
            if self.depth + links > DEEPEST {
                return Err(Fault {
                    kind: FaultKind::Limit,
                    message: "the chain of members is too long".to_owned(),
                    span: self.whole,
                });
            }
            self.at += 1;
            let safe = self.take('?');
            let key = if bracket { self.bracketed()? } else { self.dotted()? };
            let span = base.span.to(self.span(self.at, self.at));
            base = Expression { kind: ExpressionKind::Member { base: Box::new(base), key: Box::new(key), safe }, span };
        }
    }

    fn bracketed(&mut self) -> Result<Expression, Fault> {
        let key = self.expression()?;
        self.expect(']')?;
        Ok(key)
    }

    fn dotted(&mut self) -> Result<Expression, Fault> {
        self.blanks();
        let start = self.at;
        let name = self.name();
        if name.is_empty() {
            return Err(self.fault("expected a property name"));
        }
        Ok(Expression { kind: ExpressionKind::Text(name.into()), span: self.span(start, self.at) })
    }

    fn call(&mut self) -> Result<ExpressionKind, Fault> {
        let mut name = self.name();
        while self.peek() == Some('.') {
            self.at += 1;
            name = format!("{name}.{}", self.name());
        }
        self.blanks();
        self.expect('(')?;
        let mut arguments = Vec::new();
        self.blanks();
        if self.take(')') {
            return Ok(ExpressionKind::Call(name.into(), arguments));
        }
        loop {
            arguments.push(self.expression()?);
            self.blanks();
            if !self.take(',') {
                break;
            }
        }
        self.expect(')')?;
        Ok(ExpressionKind::Call(name.into(), arguments))
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let end = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().to_owned();
        self.at += end;
        name
    }

    fn quoted(&mut self) -> Result<Arc<str>, Fault> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let Some(end) = rest.find('\'') else { return Err(self.fault("the string has no end")) };
            text.push_str(rest.get(..end).unwrap_or_default());
            self.at += end + 1;
            if !self.take('\'') {
                return Ok(text.into());
            }
            text.push('\'');
        }
    }

    fn number(&mut self) -> Result<ExpressionKind, Fault> {
        let rest = self.rest();
        let signed = usize::from(rest.starts_with(['-', '+']));
        let tail = rest.get(signed..).unwrap_or_default();
        let end = signed + tail.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(tail.len());
        let text = rest.get(..end).unwrap_or_default();
        let kind = match (text.parse(), text.parse()) {
            (Ok(whole), _) => ExpressionKind::Int(whole),
            (_, Ok(number)) => ExpressionKind::Float(number),
            _ => return Err(self.fault("not a number")),
        };
        self.at += end;
        Ok(kind)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn expect(&mut self, wanted: char) -> Result<(), Fault> {
        self.blanks();
        match self.take(wanted) {
            true => Ok(()),
            false => Err(self.fault(&format!("expected `{wanted}`"))),
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.first.map_or(self.whole, |first| Span::new(self.whole.source, first + start, first + end))
    }

    fn fault(&self, message: &str) -> Fault {
        let end = self.at + self.peek().map_or(0, char::len_utf8);
        Fault {
            kind: FaultKind::Syntax,
            message: format!("{message} in a template expression"),
            span: self.span(self.at, end),
        }
    }
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<TemplateText, Fault> {
        parse(&text.into(), Span::new(Default::default(), 10, 10 + text.len() + 2), Some(11))
    }

    /// The expression in a form that is easy to compare.
    fn show(expression: &Expression) -> String {
        match &expression.kind {
            ExpressionKind::Text(text) => format!("{text:?}"),
            ExpressionKind::Int(number) => number.to_string(),
            ExpressionKind::Float(number) => format!("{number:?}"),
            ExpressionKind::Call(name, arguments) => {
                format!("{name}({})", arguments.iter().map(show).collect::<Vec<_>>().join(" "))
            }
            ExpressionKind::Member { base, key, safe } => {
                format!("{}{}[{}]", show(base), if *safe { "?" } else { "" }, show(key))
            }
        }
    }

    fn shown(text: &str) -> String {
        match read(text).unwrap() {
            TemplateText::Expression(expression) => show(&expression),
            TemplateText::Literal(text) => format!("literal {text}"),
        }
    }

    #[test]
    fn calls_members_and_literals() {
        assert_eq!(
            shown("[reference(resourceId('a/b', 'it''s'), -1).x['y z'][0].?w]"),
            r#"reference(resourceId("a/b" "it's") -1)["x"]["y z"][0]?["w"]"#
        );
        assert_eq!(shown("[ contoso.name( 1.5 , parameters('x') ) ]"), r#"contoso.name(1.5 parameters("x"))"#);
        assert_eq!(shown("[[not an expression]"), "literal [not an expression]");
        assert_eq!(shown("[a] and b"), "literal [a] and b");
    }

    #[test]
    fn spans_are_those_of_the_file() {
        let TemplateText::Expression(whole) = read("[f('x')]").unwrap() else { panic!() };
        assert_eq!(whole.span.range(), 12..18);
        let ExpressionKind::Call(_, arguments) = &whole.kind else { panic!() };
        assert_eq!(arguments[0].span.range(), 14..17);
    }

    #[test]
    fn broken_and_deep_text_is_a_fault() {
        for text in ["[]", "[f(]", "[f('x)]", "[f() g()]", "[f().]", "[x]", "[f(1,)]", "[é]"] {
            assert_eq!(read(text).unwrap_err().kind, FaultKind::Syntax, "{text}");
        }
        let deep = format!("[{}1{}]", "f(".repeat(10_000), ")".repeat(10_000));
        assert_eq!(read(&deep).unwrap_err().kind, FaultKind::Limit);
        assert_eq!(read(&format!("[f(){}]", ".a".repeat(10_000))).unwrap_err().kind, FaultKind::Limit);
    }
}
