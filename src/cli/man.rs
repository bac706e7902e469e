//! `acrlint man`: the manual page, made of the same definition as the help. What follows the options in the help begins
//! with a heading in each paragraph; here it becomes a section of that name.

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::Cli;

/// The manual page of acrlint, or of one of its commands. The error is a sentence for the user.
pub fn man(command: Option<&str>) -> Result<Vec<u8>, String> {
    let mut whole = Cli::command().disable_help_subcommand(true);
    whole.build();
    let mut page = Vec::new();
    let written = match command {
        None => write(whole, None, &mut page),
        Some(name) => {
            let chosen = whole.find_subcommand(name).cloned().ok_or_else(|| unknown(name))?;
            write(chosen, Some("acrlint"), &mut page)
        }
    };
    // A vector takes everything.
    written.map(|()| page).map_err(|error| error.to_string())
}

fn unknown(name: &str) -> String {
    let names = Cli::command_names();
    match crate::suggestion::nearest(name, names.iter().map(String::as_str)) {
        Some(nearest) => format!("acrlint has no command `{name}`; did you mean `{nearest}`?"),
        None => format!("acrlint has no command `{name}`; `acrlint --help` lists them all"),
    }
}

/// Writes the page of a command. There is no date on it: the same version has the same page.
fn write(command: Command, parent: Option<&str>, page: &mut Vec<u8>) -> io::Result<()> {
    let has_commands = command.has_subcommands();
    let remarks = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command.mut_args(named_as_options))
        .source(concat!("acrlint ", env!("CARGO_PKG_VERSION")))
        .manual("acrlint manual");
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if has_commands {
        man.render_subcommands_section(page)?;
    }
    let mut rest = Roff::new();
    for remark in remarks.split("\n\n").filter(|remark| !remark.trim().is_empty()) {
        section(remark, &mut rest);
    }
    if let Some(parent) = parent {
        rest.control("SH", ["SEE ALSO"]).text([bold(parent), roman("(1)")]);
    }
    rest.to_writer(page)
}

/// Groups of options are sections; one that is called "Exit status" would be taken for what the status means.
fn named_as_options(arg: clap::Arg) -> clap::Arg {
    match arg.get_help_heading().map(|heading| format!("Options for {}", heading.to_lowercase())) {
        Some(heading) => arg.help_heading(heading),
        None => arg,
    }
}

/// A paragraph of the form `Heading: text`, or a heading and lines that stay as they are.
fn section(remark: &str, page: &mut Roff) {
    let (heading, text) = remark.split_once(':').unwrap_or(("Notes", remark));
    page.control("SH", [heading.trim().to_uppercase().as_str()]);
    if !text.starts_with('\n') {
        page.text([roman(text.trim())]);
        return;
    }
    page.control("nf", []);
    for line in text.trim_start_matches('\n').lines() {
        page.text([roman(line)]);
    }
    page.control("fi", []);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(command: Option<&str>) -> String {
        String::from_utf8(man(command).unwrap()).unwrap()
    }

    /// The lines of a section.
    fn section_of<'a>(page: &'a str, heading: &str) -> Vec<&'a str> {
        let lines = page.lines().skip_while(|line| !line.starts_with(&format!(".SH {heading}")));
        lines.skip(1).take_while(|line| !line.starts_with(".SH")).collect()
    }

    #[test]
    fn every_visible_flag_and_command_is_on_the_page() {
        let page = page(None);
        let command = Cli::command();
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let Some(long) = arg.get_long() else { continue };
            let typed = format!("\\-\\-{}", long.replace('-', "\\-"));
            assert!(page.contains(&typed), "{typed}");
        }
        for command in command.get_subcommands() {
            assert!(page.contains(&format!("acrlint\\-{}(1)", command.get_name())), "{}", command.get_name());
        }
    }

    #[test]
    fn headings_of_the_help_become_sections() {
        let page = page(None);
        assert_eq!(section_of(&page, "EXAMPLES").first(), Some(&".nf"));
        let status = section_of(&page, "\"EXIT STATUS\"").join(" ");
        assert!(status.contains("0 nothing at or above"), "{status}");
        assert!(!section_of(&page, "\"OPTIONS FOR EXIT STATUS\"").is_empty());
    }

    #[test]
    fn every_command_has_a_page_that_leads_back() {
        for name in Cli::command_names() {
            let page = page(Some(&name));
            assert!(page.contains(&format!(".TH acrlint-{name} 1")), "{page}");
            assert!(section_of(&page, "\"SEE ALSO\"").concat().contains("acrlint"), "{page}");
        }
    }

    #[test]
    fn a_page_that_is_not_there_comes_with_a_suggestion() {
        assert_eq!(man(Some("chekc")).unwrap_err(), "acrlint has no command `chekc`; did you mean `check`?");
        assert!(man(Some("xxxxxxxx")).unwrap_err().ends_with("lists them all"));
    }
}
