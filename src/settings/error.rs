//! What can be wrong with a command line or a configuration file: each is one line and exit status 2.

/// Why a run can't start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsError {
    /// A path on the command line doesn't exist.
    NoSuchPath {
        /// As typed.
        path: String,
        /// The command that it may have been meant for.
        command: Option<String>,
    },
    /// A path on the command line can't be used.
    BadPath {
        /// As typed.
        path: String,
        /// The system's reason.
        why: String,
    },
    /// A report can't be written there.
    BadOutput {
        /// As typed.
        path: String,
        /// What is wrong.
        why: &'static str,
    },
    /// `--select` without a rule.
    NothingSelected,
    /// A rule that doesn't exist, in `--select` or `--ignore`.
    UnknownRule(crate::cli::UnknownRule),
    /// A glob of `--exclude` that can't be read.
    BadGlob {
        /// As typed.
        glob: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something in the configuration file.
    Config {
        /// The file.
        path: String,
        /// Where in it, line and column from 1.
        at: Option<(u64, u64)>,
        /// What is wrong.
        message: String,
    },
    /// A baseline that can't be used.
    Baseline {
        /// As typed, or as the configuration has it.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// `--update-baseline` where it can't be.
    UpdateOfBaseline(&'static str),
    /// A format that can't tell pull paths.
    FormatOfPulls,
    /// Fixes without findings.
    FixOfPulls,
    /// A flag that facts don't have.
    NotOfFacts(&'static str),
    /// A name of a repository that can't stand in front of a path.
    BadName(String),
    /// A change without findings.
    ChangeOfPulls,
    /// Fixes of what a change has to do with.
    FixOfChange,
    /// A diff that can't be read.
    BadDiff {
        /// As typed; empty where nothing was.
        path: String,
        /// What is wrong.
        why: String,
    },
}

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SettingsError::NoSuchPath { path, command: None } => write!(f, "no such path: `{path}`"),
            SettingsError::NoSuchPath { path, command: Some(command) } if path == command => {
                write!(f, "no such path: `{path}`; for the command of this name, write it first: `acrlint {path} …`")
            }
            SettingsError::NoSuchPath { path, command: Some(command) } => {
                write!(f, "no such path: `{path}`; did you mean the command `{command}`?")
            }
            SettingsError::BadPath { path, why } => write!(f, "`{path}` can't be read: {why}"),
            SettingsError::BadOutput { path, why } => write!(f, "can't write `{path}`: {why}"),
            SettingsError::NothingSelected => write!(f, "`--select` names no rule"),
            SettingsError::UnknownRule(rule) => rule.fmt(f),
            SettingsError::BadGlob { glob, why } => write!(f, "`--exclude {glob}` is no glob: {why}"),
            SettingsError::Config { path, at: Some((line, column)), message } => {
                write!(f, "{path}:{line}:{column}: {message}")
            }
            SettingsError::Config { path, at: None, message } => write!(f, "{path}: {message}"),
            SettingsError::Baseline { path, why } => write!(f, "{path}: {why}"),
            SettingsError::UpdateOfBaseline(why) => write!(f, "`--update-baseline` {why}"),
            SettingsError::FixOfPulls => {
                write!(f, "only `acrlint check` edits files: this command changes nothing, as fixes belong to findings")
            }
            SettingsError::NotOfFacts(flag) => {
                write!(f, "`acrlint facts` judges nothing: `{flag}` belongs to `acrlint check`")
            }
            SettingsError::BadName(name) => {
                write!(f, "`{name}` is no name of a repository: letters, digits, `-`, `_`, `.` and `/`")
            }
            SettingsError::ChangeOfPulls => {
                write!(f, "only `acrlint check` looks at a change: `--diff` chooses among findings")
            }
            SettingsError::FixOfChange => write!(
                f,
                "`--diff` doesn't go together with `--fix`, `--unsafe-fixes` and `--dry-run`: edits would move the lines \
                 that it speaks of"
            ),
            SettingsError::BadDiff { path, why } if path.is_empty() => write!(f, "`--diff` {why}"),
            SettingsError::BadDiff { path, why } => write!(f, "`--diff {path}`: {why}"),
            SettingsError::FormatOfPulls => {
                write!(f, "`acrlint pulls` has the formats human, json, junit, markdown, mermaid and dot only")
            }
        }
    }
}

impl std::error::Error for SettingsError {}
