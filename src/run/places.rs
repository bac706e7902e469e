//! One place with one fault is one finding, however many deployments, instances or images go through it. It says which
//! deployments have it where others don't: a template may be broken with the parameters of one environment only.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::{Finding, Label, One};
use crate::ir::Deployment;
use crate::source::{SourceId, Span, Store};

/// The story shows at most so many of them.
const MOST_LABELS: usize = 5;

/// In characters. A message that would be longer gives numbers instead of names; the story names the files all the same.
const LONGEST: usize = 120;

/// Joins the findings of one rule at one place; they come sorted by place and rule.
pub(super) fn one_for_each_place(findings: Vec<Finding>, deployments: &[Deployment], store: &Store) -> Vec<Finding> {
    let origins = Origins::of(deployments, store);
    let mut groups: Vec<Vec<Finding>> = Vec::new();
    for finding in findings {
        let fits = |first: &Finding| first.rule == finding.rule && first.primary.span == finding.primary.span;
        match groups.last_mut() {
            Some(group) if group.first().is_some_and(fits) => group.push(finding),
            _ => groups.push(vec![finding]),
        }
    }
    groups.iter().filter_map(|group| origins.joined(group)).collect()
}

/// Where findings can come from.
struct Origins<'r> {
    store: &'r Store,
    by_name: BTreeMap<&'r str, &'r Deployment>,
    roots: BTreeMap<Arc<str>, Root>,
    /// The roots whose resources are written in a file.
    sharing: BTreeMap<SourceId, BTreeSet<Arc<str>>>,
}

/// A template, or whatever else is deployed as one, with all its parameter files.
#[derive(Default)]
struct Root {
    main: SourceId,
    /// Each as messages call it.
    sets: BTreeMap<SourceId, String>,
}

/// Roots, each with those of its parameter files that are meant.
type Roots = BTreeMap<Arc<str>, BTreeSet<SourceId>>;

/// What deployments are told apart by.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// The parameter files of one template.
    Parameters,
    /// The roots that share a module.
    Root,
}

/// Which of several deployments have a finding.
struct Which {
    by: By,
    /// Those that have it at its loudest, as they are called.
    names: Vec<String>,
    /// The only one that has it not, of several.
    lacking: Option<String>,
    /// How many have it at all.
    having: usize,
    /// How many there are.
    all: usize,
}

impl<'r> Origins<'r> {
    fn of(deployments: &'r [Deployment], store: &'r Store) -> Origins<'r> {
        let by_name = deployments.iter().map(|deployment| (&*deployment.name, deployment)).collect();
        let mut origins = Origins { store, by_name, roots: BTreeMap::new(), sharing: BTreeMap::new() };
        for deployment in deployments {
            let name = origins.root(deployment);
            let root = origins.roots.entry(name.clone()).or_default();
            root.main = deployment.source;
            root.sets.extend(deployment.parameters.map(|file| (file, store.source(file).path.to_string())));
            let files: BTreeSet<SourceId> = deployment.resources.iter().map(|it| it.extent.source).collect();
            for file in files {
                origins.sharing.entry(file).or_default().insert(name.clone());
            }
        }
        origins.roots.values_mut().for_each(Root::shorten);
        origins
    }

    /// What a deployment is called without its parameter file.
    fn root(&self, deployment: &Deployment) -> Arc<str> {
        match deployment.parameters {
            Some(_) => self.store.source(deployment.source).path.clone(),
            None => deployment.name.clone(),
        }
    }

    fn roots<'f>(&self, findings: impl Iterator<Item = &'f Finding>) -> Roots {
        let mut roots = Roots::new();
        for deployment in findings.filter_map(|finding| self.by_name.get(finding.deployment.as_deref()?)) {
            roots.entry(self.root(deployment)).or_default().extend(deployment.parameters);
        }
        roots
    }

    /// The first of the loudest findings. It tells the number of those that say something else about the same deployment,
    /// and which deployments have it.
    fn joined(&self, group: &[Finding]) -> Option<Finding> {
        let severity = group.iter().map(|finding| finding.severity).max()?;
        let loud: Vec<&Finding> = group.iter().filter(|finding| finding.severity == severity).collect();
        let mut finding = (*loud.iter().min_by_key(|it| (&it.key, &it.message, &it.deployment))?).clone();
        let roots = self.roots(loud.iter().copied());
        let file = finding.primary.span.source;
        let which = self.which(&roots, &self.roots(group.iter()), file);
        let same = loud.iter().filter(|it| it.message == finding.message);
        // Other edits, or deployments that have it not: to change it is a decision.
        let some = which.as_ref().is_some_and(|which| which.having < which.all);
        let differ = group.iter().any(|it| it.fix != finding.fix);
        finding.fix = finding.fix.filter(|_| !differ).map(|fix| fix.only_safe_if(!some));
        let alike = deployments(same) == deployments(loud.iter());
        let clauses = which.as_ref().map(|which| which.clauses(alike)).unwrap_or_default();
        finding.each = self.each(group);
        finding.message = with_clauses(&finding.message, others(group), &clauses);
        if which.is_some_and(|which| which.by == By::Root || which.names.len() < which.all) {
            finding.related.splice(0..0, self.labels(&roots, file));
        }
        Some(finding)
    }

    /// What is known by itself, at its loudest.
    fn each(&self, group: &[Finding]) -> Vec<One> {
        let mut each: BTreeMap<(&str, String), One> = BTreeMap::new();
        for finding in group {
            let path = || self.store.source(finding.primary.span.source).path.to_string();
            let home = finding.deployment.as_deref().map_or_else(path, str::to_owned);
            let (severity, message) = (finding.severity, finding.message.clone());
            let one = One { key: finding.key.clone(), home: home.clone(), severity, message };
            let known = each.entry((&finding.key, home)).or_insert_with(|| one.clone());
            // The first words in their order stand for all, as they do for the place.
            if (Reverse(one.severity), &one.message) < (Reverse(known.severity), &known.message) {
                *known = one;
            }
        }
        each.into_values().collect()
    }

    /// Which deployments have a finding at a place in `file`, when that is worth a word: `loud` at its loudest, `any` at
    /// all.
    fn which(&self, loud: &Roots, any: &Roots, file: SourceId) -> Option<Which> {
        let sharing = self.sharing.get(&file).map_or(0, BTreeSet::len).max(any.len());
        let (root, files) = loud.first_key_value()?;
        let (sets, having) = (&self.roots.get(root)?.sets, any.get(root)?);
        let some = files.len() < sets.len();
        if loud.len() > 1 || sharing > 1 && !some {
            let names = loud.keys().map(|root| format!("`{root}`")).collect();
            return Some(Which { by: By::Root, names, lacking: None, having: any.len(), all: sharing });
        }
        // A value in a parameter file speaks for itself.
        if sets.len() < 2 || files.len() == 1 && files.contains(&file) {
            return None;
        }
        let called = |file: &SourceId| Some(format!("`{}`", sets.get(file)?));
        let lacking: Vec<String> = sets.keys().filter(|file| !having.contains(file)).filter_map(called).collect();
        let mut names: Vec<String> = files.iter().filter_map(called).collect();
        names.sort();
        let lacking = <[String; 1]>::try_from(lacking).ok().map(|[only]| only);
        Some(Which { by: By::Parameters, names, lacking, having: having.len(), all: sets.len() })
    }

    /// The files that stand for the deployments: parameter files where only some of a root's have the finding, else the
    /// root's own file.
    fn labels(&self, roots: &Roots, file: SourceId) -> Vec<Label> {
        let mut labels = Vec::new();
        for (name, files) in roots {
            let Some(root) = self.roots.get(name) else { continue };
            if files.len() == root.sets.len() {
                labels.push(Label::new(Span::file(root.main), format!("deployed by `{name}`")));
                continue;
            }
            let mut called: Vec<(&String, SourceId)> =
                files.iter().filter_map(|file| Some((root.sets.get(file)?, *file))).collect();
            called.sort();
            let label = |(name, file)| Label::new(Span::file(file), format!("with the values of `{name}`"));
            labels.extend(called.into_iter().map(label));
        }
        labels.retain(|label| label.span.source != file);
        labels.truncate(MOST_LABELS);
        labels
    }
}

impl Root {
    /// Files are called without their folders, unless two would be called the same.
    fn shorten(&mut self) {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        self.sets.values().for_each(|path| *count.entry(name(path)).or_default() += 1);
        let alone = self.sets.values_mut().filter(|path| count.get(&name(path)) == Some(&1));
        alone.for_each(|path| *path = name(path));
    }
}

impl Which {
    /// The clause in words, the one that says most first, the shortest one last.
    fn clauses(&self, alike: bool) -> Vec<String> {
        let (verb, worst, things) = match self.by {
            By::Parameters => ("with", "worst with", "parameter files"),
            By::Root => ("deployed by", "worst when deployed by", "roots"),
        };
        let (loud, all, names) = (self.names.len(), self.all, listed(&self.names));
        if loud < self.having {
            return vec![format!("{worst} {names}"), format!("{worst} {loud} of {all} {things}")];
        }
        if loud < all {
            let but = self.lacking.as_ref().map(|lacking| format!("{verb} all but {lacking}"));
            let named = std::iter::once(format!("{verb} {names} only")).chain(but);
            return named.chain([format!("{verb} {loud} of {all} {things}")]).collect();
        }
        // The message may name what has another name elsewhere.
        let likewise = if alike { "" } else { "likewise " };
        let every = if all == 2 { "both".to_owned() } else { format!("all {all}") };
        let every = format!("{likewise}{verb} {every} {things}");
        match self.by {
            By::Parameters => vec![every],
            By::Root => vec![format!("{likewise}{verb} {names}"), every],
        }
    }
}

/// A message with the number of others and the first of the clauses that leaves it short enough.
fn with_clauses(message: &str, others: usize, clauses: &[String]) -> String {
    let more = (others > 0).then(|| format!("and {others} more"));
    let with = |clause: Option<&String>| {
        let said: Vec<&str> = more.iter().chain(clause).map(String::as_str).collect();
        if said.is_empty() { message.to_owned() } else { format!("{message} ({})", said.join("; ")) }
    };
    let fits = |message: &String| message.chars().count() <= LONGEST;
    let first = clauses.iter().map(|clause| with(Some(clause))).find(fits);
    first.unwrap_or_else(|| with(clauses.last()))
}

fn deployments<'f>(findings: impl Iterator<Item = &'f &'f Finding>) -> BTreeSet<Option<&'f str>> {
    findings.map(|finding| finding.deployment.as_deref()).collect()
}

/// How many findings about one deployment say something else than its first one: instances of a loop, images of a pod.
fn others(group: &[Finding]) -> usize {
    let mut messages: BTreeMap<Option<&str>, BTreeSet<&str>> = BTreeMap::new();
    for finding in group {
        messages.entry(finding.deployment.as_deref()).or_default().insert(&finding.message);
    }
    messages.values().map(BTreeSet::len).max().unwrap_or_default().saturating_sub(1)
}

/// `a`, `b` and `c`.
fn listed(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::ir::Language;
    use crate::source::MemoryFiles;

    /// The deployments of `main.bicep`, one for each of these files, and a place in it.
    fn template(store: &Store, files: &[&str]) -> (Vec<Deployment>, Span) {
        let source = store.add("main.bicep", b"here".to_vec()).unwrap();
        let deployment = |file: &&str| Deployment {
            parameters: Some(store.add(file, b"using".to_vec()).unwrap()),
            ..Deployment::new(format!("main.bicep with {file}"), Language::Bicep, source)
        };
        (files.iter().map(deployment).collect(), Span::new(source, 0, 4))
    }

    fn finding(span: Span, file: &str, severity: Severity, message: &str, key: &str) -> Finding {
        Finding {
            rule: "ACR101",
            severity,
            message: message.to_owned(),
            primary: Label::new(span, message),
            related: Vec::new(),
            help: None,
            fix: None,
            key: key.to_owned(),
            deployment: Some(format!("main.bicep with {file}").into()),
            each: Vec::new(),
            moved_from: None,
        }
    }

    /// The one finding that findings become, whatever their order: message, key, files that its story shows.
    fn joined(files: &[&str], findings: &[(&str, Severity, &str, &str)]) -> (String, String, Vec<String>) {
        let store = Store::new(MemoryFiles::default());
        let (deployments, span) = template(&store, files);
        let told = |all: Vec<Finding>| {
            let found = one_for_each_place(all, &deployments, &store);
            assert_eq!(found.len(), 1);
            let shown = found[0].related.iter().map(|label| store.source(label.span.source).path.to_string());
            (found[0].message.clone(), found[0].key.clone(), shown.collect::<Vec<_>>())
        };
        let make =
            |&(file, severity, message, key): &(&str, _, &str, &str)| finding(span, file, severity, message, key);
        let (all, reversed) = (findings.iter().map(make).collect(), findings.iter().rev().map(make).collect());
        let found = told(all);
        assert_eq!(found, told(reversed));
        found
    }

    const FILES: [&str; 3] = ["dev.bicepparam", "prod.bicepparam", "test.bicepparam"];

    #[test]
    fn what_all_have_is_said_of_all() {
        let all = FILES.map(|file| (file, Severity::Error, "wrong", "aks"));
        assert_eq!(joined(&FILES, &all), ("wrong (with all 3 parameter files)".into(), "aks".into(), vec![]));
        let messages = ["`a` is wrong", "`b` is wrong", "`c` is wrong"];
        let each: Vec<_> = all.iter().zip(messages).map(|(it, message)| (it.0, it.1, message, it.3)).collect();
        assert_eq!(joined(&FILES, &each).0, "`a` is wrong (likewise with all 3 parameter files)");
    }

    #[test]
    fn what_some_have_names_them() {
        let prod = (FILES[1], Severity::Error, "wrong", "aks");
        let test = (FILES[2], Severity::Error, "wrong", "aks");
        let (message, _, shown) = joined(&FILES, &[prod]);
        assert_eq!((&*message, shown), ("wrong (with `prod.bicepparam` only)", vec!["prod.bicepparam".to_owned()]));
        let (message, _, shown) = joined(&FILES, &[prod, test]);
        assert_eq!(message, "wrong (with `prod.bicepparam` and `test.bicepparam` only)");
        assert_eq!(shown, ["prod.bicepparam", "test.bicepparam"]);
        let long = "x".repeat(110);
        let (message, _, shown) = joined(&FILES, &[(FILES[1], Severity::Error, &long, "aks")]);
        assert_eq!((message, shown.len()), (format!("{long} (with 1 of 3 parameter files)"), 1));
    }

    #[test]
    fn names_give_way_to_fewer_words() {
        let both = ["prod", "test"].map(|file| format!("{}/{file}.bicepparam", "folder".repeat(6)));
        let files = ["dev.bicepparam", &both[0], &both[1]];
        let found = |length: usize| {
            let message = "x".repeat(length);
            let all: Vec<_> = files[1..].iter().map(|file| (*file, Severity::Error, &*message, "aks")).collect();
            joined(&files, &all).0.replace(&message, "wrong")
        };
        assert_eq!(found(9), "wrong (with `prod.bicepparam` and `test.bicepparam` only)");
        assert_eq!(found(80), "wrong (with all but `dev.bicepparam`)");
        assert_eq!(found(110), "wrong (with 2 of 3 parameter files)");
    }

    #[test]
    fn the_only_set_is_not_named() {
        let found = joined(&FILES[..1], &[(FILES[0], Severity::Error, "wrong", "aks")]);
        assert_eq!(found, ("wrong".into(), "aks".into(), vec![]));
    }

    #[test]
    fn the_loudest_level_wins_and_its_sets_are_named() {
        let levels = [Severity::Note, Severity::Error, Severity::Warning];
        let each: Vec<_> = FILES.iter().zip(levels).map(|(file, level)| (*file, level, "wrong", "aks")).collect();
        assert_eq!(joined(&FILES, &each).0, "wrong (worst with `prod.bicepparam`)");
        let store = Store::new(MemoryFiles::default());
        let (deployments, span) = template(&store, &FILES);
        let all = each.iter().map(|it| finding(span, it.0, it.1, it.2, it.3)).collect();
        assert_eq!(one_for_each_place(all, &deployments, &store)[0].severity, Severity::Error);
    }

    #[test]
    fn instances_are_counted_within_one_set() {
        let each = |key| FILES.map(|file| (file, Severity::Error, format!("`{key}` of {file} is wrong"), key));
        let all: Vec<_> = ["aks[0]", "aks[1]", "aks[2]"].into_iter().flat_map(each).collect();
        let all: Vec<_> = all.iter().map(|it| (it.0, it.1, &*it.2, it.3)).collect();
        let (message, key, _) = joined(&FILES, &all);
        assert_eq!(
            (&*message, &*key),
            ("`aks[0]` of dev.bicepparam is wrong (and 2 more; likewise with all 3 parameter files)", "aks[0]")
        );
    }

    #[test]
    fn files_of_one_name_are_told_apart_by_their_folders() {
        let files = ["dev/main.bicepparam", "prod/main.bicepparam", "other.bicepparam"];
        let found = joined(&files, &[(files[1], Severity::Error, "wrong", "aks")]);
        assert_eq!(found.0, "wrong (with `prod/main.bicepparam` only)");
        let found = joined(&files, &[(files[2], Severity::Error, "wrong", "aks")]);
        assert_eq!(found.0, "wrong (with `other.bicepparam` only)");
    }

    #[test]
    fn what_is_of_no_deployment_is_counted_by_its_messages() {
        let store = Store::new(MemoryFiles::default());
        let (deployments, span) = template(&store, &FILES);
        let each = ["a", "b", "b"].map(|it| Finding { deployment: None, ..finding(span, "", Severity::Note, it, it) });
        let found = one_for_each_place(each.to_vec(), &deployments, &store);
        assert_eq!((found.len(), &*found[0].message), (1, "a (and 1 more)"));
    }
}
