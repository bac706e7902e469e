//! What changes between two texts, as a page shows it: the lines that go and come, and some that stay around them.

/// Lines that stay are shown so far around those that change.
const CONTEXT: usize = 3;

/// A line that stays, goes or comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line<'a> {
    Stays(&'a str),
    Goes(&'a str),
    Comes(&'a str),
}

/// The changed lines of `after` against `before`, with some around them; nothing where most of the text is another.
pub(crate) fn between(before: &str, after: &str) -> Option<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let lines = lines(&old, &new);
    let stays = lines.iter().filter(|line| matches!(line, Line::Stays(_))).count();
    (stays * 2 > old.len().max(new.len())).then(|| shown(&lines))
}

/// The longest common part of both stays.
fn lines<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let (rows, columns) = (old.len(), new.len());
    let mut common = vec![vec![0_usize; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            common[row][column] = match old[row] == new[column] {
                true => common[row + 1][column + 1] + 1,
                false => common[row + 1][column].max(common[row][column + 1]),
            };
        }
    }
    let (mut row, mut column, mut made) = (0, 0, Vec::new());
    while row < rows || column < columns {
        if row < rows && column < columns && old[row] == new[column] {
            made.push(Line::Stays(old[row]));
            (row, column) = (row + 1, column + 1);
        } else if row < rows && (column == columns || common[row + 1][column] >= common[row][column + 1]) {
            made.push(Line::Goes(old[row]));
            row += 1;
        } else {
            made.push(Line::Comes(new[column]));
            column += 1;
        }
    }
    made
}

fn shown(lines: &[Line<'_>]) -> String {
    let changes: Vec<usize> = (0..lines.len()).filter(|&at| !matches!(lines[at], Line::Stays(_))).collect();
    let near = |at: usize| changes.iter().any(|&change| change.abs_diff(at) <= CONTEXT);
    let (mut made, mut left_out) = (String::new(), false);
    for (at, line) in lines.iter().enumerate() {
        if near(at) {
            made += &match line {
                _ if std::mem::take(&mut left_out) => "@@\n".to_owned(),
                _ => String::new(),
            };
            made += &match line {
                Line::Stays(text) => format!(" {text}\n"),
                Line::Goes(text) => format!("-{text}\n"),
                Line::Comes(text) => format!("+{text}\n"),
            };
        } else {
            left_out = true;
        }
    }
    made
}

#[test]
fn a_change_is_shown_with_what_is_around_it() {
    let before = "a\nb\nc\nd\ne\nf\ng\nh\n";
    assert_eq!(between(before, &before.replace("f\n", "F\n")).as_deref(), Some("@@\n c\n d\n e\n-f\n+F\n g\n h\n"));
    assert_eq!(between(before, "x\ny\n"), None);
}
