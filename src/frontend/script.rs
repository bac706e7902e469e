//! Commands in scripts, pipelines and pages that make what no template shows. They are told apart only by what they
//! make: reading their arguments is not done yet, so a command counts for every registry, cluster and secret.

use std::sync::LazyLock;

use regex::Regex;

use crate::source::{SourceId, Span, Store};

/// A command that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// The command, as words.
    pub words: &'static str,
    /// It grants a role; else it makes a pull secret.
    pub grants: bool,
    /// Where.
    pub span: Span,
    /// In a page for people: a step that somebody takes by hand.
    pub manual: bool,
}

/// The words of each command, whether it grants, and how it is recognised.
static COMMANDS: LazyLock<Vec<(&str, bool, Regex)>> = LazyLock::new(|| {
    let all = [
        ("az aks --attach-acr", true, r"--attach-acr\b"),
        ("Set-AzAksCluster -AcrNameToAttach", true, r"(?i)-AcrNameToAttach\b"),
        ("az role assignment create", true, r"\baz\s+role\s+assignment\s+create\b"),
        ("New-AzRoleAssignment", true, r"(?i)\bNew-AzRoleAssignment\b"),
        ("kubectl create secret docker-registry", false, r"\bcreate\s+secret\s+docker-registry\b"),
    ];
    all.into_iter().filter_map(|(words, grants, pattern)| Some((words, grants, Regex::new(pattern).ok()?))).collect()
});

/// The commands in these files. Lines that a `#` comments out don't count outside of pages.
pub fn scan(store: &Store, sources: &[SourceId]) -> Vec<Command> {
    let mut found = Vec::new();
    for &id in sources {
        let source = store.source(id);
        let manual = source.path.to_ascii_lowercase().ends_with(".md");
        if !source.text.contains("acr")
            && !source.text.contains("ssignment")
            && !source.text.contains("docker-registry")
            && !source.text.contains("Acr")
        {
            continue;
        }
        for (words, grants, pattern) in COMMANDS.iter() {
            let uses = pattern.find_iter(&source.text).filter(|hit| manual || !is_comment(&source.text, hit.start()));
            found.extend(uses.map(|hit| Command {
                words,
                grants: *grants,
                span: Span::new(id, hit.start(), hit.end()),
                manual,
            }));
        }
    }
    found
}

fn is_comment(text: &str, at: usize) -> bool {
    let line = text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    line.trim_start().starts_with(['#', ';']) || line.trim_start().starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    #[test]
    fn commands_count_and_comments_do_not() {
        let store = Store::new(MemoryFiles::default());
        let id = store
            .add("deploy.sh", b"# az aks update --attach-acr x\naz aks update -n a --attach-acr shop\n".to_vec())
            .unwrap();
        let found = scan(&store, &[id]);
        assert_eq!(found.len(), 1);
        assert_eq!((store.source(id).line_of(found[0].span.start), found[0].manual, found[0].grants), (2, false, true));
    }
}
