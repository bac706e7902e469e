//! The `acrlint` command: parse, run, print, exit. Nothing is decided here.

use std::io::{IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use acrlint::cli::{self, Cli, Command, Entry};
use acrlint::settings::{Checkout, Environment, Fixes, Settings, Surroundings, View};
use clap::Parser;

/// Room for deep recursion: every reader has its own limit of depth, and this is far above all of them.
const STACK: usize = 64 << 20;

/// Usage, configuration, missing path, internal error.
const TROUBLE: u8 = 2;

/// Where the last panic happened.
static PANICKED_AT: Mutex<Option<String>> = Mutex::new(None);

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(remember));
    let worker = std::thread::Builder::new().name("acrlint".to_owned()).stack_size(STACK).spawn(work);
    let code = match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(code))) => code,
        Ok(Ok(Err(message))) => trouble(&message),
        Ok(Err(_)) => trouble(&internal_error()),
        Err(error) => trouble(&format!("can't start a thread: {}", error.kind())),
    };
    ExitCode::from(code)
}

/// Keeps the place of a panic and nothing else: its message may quote a secret.
fn remember(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| {
        let parts: Vec<&str> = place.file().rsplit(['/', '\\']).take(3).collect();
        let file: Vec<&str> = parts.into_iter().rev().collect();
        format!("{}:{}", file.join("/"), place.line())
    });
    *PANICKED_AT.lock().unwrap_or_else(PoisonError::into_inner) = place;
}

fn internal_error() -> String {
    let place = PANICKED_AT.lock().unwrap_or_else(PoisonError::into_inner).take();
    let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
    format!("internal error{place}; please report it with the input that caused it")
}

/// One line on standard error. When even that is closed, the exit status alone has to tell.
fn trouble(message: &str) -> u8 {
    say(&format!("error: {message}"));
    TROUBLE
}

/// A line of what is said beside the report. It quotes names of files and texts of the configuration, which are anybody's:
/// nothing of them ends the line or acts on who reads it.
fn say(line: &str) {
    let line = acrlint::report::Words::printable(line).replace('\n', "\u{fffd}");
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn work() -> Result<u8, String> {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return Ok(u8::try_from(error.exit_code()).unwrap_or(TROUBLE));
        }
    };
    match cli.command {
        None => run(View::Findings, &cli.flags),
        Some(Command::Check(flags)) => run(View::Findings, &flags),
        Some(Command::Pulls(flags)) => run(View::Pulls, &flags),
        Some(Command::Graph(flags)) => run(View::Graph, &flags),
        Some(Command::Facts(facts)) => write_facts(&facts),
        Some(Command::Explain { rule }) => {
            print(cli::explain(&rule, &catalogue()).map_err(|unknown| unknown.to_string())?.as_bytes())
        }
        Some(Command::Rules { format }) => print(cli::list(&catalogue(), format).as_bytes()),
        Some(Command::Schema) => print(acrlint::settings::schema(&names()).as_bytes()),
        Some(Command::Completions { shell }) => print(&cli::completions(shell)),
        Some(Command::Man { command }) => print(&cli::man(command.as_deref())?),
    }
}

fn run(view: View, flags: &cli::Flags) -> Result<u8, String> {
    let mut settings = Settings::resolve(view, flags, &surroundings()?, &names()).map_err(|error| error.to_string())?;
    let mut outcome = acrlint::run::run(&settings).map_err(|error| error.to_string())?;
    let write = |file: &acrlint::run::Rewritten| {
        acrlint::replace::replace(&settings.root.join(&file.path), &file.before, &file.after).err()
    };
    let refused: Vec<String> = outcome.rewritten.iter().filter_map(write).collect();
    if !refused.is_empty() {
        // What could not be written is not repaired: told is what is on disk.
        settings.fixes = Fixes::default();
        outcome = acrlint::run::run(&settings).map_err(|error| error.to_string())?;
    }
    let code = finish(&outcome)?;
    match refused.is_empty() {
        true => Ok(code),
        false => Err(refused.join("; ")),
    }
}

fn write_facts(facts: &cli::Facts) -> Result<u8, String> {
    let settings = Settings::resolve(View::Facts, &facts.flags, &surroundings()?, &names());
    let settings = settings.map_err(|error| error.to_string())?;
    let name = match &facts.name {
        Some(name) => acrlint::settings::checked_name(name).map_err(|error| error.to_string())?,
        None => acrlint::settings::repository_name(&settings.root),
    };
    let outcome = acrlint::run::facts(&settings, &name, facts.to.clone()).map_err(|error| error.to_string())?;
    finish(&outcome)
}

/// Writes what a run gives.
fn finish(outcome: &acrlint::run::Outcome) -> Result<u8, String> {
    for (file, text) in &outcome.files {
        std::fs::write(file, text).map_err(|error| format!("can't write `{}`: {}", file.display(), error.kind()))?;
    }
    if let Some(fresh) = &outcome.baseline {
        acrlint::replace::put(&fresh.file, fresh.before.as_deref(), &fresh.after)?;
    }
    for line in &outcome.notes {
        say(line);
    }
    print(outcome.told.as_bytes())?;
    Ok(outcome.exit_code)
}

/// Writes to standard output. A reader that has seen enough (`head`) is no error.
fn print(bytes: &[u8]) -> Result<u8, String> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("can't write to standard output: {}", error.kind()))
        }
        _ => Ok(0),
    }
}

/// Ids and names of all rules.
fn names() -> Vec<(&'static str, &'static str)> {
    acrlint::rules::all().iter().map(|rule| (rule.id, rule.name)).collect()
}

/// The rules as the command line knows them.
fn catalogue() -> Vec<Entry> {
    let entry = |rule: &acrlint::rules::Rule| Entry {
        id: rule.id,
        name: rule.name,
        severity: rule.severity,
        summary: rule.summary,
        page: rule.docs,
    };
    acrlint::rules::all().iter().map(|rule| entry(rule)).collect()
}

/// Everything that is asked of the world outside: the current folder, the date, a few variables, the terminals.
fn surroundings() -> Result<Surroundings, String> {
    let current = std::env::current_dir().map_err(|error| format!("no current folder: {}", error.kind()))?;
    let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let environment = Environment {
        no_color: variable("NO_COLOR"),
        force_color: variable("FORCE_COLOR"),
        clicolor_force: variable("CLICOLOR_FORCE"),
        term: variable("TERM"),
        stdout_is_terminal: std::io::stdout().is_terminal(),
        stderr_is_terminal: std::io::stderr().is_terminal(),
    };
    let checkout = Checkout {
        github_server: variable("GITHUB_SERVER_URL"),
        github_repository: variable("GITHUB_REPOSITORY"),
        github_commit: variable("GITHUB_SHA"),
        gitlab_project: variable("CI_PROJECT_URL"),
        gitlab_commit: variable("CI_COMMIT_SHA"),
    };
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let home = variable("HOME").or_else(|| variable("USERPROFILE")).map(|home| PathBuf::from(home).join(".bicep"));
    let bicep_cache = variable("BICEP_CACHE_DIRECTORY").map(PathBuf::from).or(home);
    Ok(Surroundings { current, today, bicep_cache, environment, checkout })
}
