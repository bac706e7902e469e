//! The pages in `rules/` are the rules' documentation and their tests.
//!
//! Every `###` heading of a page is a small repository: its fenced blocks are files (```` ```bicep main.bicep ````), and a
//! line that ends with the comment `<- ACR101 error` is where that finding has to stand. `UPDATE=1 cargo test --test
//! rule_docs` rewrites the lists that are made from the rules; without it the same test fails and prints the difference.

// A test says what is wrong by failing.
#![allow(clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use acrlint::finding::{Finding, Fix, Severity};
use acrlint::{Linted, Outlook};

/// What every page consists of, in this order.
const CHAPTERS: [&str; 7] =
    ["What it finds", "Why it breaks", "Bad", "Good", "Fix", "When it stays silent", "References"];
/// The ids of all rules, from the first to the last of each run of numbers: what is told of identities, pull secrets,
/// networks, clusters, registries, names, images and files. An id that is given up is never used again.
const CATALOGUE: [(u16, u16); 8] =
    [(101, 113), (201, 214), (301, 314), (401, 409), (501, 507), (601, 605), (701, 705), (900, 906)];
/// A chapter that a page may have before the last one: what checks of other tools want that ends in this fault, by ids and
/// names that were looked up.
const OTHERS: &str = "What other tools ask for";
/// What the examples may be headed with, in this order.
const LANGUAGES: [&str; 6] = ["Bicep", "ARM", "Terraform", "Plan", "Kubernetes", "Saved output"];
/// The language of a block and how its file has to end.
const FENCES: [(&str, &[&str]); 4] = [
    ("bicep", &[".bicep", ".bicepparam"]),
    ("json", &[".json"]),
    ("hcl", &[".tf", ".tfvars"]),
    ("yaml", &[".yaml", ".yml"]),
];
const CATEGORIES: [&str; 7] = ["permission", "pull secret", "network", "cluster identity", "registry", "image", "file"];
/// The rules of which bad examples can be repaired in place.
const REPAIRED: [&str; 24] = [
    "ACR102", "ACR103", "ACR105", "ACR106", "ACR108", "ACR111", "ACR201", "ACR203", "ACR212", "ACR214", "ACR306",
    "ACR308", "ACR310", "ACR311", "ACR402", "ACR504", "ACR506", "ACR507", "ACR602", "ACR604", "ACR605", "ACR701",
    "ACR702", "ACR703",
];
const LONGEST_SUMMARY: usize = 110;
const LONGEST_MESSAGE: usize = 100;

#[test]
fn every_page_has_the_fixed_form() {
    let problems = pages().iter().flat_map(form_problems).collect();
    report("the form of the pages", problems);
}

#[test]
fn every_page_says_what_its_rule_says() {
    let mut problems = Vec::new();
    let pages = pages();
    for rule in acrlint::rules::ALL {
        let Some(page) = pages.iter().find(|page| page.id == rule.id) else {
            problems.push(format!("{} has no page: rules/{}.md", rule.id, rule.id));
            continue;
        };
        let said = [("name", &*page.name, rule.name), ("summary", &page.summary, rule.summary)];
        let severity = ("severity", page.first_severity(), rule.severity.word());
        for (what, on_page, in_rule) in said.into_iter().chain([severity]) {
            if on_page != in_rule {
                problems
                    .push(format!("{}: the {what} is `{on_page}` on the page and `{in_rule}` in the rule", rule.id));
            }
        }
    }
    let ruleless = |page: &&Page| acrlint::rules::ALL.iter().all(|rule| rule.id != page.id);
    problems.extend(pages.iter().filter(ruleless).map(|page| {
        format!(
            "{}: no such rule in `rules::ALL`; where `UPDATE=1` has just written the list, run the tests again",
            page.file
        )
    }));
    report("pages against rules", problems);
}

#[test]
fn every_id_of_the_catalogue_has_a_rule() {
    let known: BTreeSet<&str> = acrlint::rules::ALL.iter().map(|rule| rule.id).collect();
    let wanted: BTreeSet<String> = CATALOGUE.iter().flat_map(|(first, last)| *first..=*last).map(id).collect();
    let missing = wanted.iter().filter(|id| !known.contains(id.as_str())).map(|id| format!("{id} has no rule"));
    let surplus = known.iter().filter(|id| !wanted.contains(**id)).map(|id| format!("{id} is not in the catalogue"));
    report("the catalogue", missing.chain(surplus).collect());
}

#[test]
fn bad_examples_are_found_where_they_are_marked() {
    let mut problems = Vec::new();
    for page in pages() {
        for example in page.examples.iter().filter(|example| example.chapter == "Bad") {
            let (marked, found) = (example.marks(), places(&example.lint()));
            let own: BTreeSet<Mark> = found.iter().filter(|mark| mark.rule == page.id).cloned().collect();
            let missing = marked.difference(&found).map(|mark| format!("not found: {mark}"));
            let surplus = own.difference(&marked).map(|mark| format!("not marked: {mark}"));
            problems.extend(missing.chain(surplus).map(|problem| format!("{} {example}: {problem}", page.file)));
        }
    }
    report("bad examples", problems);
}

#[test]
fn good_examples_are_quiet() {
    let mut problems = Vec::new();
    for page in pages() {
        for example in page.examples.iter().filter(|example| example.chapter == "Good") {
            let found = places(&example.lint());
            let loud = found.iter().filter(|mark| mark.rule == page.id || mark.level == Severity::Error.word());
            problems.extend(loud.map(|mark| format!("{} {example}: {mark}", page.file)));
        }
    }
    report("good examples", problems);
}

#[test]
fn fixes_repair_their_bad_examples() {
    let (mut problems, mut repaired) = (Vec::new(), BTreeSet::new());
    for page in pages() {
        for example in page.examples.iter().filter(|example| example.chapter == "Bad") {
            let linted = example.lint();
            for finding in linted.report.findings.iter().filter(|finding| finding.rule == page.id) {
                let Some(fix) = &finding.fix else { continue };
                repaired.insert(page.id.clone());
                let left = repair_problems(example, &linted, finding, fix);
                problems
                    .extend(left.iter().map(|problem| format!("{} {example}: {}: {problem}", page.file, fix.title)));
            }
        }
    }
    for rule in REPAIRED.iter().filter(|rule| !repaired.contains(**rule)) {
        problems.push(format!("{rule}: no bad example gets a fix any more"));
    }
    report("fixes", problems);
}

#[test]
fn messages_have_one_wording() {
    let mut problems = BTreeSet::new();
    for example in pages().iter().flat_map(|page| &page.examples) {
        for finding in example.lint().report.findings {
            problems.extend(wording_problems(&finding));
        }
    }
    report("wording", problems.into_iter().collect());
}

#[test]
fn every_rule_file_has_a_page() {
    let pages = pages();
    let without = rule_modules().into_iter().filter(|module| pages.iter().all(|page| page.id != module.to_uppercase()));
    report("rule files", without.map(|module| format!("src/rules/{module}.rs has no page")).collect());
}

#[test]
fn generated_lists_are_current() {
    let lists = [
        Generated {
            path: "src/rules/mod.rs",
            begin: "// generated: begin",
            end: "// generated: end",
            text: module_list(),
        },
        Generated { path: "README.md", begin: "<!-- rules: begin -->", end: "<!-- rules: end -->", text: rule_table() },
    ];
    report("generated lists", lists.iter().flat_map(Generated::problems).collect());
}

#[test]
fn marks_are_read_from_the_comments_of_every_language() {
    let read = |line: &str| Mark::read("f", 3, line).map(|mark| mark.to_string());
    assert_eq!(read("resource aks 'x' = { // <- ACR101 error").as_deref(), Some("f:3 ACR101 error"));
    assert_eq!(read("  - name: a # <- ACR202 note").as_deref(), Some("f:3 ACR202 note"));
    assert_eq!(read("  - name: a # ACR202"), None);
}

fn id(number: u16) -> String {
    format!("ACR{number}")
}

// ---- Pages

/// A page of `rules/`, cut into what the tests ask for.
#[derive(Default)]
struct Page {
    file: String,
    id: String,
    name: String,
    summary: String,
    /// The lines of the table under the summary.
    table: Vec<String>,
    chapters: Vec<Chapter>,
    examples: Vec<Example>,
}

struct Chapter {
    title: String,
    /// `### …` headings in it.
    languages: Vec<String>,
    empty: bool,
}

/// The blocks under one `###` heading: one repository.
struct Example {
    chapter: String,
    language: String,
    files: Vec<File>,
}

struct File {
    language: String,
    path: String,
    text: String,
}

fn pages() -> Vec<Page> {
    let mut files: Vec<PathBuf> = entries("rules").into_iter().filter(|path| has_extension(path, "md")).collect();
    files.sort();
    assert!(!files.is_empty(), "no pages in rules/");
    files.iter().map(|path| Page::read(path)).collect()
}

impl Page {
    fn read(path: &Path) -> Page {
        let text = fs::read_to_string(path).expect("a page is readable");
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut page = Page { file: format!("rules/{name}"), ..Page::default() };
        let mut block: Option<File> = None;
        for line in text.lines() {
            block = match block {
                Some(block) if line == "```" => page.end_block(block),
                Some(mut block) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                    Some(block)
                }
                None => match line.strip_prefix("```") {
                    Some(info) => Some(File::begin(info)),
                    None => page.take_line(line),
                },
            };
        }
        assert!(block.is_none(), "{}: a block is not closed", page.file);
        page
    }

    /// A line outside of blocks. Always nothing: no block begins here.
    fn take_line(&mut self, line: &str) -> Option<File> {
        if let Some(title) = line.strip_prefix("# ") {
            let (id, name) = title.split_once(": ").unwrap_or((title, ""));
            (self.id, self.name) = (id.to_owned(), name.to_owned());
        } else if let Some(title) = line.strip_prefix("## ") {
            self.chapters.push(Chapter { title: title.to_owned(), languages: Vec::new(), empty: true });
        } else if let Some(language) = line.strip_prefix("### ") {
            self.begin_example(language);
        } else if !line.trim().is_empty() {
            self.take_text(line);
        }
        None
    }

    fn begin_example(&mut self, language: &str) {
        let Some(chapter) = self.chapters.last_mut() else { panic!("{}: `### {language}` comes too early", self.file) };
        chapter.languages.push(language.to_owned());
        self.examples.push(Example {
            chapter: chapter.title.clone(),
            language: language.to_owned(),
            files: Vec::new(),
        });
    }

    fn take_text(&mut self, line: &str) {
        match self.chapters.last_mut() {
            Some(chapter) => chapter.empty = false,
            None if line.starts_with('|') => self.table.push(line.to_owned()),
            None if self.summary.is_empty() => self.summary = line.to_owned(),
            None => panic!("{}: the summary is more than one line", self.file),
        }
    }

    /// Always nothing: the block is over.
    fn end_block(&mut self, block: File) -> Option<File> {
        if let Some(chapter) = self.chapters.last_mut() {
            chapter.empty = false;
        }
        match self.examples.last_mut() {
            Some(example) if !block.path.is_empty() => example.files.push(block),
            _ => assert!(block.path.is_empty(), "{}: `{}` stands under no `###` heading", self.file, block.path),
        }
        None
    }

    fn languages(&self, chapter: &str) -> &[String] {
        let found = self.chapters.iter().find(|candidate| candidate.title == chapter);
        found.map_or(&[], |chapter| &chapter.languages)
    }

    /// The cells of the table's only row.
    fn row(&self) -> Vec<&str> {
        self.table.get(2).map_or_else(Vec::new, |row| row.trim_matches('|').split('|').map(str::trim).collect())
    }

    /// The severity of a finding when nothing speaks against it; the rest of the cell says when it is another.
    fn first_severity(&self) -> &str {
        self.row().first().map_or("", |cell| cell.split([',', ' ']).next().unwrap_or(cell))
    }
}

impl File {
    /// A block without a path is for reading only.
    fn begin(info: &str) -> File {
        let (language, path) = info.split_once(' ').unwrap_or((info, ""));
        File { language: language.to_owned(), path: path.to_owned(), text: String::new() }
    }
}

// ---- The form of a page

fn form_problems(page: &Page) -> Vec<String> {
    let mut problems = head_problems(page);
    let titles: Vec<&str> = page.chapters.iter().map(|chapter| chapter.title.as_str()).collect();
    let mut with_others = CHAPTERS.to_vec();
    with_others.insert(CHAPTERS.len() - 1, OTHERS);
    if titles != CHAPTERS && titles != with_others {
        problems.push(format!("the headings are {titles:?} and have to be {CHAPTERS:?}, perhaps with `{OTHERS}`"));
    }
    for chapter in &page.chapters {
        if chapter.empty {
            problems.push(format!("`{}` says nothing", chapter.title));
        }
        let order: Vec<Option<usize>> = chapter.languages.iter().map(|name| position(&LANGUAGES, name)).collect();
        let takes_examples = ["Bad", "Good"].contains(&chapter.title.as_str()) || order.is_empty();
        if !takes_examples || order.contains(&None) || !order.is_sorted_by(|one, next| one < next) {
            problems.push(format!("the headings under `{}` are {:?}", chapter.title, chapter.languages));
        }
    }
    if page.languages("Bad") != page.languages("Good") {
        problems.push("`Bad` and `Good` have different headings".to_owned());
    }
    problems.extend(page.examples.iter().flat_map(|example| example_problems(page, example)));
    problems.iter().map(|problem| format!("{}: {problem}", page.file)).collect()
}

fn head_problems(page: &Page) -> Vec<String> {
    let mut problems = Vec::new();
    if page.file != format!("rules/{}.md", page.id) || page.name.is_empty() {
        problems.push(format!("the title has to be `# <file name>: <rule name>`, not `{}: {}`", page.id, page.name));
    }
    let length = page.summary.chars().count();
    if length == 0 || length >= LONGEST_SUMMARY || page.summary.ends_with('.') {
        problems.push(format!(
            "the summary has to be one sentence of under {LONGEST_SUMMARY} characters without full stop"
        ));
    }
    let head: Vec<&str> = page.table.iter().take(2).map(String::as_str).collect();
    if head != ["| severity | category |", "| --- | --- |"] || page.table.len() != 3 || page.row().len() != 2 {
        problems.push("the table is not `severity | category` with one row".to_owned());
    }
    if !page.row().last().is_some_and(|category| CATEGORIES.contains(category)) {
        problems.push(format!("the category has to be one of {CATEGORIES:?}"));
    }
    if !is_level(page.first_severity()) {
        problems.push("the severity has to begin with error, warning or note".to_owned());
    }
    problems
}

fn example_problems(page: &Page, example: &Example) -> Vec<String> {
    let mut problems = Vec::new();
    if example.files.is_empty() {
        problems.push(format!("{example} has no file"));
    }
    let misnamed = |file: &&File| {
        let fence = FENCES.iter().find(|(language, _)| *language == file.language);
        !fence.is_some_and(|(_, endings)| endings.iter().any(|ending| file.path.ends_with(ending)))
    };
    problems.extend(
        example.files.iter().filter(misnamed).map(|file| {
            format!("{example}: `{} {}` is no language with a file name that fits", file.language, file.path)
        }),
    );
    let marked = example.marks().iter().any(|mark| mark.rule == page.id);
    if marked != (example.chapter == "Bad") {
        problems.push(format!("{example}: only bad examples have marks of their rule, and each has one"));
    }
    problems
}

// ---- Running the examples

/// The examples are read on this day.
fn outlook() -> Outlook {
    Outlook { today: jiff::civil::date(2026, 1, 31), ..Outlook::default() }
}

impl Example {
    fn lint(&self) -> Linted {
        let files = self.files.iter().map(|file| (file.path.clone(), file.text.clone().into_bytes())).collect();
        acrlint::lint(files, &outlook())
    }

    fn marks(&self) -> BTreeSet<Mark> {
        let lines = |file: &File| -> Vec<Mark> {
            file.text.lines().enumerate().filter_map(|(at, line)| Mark::read(&file.path, at + 1, line)).collect()
        };
        self.files.iter().flat_map(lines).collect()
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.chapter, self.language)
    }
}

/// A finding as a mark claims it or a run tells it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    path: String,
    line: usize,
    rule: String,
    level: String,
}

impl Mark {
    fn read(path: &str, line: usize, text: &str) -> Option<Mark> {
        let (_, claim) = text.split_once("// <- ").or_else(|| text.split_once("# <- "))?;
        let (rule, level) = claim.split_once(' ').unwrap_or((claim, ""));
        assert!(is_level(level), "{path}:{line}: a mark is `<- ACR101 error`, not `{claim}`");
        Some(Mark { path: path.to_owned(), line, rule: rule.to_owned(), level: level.to_owned() })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {} {}", self.path, self.line, self.rule, self.level)
    }
}

/// Where the findings of a run stand.
fn places(linted: &Linted) -> BTreeSet<Mark> {
    let place = |finding: &Finding| {
        let span = finding.primary.span;
        let place = linted.store.source(span.source).place(span);
        let (rule, level) = (finding.rule.to_owned(), finding.severity.word().to_owned());
        Mark { path: place.path, line: place.start.line, rule, level }
    };
    linted.report.findings.iter().map(place).collect()
}

/// What is wrong with an example after a fix: the finding is still there, an error is new, a file can't be read any more.
fn repair_problems(example: &Example, linted: &Linted, finding: &Finding, fix: &Fix) -> Option<String> {
    let mut files: Vec<(String, String)> =
        example.files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    for (path, text) in &mut files {
        let here = fix.edits.iter().filter(|(span, _)| *linted.store.source(span.source).path == **path);
        let edits: Vec<_> = here.map(|(span, by)| (span.range(), by.clone())).collect();
        let Some(after) = acrlint::edit::applied(text, &edits) else { return Some(format!("{path}: edits overlap")) };
        if acrlint::edit::faults(path, &after) > 0 {
            return Some(format!("{path} can't be read afterwards:\n{after}"));
        }
        *text = after;
    }
    let errors = |linted: &Linted| {
        let errors = linted.report.findings.iter().filter(|finding| finding.severity == Severity::Error);
        errors.map(|finding| finding.key.clone()).collect::<BTreeSet<_>>()
    };
    let files = files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let again = acrlint::lint(files, &outlook());
    let new: Vec<String> = errors(&again).difference(&errors(linted)).cloned().collect();
    let still = again.report.findings.iter().any(|other| other.key == finding.key);
    match (still, new.is_empty()) {
        (true, _) => Some("the finding is still there".to_owned()),
        (false, false) => Some(format!("new errors: {new:?}")),
        _ => None,
    }
}

/// What is not as the style asks in a finding's message and labels.
fn wording_problems(finding: &Finding) -> Vec<String> {
    let mut problems = clause_problems(finding.rule, &finding.message);
    if finding.message.is_empty() || finding.message.chars().count() > LONGEST_MESSAGE {
        problems.push(format!("{}: has to have 1 to {LONGEST_MESSAGE} characters: {}", finding.rule, finding.message));
    }
    for label in finding.related.iter().chain([&finding.primary]).filter(|label| !label.text.is_empty()) {
        problems.extend(clause_problems(finding.rule, &label.text));
    }
    problems
}

fn clause_problems(rule: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if !text.starts_with(|first: char| first.is_lowercase() || first == '`') {
        problems.push(format!("{rule}: has to begin with a small letter or a backtick: {text}"));
    }
    if text.ends_with('.') {
        problems.push(format!("{rule}: has to end without full stop: {text}"));
    }
    problems
}

// ---- Generated lists

/// A list between two marker lines of a file that is otherwise written by hand.
struct Generated {
    path: &'static str,
    begin: &'static str,
    end: &'static str,
    text: String,
}

impl Generated {
    /// What is not current; with `UPDATE` set it is made so instead.
    fn problems(&self) -> Vec<String> {
        let path = root().join(self.path);
        let Ok(file) = fs::read_to_string(&path) else { return vec![format!("{} can't be read", self.path)] };
        let Some((before, old, after)) = self.cut(&file) else {
            return vec![format!("{} needs the lines `{}` and `{}`", self.path, self.begin, self.end)];
        };
        if old == self.text {
            return Vec::new();
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, format!("{before}{}{after}", self.text)).expect("the file is writable");
            return Vec::new();
        }
        vec![format!("{} is not current, UPDATE=1 rewrites it:\n{}", self.path, difference(old, &self.text))]
    }

    /// The file up to the end of the first marker line, between the two, and from the second on.
    fn cut<'a>(&self, file: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
        let begin = file.find(self.begin)?;
        let old = begin + file.get(begin..)?.find('\n')? + 1;
        let after = old + file.get(old..)?.find(self.end)?;
        Some((file.get(..old)?, file.get(old..after)?, file.get(after..)?))
    }
}

fn module_list() -> String {
    let modules = rule_modules();
    let declared: String = modules.iter().map(|module| format!("mod {module};\n")).collect();
    let listed: String = modules.iter().map(|module| format!("    &{module}::RULE,\n")).collect();
    format!("{declared}\n/// Every rule, in the order of the ids.\npub static ALL: &[&Rule] = &[\n{listed}];\n")
}

fn rule_table() -> String {
    let row = |page: &Page| {
        let severity = page.first_severity();
        format!("| [{0}](docs/rules/{0}.md) | `{1}` | {2} | {severity} |\n", page.id, page.name, page.summary)
    };
    let rows: String = pages().iter().map(row).collect();
    format!("| id | name | summary | severity |\n| --- | --- | --- | --- |\n{rows}")
}

/// The lines that only one of two texts has.
fn difference(old: &str, new: &str) -> String {
    let only = |sign: &str, of: &str, not_in: &str| -> String {
        let there: BTreeSet<&str> = not_in.lines().collect();
        of.lines().filter(|line| !there.contains(line)).map(|line| format!("{sign} {line}\n")).collect()
    };
    let lines = only("-", old, new) + &only("+", new, old);
    if lines.is_empty() { "the same lines in another order".to_owned() } else { lines }
}

/// `acr101` for each rule's file, sorted.
fn rule_modules() -> Vec<String> {
    let files = entries("src/rules").into_iter().filter(|path| has_extension(path, "rs"));
    let stems = files.filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    let mut modules: Vec<String> = stems.filter(|stem| is_rule_module(stem)).collect();
    modules.sort();
    modules
}

fn is_rule_module(stem: &str) -> bool {
    let digits = stem.strip_prefix("acr").unwrap_or_default();
    digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

// ---- Small questions

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn entries(folder: &str) -> Vec<PathBuf> {
    let read = fs::read_dir(root().join(folder));
    let read = read.unwrap_or_else(|error| panic!("{folder}: {error}"));
    read.flatten().map(|entry| entry.path()).collect()
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|extension| extension == wanted)
}

fn position(list: &[&str], wanted: &str) -> Option<usize> {
    list.iter().position(|candidate| *candidate == wanted)
}

fn is_level(word: &str) -> bool {
    [Severity::Error, Severity::Warning, Severity::Note].iter().any(|severity| severity.word() == word)
}

/// Fails with all problems at once: whoever changes a rule sees every page that it touches.
fn report(what: &str, problems: Vec<String>) {
    assert!(problems.is_empty(), "{what}: {} problem(s)\n{}", problems.len(), problems.join("\n"));
}
