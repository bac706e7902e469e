//! Expressions.

use super::cursor::{Broken, Cursor, Reading};
use super::{Expr, ExprKind, For, Step, StepKind};

/// Operators by how strongly they bind, the weakest first. Longer ones stand before their beginnings.
const OPERATORS: [&[&str]; 6] =
    [&["||"], &["&&"], &["==", "!="], &["<=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];
/// Operators in a row, `a + b + …`.
const LONGEST_CHAIN: usize = 300;

impl Cursor<'_> {
    /// An expression.
    pub(super) fn expression(&mut self) -> Reading<Expr> {
        self.deeper(Self::conditional)
    }

    fn conditional(&mut self) -> Reading<Expr> {
        self.skip();
        let start = self.at;
        let on = self.binary(0)?;
        if !self.take("?") {
            return Ok(on);
        }
        let yes = self.expression()?;
        self.need(":")?;
        let no = self.expression()?;
        Ok(Expr { kind: ExprKind::Conditional(Box::new((on, yes, no))), span: self.since(start) })
    }

    fn binary(&mut self, level: usize) -> Reading<Expr> {
        self.skip();
        let start = self.at;
        let mut left = self.with_steps()?;
        let mut count = 0;
        while let Some((strength, operator)) = self.operator().filter(|(strength, _)| *strength >= level) {
            count += 1;
            if count > LONGEST_CHAIN {
                return Err(Broken { message: "too many chained binary operators".into(), at: self.at, limit: true });
            }
            self.at += operator.len();
            let right = self.deeper(|cursor| cursor.binary(strength + 1))?;
            let kind = ExprKind::Binary(operator, Box::new((left, right)));
            left = Expr { kind, span: self.since(start) };
        }
        Ok(left)
    }

    /// The operator that comes next, and how strongly it binds.
    fn operator(&mut self) -> Option<(usize, &'static str)> {
        self.skip();
        let rest = self.rest();
        let levels = OPERATORS.iter().enumerate();
        let mut all = levels.flat_map(|(strength, names)| names.iter().map(move |&name| (strength, name)));
        all.find(|(_, name)| rest.starts_with(name))
    }

    fn with_steps(&mut self) -> Reading<Expr> {
        self.skip();
        let start = self.at;
        let base = self.term()?;
        let mut steps = Vec::new();
        loop {
            // A step may stand on a further line where the ends of lines don't matter.
            let before = self.at;
            self.skip();
            if self.rest().starts_with("...") {
                self.at = before;
                break;
            }
            let from = self.at;
            let kind = match self.peek() {
                Some('.') => self.dotted()?,
                Some('[') => self.bracketed()?,
                _ => {
                    self.at = before;
                    break;
                }
            };
            steps.push(Step { kind, span: self.since(from) });
        }
        if steps.is_empty() {
            return Ok(base);
        }
        Ok(Expr { kind: ExprKind::Traversal(Box::new(base), steps), span: self.since(start) })
    }

    fn dotted(&mut self) -> Reading<StepKind> {
        self.at += 1;
        self.skip();
        if self.take("*") {
            return Ok(StepKind::AttributeSplat);
        }
        let start = self.at;
        let digits = self.rest().len() - self.rest().trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        if digits > 0 {
            self.at += digits;
            let written = self.text.get(start..self.at).unwrap_or_default();
            let kind = ExprKind::Int(written.parse().unwrap_or(i64::MAX));
            return Ok(StepKind::Index(Expr { kind, span: self.since(start) }));
        }
        Ok(StepKind::Attribute(self.need_name()?.into()))
    }

    fn bracketed(&mut self) -> Reading<StepKind> {
        self.at += 1;
        self.with_lines(false, |cursor| {
            if cursor.take("*") {
                cursor.need("]")?;
                return Ok(StepKind::Splat);
            }
            let index = cursor.expression()?;
            cursor.need("]")?;
            Ok(StepKind::Index(index))
        })
    }

    fn term(&mut self) -> Reading<Expr> {
        let start = self.at;
        let kind = match self.peek() {
            Some('"') => return self.quoted(),
            Some('(') => {
                self.at += 1;
                let inner = self.with_lines(false, |cursor| {
                    let inner = cursor.expression()?;
                    cursor.need(")")?;
                    Ok(inner)
                })?;
                // The parentheses belong to what a finding shows.
                return Ok(inner);
            }
            Some('[') => self.list()?,
            Some('{') => self.object()?,
            Some('!') => {
                self.at += 1;
                ExprKind::Not(Box::new(self.deeper(Self::with_steps)?))
            }
            Some('-') => {
                self.at += 1;
                ExprKind::Negate(Box::new(self.deeper(Self::with_steps)?))
            }
            Some('0'..='9') => self.number()?,
            Some('<') if self.rest().starts_with("<<") && !self.rest().starts_with("<<<") => return self.heredoc(),
            _ => match self.name() {
                Some(name) => self.named(name)?,
                None => return self.expected("a value"),
            },
        };
        Ok(Expr { kind, span: self.since(start) })
    }

    fn number(&mut self) -> Reading<ExprKind> {
        let digits = |text: &str| text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let rest = self.rest();
        let mut length = digits(rest);
        if let Some(fraction) = rest.get(length..).and_then(|rest| rest.strip_prefix('.'))
            && digits(fraction) > 0
        {
            length += 1 + digits(fraction);
        }
        let after = rest.get(length..).unwrap_or_default();
        if let Some(exponent) = after.strip_prefix(['e', 'E']) {
            let sign = usize::from(exponent.starts_with(['+', '-']));
            let count = digits(exponent.get(sign..).unwrap_or_default());
            length += if count > 0 { 1 + sign + count } else { 0 };
        }
        let written = rest.get(..length).unwrap_or_default();
        self.at += length;
        match (written.parse(), written.parse()) {
            (Ok(whole), _) => Ok(ExprKind::Int(whole)),
            (_, Ok(value)) => Ok(ExprKind::Float(value)),
            _ => self.expected("a number"),
        }
    }

    /// A word, or a call.
    fn named(&mut self, name: &str) -> Reading<ExprKind> {
        let mut whole = name.to_owned();
        while self.rest().starts_with("::") {
            self.at += 2;
            whole = format!("{whole}::{}", self.need_name()?);
        }
        let end = self.at;
        if self.take("(") {
            return self.with_lines(false, |cursor| cursor.arguments(&whole));
        }
        self.at = end;
        Ok(match &*whole {
            "null" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            _ => ExprKind::Name(whole.into()),
        })
    }

    fn arguments(&mut self, name: &str) -> Reading<ExprKind> {
        let (mut arguments, mut expand) = (Vec::new(), false);
        while !self.take(")") {
            arguments.push(self.expression()?);
            if self.take("...") {
                expand = true;
                self.take(",");
                self.need(")")?;
                break;
            }
            if !self.take(",") {
                self.need(")")?;
                break;
            }
        }
        Ok(ExprKind::Call { name: name.into(), arguments, expand })
    }

    fn list(&mut self) -> Reading<ExprKind> {
        self.at += 1;
        self.with_lines(false, |cursor| {
            if let Some(each) = cursor.for_each("]")? {
                return Ok(each);
            }
            let mut items = Vec::new();
            while !cursor.take("]") {
                items.push(cursor.expression()?);
                if !cursor.take(",") {
                    cursor.need("]")?;
                    break;
                }
            }
            Ok(ExprKind::List(items))
        })
    }

    fn object(&mut self) -> Reading<ExprKind> {
        let open = self.at;
        self.at += 1;
        if let Some(each) = self.with_lines(false, |cursor| cursor.for_each("}"))? {
            return Ok(each);
        }
        self.with_lines(true, |cursor| {
            let mut members = Vec::new();
            loop {
                cursor.skip_lines();
                match cursor.peek() {
                    Some('}') => break,
                    None => return cursor.broken_at(open, "this brace is never closed"),
                    _ => members.push(cursor.member()?),
                }
                cursor.skip();
                match cursor.peek() {
                    Some(',' | '\n') => cursor.at += 1,
                    Some('}') => break,
                    None => return cursor.broken_at(open, "this brace is never closed"),
                    _ => return cursor.expected("`,` or the end of the line"),
                }
            }
            cursor.at += 1;
            Ok(ExprKind::Object(members))
        })
    }

    fn member(&mut self) -> Reading<(Expr, Expr)> {
        let computed = self.rest().starts_with('(');
        let key = self.expression()?;
        let key = match key.kind {
            ExprKind::Name(name) if !computed => Expr { kind: ExprKind::Text(name), span: key.span },
            _ => key,
        };
        if !self.take("=") && !self.take(":") {
            return self.expected("`=`");
        }
        Ok((key, self.expression()?))
    }

    /// `for … in … : …` to the closing bracket; nothing when the brackets hold something else.
    fn for_each(&mut self, close: &str) -> Reading<Option<ExprKind>> {
        let start = self.at;
        if !self.take_word("for") || self.name().is_none() {
            self.at = start;
            return Ok(None);
        }
        self.at = start;
        self.take_word("for");
        let (key, item, over) = self.for_intro()?;
        self.need(":")?;
        let mut result = self.expression()?;
        let mut result_key = None;
        if close == "}" {
            self.need("=>")?;
            result_key = Some(std::mem::replace(&mut result, self.expression()?));
        }
        let group = self.take("...");
        let condition = if self.take_word("if") { Some(self.expression()?) } else { None };
        self.need(close)?;
        let each = For { key, item, over, result_key, result, group, condition };
        Ok(Some(ExprKind::For(Box::new(each))))
    }

    /// `key, item in over` of a `for` expression or directive.
    pub(super) fn for_intro(&mut self) -> Reading<(Option<std::sync::Arc<str>>, std::sync::Arc<str>, Expr)> {
        let first = self.need_name()?;
        let second = if self.take(",") { Some(self.need_name()?) } else { None };
        if !self.take_word("in") {
            return self.expected("`in`");
        }
        let over = self.expression()?;
        Ok(match second {
            Some(item) => (Some(first.into()), item.into(), over),
            None => (None, first.into(), over),
        })
    }
}
