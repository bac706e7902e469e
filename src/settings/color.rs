//! Whether output is coloured: the flag first, then the variables that people set, then the terminal.

use crate::cli::Color;

/// The variables and terminals that decide about colour, read once by `main`.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `NO_COLOR` (no-color.org: any value that isn't empty).
    pub no_color: Option<String>,
    /// `FORCE_COLOR`.
    pub force_color: Option<String>,
    /// `CLICOLOR_FORCE`.
    pub clicolor_force: Option<String>,
    /// `TERM`.
    pub term: Option<String>,
    /// Standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Standard error is a terminal.
    pub stderr_is_terminal: bool,
}

impl Environment {
    /// Whether standard output is coloured. Who forbids colour beats who forces it: escape codes in a log are worse
    /// than a plain terminal.
    pub fn color(&self, flag: Color) -> bool {
        match flag {
            Color::Always => return true,
            Color::Never => return false,
            Color::Auto => {}
        }
        if self.no_color.as_deref().is_some_and(|value| !value.is_empty()) {
            return false;
        }
        if forces(&self.force_color) || forces(&self.clicolor_force) {
            return true;
        }
        self.stdout_is_terminal && self.term.as_deref() != Some("dumb")
    }

    /// Whether progress may be drawn on standard error.
    pub fn shows_progress(&self, quiet: bool) -> bool {
        !quiet && self.stderr_is_terminal && self.term.as_deref() != Some("dumb")
    }
}

fn forces(variable: &Option<String>) -> bool {
    variable.as_deref().is_some_and(|value| !matches!(value, "" | "0" | "false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(value: &str) -> Option<String> {
        Some(value.to_owned())
    }

    #[test]
    fn the_flag_wins_then_no_color_then_force_then_the_terminal() {
        let terminal = Environment { stdout_is_terminal: true, ..Environment::default() };
        assert!(terminal.color(Color::Auto));
        assert!(!terminal.color(Color::Never));
        assert!(!Environment { term: some("dumb"), ..terminal.clone() }.color(Color::Auto));
        let never = Environment { no_color: some("1"), force_color: some("1"), ..terminal.clone() };
        assert!(!never.color(Color::Auto));
        assert!(never.color(Color::Always));
        assert!(Environment { no_color: some(""), ..terminal }.color(Color::Auto));
        assert!(Environment { clicolor_force: some("1"), ..Environment::default() }.color(Color::Auto));
        assert!(!Environment { clicolor_force: some("0"), ..Environment::default() }.color(Color::Auto));
    }
}
