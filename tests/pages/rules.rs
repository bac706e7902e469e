//! `docs/rules/`: a page for each rule, made of its page in `rules/`, whose examples are the rule's tests. Here the examples
//! stand for a reader: files by their names, what acrlint says of them, and what to change.

use std::collections::BTreeSet;
use std::fs;

use acrlint::finding::Finding;
use acrlint::{Linted, Outlook};

use crate::markdown::{Piece, in_words, pieces};
use crate::{files_of, report, revision, root, text_of, updates};

/// Where the pages stand.
const FOLDER: &str = "docs/rules";
/// What nobody writes by hand: the page names the place where these examples are.
const MADE: [&str; 2] = ["Plan", "Saved output"];
/// What the rules are about, by the first digit of their numbers.
const GROUPS: [(&str, &str); 8] = [
    ("ACR1", "Identities and permissions"),
    ("ACR2", "Pull secrets"),
    ("ACR3", "Networks"),
    ("ACR4", "The identity of the cluster"),
    ("ACR5", "Settings of the registry"),
    ("ACR6", "Regions, clouds, names"),
    ("ACR7", "Images and workloads"),
    ("ACR9", "The files themselves"),
];

#[test]
fn rule_pages_are_made_of_the_rules() {
    let rules: Vec<Rule> = files_of("rules", "md").iter().map(|path| Rule::read(&text_of(path))).collect();
    let mut wanted: Vec<(String, String)> =
        rules.iter().map(|rule| (format!("{FOLDER}/{}.md", rule.id), rule.page(&rules))).collect();
    wanted.push((format!("{FOLDER}/README.md"), index(&rules)));
    if updates() {
        fs::create_dir_all(root().join(FOLDER)).expect("the folder can be made");
        wanted.iter().for_each(|(path, text)| fs::write(root().join(path), text).expect("a page is writable"));
    }
    let current = |path: &str| fs::read_to_string(root().join(path)).unwrap_or_default();
    let stale = wanted.iter().filter(|(path, text)| current(path) != *text);
    let mut problems: Vec<String> =
        stale.map(|(path, _)| format!("{path} is not current, UPDATE=1 writes it")).collect();
    let known: BTreeSet<&String> = wanted.iter().map(|(path, _)| path).collect();
    let left = files_of(FOLDER, "md").into_iter().filter(|path| !known.contains(path));
    problems.extend(left.map(|path| format!("{path} is of no rule")));
    report("pages of rules", &problems);
}

/// A page of `rules/`.
struct Rule {
    id: String,
    name: String,
    summary: String,
    /// The level, and when it is another.
    level: String,
    category: String,
    chapters: Vec<Chapter>,
}

struct Chapter {
    title: String,
    pieces: Vec<Piece>,
}

/// The same repository before and after its repair, in one language.
struct Example<'a> {
    language: &'a str,
    bad: Vec<File>,
    good: Vec<File>,
}

struct File {
    language: String,
    path: String,
    /// As it is in `rules/`: with the marks of the tests.
    marked: String,
}

impl Rule {
    fn read(text: &str) -> Rule {
        let mut rule = Rule {
            id: String::new(),
            name: String::new(),
            summary: String::new(),
            level: String::new(),
            category: String::new(),
            chapters: Vec::new(),
        };
        for piece in pieces(text) {
            match (piece, rule.chapters.last_mut()) {
                (Piece::Heading(1, title), _) => {
                    let (id, name) = title.split_once(": ").expect("a title is `ACRnnn: name`");
                    (rule.id, rule.name) = (id.to_owned(), name.to_owned());
                }
                (Piece::Heading(2, title), _) => rule.chapters.push(Chapter { title, pieces: Vec::new() }),
                (piece, Some(chapter)) => chapter.pieces.push(piece),
                (Piece::Prose(head), None) => rule.read_head(&head),
                (piece, None) => panic!("{}: {piece:?} comes too early", rule.id),
            }
        }
        rule
    }

    fn read_head(&mut self, head: &str) {
        let mut lines = head.lines().filter(|line| !line.is_empty());
        self.summary = lines.next().expect("a page has a summary").to_owned();
        let row = lines.nth(2).expect("a page has a table").trim_matches('|');
        let (level, category) = row.split_once(" | ").expect("the row has two cells");
        (self.level, self.category) = (level.trim().to_owned(), category.trim().to_owned());
    }

    fn chapter(&self, title: &str) -> Option<&Chapter> {
        self.chapters.iter().find(|chapter| chapter.title == title)
    }

    /// What a chapter says, with the ids of other rules as links.
    fn prose(&self, title: &str) -> Option<String> {
        let mut made = String::new();
        for piece in &self.chapter(title)?.pieces {
            match piece {
                Piece::Prose(text) => made += text,
                Piece::Block { info, text, .. } => made += &format!("```{info}\n{text}```\n"),
                Piece::Heading(depth, title) => made += &format!("{} {title}\n", "#".repeat(*depth)),
            }
        }
        let paragraph = |text: &str| match text.starts_with("    ") {
            true => format!("```text\n{}\n```", unindented(text.trim_end())),
            false => in_words(text, |words| self.linked(words)),
        };
        let paragraphs: Vec<String> = made.trim_matches('\n').split("\n\n").map(paragraph).collect();
        Some(paragraphs.join("\n\n").replace("\n```\n\n```text\n", "\n\n"))
    }

    fn linked(&self, words: &str) -> String {
        let id = regex::Regex::new(r"\bACR\d{3}\b").expect("the expression is right");
        let link = |found: &regex::Captures<'_>| match &found[0] {
            own if own == self.id => own.to_owned(),
            other => format!("[{other}]({other}.md)"),
        };
        id.replace_all(words, link).into_owned()
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let of = |title: &str| self.chapter(title).map(Chapter::files).unwrap_or_default();
        let mut good = of("Good");
        let pair = |(language, bad): (_, Vec<File>)| {
            let at = good.iter().position(|(other, _)| *other == language);
            Example { language, bad, good: at.map(|at| good.swap_remove(at).1).unwrap_or_default() }
        };
        of("Bad").into_iter().map(pair).collect()
    }

    fn page(&self, all: &[Rule]) -> String {
        let examples = self.examples();
        let mut page = format!(
            "<!-- Made of rules/{id}.md; `UPDATE=1 cargo test --test pages` writes it. -->\n\n# {id}: {name}\n\n{summary}.\n\n\
             | level | about | `--fix` |\n| --- | --- | --- |\n| {level} | {category} | {fix} |\n\n",
            id = self.id,
            name = self.name,
            summary = self.summary,
            level = self.level,
            category = self.category,
            fix = repaired(&self.id, &examples),
        );
        let chapters = [
            ("What it finds", self.prose("What it finds")),
            ("Why it breaks", self.prose("Why it breaks")),
            ("How to repair it", self.prose("Fix")),
            ("Examples", Some(self.shown_examples(&examples))),
            ("When it stays silent", self.prose("When it stays silent")),
            ("What other tools ask for", self.prose("What other tools ask for")),
            ("How to allow it", Some(self.allowing(&examples))),
            ("References", self.prose("References")),
        ];
        for (title, text) in chapters {
            page += &text.map(|text| format!("## {title}\n\n{}\n\n", text.trim())).unwrap_or_default();
        }
        page + &self.neighbours(all)
    }

    fn shown_examples(&self, examples: &[Example<'_>]) -> String {
        if examples.is_empty() {
            let of = |title: &str| self.prose(title).unwrap_or_default();
            return format!("Told:\n\n{}\n\nNot told:\n\n{}", of("Bad"), of("Good"));
        }
        let twin =
            |example: &Example<'_>| example.language == "ARM" && examples.iter().any(|it| it.language == "Bicep");
        let head = "`←` marks the line that is reported.\n\n".to_owned();
        head + &examples.iter().map(|example| example.shown(&self.id, twin(example))).collect::<String>()
    }

    fn allowing(&self, examples: &[Example<'_>]) -> String {
        let mut told = match self.id.as_str() {
            "ACR900" | "ACR901" | "ACR902" | "ACR903" => {
                return format!(
                    "A file that could not be read must not look clean: `--select` keeps this rule on. Leave the file out \
                     with `exclude` in [`acrlint.yaml`](../configuration.md), or switch the rule off:\n\n\
                     ```yaml\n# acrlint.yaml\nrules:\n  {}: off\n```",
                    self.id
                );
            }
            _ => String::new(),
        };
        let marks = comments(examples, &self.id);
        if !marks.is_empty() {
            told += "On the line that is reported, or above the line, the declaration, the block or the module call that it is in:\n\n";
        }
        for (language, mark) in &marks {
            told += &format!("```{language}\n{mark} acrlint: allow {} -- the reason\n```\n\n", self.id);
        }
        if marks.iter().any(|(language, _)| *language == "yaml") {
            told += "On the object, or on the metadata of its pod template:\n\n";
            told += &format!(
                "```yaml\nmetadata:\n  annotations:\n    acrlint.dev/allow: \"{} -- the reason\"\n```\n\n",
                self.id
            );
        }
        told += "In `acrlint.yaml`, for files that can have no comments:\n\n";
        told += &format!(
            "```yaml\nallow:\n  - rules: [{0}]\n    path: infra/plans/**\n    reason: the reason\n```\n\n",
            self.id
        );
        told += "And for a whole repository, or with another level (error, warning, note):\n\n";
        told += &format!("```yaml\nrules:\n  {0}: off\n```\n\n", self.id);
        told + "[Living with findings](../configuration.md#living-with-findings) has every way."
    }

    fn neighbours(&self, all: &[Rule]) -> String {
        let link = |rule: &Rule| format!("[{0}](../rules/{0}.md) {1}", rule.id, rule.name).replace("../rules/", "");
        let at = all.iter().position(|rule| rule.id == self.id).unwrap_or_default();
        let before = at.checked_sub(1).and_then(|at| all.get(at)).map(|rule| format!("← {}", link(rule)));
        let after = all.get(at + 1).map(|rule| format!("{} →", link(rule)));
        let all = Some("[all rules](README.md)".to_owned());
        let source = Some(format!("[the tests of this page](../../rules/{}.md)", self.id));
        let parts: Vec<String> = [before, all, source, after].into_iter().flatten().collect();
        format!("---\n\n{}\n", parts.join(" · "))
    }
}

impl Chapter {
    /// The files under each `###` heading.
    fn files(&self) -> Vec<(&str, Vec<File>)> {
        let mut found: Vec<(&str, Vec<File>)> = Vec::new();
        for piece in &self.pieces {
            match (piece, found.last_mut()) {
                (Piece::Heading(3, language), _) => found.push((language, Vec::new())),
                (Piece::Block { info, text, .. }, Some((_, files))) => {
                    let (language, path) = info.split_once(' ').expect("a file of an example has a name");
                    files.push(File { language: language.to_owned(), path: path.to_owned(), marked: text.clone() });
                }
                _ => {}
            }
        }
        found
    }
}

impl Example<'_> {
    fn lint(&self) -> Linted {
        // The day on which the examples are read by their tests.
        let outlook = Outlook { today: jiff::civil::date(2026, 1, 31), ..Outlook::default() };
        acrlint::lint(
            self.bad.iter().map(|file| (file.path.clone(), file.marked.clone().into_bytes())).collect(),
            &outlook,
        )
    }

    /// The example for a reader. A `twin` is the same repository as the one before it in a longer language.
    fn shown(&self, rule: &str, twin: bool) -> String {
        let mut made = format!("### {}\n\n", self.language);
        let is_made = MADE.contains(&self.language);
        match (is_made, twin) {
            (false, false) => self.bad.iter().for_each(|file| made += &file.shown(true)),
            (false, true) => {
                made += &format!("The same in JSON; [rules/{rule}.md](../../rules/{rule}.md) has it whole. ")
            }
            (true, _) => made += &format!("The files stand in [rules/{rule}.md](../../rules/{rule}.md). "),
        }
        made += &format!("acrlint says:\n\n```text\n{}```\n\n", told(&self.lint(), rule));
        if !is_made {
            made += &format!("Repaired:\n\n{}", self.repaired());
        }
        made
    }

    /// The files of the repaired repository: what changes in them, and new ones as a whole.
    fn repaired(&self) -> String {
        let mut made = String::new();
        for file in &self.good {
            let before = self.bad.iter().find(|bad| bad.path == file.path).map(|bad| bad.text(false));
            let changes = before.as_ref().and_then(|before| revision::between(before, &file.text(false)));
            made += &match (before, changes) {
                (Some(before), _) if before == file.text(false) => continue,
                (_, Some(changes)) => format!("`{}`\n\n```diff\n{changes}```\n\n", file.path),
                _ => file.shown(false),
            };
        }
        let gone = self.bad.iter().filter(|bad| self.good.iter().all(|good| good.path != bad.path));
        let gone: Vec<String> = gone.map(|file| format!("`{}`", file.path)).collect();
        match gone.is_empty() {
            true => made,
            false => made + &format!("Without {}.\n\n", gone.join(", ")),
        }
    }
}

impl File {
    /// The text without the marks of the tests, or with an arrow in their place.
    fn text(&self, arrows: bool) -> String {
        let line = |line: &str| {
            let at = [" // <- ", " # <- "].iter().find_map(|mark| line.find(mark).map(|at| (at, mark.len())));
            match (at, arrows) {
                (Some((at, length)), true) => {
                    let (code, mark) = (&line[..at], &line[at..at + length]);
                    let claimed = line[at + length..].split(' ').next().unwrap_or_default();
                    format!("{code}{}← {claimed}\n", mark.replace("<- ", ""))
                }
                (Some((at, _)), false) => format!("{}\n", line[..at].trim_end()),
                (None, _) => format!("{line}\n"),
            }
        };
        self.marked.lines().map(line).collect()
    }

    fn shown(&self, arrows: bool) -> String {
        format!("`{}`\n\n```{}\n{}```\n\n", self.path, self.language, self.text(arrows))
    }
}

/// Indented code without its indentation.
fn unindented(text: &str) -> String {
    text.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// What is said of an example: one line for each finding of the rule, and what helps.
fn told(linted: &Linted, rule: &str) -> String {
    let line = |finding: &Finding| {
        let place = linted.store.source(finding.primary.span.source).place(finding.primary.span);
        let head =
            format!("{}:{}: {}[{}] {}\n", place.path, place.start.line, finding.severity.word(), rule, finding.message);
        let help = finding.help.iter().flat_map(|help| help.trim_end().lines());
        help.fold(head, |told, line| format!("{told}{}\n", format!("    {line}").trim_end()))
    };
    linted.report.findings.iter().filter(|finding| finding.rule == rule).map(line).collect()
}

/// Whether `--fix` repairs the examples.
fn repaired(rule: &str, examples: &[Example<'_>]) -> &'static str {
    let (mut safe, mut any) = (false, false);
    for example in examples {
        let linted = example.lint();
        for fix in linted.report.findings.iter().filter(|finding| finding.rule == rule).filter_map(|it| it.fix.as_ref())
        {
            (safe, any) = (safe || fix.safe, true);
        }
    }
    match (safe, any) {
        (true, _) => "where what stands there has one reading",
        (false, true) => "with `--unsafe-fixes`: it decides something for you",
        (false, false) => "no",
    }
}

/// The beginnings of comments in the languages in which the rule's findings stand.
fn comments(examples: &[Example<'_>], rule: &str) -> Vec<(&'static str, &'static str)> {
    let mark = format!("<- {rule} ");
    let languages: BTreeSet<&str> = examples
        .iter()
        .filter(|example| !MADE.contains(&example.language))
        .flat_map(|example| &example.bad)
        .filter(|file| file.marked.contains(&mark))
        .map(|file| file.language.as_str())
        .collect();
    let known = [("bicep", "//"), ("hcl", "#"), ("yaml", "#")];
    known.into_iter().filter(|(language, _)| languages.contains(language)).collect()
}

/// The list of all rules, by what they are about.
fn index(rules: &[Rule]) -> String {
    let mut page = "<!-- Made of rules/; `UPDATE=1 cargo test --test pages` writes it. -->\n\n# Rules\n\n\
        Every finding carries the id of its rule. `acrlint explain ACR102` shows the page of one, `acrlint rules` the list. \
        An *error* means that the pull, or the deployment that should allow it, fails whatever the unknowns turn out to be; \
        [verdicts](../verdicts.md) has the details.\n"
        .to_owned();
    for (prefix, title) in GROUPS {
        page += &format!("\n## {title}\n\n| id | name | what it finds | level |\n| --- | --- | --- | --- |\n");
        for rule in rules.iter().filter(|rule| rule.id.starts_with(prefix)) {
            let row = format!("| [{0}]({0}.md) | `{1}` | {2} | {3} |\n", rule.id, rule.name, rule.summary, rule.level);
            page += &row;
        }
    }
    let listed = |rule: &&Rule| GROUPS.iter().all(|(prefix, _)| !rule.id.starts_with(prefix));
    let lost: Vec<&str> = rules.iter().filter(listed).map(|rule| rule.id.as_str()).collect();
    assert!(lost.is_empty(), "rules of no group: {lost:?}");
    page
}
