//! What scripts write for people: texts that nothing reads. A command in such a text is a step that somebody takes by hand.

use super::super::meaning::arguments::Arguments;
use super::super::syntax::{Command, Input};
use super::Run;
use crate::ir::Why;

/// Where a command writes.
enum Sink {
    Screen,
    /// Something reads it, or may run it.
    Reader,
    Nobody,
}

impl Run<'_> {
    /// Runs something whose text is read.
    pub(super) fn read_from<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.readers += 1;
        let made = inner(self);
        self.readers -= 1;
        made
    }

    /// Remembers whether people see what a command writes.
    pub(super) fn tell_text(&mut self, arguments: &Arguments, command: &Command) {
        let writes = match arguments.first() {
            Some("echo" | "printf" | "Write-Output") => true,
            Some("cat") => matches!(command.input, Some(Input::Text(..))),
            // From here on everything goes where it says.
            Some("exec") if arguments.words.len() == 1 && command.output.is_some() => {
                self.readers += 1;
                false
            }
            _ => false,
        };
        if !writes {
            return;
        }
        // Lines for whoever runs the pipeline set variables.
        let orders = |text: &str| text.contains("##vso[") || text.contains("::set-");
        let ordered = arguments.words.iter().any(|word| word.leading().is_some_and(orders));
        let place = match &command.input {
            Some(Input::Text(text, _)) => self.place_of(text, command.span),
            _ => command.span,
        };
        match self.sink(command) {
            Sink::Screen if !ordered => self.shown.push(place),
            Sink::Nobody => {}
            Sink::Screen | Sink::Reader => self.handed_on.push(place),
        }
    }

    fn sink(&mut self, command: &Command) -> Sink {
        let Some(word) = &command.output else {
            return if self.readers > 0 { Sink::Reader } else { Sink::Screen };
        };
        let file = self.word(word);
        let summary = matches!(file.why(), Some(Why::External(name)) if &**name == "$GITHUB_STEP_SUMMARY");
        match file.as_str() {
            // Faults go to the screen, whoever reads the rest.
            Some("2" | "/dev/stderr" | "/dev/tty") => Sink::Screen,
            Some("1" | "/dev/stdout") if self.readers == 0 => Sink::Screen,
            Some("/dev/null") => Sink::Nobody,
            None if summary => Sink::Screen,
            _ => Sink::Reader,
        }
    }
}
