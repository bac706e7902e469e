//! Markdown as far as the tests need it: headings, fenced blocks, and the lines between them.

/// A piece of a page, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A heading: how deep, and its text.
    Heading(usize, String),
    /// A fenced block: what stands behind the fence, its text, and its first line, from 1.
    Block { info: String, text: String, line: usize },
    /// Lines that are neither, blank ones included, each with its end.
    Prose(String),
}

/// A page in pieces.
pub(crate) fn pieces(page: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut open: Option<(String, String, usize)> = None;
    for (at, line) in page.lines().enumerate() {
        open = match open {
            Some((info, text, line_of)) if line.trim_end() == "```" => {
                found.push(Piece::Block { info, text, line: line_of });
                None
            }
            Some((info, text, line_of)) => Some((info, format!("{text}{line}\n"), line_of)),
            None => match line.strip_prefix("```") {
                Some(info) => Some((info.trim().to_owned(), String::new(), at + 2)),
                None => {
                    take(&mut found, line);
                    None
                }
            },
        };
    }
    assert!(open.is_none(), "a block is not closed: {open:?}");
    found
}

fn take(found: &mut Vec<Piece>, line: &str) {
    let depth = line.bytes().take_while(|&byte| byte == b'#').count();
    if let (1..=6, Some(title)) = (depth, line.get(depth..).and_then(|rest| rest.strip_prefix(' '))) {
        found.push(Piece::Heading(depth, title.to_owned()));
    } else if let Some(Piece::Prose(text)) = found.last_mut() {
        *text += &format!("{line}\n");
    } else {
        found.push(Piece::Prose(format!("{line}\n")));
    }
}

/// The name by which a link finds a heading, as GitHub makes it.
pub(crate) fn anchor(title: &str) -> String {
    let kept = title
        .to_lowercase()
        .chars()
        .filter(|it| it.is_alphanumeric() || [' ', '-', '_'].contains(it))
        .collect::<String>();
    kept.replace(' ', "-")
}

/// A text with every piece outside of code and links handed to `change`.
pub(crate) fn in_words(prose: &str, change: impl Fn(&str) -> String) -> String {
    let mut made = String::new();
    let mut rest = prose;
    while let Some(at) = rest.find(['`', '[']) {
        let (before, from) = rest.split_at(at);
        made += &change(before);
        let end = match from.strip_prefix('`') {
            Some(code) => code.find('`').map(|end| end + 2),
            None => from.find(')').map(|end| end + 1),
        };
        let (whole, after) = from.split_at(end.unwrap_or(1));
        made += whole;
        rest = after;
    }
    made + &change(rest)
}

#[test]
fn pages_come_apart_and_words_are_found_outside_of_code() {
    let page = "# A\n\ntext\n```sh\n# no heading\n```\nmore\n";
    let block = Piece::Block { info: "sh".into(), text: "# no heading\n".into(), line: 5 };
    let prose = |text: &str| Piece::Prose(text.into());
    assert_eq!(pieces(page), [Piece::Heading(1, "A".into()), prose("\ntext\n"), block, prose("more\n")]);
    let shout = |text: &str| in_words(text, str::to_uppercase);
    assert_eq!(shout("a `b` c [d](e) f"), "A `b` C [d](e) F");
    assert_eq!(anchor("What `Yes` means, briefly"), "what-yes-means-briefly");
}
