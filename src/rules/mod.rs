//! One file for each rule: a static and a function. Rules see the world, the pulls and findings, and nothing below.

mod blocked;
mod reporter;
mod story;

use crate::finding::{Finding, Severity};
use crate::pull::Case;
use crate::world::Address;
pub use reporter::{Key, Reporter};

/// A rule: data plus one function.
pub struct Rule {
    /// `ACR101`; never reused.
    pub id: &'static str,
    /// A name that reads after "allow".
    pub name: &'static str,
    /// One clause.
    pub summary: &'static str,
    /// The level it has unless something lowers it.
    pub severity: Severity,
    /// The page.
    pub docs: &'static str,
    /// `security-severity` for code scanning; only for rules about security.
    pub security: Option<&'static str>,
    /// Looks for its fault and reports it.
    pub check: fn(&Case<'_, '_>, &mut Reporter),
}

/// A finding and the resources that it is about.
pub struct Found {
    /// The finding.
    pub finding: Finding,
    /// The resources, the one to change first; none where it is about a place.
    pub about: Vec<Address>,
}

/// Runs a rule.
pub fn run(rule: &'static Rule, case: &Case<'_, '_>) -> Vec<Found> {
    let mut reporter = Reporter::new(rule);
    (rule.check)(case, &mut reporter);
    reporter.into_found(case.world)
}

/// The rule with this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id == id)
}

/// All rules, in the order of their ids.
pub fn all() -> &'static [&'static Rule] {
    ALL
}

// generated: begin
mod acr101;
mod acr102;
mod acr103;
mod acr104;
mod acr105;
mod acr106;
mod acr107;
mod acr108;
mod acr109;
mod acr110;
mod acr111;
mod acr112;
mod acr113;
mod acr201;
mod acr202;
mod acr203;
mod acr204;
mod acr205;
mod acr206;
mod acr207;
mod acr208;
mod acr209;
mod acr210;
mod acr211;
mod acr212;
mod acr213;
mod acr214;
mod acr301;
mod acr302;
mod acr303;
mod acr304;
mod acr305;
mod acr306;
mod acr307;
mod acr308;
mod acr309;
mod acr310;
mod acr311;
mod acr312;
mod acr313;
mod acr314;
mod acr401;
mod acr402;
mod acr403;
mod acr404;
mod acr405;
mod acr406;
mod acr407;
mod acr408;
mod acr409;
mod acr501;
mod acr502;
mod acr503;
mod acr504;
mod acr505;
mod acr506;
mod acr507;
mod acr601;
mod acr602;
mod acr603;
mod acr604;
mod acr605;
mod acr701;
mod acr702;
mod acr703;
mod acr704;
mod acr705;
mod acr900;
mod acr901;
mod acr902;
mod acr903;
mod acr904;
mod acr905;
mod acr906;

/// Every rule, in the order of the ids.
pub static ALL: &[&Rule] = &[
    &acr101::RULE,
    &acr102::RULE,
    &acr103::RULE,
    &acr104::RULE,
    &acr105::RULE,
    &acr106::RULE,
    &acr107::RULE,
    &acr108::RULE,
    &acr109::RULE,
    &acr110::RULE,
    &acr111::RULE,
    &acr112::RULE,
    &acr113::RULE,
    &acr201::RULE,
    &acr202::RULE,
    &acr203::RULE,
    &acr204::RULE,
    &acr205::RULE,
    &acr206::RULE,
    &acr207::RULE,
    &acr208::RULE,
    &acr209::RULE,
    &acr210::RULE,
    &acr211::RULE,
    &acr212::RULE,
    &acr213::RULE,
    &acr214::RULE,
    &acr301::RULE,
    &acr302::RULE,
    &acr303::RULE,
    &acr304::RULE,
    &acr305::RULE,
    &acr306::RULE,
    &acr307::RULE,
    &acr308::RULE,
    &acr309::RULE,
    &acr310::RULE,
    &acr311::RULE,
    &acr312::RULE,
    &acr313::RULE,
    &acr314::RULE,
    &acr401::RULE,
    &acr402::RULE,
    &acr403::RULE,
    &acr404::RULE,
    &acr405::RULE,
    &acr406::RULE,
    &acr407::RULE,
    &acr408::RULE,
    &acr409::RULE,
    &acr501::RULE,
    &acr502::RULE,
    &acr503::RULE,
    &acr504::RULE,
    &acr505::RULE,
    &acr506::RULE,
    &acr507::RULE,
    &acr601::RULE,
    &acr602::RULE,
    &acr603::RULE,
    &acr604::RULE,
    &acr605::RULE,
    &acr701::RULE,
    &acr702::RULE,
    &acr703::RULE,
    &acr704::RULE,
    &acr705::RULE,
    &acr900::RULE,
    &acr901::RULE,
    &acr902::RULE,
    &acr903::RULE,
    &acr904::RULE,
    &acr905::RULE,
    &acr906::RULE,
];
// generated: end
