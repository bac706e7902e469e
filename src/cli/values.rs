//! Values of flags that have a form of their own.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

use super::Format;

/// The value of `--output`: `FORMAT=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// How to tell it.
    pub format: Format,
    /// Where to.
    pub file: PathBuf,
}

impl FromStr for OutputFile {
    type Err = String;

    fn from_str(text: &str) -> Result<OutputFile, String> {
        let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE, as in sarif=acrlint.sarif")?;
        if file.is_empty() {
            return Err("the file is missing after `=`".to_owned());
        }
        let format =
            Format::from_str(format, false).map_err(|_| format!("unknown format `{format}`{}", meant(format)))?;
        Ok(OutputFile { format, file: file.into() })
    }
}

fn meant(format: &str) -> String {
    let names: Vec<String> = Format::value_variants()
        .iter()
        .filter_map(Format::to_possible_value)
        .map(|value| value.get_name().to_owned())
        .collect();
    match crate::suggestion::nearest(format, names.iter().map(String::as_str)) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => format!("; known are {}", names.join(", ")),
    }
}

/// A date as `--now` takes it: `2026-01-31` and nothing else, so that scripts can't rely on laxer forms.
pub fn parse_date(text: &str) -> Result<jiff::civil::Date, String> {
    let date = text.parse::<jiff::civil::Date>().ok().filter(|date| date.to_string() == text);
    date.ok_or_else(|| "expected a date of the calendar, as in 2026-01-31".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_a_format_and_a_file() {
        let output: OutputFile = "sarif=out/a=b.sarif".parse().unwrap();
        assert_eq!((output.format, output.file), (Format::Sarif, PathBuf::from("out/a=b.sarif")));
        assert!("sarif=".parse::<OutputFile>().is_err());
        assert!("serif=a".parse::<OutputFile>().unwrap_err().contains("did you mean `sarif`"));
    }

    #[test]
    fn dates_have_one_spelling() {
        assert_eq!(parse_date("2026-01-31"), Ok(jiff::civil::date(2026, 1, 31)));
        for wrong in ["20260131", "2026-1-31", "2026-02-29", "2026-01-31T00:00", "today", ""] {
            assert!(parse_date(wrong).is_err(), "{wrong}");
        }
    }
}
