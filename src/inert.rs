//! JSON that is nothing but data wherever it is printed. The agent of Azure Pipelines takes `##vso[` anywhere in a line of a
//! step's output for a command, GitHub's runner `##[`, and `::` where a line begins; names and texts of files come into JSON as
//! they are. What is written here is the same JSON value, in which no such beginning stands.

use serde::Serialize;

/// On one line.
pub fn compact(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(inert)
}

/// Line by line, for people as well.
pub fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(inert)
}

/// Outside of its texts JSON has neither `#` nor anything that ends a line and is no ASCII, and no `:` begins a line that the
/// writer ended. So it is enough to spell these characters otherwise where they stand.
fn inert(json: String) -> String {
    let ends_lines = |letter| matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}');
    if !json.contains("##") && (json.is_ascii() || !json.contains(ends_lines)) {
        return json;
    }
    let mut text = String::with_capacity(json.len() + 64);
    let mut last = ' ';
    for letter in json.chars() {
        match letter {
            '#' if last == '#' => text.push_str("\\u0023"),
            _ if ends_lines(letter) => text.push_str(&format!("\\u{:04x}", u32::from(letter))),
            _ => text.push(letter),
        }
        // What was spelt otherwise ends with a digit.
        last = if letter == '#' && last == '#' { '3' } else { letter };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 8] = [
        "##vso[task.setvariable variable=PATH]evil",
        "a ##[error]b ### c #### d \\## e \"##\"",
        "#",
        "\n::error::x\r::add-mask::y\n  ::z",
        "one\u{2028}::error::x\u{85}::error::y\u{2029}##[z",
        "tab\t::error::x\u{b}::a\u{c}::b",
        "ünïcode # 1",
        "",
    ];

    #[test]
    fn no_command_stands_in_it_and_the_value_is_the_same() {
        let all: Vec<(&str, &str)> = TEXTS.iter().flat_map(|one| TEXTS.map(|other| (*one, other))).collect();
        let keys: serde_json::Map<String, serde_json::Value> =
            TEXTS.iter().map(|text| ((*text).to_owned(), true.into())).collect();
        let value = serde_json::json!({ "pairs": all, "keys": keys });
        for text in [compact(&value).unwrap(), pretty(&value).unwrap()] {
            assert!(!text.contains("##"), "{text}");
            let ends = |letter| matches!(letter, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
            assert!(text.split(ends).all(|line| !line.trim_start().starts_with("::")), "{text}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        }
        assert_eq!(compact(&["#1", "a: b"]).unwrap(), r##"["#1","a: b"]"##);
    }
}
