//! Other JSON that people take for a plan.

use super::part::Object;
use crate::frontend::{Problem, Trouble};
use crate::source::{SourceId, Span};

/// The newest format whose major version is known; a minor version only adds.
const NEWEST: u64 = 1;

/// What a JSON object is when it isn't a plan that can be read, where that can be told; nothing for what has nothing to do
/// with Terraform.
pub(super) fn named(object: &Object<'_>, source: SourceId) -> Option<Problem> {
    let make = "`terraform plan -out tfplan`, then `terraform show -json tfplan`";
    let text = |name: &str| object.get(name).and_then(|part| part.word());
    let planned = object.has("planned_values") || object.has("resource_changes");
    let message = match text("format_version") {
        Some(version) if planned => match version.split('.').next().and_then(|major| major.parse::<u64>().ok()) {
            Some(major) if major <= NEWEST => return None,
            _ => format!("plan format {version} is not known: 0.1 to 1.2 are"),
        },
        None if planned && object.has("configuration") => "a plan without a `format_version` can't be read".to_owned(),
        Some(_) if object.has("values") && object.has("terraform_version") => {
            "this is a state, not a plan: it doesn't say how resources refer to each other".to_owned()
        }
        None if object.has("lineage") && object.has("serial") && object.has("resources") => {
            "this is a state file, not a plan: it doesn't say how resources refer to each other".to_owned()
        }
        _ => return None,
    };
    let help = Some(format!("a plan as JSON is made with {make}"));
    Some(Problem { trouble: Trouble::Unreadable, message, span: Span::file(source), help })
}

/// Whether a text is what `terraform plan -json` writes while it plans: a JSON object on each line.
pub(super) fn is_log(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let module = ["\"@module\":\"terraform.", "\"@module\":\"tofu."];
    first.starts_with('{') && first.contains("\"@level\":") && module.iter().any(|module| first.contains(module))
}

/// What is wrong with a log in a plan's place.
pub(super) fn log(source: SourceId) -> Problem {
    let message = "this is the log of `terraform plan -json`, not a plan".to_owned();
    let help =
        Some("a plan as JSON is made with `terraform plan -out tfplan`, then `terraform show -json tfplan`".into());
    Problem { trouble: Trouble::Unreadable, message, span: Span::file(source), help }
}
