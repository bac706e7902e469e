//! The command line as it was typed. Nothing is decided here: [`crate::settings`] turns flags, configuration file and
//! environment into one meaning. Help, completions and parsing all come from the definitions below.

mod catalogue;
mod man;
mod values;

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, PossibleValuesParser, TypedValueParser as _};
use clap::{Arg, Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub use catalogue::{Entry, UnknownRule, explain, list};
pub use man::man;
pub use values::{OutputFile, parse_date};

const EXAMPLES: &str = "\
Examples:
  acrlint                                  judge the repository that you stand in
  acrlint infra k8s/prod                   read only these folders
  acrlint pulls                            show the pull path of every image, step by step
  acrlint graph > pulls.mmd                draw all pulls as a Mermaid flowchart
  acrlint --output sarif=acrlint.sarif     tell people in the terminal and code scanning in a file
  acrlint --select ACR1,ACR501             only rules about permissions, and one more
  acrlint check rules                      a folder that has the name of a command
  acrlint --dry-run                        show what --fix would change
  git diff --merge-base main | acrlint --diff -    report only what this branch has to do with
  acrlint explain ACR102                   what a rule means and how to repair it

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 usage, configuration, missing path or internal error.";

const FACTS: &str = "\
Examples:
  acrlint facts infra -o infra.acrfacts.json    in the repository that declares registries and clusters
  acrlint . --with infra.acrfacts.json          in the one that has the manifests
  acrlint empty --with a.acrfacts.json --with b.acrfacts.json    join what many jobs have read";

const GRAPHS: &str = "\
Examples:
  acrlint graph > pulls.mmd                   a flowchart, which GitHub draws in a ```mermaid block
  acrlint graph --format dot | dot -Tsvg      a picture by Graphviz
  acrlint --output mermaid=pulls.mmd          findings in the terminal, the picture in a file
  acrlint graph infra k8s/prod                read only these folders";

const MANUAL: &str = "\
Examples:
  acrlint man | man -l -                      read it
  acrlint man > acrlint.1                     keep it
  acrlint man check > acrlint-check.1         the page of a command";

/// Finds out, offline, whether AKS can pull the images of a repository from Azure Container Registry.
///
/// Reads Bicep, ARM templates, Terraform configurations and plans, and Kubernetes manifests; joins images, registries,
/// clusters, identities and grants; and says for every image whether its pull is fine, broken or unknown. Nothing is
/// executed, no network is used, and nothing is written unless you ask for it with --fix or --output.
#[derive(Clone, Debug, Parser)]
#[command(name = "acrlint", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without one, `check`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `check`.
    #[command(flatten)]
    pub flags: Flags,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Report what keeps images from being pulled (the default)
    ///
    /// The same as acrlint without a command; write it out for a folder that has the name of a command.
    Check(Flags),
    /// Show the pull path of each image: registry, credential, permission, network
    #[command(mut_arg("format", paths), mut_args(of_findings))]
    Pulls(Flags),
    /// Draw clusters, identities, grants, registries, networks and workloads, and the pulls between them
    ///
    /// What keeps a pull from working is red and carries the id of its rule; what is not known is dashed. Only what a pull
    /// touches is drawn. In a large repository what is broken comes first, and what has no room is counted in the picture
    /// and on standard error. Findings that are allowed or left out are drawn all the same: the pull fails for them.
    #[command(after_help = GRAPHS, mut_arg("format", drawn), mut_args(of_findings))]
    Graph(Flags),
    /// Write down what this repository declares, for `--with` in another one
    ///
    /// The file holds no secret and names every place, so that findings elsewhere can point here. It says the same as long as
    /// the repository does.
    #[command(after_help = FACTS, mut_args(of_reading))]
    Facts(Facts),
    /// Explain a rule: what it finds, why that breaks pulls, how to repair it
    Explain {
        /// The rule's id or name
        #[arg(value_name = "RULE")]
        rule: String,
    },
    /// List all rules
    Rules {
        /// How to print the list
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
    /// Print the JSON schema of acrlint.yaml, for editors
    #[command(after_help = "Example: acrlint schema > acrlint.schema.json")]
    Schema,
    /// Print completions for a shell
    #[command(after_help = "Example: acrlint completions bash > /etc/bash_completion.d/acrlint")]
    Completions {
        /// The shell
        #[arg(value_enum, value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Print the manual page of acrlint, or of one of its commands
    #[command(after_help = MANUAL)]
    Man {
        /// The command; without one, acrlint as a whole
        #[arg(value_name = "COMMAND")]
        command: Option<String>,
    },
}

/// The flags of `facts`.
#[derive(Args, Clone, Debug)]
pub struct Facts {
    /// The flags about reading.
    #[command(flatten)]
    pub flags: Flags,
    /// Write to this file instead of standard output; a name that ends in .acrfacts.json is left out of later runs
    #[arg(short = 'o', long = "to", value_name = "FILE", help_heading = "Output")]
    pub to: Option<PathBuf>,
    /// What this repository is called elsewhere [default: owner and name of git's remote `origin`, else the folder's name]
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub name: Option<String>,
}

/// The flags of a run, as typed.
#[derive(Args, Clone, Debug)]
pub struct Flags {
    /// Folders and files to read; a file that is named is read where ignore files leave it out, too
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// How to tell the findings on standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human, help_heading = "Output")]
    pub format: Format,
    /// Write the report to a file as well, as in sarif=acrlint.sarif (repeatable)
    #[arg(long, value_name = "FORMAT=FILE", help_heading = "Output")]
    pub output: Vec<OutputFile>,
    /// When to colour; auto obeys NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE and TERM=dumb
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto, help_heading = "Output")]
    pub color: Color,
    /// Print findings only, no summary
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// Say what was not understood, and to standard error how long each step took
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,

    /// The lowest level that makes the exit status 1
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Error, help_heading = "Exit status")]
    pub fail_on: FailOn,
    /// Exit with 0 whatever is found; usage and internal errors still exit with 2
    #[arg(long, help_heading = "Exit status")]
    pub exit_zero: bool,
    /// Exit with 1 when a pull can't be decided
    #[arg(long, help_heading = "Exit status")]
    pub fail_on_unknown: bool,

    /// Repair what has one reading only, and report what is left
    ///
    /// Only files that the walk finds are written, each as a whole, and none that could not be read afterwards.
    #[arg(long, help_heading = "Fixes")]
    pub fix: bool,
    /// Repair also what has to be looked at: these fixes decide something for you
    #[arg(long, help_heading = "Fixes")]
    pub unsafe_fixes: bool,
    /// Print what --fix would change as a diff and write nothing; exits with 1 when there is something
    #[arg(long, help_heading = "Fixes")]
    pub dry_run: bool,

    /// Report only what this change has to do with: a unified diff, as `git diff` writes it, or - for standard input
    ///
    /// Everything is read and judged all the same. Reported is what the changed lines have a part in, and what was not so
    /// before the change, at the line that was changed. The diff has to lead to the files as they are.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        default_missing_value = "",
        value_parser = OsStringValueParser::new().map(PathBuf::from),
        help_heading = "Rules"
    )]
    pub diff: Option<PathBuf>,
    /// Only these rules: ids, prefixes such as ACR1, names (comma-separated, repeatable)
    ///
    /// Rules about the files themselves (ACR9) stay on unless they are ignored: a file that could not be read must not
    /// look clean. Where --select and --ignore meet, the more exact one wins.
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub select: Vec<String>,
    /// Not these rules: ids, prefixes such as ACR1, names (comma-separated, repeatable)
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// Leave out the findings that this file lists, and report what is new
    ///
    /// A finding is known by its rule and the resources that it is about, not by its line. It is new again when it is
    /// louder than it was. Findings about files themselves (ACR9) are never left out.
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub baseline: Option<PathBuf>,
    /// Write all that is found into the baseline, take what is found no more out of it, and exit with 0
    #[arg(long, help_heading = "Rules")]
    pub update_baseline: bool,
    /// What the absence of a grant, an endpoint or a secret means [default: repository]
    #[arg(long, value_enum, value_name = "WORLD", help_heading = "Rules")]
    pub world: Option<World>,
    /// The cloud that templates are deployed to [default: public]
    #[arg(long, value_enum, value_name = "CLOUD", help_heading = "Rules")]
    pub cloud: Option<Cloud>,
    /// Count this date as today, as in 2026-01-31 (credentials expire)
    #[arg(long, value_name = "DATE", value_parser = parse_date, help_heading = "Rules")]
    pub now: Option<jiff::civil::Date>,

    /// Judge together with what another repository declares, as `acrlint facts` wrote it (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub with: Vec<PathBuf>,
    /// Leave out what matches, written like a line of .gitignore in the current folder (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    pub exclude: Vec<String>,
    /// Look for modules of registries in this folder, too: `bicep` means the Bicep CLI's own cache
    ///
    /// Without it, modules come from the tree, from the mapping in the configuration file, and from what acrlint knows of
    /// the public registry.
    #[arg(long, value_name = "DIR", help_heading = "Files")]
    pub module_cache: Option<PathBuf>,
    /// Use this configuration file instead of the nearest acrlint.yaml
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, conflicts_with = "config", help_heading = "Files")]
    pub no_config: bool,
}

/// How a report is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Format {
    /// The story of each finding with source excerpts
    Human,
    /// One line per finding
    Concise,
    /// acrlint's own JSON: findings, pulls, coverage
    Json,
    /// SARIF 2.1.0 for code scanning
    Sarif,
    /// Annotations of GitHub Actions, and a log
    Github,
    /// A code quality report of GitLab
    Gitlab,
    /// Annotations of Azure Pipelines, and a log
    Azure,
    /// JUnit's XML: what is wrong and every pull, for services that show tests
    Junit,
    /// A page for a step summary or a comment on a pull request
    Markdown,
    /// A picture of all pulls, for Markdown
    Mermaid,
    /// A picture of all pulls, for Graphviz
    Dot,
}

/// Fixes and changes belong to findings: other commands refuse them, and their help doesn't speak of them.
fn of_findings(arg: Arg) -> Arg {
    let is_one = ["fix", "unsafe_fixes", "dry_run", "diff", "update_baseline"].contains(&arg.get_id().as_str());
    if is_one { arg.hide(true) } else { arg }
}

/// What pull paths are printed as; other formats are refused with a line of their own.
fn paths(format: Arg) -> Arg {
    format.hide_possible_values(true).help("How to print the pull paths: human, json, junit, markdown, mermaid or dot")
}

/// What is read is all that facts are about: the flags of judging and telling are refused, and their help isn't shown.
fn of_reading(arg: Arg) -> Arg {
    const OWN: [&str; 11] =
        ["paths", "quiet", "verbose", "color", "cloud", "exclude", "module_cache", "config", "no_config", "to", "name"];
    let is_own = OWN.contains(&arg.get_id().as_str()) || arg.get_id() == "help" || arg.get_id() == "version";
    if is_own { arg } else { arg.hide(true) }
}

/// What a graph is printed as.
fn drawn(format: Arg) -> Arg {
    let names = PossibleValuesParser::new(["mermaid", "dot"]);
    let meant = names.map(|name| Format::from_str(&name, false).unwrap_or(Format::Mermaid));
    format.value_parser(meant).default_value("mermaid").help("How to print the graph")
}

/// How the list of rules is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// One line per rule
    Human,
    /// An array of objects
    Json,
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless the environment says otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The lowest level that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// Everything
    Note,
    /// Nothing
    Never,
}

/// What absence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum World {
    /// What is declared here must be wired here; what is only referred to may be wired elsewhere
    Repository,
    /// The tree is one part of several: absence proves nothing
    Open,
    /// The tree is everything: absence is proof
    Closed,
}

/// The cloud that templates are deployed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Cloud {
    /// Azure, as most know it
    Public,
    /// Azure Government
    #[value(name = "usgovernment")]
    Government,
    /// Azure operated by 21Vianet
    China,
}

impl Cli {
    /// The names of all commands, for the hint on a missing path that looks like one.
    pub fn command_names() -> Vec<String> {
        Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
    }
}

/// The completion script of a shell.
pub fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "acrlint", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn paths_and_commands_are_kept_apart() {
        let plain = parse("acrlint infra k8s --format json").unwrap();
        assert!(plain.command.is_none());
        assert_eq!(plain.flags.paths, [PathBuf::from("infra"), PathBuf::from("k8s")]);
        assert_eq!(plain.flags.format, Format::Json);
        let Some(Command::Check(flags)) = parse("acrlint check rules").unwrap().command else { panic!() };
        assert_eq!(flags.paths, [PathBuf::from("rules")]);
        assert!(matches!(parse("acrlint rules").unwrap().command, Some(Command::Rules { .. })));
    }

    #[test]
    fn lists_may_be_given_in_one_or_in_many() {
        let cli = parse("acrlint --select ACR1,acr2 --select missing-pull-grant").unwrap();
        assert_eq!(cli.flags.select, ["ACR1", "acr2", "missing-pull-grant"]);
    }

    #[test]
    fn contradictions_and_bad_values_are_refused() {
        for line in
            ["-q -v", "--no-config --config a", "--now 2026-02-30", "--output sarif", "--output xml=a", "--color x"]
        {
            assert!(parse(&format!("acrlint {line}")).is_err(), "{line}");
        }
    }
}
