//! Whether a diff leads to a file as it is, and what that file was before.

use std::ops::Range;

use super::{FileChange, Hunk, Line};

/// A line of a file that is not what the diff says it became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// In the file as it is, from 1.
    pub line: usize,
}

/// Lines of a file that were put in the place of others: where one of the two is empty, only taken out or only put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The bytes of the file as it is; empty where nothing was put in, at the beginning of the line that follows.
    pub now: Range<usize>,
    /// The lines, from 0, that the file had before.
    pub gone: Range<usize>,
}

impl FileChange {
    /// The file before the change, or before those of its blocks that are chosen by their numbers. Line ends may differ: git
    /// converts them.
    pub fn undone(&self, now: &[u8], chosen: impl Fn(usize) -> bool) -> Result<Vec<u8>, Misfit> {
        let lines: Vec<&[u8]> = lines(now);
        let mut before = Text(Vec::with_capacity(now.len()));
        let (mut at, mut block) = (0, 0);
        for hunk in &self.hunks {
            let between = lines.get(at..hunk.new).ok_or(Misfit { line: lines.len() })?;
            between.iter().for_each(|line| before.push(line));
            at = hunk.new;
            let mut in_block = false;
            for line in &hunk.lines {
                let changes = !matches!(line, Line::Same(_));
                block += usize::from(in_block && !changes);
                in_block = changes;
                let (Line::Same(text) | Line::Added(text)) = line else {
                    before.push(if chosen(block) { line.text() } else { b"" });
                    continue;
                };
                let own = lines.get(at).filter(|own| bare(own) == bare(text)).ok_or(Misfit { line: at + 1 })?;
                at += 1;
                if !changes || !chosen(block) {
                    before.push(own);
                }
            }
            block += usize::from(in_block);
        }
        lines.get(at..).unwrap_or_default().iter().for_each(|line| before.push(line));
        Ok(before.0)
    }

    /// What changed where in the file as it is, which the diff leads to.
    pub fn blocks(&self, now: &[u8]) -> Vec<Block> {
        let starts: Vec<usize> = starts(now);
        let start = |line: usize| starts.get(line).copied().unwrap_or(now.len());
        let changes = self.hunks.iter().flat_map(Hunk::changes);
        changes.map(|(new, gone)| Block { now: start(new.start)..start(new.end), gone }).collect()
    }
}

impl Line {
    fn text(&self) -> &[u8] {
        let (Line::Same(text) | Line::Removed(text) | Line::Added(text)) = self;
        text
    }
}

impl Hunk {
    /// Runs of lines that are new, each with those that are gone in their place, counted from 0.
    fn changes(&self) -> Vec<(Range<usize>, Range<usize>)> {
        let (mut found, mut new, mut old) = (Vec::new(), self.new..self.new, self.old..self.old);
        for line in &self.lines {
            match line {
                Line::Removed(_) => old.end += 1,
                Line::Added(_) => new.end += 1,
                Line::Same(_) => {
                    if !new.is_empty() || !old.is_empty() {
                        found.push((new.clone(), old.clone()));
                    }
                    new = new.end + 1..new.end + 1;
                    old = old.end + 1..old.end + 1;
                }
            }
        }
        if !new.is_empty() || !old.is_empty() {
            found.push((new, old));
        }
        found
    }
}

/// A text that grows by lines.
struct Text(Vec<u8>);

impl Text {
    fn push(&mut self, line: &[u8]) {
        // Only the last line of a file may lack its end, and another one may be the last one now.
        if !line.is_empty() && self.0.last().is_some_and(|&last| last != b'\n') {
            self.0.push(b'\n');
        }
        self.0.extend(line);
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|&byte| byte == b'\n').collect()
}

fn starts(text: &[u8]) -> Vec<usize> {
    let mut start = 0;
    let step = |line: &&[u8]| {
        let own = start;
        start += line.len();
        own
    };
    lines(text).iter().map(step).collect()
}

fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
