//! Fixes in SARIF: what to delete, and what to put in its place, file by file.

use std::collections::BTreeMap;

use sarif_rust::types::result::ResultArtifactContent;
use sarif_rust::types::{ArtifactChange, Fix as SarifFix, Replacement};
use sarif_rust::{ArtifactLocation, Message, Region};

use super::sarif_location::{number, uri};
use super::sarif_rules::sentence;
use super::snippet::one_line;
use super::telling::Telling;
use crate::finding::Fix;
use crate::source::{SourceId, Span};

/// A fix of a result.
pub(super) fn fix(telling: &Telling<'_>, fix: &Fix) -> SarifFix {
    let mut files: BTreeMap<SourceId, Vec<Replacement>> = BTreeMap::new();
    for (span, by) in &fix.edits {
        files.entry(span.source).or_default().push(replacement(telling, *span, by));
    }
    let change = |(source, replacements): (SourceId, Vec<Replacement>)| ArtifactChange {
        artifact_location: ArtifactLocation::new(uri(&telling.source(source).path)),
        replacements,
        properties: None,
    };
    let look = if fix.safe { "" } else { " (have a look at it first)" };
    SarifFix {
        description: Some(Message::new(sentence(&format!("{}{look}", one_line(&fix.title))))),
        artifact_changes: files.into_iter().map(change).collect(),
        properties: None,
    }
}

fn replacement(telling: &Telling<'_>, span: Span, by: &str) -> Replacement {
    let place = telling.source(span.source).place(span);
    let mut region = Region::new();
    region.start_line = Some(number(place.start.line));
    region.start_column = Some(number(place.start.utf16));
    region.end_line = Some(number(place.end.line));
    region.end_column = Some(number(place.end.utf16));
    Replacement {
        deleted_region: region,
        inserted_content: Some(ResultArtifactContent { text: Some(by.to_owned()), binary: None, properties: None }),
        properties: None,
    }
}
