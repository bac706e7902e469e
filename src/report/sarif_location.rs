//! Places in SARIF: relative addresses, one-line regions with all four numbers, snippets that may be shown.

use sarif_rust::types::location::ArtifactContent;
use sarif_rust::{ArtifactLocation, Location, Message, PhysicalLocation, Region};

use super::snippet::{self, first_line};
use super::telling::Telling;
use crate::source::{Source, Span};

/// A place with its snippet and the line that it is on; what stands on other lines may be a password that nobody knows to
/// be one. Of a span over several lines the first one is taken: code scanning
/// marks whole blocks otherwise.
pub(super) fn location(telling: &Telling<'_>, span: Span) -> Location {
    match telling.source(span.source).is_elsewhere() {
        true => bare_location(telling, span),
        false => shown_location(telling, span),
    }
}

fn shown_location(telling: &Telling<'_>, span: Span) -> Location {
    let source = telling.source(span.source);
    let span = first_line(&source, span);
    let mut physical = PhysicalLocation::new();
    physical.artifact_location = Some(ArtifactLocation::new(uri(&source.path)));
    physical.region = Some(region(telling, &source, span));
    physical.context_region = context(telling, &source, span);
    let mut location = Location::new();
    location.physical_location = Some(physical);
    location
}

/// A place without a word of the file: what could not be read may hold a secret that nobody knows of.
pub(super) fn bare_location(telling: &Telling<'_>, span: Span) -> Location {
    let mut location = shown_location(telling, span);
    if let Some(physical) = &mut location.physical_location {
        physical.context_region = None;
        if let Some(region) = &mut physical.region {
            region.snippet = None;
        }
    }
    location
}

/// A place with a sentence about it, and a number to be linked by.
pub(super) fn told_location(telling: &Telling<'_>, span: Span, id: Option<usize>, text: &str) -> Location {
    let mut location = location(telling, span);
    location.id = id.map(number);
    location.message = Some(Message::new(text));
    location
}

/// Numbers of the format are 32 bits wide.
pub(super) fn number(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn region(telling: &Telling<'_>, source: &Source, span: Span) -> Region {
    let place = source.place(span);
    let shown = snippet::line(source, span.source, place.start.line, &span.range(), &telling.veil);
    let range = shown.offset(span.start as usize)..shown.offset(span.end as usize);
    let mut region = Region::new();
    region.start_line = Some(number(place.start.line));
    region.start_column = Some(number(place.start.utf16));
    region.end_line = Some(number(place.end.line));
    region.end_column = Some(number(place.end.utf16));
    region.snippet = Some(content(shown.text.get(range).unwrap_or_default()));
    region
}

/// The whole line; nothing when that is no more than the region itself.
fn context(telling: &Telling<'_>, source: &Source, span: Span) -> Option<Region> {
    let line = source.line_of(span.start);
    if source.line(line).is_none_or(|text| text.len() <= span.range().len()) {
        return None;
    }
    let shown = snippet::line(source, span.source, line, &span.range(), &telling.veil);
    let mut region = Region::new();
    region.start_line = Some(number(line));
    region.end_line = Some(number(line));
    region.snippet = Some(content(&shown.text));
    Some(region)
}

fn content(text: &str) -> ArtifactContent {
    ArtifactContent { text: Some(text.to_owned()), binary: None, properties: None }
}

/// A relative address: everything but the plainest characters is percent-encoded.
pub(super) fn uri(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encoded = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn addresses_are_percent_encoded() {
        assert_eq!(uri("infra/main.bicep"), "infra/main.bicep");
        assert_eq!(uri("a b/ü:[0]%.tf"), "a%20b/%C3%BC%3A%5B0%5D%25.tf");
        assert_eq!(uri(""), ".");
    }
}
