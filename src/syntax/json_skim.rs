//! The members of an object and the elements of a list, without a tree: compiled templates and plans have megabytes
//! between the few names that matter.
//!
//! What lies between is skipped byte by byte and not checked; a text that ends too early gives nothing.

/// A member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skimmed<'t> {
    /// Its name.
    pub name: String,
    /// Its value as written; the members of an object are found by skimming it again.
    pub value: &'t str,
    /// Where the name begins, and where the value does, in bytes of the text that was skimmed.
    pub at: (usize, usize),
}

/// The members of the object that a text holds. Nothing when it holds something else, or is not whole.
pub fn members(text: &str) -> Option<Vec<Skimmed<'_>>> {
    let mut skim = Skim { text, at: 0 };
    skim.expect(b'{')?;
    let mut found = Vec::new();
    while skim.peek()? != b'}' {
        let start = skim.at;
        let name = skim.name()?;
        skim.expect(b':')?;
        let value = skim.value()?;
        found.push(Skimmed { name, value, at: (start, skim.at - value.len()) });
        match skim.peek()? {
            b',' => skim.at += 1,
            b'}' => {}
            _ => return None,
        }
    }
    skim.at += 1;
    skim.space()?;
    (skim.at == text.len()).then_some(found)
}

/// The elements of the list that a text holds, each with where it begins. Nothing when it holds something else, or is not
/// whole.
pub fn elements(text: &str) -> Option<Vec<(usize, &str)>> {
    let mut skim = Skim { text, at: 0 };
    skim.expect(b'[')?;
    let mut found = Vec::new();
    while skim.peek()? != b']' {
        let value = skim.value()?;
        found.push((skim.at - value.len(), value));
        match skim.peek()? {
            b',' => skim.at += 1,
            b']' => {}
            _ => return None,
        }
    }
    skim.at += 1;
    skim.space()?;
    (skim.at == text.len()).then_some(found)
}

/// The member of this name, without regard to case; of several the last one, which is the one that counts.
pub fn member<'t>(members: &[Skimmed<'t>], name: &str) -> Option<&'t str> {
    members.iter().rev().find(|member| member.name.eq_ignore_ascii_case(name)).map(|member| member.value)
}

struct Skim<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Skim<'t> {
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Moves behind the first byte that is one of these, and says which one it was.
    fn find(&mut self, is: impl Fn(&u8) -> bool) -> Option<u8> {
        let rest = self.rest();
        let length = rest.iter().position(is)?;
        self.at += length + 1;
        rest.get(length).copied()
    }

    /// Skips white space and comments; nothing when a comment has no end.
    fn space(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            self.at += rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
            if self.rest().first() != Some(&b'/') {
                return Some(());
            }
            self.at += 1;
            self.comment()?;
        }
    }

    /// Skips a comment whose first slash has been read.
    fn comment(&mut self) -> Option<()> {
        match self.rest().first()? {
            b'/' => self.at += self.rest().iter().position(|byte| *byte == b'\n').unwrap_or(self.rest().len()),
            b'*' => self.at += 1 + self.rest().get(1..)?.windows(2).position(|pair| pair == b"*/")? + 2,
            _ => return None,
        }
        Some(())
    }

    fn peek(&mut self) -> Option<u8> {
        self.space()?;
        self.rest().first().copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        let found = self.peek()? == byte;
        self.at += 1;
        found.then_some(())
    }

    fn name(&mut self) -> Option<String> {
        self.expect(b'"')?;
        let start = self.at;
        self.string()?;
        let raw = self.text.get(start..self.at - 1)?;
        match raw.contains('\\') {
            true => serde_json::from_str(self.text.get(start - 1..self.at)?).ok(),
            false => Some(raw.to_owned()),
        }
    }

    /// Skips a string whose opening quote has been read.
    fn string(&mut self) -> Option<()> {
        while self.find(|byte| matches!(byte, b'"' | b'\\'))? == b'\\' {
            self.at += 1;
        }
        Some(())
    }

    fn value(&mut self) -> Option<&'t str> {
        let first = self.peek()?;
        let start = self.at;
        self.at += 1;
        match first {
            b'"' => self.string()?,
            b'{' | b'[' => self.inside()?,
            b',' | b':' | b'}' | b']' => return None,
            _ => {
                let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'}' | b']' | b'/');
                self.at += self.rest().iter().position(ends)?;
            }
        }
        self.text.get(start..self.at)
    }

    /// Skips an object or a list whose opening bracket has been read.
    fn inside(&mut self) -> Option<()> {
        let mut depth = 1;
        while depth > 0 {
            match self.find(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b'/'))? {
                b'"' => self.string()?,
                b'{' | b'[' => depth += 1,
                b'/' => self.comment()?,
                _ => depth -= 1,
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skimmed(text: &str) -> Option<Vec<(String, &str)>> {
        members(text).map(|found| found.into_iter().map(|it| (it.name, it.value)).collect())
    }

    fn named(text: &str) -> Vec<String> {
        members(text).unwrap().into_iter().map(|member| member.name).collect()
    }

    #[test]
    fn members_come_with_their_texts() {
        let text = " { \"a\" : [1, {\"b\": 2}] ,\"c\":-1.5e3,\"d\": null,\"e\": \"x\",\"f\":{} } ";
        let expected = [("a", "[1, {\"b\": 2}]"), ("c", "-1.5e3"), ("d", "null"), ("e", "\"x\""), ("f", "{}")];
        assert_eq!(skimmed(text).unwrap(), expected.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(named("{}"), [""; 0]);
    }

    #[test]
    fn brackets_and_quotes_inside_strings_are_text() {
        let text = r#"{"a{": "}{[\"}\\", "b": {"c": "]}\\\"", "d": ["http://x/*", "//"]}, "é\u0041\"": 1}"#;
        assert_eq!(named(text), ["a{", "b", "éA\""]);
        let inner = member(&members(text).unwrap(), "B").unwrap();
        assert_eq!(named(inner), ["c", "d"]);
    }

    #[test]
    fn comments_and_trailing_commas_are_skipped() {
        let text = "// { \n/* \" */{\"a\" /*}*/: {/* } */ \"b\": 1 // }\n}, // \"c\": 1\n \"d\": 1/* */, } // end";
        assert_eq!(named(text), ["a", "d"]);
        assert_eq!(named(member(&members(text).unwrap(), "a").unwrap()), ["b"]);
    }

    #[test]
    fn the_last_of_several_members_counts() {
        let found = members("{\"a\": 1, \"A\": 2}").unwrap();
        assert_eq!((member(&found, "a"), member(&found, "b")), (Some("2"), None));
    }

    #[test]
    fn elements_come_with_their_places() {
        let text = " [ 1, {\"a\": [2]} , \"x]\" ]";
        let found = elements(text).unwrap();
        assert_eq!(found.iter().map(|(_, value)| *value).collect::<Vec<_>>(), ["1", "{\"a\": [2]}", "\"x]\""]);
        assert!(found.iter().all(|(at, value)| text[*at..].starts_with(value)));
        let members = members("{ \"a\" : [3] }").unwrap();
        assert_eq!(members[0].at, (2, 8));
        for text in ["", "{}", "[", "[1", "[1 2]", "[1]]", "[,]"] {
            assert_eq!(elements(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_object_gives_nothing() {
        for text in ["", "[]", "1", "\"{}\"", "{} {}", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":,}", "{\"a\" 1}", "{a: 1}"]
        {
            assert_eq!(members(text), None, "{text}");
        }
        for text in ["{\"a\": 1 \"b\": 2}", "{\"a\": 1]", "{/}", "{\"a\": [/]}", "{\"\\x\": 1}", "{} /*"] {
            assert_eq!(members(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_ends_too_early_gives_nothing() {
        let text = "/* é */ {\"a\\n\\u00e9\": [1.5e-3, true, null, \"ü\\\"\"], // c\n \"b\": {\"c\": -0}}";
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
            assert_eq!(members(&text[..end]), None, "{end}");
        }
        assert_eq!(named(text), ["a\né", "b"]);
    }

    #[test]
    fn depth_has_no_limit() {
        let text = format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(named(&text), ["a"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in "[\\[\\]{}:,\"\\\\/*untrefals0-9.eE+\\- \n\u{e9}\u{1F600}']{0,40}") {
            members(&text);
        }

        #[test]
        fn names_are_those_of_the_parser(text in "\\{(\"[ab{}/\\\\n]{0,3}\": ?(\"[}\\\\\"]{0,2}\"|\\[[\\]{}, ]{0,4}\\]|1|\\{\\}),?){0,4}\\}") {
            if let (Some(tree), ..) = crate::syntax::json::parse(crate::source::SourceId(0), &text) {
                let expected: Vec<&str> = tree.as_map().unwrap().iter().map(|member| &*member.key).collect();
                proptest::prop_assert_eq!(named(&text), expected);
            }
        }
    }
}
