"""Runs acrlint over repositories and hands each report to its reader; see `.ci/formats`."""

import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import cmarkgfm
import jsonschema
import lxml.etree
import lxml.html
from cmarkgfm.cmark import Options

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENDINGS = {"sarif": "sarif", "junit": "xml", "gitlab": "json", "markdown": "md", "github": "txt", "azure": "log"}
HOSTILE = "a|b <script>x</script> <img src=x onerror=y> @someone o/r#1 ]]> `c` &amp; ##vso[task.complete]d ##[error]e"
failures = []


def check(condition, name, what):
    if not condition:
        failures.append(f"{name}: {what}")


def reports(acrlint, folder, out):
    """One run that writes every format, as an action does."""
    outputs = [f"--output={name}={out / f'report.{ending}'}" for name, ending in ENDINGS.items()]
    command = [acrlint, "--no-config", "--now", "2026-01-31", "--quiet", "--format", "json", *outputs]
    code = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False).returncode
    check(code in (0, 1), folder.name, f"exit status {code}")
    return {name: out / f"report.{ending}" for name, ending in ENDINGS.items()}


def sarif(readers, file, name):
    tool = next((readers / "node_modules" / "@microsoft").glob("sarif-multitool-*/Sarif.Multitool"), None)
    if tool is None:
        print("   no multitool for this machine: SARIF is not checked")
        return
    said = file.with_suffix(".validation.sarif")
    kinds = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"]
    subprocess.run([tool, "validate", file, *kinds, "--output", said, "--log", "ForceOverwrite"], capture_output=True, check=False)
    results = json.loads(said.read_text(encoding="utf-8-sig"))["runs"][0].get("results", [])
    counted = collections.Counter((result.get("level", "warning"), result["ruleId"]) for result in results)
    print(f"   sarif: {dict((f'{level} {rule}', number) for (level, rule), number in sorted(counted.items()))}")
    check(all(level == "note" for level, _ in counted), name, f"multitool finds {counted}")


def junit(readers, file, name):
    document = lxml.etree.parse(file)
    for schema in ("JUnit.xsd", "junit-10.xsd"):
        validator = lxml.etree.XMLSchema(lxml.etree.parse(readers / schema))
        check(validator.validate(document), name, f"{schema}: {validator.error_log.last_error}")
    print(f"   junit: {len(document.findall('.//testcase'))} cases, {len(document.findall('.//failure'))} failures")


def gitlab(readers, file, name):
    issues = json.loads(file.read_text())
    schema = json.loads((readers / "codeclimate.json").read_text())
    own = json.loads((ROOT / "testdata/schema/gitlab-code-quality.schema.json").read_text())
    for issue in issues:
        jsonschema.validate(issue, schema)
    jsonschema.validate(issues, own)
    check(len({issue["fingerprint"] for issue in issues}) == len(issues), name, "equal fingerprints")
    print(f"   gitlab: {len(issues)} issues")


def markdown(_, file, name):
    text = file.read_text()
    check(len(text) < 65536, name, f"{len(text)} characters are too many for a comment")
    # GitHub lets HTML in and cleans it afterwards; here all of it has to be ours.
    html = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    page = lxml.html.document_fromstring(f"<body>{html}</body>")
    tags = {element.tag for element in page.iter() if isinstance(element.tag, str)}
    ours = "html body h3 h4 p br table thead tbody tr th td code pre details summary ul li a strong".split()
    check(tags <= set(ours), name, f"strange elements: {sorted(tags - set(ours))}")
    links = {link.get("href") for link in page.iter("a")}
    check(all(link.startswith("https://github.com/acrlint/") for link in links), name, f"strange links: {links}")
    for row in page.iter("tr"):
        check(len(row) == len(row.getparent().getparent().find(".//tr")), name, "a row of other width than its heading")
    words = "".join(text for text in page.xpath("//text()[not(ancestor::code)]"))
    check("@someone" not in words and "r#1" not in words, name, "a mention")
    print(f"   markdown: {len(text)} characters, {len(page.findall('.//table'))} tables, {len(page.findall('.//pre'))} fences")


def github(_, file, name):
    """Reads as `ActionCommand.cs` of github.com/actions/runner does."""
    commands = collections.Counter()
    for line in file.read_text().splitlines():
        said = line.lstrip()
        if said.startswith("::") and "::" in said[2:]:
            commands[said[2:].split("::")[0].split(" ")[0]] += 1
        else:
            check("##[" not in line, name, f"a command in `{line}`")
    check(set(commands) <= {"error", "warning", "notice", "group", "endgroup"}, name, f"strange commands: {commands}")
    check(all(number <= 10 for number in commands.values()), name, f"more than are kept: {commands}")
    print(f"   github: {dict(commands)}")


def azure(_, file, name):
    """Reads as `Command.cs` of github.com/microsoft/azure-pipelines-agent does."""
    kinds = collections.Counter()
    for line in file.read_text().splitlines():
        at = line.find("##vso[")
        if at < 0:
            continue
        said, _, _ = line[at + 6 :].partition("]")
        event, _, properties = said.partition(" ")
        pairs = dict(pair.split("=", 1) for pair in properties.split(";") if pair)
        check(at == 0 and event == "task.logissue", name, f"strange command `{event}`")
        check(set(pairs) <= {"type", "sourcepath", "linenumber", "columnnumber", "code"}, name, f"properties {pairs}")
        kinds[pairs.get("type")] += 1
    check(set(kinds) <= {"error", "warning"} and all(number <= 10 for number in kinds.values()), name, f"{kinds}")
    print(f"   azure: {dict(kinds)}")


def hostile(folder):
    """A repository whose names mean something to every reader."""
    shutil.copytree(ROOT / "testdata/scenarios/broken/control-plane-grant", folder)
    file = folder / "terraform/main.tf"
    file.write_text(file.read_text().replace('"aks-harbour"', json.dumps(HOSTILE)))
    (folder / "##vso[task.complete]x.yaml").write_text(
        "kind: Pod\napiVersion: v1\nmetadata: { name: web }\nspec:\n  containers:\n"
        "  - name: a\n    image: 'harbourimages.azurecr.io/::set-env name=a::b <b>|`c`'\n"
    )
    return folder


def main(acrlint, readers):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "empty").mkdir()
        repositories = [ROOT / "testdata/scenarios" / name for name in ("broken", "unknown", "fine")]
        repositories += [ROOT / "testdata/scenarios/broken/control-plane-grant", folder / "empty", hostile(folder / "hostile")]
        for number, repository in enumerate(repositories):
            print(f"== {repository.name}")
            out = folder / f"out{number}"
            out.mkdir()
            for name, file in reports(acrlint, repository, out).items():
                globals()[name](readers, file, f"{repository.name}, {name}")
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
