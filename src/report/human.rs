//! The story of each finding with its source lines, drawn by miette: the place to change first, then the way that
//! leads there through other files.

use std::fmt;
use std::io;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use textwrap::core::Word;
use textwrap::{WordSeparator, WordSplitter};

use super::closing;
use super::excerpt::Excerpt;
use super::snippet::{LONGEST, one_line};
use super::telling::Telling;
use crate::finding::{Finding, Label, Severity};

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let handler = handler(telling);
    for finding in &telling.report.findings {
        let mut drawn = String::new();
        handler.render_report(&mut drawn, &story(telling, finding)).map_err(io::Error::other)?;
        for line in drawn.trim_end().lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    for line in closing::gaps(telling).into_iter().chain(closing::lines(telling)) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn handler(telling: &Telling<'_>) -> GraphicalReportHandler {
    let theme = if telling.look.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    // miette's own links carry terminal sequences: the place to read more is written out. One line of context tells
    // an excerpt from a heading; how much is shown is the excerpt's affair.
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_context_lines(1)
        .with_width(telling.look.width.max(40))
        .with_break_words(false)
        .with_word_separator(WordSeparator::Custom(words))
        .with_word_splitter(WordSplitter::NoHyphenation)
        .with_show_related_as_nested(true)
        .without_syntax_highlighting()
}

/// The pieces of a sentence between which a line may end: words, and what stands in backticks as a whole, so that
/// commands can be copied and names are found again.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    // Indented lines are code to be taken over as it is.
    if line.starts_with(' ') {
        return Box::new(std::iter::once(Word::from(line)));
    }
    let (mut pieces, mut from, mut code_until) = (Vec::new(), 0, 0);
    let mut characters = line.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = at + character.len_utf8();
        if character == '`' && at >= code_until {
            code_until = line.get(next..).and_then(|rest| rest.find('`')).map_or(next, |length| next + length + 1);
        }
        let ends = character == ' ' && characters.peek().is_some_and(|&(_, next)| next != ' ');
        if ends && at >= code_until {
            pieces.push(Word::from(line.get(from..next).unwrap_or_default()));
            from = next;
        }
    }
    pieces.push(Word::from(line.get(from..).unwrap_or_default()));
    Box::new(pieces.into_iter())
}

/// A finding, or one label of its story in another file.
#[derive(Debug)]
struct Story {
    code: Option<String>,
    more: Option<String>,
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    /// None where no word of the file may be shown.
    excerpt: Option<Excerpt>,
    elsewhere: Vec<Story>,
}

fn story(telling: &Telling<'_>, finding: &Finding) -> Story {
    let file = finding.primary.span.source;
    let place = telling.line_place(finding.primary.span);
    let source = telling.source(file);
    let mut cut = vec![source.line_of(finding.primary.span.start)];
    // Of a line that is cut one place is in sight: others on it are told apart.
    let in_sight = |label: &&Label| {
        if source.is_elsewhere() {
            return false;
        }
        if label.span.source != file || label.span == finding.primary.span {
            return label.span.source == file;
        }
        let line = source.line_of(label.span.start);
        let taken = cut.contains(&line) && source.line(line).is_some_and(|text| text.len() > LONGEST);
        cut.push(line);
        !taken
    };
    let (here, elsewhere): (Vec<&Label>, Vec<&Label>) = finding.related.iter().partition(in_sight);
    let labels: Vec<(&Label, Option<String>)> = std::iter::once(&finding.primary)
        .chain(here)
        .map(|label| (label, Some(one_line(&label.text)).filter(|text| !text.is_empty())))
        .collect();
    let code = format!("{}[{}] {}", finding.severity.word(), finding.rule, telling.rule_name(finding.rule));
    Story {
        code: Some(code.trim_end().to_owned()),
        more: Some(format!("acrlint explain {}", finding.rule)),
        severity: match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        },
        message: match finding.is_about_the_file() || source.is_elsewhere() {
            true => {
                format!("{}:{}:{}: {}", place.path, place.start.line, place.start.chars, one_line(&finding.message))
            }
            false => one_line(&finding.message),
        },
        help: help(finding),
        excerpt: (!finding.is_about_the_file() && !source.is_elsewhere()).then(|| Excerpt::new(telling, file, &labels)),
        elsewhere: elsewhere.into_iter().map(|label| chapter(telling, label)).collect(),
    }
}

/// What to do, and whether acrlint does it.
fn help(finding: &Finding) -> Option<String> {
    let flags = finding.fix.as_ref().map(|fix| if fix.safe { "--fix" } else { "--fix --unsafe-fixes" });
    let available = flags.map(|flags| format!("fix available: `acrlint {flags}`"));
    let parts: Vec<String> = finding.help.clone().into_iter().chain(available).collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// A label in another file: its text is the heading, so the line needs none. Of another repository there is no line.
fn chapter(telling: &Telling<'_>, label: &Label) -> Story {
    let elsewhere = telling.source(label.span.source).is_elsewhere();
    let place = telling.line_place(label.span);
    let message = match elsewhere {
        true => format!("{}:{}:{}: {}", place.path, place.start.line, place.start.chars, one_line(&label.text)),
        false => one_line(&label.text),
    };
    Story {
        code: None,
        more: None,
        severity: miette::Severity::Advice,
        message,
        help: None,
        excerpt: (!elsewhere).then(|| Excerpt::new(telling, label.span.source, &[(label, None)])),
        elsewhere: Vec::new(),
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Story {}

impl Diagnostic for Story {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.more.as_ref().map(|more| Box::new(more) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        Some(Box::new(excerpt.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let elsewhere = self.elsewhere.iter().map(|story| story as &dyn Diagnostic);
        (!self.elsewhere.is_empty()).then(|| Box::new(elsewhere) as Box<dyn Iterator<Item = &dyn Diagnostic>>)
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn lines_end_at_spaces_outside_of_backticks() {
        let pieces = |line: &'static str| words(line).map(|word| word.word).collect::<Vec<_>>();
        assert_eq!(
            pieces("run `az aks update --name aks-shop`, then  it-is a/b:c"),
            ["run", "`az aks update --name aks-shop`,", "then", "it-is", "a/b:c"]
        );
        // A backtick that nothing closes, and code.
        assert_eq!(pieces("a ` b c"), ["a", "`", "b", "c"]);
        assert_eq!(pieces("  b: c d"), ["  b: c d"]);
        assert_eq!(pieces(""), [""]);
    }
}
