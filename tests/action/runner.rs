//! As much of a GitHub runner as `action.yml` needs: it reads the steps, evaluates their expressions over inputs, event
//! and earlier outputs, gives each script the files and variables that a runner gives, and stops at the first step that
//! fails. The step that uploads is not run: the test says how it ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// How a job is set up.
pub struct Job {
    /// The checkout.
    pub workspace: PathBuf,
    /// `pull_request`, `push`, …
    pub event_name: &'static str,
    /// The payload of the event.
    pub event: Value,
    /// What the workflow says below `with`.
    pub inputs: Vec<(&'static str, String)>,
    /// Whether code scanning takes the file.
    pub upload_works: bool,
    /// Further variables of the job.
    pub variables: Vec<(&'static str, String)>,
    /// What the summary of a step holds before.
    pub summary: String,
}

/// What a job left behind.
pub struct Done {
    /// The exit status of the step that failed, or 0.
    pub status: i32,
    /// Standard output and standard error, step after step.
    pub log: String,
    /// The summary of the steps.
    pub summary: String,
    /// What the upload was given; none where it was skipped.
    pub uploaded: Option<BTreeMap<String, String>>,
    /// What the steps after the upload printed.
    pub after_upload: String,
    outputs: BTreeMap<String, String>,
    temp: tempfile::TempDir,
}

impl Done {
    /// An output of the action.
    pub fn output(&self, name: &str) -> &str {
        &self.outputs[name]
    }

    /// Lines of the log that are a workflow command of this kind.
    pub fn commands(&self, kind: &str) -> Vec<&str> {
        let start = [format!("::{kind} "), format!("::{kind}::")];
        self.log.lines().filter(|line| start.iter().any(|start| line.starts_with(start.as_str()))).collect()
    }

    /// The SARIF file.
    pub fn sarif(&self) -> Value {
        assert!(Path::new(self.output("sarif-file")).starts_with(self.temp.path()));
        serde_json::from_str(&fs::read_to_string(self.output("sarif-file")).unwrap()).unwrap()
    }
}

struct Run<'a> {
    job: &'a Job,
    temp: tempfile::TempDir,
    /// `steps.ID.outputs.NAME`, `steps.ID.outcome`, `inputs.NAME` and all the other things that expressions name.
    context: Value,
}

impl Job {
    /// Runs the action.
    pub fn run(&self) -> Done {
        let action: Value = serde_yaml::from_str(&read("action.yml")).unwrap();
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("summary"), &self.summary).unwrap();
        fs::write(temp.path().join("event.json"), self.event.to_string()).unwrap();
        let mut run = Run { job: self, context: self.context(&action), temp };
        let (mut status, mut log, mut uploaded, mut after_upload) = (0, String::new(), None, String::new());
        for step in action["runs"]["steps"].as_array().unwrap() {
            if step["uses"].is_string() {
                uploaded = run.upload(step);
                continue;
            }
            let output = run.script(step);
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            log.push_str(&said);
            after_upload = said;
            status = output.status.code().unwrap();
            if status != 0 {
                break;
            }
        }
        let outputs = action["outputs"].as_object().unwrap().iter();
        let outputs = outputs.map(|(name, output)| (name.clone(), run.evaluate(&output["value"]))).collect();
        let summary = fs::read_to_string(run.temp.path().join("summary")).unwrap();
        Done { status, log, summary, uploaded, after_upload, outputs, temp: run.temp }
    }

    /// What expressions see before the first step. An input that the action doesn't have is a mistake of the test.
    fn context(&self, action: &Value) -> Value {
        let mut inputs = serde_json::Map::new();
        for (name, input) in action["inputs"].as_object().unwrap() {
            inputs.insert(name.clone(), input["default"].clone());
        }
        for (name, value) in &self.inputs {
            assert!(inputs.insert((*name).to_owned(), json!(value)).is_some(), "no input {name}");
        }
        json!({ "inputs": inputs, "github": { "event": self.event }, "steps": {} })
    }
}

impl Run<'_> {
    fn script(&mut self, step: &Value) -> Output {
        assert_eq!(step["shell"], "bash");
        assert!(!step["run"].as_str().unwrap().contains("${{"), "pasted into a script: {step}");
        assert!(step["if"].is_null());
        let (file, outputs) = (self.temp.path().join("script.sh"), self.temp.path().join("output"));
        fs::write(&file, step["run"].as_str().unwrap()).unwrap();
        fs::write(&outputs, "").unwrap();
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&file).current_dir(&self.job.workspace);
        self.surround(&mut command);
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            command.env(name, self.evaluate(value));
        }
        let output = command.output().unwrap();
        if let Some(id) = step["id"].as_str() {
            let lines = fs::read_to_string(&outputs).unwrap();
            let pairs = lines.lines().map(|line| line.split_once('=').unwrap());
            let outputs: serde_json::Map<String, Value> =
                pairs.map(|(name, value)| (name.to_owned(), json!(value))).collect();
            self.context["steps"][id] = json!({ "outputs": outputs });
        }
        output
    }

    /// The variables that a runner sets. Nothing else of this machine comes through but the path.
    fn surround(&self, command: &mut Command) {
        let temp = self.temp.path();
        let program = Path::new(env!("CARGO_BIN_EXE_acrlint")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([program.to_owned()].into_iter().chain(std::env::split_paths(&path))).unwrap();
        command.env_clear().env("PATH", path).env("HOME", temp).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_REPOSITORY", "bakery/shop");
        command.env("GITHUB_WORKSPACE", &self.job.workspace).env("GITHUB_EVENT_NAME", self.job.event_name);
        command.env("GITHUB_EVENT_PATH", temp.join("event.json")).env("GITHUB_OUTPUT", temp.join("output"));
        command.env("GITHUB_STEP_SUMMARY", temp.join("summary")).env("GITHUB_ENV", temp.join("env"));
        command.env("GITHUB_ACTION_PATH", env!("CARGO_MANIFEST_DIR")).env("RUNNER_TEMP", temp);
        command.env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64");
        command.envs(self.job.variables.iter().map(|(name, value)| (*name, value)));
    }

    /// The step that another action does; gives what it was handed.
    fn upload(&mut self, step: &Value) -> Option<BTreeMap<String, String>> {
        assert_eq!(step["continue-on-error"], true);
        let wanted = self.holds(step["if"].as_str().unwrap());
        let outcome = match (wanted, self.job.upload_works) {
            (false, _) => "skipped",
            (true, true) => "success",
            (true, false) => "failure",
        };
        self.context["steps"][step["id"].as_str().unwrap()] = json!({ "outcome": outcome });
        let given = step["with"].as_object().unwrap().iter();
        wanted.then(|| given.map(|(name, value)| (name.clone(), self.evaluate(value))).collect())
    }

    /// A value with an expression in it. What isn't there is an empty text, as on a runner.
    fn evaluate(&self, value: &Value) -> String {
        let text = value.as_str().unwrap();
        let Some((before, rest)) = text.split_once("${{") else { return text.to_owned() };
        let (expression, after) = rest.split_once("}}").unwrap();
        format!("{before}{}{after}", self.property(expression.trim()))
    }

    fn property(&self, path: &str) -> String {
        assert!(path.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter)), "{path}");
        let found = path.split('.').fold(&self.context, |value, name| &value[name]);
        match found {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => panic!("{path} is {other}"),
        }
    }

    /// A condition of the form `a.b == 'c'`.
    fn holds(&self, condition: &str) -> bool {
        let (path, text) = condition.split_once(" == ").unwrap();
        self.property(path) == text.trim_matches('\'')
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}
