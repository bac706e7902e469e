//! Command lines as trees. The shells differ in how they are written, hardly in what they say: words, variables, what a
//! command prints, and what runs only under a condition.

pub(super) mod batch;
pub(super) mod posix;
pub(super) mod powershell;

use std::sync::Arc;

use crate::source::Span;

/// What fills in parts of a script before a shell reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Nothing.
    Plain,
    /// `${{ expression }}`.
    GitHub,
    /// `${{ expression }}` and `$(variable)`.
    Azure,
    /// `$(VARIABLE)`, and `$$` for a dollar.
    Make,
    /// `{{ expression }}`: Taskfile and justfile.
    Braces,
}

/// One word of a command.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub pieces: Vec<Piece>,
    pub span: Span,
    /// Quotes keep it one word.
    pub quoted: bool,
}

/// A piece of a word.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Text(String, Span),
    /// A variable, and what stands for it where it isn't set.
    Variable(String, Option<Box<Word>>, Span),
    /// What commands print.
    Output(Arc<Vec<Statement>>, Span),
    /// A property of what a variable or a command gives.
    Property(Box<Piece>, String, Span),
    /// All members of a list, or the members of a table as options.
    Members(String, Span),
    /// Something that can't be read.
    Unknown(Span),
}

/// A variable that is set.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    pub name: String,
    pub value: Assigned,
    /// It is added to what is there.
    pub more: bool,
}

/// What a variable is set to.
#[derive(Clone, Debug)]
pub(super) enum Assigned {
    Word(Word),
    List(Vec<Word>),
    /// Names with their places, and values.
    Table(Vec<(String, Span, Word)>),
}

/// A command with its words.
#[derive(Clone, Debug)]
pub(super) struct Command {
    pub sets: Vec<Assignment>,
    pub words: Vec<Word>,
    /// The file that it reads, or the text behind `<<`.
    pub input: Option<Input>,
    /// The file that it writes.
    pub output: Option<Word>,
    /// It writes behind what the file has.
    pub appends: bool,
    pub span: Span,
}

/// What a command reads.
#[derive(Clone, Debug)]
pub(super) enum Input {
    File(Word),
    /// The text behind `<<`: as it is written, and with what is variable in it.
    Text(Arc<str>, Word),
    /// The word behind `<<<`.
    Word(Word),
    /// What commands print: `<(…)`.
    Output(Vec<Statement>),
}

/// Something that runs.
#[derive(Clone, Debug)]
pub(super) enum Statement {
    Command(Command),
    /// Each prints into the next.
    Pipeline(Vec<Statement>),
    /// `( … )`, `{ … }`; with a shell of its own or not.
    Group {
        body: Vec<Statement>,
        own_shell: bool,
    },
    /// Bodies of which at most one runs, and what is run to choose; one of them runs in any case where `whole`.
    Choice {
        tests: Vec<Statement>,
        bodies: Vec<Vec<Statement>>,
        whole: bool,
        span: Span,
    },
    /// What runs for each item, or while something holds.
    Loop {
        name: Option<String>,
        items: Option<Vec<Word>>,
        body: Vec<Statement>,
        span: Span,
    },
    /// What runs where somebody calls it.
    Function {
        name: String,
        body: Arc<Vec<Statement>>,
    },
    /// `a && b`, `a || b`.
    Then {
        first: Box<Statement>,
        next: Box<Statement>,
        on_failure: bool,
        span: Span,
    },
}

impl Word {
    /// The text, when nothing in it is variable.
    pub fn text(&self) -> Option<String> {
        let mut whole = String::new();
        for piece in &self.pieces {
            let Piece::Text(text, _) = piece else { return None };
            whole.push_str(text);
        }
        Some(whole)
    }

    /// A word that says just this.
    pub fn of(text: impl Into<String>, span: Span) -> Word {
        Word { pieces: vec![Piece::Text(text.into(), span)], span, quoted: true }
    }
}
