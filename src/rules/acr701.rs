//! ACR701 `invalid-image-reference`.

use super::{Reporter, Rule, story};
use crate::azure::reference::{Break, Reading, read};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR701",
    name: "invalid-image-reference",
    summary: "An image of a registry is written in a way that the kubelet refuses",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR701.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for path in &case.paths {
        let (Some(image), Some((what, sure))) = (&path.image, case.broken_reference(path)) else { continue };
        let workload = path.workload.and_then(|at| case.world.workloads.get(at));
        let label = workload.map(|workload| workload.label.as_str()).unwrap_or_default();
        let severity = if sure { Severity::Error } else { Severity::Note };
        let message = format!("image `{}` {}", short(&shown(image)), what.text());
        let fix = meant(what, &shown(image))
            .filter(|_| sure)
            .and_then(|to| Repair::Reference { place: path.place, from: &shown(image), to: &to }.fix(case.store));
        reporter
            .report(severity, path.place, message, story::of_workload(format!("{label}:{}", shown(image)), workload))
            .at("the kubelet refuses it with `InvalidImageName`")
            .help(help(what, &shown(image)))
            .fix(fix);
    }
}

/// What the reference can only mean, where there is one such thing that the kubelet takes.
fn meant(what: Break, image: &str) -> Option<String> {
    let meant = match what {
        Break::Scheme => image.split_once("://")?.1.to_owned(),
        Break::Blank => image.trim().to_owned(),
        Break::Capitals => {
            // Repositories are called in small letters; tags may have capitals.
            let name = image.rfind('/').map_or(0, |at| at + 1);
            let end = image.get(name..)?.find([':', '@']).map_or(image.len(), |at| name + at);
            format!("{}{}", image.get(..end)?.to_ascii_lowercase(), image.get(end..)?)
        }
        _ => return None,
    };
    matches!(read(&meant), Reading::Whole).then_some(meant)
}

/// A long reference is not shown whole.
fn short(image: &str) -> String {
    const LONGEST: usize = 48;
    match image.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", image.get(..at).unwrap_or_default()),
        None => image.to_owned(),
    }
}

fn help(what: Break, image: &str) -> String {
    match what {
        Break::Scheme => format!("write `{}`", image.split("://").last().unwrap_or_default()),
        Break::Blank => "take the blank out".to_owned(),
        Break::Letter => {
            "write the reference with letters, digits and `.`, `_`, `-`, `/`, `:` and `@` alone".to_owned()
        }
        Break::Capitals => "write the path in small letters, as the repository is called".to_owned(),
        Break::Part => "letters and digits, with single `.`, `_`, `__` or dashes between them, make a part".to_owned(),
        Break::EmptyTag => "write the tag, or leave the colon out for `latest`".to_owned(),
        Break::Tag => {
            "a tag has letters, digits, `_`, `.` and `-`, at most 128, and begins with none of the last two".to_owned()
        }
        Break::Digest => "write the digest in full: `sha256:` and 64 small hexadecimal digits".to_owned(),
        Break::Long => "choose a shorter name".to_owned(),
    }
}
