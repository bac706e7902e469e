//! `version`: archives of releases, and which of them are refused.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::runner::Done;
use crate::{broken, of_a_pull_request, ready};

/// A folder with a release, as the release workflow makes it, for this version.
fn release(version: &str, sums: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("acrlint-{version}-x86_64-unknown-linux-gnu");
    let at = folder.path().join(format!("v{version}"));
    fs::create_dir_all(at.join(&name)).unwrap();
    // A script in place of the binary: the way is tested, and what is under test is much larger.
    let program = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_acrlint"));
    fs::write(at.join(&name).join("acrlint"), program).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(&at).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    run("chmod", &["+x", &format!("{name}/acrlint")]);
    run("tar", &["-czf", &format!("{name}.tar.gz"), &name]);
    let sum = if sums.is_empty() { run("sha256sum", &[&format!("{name}.tar.gz")]) } else { sums.to_owned() };
    fs::write(at.join("SHA256SUMS"), format!("{}  other.tar.gz\n{sum}", "0".repeat(64))).unwrap();
    folder
}

fn with_release(workspace: &Path, releases: &Path, version: &str) -> Done {
    let mut job = of_a_pull_request(workspace, &[("version", version)]);
    job.variables.push(("ACRLINT_RELEASES", format!("file://{}", releases.display())));
    job.run()
}

#[cfg(target_os = "linux")]
#[test]
fn a_release_is_taken_when_its_checksum_is_right() {
    if !ready() || Path::new("/lib/ld-musl-x86_64.so.1").exists() {
        return;
    }
    let folder = broken();
    let own = env!("CARGO_PKG_VERSION");
    for (released, asked) in [(own, ""), ("9.8.7", "9.8.7"), ("9.8.7", "v9.8.7")] {
        let done = with_release(folder.path(), release(released, "").path(), asked);
        assert_eq!((done.status, done.output("findings")), (1, "1"), "{}", done.log);
    }
    let refused = |releases: &Path, version: &str| {
        let done = with_release(folder.path(), releases, version);
        assert_eq!((done.status, done.log.lines().count()), (2, 1), "{}", done.log);
        done.log
    };
    let wrong = format!("{}  acrlint-9.8.7-x86_64-unknown-linux-gnu.tar.gz\n", "a".repeat(64));
    assert!(refused(release("9.8.7", &wrong).path(), "9.8.7").contains("not used"));
    assert!(refused(release("9.8.7", "\n").path(), "9.8.7").contains("doesn't name"));
    let missing = refused(release("9.8.7", "").path(), "9.8.8");
    assert!(missing.contains("can't download") && missing.contains("v9.8.8/SHA256SUMS"), "{missing}");
}

#[test]
fn source_is_the_code_of_the_action() {
    if !ready() {
        return;
    }
    let (folder, tools) = (broken(), tempfile::tempdir().unwrap());
    // A cargo that notes how it is called and installs what is built already: the folder is its seventh word.
    let cargo = format!(
        "#!/bin/sh\necho \"$@\" > '{tools}/called'\nmkdir -p \"$7/bin\"\nln -s '{program}' \"$7/bin/acrlint\"\n",
        tools = tools.path().display(),
        program = env!("CARGO_BIN_EXE_acrlint"),
    );
    let path = tools.path().join("cargo");
    fs::write(&path, cargo).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&path).status().unwrap().success());
    let mut job = of_a_pull_request(folder.path(), &[("version", "source")]);
    let others = std::env::var("PATH").unwrap();
    job.variables.push(("PATH", format!("{}:{others}", tools.path().display())));
    let done = job.run();
    assert_eq!((done.status, done.output("findings")), (1, "1"), "{}", done.log);
    let called = fs::read_to_string(tools.path().join("called")).unwrap();
    let start = format!("install --locked --quiet --path {} --root ", env!("CARGO_MANIFEST_DIR"));
    assert!(called.starts_with(&start), "{called}");
}
