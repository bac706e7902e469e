//! What the formats write, on reports made by hand: schemas, stable bytes, no absolute path, no secret, no panic.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::io;

use acrlint::finding::{Finding, Label, Severity};
use acrlint::report::graph::{Edge, Graph, Group, Kind, Node};
use acrlint::report::{Coverage, Format, Look, NotUnderstood, Pull, Report, RuleText, Step, Told, Verdict, write};
use acrlint::source::{MemoryFiles, SourceId, Span, Store};
use proptest::prelude::*;
use serde_json::Value;

const FORMATS: [Format; 12] = [
    Format::Human,
    Format::Concise,
    Format::Json,
    Format::Github,
    Format::Gitlab,
    Format::Azure,
    Format::Junit,
    Format::Markdown,
    Format::Sarif,
    Format::Pulls,
    Format::Mermaid,
    Format::Dot,
];

const BICEP: &str = "resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {\n  name: 'shop'\n}\n\
resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  scope: acr\n  properties: {\n    \
principalId: aks.identity.principalId\n  }\n}\n";
const MANIFEST: &str = "kind: Deployment\r\nspec:\r\n  # \u{1F433}\r\n  note: \u{1F433} image: shop.example/app:1\r\n";
const SECRET: &str = "kind: Secret\nstringData:\n  password: correct-horse-battery\n  other: 1\n";

struct Run {
    report: Report,
    store: Store,
    secrets: Vec<Span>,
}

impl Run {
    fn written(&self, format: Format, look: &Look) -> String {
        let told = Told { report: &self.report, store: &self.store, secrets: &self.secrets, names: &BTreeSet::new() };
        let mut out = Vec::new();
        write(format, &told, &rules(), look, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn plain(&self, format: Format) -> String {
        self.written(format, &Look::default())
    }

    fn json(&self, format: Format) -> Value {
        serde_json::from_str(&self.plain(format)).unwrap()
    }
}

fn rules() -> Vec<RuleText> {
    vec![
        RuleText {
            id: "ACR999",
            name: "secret-in-plain-text",
            summary: "A pull secret is written in plain text",
            severity: Severity::Warning,
            page: "# ACR999\n\nWhoever reads the repository can pull.\n",
            tags: vec!["acr", "secrets"],
            security_severity: Some("6.5"),
        },
        RuleText {
            id: "ACR101",
            name: "pull-role-on-wrong-identity",
            summary: "The pull role goes to an identity that pulls nothing",
            severity: Severity::Error,
            page: "# ACR101\n\nThe kubelet pulls images, with its own identity.\n\n```bicep\nx\n```\n",
            tags: vec!["aks", "acr"],
            security_severity: None,
        },
    ]
}

fn span(store: &Store, id: SourceId, text: &str) -> Span {
    let start = store.source(id).text.find(text).unwrap();
    Span::new(id, start, start + text.len())
}

/// A run with a finding over two files, one on a secret, pulls of each verdict and things not understood.
fn sample() -> Run {
    let store = Store::new(MemoryFiles::default());
    let bicep = store.add("infra/main ü.bicep", BICEP.into()).unwrap();
    let manifest = store.add("k8s/app.yaml", MANIFEST.into()).unwrap();
    let secret = store.add("k8s/secret.yaml", SECRET.into()).unwrap();
    let at = |id, text| span(&store, id, text);
    let wrong = Finding {
        rule: "ACR101",
        severity: Severity::Error,
        message: "`AcrPull` goes to the control plane of `aks`, which pulls nothing".into(),
        primary: Label::new(at(bicep, "aks.identity.principalId"), "the control plane's identity"),
        related: vec![
            Label::new(at(manifest, "shop.example/app:1"), "this image is pulled by `aks[0]`"),
            Label::new(at(bicep, "resource acr"), "from this registry"),
        ],
        help: Some(
            "principalId: aks.properties.identityProfile.kubeletidentity.objectId\nand 100 % of it, yes: all".into(),
        ),
        fix: None,
        key: "ACR101|aks|acr".into(),
        deployment: None,
        each: Vec::new(),
        moved_from: None,
    };
    let plain = Finding {
        rule: "ACR999",
        severity: Severity::Warning,
        message: "the password correct-horse-battery stands here".into(),
        primary: Label::secret(at(secret, "correct-horse-battery"), "this is the password"),
        related: Vec::new(),
        help: None,
        fix: None,
        key: "ACR999|secret".into(),
        deployment: None,
        each: Vec::new(),
        moved_from: None,
    };
    let step = |name, verdict, place| Step { name, verdict, text: format!("the {name} step"), place };
    let pull = |image: Option<&str>, cluster: Option<&str>, verdict| Pull {
        image: image.map(str::to_owned),
        workload: image.map(|_| "Deployment shop/app".to_owned()),
        place: at(manifest, "shop.example/app:1"),
        cluster: cluster.map(str::to_owned),
        registry: Some("shop".into()),
        parameters: Vec::new(),
        verdict,
        steps: vec![
            step("registry", Verdict::Fine, Some(at(bicep, "resource acr"))),
            step("permission", verdict, None),
        ],
    };
    let gap = NotUnderstood { why: "the call `reference(…)`".into(), place: at(bicep, "scope: acr") };
    let report = Report {
        suppressed: 1,
        in_baseline: 0,
        elsewhere: None,
        pulls: vec![
            pull(Some("shop.example/app:1"), Some("aks"), Verdict::Broken),
            pull(Some("shop.example/b:1"), None, Verdict::Unknown),
            pull(None, Some("aks"), Verdict::Fine),
        ],
        coverage: Coverage {
            files: 3,
            inputs: 3,
            resources: 4,
            join_values: 9,
            join_values_unknown: 2,
            reasons: vec![("a call".into(), 2)],
            not_understood: vec![gap],
            ..Coverage::default()
        },
        today: "2026-01-31".into(),
        findings: vec![plain, wrong],
        graph: graph(),
    };
    Run { report, store, secrets: Vec::new() }
}

/// A picture whose words quote a secret, as one should that is made in haste.
fn graph() -> Graph {
    let node = |kind, line: &str| Node { kind, lines: vec![line.to_owned()], group: None, verdict: None };
    let edge = Edge {
        from: 0,
        to: 1,
        lines: vec!["the password is correct-horse-battery".to_owned()],
        verdict: Verdict::Broken,
        missing: false,
        rules: vec!["ACR999"],
    };
    Graph {
        groups: vec![Group { title: "namespace correct-horse-battery".to_owned(), within: None }],
        nodes: vec![node(Kind::Workload, "Deployment correct-horse-battery"), node(Kind::Registry, "registry shop")],
        edges: vec![edge],
        ..Graph::default()
    }
}

fn clean() -> Run {
    let store = Store::new(MemoryFiles::default());
    let coverage = Coverage { files: 3, inputs: 2, resources: 5, ..Coverage::default() };
    Run { report: Report { coverage, today: "2026-01-31".into(), ..Report::default() }, store, secrets: Vec::new() }
}

fn many_gaps() -> Run {
    let mut run = sample();
    let gap = run.report.coverage.not_understood[0].clone();
    run.report.coverage.not_understood = vec![gap; 700];
    run
}

fn assert_valid(schema: &str, document: &Value) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn sarif_and_json_are_valid() {
    for run in [sample(), clean(), many_gaps()] {
        assert_valid(include_str!("../testdata/schema/sarif-2.1.0.json"), &run.json(Format::Sarif));
        assert_valid(include_str!("../testdata/schema/acrlint-1.schema.json"), &run.json(Format::Json));
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for format in FORMATS {
        let first = sample().plain(format);
        assert!((0..8).all(|_| sample().plain(format) == first), "{format:?}");
        assert!(first.ends_with('\n'), "{format:?}");
    }
}

#[test]
fn no_absolute_path_and_no_secret_in_any_format() {
    let look = Look { colour: true, width: 80, verbose: true, ..Look::default() };
    for format in FORMATS {
        let text = sample().written(format, &look);
        assert!(!text.contains("correct-horse"), "{format:?}\n{text}");
        assert!(!text.contains(env!("CARGO_MANIFEST_DIR")) && !text.contains("file://"), "{format:?}");
    }
}

/// What stands beside a line that is pointed at may be a password in any clothes: above, below, and between two labels.
#[test]
fn no_line_is_shown_that_nothing_points_at() {
    let text = "up: Tz9kW\nimage: a\nbetween: Tz9kW\nimage: b\ndown: Tz9kW\n";
    let line = |text: &str, word: &str| text.find(word).map(|at| Span::new(SourceId(0), at, at + word.len())).unwrap();
    let run = pointing(
        text,
        Label::new(line(text, "image: b"), "here"),
        Label::new(line(text, "image: a"), "there"),
        Vec::new(),
    );
    for format in FORMATS {
        let told = run.written(format, &Look { verbose: true, ..Look::default() });
        assert!(!told.contains("Tz9kW"), "{format:?}\n{told}");
    }
    assert!(run.plain(Format::Human).contains(" 3 │ …\n"), "{}", run.plain(Format::Human));
}

#[test]
fn sarif_is_what_code_scanning_reads() {
    let log = sample().json(Format::Sarif);
    let run = &log["runs"][0];
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect::<Vec<_>>(), ["ACR101", "ACR999"]);
    assert_eq!(rules[0]["name"], "PullRoleOnWrongIdentity");
    assert_eq!(rules[0]["fullDescription"]["text"], "The kubelet pulls images, with its own identity.");
    assert!(rules[0]["properties"].get("security-severity").is_none());
    assert_eq!(rules[1]["properties"]["security-severity"], "6.5");
    assert_eq!(rules[1]["properties"]["tags"][0], "security");

    let wrong = &run["results"][1];
    assert_eq!((&wrong["ruleIndex"], &wrong["level"]), (&Value::from(0), &Value::from("error")));
    let place = &wrong["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "infra/main%20%C3%BC.bicep");
    assert_eq!(place["region"]["snippet"]["text"], "aks.identity.principalId");
    assert_eq!(wrong["partialFingerprints"]["acrlint/v1"], "ACR101|aks|acr");
    let message = wrong["message"]["text"].as_str().unwrap();
    assert!(message.starts_with("`AcrPull` goes to the control plane of `aks`, which pulls nothing.\n"));
    assert!(message.contains("[this image is pulled by `aks\\[0\\]`](1), [from this registry](2)."), "{message}");
    let flow = wrong["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    assert_eq!(flow.len(), 3);
    assert_eq!(flow[2]["importance"], "essential");

    let plain = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(plain["region"]["snippet"]["text"], "•••");
    assert_eq!(plain["contextRegion"]["snippet"]["text"], "  password: •••");
}

#[test]
fn sarif_without_findings_and_with_many_notifications() {
    let log = clean().json(Format::Sarif);
    assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
    let log = many_gaps().json(Format::Sarif);
    let notifications = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 500);
    assert_eq!(notifications[499]["message"]["text"], "201 more constructs were not understood.");
}

#[test]
fn columns_are_counted_in_the_units_of_each_format() {
    // Before the image on its line: ten ASCII characters of text, a whale (one code point, two UTF-16 units), eight more.
    let run = sample();
    let related = &run.json(Format::Sarif)["runs"][0]["results"][1]["relatedLocations"][0];
    let region = &related["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&Value::from(4), &Value::from(19)));
    let related = &run.json(Format::Json)["findings"][1]["related"][0];
    assert_eq!((&related["line"], &related["column"]), (&Value::from(4), &Value::from(18)));
}

#[test]
fn fingerprints_are_those_of_code_scanning() {
    let store = Store::new(MemoryFiles::default());
    let id = store.add("a", b"a\n b\r\n\tc\n\na\n".to_vec()).unwrap();
    let finding = |start| Finding {
        primary: Label::new(Span::new(id, start, start + 1), ""),
        related: Vec::new(),
        ..sample().report.findings[1].clone()
    };
    let report = Report { findings: [0, 3, 7, 9, 10].map(finding).to_vec(), ..Report::default() };
    let log = Run { report, store, secrets: Vec::new() }.json(Format::Sarif);
    let results = log["runs"][0]["results"].as_array().unwrap().iter();
    let hashes: Vec<&str> =
        results.map(|result| result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap()).collect();
    let expected =
        ["84abd01edc1847d8:1", "73334d326b272879:1", "d61504810e8aae1d:1", "6f7821bf6a94a0cc:1", "243cbaa4685aab12:1"];
    assert_eq!(hashes, expected);
}

#[test]
fn workflow_commands_are_escaped_and_sorted() {
    let text = sample().plain(Format::Github);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 7, "{text}");
    assert!(lines[0].starts_with("::error file=infra/main ü.bicep,line=7,endLine=7,col=18,endColumn=42,title=ACR101 "));
    assert!(lines[0].contains("%0Ahelp: principalId") && lines[0].contains("and 100 %25 of it, yes: all"));
    assert!(lines[1].starts_with("::warning file=k8s/secret.yaml,line=3,"));
    assert_eq!(lines[2], "::group::acrlint: 2 findings");
    assert!(
        lines[3].starts_with("error[ACR101] infra/main ü.bicep:7:18: ") && lines[4].starts_with("warning[ACR999] k8s")
    );
    assert_eq!(lines[5], "::endgroup::");
    assert!(lines[6].starts_with("findings: 1 error"));
}

/// Errors of a file with a line for each, known by these keys.
fn errors(keys: &[String]) -> Run {
    let store = Store::new(MemoryFiles::default());
    let id = store.add("a.tf", "x\n".repeat(keys.len()).into_bytes()).unwrap();
    let finding = |(at, key): (usize, &String)| Finding {
        primary: Label::new(Span::new(id, 2 * at, 2 * at + 1), ""),
        related: Vec::new(),
        key: key.clone(),
        ..sample().report.findings[1].clone()
    };
    let report = Report { findings: keys.iter().enumerate().map(finding).collect(), ..Report::default() };
    Run { report, store, secrets: Vec::new() }
}

#[test]
fn few_annotations_stand_on_their_lines_and_many_are_folded() {
    let annotations = |run: &Run| -> Vec<String> {
        run.plain(Format::Github).lines().filter(|line| line.starts_with("::error")).map(str::to_owned).collect()
    };
    // Ten are kept, so each has its own line, though they are of one resource.
    let of_one: Vec<String> = (0..10).map(|at| format!("ACR101:app:{at}")).collect();
    assert_eq!(annotations(&errors(&of_one)).len(), 10);
    // Twelve are not: those of one resource become one.
    let of_one: Vec<String> = (0..12).map(|at| format!("ACR101:app:{at}")).collect();
    let folded = annotations(&errors(&of_one));
    assert!(folded.len() == 1 && folded[0].contains(" and 11 more::"), "{folded:?}");
    assert!(folded[0].contains("%0Aalso ACR101 pull-role-on-wrong-identity at a.tf:12: "), "{folded:?}");
    // Those of twelve resources are counted.
    let of_many: Vec<String> = (0..12).map(|at| format!("ACR101:app{at}:x")).collect();
    let kept = annotations(&errors(&of_many));
    assert!(
        kept.len() == 10 && kept[9].starts_with("::error title=acrlint%3A 3 more errors::3 more errors: "),
        "{kept:?}"
    );
    // What is on one line is one annotation in any case.
    let mut run = errors(&of_one);
    run.report.findings.truncate(2);
    run.report.findings[1].primary = run.report.findings[0].primary.clone();
    assert_eq!(annotations(&run).len(), 1);
}

#[test]
fn concise_is_one_line_for_each_finding() {
    let text = sample().plain(Format::Concise);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "k8s/secret.yaml:3:13: warning[ACR999] the password ••• stands here");
    assert!(lines[1].starts_with("infra/main ü.bicep:7:18: error[ACR101] `AcrPull` goes"));
    let closing = "findings: 1 error · 1 warning · 1 suppressed · pulls: 1 fine · 1 broken · 1 unknown · not understood: 1 (-v lists them)";
    assert_eq!(lines[2..], [closing]);
}

#[test]
fn the_story_is_told_over_several_files() {
    insta::assert_snapshot!(sample().plain(Format::Human), @r"
    warning[ACR999] secret-in-plain-text (acrlint explain ACR999)

      ⚠ the password ••• stands here
       ╭─[k8s/secret.yaml:3:13]
     3 │   password: •••
       ·             ─┬─
       ·              ╰── this is the password
       ╰────

    error[ACR101] pull-role-on-wrong-identity (acrlint explain ACR101)

      × `AcrPull` goes to the control plane of `aks`, which pulls nothing
       ╭─[infra/main ü.bicep:1:1]
     1 │ resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
       · ──────┬─────
       ·       ╰── from this registry
       ╰────
       ╭─[infra/main ü.bicep:7:18]
     7 │     principalId: aks.identity.principalId
       ·                  ────────────┬───────────
       ·                              ╰── the control plane's identity
       ╰────
      help: principalId: aks.properties.identityProfile.kubeletidentity.objectId
            and 100 % of it, yes: all
      ╰─▶   ☞ this image is pulled by `aks[0]`
             ╭─[k8s/app.yaml:4:18]
           4 │   note: 🐳 image: shop.example/app:1
             ·                   ──────────────────
             ╰────

    findings: 1 error · 1 warning · 1 suppressed
    pulls: 1 fine · 1 broken · 1 unknown
    not understood: 1 place (-v lists them) · unknown: 2 of 9 deciding values: a call (2)
    ");
}

#[test]
fn a_clean_run_is_one_quiet_line() {
    let text = clean().plain(Format::Human);
    assert_eq!(text, "findings: none · pulls: none found (3 files read, 2 understood, 5 resources)\n");
}

#[test]
fn pulls_are_a_tree_by_cluster() {
    insta::assert_snapshot!(sample().plain(Format::Pulls), @r"
    cluster aks
    ├─ ✗ shop.example/app:1 for Deployment shop/app  k8s/app.yaml:4
    │  ├─ ✓ registry   the registry step  infra/main ü.bicep:1
    │  └─ ✗ permission the permission step
    └─ ✓ any image of shop  k8s/app.yaml:4
       ├─ ✓ registry   the registry step  infra/main ü.bicep:1
       └─ ✓ permission the permission step

    a cluster that is not known
    └─ ? shop.example/b:1 for Deployment shop/app  k8s/app.yaml:4
       ├─ ✓ registry   the registry step  infra/main ü.bicep:1
       └─ ? permission the permission step

    findings: 1 error · 1 warning · 1 suppressed · pulls: 1 fine · 1 broken · 1 unknown · not understood: 1 (-v lists them)
    ");
}

#[test]
fn an_error_of_the_writer_is_handed_back() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let run = sample();
    let told = Told { report: &run.report, store: &run.store, secrets: &[], names: &BTreeSet::new() };
    for format in FORMATS {
        let error = write(format, &told, &rules(), &Look::default(), &mut Full).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format:?}");
    }
}

/// A run with one finding of the given place, and a label of its story.
fn pointing(text: &str, primary: Label, related: Label, secrets: Vec<Span>) -> Run {
    let store = Store::new(MemoryFiles::default());
    store.add("a/b.yaml", text.into()).unwrap();
    let gap = NotUnderstood { why: "a thing".into(), place: related.span };
    let report = Report {
        findings: vec![Finding { primary, related: vec![related], ..sample().report.findings[1].clone() }],
        coverage: Coverage { not_understood: vec![gap], ..Coverage::default() },
        ..Report::default()
    };
    Run { report, store, secrets }
}

/// The lines of a page that are not code.
fn outside_of_fences(page: &str) -> Vec<&str> {
    let (mut fence, mut lines) = (0, Vec::new());
    for line in page.lines() {
        let run = line.len() - line.trim_start_matches('`').len();
        match fence {
            0 if run >= 3 => fence = run,
            0 => lines.push(line),
            _ if run >= fence && run == line.len() => fence = 0,
            _ => {}
        }
    }
    lines
}

/// Words as a file may have them that means no good: pieces of other languages between any characters.
fn words() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "::error::a",
        "::stop-commands::b",
        "##[add-mask]c",
        "##vso[task.setvariable variable=d]e",
        "]]>",
        "<!--",
        "&amp;",
        "<script>f</script>",
        "|",
        "\\|",
        "`",
        "```",
        "\n",
        "\r\n",
        "\n| g | h |\n",
        "@someone",
        "o/r#1",
        "\0",
        "\u{1b}[31m",
        "\u{ffff}",
        "%0A",
        "%AZP25",
        ";",
        "]",
        " ",
        "x",
    ]);
    let piece = prop_oneof![3 => pieces.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The secret stands in the line that is shown, under the label or beside it.
    #[test]
    fn a_secret_is_never_shown(secret in "[A-Z0-9+/=\u{e0}-\u{ff}]{12,40}", before in "[a-z: \t]{0,500}", after in "[a-z #\r\n]{0,30}", under in any::<bool>()) {
        let text = format!("first\n{before}{secret}{after}\nlast\n");
        let start = 6 + before.len();
        let place = Span::new(SourceId(0), start, start + secret.len());
        let line = Span::new(SourceId(0), 6, text.len());
        let run = if under {
            pointing(&text, Label::secret(place, "here"), Label::new(line, "there"), Vec::new())
        } else {
            pointing(&text, Label::new(line, "here"), Label::new(Span::new(SourceId(0), 0, 5), "there"), vec![place])
        };
        for format in FORMATS {
            let text = run.written(format, &Look { width: 90, verbose: true, ..Look::default() });
            let piece: String = secret.chars().take(6).collect();
            prop_assert!(!text.contains(&piece), "{format:?}: {text}");
        }
    }

    /// Whatever names a file gives to things: XML stays well-formed, JSON valid, and no word becomes a command of a build
    /// service or a row of a table.
    #[test]
    fn words_of_files_stay_words(words in prop::collection::vec(words(), 4)) {
        let mut run = sample();
        for finding in &mut run.report.findings {
            finding.message.clone_from(&words[0]);
            finding.help = Some(words[1].clone());
            finding.key.clone_from(&words[2]);
            finding.related.iter_mut().for_each(|label| label.text.clone_from(&words[3]));
        }
        for pull in &mut run.report.pulls {
            (pull.image, pull.cluster) = (Some(words[0].clone()), Some(words[1].clone()));
            pull.steps.iter_mut().for_each(|step| step.text.clone_from(&words[2]));
        }
        let junit = run.plain(Format::Junit);
        prop_assert!(roxmltree::Document::parse(&junit).is_ok(), "{junit}");
        assert_valid(include_str!("../testdata/schema/gitlab-code-quality.schema.json"), &run.json(Format::Gitlab));
        let github = run.plain(Format::Github);
        let commands = github.lines().filter(|line| line.trim_start().starts_with("::")).count();
        prop_assert_eq!((commands, github.contains("##[")), (4, false), "{}", github);
        let azure = run.plain(Format::Azure);
        let commands = azure.lines().filter(|line| line.starts_with("##vso[task.logissue type=")).count();
        prop_assert_eq!((commands, azure.matches("##vso[").count(), azure.matches("##[").count()), (2, 2, 2), "{}", azure);
        let markdown = run.plain(Format::Markdown);
        // Three tables of one row, each under its two lines of heading.
        let outside = outside_of_fences(&markdown);
        let rows = outside.iter().filter(|line| line.starts_with('|')).count();
        // What stands in a span of code is what it is.
        let bare = |line: &&str| line.split('`').step_by(2).collect::<String>();
        let told = outside.iter().map(bare).any(|line| {
            line.contains("<script") || line.contains("<!--") && line != "<!-- acrlint -->"
        });
        prop_assert_eq!((rows, told), (9, false), "{}", markdown);
    }

    /// Any text and any place, also one that is not in the text or in no file.
    #[test]
    fn no_place_makes_a_format_fall(text in "(\\PC|[\r\n\t\u{1b}]){0,200}", places in prop::collection::vec((0u32..2, 0usize..300, 0usize..300), 3)) {
        let spans: Vec<Span> = places.iter().map(|&(file, start, length)| Span::new(SourceId(file), start, start + length)).collect();
        let run = pointing(&text, Label::new(spans[0], "here"), Label::new(spans[1], "there"), vec![spans[2]]);
        for format in FORMATS {
            let escapes = run.plain(format).contains('\u{1b}');
            prop_assert!(!escapes, "{format:?}");
        }
        assert_valid(include_str!("../testdata/schema/sarif-2.1.0.json"), &run.json(Format::Sarif));
    }
}
