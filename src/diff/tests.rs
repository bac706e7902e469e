use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn paths(text: &str) -> Vec<(Option<String>, Option<String>)> {
    read(text.as_bytes()).unwrap().files.into_iter().map(|file| (file.before, file.after)).collect()
}

fn some(before: &str, after: &str) -> (Option<String>, Option<String>) {
    let path = |path: &str| (!path.is_empty()).then(|| path.to_owned());
    (path(before), path(after))
}

const SIMPLE: &str = "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n";

#[test]
fn every_kind_of_file_is_read() {
    let text = "\
diff --git a/new.tf b/new.tf
new file mode 100644
index 0000000..6dcd4ce
--- /dev/null
+++ b/new.tf
@@ -0,0 +1 @@
+a
diff --git a/empty.tf b/empty.tf
new file mode 100644
index 0000000..e69de29
diff --git a/gone.tf b/gone.tf
deleted file mode 100644
index 6dcd4ce..0000000
--- a/gone.tf
+++ /dev/null
@@ -1 +0,0 @@
-a
diff --git a/old name.tf b/new name.tf
similarity index 100%
rename from old name.tf
rename to new name.tf
diff --git a/x.tf b/y.tf
similarity index 90%
copy from x.tf
copy to y.tf
index 6dcd4ce..6dcd4cf 100644
--- a/x.tf
+++ b/y.tf
@@ -1,2 +1,2 @@ resource
 a
-b
\\ No newline at end of file
+c
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/logo.png b/logo.png
index 6dcd4ce..6dcd4cf 100644
Binary files a/logo.png and b/logo.png differ
diff --git \"a/k\\303\\274che/a\\tb.yaml\" \"b/k\\303\\274che/a\\tb.yaml\"
index 6dcd4ce..6dcd4cf 100644
--- \"a/k\\303\\274che/a\\tb.yaml\"
+++ \"b/k\\303\\274che/a\\tb.yaml\"
@@ -1 +1 @@
-a
+b
";
    let expected = [
        some("", "b/new.tf"),
        some("", "b/empty.tf"),
        some("a/gone.tf", ""),
        some("old name.tf", "new name.tf"),
        some("x.tf", "y.tf"),
        some("a/run.sh", "b/run.sh"),
        some("a/logo.png", "b/logo.png"),
        some("a/küche/a\tb.yaml", "b/küche/a\tb.yaml"),
    ];
    assert_eq!(paths(text), expected);
    let files = read(text.as_bytes()).unwrap().files;
    assert_eq!(
        files.iter().map(|file| file.opaque).collect::<Vec<_>>(),
        [[false; 6].as_slice(), &[true, false]].concat()
    );
    assert_eq!(files.iter().map(|file| file.bare).filter(|bare| *bare).count(), 2);
    assert!(files[4].copied && !files[3].copied);
    assert_eq!(files[4].undone(b"a\nc\n", |_| true).unwrap(), b"a\nb");
}

#[test]
fn what_a_diff_without_git_leaves_out_is_seen() {
    let text = "\
diff -ruN old/gone.tf new/gone.tf
--- old/gone.tf\t2026-01-31 10:00:00.000000000 +0000
+++ new/gone.tf\t1970-01-01 00:00:00.000000000 +0000
@@ -1 +0,0 @@
-a
diff -ruN old/new.tf new/new.tf
--- old/new.tf\t1970-01-01 00:00:00.000000000 +0000
+++ new/new.tf\t2026-01-31 10:00:00.000000000 +0000
@@ -0,0 +1 @@
+a
\\ Kein Zeilenumbruch am Dateiende.
Nur in new: x
--- old/main.tf\t2026-01-31 10:00:00.000000000 +0000
+++ new/main.tf\t2026-01-31 10:00:00.000000000 +0000
@@ -1 +1,2 @@
-a
+b
+c
";
    assert_eq!(paths(text), [some("old/gone.tf", ""), some("", "new/new.tf"), some("old/main.tf", "new/main.tf")]);
}

#[test]
fn an_emptied_file_is_not_gone() {
    let text = "diff --git a/x.tf b/x.tf\nindex 1..e69de29 100644\n--- a/x.tf\n+++ b/x.tf\n@@ -1 +0,0 @@\n-a\n";
    assert_eq!(paths(text), [some("a/x.tf", "b/x.tf")]);
    let change = read(text.as_bytes()).unwrap().files.remove(0);
    assert_eq!(change.undone(b"", |_| true).unwrap(), b"a\n");
    assert_eq!(change.blocks(b""), [Block { now: 0..0, gone: 0..1 }]);
    // Without git, both are told alike.
    let plain = "--- old/x.tf\t2026-01-31\n+++ new/x.tf\t2026-01-31\n@@ -1 +0,0 @@\n-a\n";
    assert_eq!(located(plain, &[("x.tf", "")], &[""], &[]).1, None);
    assert_eq!(located(plain, &[], &[""], &[]).1, None);
    assert_eq!(located(plain, &[("x.tf", "a\n")], &[""], &[]).1, Some(("x.tf".to_owned(), None)));
}

#[test]
fn what_is_no_diff_is_refused_in_words() {
    let refused = |text: &str| read(text.as_bytes()).unwrap_err();
    assert_eq!(refused("param location string\n"), Refused::NoDiff);
    assert_eq!(refused("\u{1b}[1mdiff --git a/x b/x\u{1b}[m\n"), Refused::Coloured);
    assert_eq!(
        refused("diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,2 @@@\n  a\n++b\n"),
        Refused::Combined
    );
    let cut = SIMPLE.strip_suffix("+new\n").unwrap();
    assert!(matches!(refused(cut), Refused::Damaged { line: 1, .. }), "{:?}", refused(cut));
    // A line too many, behind which a hunk would be lost.
    let more = SIMPLE.replace("+new\n", "+new\n+more\n@@ -7 +8 @@\n-a\n+b\n");
    assert!(matches!(refused(&more), Refused::Damaged { line: 9, .. }), "{:?}", refused(&more));
    let second = format!("{SIMPLE}{}", SIMPLE.replace("@@ -1 +1 @@", "@@ -1 +1,x @@"));
    assert!(matches!(refused(&second), Refused::Damaged { line: 8, .. }), "{:?}", refused(&second));
    let long = format!("diff --git {0} {0}\n", "a ".repeat(LONG));
    assert!(matches!(refused(&long), Refused::Damaged { line: 1, .. }));
    for refused in [Refused::NoDiff, Refused::Coloured, Refused::Combined] {
        assert!(!refused.to_string().contains('\n'));
    }
}

const LONG: usize = 10_000;

#[test]
fn nothing_changes_nothing() {
    for text in ["", "\n", "  \r\n"] {
        assert_eq!(read(text.as_bytes()).unwrap(), Diff::default());
    }
}

#[test]
fn a_diff_that_a_tool_has_converted_is_read() {
    let expected = read(SIMPLE.as_bytes()).unwrap();
    assert_eq!(read(SIMPLE.replace('\n', "\r\n").as_bytes()).unwrap(), expected);
    let marked: Vec<u8> = [0xfeff].into_iter().chain(SIMPLE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&marked).unwrap(), expected);
    assert_eq!(read(format!("\u{feff}{SIMPLE}").as_bytes()).unwrap(), expected);
    // Line ends of the file itself are its own affair.
    let own = SIMPLE.replace("-old\n+new\n", "-old\r\n+new\r\n");
    assert_eq!(read(own.as_bytes()).unwrap().files[0].undone(b"new\r\n", |_| true).unwrap(), b"old\r\n");
}

fn change(text: &str) -> FileChange {
    read(format!("--- a/x\n+++ b/x\n{text}").as_bytes()).unwrap().files.remove(0)
}

#[test]
fn blocks_are_taken_back_one_by_one() {
    let change = change("@@ -1,5 +1,5 @@\n-a\n+A\n b\n-c\n d\n+e\n f\n@@ -20 +20 @@\n-t\n+T\n");
    let now = "A\nb\nd\ne\nf\n".to_owned() + &"-\n".repeat(14) + "T\n";
    let blocks = change.blocks(now.as_bytes());
    let told: Vec<_> = blocks.iter().map(|block| (&now[block.now.clone()], block.gone.clone())).collect();
    assert_eq!(told, [("A\n", 0..1), ("", 2..3), ("e\n", 4..4), ("T\n", 19..20)]);
    assert_eq!(blocks[1].now.start, now.find('d').unwrap());
    let undone = |block: usize| String::from_utf8(change.undone(now.as_bytes(), |at| at == block).unwrap()).unwrap();
    assert_eq!(undone(0), now.replace('A', "a"));
    assert_eq!(undone(1), now.replace("d\n", "c\nd\n"));
    assert_eq!(undone(2), now.replace("e\n", ""));
    assert_eq!(undone(3), now.replace('T', "t"));
    assert_eq!(change.undone(now.replace('f', "g").as_bytes(), |_| true), Err(Misfit { line: 5 }));
    assert_eq!(change.undone(b"A\nb\n", |_| true), Err(Misfit { line: 3 }));
}

/// Where a diff of these files is found to be meant in a tree of those.
fn located(
    diff: &str,
    tree: &[(&str, &str)],
    bases: &[&str],
    above: &[&str],
) -> (Vec<String>, Option<(String, Option<usize>)>) {
    let tree: BTreeMap<&str, &str> = tree.iter().copied().collect();
    let diff = read(diff.as_bytes()).unwrap();
    let own = |list: &[&str]| list.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
    let read = |path: &str| tree.get(path).map(|text| Some(text.as_bytes().to_vec()));
    let located = locate(&diff, &own(bases), &own(above), &read);
    let path = |file: &FileChange| located.mapping.path(file.after.as_ref().or(file.before.as_ref())?, file.bare);
    (diff.files.iter().filter_map(path).collect(), located.misfit)
}

#[test]
fn paths_are_found_with_and_without_prefixes() {
    let diff = |before: &str, after: &str| format!("--- {before}\n+++ {after}\n@@ -1 +1 @@\n-old\n+new\n");
    let tree = [("infra/x.tf", "new\n"), ("a/x.tf", "other\n"), ("b/x.tf", "new\n")];
    let own = |path: &str| (vec![path.to_owned()], None);
    assert_eq!(located(&diff("a/infra/x.tf", "b/infra/x.tf"), &tree, &[""], &[]), own("infra/x.tf"));
    assert_eq!(located(&diff("i/infra/x.tf", "w/infra/x.tf"), &tree, &[""], &[]), own("infra/x.tf"));
    assert_eq!(located(&diff("infra/x.tf", "infra/x.tf"), &tree, &[""], &[]), own("infra/x.tf"));
    assert_eq!(located(&diff("old/infra/x.tf", "new/infra/x.tf"), &tree, &[""], &[]), own("infra/x.tf"));
    // Without a prefix, in a folder that looks like one.
    assert_eq!(located(&diff("b/x.tf", "b/x.tf"), &tree, &[""], &[]), own("b/x.tf"));
    // Made with `--relative` in a folder, and made further up.
    assert_eq!(located(&diff("a/x.tf", "b/x.tf"), &tree, &["", "infra"], &[]), own("infra/x.tf"));
    assert_eq!(
        located(&diff("a/team/shop/b/x.tf", "b/team/shop/b/x.tf"), &tree, &[""], &["shop", "team/shop"]),
        own("b/x.tf")
    );
}

#[test]
fn the_first_line_that_differs_is_told() {
    let diff = "--- a/y.tf\n+++ b/y.tf\n@@ -1 +1 @@\n-old\n+new\n--- a/x.tf\n+++ b/x.tf\n@@ -3 +3 @@\n-old\n+new\n";
    let (_, misfit) = located(diff, &[("y.tf", "new\n"), ("x.tf", "a\nb\nold\n")], &[""], &[]);
    assert_eq!(misfit, Some(("x.tf".to_owned(), Some(3))));
    let (_, misfit) = located(diff, &[("y.tf", "new\n")], &[""], &[]);
    assert_eq!(misfit, Some(("x.tf".to_owned(), None)));
    let (_, misfit) = located("--- a/y.tf\n+++ /dev/null\n@@ -1 +0,0 @@\n-new\n", &[("y.tf", "new\n")], &[""], &[]);
    assert_eq!(misfit, Some(("y.tf".to_owned(), None)));
}

/// A file before and after, and the diff between them as git would write it with this many lines around.
fn written(lines: &[(u8, u8)], context: usize) -> (Vec<u8>, Vec<u8>, String) {
    let text = |kind: u8, letter: u8| match kind {
        0 => (format!("{letter}\n"), format!("{letter}\n")),
        1 => (format!("{letter}\n"), String::new()),
        2 => (String::new(), format!("{letter}\n")),
        _ => (format!("{letter}\n"), format!("{letter}x\n")),
    };
    let pairs: Vec<(String, String)> = lines.iter().map(|&(kind, letter)| text(kind % 8, letter)).collect();
    let changes = |pair: &(String, String)| pair.0 != pair.1;
    let near = |at: usize| {
        let (from, to) = (at.saturating_sub(context), (at + context + 1).min(pairs.len()));
        pairs[from..to].iter().any(changes)
    };
    let (mut diff, mut old, mut new) = (String::new(), 0, 0);
    let mut at = 0;
    while at < pairs.len() {
        if !near(at) {
            (old, new, at) = (old + 1, new + 1, at + 1);
            continue;
        }
        let (mut body, mut counts) = (String::new(), (0, 0));
        while at < pairs.len() && near(at) {
            let (before, after) = &pairs[at];
            counts = (counts.0 + usize::from(!before.is_empty()), counts.1 + usize::from(!after.is_empty()));
            match changes(&pairs[at]) {
                false => body += &format!(" {before}"),
                true => {
                    body += &if before.is_empty() { String::new() } else { format!("-{before}") };
                    body += &if after.is_empty() { String::new() } else { format!("+{after}") };
                }
            }
            at += 1;
        }
        let start = |stand: usize, count: usize| stand + usize::from(count > 0);
        let (from, to) = (start(old, counts.0), start(new, counts.1));
        diff += &format!("@@ -{from},{} +{to},{} @@\n{body}", counts.0, counts.1);
        (old, new) = (old + counts.0, new + counts.1);
    }
    let side = |of: fn(&(String, String)) -> &String| pairs.iter().map(of).cloned().collect::<String>().into_bytes();
    (side(|pair| &pair.0), side(|pair| &pair.1), diff)
}

proptest! {
    #[test]
    fn a_diff_taken_back_gives_what_was_before(
        lines in proptest::collection::vec((0u8..8, 0u8..200), 1..60),
        context in 0usize..4,
    ) {
        let (before, after, diff) = written(&lines, context);
        prop_assume!(!diff.is_empty() && !before.is_empty() && !after.is_empty());
        let change = change(&diff);
        prop_assert_eq!(change.undone(&after, |_| true).unwrap(), before.clone());
        prop_assert_eq!(change.undone(&after, |_| false).unwrap(), after.clone());
        // Every changed line is in a block and no other is.
        let blocks = change.blocks(&after);
        let added: usize = blocks.iter().map(|block| after[block.now.clone()].iter().filter(|&&it| it == b'\n').count()).sum();
        let gone: usize = blocks.iter().map(|block| block.gone.len()).sum();
        let count = |sign: char| diff.lines().filter(|line| line.starts_with(sign)).count();
        prop_assert_eq!((added, gone), (count('+'), count('-')));
    }

    #[test]
    fn no_bytes_are_too_much(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("diff --git a/x b/x\n"), Just("--- a/x\n"), Just("+++ b/x\n"), Just("--- "), Just("@@ -1 +1 @@\n"),
                Just("@@ -0,0 +1,2 @@\n"), Just("@@ -9,3 +1 @@ x\n"), Just("@@ -18446744073709551615,1 +1 @@\n"),
                Just("-a\n"), Just("+a\n"), Just(" a\n"), Just("\n"), Just("\\ No newline at end of file\n"),
                Just("GIT binary patch\n"), Just("literal 3\nKcmV\n"), Just("rename from x\n"), Just("rename to \"\\\n"),
                Just("new file mode 100644\n"), Just("From 1 Mon\n"), Just("\n---\n"), Just("\r\n"), Just("\u{feff}"), Just("diff --git \"a/\\3\" b\n"),
            ],
            0..40,
        ),
        now in "[ab\n]{0,20}",
    ) {
        if let Ok(diff) = read(parts.concat().as_bytes()) {
            for file in &diff.files {
                let _ = file.undone(now.as_bytes(), |at| at % 2 == 0);
                let _ = file.blocks(now.as_bytes());
            }
            let read = |_: &str| Some(Some(now.clone().into_bytes()));
            let _ = locate(&diff, &[String::new()], &["a".to_owned()], &read);
        }
    }

    #[test]
    fn any_bytes_may_come_in(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}

#[test]
fn what_is_no_file_of_text_costs_nothing_else() {
    let link = "diff --git a/AGENTS.md b/AGENTS.md\nnew file mode 120000\nindex 0..1\n--- /dev/null\n+++ b/AGENTS.md\n@@ -0,0 +1 @@\n+README.md\n\\ No newline at end of file\n";
    let module = "diff --git a/sub b/sub\nnew file mode 160000\nindex 0..1\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit 0123456789012345678901234567890123456789\n";
    let moved = "diff --git a/sub b/sub\nindex 1..2 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n";
    let nameless = "diff --git \"a/gr\\374n.txt\" \"b/gr\\374n.txt\"\nindex 1..2 100644\n--- \"a/gr\\374n.txt\"\n+++ \"b/gr\\374n.txt\"\n@@ -1 +1 @@\n-a\n+b\n";
    for (part, path, link, module) in [
        (link, "b/AGENTS.md", true, false),
        (module, "b/sub", false, true),
        (moved, "b/sub", false, true),
        (nameless, "b/gr\u{fffd}n.txt", false, false),
    ] {
        for text in [format!("{part}{SIMPLE}"), format!("{SIMPLE}{part}"), part.to_owned()] {
            let files = read(text.as_bytes()).unwrap().files;
            let own = files.iter().find(|file| file.opaque).unwrap();
            assert_eq!((own.after.as_deref(), own.link, own.module), (Some(path), link, module), "{text}");
            assert_eq!(files.iter().filter(|file| !file.opaque).count(), files.len() - 1, "{text}");
        }
        // What is lost behind it is still missed.
        let more =
            format!("{part}@@ -7 +8 @@\n-a\n+b\n{}", SIMPLE.replace("+new\n", "+new\n+more\n@@ -7 +8 @@\n-a\n+b\n"));
        assert!(matches!(read(more.as_bytes()), Err(Refused::Damaged { .. })), "{more}");
    }
}

#[test]
fn a_long_line_of_a_file_is_no_header() {
    let long = format!("-- {}", "x".repeat(2 * LONG));
    let text = SIMPLE.replace("-old\n", &format!("-{long}\n"));
    let change = read(text.as_bytes()).unwrap().files.remove(0);
    assert_eq!(change.undone(b"new\n", |_| true).unwrap(), format!("{long}\n").into_bytes());
    let path = "x".repeat(2 * LONG);
    let header = format!("--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-old\n+new\n");
    assert!(matches!(read(header.as_bytes()), Err(Refused::Damaged { line: 1, .. })));
}

#[test]
fn a_removed_file_is_not_looked_for_at_the_root() {
    let gone = "diff --git a/modules/x/main.tf b/modules/x/main.tf\ndeleted file mode 100644\nindex 1..0\n--- a/modules/x/main.tf\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n";
    assert_eq!(located(gone, &[("main.tf", "b\n")], &[""], &[]), (vec!["modules/x/main.tf".to_owned()], None));
}
