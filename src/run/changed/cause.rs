//! Which part of a change led to a finding whose own lines it leaves alone: what was evidence before and is gone, the part
//! without which the finding is not there, or else what changed nearest to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::clock::Clock;
use super::super::{Round, RunError, round};
use super::former::{Former, Known, explains};
use super::placed::{Change, Placed, Spot, line_at};
use super::{Trace, is_unread, tell_at_new};
use crate::diff::Block;
use crate::finding::{Finding, Label};
use crate::report::Pull;
use crate::settings::Settings;
use crate::source::{SourceId, Span, path};

/// At most so many parts of a change are taken back one by one.
const MOST_TRIALS: usize = 24;

/// All trials together read at most so many files: what takes long is not done many times.
const MOST_FILES: usize = 12_000;

/// The search for what led to findings.
pub(super) struct Causes<'a> {
    settings: &'a Settings,
    now: &'a Round,
    before: &'a Round,
    placed: &'a Placed<'a>,
    former: &'a Former<'a>,
    /// So many trials are left.
    left: usize,
}

/// A finding, and what of it is new.
type New = (Finding, Vec<Trace>);

impl<'a> Causes<'a> {
    pub fn new(
        settings: &'a Settings,
        now: &'a Round,
        before: &'a Round,
        placed: &'a Placed<'a>,
        former: &'a Former<'a>,
    ) -> Causes<'a> {
        let left = MOST_TRIALS.min(MOST_FILES / now.report.coverage.files.max(1));
        Causes { settings, now, before, placed, former, left }
    }

    /// Tells each finding at the part of the change that led to it.
    pub fn tell(&mut self, found: Vec<New>) -> Result<Vec<Finding>, RunError> {
        let mut told = Vec::new();
        let mut open: Vec<New> = Vec::new();
        for (mut finding, new) in found {
            if let Some(label) = self.image(&finding) {
                tell_at_new(&mut finding, label);
                told.push(finding);
            } else if let Some(spot) = self.evidence(&finding) {
                self.tell_at(&mut finding, spot);
                told.push(finding);
            } else {
                open.push((finding, new));
            }
        }
        let spots = self.tried(&open)?;
        for ((mut finding, _), spot) in open.into_iter().zip(spots) {
            match spot {
                Some(spot) => self.tell_at(&mut finding, spot),
                None => self.tell_near(&mut finding),
            }
            told.push(finding);
        }
        Ok(told)
    }

    /// An image that the change writes, and that is not pulled for what the finding says.
    fn image(&self, finding: &Finding) -> Option<Label> {
        let fails = self.explained(finding).map(|(pull, _)| pull);
        let pull = fails.into_iter().find(|pull| self.placed.touches(pull.place))?;
        let image = pull.image.as_deref().unwrap_or("an image");
        Some(Label::new(pull.place, format!("image `{image}` is to be pulled")))
    }

    /// The pulls that fail for it since the change, and what they were before.
    fn explained(&self, finding: &Finding) -> impl Iterator<Item = (&'a Pull, Option<&'a Pull>)> {
        self.former.fails.iter().copied().filter(|(pull, _)| explains(finding, pull))
    }

    /// The only part of the change that took away what proved that a pull works.
    pub fn evidence(&self, finding: &Finding) -> Option<Spot> {
        let mut spots = BTreeSet::new();
        for pull in self.explained(finding).filter_map(|(_, was)| was) {
            for place in pull.steps.iter().filter_map(|step| step.place) {
                let source = self.before.store.source(place.source);
                spots.extend(self.placed.spot_before(&source.path, source.line_of(place.start) - 1));
            }
        }
        let only = spots.pop_first();
        only.filter(|_| spots.is_empty())
    }

    /// The part without which a finding is not there, for each of them that has one.
    fn tried(&mut self, open: &[New]) -> Result<Vec<Option<Spot>>, RunError> {
        let mut spots: Vec<Option<Spot>> = vec![None; open.len()];
        let changes = self.likeliest(open);
        for &change in &changes {
            let spot = Spot { change, block: None };
            match changes.len() {
                1 => spots = vec![Some(spot); open.len()],
                _ => self.try_spot(spot, open, &mut spots, &|spot| spot.is_none())?,
            }
        }
        for &change in &changes {
            let whole = Spot { change, block: None };
            for block in self.blocks(change) {
                let part = Spot { change, block: Some(block) };
                self.try_spot(part, open, &mut spots, &|spot| *spot == Some(whole))?;
            }
        }
        Ok(spots)
    }

    /// The changes in the order in which they are tried, since not all of many are: what changed in the deployments of the
    /// findings or in a folder of theirs, and what is gone, comes first.
    fn likeliest(&self, open: &[New]) -> Vec<usize> {
        let files: BTreeSet<SourceId> = open.iter().flat_map(|(finding, _)| self.files_of(finding)).collect();
        let folders: BTreeSet<String> =
            files.iter().map(|file| path::folder_of(&self.now.store.source(*file).path).to_owned()).collect();
        let far = |change: &Change| {
            let is_one = change.source.is_some_and(|source| files.contains(&source));
            let beside = || change.paths().any(|path| folders.contains(path::folder_of(path)));
            let takes = change.after.is_none() || change.blocks.iter().any(|block| !block.gone.is_empty());
            (!is_one && !beside(), change.after.is_some(), !takes, !is_one)
        };
        let tried = self.placed.changes().filter(|(_, change)| !change.is_closed());
        let mut tried: Vec<(_, usize)> = tried.map(|(at, change)| (far(change), at)).collect();
        tried.sort();
        tried.into_iter().map(|(_, at)| at).collect()
    }

    /// The parts of a file that are tried by themselves: first those that take something away.
    fn blocks(&self, change: usize) -> Vec<usize> {
        let Some(change) = self.placed.change(change).filter(|change| change.has_parts()) else { return Vec::new() };
        let mut blocks: Vec<usize> = (0..change.blocks.len()).collect();
        blocks.sort_by_key(|&at| change.blocks.get(at).is_none_or(|block| block.gone.is_empty()));
        blocks
    }

    /// Takes one part back, and notes it for those findings that vanish with it.
    fn try_spot(
        &mut self,
        spot: Spot,
        open: &[New],
        spots: &mut [Option<Spot>],
        is_open: &dyn Fn(&Option<Spot>) -> bool,
    ) -> Result<(), RunError> {
        if self.left == 0 || !spots.iter().zip(open).any(|(own, (_, new))| is_open(own) && !new.is_empty()) {
            return Ok(());
        }
        self.left -= 1;
        let mut silent = Clock::new(false, self.settings.progress);
        let tried = round(self.settings, &[], self.placed.before_spot(spot), &mut silent)?;
        silent.notes();
        if self.is_spoilt(&tried) {
            return Ok(());
        }
        let known = Known::of(&tried, self.placed);
        for (own, (_, new)) in spots.iter_mut().zip(open).filter(|(own, _)| is_open(own)) {
            if !new.is_empty() && !new.iter().any(|trace| known.has(trace, &self.now.store)) {
                *own = Some(spot);
            }
        }
        Ok(())
    }

    /// Whether a part that was taken back by itself left a file that can't be read: nothing is learnt from that.
    fn is_spoilt(&self, tried: &Round) -> bool {
        let unread = |round: &Round, findings: &[Finding]| -> BTreeSet<Arc<str>> {
            let unread = findings.iter().filter(|finding| is_unread(finding));
            unread.map(|finding| round.store.source(finding.primary.span.source).path.clone()).collect()
        };
        let failed = |round: &Round| -> BTreeSet<Arc<str>> {
            let traces = round.traces.iter().filter(|it| matches!(it.rule, "ACR900" | "ACR901" | "ACR902"));
            traces.map(|trace| round.store.source(trace.span.source).path.clone()).collect()
        };
        let own = failed(self.now);
        unread(tried, &tried.report.findings).union(&failed(tried)).any(|path| !own.contains(path))
    }

    /// What changed in the deployment of the finding: first where something is gone.
    fn nearest(&self, finding: &Finding) -> Option<Spot> {
        let files = self.files_of(finding);
        let is_near = |change: &Change| change.source.is_some_and(|source| files.contains(&source));
        let near = self.placed.changes().filter(|(_, change)| !change.is_closed() && is_near(change));
        let blocks = near.flat_map(|(change, own)| own.blocks.iter().enumerate().map(move |(at, it)| (change, at, it)));
        let spots = blocks.map(|(change, at, it)| (it.gone.is_empty(), Spot { change, block: Some(at) }));
        spots.min().map(|(_, spot)| spot)
    }

    /// Where it was not found out what led to a finding: near it, and without saying more than is known.
    fn tell_near(&self, finding: &mut Finding) {
        let Some(spot) = self.nearest(finding) else { return };
        let place = self.place(spot);
        place.into_iter().for_each(|(_, block, span)| {
            let text = "this changes here; which part of the change leads to the finding was not found out";
            tell_at_new(finding, label(span, text, block));
        });
    }

    fn files_of(&self, finding: &Finding) -> BTreeSet<SourceId> {
        let mut files = BTreeSet::from([finding.primary.span.source]);
        files.extend(finding.related.iter().map(|label| label.span.source));
        let deployments = self.now.read.lowered.deployments.iter();
        for deployment in deployments.filter(|it| finding.deployment.as_ref() == Some(&it.name)) {
            files.extend(deployment.parameters.into_iter().chain([deployment.source]));
            files.extend(deployment.resources.iter().map(|resource| resource.extent.source));
        }
        files
    }

    /// Tells a finding at a part of the change.
    pub fn tell_at(&self, finding: &mut Finding, spot: Spot) {
        let Some(change) = self.placed.change(spot.change) else { return };
        if change.source.is_none() || change.after.is_none() {
            // Of a file that is gone there is no line to point at.
            if let Some(path) = &change.before {
                finding.message = format!("{} (since `{path}` is gone)", finding.message);
            }
            return;
        }
        let Some((change, block, span)) = self.place(spot) else { return };
        tell_at_new(finding, label(span, &self.words(change, block), block));
    }

    /// The lines of a part of the change, as far as there are any.
    fn place(&self, spot: Spot) -> Option<(&'a Change, &'a Block, Span)> {
        let change = self.placed.change(spot.change)?;
        let source = change.source.filter(|_| change.after.is_some())?;
        let text = self.now.store.source(source);
        let block = spot.block.or_else(|| self.telling_block(change)).and_then(|at| change.blocks.get(at))?;
        // Behind the last line there is none.
        Some((change, block, line_at(&text, source, block.now.start.min(text.text.len()))))
    }

    /// Of a file that changed in several places: the first one that takes a resource away, or any lines, or the first.
    fn telling_block(&self, change: &Change) -> Option<usize> {
        let blocks = || change.blocks.iter();
        let resource = blocks().position(|block| !self.resources(change, block).is_empty());
        resource
            .or_else(|| blocks().position(|block| !block.gone.is_empty()))
            .or((!change.blocks.is_empty()).then_some(0))
    }

    fn words(&self, change: &Change, block: &Block) -> String {
        let gone = block.gone.len();
        match (self.resources(change, block).as_slice(), block.now.is_empty()) {
            ([], false) => "this change leads to it".to_owned(),
            ([], true) if gone == 1 => "this change removes a line here".to_owned(),
            ([], true) => format!("this change removes {gone} lines here"),
            ([one], _) => format!("this change removes `{one}` here"),
            ([one, others @ ..], _) => format!("this change removes `{one}` and {} more here", others.len()),
        }
    }

    /// The resources that began on lines that are gone, and are nowhere now.
    fn resources(&self, change: &Change, block: &Block) -> Vec<String> {
        let all = |round: &'a Round| round.read.lowered.deployments.iter().flat_map(|it| &it.resources);
        let store = &self.before.store;
        let is_gone = |extent: Span| {
            let source = store.source(extent.source);
            change.before.as_deref() == Some(&*source.path) && block.gone.contains(&(source.line_of(extent.start) - 1))
        };
        let gone = all(self.before).filter(|resource| is_gone(resource.extent));
        let mut names: Vec<String> = gone.map(|resource| resource.address.to_string()).collect();
        names.dedup();
        names.retain(|name| !all(self.now).any(|resource| resource.address.to_string() == *name));
        names
    }
}

/// A label on lines that changed. Where lines are only gone, the next one is no evidence, and nobody looked at what is on it.
fn label(span: Span, text: &str, block: &Block) -> Label {
    Label { beside: block.now.is_empty(), ..Label::new(span, text) }
}
