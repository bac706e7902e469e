//! A part of the way to a registry: whether it works, and what stands in it.

use super::Obstacle;
use crate::ir::Truth;
use crate::source::Span;
use crate::world::knowledge::{Evidence, Judgement};

/// Whether a part of the way works.
#[derive(Clone, Debug)]
pub struct Leg {
    /// The answer and its proof.
    pub judgement: Judgement,
    /// What stands in the way, with whether that alone stops the pull.
    pub obstacles: Vec<(Obstacle, Truth)>,
}

impl Leg {
    /// It works.
    pub(super) fn works(span: Span, text: impl Into<String>) -> Leg {
        Leg { judgement: Judgement::new(Truth::Yes, span, text), obstacles: Vec::new() }
    }

    /// It works, for all of this.
    pub(super) fn proved(because: Vec<Evidence>) -> Leg {
        Leg { judgement: Judgement { truth: Truth::Yes, because }, obstacles: Vec::new() }
    }

    /// Whether it works can't be told.
    pub(super) fn unknown(span: Span, text: impl Into<String>) -> Leg {
        Leg { judgement: Judgement::new(Truth::Unknown, span, text), obstacles: Vec::new() }
    }

    /// It is proved not to work, for this.
    pub(super) fn fails(obstacle: Obstacle, because: Vec<Evidence>) -> Leg {
        Leg { judgement: Judgement { truth: Truth::No, because }, obstacles: vec![(obstacle, Truth::No)] }
    }

    /// It may not work, for this: a statement that is proved and does not prove that pulls fail.
    pub(super) fn may_fail(obstacle: Obstacle, because: Vec<Evidence>) -> Leg {
        Leg { judgement: Judgement { truth: Truth::Unknown, because }, obstacles: vec![(obstacle, Truth::Unknown)] }
    }

    /// Statements that are proved whatever comes of the pull.
    pub(super) fn note(&mut self, obstacles: impl IntoIterator<Item = Obstacle>) {
        let noted = obstacles.into_iter().map(|obstacle| (obstacle, Truth::Unknown)).collect();
        self.obstacles = joined(std::mem::take(&mut self.obstacles), noted);
    }

    /// The answer.
    pub(super) fn truth(&self) -> Truth {
        self.judgement.truth
    }

    /// Both parts have to work. The proof is that of the part that decides.
    pub(super) fn and(self, other: Leg) -> Leg {
        let truth = self.truth().and(other.truth());
        let because = match (self.truth(), other.truth()) {
            (Truth::Yes, Truth::Yes) => {
                let mut because = self.judgement.because;
                for clause in other.judgement.because {
                    if !clause.text.is_empty() && !because.contains(&clause) {
                        because.push(clause);
                    }
                }
                because
            }
            (one, _) if one == truth => self.judgement.because,
            _ => other.judgement.because,
        };
        let obstacles = joined(self.obstacles, other.obstacles);
        Leg { judgement: Judgement { truth, because }, obstacles }
    }

    /// What both pools say: a pod lands on one of them, and where they differ nobody knows which.
    pub(super) fn agree(self, other: Leg) -> Leg {
        let truth = self.truth().agree(other.truth());
        let differ = self.truth() != other.truth();
        let weaker = |leg: &Leg| leg.truth() != Truth::Yes;
        let because = if weaker(&self) || !weaker(&other) { self.judgement.because } else { other.judgement.because };
        let lower = |(obstacle, proof)| (obstacle, if differ { Truth::Unknown } else { proof });
        let obstacles = joined(self.obstacles, other.obstacles).into_iter().map(lower).collect();
        Leg { judgement: Judgement { truth, because }, obstacles }
    }

    /// Nothing is certain, for this.
    pub(super) fn doubt(self, span: Span, text: impl Into<String>) -> Leg {
        let obstacles = self.obstacles.into_iter().map(|(obstacle, _)| (obstacle, Truth::Unknown)).collect();
        Leg { judgement: Judgement::new(Truth::Unknown, span, text), obstacles }
    }
}

/// Each obstacle once, with the stronger proof.
fn joined(mut some: Vec<(Obstacle, Truth)>, others: Vec<(Obstacle, Truth)>) -> Vec<(Obstacle, Truth)> {
    for (obstacle, proof) in others {
        match some.iter_mut().find(|(known, _)| *known == obstacle) {
            Some((_, known)) => *known = if proof == Truth::No { proof } else { *known },
            None => some.push((obstacle, proof)),
        }
    }
    some
}
