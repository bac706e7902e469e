//! Lists of rules of which the first one that fits decides.

use crate::ir::Truth;

/// A rule that fits, or may.
pub(super) struct Met<R> {
    /// Its place in the order; none where that is not known.
    pub(super) rank: Option<(usize, i64, i64)>,
    /// Whether it fits.
    pub(super) fits: Truth,
    /// Whether it lets traffic pass, when that is known.
    pub(super) allows: Option<bool>,
    /// The rule.
    pub(super) rule: R,
}

/// What a list of rules says.
pub(super) enum Decision<R> {
    /// This rule allows it, or denies it.
    By(bool, R),
    /// No rule fits.
    Nothing,
    /// This rule may fit, come before the others, or say another thing.
    Unclear(R),
}

/// The decision of rules. Where the order of two that disagree is not known, nothing is. `otherwise` is what holds where no
/// rule fits: rules of which none is known to fit, and that all say the same, change nothing.
pub(super) fn decide<R: Copy>(mut rules: Vec<Met<R>>, otherwise: bool) -> Decision<R> {
    rules.retain(|met| met.fits != Truth::No);
    if rules.iter().all(|met| met.fits == Truth::Unknown && met.allows == Some(otherwise)) {
        return Decision::Nothing;
    }
    rules.sort_by_key(|met| met.rank);
    let sure = |met: &&Met<R>| met.rank.is_some() && met.fits == Truth::Yes && met.allows.is_some();
    let Some(first) = rules.iter().find(sure) else {
        return rules.first().map_or(Decision::Nothing, |met| Decision::Unclear(met.rule));
    };
    // Those that may decide before it, and those that stand beside it.
    let against = |met: &&Met<R>| (met.rank.is_none() || met.rank <= first.rank) && met.allows != first.allows;
    match (rules.iter().find(against), first.allows) {
        (None, Some(allows)) => Decision::By(allows, first.rule),
        (Some(other), _) => Decision::Unclear(other.rule),
        (None, None) => Decision::Unclear(first.rule),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(rank: i64, fits: Truth, allows: bool) -> Met<i64> {
        Met { rank: Some((0, 0, rank)), fits, allows: Some(allows), rule: rank }
    }

    #[test]
    fn the_first_that_fits_decides() {
        let rules = vec![met(300, Truth::Yes, true), met(200, Truth::Yes, false), met(100, Truth::No, true)];
        assert!(matches!(decide(rules, true), Decision::By(false, 200)));
        assert!(matches!(decide::<i64>(Vec::new(), true), Decision::Nothing));
    }

    #[test]
    fn one_that_may_fit_before_it_leaves_it_open_unless_it_says_the_same() {
        let rules = vec![met(100, Truth::Unknown, true), met(200, Truth::Yes, false)];
        assert!(matches!(decide(rules, true), Decision::Unclear(100)));
        let rules = vec![met(100, Truth::Unknown, false), met(200, Truth::Yes, false), met(300, Truth::Unknown, true)];
        assert!(matches!(decide(rules, true), Decision::By(false, 200)));
    }

    #[test]
    fn two_with_one_number_that_disagree_leave_it_open() {
        let rules = vec![met(100, Truth::Yes, true), met(100, Truth::Yes, false)];
        assert!(matches!(decide(rules, true), Decision::Unclear(100)));
        let unranked = Met { rank: None, ..met(0, Truth::Yes, true) };
        assert!(matches!(decide(vec![unranked, met(200, Truth::Yes, false)], true), Decision::Unclear(0)));
    }

    #[test]
    fn rules_that_may_fit_and_say_what_holds_anyway_change_nothing() {
        let rules = || vec![met(100, Truth::Unknown, true), met(200, Truth::Unknown, true)];
        assert!(matches!(decide(rules(), true), Decision::Nothing));
        assert!(matches!(decide(rules(), false), Decision::Unclear(100)));
        let mixed = vec![met(100, Truth::Unknown, true), met(200, Truth::Unknown, false)];
        assert!(matches!(decide(mixed, true), Decision::Unclear(100)));
    }
}
