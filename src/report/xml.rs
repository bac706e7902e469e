//! Text in XML 1.0.

use std::fmt::Write as _;

/// A text as it may stand in an attribute or between tags. Characters that XML can't say become `U+FFFD`; line ends and
/// tabs are spelt as numbers, since readers make spaces of them in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // `]]>` may not stand in a text.
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' | '\r' | '\t' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            // Section 2.2 of the recommendation.
            '\u{20}'..='\u{fffd}' | '\u{10000}'.. => escaped.push(character),
            _ => escaped.push('\u{fffd}'),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_xml_forbids_is_replaced() {
        assert_eq!(escaped("<a href=\"b\">'&]]>"), "&lt;a href=&quot;b&quot;&gt;&apos;&amp;]]&gt;");
        assert_eq!(escaped("\0\u{1b}\u{fffe}\u{ffff}\n\r\tü🐳"), "\u{fffd}\u{fffd}\u{fffd}\u{fffd}&#10;&#13;&#9;ü🐳");
    }
}
