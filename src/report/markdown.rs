//! A page in Markdown: the step summary of a build and a comment on a pull request. The verdict first, then the pulls that
//! fail, what is wrong, what is not known, and a picture.
//!
//! A comment on GitHub has no more than 65,536 characters, a step summary no more than a megabyte. The page fits into
//! both, since nobody scrolls through more. What has no room is left out as a whole and told: the picture first, then the
//! pulls that are fine, then the stories.

mod finding;
mod pulls;
mod section;
mod spelt;

use std::cmp::Reverse;
use std::io;

use super::Verdict;
use super::closing;
use super::graph;
use super::telling::Telling;
use crate::finding::{Finding, Severity};
use section::{Room, Section, details};

/// The length of a page in bytes, which are at least as many as characters; the rest is for who adds a few words.
const LONGEST: usize = 62_000;

/// What the last lines need: what was read and what is left out.
const LAST_LINES: usize = 2_000;

/// More boxes than this are folded away: the picture would be taller than the rest of the page.
const MOST_BOXES: usize = 20;

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page::new(telling);
    page.fill();
    out.write_all(page.text().as_bytes())
}

struct Page<'p, 't> {
    telling: &'p Telling<'t>,
    broken: Section,
    unknown: Section,
    fine: Section,
    findings: Section,
    /// The stories of the findings, one for each; empty where there is none.
    stories: Section,
    picture: Section,
}

impl<'p, 't> Page<'p, 't> {
    fn new(telling: &'p Telling<'t>) -> Page<'p, 't> {
        let mut findings: Vec<&Finding> = telling.report.findings.iter().collect();
        findings.sort_by_key(|finding| Reverse(finding.severity));
        let told = |tell: fn(&Telling<'_>, &Finding) -> String| findings.iter().map(|it| tell(telling, it)).collect();
        Page {
            broken: pulls::table(telling, Verdict::Broken),
            unknown: pulls::table(telling, Verdict::Unknown),
            fine: pulls::table(telling, Verdict::Fine),
            findings: Section::new("#### Findings\n\n", told(finding::told), "\n"),
            stories: Section::new("", told(finding::story), ""),
            picture: picture(telling),
            telling,
        }
    }

    /// Gives the room to what matters most. No section takes so much of it that the next one would be empty.
    fn fill(&mut self) {
        let mut room = Room::of(LONGEST.saturating_sub(LAST_LINES + self.head().len()));
        self.broken.fill(&mut room.share(2, 5));
        room.less(self.broken.length());
        self.findings.fill(&mut room.share(3, 4));
        room.less(self.findings.length());
        self.unknown.fill(&mut room.share(1, 2));
        room.less(self.unknown.length());
        self.stories.fill_beside(&self.findings, &mut room);
        self.fine.fill(&mut room);
        self.picture.fill(&mut room);
    }

    fn text(&self) -> String {
        let mut text = self.head();
        text.push_str(&self.broken.text());
        text.push_str(&self.findings.text_with(&self.stories));
        text.push_str(&self.unknown.text());
        text.push_str(&self.fine.text());
        text.push_str(&self.picture.text());
        text.push_str(&self.last_lines());
        text
    }

    /// The mark by which a bot finds the comment that it wrote before, the verdict, and numbers.
    fn head(&self) -> String {
        let numbers = spelt::sentence(&closing::findings(self.telling));
        format!("<!-- acrlint -->\n### {}\n\n{numbers}\n\n", headline(self.telling))
    }

    fn last_lines(&self) -> String {
        let coverage = &self.telling.report.coverage;
        let (files, resources) =
            (closing::number_of(coverage.files, "file"), closing::number_of(coverage.resources, "resource"));
        let read = format!("{files} read, {resources}");
        let lines = [Some(read), closing::not_understood(self.telling), self.left_out()];
        let lines: Vec<String> =
            lines.into_iter().flatten().map(|line| spelt::sentence(&spelt::cut(&line, 600))).collect();
        format!("{}\n", lines.join("<br>\n"))
    }

    fn left_out(&self) -> Option<String> {
        let parts = [
            (self.picture.left(), "picture"),
            (self.fine.left(), "pull that is fine"),
            (self.stories.left(), "story"),
            (self.unknown.left(), "pull that is not known"),
            (self.findings.left(), "finding"),
            (self.broken.left(), "pull that fails"),
        ];
        let parts = parts.into_iter().filter(|&(left, _)| left > 0).map(|(left, what)| plural(left, what));
        let parts: Vec<String> = parts.collect();
        (!parts.is_empty())
            .then(|| format!("left out here for want of room: {}; acrlint tells all of it", parts.join(", ")))
    }
}

fn plural(number: usize, what: &str) -> String {
    let words = match (number, what) {
        (1, _) => what.to_owned(),
        (_, "story") => "stories".to_owned(),
        _ => match what.split_once(" that ") {
            Some((thing, rest)) => {
                let rest = rest.replacen("is ", "are ", 1).replacen("fails", "fail", 1);
                format!("{thing}s that {rest}")
            }
            None => format!("{what}s"),
        },
    };
    format!("{number} {words}")
}

/// The verdict in one sentence.
fn headline(telling: &Telling<'_>) -> String {
    let pulls = &telling.report.pulls;
    let count = |verdict| pulls.iter().filter(|pull| pull.verdict == verdict).count();
    let errors = telling.report.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let (all, broken, unknown) = (pulls.len(), count(Verdict::Broken), count(Verdict::Unknown));
    let errors_of = closing::number_of(errors, "error");
    match (all, broken, unknown) {
        (0, ..) if errors > 0 => format!("❌ {errors_of}, and no pull from a registry was found"),
        (0, ..) if telling.report.coverage.inputs == 0 => "Nothing to judge was found".to_owned(),
        (0, ..) => "No pull from a registry was found".to_owned(),
        (1, 1, _) => "❌ The pull fails".to_owned(),
        (_, broken, _) if broken == all => format!("❌ All {all} pulls fail"),
        (_, 1, _) => format!("❌ 1 of {all} pulls fails"),
        (_, 2.., _) => format!("❌ {broken} of {all} pulls fail"),
        _ if errors > 0 => format!("❌ {errors_of}; no pull is proved to fail"),
        (1, _, 1) => "❔ Whether the pull works is not known".to_owned(),
        (_, _, unknown) if unknown == all => format!("❔ Whether any of {all} pulls works is not known"),
        (_, _, 1..) => format!("❔ No pull is proved to fail; of {all}, {unknown} can't be decided"),
        (1, ..) => "✅ The pull is fine".to_owned(),
        _ => format!("✅ All {all} pulls are fine"),
    }
}

/// The picture, where there is something in it.
fn picture(telling: &Telling<'_>) -> Section {
    let drawing = &telling.report.graph;
    if drawing.edges.is_empty() {
        return Section::default();
    }
    let drawn = format!("```mermaid\n{}```\n\n", graph::mermaid(drawing));
    let folded = drawing.nodes.len() > MOST_BOXES;
    let text = if folded { details("The pulls as a picture", &drawn) } else { drawn };
    Section::new("", vec![text], "")
}
