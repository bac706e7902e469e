//! The file of a baseline: `{"version": 1, "findings": [...]}`, described by `testdata/schema/acrlint-baseline-1.schema.json`.

use serde::{Deserialize, Serialize};

use super::Entry;
use crate::finding::Severity;
use crate::inert;

/// The version that is read and written.
const VERSION: u64 = 1;

#[derive(Deserialize)]
struct Head {
    version: serde_json::Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u64,
    findings: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    rule: String,
    severity: Level,
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deployment: Option<String>,
    message: String,
    key: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: u64,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Note,
    Warning,
    Error,
}

fn one() -> u64 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_one(count: &u64) -> bool {
    *count == 1
}

/// Reads a baseline. The error is what to say behind the file's name, from a colon on.
pub fn parse(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head: Head = serde_json::from_slice(text).map_err(|error| broken(&error))?;
    if head.version.as_u64() != Some(VERSION) {
        let version = match &head.version {
            serde_json::Value::Number(number) => format!("of version {number}"),
            _ => "of another version".to_owned(),
        };
        return Err(format!(
            ": the baseline is {version}, and this acrlint reads version {VERSION}; delete it and let \
             `--update-baseline` write it anew"
        ));
    }
    let document: Document = serde_json::from_slice(text).map_err(|error| broken(&error))?;
    Ok(document.findings.into_iter().map(Entry::from).collect())
}

/// The reader's own words may quote the file.
fn broken(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "this is not the form of a baseline",
        serde_json::error::Category::Eof => "the baseline ends too early",
        _ => "the baseline is no JSON",
    };
    format!(":{}:{}: {what}", error.line(), error.column())
}

/// The text of a baseline.
pub fn render(entries: &[Entry]) -> String {
    let findings = entries.iter().map(Line::from).collect();
    // Texts and numbers can always be written.
    let text = inert::pretty(&Document { version: VERSION, findings }).unwrap_or_default();
    format!("{text}\n")
}

impl From<Line> for Entry {
    fn from(line: Line) -> Entry {
        let Line { rule, severity, path, deployment, message, key, count } = line;
        let severity = match severity {
            Level::Note => Severity::Note,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        };
        Entry { rule, severity, path, deployment, message, key, count }
    }
}

impl From<&Entry> for Line {
    fn from(entry: &Entry) -> Line {
        let severity = match entry.severity {
            Severity::Note => Level::Note,
            Severity::Warning => Level::Warning,
            Severity::Error => Level::Error,
        };
        Line {
            rule: entry.rule.clone(),
            severity,
            path: entry.path.clone(),
            deployment: entry.deployment.clone(),
            message: entry.message.clone(),
            key: entry.key.clone(),
            count: entry.count,
        }
    }
}
