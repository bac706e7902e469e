//! The picture: what was judged as boxes and arrows. Each pull is a strand of steps; strands that look alike are drawn
//! once, and where there are more than anybody can look at, what is broken is drawn first.

mod access;
mod blame;
mod drawing;
mod network;
mod sketch;
mod strand;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::ir::Truth;
use crate::pull::{Case, Path};
use crate::report::Verdict;
use crate::report::graph::{Graph, Tally};
use crate::rules::Found;
use blame::Blame;
use drawing::Drawing;
use strand::Strand;

/// The picture of a case. `found` are the findings of all rules, also of those that nobody wants to hear of: a pull that
/// fails is drawn as one, and the rule is the name of the cause.
pub fn graph(case: &Case<'_, '_>, found: &[Found]) -> Graph {
    let blame = Blame::new(case, found);
    let mut strands: Vec<Strand> = Vec::new();
    for paths in together(case) {
        strands.push(strand::of(case, &blame, &paths));
    }
    // Sorting is stable: among equals the order is that of the files.
    strands.sort_by_key(|strand| urgency(strand.verdict));
    let mut pulls = Tally::default();
    strands.iter().for_each(|strand| pulls.join(strand.pulls));
    let strands = drawing::alike_as_one(strands);
    let mut drawing = Drawing::default();
    strands.iter().for_each(|strand| drawing.take(strand));
    Graph { pulls, ..drawing.into_graph(case.store) }
}

/// The paths that are drawn from one box: those of a workload on one cluster, and each tied pair without a workload.
fn together<'c>(case: &'c Case<'_, '_>) -> Vec<Vec<&'c Path>> {
    let mut places: BTreeMap<(usize, Option<usize>), usize> = BTreeMap::new();
    let mut found: Vec<Vec<&Path>> = Vec::new();
    for path in &case.paths {
        let own = path.workload.map(|workload| *places.entry((workload, path.cluster)).or_insert(found.len()));
        match own.and_then(|at| found.get_mut(at)) {
            Some(paths) => paths.push(path),
            None => found.push(vec![path]),
        }
    }
    found
}

fn urgency(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Broken => 0,
        Verdict::Unknown => 1,
        Verdict::Fine => 2,
    }
}

fn verdict(truth: Truth) -> Verdict {
    super::verdict(truth)
}
