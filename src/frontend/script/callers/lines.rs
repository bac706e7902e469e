//! What the lines of a file call and set, by their words: what may be said counts, whether or not it is in the end.

use std::sync::LazyLock;

use regex::Regex;

use super::{Values, say};

/// Calls of one file that are told.
const CALLS: usize = 2000;
/// Commands that do something with a script but run it.
const LOOKS: [&str; 14] =
    ["chmod", "shellcheck", "shfmt", "cp", "mv", "rm", "ls", "git", "dos2unix", "cat", "chown", "touch", "COPY", "ADD"];
const MAKES: [&str; 6] = ["make", "gmake", "$(MAKE)", "${MAKE}", "just", "task"];

/// `NAME=`, `NAME := `, `NAME: ` in front of a value.
static SET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r#"(?:^|[\t ;&|("'`{,])(?:\$env:)?([A-Za-z_][A-Za-z0-9_]*)"#;
    Regex::new(&format!(r#"{name}(?:[\t ]*[:?]=|=|[\t ]+=[\t ]+|["']?:(?:[\t ]|$))[\t ]*"#)).ok()
});
/// A value.
static VALUE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^(?:"[^"]*"|'[^']*'|\$\{\{[^}]*\}\}|\$\([^)]*\)|\$\{[^}]*\}|[^\s;&|)"'`,]*)"#).ok());
/// `- name: NAME` and `value: …` behind it.
static LISTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"name:[ \t]*["']?([A-Za-z_][\w.]*)["']?[ \t]*\r?\n\s*value:[ \t]*([^\n]*)"#).ok());
/// `${NAME:-value}` of a variable by itself.
static OWN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\$\{[A-Za-z_]\w*:?[-=]([^${}]*)\}$").ok());
/// What a step sets for those behind it.
static LATER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"variable=([A-Za-z_][\w.]*)").ok());

/// A call of a file.
#[derive(Debug)]
pub(in crate::frontend::script) struct Call {
    /// The end of its path, as far as it is written.
    path: String,
    pub arguments: Vec<Option<String>>,
    /// There may be more arguments.
    pub open: bool,
    /// What it writes is read.
    pub read: bool,
    /// It becomes a part of the file that calls it.
    pub takes_in: bool,
}

impl Call {
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it may mean this file: one path is the end of the other.
    pub fn means(&self, path: &str) -> bool {
        let ends =
            |whole: &str, end: &str| whole.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        ends(path, &self.path) || ends(&self.path, path)
    }
}

/// What a file says to those that it calls.
#[derive(Debug, Default)]
pub(in crate::frontend::script) struct Caller {
    pub calls: Vec<Call>,
    /// Variables that it sets somehow.
    pub sets: Values,
    /// Variables that a step of it sets for later steps.
    pub later: Values,
    /// It runs targets, with these variables.
    pub makes: bool,
    pub overrides: Values,
    /// It reads what `make` writes.
    pub reads_make: bool,
}

impl Caller {
    /// Reads a file; `is_script` says whether something of this name is one that can be called.
    pub fn of(text: &str, is_script: &dyn Fn(&str) -> bool) -> Caller {
        let mut caller = Caller::default();
        let tasks = ["rguments:", "args:"].iter().any(|word| text.contains(word));
        for line in logical(text) {
            let bare = line.trim_start();
            if bare.is_empty() || bare.starts_with('#') || bare.starts_with("//") {
                continue;
            }
            caller.line(&line, is_script);
            caller.settings(&line);
        }
        // The inputs of a task stand on lines of their own.
        for call in caller.calls.iter_mut().filter(|call| tasks && call.arguments.is_empty()) {
            call.open = true;
        }
        for hit in LISTED.iter().flat_map(|pattern| pattern.captures_iter(text)) {
            let (Some(name), Some(value)) = (hit.get(1), hit.get(2)) else { continue };
            caller.set(name.as_str(), literal(value.as_str().trim()));
        }
        caller
    }

    fn set(&mut self, name: &str, value: Option<&str>) {
        say(&mut self.sets, name, value);
        // Azure Pipelines hands variables to scripts in capitals.
        let capital = name.replace('.', "_").to_ascii_uppercase();
        if capital != name {
            say(&mut self.sets, &capital, value);
        }
    }

    fn settings(&mut self, line: &str) {
        if !line.contains(['=', ':']) {
            return;
        }
        let mut at = 0;
        while let Some(hit) = SET.as_ref().and_then(|pattern| pattern.captures_at(line, at)) {
            let (Some(whole), Some(name)) = (hit.get(0), hit.get(1)) else { return };
            let value = line.get(whole.end()..).and_then(|rest| VALUE.as_ref()?.find(rest));
            self.set(name.as_str(), literal(value.map_or("", |value| value.as_str())));
            if line.contains("GITHUB_ENV") {
                say(&mut self.later, name.as_str(), None);
            }
            // The value may set something itself: `run: NAME=value command`.
            at = whole.end().saturating_sub(1).max(at + 1);
        }
        for name in LATER.iter().flat_map(|pattern| pattern.captures_iter(line)).filter_map(|hit| hit.get(1)) {
            self.set(name.as_str(), None);
            say(&mut self.later, &name.as_str().replace('.', "_").to_ascii_uppercase(), None);
            say(&mut self.later, name.as_str(), None);
        }
    }

    fn line(&mut self, line: &str, is_script: &dyn Fn(&str) -> bool) {
        let words = words(line);
        let mut begins = 0;
        for (at, word) in words.iter().enumerate() {
            if self.calls.len() >= CALLS {
                return;
            }
            if word.ends() {
                begins = at + 1;
                continue;
            }
            let bare = word.bare();
            let quoted = word.text.contains(['"', '\'']);
            if quoted && (bare.contains(char::is_whitespace) || bare.contains("$(")) {
                // A text with a command in it: `bash -c "…"`, `eval "$(…)"`.
                self.line(&bare.replace(['"', '\''], " "), is_script);
                continue;
            }
            let before = words.get(begins..at).unwrap_or_default();
            let rest = words.get(at + 1..).unwrap_or_default();
            let read = before.iter().chain([word]).any(|it| it.text.contains("$(") || it.text.contains('`'))
                || rest
                    .iter()
                    .find(|it| it.ends())
                    .is_some_and(|it| it.text.starts_with(['|', '>']) && it.text != "||");
            if MAKES.contains(&bare) {
                self.make(rest, read);
            } else if is_script(bare.rsplit(['/', '\\']).next().unwrap_or_default())
                && !before.iter().any(|it| LOOKS.contains(&it.bare()))
                && let Some(path) = path_of(bare)
            {
                let (arguments, mut open) = arguments(rest);
                open |= before.iter().any(|it| it.bare() == "xargs");
                let first = before.iter().map(Word::bare).find(|it| !it.is_empty()).unwrap_or_default();
                let takes_in = ["include", "-include", "sinclude"].contains(&first);
                self.calls.push(Call { path, arguments, open, read, takes_in });
            }
        }
    }

    /// `make target NAME=value`.
    fn make(&mut self, rest: &[Word], read: bool) {
        self.makes = true;
        self.reads_make |= read;
        for word in rest.iter().take_while(|word| !word.ends()) {
            let Some((name, value)) = word.bare().split_once('=') else { continue };
            let name = name.trim_end_matches(':');
            if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                say(&mut self.overrides, name, literal(value));
            }
        }
    }
}

/// Lines with those that they go on in.
fn logical(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        let mut whole = lines.next()?.to_owned();
        while let Some(before) = whole.trim_end().strip_suffix(['\\', '`']) {
            let Some(next) = lines.next() else { break };
            whole = format!("{before} {next}");
        }
        Some(whole)
    })
}

/// A word as it is written, or what stands between commands.
struct Word {
    text: String,
}

impl Word {
    /// Whether a command ends here.
    fn ends(&self) -> bool {
        self.text.starts_with([';', '|', '&', '<', '>', '#'])
    }

    /// Without quotes, brackets and the signs of recipes around it.
    fn bare(&self) -> &str {
        let text = self.text.as_str();
        if MAKES.contains(&text.trim_start_matches(['@', '-', '+'])) {
            return text.trim_start_matches(['@', '-', '+']);
        }
        let text = text.trim_start_matches(['@', '[', '(', '`', ',']).trim_end_matches([')', '`', ']', ',']);
        let text = text.strip_prefix("$(").unwrap_or(text);
        text.trim_matches(['"', '\''])
    }
}

/// The words of a line: quotes keep blanks together.
fn words(line: &str) -> Vec<Word> {
    let (mut found, mut text, mut quote) = (Vec::new(), String::new(), None);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, '"' | '\'') => {
                quote = Some(letter);
                text.push(letter);
            }
            (Some(mark), letter) if mark == letter => {
                quote = None;
                text.push(letter);
            }
            (None, ' ' | '\t') => finish(&mut found, &mut text),
            (None, ';' | '|' | '&' | '<' | '>') => {
                finish(&mut found, &mut text);
                let mut sign = String::from(letter);
                while let Some(more) = letters.next_if(|next| matches!(next, ';' | '|' | '&' | '<' | '>')) {
                    sign.push(more);
                }
                found.push(Word { text: sign });
            }
            (_, letter) => text.push(letter),
        }
    }
    finish(&mut found, &mut text);
    found
}

fn finish(found: &mut Vec<Word>, text: &mut String) {
    if !text.is_empty() {
        found.push(Word { text: std::mem::take(text) });
    }
}

/// The end of a path, behind everything in it that is variable.
fn path_of(word: &str) -> Option<String> {
    let parts = word.split(['/', '\\']);
    let mut known: Vec<&str> = Vec::new();
    for part in parts {
        match part {
            "" | "." | ".." => {}
            part if part.contains(['$', '{', '}', '%', '(', ')', '~', '=']) => known.clear(),
            part => known.push(part),
        }
    }
    (!known.is_empty()).then(|| known.join("/"))
}

/// What is given by place, and whether there may be more.
fn arguments(rest: &[Word]) -> (Vec<Option<String>>, bool) {
    let (mut found, mut open) = (Vec::new(), false);
    for word in rest.iter().take_while(|word| !word.ends()) {
        let quoted = word.text.starts_with(['"', '\'']);
        open |= word.text.contains("$@") || word.text.contains("$*") || !quoted && word.text.contains('$');
        found.push(literal(word.bare()).map(str::to_owned));
        if found.len() > 32 {
            return (found, true);
        }
    }
    (found, open)
}

/// A value when nothing in it is variable; the default that something has by itself counts as that.
fn literal(value: &str) -> Option<&str> {
    let value = value.trim_matches(['"', '\'']);
    let own = OWN.as_ref().and_then(|pattern| pattern.captures(value)).and_then(|hit| hit.get(1));
    match own {
        Some(own) => Some(own.as_str()),
        None => (!value.contains(['$', '%', '{', '*', '`', '<'])).then_some(value),
    }
}
