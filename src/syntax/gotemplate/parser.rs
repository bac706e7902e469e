//! Actions put together to a tree.

use std::sync::Arc;

use super::lexer::{Part, Token, Word, parts, words};
use super::{Branch, Command, Define, Item, Operand, Pipeline, Template};
use crate::source::{SourceId, Span};
use crate::syntax::tree::{Fault, FaultKind};

/// Nesting of blocks, and of parentheses in an action.
const DEEPEST: usize = 100;

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closed {
    /// The text is over.
    TextOver,
    End,
    /// `else`; the words after it stand in `Parser::after_else`.
    Else,
}

/// What went wrong.
struct Wrong {
    kind: FaultKind,
    message: String,
    at: (usize, usize),
}

pub(super) struct Parser<'a> {
    source: SourceId,
    text: &'a str,
    parts: std::vec::IntoIter<Part>,
    defines: Vec<Define>,
    depth: usize,
    after_else: Vec<Token>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: SourceId, text: &'a str) -> Parser<'a> {
        let parts = parts(text).into_iter();
        Parser { source, text, parts, defines: Vec::new(), depth: 0, after_else: Vec::new() }
    }

    pub(super) fn run(mut self) -> Template {
        let mut body = Vec::new();
        let fault = match self.body(&mut body) {
            Ok(Closed::TextOver) => None,
            Ok(Closed::End | Closed::Else) => {
                let at = self.text.len() - self.rest_length();
                Some(Wrong { kind: FaultKind::Syntax, message: "`end` or `else` without a block".into(), at: (at, at) })
            }
            Err(wrong) => Some(wrong),
        };
        let fault = fault.map(|wrong| Fault {
            kind: wrong.kind,
            message: wrong.message,
            span: Span::new(self.source, wrong.at.0, wrong.at.1),
        });
        Template { body, defines: self.defines, fault }
    }

    fn rest_length(&self) -> usize {
        let first = self.parts.as_slice().first();
        first.map_or(0, |part| match part {
            Part::Text(start, _) | Part::Open(start) | Part::Action { whole: (start, _), .. } => {
                self.text.len() - start
            }
        })
    }

    fn span(&self, (start, end): (usize, usize)) -> Span {
        Span::new(self.source, start, end)
    }

    fn body(&mut self, items: &mut Vec<Item>) -> Result<Closed, Wrong> {
        while let Some(part) = self.parts.next() {
            match part {
                Part::Text(start, end) => items.push(Item::Text(self.span((start, end)))),
                Part::Open(at) => return Err(wrong("the action is not closed", (at, at + 2))),
                Part::Action { inner, whole } => {
                    let tokens = words(self.text, inner.0, inner.1)
                        .map_err(|at| wrong("a character that no action may hold", (at, at + 1)))?;
                    if let Some(end) = self.action(tokens, whole, items)? {
                        return Ok(end);
                    }
                }
            }
        }
        Ok(Closed::TextOver)
    }

    fn action(
        &mut self,
        tokens: Vec<Token>,
        whole: (usize, usize),
        items: &mut Vec<Item>,
    ) -> Result<Option<Closed>, Wrong> {
        let keyword = match tokens.first() {
            Some(Token { word: Word::Name(name), .. }) => name.clone(),
            Some(_) => "".into(),
            None => return Err(wrong("an action without a command", whole)),
        };
        let rest = tokens.get(1..).unwrap_or_default().to_vec();
        match &*keyword {
            "end" => return Ok(Some(Closed::End)),
            "else" => {
                self.after_else = rest;
                return Ok(Some(Closed::Else));
            }
            "break" if rest.is_empty() => items.push(Item::Break),
            "continue" if rest.is_empty() => items.push(Item::Continue),
            "if" | "with" | "range" => {
                let block = self.block(&keyword, &rest, whole)?;
                items.push(block);
            }
            "define" => {
                let name = named(&rest, whole)?;
                let body = self.closed_body(whole)?;
                self.defines.push(Define { name, body });
            }
            "template" | "block" => {
                let name = named(&rest, whole)?;
                let dot = rest.get(1..).filter(|words| !words.is_empty());
                let dot = dot.map(|words| self.pipeline(words, whole)).transpose()?;
                if &*keyword == "block" {
                    let body = self.closed_body(whole)?;
                    self.defines.push(Define { name: name.clone(), body });
                }
                items.push(Item::Template { name, dot, span: self.span(whole) });
            }
            _ => items.push(Item::Action(self.pipeline(&tokens, whole)?)),
        }
        Ok(None)
    }

    fn deeper<T>(
        &mut self,
        whole: (usize, usize),
        work: impl FnOnce(&mut Self) -> Result<T, Wrong>,
    ) -> Result<T, Wrong> {
        if self.depth >= DEEPEST {
            let message = format!("nested deeper than {DEEPEST} levels");
            return Err(Wrong { kind: FaultKind::Limit, message, at: whole });
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        done
    }

    fn closed_body(&mut self, whole: (usize, usize)) -> Result<Vec<Item>, Wrong> {
        self.deeper(whole, |parser| {
            let mut body = Vec::new();
            match parser.body(&mut body)? {
                Closed::End => Ok(body),
                Closed::TextOver | Closed::Else => Err(wrong("the block has no `end`", whole)),
            }
        })
    }

    fn block(&mut self, keyword: &str, rest: &[Token], whole: (usize, usize)) -> Result<Item, Wrong> {
        let branch = self.deeper(whole, |parser| parser.branch(rest, whole))?;
        Ok(match keyword {
            "if" => Item::If(branch),
            "with" => Item::With(branch),
            _ => Item::Range(branch),
        })
    }

    fn branch(&mut self, rest: &[Token], whole: (usize, usize)) -> Result<Branch, Wrong> {
        let pipeline = self.pipeline(rest, whole)?;
        let (mut body, mut otherwise) = (Vec::new(), Vec::new());
        match self.body(&mut body)? {
            Closed::End => {}
            Closed::TextOver => return Err(wrong("the block has no `end`", whole)),
            Closed::Else => {
                let after = std::mem::take(&mut self.after_else);
                match after.split_first() {
                    None => match self.body(&mut otherwise)? {
                        Closed::End => {}
                        Closed::TextOver | Closed::Else => return Err(wrong("the block has no `end`", whole)),
                    },
                    Some((Token { word: Word::Name(name), .. }, rest)) if matches!(&**name, "if" | "with") => {
                        let name = name.clone();
                        let inner = self.block(&name, rest, whole)?;
                        otherwise.push(inner);
                    }
                    Some(_) => return Err(wrong("an `else` with something that can't follow it", whole)),
                }
            }
        }
        Ok(Branch { pipeline, body, otherwise })
    }

    /// `$x := …`, `$k, $v := …` and commands between pipes.
    fn pipeline(&mut self, tokens: &[Token], whole: (usize, usize)) -> Result<Pipeline, Wrong> {
        let mut rest = tokens;
        let mut variables = Vec::new();
        let mut declares = false;
        let mut ahead = tokens;
        while let [Token { word: Word::Variable(name), .. }, Token { word, .. }, after @ ..] = ahead {
            match word {
                Word::Comma => variables.push(name.clone()),
                Word::Declare | Word::Assign => {
                    variables.push(name.clone());
                    declares = *word == Word::Declare;
                    rest = after;
                    break;
                }
                _ => break,
            }
            ahead = after;
        }
        if rest.len() == tokens.len() {
            variables.clear();
        }
        let mut cursor = Cursor { tokens: rest, at: 0 };
        let commands = self.commands(&mut cursor, whole, 0)?;
        if cursor.at < rest.len() {
            return Err(wrong("a parenthesis that nothing opens", place(rest.get(cursor.at), whole)));
        }
        let ends = tokens.first().zip(tokens.last()).map_or(whole, |(first, last)| (first.start, last.end));
        Ok(Pipeline { variables, declares, commands, span: self.span(ends) })
    }

    fn commands(
        &mut self,
        cursor: &mut Cursor<'_>,
        whole: (usize, usize),
        depth: usize,
    ) -> Result<Vec<Command>, Wrong> {
        if depth > DEEPEST {
            return Err(Wrong { kind: FaultKind::Limit, message: "too many parentheses".to_owned(), at: whole });
        }
        let mut commands = Vec::new();
        loop {
            let start = cursor.at;
            let mut operands = Vec::new();
            while let Some(operand) = self.operand(cursor, whole, depth)? {
                operands.push(operand);
            }
            let used = cursor.tokens.get(start..cursor.at).unwrap_or_default();
            let Some((first, last)) = used.first().zip(used.last()) else {
                return Err(wrong("a command is missing", place(cursor.tokens.get(cursor.at), whole)));
            };
            commands.push(Command { operands, span: self.span((first.start, last.end)) });
            match cursor.peek() {
                Some(Word::Pipe) => cursor.at += 1,
                _ => return Ok(commands),
            }
        }
    }

    /// The next operand; nothing before a pipe, a parenthesis that closes, or the end.
    fn operand(
        &mut self,
        cursor: &mut Cursor<'_>,
        whole: (usize, usize),
        depth: usize,
    ) -> Result<Option<Operand>, Wrong> {
        let Some(token) = cursor.tokens.get(cursor.at) else { return Ok(None) };
        let at = (token.start, token.end);
        let operand = match &token.word {
            Word::Pipe | Word::Close => return Ok(None),
            Word::Comma | Word::Declare | Word::Assign => return Err(wrong("a sign that can't stand here", at)),
            Word::Open => {
                cursor.at += 1;
                let commands = self.commands(cursor, whole, depth + 1)?;
                let Some(Token { word: Word::Close, end, .. }) = cursor.tokens.get(cursor.at) else {
                    return Err(wrong("the parenthesis is not closed", at));
                };
                let span = self.span((token.start, *end));
                cursor.at += 1;
                let pipeline = Pipeline { variables: Vec::new(), declares: false, commands, span };
                return Ok(Some(Operand::Group(Box::new(pipeline), cursor.fields())));
            }
            Word::Dot => Operand::Dot,
            Word::Field(_) => return Ok(Some(Operand::Field(cursor.field_chain()))),
            Word::Variable(name) => {
                let name = name.clone();
                cursor.at += 1;
                return Ok(Some(Operand::Variable(name, cursor.fields())));
            }
            Word::Text(text) => Operand::Text(text.clone(), self.span(at)),
            Word::Int(value) => Operand::Int(*value),
            Word::Float(value) => Operand::Float(*value),
            Word::Name(name) => match &**name {
                "true" => Operand::Bool(true),
                "false" => Operand::Bool(false),
                "nil" => Operand::Nil,
                _ => Operand::Function(name.clone()),
            },
        };
        cursor.at += 1;
        Ok(Some(operand))
    }
}

/// The words of an action, one after the other.
struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<&Word> {
        self.tokens.get(self.at).map(|token| &token.word)
    }

    /// `.a.b` from here on.
    fn field_chain(&mut self) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        if let Some(Word::Field(name)) = self.peek() {
            names.push(name.clone());
            self.at += 1;
        }
        names.extend(self.fields());
        names
    }

    /// The fields that follow the word before without a space.
    fn fields(&mut self) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        while let Some(Token { word: Word::Field(name), start, .. }) = self.tokens.get(self.at) {
            let joins =
                self.at.checked_sub(1).and_then(|before| self.tokens.get(before)).is_some_and(|it| it.end == *start);
            if !joins {
                break;
            }
            names.push(name.clone());
            self.at += 1;
        }
        names
    }
}

fn named(words: &[Token], whole: (usize, usize)) -> Result<Arc<str>, Wrong> {
    match words.first() {
        Some(Token { word: Word::Text(name), .. }) => Ok(name.clone()),
        other => Err(wrong("the name of a template has to be a string", place(other, whole))),
    }
}

fn place(token: Option<&Token>, whole: (usize, usize)) -> (usize, usize) {
    token.map_or(whole, |token| (token.start, token.end))
}

fn wrong(message: &str, at: (usize, usize)) -> Wrong {
    Wrong { kind: FaultKind::Syntax, message: message.to_owned(), at }
}
